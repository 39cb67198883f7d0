// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Ids} from "../src/transactions/Ids.sol";
import {Positions} from "../src/transactions/Positions.sol";
import "./support/Fixture.sol";

contract IdsTest is Fixture {
    function check(uint256 position) external pure {
        Positions.check(position);
    }

    function rest(bytes32 outputId) external pure returns (bytes32) {
        return Ids.outputOf(Ids.standardExit(outputId), Ids.rest(outputId));
    }

    function test_EveryRecordedIdComesOut() public view {
        string memory json = vectors("ids.json");
        uint256 i = 0;
        for (; vm.keyExistsJson(json, outputPath(i)); i++) {
            bytes memory raw = vm.parseJsonBytes(json, string.concat(outputPath(i), ".rawTx"));
            uint256 position = vm.parseUint(vm.parseJsonString(json, string.concat(outputPath(i), ".utxoPos")));
            bytes memory id = bytes(vm.parseJsonString(json, string.concat(outputPath(i), ".standardExitId")));
            bool isDeposit = (position / 1e9) % 1000 != 0;
            vm.assertEq(game.getStandardExitId(isDeposit, raw, position), vm.parseUint(string(id)), "standard exit");
            bytes32 outputId = vm.parseJsonBytes32(json, string.concat(outputPath(i), ".outputId"));
            vm.assertEq(Plasma.outputId(raw, position), outputId, "output");
        }
        vm.assertEq(i, 24, "every output was read");
        for (i = 0; vm.keyExistsJson(json, flightPath(i)); i++) {
            bytes memory raw = vm.parseJsonBytes(json, string.concat(flightPath(i), ".rawTx"));
            bytes memory id = bytes(vm.parseJsonString(json, string.concat(flightPath(i), ".inFlightExitId")));
            vm.assertEq(game.getInFlightExitId(raw), vm.parseUint(string(id)), "in-flight exit");
        }
        vm.assertEq(i, 11, "every transaction was read");
    }

    function test_EveryRecordedPriorityComesOut() public {
        string memory json = vectors("priority.json");
        uint256 i = 0;
        for (; vm.keyExistsJson(json, casePath(i)); i++) {
            uint256 position = vm.parseUint(vm.parseJsonString(json, string.concat(casePath(i), ".utxoPos")));
            uint256 id = vm.parseUint(vm.parseJsonString(json, string.concat(casePath(i), ".exitId")));
            uint256 due = vm.parseJsonUint(json, string.concat(casePath(i), ".exitableAt"));
            uint256 priority = vm.parseUint(vm.parseJsonString(json, string.concat(casePath(i), ".priority")));
            TxPosition memory place =
                TxPosition(uint64(position / 1e9), uint16((position % 1e9) / 1e4), uint16(position % 1e4));
            uint256 before = vm.snapshotState();
            vm.prank(address(game));
            uint256 got = framework.enqueue(1, ETH, uint32(due), place, uint168(id), address(game));
            vm.assertEq(got, priority, "priority");
            vm.assertTrue(vm.revertToState(before), "undone");
        }
        vm.assertEq(i, 8, "every case was read");
    }

    function test_QueueKeysAndSenderDataAreThoseRecorded() public view {
        string memory json = vectors("priority.json");
        for (uint256 i = 0; i < 3; i++) {
            string memory path = string.concat(".queueKeys[", vm.toString(i), "]");
            uint256 vaultId = vm.parseJsonUint(json, string.concat(path, ".vaultId"));
            address token_ = vm.parseJsonAddress(json, string.concat(path, ".token"));
            bytes32 key = vm.parseJsonBytes32(json, string.concat(path, ".queueKey"));
            vm.assertEq(keccak256(abi.encodePacked(vaultId, token_)), key, "queue key");
            path = string.concat(".senderData[", vm.toString(i), "]");
            address sender = vm.parseJsonAddress(json, string.concat(path, ".address"));
            bytes32 data = vm.parseJsonBytes32(json, string.concat(path, ".senderData"));
            vm.assertEq(senderData(sender), data, "sender data");
        }
    }

    function test_EveryRecordedSignatureIsAcceptedOrRefused() public {
        string memory json = vectors("signatures.json");
        address where = vm.parseJsonAddress(json, ".verifyingContract");
        vm.etch(where, hex"00");
        ConditionApi condition = ConditionApi(create("PaymentOutputToPaymentTxCondition", abi.encode(where, 1, 1)));
        uint256 accepted = 0;
        uint256 i = 0;
        for (; vm.keyExistsJson(json, casePath(i)); i++) {
            bool accepts = isAccepted(condition, json, casePath(i));
            bytes memory verdict = bytes(vm.parseJsonString(json, string.concat(casePath(i), ".verdict")));
            bool expected = keccak256(verdict) == keccak256("accept");
            vm.assertEq(accepts, expected, vm.parseJsonString(json, string.concat(casePath(i), ".name")));
            accepted += expected ? 1 : 0;
        }
        vm.assertEq(i, 15, "every case was read");
        vm.assertEq(accepted, 1, "one is good");
    }

    function isAccepted(ConditionApi condition, string memory json, string memory path) private view returns (bool) {
        bytes memory source = vm.parseJsonBytes(json, ".inputTx");
        bytes memory spender = vm.parseJsonBytes(json, ".rawTx");
        bytes memory witness_ = vm.parseJsonBytes(json, string.concat(path, ".signature"));
        uint256 position_ = vm.parseJsonUint(json, ".utxoPos");
        bytes memory call = abi.encodeCall(condition.verify, (source, position_, spender, 0, witness_));
        (bool done, bytes memory answer) = address(condition).staticcall(call);
        return done && abi.decode(answer, (bool));
    }

    function testFuzz_IdsFollowTheSpecification(bytes memory raw, uint64 blknum, uint16 txindex, uint8 oindex)
        public
        view
    {
        uint256 position = Plasma.position(blknum, txindex, oindex);
        bool isDeposit = blknum % 1000 != 0;
        vm.assertEq(game.getStandardExitId(isDeposit, raw, position), Plasma.standardExitId(raw, position), "standard");
        vm.assertEq(game.getInFlightExitId(raw), Plasma.inFlightExitId(raw), "in flight");
        vm.assertEq(game.getInFlightExitId(raw) >> 167, 1, "the bit of in-flight exits");
        vm.assertEq(game.getStandardExitId(isDeposit, raw, position) >> 167, 0, "not of standard exits");
    }

    function testFuzz_AnOutputIdIsKeptWhole(bytes32 outputId) public view {
        vm.assertEq(this.rest(outputId), outputId, "split and joined");
    }

    function testFuzz_PackedPositionsKeepTheirOrder(uint64 a, uint64 b) public pure {
        uint256 first = positionFrom(a);
        uint256 second = positionFrom(b);
        vm.assertEq(Positions.unpack(Positions.pack(first)), first, "and back");
        vm.assertEq(first < second, Positions.pack(first) < Positions.pack(second), "the same order");
    }

    function testFuzz_PositionsOutOfRangeAreRefused(uint256 position_) public view {
        bool good = position_ / 1e9 <= 720_575_940_378 && (position_ % 1e9) / 1e4 <= 65535;
        (bool done,) = address(this).staticcall(abi.encodeCall(this.check, (position_)));
        vm.assertEq(done, good, "the bounds");
    }

    function test_TheLargestPositionIsAccepted() public view {
        this.check(720_575_940_378_655_359_999);
        uint256[3] memory bad = [uint256(720_575_940_379_000_000_000), 1_000_655_360_000, 1_000_999_990_000];
        for (uint256 i = 0; i < 3; i++) {
            (bool done,) = address(this).staticcall(abi.encodeCall(this.check, (bad[i])));
            vm.assertFalse(done, "beyond the largest");
        }
    }

    function positionFrom(uint64 seed) private pure returns (uint256) {
        uint256 blknum = uint256(seed >> 24) % 720_575_940_379;
        return Plasma.position(blknum, uint16(seed >> 8), uint8(seed) % 8);
    }

    function outputPath(uint256 i) private pure returns (string memory) {
        return string.concat(".outputs[", vm.toString(i), "]");
    }

    function flightPath(uint256 i) private pure returns (string memory) {
        return string.concat(".inFlight[", vm.toString(i), "]");
    }

    function casePath(uint256 i) private pure returns (string memory) {
        return string.concat(".cases[", vm.toString(i), "]");
    }
}
