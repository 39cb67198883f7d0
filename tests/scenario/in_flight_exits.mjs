// SPDX-License-Identifier: MIT
//
// Group B, in-flight exits: who plays false, and what the watcher answers.

import { join } from "node:path";

import { ethers } from "ethers";

import { run, waitFor } from "../support/operator_net.mjs";
import { ONE, P, World } from "../support/world.mjs";

const needs = ["plasma-rootchain", "plasma-watcher", "watcher/exit_loop.c"];
const H = P / 2;

/** Alice has a deposit and a watcher; Mallory has one of five ether. */
async function stage(t, { people = ["Alice", "Mallory", "Bob"], ...more } = {}) {
	const world = await World.start(t, { people, ...more });
	const alices = await world.deposit("Alice", 4n * ONE);
	const mallorys = await world.deposit("Mallory", 5n * ONE);
	const watcher = await world.watcher("Alice");
	await watcher.check();
	return { world, alices, mallorys, watcher };
}

async function startFlight(world, name, payment) {
	const receipt = await world.game(name).startInFlightExit({
		raw: payment.raw, inputs: payment.coins,
		witnesses: await world.witnesses(payment) });
	await world.net.mine(3);
	const { timestamp } = await world.net.provider.getBlock(receipt.blockNumber);
	return timestamp;
}

const record = (world, payment) => world.game("Mallory").inFlightExit(payment.raw);

/** exitableAt of the only entry that is queued. */
async function dueAt(world) {
	const { framework } = world.game("Mallory");
	const [{ args }] = await framework.queryFilter(framework.filters.ExitQueued(), 0);
	return Number(args.priority >> 224n);
}

async function eventsOf(world, name) {
	const { game } = world.game("Mallory");
	return game.queryFilter(game.filters[name](), 0);
}

async function eventsOfFramework(world, name) {
	const { framework } = world.game("Mallory");
	return framework.queryFilter(framework.filters[name](), 0);
}

/** Shows the watcher a signed payment by an in-flight exit of Mallory's. */
const reveal = (world, payment) => startFlight(world, "Mallory", payment);

/** An exit that ended is started again: what was shown against it was against
 * another life. */
async function inEachLife(t) {
	const { world, mallorys, watcher } = await stage(t);
	const spend = world.pay([mallorys], [["Bob", 5n * ONE]]);
	const late = world.pay([mallorys], [["Mallory", 5n * ONE]]);
	await world.block([spend]);
	const started = await reveal(world, late);
	await watcher.settle();
	t.equal("a spend in a block is shown", (await record(world, late)).isCanonical, false);
	await world.passTo(started + H);
	await world.game("Mallory").deleteInFlightExit(late.raw);
	await world.net.mine(100); // the challenge is final
	await watcher.settle();
	await reveal(world, late);
	await world.game("Mallory").piggybackOutput(late.raw, 0);
	await watcher.settle();
	t.equal("and in a second life again", (await record(world, late)).isCanonical, false);
}

/** Alice exits a coin although she signed it away, and Bob challenges. */
async function challengedExit(t) {
	const { world, alices, watcher } = await stage(t);
	const spend = world.pay([alices], [["Bob", ONE], ["Alice", 3n * ONE]]);
	await world.game("Alice").startStandardExit(alices);
	await world.net.mine(3);
	await watcher.check();
	const [witness] = await world.witnesses(spend);
	await world.game("Bob").challengeStandardExit({ at: alices.at, raw: alices.raw,
		spend: spend.raw, inputIndex: 0, witness });
	await world.badBlock("payment_without_inputs");
	const stuck = await watcher.settle(4);
	t.ok("an exit that was challenged is none", stuck.line.includes("halted"),
		stuck.line);
	const { stdout } = await watcher.command("plan");
	t.ok("and the plan says why the coin cannot leave",
		/impossible: its exit was challenged/.test(stdout), stdout);
	await world.walletSigns("Alice", spend);
	await watcher.settle(8);
	t.equal("once the payment is known it exits in flight",
		(await record(world, spend))?.exitMap, (1n << 0n) | (1n << 6n));
	await world.pass(2 * P + 60);
	await watcher.settle(8);
	t.equal("and her output of it is paid",
		(await eventsOf(world, "InFlightExitOutputWithdrawn"))
			.map(({ args }) => args.outputIndex), [1n]);
}

