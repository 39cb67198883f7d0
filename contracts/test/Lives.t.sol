// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import {Vm} from "./support/Vm.sol";

/// An in-flight exit that ended may start again under the same id. What an
/// earlier life left behind must neither pay the later one nor lock it out.
contract LivesTest is Fixture {
    // ------------------------------------------------------------ W9

    function test_W09_APiggybackAfterABlockJoinsTheEntryThatWaits() public {
        Coin memory held = mined(eth(alice, 1 ether));
        Payment memory payment = pay(held, bob);
        uint168 id = startIfe(payment, coins(held), alice);
        piggybackInput(payment, 0, alice);
        blockInput(payment, held, again(payment, 1), watcher);
        vm.recordLogs();
        piggybackOutput(payment, 0);
        vm.assertEq(count(logs(), FrameworkApi.ExitQueued.selector), 0, "no second entry");
        vm.assertEq(queueOf(ETH).currentSize(), 1, "one entry");
        uint256 before = bob.balance;
        vm.warp(uint256(game.inFlightExitDueAt(id, ETH)) + 1);
        process(ETH, 1);
        vm.assertEq(bob.balance, before + 1 ether + PB_BOND - PB_BOUNTY, "and it pays");
    }

    function test_W09_ALeftEntryOfEqualPriorityIsShared() public {
        Coin memory held = mined(eth(alice, 1 ether));
        Payment memory payment = pay(held, bob);
        uint168 id = startIfe(payment, coins(held), alice);
        piggybackInput(payment, 0, alice);
        uint256 due = game.inFlightExitDueAt(id, ETH);
        blockInput(payment, held, again(payment, 1), watcher);
        pass(HALF);
        game.deleteNonPiggybackedInFlightExit(id);
        startIfe(payment, coins(held), alice);
        vm.assertEq(game.inFlightExitDueAt(id, ETH), 0, "a new life");
        vm.recordLogs();
        piggybackOutput(payment, 0);
        vm.assertEq(count(logs(), FrameworkApi.ExitQueued.selector), 0, "the entry is there already");
        vm.assertEq(game.inFlightExitDueAt(id, ETH), due, "due as before");
        uint256 before = bob.balance;
        vm.warp(due + 1);
        process(ETH, 1);
        vm.assertEq(bob.balance, before + 1 ether + PB_BOND - PB_BOUNTY, "and it pays");
    }

    // ------------------------------------------------------------ W10

    function test_W10_ALeftEntryDoesNotPayARestartedExit() public {
        vm.assertEq(theftByRestart(), 0, "stolen by a restart");
        vm.assertEq(queueOf(ETH).currentSize(), 1, "the entry of the new life waits");
    }

    function test_W10_TheNewLifePaysWhenItIsDue() public {
        theftByRestart();
        uint256 before = bob.balance;
        mature();
        process(ETH, 1);
        vm.assertEq(bob.balance, before + 3 ether + PB_BOND - PB_BOUNTY + IFE_BOND, "in its own time");
    }

    /// Piggyback, block it oneself, delete, start again when the old entry is
    /// almost due, piggyback an output: paid seconds later, nobody can answer.
    function theftByRestart() private returns (uint256 loot) {
        Coin memory held = mined(eth(bob, 3 ether));
        Payment memory payment = pay(held, bob);
        uint168 id = startIfe(payment, coins(held), bob);
        piggybackInput(payment, 0, bob);
        uint256 due = framework.getNextExit(1, ETH) >> 224;
        blockInput(payment, held, again(payment, 1), bob);
        pass(HALF);
        game.deleteNonPiggybackedInFlightExit(id);
        vm.warp(due - 3);
        startIfe(payment, coins(held), bob);
        piggybackOutput(payment, 0);
        vm.warp(due + 1);
        uint256 before = address(ethVault).balance;
        vm.recordLogs();
        process(ETH, 1);
        if (before == address(ethVault).balance) {
            vm.assertEq(count(logs(), ExitGameApi.InFlightExitOmitted.selector), 1, "the old entry is skipped");
            vm.assertEq(inFlightExit(id).exitMap, 1 << 5, "the live exit is as it was");
        }
        return before - address(ethVault).balance;
    }

    // ------------------------------------------------------------ W11

    function test_W11_ARestartDoesNotPayTheOtherSide() public {
        vm.assertEq(theftOfBothSides(), 3 ether, "three deposited, three paid");
    }

    /// The inputs are paid while the exit is not canonical; then the same exit
    /// is started again and answered with an inclusion.
    function theftOfBothSides() private returns (uint256) {
        Coin memory a = mined(eth(alice, 2 ether));
        Coin memory b = mined(eth(bob, 1 ether));
        deposit(eth(carol, 10 ether));
        uint256 before = address(ethVault).balance;
        Payment memory payment = spend(coins(a, b), outs(eth(bob, 3 ether)));
        Payment memory competitor = pay(b, dave);
        startIfe(payment, coins(a, b), alice);
        piggybackInput(payment, 0, alice);
        piggybackInput(payment, 1, bob);
        compete(payment, b, competitor, 0, watcher);
        mature();
        process(ETH, 1);
        uint256 there = include(payment);
        startIfe(payment, coins(a, b), bob);
        piggybackOutput(payment, 0);
        compete(payment, b, competitor, 0, watcher);
        respond(payment, there, bob);
        uint256 bonds = bob.balance;
        mature();
        process(ETH, 1);
        vm.assertGe(bob.balance, bonds + PB_BOND - PB_BOUNTY, "the bond returns in any case");
        return before - address(ethVault).balance;
    }

    function test_W11_AnOutputSidePaidFirstIsTheOnlyOneToo() public {
        Coin memory a = mined(eth(alice, 2 ether));
        Coin memory b = mined(eth(bob, 1 ether));
        deposit(eth(carol, 10 ether));
        uint256 before = address(ethVault).balance;
        Payment memory payment = spend(coins(a, b), outs(eth(alice, 1 ether), eth(bob, 2 ether)));
        startIfe(payment, coins(a, b), alice);
        piggybackOutput(payment, 0);
        mature();
        process(ETH, 1);
        startIfe(payment, coins(a, b), alice);
        piggybackInput(payment, 0, alice);
        piggybackInput(payment, 1, bob);
        piggybackOutput(payment, 1);
        compete(payment, b, pay(b, dave), 0, watcher);
        mature();
        process(ETH, 1);
        vm.assertEq(before - address(ethVault).balance, 1 ether, "no input after an output");
    }

    function test_W11_TheTwoTokenTheftGivesTheThiefOneSideOnly() public {
        (uint256 ethGot, uint256 tokensGot, uint256 victimGot) = theftOfTwoTokens();
        vm.assertEq(ethGot, 3 ether, "alice keeps her input");
        vm.assertEq(tokensGot, 0, "and takes nothing of bob's");
        vm.assertEq(victimGot, 40, "bob has his input back");
    }

    /// A swap. Alice takes her ETH while the exit is not canonical, answers with
    /// an inclusion that the operator gives her, and takes Bob's tokens too.
    function theftOfTwoTokens() private returns (uint256 ethGot, uint256 tokensGot, uint256 victimGot) {
        Coin memory a = mined(eth(alice, 3 ether));
        Coin memory b = mined(tok(bob, 40));
        Payment memory swap = spend(coins(a, b), outs(tok(alice, 40), eth(bob, 3 ether)));
        startIfe(swap, coins(a, b), bob);
        piggybackInput(swap, 0, alice);
        piggybackOutput(swap, 0);
        piggybackInput(swap, 1, bob);
        piggybackOutput(swap, 1);
        compete(swap, a, pay(a, alice), 0, alice);
        mature();
        uint256 before = address(ethVault).balance;
        process(ETH, 1);
        ethGot = before - address(ethVault).balance;
        uint256 there = include(swap);
        bytes memory call =
            abi.encodeCall(game.respondToNonCanonicalChallenge, (Plasma.encode(swap), there, proofAt(there)));
        attempt(alice, address(game), 0, call);
        process(address(token), 1);
        return (ethGot, token.balanceOf(alice), token.balanceOf(bob));
    }

    function test_W11_TheFirstEntryFixesTheSideEvenIfItPaysNothing() public {
        Coin memory a = mined(eth(alice, 3 ether));
        Coin memory b = mined(tok(bob, 40));
        Payment memory swap = spend(coins(a, b), outs(tok(alice, 40), eth(bob, 3 ether)));
        startIfe(swap, coins(a, b), bob);
        piggybackOutput(swap, 0);
        piggybackInput(swap, 1, bob);
        piggybackOutput(swap, 1);
        compete(swap, a, pay(a, alice), 0, alice);
        uint256 there = include(swap);
        mature();
        process(ETH, 1);
        vm.assertEq(address(ethVault).balance, 3 ether, "bob's output is not paid");
        bytes memory call =
            abi.encodeCall(game.respondToNonCanonicalChallenge, (Plasma.encode(swap), there, proofAt(there)));
        refuse(alice, address(game), call, "the side is fixed");
        process(address(token), 1);
        vm.assertEq(token.balanceOf(alice), 0, "no output");
        vm.assertEq(token.balanceOf(bob), 40, "but the input");
    }

    function test_W11_AnOmittedEntryFixesNothing() public {
        Coin memory a = mined(eth(alice, 3 ether));
        Coin memory b = mined(tok(bob, 40));
        Payment memory swap = spend(coins(a, b), outs(tok(alice, 40), eth(bob, 3 ether)));
        uint168 id = startIfe(swap, coins(a, b), bob);
        piggybackInput(swap, 0, alice);
        blockInput(swap, a, pay(a, alice), watcher);
        pass(HALF);
        game.deleteNonPiggybackedInFlightExit(id);
        uint256 due = framework.getNextExit(1, ETH) >> 224;
        vm.warp(due - 3);
        startIfe(swap, coins(a, b), bob);
        piggybackOutput(swap, 0);
        piggybackOutput(swap, 1);
        compete(swap, a, pay(a, alice), 0, alice);
        uint256 there = include(swap);
        vm.warp(due + 1);
        process(ETH, 1);
        respond(swap, there, bob);
        mature();
        process(ETH, 1);
        process(address(token), 1);
        vm.assertEq(token.balanceOf(alice), 40, "outputs");
        vm.assertEq(address(ethVault).balance, 0, "outputs");
    }
}
