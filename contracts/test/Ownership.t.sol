// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import {Vm} from "./support/Vm.sol";

contract OwnershipTest is Fixture {
    function test_TheMaintainerIsTheOwner() public view {
        vm.assertEq(framework.owner(), maintainer, "owner");
        vm.assertEq(framework.getMaintainer(), maintainer, "maintainer");
        vm.assertEq(framework.pendingOwner(), address(0), "nobody waits");
    }

    function test_AHandOverTakesTwoSteps() public {
        vm.recordLogs();
        vm.prank(maintainer);
        framework.transferOwnership(bob);
        Vm.Log memory started = only(logs(), FrameworkApi.OwnershipTransferStarted.selector);
        vm.assertEq(started.topics[1], word(maintainer), "from");
        vm.assertEq(started.topics[2], word(bob), "to");
        vm.assertEq(framework.owner(), maintainer, "not yet");
        vm.assertEq(framework.pendingOwner(), bob, "waiting");
        vm.recordLogs();
        vm.prank(bob);
        framework.acceptOwnership();
        Vm.Log memory done = only(logs(), FrameworkApi.OwnershipTransferred.selector);
        vm.assertEq(done.topics[1], word(maintainer), "from");
        vm.assertEq(done.topics[2], word(bob), "to");
        vm.assertEq(framework.owner(), bob, "now");
        vm.assertEq(framework.getMaintainer(), bob, "in both names");
        vm.assertEq(framework.pendingOwner(), address(0), "nobody waits");
    }

    function test_OnlyTheOwnerStartsAndOnlyTheChosenOneAccepts() public {
        refuse(bob, address(framework), abi.encodeCall(framework.transferOwnership, (bob)), "a stranger");
        refuse(authority, address(framework), abi.encodeCall(framework.transferOwnership, (bob)), "the authority");
        refuse(bob, address(framework), abi.encodeCall(framework.acceptOwnership, ()), "nothing to accept");
        vm.prank(maintainer);
        framework.transferOwnership(bob);
        refuse(carol, address(framework), abi.encodeCall(framework.acceptOwnership, ()), "somebody else");
        refuse(maintainer, address(framework), abi.encodeCall(framework.acceptOwnership, ()), "the old owner");
        accept(bob, address(framework), abi.encodeCall(framework.acceptOwnership, ()), "the chosen one");
    }

    function test_AStartedHandOverCanBeChanged() public {
        vm.startPrank(maintainer);
        framework.transferOwnership(bob);
        framework.transferOwnership(carol);
        vm.stopPrank();
        refuse(bob, address(framework), abi.encodeCall(framework.acceptOwnership, ()), "no longer chosen");
        accept(carol, address(framework), abi.encodeCall(framework.acceptOwnership, ()), "chosen");
    }

    function test_OwnershipCannotBeRenounced() public {
        vm.prank(maintainer);
        (bool done,) = address(framework).call(abi.encodeWithSignature("renounceOwnership()"));
        vm.assertFalse(done, "there is always a maintainer");
        vm.assertEq(framework.owner(), maintainer, "still the same");
    }

    function test_TheNewMaintainerRulesEverywhereAndTheOldNowhere() public {
        vm.prank(maintainer);
        framework.transferOwnership(bob);
        vm.prank(bob);
        framework.acceptOwnership();
        bytes memory minimum = abi.encodeCall(ethVault.setMinimumDeposit, (ETH, 9));
        bytes memory bond = abi.encodeCall(game.updateStartIFEBondSize, (IFE_BOND));
        bytes memory version = abi.encodeCall(framework.setVersion, ("4"));
        refuse(maintainer, address(ethVault), minimum, "old, vault");
        refuse(maintainer, address(game), bond, "old, exit game");
        refuse(maintainer, address(framework), version, "old, framework");
        accept(bob, address(ethVault), minimum, "new, vault");
        accept(bob, address(game), bond, "new, exit game");
        accept(bob, address(framework), version, "new, framework");
    }

    function test_TheAuthorityNeverChanges() public {
        vm.prank(maintainer);
        framework.transferOwnership(bob);
        vm.prank(bob);
        framework.acceptOwnership();
        vm.assertEq(framework.authority(), authority, "the same");
        (bool done,) = attempt(authority, address(framework), 0, abi.encodeWithSignature("setAuthority(address)", bob));
        vm.assertFalse(done, "no way to change it");
    }

    // ------------------------------------------------------------ init

    function test_AnExitGameIsInitialisedOnceByTheMaintainer() public {
        ExitGameApi fresh = ExitGameApi(create("PaymentExitGame", gameArguments()));
        bytes memory call = abi.encodeCall(fresh.init, ());
        refuse(alice, address(fresh), call, "a stranger");
        refuse(authority, address(fresh), call, "the authority");
        accept(maintainer, address(fresh), call, "the maintainer");
        refuse(maintainer, address(fresh), call, "twice");
        vm.assertEq(fresh.startStandardExitBondSize(), SE_BOND, "ready");
    }

    function test_TheExitGameChecksWhatItIsBuiltOn() public {
        vm.assertTrue(builds(address(framework), 1, 2, address(registry), address(transition), 1), "as it should be");
        vm.assertFalse(builds(alice, 1, 2, address(registry), address(transition), 1), "framework without code");
        vm.assertFalse(builds(address(framework), 0, 2, address(registry), address(transition), 1), "ETH vault 0");
        vm.assertFalse(builds(address(framework), 1, 0, address(registry), address(transition), 1), "token vault 0");
        vm.assertFalse(builds(address(framework), 1, 1, address(registry), address(transition), 1), "one vault twice");
        vm.assertFalse(builds(address(framework), 7, 2, address(registry), address(transition), 1), "no ETH vault 7");
        vm.assertFalse(builds(address(framework), 1, 7, address(registry), address(transition), 1), "no token vault 7");
        vm.assertFalse(builds(address(framework), 1, 2, alice, address(transition), 1), "registry without code");
        vm.assertFalse(builds(address(framework), 1, 2, address(registry), alice, 1), "verifier without code");
        vm.assertFalse(builds(address(framework), 1, 2, address(registry), address(transition), 0), "type 0");
        address owned = create("SpendingConditionRegistry", "");
        vm.assertFalse(builds(address(framework), 1, 2, owned, address(transition), 1), "a registry with an owner");
    }

    function builds(
        address framework_,
        uint256 ethId,
        uint256 erc20Id,
        address registry_,
        address transition_,
        uint256 txType
    ) private returns (bool) {
        bytes memory code = bytes.concat(
            vm.getCode(artifact("PaymentExitGame")),
            abi.encode(framework_, ethId, erc20Id, registry_, transition_, txType, 2300)
        );
        address there;
        assembly {
            there := create(0, add(code, 32), mload(code))
        }
        return there != address(0);
    }
}
