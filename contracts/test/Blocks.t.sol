// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import {Vm} from "./support/Vm.sol";

contract BlocksTest is Fixture {
    bytes32 private constant ROOT = keccak256("root");

    function test_TheFirstNumbersAreOneAndAThousand() public view {
        vm.assertEq(framework.nextChildBlock(), 1000, "first operator block");
        vm.assertEq(framework.nextDeposit(), 1, "first deposit");
        vm.assertEq(framework.nextDepositBlock(), 1, "first deposit block");
        vm.assertEq(framework.CHILD_BLOCK_INTERVAL(), 1000, "interval");
    }

    function test_ABlockIsStoredWithItsTimeAndAnnounced() public {
        vm.recordLogs();
        vm.prank(authority);
        framework.submitBlock(ROOT);
        Vm.Log[] memory found = logs();
        Vm.Log memory submitted = only(found, FrameworkApi.BlockSubmitted.selector);
        vm.assertEq(submitted.data, abi.encode(1000), "the number is announced");
        Vm.Log memory rooted = only(found, FrameworkApi.BlockRootSubmitted.selector);
        vm.assertEq(uint256(rooted.topics[1]), 1000, "the number beside the root");
        vm.assertEq(rooted.data, abi.encode(ROOT), "the root is announced");
        (bytes32 root, uint256 time) = framework.blocks(1000);
        vm.assertEq(root, ROOT, "the root is stored");
        vm.assertEq(time, block.timestamp, "the time is stored");
        vm.assertEq(framework.nextChildBlock(), 2000, "the next number");
        vm.assertEq(framework.nextDepositBlock(), 1001, "the next deposit follows it");
    }

    function test_OnlyTheAuthoritySubmitsBlocks() public {
        bytes memory call = abi.encodeCall(framework.submitBlock, (ROOT));
        refuse(maintainer, address(framework), call, "the maintainer");
        refuse(alice, address(framework), call, "a stranger");
        accept(authority, address(framework), call, "the authority");
    }

    function test_AZeroRootIsRefused() public {
        refuse(authority, address(framework), abi.encodeCall(framework.submitBlock, (bytes32(0))), "zero root");
        vm.assertEq(framework.nextChildBlock(), 1000, "nothing happened");
    }

    function test_TheRootOfTheEmptyTreeIsRefused() public {
        bytes32 empty = Tree.zero(16);
        vm.assertEq(empty, 0xf609befdfe9066fe14e743b3623eae878fbc468005608816832c9d460f2a95d2, "z(16)");
        refuse(authority, address(framework), abi.encodeCall(framework.submitBlock, (empty)), "empty tree");
    }

    function test_DepositsAreNumberedAfterTheLastBlockAndStartAgainAfterTheNext() public {
        vm.assertEq(deposit(eth(alice, 1 ether)).position, 1e9, "deposit 1");
        vm.assertEq(deposit(eth(alice, 1 ether)).position, 2e9, "deposit 2");
        vm.prank(authority);
        framework.submitBlock(ROOT);
        vm.assertEq(framework.nextDeposit(), 1, "the count starts again");
        vm.assertEq(deposit(eth(alice, 1 ether)).position, 1001e9, "deposit 1001");
    }

    function test_NineHundredNinetyNineDepositsFitBetweenTwoBlocks() public {
        for (uint256 i = 1; i <= 999; i++) {
            vm.prank(address(ethVault));
            vm.assertEq(framework.submitDepositBlock(bytes32(i)), i, "the number of the deposit");
        }
        refuse(
            address(ethVault),
            address(framework),
            abi.encodeCall(framework.submitDepositBlock, (ROOT)),
            "the thousandth deposit"
        );
        vm.prank(authority);
        framework.submitBlock(ROOT);
        vm.prank(address(ethVault));
        vm.assertEq(framework.submitDepositBlock(ROOT), 1001, "after a block there is room again");
    }

    function test_OnlyAVaultSubmitsDepositBlocks() public {
        bytes memory call = abi.encodeCall(framework.submitDepositBlock, (ROOT));
        refuse(authority, address(framework), call, "the authority");
        refuse(maintainer, address(framework), call, "the maintainer");
        refuse(address(game), address(framework), call, "the exit game");
        accept(address(ethVault), address(framework), call, "the ETH vault");
        accept(address(erc20Vault), address(framework), call, "the ERC-20 vault");
    }

    function test_ADepositBlockIsStoredWithItsTime() public {
        pass(77);
        vm.prank(address(ethVault));
        framework.submitDepositBlock(ROOT);
        (bytes32 root, uint256 time) = framework.blocks(1);
        vm.assertEq(root, ROOT, "root");
        vm.assertEq(time, block.timestamp, "time");
    }

    function test_WhetherABlockIsADepositIsKnownOnlyOfBlocksThatExist() public {
        refuse(alice, address(framework), abi.encodeCall(framework.isDeposit, (1)), "no deposit block yet");
        refuse(alice, address(framework), abi.encodeCall(framework.isDeposit, (1000)), "no block yet");
        deposit(eth(alice, 1 ether));
        vm.prank(authority);
        framework.submitBlock(ROOT);
        vm.assertTrue(framework.isDeposit(1), "a deposit block");
        vm.assertFalse(framework.isDeposit(1000), "an operator block");
    }

    function test_ManyRootsInOneCallAreManyBlocks() public {
        bytes32[] memory roots = new bytes32[](3);
        for (uint256 i = 0; i < 3; i++) {
            roots[i] = bytes32(i + 1);
        }
        deposit(eth(alice, 1 ether));
        vm.recordLogs();
        vm.prank(authority);
        framework.submitBlocks(1000, roots);
        Vm.Log[] memory found = logs();
        vm.assertEq(count(found, FrameworkApi.BlockSubmitted.selector), 3, "three blocks announced");
        vm.assertEq(count(found, FrameworkApi.BlockRootSubmitted.selector), 3, "three roots announced");
        for (uint256 i = 0; i < 3; i++) {
            (bytes32 root, uint256 time) = framework.blocks(1000 * (i + 1));
            vm.assertEq(root, roots[i], "root");
            vm.assertEq(time, block.timestamp, "time");
        }
        vm.assertEq(framework.nextChildBlock(), 4000, "the next number");
        vm.assertEq(framework.nextDepositBlock(), 3001, "the next deposit");
    }

    function test_ManyRootsMustBeginAtTheNextBlock() public {
        bytes32[] memory roots = new bytes32[](1);
        roots[0] = ROOT;
        bytes memory early = abi.encodeCall(framework.submitBlocks, (0, roots));
        bytes memory late = abi.encodeCall(framework.submitBlocks, (2000, roots));
        bytes memory right = abi.encodeCall(framework.submitBlocks, (1000, roots));
        refuse(authority, address(framework), early, "too early");
        refuse(authority, address(framework), late, "too late");
        refuse(alice, address(framework), right, "a stranger");
        refuse(maintainer, address(framework), right, "the maintainer");
        accept(authority, address(framework), right, "the authority");
        refuse(authority, address(framework), right, "the same again");
    }

    function test_AmongManyRootsNoneMayBeZeroOrEmpty() public {
        bytes32[] memory roots = new bytes32[](2);
        roots[0] = ROOT;
        bytes memory withZero = abi.encodeCall(framework.submitBlocks, (1000, roots));
        refuse(authority, address(framework), withZero, "a zero root");
        roots[1] = Tree.zero(16);
        bytes memory withEmpty = abi.encodeCall(framework.submitBlocks, (1000, roots));
        refuse(authority, address(framework), withEmpty, "an empty tree");
        roots[1] = bytes32(uint256(1));
        accept(authority, address(framework), abi.encodeCall(framework.submitBlocks, (1000, roots)), "both good");
    }

    function test_TheExtensionsOfThisVersionAreAnnounced() public view {
        vm.assertEq(framework.extensions() & 1, 1, "bit 0");
    }

    function test_TheExitPeriodIsBounded() public {
        bytes memory code = vm.getCode(artifact("PlasmaFramework"));
        vm.assertTrue(created(code, 600, authority, maintainer), "the shortest period");
        vm.assertTrue(created(code, 1 << 27, authority, maintainer), "the longest period");
        vm.assertFalse(created(code, 599, authority, maintainer), "a shorter one");
        vm.assertFalse(created(code, (1 << 27) + 1, authority, maintainer), "a longer one");
        vm.assertFalse(created(code, 600, address(0), maintainer), "no authority");
        vm.assertFalse(created(code, 600, authority, address(0)), "no maintainer");
    }

    function created(bytes memory code, uint256 period, address operator, address keeper) private returns (bool) {
        bytes memory whole = bytes.concat(code, abi.encode(period, 2, 2, operator, keeper));
        address there;
        assembly {
            there := create(0, add(whole, 32), mload(whole))
        }
        return there != address(0);
    }
}
