// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// Reads canonical RLP in place. A cursor is a memory address; every header is
/// checked against the end of what encloses it before anything is read.
library Rlp {
    error MalformedRlp();

    /// The item at `cursor`: where its payload begins and where it ends.
    function item(uint256 cursor, uint256 end)
        internal
        pure
        returns (bool isList, uint256 start, uint256 next)
    {
        require(cursor < end, MalformedRlp());
        uint256 first = _byteAt(cursor);
        if (first < 0x80) {
            return (false, cursor, cursor + 1);
        }
        isList = first >= 0xc0;
        uint256 length = first - (isList ? 0xc0 : 0x80);
        start = cursor + 1;
        if (length > 55) {
            (start, length) = _long(start, end, length - 55);
        }
        require(length <= end - start, MalformedRlp());
        next = start + length;
        if (!isList && length == 1) {
            require(start != cursor + 1 || _byteAt(start) >= 0x80, MalformedRlp());
        }
    }

    function list(uint256 cursor, uint256 end) internal pure returns (uint256 start, uint256 next) {
        bool isList;
        (isList, start, next) = item(cursor, end);
        require(isList, MalformedRlp());
    }

    function scalar(uint256 cursor, uint256 end) internal pure returns (uint256 value, uint256 next) {
        uint256 start;
        (start, next) = _text(cursor, end);
        uint256 length = next - start;
        require(length <= 32, MalformedRlp());
        if (length != 0) {
            require(_byteAt(start) != 0, MalformedRlp());
            value = _wordAt(start) >> (8 * (32 - length));
        }
    }

    function account(uint256 cursor, uint256 end) internal pure returns (address value, uint256 next) {
        uint256 start;
        (start, next) = _text(cursor, end);
        require(next - start == 20, MalformedRlp());
        value = address(uint160(_wordAt(start) >> 96));
    }

    function word(uint256 cursor, uint256 end) internal pure returns (uint256 value, uint256 next) {
        uint256 start;
        (start, next) = _text(cursor, end);
        require(next - start == 32, MalformedRlp());
        value = _wordAt(start);
    }

    function _text(uint256 cursor, uint256 end) private pure returns (uint256 start, uint256 next) {
        bool isList;
        (isList, start, next) = item(cursor, end);
        require(!isList, MalformedRlp());
    }

    function _long(uint256 cursor, uint256 end, uint256 digits)
        private
        pure
        returns (uint256 start, uint256 length)
    {
        require(digits <= end - cursor && _byteAt(cursor) != 0, MalformedRlp());
        length = _wordAt(cursor) >> (8 * (32 - digits));
        require(length > 55, MalformedRlp());
        start = cursor + digits;
    }

    function _byteAt(uint256 cursor) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := byte(0, mload(cursor))
        }
    }

    function _wordAt(uint256 cursor) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(cursor)
        }
    }
}
