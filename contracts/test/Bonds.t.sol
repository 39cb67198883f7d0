// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import {Vm} from "./support/Vm.sol";

contract BondsTest is Fixture {
    uint256 private constant DELAY = 172_800;

    function test_TheInitialSizesAreThoseOfTheSpecification() public view {
        vm.assertEq(game.INITIAL_BOND_SIZE(), SE_BOND, "standard exit bond");
        vm.assertEq(game.INITIAL_EXIT_BOUNTY_SIZE(), SE_BOUNTY, "standard exit bounty");
        vm.assertEq(game.INITIAL_IFE_BOND_SIZE(), IFE_BOND, "in-flight exit bond");
        vm.assertEq(game.INITIAL_IFE_EXIT_BOUNTY_SIZE(), 0, "in-flight exit bounty");
        vm.assertEq(game.INITIAL_PB_BOND_SIZE(), PB_BOND, "piggyback bond");
        vm.assertEq(game.INITIAL_PB_BOUNTY_SIZE(), PB_BOUNTY, "piggyback bounty");
        vm.assertEq(game.BOND_LOWER_BOUND_DIVISOR(), 2, "divisor");
        vm.assertEq(game.BOND_UPPER_BOUND_MULTIPLIER(), 2, "multiplier");
    }

    function test_OnlyTheMaintainerChangesBonds() public {
        bytes memory se = abi.encodeCall(game.updateStartStandardExitBondSize, (SE_BOND, SE_BOUNTY));
        bytes memory ife = abi.encodeCall(game.updateStartIFEBondSize, (IFE_BOND));
        bytes memory pb = abi.encodeCall(game.updatePiggybackBondSize, (PB_BOND, PB_BOUNTY));
        refuse(alice, address(game), se, "a stranger");
        refuse(alice, address(game), ife, "a stranger");
        refuse(alice, address(game), pb, "a stranger");
        refuse(authority, address(game), se, "the authority");
        vm.recordLogs();
        accept(maintainer, address(game), se, "the maintainer");
        accept(maintainer, address(game), ife, "the maintainer");
        accept(maintainer, address(game), pb, "the maintainer");
        Vm.Log[] memory found = logs();
        Vm.Log memory log = only(found, ExitGameApi.StandardExitBondUpdated.selector);
        vm.assertEq(log.data, abi.encode(SE_BOND, SE_BOUNTY), "announced");
        log = only(found, ExitGameApi.IFEBondUpdated.selector);
        vm.assertEq(log.data, abi.encode(IFE_BOND), "announced");
        log = only(found, ExitGameApi.PiggybackBondUpdated.selector);
        vm.assertEq(log.data, abi.encode(PB_BOND, PB_BOUNTY), "announced");
    }

    function test_ANewStandardExitBondActsAfterTwoDays() public {
        setStandard(SE_BOND * 2, SE_BOUNTY * 2);
        pass(DELAY - 1);
        vm.assertEq(game.startStandardExitBondSize(), SE_BOND, "the old bond");
        vm.assertEq(game.processStandardExitBountySize(), SE_BOUNTY, "the old bounty");
        pass(1);
        vm.assertEq(game.startStandardExitBondSize(), SE_BOND * 2, "the new bond");
        vm.assertEq(game.processStandardExitBountySize(), SE_BOUNTY * 2, "the new bounty");
    }

    function test_ANewInFlightExitBondActsAfterTwoDays() public {
        vm.prank(maintainer);
        game.updateStartIFEBondSize(IFE_BOND / 2);
        pass(DELAY - 1);
        vm.assertEq(game.startIFEBondSize(), IFE_BOND, "the old one");
        pass(1);
        vm.assertEq(game.startIFEBondSize(), IFE_BOND / 2, "the new one");
    }

    function test_ANewPiggybackBondActsAfterTwoDays() public {
        vm.prank(maintainer);
        game.updatePiggybackBondSize(PB_BOND * 2, PB_BOND * 2);
        pass(DELAY - 1);
        vm.assertEq(game.piggybackBondSize(), PB_BOND, "the old bond");
        vm.assertEq(game.processInFlightExitBountySize(), PB_BOUNTY, "the old bounty");
        pass(1);
        vm.assertEq(game.piggybackBondSize(), PB_BOND * 2, "the new bond");
        vm.assertEq(game.processInFlightExitBountySize(), PB_BOND * 2, "the new bounty");
    }

    function test_ABondStaysBetweenHalfAndTwiceTheCurrentOne() public {
        refuseStandard(SE_BOND / 2 - 1, 0, "below half");
        refuseStandard(SE_BOND * 2 + 1, 0, "above twice");
        refuseStandard(0, 0, "none");
        refuseStandard(type(uint128).max, 0, "the largest number");
        setStandard(SE_BOND / 2, 0);
        setStandard(SE_BOND * 2, 0);
        bytes memory low = abi.encodeCall(game.updateStartIFEBondSize, (IFE_BOND / 2 - 1));
        bytes memory high = abi.encodeCall(game.updateStartIFEBondSize, (IFE_BOND * 2 + 1));
        refuse(maintainer, address(game), low, "in-flight, below half");
        refuse(maintainer, address(game), high, "in-flight, above twice");
        low = abi.encodeCall(game.updatePiggybackBondSize, (PB_BOND / 2 - 1, 0));
        high = abi.encodeCall(game.updatePiggybackBondSize, (PB_BOND * 2 + 1, 0));
        refuse(maintainer, address(game), low, "piggyback, below half");
        refuse(maintainer, address(game), high, "piggyback, above twice");
    }

    function test_ABountyIsNotAboveItsBond() public {
        refuseStandard(SE_BOND, SE_BOND + 1, "standard");
        setStandard(SE_BOND, SE_BOND);
        bytes memory call = abi.encodeCall(game.updatePiggybackBondSize, (PB_BOND, PB_BOND + 1));
        refuse(maintainer, address(game), call, "piggyback");
    }

    function test_AnUpdateDuringTheDelayReplacesThePendingOne() public {
        setStandard(SE_BOND * 2, SE_BOUNTY);
        pass(DELAY - 1);
        refuseStandard(SE_BOND * 4, SE_BOUNTY, "bounds are those of the bond in force");
        setStandard(SE_BOND / 2, 7);
        pass(DELAY - 1);
        vm.assertEq(game.startStandardExitBondSize(), SE_BOND, "the first is forgotten");
        pass(1);
        vm.assertEq(game.startStandardExitBondSize(), SE_BOND / 2, "the second counts");
        vm.assertEq(game.processStandardExitBountySize(), 7, "with its bounty");
    }

    function test_AnUpdateAfterTheDelayBuildsOnTheNewBond() public {
        setStandard(SE_BOND * 2, SE_BOUNTY);
        pass(DELAY);
        setStandard(SE_BOND * 4, SE_BOUNTY);
        vm.assertEq(game.startStandardExitBondSize(), SE_BOND * 2, "the first is in force");
        pass(DELAY);
        vm.assertEq(game.startStandardExitBondSize(), SE_BOND * 4, "then the second");
    }

    function test_ABondOfOneWeiMayStay() public {
        uint128 bond = SE_BOND;
        while (bond > 1) {
            bond /= 2;
            setStandard(bond, 0);
            pass(DELAY);
        }
        refuseStandard(0, 0, "never zero");
        setStandard(2, 1);
    }

    function test_AStartedExitKeepsItsBond() public {
        Coin memory held = mined(eth(bob, 1 ether));
        Coin memory other = mined(eth(alice, 1 ether));
        exit(held);
        Payment memory payment = pay(other, carol);
        startIfe(payment, coins(other), dave);
        piggybackOutput(payment, 0);
        vm.startPrank(maintainer);
        game.updateStartStandardExitBondSize(SE_BOND * 2, SE_BOND * 2);
        game.updateStartIFEBondSize(IFE_BOND * 2);
        game.updatePiggybackBondSize(PB_BOND * 2, PB_BOND * 2);
        vm.stopPrank();
        mature();
        uint256 beforeBob = bob.balance;
        uint256 beforeCarol = carol.balance;
        uint256 beforeDave = dave.balance;
        uint256 beforeProc = proc.balance;
        process(ETH, 2);
        vm.assertEq(bob.balance - beforeBob, 1 ether + SE_BOND - SE_BOUNTY, "standard exit");
        vm.assertEq(carol.balance - beforeCarol, 1 ether + PB_BOND - PB_BOUNTY, "piggyback");
        vm.assertEq(dave.balance - beforeDave, IFE_BOND, "in-flight exit");
        vm.assertEq(proc.balance - beforeProc, uint256(SE_BOUNTY) + PB_BOUNTY, "bounties");
        vm.assertEq(address(game).balance, 0, "nothing is left and nothing is short");
    }

    function test_AChallengeEarnsTheBondThatWasPaid() public {
        Coin memory held = mined(eth(bob, 1 ether));
        exit(held);
        vm.prank(maintainer);
        game.updateStartStandardExitBondSize(SE_BOND * 2, SE_BOND * 2);
        pass(DELAY);
        uint256 beforeDave = dave.balance;
        challenge(held, pay(held, carol), dave);
        vm.assertEq(dave.balance - beforeDave, SE_BOND, "the bond of its time");
        vm.assertEq(address(game).balance, 0, "nothing is left and nothing is short");
    }

    function test_PiggybacksOfOneExitKeepEachItsOwnBond() public {
        Coin memory a = mined(eth(alice, 1 ether));
        Coin memory b = mined(eth(bob, 1 ether));
        Coin memory c = mined(tok(dave, 40));
        Coin[] memory ins = new Coin[](3);
        (ins[0], ins[1], ins[2]) = (a, b, c);
        Payment memory payment = spend(ins, outs(eth(carol, 2 ether)));
        uint168 id = startIfe(payment, ins, alice);
        vm.prank(maintainer);
        game.updatePiggybackBondSize(PB_BOND * 2, PB_BOUNTY / 2);
        piggybackInput(payment, 0, alice);
        pass(DELAY);
        piggybackNew(payment, 1, bob);
        uint256 before = watcher.balance;
        blockInput(payment, b, again(payment, 1), watcher);
        vm.assertEq(watcher.balance - before, PB_BOND * 2, "the bond of a blocked slot");
        piggybackNew(payment, 1, bob);
        piggybackNew(payment, 2, dave);
        InFlightExitRecord memory record = inFlightExit(id);
        vm.assertEq(record.inputs[0].piggybackBondSize, PB_BOND, "the old bond");
        vm.assertEq(record.inputs[0].bountySize, PB_BOUNTY, "the old bounty");
        vm.assertEq(record.inputs[1].piggybackBondSize, PB_BOND * 2, "the new bond");
        vm.assertEq(record.inputs[1].bountySize, PB_BOUNTY / 2, "the new bounty");
        vm.assertEq(record.inputs[1].token, ETH, "of ETH");
        vm.assertEq(record.inputs[2].piggybackBondSize, PB_BOND * 2, "that of a token");
        vm.assertEq(record.inputs[2].token, address(token), "of the token");
        compete(payment, a, again(payment, 2), 0, watcher);
        mature();
        (uint256 ofAlice, uint256 ofBob, uint256 ofDave) = (alice.balance, bob.balance, dave.balance);
        process(ETH, 1);
        process(address(token), 1);
        vm.assertEq(alice.balance - ofAlice, 1 ether + PB_BOND - PB_BOUNTY, "alice");
        vm.assertEq(bob.balance - ofBob, 1 ether + PB_BOND * 2 - PB_BOUNTY / 2, "bob");
        vm.assertEq(dave.balance - ofDave, PB_BOND * 2 - PB_BOUNTY / 2, "dave");
        vm.assertEq(address(game).balance, 0, "nothing is left and nothing is short");
    }

    function test_AnExitWithoutPiggybacksTakesTheBondOfTheNext() public {
        Coin memory a = mined(eth(alice, 1 ether));
        Coin memory b = mined(eth(bob, 1 ether));
        Payment memory payment = spend(coins(a, b), outs(eth(carol, 2 ether)));
        uint168 id = startIfe(payment, coins(a, b), alice);
        vm.prank(maintainer);
        game.updatePiggybackBondSize(PB_BOND * 2, PB_BOUNTY);
        piggybackInput(payment, 0, alice);
        blockInput(payment, a, again(payment, 1), watcher);
        pass(DELAY);
        piggybackNew(payment, 1, bob);
        piggybackNew(payment, 0, alice);
        vm.assertEq(inFlightExit(id).inputs[0].piggybackBondSize, PB_BOND * 2, "the first slot again");
        vm.assertEq(inFlightExit(id).inputs[1].piggybackBondSize, PB_BOND * 2, "the second slot");
    }

    function piggybackNew(Payment memory payment, uint16 index, address sender) private {
        bytes memory call =
            abi.encodeCall(game.piggybackInFlightExitOnInput, (PiggybackInput(Plasma.encode(payment), index)));
        accept(sender, address(game), PB_BOND * 2, call, "the new bond");
    }

    function test_ANewExitPaysTheNewBond() public {
        setStandard(SE_BOND * 2, SE_BOUNTY);
        pass(DELAY);
        Coin memory held = mined(eth(bob, 1 ether));
        bytes memory call =
            abi.encodeCall(game.startStandardExit, (StartStandardExit(held.position, held.raw, held.proof)));
        refuse(bob, address(game), SE_BOND, call, "the old bond");
        accept(bob, address(game), SE_BOND * 2, call, "the new bond");
        vm.assertEq(standardExit(seId(held)).bondSize, SE_BOND * 2, "recorded");
    }

    function test_WhenBondAndBountyAreEqualTheOwnerGetsNoBond() public {
        setStandard(SE_BOND, SE_BOND);
        pass(DELAY);
        Coin memory held = mined(eth(bob, 1 ether));
        exit(held);
        mature();
        uint256 before = bob.balance;
        uint256 caller = proc.balance;
        process(ETH, 1);
        vm.assertEq(bob.balance, before + 1 ether, "the amount only");
        vm.assertEq(proc.balance, caller + SE_BOND, "all to the caller");
    }

    function setStandard(uint128 bond, uint128 bounty) private {
        vm.prank(maintainer);
        game.updateStartStandardExitBondSize(bond, bounty);
    }

    function refuseStandard(uint128 bond, uint128 bounty, string memory why) private {
        bytes memory call = abi.encodeCall(game.updateStartStandardExitBondSize, (bond, bounty));
        refuse(maintainer, address(game), call, why);
    }
}
