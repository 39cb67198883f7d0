#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// What a watcher cannot know is said, by the doctor, the plan and each pass:
// what its owners signed away, and where bodies of blocks are to come from.

import { mkdirSync, renameSync, writeFileSync } from "node:fs";

import { needFollower, program, run } from "../support/operator_net.mjs";
import { ONE, World } from "../support/world.mjs";
import { tap } from "../support/tap.mjs";

await tap(async (t) => {
	const { ok, equal, skipAll } = t;
	needFollower(skipAll);
	const world = await World.start(t, { people: ["Alice"] });
	const alice = world.address("Alice");
	const coin = await world.deposit("Alice", ONE);
	await world.follow();
	const watcher = await world.watcher("Alice");
	const doctor = async (...more) =>
		JSON.parse((await watcher.command("doctor", "--json", ...more)).stdout);
	const check = ({ checks }, what) =>
		checks.find((one) => one.what.toLowerCase() === what);
	const unknown = async () => (await watcher.status()).events
		.filter(({ event }) => event === "signed_spends_unknown");
	const signedOf = async (...more) => check(await doctor(...more), `what ${alice} signed`.toLowerCase());

	// Before the first pass.
	const first = await signedOf();
	ok("the doctor says that nobody knows what was signed", first.result === "bad" &&
		first.detail.includes("[owner] signed is not given"), JSON.stringify(first));
	const table = world.net.file("wallet/signed.db");
	watcher.args = ["--signed", table];
	const lost = await signedOf();
	ok("and which folder is not there", lost.result === "bad" &&
		lost.detail.includes("wallet/signed.db: its folder is not there"),
	JSON.stringify(lost));
	const source = (found) => found.checks.filter(({ what }) => what.startsWith("source "));
	const folders = await doctor("--source", world.net.file("nowhere"),
		"--source", "http://127.0.0.1:1", "--source", world.net.file("."));
	equal("each source is asked", source(folders).slice(-3).map(({ result }) => result),
		["bad", "bad", "ok"]);

	// In a pass.
	const blind = await watcher.check();
	const [event] = await unknown();
	ok("a table that cannot be found is a warning that waits for a person",
		blind.code === 1 && event?.waits === true && event.key === alice &&
		event.facts.reason.includes("its folder is not there"), blind.said);
	const planned = JSON.parse((await watcher.command("plan", "--json")).stdout);
	ok("the plan says so of its owner", planned.signed_spends_unknown.length === 1 &&
		planned.signed_spends_unknown[0].owner === alice &&
		/may have signed away.*its folder/.test((await watcher.command("plan")).stdout),
	JSON.stringify(planned));

	// A wallet that never signed.
	mkdirSync(world.net.file("wallet"));
	equal("a wallet that never signed is no warning",
		[(await watcher.check()).code, await unknown(), (await signedOf()).result],
		[0, [], "ok"]);
	equal("and nothing to say in the plan",
		JSON.parse((await watcher.command("plan", "--json")).stdout)
			.signed_spends_unknown, []);

	// One that signed, and whose table goes away, or breaks.
	await world.walletSigns("Alice", world.pay([coin], [["Alice", ONE]]));
	renameSync(world.signedTable("Alice"), table);
	equal("what it signed is read", [(await watcher.check()).code, await unknown()], [0, []]);
	renameSync(table, `${table}.away`);
	const gone = await watcher.check();
	ok("a table that was read and is gone is", gone.code === 1 &&
		(await unknown())[0].facts.reason.includes("it was read before and is gone"),
	gone.said);
	writeFileSync(table, "no database");
	ok("and so is one that is broken", (await watcher.check()).code === 1 &&
		(await unknown()).length === 1 && (await signedOf()).result === "bad");
	renameSync(`${table}.away`, table);
	equal("with the table back all is well",
		[(await watcher.check()).code, await unknown(), (await signedOf()).result],
		[0, [], "ok"]);

	// Programs read the same.
	const objectOf = ({ stdout }) => JSON.parse(stdout).schema;
	for (const [words, schema] of [["check", "check"], ["status", "status"],
		["exits", "exits"], ["plan", "plan"], ["guide", "plan"], ["latch show", "latch"],
		["doctor", "doctor"], ["config show", "config"]])
		equal(`${words} --json is one object`, objectOf(await watcher.command(
			...words.split(" "), "--json")), `plasma.${schema}/1`);
	for (const name of ["plasma-watcher", "plasma-operator", "plasma-rootchain"]) {
		const ask = (...words) => run(program(name), [...words, "--json"]);
		equal(`${name} shows its settings so`, objectOf(await ask("config", "show")),
			"plasma.config/1");
		const { all } = JSON.parse((await ask("explain")).stdout);
		equal("and explains each of its numbers", (await Promise.all(all.map(
			async ({ id }) => JSON.parse((await ask("explain", id)).stdout).id === id)))
			.every(Boolean) && all.length > 5, true);
		equal("and doctors", objectOf(await ask("doctor")), "plasma.doctor/1");
	}
	const explained = await run(program("plasma-watcher"), ["explain", "signed_spends_unknown"]);
	ok("and what it means is explained", explained.status === 0 &&
		explained.stdout.startsWith("PLW-027 signed_spends_unknown"), explained.stdout);
});
