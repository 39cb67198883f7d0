// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Merkle} from "../src/transactions/Merkle.sol";
import {Tree} from "./support/Plasma.sol";
import {Suite} from "./support/Suite.sol";

contract MerkleTest is Suite {
    function isMember(bytes calldata raw, uint256 index, bytes32 root, bytes calldata proof)
        external
        pure
        returns (bool)
    {
        return Merkle.isMember(raw, index, root, proof);
    }

    function test_EveryRecordedProofIsAccepted() public view {
        string memory json = vectors("merkle.json");
        uint256 proofs = 0;
        for (uint256 t = 0; exists(json, treePath(t)); t++) {
            bytes32 root = vm.parseJsonBytes32(json, string.concat(treePath(t), ".root"));
            for (uint256 i = 0; exists(json, proofPath(t, i)); i++) {
                vm.assertTrue(holds(json, proofPath(t, i), ".leafContent", root), "a recorded proof");
                proofs++;
            }
        }
        vm.assertGe(proofs, 20, "many proofs were read");
    }

    function test_EveryRecordedForgeryIsRefused() public view {
        string memory json = vectors("merkle.json");
        uint256 i = 0;
        for (; exists(json, rejectPath(i)); i++) {
            bytes32 root = vm.parseJsonBytes32(json, string.concat(rejectPath(i), ".root"));
            string memory name = vm.parseJsonString(json, string.concat(rejectPath(i), ".name"));
            vm.assertFalse(holds(json, rejectPath(i), ".leafContent", root), name);
        }
        vm.assertEq(i, 11, "every case was read");
    }

    function test_TheEmptySubtreesAreThoseOfTheSpecification() public view {
        bytes32[] memory zeros = vm.parseJsonBytes32Array(vectors("merkle.json"), ".zeroHashes");
        vm.assertEq(zeros.length, 17, "one for each level");
        for (uint256 i = 0; i < 17; i++) {
            vm.assertEq(Tree.zero(i), zeros[i], "the tree of these tests");
        }
        vm.assertEq(Merkle.EMPTY_TREE, zeros[16], "the tree of the contracts");
    }

    function testFuzz_EveryLeafOfATreeIsProvedAtItsIndexOnly(bytes[] memory raws, uint256 index, uint256 other)
        public
        view
    {
        vm.assume(raws.length != 0);
        index %= raws.length;
        other %= 1 << 16;
        bytes32 root = Tree.root(raws);
        bytes memory proof = Tree.proof(raws, index);
        vm.assertTrue(this.isMember(raws[index], index, root, proof), "at its index");
        if (other != index) {
            vm.assertFalse(this.isMember(raws[index], other, root, proof), "at another");
        }
    }

    function testFuzz_AChangedProofOrLeafIsRefused(bytes[] memory raws, uint256 index, uint256 bit) public view {
        vm.assume(raws.length != 0);
        index %= raws.length;
        bytes32 root = Tree.root(raws);
        bytes memory proof = Tree.proof(raws, index);
        vm.assertFalse(this.isMember(bytes.concat(raws[index], hex"00"), index, root, proof), "another leaf");
        bit %= 8 * 512;
        proof[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
        vm.assertFalse(this.isMember(raws[index], index, root, proof), "a changed bit");
    }

    function testFuzz_AProofOfAnotherLengthIsRefused(bytes memory raw, uint16 length) public view {
        vm.assume(length != 512);
        bytes[] memory raws = new bytes[](1);
        raws[0] = raw;
        bytes memory proof = new bytes(length % 2048);
        vm.assume(proof.length != 512);
        (bool done,) = address(this).staticcall(abi.encodeCall(this.isMember, (raw, 0, Tree.root(raws), proof)));
        vm.assertFalse(done, "the length is fixed");
    }

    function testFuzz_AnIndexBeyondTheTreeIsRefused(bytes memory raw, uint256 index) public view {
        index = within(index, 1 << 16, type(uint256).max - (1 << 16));
        bytes[] memory raws = new bytes[](1);
        raws[0] = raw;
        bytes memory call = abi.encodeCall(this.isMember, (raw, index, Tree.root(raws), Tree.proof(raws, 0)));
        (bool done,) = address(this).staticcall(call);
        vm.assertFalse(done, "65536 leaves");
    }

    function testFuzz_AnInnerNodeIsNoLeaf(bytes memory a, bytes memory b) public view {
        bytes[] memory raws = new bytes[](2);
        (raws[0], raws[1]) = (a, b);
        bytes memory node = bytes.concat(Tree.leaf(a), Tree.leaf(b));
        bytes memory proof = Tree.proof(raws, 0);
        bytes memory shifted = new bytes(512);
        for (uint256 i = 0; i < 480; i++) {
            shifted[i] = proof[i + 32];
        }
        vm.assertFalse(this.isMember(node, 0, Tree.root(raws), shifted), "salts differ");
    }

    function testFuzz_TheRootOfADepositIsThatOfItsLeafAlone(bytes memory raw) public pure {
        bytes[] memory raws = new bytes[](1);
        raws[0] = raw;
        vm.assertEq(Merkle.rootOf(raw), Tree.root(raws), "one leaf");
    }

    function holds(string memory json, string memory path, string memory leaf, bytes32 root)
        private
        view
        returns (bool)
    {
        bytes memory call = abi.encodeCall(
            this.isMember,
            (
                vm.parseJsonBytes(json, string.concat(path, leaf)),
                vm.parseJsonUint(json, string.concat(path, ".index")),
                root,
                vm.parseJsonBytes(json, string.concat(path, ".proof"))
            )
        );
        (bool done, bytes memory answer) = address(this).staticcall(call);
        return done && abi.decode(answer, (bool));
    }

    function exists(string memory json, string memory path) private view returns (bool) {
        return vm.keyExistsJson(json, path);
    }

    function treePath(uint256 t) private pure returns (string memory) {
        return string.concat(".trees[", vm.toString(t), "]");
    }

    function proofPath(uint256 t, uint256 i) private pure returns (string memory) {
        return string.concat(treePath(t), ".proofs[", vm.toString(i), "]");
    }

    function rejectPath(uint256 i) private pure returns (string memory) {
        return string.concat(".reject[", vm.toString(i), "]");
    }
}
