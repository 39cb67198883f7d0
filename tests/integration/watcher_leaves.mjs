#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The rare rows of the table of the mass exit (protocol.md 15): fee outputs, and
// payments whose sender is silent.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ethers } from "ethers";

import { position, rawFee } from "../support/child_chain.mjs";
import { ONE, P, World } from "../support/world.mjs";
import { missing, top } from "../support/programs.mjs";
import { tap } from "../support/tap.mjs";

const FEE = ONE / 10n;
const DUST = 17n * ONE / 100n; // less than three times both bonds

await tap(async ({ ok, equal, skipAll, atExit }) => {
	if (missing("plasma-rootchain", "plasma-watcher").length > 0)
		skipAll("plasma-rootchain or plasma-watcher is not built");
	const world = await World.start({ atExit },
		{ people: ["Alice", "Fred", "Mallory"] });
	const { referee } = world;
	const game = world.game("Mallory");
	const eventsOf = (name) => game.game.queryFilter(game.game.filters[name](), 0);

	// Fred collects the fees.
	const deposit = await world.deposit("Mallory", 5n * ONE);
	const twice = await world.deposit("Mallory", 3n * ONE);
	const small = await world.deposit("Mallory", DUST);
	const fee = rawFee({ blknum: 1000, owner: world.address("Fred"), amount: FEE });
	const [[change]] = await world.block([
		world.pay([deposit], [["Mallory", 5n * ONE - FEE]]),
		ethers.encodeRlp([[], ...ethers.decodeRlp(fee)])]);
	const fred = await world.watcher("Fred");
	const alice = await world.watcher("Alice");
	await fred.check();
	await alice.check();
	const planned = JSON.parse((await fred.command("plan", "--json")).stdout);
	equal("the plan takes a fee output out in flight",
		planned.exits.map(({ position: at, exit }) => [at, exit]),
		[[String(position(1000n, 1, 0)), "in_flight"]]);
	equal("with the bonds of the start and of both sides", planned.bonds_wei,
		String(26900000000000000n + 2n * 30900000000000000n));
	equal("of which the bounties are cost", planned.bounties_wei,
		String(2n * 25000000000000000n));
	const { start_in_flight_exit: start, piggyback } = JSON.parse(readFileSync(
		join(top, "contracts", "gas.json"), "utf8"));
	const dearest = start.dearest + 2 * piggyback.dearest;
	ok("and the gas of the dearest that was measured, or a little more",
		planned.exits[0].gas >= dearest && planned.exits[0].gas < 2 * dearest,
		`${planned.exits[0].gas} for ${dearest}`);

	// What Mallory pays Alice is seen in a block that is invalid.
	const paid = world.pay([change], [["Alice", 5n * ONE - FEE]]);
	const disputed = world.pay([twice], [["Alice", 3n * ONE]]);
	const cheap = world.pay([small], [["Alice", DUST]]);
	await world.badBlock("payment_without_inputs",
		{ payments: [paid, disputed, cheap] });
	const rival = world.pay([twice], [["Mallory", 3n * ONE]]);
	await game.startInFlightExit({ raw: rival.raw, inputs: rival.coins,
		witnesses: await world.witnesses(rival) });
	await world.net.mine(3);

	const pass = await fred.settle();
	ok("Fred's watcher halts", pass.line.includes("halted"), pass.line);
	ok("and nothing of his is stuck", !pass.line.includes("cannot leave"),
		pass.line);
	await alice.settle();
	const started = async (name) => (await eventsOf("InFlightExitStarted"))
		.map(({ args }) => args)
		.filter(({ initiator }) => initiator === world.address(name));
	const flights = await started("Fred");
	equal("the fee output is exited in flight, once", flights.length, 1);
	const own = await game.inFlightExit(flights[0].inFlightTx);
	equal("it is paid to himself", [own.inputs[0].amount, own.outputs[0].amount,
		own.outputs[0].exitTarget], [FEE, FEE, world.address("Fred")]);
	ok("and he joins with the output", (own.exitMap & 1n << 5n) !== 0n);
	equal("Alice leaves the start to the sender", await started("Alice"), []);

	// A second before the sender has been silent long enough, and then.
	const since = Number((await world.evil.framework.blocks(2000n))[1]);
	await world.passTo(since + P / 28 - 1);
	await alice.check();
	equal("until P / 28 have passed", await started("Alice"), []);
	await world.passTo(since + P / 28 + 60);
	await alice.settle();
	equal("then she starts what is worth it and undisputed",
		(await started("Alice")).map(({ txHash }) => txHash), [paid.hash]);
	const hers = await game.inFlightExit(paid.raw);
	equal("and joins with her output", hers.exitMap, 1n << 5n);

	await world.pass(2 * P + 60);
	await fred.settle();
	await alice.settle();
	referee.exits(referee.coinsOf(world.address("Fred")));
	referee.paid.push({ owner: world.address("Alice"), token: ethers.ZeroAddress,
		amount: 5n * ONE - FEE });
	await world.balances({ equal }, ["Fred", "Alice"]);
});
