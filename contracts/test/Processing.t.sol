// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import {Vm} from "./support/Vm.sol";

contract ProcessingTest is Fixture {
    Coin private a;
    Coin private b;
    bytes private stored;
    uint168 private id;

    /// Alice's 3 ETH and Bob's 40 tokens change hands.
    function setUp() public override {
        super.setUp();
        a = mined(eth(alice, 3 ether));
        b = mined(tok(bob, 40));
        stored = abi.encode(spend(coins(a, b), outs(tok(alice, 40), eth(bob, 3 ether))));
        id = startIfe(swap(), coins(a, b), carol);
    }

    function swap() private view returns (Payment memory) {
        return abi.decode(stored, (Payment));
    }

    // ------------------------------------------------------------ the call

    function test_TheCallNeedsItsSendersMark() public {
        piggybackInput(swap(), 0, alice);
        mature();
        bytes memory call = abi.encodeCall(framework.processExits, (1, ETH, 0, 1, senderData(alice)));
        refuse(proc, address(framework), call, "somebody else's mark");
        accept(alice, address(framework), call, "its own");
    }

    function test_TheCallNeedsAQueueWithAnEntry() public {
        bytes memory none = abi.encodeCall(framework.processExits, (2, address(0xbeef), 0, 1, senderData(proc)));
        refuse(proc, address(framework), none, "no queue");
        bytes memory empty = abi.encodeCall(framework.processExits, (1, ETH, 0, 1, senderData(proc)));
        refuse(proc, address(framework), empty, "an empty queue");
    }

    function test_TheTopIdIsZeroOrThatOfTheHead() public {
        piggybackInput(swap(), 0, alice);
        mature();
        bytes memory wrong = abi.encodeCall(framework.processExits, (1, ETH, id + 1, 1, senderData(proc)));
        refuse(proc, address(framework), wrong, "another id");
        bytes memory right = abi.encodeCall(framework.processExits, (1, ETH, id, 1, senderData(proc)));
        accept(proc, address(framework), right, "that of the head");
    }

    function test_AnEntryIsProcessedOnlyAfterItsDueTime() public {
        piggybackInput(swap(), 0, alice);
        uint256 due = game.inFlightExitDueAt(id, ETH);
        vm.warp(due);
        vm.recordLogs();
        process(ETH, 1);
        Vm.Log memory log = only(logs(), FrameworkApi.ProcessedExitsNum.selector);
        vm.assertEq(log.data, abi.encode(0, 1, ETH), "none in the second it is due");
        vm.assertEq(queueOf(ETH).currentSize(), 1, "it waits");
        vm.warp(due + 1);
        vm.recordLogs();
        process(ETH, 1);
        log = only(logs(), FrameworkApi.ProcessedExitsNum.selector);
        vm.assertEq(log.data, abi.encode(1, 1, ETH), "one a second later");
        vm.assertEq(queueOf(ETH).currentSize(), 0, "it is gone");
    }

    function test_AsManyAreProcessedAsAskedFor() public {
        for (uint256 i = 0; i < 5; i++) {
            exit(mined(eth(bob, 1 ether)));
        }
        mature();
        vm.recordLogs();
        process(ETH, 0);
        process(ETH, 2);
        process(ETH, 100);
        Vm.Log[] memory found = logs();
        uint256[3] memory numbers = [uint256(0), 2, 3];
        uint256 k = 0;
        for (uint256 i = 0; i < found.length; i++) {
            if (found[i].topics[0] == FrameworkApi.ProcessedExitsNum.selector) {
                vm.assertEq(found[i].data, abi.encode(numbers[k++], 1, ETH), "the count");
            }
        }
        vm.assertEq(k, 3, "three calls");
    }

    function test_ExitsArePaidByAgeNotByStart() public {
        Coin memory old = mined(eth(alice, 1 ether));
        pass(10);
        Coin memory young = mined(eth(bob, 2 ether));
        uint168 second = exit(young);
        pass(10);
        uint168 first_ = exit(old);
        mature();
        vm.recordLogs();
        process(ETH, 10);
        Vm.Log[] memory found = logs();
        uint256 k = 0;
        for (uint256 i = 0; i < found.length; i++) {
            if (found[i].topics[0] == ExitGameApi.ExitFinalized.selector) {
                vm.assertEq(uint256(found[i].topics[1]), k == 0 ? first_ : second, "the older output first");
                k++;
            }
        }
        vm.assertEq(k, 2, "both");
    }

    function test_OnlyTheFrameworkCallsAnExitGame() public {
        exit(deposit(eth(bob, 1 ether)));
        bytes memory call = abi.encodeCall(game.processExit, (id, 1, ETH, alice));
        refuse(alice, address(game), call, "a stranger");
        refuse(maintainer, address(game), call, "the maintainer");
        refuse(address(ethVault), address(game), call, "a vault");
        call = abi.encodeWithSignature("payDues(address)", alice);
        refuse(alice, address(game), call, "a stranger ends what is processed");
        accept(address(framework), address(game), call, "the framework");
    }

    // ------------------------------------------------------------ canonical

    function test_ACanonicalExitPaysItsOutputs() public {
        piggybackOutput(swap(), 0);
        piggybackOutput(swap(), 1);
        uint256 before = bob.balance;
        uint256 caller = proc.balance;
        mature();
        vm.recordLogs();
        process(ETH, 1);
        Vm.Log memory log = only(logs(), ExitGameApi.InFlightExitOutputWithdrawn.selector);
        vm.assertEq(uint256(log.topics[1]), id, "announced");
        vm.assertEq(log.data, abi.encode(1), "index");
        vm.assertEq(bob.balance, before + 3 ether + PB_BOND - PB_BOUNTY, "amount and the rest of the bond");
        vm.assertEq(proc.balance, caller + PB_BOUNTY, "bounty");
        vm.assertEq(inFlightExit(id).exitMap, 1 << 5, "the other token waits");
        before = carol.balance;
        vm.recordLogs();
        process(address(token), 1);
        vm.assertEq(uint256(only(logs(), ExitGameApi.InFlightExitFinalized.selector).topics[1]), id, "finished");
        vm.assertEq(token.balanceOf(alice), 40, "the other output");
        vm.assertEq(carol.balance, before + IFE_BOND, "the starter's bond");
        vm.assertEq(inFlightExit(id).exitStartTimestamp, 0, "the record is gone");
        vm.assertEq(address(game).balance, 0, "no bond is left");
    }

    function test_ACanonicalExitFlagsAllInputsAndItsOutputs() public {
        piggybackOutput(swap(), 1);
        mature();
        process(ETH, 1);
        vm.assertEq(framework.outputsFinalizations(idOf(a)), id, "the ETH input");
        vm.assertEq(framework.outputsFinalizations(idOf(b)), id, "the token input");
        vm.assertEq(framework.outputsFinalizations(outputOf(1)), id, "the piggybacked output");
        vm.assertFalse(framework.isOutputFinalized(outputOf(0)), "not the other output");
    }

    function test_ACanonicalExitPaysNoInputsButReturnsTheirBonds() public {
        piggybackInput(swap(), 0, alice);
        uint256 before = alice.balance;
        uint256 caller = proc.balance;
        mature();
        vm.recordLogs();
        process(ETH, 1);
        Vm.Log[] memory found = logs();
        vm.assertEq(count(found, ExitGameApi.InFlightExitInputWithdrawn.selector), 0, "no input");
        vm.assertEq(alice.balance, before + PB_BOND - PB_BOUNTY, "only the rest of the bond");
        vm.assertEq(proc.balance, caller + PB_BOUNTY, "bounty");
    }

    // ------------------------------------------------------------ not canonical

    function test_ANonCanonicalExitPaysItsInputs() public {
        piggybackInput(swap(), 0, alice);
        piggybackInput(swap(), 1, bob);
        piggybackOutput(swap(), 0);
        compete(swap(), a, pay(a, dave), 0, watcher);
        uint256 before = alice.balance;
        mature();
        vm.recordLogs();
        process(ETH, 1);
        Vm.Log memory log = only(logs(), ExitGameApi.InFlightExitInputWithdrawn.selector);
        vm.assertEq(uint256(log.topics[1]), id, "announced");
        vm.assertEq(log.data, abi.encode(0), "index");
        vm.assertEq(alice.balance, before + 3 ether + PB_BOND - PB_BOUNTY, "amount and the rest of the bond");
        vm.assertEq(framework.outputsFinalizations(idOf(a)), id, "flagged");
        vm.assertFalse(framework.isOutputFinalized(idOf(b)), "the other token's input is not");
        before = watcher.balance;
        process(address(token), 1);
        vm.assertEq(token.balanceOf(bob), 40, "the token input");
        vm.assertEq(token.balanceOf(alice), 0, "not the token output");
        vm.assertEq(watcher.balance, before + IFE_BOND, "the bond is the challenger's");
    }

    function test_ANonCanonicalExitFlagsOnlyPiggybackedInputs() public {
        piggybackOutput(swap(), 1);
        compete(swap(), a, pay(a, dave), 0, watcher);
        mature();
        process(ETH, 1);
        vm.assertFalse(framework.isOutputFinalized(idOf(a)), "not the input");
        vm.assertFalse(framework.isOutputFinalized(outputOf(1)), "nor the output");
    }

    function test_AnInputPaidByAnotherExitTurnsTheExitToItsInputs() public {
        exit(a);
        piggybackInput(swap(), 0, alice);
        piggybackInput(swap(), 1, bob);
        piggybackOutput(swap(), 0);
        piggybackOutput(swap(), 1);
        mature();
        uint256 before = alice.balance;
        process(ETH, 1);
        vm.assertEq(alice.balance, before + 3 ether + SE_BOND - SE_BOUNTY, "the standard exit is older");
        vm.recordLogs();
        process(ETH, 1);
        Vm.Log[] memory found = logs();
        vm.assertEq(count(found, ExitGameApi.InFlightExitInputWithdrawn.selector), 0, "not the same input again");
        vm.assertEq(count(found, ExitGameApi.InFlightExitOutputWithdrawn.selector), 0, "and no output");
        process(address(token), 1);
        vm.assertEq(token.balanceOf(bob), 40, "the other input returns to its owner");
        vm.assertEq(token.balanceOf(alice), 0, "no output");
    }

    function test_AnOutputPaidByItsStandardExitIsNotPaidAgain() public {
        uint256 there = include(swap());
        Coin memory held = coinAt(swap(), there, 1);
        piggybackOutput(swap(), 1);
        exit(held);
        mature();
        mature();
        uint256 before = bob.balance;
        process(ETH, 2);
        uint256 bonds = uint256(PB_BOND - PB_BOUNTY) + SE_BOND - SE_BOUNTY;
        vm.assertEq(bob.balance, before + 3 ether + bonds, "paid once");
        vm.assertEq(address(ethVault).balance, 0, "the vault paid once");
    }

    function test_AStandardExitOfAPaidInputIsOmittedAndItsBondReturned() public {
        piggybackOutput(swap(), 1);
        mature();
        mature();
        Coin memory spent = a;
        exit(spent);
        process(ETH, 1);
        mature();
        uint256 before = alice.balance;
        uint256 caller = proc.balance;
        vm.recordLogs();
        process(ETH, 1);
        vm.assertEq(count(logs(), ExitGameApi.ExitOmitted.selector), 1, "omitted");
        vm.assertEq(alice.balance, before + SE_BOND - SE_BOUNTY, "bond less bounty");
        vm.assertEq(proc.balance, caller + SE_BOUNTY, "bounty");
    }

    function test_ABlockedSlotIsNotPaid() public {
        uint256 there = include(swap());
        piggybackOutput(swap(), 0);
        piggybackOutput(swap(), 1);
        Coin memory held = coinAt(swap(), there, 1);
        blockOutput(swap(), held, pay(held, dave), watcher);
        uint256 before = bob.balance;
        mature();
        process(ETH, 1);
        vm.assertEq(bob.balance, before, "nothing");
        process(address(token), 1);
        vm.assertEq(token.balanceOf(alice), 40, "the other is paid");
    }

    function test_TheLeftEntryOfADeletedExitIsOmitted() public {
        piggybackInput(swap(), 0, alice);
        blockInput(swap(), a, pay(a, dave), watcher);
        pass(HALF);
        game.deleteNonPiggybackedInFlightExit(id);
        mature();
        vm.recordLogs();
        process(ETH, 1);
        Vm.Log memory log = only(logs(), ExitGameApi.InFlightExitOmitted.selector);
        vm.assertEq(uint256(log.topics[1]), id, "announced");
        vm.assertEq(log.data, abi.encode(ETH), "token");
    }

    function test_ManySlotsOfOneTokenAreSettledAtOnce() public {
        Coin[] memory ins = new Coin[](5);
        Output[] memory outputs = new Output[](5);
        for (uint256 i = 0; i < 5; i++) {
            ins[i] = mined(eth(alice, (i + 1) * 1 ether));
            outputs[i] = eth(bob, (i + 1) * 1 ether);
        }
        Payment memory wide = spend(ins, outputs);
        startIfe(wide, ins, alice);
        for (uint16 i = 0; i < 5; i++) {
            piggybackInput(wide, i, alice);
            piggybackOutput(wide, i);
        }
        uint256 beforeAlice = alice.balance;
        uint256 beforeBob = bob.balance;
        uint256 beforeProc = proc.balance;
        mature();
        process(ETH, 1);
        vm.assertEq(bob.balance - beforeBob, 15 ether + 5 * (PB_BOND - PB_BOUNTY), "outputs and bonds");
        vm.assertEq(alice.balance - beforeAlice, 5 * (PB_BOND - PB_BOUNTY) + IFE_BOND, "bonds only");
        vm.assertEq(proc.balance - beforeProc, 10 * uint256(PB_BOUNTY), "ten bounties");
        vm.assertEq(address(game).balance, IFE_BOND, "only the other exit's bond is left");
    }

    // ------------------------------------------------------------ helpers

    function idOf(Coin memory held) private pure returns (bytes32) {
        return Plasma.outputId(held.raw, held.position);
    }

    function outputOf(uint256 index) private view returns (bytes32) {
        return Plasma.outputId(Plasma.encode(swap()), index);
    }
}
