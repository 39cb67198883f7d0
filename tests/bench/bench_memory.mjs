#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
//	bench_memory.mjs [COINS [BLOCKS [PAYMENTS [IN [OUT]]]]]
//
// The memory of a small watcher, and the start of its daemon, on a chain with
// COINS unspent outputs: the whole programs, on a root chain with our contracts
// and a snapshot of it. `plasma-watcher check` verifies BLOCKS blocks of PAYMENTS
// payments, which spend outputs all over the table, and then one with the longest
// body there can be; `run` as many. Prints one JSON object.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { ethers } from "ethers";

import { build, program, run, waitFor } from "../support/operator_net.mjs";
import { World } from "../support/world.mjs";

const [COINS = 10000000, BLOCKS = 2, PAYMENTS = 65536, IN = 1, OUT = 2] =
	process.argv.slice(2).map(Number);
const FULL = 65536; // outputs that one block of the state has
process.env.SCENARIO_STDERR = "no";
const HELPER = join(build, "tests/bench/bench_large_state");

const helper = (...args) =>
	execFileSync(HELPER, args.map(String), { encoding: "utf8" }).trim().split("\n");

/** The authority commits these roots. */
async function submit(world, roots) {
	const framework = world.net.framework(world.net.authority);
	for (const root of roots)
		await (await framework.submitBlock(root, { gasLimit: 200000n })).wait();
	await world.net.mine(3);
	await world.follow();
}

/** The most memory that a program had, in MiB. */
const mebibytes = (file) => Number(readFileSync(file, "utf8")) / 1024;

const undo = [];
try {
	const world = await World.start({ atExit: (step) => undo.push(step) },
		{ people: ["Alice"] });
	const { plasma_framework: framework, chain_id: chainId } = world.network;
	const folder = world.net.file("source");
	mkdirSync(folder);
	await world.deposit("Alice", 10n ** 18n);
	const before = Math.ceil(COINS / FULL);
	await submit(world, Array.from({ length: before }, (_, i) =>
		ethers.zeroPadValue(ethers.toBeHex(i + 1), 32)));
	const watcher = await world.watcher("Alice", { sources: [folder] });
	await watcher.check();
	helper("fill", watcher.dir, chainId, framework, COINS);
	const usual = helper("blocks", folder, framework, COINS, 2 * BLOCKS, PAYMENTS,
		IN, OUT);
	const longest = helper("wide", folder, framework, COINS, 2, FULL, 5, 5);
	const half = (i) =>
		[...usual.slice(i * BLOCKS, (i + 1) * BLOCKS), longest[i]];
	const peak = world.net.file("peak");
	const applied = async () => JSON.parse(
		(await watcher.command("status", "--json")).stdout).applied_block;

	await submit(world, half(0));
	const started = performance.now();
	const checked = await run(HELPER, ["run", peak, program("plasma-watcher"),
		"check", ...watcher.options()]);
	const checkSeconds = (performance.now() - started) / 1000;
	const checkMemory = mebibytes(peak);
	// 1: so many coins are a warning, for everybody could not leave in time.
	if (checked.status > 1 || await applied() !== 1000 * (before + BLOCKS + 1))
		throw new Error(`check ended with ${checked.status}: ${checked.stdout}`);

	const from = performance.now();
	const daemon = spawn(HELPER, ["run", peak, program("plasma-watcher"), "run",
		...watcher.options(), "--listen", "127.0.0.1:0"], { stdio: "ignore" });
	const ended = new Promise((done) => {
		daemon.once("exit", done);
	});
	undo.push(() => daemon.kill() && ended);
	await waitFor("the daemon to be ready", async () => {
		const port = readFileSync(`${watcher.dir}/port`, "utf8").trim();
		return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
	});
	const start = (performance.now() - from) / 1000;
	await submit(world, half(1));
	await waitFor("the daemon to verify the blocks", async () =>
		await applied() === 1000 * (before + 2 * (BLOCKS + 1)), 600);
	daemon.kill();
	await ended;
	console.log(JSON.stringify({
		small_rss_mib: Number(Math.max(checkMemory, mebibytes(peak)).toFixed(1)),
		check_rss_mib: Number(checkMemory.toFixed(1)),
		daemon_rss_mib: Number(mebibytes(peak).toFixed(1)),
		start_s: Number(start.toFixed(3)),
		check_s: Number(checkSeconds.toFixed(2)),
		coins: COINS, blocks: BLOCKS, block_payments: PAYMENTS,
		payment_inputs: IN, payment_outputs: OUT,
		longest_body_bytes: statSync(join(folder, longest[0].slice(2))).size,
	}));
} finally {
	for (const step of undo.reverse())
		await step(false);
}
