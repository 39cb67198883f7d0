// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Ids} from "../transactions/Ids.sol";
import {Merkle} from "../transactions/Merkle.sol";
import {Positions} from "../transactions/Positions.sol";
import {Transactions} from "../transactions/Transactions.sol";

/// What a transaction must look like to take part in an exit. The library is
/// linked, not inlined: the exit game alone would be too large to deploy.
library ExitRules {
    error WrongTxType();
    error NoSuchOutput();
    error NotExitable();
    error BadInput();
    error BadOutput();
    error WrongCounts();
    error OtherPosition();
    error DuplicateInput();
    error NotIncluded();

    function requireIncluded(bytes calldata raw, uint256 position, bytes32 root, bytes calldata proof)
        public
        pure
    {
        require(Merkle.isMember(raw, Positions.txIndexOf(position), root, proof), NotIncluded());
    }

    /// The output that a standard exit takes: a payment of something, with
    /// inputs if and only if the block is the operator's.
    function exitingOutput(
        bytes calldata raw,
        uint256 position,
        bytes32 root,
        bytes calldata proof,
        uint256 txType
    ) external pure returns (Transactions.Output memory output, bytes32 outputId) {
        requireIncluded(raw, position, root, proof);
        outputId = _outputId(raw, position);
        Transactions.Transaction memory t = Transactions.decode(raw);
        require(t.txType == txType, WrongTxType());
        output = _output(t, Positions.outputIndexOf(position));
        _requirePayment(t, output, position);
        require(output.amount != 0, NotExitable());
    }

    /// The output that an in-flight transaction spends: of a payment, or the one
    /// output of a fee transaction.
    function spentOutput(
        bytes calldata raw,
        uint256 position,
        bytes32 root,
        bytes calldata proof,
        uint256 txType
    ) external pure returns (Transactions.Output memory output, bytes32 outputId) {
        requireIncluded(raw, position, root, proof);
        outputId = _outputId(raw, position);
        Transactions.Transaction memory t = Transactions.decode(raw);
        output = _output(t, Positions.outputIndexOf(position));
        if (t.txType == Transactions.FEE) {
            require(
                t.inputs.length == 0 && t.outputs.length == 1 && output.outputType == Transactions.FEE_OUTPUT
                    && !Positions.isDeposit(position),
                BadInput()
            );
        } else {
            require(t.txType == txType, WrongTxType());
            _requirePayment(t, output, position);
        }
    }

    /// The form of an in-flight transaction; where its inputs stand in theirs, and
    /// room for the ids of its inputs with those of its outputs behind.
    function inFlight(bytes calldata raw, uint256[] calldata positions, uint256 txType)
        external
        pure
        returns (uint16[] memory outputIndexes, uint256 youngest, bytes32[] memory ids)
    {
        Transactions.Transaction memory t = Transactions.decode(raw);
        require(t.txType == txType, WrongTxType());
        uint256 count = t.inputs.length;
        require(count != 0 && count == positions.length, WrongCounts());
        outputIndexes = new uint16[](count);
        ids = new bytes32[](count + t.outputs.length);
        for (uint256 i = 0; i < count; i++) {
            uint256 position = t.inputs[i];
            require(position == positions[i], OtherPosition());
            for (uint256 k = 0; k < i; k++) {
                require(position != t.inputs[k], DuplicateInput());
            }
            Positions.check(position);
            outputIndexes[i] = uint16(Positions.outputIndexOf(position));
            youngest = position > youngest ? position : youngest;
        }
        for (uint256 i = 0; i < t.outputs.length; i++) {
            bool good = t.outputs[i].outputType == Transactions.PAYMENT_OUTPUT && t.outputs[i].amount != 0;
            require(good, BadOutput());
            ids[count + i] = Ids.output(raw, i);
        }
    }

    function outputOf(bytes calldata raw, uint256 index)
        external
        pure
        returns (Transactions.Output memory, bytes32 outputId)
    {
        return (_output(Transactions.decode(raw), index), Ids.output(raw, index));
    }

    /// What a spend of the output at that position is judged by.
    function sourceOf(bytes calldata raw, uint256 position)
        external
        pure
        returns (bytes32 outputId, uint256 outputType)
    {
        Positions.check(position);
        bool isFee = Transactions.typeOf(raw) == Transactions.FEE;
        return (_outputId(raw, position), isFee ? Transactions.FEE_OUTPUT : Transactions.PAYMENT_OUTPUT);
    }

    function _outputId(bytes calldata raw, uint256 position) private pure returns (bytes32) {
        return Ids.outputAt(raw, position, Positions.isDeposit(position));
    }

    function _output(Transactions.Transaction memory t, uint256 index)
        private
        pure
        returns (Transactions.Output memory)
    {
        require(index < t.outputs.length, NoSuchOutput());
        return t.outputs[index];
    }

    function _requirePayment(
        Transactions.Transaction memory t,
        Transactions.Output memory output,
        uint256 position
    ) private pure {
        bool isDeposit = Positions.isDeposit(position);
        require(output.outputType == Transactions.PAYMENT_OUTPUT, BadInput());
        require((t.inputs.length == 0) == isDeposit, BadInput());
        require(!isDeposit || t.outputs.length == 1, BadInput());
    }
}
