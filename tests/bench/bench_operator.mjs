#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Figures of the operator, all from one run on this machine (make
// bench-operator): real HTTP, a real root chain, the follower, the operator.
// Prints a table and writes bench-operator.json.
//
// Ratios are CPU time of bare signature recovery per payment over CPU time of
// operator and follower per payment, from the first request until the blocks are
// on the root chain: that of each round against recovery before and after it, for
// a processor's speed may change between rounds, and the median of them.
// BENCH_SCALE=0.1 makes everything shorter, for a first look.

import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ethers } from "ethers";

import { build, run, startNet, waitFor } from "../support/operator_net.mjs";

const scale = Number(process.env.BENCH_SCALE ?? 1);
const only = (process.env.BENCH_ONLY ?? "rates,latency,flood,stall,history,restart").split(",");
const scaled = (count) => Math.max(50, Math.round(count * scale));
const ROUNDS = 5;
const HISTORY_ROUNDS = 9;
const BULK = scaled(40000);
const SINGLE = scaled(40000);
const LATENCY = scaled(10000);
const FLOOD = scaled(40000); // of a round, in two seconds
const BLOCK = 65535;
const COINS = Number(process.env.BENCH_COINS ?? 10000000);
const DEPOSIT = 2n ** 60n;

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const say = (text) => console.log(text);

/** Nanoseconds of processor time of all threads of a process. */
function cpuOf(pid) {
	let sum = 0;
	for (const task of readdirSync(`/proc/${pid}/task`))
		sum += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8")
			.split(" ")[0]);
	return sum;
}

function residentOf(pid) {
	return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;
}

/** The program that makes the load; one command at a time. */
class Load {
	constructor() {
		this.child = spawn(join(build, "tests/bench/bench_operator_load"), [],
			{ stdio: ["pipe", "pipe", "inherit"] });
		this.text = "";
		this.waiting = [];
		this.child.stdout.on("data", (part) => {
			this.text += part;
			for (;;) {
				const end = this.text.indexOf("\n");
				if (end < 0)
					return;
				this.waiting.shift()?.(JSON.parse(this.text.slice(0, end)));
				this.text = this.text.slice(end + 1);
			}
		});
		this.child.once("exit", (code) => {
			if (this.waiting.length > 0) {
				console.error(`the load ended with ${code}`);
				process.exit(1);
			}
		});
	}

	ask(...words) {
		return new Promise((done) => {
			this.waiting.push(done);
			this.child.stdin.write(`${words.join(" ")}\n`);
		});
	}

	end() {
		this.child.stdin.end();
	}
}

const environment = {
	PLASMA_OPERATOR_BLOCK_INTERVAL_MS: "86400000",
	PLASMA_OPERATOR_BLOCK_PAYMENTS: `${BLOCK}`,
	PLASMA_OPERATOR_QUEUE_LIMIT: "1000000",
	PLASMA_OPERATOR_POLL_MS: "200",
	PLASMA_OPERATOR_DAILY_CAP: "1000000eth",
	PLASMA_OPERATOR_REFUSED_PER_SECOND: "0",
};

async function startAll(more = {}) {
	const net = await startNet({ anvil: ["--block-time", "1"] });
	await net.deploy();
	await net.startFollower();
	await net.startOperator({ ...environment, ...more });
	return startLoad(net, 1, 1000);
}

/** A load of its own, whose payments begin in block `blknum`. */
async function startLoad(net, seed, blknum) {
	const load = new Load();
	const { owner, key } = await load.ask("init", net.port,
		net.network.plasma_framework, seed, blknum, BLOCK);
	const wallet = await net.person(`0x${key}`);
	if (wallet.address.toLowerCase() !== owner)
		throw new Error("the load has another key");
	return { net, load, wallet };
}

async function fund({ net, load, wallet }) {
	const { coins } = (await net.call("status.get")).data;
	const at = await net.deposit(wallet, DEPOSIT);
	await waitFor("the deposit to be credited", async () =>
		(await net.call("status.get")).data.coins > coins);
	await load.ask("coin", at / 10n ** 9n, DEPOSIT);
}

