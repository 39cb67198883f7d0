// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IPlasmaFramework, TxPosition} from "../framework/IPlasmaFramework.sol";
import {Positions} from "../transactions/Positions.sol";
import {SafeEth} from "../vaults/SafeEth.sol";
import {Bonds} from "./Bonds.sol";
import {ExitRules} from "./ExitRules.sol";

interface IEthVault {
    function withdraw(address payable receiver, uint256 amount) external;
}

interface IErc20Vault {
    function withdraw(address receiver, address token, uint256 amount) external;
}

interface ISpendingConditionRegistry {
    function spendingConditions(uint256 outputType, uint256 spendingTxType) external view returns (address);
    function owner() external view returns (address);
}

interface ISpendingCondition {
    function verify(
        bytes calldata inputTx,
        uint256 utxoPos,
        bytes calldata spendingTx,
        uint16 inputIndex,
        bytes calldata witness
    ) external view returns (bool);
}

interface IStateTransitionVerifier {
    function isCorrectStateTransition(bytes calldata raw, bytes[] calldata inputTxs, uint16[] calldata outputIndexes)
        external
        pure
        returns (bool);
}

struct ExitGameArgs {
    IPlasmaFramework framework;
    uint256 ethVaultId;
    uint256 erc20VaultId;
    ISpendingConditionRegistry conditionRegistry;
    IStateTransitionVerifier transitionVerifier;
    uint256 txType;
    uint256 safeGasStipend;
}

