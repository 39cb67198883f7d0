// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import {Token} from "./support/Tokens.sol";
import {Refuser} from "./support/Receivers.sol";
import {Vm} from "./support/Vm.sol";

contract QueuesTest is Fixture {
    function test_AnybodyAddsAQueueOnce() public {
        Token other = new Token();
        vm.assertFalse(framework.hasExitQueue(2, address(other)), "none yet");
        bytes memory call = abi.encodeCall(framework.addExitQueue, (2, address(other)));
        vm.recordLogs();
        accept(bob, address(framework), call, "a stranger adds it");
        Vm.Log memory log = only(logs(), FrameworkApi.ExitQueueAdded.selector);
        vm.assertEq(log.data, abi.encode(2, address(other)), "announced");
        vm.assertTrue(framework.hasExitQueue(2, address(other)), "there it is");
        vm.assertEq(queueOf(address(other)).framework(), address(framework), "it belongs to the framework");
        vm.assertEq(queueOf(address(other)).currentSize(), 0, "it is empty");
        refuse(bob, address(framework), call, "a second time");
    }

    function test_QueuesForNonsensePairsAreRefused() public {
        refuse(bob, address(framework), abi.encodeCall(framework.addExitQueue, (0, ETH)), "vault 0");
        refuse(bob, address(framework), abi.encodeCall(framework.addExitQueue, (3, ETH)), "vault 3");
        refuse(bob, address(framework), abi.encodeCall(framework.addExitQueue, (2, ETH)), "ETH in the token vault");
        Token other = new Token();
        bytes memory call = abi.encodeCall(framework.addExitQueue, (1, address(other)));
        refuse(bob, address(framework), call, "a token in the ETH vault");
        call = abi.encodeCall(framework.addExitQueue, (258, address(other)));
        refuse(bob, address(framework), call, "a vault id that only looks like 2");
    }

    function test_OnlyAnExitGameEnqueues() public {
        bytes memory call = enqueueCall(uint32(block.timestamp), 7);
        refuse(alice, address(framework), call, "a stranger");
        refuse(maintainer, address(framework), call, "the maintainer");
        refuse(address(ethVault), address(framework), call, "a vault");
        vm.recordLogs();
        accept(address(game), address(framework), call, "the exit game");
        Vm.Log memory log = only(logs(), FrameworkApi.ExitQueued.selector);
        vm.assertEq(uint256(log.topics[1]), 7, "exit id");
        vm.assertEq(log.data, abi.encode(Plasma.priority(block.timestamp, 1000e9, 7)), "priority");
    }

    function test_AnEntryRecordsWhoProcessesItUnlessPaymentsDo() public {
        address other = secondGame();
        vm.prank(other);
        uint256 priority = framework.enqueue(1, ETH, uint32(block.timestamp), TxPosition(1000, 0, 0), 7, other);
        vm.assertEq(priority, Plasma.priority(block.timestamp, 1000e9, 7), "priority");
        vm.assertEq(framework.getNextExit(1, ETH), priority, "it is the next");
        bytes32 key = keccak256(abi.encodePacked(priority, uint256(1), ETH));
        vm.assertEq(framework.delegations(key), other, "its exit game");
        vm.prank(address(game));
        priority = framework.enqueue(1, ETH, uint32(block.timestamp), TxPosition(1000, 0, 0), 6, address(game));
        key = keccak256(abi.encodePacked(priority, uint256(1), ETH));
        vm.assertEq(framework.delegations(key), address(0), "none is the game of payments");
    }

    function test_AnEntryNeedsAQueue() public {
        vm.prank(address(game));
        (bool done,) = address(framework)
            .call(
                abi.encodeCall(
                    framework.enqueue,
                    (2, address(0xbeef), uint32(block.timestamp), TxPosition(1000, 0, 0), 7, address(game))
                )
            );
        vm.assertFalse(done, "no queue");
    }

    function test_AnEqualEntryIsRefused() public {
        address other = secondGame();
        TxPosition memory place = TxPosition(1000, 0, 0);
        bytes memory call = abi.encodeCall(framework.enqueue, (1, ETH, uint32(block.timestamp), place, 7, other));
        accept(other, address(framework), call, "once");
        refuse(other, address(framework), call, "twice");
    }

    function test_ExitsComeInOrderOfTimePositionAndId() public {
        uint32 time = uint32(block.timestamp);
        push(time + 2, 1000, 0, 1);
        push(time, 3000, 5, 9);
        push(time, 3000, 4, 9);
        push(time, 1001, 9, 9);
        push(time, 3000, 5, 3);
        push(time + 1, 1, 0, 5);
        uint256[] memory heap = queueOf(ETH).heapList();
        vm.assertEq(heap.length, 7, "six entries and an unused one at 0");
        pass(100);
        uint256 last = 0;
        for (uint256 i = 0; i < 6; i++) {
            vm.mockCall(address(game), abi.encodeWithSelector(game.processExit.selector), "");
            uint256 next = framework.getNextExit(1, ETH);
            vm.assertGt(next, last, "in order");
            last = next;
            process(ETH, 1);
        }
        vm.assertEq(queueOf(ETH).currentSize(), 0, "all are gone");
    }

    function test_OnlyTheFrameworkChangesAQueue() public {
        accept(address(game), address(framework), enqueueCall(uint32(block.timestamp), 7), "an entry");
        QueueApi queue = queueOf(ETH);
        refuse(alice, address(queue), abi.encodeCall(queue.insert, (1)), "a stranger inserts");
        refuse(address(game), address(queue), abi.encodeCall(queue.insert, (1)), "the exit game inserts");
        refuse(alice, address(queue), abi.encodeCall(queue.delMin, ()), "a stranger removes");
        accept(address(framework), address(queue), abi.encodeCall(queue.insert, (1)), "the framework inserts");
        vm.assertEq(queue.getMin(), 1, "the least");
        vm.prank(address(framework));
        vm.assertEq(queue.delMin(), 1, "the least is removed");
        vm.assertEq(queue.currentSize(), 1, "one is left");
    }

    function test_AnEmptyQueueHasNoLeast() public {
        QueueApi queue = queueOf(ETH);
        refuse(alice, address(queue), abi.encodeCall(queue.getMin, ()), "getMin");
        refuse(address(framework), address(queue), abi.encodeCall(queue.delMin, ()), "delMin");
        refuse(alice, address(framework), abi.encodeCall(framework.getNextExit, (1, ETH)), "getNextExit");
    }

    function test_AMissingQueueHasNoNextExit() public {
        refuse(alice, address(framework), abi.encodeCall(framework.getNextExit, (2, address(0xbeef))), "no queue");
    }

    function testFuzz_TheQueueSorts(uint256[] memory entries) public {
        QueueApi queue = queueOf(ETH);
        uint256 length = entries.length > 60 ? 60 : entries.length;
        uint256 inserted = 0;
        for (uint256 i = 0; i < length; i++) {
            vm.prank(address(framework));
            (bool done,) = address(queue).call(abi.encodeCall(queue.insert, (entries[i])));
            if (done) {
                inserted++;
            }
        }
        vm.assertEq(queue.currentSize(), inserted, "size");
        uint256 last = 0;
        for (uint256 i = 0; i < inserted; i++) {
            vm.prank(address(framework));
            uint256 next = queue.delMin();
            vm.assertGe(next, last, "sorted");
            last = next;
        }
        vm.assertEq(queue.currentSize(), 0, "empty");
    }

    /// Against a list that is searched: what is inserted and removed in any order.
    function testFuzz_TheLeastIsRemoved(uint16[] memory steps) public {
        QueueApi queue = queueOf(ETH);
        uint256[] memory list = new uint256[](steps.length);
        uint256 count = 0;
        vm.startPrank(address(framework));
        for (uint256 i = 0; i < steps.length; i++) {
            if (count == 0 || steps[i] % 3 != 0) {
                // Mostly growing, with steps back.
                list[count] = 50 * i + steps[i] % 400;
                queue.insert(list[count++]);
            } else {
                uint256 at = leastOf(list, count);
                vm.assertEq(queue.getMin(), list[at], "the next");
                vm.assertEq(queue.delMin(), list[at], "the least");
                list[at] = list[--count];
            }
            vm.assertEq(queue.currentSize(), count, "size");
        }
        vm.stopPrank();
        uint256[] memory listed = queue.heapList();
        vm.assertEq(listed.length, count + 1, "all are listed");
        for (; count != 0; count--) {
            uint256 at = leastOf(list, count);
            listed[0] = type(uint256).max;
            uint256 same = leastOf(listed, listed.length);
            vm.assertEq(listed[same], list[at], "each is listed");
            listed[same] = type(uint256).max;
            list[at] = list[count - 1];
        }
    }

    function leastOf(uint256[] memory list, uint256 count) private pure returns (uint256 at) {
        for (uint256 i = 1; i < count; i++) {
            at = list[i] < list[at] ? i : at;
        }
    }

    function test_ALongQueueIsNotListed() public {
        QueueApi queue = queueOf(ETH);
        vm.startPrank(address(framework));
        queue.insert(1000);
        for (uint256 i = 1; i <= 40; i++) {
            queue.insert(1000 - i);
        }
        vm.stopPrank();
        uint256[] memory heap = queue.heapList();
        vm.assertEq(heap.length, 42, "listed with the unused entry");
        vm.assertEq(heap[1], 960, "the least is first");
        for (uint256 i = 2; i < heap.length; i++) {
            vm.assertLt(heap[i / 2], heap[i], "a parent is less");
        }
    }

    // ------------------------------------------------------------ finalised outputs

    function test_OnlyAnExitGameFlagsOutputs() public {
        bytes32 id = keccak256("output");
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = keccak256("another");
        bytes memory one = abi.encodeCall(framework.flagOutputFinalized, (id, 7));
        bytes memory many = abi.encodeCall(framework.batchFlagOutputsFinalized, (ids, 7));
        refuse(alice, address(framework), one, "a stranger");
        refuse(maintainer, address(framework), one, "the maintainer");
        refuse(alice, address(framework), many, "a stranger");
        accept(address(game), address(framework), one, "the exit game");
        accept(address(game), address(framework), many, "the exit game");
        vm.assertTrue(framework.isOutputFinalized(id), "flagged");
        vm.assertEq(framework.outputsFinalizations(id), 7, "by which exit");
        vm.assertTrue(framework.isOutputFinalized(ids[0]), "flagged in a batch");
        vm.assertFalse(framework.isOutputFinalized(keccak256("third")), "others are not");
    }

    function test_AFlagIsWrittenOnce() public {
        bytes32[] memory ids = new bytes32[](2);
        ids[0] = keccak256("a");
        ids[1] = keccak256("b");
        vm.startPrank(address(game));
        framework.flagOutputFinalized(ids[0], 7);
        framework.flagOutputFinalized(ids[0], 8);
        framework.batchFlagOutputsFinalized(ids, 9);
        vm.stopPrank();
        vm.assertEq(framework.outputsFinalizations(ids[0]), 7, "the first writer stands");
        vm.assertEq(framework.outputsFinalizations(ids[1]), 9, "the other is new");
    }

    function test_TheZeroOutputCannotBeFlagged() public {
        bytes memory one = abi.encodeCall(framework.flagOutputFinalized, (bytes32(0), 7));
        refuse(address(game), address(framework), one, "alone");
        bytes32[] memory ids = new bytes32[](2);
        ids[0] = keccak256("a");
        bytes memory many = abi.encodeCall(framework.batchFlagOutputsFinalized, (ids, 7));
        refuse(address(game), address(framework), many, "in a batch");
        vm.assertFalse(framework.isOutputFinalized(ids[0]), "nothing of the batch happened");
    }

    function test_OnlyAForeignFlagCountsAgainstAnExit() public {
        bytes32[] memory ids = new bytes32[](2);
        ids[0] = keccak256("a");
        ids[1] = keccak256("b");
        vm.assertFalse(framework.isAnyInputFinalizedByOtherExit(ids, 7), "none is flagged");
        vm.prank(address(game));
        framework.flagOutputFinalized(ids[1], 7);
        vm.assertFalse(framework.isAnyInputFinalizedByOtherExit(ids, 7), "flagged by the exit itself");
        vm.assertTrue(framework.isAnyInputFinalizedByOtherExit(ids, 8), "flagged by another");
    }

    function test_OnlyAnExitGameHoldsTheMutex() public {
        bytes memory lock = abi.encodeCall(framework.activateNonReentrant, ());
        bytes memory unlock = abi.encodeCall(framework.deactivateNonReentrant, ());
        refuse(alice, address(framework), lock, "a stranger locks");
        refuse(alice, address(framework), unlock, "a stranger unlocks");
        accept(address(game), address(framework), lock, "the exit game locks");
        refuse(address(game), address(framework), lock, "locked already");
        bytes memory call = abi.encodeCall(framework.processExits, (1, ETH, 0, 1, senderData(proc)));
        refuse(proc, address(framework), call, "nothing is processed while it is locked");
        accept(address(game), address(framework), unlock, "the exit game unlocks");
    }

    function test_ExitableAtBeyond32BitsIsRefused() public {
        Coin memory held = deposit(eth(alice, 1 ether));
        vm.warp(uint256(type(uint32).max) - PERIOD + 1);
        bytes memory call =
            abi.encodeCall(game.startStandardExit, (StartStandardExit(held.position, held.raw, held.proof)));
        refuse(alice, address(game), SE_BOND, call, "the year 2106");
        vm.warp(uint256(type(uint32).max) - PERIOD);
        accept(alice, address(game), SE_BOND, call, "one second before");
    }

    function push(uint32 time, uint64 blknum, uint16 txIndex, uint168 id) private {
        vm.prank(address(game));
        framework.enqueue(1, ETH, time, TxPosition(blknum, txIndex, 0), id, address(game));
    }

    function enqueueCall(uint32 time, uint168 id) private view returns (bytes memory) {
        return abi.encodeCall(framework.enqueue, (1, ETH, time, TxPosition(1000, 0, 0), id, address(game)));
    }
}
