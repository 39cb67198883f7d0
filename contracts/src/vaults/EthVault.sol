// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IPlasmaFramework} from "../framework/IPlasmaFramework.sol";
import {Merkle} from "../transactions/Merkle.sol";
import {SafeEth} from "./SafeEth.sol";
import {Vault} from "./Vault.sol";

interface IEthDepositVerifier {
    function verify(bytes calldata depositTx, uint256 amount, address sender) external view;
}

contract EthVault is Vault {
    uint256 public immutable safeGasStipend;

    mapping(address owner => uint256) public creditOf;

    event EthWithdrawn(address indexed receiver, uint256 amount);
    event WithdrawFailed(address indexed receiver, uint256 amount);

    constructor(IPlasmaFramework framework, uint256 stipend) Vault(framework) {
        safeGasStipend = stipend;
    }

    function deposit(bytes calldata depositTx) external payable nonReentrant {
        IEthDepositVerifier(getEffectiveDepositVerifier()).verify(depositTx, msg.value, msg.sender);
        _checkMinimum(address(0), msg.value);
        uint256 blknum = _framework.submitDepositBlock(Merkle.rootOf(depositTx));
        emit DepositCreated(msg.sender, blknum, address(0), msg.value);
    }

    function withdraw(address payable receiver, uint256 amount) external onlyUsableExitGame nonReentrant {
        amount = _backed(receiver, address(0), amount, address(this).balance);
        if (amount == 0) {
            return;
        }
        if (SafeEth.send(receiver, amount, safeGasStipend)) {
            emit EthWithdrawn(receiver, amount);
        } else {
            emit WithdrawFailed(receiver, amount);
            creditOf[receiver] += amount;
            totalCredits[address(0)] += amount;
            emit CreditAdded(receiver, address(0), amount);
        }
    }

    function claimCredit(address to) external nonReentrant {
        uint256 amount = creditOf[msg.sender];
        require(amount != 0, NoCredit());
        creditOf[msg.sender] = 0;
        totalCredits[address(0)] -= amount;
        require(SafeEth.sendWithAllGas(to, amount), TransferFailed());
        emit CreditClaimed(msg.sender, address(0), to, amount);
    }
}
