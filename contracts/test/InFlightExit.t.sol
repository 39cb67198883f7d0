// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import {Vm} from "./support/Vm.sol";

/// Starting and deleting in-flight exits, and blocking their piggybacks.
contract InFlightExitTest is Fixture {
    // ------------------------------------------------------------ start

    function test_AStartIsRecordedAndAnnouncedButNotQueued() public {
        Coin memory a = mined(eth(alice, 3 ether));
        Coin memory b = mined(tok(bob, 40));
        Payment memory payment = spend(coins(a, b), outs(tok(alice, 40), eth(bob, 3 ether)));
        StartInFlightExit memory args = ifeArgs(payment, coins(a, b));
        vm.recordLogs();
        vm.prank(carol);
        game.startInFlightExit{value: IFE_BOND}(args);
        Vm.Log[] memory found = logs();
        Vm.Log memory log = only(found, ExitGameApi.InFlightExitStarted.selector);
        vm.assertEq(log.topics[1], word(carol), "initiator");
        vm.assertEq(log.topics[2], keccak256(args.inFlightTx), "hash");
        vm.assertEq(
            log.data,
            abi.encode(args.inFlightTx, args.inputUtxosPos, args.inFlightTxWitnesses, args.inputTxs),
            "everything needed to answer"
        );
        vm.assertEq(count(found, FrameworkApi.ExitQueued.selector), 0, "not queued");
        InFlightExitRecord memory record = inFlightExit(ifeId(payment));
        vm.assertTrue(record.isCanonical, "canonical");
        vm.assertEq(record.exitStartTimestamp, block.timestamp, "start");
        vm.assertEq(record.exitMap, 0, "nothing is piggybacked");
        vm.assertEq(record.position, b.position, "the youngest input");
        vm.assertEq(record.bondOwner, carol, "bond owner");
        vm.assertEq(record.bondSize, IFE_BOND, "bond");
        vm.assertEq(record.oldestCompetitorPosition, 0, "no competitor");
        assertInput(record.inputs[0], a);
        assertInput(record.inputs[1], b);
        vm.assertEq(record.inputs[2].exitTarget, address(0), "no third input");
    }

    function test_AnExitThatIsNotThereReadsAsZero() public view {
        InFlightExitRecord memory record = inFlightExit(12345);
        vm.assertEq(keccak256(abi.encode(record)), keccak256(new bytes(67 * 32)), "67 zero words");
    }

    function test_FiveInputsAndFiveOutputsStart() public {
        Coin[] memory ins = new Coin[](5);
        Output[] memory outputs = new Output[](5);
        for (uint256 i = 0; i < 5; i++) {
            ins[i] = i % 2 == 0 ? mined(eth(alice, 5 ether)) : mined(tok(bob, 50));
            outputs[i] = i % 2 == 0 ? eth(carol, 5 ether) : tok(dave, 50);
        }
        Payment memory payment = spend(ins, outputs);
        uint168 id = startIfe(payment, ins, alice);
        InFlightExitRecord memory record = inFlightExit(id);
        for (uint256 i = 0; i < 5; i++) {
            assertInput(record.inputs[i], ins[i]);
        }
    }

    function test_TheYoungestInputIsFoundWhereverItStands() public {
        Coin memory old = mined(eth(alice, 1 ether));
        Coin memory young = mined(eth(alice, 1 ether));
        Payment memory payment = spend(coins(young, old), outs(eth(bob, 2 ether)));
        vm.assertEq(inFlightExit(startIfe(payment, coins(young, old), bob)).position, young.position, "first");
        payment = spend(coins(old, young), outs(eth(bob, 2 ether)));
        vm.assertEq(inFlightExit(startIfe(payment, coins(old, young), bob)).position, young.position, "last");
    }

    function test_AFeeOutputMayBeSpent() public {
        Payment memory fee = feePayment(bob, 5, 1000);
        Coin memory claimed = coinAt(fee, include(fee), 0);
        Payment memory payment = spend(coins(claimed), outs(eth(alice, 5)));
        uint168 id = startIfe(payment, coins(claimed), bob);
        vm.assertEq(inFlightExit(id).inputs[0].exitTarget, bob, "its claimer owns it");
    }

    function test_TheBondIsExact() public {
        (Payment memory payment, Coin memory a) = simple();
        StartInFlightExit memory args = ifeArgs(payment, coins(a));
        bytes memory call = abi.encodeCall(game.startInFlightExit, (args));
        refuse(alice, address(game), IFE_BOND - 1, call, "less");
        refuse(alice, address(game), IFE_BOND + 1, call, "more");
        refuse(alice, address(game), 0, call, "none");
        accept(alice, address(game), IFE_BOND, call, "exactly");
    }

    function test_OnlyOneExitOfATransactionAtATime() public {
        (Payment memory payment, Coin memory a) = simple();
        startIfe(payment, coins(a), alice);
        refuseStart(ifeArgs(payment, coins(a)), "alive");
    }

    function test_ATransactionWithoutInputsIsRefused() public {
        Coin memory a = deposit(eth(alice, 1 ether));
        Payment memory payment = depositTx(a.output);
        refuseStart(ifeArgs(payment, new Coin[](0)), "a deposit");
    }

    function test_TheArraysHaveOneElementPerInput() public {
        (Payment memory payment, Coin memory a) = simple();
        StartInFlightExit memory right = ifeArgs(payment, coins(a));
        StartInFlightExit memory args = ifeArgs(payment, coins(a));
        args.inputTxs = two(a.raw, a.raw);
        refuseStart(args, "two input transactions");
        args.inputTxs = new bytes[](0);
        refuseStart(args, "no input transaction");
        args = ifeArgs(payment, coins(a));
        args.inputUtxosPos = new uint256[](2);
        refuseStart(args, "two positions");
        args.inputUtxosPos = new uint256[](0);
        refuseStart(args, "no position");
        args = ifeArgs(payment, coins(a));
        args.inputTxsInclusionProofs = two(a.proof, a.proof);
        refuseStart(args, "two proofs");
        args.inputTxsInclusionProofs = new bytes[](0);
        refuseStart(args, "no proof");
        args = ifeArgs(payment, coins(a));
        args.inFlightTxWitnesses = new bytes[](0);
        refuseStart(args, "no witness");
        args.inFlightTxWitnesses = two(right.inFlightTxWitnesses[0], right.inFlightTxWitnesses[0]);
        refuseStart(args, "two witnesses");
        acceptStart(right);
    }

    function test_DuplicateInputsAreRefused() public {
        Coin memory a = mined(eth(alice, 1 ether));
        Payment memory payment = spend(coins(a, a), outs(eth(bob, 2 ether)));
        refuseStart(ifeArgs(payment, coins(a, a)), "the same input twice");
        Coin memory b = mined(eth(alice, 1 ether));
        Coin[] memory ins = new Coin[](3);
        (ins[0], ins[1], ins[2]) = (a, b, a);
        payment = spend(ins, outs(eth(bob, 1 ether)));
        refuseStart(ifeArgs(payment, ins), "the first and the last");
    }

    function test_EveryInputTransactionIsProved() public {
        Coin memory a = mined(eth(alice, 1 ether));
        Coin memory b = mined(eth(alice, 1 ether));
        Payment memory payment = spend(coins(a, b), outs(eth(bob, 2 ether)));
        for (uint256 i = 0; i < 2; i++) {
            StartInFlightExit memory args = ifeArgs(payment, coins(a, b));
            args.inputTxsInclusionProofs[i] = bytes.concat(args.inputTxsInclusionProofs[i]);
            args.inputTxsInclusionProofs[i][300] ^= 0x01;
            refuseStart(args, "a changed proof");
            args = ifeArgs(payment, coins(a, b));
            args.inputTxsInclusionProofs[i] = bytes.concat(args.inputTxsInclusionProofs[i], bytes32(0));
            refuseStart(args, "a longer proof");
            args = ifeArgs(payment, coins(a, b));
            args.inputTxs[i] = mined(eth(alice, 1 ether)).raw;
            refuseStart(args, "another transaction");
        }
        acceptStart(ifeArgs(payment, coins(a, b)));
    }

    function test_EveryInputIsWhereTheTransactionSays() public {
        Coin memory a = mined(eth(alice, 1 ether));
        Coin memory b = mined(eth(alice, 1 ether));
        Payment memory payment = spend(coins(a, b), outs(eth(bob, 2 ether)));
        StartInFlightExit memory args = ifeArgs(payment, coins(b, a));
        refuseStart(args, "in another order");
        args = ifeArgs(payment, coins(a, b));
        args.inputUtxosPos[1] += 1;
        refuseStart(args, "another output");
        args = ifeArgs(payment, coins(a, b));
        args.inputUtxosPos[0] += 1000e9;
        refuseStart(args, "another block");
        acceptStart(ifeArgs(payment, coins(a, b)));
    }

    function test_EveryInputIsSignedByItsOwner() public {
        Coin memory a = mined(eth(alice, 1 ether));
        Coin memory b = mined(eth(bob, 1 ether));
        Payment memory payment = spend(coins(a, b), outs(eth(carol, 2 ether)));
        StartInFlightExit memory args = ifeArgs(payment, coins(a, b));
        args.inFlightTxWitnesses[1] = args.inFlightTxWitnesses[0];
        refuseStart(args, "alice for bob");
        args = ifeArgs(payment, coins(a, b));
        args.inFlightTxWitnesses[0] = highS(args.inFlightTxWitnesses[0]);
        refuseStart(args, "a high s");
        args = ifeArgs(payment, coins(a, b));
        args.inFlightTxWitnesses[0] = witness(again(payment, 1), alice);
        refuseStart(args, "a signature of something else");
        acceptStart(ifeArgs(payment, coins(a, b)));
    }

    function test_AnInputThatIsNotThereIsRefused() public {
        Coin memory a = mined(eth(alice, 1 ether));
        a.position += 1;
        Payment memory payment = spend(coins(a), outs(eth(bob, 1 ether)));
        refuseStart(ifeArgs(payment, coins(a)), "output 1 of one");
        a.position += 65536 * 1e4;
        payment = spend(coins(a), outs(eth(bob, 1 ether)));
        refuseStart(ifeArgs(payment, coins(a)), "transaction index 65536");
    }

    function test_ValueIsNotCreatedInAnyToken() public {
        Coin memory a = mined(eth(alice, 1 ether));
        Coin memory b = mined(tok(alice, 10));
        refuseStart(ifeArgs(spend(coins(a), outs(eth(bob, 1 ether + 1))), coins(a)), "one wei");
        refuseStart(ifeArgs(spend(coins(a), outs(tok(bob, 1))), coins(a)), "another token");
        Payment memory payment = spend(coins(a, b), outs(eth(bob, 1 ether + 1), tok(bob, 9)));
        refuseStart(ifeArgs(payment, coins(a, b)), "more of one, less of the other");
        payment = spend(coins(a, b), outs(eth(bob, 1 ether), tok(bob, 9)));
        acceptStart(ifeArgs(payment, coins(a, b)));
    }

    function test_SumsThatOverflowAreRefused() public {
        Coin memory a = mined(eth(alice, 1 ether));
        Payment memory payment = spend(coins(a), outs(eth(bob, type(uint256).max), eth(bob, 2)));
        refuseStart(ifeArgs(payment, coins(a)), "outputs that wrap to one wei");
    }

    function test_OutputsOtherThanPaymentsAreRefused() public {
        Coin memory a = mined(eth(alice, 1 ether));
        for (uint256 kind = 0; kind < 4; kind++) {
            if (kind != 1) {
                Payment memory payment = spend(coins(a), outs(eth(bob, 1), Output(kind, bob, ETH, 1)));
                refuseStart(ifeArgs(payment, coins(a)), "a strange output type");
            }
        }
    }

    function test_InputsOfStrangeTypesAreRefused() public {
        Coin memory source = deposit(eth(alice, 1 ether));
        Payment memory odd = spend(coins(source), outs(Output(2, alice, ETH, 1 ether)));
        Coin memory a = coinAt(odd, include(odd), 0);
        refuseStart(ifeArgs(pay(a, bob), coins(a)), "output type 2 of a payment");
        odd = spend(coins(source), outs(Output(7, alice, ETH, 1 ether)));
        a = coinAt(odd, include(odd), 0);
        refuseStart(ifeArgs(spend(coins(a), outs(eth(bob, 1 ether))), coins(a)), "output type 7 of a payment");
        Payment memory fee = feePayment(alice, 5, 1000);
        fee.outputs[0].kind = 1;
        a = coinAt(fee, include(fee), 0);
        refuseStart(ifeArgs(spend(coins(a), outs(eth(bob, 5))), coins(a)), "output type 1 of a fee");
    }

    function test_InputsInventedByTheOperatorAreRefused() public {
        Payment memory invented = depositTx(eth(alice, 1 ether));
        Coin memory a = coinAt(invented, include(invented), 0);
        refuseStart(ifeArgs(pay(a, bob), coins(a)), "a payment without inputs in an operator block");
    }

    function test_OnlyPaymentsAreExitedInFlight() public {
        Coin memory a = mined(eth(alice, 1 ether));
        Payment memory payment = pay(a, bob);
        payment.txType = 2;
        refuseStart(ifeArgs(payment, coins(a)), "type 2");
        payment.txType = 3;
        refuseStart(ifeArgs(payment, coins(a)), "type 3");
    }

    // ------------------------------------------------------------ blocking inputs

    function test_ABlockedInputIsClearedAndItsBondPaid() public {
        (Payment memory payment, Coin memory a) = simple();
        uint168 id = startIfe(payment, coins(a), alice);
        piggybackInput(payment, 0, alice);
        uint256 before = watcher.balance;
        vm.recordLogs();
        blockInput(payment, a, again(payment, 1), watcher);
        Vm.Log memory log = only(logs(), ExitGameApi.InFlightExitInputBlocked.selector);
        vm.assertEq(log.topics[1], word(watcher), "challenger");
        vm.assertEq(log.topics[2], keccak256(Plasma.encode(payment)), "hash");
        vm.assertEq(log.data, abi.encode(0), "index");
        vm.assertEq(watcher.balance, before + PB_BOND, "the piggyback bond");
        vm.assertEq(inFlightExit(id).exitMap, 0, "cleared");
        vm.assertEq(queueOf(ETH).currentSize(), 1, "the entry stays");
    }

    function test_AnInputIsBlockedInPhaseTwoToo() public {
        (Payment memory payment, Coin memory a) = simple();
        uint168 id = startIfe(payment, coins(a), alice);
        piggybackInput(payment, 0, alice);
        pass(4 * PERIOD);
        blockInput(payment, a, again(payment, 1), watcher);
        vm.assertEq(inFlightExit(id).exitMap, 0, "cleared");
    }

    function test_RefusalsOfBlockingAnInput() public {
        Coin memory a = mined(eth(alice, 1 ether));
        Coin memory b = mined(eth(bob, 1 ether));
        Payment memory payment = spend(coins(a, b), outs(eth(carol, 2 ether)));
        ChallengeInputSpent memory args = inputSpentArgs(payment, b, pay(b, dave), watcher);
        refuseInputBlock(args, "no exit");
        startIfe(payment, coins(a, b), alice);
        refuseInputBlock(args, "not piggybacked");
        piggybackInput(payment, 1, bob);
        args.senderData = senderData(dave);
        refuseInputBlock(args, "somebody else's mark");
        args = inputSpentArgs(payment, b, payment, watcher);
        refuseInputBlock(args, "the same transaction");
        args = inputSpentArgs(payment, b, pay(a, dave), watcher);
        refuseInputBlock(args, "it spends something else");
        args = inputSpentArgs(payment, b, pay(b, dave), watcher);
        args.challengingTxWitness = witness(pay(b, dave), alice);
        refuseInputBlock(args, "signed by somebody else");
        args = inputSpentArgs(payment, b, pay(b, dave), watcher);
        args.challengingTxInputIndex = 1;
        refuseInputBlock(args, "an input beyond the last");
        args.challengingTxInputIndex = 65535;
        refuseInputBlock(args, "an input far beyond the last");
        args = inputSpentArgs(payment, b, pay(b, dave), watcher);
        args.inFlightTxInputIndex = 0;
        refuseInputBlock(args, "the other slot");
        args.inFlightTxInputIndex = 2;
        refuseInputBlock(args, "an empty slot");
        args.inFlightTxInputIndex = 5;
        refuseInputBlock(args, "a slot beyond the last");
        args.inFlightTxInputIndex = 65535;
        refuseInputBlock(args, "a slot far beyond the last");
        args = inputSpentArgs(payment, b, pay(b, dave), watcher);
        (args.inputTx, args.inputUtxoPos) = (a.raw, a.position);
        refuseInputBlock(args, "the wrong input transaction");
        args = inputSpentArgs(payment, b, pay(b, dave), watcher);
        args.inputUtxoPos = a.position;
        refuseInputBlock(args, "the wrong position");
        args = inputSpentArgs(payment, b, pay(b, dave), watcher);
        accept(watcher, address(game), abi.encodeCall(game.challengeInFlightExitInputSpent, (args)), "as it should be");
        refuseInputBlock(args, "twice");
    }

    function test_EveryPairOfIndicesBlocksTheRightInput() public {
        Coin[] memory ins = new Coin[](5);
        for (uint256 i = 0; i < 5; i++) {
            ins[i] = mined(eth(i % 2 == 0 ? alice : bob, 1 ether));
        }
        Payment memory payment = spend(ins, outs(eth(carol, 5 ether)));
        uint168 id = startIfe(payment, ins, alice);
        for (uint16 i = 0; i < 5; i++) {
            piggybackInput(payment, i, ins[i].output.owner);
        }
        uint256 before = vm.snapshotState();
        for (uint256 slot = 0; slot < 5; slot++) {
            for (uint256 where = 0; where < 5; where++) {
                Payment memory spender = again(payment, 9);
                spender.inputs = rotated(payment.inputs, slot, where);
                blockInput(payment, ins[slot], spender, watcher);
                vm.assertEq(inFlightExit(id).exitMap, 31 - (1 << slot), "exactly this one");
                vm.assertTrue(vm.revertToState(before), "undone");
                before = vm.snapshotState();
            }
        }
    }

    function test_AFeeInputIsBlockedByAnotherSpendOfIt() public {
        Payment memory fee = feePayment(bob, 5, 1000);
        Coin memory claimed = coinAt(fee, include(fee), 0);
        Payment memory payment = spend(coins(claimed), outs(eth(alice, 5)));
        startIfe(payment, coins(claimed), bob);
        piggybackInput(payment, 0, bob);
        blockInput(payment, claimed, again(payment, 4), watcher);
        vm.assertEq(inFlightExit(ifeId(payment)).exitMap, 0, "cleared");
    }

    // ------------------------------------------------------------ blocking outputs

    function test_ABlockedOutputIsClearedAndItsBondPaid() public {
        (Payment memory payment, Coin memory a) = simple();
        uint256 there = include(payment);
        uint168 id = startIfe(payment, coins(a), alice);
        piggybackOutput(payment, 0);
        Coin memory held = coinAt(payment, there, 0);
        uint256 before = watcher.balance;
        vm.recordLogs();
        blockOutput(payment, held, pay(held, carol), watcher);
        Vm.Log memory log = only(logs(), ExitGameApi.InFlightExitOutputBlocked.selector);
        vm.assertEq(log.topics[1], word(watcher), "challenger");
        vm.assertEq(log.topics[2], keccak256(Plasma.encode(payment)), "hash");
        vm.assertEq(log.data, abi.encode(0), "index");
        vm.assertEq(watcher.balance, before + PB_BOND, "the piggyback bond");
        vm.assertEq(inFlightExit(id).exitMap, 0, "cleared");
    }

    function test_RefusalsOfBlockingAnOutput() public {
        Coin memory a = mined(eth(alice, 3 ether));
        Payment memory payment = spend(coins(a), outs(eth(bob, 1 ether), eth(carol, 2 ether)));
        uint256 there = include(payment);
        Coin memory first = coinAt(payment, there, 0);
        Coin memory second = coinAt(payment, there, 1);
        ChallengeOutputSpent memory args = outputSpentArgs(payment, second, pay(second, dave), watcher);
        refuseOutputBlock(args, "no exit");
        startIfe(payment, coins(a), alice);
        refuseOutputBlock(args, "not piggybacked");
        piggybackOutput(payment, 1);
        args.senderData = senderData(dave);
        refuseOutputBlock(args, "somebody else's mark");
        args = outputSpentArgs(payment, second, pay(first, dave), watcher);
        refuseOutputBlock(args, "it spends the other output");
        args = outputSpentArgs(payment, first, pay(first, dave), watcher);
        refuseOutputBlock(args, "the other output, which is not piggybacked");
        args = outputSpentArgs(payment, second, pay(second, dave), watcher);
        args.challengingTxWitness = witness(pay(second, dave), bob);
        refuseOutputBlock(args, "signed by somebody else");
        args = outputSpentArgs(payment, second, pay(second, dave), watcher);
        args.challengingTxInputIndex = 1;
        refuseOutputBlock(args, "an input beyond the last");
        args = outputSpentArgs(payment, second, pay(second, dave), watcher);
        args.inFlightTxInclusionProof = bytes.concat(second.proof);
        args.inFlightTxInclusionProof[0] ^= 0x01;
        refuseOutputBlock(args, "not proved");
        args.inFlightTxInclusionProof = "";
        refuseOutputBlock(args, "no proof");
        args = outputSpentArgs(payment, second, pay(second, dave), watcher);
        args.outputUtxoPos += 1;
        refuseOutputBlock(args, "an output that is not there");
        args.outputUtxoPos += 3;
        refuseOutputBlock(args, "an output beyond the last slot");
        args.outputUtxoPos += 1000e9;
        refuseOutputBlock(args, "a block that is not there");
        args = outputSpentArgs(payment, second, pay(second, dave), watcher);
        accept(watcher, address(game), abi.encodeCall(game.challengeInFlightExitOutputSpent, (args)), "as it should be");
        refuseOutputBlock(args, "twice");
    }

    function test_EveryPairOfIndicesBlocksTheRightOutput() public {
        Coin memory a = mined(eth(alice, 15 ether));
        Output[] memory outputs = new Output[](5);
        for (uint256 i = 0; i < 5; i++) {
            outputs[i] = eth(i % 2 == 0 ? bob : carol, (i + 1) * 1 ether);
        }
        Payment memory payment = spend(coins(a), outputs);
        uint256 there = include(payment);
        uint168 id = startIfe(payment, coins(a), alice);
        for (uint16 i = 0; i < 5; i++) {
            piggybackOutput(payment, i);
        }
        uint256 before = vm.snapshotState();
        for (uint256 slot = 0; slot < 5; slot++) {
            for (uint256 where = 0; where < 5; where++) {
                Payment memory spender = again(payment, 9);
                spender.inputs = new uint256[](5);
                for (uint256 i = 0; i < 5; i++) {
                    spender.inputs[i] = there + i;
                }
                spender.inputs = rotated(spender.inputs, slot, where);
                blockOutput(payment, coinAt(payment, there, slot), spender, watcher);
                vm.assertEq(inFlightExit(id).exitMap, (31 - (1 << slot)) << 5, "exactly this one");
                vm.assertTrue(vm.revertToState(before), "undone");
                before = vm.snapshotState();
            }
        }
    }

    // ------------------------------------------------------------ deletion

    function test_AnEmptyExitIsDeletedInPhaseTwo() public {
        (Payment memory payment, Coin memory a) = simple();
        uint168 id = startIfe(payment, coins(a), alice);
        bytes memory call = abi.encodeCall(game.deleteNonPiggybackedInFlightExit, (id));
        refuse(bob, address(game), call, "at once");
        pass(HALF - 1);
        refuse(bob, address(game), call, "in the last second of phase 1");
        pass(1);
        uint256 before = alice.balance;
        vm.recordLogs();
        accept(bob, address(game), call, "in the first second of phase 2");
        vm.assertEq(uint256(only(logs(), ExitGameApi.InFlightExitDeleted.selector).topics[1]), id, "announced");
        vm.assertEq(alice.balance, before + IFE_BOND, "the bond returns to its owner");
        vm.assertEq(inFlightExit(id).exitStartTimestamp, 0, "gone");
        refuse(bob, address(game), call, "twice");
        startIfe(payment, coins(a), alice);
    }

    function test_AnExitWithAPiggybackIsNotDeleted() public {
        (Payment memory payment, Coin memory a) = simple();
        uint168 id = startIfe(payment, coins(a), alice);
        piggybackInput(payment, 0, alice);
        pass(HALF);
        bytes memory call = abi.encodeCall(game.deleteNonPiggybackedInFlightExit, (id));
        refuse(bob, address(game), call, "piggybacked");
        blockInput(payment, a, again(payment, 1), watcher);
        accept(bob, address(game), call, "when all are blocked");
    }

    function test_AnExitThatIsNotThereIsNotDeleted() public {
        refuse(bob, address(game), abi.encodeCall(game.deleteNonPiggybackedInFlightExit, (77)), "nothing there");
    }

    function test_TheBondOfADeletedExitGoesToTheLastChallenger() public {
        (Payment memory payment, Coin memory a) = simple();
        uint168 id = startIfe(payment, coins(a), alice);
        compete(payment, a, again(payment, 1), 0, watcher);
        pass(HALF);
        uint256 before = watcher.balance;
        game.deleteNonPiggybackedInFlightExit(id);
        vm.assertEq(watcher.balance, before + IFE_BOND, "to the challenger");
    }

    // ------------------------------------------------------------ helpers

    function simple() private returns (Payment memory payment, Coin memory a) {
        a = mined(eth(alice, 1 ether));
        payment = pay(a, bob);
    }

    function feePayment(address claimer, uint256 amount, uint256 nonce) private pure returns (Payment memory fee) {
        fee.txType = 3;
        fee.outputs = outs(Output(2, claimer, ETH, amount));
        fee.txData = Rlp.word(nonce);
    }

    /// The inputs with the one of `slot` at index `where`.
    function rotated(uint256[] memory inputs, uint256 slot, uint256 where) private pure returns (uint256[] memory) {
        uint256[] memory moved = new uint256[](5);
        for (uint256 i = 0; i < 5; i++) {
            moved[(where + i) % 5] = inputs[(slot + i) % 5];
        }
        return moved;
    }

    function two(bytes memory a, bytes memory b) private pure returns (bytes[] memory list) {
        list = new bytes[](2);
        (list[0], list[1]) = (a, b);
    }

    function assertInput(Slot memory slot, Coin memory from) private pure {
        vm.assertEq(slot.outputId, Plasma.outputId(from.raw, from.position), "output id");
        vm.assertEq(slot.exitTarget, from.output.owner, "owner");
        vm.assertEq(slot.token, from.output.token, "token");
        vm.assertEq(slot.amount, from.output.amount, "amount");
    }

    function acceptStart(StartInFlightExit memory args) private {
        accept(dave, address(game), IFE_BOND, abi.encodeCall(game.startInFlightExit, (args)), "as it should be");
    }

    function refuseStart(StartInFlightExit memory args, string memory why) private {
        refuse(dave, address(game), IFE_BOND, abi.encodeCall(game.startInFlightExit, (args)), why);
    }

    function refuseInputBlock(ChallengeInputSpent memory args, string memory why) private {
        refuse(watcher, address(game), abi.encodeCall(game.challengeInFlightExitInputSpent, (args)), why);
    }

    function refuseOutputBlock(ChallengeOutputSpent memory args, string memory why) private {
        refuse(watcher, address(game), abi.encodeCall(game.challengeInFlightExitOutputSpent, (args)), why);
    }
}
