// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Rlp} from "./Rlp.sol";

struct Output {
    uint256 kind;
    address owner;
    address token;
    uint256 amount;
}

/// A transaction of the child chain before it is encoded. txData is an RLP item.
struct Payment {
    uint256 txType;
    uint256[] inputs;
    Output[] outputs;
    bytes txData;
    bytes32 metaData;
}

/// Encoding, hashing and identifiers, written from the specification and
/// independent of the contracts under test.
library Plasma {
    bytes32 internal constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,address verifyingContract,bytes32 salt)");
    bytes32 internal constant INPUT_TYPE = keccak256("Input(uint256 blknum,uint256 txindex,uint256 oindex)");
    bytes32 internal constant OUTPUT_TYPE =
        keccak256("Output(uint256 outputType,bytes20 outputGuard,address currency,uint256 amount)");
    bytes32 internal constant TRANSACTION_TYPE = keccak256(
        "Transaction(uint256 txType,Input[] inputs,Output[] outputs,uint256 txData,bytes32 metadata)"
        "Input(uint256 blknum,uint256 txindex,uint256 oindex)"
        "Output(uint256 outputType,bytes20 outputGuard,address currency,uint256 amount)"
    );
    bytes32 internal constant SALT = 0xfad5c7f626d80f9256ef01929f3beb96e058b8b4b0e3fe52d84f054c0e2a7a83;

    function encode(Payment memory payment) internal pure returns (bytes memory) {
        bytes[] memory inputs = new bytes[](payment.inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            inputs[i] = Rlp.word(payment.inputs[i]);
        }
        bytes[] memory outputs = new bytes[](payment.outputs.length);
        for (uint256 i = 0; i < outputs.length; i++) {
            outputs[i] = encodeOutput(payment.outputs[i]);
        }
        bytes[] memory fields = new bytes[](5);
        fields[0] = Rlp.scalar(payment.txType);
        fields[1] = Rlp.list(inputs);
        fields[2] = Rlp.list(outputs);
        fields[3] = payment.txData;
        fields[4] = Rlp.word(uint256(payment.metaData));
        return Rlp.list(fields);
    }

    function encodeOutput(Output memory output) internal pure returns (bytes memory) {
        bytes[] memory data = new bytes[](3);
        data[0] = Rlp.account(output.owner);
        data[1] = Rlp.account(output.token);
        data[2] = Rlp.scalar(output.amount);
        bytes[] memory fields = new bytes[](2);
        fields[0] = Rlp.scalar(output.kind);
        fields[1] = Rlp.list(data);
        return Rlp.list(fields);
    }

    function domain(address framework) internal pure returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE, keccak256("OMG Network"), keccak256("2"), framework, SALT));
    }

    function digest(address framework, Payment memory payment) internal pure returns (bytes32) {
        bytes memory inputs;
        for (uint256 i = 0; i < payment.inputs.length; i++) {
            uint256 spent = payment.inputs[i];
            inputs =
                bytes.concat(inputs, keccak256(abi.encode(INPUT_TYPE, spent / 1e9, (spent % 1e9) / 1e4, spent % 1e4)));
        }
        bytes memory outputs;
        for (uint256 i = 0; i < payment.outputs.length; i++) {
            Output memory output = payment.outputs[i];
            outputs = bytes.concat(
                outputs,
                keccak256(abi.encode(OUTPUT_TYPE, output.kind, bytes20(output.owner), output.token, output.amount))
            );
        }
        bytes32 structHash = keccak256(
            abi.encode(
                TRANSACTION_TYPE, payment.txType, keccak256(inputs), keccak256(outputs), uint256(0), payment.metaData
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain(framework), structHash));
    }

    function position(uint256 blknum, uint256 txindex, uint256 oindex) internal pure returns (uint256) {
        return blknum * 1e9 + txindex * 1e4 + oindex;
    }

    function outputId(bytes memory raw, uint256 utxoPos) internal pure returns (bytes32) {
        uint256 oindex = utxoPos % 1e4;
        if ((utxoPos / 1e9) % 1000 != 0) {
            return keccak256(bytes.concat(raw, abi.encode(oindex, utxoPos)));
        }
        return keccak256(bytes.concat(raw, abi.encode(oindex)));
    }

    function standardExitId(bytes memory raw, uint256 utxoPos) internal pure returns (uint168) {
        return uint168(uint256(outputId(raw, utxoPos)) >> 89);
    }

    function inFlightExitId(bytes memory raw) internal pure returns (uint168) {
        return uint168((uint256(keccak256(raw)) >> 89) | (uint256(1) << 167));
    }

    function priority(uint256 exitableAt, uint256 utxoPos, uint168 exitId) internal pure returns (uint256) {
        return (exitableAt << 224) | ((utxoPos / 1e4) << 168) | exitId;
    }
}

/// The tree of a block: 16 levels, only the leaves that exist are computed.
library Tree {
    uint256 internal constant DEPTH = 16;

    function leaf(bytes memory raw) internal pure returns (bytes32) {
        return keccak256(bytes.concat(hex"00", raw));
    }

    function node(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"01", left, right));
    }

    function zero(uint256 level) internal pure returns (bytes32 hash) {
        hash = keccak256(abi.encodePacked(hex"00", bytes32(0)));
        for (uint256 i = 0; i < level; i++) {
            hash = node(hash, hash);
        }
    }

    function root(bytes[] memory raws) internal pure returns (bytes32 hash) {
        (hash,) = climb(raws, 0, DEPTH);
    }

    function proof(bytes[] memory raws, uint256 index) internal pure returns (bytes memory siblings) {
        (, siblings) = climb(raws, index, DEPTH);
    }

    /// The root of a tree of any depth, and the siblings of one leaf.
    function climb(bytes[] memory raws, uint256 index, uint256 depth)
        internal
        pure
        returns (bytes32 top, bytes memory siblings)
    {
        bytes32[] memory level = new bytes32[](raws.length);
        for (uint256 i = 0; i < raws.length; i++) {
            level[i] = leaf(raws[i]);
        }
        bytes32 missing = zero(0);
        for (uint256 i = 0; i < depth; i++) {
            uint256 beside = index ^ 1;
            siblings = bytes.concat(siblings, beside < level.length ? level[beside] : missing);
            level = _above(level, missing);
            missing = node(missing, missing);
            index >>= 1;
        }
        top = level.length == 0 ? missing : level[0];
    }

    function _above(bytes32[] memory level, bytes32 missing) private pure returns (bytes32[] memory above) {
        above = new bytes32[]((level.length + 1) / 2);
        for (uint256 i = 0; i < above.length; i++) {
            bytes32 right = 2 * i + 1 < level.length ? level[2 * i + 1] : missing;
            above[i] = node(level[2 * i], right);
        }
    }
}
