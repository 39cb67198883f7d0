// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// Who decides whether an output of one type may be spent by a transaction of
/// another. It is filled once and then belongs to nobody.
contract SpendingConditionRegistry is Ownable {
    mapping(uint256 outputType => mapping(uint256 spendingTxType => address)) public spendingConditions;

    error BadCondition();

    constructor() Ownable(msg.sender) {}

    function isOwner() external view returns (bool) {
        return msg.sender == owner();
    }

    function registerSpendingCondition(uint256 outputType, uint256 spendingTxType, address condition)
        external
        onlyOwner
    {
        require(outputType != 0 && spendingTxType != 0 && condition.code.length != 0, BadCondition());
        require(spendingConditions[outputType][spendingTxType] == address(0), BadCondition());
        spendingConditions[outputType][spendingTxType] = condition;
    }
}
