// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IPlasmaFramework} from "../framework/IPlasmaFramework.sol";
import {Merkle} from "../transactions/Merkle.sol";
import {Vault} from "./Vault.sol";

interface IErc20DepositVerifier {
    function verify(bytes calldata depositTx, address sender, address vault)
        external
        view
        returns (address owner, address token, uint256 amount);
}

contract Erc20Vault is Vault {
    using SafeERC20 for IERC20;

    uint256 private constant TRANSFER_GAS = 300_000;
    uint256 private constant RESERVE = 150_000;
    uint256 private constant BALANCE_GAS = 100_000;
    uint256 private constant MOST_HELD = 1 << 255;

    mapping(address owner => mapping(address token => uint256)) public creditOf;

    event Erc20Withdrawn(address indexed receiver, address indexed token, uint256 amount);

    error WrongAmountReceived();
    error TooMuchHeld();

    constructor(IPlasmaFramework framework) Vault(framework) {}

    function deposit(bytes calldata depositTx) external nonReentrant {
        IErc20DepositVerifier verifier = IErc20DepositVerifier(getEffectiveDepositVerifier());
        (address owner, address token, uint256 amount) = verifier.verify(depositTx, msg.sender, address(this));
        _checkMinimum(token, amount);
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(owner, address(this), amount);
        uint256 held = IERC20(token).balanceOf(address(this));
        require(held >= before && held - before == amount, WrongAmountReceived());
        require(held <= MOST_HELD, TooMuchHeld());
        uint256 blknum = _framework.submitDepositBlock(Merkle.rootOf(depositTx));
        emit DepositCreated(msg.sender, blknum, token, amount);
    }

    function withdraw(address receiver, address token, uint256 amount) external onlyUsableExitGame nonReentrant {
        amount = _backed(receiver, token, amount, _held(token));
        if (amount == 0) {
            return;
        }
        require((gasleft() * 63) / 64 >= TRANSFER_GAS + RESERVE, NotEnoughGas());
        if (_transfer(token, receiver, amount, TRANSFER_GAS)) {
            emit Erc20Withdrawn(receiver, token, amount);
        } else {
            creditOf[receiver][token] += amount;
            totalCredits[token] += amount;
            emit CreditAdded(receiver, token, amount);
        }
    }

    function claimCredit(address token, address to) external nonReentrant {
        uint256 amount = creditOf[msg.sender][token];
        require(amount != 0, NoCredit());
        creditOf[msg.sender][token] = 0;
        totalCredits[token] -= amount;
        require(_transfer(token, to, amount, gasleft()), TransferFailed());
        emit CreditClaimed(msg.sender, token, to, amount);
    }

    /// The balance, or nothing when the token does not tell.
    function _held(address token) private view returns (uint256 held) {
        bytes memory data = abi.encodeCall(IERC20.balanceOf, (address(this)));
        require((gasleft() * 63) / 64 >= BALANCE_GAS, NotEnoughGas());
        assembly ("memory-safe") {
            let done := staticcall(BALANCE_GAS, token, add(data, 32), mload(data), 0, 32)
            if and(done, gt(returndatasize(), 31)) { held := mload(0) }
        }
    }

    /// True when the token has code, did not revert, and returned nothing or true.
    function _transfer(address token, address to, uint256 amount, uint256 gas_) private returns (bool done) {
        bytes memory data = abi.encodeCall(IERC20.transfer, (to, amount));
        assembly ("memory-safe") {
            mstore(0, 0)
            done := call(gas_, token, 0, add(data, 32), mload(data), 0, 32)
            switch returndatasize()
            case 0 { done := and(done, gt(extcodesize(token), 0)) }
            default { done := and(done, and(gt(returndatasize(), 31), eq(mload(0), 1))) }
        }
    }
}
