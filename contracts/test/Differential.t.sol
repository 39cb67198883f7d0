// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {ExitRules} from "../src/exits/ExitRules.sol";
import {Ids} from "../src/transactions/Ids.sol";
import {Transactions} from "../src/transactions/Transactions.sol";
import {ConditionApi} from "./support/Interfaces.sol";
import {Output, Payment, Plasma} from "./support/Plasma.sol";
import {Suite} from "./support/Suite.sol";

/// Reads the cases that the C library judged, when there are any, and compares.
contract DifferentialTest is Suite {
    string private constant CASES = "contracts/out/transaction_cases";
    address private constant FRAMEWORK = address(bytes20(hex"f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1"));
    uint256 private constant RAW = 1 + 32 + 32 + 21 + 32 + 65 + 1 + 20;

    ConditionApi private condition;

    function setUp() public {
        vm.etch(FRAMEWORK, hex"00");
        bytes memory arguments = abi.encode(FRAMEWORK, 1, 1);
        string memory name = "PaymentOutputToPaymentTxCondition";
        condition = ConditionApi(vm.deployCode(string.concat(name, ".sol:", name), arguments));
    }

    function test_TheContractsAgreeWithTheLibrary() public {
        uint256 count = vm.envOr("CASES", uint256(0));
        uint256 accepted = 0;
        for (uint256 i = 0; i < count; i++) {
            accepted += this.compareNext() ? 1 : 0;
        }
        vm.assertGe(4 * accepted, count, "a quarter or more is accepted");
        vm.assertLe(accepted, count - count / 5, "a fifth or more is refused");
    }

    /// From outside, so that the memory of a case is given back.
    function compareNext() external returns (bool) {
        return this.compare(vm.parseBytes(string.concat("0x", vm.readLine(CASES))));
    }

    function compare(bytes calldata line) external view returns (bool) {
        bytes calldata raw = line[RAW:];
        bool expected = uint8(line[0]) == 1;
        vm.assertEq(this.accepts(raw), expected, string.concat("accepted: ", vm.toString(raw)));
        if (expected) {
            Transactions.Transaction memory t = Transactions.decode(raw);
            bytes32 domain = Transactions.domain(FRAMEWORK);
            vm.assertEq(keccak256(raw), bytes32(line[1:33]), "hash");
            vm.assertEq(Transactions.digest(domain, t), bytes32(line[33:65]), "digest");
            vm.assertEq(uint256(Ids.inFlightExit(raw)), uint168(bytes21(line[65:86])), "exit id");
            vm.assertEq(Ids.output(raw, t.outputs.length - 1), bytes32(line[86:118]), "output id");
            if (uint8(line[183]) != 2) {
                compareSignature(line, raw, t.inputs[0]);
            }
        }
        return expected;
    }

    function compareSignature(bytes calldata line, bytes calldata raw, uint256 position) private view {
        Payment memory source;
        source.txType = 1;
        source.txData = hex"80";
        source.outputs = new Output[](5);
        for (uint256 i = 0; i < 5; i++) {
            source.outputs[i] = Output(1, address(bytes20(line[184:204])), address(0), 1);
        }
        bytes memory call = abi.encodeCall(condition.verify, (Plasma.encode(source), position, raw, 0, line[118:183]));
        (bool done, bytes memory answer) = address(condition).staticcall(call);
        bool accepted = done && abi.decode(answer, (bool));
        vm.assertEq(accepted, uint8(line[183]) == 1, string.concat("signature: ", vm.toString(line)));
    }

    function accepts(bytes calldata raw) external view returns (bool) {
        uint256[] memory inputs;
        try this.inputsOf(raw) returns (uint256[] memory found) {
            inputs = found;
        } catch {
            return false;
        }
        for (uint256 i = 0; i < inputs.length; i++) {
            if (inputs[i] % 10_000 > 4) {
                return false;
            }
        }
        try ExitRules.inFlight(raw, inputs, 1) returns (uint16[] memory, uint256, bytes32[] memory) {
            return true;
        } catch {
            return false;
        }
    }

    function inputsOf(bytes calldata raw) external pure returns (uint256[] memory) {
        return Transactions.decode(raw).inputs;
    }
}
