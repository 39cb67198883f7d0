// SPDX-License-Identifier: MIT
//
// Groups D and E as far as they concern who follows the root chain: what it does
// itself, and what its endpoints say about it.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { json, text } from "node:stream/consumers";

import { ethers } from "ethers";

import { program, run, waitFor } from "../support/operator_net.mjs";
import { lieAt, startProxy } from "../support/chaos_proxy.mjs";
import { headerRlp } from "../support/eth_blocks.mjs";
import { clocked } from "../support/false_clock.mjs";
import { preload } from "../support/power_cut.mjs";
import { startChain } from "../support/rootchain_net.mjs";
import { P, World } from "../support/world.mjs";

const ONE = 10n ** 18n;
const BALANCE_OF = ethers.id("balanceOf(address)").slice(0, 10);
const needs = ["plasma-rootchain", "plasma-operator"];

/** A follower of several endpoints, each a proxy, and somebody with ether. */
async function watched(t, { count = 3, token = false, env = {}, extra = [], slots = 4 } = {}) {
	const chain = await startChain({ slots, token });
	t.atExit(() => chain.close());
	const alice = await chain.net.person();
	const proxies = [];
	for (let i = 0; i < count; i++) {
		const proxy = await startProxy(chain.node.url);
		t.atExit(() => proxy.close());
		proxies.push(proxy);
	}
	const follower = chain.start("f", proxies.map(({ url }) => url), { extra,
		env: { PLASMA_ROOTCHAIN_TIMEOUT_MS: "2000", ...env } });
	await waitFor("the first poll", () => chain.status("f"));
	await chain.caughtUp("f");
	const said = (proxy, what, from = 0) => follower.said.slice(from).split("\n")
		.some((line) => line.includes(proxy.url) && line.includes(what));
	return { chain, alice, proxies, follower, said };
}

/** One endpoint goes wrong: it is excluded by name, the rest is followed, and it
 * is back when it is well. */
async function oneOfThree(t, name, world, spoil, trouble) {
	const { chain, proxies, said } = world;
	const bad = proxies[1];
	const before = world.follower.said.length;
	spoil(bad);
	await chain.mine(1);
	await waitFor(`${name}: to be excluded`, () => said(bad, trouble, before));
	t.ok(`${name}: the endpoint is excluded by name`, true);
	await chain.submit();
	const status = await chain.caughtUp("f");
	t.ok(`${name}: the status names it, too`, status.endpoints.length === 3 &&
		status.endpoints.some(({ endpoint, well }) => endpoint === bad.url && !well),
		JSON.stringify(status.endpoints));
	await waitFor(`${name}: two others to be followed`, async () =>
		(await chain.status("f")).agreeing === 2);
	t.ok(`${name}: two others are followed`, true);
	t.equal(`${name}: to the right state`, await chain.digest("f"), await chain.freshDigest());
	bad.clear();
	await waitFor(`${name}: to be back`, () => {
		const lines = world.follower.said.split("\n").filter((line) => line.includes(bad.url));
		return lines.at(-1)?.includes("endpoint is back");
	});
	t.ok(`${name}: it is back when it is well`, true);
}

