// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

library Ids {
    uint256 private constant CUT = 89;
    uint168 private constant IN_FLIGHT = uint168(1) << 167;

    function depositOutput(bytes calldata raw, uint256 position) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(raw, position % 10_000, position));
    }

    function output(bytes calldata raw, uint256 outputIndex) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(raw, outputIndex));
    }

    function outputAt(bytes calldata raw, uint256 position, bool isDeposit) internal pure returns (bytes32) {
        return isDeposit ? depositOutput(raw, position) : output(raw, position % 10_000);
    }

    function standardExit(bytes32 outputId) internal pure returns (uint168) {
        return uint168(uint256(outputId) >> CUT);
    }

    function inFlightExit(bytes calldata raw) internal pure returns (uint168) {
        return uint168(uint256(keccak256(raw)) >> CUT) | IN_FLIGHT;
    }

    function isInFlight(uint168 exitId) internal pure returns (bool) {
        return exitId & IN_FLIGHT != 0;
    }

    /// What the id of a standard exit leaves out of the output id.
    function rest(bytes32 outputId) internal pure returns (uint96) {
        return uint96(uint256(outputId) & ((1 << CUT) - 1));
    }

    function outputOf(uint168 exitId, uint96 rest_) internal pure returns (bytes32) {
        return bytes32((uint256(exitId) << CUT) | rest_);
    }
}