/** Mallory starts an exit of what Alice signed while nobody of hers looks, and lets
 * it end without anybody in it, or stand. */
async function emptyLife(t, { ends }) {
	const { world, alices, watcher } = await stage(t);
	const spend = world.pay([alices], [["Bob", ONE], ["Alice", 3n * ONE]]);
	await world.walletSigns("Alice", spend);
	const started = await startFlight(world, "Mallory", spend);
	await world.passTo(started + H);
	if (ends)
		await world.game("Mallory").deleteInFlightExit(spend.raw);
	await world.net.mine(3);
	await world.badBlock("payment_without_inputs");
	await watcher.settle(10);
	t.equal("the empty exit is over",
		(await eventsOf(world, "InFlightExitDeleted")).length, 1);
	t.equal("and Alice exits the payment anew, with her input and her output",
		(await record(world, spend))?.exitMap, (1n << 0n) | (1n << 6n));
	await world.pass(2 * P + 60);
	await watcher.settle(8);
	t.equal("her output of it is paid",
		(await eventsOf(world, "InFlightExitOutputWithdrawn"))
			.map(({ args }) => args.outputIndex), [1n]);
	t.equal("once", (await eventsOf(world, "InFlightExitStarted")).length, 2);
}

/** Alice signed twice, and Mallory alone knows both: she blocks Alice's input in one
 * life of the exit and would in each. */
async function blockedLife(t) {
	const { world, alices, watcher } = await stage(t);
	const spend = world.pay([alices], [["Bob", 4n * ONE]]);
	const rival = world.pay([alices], [["Mallory", 4n * ONE]]);
	const started = await startFlight(world, "Mallory", spend);
	await watcher.settle(4);
	t.equal("Alice joins with her input", (await record(world, spend)).exitMap, 1n);
	const [witness] = await world.witnesses(rival);
	await world.game("Mallory").blockInput({ raw: spend.raw, inputIndex: 0,
		input: alices, spend: rival.raw, spendIndex: 0, witness });
	await world.passTo(started + H);
	await world.game("Mallory").deleteInFlightExit(spend.raw);
	await startFlight(world, "Mallory", spend);
	await watcher.settle(4);
	t.equal("and not again where she was blocked",
		(await record(world, spend)).exitMap, 0n);
}

/** A bad block holds an exiting payment and so many rivals of it behind it that not
 * all are looked at: what was spent before it is. */
async function behindManyRivals(t) {
	const { world, mallorys, watcher } = await stage(t);
	const many = (name, count, fits) => {
		const found = [];
		for (let i = 0; found.length < count; i++) {
			const one = world.pay([mallorys], [[name, 5n * ONE]],
				ethers.id(`${name} ${i}`));
			if (fits(one.hash))
				found.push(one);
		}
		return found;
	};
	const [spend] = many("Bob", 1, (hash) => hash.startsWith("0xf"));
	const rivals = many("Mallory", 65, (hash) => hash < spend.hash);
	await world.block([spend]);
	await watcher.check();
	await world.badBlock(undefined, { payments: rivals });
	await watcher.settle();
	await reveal(world, rivals[0]);
	await world.game("Mallory").piggybackOutput(rivals[0].raw, 0);
	await watcher.settle();
	t.equal("behind many rivals the spend in a block is shown",
		(await record(world, rivals[0])).isCanonical, false);
}

/** The account that answers has no ether any more, and another one takes its place: when
 * the answer is wanted, or is signed and on its way. */
