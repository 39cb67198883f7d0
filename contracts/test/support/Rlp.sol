// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// An RLP encoder that shares nothing with the contracts under test.
library Rlp {
    function text(bytes memory value) internal pure returns (bytes memory) {
        if (value.length == 1 && uint8(value[0]) < 0x80) {
            return value;
        }
        return abi.encodePacked(_header(value.length, 0x80), value);
    }

    function scalar(uint256 value) internal pure returns (bytes memory) {
        return text(_bigEndian(value));
    }

    function word(uint256 value) internal pure returns (bytes memory) {
        return text(abi.encode(value));
    }

    function account(address value) internal pure returns (bytes memory) {
        return text(abi.encodePacked(value));
    }

    function list(bytes[] memory items) internal pure returns (bytes memory) {
        bytes memory payload;
        for (uint256 i = 0; i < items.length; i++) {
            payload = bytes.concat(payload, items[i]);
        }
        return listOf(payload);
    }

    /// A list around items that are encoded already.
    function listOf(bytes memory payload) internal pure returns (bytes memory) {
        return abi.encodePacked(_header(payload.length, 0xc0), payload);
    }

    function _header(uint256 length, uint256 base) private pure returns (bytes memory) {
        if (length < 56) {
            return abi.encodePacked(uint8(base + length));
        }
        bytes memory digits = _bigEndian(length);
        return abi.encodePacked(uint8(base + 55 + digits.length), digits);
    }

    function _bigEndian(uint256 value) private pure returns (bytes memory digits) {
        uint256 count = 0;
        for (uint256 rest = value; rest != 0; rest >>= 8) {
            count++;
        }
        digits = new bytes(count);
        for (uint256 i = count; i > 0; i--) {
            digits[i - 1] = bytes1(uint8(value));
            value >>= 8;
        }
    }
}
