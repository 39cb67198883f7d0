// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Transactions} from "../transactions/Transactions.sol";
import {SignedSpend} from "./SignedSpend.sol";

contract PaymentOutputToPaymentTxCondition is SignedSpend {
    uint256 public immutable inputTxType;
    uint256 public immutable spendingTxType;

    constructor(address framework, uint256 inputTxType_, uint256 spendingTxType_) SignedSpend(framework) {
        inputTxType = inputTxType_;
        spendingTxType = spendingTxType_;
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
        require(source.txType == inputTxType && spender.txType == spendingTxType, WrongTypes());
        _check(source, utxoPos, spender, inputIndex, witness);
        return true;
    }
}
