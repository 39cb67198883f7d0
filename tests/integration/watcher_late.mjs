#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// A watcher that comes too late: what may still help is done all the same, and
// what cannot be saved any more is listed wherever a person looks.

import { ONE, P, World } from "../support/world.mjs";
import { missing } from "../support/programs.mjs";
import { tap } from "../support/tap.mjs";

const H = P / 2;
const DAY = 86400;

const json = async (watcher, command) =>
	JSON.parse((await watcher.command(command, "--json")).stdout);

/** Mallory exits what she paid away, and Alice's watcher looks when it is due. */
async function challengeAfterDue(world, { equal }) {
	const coin = await world.deposit("Mallory", 3n * ONE);
	await world.block([world.pay([coin], [["Bob", 3n * ONE]])]);
	const watcher = await world.watcher("Alice", { act: "print" });
	await watcher.check();
	await world.game("Mallory").startStandardExit(coin);
	await world.net.mine(3);
	await watcher.check();
	equal("in time nothing is missed", (await json(watcher, "status")).missed, []);
	await world.pass(P + 60);
	const late = await watcher.check();
	equal("when it is due it is CRITICAL", late.code, 2);
	const { missed } = await json(watcher, "status");
	equal("status tells what may come too late, its value and whose it is",
		missed.map(({ answer, owner, amount, lost }) => [answer, owner, amount, lost]),
		[["challenge_standard_exit", world.address("Mallory"), String(3n * ONE),
			false]]);
	watcher.act = "do";
	await watcher.check();
	await world.net.mine(3);
	const { game } = world.game("Mallory");
	equal("it is challenged all the same",
		(await game.queryFilter(game.filters.ExitChallenged(), 0)).length, 1);
	await watcher.settle(4);
	equal("and nothing is overdue", (await json(watcher, "status")).missed, []);
	await world.balances({ equal }, ["Alice"]);
}

/** Only printed, and nobody signs it: Alice's place in an exit is lost. */
async function missPiggyback(world, { ok, equal }) {
	const coin = await world.deposit("Mallory", 5n * ONE);
	const watcher = await world.watcher("Alice", { act: "print" });
	await watcher.check();
	const paid = world.pay([coin], [["Alice", 5n * ONE]]);
	const receipt = await world.game("Mallory").startInFlightExit({ raw: paid.raw,
		inputs: paid.coins, witnesses: await world.witnesses(paid) });
	const { timestamp: started } =
		await world.net.provider.getBlock(receipt.blockNumber);
	await world.net.mine(3);
	await watcher.check();
	await world.passTo(started + H);
	const pass = await watcher.check();
	equal("what was missed is CRITICAL", pass.code, 2);
	ok("and said with its value", /missed: piggyback_output 0x[0-9a-f]+:output 0, 5 ETH/
		.test(pass.line), pass.line);
	const listed = ({ missed }) => missed.map(({ answer, exit, owner, amount, last,
		lost }) => [answer, exit.split(":")[1], owner, amount, last, lost]);
	const expected = [["piggyback_output", "output 0", world.address("Alice"),
		String(5n * ONE), started + H - 1, true]];
	equal("status lists it with the second that passed",
		listed(await json(watcher, "status")), expected);
	equal("the plan too", listed(await json(watcher, "plan")), expected);
	for (const command of ["status", "plan", "guide"]) {
		const { stdout } = await watcher.command(command);
		ok(`${command} says it to a person`, stdout.includes(
			"missed: piggyback_output"), stdout);
	}
	await world.pass(DAY);
	equal("a day later it is WARNING", (await watcher.check()).code, 1);
	await world.pass(P);
	const calm = await watcher.check();
	ok("a period later the line is about other things",
		!calm.line.includes("missed"), calm.line);
	equal("but status never forgets", listed(await json(watcher, "status")), expected);
}

/** The first look after a bad block comes when exits no longer come first. */
async function leaveAfterTheLastSecond(world, { ok, equal }) {
	const coin = await world.deposit("Alice", 4n * ONE);
	await world.badBlock("payment_without_inputs");
	await world.pass(P + DAY);
	const watcher = await world.watcher("Alice");
	const pass = await watcher.settle(6);
	ok("the chain is halted", pass.line.includes("halted"), pass.line);
	const { exits } = await json(watcher, "exits");
	equal("the coin leaves however late it is",
		exits.map(({ status, position }) => [status, position]),
		[["live", String(coin.at)]]);
	equal("and nothing is left undone", (await json(watcher, "status")).missed, []);
}

/** Mallory's exit of what she spent stands unchallenged, and the watcher learns
 * it before it has read the block in which Bob pays Alice. */
async function leaveFromUnreadBlocks(world, { ok, equal }) {
	const coin = await world.deposit("Mallory", 3n * ONE);
	const bobs = await world.deposit("Bob", 2n * ONE);
	const old = await world.deposit("Alice", ONE);
	const [[change]] = await world.block([world.pay([coin], [["Bob", 3n * ONE]])]);
	const watcher = await world.watcher("Alice");
	await watcher.check();
	await world.game("Mallory").startStandardExit(coin);
	await world.pass(DAY);
	const unread = await world.block([
		world.pay([bobs], [["Alice", 2n * ONE]]),
		world.pay([old], [["Alice", ONE]])], { serve: "withhold" });
	const [[paid], [moved]] = unread;
	const nonce = await world.net.provider.getTransactionCount(
		world.address("Alice"));
	const halted = await watcher.check();
	ok("the chain is halted", halted.said.includes("unchallenged_exit"),
		halted.said);
	await world.net.mine(3);
	equal("nothing but the challenge is sent before the block is read",
		await world.net.provider.getTransactionCount(world.address("Alice")),
		nonce + 1);
	world.evil.policy(unread.root, "yes");
	await world.pass(60);
	await world.block([world.pay([change], [["Alice", 3n * ONE]])]);
	await watcher.settle(6);
	const { exits } = await json(watcher, "exits");
	equal("then what it made leaves, and what it spent does not",
		exits.filter(({ owner }) => owner === world.address("Alice"))
			.map(({ status, position }) => [status, position]).sort(),
		[["live", String(paid.at)], ["live", String(moved.at)]].sort());
}

await tap(async ({ ok, equal, skipAll, atExit }) => {
	if (missing("plasma-rootchain", "plasma-watcher").length > 0)
		skipAll("plasma-rootchain or plasma-watcher is not built");
	for (const story of [challengeAfterDue, missPiggyback, leaveAfterTheLastSecond,
		leaveFromUnreadBlocks])
		await story(await World.start({ atExit },
			{ people: ["Alice", "Mallory", "Bob"] }), { ok, equal });
});
