// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Suite} from "./support/Suite.sol";
import {World} from "./support/World.sol";

/// What holds after any sequence of what people do.
contract InvariantsTest is Suite {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    World private world;

    function setUp() public {
        world = new World();
        world.setUp();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(world);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        bytes4[] memory selectors = new bytes4[](16);
        selectors[0] = world.makeDeposit.selector;
        selectors[1] = world.makePayment.selector;
        selectors[2] = world.includeLater.selector;
        selectors[3] = world.signAgain.selector;
        selectors[4] = world.startExit.selector;
        selectors[5] = world.startFlight.selector;
        selectors[6] = world.piggyback.selector;
        selectors[7] = world.piggyback.selector;
        selectors[8] = world.competeFalsely.selector;
        selectors[9] = world.removeFlight.selector;
        selectors[10] = world.wait.selector;
        selectors[11] = world.processSome.selector;
        selectors[12] = world.claim.selector;
        selectors[13] = world.refuseToBePaid.selector;
        selectors[14] = world.blockHolder.selector;
        selectors[15] = world.settleAll.selector;
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(world), selectors);
    }

    function invariant_EverythingIsBackedPaidOnceAndInOrder() public view {
        for (uint256 i = 0; i < 2; i++) {
            bool tokens = i == 1;
            uint256 balance = world.vaultBalance(tokens);
            vm.assertGe(balance, world.owed(tokens) + world.credits(tokens), "the vault holds what it owes");
            vm.assertEq(world.credits(tokens), world.creditsOfUsers(tokens), "credits add up");
        }
        vm.assertEq(world.vaultBalance(false) + world.withdrawnEth(), world.depositedEth(), "no ETH is lost");
        vm.assertEq(world.vaultBalance(true) + world.withdrawnTokens(), world.depositedTokens(), "no token is lost");
        vm.assertEq(world.shortfalls(), 0, "nothing was short");
        vm.assertEq(world.paidTwice(), 0, "no output was paid twice");
        vm.assertEq(world.bothSides(), 0, "never both sides of one exit");
        vm.assertEq(world.outOfOrder(), 0, "strictly by priority");
        vm.assertEq(world.honestOmitted(), 0, "whoever is honest is paid");
        vm.assertEq(world.bondsHeld(), world.bondsDue(), "bonds are where the rules say");
    }

    /// The same, at a length at which every kind of exit was processed.
    function test_TheWorldIsAlive() public {
        for (uint256 i = 0; i < 40; i++) {
            world.makeDeposit(i, 1e18, i % 3 == 0);
            world.makePayment(i, i + 1, i, i % 2 == 0, i % 3 != 0);
            world.signAgain(i, i);
            world.startExit(i * 7);
            world.startFlight(i);
            world.piggyback(i, 0, true);
            world.piggyback(i, 0, false);
            world.competeFalsely(i, 0, i);
            world.wait(100 * i);
        }
        world.settleAll();
        vm.assertGt(world.processed(), 30, "many exits were processed");
        vm.assertGt(world.withdrawnEth(), 0, "ETH was paid");
        vm.assertGt(world.withdrawnTokens(), 0, "tokens were paid");
        invariant_EverythingIsBackedPaidOnceAndInOrder();
    }
}
