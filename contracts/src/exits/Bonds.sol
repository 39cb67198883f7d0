// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// Sizes of one kind of bond. Exits remember the version that they paid.
library Bonds {
    uint256 internal constant DELAY = 172_800;
    uint16 internal constant LOWER_DIVISOR = 2;
    uint16 internal constant UPPER_MULTIPLIER = 2;

    struct Size {
        uint128 bond;
        uint128 bounty;
    }

    struct History {
        uint16 last;
        bool known;
        uint64 effectiveFrom;
        mapping(uint16 version => Size) sizes;
    }

    error NotInitialised();
    error BondOutOfRange();
    error BountyAboveBond();

    function start(History storage self, uint128 bond, uint128 bounty) internal {
        self.known = true;
        self.sizes[0] = Size(bond, bounty);
    }

    function version(History storage self) internal view returns (uint16) {
        require(self.known, NotInitialised());
        return block.timestamp < self.effectiveFrom ? self.last - 1 : self.last;
    }

    function current(History storage self) internal view returns (Size memory) {
        return self.sizes[version(self)];
    }

    function update(History storage self, uint128 bond, uint128 bounty) internal {
        uint16 now_ = version(self);
        uint256 old = self.sizes[now_].bond;
        require(bond != 0 && bond <= type(uint96).max, BondOutOfRange());
        require(bond >= old / LOWER_DIVISOR && bond <= old * UPPER_MULTIPLIER, BondOutOfRange());
        require(bounty <= bond, BountyAboveBond());
        self.last = now_ + 1;
        self.effectiveFrom = uint64(block.timestamp + DELAY);
        self.sizes[now_ + 1] = Size(bond, bounty);
    }
}
