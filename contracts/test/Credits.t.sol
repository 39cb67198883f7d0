// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import "./support/Receivers.sol";
import "./support/Tokens.sol";
import {Vm} from "./support/Vm.sol";

/// What cannot be paid waits as a credit, and only as far as it is backed.
contract CreditsTest is Fixture {
    Refuser private refuser;

    function setUp() public override {
        super.setUp();
        refuser = new Refuser();
        vm.deal(address(refuser), 10 ether);
    }

    // ------------------------------------------------------------ ETH vault

    function test_AnEthPaymentThatFailsIsCredited() public {
        Coin memory held = deposit(eth(address(refuser), 2 ether));
        exit(held);
        mature();
        vm.recordLogs();
        process(ETH, 1);
        Vm.Log[] memory found = logs();
        Vm.Log memory log = only(found, VaultApi.WithdrawFailed.selector);
        vm.assertEq(log.topics[1], word(address(refuser)), "receiver");
        vm.assertEq(log.data, abi.encode(2 ether), "amount");
        vm.assertEq(count(found, VaultApi.CreditAdded.selector), 2, "amount and bond are credited");
        log = first(found, ExitGameApi.BondReturnFailed.selector);
        vm.assertEq(log.data, abi.encode(SE_BOND - SE_BOUNTY), "the bond failed too");
        vm.assertEq(ethVault.creditOf(address(refuser)), 2 ether, "credit");
        vm.assertEq(ethVault.totalCredits(ETH), 2 ether, "total");
        vm.assertEq(game.creditOf(address(refuser)), SE_BOND - SE_BOUNTY, "bond credit");
        vm.assertEq(count(found, ExitGameApi.ExitFinalized.selector), 1, "the exit is over");
        vm.assertTrue(framework.isOutputFinalized(Plasma.outputId(held.raw, held.position)), "flagged");
    }

    function test_ACreditIsClaimedToAnyReceiver() public {
        creditOfTwoEther();
        uint256 before = bob.balance;
        vm.recordLogs();
        vm.prank(address(refuser));
        ethVault.claimCredit(bob);
        Vm.Log memory log = only(logs(), VaultApi.CreditClaimed.selector);
        vm.assertEq(log.topics[1], word(address(refuser)), "owner");
        vm.assertEq(log.topics[2], bytes32(0), "token");
        vm.assertEq(log.data, abi.encode(bob, 2 ether), "receiver and amount");
        vm.assertEq(bob.balance, before + 2 ether, "paid");
        vm.assertEq(ethVault.creditOf(address(refuser)), 0, "gone");
        vm.assertEq(ethVault.totalCredits(ETH), 0, "gone from the total");
        refuse(address(refuser), address(ethVault), abi.encodeCall(ethVault.claimCredit, (bob)), "twice");
    }

    function test_AClaimWithoutACreditIsRefused() public {
        creditOfTwoEther();
        refuse(alice, address(ethVault), abi.encodeCall(ethVault.claimCredit, (alice)), "a stranger");
        refuse(alice, address(game), abi.encodeCall(game.claimCredit, (alice)), "a stranger");
        bytes memory call = abi.encodeCall(erc20Vault.claimCredit, (address(token), alice));
        refuse(alice, address(erc20Vault), call, "a stranger");
    }

    function test_AClaimThatCannotBePaidIsRefusedAndTheCreditStays() public {
        creditOfTwoEther();
        bytes memory call = abi.encodeCall(ethVault.claimCredit, (address(refuser)));
        refuse(address(refuser), address(ethVault), call, "it still refuses");
        vm.assertEq(ethVault.creditOf(address(refuser)), 2 ether, "the credit stays");
        vm.assertEq(ethVault.totalCredits(ETH), 2 ether, "in the total too");
        refuser.accept(true);
        accept(address(refuser), address(ethVault), call, "when it accepts");
    }

    function test_AClaimIsPaidWithFullGas() public {
        creditOfTwoEther();
        Writer writer = new Writer();
        vm.prank(address(refuser));
        ethVault.claimCredit(address(writer));
        vm.assertEq(writer.received(), 2 ether, "a receiver that needs gas is paid");
    }

    function test_AClaimCostsLittleGas() public {
        creditOfTwoEther();
        bytes memory call = abi.encodeCall(ethVault.claimCredit, (bob));
        vm.prank(address(refuser));
        (bool done,) = address(ethVault).call{gas: 120_000}(call);
        vm.assertTrue(done, "of the vault");
        call = abi.encodeCall(game.claimCredit, (bob));
        vm.prank(address(refuser));
        (done,) = address(game).call{gas: 120_000}(call);
        vm.assertTrue(done, "of the exit game");
    }

    function test_AReceiverMayUseTheStipendAndNotMore() public {
        Writer writer = new Writer();
        vm.deal(address(writer), 10 ether);
        exit(deposit(eth(address(writer), 2 ether)));
        mature();
        process(ETH, 1);
        vm.assertEq(ethVault.creditOf(address(writer)), 2 ether, "a storage write is too much");
    }

    function test_AReceiverThatBurnsAllGasIsCreditedAndOthersArePaid() public {
        Burner burner = new Burner();
        vm.deal(address(burner), 10 ether);
        exit(deposit(eth(address(burner), 2 ether)));
        exit(deposit(eth(bob, 1 ether)));
        mature();
        uint256 before = bob.balance;
        process(ETH, 2);
        vm.assertEq(ethVault.creditOf(address(burner)), 2 ether, "credited");
        vm.assertEq(bob.balance, before + 1 ether + SE_BOND - SE_BOUNTY, "the next is paid");
    }

    function test_AnAccountWithDelegatedCodeIsCredited() public {
        Writer writer = new Writer();
        vm.etch(bob, abi.encodePacked(hex"ef0100", address(writer)));
        exit(deposit(eth(bob, 2 ether)));
        mature();
        process(ETH, 1);
        vm.assertEq(ethVault.creditOf(bob), 2 ether, "credited");
        vm.assertEq(game.creditOf(bob), SE_BOND - SE_BOUNTY, "the bond too");
        uint256 before = carol.balance;
        vm.startPrank(bob);
        ethVault.claimCredit(carol);
        game.claimCredit(carol);
        vm.stopPrank();
        vm.assertEq(carol.balance, before + 2 ether + SE_BOND - SE_BOUNTY, "claimed in full");
    }

    function test_OnlyWhatIsBackedIsPaid() public {
        deposit(eth(alice, 1 ether));
        vm.recordLogs();
        uint256 before = bob.balance;
        vm.prank(address(game));
        ethVault.withdraw(payable(bob), 3 ether);
        Vm.Log[] memory found = logs();
        vm.assertEq(bob.balance, before + 1 ether, "what is there");
        Vm.Log memory log = only(found, VaultApi.Shortfall.selector);
        vm.assertEq(log.topics[1], word(bob), "owner");
        vm.assertEq(log.topics[2], bytes32(0), "token");
        vm.assertEq(log.data, abi.encode(2 ether), "what is missing");
        vm.assertLe(ethVault.totalCredits(ETH), address(ethVault).balance, "credits are backed");
    }

    function test_ACreditIsNotUsedToPayOthers() public {
        creditOfTwoEther();
        deposit(eth(alice, 1 ether));
        vm.startPrank(address(game));
        ethVault.withdraw(payable(bob), 3 ether);
        vm.stopPrank();
        vm.assertGe(address(ethVault).balance, 2 ether, "the credit is still there");
        vm.assertLe(ethVault.totalCredits(ETH), address(ethVault).balance, "credits are backed");
        vm.prank(address(refuser));
        ethVault.claimCredit(carol);
    }

    // ------------------------------------------------------------ ERC-20 vault

    function test_ATokenPaymentToABlockedHolderIsCreditedAndTheQueueGoesOn() public {
        BlocklistToken list = new BlocklistToken();
        admit(address(list));
        exit(deposit(Output(1, bob, address(list), 30)));
        exit(deposit(Output(1, carol, address(list), 50)));
        list.block_(bob, true);
        mature();
        vm.recordLogs();
        process(address(list), 2);
        Vm.Log[] memory found = logs();
        vm.assertEq(count(found, VaultApi.Erc20Withdrawn.selector), 1, "one success");
        Vm.Log memory log = only(found, VaultApi.CreditAdded.selector);
        vm.assertEq(log.topics[1], word(bob), "owner");
        vm.assertEq(log.topics[2], word(address(list)), "token");
        vm.assertEq(log.data, abi.encode(30), "amount");
        vm.assertEq(list.balanceOf(carol), 50, "the next is paid");
        vm.assertEq(erc20Vault.creditOf(bob, address(list)), 30, "credit");
        vm.assertEq(erc20Vault.totalCredits(address(list)), 30, "total");
        bytes memory call = abi.encodeCall(erc20Vault.claimCredit, (address(list), bob));
        refuse(bob, address(erc20Vault), call, "still blocked");
        vm.recordLogs();
        vm.prank(bob);
        erc20Vault.claimCredit(address(list), dave);
        log = only(logs(), VaultApi.CreditClaimed.selector);
        vm.assertEq(log.data, abi.encode(dave, 30), "to another address");
        vm.assertEq(list.balanceOf(dave), 30, "paid");
        vm.assertEq(erc20Vault.totalCredits(address(list)), 0, "gone");
    }

    function test_ATokenThatAnswersFalseIsCredited() public {
        FalseToken false_ = new FalseToken();
        admit(address(false_));
        exit(deposit(Output(1, bob, address(false_), 30)));
        false_.breakIt(true);
        mature();
        vm.recordLogs();
        process(address(false_), 1);
        Vm.Log[] memory found = logs();
        vm.assertEq(count(found, VaultApi.Erc20Withdrawn.selector), 0, "no success");
        vm.assertEq(erc20Vault.creditOf(bob, address(false_)), 30, "credit");
        bytes memory call = abi.encodeCall(erc20Vault.claimCredit, (address(false_), bob));
        refuse(bob, address(erc20Vault), call, "still broken");
        false_.breakIt(false);
        accept(bob, address(erc20Vault), call, "mended");
        vm.assertEq(false_.balanceOf(bob), 30, "paid");
    }

    function test_ATokenThatAnswersNothingIsPaid() public {
        SilentToken silent = new SilentToken();
        admit(address(silent));
        exit(deposit(Output(1, bob, address(silent), 30)));
        mature();
        process(address(silent), 1);
        vm.assertEq(silent.balanceOf(bob), 30, "paid");
        vm.assertEq(erc20Vault.creditOf(bob, address(silent)), 0, "no credit");
    }

    function test_ATokenThatBurnsItsGasIsCreditedAndTheQueueGoesOn() public {
        BurningToken burning = new BurningToken();
        admit(address(burning));
        exit(deposit(Output(1, bob, address(burning), 30)));
        exit(deposit(Output(1, carol, address(burning), 50)));
        burning.burn(true);
        mature();
        process(address(burning), 2);
        vm.assertEq(erc20Vault.creditOf(bob, address(burning)), 30, "credit");
        vm.assertEq(erc20Vault.creditOf(carol, address(burning)), 50, "credit");
    }

    function test_ATokenWhoseCodeIsGoneIsCredited() public {
        Token gone = new Token();
        admit(address(gone));
        exit(deposit(Output(1, bob, address(gone), 30)));
        mature();
        vm.etch(address(gone), "");
        (bool done,) = attempt(
            proc,
            address(framework),
            0,
            abi.encodeCall(framework.processExits, (2, address(gone), 0, 1, senderData(proc)))
        );
        vm.assertTrue(done, "the queue goes on");
        vm.assertEq(queueOf(address(gone)).currentSize(), 0, "the entry is gone");
    }

    function test_AnUnbackedTokenPaymentIsAShortfall() public {
        deposit(tok(alice, 10));
        vm.recordLogs();
        vm.prank(address(game));
        erc20Vault.withdraw(bob, address(token), 30);
        Vm.Log[] memory found = logs();
        Vm.Log memory log = only(found, VaultApi.Shortfall.selector);
        vm.assertEq(log.topics[1], word(bob), "owner");
        vm.assertEq(log.topics[2], word(address(token)), "token");
        vm.assertEq(log.data, abi.encode(20), "what is missing");
        vm.assertEq(token.balanceOf(bob), 10, "what is there");
        vm.assertLe(erc20Vault.totalCredits(address(token)), token.balanceOf(address(erc20Vault)), "credits are backed");
    }

    // ------------------------------------------------------------ exit game

    function test_ABountyThatFailsIsCredited() public {
        exit(deposit(eth(bob, 1 ether)));
        mature();
        vm.recordLogs();
        vm.prank(address(refuser));
        framework.processExits(1, ETH, 0, 1, senderData(address(refuser)));
        Vm.Log memory log = only(logs(), ExitGameApi.BountyReturnFailed.selector);
        vm.assertEq(log.topics[1], word(address(refuser)), "caller");
        vm.assertEq(log.data, abi.encode(SE_BOUNTY), "bounty");
        vm.assertEq(game.creditOf(address(refuser)), SE_BOUNTY, "credit");
    }

    function test_AChallengerThatCannotBePaidIsCredited() public {
        Coin memory held = mined(eth(bob, 1 ether));
        exit(held);
        ChallengeStandardExit memory args = challengeArgs(held, pay(held, carol), address(refuser));
        vm.recordLogs();
        vm.prank(address(refuser));
        game.challengeStandardExit(args);
        Vm.Log[] memory found = logs();
        vm.assertEq(count(found, ExitGameApi.ExitChallenged.selector), 1, "the challenge stands");
        vm.assertEq(count(found, ExitGameApi.CreditAdded.selector), 1, "announced");
        vm.assertEq(game.creditOf(address(refuser)), SE_BOND, "credit");
        uint256 before = dave.balance;
        vm.prank(address(refuser));
        game.claimCredit(dave);
        vm.assertEq(dave.balance, before + SE_BOND, "claimed");
        vm.assertEq(address(game).balance, 0, "nothing is left");
    }

    function test_ABlockerThatCannotBePaidIsCredited() public {
        Coin memory held = mined(eth(bob, 1 ether));
        Payment memory payment = pay(held, carol);
        uint256 there = include(payment);
        startIfe(payment, coins(held), bob);
        piggybackInput(payment, 0, bob);
        piggybackOutput(payment, 0);
        ChallengeInputSpent memory input = inputSpentArgs(payment, held, again(payment, 1), address(refuser));
        vm.prank(address(refuser));
        game.challengeInFlightExitInputSpent(input);
        vm.assertEq(game.creditOf(address(refuser)), PB_BOND, "credit for the input");
        Coin memory output = coinAt(payment, there, 0);
        ChallengeOutputSpent memory args = outputSpentArgs(payment, output, pay(output, dave), address(refuser));
        vm.prank(address(refuser));
        game.challengeInFlightExitOutputSpent(args);
        vm.assertEq(game.creditOf(address(refuser)), 2 * uint256(PB_BOND), "and for the output");
    }

    function test_AnInFlightBondThatFailsIsCredited() public {
        Coin memory held = deposit(eth(address(refuser), 2 ether));
        vm.etch(bob, address(refuser).code);
        Coin memory own = mined(eth(alice, 1 ether));
        Payment memory payment = pay(own, bob);
        startIfe(payment, coins(own), address(refuser));
        piggybackOutput(payment, 0);
        mature();
        vm.recordLogs();
        vm.prank(address(refuser));
        framework.processExits(1, ETH, 0, 1, senderData(address(refuser)));
        Vm.Log[] memory found = logs();
        vm.assertEq(count(found, ExitGameApi.InFlightBondReturnFailed.selector), 2, "both bonds");
        vm.assertEq(count(found, ExitGameApi.InFlightBountyReturnFailed.selector), 1, "the bounty");
        vm.assertEq(game.creditOf(bob), PB_BOND - PB_BOUNTY, "the owner's bond");
        vm.assertEq(game.creditOf(address(refuser)), uint256(PB_BOUNTY) + IFE_BOND, "bounty and start bond");
        vm.assertEq(ethVault.creditOf(bob), 1 ether, "the amount");
        vm.assertEq(held.output.owner, address(refuser), "whose deposit stays untouched");
    }

    function test_ADeletedExitsBondThatFailsIsCredited() public {
        Coin memory own = mined(eth(alice, 1 ether));
        Payment memory payment = pay(own, bob);
        uint168 id = startIfe(payment, coins(own), address(refuser));
        pass(HALF);
        vm.recordLogs();
        game.deleteNonPiggybackedInFlightExit(id);
        vm.assertEq(count(logs(), ExitGameApi.InFlightBondReturnFailed.selector), 1, "announced");
        vm.assertEq(game.creditOf(address(refuser)), IFE_BOND, "credit");
    }

    function test_GameCreditsAreBackedByTheGame() public {
        Coin memory held = mined(eth(bob, 1 ether));
        exit(held);
        ChallengeStandardExit memory args = challengeArgs(held, pay(held, carol), address(refuser));
        vm.prank(address(refuser));
        game.challengeStandardExit(args);
        vm.assertEq(address(game).balance, SE_BOND, "exactly the credit");
        bytes memory call = abi.encodeCall(game.claimCredit, (address(refuser)));
        refuse(address(refuser), address(game), call, "to one that refuses");
        vm.assertEq(game.creditOf(address(refuser)), SE_BOND, "the credit stays");
    }

    function creditOfTwoEther() private {
        exit(deposit(eth(address(refuser), 2 ether)));
        mature();
        process(ETH, 1);
        vm.assertEq(ethVault.creditOf(address(refuser)), 2 ether, "a credit of two ether");
    }
}
