// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// What the exits that one call processes owe: bonds to their owners, and bounties
/// to the caller. It is noted entry by entry in transient storage and paid at the
/// end, once to each. A note is two sums, of standard exits above, of in-flight
/// exits below; a bond has at most 96 bits.
///
/// Under the address of an owner lies its note, under LIST the count of owners, and
/// behind it the owners in order. An address has 160 bits and meets neither.
library Dues {
    uint256 private constant LIST = 1 << 255;
    uint256 private constant BOUNTIES = 1 << 254;

    struct Note {
        uint128 standard;
        uint128 inFlight;
    }

    function oweBond(address owner, uint128 standard, uint128 inFlight) internal {
        if (standard == 0 && inFlight == 0) {
            return;
        }
        uint256 noted = _load(uint160(owner));
        if (noted == 0) {
            uint256 count = _load(LIST) + 1;
            _store(LIST, count);
            _store(LIST + count, uint160(owner));
        }
        _store(uint160(owner), noted + _pack(standard, inFlight));
    }

    function oweBounty(uint128 standard, uint128 inFlight) internal {
        _store(BOUNTIES, _load(BOUNTIES) + _pack(standard, inFlight));
    }

    /// The owner that was noted last and is not paid yet, with its note, which is
    /// forgotten; nobody when all are paid.
    function takeBond() internal returns (address owner, Note memory note) {
        uint256 count = _load(LIST);
        if (count != 0) {
            owner = address(uint160(_load(LIST + count)));
            note = _take(uint160(owner));
            _store(LIST, count - 1);
        }
    }

    function takeBounty() internal returns (Note memory note) {
        return _take(BOUNTIES);
    }

    function _pack(uint128 standard, uint128 inFlight) private pure returns (uint256) {
        return (uint256(standard) << 128) | inFlight;
    }

    function _take(uint256 key) private returns (Note memory note) {
        uint256 packed = _load(key);
        _store(key, 0);
        return Note(uint128(packed >> 128), uint128(packed));
    }

    function _load(uint256 key) private view returns (uint256 value) {
        assembly ("memory-safe") {
            value := tload(key)
        }
    }

    function _store(uint256 key, uint256 value) private {
        assembly ("memory-safe") {
            tstore(key, value)
        }
    }
}
