// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Transactions} from "../transactions/Transactions.sol";
import {SignedSpend} from "./SignedSpend.sol";

contract FeeClaimOutputToPaymentTxCondition is SignedSpend {
    uint256 public immutable feeTxType;
    uint256 public immutable feeClaimOutputType;
    uint256 public immutable paymentTxType;

    constructor(address framework, uint256 feeTxType_, uint256 feeOutputType, uint256 paymentTxType_)
        SignedSpend(framework)
    {
        feeTxType = feeTxType_;
        feeClaimOutputType = feeOutputType;
        paymentTxType = paymentTxType_;
    }

    function verify(
        bytes calldata inputTx,
        uint256 utxoPos,
        bytes calldata spendingTx,
        uint16 inputIndex,
        bytes calldata witness
    ) external view returns (bool) {
        Transactions.Transaction memory source = Transactions.decode(inputTx);
        Transactions.Transaction memory spender = Transactions.decode(spendingTx);
        require(source.txType == feeTxType && spender.txType == paymentTxType, WrongTypes());
        require(
            source.outputs.length == 1 && source.outputs[0].outputType == feeClaimOutputType, WrongTypes()
        );
        _check(source, utxoPos, spender, inputIndex, witness);
        return true;
    }
}
