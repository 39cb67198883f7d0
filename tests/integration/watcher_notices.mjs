#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// What a single log of the contracts says against a chain: the maintainer brings
// a contract, a bond changes, a vault pays less than is due. The evidence of each
// proves it to somebody who has nothing else.

import { readFileSync, writeFileSync } from "node:fs";

import { ethers } from "ethers";

import { abiOf } from "../support/exit_game.mjs";
import { needFollower, program, run } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";
import { ONE, P, World } from "../support/world.mjs";

await tap(async (t) => {
	const { ok, equal, skipAll } = t;
	needFollower(skipAll);
	const world = await World.start(t, { people: ["Alice", "Mallory"] });
	const { net, network } = world;
	const coin = await world.deposit("Alice", 2n * ONE);
	const watcher = await world.watcher("Alice");
	const verify = async (file) => {
		const { status, stdout, stderr } = await run(program("plasma-watcher"),
			["evidence", "verify", file, "--json"]);
		return { status, verdict: JSON.parse(stdout || "{}").verdict, stderr };
	};
	const evidenceOf = async (event, key) => {
		const { events } = await watcher.status();
		const found = events.find((one) => one.event === event &&
			one.key.startsWith(key));
		ok(`${event} ${key} stands and has an evidence`,
			typeof found?.evidence === "string", JSON.stringify(events));
		return found.evidence;
	};
	/** The evidence proves its event, and with another key no more than it says. */
	const proves = async (event, key, otherKey, otherVerdict) => {
		const file = await evidenceOf(event, key);
		equal(`the evidence of ${event} ${key} proves it`,
			(await verify(file)).verdict, "proved");
		const bundle = JSON.parse(readFileSync(file, "utf8"));
		const copy = net.file("copy.json");
		writeFileSync(copy, JSON.stringify({ ...bundle, key: otherKey }));
		equal("which it does of nothing else", (await verify(copy)).verdict,
			otherVerdict);
		writeFileSync(copy, JSON.stringify({ ...bundle, network: {
			...bundle.network, plasma_framework: world.address("Mallory"),
			eth_vault: world.address("Mallory"),
			payment_exit_game: world.address("Mallory") } }));
		const foreign = await verify(copy);
		ok("and not when somebody else's contract says so", foreign.status === 1 &&
			foreign.stderr.includes("log_foreign"), foreign.stderr);
	};

	await watcher.check();
	const exitGame = new ethers.Contract(network.payment_exit_game,
		abiOf("PaymentExitGame"), net.deployer);
	await (await exitGame.updatePiggybackBondSize(31000000000000000n,
		25000000000000000n)).wait();
	await net.mine(3);
	equal("a bond that changes is no alarm", (await watcher.check()).code, 0);
	await proves("bond_change", "PiggybackBondUpdated", "IFEBondUpdated",
		undefined);

	// Alice's coin is paid by half: nothing is owed afterwards, and nothing there.
	await world.game("Alice").startStandardExit(coin);
	await world.pass(P + 60);
	await net.node.rpc("anvil_setBalance", [network.eth_vault,
		ethers.toQuantity(ONE)]);
	await net.mine(1);
	await world.game("Mallory").processExits();
	await net.mine(12);
	const pass = await watcher.check();
	ok("a vault that pays too little halts", pass.code === 2 &&
		/insolvent_vault 0x0+ \d+:\d+: the chain is halted/.test(pass.line),
	pass.line);
	await proves("insolvent_vault", ethers.ZeroAddress,
		`${world.address("Mallory")} 1:0`, "stated");
	const cleared = await watcher.command("latch", "clear", "--reason",
		"we know what was lost");
	equal("a person ends the halt", cleared.status, 0);
	const calm = await watcher.check();
	ok("and the same log does not halt again", !calm.line.includes("halted"),
		calm.line);

	const maintainer = new ethers.Contract(network.plasma_framework,
		abiOf("PlasmaFramework"), net.deployer);
	await (await maintainer.registerVault(9n, network.payment_exit_game)).wait();
	await net.mine(3);
	const governed = await watcher.check();
	ok("a contract that nobody agreed to halts",
		governed.line.includes("governance_change"), governed.line);
	await proves("governance_change", "vault ",
		`vault ${world.address("Mallory").toLowerCase()}`, "stated");
});
