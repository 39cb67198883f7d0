// SPDX-License-Identifier: MIT
//
// Group F as far as it concerns the snapshot and the other databases: cut off,
// stale, replaced, copied while it is written, written by two, or by a newer
// program.

import {
	copyFileSync, existsSync, readFileSync, renameSync, rmSync, truncateSync,
	writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import { ethers } from "ethers";

import { clocked } from "../support/false_clock.mjs";
import {
	Process, program, run, startFollowedNet, waitFor,
} from "../support/operator_net.mjs";
import { startChain } from "../support/rootchain_net.mjs";
import { Wallet, WatcherStandIn } from "../support/wallet_net.mjs";
import { World } from "../support/world.mjs";

const ONE = 10n ** 18n;
const needs = ["plasma-rootchain", "plasma-operator"];

async function begin(t) {
	const chain = await startChain();
	t.atExit(() => chain.close());
	const alice = await chain.net.person();
	await chain.deposit(alice, ONE);
	await chain.submit();
	await chain.follow("f");
	return { chain, alice };
}

async function exported(chain, name) {
	const file = chain.file(name);
	const done = await chain.command("f", ["snapshot", file]);
	if (done.status !== 0)
		throw new Error(done.stderr);
	return file;
}

export const scenarios = [{
	id: "F-06", title: "a snapshot that is cut off anywhere", needs,
	async run(t) {
		const { chain } = await begin(t);
		const file = await exported(chain, "whole.db");
		const size = readFileSync(file).length;
		const accepted = [];
		const cut = chain.file("cut.db");
		copyFileSync(`${file}.digest`, `${cut}.digest`);
		for (let at = 0; at < size; at += Math.max(1, Math.floor(size / 150))) {
			copyFileSync(file, cut);
			truncateSync(cut, at);
			const got = await chain.command("f", ["digest", cut]);
			if (got.status !== 65 || !got.stderr.includes("cut off"))
				accepted.push(`${at}: ${got.status} ${got.stderr}`);
		}
		t.equal("every cut is refused by name", accepted, []);
		rmSync(`${cut}.digest`);
		for (const at of [0, 1, 100, 4096, size - 4096, size - 1]) {
			copyFileSync(file, cut);
			truncateSync(cut, at);
			const got = await chain.command("f", ["verify", cut]);
			// A last byte that is zero is not missed by anybody.
			t.ok(`without the digest, cut at ${at}, it is refused or the same`,
				[65, 66, 74, 75].includes(got.status) ||
				got.stdout.includes(await chain.digest("f")),
				`${got.status} ${got.stderr}`);
		}
	},
}, {
	id: "F-07", title: "a snapshot that is old", needs,
	async run(t) {
		const { chain, alice } = await begin(t);
		const old = await exported(chain, "old.db");
		await chain.deposit(alice, ONE);
		await chain.follow("f");
		const back = await chain.command("f", ["import", old]);
		t.ok("an older one is refused by name", back.status === 1 &&
			back.stderr.includes("not newer"), back.stderr);
		const status = await chain.status("f");
		t.ok("how old it is can be asked", status.last_good_poll_age >= 0 &&
			status.last_good_poll_unix > 0);
		chain.node.stop();
		const before = await chain.status("f");
		const failed = await chain.command("f", ["follow", "--once"]);
		t.equal("a poll that fails is unreachable", failed.status, 69);
		t.equal("and makes nothing younger", (await chain.status("f")).last_good_poll_unix,
			before.last_good_poll_unix);
	},
}, {
	id: "F-09", title: "a snapshot that is replaced while it is read", needs,
	async run(t) {
		const { chain, alice } = await begin(t);
		const one = await exported(chain, "one.db");
		const digests = [await chain.digest("f")];
		await chain.deposit(alice, ONE);
		await chain.follow("f");
		const two = await exported(chain, "two.db");
		digests.push(await chain.digest("f"));
		const file = chain.file("moving.db");
		const put = (from) => {
			copyFileSync(`${from}.digest`, `${file}.new.digest`);
			copyFileSync(from, `${file}.new`);
			renameSync(`${file}.new.digest`, `${file}.digest`);
			renameSync(`${file}.new`, file);
		};
		put(one);
		let running = true;
		let rounds = 0;
		const mover = (async () => {
			while (running) {
				put(rounds++ % 2 ? one : two);
				await new Promise((again) => setImmediate(again));
			}
		})();
		const wrong = [];
		let good = 0;
		for (let i = 0; i < 200; i++) {
			const got = await chain.command("f", ["digest", file, "--json"]);
			if (got.status === 0 && digests.includes(JSON.parse(got.stdout).digest))
				good++;
			else if (![65, 66, 75].includes(got.status))
				wrong.push(`${got.status} ${got.stdout} ${got.stderr}`);
		}
		running = false;
		await mover;
		t.note(`${rounds} replacements, ${good} of 200 read`);
		t.equal("one or the other is read, or none", wrong, []);
	},
}, {
	id: "F-10", title: "a copy of a snapshot that is written to", needs,
	async run(t) {
		const { chain, alice } = await begin(t);
		chain.start("f");
		let running = true;
		const busy = (async () => {
			while (running) {
				await chain.deposit(alice, ONE);
				await chain.mine(2);
			}
		})();
		const results = [];
		for (let i = 0; i < 8; i++) {
			const file = await exported(chain, `live-${i}.db`);
			const proved = await chain.command("f", ["verify", file]);
			results.push(proved.status);
		}
		running = false;
		await busy;
		t.equal("each copy is whole and can be proved", results, results.map(() => 0));
	},
}, {
	id: "F-11", title: "two writers of one database",
	needs: [...needs, "plasma-watcher", "plasma-wallet"],
	async run(t) {
		const { chain } = await begin(t);
		const first = chain.start("f");
		await waitFor("it to hold the lock", () => first.said.includes("ready"));
		const second = await chain.command("f", ["follow", "--once"]);
		t.ok("the second is refused and told who writes", second.status === 75 &&
			second.stderr.includes(`${first.child.pid}`), second.stderr);
		const other = await chain.command("f", ["import", chain.file("none.db")]);
		t.ok("as is an import", other.status !== 0, other.stderr);
		t.equal("reading goes on", (await chain.command("f", ["status"])).status, 0);
		await first.stop();
		const { net, daemon, words } = await everyDaemon(t);
		for (const [name, process] of Object.entries(daemon)) {
			const again = await run(program(`plasma-${name}`), words[name]);
			t.ok(`a second ${name} is refused and told who writes`, again.status === 75 &&
				again.stderr.includes(`${process.child.pid}`),
			`${again.status} ${again.stderr}`);
			t.ok(`the first ${name} goes on`, process.alive);
		}
		await twoPaymentsOfOneWallet(t, net);
		net.processes.forEach((one) => one.stop());
	},
}, {
	id: "F-19", title: "a database of a newer program is refused and left alone",
	needs: [...needs, "plasma-watcher", "plasma-wallet"],
	async run(t) {
		const { net, daemon, words } = await everyDaemon(t);
		await newerDatabasesOfAWallet(t, net);
		for (const process of Object.values(daemon))
			await process.stop();
		const files = { rootchain: "rootchain/rootchain.db", operator: "operator/operator.db",
			watcher: "watcher/watcher.db" };
		for (const [name, file] of Object.entries(files)) {
			const path = net.file(file);
			const { before, newer } = makeNewer(path);
			const refused = await run(program(`plasma-${name}`), words[name],
				{ timeout: 20000 });
			t.ok(`${name}: it is refused by name`, ![0, 75].includes(refused.status) &&
				NEWER.test(refused.stderr),
			`${refused.status} ${refused.stderr}`);
			t.ok(`${name}: and is what it was`, readFileSync(path).equals(newer));
			writeFileSync(path, before);
			const again = new Process(net.file(`${name}-again.log`),
				program(`plasma-${name}`), words[name]);
			net.processes.push(again);
			await waitFor(`${name} to run`, () => /listening|ready/.test(again.said));
			t.ok(`${name}: its own is taken`, again.alive);
			t.equal(`${name}: it ends as it was asked to`, await again.stop(), 0);
		}
	},
}, {
	id: "F-16", title: "a clock that is wrong changes no action, and is told of",
	needs: [...needs, "plasma-watcher"],
	async run(t) {
		const { chain, alice } = await begin(t);
		// The chain's clock is a year ahead of the machine's; nothing depends on
		// the difference.
		await chain.pass(365 * 86400);
		await chain.deposit(alice, ONE);
		await chain.follow("f");
		const status = await chain.status("f");
		t.ok("the head's time is the chain's",
			status.head_time_unix - status.last_good_poll_unix > 300 * 86400);
		t.equal("and the digest has no clock in it", await chain.digest("f"),
			await chain.freshDigest());
		await watchersOfWrongClocks(t);
	},
}];

/** A follower, an operator and a watcher that run, and with which words. */
async function everyDaemon(t) {
	const net = await startFollowedNet(t.atExit);
	await net.startOperator();
	const words = {
		rootchain: ["follow", "--config", net.file("rootchain.conf")],
		operator: net.operatorArgs(),
		watcher: ["run", "--network", net.file("net.conf"), "--snapshot", net.snapshot,
			"--datadir", net.file("watcher"), "--source", net.url,
			"--listen", "127.0.0.1:0"],
	};
	const watcher = new Process(net.file("watcher.log"), program("plasma-watcher"),
		words.watcher);
	net.processes.push(watcher);
	await waitFor("the watcher to run", () => existsSync(net.file("watcher/heartbeat")));
	return { net, words,
		daemon: { rootchain: net.follower, operator: net.operator, watcher } };
}

const NEWER =
	/is newer than this program|schema is not the one that this program makes/;

/** Gives a database that was closed well the version after its own: what it was
 * and what it is. */
function makeNewer(path) {
	// The file has everything.
	for (const beside of ["wal", "shm"])
		rmSync(`${path}-${beside}`, { force: true });
	const before = readFileSync(path);
	const newer = Buffer.from(before);
	// Where SQLite keeps the version that the program gave it.
	newer.writeUInt32BE(newer.readUInt32BE(60) + 1, 60);
	writeFileSync(path, newer);
	return { before, newer };
}

/** Alice's wallet with coins of one ether that the operator has credited. */
async function walletOf(t, net, coins) {
	const watcher = new WatcherStandIn(net);
	await watcher.start();
	t.atExit(() => watcher.stop());
	const alice = new Wallet(net, "alice", { watcher });
	await net.fund(alice.address);
	for (let i = 0; i < coins; i++)
		await net.deposit(alice.signer, ONE);
	await waitFor("the deposits to be credited", async () =>
		(await net.call("status.get")).data.coins >= coins);
	return alice;
}

/** While one payment waits for the operator, another of the same wallet and all
 * that come at once are made one after the other, or not at all. */
async function twoPaymentsOfOneWallet(t, net) {
	const alice = await walletOf(t, net, 8);
	const words = ["send", ethers.Wallet.createRandom().address, "0.5eth", "--json"];
	let submitted = () => {};
	const slow = createServer(async (request, response) => {
		const parts = await request.toArray();
		if (request.url === "/transaction.submit")
			await new Promise((go) => submitted(go));
		const answer = await fetch(`${net.url}${request.url}`, { method: "POST",
			headers: { "content-type": "application/json" },
			body: Buffer.concat(parts) });
		response.end(await answer.text());
	});
	await new Promise((ready) => slow.listen(0, "127.0.0.1", ready));
	t.atExit(() => slow.close());
	const holds = new Promise((held) => {
		submitted = held;
	});
	const first = new Process(net.file("first.log"), program("plasma-wallet"),
		[...words, ...alice.args().map((word) => (word === net.url ?
			`http://127.0.0.1:${slow.address().port}` : word))]);
	net.processes.push(first);
	const goOn = await Promise.race([holds, first.ended]);
	if (!first.alive)
		throw new Error(first.said);
	const second = await run(program("plasma-wallet"), [...words, ...alice.args()]);
	t.ok("a second payment of a wallet is refused and told who writes",
		second.status === 75 && second.stderr.includes(`${first.child.pid}`),
		`${second.status} ${second.stderr}`);
	goOn();
	t.equal("the first is made", await first.ended, 0);
	const atOnce = await Promise.all(Array.from({ length: 6 }, () =>
		run(program("plasma-wallet"), [...words, ...alice.args()])));
	const made = atOnce.filter(({ status }) => status === 0);
	t.note(`${made.length} of 6 payments at once are made`);
	t.ok("of payments at once one is made, and more only one by one", made.length > 0 &&
		atOnce.every(({ status }) => [0, 75].includes(status)),
	atOnce.map(({ status, stderr }) => `${status} ${stderr}`).join(""));
	const hashes = [first.said, ...made.map(({ stdout }) => stdout)]
		.map((said) => JSON.parse(said).transaction);
	const kept = JSON.stringify(await alice.ask("history"));
	t.ok("and each that was made is remembered", hashes.every((hash) =>
		/^0x[0-9a-f]{64}$/.test(hash) && kept.includes(hash)), `${hashes} ${kept}`);
}

/** The databases of a wallet, and the one of its signatures, which to lose would
 * be to sign a coin away twice. */
async function newerDatabasesOfAWallet(t, net) {
	const alice = await walletOf(t, net, 2);
	const words = ["send", ethers.Wallet.createRandom().address, "0.5eth"];
	const pay = () => run(program("plasma-wallet"), [...words, ...alice.args()]);
	t.equal("wallet: it pays", (await pay()).status, 0);
	for (const name of ["wallet.db", "signed.db"]) {
		const path = join(alice.dir, name);
		const { before, newer } = makeNewer(path);
		const refused = await pay();
		t.ok(`${name}: it is refused by name`, ![0, 75].includes(refused.status) &&
			refused.stderr.includes(name) && NEWER.test(refused.stderr),
		`${refused.status} ${refused.stderr}`);
		t.ok(`${name}: and is what it was`, readFileSync(path).equals(newer));
		writeFileSync(path, before);
	}
	const again = await pay();
	t.equal("wallet: its own are taken", again.status, 0);
}

const YEAR = 31557600;

/** Alice has to challenge one exit and to leave for another block, whatever her
 * watcher's clock says. */
async function watchersOfWrongClocks(t) {
	const world = await World.start(t, { people: ["Alice", "Mallory"] });
	const alices = await world.deposit("Alice", ONE);
	const coin = await world.deposit("Mallory", ONE);
	await world.block([world.pay([coin], [["Alice", ONE]])]);
	const frozen = `@${Math.floor(Date.now() / 1000) - 1000}`;
	const clocks = [["right", 0], ["ahead", YEAR], ["behind", -YEAR], ["frozen", frozen]];
	const watchers = clocks.map(([name, clock]) => [name, clock, clocked(t, world, name)]);
	for (const [name, clock, check] of watchers)
		t.equal(`${name}: a clock that is always so is no alarm`, (await check(clock)).code, 0);

	const jumps = clocked(t, world, "jumps");
	for (const clock of [0, 1, 0, -1])
		t.equal(`${clock}: a leap second is none`, (await jumps(clock)).code, 0);
	const ahead = await jumps(YEAR);
	t.ok("a jump ahead looks like a long sleep", ahead.code === 2 &&
		/PLW-024 stalled_watcher/.test(ahead.line), ahead.line);
	const back = await jumps(0);
	t.ok("a jump back is named", back.code === 1 &&
		/^WARNING - the wall clock is wrong: the last pass lies ahead of it/.test(back.line),
		back.line);
	t.equal("once", (await jumps(0)).code, 0);
	await world.follow();
	const foreign = clocked(t, world, "foreign", { snapshot: world.net.snapshot });
	t.equal("the snapshot of another machine is fresh", (await foreign(0)).code, 0);
	for (let i = 0; i < 2; i++) {
		const poll = await foreign(-YEAR);
		t.ok("its last good poll ahead of our clock is named as long as it is", poll.code === 1 &&
			/^WARNING - the wall clock is wrong: the last good poll lies ahead of it/
				.test(poll.line), poll.line);
	}

	await world.game("Mallory").startStandardExit(coin);
	await world.badBlock("payment_without_inputs");
	await world.net.mine(3);
	const printed = [];
	for (const [name, clock, check] of watchers) {
		const { code, actions } = await check(clock);
		t.equal(`${name}: the alarm stands`, code, 2);
		printed.push(actions);
	}
	t.ok("with the right clock there is something to do", printed[0].length > 1, printed[0]);
	for (const [i, [name]] of watchers.entries())
		t.equal(`${name}: it is the same, to the byte`, printed[i], printed[0]);

	for (const clock of [YEAR, -YEAR, 0, frozen, YEAR]) {
		await jumps(clock, "do");
		await world.net.mine(3);
	}
	t.equal("a clock that jumps at every pass keeps nobody from answering and leaving", [
		(await world.game("Mallory").standardExit(coin.raw, coin.at)).exitable,
		(await world.game("Alice").standardExit(alices.raw, alices.at)).exitable],
	[false, true]);
}
