// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./Interfaces.sol";
import {Output, Payment, Plasma, Tree} from "./Plasma.sol";
import {Refuser} from "./Receivers.sol";
import {Rlp} from "./Rlp.sol";
import {Suite} from "./Suite.sol";
import {Token} from "./Tokens.sol";

/// An output of the child chain together with what proves it.
struct Coin {
    uint256 position;
    bytes raw;
    bytes proof;
    Output output;
}

/// A deployed chain, its people, and short words for what they do.
abstract contract Fixture is Suite {
    uint256 internal constant PERIOD = 604_800;
    uint256 internal constant HALF = PERIOD / 2;
    uint256 internal constant START = 1_700_000_000;
    address internal constant ETH = address(0);

    uint128 internal constant SE_BOND = 23_300_000_000_000_000;
    uint128 internal constant SE_BOUNTY = 5_350_000_000_000_000;
    uint128 internal constant IFE_BOND = 26_900_000_000_000_000;
    uint128 internal constant PB_BOND = 30_900_000_000_000_000;
    uint128 internal constant PB_BOUNTY = 25_000_000_000_000_000;

    FrameworkApi internal framework;
    EthVaultApi internal ethVault;
    Erc20VaultApi internal erc20Vault;
    EthDepositVerifierApi internal ethVerifier;
    Erc20DepositVerifierApi internal erc20Verifier;
    RegistryApi internal registry;
    ConditionApi internal paymentCondition;
    ConditionApi internal paymentToTwoCondition;
    FeeConditionApi internal feeCondition;
    TransitionApi internal transition;
    ExitGameApi internal game;
    address internal feeGame;
    Token internal token;

    address internal deployer;
    address internal maintainer;
    address internal authority;
    address internal alice;
    address internal bob;
    address internal carol;
    address internal dave;
    address internal watcher;
    address internal proc;

    mapping(uint256 => bytes[]) private _bodies;

    function setUp() public virtual {
        people();
        vm.warp(START);
        deploy();
        token = new Token();
        admit(address(token));
    }

    function people() internal {
        deployer = person("deployer");
        maintainer = person("maintainer");
        authority = person("authority");
        alice = person("alice");
        bob = person("bob");
        carol = person("carol");
        dave = person("dave");
        watcher = person("watcher");
        proc = person("proc");
    }

    // ------------------------------------------------------------ deployment

    function artifact(string memory name) internal pure virtual returns (string memory) {
        return string.concat(name, ".sol:", name);
    }

    function create(string memory name, bytes memory arguments) internal returns (address) {
        return vm.deployCode(artifact(name), arguments);
    }

    function deploy() internal {
        deployFramework();
        deployVaults();
        deployConditions();
        deployGames();
        vm.prank(maintainer);
        framework.setVersion("2.0.0");
        framework.addExitQueue(1, ETH);
        vm.prank(maintainer);
        ethVault.setMinimumDeposit(ETH, 1e15);
        assertGraph();
    }

    function deployFramework() internal {
        framework = FrameworkApi(create("PlasmaFramework", abi.encode(PERIOD, 2, 2, authority, maintainer)));
    }

    function deployVaults() internal {
        ethVerifier = EthDepositVerifierApi(create("EthDepositVerifier", abi.encode(1, 1)));
        ethVault = EthVaultApi(create("EthVault", abi.encode(framework, 2300)));
        erc20Verifier = Erc20DepositVerifierApi(create("Erc20DepositVerifier", abi.encode(1, 1)));
        erc20Vault = Erc20VaultApi(create("Erc20Vault", abi.encode(framework)));
        vm.startPrank(maintainer);
        ethVault.setDepositVerifier(address(ethVerifier));
        erc20Vault.setDepositVerifier(address(erc20Verifier));
        framework.registerVault(1, address(ethVault));
        framework.registerVault(2, address(erc20Vault));
        vm.stopPrank();
    }

    function deployConditions() internal {
        registry = RegistryApi(create("SpendingConditionRegistry", ""));
        paymentCondition = ConditionApi(create("PaymentOutputToPaymentTxCondition", abi.encode(framework, 1, 1)));
        paymentToTwoCondition = ConditionApi(create("PaymentOutputToPaymentTxCondition", abi.encode(framework, 1, 2)));
        feeCondition = FeeConditionApi(create("FeeClaimOutputToPaymentTxCondition", abi.encode(framework, 3, 2, 1)));
        registry.registerSpendingCondition(1, 1, address(paymentCondition));
        registry.registerSpendingCondition(1, 2, address(paymentToTwoCondition));
        registry.registerSpendingCondition(2, 1, address(feeCondition));
        registry.renounceOwnership();
    }

    function gameArguments() internal view returns (bytes memory) {
        return abi.encode(framework, 1, 2, registry, transition, 1, 2300);
    }

    function deployGames() internal virtual {
        transition = TransitionApi(create("PaymentTransactionStateTransitionVerifier", ""));
        game = ExitGameApi(create("PaymentExitGame", gameArguments()));
        vm.prank(maintainer);
        game.init();
        vm.prank(maintainer);
        framework.registerExitGame(1, address(game), 2);
        feeGame = create("FeeExitGame", "");
        vm.prank(maintainer);
        framework.registerExitGame(3, feeGame, 2);
    }

    /// What a deployment must look like when it is done.
    function assertGraph() internal view {
        vm.assertEq(framework.vaults(1), address(ethVault), "the ETH vault is vault 1");
        vm.assertEq(framework.vaults(2), address(erc20Vault), "the ERC-20 vault is vault 2");
        vm.assertEq(framework.vaultToId(address(ethVault)), 1, "the ETH vault knows its id");
        vm.assertEq(framework.vaultToId(address(erc20Vault)), 2, "the ERC-20 vault knows its id");
        vm.assertEq(framework.exitGames(1), address(game), "payments have their exit game");
        vm.assertEq(framework.exitGames(3), feeGame, "fees have their exit game");
        vm.assertEq(framework.exitGameToTxType(address(game)), 1, "the exit game is found by address");
        vm.assertTrue(framework.isExitGameSafeToUse(address(game)), "the exit game is not quarantined");
        vm.assertTrue(framework.isExitGameSafeToUse(feeGame), "the fee exit game is not quarantined");
        vm.assertEq(registry.owner(), address(0), "the conditions belong to nobody");
        vm.assertEq(registry.spendingConditions(1, 1), address(paymentCondition), "condition 1 to 1");
        vm.assertEq(registry.spendingConditions(1, 2), address(paymentToTwoCondition), "condition 1 to 2");
        vm.assertEq(registry.spendingConditions(2, 1), address(feeCondition), "condition 2 to 1");
        vm.assertEq(framework.protocols(1), 2, "payments are MoreVP");
        vm.assertEq(framework.protocols(3), 2, "fees are MoreVP");
        vm.assertEq(framework.protocols(2), 0, "type 2 has no protocol");
        vm.assertEq(game.startStandardExitBondSize(), SE_BOND, "the bond of a standard exit");
        vm.assertEq(game.processStandardExitBountySize(), SE_BOUNTY, "the bounty of a standard exit");
        vm.assertEq(game.startIFEBondSize(), IFE_BOND, "the bond of an in-flight exit");
        vm.assertEq(game.piggybackBondSize(), PB_BOND, "the bond of a piggyback");
        vm.assertEq(game.processInFlightExitBountySize(), PB_BOUNTY, "the bounty of a piggyback");
        vm.assertTrue(framework.hasExitQueue(1, ETH), "ETH has a queue");
        vm.assertEq(framework.authority(), authority, "the authority");
        vm.assertEq(framework.getMaintainer(), maintainer, "the maintainer");
        vm.assertEq(framework.minExitPeriod(), PERIOD, "the exit period");
        vm.assertEq(framework.childBlockInterval(), 1000, "the interval");
        vm.assertEq(framework.getVersion(), "2.0.0", "the version");
        vm.assertEq(ethVault.getEffectiveDepositVerifier(), address(ethVerifier), "the ETH verifier");
        vm.assertEq(erc20Vault.getEffectiveDepositVerifier(), address(erc20Verifier), "the ERC-20 verifier");
        vm.assertEq(ethVault.minimumDeposit(ETH), 1e15, "the least deposit");
    }

    function admit(address token_) internal {
        vm.prank(maintainer);
        erc20Vault.setMinimumDeposit(token_, 1);
        framework.addExitQueue(2, token_);
    }

    // ------------------------------------------------------------ child chain

    function eth(address owner, uint256 amount) internal pure returns (Output memory) {
        return Output(1, owner, ETH, amount);
    }

    function tok(address owner, uint256 amount) internal view returns (Output memory) {
        return Output(1, owner, address(token), amount);
    }

    function outs(Output memory a) internal pure returns (Output[] memory list) {
        list = new Output[](1);
        list[0] = a;
    }

    function outs(Output memory a, Output memory b) internal pure returns (Output[] memory list) {
        list = new Output[](2);
        list[0] = a;
        list[1] = b;
    }

    function coins(Coin memory a) internal pure returns (Coin[] memory list) {
        list = new Coin[](1);
        list[0] = a;
    }

    function coins(Coin memory a, Coin memory b) internal pure returns (Coin[] memory list) {
        list = new Coin[](2);
        list[0] = a;
        list[1] = b;
    }

    function blank() internal pure returns (Payment memory payment) {
        payment.txType = 1;
        payment.txData = hex"80";
    }

    function spend(Coin[] memory ins, Output[] memory outputs) internal pure returns (Payment memory payment) {
        payment = blank();
        payment.inputs = new uint256[](ins.length);
        for (uint256 i = 0; i < ins.length; i++) {
            payment.inputs[i] = ins[i].position;
        }
        payment.outputs = outputs;
    }

    /// One coin paid to somebody in full.
    function pay(Coin memory coin, address to) internal pure returns (Payment memory) {
        return spend(coins(coin), outs(Output(1, to, coin.output.token, coin.output.amount)));
    }

    /// The same spend as another transaction.
    function again(Payment memory payment, uint256 note) internal pure returns (Payment memory other) {
        other = Payment(payment.txType, payment.inputs, payment.outputs, payment.txData, bytes32(note));
    }

    function depositTx(Output memory output) internal pure returns (Payment memory payment) {
        payment = blank();
        payment.outputs = outs(output);
    }

    function deposit(Output memory output) internal returns (Coin memory coin) {
        Payment memory payment = depositTx(output);
        coin = Coin(framework.nextDepositBlock() * 1e9, Plasma.encode(payment), "", output);
        if (output.token == ETH) {
            vm.prank(output.owner);
            ethVault.deposit{value: output.amount}(coin.raw);
        } else {
            Token(output.token).mint(output.owner, output.amount);
            bytes memory call = abi.encodeCall(Token.approve, (address(erc20Vault), output.amount));
            accept(output.owner, output.token, call, "approved");
            vm.prank(output.owner);
            erc20Vault.deposit(coin.raw);
        }
        _bodies[coin.position / 1e9].push(coin.raw);
        coin.proof = proofAt(coin.position);
    }

    function submit(bytes[] memory raws) internal returns (uint256 blknum) {
        blknum = framework.nextChildBlock();
        bytes32 root = Tree.root(raws);
        vm.prank(authority);
        framework.submitBlock(root);
        for (uint256 i = 0; i < raws.length; i++) {
            _bodies[blknum].push(raws[i]);
        }
    }

    /// A block with one payment; gives the position of the transaction.
    function include(Payment memory payment) internal returns (uint256) {
        bytes[] memory raws = new bytes[](1);
        raws[0] = Plasma.encode(payment);
        return submit(raws) * 1e9;
    }

    function proofAt(uint256 position) internal view returns (bytes memory) {
        bytes[] memory raws = _bodies[position / 1e9];
        return Tree.proof(raws, (position % 1e9) / 1e4);
    }

    function coinAt(Payment memory payment, uint256 txPosition, uint256 oindex) internal view returns (Coin memory) {
        return Coin(txPosition + oindex, Plasma.encode(payment), proofAt(txPosition), payment.outputs[oindex]);
    }

    /// A coin of an operator block: a deposit that was paid to its owner once.
    function mined(Output memory output) internal returns (Coin memory) {
        Coin memory source = deposit(Output(1, alice, output.token, output.amount));
        Payment memory payment = spend(coins(source), outs(output));
        return coinAt(payment, include(payment), 0);
    }

    function witness(Payment memory payment, address signer) internal view returns (bytes memory) {
        return signature(signer, Plasma.digest(address(framework), payment));
    }

    function senderData(address sender) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(sender));
    }

    // ------------------------------------------------------------ standard exits

    function seId(Coin memory coin_) internal pure returns (uint168) {
        return Plasma.standardExitId(coin_.raw, coin_.position);
    }

    function exit(Coin memory coin_) internal returns (uint168) {
        vm.prank(coin_.output.owner);
        game.startStandardExit{value: SE_BOND}(StartStandardExit(coin_.position, coin_.raw, coin_.proof));
        return seId(coin_);
    }

    function challengeArgs(Coin memory coin_, Payment memory spender, address sender)
        internal
        view
        returns (ChallengeStandardExit memory)
    {
        return ChallengeStandardExit(
            seId(coin_),
            coin_.raw,
            Plasma.encode(spender),
            inputIndexOf(spender, coin_),
            witness(spender, coin_.output.owner),
            senderData(sender)
        );
    }

    function challenge(Coin memory coin_, Payment memory spender, address sender) internal {
        ChallengeStandardExit memory args = challengeArgs(coin_, spender, sender);
        vm.prank(sender);
        game.challengeStandardExit(args);
    }

    function inputIndexOf(Payment memory payment, Coin memory coin_) internal pure returns (uint16) {
        for (uint16 i = 0; i < payment.inputs.length; i++) {
            if (payment.inputs[i] == coin_.position) {
                return i;
            }
        }
        return 0;
    }

    function standardExit(uint168 id) internal view returns (StandardExitRecord memory) {
        uint168[] memory ids = new uint168[](1);
        ids[0] = id;
        return game.standardExits(ids)[0];
    }

    // ------------------------------------------------------------ in-flight exits

    function ifeId(Payment memory payment) internal pure returns (uint168) {
        return Plasma.inFlightExitId(Plasma.encode(payment));
    }

    function ifeArgs(Payment memory payment, Coin[] memory ins) internal view returns (StartInFlightExit memory args) {
        args.inFlightTx = Plasma.encode(payment);
        args.inputTxs = new bytes[](ins.length);
        args.inputUtxosPos = new uint256[](ins.length);
        args.inputTxsInclusionProofs = new bytes[](ins.length);
        args.inFlightTxWitnesses = new bytes[](ins.length);
        for (uint256 i = 0; i < ins.length; i++) {
            args.inputTxs[i] = ins[i].raw;
            args.inputUtxosPos[i] = ins[i].position;
            args.inputTxsInclusionProofs[i] = ins[i].proof;
            args.inFlightTxWitnesses[i] = witness(payment, ins[i].output.owner);
        }
    }

    function startIfe(Payment memory payment, Coin[] memory ins, address sender) internal returns (uint168) {
        StartInFlightExit memory args = ifeArgs(payment, ins);
        vm.prank(sender);
        game.startInFlightExit{value: IFE_BOND}(args);
        return ifeId(payment);
    }

    function piggybackInput(Payment memory payment, uint16 index, address sender) internal {
        vm.prank(sender);
        game.piggybackInFlightExitOnInput{value: PB_BOND}(PiggybackInput(Plasma.encode(payment), index));
    }

    function piggybackOutput(Payment memory payment, uint16 index) internal {
        vm.prank(payment.outputs[index].owner);
        game.piggybackInFlightExitOnOutput{value: PB_BOND}(PiggybackOutput(Plasma.encode(payment), index));
    }

    /// shared: the coin both transactions spend; at: position of the competitor or 0.
    function canonicityArgs(Payment memory payment, Coin memory shared, Payment memory competitor, uint256 there)
        internal
        view
        returns (ChallengeCanonicity memory)
    {
        return ChallengeCanonicity(
            shared.raw,
            shared.position,
            Plasma.encode(payment),
            inputIndexOf(payment, shared),
            Plasma.encode(competitor),
            inputIndexOf(competitor, shared),
            there,
            there == 0 ? bytes("") : proofAt(there),
            witness(competitor, shared.output.owner)
        );
    }

    function compete(
        Payment memory payment,
        Coin memory shared,
        Payment memory competitor,
        uint256 there,
        address sender
    ) internal {
        ChallengeCanonicity memory args = canonicityArgs(payment, shared, competitor, there);
        vm.prank(sender);
        game.challengeInFlightExitNotCanonical(args);
    }

    function respond(Payment memory payment, uint256 there, address sender) internal {
        bytes memory proof = proofAt(there);
        vm.prank(sender);
        game.respondToNonCanonicalChallenge(Plasma.encode(payment), there, proof);
    }

    function inputSpentArgs(Payment memory payment, Coin memory shared, Payment memory spender, address sender)
        internal
        view
        returns (ChallengeInputSpent memory)
    {
        return ChallengeInputSpent(
            Plasma.encode(payment),
            inputIndexOf(payment, shared),
            Plasma.encode(spender),
            inputIndexOf(spender, shared),
            witness(spender, shared.output.owner),
            shared.raw,
            shared.position,
            senderData(sender)
        );
    }

    function blockInput(Payment memory payment, Coin memory shared, Payment memory spender, address sender) internal {
        ChallengeInputSpent memory args = inputSpentArgs(payment, shared, spender, sender);
        vm.prank(sender);
        game.challengeInFlightExitInputSpent(args);
    }

    function outputSpentArgs(Payment memory payment, Coin memory output, Payment memory spender, address sender)
        internal
        view
        returns (ChallengeOutputSpent memory)
    {
        return ChallengeOutputSpent(
            Plasma.encode(payment),
            output.proof,
            output.position,
            Plasma.encode(spender),
            inputIndexOf(spender, output),
            witness(spender, output.output.owner),
            senderData(sender)
        );
    }

    function blockOutput(Payment memory payment, Coin memory output, Payment memory spender, address sender) internal {
        ChallengeOutputSpent memory args = outputSpentArgs(payment, output, spender, sender);
        vm.prank(sender);
        game.challengeInFlightExitOutputSpent(args);
    }

    function inFlightExit(uint168 id) internal view returns (InFlightExitRecord memory) {
        uint168[] memory ids = new uint168[](1);
        ids[0] = id;
        return game.inFlightExits(ids)[0];
    }

    // ------------------------------------------------------------ processing

    function process(address token_, uint256 max) internal {
        process(token_, max, proc);
    }

    function process(address token_, uint256 max, address sender) internal {
        vm.prank(sender);
        framework.processExits(token_ == ETH ? 1 : 2, token_, 0, max, senderData(sender));
    }

    /// An exit game beside that of payments, out of quarantine.
    function secondGame() internal returns (address other) {
        other = address(new Refuser());
        vm.prank(maintainer);
        framework.registerExitGame(8, other, 2);
        pass(4 * PERIOD + 1);
    }

    /// Waits until everything that is queued now is due.
    function mature() internal {
        pass(2 * PERIOD + 1);
    }

    function queueOf(address token_) internal view returns (QueueApi) {
        uint256 vaultId = token_ == ETH ? 1 : 2;
        return QueueApi(framework.exitsQueues(keccak256(abi.encodePacked(vaultId, token_))));
    }
}
