#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// `plasma-watcher check` as monitoring sees it: a healthy chain, two runs at
// once, a snapshot that is old, missing or of another chain, a daemon beside it,
// a hook and a heartbeat.

import {
	existsSync, readFileSync, rmSync, statSync, writeFileSync,
} from "node:fs";
import { createServer } from "node:http";

import { sign } from "../support/child_chain.mjs";
import {
	needFollower, Process, program, run, startFollowedNet, waitFor,
} from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";

const ONE = 10n ** 18n;

/** What a line of a monitoring plugin says: { word, text, data }. */
function parse(stdout) {
	const lines = stdout.trimEnd().split("\n");
	const [, word, text, data] =
		/^(OK|WARNING|CRITICAL|UNKNOWN) - ([^|]*)(?:\|(.*))?$/.exec(lines[0]);
	return { lines, word, text,
		data: Object.fromEntries((data ?? "").split(" ").filter(Boolean)
			.map((pair) => pair.split("="))) };
}

await tap(async ({ ok, equal, note, skipAll, atExit }) => {
	needFollower(skipAll);
	const net = await startFollowedNet(atExit);
	await net.startOperator();
	const alice = await net.person();
	const bob = await net.person();
	const framework = net.network.plasma_framework;

	const args = (name, { network = net.file("net.conf"),
		snapshot = net.snapshot, datadir = net.file("watcher") } = {}) =>
		[name, "--network", network, "--snapshot", snapshot,
			"--datadir", datadir, "--source", net.url,
			"--owner", alice.address];
	const check = async (more = [], env = {}, places = {}) => {
		const done = await run(program("plasma-watcher"),
			[...args("check", places), ...more],
			{ env: { ...process.env, ...env } });
		note(`${done.status}: ${done.stdout.trim()}`);
		return { ...done, ...(done.stdout ? parse(done.stdout) : {}) };
	};

	// ---- healthy ----
	const coin = await net.deposit(alice, 5n * ONE);
	const payment = { inputs: [coin], outputs: [
		{ owner: bob.address, amount: 2n * ONE },
		{ owner: alice.address, amount: 3n * ONE - 1n }] };
	equal("the operator accepts once the deposit is final", await waitFor(
		"the deposit", async () => (await net.submitCode(
			await sign(framework, payment, [alice]))) === "accepted"), true);
	await net.committed(1000n);
	await net.mine(3);
	const healthy = await waitFor("the block to be verified", async () => {
		const pass = await check();
		return pass.data.block === "1000" && pass;
	});
	equal("a healthy chain is OK", [healthy.status, healthy.word], [0, "OK"]);
	equal("in one line", healthy.lines.length, 1);
	ok("that says by when it must run again",
		/run again before \d{4}-\d\d-\d\dT/.test(healthy.text), healthy.text);
	equal("nothing is behind", healthy.data.behind, "0");
	const silent = await check(["--cron"]);
	equal("--cron says nothing", [silent.status, silent.stdout], [0, ""]);
	ok("there is a heartbeat", existsSync(net.file("watcher/heartbeat")));
	const status = JSON.parse((await run(program("plasma-watcher"),
		["status", "--json", "--datadir", net.file("watcher")])).stdout);
	equal("status knows the block", [status.schema, status.applied_block,
		status.latches, status.events],
	["plasma.status/1", 1000, [], []]);

	// ---- what cannot be found out is UNKNOWN, never OK ----
	const stale = await waitFor("the snapshot to be stale", async () => {
		await net.follower.stop();
		const pass = await check([], { PLASMA_WATCHER_SNAPSHOT_MAX_AGE: "1" });
		return pass.status === 3 && pass;
	});
	ok("a stale snapshot is named", stale.text.includes("stale"), stale.text);
	const before = statSync(net.file("watcher/heartbeat")).mtimeMs;
	await check([], { PLASMA_WATCHER_SNAPSHOT_MAX_AGE: "1" });
	equal("an incomplete pass gives no heartbeat",
		statSync(net.file("watcher/heartbeat")).mtimeMs, before);
	const absent = await check([], {}, { snapshot: net.file("nowhere.db") });
	equal("a missing snapshot is UNKNOWN", [absent.status, absent.word],
		[3, "UNKNOWN"]);
	equal("and its age is not known, and no number", absent.data.poll_age, "U");
	await check([], {}, { snapshot: net.file("nowhere.db"), datadir: net.file("never") });
	const never = await run(program("plasma-watcher"),
		["status", "--json", "--datadir", net.file("never")]);
	equal("a pass that never was completed has no time and no age",
		[JSON.parse(never.stdout).last_pass].map(({ at, age, code }) => [at, age, code]),
		[[null, null, 3]]);
	writeFileSync(net.file("torn.db"),
		readFileSync(net.snapshot).subarray(0, 5000));
	equal("a torn one is UNKNOWN",
		(await check([], {}, { snapshot: net.file("torn.db") })).status, 3);
	const other = readFileSync(net.file("net.conf"), "utf8")
		.replace(/^chain_id = \d+/m, "chain_id = 1");
	writeFileSync(net.file("other.conf"), other);
	const foreign = await check([], {}, {
		network: net.file("other.conf"), datadir: net.file("foreign") });
	equal("one of another chain is UNKNOWN", foreign.status, 3);
	const unsafe = await check([], { PLASMA_WATCHER_INTERVAL: "151201" });
	equal("to run less often than every quarter of the exit period is refused",
		[unsafe.status, unsafe.text.includes("quarter")], [3, true]);
	const wrong = await run(program("plasma-watcher"), ["chekc"]);
	equal("a word that is no command is wrong usage", wrong.status, 64);

	// ---- beside a daemon ----
	await net.startFollower();
	const events = [];
	const server = createServer((request, response) => {
		events.push(request.url);
		response.end();
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	atExit(() => server.close());
	const daemon = new Process(net.file("watcher.log"), program("plasma-watcher"),
		[...args("run"), "--listen", "127.0.0.1:0"], {
			PLASMA_WATCHER_POLL_MS: "100",
			PLASMA_WATCHER_PING_URL:
				`http://127.0.0.1:${server.address().port}/alive`,
		});
	net.processes.push(daemon);
	await waitFor("the daemon's first pass", () => events.length > 0);
	equal("a completed pass pings", events[0], "/alive");
	const overlapped = await Promise.all(
		Array.from({ length: 20 }, () => check()));
	ok("twenty checks at once all say what the daemon found last",
		overlapped.every(({ status: code, text, stdout }) => code === 0 &&
			text.includes("block 1000") && /age=\d+s/.test(stdout)),
		overlapped.map(({ stdout }) => stdout).join(""));
	daemon.child.kill("SIGSTOP");
	const frozen = await waitFor("the daemon to be silent for too long",
		async () => {
			const pass = await check([], { PLASMA_WATCHER_SNAPSHOT_MAX_AGE: "1" });
			return pass.status === 3 && pass;
		});
	ok("a daemon that stands still is UNKNOWN", /no pass/.test(frozen.text),
		frozen.text);
	daemon.child.kill("SIGCONT");
	equal("the daemon ends when told", await daemon.stop(), 0);

	// ---- a follower of its own ----
	await net.follower.stop();
	rmSync(net.file("watcher"), { recursive: true });
	const alone = ["check", "--network", net.file("net.conf"), "--datadir", net.file("own"),
		"--root-rpc", net.node.url, "--source", net.url];
	const own = await run(program("plasma-watcher"), alone);
	note(`${own.status}: ${own.stdout.trim()} ${own.stderr}`);
	equal("without a snapshot it keeps one itself, in one command",
		[own.status, parse(own.stdout).data.block], [0, "1000"]);
	ok("what it warns of is heard", own.stderr.includes("PLR-002"), own.stderr);
	const quiet = await run(program("plasma-watcher"), [...alone, "--cron"]);
	equal("but not from cron while all is well",
		[quiet.status, quiet.stdout, quiet.stderr], [0, "", ""]);
	const writer = new Process(net.file("other.log"), program("plasma-rootchain"),
		["follow", "--network", net.file("net.conf"), "--root-rpc", net.node.url,
			"--datadir", net.file("own/rootchain")]);
	net.processes.push(writer);
	await waitFor("another follower to write", () => writer.said.includes("ready"));
	const failed = await run(program("plasma-watcher"), [...alone, "--cron"]);
	ok("a follower of its own that fails is a warning with the follower's reason",
		failed.stdout.startsWith("WARNING - the root chain cannot be followed: " +
			"plasma-rootchain ended with 75: ") &&
		failed.stdout.includes(`${writer.child.pid}`) &&
		/^plasma-rootchain: /m.test(failed.stderr), `${failed.stdout} ${failed.stderr}`);

	// ---- two warnings ----
	await writer.stop();
	const dead = await run(program("plasma-watcher"), ["check", "--act", "do",
		"--network", net.file("net.conf"), "--datadir", net.file("own"),
		"--root-rpc", "http://127.0.0.1:9", "--source", net.url,
		"--keystore", net.file("authority.json"),
		"--password-file", net.file("password")]);
	ok("of two warnings the first one is told, which the other follows from",
		dead.stdout.startsWith("WARNING - the root chain cannot be followed: ") &&
		/nothing can be sent/.test(dead.stderr), `${dead.stdout} ${dead.stderr}`);
});
