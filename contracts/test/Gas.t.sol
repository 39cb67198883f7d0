// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import {Refuser} from "./support/Receivers.sol";
import {BurningToken} from "./support/Tokens.sol";

/// The dearest entries there are, processed with any amount of gas: they are
/// refused before they are begun, or they are settled in full.
contract GasTest is Fixture {
    BurningToken private burning;

    function setUp() public override {
        super.setUp();
        burning = new BurningToken();
        admit(address(burning));
    }

    function test_W31_TheDearestTokenEntryIsSettledOrNotBegun() public {
        prepare(address(burning));
        burning.burn(true);
        withAnyGas(address(burning), 200_000, 9_000_000);
    }

    function test_W31_TheDearestEthEntryIsSettledOrNotBegun() public {
        prepare(ETH);
        Refuser refuser = new Refuser();
        vm.etch(alice, address(refuser).code);
        vm.etch(bob, address(refuser).code);
        vm.etch(proc, address(refuser).code);
        withAnyGas(ETH, 100_000, 5_000_000);
    }

    /// Each owner refuses what it is paid, so that each bond becomes a credit: what
    /// is processed leaves enough gas for that, however many they are.
    function test_W31_TheBondsOfManyOwnersAreProvidedFor() public {
        Refuser refuser = new Refuser();
        for (uint256 i = 0; i < 12; i++) {
            address owner = vm.addr(1000 + i);
            vm.deal(owner, 2 ether);
            exit(mined(eth(owner, 1 ether)));
            vm.etch(owner, address(refuser).code);
        }
        mature();
        bytes memory call = abi.encodeCall(framework.processExits, (1, ETH, 0, 12, senderData(proc)));
        uint256 fewest = 12;
        for (uint256 gas_ = 400_000; gas_ < 5_000_000; gas_ += 50_021) {
            uint256 before = vm.snapshotState();
            vm.prank(proc);
            (bool done, bytes memory answer) = address(framework).call{gas: gas_}(call);
            uint256 left = queueOf(ETH).currentSize();
            if (done) {
                vm.assertLe(left, fewest, "more gas is never too little");
                fewest = left;
            } else {
                vm.assertEq(fewest, 12, "what was begun is ended");
                vm.assertEq(answer.length, 4, "with a reason");
            }
            vm.assertTrue(vm.revertToState(before), "undone");
        }
        vm.assertEq(fewest, 0, "enough gas is enough");
    }

    /// Five inputs and five outputs, all piggybacked, of amounts that spill.
    function prepare(address token_) private {
        Coin[] memory ins = new Coin[](5);
        Output[] memory outputs = new Output[](5);
        uint256 amount = token_ == ETH ? 1 ether : uint256(type(uint96).max) + 7;
        for (uint256 i = 0; i < 5; i++) {
            ins[i] = mined(Output(1, alice, token_, amount));
            outputs[i] = Output(1, bob, token_, amount);
        }
        Payment memory payment = spend(ins, outputs);
        startIfe(payment, ins, alice);
        for (uint16 i = 0; i < 5; i++) {
            piggybackInput(payment, i, alice);
            piggybackOutput(payment, i);
        }
        mature();
    }

    function withAnyGas(address token_, uint256 least, uint256 most) private {
        uint256 vaultId = token_ == ETH ? 1 : 2;
        bytes memory call = abi.encodeCall(framework.processExits, (vaultId, token_, 0, 1, senderData(proc)));
        uint256 settled = 0;
        for (uint256 gas_ = least; gas_ < most; gas_ += 50_021) {
            uint256 before = vm.snapshotState();
            vm.prank(proc);
            uint256 left = gasleft();
            (bool done, bytes memory answer) = address(framework).call{gas: gas_}(call);
            left -= gasleft();
            if (done) {
                settled++;
                vm.assertEq(queueOf(token_).currentSize(), 0, "settled in full");
            } else {
                vm.assertEq(settled, 0, "more gas is never too little");
                vm.assertLt(left, 180_000, "refused before it was begun");
                vm.assertEq(answer.length, 4, "with a reason");
            }
            vm.assertTrue(vm.revertToState(before), "undone");
        }
        vm.assertGt(settled, 0, "enough gas is enough");
    }
}
