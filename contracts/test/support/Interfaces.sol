// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

// The interface as the specification states it, not as the sources declare it:
// a changed selector, tuple or return value shows at once.

struct StartStandardExit {
    uint256 utxoPos;
    bytes rlpOutputTx;
    bytes outputTxInclusionProof;
}

struct ChallengeStandardExit {
    uint168 exitId;
    bytes exitingTx;
    bytes challengeTx;
    uint16 inputIndex;
    bytes witness;
    bytes32 senderData;
}

struct StartInFlightExit {
    bytes inFlightTx;
    bytes[] inputTxs;
    uint256[] inputUtxosPos;
    bytes[] inputTxsInclusionProofs;
    bytes[] inFlightTxWitnesses;
}

struct PiggybackInput {
    bytes inFlightTx;
    uint16 inputIndex;
}

struct PiggybackOutput {
    bytes inFlightTx;
    uint16 outputIndex;
}

struct ChallengeCanonicity {
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

struct ChallengeInputSpent {
    bytes inFlightTx;
    uint16 inFlightTxInputIndex;
    bytes challengingTx;
    uint16 challengingTxInputIndex;
    bytes challengingTxWitness;
    bytes inputTx;
    uint256 inputUtxoPos;
    bytes32 senderData;
}

struct ChallengeOutputSpent {
    bytes inFlightTx;
    bytes inFlightTxInclusionProof;
    uint256 outputUtxoPos;
    bytes challengingTx;
    uint16 challengingTxInputIndex;
    bytes challengingTxWitness;
    bytes32 senderData;
}

struct StandardExitRecord {
    bool exitable;
    uint256 utxoPos;
    bytes32 outputId;
    address exitTarget;
    uint256 amount;
    uint256 bondSize;
    uint256 bountySize;
}

struct Slot {
    bytes32 outputId;
    address exitTarget;
    address token;
    uint256 amount;
    uint256 piggybackBondSize;
    uint256 bountySize;
}

struct InFlightExitRecord {
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

struct TxPosition {
    uint64 blockNum;
    uint16 txIndex;
    uint16 outputIndex;
}

interface FrameworkApi {
    event BlockSubmitted(uint256 blknum);
    event ExitQueueAdded(uint256 vaultId, address token);
    event ExitQueued(uint168 indexed exitId, uint256 priority);
    event ProcessedExitsNum(uint256 processedNum, uint256 vaultId, address token);
    event VaultRegistered(uint256 vaultId, address vaultAddress);
    event ExitGameRegistered(uint256 txType, address exitGameAddress, uint8 protocol);
    event BlockRootSubmitted(uint256 indexed blknum, bytes32 root);
    event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner);
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    function getVersion() external view returns (string memory);
    function processExits(uint256 vaultId, address token, uint168 topExitId, uint256 max, bytes32 senderData) external;
    function batchFlagOutputsFinalized(bytes32[] calldata ids, uint168 exitId) external;
    function flagOutputFinalized(bytes32 id, uint168 exitId) external;
    function getNextExit(uint256 vaultId, address token) external view returns (uint256);
    function exitsQueues(bytes32 key) external view returns (address);
    function enqueue(
        uint256 vaultId,
        address token,
        uint32 exitableAt,
        TxPosition calldata position,
        uint168 exitId,
        address exitProcessor
    ) external returns (uint256);
    function childBlockInterval() external view returns (uint256);
    function addExitQueue(uint256 vaultId, address token) external;
    function getMaintainer() external view returns (address);
    function nextChildBlock() external view returns (uint256);
    function deactivateNonReentrant() external;
    function version() external view returns (string memory);
    function isExitGameSafeToUse(address game) external view returns (bool);
    function registerVault(uint256 vaultId, address vault) external;
    function outputsFinalizations(bytes32 id) external view returns (uint168);
    function setVersion(string calldata version) external;
    function nextDepositBlock() external view returns (uint256);
    function protocols(uint256 txType) external view returns (uint8);
    function vaults(uint256 vaultId) external view returns (address);
    function isOutputFinalized(bytes32 id) external view returns (bool);
    function isAnyInputFinalizedByOtherExit(bytes32[] calldata ids, uint168 exitId) external view returns (bool);
    function exitGameToTxType(address game) external view returns (uint256);
    function CHILD_BLOCK_INTERVAL() external view returns (uint256);
    function nextDeposit() external view returns (uint256);
    function exitGames(uint256 txType) external view returns (address);
    function submitBlock(bytes32 root) external;
    function submitDepositBlock(bytes32 root) external returns (uint256);
    function authority() external view returns (address);
    function hasExitQueue(uint256 vaultId, address token) external view returns (bool);
    function delegations(bytes32 key) external view returns (address);
    function minExitPeriod() external view returns (uint256);
    function vaultToId(address vault) external view returns (uint256);
    function isDeposit(uint256 blknum) external view returns (bool);
    function blocks(uint256 blknum) external view returns (bytes32 root, uint256 timestamp);
    function registerExitGame(uint256 txType, address game, uint8 protocol) external;
    function activateNonReentrant() external;
    function submitBlocks(uint256 firstBlknum, bytes32[] calldata roots) external;
    function extensions() external view returns (uint256);
    function owner() external view returns (address);
    function pendingOwner() external view returns (address);
    function transferOwnership(address newOwner) external;
    function acceptOwnership() external;
}

interface VaultApi {
    event SetDepositVerifierCalled(address nextDepositVerifier);
    event DepositCreated(address indexed depositor, uint256 indexed blknum, address indexed token, uint256 amount);
    event CreditAdded(address indexed owner, address indexed token, uint256 amount);
    event CreditClaimed(address indexed owner, address indexed token, address to, uint256 amount);
    event MinimumDepositUpdated(address indexed token, uint256 amount);
    event Shortfall(address indexed owner, address indexed token, uint256 amount);
    event EthWithdrawn(address indexed receiver, uint256 amount);
    event WithdrawFailed(address indexed receiver, uint256 amount);
    event Erc20Withdrawn(address indexed receiver, address indexed token, uint256 amount);