async function byAnotherAccount(t, when) {
	const { world, mallorys } = await stage(t,
		{ people: ["Alice", "Mallory", "Guard", "Other"] });
	const { net } = world;
	const with_ = (name) => ["--owner", world.address("Alice"),
		"--keystore", world.keystore(name)];
	const watcher = await world.watcher("Alice", { owners: [], args: with_("Guard") });
	const payment = world.pay([mallorys], [["Alice", 5n * ONE]]);
	const rival = world.pay([mallorys], [["Mallory", 5n * ONE]]);
	await world.block([payment]);
	await startFlight(world, "Mallory", payment);
	await world.game("Mallory").piggybackInput(payment.raw, 0);
	const [witness] = await world.witnesses(rival);
	await world.game("Mallory").challengeNotCanonical({ raw: payment.raw,
		inputIndex: 0, input: mallorys, rival: { raw: rival.raw, inputIndex: 0, witness } });
	const answered = async () => (await record(world, payment)).isCanonical;
	if (when === "signed") {
		await net.node.rpc("evm_setAutomine", [false]);
		await watcher.check();
		await net.node.rpc("anvil_dropAllTransactions", []);
		await net.node.rpc("evm_setAutomine", [true]);
	}
	await net.fund(world.address("Guard"), 0n);
	await watcher.check();
	t.equal("without ether nothing is answered", await answered(), false);
	watcher.args = with_("Other");
	await watcher.settle();
	t.equal(`what was ${when} by one account is answered by another`,
		await answered(), true);
}

/** What an answer may cost and how long it helps, once more is at stake than when it was
 * wanted first. */
async function whatIsAtStakeGrows(t) {
	const { world, mallorys } = await stage(t, { people: ["Alice", "Mallory", "Guard"] });
	const dust = 10n ** 15n;
	const small = await world.deposit("Mallory", dust);
	await world.net.fund(world.address("Guard"), 0n);
	const watcher = await world.watcher("Alice", { owners: [], args: ["--owner",
		world.address("Alice"), "--keystore", world.keystore("Guard")] });
	const payment = world.pay([small, mallorys], [["Alice", dust + 5n * ONE]]);
	const rival = world.pay([small], [["Mallory", dust]]);
	await world.block([payment]);
	await startFlight(world, "Mallory", payment);
	const mallory = world.game("Mallory");
	const [witness] = await world.witnesses(rival);
	await mallory.challengeNotCanonical({ raw: payment.raw, inputIndex: 0, input: small,
		rival: { raw: rival.raw, inputIndex: 0, witness } });
	await mallory.piggybackInput(payment.raw, 0);
	await world.net.mine(3);
	await watcher.check();
	await mallory.piggybackInput(payment.raw, 1);
	await world.net.mine(3);
	await watcher.check();
	const { stdout } = await run("sqlite3", [join(watcher.dir, "watcher.db"),
		"SELECT hex(value_at_risk_wei) FROM actions WHERE kind = 7"]);
	t.ok("an answer may cost what is at stake now", BigInt(`0x${stdout.trim()}`) > 5n * ONE,
		stdout);
}

/** The first life of an exit leaves an entry behind that is due before that of the
 * second. */
async function entryLeftBehind(t) {
	const { world, mallorys, watcher } = await stage(t);
	await world.pass(P);
	const mallory = world.game("Mallory");
	const payment = world.pay([mallorys], [["Mallory", 5n * ONE]]);
	const rival = world.pay([mallorys], [["Bob", 5n * ONE]]);
	const started = await startFlight(world, "Mallory", payment);
	await mallory.piggybackInput(payment.raw, 0);
	const due = await dueAt(world);
	const [witness] = await world.witnesses(rival);
	await mallory.blockInput({ raw: payment.raw, inputIndex: 0, input: mallorys,
		spend: rival.raw, spendIndex: 0, witness });
	await world.passTo(started + H);
	await mallory.deleteInFlightExit(payment.raw);
	await startFlight(world, "Mallory", payment);
	await mallory.piggybackInput(payment.raw, 0);
	await watcher.settle();
	await world.passTo(due + 1);
	await watcher.settle();
	t.equal("an entry that is left behind is processed once, and the next waits",
		[(await eventsOfFramework(world, "ProcessedExitsNum"))
			.map(({ args }) => args.processedNum), await mallory.queueLength()],
		[[1n], 1n]);
}

