// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {IExitProcessor} from "../framework/IPlasmaFramework.sol";
import {Ids} from "../transactions/Ids.sol";
import {Bonds} from "./Bonds.sol";
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
    uint256 private constant GAS_OF_TOKEN = 330_000;
    uint256 private constant GAS_OF_LAST_TOKEN = 250_000;

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

    function processExit(uint168 exitId, uint256, address token, address initiator) external onlyFramework {
        if (Ids.isInFlight(exitId)) {
            _processInFlightExit(exitId, token, initiator);
        } else {
            _processStandardExit(exitId, token, initiator);
        }
    }

    function isQueued(uint168 exitId, uint32 exitableAt, address token) external view returns (bool) {
        return Ids.isInFlight(exitId)
            ? _isInFlightExitQueued(exitId, exitableAt, token)
            : _isStandardExitQueued(exitId);
    }

    function gasToProcess(uint168 exitId, uint256, address token) external view returns (uint256 most) {
        most = GAS_OF_ENTRY;
        uint256 payments = 1;
        if (Ids.isInFlight(exitId)) {
            payments = 0;
            for (uint256 map = _flights[exitId].map; map != 0; map &= map - 1) {
                payments++;
            }
            most += payments * GAS_OF_SLOT;
        }
        if (token != address(0) && payments != 0) {
            most += payments * GAS_OF_TOKEN + GAS_OF_LAST_TOKEN;
        }
    }

    function _processInFlightExit(uint168 exitId, address token, address initiator) private {
        Flight storage f = _flights[exitId];
        uint256 dueAt = _dueAt(exitId, f, token);
        if (dueAt == 0 || block.timestamp <= dueAt) {
            emit InFlightExitOmitted(exitId, token);
            return;
        }
        uint256 map = f.map;
        (PackedSlot[10] memory slots, uint256[10] memory amounts, uint256 ours) = _load(exitId, f, token);
        ours &= map;
        Side side = _fixSide(exitId, f, slots);
        uint256 paid = 0;
        if (f.paid == Side.None || f.paid == side) {
            paid = _settle(exitId, slots, ours, side);
            if (paid != 0) {
                f.paid = side;
            }
        }
        map &= ~ours;
        f.map = uint16(map);
        (address owner, uint256 bond) = (address(0), 0);
        if (map == 0) {
            (owner, bond) = _end(exitId, f);
        }
        _payAmounts(exitId, token, slots, amounts, paid);
        _returnBonds(slots, ours, initiator);
        if (map == 0) {
            _returnStartBond(owner, bond);
            emit InFlightExitFinalized(exitId);
        }
    }

    /// The first entry that is processed decides for all entries of this life.
    function _fixSide(uint168 exitId, Flight storage f, PackedSlot[10] memory slots) private returns (Side side) {
        side = f.side;
        if (side == Side.None) {
            bool foreign = _framework.isAnyInputFinalizedByOtherExit(_inputIds(slots), exitId);
            side = f.canonical && !foreign ? Side.Outputs : Side.Inputs;
            f.side = side;
        }
    }

    /// Flags what this entry settles; the bits of what is to be paid.
    function _settle(uint168 exitId, PackedSlot[10] memory slots, uint256 ours, Side side)
        private
        returns (uint256 paid)
    {
        uint256 first = side == Side.Inputs ? 0 : MOST;
        bytes32[] memory flags = new bytes32[](2 * MOST);
        uint256 count = 0;
        for (uint256 i = first; i < first + MOST; i++) {
            if (ours & (1 << i) != 0) {
                if (!_framework.isOutputFinalized(slots[i].outputId)) {
                    paid |= 1 << i;
                }
                flags[count++] = slots[i].outputId;
            }
        }
        for (uint256 i = 0; side == Side.Outputs && i < MOST; i++) {
            if (slots[i].owner != address(0)) {
                flags[count++] = slots[i].outputId;
            }
        }
        assembly ("memory-safe") {
            mstore(flags, count)
        }
        _framework.batchFlagOutputsFinalized(flags, exitId);
    }

    function _payAmounts(
        uint168 exitId,
        address token,
        PackedSlot[10] memory slots,
        uint256[10] memory amounts,
        uint256 paid
    ) private {
        for (uint16 i = 0; i < 2 * MOST; i++) {
            if (paid & (1 << i) == 0) {
                continue;
            }
            _payOut(token, slots[i].owner, amounts[i]);
            if (i < MOST) {
                emit InFlightExitInputWithdrawn(exitId, i);
            } else {
                emit InFlightExitOutputWithdrawn(exitId, i - uint16(MOST));
            }
        }
    }

    function _returnBonds(PackedSlot[10] memory slots, uint256 ours, address initiator) private {
        uint256 bounties = 0;
        for (uint256 i = 0; i < 2 * MOST; i++) {
            if (ours & (1 << i) == 0) {
                continue;
            }
            Bonds.Size memory size = _piggybackBond.sizes[slots[i].bondVersion];
            bounties += size.bounty;
            uint256 bond = size.bond - size.bounty;
            if (!_payBond(slots[i].owner, bond)) {
                emit InFlightBondReturnFailed(slots[i].owner, bond);
            }
        }
        if (!_payBond(initiator, bounties)) {
            emit InFlightBountyReturnFailed(initiator, bounties);
        }
    }

    /// The slots that are not empty, and the bits of those of that token.
    function _load(uint168 exitId, Flight storage f, address token)
        private
        view
        returns (PackedSlot[10] memory slots, uint256[10] memory amounts, uint256 ours)
    {
        uint256 stored = f.stored;
        for (uint256 i = 0; stored >> i != 0; i++) {
            if (stored & (1 << i) == 0) {
                continue;
            }
            PackedSlot storage slot = f.slots[i];
            slots[i] = PackedSlot(slot.owner, slot.amount, slot.outputId, _tokenOf(f, i), _versionOf(f, i));
            amounts[i] = _amountOf(_amountKey(exitId, i), slots[i].amount);
            if (slots[i].token == token) {
                ours |= 1 << i;
            }
        }
    }

    function _inputIds(PackedSlot[10] memory slots) private pure returns (bytes32[] memory ids) {
        ids = new bytes32[](MOST);
        uint256 count = 0;
        while (count < MOST && slots[count].owner != address(0)) {
            ids[count] = slots[count].outputId;
            count++;
        }
        assembly ("memory-safe") {
            mstore(ids, count)
        }
    }
}