    function depositVerifiers(uint256 index) external view returns (address);
    function setDepositVerifier(address verifier) external;
    function getEffectiveDepositVerifier() external view returns (address);
    function newDepositVerifierMaturityTimestamp() external view returns (uint256);
    function minimumDeposit(address token) external view returns (uint256);
    function setMinimumDeposit(address token, uint256 amount) external;
    function totalCredits(address token) external view returns (uint256);
}

interface EthVaultApi is VaultApi {
    function deposit(bytes calldata depositTx) external payable;
    function safeGasStipend() external view returns (uint256);
    function withdraw(address payable receiver, uint256 amount) external;
    function creditOf(address owner) external view returns (uint256);
    function claimCredit(address to) external;
}

interface Erc20VaultApi is VaultApi {
    function deposit(bytes calldata depositTx) external;
    function withdraw(address receiver, address token, uint256 amount) external;
    function creditOf(address owner, address token) external view returns (uint256);
    function claimCredit(address token, address to) external;
}

interface ExitGameApi {
    event BondReturnFailed(address indexed receiver, uint256 amount);
    event BountyReturnFailed(address indexed receiver, uint256 amount);
    event CreditAdded(address indexed owner, address indexed token, uint256 amount);
    event CreditClaimed(address indexed owner, address indexed token, address to, uint256 amount);
    event ExitChallenged(uint256 indexed utxoPos);
    event ExitFinalized(uint168 indexed exitId);
    event ExitOmitted(uint168 indexed exitId);
    event ExitStarted(address indexed owner, uint168 exitId, uint256 utxoPos, bytes outputTx);
    event IFEBondUpdated(uint128 bondSize);
    event InFlightBondReturnFailed(address indexed receiver, uint256 amount);
    event InFlightBountyReturnFailed(address indexed receiver, uint256 amount);
    event InFlightExitChallengeResponded(
        address indexed challenger, bytes32 indexed txHash, uint256 challengeTxPosition
    );
    event InFlightExitChallenged(
        address indexed challenger,
        bytes32 indexed txHash,
        uint256 challengeTxPosition,
        uint16 inFlightTxInputIndex,
        bytes challengeTx,
        uint16 challengeTxInputIndex,
        bytes challengeTxWitness
    );
    event InFlightExitDeleted(uint168 indexed exitId);
    event InFlightExitFinalized(uint168 indexed exitId);
    event InFlightExitInputBlocked(address indexed challenger, bytes32 indexed txHash, uint16 inputIndex);
    event InFlightExitInputPiggybacked(address indexed exitTarget, bytes32 indexed txHash, uint16 inputIndex);
    event InFlightExitInputWithdrawn(uint168 indexed exitId, uint16 inputIndex);
    event InFlightExitOmitted(uint168 indexed exitId, address token);
    event InFlightExitOutputBlocked(address indexed challenger, bytes32 indexed txHash, uint16 outputIndex);
    event InFlightExitOutputPiggybacked(address indexed exitTarget, bytes32 indexed txHash, uint16 outputIndex);
    event InFlightExitOutputWithdrawn(uint168 indexed exitId, uint16 outputIndex);
    event InFlightExitStarted(
        address indexed initiator,
        bytes32 indexed txHash,
        bytes inFlightTx,
        uint256[] inputUtxosPos,
        bytes[] inFlightTxWitnesses,
        bytes[] inputTxs
    );
    event PiggybackBondUpdated(uint128 bondSize, uint128 exitBountySize);
    event StandardExitBondUpdated(uint128 bondSize, uint128 exitBountySize);

