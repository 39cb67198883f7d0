// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Transactions} from "../transactions/Transactions.sol";
import {Blocks} from "./Blocks.sol";
import {IExitProcessor, TxPosition} from "./IPlasmaFramework.sol";
import {PriorityQueue} from "./PriorityQueue.sol";
import {Registry} from "./Registry.sol";

/// Blocks, registrations, exit queues and finalised outputs.
contract PlasmaFramework is Blocks {
    uint256 private constant LEAST_PERIOD = 600;
    uint256 private constant LONGEST_PERIOD = 1 << 27;
    uint256 private constant ETH_VAULT = 1;
    uint256 private constant ERC20_VAULT = 2;
    /// The bit of an exit id that tells in-flight exits from standard ones.
    uint168 private constant IN_FLIGHT = 1 << 167;
    uint256 private constant GAS_OF_UNKNOWN = 2_000_000;
    uint256 private constant GAS_OF_END = 120_000;

    /// `by` is the exit that made the output final. Whoever starts an exit may pay
    /// for the slot that whoever processes it will change: `expected`.
    struct Finality {
        uint168 by;
        bool expected;
    }

    /// A queue, and how many of its entries have a delegation.
    struct Queue {
        PriorityQueue entries;
        uint96 delegated;
    }

    /// One call of processExits: how much gas must remain for its end, and how much
    /// an entry of payments needs, which is the same for every standard exit.
    struct Batch {
        PriorityQueue queue;
        address payments;
        uint256 reserve;
        uint256 atOnce;
        uint256 atEnd;
    }

    string public version;
    mapping(bytes32 key => Queue) private _queues;
    /// The exit game of each entry that is not the game of payments: an entry
    /// without a record belongs to that one.
    mapping(bytes32 key => address) public delegations;
    mapping(bytes32 id => Finality) private _finality;
    bool private transient _locked;

    event ExitQueueAdded(uint256 vaultId, address token);
    event ExitQueued(uint168 indexed exitId, uint256 priority);
    event ProcessedExitsNum(uint256 processedNum, uint256 vaultId, address token);

    error BadParameters();
    error BadQueue();
    error QueueExists();
    error NoQueue();
    error QueueIsEmpty();
    error AlreadyQueued();
    error NotTheProcessor();
    error WrongSenderData();
    error WrongTopExit();
    error Reentered();
    error ZeroOutput();
    error NotEnoughGas();

    modifier nonReentrant() {
        _lock();
        _;
        _locked = false;
    }

    constructor(
        uint256 period,
        uint256 immuneVaults,
        uint256 immuneGames,
        address authority_,
        address maintainer
    ) Registry(period, immuneVaults, immuneGames, maintainer) Blocks(authority_) {
        require(period >= LEAST_PERIOD && period <= LONGEST_PERIOD && authority_ != address(0), BadParameters());
    }

    function extensions() external pure returns (uint256) {
        return 1;
    }

    function setVersion(string calldata version_) external onlyOwner {
        version = version_;
    }

    function getVersion() external view returns (string memory) {
        return version;
    }

    // ------------------------------------------------------------ mutex

    function activateNonReentrant() external onlyUsableExitGame {
        _lock();
    }

    function deactivateNonReentrant() external onlyUsableExitGame {
        _locked = false;
    }

    function _lock() private {
        require(!_locked, Reentered());
        _locked = true;
    }

    // ------------------------------------------------------------ queues

    function addExitQueue(uint256 vaultId, address token) external {
        bool good = token == address(0) ? vaultId == ETH_VAULT : vaultId == ERC20_VAULT;
        require(good, BadQueue());
        bytes32 key = _queueKey(vaultId, token);
        require(address(_queues[key].entries) == address(0), QueueExists());
        _queues[key].entries = new PriorityQueue();
        emit ExitQueueAdded(vaultId, token);
    }

    function hasExitQueue(uint256 vaultId, address token) external view returns (bool) {
        return exitsQueues(_queueKey(vaultId, token)) != address(0);
    }

    function exitsQueues(bytes32 key) public view returns (address) {
        return address(_queues[key].entries);
    }

    function getNextExit(uint256 vaultId, address token) external view returns (uint256) {
        return _queue(vaultId, token).entries.getMin();
    }

    function enqueue(
        uint256 vaultId,
        address token,
        uint32 exitableAt,
        TxPosition calldata position,
        uint168 exitId,
        address exitProcessor
    ) external onlyUsableExitGame returns (uint256 priority) {
        require(exitProcessor == msg.sender, NotTheProcessor());
        uint256 place = (uint256(position.blockNum) * 1e9 + uint256(position.txIndex) * 1e4) / 1e4;
        require(place < 1 << 56, BadParameters());
        priority = (uint256(exitableAt) << 224) | (place << 168) | exitId;
        bool ofPayments = _isGameOf(Transactions.PAYMENT, msg.sender);
        Queue storage queue = _queue(vaultId, token);
        if (!ofPayments || queue.delegated != 0) {
            bytes32 key = _delegationKey(priority, vaultId, token);
            require(delegations[key] == address(0), AlreadyQueued());
            if (!ofPayments) {
                _requireFree(exitableAt, exitId, token);
                delegations[key] = exitProcessor;
                queue.delegated++;
            }
        }
        queue.entries.insert(priority);
        emit ExitQueued(exitId, priority);
    }

    /// The game of payments never queues an entry twice, by its own records, and
    /// these tell whether it may have queued an equal one.
    function _requireFree(uint32 exitableAt, uint168 exitId, address token) private view {
        address payments = exitGames[Transactions.PAYMENT];
        bool taken = payments != address(0) && IExitProcessor(payments).isQueued(exitId, exitableAt, token);
        require(!taken, AlreadyQueued());
    }

    function processExits(uint256 vaultId, address token, uint168 topExitId, uint256 max, bytes32 senderData)
        external
        nonReentrant
    {
        require(senderData == keccak256(abi.encodePacked(msg.sender)), WrongSenderData());
        Batch memory b;
        Queue storage queue = _queue(vaultId, token);
        b.queue = queue.entries;
        b.payments = exitGames[Transactions.PAYMENT];
        b.reserve = GAS_OF_END;
        uint256 left = b.queue.currentSize();
        require(left != 0, QueueIsEmpty());
        uint256 head = b.queue.getMin();
        require(topExitId == 0 || topExitId == uint168(head), WrongTopExit());
        uint256 done = 0;
        while (done < max && head >> 224 < block.timestamp) {
            if (!_processOne(b, queue, head, vaultId, token)) {
                require(done != 0, NotEnoughGas());
                break;
            }
            done++;
            if (--left == 0) {
                break;
            }
            head = b.queue.getMin();
        }
        if (b.reserve != GAS_OF_END) {
            IExitProcessor(b.payments).payDues(msg.sender);
        }
        emit ProcessedExitsNum(done, vaultId, token);
    }

    /// False when the gas that is left may not be enough. An entry of payments
    /// leaves something to the end; one of another game, which has a delegation,
    /// does not.
    function _processOne(Batch memory b, Queue storage queue, uint256 head, uint256 vaultId, address token)
        private
        returns (bool)
    {
        bytes32 key = queue.delegated == 0 ? bytes32(0) : _delegationKey(head, vaultId, token);
        address recorded = key == 0 ? address(0) : delegations[key];
        uint168 exitId = uint168(head);
        if (recorded == address(0)) {
            if (exitId & IN_FLIGHT != 0 || b.atEnd == 0) {
                (b.atOnce, b.atEnd) = IExitProcessor(b.payments).gasToProcess(exitId, vaultId, token);
            }
            if (gasleft() < b.atOnce + b.atEnd + b.reserve) {
                return false;
            }
            b.reserve += b.atEnd;
            b.atEnd = exitId & IN_FLIGHT != 0 ? 0 : b.atEnd;
            b.queue.delMin();
            IExitProcessor(b.payments).processExit(exitId, vaultId, token, msg.sender);
        } else {
            if (gasleft() < _gasOf(recorded, exitId, vaultId, token) + b.reserve) {
                return false;
            }
            delete delegations[key];
            queue.delegated--;
            b.queue.delMin();
            IExitProcessor(recorded).processExit(exitId, vaultId, token, msg.sender);
        }
        return true;
    }

    /// Another game than that of payments need not tell.
    function _gasOf(address game, uint168 exitId, uint256 vaultId, address token) private view returns (uint256) {
        try IExitProcessor(game).gasToProcess(exitId, vaultId, token) returns (uint256 atOnce, uint256) {
            return atOnce;
        } catch {
            return GAS_OF_UNKNOWN;
        }
    }

    function _queue(uint256 vaultId, address token) private view returns (Queue storage queue) {
        queue = _queues[_queueKey(vaultId, token)];
        require(address(queue.entries) != address(0), NoQueue());
    }

    function _queueKey(uint256 vaultId, address token) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(vaultId, token));
    }

    function _delegationKey(uint256 priority, uint256 vaultId, address token) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(priority, vaultId, token));
    }

    // ------------------------------------------------------------ finalised outputs

    function outputsFinalizations(bytes32 id) external view returns (uint168) {
        return _finality[id].by;
    }

    function isOutputFinalized(bytes32 id) external view returns (bool) {
        return _finality[id].by != 0;
    }

    function isAnyInputFinalizedByOtherExit(bytes32[] calldata ids, uint168 exitId) external view returns (bool) {
        for (uint256 i = 0; i < ids.length; i++) {
            uint168 by = _finality[ids[i]].by;
            if (by != 0 && by != exitId) {
                return true;
            }
        }
        return false;
    }

    function flagOutputFinalized(bytes32 id, uint168 exitId) external onlyUsableExitGame {
        _flag(id, exitId);
    }

    function batchFlagOutputsFinalized(bytes32[] calldata ids, uint168 exitId) external onlyUsableExitGame {
        for (uint256 i = 0; i < ids.length; i++) {
            _flag(ids[i], exitId);
        }
    }

    /// An exit has begun that may make these outputs final.
    function expectOutputs(bytes32[] calldata ids) external onlyUsableExitGame {
        for (uint256 i = 0; i < ids.length; i++) {
            _finality[ids[i]].expected = true;
        }
    }

    /// Flags an output; false when it has been flagged already.
    function finalizeOutput(bytes32 id, uint168 exitId) external onlyUsableExitGame returns (bool fresh) {
        return _flag(id, exitId);
    }

    /// Flags those that are not zero; the bits of those that had no flag.
    function finalizeOutputs(bytes32[] calldata ids, uint168 exitId)
        external
        onlyUsableExitGame
        returns (uint256 fresh)
    {
        for (uint256 i = 0; i < ids.length; i++) {
            if (ids[i] != 0 && _flag(ids[i], exitId)) {
                fresh |= 1 << i;
            }
        }
    }

    function _flag(bytes32 id, uint168 exitId) private returns (bool fresh) {
        require(id != 0, ZeroOutput());
        Finality storage f = _finality[id];
        fresh = f.by == 0;
        if (fresh) {
            f.by = exitId;
        }
    }
}