async function settle(net) {
	await net.call("block.form");
	// Asked seldom, for the processor time of the answers counts.
	await waitFor("all blocks on the root chain", async () => {
		const { data } = await net.call("status.get");
		return data.waiting === 0 && data.blocks_in_flight === 0;
	}, 300, 250);
}

function check(result, count) {
	if (result.good !== count || result.bad !== 0)
		throw new Error(`${count} payments were sent: ${JSON.stringify(result)}`);
}

const cpuNow = (net) => ({ operator: cpuOf(net.operator.child.pid),
	follower: cpuOf(net.follower.child.pid) });

/** One measured round; microseconds of processor time per payment. */
async function round(world, count, command) {
	const { net, load } = world;
	await load.ask("prepare", count);
	const before = cpuNow(net);
	const result = await load.ask(...command);
	check(result, count);
	await settle(net);
	const after = cpuNow(net);
	const operator = after.operator - before.operator;
	const follower = after.follower - before.follower;
	return { ...result, rate: count / result.wall_s,
		operator_us: operator / count / 1000, follower_us: follower / count / 1000,
		cpu_us: (operator + follower) / count / 1000 };
}

async function rounds(world, name, count, command) {
	const list = [];
	let before = await recovery(scaled(20000));
	for (let i = 0; i < ROUNDS; i++) {
		const one = await round(world, count, command);
		const after = await recovery(scaled(20000));
		one.recover_us = (before + after) / 2;
		before = after;
		one.ratio = one.recover_us / one.cpu_us;
		say(`${name} ${i + 1}: ${one.cpu_us.toFixed(1)} us (operator ` +
			`${one.operator_us.toFixed(1)}), recovery ` +
			`${one.recover_us.toFixed(1)}, ratio ${one.ratio.toFixed(3)}, ` +
			`${one.rate.toFixed(0)}/s, p99 ${one.p99_ms} ms`);
		list.push(one);
	}
	return list;
}

async function recovery(count) {
	const done = await run(join(build, "tests/bench/bench_recover"),
		["--json", `${count}`]);
	if (done.status !== 0)
		throw new Error(`bench_recover: ${done.stderr}`);
	return JSON.parse(done.stdout).cpu_us_per_recovery;
}

/** Everything that happens on one chain with enough coins. */
async function measureRates(figures) {
	const world = await startAll();
	const { net, load } = world;
	try {
		const wants = (name) => only.includes(name);
		const needed = (wants("rates") ? ROUNDS * (BULK + SINGLE) : SINGLE) +
			(wants("latency") ? LATENCY : 0) + (wants("stall") ? ROUNDS * 70000 : 0);
		await fund(world);
		const splits = Math.ceil(needed / 4) + 10;
		say(`splitting ${splits} coins`);
		check(await load.ask("split", splits), splits);
		await settle(net);
		let single = null;
		if (wants("rates")) {
			figures.bulk = await rounds(world, "bulk", BULK, ["bulk", 500, 4]);
			single = await rounds(world, "single", SINGLE, ["single", 128, 0, 1]);
			figures.single = single;
			figures.recover_us = median([...figures.bulk, ...single]
				.map((one) => one.recover_us));
			figures.bulk_ratio = median(figures.bulk.map((one) => one.ratio));
			figures.single_ratio = median(single.map((one) => one.ratio));
		}
		if (wants("latency")) {
			const rate = single === null ? 4000
				: Math.round(median(single.map((one) => one.rate)) / 2);
			figures.latency = [];
			for (let i = 0; i < ROUNDS; i++) {
				const count = Math.floor(LATENCY / ROUNDS);
				figures.latency.push(await round(world, count, ["single", 256, rate, 1]));
			}
			figures.latency_rate = rate;
			figures.p99_ms = median(figures.latency.map((one) => one.p99_ms));
			say(`p99 at ${rate}/s: ${figures.p99_ms} ms`);
		}
		if (wants("stall")) {
			figures.stall = [];
			for (let i = 0; i < ROUNDS; i++) {
				// The block is all but full; it closes under the probes.
				await load.ask("prepare", BLOCK - 500);
				check(await load.ask("bulk", 500, 2), BLOCK - 500);
				const one = await round(world, 3000, ["single", 64, 1000, 1]);
				say(`stall: p50 ${one.p50_ms}, p99 ${one.p99_ms}, max ${one.max_ms} ms, ` +
					`longest gap ${one.max_gap_ms} ms`);
				figures.stall.push(one);
			}
			figures.close_stall_ms = median(figures.stall.map((one) => one.max_gap_ms));
		}
	} finally {
		load.end();
		await net.close();
	}
}

