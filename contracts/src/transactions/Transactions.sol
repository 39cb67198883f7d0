// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Rlp} from "./Rlp.sol";

/// Transactions of the child chain: types, decoding, digest.
library Transactions {
    uint256 internal constant PAYMENT = 1;
    uint256 internal constant FEE = 3;
    uint256 internal constant PAYMENT_OUTPUT = 1;
    uint256 internal constant FEE_OUTPUT = 2;
    uint256 internal constant MOST = 5;
    /// How long a string of 32 bytes is when encoded.
    uint256 private constant WORD_ITEM = 33;

    struct Output {
        uint256 outputType;
        address owner;
        address token;
        uint256 amount;
    }

    struct Transaction {
        uint256 txType;
        uint256[] inputs;
        Output[] outputs;
        bytes32 metaData;
    }

    bytes32 private constant DOMAIN_TYPE = 0x36c25de3e541d5d970f66e4210d728721220fff5c077cc6cd008b3a0c62adab7;
    bytes32 private constant INPUT_TYPE = 0x5f0e06e50b513a68a090818949172483acfec769d9b7756cad7c00b26b52178c;
    bytes32 private constant OUTPUT_TYPE = 0x9fd642c2bbaa2f3431add55df5d3932807048fb41b6b07d65c59e0f9ad3a8eb7;
    bytes32 private constant TRANSACTION_TYPE = 0xdedc688f031b5e9e79fc8013fcd7f952c14065bbede73c043b904052ba0c688e;
    bytes32 private constant SALT = 0xfad5c7f626d80f9256ef01929f3beb96e058b8b4b0e3fe52d84f054c0e2a7a83;

    error MalformedTransaction();

    /// Decodes a payment, or any transaction of its form, or a fee transaction.
    function decode(bytes memory raw) internal pure returns (Transaction memory t) {
        uint256 cursor;
        assembly ("memory-safe") {
            cursor := add(raw, 32)
        }
        uint256 whole = cursor + raw.length;
        uint256 end;
        (cursor, end) = Rlp.list(cursor, whole);
        require(end == whole, MalformedTransaction());
        (t.txType, cursor) = Rlp.scalar(cursor, end);
        require(t.txType != 0, MalformedTransaction());
        (t.inputs, cursor) = _inputs(cursor, end);
        (t.outputs, cursor) = _outputs(cursor, end);
        cursor = _txData(cursor, end, t.txType);
        uint256 metaData;
        (metaData, cursor) = Rlp.word(cursor, end);
        t.metaData = bytes32(metaData);
        require(cursor == end, MalformedTransaction());
    }

    /// The type alone; what holds the rest together is not looked at.
    function typeOf(bytes memory raw) internal pure returns (uint256 txType) {
        uint256 cursor;
        assembly ("memory-safe") {
            cursor := add(raw, 32)
        }
        uint256 end = cursor + raw.length;
        (cursor, end) = Rlp.list(cursor, end);
        (txType,) = Rlp.scalar(cursor, end);
    }

    function _txData(uint256 cursor, uint256 end, uint256 txType) private pure returns (uint256 next) {
        uint256 value;
        if (txType == FEE) {
            (, next) = Rlp.word(cursor, end);
        } else {
            (value, next) = Rlp.scalar(cursor, end);
            require(value == 0, MalformedTransaction());
        }
    }

    function _inputs(uint256 cursor, uint256 end) private pure returns (uint256[] memory inputs, uint256 next) {
        (cursor, next) = Rlp.list(cursor, end);
        uint256 count = (next - cursor) / WORD_ITEM;
        require(count <= MOST && count * WORD_ITEM == next - cursor, MalformedTransaction());
        inputs = new uint256[](count);
        for (uint256 i = 0; i < count; i++) {
            uint256 position;
            (position, cursor) = Rlp.word(cursor, next);
            require(position != 0, MalformedTransaction());
            inputs[i] = position;
        }
    }

    function _outputs(uint256 cursor, uint256 end) private pure returns (Output[] memory outputs, uint256 next) {
        (cursor, next) = Rlp.list(cursor, end);
        uint256 count = _count(cursor, next);
        require(count != 0, MalformedTransaction());
        outputs = new Output[](count);
        for (uint256 i = 0; i < count; i++) {
            cursor = _output(cursor, next, outputs[i]);
        }
    }

    function _output(uint256 cursor, uint256 end, Output memory output) private pure returns (uint256 next) {
        uint256 dataEnd;
        (cursor, next) = Rlp.list(cursor, end);
        (output.outputType, cursor) = Rlp.scalar(cursor, next);
        (cursor, dataEnd) = Rlp.list(cursor, next);
        require(output.outputType != 0 && dataEnd == next, MalformedTransaction());
        (output.owner, cursor) = Rlp.account(cursor, next);
        (output.token, cursor) = Rlp.account(cursor, next);
        (output.amount, cursor) = Rlp.scalar(cursor, next);
        require(output.owner != address(0) && cursor == next, MalformedTransaction());
    }

    function _count(uint256 cursor, uint256 end) private pure returns (uint256 count) {
        while (cursor < end) {
            (,, cursor) = Rlp.item(cursor, end);
            count++;
        }
        require(count <= MOST, MalformedTransaction());
    }

    // ------------------------------------------------------------ EIP-712

    function domain(address framework) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(DOMAIN_TYPE, keccak256("OMG Network"), keccak256("2"), framework, SALT)
        );
    }

    function digest(bytes32 domain_, Transaction memory t) internal pure returns (bytes32) {
        bytes32[] memory inputs = new bytes32[](t.inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            uint256 position = t.inputs[i];
            inputs[i] =
                keccak256(abi.encode(INPUT_TYPE, position / 1e9, (position % 1e9) / 1e4, position % 1e4));
        }
        bytes32[] memory outputs = new bytes32[](t.outputs.length);
        for (uint256 i = 0; i < outputs.length; i++) {
            Output memory o = t.outputs[i];
            outputs[i] =
                keccak256(abi.encode(OUTPUT_TYPE, o.outputType, bytes20(o.owner), o.token, o.amount));
        }
        bytes32 struct_ = keccak256(
            abi.encode(
                TRANSACTION_TYPE,
                t.txType,
                keccak256(abi.encodePacked(inputs)),
                keccak256(abi.encodePacked(outputs)),
                uint256(0),
                t.metaData
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain_, struct_));
    }
}
