// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import {Refuser} from "./support/Receivers.sol";
import {Vm} from "./support/Vm.sol";

/// An exit game that knows nothing but how to process.
contract PlainProcessor {
    uint168 public processed;

    function enqueue(FrameworkApi framework, uint32 due, uint168 id) external {
        framework.enqueue(1, address(0), due, TxPosition(1000, 0, 0), id, address(this));
    }

    function processExit(uint168 exitId, uint256, address, address) external {
        processed = exitId;
    }
}

/// One that tells how much gas it needs.
contract TellingProcessor is PlainProcessor {
    function gasToProcess(uint168, uint256, address) external pure returns (uint256, uint256) {
        return (100_000, 0);
    }
}

/// Refusals that no play of an ordinary deployment reaches.
contract CornersTest is Fixture {
    // ------------------------------------------------------------ conditions

    function test_AConditionChecksTheTypesOfBothTransactions() public {
        Coin memory held = mined(eth(bob, 1 ether));
        Payment memory spender = pay(held, carol);
        acceptSpend(paymentCondition, held, spender, bob);
        spender.txType = 2;
        refuseSpend(paymentCondition, held, spender, "a spender of type 2");
        acceptSpend(paymentToTwoCondition, held, spender, bob);
        spender.txType = 1;
        refuseSpend(paymentToTwoCondition, held, spender, "a spender of type 1");
        Coin memory fee = feeCoin(2);
        refuseSpend(paymentCondition, fee, pay(fee, carol), "a fee transaction");
    }

    function test_TheFeeConditionChecksTypesAndForm() public {
        Coin memory fee = feeCoin(2);
        Payment memory spender = spend(coins(fee), outs(eth(carol, 5)));
        acceptSpend(feeCondition, fee, spender, bob);
        spender.txType = 2;
        refuseSpend(feeCondition, fee, spender, "a spender of type 2");
        Coin memory odd = feeCoin(1);
        refuseSpend(feeCondition, odd, spend(coins(odd), outs(eth(carol, 5))), "an output of type 1");
        Coin memory held = mined(eth(bob, 1 ether));
        refuseSpend(feeCondition, held, pay(held, carol), "a payment");
    }

    function test_AConditionChecksThatTheOutputExists() public {
        Coin memory held = mined(eth(bob, 1 ether));
        held.position += 3;
        refuseSpend(paymentCondition, held, pay(held, carol), "output 3 of one");
    }

    function test_AConditionNeedsAFramework() public {
        vm.assertFalse(builds("PaymentOutputToPaymentTxCondition", abi.encode(alice, 1, 1)), "without code");
        vm.assertTrue(builds("PaymentOutputToPaymentTxCondition", abi.encode(framework, 1, 1)), "with code");
    }

    function test_AConditionThatSaysNoRefusesAChallenge() public {
        Coin memory held = mined(eth(bob, 1 ether));
        exit(held);
        bytes memory call = abi.encodeCall(game.challengeStandardExit, (challengeArgs(held, pay(held, carol), watcher)));
        bytes memory asked = abi.encodeWithSelector(paymentCondition.verify.selector);
        vm.mockCall(address(paymentCondition), asked, abi.encode(false));
        refuse(watcher, address(game), call, "the condition says no");
        vm.clearMockedCalls();
        accept(watcher, address(game), call, "the condition says yes");
    }

    function test_WithoutAConditionNothingIsChallenged() public {
        ExitGameApi other =
            ExitGameApi(create("PaymentExitGame", abi.encode(framework, 1, 2, registry, transition, 9, 2300)));
        vm.startPrank(maintainer);
        other.init();
        framework.registerExitGame(9, address(other), 2);
        vm.stopPrank();
        pass(4 * PERIOD + 1);
        Payment memory payment = pay(deposit(eth(alice, 1 ether)), bob);
        payment.txType = 9;
        Coin memory held = coinAt(payment, include(payment), 0);
        StartStandardExit memory args = StartStandardExit(held.position, held.raw, held.proof);
        bytes memory call = abi.encodeCall(game.startStandardExit, (args));
        accept(bob, address(other), SE_BOND, call, "an exit of type 9");
        Payment memory spender = pay(held, carol);
        spender.txType = 9;
        call = abi.encodeCall(game.challengeStandardExit, (challengeArgs(held, spender, watcher)));
        refuse(watcher, address(other), call, "no condition");
    }

    function test_AnInputTransactionOfAnotherTypeIsRefused() public {
        Payment memory odd = pay(deposit(eth(alice, 1 ether)), bob);
        odd.txType = 2;
        Coin memory held = coinAt(odd, include(odd), 0);
        StartInFlightExit memory args = ifeArgs(pay(held, carol), coins(held));
        refuse(bob, address(game), IFE_BOND, abi.encodeCall(game.startInFlightExit, (args)), "type 2");
    }

    function test_TheTransitionVerifierChecksItsArguments() public {
        Coin memory held = mined(eth(bob, 1 ether));
        bytes memory raw = Plasma.encode(pay(held, carol));
        bytes[] memory sources = new bytes[](1);
        sources[0] = held.raw;
        uint16[] memory indexes = new uint16[](1);
        vm.assertTrue(transition.isCorrectStateTransition(raw, sources, indexes), "good");
        indexes[0] = 1;
        bytes memory call = abi.encodeCall(transition.isCorrectStateTransition, (raw, sources, indexes));
        refuse(bob, address(transition), call, "an output that is not there");
        call = abi.encodeCall(transition.isCorrectStateTransition, (raw, sources, new uint16[](2)));
        refuse(bob, address(transition), call, "two indexes for one input");
    }

    // ------------------------------------------------------------ exit game

    function test_AFrameworkWithoutAPeriodIsRefused() public {
        vm.mockCall(address(framework), abi.encodeCall(framework.minExitPeriod, ()), abi.encode(0));
        vm.assertFalse(builds("PaymentExitGame", gameArguments()), "no period");
        vm.clearMockedCalls();
        vm.assertTrue(builds("PaymentExitGame", gameArguments()), "a period");
    }

    /// Entries are due after phase one; the rule must not rest on that.
    function test_OnceTheSideIsFixedNoCompetitorIsTaken() public {
        Coin memory a = mined(eth(alice, 1 ether));
        Coin memory b = mined(tok(bob, 5));
        Payment memory swap = spend(coins(a, b), outs(tok(alice, 5), eth(bob, 1 ether)));
        startIfe(swap, coins(a, b), alice);
        uint256 start = block.timestamp;
        piggybackOutput(swap, 0);
        piggybackOutput(swap, 1);
        ChallengeCanonicity memory args = canonicityArgs(swap, a, pay(a, dave), 0);
        bytes memory call = abi.encodeCall(game.challengeInFlightExitNotCanonical, (args));
        mature();
        process(ETH, 1);
        vm.warp(start + 1);
        refuse(watcher, address(game), call, "the side is fixed");
    }

    // ------------------------------------------------------------ framework

    function test_AnExitGameEnqueuesForItselfOnly() public {
        bytes memory call = abi.encodeCall(
            framework.enqueue, (1, ETH, uint32(block.timestamp), TxPosition(1000, 0, 0), 7, address(ethVault))
        );
        refuse(address(game), address(framework), call, "for another");
    }

    function test_APositionThatDoesNotFitAPriorityIsRefused() public {
        TxPosition memory place = TxPosition(type(uint64).max, 65535, 0);
        bytes memory call =
            abi.encodeCall(framework.enqueue, (1, ETH, uint32(block.timestamp), place, 7, address(game)));
        refuse(address(game), address(framework), call, "more than 56 bits");
    }

    function test_AnExitGameThatDoesNotTellItsGasIsServedWithPlenty() public {
        PlainProcessor plain = new PlainProcessor();
        vm.prank(maintainer);
        framework.registerExitGame(9, address(plain), 2);
        pass(4 * PERIOD + 1);
        plain.enqueue(framework, uint32(block.timestamp), 77);
        pass(1);
        bytes32 key = keccak256(abi.encodePacked(framework.getNextExit(1, ETH), uint256(1), ETH));
        vm.assertEq(framework.delegations(key), address(plain), "while it waits");
        bytes memory call = abi.encodeCall(framework.processExits, (1, ETH, 0, 1, senderData(proc)));
        vm.prank(proc);
        (bool done,) = address(framework).call{gas: 500_000}(call);
        vm.assertFalse(done, "little gas");
        accept(proc, address(framework), call, "plenty");
        vm.assertEq(plain.processed(), 77, "processed");
        vm.assertEq(framework.delegations(key), address(0), "afterwards");
    }

    function test_AnExitGameThatTellsItsGasIsServedWithIt() public {
        TellingProcessor telling = new TellingProcessor();
        vm.prank(maintainer);
        framework.registerExitGame(9, address(telling), 2);
        pass(4 * PERIOD + 1);
        telling.enqueue(framework, uint32(block.timestamp), 77);
        pass(1);
        bytes memory call = abi.encodeCall(framework.processExits, (1, ETH, 0, 1, senderData(proc)));
        vm.prank(proc);
        (bool done,) = address(framework).call{gas: 500_000}(call);
        vm.assertTrue(done, "little gas");
        vm.assertEq(telling.processed(), 77, "processed");
    }

    function test_NoRootsAreNoBlocks() public {
        bytes memory call = abi.encodeCall(framework.submitBlocks, (1000, new bytes32[](0)));
        deposit(eth(alice, 1 ether));
        accept(authority, address(framework), call, "nothing to do");
        vm.assertEq(framework.nextChildBlock(), 1000, "no block");
        vm.assertEq(framework.nextDeposit(), 2, "deposits go on");
    }

    function test_AQueueOfMoreThanTenThousandIsNotListed() public {
        QueueApi queue = queueOf(ETH);
        vm.store(address(queue), bytes32(0), bytes32(uint256(10_000) << 128));
        vm.assertEq(queue.currentSize(), 10_000, "ten thousand entries");
        vm.assertEq(queue.queue(), 10_000, "by its other name");
        vm.assertEq(queue.heapList().length, 10_001, "are listed");
        vm.store(address(queue), bytes32(0), bytes32(uint256(10_001) << 128));
        refuse(alice, address(queue), abi.encodeCall(queue.heapList, ()), "one more is not");
    }

    // ------------------------------------------------------------ vaults

    function test_VaultsAndVerifiersCheckWhatTheyAreBuiltOn() public {
        vm.assertFalse(builds("EthVault", abi.encode(alice, 2300)), "a framework without code");
        vm.assertFalse(builds("Erc20Vault", abi.encode(alice)), "a framework without code");
        vm.assertFalse(builds("EthDepositVerifier", abi.encode(0, 1)), "transaction type 0");
        vm.assertFalse(builds("Erc20DepositVerifier", abi.encode(1, 0)), "output type 0");
        vm.assertTrue(builds("Erc20DepositVerifier", abi.encode(1, 1)), "both types");
    }

    function test_WithAnyGasAGoodReceiverIsPaidOrNothingHappens() public {
        deposit(eth(alice, 1 ether));
        deposit(tok(alice, 5));
        bytes memory ether_ = abi.encodeCall(ethVault.withdraw, (payable(bob), 1 ether));
        bytes memory tokens = abi.encodeCall(erc20Vault.withdraw, (bob, address(token), 5));
        withAnyGas(address(ethVault), ether_, 300_000);
        vm.assertEq(ethVault.creditOf(bob), 0, "never a credit in ETH");
        withAnyGas(address(erc20Vault), tokens, 700_000);
        vm.assertEq(erc20Vault.creditOf(bob, address(token)), 0, "never a credit in tokens");
    }

    function withAnyGas(address vault, bytes memory call, uint256 most) private {
        uint256 refused = 0;
        uint256 paid = 0;
        for (uint256 gas_ = 25_000; gas_ < most; gas_ += 6_007) {
            uint256 before = vm.snapshotState();
            vm.prank(address(game));
            (bool done,) = vault.call{gas: gas_}(call);
            uint256 held = vault == address(ethVault) ? vault.balance : token.balanceOf(vault);
            vm.assertEq(done, held == 0, "paid or refused");
            paid += done ? 1 : 0;
            refused += done ? 0 : 1;
            vm.assertTrue(vm.revertToState(before), "undone");
        }
        vm.assertGt(refused, 0, "little gas");
        vm.assertGt(paid, 0, "enough gas");
    }

    // ------------------------------------------------------------ helpers

    function feeCoin(uint256 outputType) private returns (Coin memory) {
        Payment memory fee;
        fee.txType = 3;
        fee.outputs = outs(Output(outputType, bob, ETH, 5));
        fee.txData = Rlp.word(framework.nextChildBlock());
        return coinAt(fee, include(fee), 0);
    }

    function spendCall(ConditionApi condition, Coin memory held, Payment memory spender, address signer)
        private
        view
        returns (bytes memory)
    {
        bytes memory signed = witness(spender, signer);
        return abi.encodeCall(condition.verify, (held.raw, held.position, Plasma.encode(spender), 0, signed));
    }

    function acceptSpend(ConditionApi condition, Coin memory held, Payment memory spender, address signer) private {
        bytes memory call = spendCall(condition, held, spender, signer);
        (bool done, bytes memory answer) = attempt(watcher, address(condition), 0, call);
        vm.assertTrue(done && abi.decode(answer, (bool)), "a good spend");
    }

    function refuseSpend(ConditionApi condition, Coin memory held, Payment memory spender, string memory why) private {
        refuse(watcher, address(condition), spendCall(condition, held, spender, bob), why);
    }

    function builds(string memory name, bytes memory arguments) private returns (bool) {
        bytes memory code = bytes.concat(vm.getCode(artifact(name)), arguments);
        address made;
        assembly {
            made := create(0, add(code, 32), mload(code))
        }
        return made != address(0);
    }
}