/** What honest payments wait for while another address sends 20,000 bad ones a
 * second, nine in ten of which can be refused before their signer is known. */
async function measureFlood(figures) {
	const honest = await startAll({ PLASMA_OPERATOR_REFUSED_PER_SECOND: "200" });
	const { net, load } = honest;
	const others = [load];
	try {
		await fund(honest);
		const each = scaled(2000);
		await load.ask("split", Math.ceil(ROUNDS * each / 2) + 10);
		await settle(net);
		const open = (await net.call("status.get")).data.open_child_block_number;
		const bad = await startLoad(net, 2, open);
		others.push(bad.load);
		await fund(bad);
		await bad.load.ask("split", Math.ceil(ROUNDS * FLOOD / 4) + 10);
		await settle(net);
		figures.flood = [];
		for (let i = 0; i < ROUNDS; i++) {
			const calm = await round(honest, each, ["single", 64, 1000, 1]);
			await bad.load.ask("prepare", FLOOD);
			await load.ask("prepare", each);
			const flood = bad.load.ask("flood", 64, 20000, 2, 90);
			const flooded = await load.ask("single", 64, 1000, 1);
			const { good, wall_s: seconds } = await flood;
			check(flooded, each);
			if (good !== 0)
				throw new Error(`${good} bad payments were taken`);
			const rate = FLOOD / seconds;
			say(`flood ${i + 1}: p99 ${calm.p99_ms} ms, beside ${rate.toFixed(0)} bad ` +
				`payments/s ${flooded.p99_ms} ms`);
			figures.flood.push({ calm, flooded, rate });
			await settle(net);
		}
		figures.flood_ratio = median(figures.flood.map(({ calm, flooded }) =>
			flooded.p99_ms / calm.p99_ms));
	} finally {
		for (const one of others)
			one.end();
		await net.close();
	}
}

/** A chain of small blocks, and the processor time of them. */
class Blocks {
	static async start(count) {
		const world = await startAll({ PLASMA_OPERATOR_CHECKPOINT_BLOCKS: "1000000" });
		await fund(world);
		await world.load.ask("split", 6 * count);
		await settle(world.net);
		return new Blocks(world);
	}

	constructor(world) {
		this.world = world;
	}

	/** Makes so many blocks; microseconds of each. */
	async make(count) {
		const { net, load } = this.world;
		const each = 20;
		const before = cpuNow(net).operator;
		for (let i = 0; i < count; i++) {
			await load.ask("prepare", each);
			check(await load.ask("bulk", each, 1), each);
			await net.call("block.form");
		}
		await settle(net);
		return (cpuNow(net).operator - before) / count / 1000;
	}

	async end() {
		this.world.load.end();
		await this.world.net.close();
	}
}

/** Processor time per small block at a history and at ten times of it: of two
 * chains in turn, for a processor's speed changes more within a run than this. */
