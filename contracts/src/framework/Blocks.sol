// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Merkle} from "../transactions/Merkle.sol";
import {Registry} from "./Registry.sol";

/// Roots of the child chain. Times share slots, eight to one.
abstract contract Blocks is Registry {
    uint256 public constant CHILD_BLOCK_INTERVAL = 1000;

    address public immutable authority;

    uint128 private _nextChildBlock = uint128(CHILD_BLOCK_INTERVAL);
    uint128 private _nextDeposit = 1;
    mapping(uint256 blknum => bytes32) private _roots;
    mapping(bool isDeposit => mapping(uint256 eighth => uint256)) private _times;

    event BlockSubmitted(uint256 blknum);
    event BlockRootSubmitted(uint256 indexed blknum, bytes32 root);

    error NotTheAuthority();
    error BadRoot();
    error NotTheNextBlock(uint256 next);
    error TooManyDeposits();
    error NoSuchBlock();

    constructor(address authority_) {
        authority = authority_;
    }

    modifier onlyAuthority() {
        require(msg.sender == authority, NotTheAuthority());
        _;
    }

    function childBlockInterval() external pure returns (uint256) {
        return CHILD_BLOCK_INTERVAL;
    }

    function nextChildBlock() external view returns (uint256) {
        return _nextChildBlock;
    }

    function nextDeposit() external view returns (uint256) {
        return _nextDeposit;
    }

    function nextDepositBlock() public view returns (uint256) {
        return _nextChildBlock - CHILD_BLOCK_INTERVAL + _nextDeposit;
    }

    function blocks(uint256 blknum) external view returns (bytes32 root, uint256 timestamp) {
        root = _roots[blknum];
        (bool deposit, uint256 index) = _timePlace(blknum);
        timestamp = uint32(_times[deposit][index / 8] >> (32 * (index % 8)));
    }

    function isDeposit(uint256 blknum) external view returns (bool) {
        require(_roots[blknum] != 0, NoSuchBlock());
        return blknum % CHILD_BLOCK_INTERVAL != 0;
    }

    function submitBlock(bytes32 root) external onlyAuthority {
        uint256 blknum = _nextChildBlock;
        _submit(blknum, root);
        _advance(blknum + CHILD_BLOCK_INTERVAL);
    }

    function submitBlocks(uint256 firstBlknum, bytes32[] calldata roots) external onlyAuthority {
        uint256 blknum = _nextChildBlock;
        require(firstBlknum == blknum, NotTheNextBlock(blknum));
        if (roots.length == 0) {
            return;
        }
        for (uint256 i = 0; i < roots.length; i++) {
            _submit(blknum, roots[i]);
            blknum += CHILD_BLOCK_INTERVAL;
        }
        _advance(blknum);
    }

    function submitDepositBlock(bytes32 root) external onlyUsableVault returns (uint256 blknum) {
        require(_nextDeposit < CHILD_BLOCK_INTERVAL, TooManyDeposits());
        blknum = nextDepositBlock();
        _nextDeposit++;
        _store(blknum, root);
    }

    function _submit(uint256 blknum, bytes32 root) private {
        require(root != 0 && root != Merkle.EMPTY_TREE, BadRoot());
        _store(blknum, root);
        emit BlockSubmitted(blknum);
        emit BlockRootSubmitted(blknum, root);
    }

    function _advance(uint256 next) private {
        _nextChildBlock = uint128(next);
        _nextDeposit = 1;
    }

    function _store(uint256 blknum, bytes32 root) private {
        _roots[blknum] = root;
        (bool deposit, uint256 index) = _timePlace(blknum);
        _times[deposit][index / 8] |= uint256(uint32(block.timestamp)) << (32 * (index % 8));
    }

    function _timePlace(uint256 blknum) private pure returns (bool deposit, uint256 index) {
        deposit = blknum % CHILD_BLOCK_INTERVAL != 0;
        index = deposit ? blknum : blknum / CHILD_BLOCK_INTERVAL;
    }
}
