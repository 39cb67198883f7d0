// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// Sends ETH and copies nothing that the receiver returns.
library SafeEth {
    error NotEnoughGas();

    /// What a transfer costs besides the gas that the receiver is given.
    uint256 private constant RESERVE = 60_000;

    function send(address to, uint256 amount, uint256 stipend) internal returns (bool done) {
        require(stipend > 1e6 || gasleft() >= stipend + RESERVE, NotEnoughGas());
        assembly ("memory-safe") {
            done := call(stipend, to, amount, 0, 0, 0, 0)
        }
    }
}
