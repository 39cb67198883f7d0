// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Transactions} from "../transactions/Transactions.sol";

/// The form of every deposit: no input, one payment output to the sender.
abstract contract DepositForm {
    uint256 public immutable depositTxType;
    uint256 public immutable supportedOutputType;

    error WrongForm();
    error WrongOwner();
    error WrongToken();
    error WrongAmount();

    constructor(uint256 txType, uint256 outputType) {
        require(txType != 0 && outputType != 0, WrongForm());
        depositTxType = txType;
        supportedOutputType = outputType;
    }

    function _depositOutput(bytes calldata depositTx, address sender)
        internal
        view
        returns (Transactions.Output memory output)
    {
        Transactions.Transaction memory t = Transactions.decode(depositTx);
        require(t.txType == depositTxType && t.inputs.length == 0 && t.outputs.length == 1, WrongForm());
        output = t.outputs[0];
        require(output.outputType == supportedOutputType && output.amount != 0, WrongForm());
        require(output.owner == sender, WrongOwner());
    }
}
