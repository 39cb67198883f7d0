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
    uint256 private constant GAS_OF_UNKNOWN = 2_000_000;

    string public version;
    mapping(bytes32 key => address) public exitsQueues;
    /// The exit game of each entry that is not the game of payments: an entry
    /// without a record belongs to that one.
    mapping(bytes32 key => address) public delegations;
    mapping(bytes32 id => uint168) public outputsFinalizations;
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
        require(exitsQueues[key] == address(0), QueueExists());
        exitsQueues[key] = address(new PriorityQueue());
        emit ExitQueueAdded(vaultId, token);
    }

    function hasExitQueue(uint256 vaultId, address token) external view returns (bool) {
        return exitsQueues[_queueKey(vaultId, token)] != address(0);
    }

    function getNextExit(uint256 vaultId, address token) external view returns (uint256) {
        return _queue(vaultId, token).getMin();
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
        bytes32 key = _delegationKey(priority, vaultId, token);
        require(delegations[key] == address(0), AlreadyQueued());
        if (!_isGameOf(Transactions.PAYMENT, msg.sender)) {
            _requireFree(exitableAt, exitId, token);
            delegations[key] = exitProcessor;
        }
        _queue(vaultId, token).insert(priority);
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
        PriorityQueue queue = _queue(vaultId, token);
        uint256 left = queue.currentSize();
        require(left != 0, QueueIsEmpty());
        uint256 head = queue.getMin();
        require(topExitId == 0 || topExitId == uint168(head), WrongTopExit());
        uint256 done = 0;
        while (done < max && head >> 224 < block.timestamp) {
            if (!_processOne(queue, head, vaultId, token, done == 0)) {
                break;
            }
            done++;
            if (--left == 0) {
                break;
            }
            head = queue.getMin();
        }
        emit ProcessedExitsNum(done, vaultId, token);
    }

    /// False when the gas that is left may not be enough; the first one reverts.
    function _processOne(PriorityQueue queue, uint256 head, uint256 vaultId, address token, bool first)
        private
        returns (bool)
    {
        bytes32 key = _delegationKey(head, vaultId, token);
        address recorded = delegations[key];
        address game = recorded == address(0) ? exitGames[Transactions.PAYMENT] : recorded;
        if (gasleft() < _gasFor(game, uint168(head), vaultId, token)) {
            require(!first, NotEnoughGas());
            return false;
        }
        if (recorded != address(0)) {
            delete delegations[key];
        }
        queue.delMin();
        IExitProcessor(game).processExit(uint168(head), vaultId, token, msg.sender);
        return true;
    }

    function _gasFor(address game, uint168 exitId, uint256 vaultId, address token) private view returns (uint256) {
        try IExitProcessor(game).gasToProcess(exitId, vaultId, token) returns (uint256 most) {
            return most;
        } catch {
            return GAS_OF_UNKNOWN;
        }
    }

    function _queue(uint256 vaultId, address token) private view returns (PriorityQueue) {
        address queue = exitsQueues[_queueKey(vaultId, token)];
        require(queue != address(0), NoQueue());
        return PriorityQueue(queue);
    }

    function _queueKey(uint256 vaultId, address token) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(vaultId, token));
    }

    function _delegationKey(uint256 priority, uint256 vaultId, address token) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(priority, vaultId, token));
    }

    // ------------------------------------------------------------ finalised outputs

    function isOutputFinalized(bytes32 id) external view returns (bool) {
        return outputsFinalizations[id] != 0;
    }

    function isAnyInputFinalizedByOtherExit(bytes32[] calldata ids, uint168 exitId) external view returns (bool) {
        for (uint256 i = 0; i < ids.length; i++) {
            uint168 by = outputsFinalizations[ids[i]];
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

    function _flag(bytes32 id, uint168 exitId) private {
        require(id != 0, ZeroOutput());
        if (outputsFinalizations[id] == 0) {
            outputsFinalizations[id] = exitId;
        }
    }
}
