#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// From contracts/abi and a network file alone, software that is not ours plays
// the full exit game, and everybody ends with the balance that the referee
// computes, to the wei.

import { ethers } from "ethers";

import {
	merkleTree, position, rawPayment, sign,
} from "../support/child_chain.mjs";
import { ExitGame } from "../support/exit_game.mjs";
import { startNet } from "../support/operator_net.mjs";
import { Referee } from "../support/referee.mjs";
import { tap } from "../support/tap.mjs";

const ONE = 10n ** 18n;
const WEEK = 604800;

await tap(async ({ ok, equal, atExit }) => {
	const net = await startNet();
	atExit(() => net.close());
	await net.deploy();
	const referee = await Referee.of(net);
	const framework = net.network.plasma_framework;
	const people = {};
	for (const name of ["Alice", "Bob", "Carol", "Mallory", "Olga"]) {
		const wallet = await net.person();
		people[name] = { wallet, game: new ExitGame(net.network, wallet) };
		await referee.watch(name, wallet.address);
	}
	const { Alice, Bob, Carol, Mallory, Olga } = people;
	const authority = new ExitGame(net.network, net.authority);
	let next = 1000;

	async function deposit({ wallet, game }, amount) {
		const at = await game.depositEth(amount);
		const raw = rawPayment({ inputs: [],
			outputs: [{ owner: wallet.address, amount }] });
		referee.deposited(at, { owner: wallet.address, amount });
		return { at, raw, proof: merkleTree([raw]).proofs[0] };
	}

	const pay = (inputs, outputs) => ({
		inputs: inputs.map(({ at }) => at),
		outputs: outputs.map(([{ wallet }, amount]) =>
			({ owner: wallet.address, amount })),
	});

	/** Signatures of a payment, one per input, as they stand in its signed form. */
	async function witnesses(payment, wallets) {
		return ethers.decodeRlp(await sign(framework, payment, wallets))[0];
	}

	/** Commits a block; gives { at(i, o), proof } of each payment. */
	async function block(payments) {
		const raws = payments.map(rawPayment);
		const { root, proofs } = merkleTree(raws);
		await authority.submitBlock(root);
		const blknum = next;
		next += 1000;
		return raws.map((raw, i) => ({
			raw, proof: proofs[i],
			output: (o) => ({ raw, proof: proofs[i], at: position(blknum, i, o) }),
		}));
	}

	async function names(receipt) {
		return Mallory.game.events(await receipt).map(({ name }) => name);
	}

	async function pass(seconds) {
		await net.node.rpc("evm_increaseTime", [seconds]);
		await net.mine();
	}

	async function reverts(promise) {
		try {
			await promise;
			return "done";
		} catch (error) {
			return /revert|CALL_EXCEPTION/.test(`${error.code} ${error.message}`)
				? "reverts" : error.message;
		}
	}

	// Deposits and a first block.
	const a = await deposit(Alice, 10n * ONE);
	const b = await deposit(Bob, 4n * ONE);
	const m = await deposit(Mallory, 5n * ONE);
	const first = pay([a], [[Bob, 3n * ONE], [Alice, 7n * ONE]]);
	const second = pay([m], [[Bob, 5n * ONE]]);
	const [p1, p2] = await block([first, second]);
	referee.applied(1000, [p1.raw, p2.raw]);
	ok("the framework has the root", (await net.rootOf(1000)) !== ethers.ZeroHash);

	// A standard exit of a spent deposit, challenged.
	equal("a standard exit starts", await names(Mallory.game.startStandardExit(m)),
		["ExitStarted"]);
	equal("it cannot be started twice",
		await reverts(Mallory.game.startStandardExit(m)), "reverts");
	equal("nobody exits what is not theirs",
		await reverts(Mallory.game.startStandardExit(p1.output(0))), "reverts");
	const [mallorySigned] = await witnesses(second, [Mallory.wallet]);
	equal("whoever shows the spend challenges it",
		await names(Carol.game.challengeStandardExit({ ...m, spend: p2.raw,
			inputIndex: 0, witness: mallorySigned })), ["ExitChallenged"]);
	equal("the record is not exitable any more",
		(await Carol.game.standardExit(m.raw, m.at)).exitable, false);

	// An honest standard exit.
	equal("Alice exits her change",
		await names(Alice.game.startStandardExit(p1.output(1))), ["ExitStarted"]);
	referee.exits([referee.coinsOf(Alice.wallet.address)[0]]);

	// An in-flight exit that is challenged, answered and pays its outputs.
	const swap = pay([p1.output(0), b], [[Carol, 6n * ONE], [Bob, ONE]]);
	const rival = pay([b], [[Mallory, 4n * ONE]]);
	const swapSigned = await witnesses(swap, [Bob.wallet, Bob.wallet]);
	const [rivalSigned] = await witnesses(rival, [Bob.wallet]);
	const swapRaw = rawPayment(swap);
	equal("an in-flight exit of two inputs starts",
		await names(Bob.game.startInFlightExit({ raw: swapRaw,
			inputs: [p1.output(0), b], witnesses: swapSigned })),
		["InFlightExitStarted"]);
	equal("the receiver piggybacks the first output",
		await names(Carol.game.piggybackOutput(swapRaw, 0)),
		["InFlightExitOutputPiggybacked"]);
	equal("the sender piggybacks the second",
		await names(Bob.game.piggybackOutput(swapRaw, 1)),
		["InFlightExitOutputPiggybacked"]);
	equal("and an input",
		await names(Bob.game.piggybackInput(swapRaw, 1)),
		["InFlightExitInputPiggybacked"]);
	equal("a competitor makes it non-canonical",
		await names(Mallory.game.challengeNotCanonical({ raw: swapRaw, inputIndex: 1,
			input: b, rival: { raw: rawPayment(rival), inputIndex: 0,
				witness: rivalSigned } })), ["InFlightExitChallenged"]);
	equal("the same competitor again is refused",
		await reverts(Mallory.game.challengeNotCanonical({ raw: swapRaw,
			inputIndex: 1, input: b, rival: { raw: rawPayment(rival),
				inputIndex: 0, witness: rivalSigned } })), "reverts");
	const [included] = await block([swap]);
	referee.applied(2000, [included.raw]);
	equal("inclusion in a block makes it canonical again",
		await names(Bob.game.respond(swapRaw, included.output(0).at,
			included.proof)), ["InFlightExitChallengeResponded"]);
	equal("the input is blocked by the rival spend",
		await names(Mallory.game.blockInput({ raw: swapRaw, inputIndex: 1, input: b,
			spend: rawPayment(rival), spendIndex: 0, witness: rivalSigned })),
		["InFlightExitInputBlocked"]);

	// Bob spends the output that he piggybacked.
	const later = pay([included.output(1)], [[Alice, ONE]]);
	const [laterSigned] = await witnesses(later, [Bob.wallet]);
	const [paidLater] = await block([later]);
	referee.applied(3000, [paidLater.raw]);
	equal("the spent output is blocked",
		await names(Olga.game.blockOutput({ raw: swapRaw, proof: included.proof,
			at: included.output(1).at, spend: paidLater.raw, spendIndex: 0,
			witness: laterSigned })), ["InFlightExitOutputBlocked"]);

	// An in-flight exit that nobody piggybacks is deleted.
	const idle = pay([p2.output(0)], [[Carol, 5n * ONE]]);
	const idleRaw = rawPayment(idle);
	await Olga.game.startInFlightExit({ raw: idleRaw, inputs: [p2.output(0)],
		witnesses: await witnesses(idle, [Bob.wallet]) });
	equal("not before its first phase is over",
		await reverts(Olga.game.deleteInFlightExit(idleRaw)), "reverts");
	await pass(WEEK / 2 + 1);
	equal("nobody piggybacks after the first phase",
		await reverts(Carol.game.piggybackOutput(idleRaw, 0)), "reverts");
	equal("an exit without piggyback is deleted",
		await names(Olga.game.deleteInFlightExit(idleRaw)), ["InFlightExitDeleted"]);

	// Everything is processed when it is due, oldest first.
	equal("nothing is due yet",
		await names(Olga.game.processExits()), []);
	await pass(2 * WEEK);
	const done = await names(Olga.game.processExits());
	equal("what was challenged is omitted, the rest is paid in order", done, [
		"ExitOmitted", "ExitFinalized", "InFlightExitOutputWithdrawn",
		"InFlightExitFinalized"]);
	equal("the queue is empty", await Olga.game.queueLength(), 0n);
	referee.exits(referee.coinsOf(Carol.wallet.address)
		.filter(({ at }) => at === included.output(0).at));

	for (const { name, got, expected } of await referee.settle())
		equal(`${name} has what the referee computes, to the wei`, got, expected);
	equal("the vault holds what is still owed",
		await net.provider.getBalance(net.network.eth_vault),
		referee.held());
	ok("something is still owed", referee.coins.size > 0);
});