export const scenarios = [{
	id: "D-01", title: "a deposit that is gone with a reorganisation", needs,
	async run(t) {
		const { chain, alice } = await watched(t, { count: 1 });
		await chain.deposit(alice, ONE);
		t.equal("the deposit is there", (await chain.caughtUp("f")).next_deposit, 2);
		await chain.mine(3);
		await chain.caughtUp("f");
		await chain.reorganise(6);
		const after = await chain.caughtUp("f");
		t.equal("then it is not, and readers are told", [after.next_deposit, after.generation],
			[1, 1]);
		t.equal("as if it had never been", await chain.digest("f"), await chain.freshDigest());
	},
}, {
	id: "D-02", title: "a deposit that comes again behind an operator block", needs,
	async run(t) {
		const { chain, alice } = await watched(t, { count: 1 });
		await chain.deposit(alice, ONE);
		const first = await chain.caughtUp("f");
		t.equal("it has number 1", [first.next_child_block, first.next_deposit], [1000, 2]);
		await chain.reorganise(3);
		await chain.submit();
		await chain.deposit(alice, ONE);
		const second = await chain.caughtUp("f");
		t.equal("it has number 1001", [second.next_child_block, second.next_deposit], [2000, 2]);
		t.equal("and nothing is left of the other", await chain.digest("f"),
			await chain.freshDigest());
	},
}, {
	id: "D-03", title: "a reorganisation deeper than finality",
	needs: [...needs, "plasma-watcher"],
	async run(t) {
		const { chain, alice, follower } = await watched(t, { count: 1 });
		await chain.deposit(alice, ONE);
		await chain.mine(20);
		const before = await chain.caughtUp("f");
		t.equal("nothing is broken", before.finality_broken, false);
		await chain.reorganise(12);
		const after = await chain.caughtUp("f");
		t.equal("the break is latched", after.finality_broken, true);
		t.ok("and said as an error", follower.said.includes("level=error"));
		await chain.mine(5);
		t.equal("for ever", (await chain.caughtUp("f")).finality_broken, true);
		t.equal("what is followed is right", await chain.digest("f"), await chain.freshDigest());
		await watcherOfBrokenFinality(t);
	},
}, {
	id: "D-15", title: "a head that stands still moves no deadline, and is told of",
	needs: [...needs, "plasma-watcher"],
	async run(t) {
		const { chain, follower } = await watched(t, { count: 1 });
		const before = await chain.caughtUp("f");
		await waitFor("two more seconds of good polls", async () =>
			(await chain.status("f")).last_good_poll_unix > before.last_good_poll_unix + 1);
		const after = await chain.status("f");
		t.equal("root-chain time stands still", after.head_time_unix, before.head_time_unix);
		t.equal("and so does the head", after.head_hash, before.head_hash);
		t.ok("which is no failure", !/level=(warning|error)/.test(follower.said), follower.said);
		await watcherOfAStalledHead(t);
	},
}, {
	id: "E-01", title: "wrong chain id, wrong deployment, wrong code", needs,
	async run(t) {
		const world = await watched(t);
		await oneOfThree(t, "chain id", world, (bad) => bad.rule(
			{ method: "eth_chainId", edit: () => "0x5" }), "another chain");
		const deployed = Number(world.chain.net.network.deployment_block);
		await oneOfThree(t, "deployment", world, (bad) => bad.rule({
			method: "eth_getBlockByNumber",
			edit: (result, [at]) => (Number(at) === deployed
				? lieAt(result, ["stateRoot"]) : result),
		}), "trouble=");
		const single = await world.chain.command("code", ["follow", "--once"],
			[world.proxies[0].url], ["--proofs", "off"]);
		t.equal("unproved code is taken when it is the right one", single.status, 0);
		world.proxies[0].rule({ method: "eth_getCode", edit: () => "0x6001" });
		const wrong = await world.chain.command("code2", ["follow", "--once"],
			[world.proxies[0].url], ["--proofs", "off"]);
		t.ok("and refused by name otherwise", wrong.status === 76 &&
			wrong.stderr.includes("other code"), wrong.stderr);
	},
}, {
	id: "E-02", title: "an endpoint that stands still", needs,
	async run(t) {
		const world = await watched(t);
		const head = await world.chain.head;
		await oneOfThree(t, "stale", world, (bad) => {
			bad.freeze(head);
			return world.chain.mine(40);
		}, "behind");
	},
}, {
	id: "E-03", title: "a log that is left out", needs,
	async run(t) {
		const world = await watched(t);
		const { chain, proxies, follower } = world;
		const omit = { method: "eth_getBlockReceipts", edit: (result) => result.map(
			(receipt) => ({ ...receipt, logs: receipt.logs.slice(1) })) };
		for (const proxy of proxies)
			proxy.rule(omit);
		const before = await chain.status("f");
		await chain.submit();
		await waitFor("all to be excluded", () => proxies.every(({ url }) =>
			follower.said.split("\n").some((line) => line.includes(url) &&
				line.includes("receipts have another root"))));
		t.equal("left out by all, nothing is believed",
			(await chain.status("f")).next_child_block, before.next_child_block);
		proxies[2].clear();
		await waitFor("an honest one to be followed", async () =>
			(await chain.status("f")).next_child_block > before.next_child_block);
		t.equal("one that is honest is enough to go on", await chain.digest("f"),
			await chain.freshDigest());
	},
}, {
	id: "E-04", title: "receipts that are cut off", needs,
	async run(t) {
		const world = await watched(t);
		const { chain, alice, proxies } = world;
		const { rpc } = chain.node;
		for (const [name, end] of [["all", 0], ["the last", -1]]) {
			const before = (await chain.caughtUp("f")).next_deposit;
			for (const proxy of proxies)
				proxy.rule({ method: "eth_getBlockReceipts",
					edit: (result) => result.slice(0, end) });
			const since = world.follower.said.length;
			await rpc("evm_setAutomine", [false]);
			await alice.sendTransaction({ to: alice.address });
			const deposit = chain.deposit(alice, ONE);
			await waitFor("both transactions", async () =>
				Number((await rpc("txpool_status")).pending) === 2);
			await rpc("evm_setAutomine", [true]);
			await chain.mine(1);
			await deposit;
			await waitFor("all to be excluded", () => proxies.every(({ url }) =>
				world.follower.said.slice(since).split("\n").some((line) =>
					line.includes(url) &&
						line.includes("not one receipt for each transaction"))));
			t.equal(`${name} cut off by all, nothing is believed`,
				(await chain.status("f")).next_deposit, before);
			proxies.forEach((proxy) => proxy.clear());
			await waitFor("all to be back", () => proxies.every(({ url }) =>
				world.follower.said.split("\n").filter((line) => line.includes(url))
					.at(-1).includes("endpoint is back")));
			t.equal("whole, the deposit is there",
				(await chain.caughtUp("f")).next_deposit, before + 1);
		}
		t.equal("the state is right", await chain.digest("f"), await chain.freshDigest());
	},
}, {
	id: "E-06", title: "a log that never was, and one of somebody else", needs,
	async run(t) {
		const world = await watched(t);
		const { chain, alice, proxies } = world;
		const topic = ethers.id("BlockSubmitted(uint256)");
		const before = await chain.status("f");
		// A contract of nobody emits what looks like ours.
		await (await alice.sendTransaction({ data: ethers.concat(["0x7f", topic,
			"0x60006000a100"]) })).wait();
		await chain.caughtUp("f");
		t.equal("who is not ours says nothing", (await chain.status("f")).next_child_block,
			before.next_child_block);
		const forged = { address: chain.net.network.plasma_framework, topics: [topic],
			data: ethers.toBeHex(before.next_child_block, 32) };
		for (const proxy of proxies)
			proxy.rule({ method: "eth_getBlockReceipts", edit: (result) => result.map(
				(receipt) => ({ ...receipt, logs: [...receipt.logs,
					{ ...receipt.logs[0], ...forged }] })) });
		await chain.deposit(alice, ONE);
		await waitFor("the liars to be named", () => proxies.every((proxy) =>
			world.said(proxy, "endpoint excluded")));
		t.equal("a forged log is believed by nobody",
			(await chain.status("f")).next_child_block, before.next_child_block);
		for (const proxy of proxies)
			proxy.clear();
		await chain.caughtUp("f");
		t.equal("and leaves nothing behind", await chain.digest("f"), await chain.freshDigest());
	},
}, {
	id: "E-07", title: "answers of views that are forged",
	needs: [...needs, "plasma-watcher"],
	async run(t) {
		const world = await watched(t, { token: true });
		const { chain, alice, proxies } = world;
		for (const bad of proxies) {
			bad.rule({ method: "eth_call", edit: (result, [call]) =>
				call.data.startsWith(BALANCE_OF) ? ethers.toBeHex(0, 32) : result });
			await chain.depositToken(alice, 7n);
			await waitFor("it to be named", () => world.said(bad, "other balances"));
			await chain.caughtUp("f");
			t.ok("a balance that one tells otherwise excludes it", true);
			bad.clear();
			await waitFor("it to be back", () => {
				const lines = world.follower.said.split("\n")
					.filter((line) => line.includes(bad.url));
				return lines.at(-1).includes("endpoint is back");
			});
		}
		const views = new Set();
		proxies[0].recording = true;
		await chain.submit();
		await chain.caughtUp("f");
		await waitFor("a poll to be recorded", () => proxies[0].seen.length > 0);
		for (const { method, params } of proxies[0].seen) {
			if (method === "eth_call")
				views.add(params[0].data.slice(0, 10));
		}
		t.equal("nothing but balances of tokens and what never changes is asked of views",
			[...views].sort(), [BALANCE_OF, ...["authority", "extensions", "minExitPeriod"]
				.map((name) => ethers.id(`${name}()`).slice(0, 10))].sort());
		await watcherOfForgedViews(t);
	},
}, {
	id: "E-10", title: "two of three endpoints hang, or cannot be connected to",
	needs: [...needs, "plasma-watcher", "plasma-wallet"],
	async run(t) {
		const { chain, proxies, follower } = await watched(t,
			{ env: { PLASMA_ROOTCHAIN_TIMEOUT_MS: "8000" } });
		proxies[0].rule({ method: "*", fault: "hang" });
		proxies[2].rule({ method: "*", fault: "slow" });
		const start = performance.now();
		await chain.submit();
		const status = await chain.caughtUp("f", 90);
		const seconds = (performance.now() - start) / 1000;
		t.ok(`the third is followed after ${seconds.toFixed(1)} s, 45 at most`, seconds < 45);
		t.equal("and the snapshot says that it is alone", status.agreeing, 1);
		t.ok("as does the log, as a warning", /level=warning.*fewer endpoints agree/
			.test(follower.said), follower.said);
		const again = performance.now();
		await chain.submit();
		await chain.caughtUp("f", 90);
		t.ok("the next poll does not wait for them",
			performance.now() - again < 20000, performance.now() - again);
		await deadNetwork(t, chain, proxies[1].url);
	},
}, {
	id: "E-11", title: "an answer without an end", needs,
	async run(t) {
		const world = await watched(t);
		await oneOfThree(t, "endless", world, (bad) => bad.rule(
			{ method: "*", fault: "bomb" }), "endpoint excluded");
		const memory = readFileSync(`/proc/${world.follower.child.pid}/status`, "utf8");
		const peak = Number(/VmHWM:\s+(\d+)/.exec(memory)[1]) / 1024;
		t.ok(`memory stayed below 1 GiB: ${peak.toFixed(0)} MiB`, peak < 1024);
	},
}, {
	id: "E-12", title: "compressed bombs of every kind", needs,
	async run(t) {
		const world = await watched(t);
		for (const fault of ["gzip", "brotli", "zstd", "stacked"]) {
			const since = world.follower.said.length;
			const rule = { method: "*", fault };
			let excluded;
			await oneOfThree(t, fault, world, (bad) => {
				const made = bad.rule(rule);
				excluded = (async () => {
					await waitFor("the bomb to be sent", () => made.used > 0);
					const sent = performance.now();
					await waitFor("its sender to be excluded", () =>
						world.said(bad, "endpoint excluded", since));
					return performance.now() - sent;
				})();
			}, "endpoint excluded");
			const took = await excluded;
			t.ok(`${fault}: within a second`, took < 1000, `${took} ms`);
		}
		const memory = readFileSync(`/proc/${world.follower.child.pid}/status`, "utf8");
		const peak = Number(/VmHWM:\s+(\d+)/.exec(memory)[1]) / 1024;
		t.note(`memory stayed below ${peak.toFixed(0)} MiB`);
		t.ok("nothing was unpacked", world.proxies.every(({ encodings }) =>
			encodings.size === 0), "encodings were asked for");
	},
}, {
	id: "E-13", title: "answers that are no JSON-RPC", needs,
	async run(t) {
		const world = await watched(t);
		for (const fault of ["malformed", "nested", "twice", "text", "wrongid", "truncate"])
			await oneOfThree(t, fault, world, (bad) => bad.rule({ method: "*", fault }),
				"endpoint excluded");
	},
}, {
	id: "E-15", title: "TLS that proves nothing is refused, and cannot be switched off",
	needs: [...needs, "plasma-watcher", "plasma-wallet"],
	async run(t) {
		const chain = await startChain({ slots: 4 });
		t.atExit(() => chain.close());
		const authority = authorityOf(chain.net.file("ca"));
		const good = authority.sign("IP:127.0.0.1");
		const cases = [
			["nobody vouches for it", selfSigned(chain.net.file("tls")), {},
				/self.signed|unable to get local issuer/i],
			["it has expired", authority.sign("IP:127.0.0.1", -1), {}, /expired/],
			["it is for another host", authority.sign("DNS:elsewhere.example"), {},
				/does not match|no alternative certificate subject name/],
			["it speaks TLS 1.0", good, { minVersion: "TLSv1", maxVersion: "TLSv1",
				ciphers: "DEFAULT@SECLEVEL=0" }, /protocol/],
		];
		const trusting = { ...preload(chain.net, "dead_network"),
			TRUSTED_CA: authority.file };
		const server = await startTls(chain.node.url, good);
		t.atExit(() => server.close());
		await everyProgram(t, chain, server.url, trusting, "well", (said) =>
			said.split("\n").some((line) => /^ok .*root[ -]chain( node)?$/.test(line) ||
				(line.startsWith("ok") && line.includes(server.url))));
		t.ok("a certificate that is good is taken", server.requests() >= 4,
			`${server.requests()}`);
		for (const [name, certificate, options, why] of cases) {
			const bad = await startTls(chain.node.url, { ...certificate, ...options });
			t.atExit(() => bad.close());
			t.equal(`${name}: the node behind it answers who does not mind`,
				await askTls(bad.url, options), await chain.node.rpc("eth_chainId"));
			const before = bad.requests();
			await everyProgram(t, chain, bad.url, trusting, name, (said) =>
				said.split("\n").some((line) => line.includes(bad.url) && why.test(line)));
			t.equal(`${name}: nothing was asked`, bad.requests(), before);
		}
		const insecure = await chain.command("tls", ["follow", "--once", "--insecure"]);
		t.ok("there is no --insecure", insecure.status === 64 &&
			/--insecure/.test(insecure.stderr), insecure.stderr);
		t.equal("and a chain that is well is followed",
			(await chain.command("well", ["follow", "--once"])).status, 0);
	},
}, {
	id: "E-16", title: "whom nobody contradicts is believed, and loudly", needs,
	async run(t) {
		const chain = await startChain({ slots: 4 });
		t.atExit(() => chain.close());
		const watch = (name) => run(program("plasma-watcher"), ["check",
			"--network", chain.net.file("net.conf"),
			"--snapshot", `${chain.folder(name)}/rootchain.db`,
			"--datadir", chain.net.file(`watcher-${name}`), "--source", chain.node.url,
			"--owner", `0x${"11".repeat(20)}`]);
		const cases = [
			["one endpoint", "0", 1, /only endpoint.*PLR-002/, 0, /^OK/],
			["one of two that are wanted", "2", 2, /agree.*PLR-002/, 1,
				/^WARNING - 1 of 2 wanted endpoints agree/],
			["one that was said to be enough", "1", 1, null, 0, /^OK/],
		];
		for (const [name, quorum, wanted, warning, code, line] of cases) {
			const ask = (...words) => chain.command(`f${quorum}`, words, undefined,
				["--quorum", quorum]);
			const told = await ask("follow", "--once");
			t.equal(`${name}: it is followed`, told.status, 0);
			t.equal(`${name}: with a warning unless it was said`,
				/level=warning/.test(told.stderr), warning !== null);
			t.ok(`${name}: which names itself`, warning?.test(told.stderr) ?? true, told.stderr);
			const status = JSON.parse((await ask("status", "--json")).stdout);
			t.equal(`${name}: the snapshot says how many agreed`,
				[status.agreeing, status.quorum], [1, wanted]);
			t.equal(`${name}: doctor finds what is to be found`,
				/PLR-002/.test((await ask("doctor")).stdout), warning !== null);
			const check = await watch(`f${quorum}`);
			t.equal(`${name}: what a watcher makes of it`, check.status, code);
			t.ok(`${name}: in words`, line.test(check.stdout), check.stdout + check.stderr);
		}
	},
}, {
	id: "E-17", title: "three endpoints, three chains: challenges go, exits wait",
	needs: [...needs, "plasma-watcher"],
	async run(t) {
		const { chain, proxies, follower } = await watched(t,
			{ extra: ["--listen", "127.0.0.1:0"] });
		await waitFor("it to listen", () => /listening port=\d+/.test(
			follower.said.replaceAll('"', "")));
		const [, port] = /listening port=(\d+)/.exec(follower.said.replaceAll('"', ""));
		const ask = (path) => fetch(`http://127.0.0.1:${port}${path}`);
		await waitFor("it to be ready", async () => (await ask("/readyz")).status === 200);
		const split = await chain.head;
		disagree(proxies, split);
		const before = await chain.status("f");
		await chain.submit();
		await waitFor("the follower to look", async () =>
			(await chain.status("f")).last_good_poll_unix > before.last_good_poll_unix + 1);
		let status = await chain.status("f");
		t.equal("what they agree on is followed, and nothing behind it",
			[status.head, status.next_child_block], [split, before.next_child_block]);
		await chain.mine(200);
		await waitFor("it not to be ready", async () =>
			(await ask("/readyz")).status === 503);
		t.ok("a deep split is named where readiness is asked",
			/endpoints disagree/.test(await (await ask("/readyz")).text()));
		t.ok("and in the log", /level=warning.*endpoints disagree/.test(follower.said));
		status = await chain.status("f");
		t.equal("the snapshot stands", [status.head, status.next_child_block],
			[split, before.next_child_block]);
		t.ok("and every failed poll is counted", /^plasmachain_rootchain_failed_polls_total [1-9]/m
			.test(await (await ask("/metrics")).text()));
		t.equal("the program lives", (await ask("/livez")).status, 200);
		for (const proxy of proxies.slice(1))
			proxy.clear();
		await chain.caughtUp("f", 120);
		t.equal("two that agree are followed", await chain.digest("f"),
			await chain.freshDigest());
		await waitFor("it to be ready again", async () => (await ask("/readyz")).status === 200);
		const figures = await (await ask("/metrics")).text();
		t.equal("the figures tell the head",
			Number(/^plasmachain_rootchain_head_eth_block (\d+)$/m.exec(figures)[1]),
			await chain.head);
		await watcherOfASplit(t);
	},
}, {
	id: "E-18", title: "too many requests, for a while", needs,
	async run(t) {
		const { chain, proxies, follower } = await watched(t);
		for (const proxy of proxies)
			proxy.rule({ method: "*", fault: "429" });
		await waitFor("all to be excluded", () => proxies.every(({ url }) =>
			follower.said.split("\n").some((line) => line.includes(url) &&
				line.includes("429"))));
		const requests = () => proxies.reduce((sum, proxy) => sum + proxy.requests, 0);
		const before = requests();
		const since = performance.now();
		await waitFor("ten seconds", () => performance.now() - since > 10000);
		t.ok("they are asked less and less", requests() - before < 60, requests() - before);
		t.ok("the follower lives", follower.alive);
		await chain.submit();
		for (const proxy of proxies)
			proxy.clear();
		const status = await chain.caughtUp("f", 90);
		t.ok("it recovers by itself", status.agreeing >= 1);
		await waitFor("all to agree again", async () =>
			(await chain.status("f")).agreeing === 3, 90);
		t.equal("with the right state", await chain.digest("f"), await chain.freshDigest());
	},
}, {
	id: "E-19", title: "a provider cannot see whose exits are watched",
	needs: ["plasma-rootchain", "plasma-watcher"],
	async run(t) {
		const world = await World.start(t, { people: ["Alice", "Bob", "Mallory"] });
		const coins = {};
		for (const name of ["Alice", "Bob", "Mallory"])
			coins[name] = await world.deposit(name, ONE);
		const spend = world.pay([coins.Mallory], [["Alice", ONE]]);
		await world.block([spend]);
		for (const name of ["Alice", "Mallory"])
			await world.game(name).startStandardExit(coins[name]);
		await world.net.mine(3);
		const asked = {};
		for (const owner of ["Alice", "Bob"])
			asked[owner] = await questionsOf(t, world, owner);
		t.ok("much is asked", asked.Alice.length > 20, asked.Alice.length);
		t.ok("the exits are among it", asked.Alice.some((question) =>
			question.startsWith("eth_getBlockReceipts")));
		t.equal("and the same by both, but for the account that sends", asked.Alice,
			asked.Bob);
		t.equal("of which code and nonce are asked",
			asked.Alice.filter((question) => question.includes("OWN")),
			['eth_getCode ["OWN","latest"]', 'eth_getTransactionCount ["OWN","latest"]']);
	},
}];

