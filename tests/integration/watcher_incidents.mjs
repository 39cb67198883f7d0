#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The evidence of an incident: written when the event is raised, named by the
// hook and by `status`, enough for a third party who has nothing else, and
// worthless as soon as anything that matters in it is another.

import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";

import { needFollower, program, run } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";
import { ONE, World } from "../support/world.mjs";

/** Every string and number in a value, as [path, value]. */
function* leaves(value, path = []) {
	if (value !== null && typeof value === "object")
		for (const key of Object.keys(value))
			yield* leaves(value[key], [...path, key]);
	else
		yield [path, value];
}

/** The same value with one leaf changed a little. */
function changed(value, path) {
	const copy = structuredClone(value);
	const last = path.at(-1);
	const parent = path.slice(0, -1).reduce((at, key) => at[key], copy);
	const leaf = parent[last];
	if (typeof leaf === "number")
		parent[last] = leaf + 1;
	else if (leaf.startsWith("0x"))
		parent[last] = leaf.slice(0, -1) + (leaf.endsWith("0") ? "1" : "0");
	else
		parent[last] = /^\d+$/.test(leaf) ? String(BigInt(leaf) + 10000n) : `${leaf}x`;
	return copy;
}

await tap(async (t) => {
	const { ok, equal, note, skipAll } = t;
	needFollower(skipAll);
	const world = await World.start(t, { people: ["Alice", "Mallory"] });
	const deposit = await world.deposit("Alice", 10n * ONE);
	const [[alices]] = await world.block([world.pay([deposit],
		[["Alice", 7n * ONE], ["Mallory", 3n * ONE]])]);
	const watcher = await world.watcher("Alice");
	watcher.act = "print";
	const told = world.net.file("told");
	const hook = world.net.file("hook");
	writeFileSync(hook, `#!/bin/sh\ncat >>${told}\necho >>${told}\n`);
	chmodSync(hook, 0o700);
	process.env.PLASMA_WATCHER_HOOK = hook;
	equal("a healthy chain is OK", (await watcher.check()).code, 0);
	await world.badBlock("amounts_do_not_add_up", { wish: undefined,
		key: world.people.Alice.wallet.privateKey, input: alices.at });
	const pass = await watcher.check();
	ok("a bad block is CRITICAL, by the number that explain knows",
		pass.code === 2 && pass.line.includes("PLW-001"), pass.line);

	// ---- where it is ----
	const { events } = await watcher.status();
	const [event] = events.filter((one) => one.event === "invalid_block");
	ok("status names the file", existsSync(event.evidence), event.evidence);
	const heard = readFileSync(told, "utf8").trim().split("\n")
		.map((line) => JSON.parse(line))
		.find((one) => one.event === "invalid_block");
	equal("and so does the hook", [heard.evidence, heard.id],
		[event.evidence, "PLW-001"]);
	const text = await watcher.command("status");
	ok("for people, too", text.stdout.includes(`evidence: ${event.evidence}`),
		text.stdout);
	const first = readFileSync(event.evidence, "utf8");
	await watcher.check();
	equal("it is written once", readFileSync(event.evidence, "utf8"), first);

	// ---- what it proves ----
	const verify = async (file, ...args) => {
		const { status, stdout, stderr } = await run(program("plasma-watcher"),
			["evidence", "verify", file, ...args]);
		return { status, said: `${stdout}${stderr}`.trim() };
	};
	const copy = world.net.file("bundle.json");
	writeFileSync(copy, first);
	const proved = await verify(copy);
	note(proved.said);
	ok("alone it proves the rule and the block", proved.status === 0 &&
		proved.said.startsWith("proved: invalid_block 2000, rule amounts_do_not_add_up"),
		proved.said);
	ok("and says what it takes on trust",
		proved.said.includes("on trust: that the blocks of the other"), proved.said);
	const node = await verify(copy, "--root-rpc", world.net.node.url,
		"--network", world.net.file("net.conf"));
	equal("a node confirms every eth_block that it rests on", [node.status,
		node.said.match(/rests on/g).length, node.said.match(/which it has/g).length],
	[0, 3, 3]);
	equal("an eth_block that it does not rest on is refused",
		(await verify(copy, "--trust", `0x${"12".repeat(32)}`)).status, 1);

	// ---- what it does not ----
	const bundle = JSON.parse(first);
	const refused = async (what, change, code, word) => {
		const lie = structuredClone(bundle);
		change(lie);
		writeFileSync(copy, JSON.stringify(lie));
		const { status, said } = await verify(copy);
		ok(`${what} is refused by name`, status === code && said.includes(word),
			`${status} ${said}`);
	};
	const offender = bundle.transactions.findIndex(({ position }) =>
		position.startsWith("2000"));
	await refused("another rule", (lie) => { lie.rule = "input_not_older"; }, 1,
		"not_proved");
	await refused("another block", (lie) => { lie.block = 1000; lie.key = "1000"; }, 1,
		"not_proved");
	await refused("an input left out", (lie) => {
		lie.transactions.splice(offender === 0 ? 1 : 0, 1); }, 1, "not_proved");
	await refused("a log left out", (lie) => { lie.logs.shift(); }, 1,
		"\"transactions\" 0: root_unknown");
	await refused("an event that nobody knows", (lie) => { lie.event = "rain"; }, 1,
		"event_unknown");
	await refused("the framework of somebody else", (lie) => {
		lie.network.plasma_framework = world.address("Mallory"); }, 1, "log_foreign");
	await refused("a member too many", (lie) => { lie.more = true; }, 65,
		"unknown member \"more\"");
	await refused("a list of nonsense", (lie) => { lie.logs[1] = 7; }, 65, "\"logs\": 1");
	await refused("a position of an output", (lie) => {
		lie.transactions[0].position = String(BigInt(
			lie.transactions[0].position) + 1n); }, 65, "\"transactions\": 0");

	// What a change of may go unnoticed: it is no part of the proof.
	const aside = /^(facts|key|made_at|code_hashes|chain_id|min_exit_period|erc20_vault|eth_vault|payment_exit_game|signatures|transaction_index)/;
	let tried = 0;
	for (const [path, value] of leaves(bundle)) {
		const name = path.filter((part) => !/^\d+$|^network$|^transactions$/.test(part))[0];
		if (value === null || typeof value === "boolean" || aside.test(name))
			continue;
		writeFileSync(copy, JSON.stringify(changed(bundle, path)));
		const { status, said } = await verify(copy);
		tried++;
		if (status === 0)
			ok(`${path.join(".")} is part of the proof`, false, said);
	}
	ok("whatever is changed a little, it proves nothing any more", tried > 20,
		`${tried} leaves`);
	note(`${tried} leaves were changed, one at a time`);

	// ---- it cannot be written ----
	rmSync(`${watcher.dir}/incidents`, { recursive: true });
	writeFileSync(`${watcher.dir}/incidents`, "in the way");
	const blind = await watcher.command("check", "--act", "print");
	ok("a file that cannot be written is said, and stops nothing",
		blind.status === 2 && /no evidence of an incident/.test(blind.stderr),
		blind.stdout + blind.stderr);
});
