// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// Sends ETH and copies nothing that the receiver returns.
library SafeEth {
    error NotEnoughGas();

    /// What a transfer costs besides the gas that the receiver is given.
    uint256 private constant RESERVE = 60_000;

    /// Gives the receiver a fixed stipend, and never less for want of gas.
    function send(address to, uint256 amount, uint256 stipend) internal returns (bool) {
        require(gasleft() >= stipend + RESERVE, NotEnoughGas());
        return _send(to, amount, stipend);
    }

    /// Gives the receiver all gas that there is.
    function sendWithAllGas(address to, uint256 amount) internal returns (bool) {
        return _send(to, amount, gasleft());
    }

    function _send(address to, uint256 amount, uint256 gas_) private returns (bool done) {
        assembly ("memory-safe") {
            done := call(gas_, to, amount, 0, 0, 0, 0)
        }
    }
}