/** Two endpoints to which there is no connection, and a third: one whose machine
 * takes no more, and one whose name nobody resolves. */
async function deadNetwork(t, chain, well) {
	const full = await fullListener(t);
	const dead = [full, "http://node.black.hole:8545"];
	const start = performance.now();
	const { status, stderr } = await chain.command("dead", ["follow", "--once"],
		[...dead, well], ["--quorum", "1"], preload(chain.net, "dead_network"));
	const seconds = (performance.now() - start) / 1000;
	t.equal("with two that cannot be connected to the third is followed", status, 0);
	t.ok(`after ${seconds.toFixed(1)} s, 45 at most`, seconds < 45);
	for (const url of dead)
		t.ok("each is excluded by name", stderr.split("\n").some((line) =>
			line.includes(url) && line.includes("no answer in time")), stderr);
	const alone = performance.now();
	const none = await chain.command("alone", ["follow", "--once"], [dead[1]],
		["--quorum", "1"], preload(chain.net, "dead_network"));
	t.equal("alone it is unreachable", none.status, 69);
	t.ok("and does not keep the program", performance.now() - alone < 20000,
		`${performance.now() - alone} ms`);
	for (const url of dead) {
		for (const one of ["plasma-watcher", "plasma-operator", "plasma-wallet"]) {
			const since = performance.now();
			const { stdout, stderr } = await doctor(chain, one, url,
				preload(chain.net, "dead_network"));
			t.ok(`${one} gives ${url} up in time`, performance.now() - since < 20000 &&
				`${stdout}${stderr}`.split("\n").some((line) =>
					line.includes(url) && /timed out|timeout/i.test(line)),
			`${performance.now() - since} ms ${stdout}${stderr}`);
		}
	}
}

