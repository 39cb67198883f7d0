// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import {Vm} from "./support/Vm.sol";

contract PiggybackTest is Fixture {
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
        id = startIfe(payment(), coins(a, b), carol);
    }

    function test_AnInputIsPiggybackedByItsOwner() public {
        vm.recordLogs();
        piggybackInput(payment(), 0, alice);
        Vm.Log[] memory found = logs();
        Vm.Log memory log = only(found, ExitGameApi.InFlightExitInputPiggybacked.selector);
        vm.assertEq(log.topics[1], word(alice), "owner");
        vm.assertEq(log.topics[2], keccak256(Plasma.encode(payment())), "hash");
        vm.assertEq(log.data, abi.encode(0), "index");
        InFlightExitRecord memory record = inFlightExit(id);
        vm.assertEq(record.exitMap, 1, "bit 0");
        vm.assertEq(record.inputs[0].piggybackBondSize, PB_BOND, "bond");
        vm.assertEq(record.inputs[0].bountySize, PB_BOUNTY, "bounty");
        assertQueued(found, ETH);
    }

    function test_AnOutputIsPiggybackedByItsOwner() public {
        vm.recordLogs();
        piggybackOutput(payment(), 1);
        Vm.Log[] memory found = logs();
        Vm.Log memory log = only(found, ExitGameApi.InFlightExitOutputPiggybacked.selector);
        vm.assertEq(log.topics[1], word(bob), "owner");
        vm.assertEq(log.data, abi.encode(1), "index");
        InFlightExitRecord memory record = inFlightExit(id);
        vm.assertEq(record.exitMap, 1 << 6, "bit 6");
        vm.assertEq(record.outputs[1].outputId, Plasma.outputId(Plasma.encode(payment()), 1), "output id");
        vm.assertEq(record.outputs[1].exitTarget, bob, "owner");
        vm.assertEq(record.outputs[1].token, ETH, "token");
        vm.assertEq(record.outputs[1].amount, 3 ether, "amount");
        vm.assertEq(record.outputs[1].piggybackBondSize, PB_BOND, "bond");
        vm.assertEq(record.outputs[1].bountySize, PB_BOUNTY, "bounty");
        assertQueued(found, ETH);
    }

    function test_EachTokenIsQueuedOnce() public {
        piggybackInput(payment(), 0, alice);
        vm.recordLogs();
        piggybackOutput(payment(), 1);
        vm.assertEq(count(logs(), FrameworkApi.ExitQueued.selector), 0, "ETH is queued already");
        vm.recordLogs();
        piggybackInput(payment(), 1, bob);
        assertQueued(logs(), address(token));
        piggybackOutput(payment(), 0);
        vm.assertEq(queueOf(ETH).currentSize(), 1, "one ETH entry");
        vm.assertEq(queueOf(address(token)).currentSize(), 1, "one token entry");
        vm.assertEq(inFlightExit(id).exitMap, 3 | (3 << 5), "all four");
    }

    function test_TheDueTimeIsThatOfTheFirstPiggybackOfTheToken() public {
        vm.assertEq(game.inFlightExitDueAt(id, ETH), 0, "none yet");
        piggybackInput(payment(), 0, alice);
        uint256 due = framework.getNextExit(1, ETH) >> 224;
        vm.assertEq(game.inFlightExitDueAt(id, ETH), due, "that of the entry");
        vm.assertEq(game.inFlightExitDueAt(id, address(token)), 0, "no token entry");
        pass(HALF - 1);
        piggybackOutput(payment(), 1);
        vm.assertEq(game.inFlightExitDueAt(id, ETH), due, "a second piggyback changes nothing");
    }

    function test_ALatePiggybackIsDueOnePeriodLater() public {
        pass(2 * PERIOD);
        Payment memory late = again(payment(), 5);
        uint168 lateId = startIfe(late, coins(a, b), carol);
        pass(100);
        piggybackInput(late, 0, alice);
        vm.assertEq(game.inFlightExitDueAt(lateId, ETH), block.timestamp + PERIOD, "from the piggyback");
    }

    function test_TheAgeOfAnExitIsThatOfItsYoungestInputEvenADeposit() public {
        Coin memory young = deposit(eth(alice, 1 ether));
        (, uint256 time) = framework.blocks(young.position / 1e9);
        Payment memory mixed = spend(coins(a, young), outs(eth(bob, 4 ether)));
        uint168 mixedId = startIfe(mixed, coins(a, young), alice);
        pass(10);
        piggybackOutput(mixed, 0);
        vm.assertEq(game.inFlightExitDueAt(mixedId, ETH), time + 2 * PERIOD, "two periods after the deposit");
        uint256 priority = framework.getNextExit(1, ETH);
        vm.assertEq(priority, Plasma.priority(time + 2 * PERIOD, young.position, mixedId), "its position");
    }

    function test_OnlyTheOwnerPiggybacks() public {
        refuseInput(bob, PB_BOND, 0, "bob on alice's input");
        refuseOutput(alice, PB_BOND, 1, "alice on bob's output");
        refuseInput(carol, PB_BOND, 0, "the starter");
        accept(alice, address(game), PB_BOND, inputCall(0), "alice");
        accept(bob, address(game), PB_BOND, outputCall(1), "bob");
    }

    function test_TheBondIsExact() public {
        refuseInput(alice, PB_BOND - 1, 0, "less");
        refuseInput(alice, PB_BOND + 1, 0, "more");
        refuseOutput(bob, PB_BOND - 1, 1, "less");
        refuseOutput(bob, PB_BOND + 1, 1, "more");
        refuseOutput(bob, 0, 1, "none");
    }

    function test_ASlotIsPiggybackedOnce() public {
        piggybackInput(payment(), 0, alice);
        piggybackOutput(payment(), 1);
        refuseInput(alice, PB_BOND, 0, "the input again");
        refuseOutput(bob, PB_BOND, 1, "the output again");
    }

    function test_SlotsThatAreNotThereAreRefused() public {
        refuseInput(alice, PB_BOND, 2, "an empty input");
        refuseInput(alice, PB_BOND, 5, "input 5");
        refuseInput(alice, PB_BOND, 6, "input 6 is not output 1");
        refuseInput(alice, PB_BOND, 65535, "input 65535");
        refuseOutput(bob, PB_BOND, 2, "an empty output");
        refuseOutput(bob, PB_BOND, 5, "output 5");
        refuseOutput(bob, PB_BOND, 65535, "output 65535");
    }

    function test_ATransactionThatIsNotExitingIsRefused() public {
        Payment memory other = again(payment(), 3);
        bytes memory call = abi.encodeCall(game.piggybackInFlightExitOnInput, (PiggybackInput(Plasma.encode(other), 0)));
        refuse(alice, address(game), PB_BOND, call, "an input");
        call = abi.encodeCall(game.piggybackInFlightExitOnOutput, (PiggybackOutput(Plasma.encode(other), 1)));
        refuse(bob, address(game), PB_BOND, call, "an output");
    }

    function test_PiggybacksEndWithPhaseOneToTheSecond() public {
        pass(HALF - 1);
        piggybackInput(payment(), 0, alice);
        pass(1);
        refuseOutput(bob, PB_BOND, 1, "an output in the first second of phase 2");
        refuseInput(bob, PB_BOND, 1, "an input in the first second of phase 2");
    }

    function test_AnOutputIsPiggybackedInTheLastSecondOfPhaseOne() public {
        pass(HALF - 1);
        piggybackOutput(payment(), 1);
        vm.assertEq(inFlightExit(id).exitMap, 1 << 6, "bit 6");
    }

    function test_ABlockedSlotIsPiggybackedAgainWithoutASecondEntry() public {
        piggybackInput(payment(), 0, alice);
        blockInput(payment(), a, again(payment(), 1), watcher);
        vm.recordLogs();
        piggybackInput(payment(), 0, alice);
        vm.assertEq(count(logs(), FrameworkApi.ExitQueued.selector), 0, "no second entry");
        vm.assertEq(inFlightExit(id).exitMap, 1, "again");
        vm.assertEq(queueOf(ETH).currentSize(), 1, "one entry");
    }

    function test_TheTokenNeedsAQueue() public {
        Token other = new Token();
        vm.prank(maintainer);
        erc20Vault.setMinimumDeposit(address(other), 1);
        Coin memory held = deposit(Output(1, alice, address(other), 5));
        Payment memory moved = pay(held, bob);
        startIfe(moved, coins(held), alice);
        bytes memory call = abi.encodeCall(game.piggybackInFlightExitOnInput, (PiggybackInput(Plasma.encode(moved), 0)));
        refuse(alice, address(game), PB_BOND, call, "no queue");
        framework.addExitQueue(2, address(other));
        accept(alice, address(game), PB_BOND, call, "with a queue");
    }

    function test_AnOutputOfNothingIsNotPiggybacked() public {
        Coin memory held = mined(eth(alice, 1 ether));
        Payment memory zero = spend(coins(held), outs(eth(bob, 1 ether), eth(bob, 0)));
        StartInFlightExit memory args = ifeArgs(zero, coins(held));
        vm.prank(alice);
        (bool started,) = address(game).call{value: IFE_BOND}(abi.encodeCall(game.startInFlightExit, (args)));
        bytes memory call =
            abi.encodeCall(game.piggybackInFlightExitOnOutput, (PiggybackOutput(Plasma.encode(zero), 1)));
        (bool done,) = attempt(bob, address(game), PB_BOND, call);
        vm.assertFalse(started && done, "amount 0");
    }

    function test_FiveInputsAndFiveOutputsArePiggybackedEachOnItsOwn() public {
        Coin[] memory ins = new Coin[](5);
        Output[] memory outputs = new Output[](5);
        for (uint256 i = 0; i < 5; i++) {
            ins[i] = mined(eth(i % 2 == 0 ? alice : bob, (i + 1) * 1 ether));
            outputs[i] = eth(i % 2 == 0 ? carol : dave, (i + 1) * 1 ether);
        }
        Payment memory wide = spend(ins, outputs);
        uint168 wideId = startIfe(wide, ins, alice);
        uint256 map = 0;
        for (uint16 i = 0; i < 5; i++) {
            piggybackInput(wide, i, ins[i].output.owner);
            piggybackOutput(wide, i);
            map |= (1 << i) | (1 << (i + 5));
            InFlightExitRecord memory record = inFlightExit(wideId);
            vm.assertEq(record.exitMap, map, "its bits");
            vm.assertEq(record.outputs[i].amount, (i + 1) * 1 ether, "its amount");
            vm.assertEq(record.outputs[i].exitTarget, outputs[i].owner, "its owner");
            vm.assertEq(record.outputs[i].outputId, Plasma.outputId(Plasma.encode(wide), i), "its id");
        }
    }

    // ------------------------------------------------------------ helpers

    function payment() private view returns (Payment memory) {
        return abi.decode(stored, (Payment));
    }

    function assertQueued(Vm.Log[] memory found, address token_) private view {
        Vm.Log memory log = only(found, FrameworkApi.ExitQueued.selector);
        vm.assertEq(uint256(log.topics[1]), id, "queued");
        (, uint256 time) = framework.blocks(b.position / 1e9);
        uint256 due = time + 2 * PERIOD;
        vm.assertEq(log.data, abi.encode(Plasma.priority(due, b.position, id)), "priority");
        vm.assertEq(game.inFlightExitDueAt(id, token_), due, "due");
    }

    function inputCall(uint16 index) private view returns (bytes memory) {
        return abi.encodeCall(game.piggybackInFlightExitOnInput, (PiggybackInput(Plasma.encode(payment()), index)));
    }

    function outputCall(uint16 index) private view returns (bytes memory) {
        return abi.encodeCall(game.piggybackInFlightExitOnOutput, (PiggybackOutput(Plasma.encode(payment()), index)));
    }

    function refuseInput(address sender, uint256 value, uint16 index, string memory why) private {
        refuse(sender, address(game), value, inputCall(index), why);
    }

    function refuseOutput(address sender, uint256 value, uint16 index, string memory why) private {
        refuse(sender, address(game), value, outputCall(index), why);
    }
}
