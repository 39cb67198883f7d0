// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Transactions} from "../transactions/Transactions.sol";
import {DepositForm} from "./DepositForm.sol";

contract Erc20DepositVerifier is DepositForm {
    error NotApproved();

    constructor(uint256 txType, uint256 outputType) DepositForm(txType, outputType) {}

    function verify(bytes calldata depositTx, address sender, address vault)
        external
        view
        returns (address owner, address token, uint256 amount)
    {
        Transactions.Output memory output = _depositOutput(depositTx, sender);
        require(output.token != address(0), WrongToken());
        require(IERC20(output.token).allowance(sender, vault) >= output.amount, NotApproved());
        return (output.owner, output.token, output.amount);
    }
}