/** A listener that accepts nobody, whose queue is full: nobody answers a SYN. */
async function fullListener(t) {
	const child = spawn(process.execPath, ["-e", `
		const server = require("net").createServer();
		server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () =>
			console.log(server.address().port));`], { stdio: ["ignore", "pipe", "inherit"] });
	t.atExit(() => child.kill("SIGKILL"));
	const [line] = await once(child.stdout, "data");
	const port = Number(line);
	child.kill("SIGSTOP");
	// A connection that is not completed within a second will never be.
	for (let i = 0, stuck = 0; i < 16 && stuck < 2; i++) {
		const socket = connect(port, "127.0.0.1");
		t.atExit(() => socket.destroy());
		socket.on("error", () => {});
		stuck += await Promise.race([once(socket, "connect").then(() => 0),
			new Promise((done) => setTimeout(() => done(1), 1000))]);
	}
	return `http://127.0.0.1:${port}`;
}

/** What was final is gone, and with it the block that spends a coin: the watcher
 * halts and leaves nothing, and still challenges with what it has seen. */
async function watcherOfBrokenFinality(t) {
	const world = await World.start(t, { people: ["Alice", "Mallory"], slots: 4 });
	const { net } = world;
	const mallory = world.game("Mallory");
	const alices = await world.deposit("Alice", ONE);
	const coins = [await world.deposit("Mallory", ONE), await world.deposit("Mallory", ONE)];
	await world.block([world.pay([coins[0]], [["Alice", ONE]])]);
	const watcher = await world.watcher("Alice");
	await mallory.startStandardExit(coins[0]);
	await watcher.settle();
	const before = await net.provider.getBlockNumber();
	await world.block([world.pay([coins[1]], [["Alice", ONE]])]);
	await net.mine(12);
	await watcher.check();
	const evidence = () => ["incidents", "bodies"].flatMap((folder) =>
		readdirSync(join(watcher.dir, folder)).sort());
	const kept = evidence();
	t.ok("there is evidence of an incident, and both bodies", kept.length >= 3, kept);
	await net.node.rpc("anvil_reorg", [await net.provider.getBlockNumber() - before, []]);
	await net.mine(1);
	t.equal("the second block is gone", await net.rootOf(2000), ethers.ZeroHash);
	const isExiting = async () =>
		(await world.game("Alice").standardExit(alices.raw, alices.at))?.exitable === true;
	for (let i = 0; i < 3; i++) {
		const { code, said } = await watcher.check();
		t.ok("the chain is halted, for that reason", code === 2 &&
			/"event":"finality_broken","key":"\d+","latched_at"/.test(said), said);
		await net.mine(3);
	}
	t.equal("nobody leaves", await isExiting(), false);
	await mallory.startStandardExit(coins[1]);
	await watcher.settle();
	t.equal("an exit of the coin that was spent in it is challenged all the same",
		(await mallory.standardExit(coins[1].raw, coins[1].at)).exitable, false);
	t.equal("and still nobody leaves", await isExiting(), false);
	t.equal("no evidence is deleted", kept.filter((name) => !evidence().includes(name)), []);
	await watcher.command("latch", "clear", "--reason", "the other chain is right");
	t.equal("a person ends it", (await watcher.check()).code, 0);
	t.equal("for nothing is wrong on that chain", await isExiting(), false);
}

