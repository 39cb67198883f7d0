// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Ids} from "../transactions/Ids.sol";
import {Positions} from "../transactions/Positions.sol";
import {Transactions} from "../transactions/Transactions.sol";
import {Bonds} from "./Bonds.sol";
import {Dues} from "./Dues.sol";
import {ExitGameBase} from "./ExitGameBase.sol";
import {ExitRules} from "./ExitRules.sol";

/// One owner takes one output of a block to the root chain.
abstract contract StandardExits is ExitGameBase {
    using Bonds for Bonds.History;

    struct StartStandardExitArgs {
        uint256 utxoPos;
        bytes rlpOutputTx;
        bytes outputTxInclusionProof;
    }

    struct ChallengeStandardExitArgs {
        uint168 exitId;
        bytes exitingTx;
        bytes challengeTx;
        uint16 inputIndex;
        bytes witness;
        bytes32 senderData;
    }

    struct StandardExit {
        bool exitable;
        uint256 utxoPos;
        bytes32 outputId;
        address exitTarget;
        uint256 amount;
        uint256 bondSize;
        uint256 bountySize;
    }

    /// Two slots. The owner marks a record that exists.
    struct Packed {
        address owner;
        uint96 amount;
        uint96 restOfId;
        uint64 place;
        uint16 bondVersion;
        bool exitable;
    }

    Bonds.History internal _standardBond;
    mapping(uint168 exitId => Packed) private _exits;

    event ExitStarted(address indexed owner, uint168 exitId, uint256 utxoPos, bytes outputTx);
    event ExitChallenged(uint256 indexed utxoPos);
    event ExitOmitted(uint168 indexed exitId);
    event ExitFinalized(uint168 indexed exitId);
    event BondReturnFailed(address indexed receiver, uint256 amount);
    event BountyReturnFailed(address indexed receiver, uint256 amount);

    error NotTheOwner();
    error NotExitable();
    error AlreadyStarted();
    error AlreadyFinalized();
    error WrongExitingTx();

    function getStandardExitId(bool isDeposit, bytes calldata raw, uint256 utxoPos) external pure returns (uint168) {
        return Ids.standardExit(Ids.outputAt(raw, utxoPos, isDeposit));
    }

    function standardExits(uint168[] calldata ids) external view returns (StandardExit[] memory records) {
        records = new StandardExit[](ids.length);
        for (uint256 i = 0; i < ids.length; i++) {
            Packed memory p = _exits[ids[i]];
            if (p.owner == address(0)) {
                continue;
            }
            Bonds.Size memory size = _bondOf(p);
            bytes32 outputId = Ids.outputOf(ids[i], p.restOfId);
            records[i] = StandardExit(
                p.exitable,
                Positions.unpack(p.place),
                outputId,
                p.owner,
                _amountOf(outputId, p.amount),
                size.bond,
                size.bounty
            );
        }
    }

    function startStandardExit(StartStandardExitArgs calldata args) external payable guarded {
        uint16 version = _standardBond.version();
        require(msg.value == _standardBond.sizes[version].bond, WrongBond());
        (bytes32 root, uint256 time) = _blockOf(args.utxoPos);
        (Transactions.Output memory output, bytes32 outputId) = ExitRules.exitingOutput(
            args.rlpOutputTx, args.utxoPos, root, args.outputTxInclusionProof, _txType
        );
        require(output.owner == msg.sender, NotTheOwner());

        uint168 exitId = Ids.standardExit(outputId);
        require(_exits[exitId].owner == address(0), AlreadyStarted());
        require(!_framework.isOutputFinalized(outputId), AlreadyFinalized());
        _exits[exitId] = Packed(
            output.owner,
            _packAmount(outputId, output.amount),
            Ids.rest(outputId),
            Positions.pack(args.utxoPos),
            version,
            true
        );
        _enqueue(output.token, _exitableAt(time, Positions.isDeposit(args.utxoPos)), args.utxoPos, exitId);
        emit ExitStarted(msg.sender, exitId, args.utxoPos, args.rlpOutputTx);
    }

    function challengeStandardExit(ChallengeStandardExitArgs calldata args)
        external
        guarded
        fromSender(args.senderData)
    {
        Packed storage p = _exits[args.exitId];
        require(p.exitable, NotExitable());
        uint256 utxoPos = Positions.unpack(p.place);
        bytes32 outputId = Ids.outputOf(args.exitId, p.restOfId);
        bool isDeposit = Positions.isDeposit(utxoPos);
        require(Ids.outputAt(args.exitingTx, utxoPos, isDeposit) == outputId, WrongExitingTx());
        _requireSpent(
            Transactions.PAYMENT_OUTPUT, args.exitingTx, utxoPos, args.challengeTx, args.inputIndex, args.witness
        );
        p.exitable = false;
        uint256 bond = _bondOf(p).bond;
        if (!_payBond(msg.sender, bond)) {
            emit BondReturnFailed(msg.sender, bond);
        }
        emit ExitChallenged(utxoPos);
    }

    function _processStandardExit(uint168 exitId, address token) internal {
        Packed storage p = _exits[exitId];
        (address owner, uint96 packed, bool exitable) = (p.owner, p.amount, p.exitable);
        bytes32 outputId = Ids.outputOf(exitId, p.restOfId);
        Bonds.Size memory size = _standardBond.sizes[p.bondVersion];
        uint256 amount = _amountOf(outputId, packed);
        delete _exits[exitId];
        _forgetAmount(outputId, packed);
        if (!exitable) {
            emit ExitOmitted(exitId);
            return;
        }
        bool omitted = !_framework.finalizeOutput(outputId, exitId);
        Dues.oweBond(owner, size.bond - size.bounty, 0);
        Dues.oweBounty(size.bounty, 0);
        if (omitted) {
            emit ExitOmitted(exitId);
            return;
        }
        _payOut(token, owner, amount);
        emit ExitFinalized(exitId);
    }

    /// A record and an entry begin and end together.
    function _isStandardExitQueued(uint168 exitId) internal view returns (bool) {
        return _exits[exitId].owner != address(0);
    }

    function _bondOf(Packed memory p) private view returns (Bonds.Size memory) {
        return _standardBond.sizes[p.bondVersion];
    }
}
