// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import {Vm} from "./support/Vm.sol";

contract StandardExitTest is Fixture {
    // ------------------------------------------------------------ start

    function test_AnExitOfAPaymentOutputIsRecordedQueuedAndAnnounced() public {
        Coin memory held = mined(eth(bob, 3 ether));
        (, uint256 blockTime) = framework.blocks(held.position / 1e9);
        vm.recordLogs();
        uint168 id = exit(held);
        Vm.Log[] memory found = logs();
        Vm.Log memory log = only(found, ExitGameApi.ExitStarted.selector);
        vm.assertEq(log.topics[1], word(bob), "owner");
        vm.assertEq(log.data, abi.encode(id, held.position, held.raw), "id, position and transaction");
        vm.assertEq(log.emitter, address(game), "by the exit game");
        log = only(found, FrameworkApi.ExitQueued.selector);
        uint256 due = blockTime + 2 * PERIOD;
        vm.assertEq(uint256(log.topics[1]), id, "queued");
        vm.assertEq(log.data, abi.encode(Plasma.priority(due, held.position, id)), "priority");
        StandardExitRecord memory record = standardExit(id);
        vm.assertTrue(record.exitable, "exitable");
        vm.assertEq(record.utxoPos, held.position, "position");
        vm.assertEq(record.outputId, Plasma.outputId(held.raw, held.position), "output id");
        vm.assertEq(record.exitTarget, bob, "target");
        vm.assertEq(record.amount, 3 ether, "amount");
        vm.assertEq(record.bondSize, SE_BOND, "bond");
        vm.assertEq(record.bountySize, SE_BOUNTY, "bounty");
        vm.assertEq(address(game).balance, SE_BOND, "the bond is held");
    }

    function test_AnExitOfADepositIsDueAfterOnePeriod() public {
        Coin memory held = deposit(eth(bob, 3 ether));
        pass(100);
        exit(held);
        vm.assertEq(framework.getNextExit(1, ETH) >> 224, block.timestamp + PERIOD, "due");
    }

    function test_AnExitOfAnOldOutputIsDueAfterOnePeriod() public {
        Coin memory held = mined(eth(bob, 3 ether));
        pass(PERIOD + 50);
        exit(held);
        vm.assertEq(framework.getNextExit(1, ETH) >> 224, block.timestamp + PERIOD, "due");
    }

    function test_AnExitOfAYoungOutputIsDueTwoPeriodsAfterItsBlock() public {
        Coin memory held = mined(eth(bob, 3 ether));
        (, uint256 blockTime) = framework.blocks(held.position / 1e9);
        pass(PERIOD - 50);
        exit(held);
        vm.assertEq(framework.getNextExit(1, ETH) >> 224, blockTime + 2 * PERIOD, "due");
    }

    function test_EveryOutputOfATransactionAndEveryPlaceInABlockExits() public {
        Coin memory source = deposit(eth(alice, 15 ether));
        Output[] memory outputs = new Output[](5);
        for (uint256 i = 0; i < 5; i++) {
            outputs[i] = eth(bob, (i + 1) * 1 ether);
        }
        Payment memory payment = spend(coins(source), outputs);
        bytes[] memory raws = new bytes[](7);
        for (uint256 i = 0; i < 7; i++) {
            raws[i] = Plasma.encode(again(payment, i));
        }
        uint256 blknum = submit(raws);
        for (uint256 i = 0; i < 5; i++) {
            Coin memory held = coinAt(again(payment, i + 2), Plasma.position(blknum, i + 2, 0), i);
            uint168 id = exit(held);
            vm.assertEq(standardExit(id).amount, (i + 1) * 1 ether, "the right output");
            vm.assertEq(standardExit(id).utxoPos, held.position, "the right place");
        }
    }

    function test_OnlyTheOwnerExits() public {
        Coin memory held = mined(eth(bob, 3 ether));
        refuseStart(alice, SE_BOND, start(held), "not the owner");
        acceptStart(bob, start(held));
    }

    function test_TheBondIsExact() public {
        Coin memory held = mined(eth(bob, 3 ether));
        refuseStart(bob, SE_BOND - 1, start(held), "less");
        refuseStart(bob, SE_BOND + 1, start(held), "more");
        refuseStart(bob, 0, start(held), "none");
        acceptStart(bob, start(held));
    }

    function test_TheProofMustLeadToTheBlock() public {
        Coin memory held = mined(eth(bob, 3 ether));
        StartStandardExit memory args = start(held);
        args.outputTxInclusionProof = bytes.concat(held.proof);
        args.outputTxInclusionProof[511] ^= 0x01;
        refuseStart(bob, SE_BOND, args, "a changed proof");
        args = start(held);
        args.utxoPos += 1e4;
        refuseStart(bob, SE_BOND, args, "another index");
        args = start(held);
        args.utxoPos += 1000e9;
        refuseStart(bob, SE_BOND, args, "a block that is not there");
        acceptStart(bob, start(held));
    }

    function test_AProofOfAnotherLengthIsRefused() public {
        Coin memory held = mined(eth(bob, 3 ether));
        StartStandardExit memory args = start(held);
        args.outputTxInclusionProof = "";
        refuseStart(bob, SE_BOND, args, "no proof");
        args.outputTxInclusionProof = bytes.concat(held.proof, hex"00");
        refuseStart(bob, SE_BOND, args, "513 bytes");
        args.outputTxInclusionProof = new bytes(511);
        refuseStart(bob, SE_BOND, args, "511 bytes");
    }

    function test_TheOutputMustExist() public {
        Coin memory held = mined(eth(bob, 3 ether));
        StartStandardExit memory args = start(held);
        args.utxoPos += 1;
        refuseStart(bob, SE_BOND, args, "output 1 of one");
        args.utxoPos += 8;
        refuseStart(bob, SE_BOND, args, "output 9");
    }

    function test_APositionBeyondTheLargestIsRefused() public {
        Coin memory held = mined(eth(bob, 3 ether));
        StartStandardExit memory args = start(held);
        args.utxoPos = held.position + (uint256(1) << 64) * 1e9;
        refuseStart(bob, SE_BOND, args, "a block number that wraps");
        args.utxoPos = held.position + 65536 * 1e4;
        refuseStart(bob, SE_BOND, args, "transaction index 65536");
        args.utxoPos = type(uint256).max;
        refuseStart(bob, SE_BOND, args, "the largest number");
    }

    function test_OnlyOneExitOfAnOutputAtATime() public {
        Coin memory held = mined(eth(bob, 3 ether));
        exit(held);
        refuseStart(bob, SE_BOND, start(held), "started already");
        pass(PERIOD + 5);
        refuseStart(bob, SE_BOND, start(held), "later too, when the priority would differ");
    }

    function test_AnOutputThatWasPaidDoesNotExitAgain() public {
        Coin memory held = mined(eth(bob, 3 ether));
        exit(held);
        mature();
        process(ETH, 1);
        refuseStart(bob, SE_BOND, start(held), "paid");
    }

    function test_TheTokenNeedsAQueue() public {
        Token other = new Token();
        vm.prank(maintainer);
        erc20Vault.setMinimumDeposit(address(other), 1);
        Coin memory held = deposit(Output(1, bob, address(other), 5));
        refuseStart(bob, SE_BOND, start(held), "no queue");
        framework.addExitQueue(2, address(other));
        acceptStart(bob, start(held));
    }

    function test_OnlyPaymentsExit() public {
        Coin memory source = deposit(eth(alice, 1 ether));
        Payment memory payment = pay(source, bob);
        payment.txType = 2;
        Coin memory held = coinAt(payment, include(payment), 0);
        refuseStart(bob, SE_BOND, start(held), "type 2");
        payment.txType = 7;
        held = coinAt(payment, include(payment), 0);
        refuseStart(bob, SE_BOND, start(held), "type 7");
    }

    function test_AFeeOutputDoesNotExit() public {
        Payment memory fee;
        fee.txType = 3;
        fee.outputs = outs(Output(2, bob, ETH, 5));
        fee.txData = Rlp.word(uint256(keccak256(abi.encode(1000, ETH))));
        Coin memory held = coinAt(fee, include(fee), 0);
        refuseStart(bob, SE_BOND, start(held), "a fee output");
    }

    function test_OutputTypesOtherThanPaymentDoNotExit() public {
        Coin memory source = deposit(eth(alice, 1 ether));
        for (uint256 kind = 0; kind < 9; kind++) {
            if (kind == 1) {
                continue;
            }
            Payment memory payment = spend(coins(source), outs(Output(kind, bob, ETH, 1 ether)));
            Coin memory held = coinAt(payment, include(payment), 0);
            refuseStart(bob, SE_BOND, start(held), "a strange output type");
        }
    }

    function test_AnOutputOfNothingDoesNotExit() public {
        Coin memory source = deposit(eth(alice, 1 ether));
        Payment memory payment = spend(coins(source), outs(eth(bob, 0), eth(bob, 1 ether)));
        uint256 there = include(payment);
        refuseStart(bob, SE_BOND, start(coinAt(payment, there, 0)), "amount 0");
    }

    function test_APaymentWithoutInputsExitsOnlyFromADepositBlock() public {
        Payment memory invented = depositTx(eth(bob, 1 ether));
        refuseStart(bob, SE_BOND, start(coinAt(invented, include(invented), 0)), "invented by the operator");
        acceptStart(bob, start(deposit(eth(bob, 1 ether))));
    }

    function test_ATransactionWithInputsDoesNotExitFromADepositBlock() public {
        Coin memory source = deposit(eth(alice, 1 ether));
        Payment memory payment = pay(source, bob);
        Coin memory held = plant(payment);
        refuseStart(bob, SE_BOND, start(held), "inputs in a deposit block");
    }

    function test_ADepositHasOneOutputAtIndexZero() public {
        Payment memory payment = blank();
        payment.outputs = outs(eth(bob, 1 ether), eth(bob, 2 ether));
        Coin memory held = plant(payment);
        refuseStart(bob, SE_BOND, start(held), "two outputs in a deposit block");
        held.position += 1;
        held.output = payment.outputs[1];
        refuseStart(bob, SE_BOND, start(held), "the second output of a deposit block");
    }

    function test_BytesThatAreNoTransactionDoNotExit() public {
        Coin memory held = mined(eth(bob, 1 ether));
        StartStandardExit memory args = start(held);
        args.rlpOutputTx = "";
        refuseStart(bob, SE_BOND, args, "no bytes");
        args.rlpOutputTx = hex"c0";
        refuseStart(bob, SE_BOND, args, "an empty list");
        args.rlpOutputTx = bytes.concat(held.raw, hex"00");
        refuseStart(bob, SE_BOND, args, "a trailing byte");
    }

    // ------------------------------------------------------------ challenge

    function test_AChallengeEndsTheExitAndPaysTheBond() public {
        Coin memory held = mined(eth(bob, 3 ether));
        uint168 id = exit(held);
        uint256 before = watcher.balance;
        vm.recordLogs();
        challenge(held, pay(held, carol), watcher);
        Vm.Log memory log = only(logs(), ExitGameApi.ExitChallenged.selector);
        vm.assertEq(uint256(log.topics[1]), held.position, "announced");
        vm.assertEq(watcher.balance, before + SE_BOND, "the whole bond");
        vm.assertFalse(standardExit(id).exitable, "no longer exitable");
        vm.assertEq(address(game).balance, 0, "no bond is left");
    }

    function test_AChallengeIsPossibleUntilTheExitIsProcessed() public {
        Coin memory held = mined(eth(bob, 3 ether));
        exit(held);
        pass(3 * PERIOD);
        challenge(held, pay(held, carol), watcher);
        vm.assertFalse(standardExit(seId(held)).exitable, "after its due time too");
    }

    function test_AChallengeWorksOnce() public {
        Coin memory held = mined(eth(bob, 3 ether));
        exit(held);
        ChallengeStandardExit memory args = challengeArgs(held, pay(held, carol), watcher);
        acceptChallenge(args);
        refuseChallenge(args, "a second time");
    }

    function test_AChallengeNeedsItsSendersMark() public {
        Coin memory held = mined(eth(bob, 3 ether));
        exit(held);
        ChallengeStandardExit memory args = challengeArgs(held, pay(held, carol), dave);
        refuseChallenge(args, "copied from somebody else");
        args.senderData = bytes32(0);
        refuseChallenge(args, "no mark");
        args.senderData = senderData(watcher);
        acceptChallenge(args);
    }

    function test_AChallengeNeedsAnExit() public {
        Coin memory held = mined(eth(bob, 3 ether));
        ChallengeStandardExit memory args = challengeArgs(held, pay(held, carol), watcher);
        refuseChallenge(args, "never started");
        exit(held);
        acceptChallenge(args);
    }

    function test_AChallengeShowsTheExitingTransaction() public {
        Coin memory held = mined(eth(bob, 3 ether));
        Coin memory other = mined(eth(bob, 3 ether));
        exit(held);
        ChallengeStandardExit memory args = challengeArgs(held, pay(held, carol), watcher);
        args.exitingTx = other.raw;
        refuseChallenge(args, "another transaction");
        args.exitingTx = held.raw;
        acceptChallenge(args);
    }

    function test_AChallengeMustSpendTheOutput() public {
        Coin memory held = mined(eth(bob, 3 ether));
        Coin memory other = mined(eth(bob, 3 ether));
        exit(held);
        ChallengeStandardExit memory args = challengeArgs(held, pay(other, carol), watcher);
        refuseChallenge(args, "it spends something else");
        Payment memory both = spend(coins(other, held), outs(eth(carol, 6 ether)));
        args = challengeArgs(held, both, watcher);
        args.inputIndex = 0;
        refuseChallenge(args, "the other input");
        args.inputIndex = 2;
        refuseChallenge(args, "an input beyond the last");
        args.inputIndex = 65535;
        refuseChallenge(args, "an input far beyond the last");
        args.inputIndex = 1;
        acceptChallenge(args);
    }

    function test_AChallengeNeedsTheOwnersSignature() public {
        Coin memory held = mined(eth(bob, 3 ether));
        exit(held);
        Payment memory spender = pay(held, carol);
        ChallengeStandardExit memory args = challengeArgs(held, spender, watcher);
        bytes memory right = args.witness;
        args.witness = witness(spender, alice);
        refuseChallenge(args, "somebody else's signature");
        args.witness = witness(again(spender, 1), bob);
        refuseChallenge(args, "a signature of something else");
        args.witness = highS(right);
        refuseChallenge(args, "a high s");
        args.witness = bytes.concat(right, hex"00");
        refuseChallenge(args, "66 bytes");
        args.witness = "";
        refuseChallenge(args, "no signature");
        args.witness = right;
        acceptChallenge(args);
    }

    function test_AChallengeIsAPayment() public {
        Coin memory held = mined(eth(bob, 3 ether));
        exit(held);
        Payment memory spender = pay(held, carol);
        spender.txType = 2;
        refuseChallenge(challengeArgs(held, spender, watcher), "type 2");
        spender.txType = 3;
        refuseChallenge(challengeArgs(held, spender, watcher), "type 3");
        spender.txType = 9;
        refuseChallenge(challengeArgs(held, spender, watcher), "type 9");
    }

    function test_AnInFlightExitIdIsNoStandardExit() public {
        Coin memory held = mined(eth(bob, 3 ether));
        Payment memory payment = pay(held, carol);
        startIfe(payment, coins(held), bob);
        ChallengeStandardExit memory args = challengeArgs(held, payment, watcher);
        args.exitId = ifeId(payment);
        refuseChallenge(args, "the id of an in-flight exit");
    }

    // ------------------------------------------------------------ processing

    function test_AnExitIsPaidWithBondAndBounty() public {
        Coin memory held = mined(eth(bob, 3 ether));
        uint168 id = exit(held);
        uint256 owner = bob.balance;
        uint256 caller = proc.balance;
        mature();
        vm.recordLogs();
        process(ETH, 1);
        Vm.Log[] memory found = logs();
        vm.assertEq(uint256(only(found, ExitGameApi.ExitFinalized.selector).topics[1]), id, "announced");
        vm.assertEq(bob.balance, owner + 3 ether + SE_BOND - SE_BOUNTY, "amount and the rest of the bond");
        vm.assertEq(proc.balance, caller + SE_BOUNTY, "bounty");
        vm.assertEq(address(game).balance, 0, "no bond is left");
        vm.assertEq(framework.outputsFinalizations(Plasma.outputId(held.raw, held.position)), id, "flagged");
        vm.assertEq(standardExit(id).exitTarget, address(0), "the record is gone");
        uint256 paid = indexOf(found, VaultApi.EthWithdrawn.selector);
        vm.assertLt(paid, indexOf(found, ExitGameApi.ExitFinalized.selector), "paid before it is announced");
    }

    function test_ATokenExitIsPaidFromTheTokenVault() public {
        Coin memory held = mined(tok(bob, 700));
        exit(held);
        mature();
        process(address(token), 1);
        vm.assertEq(token.balanceOf(bob), 700, "paid");
        vm.assertEq(token.balanceOf(address(erc20Vault)), 0, "from the vault");
    }

    function test_AChallengedExitIsOmittedAndPaysNobody() public {
        Coin memory held = mined(eth(bob, 3 ether));
        uint168 id = exit(held);
        challenge(held, pay(held, carol), watcher);
        uint256 owner = bob.balance;
        uint256 caller = proc.balance;
        mature();
        vm.recordLogs();
        process(ETH, 1);
        vm.assertEq(uint256(only(logs(), ExitGameApi.ExitOmitted.selector).topics[1]), id, "announced");
        vm.assertEq(bob.balance, owner, "no payment");
        vm.assertEq(proc.balance, caller, "no bounty");
        vm.assertFalse(framework.isOutputFinalized(Plasma.outputId(held.raw, held.position)), "not flagged");
    }

    function test_AnOmittedExitMayBeStartedAndChallengedAgain() public {
        Coin memory held = mined(eth(bob, 3 ether));
        exit(held);
        challenge(held, pay(held, carol), watcher);
        mature();
        process(ETH, 1);
        exit(held);
        vm.assertTrue(standardExit(seId(held)).exitable, "again");
        challenge(held, pay(held, carol), watcher);
        vm.assertFalse(standardExit(seId(held)).exitable, "challenged again");
    }

    function test_AnExitThatIsNotThereReadsAsZero() public view {
        StandardExitRecord memory record = standardExit(12345);
        vm.assertEq(keccak256(abi.encode(record)), keccak256(new bytes(7 * 32)), "seven zero words");
    }

    function test_AnAmountAboveNinetySixBitsExitsInFull() public {
        uint256 amount = uint256(type(uint96).max) + 12345;
        Coin memory held = deposit(tok(bob, amount));
        uint168 id = exit(held);
        vm.assertEq(standardExit(id).amount, amount, "recorded");
        mature();
        process(address(token), 1);
        vm.assertEq(token.balanceOf(bob), amount, "paid");
        vm.assertEq(standardExit(id).amount, 0, "nothing is left behind");
    }

    function testFuzz_AnyAmountExitsInFull(uint256 amount, bool operatorBlock) public {
        amount = within(amount, 1, 1 << 255);
        Coin memory held = operatorBlock ? mined(tok(bob, amount)) : deposit(tok(bob, amount));
        exit(held);
        vm.assertEq(standardExit(seId(held)).amount, amount, "recorded");
        mature();
        process(address(token), 1);
        vm.assertEq(token.balanceOf(bob), amount, "paid");
    }

    // ------------------------------------------------------------ helpers

    /// A transaction in a deposit block that no vault of ours would make.
    function plant(Payment memory payment) private returns (Coin memory) {
        bytes[] memory raws = new bytes[](1);
        raws[0] = Plasma.encode(payment);
        vm.prank(address(ethVault));
        uint256 blknum = framework.submitDepositBlock(Tree.root(raws));
        return Coin(blknum * 1e9, raws[0], Tree.proof(raws, 0), payment.outputs[0]);
    }

    function start(Coin memory held) private pure returns (StartStandardExit memory) {
        return StartStandardExit(held.position, held.raw, held.proof);
    }

    function acceptStart(address sender, StartStandardExit memory args) private {
        accept(sender, address(game), SE_BOND, abi.encodeCall(game.startStandardExit, (args)), "as it should be");
    }

    function refuseStart(address sender, uint256 value, StartStandardExit memory args, string memory why) private {
        refuse(sender, address(game), value, abi.encodeCall(game.startStandardExit, (args)), why);
    }

    function acceptChallenge(ChallengeStandardExit memory args) private {
        accept(watcher, address(game), abi.encodeCall(game.challengeStandardExit, (args)), "as it should be");
    }

    function refuseChallenge(ChallengeStandardExit memory args, string memory why) private {
        refuse(watcher, address(game), abi.encodeCall(game.challengeStandardExit, (args)), why);
    }
}
