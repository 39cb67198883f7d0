// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// A token that behaves, and the base of those that do not.
contract Token {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 amount);

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        return true;
    }

    function transfer(address to, uint256 amount) external virtual returns (bool) {
        _move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external virtual returns (bool) {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
        return true;
    }

    function _move(address from, address to, uint256 amount) internal virtual {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
    }
}

/// Answers false instead of reverting, and moves nothing, once it is told to.
contract FalseToken is Token {
    bool public broken;

    function breakIt(bool yes) external {
        broken = yes;
    }

    function transfer(address to, uint256 amount) external override returns (bool) {
        if (broken) {
            return false;
        }
        _move(msg.sender, to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) external override returns (bool) {
        if (broken) {
            return false;
        }
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
        return true;
    }
}

/// Transfers work but return nothing, as some old tokens do.
contract SilentToken {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// Moves and then answers with something that is no boolean.
contract OddToken is Token {
    bytes public answer;

    function say(bytes calldata answer_) external {
        answer = answer_;
    }

    function transfer(address to, uint256 amount) external override returns (bool) {
        _move(msg.sender, to, amount);
        bytes memory said = answer;
        assembly {
            return(add(said, 32), mload(said))
        }
    }
}

/// Keeps a hundredth of every transfer.
contract FeeToken is Token {
    function _move(address from, address to, uint256 amount) internal override {
        balanceOf[from] -= amount;
        balanceOf[to] += amount - amount / 100;
        emit Transfer(from, to, amount);
    }
}

/// Refuses transfers to the accounts on its list.
contract BlocklistToken is Token {
    mapping(address => bool) public blocked;

    function block_(address account, bool yes) external {
        blocked[account] = yes;
    }

    function _move(address from, address to, uint256 amount) internal override {
        require(!blocked[to], "blocked");
        super._move(from, to, amount);
    }
}

/// Burns all gas of a transfer once it is told to.
contract BurningToken is Token {
    bool public burning;

    function burn(bool yes) external {
        burning = yes;
    }

    function _move(address from, address to, uint256 amount) internal override {
        while (burning) {}
        super._move(from, to, amount);
    }
}

/// Calls back in the middle of a transfer.
contract CallbackToken is Token {
    address public target;
    bytes public data;
    bool public tried;
    bool public succeeded;
    bytes public answer;

    function aim(address target_, bytes calldata data_) external {
        target = target_;
        data = data_;
        tried = false;
        succeeded = false;
    }

    function _move(address from, address to, uint256 amount) internal override {
        super._move(from, to, amount);
        if (target != address(0) && !tried) {
            tried = true;
            (succeeded, answer) = target.call(data);
        }
    }
}
