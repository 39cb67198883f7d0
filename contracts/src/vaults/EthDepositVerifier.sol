// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Transactions} from "../transactions/Transactions.sol";
import {DepositForm} from "./DepositForm.sol";

contract EthDepositVerifier is DepositForm {
    constructor(uint256 txType, uint256 outputType) DepositForm(txType, outputType) {}

    function verify(bytes calldata depositTx, uint256 amount, address sender) external view {
        Transactions.Output memory output = _depositOutput(depositTx, sender);
        require(output.token == address(0), WrongToken());
        require(output.amount == amount, WrongAmount());
    }
}
