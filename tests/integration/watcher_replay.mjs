#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Recorded snapshots judged afterwards, with bodies from a folder and with nobody
// to ask: a healthy chain is quiet, a withheld and an invalid block are named with
// the exits that they call for, and nothing is left behind.

import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";

import { needFollower, program, run, waitFor } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";
import { ONE, WITHHOLDING_LIMIT, World } from "../support/world.mjs";

await tap(async (t) => {
	const { equal, note, ok, skipAll } = t;
	needFollower(skipAll);
	const world = await World.start(t, { people: ["Alice", "Bob"] });
	const { net } = world;

	const record = async (name) => {
		await world.follow();
		const done = await run(program("plasma-rootchain"), ["snapshot",
			net.file(name), "--config", net.file("rootchain.conf")]);
		if (done.status !== 0)
			throw new Error(`no snapshot: ${done.stderr}`);
		return net.file(name);
	};
	const bodies = net.file("bodies");
	mkdirSync(bodies);
	const keep = ({ root, body }) =>
		writeFileSync(`${bodies}/${root.replace(/^0x/, "")}`, body);

	// ---- what is recorded ----
	const coin = await world.deposit("Alice", 5n * ONE);
	const good = await world.block(
		[world.pay([coin], [["Alice", 3n * ONE], ["Bob", 2n * ONE]])]);
	keep(good);
	const healthy = await record("healthy.db");
	const bad = await world.badBlock("payment_without_inputs");
	const young = await record("young.db");
	await world.passTo(bad.time + WITHHOLDING_LIMIT);
	await net.mine(3);
	const late = await record("late.db");

	// ---- nobody is left to ask ----
	await net.node.stop();
	const temporary = net.file("tmp");
	mkdirSync(temporary);
	// A watcher's whole configuration: none of it may be touched.
	writeFileSync(net.file("watcher.conf"), ["[watcher]",
		`network = ${net.file("net.conf")}`, `source = ${bodies}`,
		`datadir = ${net.file("untouched")}`, "act = do",
		`keystore = ${net.file("no-such-key.json")}`,
		`hook = touch ${net.file("told")}`,
		"snapshot_max_age = 1", "[owner]",
		`address = ${world.address("Alice")}`,
		"[root_chain]", `rpc = ${net.node.url}`, ""].join("\n"));
	const everything = () => readdirSync(net.dir).sort();
	const replay = async (...args) => {
		const done = await run(program("plasma-watcher"),
			["replay", "--config", net.file("watcher.conf"), ...args],
			{ env: { ...process.env, TMPDIR: temporary } });
		note(`${done.status}: ${done.stdout.trim()} ${done.stderr.trim()}`);
		return done;
	};
	const before = everything();
	const passes = async (...args) => {
		const { status, stdout } = await replay("--json", ...args);
		const { schema, code, passes: list } = JSON.parse(stdout);
		equal("the exit code is in the answer", [schema, code],
			["plasma.replay/1", status]);
		return [status, list];
	};
	const named = ({ code, events }) =>
		[code, events.map(({ id, event, key }) => `${id} ${event} ${key}`)];
	const kinds = ({ actions }) => actions.map(({ kind }) => kind);

	await waitFor("the snapshots to be older than a live one may be",
		() => Date.now() - statSync(late).mtimeMs > 2000);

	// ---- what is said ----
	const quiet = await replay(healthy);
	equal("a healthy chain is OK, in one line, however old the snapshot is",
		[quiet.status, quiet.stdout.trim().split("\n").length], [0, 1]);
	ok("which says what was verified",
		quiet.stdout.includes("OK - block 1000 of 1000 verified"), quiet.stdout);

	const [status, story] = await passes(healthy, young, late);
	equal("the worst is the exit code", status, 2);
	equal("at first nothing was to be said, then a body was missing, and at the " +
		"limit it was withheld", story.map(named),
	[[0, []], [0, []], [2, ["PLW-002 block_withholding 2000"]]]);
	equal("only then the coin would have left", story.map(kinds),
		[[], [], ["start_standard_exit"]]);

	const [, once] = await passes(late);
	equal("as it would have been by who looked then for the first time",
		once.map(named), [[2, ["PLW-002 block_withholding 2000"]]]);
	const back = await replay(young, healthy);
	ok("an older snapshot behind a newer one is UNKNOWN, and says so",
		back.status === 3 && back.stdout.includes("was used before"),
		back.stdout);

	keep(bad);
	const [, judged] = await passes(healthy, young);
	equal("with its body the block is invalid at once", judged.map(named),
		[[0, []], [2, ["PLW-001 invalid_block 2000"]]]);
	ok("by the rule that it breaks",
		judged[1].events[0].facts.rule === "payment_without_inputs" &&
		judged[1].events[0].evidence === null,
		JSON.stringify(judged[1].events));
	equal("and the coin would have left", kinds(judged[1]),
		["start_standard_exit"]);
	const text = await replay(late);
	ok("in words, too", text.status === 2 &&
		text.stdout.includes("PLW-001 invalid_block 2000 since") &&
		text.stdout.includes("\"start_standard_exit\""), text.stdout);

	// ---- what cannot be found out ----
	const absent = await replay(net.file("nowhere.db"));
	equal("a missing snapshot is UNKNOWN", absent.status, 3);
	const alone = await replay(healthy, "--network", net.file("nowhere.conf"));
	ok("as is a network file that is not there", alone.status === 3 &&
		alone.stderr.includes("nowhere.conf"), alone.stderr);
	equal("without a file it is wrong usage", (await replay()).status, 64);

	equal("nothing is left behind", [everything(), readdirSync(temporary)],
		[before, []]);
});
