// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

/// Priorities, the least first. Exits begin almost in the order in which they are
/// due. So what is not before the last of `_run` is appended to it, and the rest
/// makes a binary heap; both are entered and left in front. A place that becomes
/// free keeps its word: to write over it is cheaper than to begin a new one.
contract PriorityQueue {
    uint256 private constant MOST_LISTED = 10_000;

    /// Where the run begins and ends, and how many entries the heap has.
    struct Shape {
        uint64 first;
        uint64 end;
        uint64 heaped;
    }

    address public immutable framework;
    Shape private _shape;
    uint256[1 << 48] private _run;
    /// Index 0 is not used.
    uint256[1 << 48] private _heap;

    error NotTheFramework();
    error QueueIsEmpty();
    error TooManyToList();

    modifier onlyFramework() {
        require(msg.sender == framework, NotTheFramework());
        _;
    }

    constructor() {
        framework = msg.sender;
    }

    function currentSize() public view returns (uint256) {
        return _shape.end - _shape.first + _shape.heaped;
    }

    function queue() external view returns (uint256) {
        return currentSize();
    }

    /// All entries from index 1, in the order of a heap if none is in the run.
    function heapList() external view returns (uint256[] memory list) {
        Shape memory s = _shape;
        uint256 size = currentSize();
        require(size <= MOST_LISTED, TooManyToList());
        list = new uint256[](size + 1);
        for (uint256 i = 1; i <= s.heaped; i++) {
            list[i] = _heap[i];
        }
        for (uint256 i = s.first; i < s.end; i++) {
            list[s.heaped + 1 + i - s.first] = _run[i];
        }
    }

    function getMin() external view returns (uint256 least) {
        (least,) = _least(_shape.first, _shape.end, _shape.heaped);
    }

    function insert(uint256 element) external onlyFramework {
        (uint64 first, uint64 end) = (_shape.first, _shape.end);
        if (first == end || _run[end - 1] <= element) {
            _run[end] = element;
            _shape.end = end + 1;
        } else {
            _climb(element, ++_shape.heaped);
        }
    }

    function delMin() external onlyFramework returns (uint256 least) {
        (uint64 first, uint64 end, uint64 heaped) = (_shape.first, _shape.end, _shape.heaped);
        bool inRun;
        (least, inRun) = _least(first, end, heaped);
        if (!inRun) {
            _sink(_heap[heaped], heaped - 1);
            _shape.heaped = heaped - 1;
        } else if (first + 1 == end) {
            _shape = Shape(0, 0, heaped);
        } else {
            _shape.first = first + 1;
        }
    }

    function _least(uint64 first, uint64 end, uint64 heaped) private view returns (uint256 least, bool inRun) {
        require(first != end || heaped != 0, QueueIsEmpty());
        inRun = first != end;
        if (inRun) {
            least = _run[first];
        }
        if (heaped != 0 && (!inRun || _heap[1] < least)) {
            return (_heap[1], false);
        }
    }

    /// Puts an element into the heap, whose last place is free.
    function _climb(uint256 element, uint256 hole) private {
        while (hole > 1) {
            uint256 parent = _heap[hole / 2];
            if (parent <= element) {
                break;
            }
            _heap[hole] = parent;
            hole /= 2;
        }
        _heap[hole] = element;
    }

    /// Puts an element into the heap of that size, whose first place is free.
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
