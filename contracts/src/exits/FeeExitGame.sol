// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// Fee outputs do not exit: they are spent by a payment first.
contract FeeExitGame {}
