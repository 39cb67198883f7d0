// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPlasmaFramework} from "../framework/IPlasmaFramework.sol";

/// What both vaults have: deposit verifiers, minimum deposits, credits.
abstract contract Vault is ReentrancyGuardTransient {
    uint256 private constant NEVER = 1 << 255;

    IPlasmaFramework internal immutable _framework;
    uint256 private immutable _wait;

    address[2] public depositVerifiers;
    uint256 public newDepositVerifierMaturityTimestamp = NEVER;
    mapping(address token => uint256) public minimumDeposit;
    mapping(address token => uint256) public totalCredits;

    event SetDepositVerifierCalled(address nextDepositVerifier);
    event DepositCreated(address indexed depositor, uint256 indexed blknum, address indexed token, uint256 amount);
    event CreditAdded(address indexed owner, address indexed token, uint256 amount);
    event CreditClaimed(address indexed owner, address indexed token, address to, uint256 amount);
    event MinimumDepositUpdated(address indexed token, uint256 amount);
    event Shortfall(address indexed owner, address indexed token, uint256 amount);

    error NotTheMaintainer();
    error NotAUsableExitGame();
    error NoCode();
    error TokenNotAdmitted();
    error DepositTooSmall();
    error NoCredit();
    error TransferFailed();
    error NotEnoughGas();

    modifier onlyMaintainer() {
        require(msg.sender == _framework.getMaintainer(), NotTheMaintainer());
        _;
    }

    modifier onlyUsableExitGame() {
        require(_framework.isExitGameSafeToUse(msg.sender), NotAUsableExitGame());
        _;
    }

    constructor(IPlasmaFramework framework) {
        require(address(framework).code.length != 0, NoCode());
        _framework = framework;
        _wait = 2 * framework.minExitPeriod();
    }

    function setDepositVerifier(address verifier) external onlyMaintainer {
        require(verifier.code.length != 0, NoCode());
        if (depositVerifiers[0] == address(0)) {
            depositVerifiers[0] = verifier;
        } else {
            depositVerifiers[0] = getEffectiveDepositVerifier();
            depositVerifiers[1] = verifier;
            newDepositVerifierMaturityTimestamp = block.timestamp + _wait;
        }
        emit SetDepositVerifierCalled(verifier);
    }

    function getEffectiveDepositVerifier() public view returns (address) {
        return depositVerifiers[block.timestamp < newDepositVerifierMaturityTimestamp ? 0 : 1];
    }

    /// Zero withdraws the admission of a token.
    function setMinimumDeposit(address token, uint256 amount) external onlyMaintainer {
        minimumDeposit[token] = amount;
        emit MinimumDepositUpdated(token, amount);
    }

    function _checkMinimum(address token, uint256 amount) internal view {
        uint256 least = minimumDeposit[token];
        require(least != 0, TokenNotAdmitted());
        require(amount >= least, DepositTooSmall());
    }

    /// How much of `amount` is not promised to others already.
    function _backed(address owner, address token, uint256 amount, uint256 balance) internal returns (uint256) {
        uint256 promised = totalCredits[token];
        uint256 free = balance > promised ? balance - promised : 0;
        if (amount <= free) {
            return amount;
        }
        emit Shortfall(owner, token, amount - free);
        return free;
    }
}
