// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Vm} from "./Vm.sol";

/// Claims, people and events: what every test file stands on.
abstract contract Suite {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    mapping(address => uint256) internal keyOf;

    function person(string memory name) internal returns (address account) {
        uint256 key = uint256(keccak256(bytes(name)));
        account = vm.addr(key);
        keyOf[account] = key;
        vm.label(account, name);
        vm.deal(account, 1_000_000 ether);
    }

    /// Signs with the key of an account made by person().
    function signature(address signer, bytes32 digest) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keyOf[signer], digest);
        return abi.encodePacked(r, s, v);
    }

    /// The same signature in the form that is not accepted.
    function highS(bytes memory low) internal pure returns (bytes memory) {
        bytes32 r;
        uint256 s;
        assembly {
            r := mload(add(low, 32))
            s := mload(add(low, 64))
        }
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        return abi.encodePacked(r, order - s, 55 - uint8(low[64]));
    }

    /// A file of the project's test vectors.
    function vectors(string memory name) internal view returns (string memory) {
        return vm.readFile(string.concat(vm.projectRoot(), "/tests/vectors/", name));
    }

    function pass(uint256 seconds_) internal {
        vm.warp(block.timestamp + seconds_);
    }

    function within(uint256 seed, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + seed % (high - low + 1);
    }

    /// Calls as somebody and gives back what came, without judging it.
    function attempt(address sender, address to, uint256 value, bytes memory data)
        internal
        returns (bool done, bytes memory answer)
    {
        vm.prank(sender);
        (done, answer) = to.call{value: value}(data);
    }

    /// The call reverts, with a reason and not by a failed assertion of the compiler.
    function refuse(address sender, address to, uint256 value, bytes memory data, string memory why) internal {
        (bool done, bytes memory answer) = attempt(sender, to, value, data);
        vm.assertFalse(done, why);
        vm.assertGe(answer.length, 4, string.concat("refused with a reason: ", why));
        vm.assertTrue(bytes4(answer) != 0x4e487b71, string.concat("refused without a panic: ", why));
    }

    function refuse(address sender, address to, bytes memory data, string memory why) internal {
        refuse(sender, to, 0, data, why);
    }

    function accept(address sender, address to, uint256 value, bytes memory data, string memory why) internal {
        (bool done,) = attempt(sender, to, value, data);
        vm.assertTrue(done, why);
    }

    function accept(address sender, address to, bytes memory data, string memory why) internal {
        accept(sender, to, 0, data, why);
    }

    // Logs: record with vm.recordLogs(), then ask.

    function logs() internal returns (Vm.Log[] memory) {
        return vm.getRecordedLogs();
    }

    function count(Vm.Log[] memory found, bytes32 topic) internal pure returns (uint256 times) {
        for (uint256 i = 0; i < found.length; i++) {
            if (found[i].topics[0] == topic) {
                times++;
            }
        }
    }

    /// The only log with this topic.
    function only(Vm.Log[] memory found, bytes32 topic) internal pure returns (Vm.Log memory log) {
        vm.assertEq(count(found, topic), 1, "the event is emitted once");
        return first(found, topic);
    }

    function first(Vm.Log[] memory found, bytes32 topic) internal pure returns (Vm.Log memory log) {
        for (uint256 i = 0; i < found.length; i++) {
            if (found[i].topics[0] == topic) {
                return found[i];
            }
        }
        vm.assertTrue(false, "the event is emitted");
    }

    function indexOf(Vm.Log[] memory found, bytes32 topic) internal pure returns (uint256 i) {
        while (i < found.length && found[i].topics[0] != topic) {
            i++;
        }
        vm.assertLt(i, found.length, "the event is emitted");
    }

    function word(address account) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }
}
