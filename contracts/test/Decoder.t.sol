// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Transactions} from "../src/transactions/Transactions.sol";
import {Output, Payment, Plasma} from "./support/Plasma.sol";
import {Rlp} from "./support/Rlp.sol";
import {Suite} from "./support/Suite.sol";

contract DecoderTest is Suite {
    function decode(bytes calldata raw) external pure returns (Transactions.Transaction memory) {
        return Transactions.decode(raw);
    }

    function test_EveryVectorIsAcceptedOrRefusedAsRecorded() public view {
        string memory json = vectors("tx_decode.json");
        uint256 accepted = 0;
        uint256 i = 0;
        for (; vm.keyExistsJson(json, string.concat(".cases[", vm.toString(i), "]")); i++) {
            string memory path = string.concat(".cases[", vm.toString(i), "]");
            bytes memory raw = vm.parseJsonBytes(json, string.concat(path, ".rawTx"));
            bytes memory verdict = bytes(vm.parseJsonString(json, string.concat(path, ".contract")));
            bool expected = keccak256(verdict) == keccak256("accept");
            vm.assertEq(accepts(raw), expected, vm.parseJsonString(json, string.concat(path, ".name")));
            accepted += expected ? 1 : 0;
        }
        vm.assertEq(i, 62, "every case was read");
        vm.assertEq(accepted, 11, "of both kinds");
    }

    function testFuzz_ADecodedTransactionIsTheOneThatWasEncoded(Payment memory payment) public view {
        payment = tidy(payment);
        Transactions.Transaction memory t = this.decode(Plasma.encode(payment));
        vm.assertEq(t.txType, payment.txType, "type");
        vm.assertEq(abi.encode(t.inputs), abi.encode(payment.inputs), "inputs");
        vm.assertEq(abi.encode(t.outputs), abi.encode(payment.outputs), "outputs");
        vm.assertEq(t.metaData, payment.metaData, "metadata");
    }

    /// Only one string of bytes is a given transaction.
    function testFuzz_WhatIsDecodedEncodesToTheSameBytes(Payment memory payment, uint256 place, uint8 value)
        public
        view
    {
        bytes memory raw = Plasma.encode(tidy(payment));
        raw[place % raw.length] = bytes1(value);
        assertCanonical(raw);
    }

    function testFuzz_BytesInsertedOrLostDoNotGiveASecondForm(Payment memory payment, uint256 place, uint8 value)
        public
        view
    {
        bytes memory raw = Plasma.encode(tidy(payment));
        place %= raw.length;
        bytes memory more = new bytes(raw.length + 1);
        bytes memory less = new bytes(raw.length - 1);
        for (uint256 i = 0; i < raw.length; i++) {
            more[i < place ? i : i + 1] = raw[i];
            if (i != place) {
                less[i < place ? i : i - 1] = raw[i];
            }
        }
        more[place] = bytes1(value);
        assertCanonical(more);
        assertCanonical(less);
    }

    function testFuzz_NoPrefixOfATransactionIsOne(Payment memory payment, uint256 length) public view {
        bytes memory raw = Plasma.encode(tidy(payment));
        bytes memory prefix = new bytes(length % raw.length);
        for (uint256 i = 0; i < prefix.length; i++) {
            prefix[i] = raw[i];
        }
        vm.assertFalse(accepts(prefix), "a prefix");
    }

    function testFuzz_ArbitraryBytesAreRefusedCleanly(bytes memory raw) public view {
        try this.decode(raw) returns (Transactions.Transaction memory) {
            assertCanonical(raw);
        } catch (bytes memory reason) {
            vm.assertEq(reason.length, 4, "a custom error, no panic");
        }
    }

    function test_ALengthNearTheLargestNumberDoesNotWrap() public view {
        for (uint256 digits = 1; digits <= 8; digits++) {
            bytes memory length = new bytes(digits);
            for (uint256 i = 0; i < digits; i++) {
                length[i] = 0xff;
            }
            vm.assertFalse(accepts(bytes.concat(bytes1(uint8(0xf7 + digits)), length)), "a list");
            vm.assertFalse(accepts(bytes.concat(bytes1(uint8(0xb7 + digits)), length)), "a string");
        }
    }

    /// One byte below 0x80 stands for itself; from there on it needs its header, and
    /// is a string, no list.
    function test_OneByteWhereAListBelongsIsRefused() public view {
        for (uint256 value = 0; value < 256; value++) {
            vm.assertFalse(accepts(abi.encodePacked(hex"81", uint8(value))), "with a header");
            vm.assertFalse(accepts(abi.encodePacked(uint8(value))), "without one");
        }
    }

    function test_AFeeTransactionCarriesItsNonce() public view {
        Payment memory fee;
        fee.txType = 3;
        fee.outputs = new Output[](1);
        fee.outputs[0] = Output(2, address(0x1234), address(0), 5);
        fee.txData = Rlp.word(77);
        vm.assertTrue(accepts(Plasma.encode(fee)), "32 bytes");
        fee.txData = hex"80";
        vm.assertFalse(accepts(Plasma.encode(fee)), "no nonce");
        fee.txType = 1;
        vm.assertTrue(accepts(Plasma.encode(fee)), "a payment has none");
        fee.txData = Rlp.word(77);
        vm.assertFalse(accepts(Plasma.encode(fee)), "a payment with a nonce");
    }

    function accepts(bytes memory raw) private view returns (bool) {
        try this.decode(raw) returns (Transactions.Transaction memory) {
            return true;
        } catch (bytes memory reason) {
            vm.assertEq(reason.length, 4, "a custom error, no panic");
            return false;
        }
    }

    function assertCanonical(bytes memory raw) private view {
        try this.decode(raw) returns (Transactions.Transaction memory t) {
            Payment memory payment;
            payment.txType = t.txType;
            payment.inputs = t.inputs;
            payment.outputs = abi.decode(abi.encode(t.outputs), (Output[]));
            payment.metaData = t.metaData;
            payment.txData = t.txType == 3 ? nonceOf(raw) : bytes(hex"80");
            vm.assertEq(Plasma.encode(payment), raw, "one form only");
        } catch {}
    }

    /// The nonce of a fee transaction stands before the metadata at its end.
    function nonceOf(bytes memory raw) private pure returns (bytes memory) {
        uint256 nonce;
        assembly {
            nonce := mload(add(raw, sub(mload(raw), 33)))
        }
        return Rlp.word(nonce);
    }

    function tidy(Payment memory payment) private pure returns (Payment memory) {
        payment.txType = payment.txType == 0 || payment.txType == 3 ? 1 : payment.txType;
        payment.txData = hex"80";
        uint256 count = payment.inputs.length % 6;
        uint256[] memory inputs = payment.inputs;
        assembly {
            mstore(inputs, count)
        }
        for (uint256 i = 0; i < count; i++) {
            inputs[i] = inputs[i] == 0 ? 1 : inputs[i];
        }
        Output[] memory outputs = payment.outputs;
        count = outputs.length % 6;
        if (count == 0) {
            outputs = new Output[](1);
            count = 1;
        }
        assembly {
            mstore(outputs, count)
        }
        for (uint256 i = 0; i < count; i++) {
            outputs[i].kind = outputs[i].kind == 0 ? 1 : outputs[i].kind;
            outputs[i].owner = outputs[i].owner == address(0) ? address(1) : outputs[i].owner;
        }
        payment.outputs = outputs;
        return payment;
    }
}