export const scenarios = [{
	id: "B-05", title: "a competitor in no block is shown until the last second of phase 1",
	needs,
	async run(t) {
		const { world, mallorys, watcher } = await stage(t);
		const tx1 = world.pay([mallorys], [["Mallory", 5n * ONE]]);
		const tx2 = world.pay([mallorys], [["Bob", 5n * ONE]]);
		await reveal(world, tx1);
		await watcher.check();
		const started = await reveal(world, tx2);
		const { net } = world;
		const sent = () => net.provider.getTransactionCount(world.address("Alice"), "pending");
		const before = await sent();
		// Both exits are answered: one eth_block has the last second of this one.
		await net.node.rpc("evm_setAutomine", [false]);
		const pass = await waitFor("the challenges to be sent", async () => {
			const one = await watcher.check();
			return await sent() === before + 2 && one;
		});
		await net.node.rpc("evm_setNextBlockTimestamp", [started + H - 1]);
		await net.mine(1);
		await net.node.rpc("evm_setAutomine", [true]);
		t.equal("a challenge in the last second counts",
			(await record(world, tx2)).isCanonical, false);
		t.ok("a competitor stands against the exit",
			pass.said.includes("non_canonical_ife"), pass.said);
		const [first] = (await eventsOf(world, "InFlightExitChallenged"))
			.map(({ args }) => args).filter(({ txHash }) => txHash === tx2.hash);
		t.equal("with the competitor in no block", first?.challengeTxPosition,
			ethers.MaxUint256);

		const late = await stage(t);
		const a = late.world.pay([late.mallorys], [["Mallory", 5n * ONE]]);
		const b = late.world.pay([late.mallorys], [["Bob", 5n * ONE]]);
		await reveal(late.world, a);
		const at = await reveal(late.world, b);
		await late.world.passTo(at + H);
		const nothing = await late.watcher.settle(3);
		t.equal("a second later nothing is tried",
			await late.world.net.provider.getTransactionCount(
				late.world.address("Alice")), 1);
		t.ok("and it is said", nothing.said.includes(
			"unchallenged_non_canonical_ife"), nothing.said);
		t.ok("without a halt", !nothing.line.includes("halted"), nothing.line);
	},
}, {
	id: "B-07", title: "a competitor that turns out to be in a block is shown again, with its place",
	needs,
	async run(t) {
		const { world, mallorys, watcher } = await stage(t);
		const tx1 = world.pay([mallorys], [["Mallory", 5n * ONE]]);
		const tx2 = world.pay([mallorys], [["Bob", 5n * ONE]]);
		await reveal(world, tx2);
		await reveal(world, tx1);
		await watcher.check();
		await world.net.mine(3);
		t.ok("shown without a place at once",
			(await record(world, tx1)).isCanonical === false);
		const [paid] = await world.block([tx2]);
		await watcher.settle(4);
		const shown = (await eventsOf(world, "InFlightExitChallenged"))
			.map(({ args }) => args).filter(({ txHash }) => txHash === tx1.hash)
			.map(({ challengeTxPosition }) => challengeTxPosition);
		t.equal("and again with it", shown,
			[ethers.MaxUint256, paid[0].at / 10000n * 10000n]);
		await inEachLife(t);
		await behindManyRivals(t);
	},
}, {
	id: "B-08", title: "a false challenge of canonicity is answered, to the last second",
	needs,
	async run(t) {
		for (const when of ["in phase 2", "before it can be processed"]) {
			t.note(when);
			const { world, mallorys, watcher } = await stage(t);
			const tx1 = world.pay([mallorys], [["Alice", 5n * ONE]]);
			const tx2 = world.pay([mallorys], [["Mallory", 5n * ONE]]);
			await world.block([tx1]);
			const started = await startFlight(world, "Mallory", tx1);
			await world.game("Mallory").piggybackInput(tx1.raw, 0);
			const [witness] = await world.witnesses(tx2);
			await world.game("Mallory").challengeNotCanonical({ raw: tx1.raw,
				inputIndex: 0, input: mallorys,
				rival: { raw: tx2.raw, inputIndex: 0, witness } });
			t.equal("the exit of a settled payment is not canonical",
				(await record(world, tx1)).isCanonical, false);
			const due = await dueAt(world);
			await world.passTo(when === "in phase 2" ? started + H + 3600 : due - 60);
			if (when === "in phase 2")
				await world.net.mine(3);
			else
				await world.net.node.rpc("evm_setNextBlockTimestamp", [due]);
			const pass = await watcher.check();
			t.ok("the watcher says so", pass.said.includes("invalid_ife_challenge"),
				pass.said);
			const { isCanonical, bondOwner } = await record(world, tx1);
			t.equal("and answers with the place of the payment, for the bond",
				[isCanonical, bondOwner], [true, world.address("Alice")]);
		}
		for (const when of ["wanted", "signed"])
			await byAnotherAccount(t, when);
		await whatIsAtStakeGrows(t);
	},
}, {
	id: "B-10", title: "a piggyback of an output that was spent is blocked",
	needs,
	async run(t) {
		const { world, mallorys, watcher } = await stage(t);
		const tx1 = world.pay([mallorys], [["Bob", ONE], ["Mallory", 4n * ONE]]);
		const [[, change]] = await world.block([tx1]);
		const tx2 = world.pay([change], [["Alice", 4n * ONE]]);
		await world.block([tx2]);
		await startFlight(world, "Mallory", tx1);
		await world.game("Mallory").piggybackOutput(tx1.raw, 1);
		await world.net.mine(3);
		const pass = await watcher.check();
		t.ok("the watcher says so", pass.said.includes("invalid_piggyback"),
			pass.said);
		t.equal("no slot is piggybacked any more",
			(await record(world, tx1)).exitMap, 0n);
		const [blocked] = await eventsOf(world, "InFlightExitOutputBlocked");
		t.equal("it was output 1", blocked?.args.outputIndex, 1n);
		const calm = await watcher.settle(4);
		t.ok("nothing stands", !calm.said.includes("invalid_piggyback"), calm.said);
	},
}, {
	id: "B-11", title: "a piggyback of an input spent elsewhere is blocked, at all index pairs",
	needs,
	async run(t) {
		const world = await World.start(t, { people: ["Alice", "Mallory", "Bob"] });
		await world.deposit("Alice", 4n * ONE);
		const watcher = await world.watcher("Alice");
		// Coins that are not output 0 of a deposit, and no two alike.
		const coins = [];
		for (let i = 0; i < 8; i++) {
			const deposit = await world.deposit("Mallory", 60n * ONE);
			const [outputs] = await world.block([world.pay([deposit], [
				["Bob", ONE], ...[2n, 3n, 4n].map((n) =>
					["Mallory", n * ONE + BigInt(i)]),
				["Mallory", 51n * ONE - 3n * BigInt(i)]])]);
			coins.push(...outputs.slice(1));
		}
		const wanted = [];
		for (let mine = 0; mine < 5; mine++) {
			for (let rival = 0; rival < 5; rival++) {
				const shared = coins[mine * 5 + rival];
				const others = (skip) => coins.filter((coin) =>
					coin !== shared && coin !== skip).slice(0, 4);
				const first = others();
				first.splice(mine, 0, shared);
				const second = coins.filter((coin) => coin !== shared).slice(-4);
				second.splice(rival, 0, shared);
				const sum = (list) => list.reduce((all, { amount }) =>
					all + amount, 0n);
				const tx1 = world.pay(first, [["Mallory", sum(first)]],
					ethers.id(`exit ${mine} ${rival}`));
				const tx2 = world.pay(second, [["Bob", sum(second)]],
					ethers.id(`spend ${mine} ${rival}`));
				await world.game("Mallory").startInFlightExit({ raw: tx1.raw,
					inputs: tx1.coins, witnesses: await world.witnesses(tx1) });
				await world.game("Mallory").piggybackInput(tx1.raw, mine);
				wanted.push({ tx1, tx2, mine, rival });
			}
		}
		await world.net.mine(3);
		await watcher.check();
		for (const { tx2 } of wanted)
			await world.game("Mallory").startInFlightExit({ raw: tx2.raw,
				inputs: tx2.coins, witnesses: await world.witnesses(tx2) });
		await world.net.mine(3);
		await watcher.settle(40);
		const blocked = new Map((await eventsOf(world, "InFlightExitInputBlocked"))
			.map(({ args }) => [args.txHash, Number(args.inputIndex)]));
		const right = wanted.filter(({ tx1, mine }) =>
			blocked.get(tx1.hash) === mine).length;
		t.equal("25 of 25 are blocked, each at its own index", right, 25);
	},
}, {
	id: "B-13", title: "an exit in flight whose input left by standard exit: the owner's input side is safe",
	needs,
	async run(t) {
		const { world, alices, mallorys, watcher } = await stage(t);
		const swap = world.pay([mallorys, alices],
			[["Alice", 5n * ONE], ["Mallory", 4n * ONE]]);
		// Mallory's exit started before anybody saw the payment, and is due first.
		await world.game("Mallory").startStandardExit(mallorys);
		await world.pass(3600);
		await startFlight(world, "Mallory", swap);
		await world.game("Mallory").piggybackOutput(swap.raw, 1);
		await world.net.mine(3);
		watcher.act = "do";
		await watcher.settle(6);
		t.equal("Alice joins with both sides", (await record(world, swap)).exitMap,
			(1n << 1n) | (1n << 5n) | (1n << 6n));
		t.equal("and Mallory's own exit is challenged with the payment",
			(await world.game("Mallory").standardExit(
				mallorys.raw, mallorys.at)).exitable, false);
		await world.pass(2 * P + 60);
		await watcher.settle(8);
		const paid = [
			...(await eventsOf(world, "InFlightExitInputWithdrawn"))
				.map(({ args }) => `in${args.inputIndex}`),
			...(await eventsOf(world, "InFlightExitOutputWithdrawn"))
				.map(({ args }) => `out${args.outputIndex}`)].sort();
		t.equal("one side is paid, each output once", paid, ["out0", "out1"]);
		t.equal("and nothing was paid for the standard exit",
			(await eventsOf(world, "ExitFinalized")).length, 0);
	},
}, {
	id: "B-15", title: "an exit of an input of an exit in flight is challenged",
	needs,
	async run(t) {
		const { world, mallorys, watcher } = await stage(t);
		const tx = world.pay([mallorys], [["Bob", 5n * ONE]]);
		await startFlight(world, "Mallory", tx);
		await world.game("Mallory").piggybackInput(tx.raw, 0);
		await world.game("Mallory").startStandardExit(mallorys);
		await world.net.mine(3);
		await watcher.check();
		t.equal("the standard exit is challenged with the payment in flight",
			(await world.game("Mallory").standardExit(mallorys.raw, mallorys.at))
				.exitable, false);
		const back = await stage(t);
		await back.world.game("Mallory").startStandardExit(back.mallorys);
		await back.world.net.mine(3);
		await back.watcher.check();
		const second = back.world.pay([back.mallorys], [["Bob", 5n * ONE]]);
		await startFlight(back.world, "Mallory", second);
		await back.watcher.check();
		t.equal("and when the other one came first",
			(await back.world.game("Mallory").standardExit(
				back.mallorys.raw, back.mallorys.at)).exitable, false);
		await back.world.game("Bob").piggybackOutput(second.raw, 0);
		await back.world.pass(2 * P + 60);
		await back.world.game("Mallory").processExits();
		t.equal("only one of them is paid", [
			(await eventsOf(back.world, "ExitFinalized")).length,
			(await eventsOf(back.world, "InFlightExitOutputWithdrawn")).length,
		], [0, 1]);
	},
}, {
	id: "B-16", title: "no in-flight exit of a payment that only pays us",
	needs,
	async run(t) {
		const { world, mallorys, watcher } = await stage(t);
		const tx = world.pay([mallorys], [["Alice", 5n * ONE]]);
		await startFlight(world, "Mallory", tx);
		await watcher.settle(4);
		t.equal("Alice joins the sender's",
			(await record(world, tx)).exitMap, 1n << 5n);
		await world.badBlock("payment_without_inputs");
		const pass = await watcher.settle(6);
		t.ok("she leaves with her deposit", pass.line.includes("halted"));
		const started = (await eventsOf(world, "InFlightExitStarted"))
			.map(({ args }) => args.initiator);
		t.equal("and starts none herself", started, [world.address("Mallory")]);
	},
}, {
	id: "B-18", title: "a coin with a live signed spend leaves in flight, the others by standard exit",
	needs,
	async run(t) {
		const { world, alices, watcher } = await stage(t);
		const free = await world.deposit("Alice", 2n * ONE);
		const spend = world.pay([alices], [["Bob", ONE], ["Alice", 3n * ONE]]);
		const doubt = "nobody can know here what was signed";
		t.ok("without the wallet's table the plan says what it cannot know",
			(await watcher.command("plan")).stdout.includes(doubt));
		await world.walletSigns("Alice", spend);
		t.ok("with it there is no doubt",
			!(await watcher.command("plan")).stdout.includes(doubt));
		await world.badBlock("payment_without_inputs");
		const pass = await watcher.settle(8);
		t.ok("the chain is halted", pass.line.includes("halted"), pass.line);
		const game = world.game("Alice");
		t.equal("the signed coin takes no standard exit",
			await game.standardExit(alices.raw, alices.at), null);
		t.ok("the other one does",
			(await game.standardExit(free.raw, free.at))?.exitable === true);
		t.equal("the payment exits in flight, with her input and her output",
			(await record(world, spend))?.exitMap, (1n << 0n) | (1n << 6n));
		await world.pass(2 * P + 60);
		await watcher.settle(8);
		const paid = (await eventsOf(world, "InFlightExitOutputWithdrawn"))
			.map(({ args }) => args.outputIndex);
		t.equal("her output of it is paid", paid, [1n]);
		t.equal("and no bond is lost", (await eventsOf(world, "ExitChallenged"))
			.length, 0);
		t.note("a coin whose standard exit was challenged");
		await challengedExit(t);
		t.note("an exit of the payment that ended empty");
		await emptyLife(t, { ends: true });
		t.note("an exit of the payment that stands empty");
		await emptyLife(t, { ends: false });
		t.note("an exit of the payment in which her input was blocked");
		await blockedLife(t);
	},
}, {
	id: "B-27", title: "the bond of an in-flight exit that nobody joined comes back",
	needs,
	async run(t) {
		const { world, alices, watcher } = await stage(t);
		const tx = world.pay([alices], [["Bob", 4n * ONE]]);
		const started = await startFlight(world, "Alice", tx);
		watcher.args.push("--act", "print");
		watcher.act = "print";
		await watcher.check();
		watcher.args.splice(-2);
		watcher.act = "do";
		await world.passTo(started + H);
		await world.net.mine(3);
		await watcher.settle(4);
		t.equal("the exit is deleted", await record(world, tx), null);
		const [deleted] = await eventsOf(world, "InFlightExitDeleted");
		t.ok("by the contract's own word", deleted !== undefined);
		await world.balances(t, ["Alice"]);
		await entryLeftBehind(t);
	},
}, {
	id: "C-12", title: "two tokens in one exit: inputs or outputs are paid, never both",
	needs,
	async run(t) {
		for (const first of ["ether", "the token"]) {
			t.note(`${first} is processed first`);
			const world = await World.start(t,
				{ people: ["Alice", "Mallory", "Bob"], token: true });
			const token = world.token.target;
			await world.mint("Alice", 50n);
			const alices = await world.deposit("Alice", 50n, token);
			const mallorys = await world.deposit("Mallory", 5n * ONE);
			const watcher = await world.watcher("Alice");
			await watcher.check();
			// Alice's token for Mallory's ether, of which Mallory signed twice.
			const swap = world.pay([mallorys, alices],
				[["Alice", 5n * ONE], ["Mallory", 50n, token]]);
			const rival = world.pay([mallorys], [["Mallory", 5n * ONE]]);
			await startFlight(world, "Mallory", swap);
			await world.game("Mallory").piggybackOutput(swap.raw, 1);
			await watcher.settle(4);
			t.equal("Alice joins with her input and her output",
				(await record(world, swap)).exitMap,
				(1n << 1n) | (1n << 5n) | (1n << 6n));
			await reveal(world, rival);
			await watcher.settle(4);
			t.equal("the rival makes it not canonical",
				(await record(world, swap)).isCanonical, false);
			await world.pass(2 * P + 60);
			const order = first === "ether" ? [undefined, token] : [token, undefined];
			for (const one of order)
				await world.game("Mallory").processExits(one);
			await watcher.settle(6);
			const paid = [
				...(await eventsOf(world, "InFlightExitInputWithdrawn"))
					.map(({ args }) => `in${args.inputIndex}`),
				...(await eventsOf(world, "InFlightExitOutputWithdrawn"))
					.map(({ args }) => `out${args.outputIndex}`)];
			t.equal("Alice has her input back, and no output is paid", paid, ["in1"]);
			t.equal("to the unit",
				await world.token.balanceOf(world.address("Alice")), 50n);
		}
	},
}, {
	id: "C-13", title: "canonicity and spent outputs, at all index pairs",
	needs,
	async run(t) {
		const world = await World.start(t, { people: ["Alice", "Mallory", "Bob"] });
		await world.deposit("Alice", 4n * ONE);
		const watcher = await world.watcher("Alice");
		const coins = [];
		for (let i = 0; i < 10; i++) {
			const deposit = await world.deposit("Mallory", 60n * ONE);
			const [outputs] = await world.block([world.pay([deposit], [
				["Bob", ONE], ...[2n, 3n, 4n, 5n].map((n) =>
					["Mallory", n * ONE + BigInt(i)])])]);
			coins.push(...outputs.slice(1));
		}
		const sum = (list) => list.reduce((all, { amount }) => all + amount, 0n);
		// Five payments in a block with five outputs each; output j is spent as
		// input j' of another payment that nobody included.
		const flights = [];
		for (let i = 0; i < 5; i++)
			flights.push(world.pay([coins[i]], [1n, 2n, 3n, 4n, 5n].map((n) =>
				["Mallory", n * 10n ** 15n]), ethers.id(`five ${i}`)));
		const made = await world.block(flights);
		const pairs = [];
		for (let rival = 0; rival < 5; rival++) {
			await startFlight(world, "Mallory", flights[rival]);
			for (let j = 0; j < 5; j++) {
				await world.game("Mallory").piggybackOutput(flights[rival].raw, j);
				const inputs = coins.slice(6, 10);
				inputs.splice(rival, 0, made[rival][j]);
				const spend = world.pay(inputs, [["Bob", sum(inputs)]],
					ethers.id(`spends ${rival} ${j}`));
				await world.game("Mallory").startInFlightExit({ raw: spend.raw,
					inputs: spend.coins,
					witnesses: await world.witnesses(spend) });
				pairs.push({ flight: flights[rival], j, spend, rival });
			}
		}
		await world.net.mine(3);
		await watcher.settle(60);
		const blocked = (await eventsOf(world, "InFlightExitOutputBlocked"))
			.map(({ args }) => `${args.txHash} ${args.outputIndex}`);
		t.equal("25 of 25 outputs are blocked, each at its own index",
			pairs.filter(({ flight, j }) =>
				blocked.includes(`${flight.hash} ${j}`)).length, 25);
		// The spends compete for the coins 6 to 9, at different indices.
		const shown = new Set((await eventsOf(world, "InFlightExitChallenged"))
			.map(({ args }) => `${args.inFlightTxInputIndex} ` +
				`${args.challengeTxInputIndex}`));
		t.ok("competitors are shown at unlike indices too", shown.size >= 2,
			[...shown].join(", "));
		const canonical = [];
		for (const { spend } of pairs)
			canonical.push((await record(world, spend)).isCanonical);
		t.equal("none of the spends is canonical", canonical, pairs.map(() => false));
	},
}];