/** How long the head stands is what counts, not how far its time is from ours. */
async function watcherOfAStalledHead(t) {
	const world = await World.start(t, { people: ["Alice", "Mallory"] });
	const { net } = world;
	const coin = await world.deposit("Mallory", ONE);
	await world.block([world.pay([coin], [["Alice", ONE]])]);
	const check = clocked(t, world, "stalled");
	await world.pass(30 * 86400);
	t.equal("a head a month ahead of the clock is none", (await check(0)).code, 0);
	t.equal("nor is one that stands for less than five minutes", (await check(240)).code, 0);
	const stalled = await check(360);
	t.ok("one that stands for longer is named", stalled.code === 1 &&
		/^WARNING - PLW-023 stalled_root_chain/.test(stalled.line), stalled.line);
	await net.mine(1);
	t.equal("until it moves", (await check(361)).code, 0);

	await world.game("Mallory").startStandardExit(coin);
	await net.mine(1);
	const [before, after] = [await check(400), await check(400 + P)];
	t.ok("there is a challenge with its last second", before.code === 2 &&
		before.actions.length > 0, before.line);
	t.equal("which a stalled head leaves where it is, though a week goes by",
		after.actions, before.actions);
	t.ok("and the exit is still what is said first", after.code === 2 &&
		!/missed|overdue/.test(after.line), after.line);
}

