// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Ids} from "../transactions/Ids.sol";
import {Positions} from "../transactions/Positions.sol";
import {Transactions} from "../transactions/Transactions.sol";
import {Bonds} from "./Bonds.sol";
import {ExitGameBase} from "./ExitGameBase.sol";
import {ExitRules} from "./ExitRules.sol";

/// State of in-flight exits, their start, view and deletion.
abstract contract InFlightExits is ExitGameBase {
    using Bonds for Bonds.History;

    uint256 internal constant MOST = Transactions.MOST;
    uint64 internal constant NOWHERE = type(uint64).max;

    struct StartInFlightExitArgs {
        bytes inFlightTx;
        bytes[] inputTxs;
        uint256[] inputUtxosPos;
        bytes[] inputTxsInclusionProofs;
        bytes[] inFlightTxWitnesses;
    }

    struct Slot {
        bytes32 outputId;
        address exitTarget;
        address token;
        uint256 amount;
        uint256 piggybackBondSize;
        uint256 bountySize;
    }

    struct InFlightExit {
        bool isCanonical;
        uint64 exitStartTimestamp;
        uint256 exitMap;
        uint256 position;
        Slot[5] inputs;
        Slot[5] outputs;
        address bondOwner;
        uint256 bondSize;
        uint256 oldestCompetitorPosition;
    }

    enum Side {
        None,
        Inputs,
        Outputs
    }

    /// The last word is used by wide slots only.
    struct PackedSlot {
        address owner;
        uint96 amount;
        bytes32 outputId;
        address token;
        uint16 bondVersion;
    }

    /// `start` zero means that no exit is alive; `paid` outlives the exit. The
    /// competitor is a place plus one, or NOWHERE when it is not included. The bits
    /// of `stored` name the slots that are not empty: no other one is ever read.
    /// Those of `wide` name the slots of tokens, and of ETH those that paid another
    /// size of bond than `piggybackVersion`. `time` is that of the youngest input.
    /// The entry for ETH is due at `etherDueAt`, and is of this life if
    /// `etherQueued`; else it is what an earlier life left behind.
    struct Flight {
        address bondOwner;
        uint32 start;
        uint16 map;
        uint16 stored;
        bool canonical;
        Side side;
        Side paid;
        uint64 place;
        uint64 competitor;
        uint16 bondVersion;
        uint32 time;
        uint32 etherDueAt;
        bool etherQueued;
        uint16 piggybackVersion;
        uint16 wide;
        PackedSlot[10] slots;
    }

    /// Of one token, not ETH: the life that was last queued, and when it is due.
    struct Life {
        uint32 start;
        uint32 dueAt;
    }

    Bonds.History internal _startBond;
    Bonds.History internal _piggybackBond;
    mapping(uint168 exitId => Flight) internal _flights;
    mapping(uint168 exitId => mapping(address token => Life)) internal _lives;

    event InFlightExitStarted(
        address indexed initiator,
        bytes32 indexed txHash,
        bytes inFlightTx,
        uint256[] inputUtxosPos,
        bytes[] inFlightTxWitnesses,
        bytes[] inputTxs
    );
    event InFlightExitDeleted(uint168 indexed exitId);
    event InFlightBondReturnFailed(address indexed receiver, uint256 amount);

    error ExitIsAlive();
    error NoExit();
    error BadTransition();
    error NotInPhaseOne();
    error StillInPhaseOne();
    error IsPiggybacked();

    function getInFlightExitId(bytes calldata raw) external pure returns (uint168) {
        return Ids.inFlightExit(raw);
    }

    function inFlightExitDueAt(uint168 exitId, address token) external view returns (uint32) {
        return _dueAt(exitId, _flights[exitId], token);
    }

    /// When the entry of this life for the token is due, or 0.
    function _dueAt(uint168 exitId, Flight storage f, address token) internal view returns (uint32) {
        if (token == address(0)) {
            return f.etherQueued ? f.etherDueAt : 0;
        }
        Life storage life = _lives[exitId][token];
        uint32 start = f.start;
        return start != 0 && life.start == start ? life.dueAt : 0;
    }

    /// No life is queued for a time before that of the life before it.
    function _isInFlightExitQueued(uint168 exitId, uint32 exitableAt, address token) internal view returns (bool) {
        uint32 last = token == address(0) ? _flights[exitId].etherDueAt : _lives[exitId][token].dueAt;
        return exitableAt <= last;
    }

    function inFlightExits(uint168[] calldata ids) external view returns (InFlightExit[] memory records) {
        records = new InFlightExit[](ids.length);
        for (uint256 i = 0; i < ids.length; i++) {
            if (_flights[ids[i]].start != 0) {
                _read(ids[i], records[i]);
            }
        }
    }

    function _read(uint168 exitId, InFlightExit memory r) private view {
        Flight storage f = _flights[exitId];
        r.isCanonical = f.canonical;
        r.exitStartTimestamp = f.start;
        r.exitMap = f.map;
        r.position = Positions.unpack(f.place);
        r.bondOwner = f.bondOwner;
        r.bondSize = _startBond.sizes[f.bondVersion].bond;
        r.oldestCompetitorPosition = _competitorOf(f);
        for (uint256 i = 0; i < 2 * MOST; i++) {
            Slot memory slot = _readSlot(exitId, f, i);
            if (i < MOST) {
                r.inputs[i] = slot;
            } else {
                r.outputs[i - MOST] = slot;
            }
        }
    }

    function _readSlot(uint168 exitId, Flight storage f, uint256 index) private view returns (Slot memory slot) {
        PackedSlot storage p = f.slots[index];
        if (p.owner == address(0)) {
            return slot;
        }
        slot.outputId = p.outputId;
        slot.exitTarget = p.owner;
        slot.token = _tokenOf(f, index);
        slot.amount = _amountOf(_amountKey(exitId, index), p.amount);
        if (f.map & (1 << index) != 0) {
            Bonds.Size memory size = _piggybackBond.sizes[_versionOf(f, index)];
            slot.piggybackBondSize = size.bond;
            slot.bountySize = size.bounty;
        }
    }

    function _isWide(Flight storage f, uint256 index) internal view returns (bool) {
        return f.wide & (1 << index) != 0;
    }

    function _tokenOf(Flight storage f, uint256 index) internal view returns (address) {
        return _isWide(f, index) ? f.slots[index].token : address(0);
    }

    /// Which size of bond a piggybacked slot paid.
    function _versionOf(Flight storage f, uint256 index) internal view returns (uint16) {
        return _isWide(f, index) ? f.slots[index].bondVersion : f.piggybackVersion;
    }

    function _competitorOf(Flight storage f) internal view returns (uint256) {
        uint64 c = f.competitor;
        if (c == 0) {
            return 0;
        }
        return c == NOWHERE ? type(uint256).max : Positions.unpack(c - 1);
    }

    function _amountKey(uint168 exitId, uint256 index) internal pure returns (bytes32) {
        return bytes32((uint256(exitId) << 8) | index | (1 << 255));
    }

    // ------------------------------------------------------------ start

    function startInFlightExit(StartInFlightExitArgs calldata args) external payable guarded {
        uint16 version = _startBond.version();
        require(msg.value == _startBond.sizes[version].bond, WrongBond());
        uint168 exitId = Ids.inFlightExit(args.inFlightTx);
        Flight storage f = _flights[exitId];
        require(f.start == 0, ExitIsAlive());
        (uint256 youngest, uint256 time) = _storeInputs(exitId, f, args);
        f.place = Positions.pack(youngest);
        f.time = uint32(time);
        f.bondVersion = version;
        f.bondOwner = msg.sender;
        f.stored = uint16((1 << args.inputTxs.length) - 1);
        f.start = uint32(block.timestamp);
        f.canonical = true;
        emit InFlightExitStarted(
            msg.sender,
            keccak256(args.inFlightTx),
            args.inFlightTx,
            args.inputUtxosPos,
            args.inFlightTxWitnesses,
            args.inputTxs
        );
    }

    /// Checks and stores all inputs; where the youngest stands, and its time.
    function _storeInputs(uint168 exitId, Flight storage f, StartInFlightExitArgs calldata args)
        private
        returns (uint256 youngest, uint256 youngestTime)
    {
        uint256 count = args.inputTxs.length;
        require(
            count == args.inputUtxosPos.length && count == args.inputTxsInclusionProofs.length
                && count == args.inFlightTxWitnesses.length,
            ExitRules.WrongCounts()
        );
        uint16[] memory indexes;
        bytes32[] memory ids;
        (indexes, youngest, ids) = ExitRules.inFlight(args.inFlightTx, args.inputUtxosPos, _txType);
        for (uint256 i = 0; i < count; i++) {
            uint256 time;
            (time, ids[i]) = _storeInput(exitId, f, i, args);
            youngestTime = args.inputUtxosPos[i] == youngest ? time : youngestTime;
        }
        _framework.expectOutputs(ids);
        require(_transition.isCorrectStateTransition(args.inFlightTx, args.inputTxs, indexes), BadTransition());
    }

    function _storeInput(uint168 exitId, Flight storage f, uint256 i, StartInFlightExitArgs calldata args)
        private
        returns (uint256 time, bytes32 outputId)
    {
        bytes32 root;
        Transactions.Output memory output;
        (root, time) = _blockOf(args.inputUtxosPos[i]);
        (output, outputId) = ExitRules.spentOutput(
            args.inputTxs[i], args.inputUtxosPos[i], root, args.inputTxsInclusionProofs[i], _txType
        );
        _storeSlot(exitId, f, i, output, outputId);
        _requireSpent(
            output.outputType,
            args.inputTxs[i],
            args.inputUtxosPos[i],
            args.inFlightTx,
            uint16(i),
            args.inFlightTxWitnesses[i]
        );
    }

    function _storeSlot(
        uint168 exitId,
        Flight storage f,
        uint256 index,
        Transactions.Output memory output,
        bytes32 outputId
    ) internal {
        PackedSlot storage slot = f.slots[index];
        slot.owner = output.owner;
        slot.amount = _packAmount(_amountKey(exitId, index), output.amount);
        slot.outputId = outputId;
        if (output.token != address(0)) {
            slot.token = output.token;
            f.wide |= uint16(1 << index);
        }
    }

    // ------------------------------------------------------------ end

    function deleteNonPiggybackedInFlightExit(uint168 exitId) external guarded {
        Flight storage f = _flights[exitId];
        require(f.start != 0, NoExit());
        require(!_inPhaseOne(f), StillInPhaseOne());
        require(f.map == 0, IsPiggybacked());
        (address owner, uint256 bond) = _end(exitId, f);
        if (!_payBond(owner, bond)) {
            emit InFlightBondReturnFailed(owner, bond);
        }
        emit InFlightExitDeleted(exitId);
    }

    function _inPhaseOne(Flight storage f) internal view returns (bool) {
        return (block.timestamp - f.start) / (_period / 2) < 1;
    }

    /// Everything that a start does not write is forgotten, except which side was
    /// paid, and an entry for ETH that may still wait: a later life that is due at
    /// the same time shares it. No bit of the map is set any more.
    function _end(uint168 exitId, Flight storage f) internal returns (address owner, uint128 bond) {
        owner = f.bondOwner;
        bond = _startBond.sizes[f.bondVersion].bond;
        uint256 stored = f.stored;
        for (uint256 i = 0; stored >> i != 0; i++) {
            if (stored & (1 << i) != 0) {
                _forgetSlot(exitId, f, i);
            }
        }
        f.stored = 0;
        f.bondOwner = address(0);
        f.start = 0;
        f.side = Side.None;
        f.place = 0;
        f.competitor = 0;
        f.bondVersion = 0;
        f.time = 0;
        f.etherQueued = false;
        f.piggybackVersion = 0;
        f.wide = 0;
        if (f.etherDueAt < block.timestamp) {
            f.etherDueAt = 0;
        }
    }

    function _forgetSlot(uint168 exitId, Flight storage f, uint256 index) private {
        PackedSlot storage slot = f.slots[index];
        _forgetAmount(_amountKey(exitId, index), slot.amount);
        slot.owner = address(0);
        slot.amount = 0;
        slot.outputId = 0;
        if (_isWide(f, index)) {
            slot.token = address(0);
            slot.bondVersion = 0;
        }
    }
}
