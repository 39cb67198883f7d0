// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

struct TxPosition {
    uint64 blockNum;
    uint16 txIndex;
    uint16 outputIndex;
}

/// What vaults and exit games ask of the framework.
interface IPlasmaFramework {
    function getMaintainer() external view returns (address);
    function minExitPeriod() external view returns (uint256);
    function blocks(uint256 blknum) external view returns (bytes32 root, uint256 timestamp);
    function vaults(uint256 vaultId) external view returns (address);
    function isExitGameSafeToUse(address game) external view returns (bool);
    function submitDepositBlock(bytes32 root) external returns (uint256 blknum);
    function activateNonReentrant() external;
    function deactivateNonReentrant() external;
    function enqueue(
        uint256 vaultId,
        address token,
        uint32 exitableAt,
        TxPosition calldata position,
        uint168 exitId,
        address exitProcessor
    ) external returns (uint256 priority);
    function isOutputFinalized(bytes32 id) external view returns (bool);
    function isAnyInputFinalizedByOtherExit(bytes32[] calldata ids, uint168 exitId) external view returns (bool);
    function expectOutputs(bytes32[] calldata ids) external;
    function finalizeOutput(bytes32 id, uint168 exitId) external returns (bool fresh);
    function finalizeOutputs(bytes32[] calldata ids, uint168 exitId) external returns (uint256 fresh);
}

/// What the framework asks of an exit game.
interface IExitProcessor {
    function processExit(uint168 exitId, uint256 vaultId, address token, address initiator) external;
    /// Pays the bonds and bounties of what was processed since the last time. Only
    /// the game of payments is asked.
    function payDues(address initiator) external;
    /// Whether an entry of that exit, due then or later, may wait in the queue of
    /// the token. Only the game of payments is asked.
    function isQueued(uint168 exitId, uint32 exitableAt, address token) external view returns (bool);
    /// The most gas that processing this entry can take at once, and that paying
    /// its dues can take at the end.
    function gasToProcess(uint168 exitId, uint256 vaultId, address token)
        external
        view
        returns (uint256 atOnce, uint256 atEnd);
}