    function updateStartStandardExitBondSize(uint128 bond, uint128 bounty) external;
    function updatePiggybackBondSize(uint128 bond, uint128 bounty) external;
    function processInFlightExitBountySize() external view returns (uint128);
    function challengeInFlightExitOutputSpent(ChallengeOutputSpent calldata args) external;
    function respondToNonCanonicalChallenge(bytes calldata inFlightTx, uint256 position, bytes calldata proof) external;
    function deleteNonPiggybackedInFlightExit(uint168 exitId) external;
    function INITIAL_IFE_EXIT_BOUNTY_SIZE() external view returns (uint128);
    function piggybackBondSize() external view returns (uint128);
    function processExit(uint168 exitId, uint256 vaultId, address token, address initiator) external;
    function challengeStandardExit(ChallengeStandardExit calldata args) external;
    function inFlightExits(uint168[] calldata ids) external view returns (InFlightExitRecord[] memory);
    function startInFlightExit(StartInFlightExit calldata args) external payable;
    function startStandardExit(StartStandardExit calldata args) external payable;
    function startIFEBondSize() external view returns (uint128);
    function standardExits(uint168[] calldata ids) external view returns (StandardExitRecord[] memory);
    function INITIAL_PB_BOND_SIZE() external view returns (uint128);
    function getInFlightExitId(bytes calldata raw) external pure returns (uint168);
    function processStandardExitBountySize() external view returns (uint128);
    function BOND_LOWER_BOUND_DIVISOR() external view returns (uint16);
    function BOND_UPPER_BOUND_MULTIPLIER() external view returns (uint16);
    function piggybackInFlightExitOnOutput(PiggybackOutput calldata args) external payable;
    function INITIAL_PB_BOUNTY_SIZE() external view returns (uint128);
    function updateStartIFEBondSize(uint128 bond) external;
    function getStandardExitId(bool isDeposit, bytes calldata raw, uint256 utxoPos) external pure returns (uint168);
    function challengeInFlightExitInputSpent(ChallengeInputSpent calldata args) external;
    function INITIAL_BOND_SIZE() external view returns (uint128);
    function INITIAL_IFE_BOND_SIZE() external view returns (uint128);
    function init() external;
    function piggybackInFlightExitOnInput(PiggybackInput calldata args) external payable;
    function challengeInFlightExitNotCanonical(ChallengeCanonicity calldata args) external;
    function INITIAL_EXIT_BOUNTY_SIZE() external view returns (uint128);
    function startStandardExitBondSize() external view returns (uint128);
    function creditOf(address owner) external view returns (uint256);
    function claimCredit(address to) external;
    function inFlightExitDueAt(uint168 exitId, address token) external view returns (uint32);
}

interface RegistryApi {
    function spendingConditions(uint256 outputType, uint256 spendingTxType) external view returns (address);
    function renounceOwnership() external;
    function owner() external view returns (address);
    function isOwner() external view returns (bool);
    function transferOwnership(address newOwner) external;
    function registerSpendingCondition(uint256 outputType, uint256 spendingTxType, address condition) external;
}

interface QueueApi {
    function heapList() external view returns (uint256[] memory);
    function insert(uint256 element) external;
    function delMin() external returns (uint256);
    function currentSize() external view returns (uint256);
    function getMin() external view returns (uint256);
    function queue() external view returns (uint256);
    function framework() external view returns (address);
}

interface EthDepositVerifierApi {
    function depositTxType() external view returns (uint256);
    function supportedOutputType() external view returns (uint256);
    function verify(bytes calldata depositTx, uint256 amount, address sender) external view;
}

interface Erc20DepositVerifierApi {
    function depositTxType() external view returns (uint256);
    function supportedOutputType() external view returns (uint256);
    function verify(bytes calldata depositTx, address sender, address vault)
        external
        view
        returns (address owner, address token, uint256 amount);
}

interface ConditionApi {
    function verify(
        bytes calldata inputTx,
        uint256 utxoPos,
        bytes calldata spendingTx,
        uint16 inputIndex,
        bytes calldata witness
    ) external view returns (bool);
}

interface FeeConditionApi is ConditionApi {
    function feeTxType() external view returns (uint256);
    function feeClaimOutputType() external view returns (uint256);
    function paymentTxType() external view returns (uint256);
}

interface TransitionApi {
    function isCorrectStateTransition(bytes calldata raw, bytes[] calldata inputTxs, uint16[] calldata outputIndexes)
        external
        pure
        returns (bool);
}
