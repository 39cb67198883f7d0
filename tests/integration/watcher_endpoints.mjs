#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// What a watcher asks of others: an idle check costs each endpoint a few round
// trips whatever the length of history, an endpoint that fails is replaced by the
// next one, and a queue is tried before it is trusted.

import { createServer } from "node:http";

import { startProxy } from "../support/chaos_proxy.mjs";
import { needFollower, program, run } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";
import { ONE, P, World } from "../support/world.mjs";

/** Passes requests on to a server and counts them. */
async function counting(target) {
	const counter = { requests: 0 };
	const server = createServer(async (request, response) => {
		counter.requests++;
		const answer = await fetch(`${target}${request.url}`);
		response.writeHead(answer.status);
		response.end(Buffer.from(await answer.arrayBuffer()));
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	counter.url = `http://127.0.0.1:${server.address().port}`;
	counter.close = () => server.close();
	return counter;
}

await tap(async (t) => {
	const { ok, equal, note, skipAll, atExit } = t;
	needFollower(skipAll);
	const world = await World.start(t, { people: ["Alice", "Mallory"] });
	const { net } = world;
	const first = await startProxy(net.node.url);
	const second = await startProxy(net.node.url);
	atExit(() => first.close());
	atExit(() => second.close());
	const bodies = await counting(world.evil.url);
	atExit(() => bodies.close());
	const check = async (...more) => {
		const before = [first.requests, second.requests, bodies.requests];
		const started = Date.now();
		const done = await run(program("plasma-watcher"), ["check",
			"--network", net.file("net.conf"), "--datadir", net.file("idle"),
			"--root-rpc", first.url, "--root-rpc", second.url,
			"--source", bodies.url, "--owner", world.address("Alice"), ...more]);
		const trips = [first.requests, second.requests, bodies.requests]
			.map((count, i) => count - before[i]);
		note(`${done.status}: ${Date.now() - started} ms, ${trips.join("/")} trips: ${
			done.stdout.trim()}`);
		return { ...done, trips };
	};

	// ---- idle ----
	let coin = await world.deposit("Alice", ONE);
	const grow = async (blocks) => {
		for (let i = 0; i < blocks; i++)
			[[coin]] = await world.block([world.pay([coin], [["Alice", ONE]])]);
		await net.mine(70);
	};
	const idle = async (name) => {
		for (let i = 0; i < 3; i++)
			await check();
		await net.mine(50);
		const { status, trips, stdout } = await check();
		ok(`${name}: the check is OK`, status === 0, stdout);
		for (const [i, who] of ["first endpoint", "second endpoint", "source"].entries())
			ok(`${name}: the ${who} is asked at most ten times`, trips[i] <= 10,
				`${trips[i]} round trips`);
		return trips;
	};
	await grow(3);
	const short = await idle("a short history");
	await grow(30);
	const long = await idle("a history ten times as long");
	ok("which costs no more", long.every((count, i) => count <= short[i] + 1),
		`${short} ${long}`);

	// ---- a queue is tried ----
	const watcher = await world.watcher("Alice", { sources: [world.evil.url] });
	watcher.act = "print";
	watcher.rpc = first.url;
	const stuck = async () => (await watcher.status()).events
		.filter(({ event }) => event === "queue_stuck");
	await world.game("Alice").startStandardExit(coin);
	await net.mine(3);
	await watcher.check();
	await world.pass(2 * P + 60);
	first.calls.eth_call = 0;
	await watcher.check();
	ok("a queue that is due is tried", first.calls.eth_call > 0);
	equal("and stands in order when the call succeeds", await stuck(), []);
	first.rule({ method: "eth_call", fault: "refuse" });
	await watcher.check();
	equal("a node that refuses says nothing of the queue", await stuck(), []);
	first.clear();
	first.rule({ method: "eth_call", fault: "revert" });
	const { code } = await watcher.check();
	const [event] = await stuck();
	equal("one whose call reverts is stuck at once", [code, event?.id], [2, "PLW-017"]);
	ok("with what the node said", event?.facts.revert.includes("execution reverted"),
		JSON.stringify(event));
	first.clear();
	await net.mine(1);
	await watcher.check();
	equal("until it does not revert any more", await stuck(), []);

	// ---- an endpoint that fails ----
	const [[spent]] = await world.block([world.pay(
		[await world.deposit("Mallory", 2n * ONE)], [["Mallory", 2n * ONE]])]);
	await world.block([world.pay([spent], [["Alice", 2n * ONE]])]);
	await watcher.check();
	await world.game("Mallory").startStandardExit(spent);
	await net.mine(3);
	watcher.act = "do";
	watcher.rpc = "http://127.0.0.1:1";
	watcher.args = ["--root-rpc", second.url];
	second.calls.eth_sendRawTransaction = 0;
	await watcher.check();
	ok("what has to be sent goes through the next one",
		second.calls.eth_sendRawTransaction > 0);
	await net.mine(1);
	equal("and arrives", (await world.game("Mallory").standardExit(spent.raw,
		spent.at)).exitable, false);
});
