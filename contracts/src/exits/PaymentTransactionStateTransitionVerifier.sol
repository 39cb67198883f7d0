// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Transactions} from "../transactions/Transactions.sol";

/// No token leaves a transaction in a larger amount than it entered.
contract PaymentTransactionStateTransitionVerifier {
    error BadInputs();
    error SumTooLarge();

    function isCorrectStateTransition(
        bytes calldata raw,
        bytes[] calldata inputTxs,
        uint16[] calldata outputIndexes
    ) external pure returns (bool) {
        require(inputTxs.length == outputIndexes.length, BadInputs());
        Transactions.Output[] memory inputs = new Transactions.Output[](inputTxs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            Transactions.Output[] memory outputs = Transactions.decode(inputTxs[i]).outputs;
            require(outputIndexes[i] < outputs.length, BadInputs());
            inputs[i] = outputs[outputIndexes[i]];
        }
        Transactions.Output[] memory made = Transactions.decode(raw).outputs;
        for (uint256 i = 0; i < made.length; i++) {
            if (_sum(made, made[i].token) > _sum(inputs, made[i].token)) {
                return false;
            }
        }
        return true;
    }

    function _sum(Transactions.Output[] memory outputs, address token) private pure returns (uint256 sum) {
        for (uint256 i = 0; i < outputs.length; i++) {
            if (outputs[i].token == token) {
                uint256 amount = outputs[i].amount;
                require(amount <= type(uint256).max - sum, SumTooLarge());
                sum += amount;
            }
        }
    }
}
