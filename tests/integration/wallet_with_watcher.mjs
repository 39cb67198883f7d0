#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The wallet with the real watcher: what one says the other understands, from
// the first deposit to the exit after a block was withheld.

import { readFileSync, rmSync } from "node:fs";

import {
	needFollower, Process, program, startFollowedNet, waitFor,
} from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";
import { Wallet } from "../support/wallet_net.mjs";

const ONE = 10n ** 18n;
const PERIOD = 604800;

await tap(async ({ ok, equal, note, skipAll, atExit }) => {
	needFollower(skipAll);
	const net = await startFollowedNet(atExit);
	await net.startOperator();
	const dir = net.file("watcher");
	const watcher = { url: undefined };
	const alice = new Wallet(net, "alice", { watcher });
	const bob = new Wallet(net, "bob", { watcher });
	await net.fund(alice.address);
	await net.fund(bob.address);

	const startWatcher = async () => {
		rmSync(`${dir}/port`, { force: true });
		const one = new Process(net.file("watcher.log"), program("plasma-watcher"), [
			"run", "--network", net.file("net.conf"), "--snapshot", net.snapshot,
			"--datadir", dir, "--source", net.url, "--listen", "127.0.0.1:0",
			"--owner", alice.address, "--owner", bob.address,
			"--root-rpc", net.node.url, "--act", "print",
		]);
		net.processes.push(one);
		watcher.url = await waitFor("the watcher to answer", async () => {
			if (!one.alive)
				throw new Error(`it ended with ${one.status}: ${one.said}`);
			const url = `http://127.0.0.1:${
				Number(readFileSync(`${dir}/port`, "utf8"))}`;
			return (await fetch(`${url}/livez`)).ok && url;
		});
		return one;
	};
	let running = await startWatcher();
	/** Until the watcher has caught up, the wallet says so. */
	const free = (wallet, amount) => waitFor(`${amount} to be free`, async () =>
		(await wallet.free()) === amount);

	const made = await alice.ask("deposit", ["10eth"]);
	ok("a deposit is made and known", made.mined);
	await net.mine(3);
	await free(alice, 10n * ONE);
	const paid = await waitFor("the payment to be accepted", async () => {
		const done = await alice.say("send", [bob.address, "3eth", "--json"]);
		if (done.status === 0)
			return JSON.parse(done.stdout);
		const again = await alice.say("tx resend", ["--json"]);
		return again.status === 0 && JSON.parse(again.stdout).transactions[0];
	});
	await net.committed(paid.forecast_blknum);
	await free(bob, 3n * ONE);
	await free(alice, 7n * ONE - 1n);
	ok("the receiver is paid by a verified block", true);
	equal("history comes from the watcher, with times", (await alice.ask("history"))
		.entries.map((one) => [one.kind, one.block_time_unix > 0]),
	[["sent", true], ["deposit", true]]);
	equal("and tells the payment where it is",
		(await alice.ask("tx show", [paid.transaction])).state, "included");
	equal("the doctor finds nothing bad", (await alice.ask("doctor")).bad, 0);

	// Ten payments in a chain of blocks, and a merge.
	for (let i = 0; i < 5; i++) {
		const one = await waitFor("a coin to be free", async () => {
			const done = await alice.say("send", [bob.address, "0.1eth", "--json"]);
			return done.status === 0 && JSON.parse(done.stdout);
		});
		await net.committed(one.forecast_blknum);
	}
	await free(bob, 35n * ONE / 10n);
	const merged = await bob.ask("merge");
	await net.committed(merged.merges[0].forecast_blknum);
	await free(bob, 35n * ONE / 10n);
	equal("a merge leaves two coins of six", (await bob.ask("coins")).coins
		.filter(({ status }) => status === "free").length, 2);
	await free(alice, 65n * ONE / 10n - 6n);

	// A block that nobody but the operator ever had.
	equal("the watcher ends when asked", await running.stop(), 0);
	const last = await alice.say("send", [bob.address, "1eth", "--json",
		"--without-watcher"]);
	equal("a payment is made without the watcher", last.status, 0);
	const lost = JSON.parse(last.stdout);
	await net.committed(lost.forecast_blknum);
	await net.operator.stop("SIGKILL");
	running = await startWatcher();
	equal("the payment is in no block that anybody has",
		(await alice.ask("tx show", [lost.transaction])).included, false);
	await net.node.rpc("evm_increaseTime", [7300]);
	await net.mine(3);
	const halted = await waitFor("the watcher to halt", async () => {
		const done = await bob.say("doctor", ["--json"]);
		return JSON.parse(done.stdout).checks.find((one) =>
			one.what === "the watcher has halted");
	});
	note(`halted: ${halted.detail}`);
	equal("nothing is signed any more", (await net.startOperator(),
		await bob.refusal("send", [alice.address, "1eth"])), [1, "PLL-013"]);
	equal("nothing is brought either",
		await bob.refusal("deposit", ["1eth"]), [1, "PLL-013"]);
	await net.operator.stop("SIGKILL");

	// Out: what is settled by standard exits, what was signed in flight.
	const [input] = lost.inputs;
	const out = await alice.ask("exit start", ["--all"]);
	equal("the coin that is signed away leaves in flight", out.exits.map((one) =>
		[one.position, one.kind]), [[input, "in_flight"]]);
	const settled = await bob.ask("exit start", ["--all"]);
	equal("the others by standard exits", settled.exits.map(({ kind }) => kind),
		["standard", "standard"]);
	await net.node.rpc("evm_increaseTime", [2 * PERIOD]);
	await net.mine(3);
	const ends = [];
	for (const wallet of [alice, bob])
		ends.push(...(await wallet.ask("exit finalize")).exits);
	equal("and all are paid", ends.map(({ state }) => state),
		["paid", "paid", "paid"]);
	const balance = async (wallet) => net.provider.getBalance(wallet.address);
	// Each began with 1000; the rest is gas, and bounties for processing.
	const near = (got, expected) =>
		got < expected + ONE / 20n && got > expected - ONE / 20n;
	ok("alice has her change", near(await balance(alice),
		1000n * ONE - 10n * ONE + 55n * ONE / 10n), `${await balance(alice)}`);
	ok("bob has what was settled", near(await balance(bob),
		1000n * ONE + 35n * ONE / 10n), `${await balance(bob)}`);
});
