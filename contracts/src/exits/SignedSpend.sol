// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Positions} from "../transactions/Positions.sol";
import {Transactions} from "../transactions/Transactions.sol";

/// A spend is good when it names the output and its owner signed it.
abstract contract SignedSpend {
    bytes32 private immutable _domain;

    error NoSuchInput();
    error NoSuchOutput();
    error OtherOutputSpent();
    error WrongTypes();
    error NotSignedByOwner();

    constructor(address framework) {
        require(framework.code.length != 0, WrongTypes());
        _domain = Transactions.domain(framework);
    }

    function _check(
        Transactions.Transaction memory source,
        uint256 utxoPos,
        Transactions.Transaction memory spender,
        uint16 inputIndex,
        bytes calldata witness
    ) internal view {
        require(inputIndex < spender.inputs.length, NoSuchInput());
        require(spender.inputs[inputIndex] == utxoPos, OtherOutputSpent());
        uint256 index = Positions.outputIndexOf(utxoPos);
        require(index < source.outputs.length, NoSuchOutput());
        require(witness.length == 65 && _isCanonicalV(witness), NotSignedByOwner());
        bytes32 digest = Transactions.digest(_domain, spender);
        (address signer, ECDSA.RecoverError error_,) = ECDSA.tryRecover(digest, witness);
        require(
            error_ == ECDSA.RecoverError.NoError && signer == source.outputs[index].owner, NotSignedByOwner()
        );
    }

    function _isCanonicalV(bytes calldata witness) private pure returns (bool) {
        return uint8(witness[64]) == 27 || uint8(witness[64]) == 28;
    }
}