/** A node that says zero of every view: no bond, no exit. */
async function watcherOfForgedViews(t) {
	const world = await World.start(t, { people: ["Alice", "Mallory"] });
	const { net } = world;
	const alices = await world.deposit("Alice", ONE);
	const coin = await world.deposit("Mallory", ONE);
	await world.block([world.pay([coin], [["Alice", ONE]])]);
	const proxy = await startProxy(net.node.url);
	t.atExit(() => proxy.close());
	proxy.rule({ method: "eth_call", edit: () => ethers.toBeHex(0, 32) });
	const watcher = await world.watcher("Alice");
	watcher.rpc = proxy.url;
	await world.game("Mallory").startStandardExit(coin);
	await world.badBlock("payment_without_inputs");
	await watcher.settle();
	t.equal("a watcher challenges what has to be", (await world.game("Mallory")
		.standardExit(coin.raw, coin.at)).exitable, false);
	t.ok("and leaves with the bond that there is",
		(await world.game("Alice").standardExit(alices.raw, alices.at))?.bondSize > 0n);
}

/** Each endpoint has other headers behind this eth_block. */
function disagree(proxies, split) {
	proxies.forEach((proxy, index) => proxy.rule({ method: "eth_getBlockByNumber",
		edit: (block) => {
			if (!block || Number(block.number) <= split)
				return block;
			const other = { ...block, extraData: ethers.toBeHex(index + 1, 1) };
			return { ...other, hash: ethers.keccak256(headerRlp(other)) };
		} }));
}

