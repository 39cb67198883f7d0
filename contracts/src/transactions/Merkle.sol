// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// The tree of a block: 16 levels, leaves and nodes salted apart.
library Merkle {
    uint256 internal constant DEPTH = 16;
    bytes32 internal constant EMPTY_TREE = 0xf609befdfe9066fe14e743b3623eae878fbc468005608816832c9d460f2a95d2;
    bytes32 private constant MISSING_LEAF = 0xf39a869f62e75cf5f0bf914688a6b289caf2049435d8e68c5c5e6d05e44913f3;

    error BadProof();

    function leaf(bytes memory raw) internal pure returns (bytes32) {
        return keccak256(bytes.concat(hex"00", raw));
    }

    function isMember(bytes memory raw, uint256 index, bytes32 root, bytes memory proof)
        internal
        pure
        returns (bool)
    {
        require(proof.length == 32 * DEPTH && index < 1 << DEPTH, BadProof());
        bytes32 hash = leaf(raw);
        // One node is 01 || left || right: the byte stays, the two words are written
        // over each other, the sibling left of an odd index.
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore8(buffer, 1)
            let left := add(buffer, 1)
            let end := add(proof, mul(32, add(DEPTH, 1)))
            for { let at := add(proof, 32) } lt(at, end) { at := add(at, 32) } {
                let ours := shl(5, and(index, 1))
                mstore(add(left, ours), hash)
                mstore(add(left, xor(ours, 32)), mload(at))
                hash := keccak256(buffer, 65)
                index := shr(1, index)
            }
        }
        return root != 0 && hash == root;
    }

    /// The root of a block with one transaction.
    function rootOf(bytes memory raw) internal pure returns (bytes32 root) {
        root = leaf(raw);
        bytes32 missing = MISSING_LEAF;
        for (uint256 i = 0; i < DEPTH; i++) {
            root = node(root, missing);
            missing = node(missing, missing);
        }
    }

    function node(bytes32 left, bytes32 right) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(free, 1)
            mstore(add(free, 1), left)
            mstore(add(free, 33), right)
            hash := keccak256(free, 65)
        }
    }
}
