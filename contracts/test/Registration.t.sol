// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import {Refuser} from "./support/Receivers.sol";
import {Vm} from "./support/Vm.sol";

contract RegistrationTest is Fixture {
    address private code;

    function setUp() public override {
        super.setUp();
        code = address(new Refuser());
    }

    // ------------------------------------------------------------ vaults

    function test_OnlyTheMaintainerRegistersAVault() public {
        bytes memory call = abi.encodeCall(framework.registerVault, (5, code));
        refuse(alice, address(framework), call, "a stranger");
        refuse(authority, address(framework), call, "the authority");
        vm.recordLogs();
        accept(maintainer, address(framework), call, "the maintainer");
        vm.assertEq(only(logs(), FrameworkApi.VaultRegistered.selector).data, abi.encode(5, code), "announced");
        vm.assertEq(framework.vaults(5), code, "by id");
        vm.assertEq(framework.vaultToId(code), 5, "by address");
    }

    function test_AVaultIsWrittenOnceAndNeedsCode() public {
        address other = address(new Refuser());
        refuseVault(0, code, "id 0");
        refuseVault(1, code, "an id in use");
        refuseVault(5, address(0), "no address");
        refuseVault(5, alice, "no code");
        refuseVault(5, address(ethVault), "an address in use");
        vm.prank(maintainer);
        framework.registerVault(5, code);
        refuseVault(5, other, "the id again");
        refuseVault(6, code, "the address again");
    }

    function test_TheFirstTwoVaultsActAtOnceAndLaterOnesAfterTwoPeriods() public {
        vm.prank(maintainer);
        framework.registerVault(5, code);
        bytes memory call = abi.encodeCall(framework.submitDepositBlock, (keccak256("root")));
        refuse(code, address(framework), call, "at once");
        pass(2 * PERIOD - 1);
        refuse(code, address(framework), call, "one second early");
        pass(2);
        accept(code, address(framework), call, "after two periods");
    }

    // ------------------------------------------------------------ exit games

    function test_OnlyTheMaintainerRegistersAnExitGame() public {
        bytes memory call = abi.encodeCall(framework.registerExitGame, (5, code, 2));
        refuse(alice, address(framework), call, "a stranger");
        refuse(authority, address(framework), call, "the authority");
        vm.recordLogs();
        accept(maintainer, address(framework), call, "the maintainer");
        Vm.Log memory log = only(logs(), FrameworkApi.ExitGameRegistered.selector);
        vm.assertEq(log.data, abi.encode(5, code, 2), "announced");
        vm.assertEq(framework.exitGames(5), code, "by type");
        vm.assertEq(framework.exitGameToTxType(code), 5, "by address");
        vm.assertEq(framework.protocols(5), 2, "its protocol");
    }

    function test_AnExitGameIsWrittenOnceAndNeedsCode() public {
        address other = address(new Refuser());
        refuseGame(0, code, 2, "type 0");
        refuseGame(1, code, 2, "a type in use");
        refuseGame(5, address(0), 2, "no address");
        refuseGame(5, alice, 2, "no code");
        refuseGame(5, address(game), 2, "an address in use");
        refuseGame(5, code, 0, "protocol 0");
        refuseGame(5, code, 3, "protocol 3");
        vm.prank(maintainer);
        framework.registerExitGame(5, code, 1);
        refuseGame(5, other, 2, "the type again");
        refuseGame(6, code, 2, "the address again");
    }

    function test_ALaterExitGameIsUsedAfterFourPeriods() public {
        vm.prank(maintainer);
        framework.registerExitGame(5, code, 2);
        bytes memory call = abi.encodeCall(framework.flagOutputFinalized, (keccak256("id"), 7));
        vm.assertFalse(framework.isExitGameSafeToUse(code), "at once");
        refuse(code, address(framework), call, "at once");
        pass(4 * PERIOD - 1);
        vm.assertFalse(framework.isExitGameSafeToUse(code), "one second early");
        refuse(code, address(framework), call, "one second early");
        pass(2);
        vm.assertTrue(framework.isExitGameSafeToUse(code), "after four periods");
        accept(code, address(framework), call, "after four periods");
    }

    function test_AQuarantinedExitGameCallsNothing() public {
        vm.prank(maintainer);
        framework.registerExitGame(5, code, 2);
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = keccak256("id");
        refuse(code, address(framework), abi.encodeCall(framework.batchFlagOutputsFinalized, (ids, 7)), "batch");
        refuse(code, address(framework), abi.encodeCall(framework.activateNonReentrant, ()), "lock");
        refuse(code, address(framework), abi.encodeCall(framework.deactivateNonReentrant, ()), "unlock");
        bytes memory entry =
            abi.encodeCall(framework.enqueue, (1, ETH, uint32(block.timestamp), TxPosition(1, 0, 0), 7, code));
        refuse(code, address(framework), entry, "enqueue");
    }

    function test_AnUnknownExitGameIsNotSafe() public view {
        vm.assertFalse(framework.isExitGameSafeToUse(alice), "never registered");
    }

    // ------------------------------------------------------------ conditions

    function test_OnlyTheOwnerRegistersConditions() public {
        RegistryApi fresh = RegistryApi(create("SpendingConditionRegistry", ""));
        vm.assertEq(fresh.owner(), address(this), "its creator");
        vm.assertTrue(fresh.isOwner(), "as asked by its creator");
        bytes memory call = abi.encodeCall(fresh.registerSpendingCondition, (1, 1, code));
        refuse(alice, address(fresh), call, "a stranger");
        refuse(alice, address(fresh), abi.encodeCall(fresh.renounceOwnership, ()), "a stranger renounces");
        refuse(alice, address(fresh), abi.encodeCall(fresh.transferOwnership, (alice)), "a stranger takes it");
        accept(address(this), address(fresh), call, "the owner");
        vm.assertEq(fresh.spendingConditions(1, 1), code, "registered");
        refuse(address(this), address(fresh), call, "written once");
    }

    function test_AConditionNeedsTypesAndCode() public {
        RegistryApi fresh = RegistryApi(create("SpendingConditionRegistry", ""));
        bytes memory noCode = abi.encodeCall(fresh.registerSpendingCondition, (1, 1, alice));
        refuse(address(this), address(fresh), noCode, "no code");
        bytes memory noAddress = abi.encodeCall(fresh.registerSpendingCondition, (1, 1, address(0)));
        refuse(address(this), address(fresh), noAddress, "no address");
        bytes memory noOutput = abi.encodeCall(fresh.registerSpendingCondition, (0, 1, code));
        refuse(address(this), address(fresh), noOutput, "output type 0");
        bytes memory noType = abi.encodeCall(fresh.registerSpendingCondition, (1, 0, code));
        refuse(address(this), address(fresh), noType, "transaction type 0");
    }

    function test_ARenouncedRegistryIsFixedForEver() public {
        vm.assertEq(registry.owner(), address(0), "nobody's");
        bytes memory call = abi.encodeCall(registry.registerSpendingCondition, (9, 9, code));
        refuse(address(this), address(registry), call, "its creator");
        refuse(maintainer, address(registry), call, "the maintainer");
    }

    function test_ARegistryCanBeHandedOverBeforeThat() public {
        RegistryApi fresh = RegistryApi(create("SpendingConditionRegistry", ""));
        fresh.transferOwnership(alice);
        vm.assertEq(fresh.owner(), alice, "handed over");
        vm.assertFalse(fresh.isOwner(), "no longer ours");
        refuse(address(this), address(fresh), abi.encodeCall(fresh.registerSpendingCondition, (1, 1, code)), "old");
        accept(alice, address(fresh), abi.encodeCall(fresh.registerSpendingCondition, (1, 1, code)), "new owner");
        vm.prank(alice);
        (bool done,) = address(fresh).call(abi.encodeCall(fresh.transferOwnership, (address(0))));
        vm.assertFalse(done, "not to nobody");
    }

    function test_TheFeeConditionTellsItsTypes() public view {
        vm.assertEq(feeCondition.feeTxType(), 3, "fee transaction");
        vm.assertEq(feeCondition.feeClaimOutputType(), 2, "fee output");
        vm.assertEq(feeCondition.paymentTxType(), 1, "payment");
    }

    // ------------------------------------------------------------ version

    function test_OnlyTheMaintainerSetsTheVersion() public {
        bytes memory call = abi.encodeCall(framework.setVersion, ("3.0.0"));
        refuse(alice, address(framework), call, "a stranger");
        refuse(authority, address(framework), call, "the authority");
        accept(maintainer, address(framework), call, "the maintainer");
        vm.assertEq(framework.version(), "3.0.0", "version");
        vm.assertEq(framework.getVersion(), "3.0.0", "getVersion");
    }

    function refuseVault(uint256 id, address vault, string memory why) private {
        refuse(maintainer, address(framework), abi.encodeCall(framework.registerVault, (id, vault)), why);
    }

    function refuseGame(uint256 txType, address game_, uint8 protocol, string memory why) private {
        bytes memory call = abi.encodeCall(framework.registerExitGame, (txType, game_, protocol));
        refuse(maintainer, address(framework), call, why);
    }
}