/** An exit that the endpoints agree on is to be challenged; behind where they part
 * there is a block that everybody has to leave for. */
async function watcherOfASplit(t) {
	const world = await World.start(t, { people: ["Alice", "Mallory"] });
	const { net } = world;
	const alices = await world.deposit("Alice", ONE);
	const coin = await world.deposit("Mallory", ONE);
	await world.block([world.pay([coin], [["Alice", ONE]])]);
	const proxies = [];
	for (let i = 0; i < 3; i++) {
		proxies.push(await startProxy(net.node.url));
		t.atExit(() => proxies[i].close());
	}
	const check = async (act, env = {}) => {
		const done = await run(program("plasma-watcher"), ["check", "--act", act,
			"--network", net.file("net.conf"), "--datadir", net.file("of-a-split"),
			"--source", world.evil.url, "--owner", world.address("Alice"),
			"--keystore", world.keystore("Alice"),
			"--password-file", net.file("password"),
			...proxies.flatMap(({ url }) => ["--root-rpc", url])],
		{ env: { ...process.env, ...env } });
		t.note(`${done.status}: ${done.stdout}${done.stderr}`);
		return done;
	};
	const exits = async () => [
		(await world.game("Mallory").standardExit(coin.raw, coin.at)).exitable,
		(await world.game("Alice").standardExit(alices.raw, alices.at)) !== null];
	t.equal("while they agree, all is well", (await check("do")).status, 0);
	disagree(proxies, await net.provider.getBlockNumber());
	await net.mine(200);
	const first = await check("do");
	t.ok("a watcher warns when they disagree", first.status === 1 &&
		/^WARNING - the root chain cannot be followed/.test(first.stdout) &&
		/endpoints disagree/.test(first.stderr), first.stdout);
	const old = await waitFor("the snapshot to be stale", async () => {
		const pass = await check("do", { PLASMA_WATCHER_SNAPSHOT_MAX_AGE: "1" });
		return pass.status === 3 && pass;
	});
	t.ok("and knows nothing any more when it lasts", /stale/.test(old.stdout), old.stdout);
	for (const proxy of proxies)
		proxy.clear();
	await world.game("Mallory").startStandardExit(coin);
	await net.mine(3);
	t.equal("an exit that all see is one to challenge", (await check("print")).status, 2);
	disagree(proxies, await net.provider.getBlockNumber());
	await world.badBlock("payment_without_inputs");
	await net.mine(200);
	const split = await check("do");
	t.ok("the alarm stands when they disagree", split.status === 2 &&
		/endpoints disagree/.test(split.stderr), split.stderr);
	await net.mine(1);
	t.equal("what all saw is challenged, for what they disagree about nobody leaves",
		await exits(), [false, false]);
	for (const proxy of proxies.slice(1))
		proxy.clear();
	for (let i = 0; i < 3; i++) {
		await check("do");
		await net.mine(3);
	}
	t.equal("which they do when two agree", await exits(), [false, true]);
}

