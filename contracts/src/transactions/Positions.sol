// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// Where an output stands: block, transaction, output.
library Positions {
    uint256 internal constant BLOCK_OFFSET = 1e9;
    uint256 internal constant TX_OFFSET = 1e4;
    uint256 internal constant MAX_BLOCK = 720_575_940_378;
    uint256 internal constant MAX_TX_INDEX = 65535;
    uint256 internal constant INTERVAL = 1000;

    error PositionOutOfRange();

    function check(uint256 position) internal pure {
        require(blockOf(position) <= MAX_BLOCK && txIndexOf(position) <= MAX_TX_INDEX, PositionOutOfRange());
    }

    function blockOf(uint256 position) internal pure returns (uint256) {
        return position / BLOCK_OFFSET;
    }

    function txIndexOf(uint256 position) internal pure returns (uint256) {
        return (position % BLOCK_OFFSET) / TX_OFFSET;
    }

    function outputIndexOf(uint256 position) internal pure returns (uint256) {
        return position % TX_OFFSET;
    }

    function isDeposit(uint256 position) internal pure returns (bool) {
        return blockOf(position) % INTERVAL != 0;
    }

    /// 59 bits in the order of positions; for output indices below 8.
    function pack(uint256 position) internal pure returns (uint64) {
        return uint64((position / TX_OFFSET) * 8 + outputIndexOf(position));
    }

    function unpack(uint256 key) internal pure returns (uint256) {
        return (key / 8) * TX_OFFSET + key % 8;
    }
}
