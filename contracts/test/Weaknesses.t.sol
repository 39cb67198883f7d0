// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import "./support/Receivers.sol";
import "./support/Tokens.sol";
import {Vm} from "./support/Vm.sol";

/// One test or more for every known weakness of the contracts that ours replace;
/// W9 to W11, about the lives of in-flight exits, stand in Lives.t.sol.
contract WeaknessesTest is Fixture {
    // ------------------------------------------------------------ W1

    function test_W01_AProofFromAHigherTreeIsRefused() public {
        Coin memory source = deposit(eth(alice, 1 ether));
        Payment memory payment = pay(source, bob);
        bytes[] memory raws = new bytes[](1);
        raws[0] = Plasma.encode(payment);
        (bytes32 root, bytes memory proof) = Tree.climb(raws, 0, 17);
        vm.prank(authority);
        framework.submitBlock(root);
        vm.assertEq(proof.length, 17 * 32, "17 siblings");
        refuseExit(bob, Coin(1000e9, raws[0], proof, payment.outputs[0]), "17 siblings");
    }

    function test_W01_AProofFromALowerTreeIsRefused() public {
        Coin memory source = deposit(eth(alice, 1 ether));
        Payment memory payment = pay(source, bob);
        bytes[] memory raws = new bytes[](1);
        raws[0] = Plasma.encode(payment);
        (bytes32 root, bytes memory proof) = Tree.climb(raws, 0, 15);
        vm.prank(authority);
        framework.submitBlock(root);
        refuseExit(bob, Coin(1000e9, raws[0], proof, payment.outputs[0]), "15 siblings");
    }

    function test_W01_AnIndexBeyondTheTreeIsRefused() public {
        Coin memory held = deposit(eth(bob, 1 ether));
        held.position += 65536 * 1e4;
        refuseExit(bob, held, "the same leaf under another index");
    }

    // ------------------------------------------------------------ W2

    function test_W02_AnAmountOfZeroNeitherExitsNorPiggybacksNorDeposits() public {
        Coin memory source = deposit(eth(alice, 1 ether));
        Payment memory payment = spend(coins(source), outs(eth(bob, 1 ether), eth(carol, 0)));
        uint256 there = include(payment);
        pass(PERIOD + 30);
        refuseExit(carol, coinAt(payment, there, 1), "the exit of nothing");
        StartInFlightExit memory args = ifeArgs(payment, coins(source));
        (bool started,) = attempt(alice, address(game), IFE_BOND, abi.encodeCall(game.startInFlightExit, (args)));
        bytes memory call = abi.encodeCall(game.piggybackInFlightExitOnOutput, (PiggybackOutput(args.inFlightTx, 1)));
        (bool done,) = attempt(carol, address(game), PB_BOND, call);
        vm.assertFalse(started && done, "a piggyback on nothing");
        vm.prank(maintainer);
        ethVault.setMinimumDeposit(ETH, 1);
        call = abi.encodeCall(ethVault.deposit, (Plasma.encode(depositTx(eth(alice, 0)))));
        refuse(alice, address(ethVault), call, "a deposit of nothing");
    }

    // ------------------------------------------------------------ W3

    function test_W03_AZeroInputPaymentOfAnOperatorBlockDoesNotExit() public {
        deposit(eth(alice, 5 ether));
        Payment memory invented = depositTx(eth(bob, 5 ether));
        refuseExit(bob, coinAt(invented, include(invented), 0), "invented value");
    }

    function test_W03_AZeroInputPaymentOfAnOperatorBlockIsNoInput() public {
        Payment memory invented = depositTx(eth(bob, 5 ether));
        Coin memory held = coinAt(invented, include(invented), 0);
        refuseIfe(pay(held, bob), coins(held), "invented value");
    }

    function test_W03_AFeeInputHasNoInputsAndOneOutputAndAnOperatorBlock() public {
        Payment memory fee = feePayment(bob);
        Coin memory held = coinAt(fee, include(fee), 0);
        startIfe(spend(coins(held), outs(eth(bob, 5))), coins(held), bob);

        fee = feePayment(bob);
        fee.inputs = new uint256[](1);
        fee.inputs[0] = 1e9;
        held = coinAt(fee, include(fee), 0);
        refuseIfe(spend(coins(held), outs(eth(bob, 5))), coins(held), "a fee with an input");

        fee = feePayment(bob);
        fee.outputs = outs(Output(2, bob, ETH, 5), Output(2, bob, ETH, 6));
        uint256 there = include(fee);
        held = coinAt(fee, there, 0);
        refuseIfe(spend(coins(held), outs(eth(bob, 5))), coins(held), "a fee with two outputs");
        held = coinAt(fee, there, 1);
        refuseIfe(spend(coins(held), outs(eth(bob, 6))), coins(held), "the second output of a fee");

        fee = feePayment(bob);
        bytes[] memory raws = new bytes[](1);
        raws[0] = Plasma.encode(fee);
        vm.prank(address(ethVault));
        uint256 blknum = framework.submitDepositBlock(Tree.root(raws));
        held = Coin(blknum * 1e9, raws[0], Tree.proof(raws, 0), fee.outputs[0]);
        refuseIfe(spend(coins(held), outs(eth(bob, 5))), coins(held), "a fee in a deposit block");
    }

    // ------------------------------------------------------------ W4

    function test_W04_OutputsOfOtherTypesDoNotExit() public {
        Coin memory source = deposit(eth(alice, 1 ether));
        for (uint256 kind = 2; kind <= 7; kind += 5) {
            Payment memory payment = spend(coins(source), outs(Output(kind, bob, ETH, 1 ether)));
            refuseExit(bob, coinAt(payment, include(payment), 0), "an output that nobody could challenge");
            refuseIfe(payment, coins(source), "an in-flight exit with such an output");
        }
    }

    // ------------------------------------------------------------ W5

    function test_W05_AnEthPaymentThatFailsBecomesACredit() public {
        Refuser refuser = new Refuser();
        vm.deal(address(refuser), 10 ether);
        exit(deposit(eth(address(refuser), 2 ether)));
        mature();
        process(ETH, 1);
        vm.assertEq(ethVault.creditOf(address(refuser)), 2 ether, "the amount waits");
        vm.assertEq(game.creditOf(address(refuser)), SE_BOND - SE_BOUNTY, "the bond waits");
        uint256 before = dave.balance;
        vm.startPrank(address(refuser));
        ethVault.claimCredit(dave);
        game.claimCredit(dave);
        vm.stopPrank();
        vm.assertEq(dave.balance, before + 2 ether + SE_BOND - SE_BOUNTY, "nothing is lost");
    }

    function test_W05_CreditsNeverExceedTheBalance() public {
        Refuser refuser = new Refuser();
        deposit(eth(alice, 1 ether));
        vm.startPrank(address(game));
        ethVault.withdraw(payable(address(refuser)), 1 ether);
        vm.recordLogs();
        ethVault.withdraw(payable(address(refuser)), 1 ether);
        vm.stopPrank();
        only(logs(), VaultApi.Shortfall.selector);
        vm.assertEq(ethVault.totalCredits(ETH), 1 ether, "what is backed");
        vm.assertEq(ethVault.creditOf(address(refuser)), 1 ether, "and not more");
    }

    function test_W05_WhatIsOwedAsACreditPaysNobodyElse() public {
        Refuser refuser = new Refuser();
        deposit(eth(alice, 1 ether));
        vm.startPrank(address(game));
        ethVault.withdraw(payable(address(refuser)), 1 ether);
        uint256 before = bob.balance;
        ethVault.withdraw(payable(bob), 1);
        vm.stopPrank();
        vm.assertEq(bob.balance, before, "nothing is free");
        vm.assertEq(address(ethVault).balance, 1 ether, "it all backs the credit");
    }

    // ------------------------------------------------------------ W6

    function test_W06_ABlockedHolderDoesNotStopTheQueue() public {
        BlocklistToken list = new BlocklistToken();
        admit(address(list));
        exit(deposit(Output(1, bob, address(list), 30)));
        exit(deposit(Output(1, carol, address(list), 50)));
        list.block_(bob, true);
        mature();
        vm.recordLogs();
        process(address(list), 10);
        vm.assertEq(count(logs(), VaultApi.Erc20Withdrawn.selector), 1, "only a success is announced");
        vm.assertEq(list.balanceOf(carol), 50, "the next holder is paid");
        vm.assertEq(erc20Vault.creditOf(bob, address(list)), 30, "the first is credited");
    }

    function test_W06_AFalseAnswerIsAFailure() public {
        FalseToken liar = new FalseToken();
        admit(address(liar));
        exit(deposit(Output(1, bob, address(liar), 30)));
        liar.breakIt(true);
        mature();
        process(address(liar), 1);
        vm.assertEq(erc20Vault.creditOf(bob, address(liar)), 30, "credited");
    }

    function test_W06_AnAnswerThatIsNoBooleanIsAFailureOrBubbles() public {
        OddToken odd = new OddToken();
        admit(address(odd));
        exit(deposit(Output(1, bob, address(odd), 30)));
        odd.say(abi.encode(uint256(2)));
        mature();
        process(address(odd), 1);
        vm.assertEq(queueOf(address(odd)).currentSize(), 0, "the queue goes on");
    }

    // ------------------------------------------------------------ W7

    function test_W07_ATokenThatBurnsGasCannotStopTheQueue() public {
        BurningToken burning = new BurningToken();
        admit(address(burning));
        exit(deposit(Output(1, bob, address(burning), 30)));
        burning.burn(true);
        mature();
        uint256 gas_ = gasleft();
        process(address(burning), 1);
        vm.assertLt(gas_ - gasleft(), 900_000, "the transfer is capped");
        vm.assertEq(erc20Vault.creditOf(bob, address(burning)), 30, "credited");
    }

    function test_W07_ACallerCannotForceAFailureWithLittleGas() public {
        exit(deposit(tok(bob, 30)));
        mature();
        bytes memory call = abi.encodeCall(framework.processExits, (2, address(token), 0, 1, senderData(proc)));
        uint256 paid = 0;
        for (uint256 gas_ = 30_000; gas_ < 1_500_000; gas_ += 14_999) {
            uint256 before = vm.snapshotState();
            vm.prank(proc);
            (bool done,) = address(framework).call{gas: gas_}(call);
            vm.assertEq(erc20Vault.creditOf(bob, address(token)), 0, "never a credit for a good token");
            if (done && queueOf(address(token)).currentSize() == 0) {
                vm.assertEq(token.balanceOf(bob), 30, "paid");
                paid++;
            } else {
                vm.assertEq(token.balanceOf(bob), 0, "or nothing at all");
            }
            vm.assertTrue(vm.revertToState(before), "undone");
        }
        vm.assertGt(paid, 10, "with enough gas it is paid");
    }

    function test_W07_TheVaultItselfRefusesToPayWithLittleGas() public {
        deposit(tok(alice, 30));
        bytes memory call = abi.encodeCall(erc20Vault.withdraw, (bob, address(token), 30));
        vm.prank(address(game));
        (bool done,) = address(erc20Vault).call{gas: 400_000}(call);
        vm.assertFalse(done, "less than the cap and the reserve");
        vm.prank(address(game));
        (done,) = address(erc20Vault).call{gas: 600_000}(call);
        vm.assertTrue(done, "enough");
    }

    // ------------------------------------------------------------ W8

    function test_W08_TheBondOfAnOmittedUnchallengedExitReturns() public {
        Coin memory held = mined(eth(alice, 1 ether));
        Payment memory payment = pay(held, bob);
        exit(held);
        vm.prank(address(game));
        framework.flagOutputFinalized(Plasma.outputId(held.raw, held.position), ifeId(payment));
        uint256 owner = alice.balance;
        uint256 caller = proc.balance;
        mature();
        vm.recordLogs();
        process(ETH, 1);
        vm.assertEq(count(logs(), ExitGameApi.ExitOmitted.selector), 1, "omitted");
        vm.assertEq(alice.balance, owner + SE_BOND - SE_BOUNTY, "bond less bounty");
        vm.assertEq(proc.balance, caller + SE_BOUNTY, "bounty");
        vm.assertEq(address(game).balance, 0, "nothing is left behind");
    }

    function test_W08_TheBondOfAChallengedExitIsNotPaidTwice() public {
        Coin memory held = mined(eth(alice, 1 ether));
        Coin memory other = mined(eth(bob, 1 ether));
        exit(held);
        exit(other);
        challenge(held, pay(held, bob), watcher);
        mature();
        process(ETH, 1);
        vm.assertEq(address(game).balance, SE_BOND, "it went to the challenger, the other's is left");
    }

    // ------------------------------------------------------------ W12

    function test_W12_ARecurringIdIsANewExit() public {
        Coin memory held = mined(eth(alice, 1 ether));
        Payment memory payment = pay(held, bob);
        uint168 id = startIfe(payment, coins(held), alice);
        pass(HALF);
        game.deleteNonPiggybackedInFlightExit(id);
        vm.assertEq(startIfe(payment, coins(held), carol), id, "the same id");
        InFlightExitRecord memory record = inFlightExit(id);
        vm.assertEq(record.bondOwner, carol, "a new owner of the bond");
        vm.assertEq(record.exitStartTimestamp, block.timestamp, "a new start");
    }

    // ------------------------------------------------------------ W13

    function test_W13_AZeroRootAndAnEmptyTreeAreRefused() public {
        refuse(authority, address(framework), abi.encodeCall(framework.submitBlock, (bytes32(0))), "zero");
        refuse(authority, address(framework), abi.encodeCall(framework.submitBlock, (Tree.zero(16))), "empty");
    }

    // ------------------------------------------------------------ W14

    function test_W14_DepositsBelowTheMinimumAreRefused() public {
        bytes memory call = abi.encodeCall(ethVault.deposit, (Plasma.encode(depositTx(eth(alice, 1)))));
        refuse(alice, address(ethVault), 1, call, "one wei");
    }

    function test_W14_ATokenWithoutAMinimumIsRefused() public {
        Token other = new Token();
        other.mint(alice, 5);
        vm.prank(alice);
        other.approve(address(erc20Vault), 5);
        bytes memory raw = Plasma.encode(depositTx(Output(1, alice, address(other), 5)));
        refuse(alice, address(erc20Vault), abi.encodeCall(erc20Vault.deposit, (raw)), "not admitted");
    }

    // ------------------------------------------------------------ W15

    function test_W15_BeforeInitNothingChangesState() public {
        ExitGameApi fresh = ExitGameApi(create("PaymentExitGame", gameArguments()));
        vm.prank(maintainer);
        framework.registerExitGame(8, address(fresh), 2);
        pass(4 * PERIOD + 1);
        Coin memory held = mined(eth(bob, 1 ether));
        Payment memory payment = pay(held, carol);
        bytes memory raw = Plasma.encode(payment);
        StartStandardExit memory args = StartStandardExit(held.position, held.raw, held.proof);
        refuse(bob, address(fresh), SE_BOND, abi.encodeCall(fresh.startStandardExit, (args)), "standard exit");
        StartInFlightExit memory ife = ifeArgs(payment, coins(held));
        refuse(bob, address(fresh), IFE_BOND, abi.encodeCall(fresh.startInFlightExit, (ife)), "in-flight exit");
        refuse(bob, address(fresh), 0, abi.encodeCall(fresh.startStandardExit, (args)), "without a bond");
        refuse(bob, address(fresh), 0, abi.encodeCall(fresh.startInFlightExit, (ife)), "without a bond");
        bytes memory call = abi.encodeCall(fresh.piggybackInFlightExitOnInput, (PiggybackInput(raw, 0)));
        refuse(bob, address(fresh), PB_BOND, call, "piggyback");
        call = abi.encodeCall(fresh.deleteNonPiggybackedInFlightExit, (ifeId(payment)));
        refuse(bob, address(fresh), call, "deletion");
    }

    function test_W15_TheConstructorRefusesARegistryThatIsOwned() public {
        address owned = create("SpendingConditionRegistry", "");
        bytes memory code = bytes.concat(
            vm.getCode(artifact("PaymentExitGame")), abi.encode(framework, 1, 2, owned, transition, 1, 2300)
        );
        address made;
        assembly {
            made := create(0, add(code, 32), mload(code))
        }
        vm.assertEq(made, address(0), "not built");
    }

    // ------------------------------------------------------------ W16

    function test_W16_TheMaintainerIsHandedOverInTwoStepsAndNeverRenounced() public {
        vm.prank(maintainer);
        framework.transferOwnership(bob);
        vm.assertEq(framework.getMaintainer(), maintainer, "not yet");
        vm.prank(bob);
        framework.acceptOwnership();
        vm.assertEq(framework.getMaintainer(), bob, "now");
        vm.prank(bob);
        (bool done,) = address(framework).call(abi.encodeWithSignature("renounceOwnership()"));
        vm.assertFalse(done, "never nobody");
        vm.assertEq(framework.authority(), authority, "the authority stays");
    }

    // ------------------------------------------------------------ W17

    function test_W17_ADueTimeBeyond32BitsIsRefusedAndDoesNotWrap() public {
        Coin memory held = deposit(eth(alice, 1 ether));
        Coin memory other = deposit(eth(alice, 1 ether));
        Payment memory payment = pay(other, bob);
        vm.warp(uint256(type(uint32).max) - PERIOD + 1);
        refuseExit(alice, held, "a standard exit");
        startIfe(payment, coins(other), alice);
        bytes memory call =
            abi.encodeCall(game.piggybackInFlightExitOnInput, (PiggybackInput(Plasma.encode(payment), 0)));
        refuse(alice, address(game), PB_BOND, call, "a piggyback");
    }

    // ------------------------------------------------------------ W18

    function test_W18_AnExitPeriodOutOfBoundsIsRefused() public {
        vm.assertFalse(builds(1), "1 second would divide by zero");
        vm.assertFalse(builds(599), "599");
        vm.assertTrue(builds(600), "600");
        vm.assertTrue(builds(1 << 27), "2^27");
        vm.assertFalse(builds((1 << 27) + 1), "2^27 + 1");
    }

    // ------------------------------------------------------------ W19

    function test_W19_AChallengerThatCannotTakeTheStipendIsCredited() public {
        Writer writer = new Writer();
        vm.etch(watcher, abi.encodePacked(hex"ef0100", address(writer)));
        Coin memory held = mined(eth(bob, 1 ether));
        exit(held);
        challenge(held, pay(held, carol), watcher);
        vm.assertFalse(standardExit(seId(held)).exitable, "the challenge stands");
        vm.assertEq(game.creditOf(watcher), SE_BOND, "the bond waits");
    }

    // ------------------------------------------------------------ W20

    function test_W20_ATokenCannotReenterADeposit() public {
        CallbackToken callback = new CallbackToken();
        admit(address(callback));
        callback.mint(address(callback), 10);
        vm.prank(address(callback));
        callback.approve(address(erc20Vault), 10);
        bytes memory raw = Plasma.encode(depositTx(Output(1, address(callback), address(callback), 5)));
        callback.aim(address(erc20Vault), abi.encodeCall(erc20Vault.deposit, (raw)));
        deposit(Output(1, alice, address(callback), 5));
        vm.assertTrue(callback.tried(), "it tried");
        vm.assertFalse(callback.succeeded(), "in vain");
        vm.assertEq(framework.nextDeposit(), 2, "one deposit");
    }

    function test_W20_ATokenCannotReenterWhileExitsAreProcessed() public {
        CallbackToken callback = new CallbackToken();
        admit(address(callback));
        Coin memory held = deposit(Output(1, alice, address(callback), 5));
        Coin memory open = mined(eth(bob, 1 ether));
        exit(held);
        exit(open);
        bytes[5] memory calls = [
            abi.encodeCall(framework.processExits, (1, ETH, 0, 1, senderData(address(callback)))),
            abi.encodeCall(framework.processExits, (2, address(callback), 0, 1, senderData(address(callback)))),
            abi.encodeCall(game.challengeStandardExit, (challengeArgs(open, pay(open, carol), address(callback)))),
            abi.encodeCall(game.deleteNonPiggybackedInFlightExit, (ifeId(pay(open, carol)))),
            abi.encodeCall(erc20Vault.claimCredit, (address(callback), alice))
        ];
        mature();
        for (uint256 i = 0; i < 5; i++) {
            uint256 before = vm.snapshotState();
            address target = i < 2 ? address(framework) : i < 4 ? address(game) : address(erc20Vault);
            callback.aim(target, calls[i]);
            process(address(callback), 1);
            vm.assertTrue(callback.tried(), "it tried");
            vm.assertFalse(callback.succeeded(), "in vain");
            vm.assertEq(callback.balanceOf(alice), 5, "the exit is paid");
            vm.assertTrue(vm.revertToState(before), "undone");
        }
    }

    function test_W20_AnOutputIsFlaggedBeforeItIsPaid() public {
        CallbackToken callback = new CallbackToken();
        admit(address(callback));
        Coin memory held = deposit(Output(1, alice, address(callback), 5));
        exit(held);
        mature();
        bytes32 id = Plasma.outputId(held.raw, held.position);
        callback.aim(address(framework), abi.encodeCall(framework.isOutputFinalized, (id)));
        process(address(callback), 1);
        vm.assertTrue(callback.succeeded(), "it was asked in the middle of the transfer");
        vm.assertTrue(abi.decode(callback.answer(), (bool)), "and flagged by then");
    }

    function test_W20_AReceiverCannotReenterAClaim() public {
        Reenterer thief = new Reenterer();
        Refuser other = new Refuser();
        vm.deal(address(thief), 10 ether);
        vm.deal(address(other), 10 ether);
        thief.aim(address(thief), 0, abi.encodeCall(thief.tried, ()));
        exit(deposit(eth(address(thief), 2 ether)));
        exit(deposit(eth(address(other), 2 ether)));
        mature();
        process(ETH, 2);
        vm.assertEq(ethVault.creditOf(address(thief)), 2 ether, "a credit to claim");
        thief.aim(address(ethVault), 0, abi.encodeCall(ethVault.claimCredit, (address(thief))));
        uint256 before = address(thief).balance;
        vm.prank(address(thief));
        ethVault.claimCredit(address(thief));
        vm.assertTrue(thief.tried(), "it tried");
        vm.assertFalse(thief.succeeded(), "in vain");
        vm.assertEq(address(thief).balance, before + 2 ether, "its own credit once");
        vm.assertEq(ethVault.totalCredits(ETH), 2 ether, "the other's is left");
        thief.aim(address(game), 0, abi.encodeCall(game.claimCredit, (address(thief))));
        vm.prank(address(thief));
        game.claimCredit(address(thief));
        vm.assertFalse(thief.succeeded(), "in vain at the exit game too");
    }

    // ------------------------------------------------------------ W21

    function test_W21_WhatIsRegisteredHasCode() public {
        bytes memory vault = abi.encodeCall(framework.registerVault, (7, address(0x1234)));
        refuse(maintainer, address(framework), vault, "a vault");
        bytes memory game_ = abi.encodeCall(framework.registerExitGame, (7, address(0x1234), 2));
        refuse(maintainer, address(framework), game_, "an exit game");
        bytes memory verifier = abi.encodeCall(ethVault.setDepositVerifier, (address(0x1234)));
        refuse(maintainer, address(ethVault), verifier, "a verifier");
        RegistryApi fresh = RegistryApi(create("SpendingConditionRegistry", ""));
        bytes memory condition = abi.encodeCall(fresh.registerSpendingCondition, (1, 1, address(0x1234)));
        refuse(address(this), address(fresh), condition, "a condition");
    }

    // ------------------------------------------------------------ W22

    function test_W22_ATokenThatKeepsAFeeIsRefused() public {
        FeeToken fee = new FeeToken();
        admit(address(fee));
        fee.mint(alice, 500);
        vm.prank(alice);
        fee.approve(address(erc20Vault), 500);
        bytes memory raw = Plasma.encode(depositTx(Output(1, alice, address(fee), 500)));
        refuse(alice, address(erc20Vault), abi.encodeCall(erc20Vault.deposit, (raw)), "it under-funds the vault");
    }

    // ------------------------------------------------------------ W23

    function test_W23_ABlockedHolderClaimsToAnotherAddress() public {
        BlocklistToken list = new BlocklistToken();
        admit(address(list));
        exit(deposit(Output(1, bob, address(list), 30)));
        list.block_(bob, true);
        mature();
        process(address(list), 1);
        vm.prank(bob);
        erc20Vault.claimCredit(address(list), carol);
        vm.assertEq(list.balanceOf(carol), 30, "nothing is lost");
    }

    // ------------------------------------------------------------ W24

    function test_W24_TheDigestNamesTheFrameworkAndNoChain() public {
        Coin memory held = mined(eth(bob, 1 ether));
        Payment memory payment = pay(held, carol);
        bytes memory raw = Plasma.encode(payment);
        bytes memory right = witness(payment, bob);
        vm.assertTrue(paymentCondition.verify(held.raw, held.position, raw, 0, right), "this framework");
        bytes memory foreign = signature(bob, Plasma.digest(address(0x1234), payment));
        bytes memory call = abi.encodeCall(paymentCondition.verify, (held.raw, held.position, raw, 0, foreign));
        (bool done, bytes memory answer) = attempt(bob, address(paymentCondition), 0, call);
        vm.assertTrue(!done || !abi.decode(answer, (bool)), "another framework");
    }

    // ------------------------------------------------------------ W25

    function test_W25_ADepositThatLiftsTheVaultAboveHalfTheRangeIsRefused() public {
        uint256 most = 1 << 255;
        deposit(tok(alice, most - 5));
        token.mint(bob, 6);
        vm.prank(bob);
        token.approve(address(erc20Vault), 6);
        bytes memory raw = Plasma.encode(depositTx(tok(bob, 6)));
        refuse(bob, address(erc20Vault), abi.encodeCall(erc20Vault.deposit, (raw)), "one above");
        raw = Plasma.encode(depositTx(tok(bob, 5)));
        accept(bob, address(erc20Vault), abi.encodeCall(erc20Vault.deposit, (raw)), "exactly");
    }

    // ------------------------------------------------------------ W26

    function test_W26_AnIndexOutOfRangeCostsLittleGas() public {
        Coin memory held = mined(eth(bob, 1 ether));
        Payment memory payment = pay(held, carol);
        exit(held);
        ChallengeStandardExit memory args = challengeArgs(held, payment, watcher);
        args.inputIndex = 9;
        refuseCheaply(abi.encodeCall(game.challengeStandardExit, (args)));
        startIfe(payment, coins(held), bob);
        piggybackInput(payment, 0, bob);
        ChallengeInputSpent memory spent = inputSpentArgs(payment, held, again(payment, 1), watcher);
        spent.challengingTxInputIndex = 9;
        refuseCheaply(abi.encodeCall(game.challengeInFlightExitInputSpent, (spent)));
        spent.challengingTxInputIndex = 0;
        spent.inFlightTxInputIndex = 9;
        refuseCheaply(abi.encodeCall(game.challengeInFlightExitInputSpent, (spent)));
        ChallengeCanonicity memory canonicity = canonicityArgs(payment, held, again(payment, 1), 0);
        canonicity.competingTxInputIndex = 9;
        refuseCheaply(abi.encodeCall(game.challengeInFlightExitNotCanonical, (canonicity)));
        canonicity.competingTxInputIndex = 0;
        canonicity.inFlightTxInputIndex = 9;
        refuseCheaply(abi.encodeCall(game.challengeInFlightExitNotCanonical, (canonicity)));
    }

    function refuseCheaply(bytes memory call) private {
        vm.prank(watcher);
        uint256 before = gasleft();
        (bool done, bytes memory answer) = address(game).call{gas: 5_000_000}(call);
        vm.assertLt(before - gasleft(), 400_000, "the gas is not burnt");
        vm.assertFalse(done, "refused");
        vm.assertGe(answer.length, 4, "with a reason");
    }

    // ------------------------------------------------------------ W27

    function test_W27_QueuesForNonsensePairsAreRefused() public {
        refuse(bob, address(framework), abi.encodeCall(framework.addExitQueue, (3, address(token))), "vault 3");
        refuse(bob, address(framework), abi.encodeCall(framework.addExitQueue, (2, ETH)), "ETH as a token");
        refuse(bob, address(framework), abi.encodeCall(framework.addExitQueue, (1, address(0xbeef))), "token as ETH");
    }

    // ------------------------------------------------------------ W28

    function test_W28_ABountyThatFailsIsCreditedAndAnnounced() public {
        Refuser refuser = new Refuser();
        exit(deposit(eth(bob, 1 ether)));
        mature();
        vm.recordLogs();
        process(ETH, 1, address(refuser));
        vm.assertEq(count(logs(), ExitGameApi.BountyReturnFailed.selector), 1, "announced");
        vm.assertEq(game.creditOf(address(refuser)), SE_BOUNTY, "credited");
    }

    // ------------------------------------------------------------ W29

    function test_W29_ACopiedChallengeIsRefused() public {
        Coin memory held = mined(eth(bob, 1 ether));
        exit(held);
        ChallengeStandardExit memory args = challengeArgs(held, pay(held, carol), watcher);
        refuse(dave, address(game), abi.encodeCall(game.challengeStandardExit, (args)), "a copy");
        accept(watcher, address(game), abi.encodeCall(game.challengeStandardExit, (args)), "the original");
    }

    // ------------------------------------------------------------ W30

    function test_W30_TheBondOfAnInFlightExitFollowsChallengerAndResponder() public {
        Coin memory held = mined(eth(alice, 1 ether));
        Payment memory payment = pay(held, bob);
        uint256 there = include(payment);
        uint168 id = startIfe(payment, coins(held), alice);
        compete(payment, held, again(payment, 1), 0, watcher);
        vm.assertEq(inFlightExit(id).bondOwner, watcher, "the challenger");
        respond(payment, there, carol);
        vm.assertEq(inFlightExit(id).bondOwner, carol, "the responder");
        pass(HALF);
        uint256 before = carol.balance;
        game.deleteNonPiggybackedInFlightExit(id);
        vm.assertEq(carol.balance, before + IFE_BOND, "is paid");
    }

    // ------------------------------------------------------------ W31

    function test_W31_ProcessingStopsInsteadOfFailingWhenGasRunsLow() public {
        for (uint256 i = 0; i < 6; i++) {
            exit(deposit(eth(bob, 1 ether)));
        }
        mature();
        bytes memory call = abi.encodeCall(framework.processExits, (1, ETH, 0, 6, senderData(proc)));
        uint256 partly = 0;
        bool refused = false;
        uint256 last = 0;
        for (uint256 gas_ = 40_000; gas_ < 2_500_000; gas_ += 30_000) {
            uint256 before = vm.snapshotState();
            uint256 owner = bob.balance;
            vm.prank(proc);
            (bool done,) = address(framework).call{gas: gas_}(call);
            uint256 gone = 6 - queueOf(ETH).currentSize();
            vm.assertEq(bob.balance - owner, gone * (1 ether + SE_BOND - SE_BOUNTY), "each entry whole or not");
            vm.assertEq(ethVault.totalCredits(ETH), 0, "nothing failed for lack of gas");
            refused = refused || !done;
            vm.assertTrue(done || gone == 0, "a refusal changes nothing");
            vm.assertTrue(!done || gone > 0, "the first entry is processed or refused");
            vm.assertGe(gone, last, "more gas, more entries");
            last = gone;
            if (gone > 0 && gone < 6) {
                partly++;
            }
            vm.assertTrue(vm.revertToState(before), "undone");
        }
        vm.assertTrue(refused, "too little gas for one is refused");
        vm.assertGt(partly, 0, "too little gas for all stops early");
        vm.assertEq(last, 6, "enough gas is enough");
    }

    // ------------------------------------------------------------ W32

    function test_W32_AnEqualKeyOfAnotherExitGameIsRefused() public {
        address other = secondGame();
        Coin memory held = mined(eth(bob, 1 ether));
        exit(held);
        bytes memory theirs = entryLike(1, ETH, other, 0);
        refuse(other, address(framework), theirs, "the key of a standard exit");
        uint256 before = bob.balance;
        mature();
        process(ETH, 1);
        vm.assertEq(bob.balance, before + 1 ether + SE_BOND - SE_BOUNTY, "it still belongs to the first");
        accept(other, address(framework), theirs, "nothing of that id waits any more");
    }

    function test_W32_AnEqualKeyOfALivingInFlightExitIsRefused() public {
        address other = secondGame();
        Coin memory a = mined(eth(alice, 3 ether));
        Coin memory b = mined(tok(bob, 40));
        Payment memory swap = spend(coins(a, b), outs(tok(alice, 40), eth(bob, 3 ether)));
        startIfe(swap, coins(a, b), bob);
        piggybackInput(swap, 0, alice);
        piggybackInput(swap, 1, bob);
        refuse(other, address(framework), entryLike(1, ETH, other, 0), "the key for ETH");
        refuse(other, address(framework), entryLike(2, address(token), other, 0), "the key for the token");
        accept(other, address(framework), entryLike(1, ETH, other, 1), "a second later for ETH");
        accept(other, address(framework), entryLike(2, address(token), other, 1), "a second later for the token");
    }

    function test_W32_AnEqualKeyOfAnEndedInFlightExitIsRefused() public {
        address other = secondGame();
        Coin memory held = mined(eth(alice, 1 ether));
        Payment memory payment = pay(held, bob);
        uint168 id = startIfe(payment, coins(held), alice);
        piggybackInput(payment, 0, alice);
        blockInput(payment, held, again(payment, 1), watcher);
        pass(HALF);
        game.deleteNonPiggybackedInFlightExit(id);
        refuse(other, address(framework), entryLike(1, ETH, other, 0), "the entry waits still");
    }

    function test_W32_AnEqualKeyOfTheGameOfPaymentsIsRefused() public {
        address other = secondGame();
        Coin memory held = mined(eth(bob, 1 ether));
        uint256 clean = vm.snapshotState();
        exit(held);
        bytes memory theirs = entryLike(1, ETH, other, 0);
        vm.assertTrue(vm.revertToState(clean), "undone");
        accept(other, address(framework), theirs, "the first");
        StartStandardExit memory args = StartStandardExit(held.position, held.raw, held.proof);
        (bool done,) = attempt(bob, address(game), SE_BOND, abi.encodeCall(game.startStandardExit, (args)));
        vm.assertFalse(done, "the same key");
        pass(PERIOD + 1);
        exit(held);
    }

    /// The entry that waits first in a queue, so much later, of another game.
    function entryLike(uint256 vaultId, address token_, address other, uint32 later)
        private
        view
        returns (bytes memory)
    {
        uint256 head = framework.getNextExit(vaultId, token_);
        uint256 place = (head >> 168) & type(uint56).max;
        TxPosition memory position = TxPosition(uint64(place / 1e5), uint16(place % 1e5), 0);
        uint32 due = uint32(head >> 224) + later;
        return abi.encodeCall(framework.enqueue, (vaultId, token_, due, position, uint168(head), other));
    }

    // ------------------------------------------------------------ W33

    function test_W33_TheZeroOutputCannotBeFlagged() public {
        bytes memory call = abi.encodeCall(framework.flagOutputFinalized, (bytes32(0), 7));
        refuse(address(game), address(framework), call, "zero");
        bytes32[] memory ids = new bytes32[](1);
        call = abi.encodeCall(framework.batchFlagOutputsFinalized, (ids, 7));
        refuse(address(game), address(framework), call, "zero in a batch");
    }

    // ------------------------------------------------------------ W34

    function test_W34_ABlockAnnouncesItsRoot() public {
        bytes32 root = keccak256("root");
        vm.recordLogs();
        vm.prank(authority);
        framework.submitBlock(root);
        Vm.Log memory log = only(logs(), FrameworkApi.BlockRootSubmitted.selector);
        vm.assertEq(uint256(log.topics[1]), 1000, "number");
        vm.assertEq(log.data, abi.encode(root), "root");
    }

    // ------------------------------------------------------------ W35

    function test_W35_ManyRootsAreBoundToTheirFirstNumber() public {
        bytes32[] memory roots = new bytes32[](2);
        (roots[0], roots[1]) = (keccak256("a"), keccak256("b"));
        bytes memory call = abi.encodeCall(framework.submitBlocks, (2000, roots));
        refuse(authority, address(framework), call, "not the next");
        call = abi.encodeCall(framework.submitBlocks, (1000, roots));
        refuse(bob, address(framework), call, "not the authority");
        accept(authority, address(framework), call, "the next");
        refuse(authority, address(framework), call, "sent twice");
        (bytes32 second,) = framework.blocks(2000);
        vm.assertEq(second, roots[1], "in order");
    }

    // ------------------------------------------------------------ helpers

    function feePayment(address claimer) private view returns (Payment memory fee) {
        fee.txType = 3;
        fee.outputs = outs(Output(2, claimer, ETH, 5));
        fee.txData = Rlp.word(framework.nextChildBlock());
    }

    function builds(uint256 period) private returns (bool) {
        bytes memory code =
            bytes.concat(vm.getCode(artifact("PlasmaFramework")), abi.encode(period, 2, 2, authority, maintainer));
        address made;
        assembly {
            made := create(0, add(code, 32), mload(code))
        }
        return made != address(0);
    }

    function refuseExit(address sender, Coin memory held, string memory why) private {
        StartStandardExit memory args = StartStandardExit(held.position, held.raw, held.proof);
        refuse(sender, address(game), SE_BOND, abi.encodeCall(game.startStandardExit, (args)), why);
    }

    function refuseIfe(Payment memory payment, Coin[] memory ins, string memory why) private {
        StartInFlightExit memory args = ifeArgs(payment, ins);
        refuse(dave, address(game), IFE_BOND, abi.encodeCall(game.startInFlightExit, (args)), why);
    }
}
