// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import {Vm} from "./support/Vm.sol";

contract CanonicityTest is Fixture {
    Coin private a;
    Coin private b;
    bytes private stored;
    uint168 private id;

    function setUp() public override {
        super.setUp();
        a = mined(eth(alice, 3 ether));
        b = mined(eth(bob, 2 ether));
        stored = abi.encode(spend(coins(a, b), outs(eth(carol, 5 ether))));
        id = startIfe(payment(), coins(a, b), dave);
    }

    // ------------------------------------------------------------ challenge

    function test_ACompetitorThatIsNotIncludedMakesAnExitNonCanonical() public {
        Payment memory competitor = pay(b, dave);
        ChallengeCanonicity memory args = canonicityArgs(payment(), b, competitor, 0);
        vm.recordLogs();
        vm.prank(watcher);
        game.challengeInFlightExitNotCanonical(args);
        Vm.Log memory log = only(logs(), ExitGameApi.InFlightExitChallenged.selector);
        vm.assertEq(log.topics[1], word(watcher), "challenger");
        vm.assertEq(log.topics[2], keccak256(Plasma.encode(payment())), "hash");
        vm.assertEq(
            log.data,
            abi.encode(type(uint256).max, 1, args.competingTx, 0, args.competingTxWitness),
            "everything needed to judge"
        );
        InFlightExitRecord memory record = inFlightExit(id);
        vm.assertFalse(record.isCanonical, "not canonical");
        vm.assertEq(record.oldestCompetitorPosition, type(uint256).max, "beyond every position");
        vm.assertEq(record.bondOwner, watcher, "the bond is the challenger's");
    }

    function test_AnIncludedCompetitorIsRecordedWithItsPosition() public {
        Payment memory competitor = pay(a, dave);
        uint256 there = include(competitor);
        compete(payment(), a, competitor, there, watcher);
        InFlightExitRecord memory record = inFlightExit(id);
        vm.assertFalse(record.isCanonical, "not canonical");
        vm.assertEq(record.oldestCompetitorPosition, there, "position");
    }

    function test_OnlyEverOlderCompetitorsFollow() public {
        Payment memory older = pay(a, dave);
        uint256 olderAt = include(older);
        Payment memory younger = pay(b, dave);
        uint256 youngerAt = include(younger);
        compete(payment(), b, again(younger, 7), 0, watcher);
        refuseCompete(canonicityArgs(payment(), a, again(older, 7), 0), "a second one that is not included");
        compete(payment(), b, younger, youngerAt, watcher);
        refuseCompete(canonicityArgs(payment(), b, younger, youngerAt), "the same again");
        compete(payment(), a, older, olderAt, proc);
        vm.assertEq(inFlightExit(id).bondOwner, proc, "the bond follows");
        refuseCompete(canonicityArgs(payment(), b, younger, youngerAt), "a younger one");
        vm.assertEq(inFlightExit(id).oldestCompetitorPosition, olderAt, "the oldest stays");
    }

    function test_ChallengesEndWithPhaseOneToTheSecond() public {
        ChallengeCanonicity memory args = canonicityArgs(payment(), a, pay(a, dave), 0);
        pass(HALF);
        refuseCompete(args, "in the first second of phase 2");
        vm.warp(block.timestamp - 1);
        acceptCompete(args);
    }

    function test_RefusalsOfAChallenge() public {
        Payment memory competitor = pay(b, dave);
        Payment memory other = again(payment(), 4);
        refuseCompete(canonicityArgs(other, b, competitor, 0), "no exit of that transaction");
        refuseCompete(canonicityArgs(payment(), b, payment(), 0), "the transaction itself");
        ChallengeCanonicity memory args = canonicityArgs(payment(), b, pay(a, dave), 0);
        args.competingTxWitness = witness(pay(a, dave), bob);
        refuseCompete(args, "it spends another input");
        args = canonicityArgs(payment(), b, competitor, 0);
        args.competingTxWitness = witness(competitor, alice);
        refuseCompete(args, "signed by somebody else");
        args = canonicityArgs(payment(), b, competitor, 0);
        args.competingTxInputIndex = 1;
        refuseCompete(args, "an input beyond the last");
        args.competingTxInputIndex = 65535;
        refuseCompete(args, "an input far beyond the last");
        args = canonicityArgs(payment(), b, competitor, 0);
        args.inFlightTxInputIndex = 0;
        refuseCompete(args, "the other slot");
        args.inFlightTxInputIndex = 2;
        refuseCompete(args, "an empty slot");
        args.inFlightTxInputIndex = 5;
        refuseCompete(args, "slot 5");
        args.inFlightTxInputIndex = 65535;
        refuseCompete(args, "slot 65535");
        args = canonicityArgs(payment(), b, competitor, 0);
        args.inputTx = a.raw;
        refuseCompete(args, "another input transaction");
        args = canonicityArgs(payment(), b, competitor, 0);
        args.inputUtxoPos = a.position;
        refuseCompete(args, "another input position");
        acceptCompete(canonicityArgs(payment(), b, competitor, 0));
    }

    function test_TheInclusionOfACompetitorIsProved() public {
        Payment memory competitor = pay(b, dave);
        uint256 there = include(competitor);
        ChallengeCanonicity memory args = canonicityArgs(payment(), b, competitor, there);
        args.competingTxPos = there + 1e4;
        refuseCompete(args, "another index");
        args.competingTxPos = there + 1;
        refuseCompete(args, "the position of an output");
        args.competingTxPos = there - 1000e9;
        refuseCompete(args, "another block");
        args.competingTxPos = there + 1000e9;
        refuseCompete(args, "a block that is not there");
        args = canonicityArgs(payment(), b, competitor, there);
        args.competingTxInclusionProof = "";
        refuseCompete(args, "no proof");
        args.competingTxInclusionProof = bytes.concat(proofAt(there), bytes32(0));
        refuseCompete(args, "17 siblings");
        args.competingTxInclusionProof = bytes.concat(proofAt(there));
        args.competingTxInclusionProof[100] ^= 0x80;
        refuseCompete(args, "a changed proof");
        acceptCompete(canonicityArgs(payment(), b, competitor, there));
    }

    function test_EveryPairOfIndicesCompetes() public {
        Coin[] memory ins = new Coin[](5);
        for (uint256 i = 0; i < 5; i++) {
            ins[i] = mined(eth(i % 2 == 0 ? alice : bob, 1 ether));
        }
        Payment memory wide = spend(ins, outs(eth(carol, 5 ether)));
        startIfe(wide, ins, alice);
        for (uint256 slot = 0; slot < 5; slot++) {
            for (uint256 where = 0; where < 5; where++) {
                Payment memory competitor = again(wide, 1);
                competitor.inputs = new uint256[](5);
                for (uint256 i = 0; i < 5; i++) {
                    competitor.inputs[(where + i) % 5] = wide.inputs[(slot + i) % 5];
                }
                uint256 before = vm.snapshotState();
                compete(wide, ins[slot], competitor, 0, watcher);
                vm.assertFalse(inFlightExit(ifeId(wide)).isCanonical, "not canonical");
                vm.assertTrue(vm.revertToState(before), "undone");
            }
        }
    }

    // ------------------------------------------------------------ response

    function test_AnOlderInclusionAnswersAChallenge() public {
        uint256 there = include(payment());
        compete(payment(), b, pay(b, dave), 0, watcher);
        vm.recordLogs();
        respond(payment(), there, carol);
        Vm.Log memory log = only(logs(), ExitGameApi.InFlightExitChallengeResponded.selector);
        vm.assertEq(log.topics[1], word(carol), "responder");
        vm.assertEq(log.topics[2], keccak256(Plasma.encode(payment())), "hash");
        vm.assertEq(log.data, abi.encode(there), "position");
        InFlightExitRecord memory record = inFlightExit(id);
        vm.assertTrue(record.isCanonical, "canonical again");
        vm.assertEq(record.oldestCompetitorPosition, there, "only older ones may follow");
        vm.assertEq(record.bondOwner, carol, "the bond is the responder's");
    }

    function test_AnAnswerMayComeInPhaseTwo() public {
        uint256 there = include(payment());
        compete(payment(), b, pay(b, dave), 0, watcher);
        pass(3 * PERIOD);
        respond(payment(), there, carol);
        vm.assertTrue(inFlightExit(id).isCanonical, "canonical again");
    }

    function test_AnInclusionYoungerThanTheCompetitorIsNoAnswer() public {
        Payment memory competitor = pay(b, dave);
        uint256 older = include(competitor);
        uint256 there = include(payment());
        compete(payment(), b, competitor, older, watcher);
        refuseRespond(there, proofAt(there), "younger");
        vm.assertFalse(inFlightExit(id).isCanonical, "still not canonical");
    }

    function test_AfterAnAnswerOnlyAnOlderCompetitorCounts() public {
        Payment memory older = pay(a, dave);
        uint256 olderAt = include(older);
        uint256 there = include(payment());
        Payment memory younger = pay(b, dave);
        uint256 youngerAt = include(younger);
        compete(payment(), b, younger, 0, watcher);
        respond(payment(), there, carol);
        refuseCompete(canonicityArgs(payment(), b, younger, youngerAt), "a younger one");
        refuseCompete(canonicityArgs(payment(), b, younger, 0), "one that is not included");
        compete(payment(), a, older, olderAt, watcher);
        vm.assertFalse(inFlightExit(id).isCanonical, "an older one");
        refuseRespond(there, proofAt(there), "answered by an older one");
    }

    function test_RefusalsOfAnAnswer() public {
        uint256 there = include(payment());
        bytes memory proof = proofAt(there);
        refuseRespond(there, proof, "no challenge");
        compete(payment(), b, pay(b, dave), 0, watcher);
        refuseRespond(0, proof, "position 0");
        refuseRespond(there + 1, proof, "the position of an output");
        refuseRespond(there + 1e4, proof, "another index");
        refuseRespond(there - 1000e9, proof, "another block");
        refuseRespond(there + 1000e9, proof, "a block that is not there");
        refuseRespond(there, "", "no proof");
        refuseRespond(there, bytes.concat(proof, bytes32(0)), "17 siblings");
        Payment memory other = again(payment(), 8);
        uint256 otherAt = include(other);
        proof = proofAt(otherAt);
        bytes memory call = abi.encodeCall(game.respondToNonCanonicalChallenge, (Plasma.encode(other), otherAt, proof));
        refuse(carol, address(game), call, "no exit of that transaction");
        respond(payment(), there, carol);
        refuseRespond(there, proofAt(there), "twice");
    }

    function test_ASecondUnincludedCompetitorCannotUndoAnAnswer() public {
        uint256 there = include(payment());
        compete(payment(), b, pay(b, dave), 0, watcher);
        respond(payment(), there, carol);
        refuseCompete(canonicityArgs(payment(), a, pay(a, dave), 0), "beyond the answer");
        vm.assertTrue(inFlightExit(id).isCanonical, "canonical");
    }

    // ------------------------------------------------------------ helpers

    function payment() private view returns (Payment memory) {
        return abi.decode(stored, (Payment));
    }

    function acceptCompete(ChallengeCanonicity memory args) private {
        bytes memory call = abi.encodeCall(game.challengeInFlightExitNotCanonical, (args));
        accept(watcher, address(game), call, "as it should be");
    }

    function refuseCompete(ChallengeCanonicity memory args, string memory why) private {
        refuse(watcher, address(game), abi.encodeCall(game.challengeInFlightExitNotCanonical, (args)), why);
    }

    function refuseRespond(uint256 there, bytes memory proof, string memory why) private {
        bytes memory call =
            abi.encodeCall(game.respondToNonCanonicalChallenge, (Plasma.encode(payment()), there, proof));
        refuse(carol, address(game), call, why);
    }
}
