#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// One endpoint, and everything that can go wrong with it, call by call: the
// follower has the right state or it says that it has not, by name; and it goes
// on as soon as the endpoint is well.

import { cpSync, rmSync } from "node:fs";

import { ethers } from "ethers";

import {
	bodyFaults, callFaults, elementsOf, leavesOf, lieAt, omitAt, startProxy,
} from "../support/chaos_proxy.mjs";
import { startChain } from "../support/rootchain_net.mjs";
import { tap } from "../support/tap.mjs";

const ONE = 10n ** 18n;
const AT_ONCE = 3;
const EXTRA = [];
// Only where an answer does not come is its absence waited for: a busy machine may
// take as long for one that comes, before the call that goes wrong. Then once more.
const SILENT = ["hang", "slow"];
const TRIES = 20;
const patience = ({ fault }) => ({
	PLASMA_ROOTCHAIN_TIMEOUT_MS: SILENT.includes(fault) ? "800" : "60000",
});
// So many wrong leaves of one answer, spread over it; all of them with FULL=1.
const MOST_LEAVES = process.env.FULL ? Infinity : 5;

await tap(async ({ equal, ok, note, atExit }) => {
	const chain = await startChain({ slots: 4, token: true });
	atExit(() => chain.close());
	const alice = await chain.net.person();
	const proxies = [];
	for (let i = 0; i < AT_ONCE; i++) {
		proxies.push(await startProxy(chain.node.url));
		atExit(() => proxies[i].close());
	}

	await chain.deposit(alice, ONE);
	await chain.submit();
	await chain.follow("base");
	const before = await chain.digest("base");
	await chain.deposit(alice, ONE);
	await chain.depositToken(alice, 5n);
	await chain.depositWith(ethers.id("metadata"), alice, ONE);
	await chain.submit();
	await chain.mine(1);
	await chain.follow("honest");
	const truth = await chain.digest("honest");

	// The calls of one poll, as they are.
	const recorder = proxies[0];
	const reset = (name) => {
		rmSync(chain.folder(name), { recursive: true, force: true });
		cpSync(chain.folder("base"), chain.folder(name), { recursive: true });
	};
	reset("recorded");
	recorder.recording = true;
	await chain.follow("recorded", [recorder.url]);
	recorder.recording = false;
	const story = recorder.seen;
	const numbers = {};
	for (const call of story) {
		numbers[call.method] ??= 0;
		call.number = numbers[call.method]++;
	}
	note(`the calls of a poll: ${JSON.stringify(numbers)}`);
	equal("the follower asks what it is known to ask", Object.keys(numbers).sort(), [
		"eth_call", "eth_chainId", "eth_getBlockByHash", "eth_getBlockByNumber", "eth_getBlockReceipts",
		"eth_getProof",
	]);

	/** One poll with one thing wrong: what became of it. */
	async function attempt(worker, rule, withRecovery) {
		const proxy = proxies[worker];
		const name = `worker-${worker}`;
		let made;
		let done;
		for (let tries = 0; tries < TRIES && !made?.used; tries++) {
			reset(name);
			proxy.clear();
			made = proxy.rule(rule);
			done = await chain.command(name, ["follow", "--once"], [proxy.url],
				EXTRA, patience(rule));
			proxy.clear();
			if (done.status === 0)
				break;
		}
		const after = await chain.digest(name);
		const result = { used: made.used, status: done.status, stderr: done.stderr };
		if (done.status === 0)
			result.right = after === truth;
		else
			result.right = after === before && done.stderr.includes(proxy.url) &&
				[1, 69, 75, 76, 78].includes(done.status);
		result.recovered = true;
		if (!result.right || !withRecovery)
			return result;
		const again = await chain.command(name, ["follow", "--once"], [proxy.url]);
		result.recovered = again.status === 0 && (await chain.digest(name)) === truth;
		return result;
	}

	/** Runs many attempts, a few at once; gives the wrong ones as text. */
	async function attemptAll(cases, withRecovery = false) {
		const wrong = [];
		let next = 0;
		let noticed = 0;
		await Promise.all(proxies.map(async (_, worker) => {
			while (next < cases.length) {
				const { name, rule } = cases[next++];
				const got = await attempt(worker, rule, withRecovery);
				noticed += got.status !== 0 ? 1 : 0;
				if (!got.right || !got.recovered || got.used === 0)
					wrong.push(`${name}: ${JSON.stringify(got)}`);
			}
		}));
		note(`${cases.length} cases, ${noticed} noticed`);
		return wrong;
	}

	for (const fault of callFaults) {
		const cases = story.map(({ method, number }) => ({
			name: `${fault} ${method} ${number}`,
			rule: { method, from: number, count: 1, fault },
		}));
		equal(`${fault}: each call of a poll, right or named`, await attemptAll(cases), []);
	}
	for (const fault of bodyFaults) {
		const cases = Object.keys(numbers).map((method) => ({
			name: `${fault} ${method}`,
			rule: { method, from: numbers[method] - 1, count: 1, fault },
		}));
		equal(`${fault}: with every method, right or named`,
			await attemptAll(cases, true), []);
	}

	// Every leaf of what is proved, and everything that can be left out.
	for (const method of ["eth_getBlockReceipts", "eth_getBlockByNumber",
		"eth_getBlockByHash"]) {
		const calls = story.filter((call) => call.method === method && call.result);
		const cases = calls.flatMap((call) => {
			const leaves = leavesOf(call.result);
			const step = Math.max(1, Math.ceil(leaves.length / MOST_LEAVES));
			return leaves.filter((path, i) => i % step === call.number % step ||
				path[0] === "transactions" && path.length === 2)
				.map((path) => ({
					name: `lie ${method} ${call.number} ${path.join(".")}`,
					rule: { method, from: call.number, count: 1,
						edit: (result) => lieAt(result, path) },
				}));
		});
		equal(`a lie in ${method}, leaf by leaf`, await attemptAll(cases), []);
	}
	for (const method of ["eth_getBlockReceipts", "eth_getProof"]) {
		const calls = story.filter((call) => call.method === method && call.result);
		const cases = calls.flatMap((call) => elementsOf(call.result)
			.filter((_, i) => method === "eth_getBlockReceipts" || i % 5 === 0)
			.map((path) => ({
				name: `omit ${method} ${call.number} ${path.join(".")}`,
				rule: { method, from: call.number, count: 1,
					edit: (result) => omitAt(result, path) },
			})));
		equal(`something left out of ${method}, one by one`, await attemptAll(cases), []);
	}
	const logs = story.filter(({ method }) => method === "eth_getBlockReceipts")
		.flatMap(({ number, result }) => result.flatMap((receipt, i) =>
			receipt.logs.map((_, k) => ({ number, i, k }))));
	const noticed = [];
	for (const { number, i, k } of logs)
		noticed.push((await attempt(0, { method: "eth_getBlockReceipts", from: number,
			count: 1, edit: (result) => omitAt(result, [`${i}`, "logs", `${k}`]) }))
			.status !== 0);
	ok(`each of the ${logs.length} logs is missed when it is left out`,
		logs.length >= 6 && noticed.every((one) => one), JSON.stringify(noticed));
});
