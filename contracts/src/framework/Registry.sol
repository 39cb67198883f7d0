// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

/// Vaults and exit games: who they are and from when they may be used.
abstract contract Registry is Ownable2Step {
    struct Registration {
        uint192 id;
        uint64 usableFrom;
    }

    uint256 public immutable minExitPeriod;

    mapping(uint256 vaultId => address) public vaults;
    mapping(uint256 txType => address) public exitGames;
    mapping(uint256 txType => uint8) public protocols;
    mapping(address vault => Registration) private _vaults;
    mapping(address game => Registration) private _games;
    uint128 private _immuneVaults;
    uint128 private _immuneGames;

    event VaultRegistered(uint256 vaultId, address vaultAddress);
    event ExitGameRegistered(uint256 txType, address exitGameAddress, uint8 protocol);

    error NotRegisteredOrQuarantined(address caller);
    error BadRegistration();
    error RenouncingIsDisabled();

    modifier onlyUsableVault() {
        require(_isUsable(_vaults[msg.sender]), NotRegisteredOrQuarantined(msg.sender));
        _;
    }

    modifier onlyUsableExitGame() {
        require(_isUsable(_games[msg.sender]), NotRegisteredOrQuarantined(msg.sender));
        _;
    }

    constructor(uint256 period, uint256 immuneVaults, uint256 immuneGames, address maintainer) Ownable(maintainer) {
        minExitPeriod = period;
        _immuneVaults = uint128(immuneVaults);
        _immuneGames = uint128(immuneGames);
    }

    function getMaintainer() external view returns (address) {
        return owner();
    }

    function renounceOwnership() public pure override {
        revert RenouncingIsDisabled();
    }

    function registerVault(uint256 vaultId, address vault) external onlyOwner {
        _check(vaultId, vault);
        require(vaults[vaultId] == address(0) && _vaults[vault].id == 0, BadRegistration());
        vaults[vaultId] = vault;
        uint256 wait = 2 * minExitPeriod;
        if (_immuneVaults != 0) {
            _immuneVaults--;
            wait = 0;
        }
        _vaults[vault] = Registration(uint192(vaultId), uint64(block.timestamp + wait));
        emit VaultRegistered(vaultId, vault);
    }

    function registerExitGame(uint256 txType, address game, uint8 protocol) external onlyOwner {
        _check(txType, game);
        require(protocol == 1 || protocol == 2, BadRegistration());
        require(exitGames[txType] == address(0) && _games[game].id == 0, BadRegistration());
        exitGames[txType] = game;
        protocols[txType] = protocol;
        uint256 wait = 4 * minExitPeriod;
        if (_immuneGames != 0) {
            _immuneGames--;
            wait = 0;
        }
        _games[game] = Registration(uint192(txType), uint64(block.timestamp + wait));
        emit ExitGameRegistered(txType, game, protocol);
    }

    function vaultToId(address vault) external view returns (uint256) {
        return _vaults[vault].id;
    }

    function exitGameToTxType(address game) external view returns (uint256) {
        return _games[game].id;
    }

    function isExitGameSafeToUse(address game) external view returns (bool) {
        return _isUsable(_games[game]);
    }

    function _check(uint256 id, address what) private view {
        require(id != 0 && id <= type(uint192).max && what.code.length != 0, BadRegistration());
    }

    function _isGameOf(uint256 txType, address game) internal view returns (bool) {
        return _games[game].id == txType;
    }

    function _isUsable(Registration storage r) private view returns (bool) {
        uint64 usableFrom = r.usableFrom;
        return usableFrom != 0 && block.timestamp >= usableFrom;
    }
}