/** What a watcher of this owner and its own follower ask two providers in their
 * first pass over a chain, each question once, sorted. Nothing is sent. */
async function questionsOf(t, world, owner) {
	const { net } = world;
	const proxies = [await startProxy(net.node.url), await startProxy(net.node.url)];
	for (const proxy of proxies) {
		t.atExit(() => proxy.close());
		proxy.recording = true;
	}
	const { status, stdout, stderr } = await run(program("plasma-watcher"), ["check",
		"--act", "print", "--network", net.file("net.conf"),
		"--datadir", net.file(`asks-${owner}`), "--source", world.evil.url,
		"--owner", world.address(owner),
		...proxies.flatMap(({ url }) => ["--root-rpc", url])]);
	t.equal(`the watcher of ${owner} sees the exit of a spent coin`, status, 2);
	t.note(`${stdout}${stderr}`);
	return [...new Set(proxies.flatMap(({ seen }) =>
		seen.map(({ method, params }) => `${method} ${JSON.stringify(params)}`
			.replaceAll(world.address(owner).toLowerCase(), "OWN"))))].sort();
}

/** What a program that fetches says of a node. */
function doctor(chain, name, url, env) {
	return run(program(name), ["doctor", "--network", chain.net.file("net.conf"),
		"--root-rpc", url, "--datadir", chain.net.file(`of-${name}`)],
	{ env: { ...process.env, ...env }, timeout: 60000 });
}

/** Each program that fetches says of this node what it has to. */
async function everyProgram(t, chain, url, env, name, isSaid) {
	for (const one of ["plasma-rootchain", "plasma-watcher", "plasma-operator",
		"plasma-wallet"]) {
		const { stdout, stderr } = await doctor(chain, one, url, env);
		t.ok(`${name}: ${one} says so`, isSaid(`${stdout}${stderr}`), `${stdout}${stderr}`);
	}
}

/** Who vouches for certificates: { file, sign(names, days) }. */
function authorityOf(prefix) {
	const openssl = (...words) => execFileSync("openssl", words, { stdio: "ignore" });
	const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
	const file = `${prefix}.pem`;
	let count = 0;
	openssl("req", "-x509", ...key, "-days", "2", "-subj", "/CN=authority",
		"-keyout", `${prefix}.key`, "-out", file);
	return { file, sign(names, days = 2) {
		const of = `${prefix}-${++count}`;
		openssl("req", ...key, "-subj", "/CN=node", "-keyout", `${of}.key`,
			"-out", `${of}.csr`);
		writeFileSync(`${of}.ext`, `subjectAltName=${names}\n`);
		openssl("x509", "-req", "-in", `${of}.csr`, "-CA", file, "-CAkey", `${prefix}.key`,
			"-days", `${days}`, "-extfile", `${of}.ext`, "-out", `${of}.pem`);
		return { key: readFileSync(`${of}.key`), cert: readFileSync(`${of}.pem`) };
	} };
}

/** A key and a certificate for 127.0.0.1 that it signs itself: { key, cert }. */
function selfSigned(prefix) {
	const [key, cert] = [`${prefix}.key`, `${prefix}.pem`];
	execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt",
		"ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
		"-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
	{ stdio: "ignore" });
	return { key: readFileSync(key), cert: readFileSync(cert) };
}

/** The node behind TLS. */
async function startTls(node, options) {
	let requests = 0;
	const server = createServer(options, async (request, response) => {
		requests++;
		const body = await text(request);
		const answer = await fetch(node, { method: "POST", body,
			headers: { "content-type": "application/json" } });
		response.setHeader("content-type", "application/json");
		response.end(await answer.text());
	});
	server.on("tlsClientError", () => {}); // what is tested
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	return { url: `https://127.0.0.1:${server.address().port}`,
		requests: () => requests,
		close: () => new Promise((done) => {
			server.closeAllConnections();
			server.close(done);
		}) };
}

/** The chain id, asked by somebody who takes any certificate. */
function askTls(url, { minVersion, ciphers }) {
	return new Promise((done, fail) => {
		const asking = request(url, { method: "POST", rejectUnauthorized: false,
			minVersion, ciphers, agent: false }, async (response) => {
			const { result } = await json(response);
			done(result);
		});
		asking.on("error", fail);
		asking.end(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId",
			params: [] }));
	});
}
