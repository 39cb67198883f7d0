// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// Reads canonical RLP in place. A cursor is a memory address; every header is
/// checked against the end of what encloses it. A transaction has a dozen items and
/// an in-flight exit decodes several transactions, hence the assembly. What is read
/// beyond `end` is never used: `good` is then false. No sum wraps, because a length
/// has at most 8 bytes and addresses are small.
library Rlp {
    error MalformedRlp();

    /// The item at `cursor`: where its payload begins and where it ends.
    function item(uint256 cursor, uint256 end)
        internal
        pure
        returns (bool isList, uint256 start, uint256 next)
    {
        bool good;
        assembly ("memory-safe") {
            good := lt(cursor, end)
            let first := byte(0, mload(cursor))
            switch lt(first, 0x80)
            case 1 {
                start := cursor
                next := add(cursor, 1)
            }
            default {
                isList := gt(first, 0xbf)
                start := add(cursor, 1)
                let length := sub(first, add(0x80, shl(6, isList)))
                if gt(length, 55) {
                    // The long form: so many digits, the first not zero, needed.
                    let digits := sub(length, 55)
                    let digit := mload(start)
                    length := shr(sub(256, shl(3, digits)), digit)
                    good := and(good, and(gt(byte(0, digit), 0), gt(length, 55)))
                    start := add(start, digits)
                }
                next := add(start, length)
                good := and(good, iszero(gt(next, end)))
                // One byte below 0x80 stands for itself.
                if eq(first, 0x81) { good := and(good, gt(byte(0, mload(start)), 0x7f)) }
            }
        }
        require(good, MalformedRlp());
    }

    function list(uint256 cursor, uint256 end) internal pure returns (uint256 start, uint256 next) {
        bool isList;
        (isList, start, next) = item(cursor, end);
        require(isList, MalformedRlp());
    }

    function scalar(uint256 cursor, uint256 end) internal pure returns (uint256 value, uint256 next) {
        bool good;
        assembly ("memory-safe") {
            let first := byte(0, mload(cursor))
            next := add(cursor, 1)
            switch lt(first, 0x80)
            case 1 {
                value := first
                good := gt(first, 0)
            }
            default {
                // 0x80 is zero; up to 0xa0 that many bytes without a leading zero.
                let length := sub(first, 0x80)
                let digits := mload(next)
                next := add(next, length)
                value := shr(sub(256, shl(3, length)), digits)
                good := and(lt(length, 33), or(iszero(length), gt(byte(0, digits), 0)))
                if eq(length, 1) { good := gt(value, 0x7f) }
            }
            good := and(good, iszero(gt(next, end)))
        }
        require(good, MalformedRlp());
    }

    function account(uint256 cursor, uint256 end) internal pure returns (address value, uint256 next) {
        bool good;
        assembly ("memory-safe") {
            next := add(cursor, 21)
            good := and(eq(byte(0, mload(cursor)), 0x94), iszero(gt(next, end)))
            value := shr(96, mload(add(cursor, 1)))
        }
        require(good, MalformedRlp());
    }

    function word(uint256 cursor, uint256 end) internal pure returns (uint256 value, uint256 next) {
        bool good;
        assembly ("memory-safe") {
            next := add(cursor, 33)
            good := and(eq(byte(0, mload(cursor)), 0xa0), iszero(gt(next, end)))
            value := mload(add(cursor, 1))
        }
        require(good, MalformedRlp());
    }
}
