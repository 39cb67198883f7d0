// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./support/Fixture.sol";
import "./support/Receivers.sol";
import "./support/Tokens.sol";
import {Vm} from "./support/Vm.sol";

contract VaultsTest is Fixture {
    // ------------------------------------------------------------ ETH deposits

    function test_AnEthDepositIsStoredAndAnnounced() public {
        Payment memory payment = depositTx(eth(alice, 3 ether));
        bytes[] memory raws = new bytes[](1);
        raws[0] = Plasma.encode(payment);
        vm.recordLogs();
        vm.prank(alice);
        ethVault.deposit{value: 3 ether}(raws[0]);
        Vm.Log memory log = only(logs(), VaultApi.DepositCreated.selector);
        vm.assertEq(log.topics[1], word(alice), "depositor");
        vm.assertEq(uint256(log.topics[2]), 1, "block");
        vm.assertEq(log.topics[3], bytes32(0), "token");
        vm.assertEq(log.data, abi.encode(3 ether), "amount");
        (bytes32 root,) = framework.blocks(1);
        vm.assertEq(root, Tree.root(raws), "the root of the deposit alone");
        vm.assertEq(address(ethVault).balance, 3 ether, "the vault holds it");
    }

    function test_ADepositMayCarryMetaData() public {
        Payment memory payment = depositTx(eth(alice, 1 ether));
        payment.metaData = keccak256("note");
        accept(alice, address(ethVault), 1 ether, ethDeposit(payment), "with metadata");
    }

    function test_AnEthDepositMustMatchTheSender() public {
        Payment memory payment = depositTx(eth(alice, 1 ether));
        refuse(bob, address(ethVault), 1 ether, ethDeposit(payment), "somebody else's deposit");
        accept(alice, address(ethVault), 1 ether, ethDeposit(payment), "one's own");
    }

    function test_AnEthDepositMustMatchTheValue() public {
        Payment memory payment = depositTx(eth(alice, 1 ether));
        refuse(alice, address(ethVault), 1 ether - 1, ethDeposit(payment), "less sent");
        refuse(alice, address(ethVault), 1 ether + 1, ethDeposit(payment), "more sent");
        refuse(alice, address(ethVault), 0, ethDeposit(payment), "nothing sent");
    }

    function test_AnEthDepositNamesNoToken() public {
        Payment memory payment = depositTx(Output(1, alice, address(token), 1 ether));
        refuse(alice, address(ethVault), 1 ether, ethDeposit(payment), "a token in the ETH vault");
    }

    function test_ADepositHasNoInputs() public {
        Payment memory payment = depositTx(eth(alice, 1 ether));
        payment.inputs = new uint256[](1);
        payment.inputs[0] = 1e9;
        refuse(alice, address(ethVault), 1 ether, ethDeposit(payment), "an input");
    }

    function test_ADepositHasExactlyOneOutput() public {
        Payment memory payment = depositTx(eth(alice, 1 ether));
        payment.outputs = outs(eth(alice, 1 ether), eth(alice, 1 ether));
        refuse(alice, address(ethVault), 2 ether, ethDeposit(payment), "two outputs, their sum");
        refuse(alice, address(ethVault), 1 ether, ethDeposit(payment), "two outputs, the first");
        payment.outputs = new Output[](0);
        refuse(alice, address(ethVault), 0, ethDeposit(payment), "no output");
    }

    function test_ADepositIsAPaymentWithAPaymentOutput() public {
        Payment memory payment = depositTx(eth(alice, 1 ether));
        payment.txType = 2;
        refuse(alice, address(ethVault), 1 ether, ethDeposit(payment), "type 2");
        payment.txType = 3;
        refuse(alice, address(ethVault), 1 ether, ethDeposit(payment), "type 3");
        payment = depositTx(Output(2, alice, ETH, 1 ether));
        refuse(alice, address(ethVault), 1 ether, ethDeposit(payment), "output type 2");
    }

    function test_ADepositThatIsNotATransactionIsRefused() public {
        bytes memory junk = abi.encodeCall(ethVault.deposit, (hex"c0"));
        refuse(alice, address(ethVault), 1 ether, junk, "an empty list");
        bytes memory trailing = bytes.concat(Plasma.encode(depositTx(eth(alice, 1 ether))), hex"00");
        bytes memory call = abi.encodeCall(ethVault.deposit, (trailing));
        refuse(alice, address(ethVault), 1 ether, call, "a trailing byte");
    }

    function test_ADepositBelowTheMinimumIsRefused() public {
        uint256 least = ethVault.minimumDeposit(ETH);
        Payment memory payment = depositTx(eth(alice, least - 1));
        refuse(alice, address(ethVault), least - 1, ethDeposit(payment), "one wei short");
        payment = depositTx(eth(alice, least));
        accept(alice, address(ethVault), least, ethDeposit(payment), "the least");
    }

    function test_ADepositOfNothingIsRefused() public {
        vm.prank(maintainer);
        ethVault.setMinimumDeposit(ETH, 1);
        refuse(alice, address(ethVault), 0, ethDeposit(depositTx(eth(alice, 0))), "zero ETH");
        bytes memory call = abi.encodeCall(erc20Vault.deposit, (Plasma.encode(depositTx(tok(alice, 0)))));
        refuse(alice, address(erc20Vault), call, "zero tokens");
    }

    function test_PlainEthIsRefused() public {
        (bool done,) = attempt(alice, address(ethVault), 1 ether, "");
        vm.assertFalse(done, "the ETH vault");
        (done,) = attempt(alice, address(erc20Vault), 1 ether, "");
        vm.assertFalse(done, "the ERC-20 vault");
        (done,) = attempt(alice, address(framework), 1 ether, "");
        vm.assertFalse(done, "the framework");
        (done,) = attempt(alice, address(game), 1 ether, "");
        vm.assertFalse(done, "the exit game");
    }

    function test_AContractMayDeposit() public {
        Refuser owner = new Refuser();
        vm.deal(address(owner), 1 ether);
        deposit(eth(address(owner), 1 ether));
        vm.assertEq(address(ethVault).balance, 1 ether, "held");
    }

    // ------------------------------------------------------------ ERC-20 deposits

    function test_ATokenDepositIsStoredAndAnnounced() public {
        token.mint(alice, 500);
        vm.prank(alice);
        token.approve(address(erc20Vault), 500);
        Payment memory payment = depositTx(tok(alice, 500));
        bytes[] memory raws = new bytes[](1);
        raws[0] = Plasma.encode(payment);
        vm.recordLogs();
        vm.prank(alice);
        erc20Vault.deposit(raws[0]);
        Vm.Log memory log = only(logs(), VaultApi.DepositCreated.selector);
        vm.assertEq(log.topics[1], word(alice), "depositor");
        vm.assertEq(uint256(log.topics[2]), 1, "block");
        vm.assertEq(log.topics[3], word(address(token)), "token");
        vm.assertEq(log.data, abi.encode(500), "amount");
        (bytes32 root,) = framework.blocks(1);
        vm.assertEq(root, Tree.root(raws), "root");
        vm.assertEq(token.balanceOf(address(erc20Vault)), 500, "the vault holds it");
    }

    function test_ATokenDepositNeedsAnAllowance() public {
        token.mint(alice, 500);
        vm.prank(alice);
        token.approve(address(erc20Vault), 499);
        bytes memory call = tokenDeposit(depositTx(tok(alice, 500)));
        refuse(alice, address(erc20Vault), call, "one short");
        vm.prank(alice);
        token.approve(address(erc20Vault), 500);
        accept(alice, address(erc20Vault), call, "enough");
    }

    function test_ATokenDepositMustMatchTheSenderAndTheForm() public {
        fund(alice, 1000);
        fund(bob, 1000);
        refuse(bob, address(erc20Vault), tokenDeposit(depositTx(tok(alice, 500))), "somebody else's");
        refuse(alice, address(erc20Vault), tokenDeposit(depositTx(eth(alice, 500))), "ETH in the token vault");
        Payment memory payment = depositTx(tok(alice, 500));
        payment.txType = 2;
        refuse(alice, address(erc20Vault), tokenDeposit(payment), "type 2");
        payment = depositTx(Output(2, alice, address(token), 500));
        refuse(alice, address(erc20Vault), tokenDeposit(payment), "output type 2");
        payment = depositTx(tok(alice, 500));
        payment.outputs = outs(tok(alice, 500), tok(alice, 500));
        refuse(alice, address(erc20Vault), tokenDeposit(payment), "two outputs");
        payment = depositTx(tok(alice, 500));
        payment.inputs = new uint256[](1);
        payment.inputs[0] = 1e9;
        refuse(alice, address(erc20Vault), tokenDeposit(payment), "an input");
        accept(alice, address(erc20Vault), tokenDeposit(depositTx(tok(alice, 500))), "a proper one");
    }

    function test_ATokenDepositBelowTheMinimumIsRefused() public {
        vm.prank(maintainer);
        erc20Vault.setMinimumDeposit(address(token), 100);
        fund(alice, 1000);
        refuse(alice, address(erc20Vault), tokenDeposit(depositTx(tok(alice, 99))), "one short");
        accept(alice, address(erc20Vault), tokenDeposit(depositTx(tok(alice, 100))), "the least");
    }

    function test_ATokenThatKeepsAFeeIsRefused() public {
        FeeToken fee = new FeeToken();
        refuseDepositOf(Token(address(fee)), "fee on transfer");
    }

    function test_ATokenThatAnswersFalseIsRefused() public {
        FalseToken false_ = new FalseToken();
        false_.breakIt(true);
        refuseDepositOf(Token(address(false_)), "a false answer");
    }

    function test_ATokenWithoutCodeIsRefused() public {
        address nobody = address(0xdead);
        vm.prank(maintainer);
        (bool done,) = address(erc20Vault).call(abi.encodeCall(erc20Vault.setMinimumDeposit, (nobody, 1)));
        Payment memory payment = depositTx(Output(1, alice, nobody, 500));
        (bool deposited,) = attempt(alice, address(erc20Vault), 0, tokenDeposit(payment));
        vm.assertFalse(done && deposited, "no code, no deposit");
    }

    function test_ATokenThatAnswersNothingIsAccepted() public {
        SilentToken silent = new SilentToken();
        admit(address(silent));
        silent.mint(alice, 500);
        vm.prank(alice);
        silent.approve(address(erc20Vault), 500);
        Payment memory payment = depositTx(Output(1, alice, address(silent), 500));
        accept(alice, address(erc20Vault), tokenDeposit(payment), "no return value");
        vm.assertEq(silent.balanceOf(address(erc20Vault)), 500, "held");
    }

    // ------------------------------------------------------------ minimum deposits

    function test_OnlyTheMaintainerSetsTheMinimumDeposit() public {
        bytes memory call = abi.encodeCall(ethVault.setMinimumDeposit, (ETH, 5));
        refuse(alice, address(ethVault), call, "a stranger");
        refuse(authority, address(ethVault), call, "the authority");
        vm.recordLogs();
        accept(maintainer, address(ethVault), call, "the maintainer");
        Vm.Log memory log = only(logs(), VaultApi.MinimumDepositUpdated.selector);
        vm.assertEq(log.topics[1], bytes32(0), "token");
        vm.assertEq(log.data, abi.encode(5), "amount");
        vm.assertEq(ethVault.minimumDeposit(ETH), 5, "set");
        refuse(alice, address(erc20Vault), abi.encodeCall(ethVault.setMinimumDeposit, (address(token), 5)), "stranger");
    }

    function test_ATokenThatWasNeverAdmittedIsRefused() public {
        Token other = new Token();
        other.mint(alice, 500);
        vm.prank(alice);
        other.approve(address(erc20Vault), 500);
        bytes memory call = tokenDeposit(depositTx(Output(1, alice, address(other), 500)));
        refuse(alice, address(erc20Vault), call, "never admitted");
        vm.prank(maintainer);
        erc20Vault.setMinimumDeposit(address(other), 1);
        accept(alice, address(erc20Vault), call, "admitted");
    }

    function test_WithdrawingTheAdmissionStopsDepositsOnly() public {
        Coin memory held = deposit(tok(alice, 500));
        vm.prank(maintainer);
        erc20Vault.setMinimumDeposit(address(token), 0);
        fund(alice, 500);
        refuse(alice, address(erc20Vault), tokenDeposit(depositTx(tok(alice, 500))), "no new deposit");
        exit(held);
        mature();
        process(address(token), 1);
        vm.assertEq(token.balanceOf(alice), 1000, "the exit is paid");
    }

    // ------------------------------------------------------------ verifiers

    function test_OnlyTheMaintainerSetsAVerifier() public {
        address next = create("EthDepositVerifier", abi.encode(1, 1));
        bytes memory call = abi.encodeCall(ethVault.setDepositVerifier, (next));
        refuse(alice, address(ethVault), call, "a stranger");
        refuse(authority, address(ethVault), call, "the authority");
        vm.recordLogs();
        accept(maintainer, address(ethVault), call, "the maintainer");
        Vm.Log memory log = only(logs(), VaultApi.SetDepositVerifierCalled.selector);
        vm.assertEq(log.data, abi.encode(next), "announced");
    }

    function test_AVerifierNeedsCode() public {
        bytes memory none = abi.encodeCall(ethVault.setDepositVerifier, (address(0)));
        refuse(maintainer, address(ethVault), none, "the zero address");
        bytes memory plain = abi.encodeCall(ethVault.setDepositVerifier, (alice));
        refuse(maintainer, address(ethVault), plain, "an account without code");
    }

    function test_TheFirstVerifierActsAtOnceAndALaterOneAfterTwoPeriods() public {
        address next = create("EthDepositVerifier", abi.encode(1, 1));
        vm.prank(maintainer);
        ethVault.setDepositVerifier(next);
        uint256 due = block.timestamp + 2 * PERIOD;
        vm.assertEq(ethVault.newDepositVerifierMaturityTimestamp(), due, "known when");
        vm.assertEq(ethVault.depositVerifiers(0), address(ethVerifier), "the one in force");
        vm.assertEq(ethVault.depositVerifiers(1), next, "the one to come");
        vm.assertEq(ethVault.getEffectiveDepositVerifier(), address(ethVerifier), "not yet");
        vm.warp(due - 1);
        vm.assertEq(ethVault.getEffectiveDepositVerifier(), address(ethVerifier), "still not yet");
        vm.warp(due);
        vm.assertEq(ethVault.getEffectiveDepositVerifier(), next, "now");
    }

    function test_AThirdVerifierKeepsTheSecondOnceItIsInForce() public {
        address second = create("EthDepositVerifier", abi.encode(1, 1));
        address third = create("EthDepositVerifier", abi.encode(1, 1));
        vm.prank(maintainer);
        ethVault.setDepositVerifier(second);
        pass(2 * PERIOD);
        vm.prank(maintainer);
        ethVault.setDepositVerifier(third);
        vm.assertEq(ethVault.getEffectiveDepositVerifier(), second, "the second is in force");
        pass(2 * PERIOD);
        vm.assertEq(ethVault.getEffectiveDepositVerifier(), third, "then the third");
    }

    function test_AVerifierThatComesIntoForceIsTheOneAsked() public {
        address strange = create("EthDepositVerifier", abi.encode(2, 1));
        vm.prank(maintainer);
        ethVault.setDepositVerifier(strange);
        Payment memory one = depositTx(eth(alice, 1 ether));
        accept(alice, address(ethVault), 1 ether, ethDeposit(one), "before");
        pass(2 * PERIOD);
        refuse(alice, address(ethVault), 1 ether, ethDeposit(one), "after");
    }

    function test_TheVerifiersTellTheirTypes() public view {
        vm.assertEq(ethVerifier.depositTxType(), 1, "ETH: transaction type");
        vm.assertEq(ethVerifier.supportedOutputType(), 1, "ETH: output type");
        vm.assertEq(erc20Verifier.depositTxType(), 1, "ERC-20: transaction type");
        vm.assertEq(erc20Verifier.supportedOutputType(), 1, "ERC-20: output type");
        vm.assertEq(ethVault.safeGasStipend(), 2300, "the stipend");
    }

    function test_TheTokenVerifierGivesWhatIsDeposited() public {
        fund(alice, 500);
        (address owner, address token_, uint256 amount) =
            erc20Verifier.verify(Plasma.encode(depositTx(tok(alice, 500))), alice, address(erc20Vault));
        vm.assertEq(owner, alice, "owner");
        vm.assertEq(token_, address(token), "token");
        vm.assertEq(amount, 500, "amount");
    }

    // ------------------------------------------------------------ withdrawals

    function test_OnlyAnExitGameWithdraws() public {
        deposit(eth(alice, 1 ether));
        deposit(tok(alice, 500));
        bytes memory ether_ = abi.encodeCall(ethVault.withdraw, (payable(alice), 1 ether));
        bytes memory tokens = abi.encodeCall(erc20Vault.withdraw, (alice, address(token), 500));
        refuse(alice, address(ethVault), ether_, "a stranger");
        refuse(maintainer, address(ethVault), ether_, "the maintainer");
        refuse(address(framework), address(ethVault), ether_, "the framework");
        refuse(alice, address(erc20Vault), tokens, "a stranger");
        refuse(maintainer, address(erc20Vault), tokens, "the maintainer");
        vm.recordLogs();
        accept(address(game), address(ethVault), ether_, "the exit game");
        accept(address(game), address(erc20Vault), tokens, "the exit game");
        Vm.Log[] memory found = logs();
        Vm.Log memory log = only(found, VaultApi.EthWithdrawn.selector);
        vm.assertEq(log.topics[1], word(alice), "receiver");
        vm.assertEq(log.data, abi.encode(1 ether), "amount");
        log = only(found, VaultApi.Erc20Withdrawn.selector);
        vm.assertEq(log.topics[1], word(alice), "receiver");
        vm.assertEq(log.topics[2], word(address(token)), "token");
        vm.assertEq(log.data, abi.encode(500), "amount");
        vm.assertEq(token.balanceOf(alice), 500, "paid");
    }

    function test_AQuarantinedExitGameDoesNotWithdraw() public {
        deposit(eth(alice, 1 ether));
        deposit(tok(alice, 500));
        Refuser later = new Refuser();
        vm.prank(maintainer);
        framework.registerExitGame(7, address(later), 2);
        bytes memory ether_ = abi.encodeCall(ethVault.withdraw, (payable(alice), 1 ether));
        bytes memory tokens = abi.encodeCall(erc20Vault.withdraw, (alice, address(token), 500));
        pass(4 * PERIOD - 1);
        refuse(address(later), address(ethVault), ether_, "in quarantine");
        refuse(address(later), address(erc20Vault), tokens, "in quarantine");
        pass(2);
        accept(address(later), address(ethVault), ether_, "afterwards");
        accept(address(later), address(erc20Vault), tokens, "afterwards");
    }

    function test_AQuarantinedVaultDoesNotDeposit() public {
        address later = create("EthVault", abi.encode(framework, 2300));
        vm.startPrank(maintainer);
        EthVaultApi(later).setDepositVerifier(address(ethVerifier));
        EthVaultApi(later).setMinimumDeposit(ETH, 1);
        framework.registerVault(9, later);
        vm.stopPrank();
        bytes memory call = ethDeposit(depositTx(eth(alice, 1 ether)));
        refuse(alice, later, 1 ether, call, "in quarantine");
        pass(2 * PERIOD - 1);
        refuse(alice, later, 1 ether, call, "still in quarantine");
        pass(2);
        accept(alice, later, 1 ether, call, "afterwards");
    }

    // ------------------------------------------------------------ helpers

    function ethDeposit(Payment memory payment) private view returns (bytes memory) {
        return abi.encodeCall(ethVault.deposit, (Plasma.encode(payment)));
    }

    function tokenDeposit(Payment memory payment) private view returns (bytes memory) {
        return abi.encodeCall(erc20Vault.deposit, (Plasma.encode(payment)));
    }

    function fund(address owner, uint256 amount) private {
        token.mint(owner, amount);
        vm.prank(owner);
        token.approve(address(erc20Vault), amount);
    }

    function refuseDepositOf(Token bad, string memory why) private {
        admit(address(bad));
        bad.mint(alice, 500);
        vm.prank(alice);
        bad.approve(address(erc20Vault), 500);
        refuse(alice, address(erc20Vault), tokenDeposit(depositTx(Output(1, alice, address(bad), 500))), why);
        vm.assertEq(framework.nextDeposit(), 1, "no deposit block was made");
    }
}
