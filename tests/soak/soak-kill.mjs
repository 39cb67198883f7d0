#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Kills the operator, the follower and the watcher with SIGKILL at random while
// payments come in, again and again:
//
//	soak-kill.mjs [ROUNDS [SEED]]
//
// Prints every kill, and at the end what must hold: each acknowledged payment
// is in exactly one block, each block number has one root, and no exit was filed
// twice. TAP; fails if any of that does not hold.

import { existsSync } from "node:fs";

import { ethers } from "ethers";

import { hashOf, merkleRoot, position, readBody, sign } from "../support/child_chain.mjs";
import {
	needFollower, Process, program, startFollowedNet, waitFor,
} from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";

const rounds = Number(process.argv[2] ?? process.env.ROUNDS ?? 30);
const seed = Number(process.argv[3] ?? process.env.SEED ?? 1);
const PAYERS = 6;

/** Numbers in [0, 1) from a seed (mulberry32). */
function randomFrom(start) {
	let state = start >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

/** All blocks on the root chain, with their bodies by hash of the payment. */
class Chain {
	constructor(net) {
		this.net = net;
		this.next = 1000;
		this.places = new Map(); // hash -> [[blknum, txindex], ...]
		this.wrongRoots = [];
		this.reading = Promise.resolve();
	}

	/** One after the other: each block is read once, whoever asks. */
	read() {
		this.reading = this.reading.catch(() => {}).then(() => this.readOn());
		return this.reading;
	}

	async readOn() {
		for (;;) {
			const root = await this.net.rootOf(this.next);
			if (root === ethers.ZeroHash)
				return;
			const raws = readBody(await this.net.body(root)).map(({ raw }) => raw);
			if (merkleRoot(raws) !== root)
				this.wrongRoots.push(this.next);
			raws.forEach((raw, index) => {
				const hash = ethers.keccak256(raw);
				const places = this.places.get(hash) ?? [];
				places.push([this.next, index]);
				this.places.set(hash, places);
			});
			this.next += 1000;
		}
	}
}

/** Pays itself without end; knows which payments were acknowledged. */
class Payer {
	constructor(net, chain, wallet, coin, amount) {
		Object.assign(this, { net, chain, wallet, coin, amount });
		this.acknowledged = [];
		this.stopped = false;
	}

	async pay() {
		const payment = {
			inputs: [this.coin],
			outputs: [{ owner: this.wallet.address, amount: this.amount - 1n }],
		};
		const hash = hashOf(payment);
		const bytes = await sign(this.net.network.plasma_framework, payment,
			[this.wallet]);
		const at = await waitFor(`payment ${hash}`, () => this.settle(bytes, hash), 120);
		this.coin = position(at[0], at[1]);
		this.amount -= 1n;
	}

	/** Where the payment is, once that is known. */
	async settle(bytes, hash) {
		const answer = await this.net.submit(bytes);
		if (answer.success) {
			this.acknowledged.push({ hash, at: [answer.data.blknum, answer.data.txindex] });
			return [answer.data.blknum, answer.data.txindex];
		}
		if (answer.data.code === "submit:input_spent") {
			// It was accepted, and the answer was lost with the process.
			await this.chain.read();
			return this.chain.places.get(hash)?.[0];
		}
		if (answer.data.code !== "submit:shutting_down" &&
		    answer.data.code !== "operation:not_ready")
			throw new Error(answer.data.code);
		return null;
	}

	async run() {
		while (!this.stopped)
			await this.pay();
	}
}

async function startWatcher(net) {
	if (!existsSync(program("plasma-watcher")))
		return null;
	return new Process(net.file("watcher.log"), program("plasma-watcher"), [
		"run", "--network", net.file("net.conf"), "--snapshot", net.snapshot,
		"--datadir", net.file("watcher"), "--operator", net.url,
		"--listen", "127.0.0.1:0",
	]);
}

await tap(async ({ ok, equal, note, skipAll, atExit }) => {
	const random = randomFrom(seed);
	needFollower(skipAll);
	const net = await startFollowedNet(atExit, { anvil: ["--block-time", "1"] });
	await net.startOperator({ PLASMA_OPERATOR_BLOCK_INTERVAL_MS: "150" });
	const chain = new Chain(net);
	const amount = 10n ** 15n;
	const payers = [];
	for (let i = 0; i < PAYERS; i++) {
		const wallet = await net.person();
		payers.push(new Payer(net, chain, wallet,
			await net.deposit(wallet, amount), amount));
	}
	await waitFor("the deposits to be credited", async () =>
		(await net.call("status.get")).data.coins >= PAYERS);
	let watcher = await startWatcher(net);
	if (watcher !== null)
		net.processes.push(watcher);
	const running = payers.map((payer) => payer.run());
	let failed = null;
	Promise.all(running).catch((error) => {
		failed = error;
	});

	for (let round = 1; round <= rounds && failed === null; round++) {
		const wait = Math.floor(20 + random() * 900);
		const pick = Math.floor(random() * (watcher === null ? 4 : 6));
		await new Promise((again) => setTimeout(again, wait));
		const victims = { operator: pick < 3 || pick === 5, follower: pick === 3 || pick === 5,
			watcher: pick === 4 };
		const names = Object.keys(victims).filter((name) => victims[name]);
		if (victims.operator)
			await net.operator.stop("SIGKILL");
		if (victims.follower) {
			await net.follower.stop("SIGKILL");
			await net.startFollower();
		}
		if (victims.watcher) {
			await watcher.stop("SIGKILL");
			watcher = await startWatcher(net);
			net.processes.push(watcher);
		}
		if (victims.operator)
			await net.startOperator({ PLASMA_OPERATOR_BLOCK_INTERVAL_MS: "150" });
		const acknowledged = payers.reduce((sum, { acknowledged: all }) =>
			sum + all.length, 0);
		note(`round ${round}: killed ${names.join(" and ")} after ${wait} ms, ` +
			`${acknowledged} payments acknowledged, ${chain.places.size} seen in blocks`);
	}
	for (const payer of payers)
		payer.stopped = true;
	await Promise.allSettled(running);
	equal("every payer could go on", failed?.message ?? "", "");

	const all = payers.flatMap(({ acknowledged }) => acknowledged);
	await net.call("block.form");
	await waitFor("every acknowledged payment in a block", async () => {
		await chain.read();
		return all.every(({ hash }) => chain.places.has(hash));
	}, 120).catch((error) => note(error.message));
	const lost = all.filter(({ hash }) => !chain.places.has(hash));
	const twice = [...chain.places].filter(([, places]) => places.length > 1);
	const moved = all.filter(({ hash, at }) => {
		const place = chain.places.get(hash)?.[0];
		return place && (place[0] !== at[0] || place[1] !== at[1]);
	});

	const submitted = await net.provider.getLogs({
		address: net.network.plasma_framework, fromBlock: 0,
		topics: [ethers.id("BlockRootSubmitted(uint256,bytes32)")],
	});
	const rootsPerNumber = new Map();
	for (const { topics } of submitted)
		rootsPerNumber.set(BigInt(topics[1]), (rootsPerNumber.get(BigInt(topics[1])) ?? 0) + 1);
	const exits = await net.provider.getLogs({
		address: net.network.payment_exit_game, fromBlock: 0,
	});

	note(`rounds: ${rounds}, seed ${seed}`);
	note(`payments acknowledged: ${all.length}`);
	note(`payments found on chain: ${all.length - lost.length}`);
	note(`blocks: ${rootsPerNumber.size}, most roots of one number: ` +
		`${Math.max(...rootsPerNumber.values())}`);
	note(`exits filed: ${exits.length}`);
	ok("payments were acknowledged in the middle of it", all.length > rounds);
	equal("no acknowledged payment is lost", lost, []);
	equal("no payment is in two places", twice, []);
	equal("every payment stands where the answer said", moved, []);
	equal("every body has the root that was committed", chain.wrongRoots, []);
	equal("no number has a second root",
		[...rootsPerNumber].filter(([, count]) => count !== 1), []);
	equal("nobody filed an exit on a healthy chain", exits.length, 0);
});