/// What standard and in-flight exits share: parameters, bonds, proofs, payment.
abstract contract ExitGameBase {
    using Bonds for Bonds.History;

    IPlasmaFramework internal immutable _framework;
    ISpendingConditionRegistry internal immutable _registry;
    IStateTransitionVerifier internal immutable _transition;
    uint256 internal immutable _ethVaultId;
    uint256 internal immutable _erc20VaultId;
    address private immutable _ethVault;
    address private immutable _erc20Vault;
    uint256 internal immutable _txType;
    uint256 internal immutable _stipend;
    uint256 internal immutable _period;

    mapping(address owner => uint256) public creditOf;
    mapping(bytes32 key => uint256) internal _largeAmounts;

    event CreditAdded(address indexed owner, address indexed token, uint256 amount);
    event CreditClaimed(address indexed owner, address indexed token, address to, uint256 amount);

    error BadParameters();
    error NotTheMaintainer();
    error NotTheFramework();
    error WrongBond();
    error WrongSenderData();
    error NoSuchBlock();
    error NoCondition();
    error WrongWitness();
    error ExitableTooLate();
    error NoCredit();
    error TransferFailed();

    modifier guarded() {
        _lock();
        _;
        _unlock();
    }

    modifier onlyMaintainer() {
        _onlyMaintainer();
        _;
    }

    modifier onlyFramework() {
        require(msg.sender == address(_framework), NotTheFramework());
        _;
    }

    modifier fromSender(bytes32 senderData) {
        _onlySender(senderData);
        _;
    }

    constructor(ExitGameArgs memory args) {
        require(
            address(args.framework).code.length != 0 && address(args.conditionRegistry).code.length != 0
                && address(args.transitionVerifier).code.length != 0,
            BadParameters()
        );
        require(
            args.ethVaultId != 0 && args.erc20VaultId != 0 && args.ethVaultId != args.erc20VaultId
                && args.txType != 0,
            BadParameters()
        );
        require(args.conditionRegistry.owner() == address(0), BadParameters());
        _framework = args.framework;
        _registry = args.conditionRegistry;
        _transition = args.transitionVerifier;
        _ethVaultId = args.ethVaultId;
        _erc20VaultId = args.erc20VaultId;
        _ethVault = args.framework.vaults(args.ethVaultId);
        _erc20Vault = args.framework.vaults(args.erc20VaultId);
        require(_ethVault != address(0) && _erc20Vault != address(0), BadParameters());
        _txType = args.txType;
        _stipend = args.safeGasStipend;
        _period = args.framework.minExitPeriod();
        require(_period != 0, BadParameters());
    }

    function claimCredit(address to) external guarded {
        uint256 amount = creditOf[msg.sender];
        require(amount != 0, NoCredit());
        creditOf[msg.sender] = 0;
        require(SafeEth.sendWithAllGas(to, amount), TransferFailed());
        emit CreditClaimed(msg.sender, address(0), to, amount);
    }

    function _lock() private {
        _framework.activateNonReentrant();
    }

    function _unlock() private {
        _framework.deactivateNonReentrant();
    }

    function _onlyMaintainer() private view {
        require(msg.sender == _framework.getMaintainer(), NotTheMaintainer());
    }

    function _onlySender(bytes32 senderData) private view {
        require(senderData == keccak256(abi.encodePacked(msg.sender)), WrongSenderData());
    }

    // ------------------------------------------------------------ proofs

    function _requireIncluded(bytes calldata raw, uint256 position, bytes calldata proof)
        internal
        view
        returns (uint256 time)
    {
        bytes32 root;
        (root, time) = _blockOf(position);
        ExitRules.requireIncluded(raw, position, root, proof);
    }

    function _blockOf(uint256 position) internal view returns (bytes32 root, uint256 time) {
        Positions.check(position);
        (root, time) = _framework.blocks(Positions.blockOf(position));
        require(root != 0, NoSuchBlock());
    }

    function _requireSpent(
        uint256 outputType,
        bytes calldata source,
        uint256 position,
        bytes calldata spender,
        uint16 index,
        bytes calldata witness
    ) internal view {
        address condition = _registry.spendingConditions(outputType, _txType);
        require(condition != address(0), NoCondition());
        require(ISpendingCondition(condition).verify(source, position, spender, index, witness), WrongWitness());
    }

    // ------------------------------------------------------------ queue

    function _vaultIdOf(address token) internal view returns (uint256) {
        return token == address(0) ? _ethVaultId : _erc20VaultId;
    }

    /// When an exit of an output of a block of that time may be processed.
    function _exitableAt(uint256 blockTime, bool atOnce) internal view returns (uint32) {
        uint256 due = block.timestamp + _period;
        if (!atOnce && blockTime + 2 * _period > due) {
            due = blockTime + 2 * _period;
        }
        require(due <= type(uint32).max, ExitableTooLate());
        return uint32(due);
    }

    function _enqueue(address token, uint32 exitableAt, uint256 position, uint168 exitId) internal {
        TxPosition memory place = TxPosition(
            uint64(Positions.blockOf(position)),
            uint16(Positions.txIndexOf(position)),
            uint16(Positions.outputIndexOf(position))
        );
        _framework.enqueue(_vaultIdOf(token), token, exitableAt, place, exitId, address(this));
    }

    // ------------------------------------------------------------ amounts

    /// The packed form of an amount; one that does not fit is kept elsewhere.
    function _packAmount(bytes32 key, uint256 amount) internal returns (uint96) {
        if (amount < type(uint96).max) {
            return uint96(amount);
        }
        _largeAmounts[key] = amount;
        return type(uint96).max;
    }

    function _amountOf(bytes32 key, uint96 packed) internal view returns (uint256) {
        return packed == type(uint96).max ? _largeAmounts[key] : packed;
    }

    function _forgetAmount(bytes32 key, uint96 packed) internal {
        if (packed == type(uint96).max) {
            delete _largeAmounts[key];
        }
    }

    // ------------------------------------------------------------ payment

    function _payOut(address token, address owner, uint256 amount) internal {
        if (token == address(0)) {
            IEthVault(_ethVault).withdraw(payable(owner), amount);
        } else {
            IErc20Vault(_erc20Vault).withdraw(owner, token, amount);
        }
    }

    /// Pays ETH that the exit game holds, or credits it. False when credited.
    function _payBond(address to, uint256 amount) internal returns (bool done) {
        if (amount == 0) {
            return true;
        }
        done = SafeEth.send(to, amount, _stipend);
        if (!done) {
            creditOf[to] += amount;
            emit CreditAdded(to, address(0), amount);
        }
    }
}
