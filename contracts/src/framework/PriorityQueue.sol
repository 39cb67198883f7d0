// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// A binary heap of priorities, the least first. Index 0 is not used.
contract PriorityQueue {
    uint256 private constant MOST_LISTED = 10_000;

    address public immutable framework;
    uint256[] private _heap;

    error NotTheFramework();
    error QueueIsEmpty();
    error TooManyToList();

    modifier onlyFramework() {
        require(msg.sender == framework, NotTheFramework());
        _;
    }

    constructor() {
        framework = msg.sender;
        _heap.push(0);
    }

    function currentSize() public view returns (uint256) {
        return _heap.length - 1;
    }

    function queue() external view returns (uint256) {
        return currentSize();
    }

    function heapList() external view returns (uint256[] memory) {
        require(currentSize() <= MOST_LISTED, TooManyToList());
        return _heap;
    }

    function getMin() external view returns (uint256) {
        require(currentSize() != 0, QueueIsEmpty());
        return _heap[1];
    }

    function insert(uint256 element) external onlyFramework {
        uint256 hole = _heap.length;
        _heap.push(element);
        while (hole > 1) {
            uint256 parent = _heap[hole / 2];
            if (parent <= element) {
                break;
            }
            _heap[hole] = parent;
            hole /= 2;
            _heap[hole] = element;
        }
    }

    function delMin() external onlyFramework returns (uint256 least) {
        uint256 size = currentSize();
        require(size != 0, QueueIsEmpty());
        least = _heap[1];
        uint256 last = _heap[size];
        _heap.pop();
        size--;
        if (size != 0) {
            _sink(last, size);
        }
    }

    function _sink(uint256 element, uint256 size) private {
        uint256 hole = 1;
        while (2 * hole <= size) {
            uint256 child = 2 * hole;
            uint256 value = _heap[child];
            if (child < size && _heap[child + 1] < value) {
                child++;
                value = _heap[child];
            }
            if (value >= element) {
                break;
            }
            _heap[hole] = value;
            hole = child;
        }
        _heap[hole] = element;
    }
}
