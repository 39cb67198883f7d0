#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Evidence of coins: what a watcher exports convinces whoever trusts a hash of
// the root chain, is refused when a byte of it is another one, and takes the coin
// out when operator, follower, watcher and wallet are gone.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

import { sign } from "../support/child_chain.mjs";
import { ExitGame } from "../support/exit_game.mjs";
import {
	needFollower, program, run, startFollowedNet, waitFor,
} from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";

const ONE = 10n ** 18n;

await tap(async ({ ok, equal, note, skipAll, atExit }) => {
	needFollower(skipAll);
	const net = await startFollowedNet(atExit);
	await net.startOperator();
	const alice = await net.person();
	const bob = await net.person();

	const watch = (name, ...more) => run(program("plasma-watcher"), [
		...name.split(" "), "--network", net.file("net.conf"),
		"--snapshot", net.snapshot, "--datadir", net.file("watcher"),
		"--source", net.url, "--owner", alice.address, ...more]);
	const verify = async (...args) => {
		const done = await run(program("plasma-watcher"),
			["evidence", "verify", ...args]);
		note(`${done.status}: ${(done.stdout + done.stderr).trim()}`);
		return done;
	};

	const coin = await net.deposit(alice, 5n * ONE);
	await net.deposit(alice, 7n * ONE);
	const payment = { inputs: [coin], outputs: [
		{ owner: bob.address, amount: 2n * ONE },
		{ owner: alice.address, amount: 3n * ONE - 1n }] };
	const signed = await sign(net.network.plasma_framework, payment, [alice]);
	await waitFor("the deposit to be final", async () =>
		(await net.submitCode(signed)) === "accepted");
	await net.committed(1000n);
	await net.mine(3);
	await waitFor("the block to be verified", async () =>
		/block 1000 of 1000/.test((await watch("check")).stdout));

	// ---- export ----
	mkdirSync(net.file("coins"));
	const exported = await watch("evidence export", "--out", net.file("coins"));
	equal("every coin of the owner has a file", [exported.status,
		readdirSync(net.file("coins")).length], [0, 2]);
	const file = net.file("coins/coin-1000000000001.json");
	const evidence = JSON.parse(readFileSync(file, "utf8"));
	equal("which says whose the coin is, and how much",
		[evidence.owner, evidence.output.amount],
		[alice.address, String(3n * ONE - 1n)]);
	equal("with the transaction as it was signed",
		evidence.signed_transaction, signed);
	const [, deposit] = readdirSync(net.file("coins")).map((name) =>
		JSON.parse(readFileSync(net.file(`coins/${name}`), "utf8")))
		.sort((a, b) => (a.signed_transaction ? 0 : 1) - (b.signed_transaction ? 0 : 1));
	equal("a deposit has no signatures", deposit.signed_transaction, null);
	const one = await watch("evidence export", evidence.position, "--out",
		net.file("one.json"), "--json");
	equal("or one coin", [one.status, JSON.parse(one.stdout).files], [0, 1]);
	equal("a coin that nobody made is named",
		(await watch("evidence export", "7000000000000")).status, 66);

	// ---- verify ----
	const good = await verify(file);
	ok("offline it says on which eth_block it rests", good.status === 0 &&
		good.stdout.includes(evidence.anchor.eth_block_hash), good.stdout);
	equal("the hash that is trusted confirms it", (await verify(file,
		"--trust", evidence.anchor.eth_block_hash)).stdout.includes("which it has"),
	true);
	equal("another one refuses it", (await verify(file,
		"--trust", `0x${"77".repeat(32)}`)).status, 1);
	equal("a node confirms it", (await verify(file, "--network",
		net.file("net.conf"), "--root-rpc", net.node.url)).status, 0);
	equal("a deposit is proved by its log", (await verify(net.file(
		`coins/coin-${deposit.position}.json`))).status, 0);
	equal("the wallet reads the same file", (await run(program("plasma-wallet"),
		["proof", "verify", file, "--network", net.file("net.conf"),
			"--datadir", net.file("wallet")])).status, 0);

	const lie = async (what, change) => {
		const copy = structuredClone(evidence);
		change(copy);
		writeFileSync(net.file("lie.json"), JSON.stringify(copy));
		const done = await verify(net.file("lie.json"));
		return [what, done.status, done.stderr];
	};
	for (const [code, word, change] of [
		[1, "output_differs", (copy) => { copy.output.amount = "1"; }],
		[1, "header_broken", (copy) => { copy.anchor.eth_block_number += 1; }],
		[1, "log_differs", (copy) => { copy.network.plasma_framework = bob.address; }],
		[1, "exit_differs", (copy) => { copy.exit.value_wei = "0"; }],
		[65, "unknown member", (copy) => { copy.more = 1; }],
		[65, "not an address", (copy) => {
			copy.owner = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD";
		}],
	]) {
		const [, status, said] = await lie(word, change);
		ok(`a lie is refused by name: ${word}`, status === code &&
			said.includes(word) && said.includes("lie.json"), `${status} ${said}`);
	}
	writeFileSync(net.file("torn.json"), readFileSync(file).subarray(0, 900));
	equal("a torn file is bad input",
		(await verify(net.file("torn.json"))).status, 65);

	// ---- nobody is left ----
	for (const server of net.processes.splice(0))
		await server.stop();
	const { exit } = evidence;
	const sent = await alice.sendTransaction({ to: exit.to, data: exit.data,
		value: BigInt(exit.value_wei) });
	await net.mine(1);
	equal("what the file says starts the exit", (await sent.wait()).status, 1);
	const game = new ExitGame(net.network, alice);
	const record = await game.standardExit(evidence.transaction,
		BigInt(evidence.position));
	equal("of this coin", [record.exitable, record.amount],
		[true, 3n * ONE - 1n]);
});
