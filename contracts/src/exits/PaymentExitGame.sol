// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IExitProcessor} from "../framework/IPlasmaFramework.sol";
import {Ids} from "../transactions/Ids.sol";
import {Bonds} from "./Bonds.sol";
import {Dues} from "./Dues.sol";
import {ExitGameArgs, ExitGameBase} from "./ExitGameBase.sol";
import {InFlightChallenges} from "./InFlightChallenges.sol";
import {StandardExits} from "./StandardExits.sol";

/// Exits of payments: bonds, and the processing of what is due.
contract PaymentExitGame is IExitProcessor, StandardExits, InFlightChallenges {
    using Bonds for Bonds.History;

    uint128 public constant INITIAL_BOND_SIZE = 23_300_000_000_000_000;
    uint128 public constant INITIAL_EXIT_BOUNTY_SIZE = 5_350_000_000_000_000;
    uint128 public constant INITIAL_IFE_BOND_SIZE = 26_900_000_000_000_000;
    uint128 public constant INITIAL_IFE_EXIT_BOUNTY_SIZE = 0;
    uint128 public constant INITIAL_PB_BOND_SIZE = 30_900_000_000_000_000;
    uint128 public constant INITIAL_PB_BOUNTY_SIZE = 25_000_000_000_000_000;
    uint16 public constant BOND_LOWER_BOUND_DIVISOR = Bonds.LOWER_DIVISOR;
    uint16 public constant BOND_UPPER_BOUND_MULTIPLIER = Bonds.UPPER_MULTIPLIER;

    uint256 private constant GAS_OF_ENTRY = 220_000;
    uint256 private constant GAS_OF_SLOT = 160_000;
    uint256 private constant GAS_OF_DUE = 50_000;
    uint256 private constant GAS_OF_TOKEN = 330_000;
    uint256 private constant GAS_OF_LAST_TOKEN = 250_000;

    /// A slot of an in-flight exit, as far as processing concerns it.
    struct Item {
        uint16 index;
        uint16 bondVersion;
        bool isOurs;
        bool isPaid;
        address owner;
        uint256 amount;
        bytes32 outputId;
    }

    event StandardExitBondUpdated(uint128 bondSize, uint128 exitBountySize);
    event IFEBondUpdated(uint128 bondSize);
    event PiggybackBondUpdated(uint128 bondSize, uint128 exitBountySize);
    event InFlightExitOmitted(uint168 indexed exitId, address token);
    event InFlightExitFinalized(uint168 indexed exitId);
    event InFlightExitInputWithdrawn(uint168 indexed exitId, uint16 inputIndex);
    event InFlightExitOutputWithdrawn(uint168 indexed exitId, uint16 outputIndex);
    event InFlightBountyReturnFailed(address indexed receiver, uint256 amount);

    error AlreadyInitialised();

    constructor(ExitGameArgs memory args) ExitGameBase(args) {}

    function init() external onlyMaintainer {
        require(!_standardBond.known, AlreadyInitialised());
        _standardBond.start(INITIAL_BOND_SIZE, INITIAL_EXIT_BOUNTY_SIZE);
        _startBond.start(INITIAL_IFE_BOND_SIZE, INITIAL_IFE_EXIT_BOUNTY_SIZE);
        _piggybackBond.start(INITIAL_PB_BOND_SIZE, INITIAL_PB_BOUNTY_SIZE);
    }

    // ------------------------------------------------------------ bonds

    function startStandardExitBondSize() external view returns (uint128) {
        return _standardBond.current().bond;
    }

    function processStandardExitBountySize() external view returns (uint128) {
        return _standardBond.current().bounty;
    }

    function startIFEBondSize() external view returns (uint128) {
        return _startBond.current().bond;
    }

    function piggybackBondSize() external view returns (uint128) {
        return _piggybackBond.current().bond;
    }

    function processInFlightExitBountySize() external view returns (uint128) {
        return _piggybackBond.current().bounty;
    }

    function updateStartStandardExitBondSize(uint128 bond, uint128 bounty) external onlyMaintainer {
        _standardBond.update(bond, bounty);
        emit StandardExitBondUpdated(bond, bounty);
    }

    function updateStartIFEBondSize(uint128 bond) external onlyMaintainer {
        _startBond.update(bond, 0);
        emit IFEBondUpdated(bond);
    }

    function updatePiggybackBondSize(uint128 bond, uint128 bounty) external onlyMaintainer {
        _piggybackBond.update(bond, bounty);
        emit PiggybackBondUpdated(bond, bounty);
    }

    // ------------------------------------------------------------ processing

    function processExit(uint168 exitId, uint256, address token, address) external onlyFramework {
        if (Ids.isInFlight(exitId)) {
            _processInFlightExit(exitId, token);
        } else {
            _processStandardExit(exitId, token);
        }
    }

    function payDues(address initiator) external onlyFramework {
        (address owner, Dues.Note memory note) = Dues.takeBond();
        while (owner != address(0)) {
            if (!_payBond(owner, uint256(note.standard) + note.inFlight)) {
                if (note.standard != 0) {
                    emit BondReturnFailed(owner, note.standard);
                }
                if (note.inFlight != 0) {
                    emit InFlightBondReturnFailed(owner, note.inFlight);
                }
            }
            (owner, note) = Dues.takeBond();
        }
        note = Dues.takeBounty();
        if (!_payBond(initiator, uint256(note.standard) + note.inFlight)) {
            if (note.standard != 0) {
                emit BountyReturnFailed(initiator, note.standard);
            }
            if (note.inFlight != 0) {
                emit InFlightBountyReturnFailed(initiator, note.inFlight);
            }
        }
    }

    function isQueued(uint168 exitId, uint32 exitableAt, address token) external view returns (bool) {
        return Ids.isInFlight(exitId)
            ? _isInFlightExitQueued(exitId, exitableAt, token)
            : _isStandardExitQueued(exitId);
    }

    function gasToProcess(uint168 exitId, uint256, address token)
        external
        view
        returns (uint256 atOnce, uint256 atEnd)
    {
        atOnce = GAS_OF_ENTRY;
        atEnd = GAS_OF_DUE;
        uint256 payments = 1;
        if (Ids.isInFlight(exitId)) {
            payments = 0;
            for (uint256 map = _flights[exitId].map; map != 0; map &= map - 1) {
                payments++;
            }
            atOnce += payments * GAS_OF_SLOT;
            atEnd += payments * GAS_OF_DUE;
        }
        if (token != address(0) && payments != 0) {
            atOnce += payments * GAS_OF_TOKEN + GAS_OF_LAST_TOKEN;
        }
    }

    function _processInFlightExit(uint168 exitId, address token) private {
        Flight storage f = _flights[exitId];
        uint256 dueAt = _dueAt(exitId, f, token);
        if (dueAt == 0 || block.timestamp <= dueAt) {
            emit InFlightExitOmitted(exitId, token);
            return;
        }
        Item[] memory items = _load(exitId, f, token);
        Side side = _fixSide(exitId, f, items);
        if (f.paid == Side.None || f.paid == side) {
            if (_settle(exitId, items, side)) {
                f.paid = side;
            }
        }
        uint16 map = f.map;
        for (uint256 i = 0; i < items.length; i++) {
            if (items[i].isOurs) {
                map &= ~uint16(1 << items[i].index);
                Bonds.Size memory size = _piggybackBond.sizes[items[i].bondVersion];
                Dues.oweBond(items[i].owner, 0, size.bond - size.bounty);
                Dues.oweBounty(0, size.bounty);
            }
        }
        f.map = map;
        if (map == 0) {
            (address owner, uint128 bond) = _end(exitId, f);
            Dues.oweBond(owner, 0, bond);
        }
        _payAmounts(exitId, token, items);
        if (map == 0) {
            emit InFlightExitFinalized(exitId);
        }
    }

    /// The first entry that is processed decides for all entries of this life.
    function _fixSide(uint168 exitId, Flight storage f, Item[] memory items) private returns (Side side) {
        side = f.side;
        if (side == Side.None) {
            bool foreign = _framework.isAnyInputFinalizedByOtherExit(_inputIds(items), exitId);
            side = f.canonical && !foreign ? Side.Outputs : Side.Inputs;
            f.side = side;
        }
    }

    /// Flags what this entry settles and marks what is to be paid; whether anything.
    function _settle(uint168 exitId, Item[] memory items, Side side) private returns (bool any) {
        bytes32[] memory ids = new bytes32[](items.length);
        for (uint256 i = 0; i < items.length; i++) {
            bool isOutput = items[i].index >= MOST;
            items[i].isPaid = items[i].isOurs && isOutput == (side == Side.Outputs);
            if (items[i].isPaid || (side == Side.Outputs && !isOutput)) {
                ids[i] = items[i].outputId;
            }
        }
        uint256 fresh = _framework.finalizeOutputs(ids, exitId);
        for (uint256 i = 0; i < items.length; i++) {
            items[i].isPaid = items[i].isPaid && fresh & (1 << i) != 0;
            any = any || items[i].isPaid;
        }
    }

    function _payAmounts(uint168 exitId, address token, Item[] memory items) private {
        for (uint256 i = 0; i < items.length; i++) {
            if (!items[i].isPaid) {
                continue;
            }
            _payOut(token, items[i].owner, items[i].amount);
            uint16 index = items[i].index;
            if (index < MOST) {
                emit InFlightExitInputWithdrawn(exitId, index);
            } else {
                emit InFlightExitOutputWithdrawn(exitId, index - uint16(MOST));
            }
        }
    }

    /// The slots that are not empty, in order. Ours are those that are piggybacked
    /// and of that token.
    function _load(uint168 exitId, Flight storage f, address token) private view returns (Item[] memory items) {
        (uint16 stored, uint16 map, uint256 count) = (f.stored, f.map, 0);
        for (uint256 bits = stored; bits != 0; bits &= bits - 1) {
            count++;
        }
        items = new Item[](count);
        uint16 index = 0;
        for (uint256 i = 0; i < count; index++) {
            if (stored & (1 << index) == 0) {
                continue;
            }
            PackedSlot storage slot = f.slots[index];
            Item memory item = items[i++];
            (item.index, item.owner, item.outputId) = (index, slot.owner, slot.outputId);
            item.amount = _amountOf(_amountKey(exitId, index), slot.amount);
            item.isOurs = map & (1 << index) != 0 && _tokenOf(f, index) == token;
            if (item.isOurs) {
                item.bondVersion = _versionOf(f, index);
            }
        }
    }

    function _inputIds(Item[] memory items) private pure returns (bytes32[] memory ids) {
        ids = new bytes32[](items.length);
        for (uint256 i = 0; i < items.length; i++) {
            if (items[i].index < MOST) {
                ids[i] = items[i].outputId;
            }
        }
    }
}
