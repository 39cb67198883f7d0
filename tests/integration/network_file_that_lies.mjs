#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// A network file that says something else than the contracts: nobody believes
// it, because every deadline follows from it, and nothing is spoilt by it.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

import { startProxy } from "../support/chaos_proxy.mjs";
import { program, run } from "../support/operator_net.mjs";
import { startChain } from "../support/rootchain_net.mjs";
import { tap } from "../support/tap.mjs";

const OTHER = `0x${"ab".repeat(20)}`;

await tap(async ({ ok, equal, atExit }) => {
	const chain = await startChain({ slots: 4 });
	atExit(() => chain.close());
	const { net } = chain;
	const truth = readFileSync(net.file("net.conf"), "utf8");
	/** A network file in which one key has another value. */
	const lie = (key, value) => {
		const file = net.file(`${key}.conf`);
		const text = truth.replace(new RegExp(`^${key} = .*$`, "m"), `${key} = ${value}`);
		ok(`${key} can be another one`, text !== truth);
		writeFileSync(file, text);
		return file;
	};
	const follower = (name, words, network) => run(program("plasma-rootchain"),
		[...words, ...chain.args(name).map((word) =>
			(word === net.file("net.conf") ? network : word))]);
	const period = lie("min_exit_period", 1209600);
	const authority = lie("authority", OTHER);
	const extensions = lie("extensions", 3);

	for (const [file, view, found, said] of [
		[period, "minExitPeriod", "604800", "1209600"],
		[authority, "authority", net.authority.address, "0xab"],
		[extensions, "extensions", "1", "3"]]) {
		const told = await follower("f", ["follow", "--once"], file);
		ok(`${view}: the follower refuses it and names both values`,
			told.status === 78 && told.stderr.includes(`${view}()`) &&
				told.stderr.includes(found) && told.stderr.toLowerCase().includes(said),
			`${told.status} ${told.stderr}`);
	}
	const elsewhere = lie("deployment_block_hash", `0x${"cd".repeat(32)}`);
	const vault = lie("eth_vault", OTHER);
	equal("nor is one of another deployment", (await follower("f",
		["follow", "--once"], elsewhere)).status, 78);
	const node = await startProxy(net.node.url);
	atExit(() => node.close());
	node.rule({ method: "eth_getProof", fault: "refuse" });
	const halfway = await run(program("plasma-rootchain"), ["follow", "--once",
		...chain.args("f", [node.url]).map((word) =>
			(word === net.file("net.conf") ? vault : word))],
	{ env: { ...process.env, PLASMA_ROOTCHAIN_ETH_BLOCKS_PER_RANGE: "1" } });
	ok("one may fetch a lot and fail", halfway.status === 76, halfway.stderr);
	await chain.follow("f");
	ok("and the true one is followed after all of them", (await chain.status("f")).head > 0);
	equal("of whom nothing is left", await chain.digest("f"), await chain.freshDigest());

	const bound = await follower("f", ["follow", "--once"], vault);
	ok("a folder that follows a network follows no other one",
		bound.status === 78 && bound.stderr.includes("another data directory"),
		`${bound.status} ${bound.stderr}`);

	const copy = chain.file("copy.db");
	equal("a copy is made", (await chain.command("f", ["snapshot", copy])).status, 0);
	const proved = await chain.command("f", ["verify", copy]);
	ok("it says which exit period it rests on",
		proved.status === 0 && proved.stdout.includes("604800 s"), proved.stdout);
	for (const file of [period, authority, extensions]) {
		const told = await follower("other", ["verify", copy], file);
		ok("whoever verifies it with another file is told",
			told.status === 65 && told.stderr.includes("the network file says"), told.stderr);
	}
	// Both files from one liar: no header accounts for the exit period.
	rmSync(`${copy}.digest`);
	equal("a copy that lies as well is made", (await run("sqlite3", [copy,
		`UPDATE contract_state SET word = CAST(zeroblob(29) || X'127500' AS BLOB)
			WHERE name = 'min_exit_period'`])).status, 0);
	const alike = await follower("other", ["verify", copy], period);
	ok("with such a file it is still said what it rests on",
		alike.status === 0 && alike.stdout.includes("1209600 s"), alike.stderr);
	const online = await follower("other", ["verify", "--online", copy], period);
	ok("and the root chain says otherwise", online.status === 78 &&
		online.stderr.includes("minExitPeriod()"), `${online.status} ${online.stderr}`);

	const doctor = await follower("f", ["doctor"], period);
	ok("doctor says it of the node and of the snapshot", doctor.status !== 0 &&
		doctor.stdout.split("minExitPeriod()").length === 3, doctor.stdout);

	mkdirSync(net.file("operator"), { recursive: true });
	net.writeFees();
	net.snapshot = `${chain.folder("f")}/rootchain.db`;
	const operator = await run(program("plasma-operator"), net.operatorArgs()
		.map((word) => (word === net.file("net.conf") ? period : word)),
	{ timeout: 20000 });
	ok("an operator does not start with it", operator.status === 65 &&
		operator.stderr.includes("minExitPeriod()"), `${operator.status} ${operator.stderr}`);

	const watch = (words, file) => run(program("plasma-watcher"), [...words,
		"--network", file, "--snapshot", net.snapshot,
		"--datadir", net.file("watcher"), "--source", net.node.url,
		"--owner", net.deployer.address]);
	const check = await watch(["check"], period);
	ok("a watcher does not know anything with it",
		check.status === 3 && check.stdout.includes("minExitPeriod()"),
		`${check.status} ${check.stdout} ${check.stderr}`);
	equal("and all with the true one", (await watch(["check"], net.file("net.conf"))).status, 0);
	const plan = await watch(["plan"], period);
	ok("nor does it plan with it", plan.status === 65 &&
		plan.stderr.includes("minExitPeriod()"), `${plan.status} ${plan.stderr}`);

	const wallet = await run(program("plasma-wallet"), ["deposit", "1eth",
		"--network", period, "--datadir", net.file("wallet"), "--root-rpc", net.node.url,
		"--keystore", net.file("deployer.json"), "--password-file", net.file("password"),
		"--without-watcher"]);
	ok("a wallet deposits nothing with it", wallet.status === 78 &&
		wallet.stderr.includes("PLL-028") && wallet.stderr.includes("minExitPeriod()"),
		`${wallet.status} ${wallet.stderr}`);
});
