// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Ids} from "../transactions/Ids.sol";
import {Positions} from "../transactions/Positions.sol";
import {Transactions} from "../transactions/Transactions.sol";
import {Bonds} from "./Bonds.sol";
import {ExitRules} from "./ExitRules.sol";
import {InFlightExits} from "./InFlightExits.sol";

/// Piggybacks, canonicity and blocking.
abstract contract InFlightChallenges is InFlightExits {
    using Bonds for Bonds.History;

    struct PiggybackInFlightExitOnInputArgs {
        bytes inFlightTx;
        uint16 inputIndex;
    }

    struct PiggybackInFlightExitOnOutputArgs {
        bytes inFlightTx;
        uint16 outputIndex;
    }

    struct ChallengeCanonicityArgs {
        bytes inputTx;
        uint256 inputUtxoPos;
        bytes inFlightTx;
        uint16 inFlightTxInputIndex;
        bytes competingTx;
        uint16 competingTxInputIndex;
        uint256 competingTxPos;
        bytes competingTxInclusionProof;
        bytes competingTxWitness;
    }

    struct ChallengeInputSpentArgs {
        bytes inFlightTx;
        uint16 inFlightTxInputIndex;
        bytes challengingTx;
        uint16 challengingTxInputIndex;
        bytes challengingTxWitness;
        bytes inputTx;
        uint256 inputUtxoPos;
        bytes32 senderData;
    }

    struct ChallengeOutputSpentArgs {
        bytes inFlightTx;
        bytes inFlightTxInclusionProof;
        uint256 outputUtxoPos;
        bytes challengingTx;
        uint16 challengingTxInputIndex;
        bytes challengingTxWitness;
        bytes32 senderData;
    }

    event InFlightExitInputPiggybacked(address indexed exitTarget, bytes32 indexed txHash, uint16 inputIndex);
    event InFlightExitOutputPiggybacked(address indexed exitTarget, bytes32 indexed txHash, uint16 outputIndex);
    event InFlightExitChallenged(
        address indexed challenger,
        bytes32 indexed txHash,
        uint256 challengeTxPosition,
        uint16 inFlightTxInputIndex,
        bytes challengeTx,
        uint16 challengeTxInputIndex,
        bytes challengeTxWitness
    );
    event InFlightExitChallengeResponded(
        address indexed challenger, bytes32 indexed txHash, uint256 challengeTxPosition
    );
    event InFlightExitInputBlocked(address indexed challenger, bytes32 indexed txHash, uint16 inputIndex);
    event InFlightExitOutputBlocked(address indexed challenger, bytes32 indexed txHash, uint16 outputIndex);

    error NoSuchSlot();
    error NotTheSlotOwner();
    error SlotIsPiggybacked();
    error SlotIsNotPiggybacked();
    error SameTransaction();
    error OtherInput();
    error NotOlder();
    error SideIsFixed();
    error NotATransactionPosition();

    // ------------------------------------------------------------ piggyback

    function piggybackInFlightExitOnInput(PiggybackInFlightExitOnInputArgs calldata args) external payable guarded {
        (uint168 exitId, Flight storage f, uint16 version) = _piggyback(args.inFlightTx);
        require(args.inputIndex < MOST && f.slots[args.inputIndex].owner != address(0), NoSuchSlot());
        _join(exitId, f, args.inputIndex, version);
        emit InFlightExitInputPiggybacked(msg.sender, keccak256(args.inFlightTx), args.inputIndex);
    }

    function piggybackInFlightExitOnOutput(PiggybackInFlightExitOnOutputArgs calldata args)
        external
        payable
        guarded
    {
        (uint168 exitId, Flight storage f, uint16 version) = _piggyback(args.inFlightTx);
        _storeOutput(exitId, f, args.inFlightTx, args.outputIndex);
        _join(exitId, f, MOST + args.outputIndex, version);
        emit InFlightExitOutputPiggybacked(msg.sender, keccak256(args.inFlightTx), args.outputIndex);
    }

    function _piggyback(bytes calldata raw)
        private
        view
        returns (uint168 exitId, Flight storage f, uint16 version)
    {
        version = _piggybackBond.version();
        require(msg.value == _piggybackBond.sizes[version].bond, WrongBond());
        exitId = Ids.inFlightExit(raw);
        f = _live(exitId);
        require(_inPhaseOne(f), NotInPhaseOne());
    }

    function _storeOutput(uint168 exitId, Flight storage f, bytes calldata raw, uint256 index) private {
        if (index < MOST && f.slots[MOST + index].owner != address(0)) {
            return;
        }
        (Transactions.Output memory output, bytes32 outputId) = ExitRules.outputOf(raw, index);
        _storeSlot(exitId, f, MOST + index, output, outputId);
        f.stored |= uint16(1 << (MOST + index));
    }

    function _join(uint168 exitId, Flight storage f, uint256 index, uint16 version) private {
        PackedSlot storage slot = f.slots[index];
        require(slot.owner == msg.sender, NotTheSlotOwner());
        uint16 bit = uint16(1 << index);
        require(f.map & bit == 0, SlotIsPiggybacked());
        address token = _tokenOf(f, index);
        if (_dueAt(exitId, f, token) == 0) {
            _queueOnce(exitId, f, token);
        }
        if (!_isWide(f, index)) {
            if (f.map & ~f.wide == 0) {
                f.piggybackVersion = version;
            } else if (f.piggybackVersion != version) {
                f.wide |= bit;
            }
        }
        if (_isWide(f, index)) {
            slot.bondVersion = version;
        }
        f.map |= bit;
    }

    /// An entry of equal priority that an earlier life left behind is shared. It
    /// still waits: it is due as late as one that is made now, and the last life
    /// that was queued is the one that is due last.
    function _queueOnce(uint168 exitId, Flight storage f, address token) private {
        uint32 dueAt = _exitableAt(f.time, false);
        uint32 last;
        if (token == address(0)) {
            last = f.etherDueAt;
            f.etherDueAt = dueAt;
            f.etherQueued = true;
        } else {
            last = _lives[exitId][token].dueAt;
            _lives[exitId][token] = Life(f.start, dueAt);
        }
        if (last != dueAt) {
            _enqueue(token, dueAt, Positions.unpack(f.place), exitId);
        }
    }

    // ------------------------------------------------------------ canonicity

    function challengeInFlightExitNotCanonical(ChallengeCanonicityArgs calldata args) external guarded {
        Flight storage f = _live(Ids.inFlightExit(args.inFlightTx));
        require(_inPhaseOne(f), NotInPhaseOne());
        require(f.side == Side.None, SideIsFixed());
        bytes32 txHash = keccak256(args.inFlightTx);
        require(keccak256(args.competingTx) != txHash, SameTransaction());
        _requireSpent(
            _requireSameInput(f, args.inFlightTxInputIndex, args.inputTx, args.inputUtxoPos),
            args.inputTx,
            args.inputUtxoPos,
            args.competingTx,
            args.competingTxInputIndex,
            args.competingTxWitness
        );
        uint64 place = NOWHERE;
        if (args.competingTxPos != 0) {
            place = _placeOf(args.competingTx, args.competingTxPos, args.competingTxInclusionProof) + 1;
        }
        require(f.competitor == 0 || place < f.competitor, NotOlder());
        f.competitor = place;
        f.canonical = false;
        f.bondOwner = msg.sender;
        emit InFlightExitChallenged(
            msg.sender,
            txHash,
            _competitorOf(f),
            args.inFlightTxInputIndex,
            args.competingTx,
            args.competingTxInputIndex,
            args.competingTxWitness
        );
    }

    function respondToNonCanonicalChallenge(bytes calldata inFlightTx, uint256 inFlightTxPos, bytes calldata proof)
        external
        guarded
    {
        Flight storage f = _live(Ids.inFlightExit(inFlightTx));
        require(f.side == Side.None, SideIsFixed());
        require(f.competitor != 0, NotOlder());
        uint64 place = _placeOf(inFlightTx, inFlightTxPos, proof) + 1;
        require(place < f.competitor, NotOlder());
        f.competitor = place;
        f.canonical = true;
        f.bondOwner = msg.sender;
        emit InFlightExitChallengeResponded(msg.sender, keccak256(inFlightTx), inFlightTxPos);
    }

    function _placeOf(bytes calldata raw, uint256 position, bytes calldata proof) private view returns (uint64) {
        require(position != 0 && Positions.outputIndexOf(position) == 0, NotATransactionPosition());
        _requireIncluded(raw, position, proof);
        return Positions.pack(position);
    }

    // ------------------------------------------------------------ blocking

    function challengeInFlightExitInputSpent(ChallengeInputSpentArgs calldata args)
        external
        guarded
        fromSender(args.senderData)
    {
        Flight storage f = _live(Ids.inFlightExit(args.inFlightTx));
        bytes32 txHash = keccak256(args.inFlightTx);
        require(keccak256(args.challengingTx) != txHash, SameTransaction());
        _requirePiggybacked(f, args.inFlightTxInputIndex, 0);
        _requireSpent(
            _requireSameInput(f, args.inFlightTxInputIndex, args.inputTx, args.inputUtxoPos),
            args.inputTx,
            args.inputUtxoPos,
            args.challengingTx,
            args.challengingTxInputIndex,
            args.challengingTxWitness
        );
        _block(f, args.inFlightTxInputIndex);
        emit InFlightExitInputBlocked(msg.sender, txHash, args.inFlightTxInputIndex);
    }

    function challengeInFlightExitOutputSpent(ChallengeOutputSpentArgs calldata args)
        external
        guarded
        fromSender(args.senderData)
    {
        Flight storage f = _live(Ids.inFlightExit(args.inFlightTx));
        uint16 index = uint16(Positions.outputIndexOf(args.outputUtxoPos));
        _requirePiggybacked(f, index, MOST);
        _requireIncluded(args.inFlightTx, args.outputUtxoPos, args.inFlightTxInclusionProof);
        _requireSpent(
            Transactions.PAYMENT_OUTPUT,
            args.inFlightTx,
            args.outputUtxoPos,
            args.challengingTx,
            args.challengingTxInputIndex,
            args.challengingTxWitness
        );
        _block(f, MOST + index);
        emit InFlightExitOutputBlocked(msg.sender, keccak256(args.inFlightTx), index);
    }

    function _block(Flight storage f, uint256 index) private {
        f.map &= ~uint16(1 << index);
        uint256 bond = _piggybackBond.sizes[_versionOf(f, index)].bond;
        if (!_payBond(msg.sender, bond)) {
            emit InFlightBondReturnFailed(msg.sender, bond);
        }
    }

    function _requirePiggybacked(Flight storage f, uint256 index, uint256 base) private view {
        require(index < MOST && f.map & (1 << (base + index)) != 0, SlotIsNotPiggybacked());
    }

    // ------------------------------------------------------------ helpers

    function _live(uint168 exitId) private view returns (Flight storage f) {
        f = _flights[exitId];
        require(f.start != 0, NoExit());
    }

    /// The output at that position is the one behind an input slot; its type.
    function _requireSameInput(
        Flight storage f,
        uint256 index,
        bytes calldata inputTx,
        uint256 position
    ) private view returns (uint256 outputType) {
        require(index < MOST && f.slots[index].owner != address(0), NoSuchSlot());
        bytes32 outputId;
        (outputId, outputType) = ExitRules.sourceOf(inputTx, position);
        require(outputId == f.slots[index].outputId, OtherInput());
    }
}
