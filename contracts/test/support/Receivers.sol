// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// Refuses every payment until it is told otherwise, and calls for its owner.
contract Refuser {
    bool public accepts;

    function accept(bool yes) external {
        accepts = yes;
    }

    function call(address to, uint256 value, bytes calldata data) external payable returns (bytes memory) {
        (bool done, bytes memory answer) = to.call{value: value}(data);
        if (!done) {
            assembly {
                revert(add(answer, 32), mload(answer))
            }
        }
        return answer;
    }

    receive() external payable virtual {
        require(accepts, "refused");
    }
}

/// Needs more gas than the stipend: it writes storage. With enough gas it is paid.
contract Writer is Refuser {
    uint256 public received;

    receive() external payable override {
        received += msg.value;
    }
}

/// Burns whatever gas it is given.
contract Burner is Refuser {
    receive() external payable override {
        if (accepts) {
            return;
        }
        while (true) {}
    }
}

/// Calls back once when it is paid and remembers what came of it.
contract Reenterer is Refuser {
    address public target;
    bytes public data;
    uint256 public value;
    bool public tried;
    bool public succeeded;
    bytes public answer;

    function aim(address target_, uint256 value_, bytes calldata data_) external {
        target = target_;
        value = value_;
        data = data_;
        tried = false;
        succeeded = false;
    }

    receive() external payable override {
        if (target != address(0) && !tried) {
            tried = true;
            (succeeded, answer) = target.call{value: value}(data);
        }
    }
}
