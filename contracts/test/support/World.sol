// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import "./Fixture.sol";
import {Refuser} from "./Receivers.sol";
import {BlocklistToken} from "./Tokens.sol";
import {Vm} from "./Vm.sol";

/// Everybody at once: users who may cheat, an operator whose chain is valid, a
/// watcher who answers before time passes, receivers and a token that refuse.
/// Alice never signs twice. The world keeps its own books beside the contracts.
contract World is Fixture {
    struct Held {
        Coin coin;
        uint256[] spends;
        uint256 includedSpend;
        bool frozen;
        bool exiting;
    }

    /// A signed transaction; `place` is zero until it stands in a block.
    struct Signed {
        bytes payment;
        uint256[] inputs;
        uint256[] outputs;
        uint256 place;
        uint168 exitId;
        bool started;
    }

    uint256 private constant NONE = type(uint256).max;
    uint256 private constant MOST_COINS = 48;
    uint256 private constant MOST_SIGNED = 32;

    Held[] private held;
    Signed[] private signed;
    address[4] private users;
    BlocklistToken private list;
    Refuser private refuser;
    mapping(uint168 => uint256) private coinOfExit;
    mapping(uint168 => uint256) private signedOfExit;
    mapping(uint168 => bool) private honestExit;
    mapping(bytes32 => uint256) private paidTimes;
    mapping(uint168 => uint256) private sidesPaid;

    uint256 public depositedEth;
    uint256 public depositedTokens;
    uint256 public withdrawnEth;
    uint256 public withdrawnTokens;
    uint256 public outOfOrder;
    uint256 public paidTwice;
    uint256 public bothSides;
    uint256 public honestOmitted;
    uint256 public shortfalls;
    uint256 public processed;

    function setUp() public override {
        super.setUp();
        list = new BlocklistToken();
        token = Token(address(list));
        admit(address(list));
        refuser = new Refuser();
        users = [alice, bob, carol, dave];
    }

    // ------------------------------------------------------------ the chain

    function makeDeposit(uint256 who, uint256 amount, bool tokens) external {
        if (held.length >= MOST_COINS) {
            return;
        }
        address owner = users[who % 4];
        amount = within(amount, 1e15, 1e20);
        bool refusing = owner.code.length != 0;
        vm.etch(owner, "");
        if (tokens) {
            bool blocked = list.blocked(owner);
            list.block_(owner, false);
            hold(deposit(tok(owner, amount)));
            list.block_(owner, blocked);
            depositedTokens += amount;
        } else {
            hold(deposit(eth(owner, amount)));
            depositedEth += amount;
        }
        refuse_(owner, refusing);
    }

    /// Signs a spend of one coin or two; it goes into a block or stays outside.
    function makePayment(uint256 a, uint256 b, uint256 to, bool swap, bool included) external {
        if (held.length == 0 || signed.length >= MOST_SIGNED || held.length + 2 > MOST_COINS) {
            return;
        }
        a %= held.length;
        b %= held.length;
        to %= 4;
        if (a == b || !unspent(a) || !unspent(b)) {
            b = NONE;
        }
        if (!unspent(a)) {
            return;
        }
        uint256 s = sign(a, b, to, swap, 0);
        if (included) {
            includeSigned(s);
        }
    }

    function includeLater(uint256 s) external {
        if (signed.length != 0) {
            includeSigned(s % signed.length);
        }
    }

    /// A second signature for a coin, by anybody but Alice, of a transaction that
    /// nobody has signed before.
    function signAgain(uint256 a, uint256 to) external {
        if (held.length == 0 || signed.length >= MOST_SIGNED) {
            return;
        }
        a %= held.length;
        if (held[a].coin.output.owner != alice) {
            sign(a, NONE, to % 4, false, 1 + signed.length);
        }
    }

    // ------------------------------------------------------------ exits

    function startExit(uint256 a) external {
        if (held.length == 0) {
            return;
        }
        a %= held.length;
        Held storage h = held[a];
        if (h.coin.output.owner == alice && h.spends.length != 0) {
            return;
        }
        StartStandardExit memory args = StartStandardExit(h.coin.position, h.coin.raw, h.coin.proof);
        bytes memory call = abi.encodeCall(game.startStandardExit, (args));
        (bool done,) = attempt(h.coin.output.owner, address(game), SE_BOND, call);
        if (done) {
            uint168 id = seId(h.coin);
            h.frozen = true;
            h.exiting = true;
            coinOfExit[id] = a + 1;
            honestExit[id] = h.spends.length == 0;
        }
    }

    function startFlight(uint256 s) external {
        if (signed.length == 0) {
            return;
        }
        s %= signed.length;
        Coin[] memory ins = coinsOf(s);
        StartInFlightExit memory args = ifeArgs(paymentOf(s), ins);
        (bool done,) = attempt(carol, address(game), IFE_BOND, abi.encodeCall(game.startInFlightExit, (args)));
        if (!done) {
            return;
        }
        signed[s].started = true;
        signedOfExit[signed[s].exitId] = s + 1;
        for (uint256 i = 0; i < signed[s].inputs.length; i++) {
            held[signed[s].inputs[i]].frozen = true;
        }
    }

    function piggyback(uint256 s, uint256 slot, bool onInput) external {
        if (signed.length == 0) {
            return;
        }
        s %= signed.length;
        Payment memory payment = paymentOf(s);
        if (onInput) {
            uint16 i = uint16(slot % payment.inputs.length);
            bytes memory raw = Plasma.encode(payment);
            bytes memory call = abi.encodeCall(game.piggybackInFlightExitOnInput, (PiggybackInput(raw, i)));
            attempt(held[signed[s].inputs[i]].coin.output.owner, address(game), PB_BOND, call);
        } else {
            uint16 j = uint16(slot % payment.outputs.length);
            bytes memory raw = Plasma.encode(payment);
            bytes memory call = abi.encodeCall(game.piggybackInFlightExitOnOutput, (PiggybackOutput(raw, j)));
            (bool done,) = attempt(payment.outputs[j].owner, address(game), PB_BOND, call);
            if (done && signed[s].place != 0) {
                held[signed[s].outputs[j]].frozen = true;
            }
        }
    }

    /// Somebody hostile names a competitor, if there is one.
    function competeFalsely(uint256 s, uint256 slot, uint256 with) external {
        if (signed.length == 0) {
            return;
        }
        s %= signed.length;
        uint256 a = signed[s].inputs[slot % signed[s].inputs.length];
        uint256 other = held[a].spends[with % held[a].spends.length];
        if (other != s && signed[s].started) {
            tryCompete(s, a, other, false, dave);
        }
    }

    function removeFlight(uint256 s) external {
        if (signed.length != 0) {
            bytes memory call =
                abi.encodeCall(game.deleteNonPiggybackedInFlightExit, (signed[s % signed.length].exitId));
            attempt(bob, address(game), 0, call);
        }
    }

    // ------------------------------------------------------------ time and pay

    function wait(uint256 seconds_) external {
        watch();
        pass(within(seconds_, 1, HALF - 1));
    }

    function processSome(bool tokens, uint256 max) external {
        bool due = true;
        for (uint256 i = 0; due && i < max % 6; i++) {
            due = processOne(tokens ? address(list) : ETH);
        }
    }

    function settleAll() external {
        for (uint256 i = 0; i < 5; i++) {
            watch();
            pass(HALF - 1);
        }
        while (processOne(ETH)) {}
        while (processOne(address(list))) {}
    }

    function claim(uint256 who, uint256 to) external {
        address owner = users[who % 4];
        address receiver = users[to % 4];
        uint256 amount = ethVault.creditOf(owner);
        (bool done,) = attempt(owner, address(ethVault), 0, abi.encodeCall(ethVault.claimCredit, (receiver)));
        withdrawnEth += done ? amount : 0;
        amount = erc20Vault.creditOf(owner, address(list));
        bytes memory call = abi.encodeCall(erc20Vault.claimCredit, (address(list), receiver));
        (done,) = attempt(owner, address(erc20Vault), 0, call);
        withdrawnTokens += done ? amount : 0;
        attempt(owner, address(game), 0, abi.encodeCall(game.claimCredit, (receiver)));
    }

    function refuseToBePaid(uint256 who, bool yes) external {
        refuse_(users[who % 4], yes);
    }

    function blockHolder(uint256 who, bool yes) external {
        list.block_(users[who % 4], yes);
    }

    // ------------------------------------------------------------ the watcher

    /// Answers everything that is wrong, as far as it can be known.
    function watch() public {
        for (uint256 a = 0; a < held.length; a++) {
            if (held[a].exiting && held[a].spends.length != 0) {
                watchExit(a);
            }
        }
        for (uint256 s = 0; s < signed.length; s++) {
            if (signed[s].started) {
                watchFlight(s);
            }
        }
    }

    function watchExit(uint256 a) private {
        if (!standardExit(seId(held[a].coin)).exitable) {
            return;
        }
        Payment memory spender = paymentOf(held[a].spends[0]);
        ChallengeStandardExit memory args = challengeArgs(held[a].coin, spender, watcher);
        vm.prank(watcher);
        game.challengeStandardExit(args);
    }

    function watchFlight(uint256 s) private {
        InFlightExitRecord memory record = inFlightExit(signed[s].exitId);
        if (record.exitStartTimestamp == 0) {
            signed[s].started = false;
            return;
        }
        for (uint256 i = 0; i < signed[s].inputs.length; i++) {
            uint256 a = signed[s].inputs[i];
            uint256 other = otherSpend(a, s);
            if (other == NONE) {
                continue;
            }
            if (isOlder(signed[other].place, inFlightExit(signed[s].exitId).oldestCompetitorPosition)) {
                tryCompete(s, a, other, true, watcher);
            }
            if (record.exitMap & (1 << i) != 0) {
                blockInput(paymentOf(s), held[a].coin, paymentOf(other), watcher);
            }
        }
        watchOutputs(s, record.exitMap);
        if (signed[s].place != 0 && !inFlightExit(signed[s].exitId).isCanonical) {
            bytes memory raw = Plasma.encode(paymentOf(s));
            bytes memory proof = proofAt(signed[s].place);
            bytes memory call = abi.encodeCall(game.respondToNonCanonicalChallenge, (raw, signed[s].place, proof));
            attempt(watcher, address(game), 0, call);
        }
    }

    /// Whether a competitor at that place, zero for none, is older than the known.
    function isOlder(uint256 place, uint256 known) private pure returns (bool) {
        return known == 0 || (place != 0 && place < known);
    }

    function watchOutputs(uint256 s, uint256 map) private {
        if (signed[s].place == 0) {
            return;
        }
        for (uint256 j = 0; j < signed[s].outputs.length; j++) {
            Held storage h = held[signed[s].outputs[j]];
            if (map & (1 << (5 + j)) != 0 && h.spends.length != 0) {
                blockOutput(paymentOf(s), h.coin, paymentOf(h.spends[0]), watcher);
            }
        }
    }

    function tryCompete(uint256 s, uint256 a, uint256 other, bool placed, address sender) private {
        if (other == s) {
            return;
        }
        uint256 place = placed ? signed[other].place : 0;
        ChallengeCanonicity memory args = canonicityArgs(paymentOf(s), held[a].coin, paymentOf(other), place);
        attempt(sender, address(game), 0, abi.encodeCall(game.challengeInFlightExitNotCanonical, (args)));
    }

    // ------------------------------------------------------------ books

    function processOne(address token_) private returns (bool) {
        if (queueOf(token_).currentSize() == 0) {
            return false;
        }
        uint256 head = framework.getNextExit(token_ == ETH ? 1 : 2, token_);
        if (head >> 224 >= block.timestamp) {
            return false;
        }
        uint256[] memory heap = queueOf(token_).heapList();
        for (uint256 i = 1; i < heap.length; i++) {
            outOfOrder += heap[i] < head ? 1 : 0;
        }
        vm.recordLogs();
        process(token_, 1);
        processed++;
        book(vm.getRecordedLogs());
        return true;
    }

    function book(Vm.Log[] memory found) private {
        for (uint256 i = 0; i < found.length; i++) {
            bytes32 topic = found[i].topics[0];
            if (topic == VaultApi.EthWithdrawn.selector) {
                withdrawnEth += abi.decode(found[i].data, (uint256));
            } else if (topic == VaultApi.Erc20Withdrawn.selector) {
                withdrawnTokens += abi.decode(found[i].data, (uint256));
            } else if (topic == VaultApi.Shortfall.selector) {
                shortfalls++;
            } else if (found[i].emitter == address(game)) {
                bookExit(topic, found[i]);
            }
        }
    }

    function bookExit(bytes32 topic, Vm.Log memory log) private {
        uint168 id = uint168(uint256(log.topics[1]));
        if (topic == ExitGameApi.ExitFinalized.selector) {
            Held storage h = held[coinOfExit[id] - 1];
            h.exiting = false;
            bookPaid(Plasma.outputId(h.coin.raw, h.coin.position));
        } else if (topic == ExitGameApi.ExitOmitted.selector) {
            held[coinOfExit[id] - 1].exiting = false;
            bool elsewhere = framework.isOutputFinalized(idOf(coinOfExit[id] - 1));
            honestOmitted += honestExit[id] && held[coinOfExit[id] - 1].spends.length == 0 && !elsewhere ? 1 : 0;
        } else if (topic == ExitGameApi.InFlightExitInputWithdrawn.selector) {
            uint256 s = signedOfExit[id] - 1;
            bookPaid(idOf(signed[s].inputs[abi.decode(log.data, (uint16))]));
            bookSide(id, 1);
        } else if (topic == ExitGameApi.InFlightExitOutputWithdrawn.selector) {
            bytes memory raw = Plasma.encode(paymentOf(signedOfExit[id] - 1));
            bookPaid(keccak256(bytes.concat(raw, abi.encode(abi.decode(log.data, (uint16))))));
            bookSide(id, 2);
        }
    }

    function bookPaid(bytes32 outputId) private {
        paidTwice += paidTimes[outputId]++ != 0 ? 1 : 0;
    }

    function bookSide(uint168 id, uint256 side) private {
        sidesPaid[id] |= side;
        bothSides += sidesPaid[id] == 3 ? 1 : 0;
    }

    /// What the vault owes: unspent outputs of the valid chain that did not exit.
    function owed(bool tokens) external view returns (uint256 sum) {
        address token_ = tokens ? address(list) : ETH;
        for (uint256 a = 0; a < held.length; a++) {
            if (
                held[a].coin.output.token == token_ && held[a].includedSpend == NONE
                    && !framework.isOutputFinalized(idOf(a))
            ) {
                sum += held[a].coin.output.amount;
            }
        }
    }

    function vaultBalance(bool tokens) external view returns (uint256) {
        return tokens ? list.balanceOf(address(erc20Vault)) : address(ethVault).balance;
    }

    function credits(bool tokens) external view returns (uint256) {
        return tokens ? erc20Vault.totalCredits(address(list)) : ethVault.totalCredits(ETH);
    }

    function creditsOfUsers(bool tokens) external view returns (uint256 sum) {
        for (uint256 i = 0; i < 4; i++) {
            sum += tokens ? erc20Vault.creditOf(users[i], address(list)) : ethVault.creditOf(users[i]);
        }
    }

    /// The bonds that the rules say are held, and the credits.
    function bondsDue() external view returns (uint256 sum) {
        for (uint256 a = 0; a < held.length; a++) {
            if (held[a].exiting && standardExit(seId(held[a].coin)).exitable) {
                sum += SE_BOND;
            }
        }
        for (uint256 s = 0; s < signed.length; s++) {
            InFlightExitRecord memory record = inFlightExit(signed[s].exitId);
            if (!signed[s].started || record.exitStartTimestamp == 0) {
                continue;
            }
            sum += IFE_BOND;
            for (uint256 map = record.exitMap; map != 0; map &= map - 1) {
                sum += PB_BOND;
            }
        }
        for (uint256 i = 0; i < 4; i++) {
            sum += game.creditOf(users[i]);
        }
    }

    function bondsHeld() external view returns (uint256) {
        return address(game).balance;
    }

    // ------------------------------------------------------------ helpers

    function hold(Coin memory coin_) private returns (uint256 a) {
        a = held.length;
        held.push();
        held[a].coin = coin_;
        held[a].includedSpend = NONE;
    }

    function unspent(uint256 a) private view returns (bool) {
        return held[a].spends.length == 0 && !held[a].frozen;
    }

    function sign(uint256 a, uint256 b, uint256 to, bool swap, uint256 note) private returns (uint256 s) {
        Coin[] memory ins = b == NONE ? coins(held[a].coin) : coins(held[a].coin, held[b].coin);
        Output[] memory made = new Output[](ins.length);
        for (uint256 i = 0; i < made.length; i++) {
            Output memory from = ins[swap ? made.length - 1 - i : i].output;
            made[i] = Output(1, users[(to + i) % 4], from.token, from.amount);
        }
        Payment memory payment = again(spend(ins, made), note);
        s = signed.length;
        signed.push();
        signed[s].payment = abi.encode(payment);
        signed[s].exitId = ifeId(payment);
        signed[s].inputs.push(a);
        held[a].spends.push(s);
        if (b != NONE) {
            signed[s].inputs.push(b);
            held[b].spends.push(s);
        }
    }

    /// The operator includes what spends nothing that is spent or frozen.
    function includeSigned(uint256 s) private {
        if (signed[s].place != 0 || held.length + signed[s].inputs.length > MOST_COINS) {
            return;
        }
        for (uint256 i = 0; i < signed[s].inputs.length; i++) {
            Held storage h = held[signed[s].inputs[i]];
            if (h.frozen || h.includedSpend != NONE) {
                return;
            }
        }
        Payment memory payment = paymentOf(s);
        uint256 place = include(payment);
        signed[s].place = place;
        for (uint256 i = 0; i < signed[s].inputs.length; i++) {
            held[signed[s].inputs[i]].includedSpend = s;
        }
        for (uint256 j = 0; j < payment.outputs.length; j++) {
            signed[s].outputs.push(hold(coinAt(payment, place, j)));
        }
    }

    /// A spend of the coin by another transaction, the included one if any.
    function otherSpend(uint256 a, uint256 s) private view returns (uint256) {
        if (held[a].includedSpend != NONE && held[a].includedSpend != s) {
            return held[a].includedSpend;
        }
        for (uint256 i = 0; i < held[a].spends.length; i++) {
            if (held[a].spends[i] != s) {
                return held[a].spends[i];
            }
        }
        return NONE;
    }

    function coinsOf(uint256 s) private view returns (Coin[] memory ins) {
        ins = new Coin[](signed[s].inputs.length);
        for (uint256 i = 0; i < ins.length; i++) {
            ins[i] = held[signed[s].inputs[i]].coin;
        }
    }

    function paymentOf(uint256 s) private view returns (Payment memory) {
        return abi.decode(signed[s].payment, (Payment));
    }

    function idOf(uint256 a) private view returns (bytes32) {
        return Plasma.outputId(held[a].coin.raw, held[a].coin.position);
    }

    function refuse_(address owner, bool yes) private {
        vm.etch(owner, yes ? abi.encodePacked(hex"ef0100", address(refuser)) : bytes(""));
    }
}