async function measureHistory(figures) {
	const batch = 2 * Math.ceil(12 * scale);
	const measured = HISTORY_ROUNDS * batch;
	const short = scaled(50) + measured / 2; // when half of it is measured
	const lengths = [short, 10 * short];
	const chains = [];
	try {
		for (const length of lengths) {
			chains.push(await Blocks.start(length + measured));
			await chains.at(-1).make(length - measured / 2);
		}
		figures.history = { blocks: lengths, rounds: [] };
		for (let i = 0; i < HISTORY_ROUNDS; i++) {
			const us = [0, 0];
			// Each goes first in every other round.
			for (const k of i % 2 === 0 ? [0, 1] : [1, 0])
				us[k] = await chains[k].make(batch);
			say(`history ${i + 1}: ${us[0].toFixed(0)} us per block at ${lengths[0]} ` +
				`blocks, ${us[1].toFixed(0)} at ${lengths[1]}`);
			figures.history.rounds.push(us);
		}
		figures.history_ratio = median(figures.history.rounds
			.map(([first, last]) => last / first));
	} finally {
		for (const chain of chains)
			await chain.end();
	}
}

/** A start with many coins, from exec to the first accepted payment. */
async function measureRestart(figures) {
	const world = await startAll();
	const { net, load } = world;
	try {
		const empty = residentOf(net.operator.child.pid);
		figures.restart = [];
		for (let i = 0; i < ROUNDS; i++) {
			await net.operator.stop();
			rmSync(net.file("operator/checkpoint"), { force: true });
			await load.ask("checkpoint", net.file("operator"),
				net.network.plasma_framework, COINS);
			readFileSync(net.file("operator/checkpoint")).fill(0);
			await load.ask("init", 0, net.network.plasma_framework, 1, 1000, BLOCK);
			await load.ask("coin", 1, 10n ** 15n);
			await load.ask("prepare", 1);
			const began = performance.now();
			await net.startOperator(environment);
			await load.ask("port", net.port);
			const answer = await load.ask("single", 1, 0, 1);
			const seconds = (performance.now() - began) / 1000;
			figures.restart.push({ seconds, good: answer.good,
				cpu_s: cpuOf(net.operator.child.pid) / 1e9,
				bytes: residentOf(net.operator.child.pid) - empty });
			say(`restart with ${COINS} coins: ${seconds.toFixed(3)} s, of the processor ` +
				`${figures.restart.at(-1).cpu_s.toFixed(3)} s`);
			rmSync(net.file("operator/accepted"), { recursive: true, force: true });
		}
		figures.restart_s = median(figures.restart.map((one) => one.seconds));
		figures.mb_per_million = median(figures.restart.map((one) => one.bytes)) /
			1e6 / (COINS / 1e6);
	} finally {
		load.end();
		await net.operator.stop("SIGKILL");
		await net.close();
	}
}

const figures = {};
if (only.some((name) => ["rates", "latency", "stall"].includes(name)))
	await measureRates(figures);
if (only.includes("flood"))
	await measureFlood(figures);
if (only.includes("history"))
	await measureHistory(figures);
if (only.includes("restart"))
	await measureRestart(figures);

const table = [
	["bulk_ratio", 0.85, 0.92, "at least"],
	["single_ratio", 0.7, 0.8, "at least"],
	["p99_ms", 10, 5, "at most"],
	["flood_ratio", 2, 2, "at most"],
	["close_stall_ms", 50, 10, "at most"],
	["mb_per_million", 64, 48, "at most"],
	["restart_s", 1.5, 0.5, "at most"],
	["history_ratio", 1.05, 1, "at most"],
];
let reached = true;
say(`${"figure".padEnd(16)} ${"value".padStart(9)}  must      aim`);
for (const [name, must, aim, way] of table) {
	const value = figures[name];
	if (value === undefined)
		continue;
	const good = way === "at least" ? value >= must : value <= must;
	reached = reached && good;
	say(`${name.padEnd(16)} ${value.toFixed(3).padStart(9)}  ${String(must).padEnd(9)} ` +
		`${String(aim).padEnd(6)} ${good ? "" : "missed"}`);
}
writeFileSync("bench-operator.json", `${JSON.stringify({
	schema: "plasma.bench-operator/1", scale, reached, ...figures }, null, "\t")}\n`);
process.exit(0);
