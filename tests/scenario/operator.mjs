// SPDX-License-Identifier: MIT
//
// The honest operator under attack and in accidents: groups D, F and H.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";

import { ethers } from "ethers";

import {
	hashOf, merkleTree, position, rawDeposit, readBody, sign,
} from "../support/child_chain.mjs";
import { startProxy } from "../support/chaos_proxy.mjs";
import { ExitGame } from "../support/exit_game.mjs";
import { Process, program, run, startNet, waitFor } from "../support/operator_net.mjs";
import { PowerCut, preload } from "../support/power_cut.mjs";
import { World } from "../support/world.mjs";

const ONE = 10n ** 18n;
const needs = ["plasma-rootchain", "plasma-operator"];

/** A running operator and Alice, who has a coin. */
class Chain {
	static async start(t, { env = {}, anvil = [], coins = 1 } = {}) {
		const chain = new Chain();
		chain.net = await startNet({ anvil });
		t.atExit((failed) => chain.net.close(failed && process.env.KEEP === "yes"));
		chain.env = env;
		await chain.net.deploy();
		await chain.net.startFollower();
		await chain.net.startOperator(env);
		chain.alice = await chain.net.person();
		chain.coins = [];
		for (let i = 0; i < coins; i++)
			chain.coins.push({ at: await chain.net.deposit(chain.alice, ONE), amount: ONE });
		await waitFor("the deposits to be credited", async () =>
			(await chain.status()).coins >= coins);
		return chain;
	}

	async status() {
		return (await this.net.call("status.get")).data;
	}

	/** A payment of one coin back to Alice: its bytes and its hash. */
	async payment({ at, amount }, fee = 1n) {
		const payment = { inputs: [at],
			outputs: [{ owner: this.alice.address, amount: amount - fee }] };
		return { bytes: await sign(this.net.network.plasma_framework, payment,
			[this.alice]), hash: hashOf(payment) };
	}

	/** Pays with coin `index`, which is then the new one. */
	async pay(index = 0) {
		const { bytes, hash } = await this.payment(this.coins[index]);
		const answer = await this.net.submit(bytes);
		if (!answer.success)
			throw new Error(answer.data.code);
		this.coins[index] = { at: position(answer.data.blknum, answer.data.txindex),
			amount: this.coins[index].amount - 1n };
		return { hash, ...answer.data };
	}

	async restart(env = {}) {
		await this.net.startOperator({ ...this.env, ...env });
	}
}

/** The operator gets no descriptor any more, then again as many as it likes. */
async function descriptorsRunOut(t) {
	const chain = await Chain.start(t, { coins: 12 });
	const { net } = chain;
	const { pid } = net.operator.child;
	const limit = (most) =>
		execFileSync("prlimit", ["--pid", String(pid), `--nofile=${most}:4096`]);
	limit(readdirSync(`/proc/${pid}/fd`).length + 2);
	const sockets = Array.from({ length: 50 }, () =>
		connect(net.port, "127.0.0.1").on("error", () => {}));
	const paid = [];
	for (let i = 0; i < 10; i++) {
		const answer = await Promise.race([chain.pay(i).catch(() => null),
			new Promise((done) => setTimeout(done, 1000, null))]);
		if (answer !== null)
			paid.push(answer);
	}
	t.ok("without descriptors not everybody is heard", paid.length < 10);
	if (net.operator.child.exitCode === null)
		limit(4096);
	else
		await chain.restart();
	sockets.forEach((socket) => socket.destroy());
	await waitFor("a payment to be taken again", async () => {
		paid.push(await chain.pay(11));
		return true;
	});
	await net.call("block.form");
	await net.committed(paid.at(-1).blknum);
	for (const { blknum, txindex, hash } of paid)
		t.equal("a payment that was acknowledged stands where it was promised",
			ethers.keccak256(readBody(await net.body(
				await net.rootOf(blknum)))[txindex].raw), hash);
}

/** With ever more threads that can be made each daemon ends and names what it
 * lacks, until it runs; what was there before is there after it. */
async function threadsRunOut(t) {
	const chain = await Chain.start(t);
	const { net } = chain;
	const { blknum, txindex, hash } = await chain.pay();
	await net.committed(blknum);
	const network = ["--network", net.file("net.conf")];
	const words = {
		rootchain: ["follow", ...network, "--root-rpc", net.node.url,
			"--datadir", net.file("threads")],
		watcher: ["run", ...network, "--snapshot", net.snapshot, "--source", net.url,
			"--datadir", net.file("watcher"), "--listen", "127.0.0.1:0"],
		operator: net.operatorArgs(),
	};
	for (const [name, given] of Object.entries(words)) {
		if (name === "operator")
			await net.operator.stop();
		const wrong = [];
		let threads = 0;
		for (; threads < 64; threads++) {
			const log = net.file(`${name}-${threads}.log`);
			const one = new Process(log, program(`plasma-${name}`), given,
				{ ...preload(net, "failing_threads"), FAILING_THREADS: `${threads}` });
			net.processes.push(one);
			await waitFor(`${name} to run or to end`, () =>
				!one.alive || one.said.includes('event="ready"'));
			if (one.alive) {
				const status = await one.stop();
				if (status !== 0 && !/cannot make a thread/.test(one.said))
					wrong.push(`${threads}, stopped: ${status} ${one.said}`);
				break;
			}
			if (![70, 74, 75].includes(one.status) ||
				!/cannot make a thread/.test(one.said))
				wrong.push(`${threads}: ${one.status} ${one.said}`);
		}
		t.note(`${name}: ${threads} threads and it runs`);
		t.ok(`without threads the ${name} ends and says so`, threads > 0 &&
			wrong.length === 0, wrong.join("\n"));
	}
	await chain.restart();
	t.equal("and the payment stands where it was promised", ethers.keccak256(
		readBody(await net.body(await net.rootOf(blknum)))[txindex].raw), hash);
	t.ok("and the next one is taken", await net.committed((await chain.pay()).blknum));
}

/** One request from another address of this machine. */
function from(address, port, path, body) {
	return new Promise((done, fail) => {
		const sent = request({ host: "127.0.0.1", port, path, method: "POST",
			localAddress: address, agent: new Agent({ keepAlive: false }) }, (answer) => {
			let text = "";
			answer.on("data", (part) => {
				text += part;
			});
			answer.on("end", () => done(text));
		});
		sent.on("error", fail);
		sent.end(body);
	});
}

/** Everything that comes back for bytes on a connection, until it is closed. */
function exchange(port, bytes) {
	return new Promise((done, fail) => {
		const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
		let got = "";
		socket.on("data", (part) => {
			got += part;
		});
		socket.on("close", () => done(got));
		// It may be closed before all is sent.
		socket.on("error", (error) =>
			(["ECONNRESET", "EPIPE"].includes(error.code) ? done(got) : fail(error)));
	});
}

/** A disk that fails when told to; with a reserve, the file of that name, it has
 * room again when that is gone. */
function failingDisk(net, reserve) {
	const flag = net.file("failing");
	return { env: { ...preload(net, "failing_disk"), FAILING_DISK: flag,
		...(reserve && { FAILING_DISK_RESERVE: reserve }) },
	fail: (word) => writeFileSync(flag, word), mend: () => rmSync(flag) };
}

/** The disk fails in the middle of payments: 74, and nothing acknowledged is
 * lost. */
async function diskFails(t, word) {
	const chain = await Chain.start(t, {
		env: { PLASMA_OPERATOR_BLOCK_INTERVAL_MS: "3600000" } });
	const disk = failingDisk(chain.net);
	await chain.net.operator.stop();
	await chain.restart(disk.env);
	const first = await chain.pay();
	disk.fail(word);
	const before = { ...chain.coins[0] };
	const answer = await chain.pay().catch((error) => error);
	t.ok("a payment that is not on disk is not acknowledged", answer instanceof Error,
		JSON.stringify(answer));
	chain.coins[0] = before;
	t.equal("the program ends with 74", await chain.net.operator.ended, 74);
	disk.mend();
	await chain.restart(disk.env);
	const code = await chain.net.submitCode((await chain.payment(before)).bytes);
	t.ok("after a clean start the payment is there or can be sent again",
		["accepted", "submit:input_spent"].includes(code), code);
	await chain.net.call("block.form");
	const root = await chain.net.committed(first.blknum);
	const hashes = readBody(await chain.net.body(root))
		.map(({ raw }) => ethers.keccak256(raw));
	t.equal("what was acknowledged before stands where it was promised",
		hashes[first.txindex], first.hash);
}

/** Nothing is free on the disk of a watcher when its owner's money depends on a
 * challenge. */
async function fullDiskOfAWatcher(t) {
	const world = await World.start(t, { people: ["Alice", "Mallory"] });
	await world.deposit("Alice", ONE);
	const coin = await world.deposit("Mallory", ONE);
	await world.block([world.pay([coin], [["Alice", ONE]])]);
	const watcher = await world.watcher("Alice");
	const reserve = join(watcher.dir, "RESERVE");
	const disk = failingDisk(world.net, reserve);
	watcher.env = disk.env;
	await watcher.check();
	t.ok("the watcher keeps a reserve", existsSync(reserve));
	const game = world.game("Mallory");
	await game.startStandardExit(coin);
	await world.block([world.pay([await world.deposit("Alice", ONE)], [["Alice", ONE]])]);
	await world.net.mine(3);
	disk.fail("full");
	const pass = await watcher.check();
	t.ok("it gives the reserve up", !existsSync(reserve), pass.why);
	t.equal("the exit is challenged",
		(await game.standardExit(coin.raw, coin.at)).exitable, false);
	t.ok("and the disk is said to be full", pass.code !== 0 &&
		/event="the disk is full: the reserve is given up"/.test(pass.why), pass.line);
	await world.net.mine(3);
	const after = await watcher.check();
	t.ok("new blocks wait", after.code === 3 && /the disk is full/.test(after.line) &&
		/block=1000 /.test(after.line), after.line);
	disk.mend();
	const last = await watcher.check();
	t.ok("with room for it there is a reserve again, and all is verified",
		last.code === 0 && existsSync(reserve) && /block=2000 /.test(last.line),
		last.line);
}

/** Three who pay and one who sends without a fee all the time, each from an address
 * of its own: how evenly the places are shared (Jain's index: 1 if all have as many,
 * 1/3 if one has all), and whether anybody is overtaken. */
async function sharesPlaces(t, chain) {
	const { net } = chain;
	const [idle, ...payers] = chain.coins;
	const end = payers.length * 30;
	const counts = payers.map(() => 0);
	const accepted = [];
	const refused = new Set();
	let spam = 0;
	const submit = async (address, bytes) => JSON.parse(await from(address, net.port,
		"/transaction.submit", JSON.stringify({ transaction: bytes })));
	const isOver = () => accepted.length >= end;
	const bad = (await chain.payment(idle, 0n)).bytes;
	const spammer = async () => {
		for (; !isOver(); spam++)
			refused.add((await submit("127.0.0.9", bad)).data.code);
	};
	const payer = async (coin, index) => {
		while (!isOver()) {
			const { bytes } = await chain.payment(coin);
			const asked = performance.now();
			const { success, data } = await submit(`127.0.0.${10 + index}`, bytes);
			if (!success)
				throw new Error(data.code);
			coin.at = position(data.blknum, data.txindex);
			coin.amount -= 1n;
			counts[index]++;
			accepted.push({ at: coin.at, asked, answered: performance.now() });
		}
	};
	await Promise.all([...payers.map(payer), spammer(), spammer()]);
	const sum = counts.reduce((a, b) => a + b);
	const jain = sum ** 2 / (counts.length * counts.reduce((a, b) => a + b * b, 0));
	t.note(`places ${counts}, Jain's index ${jain.toFixed(3)}, ${spam} without a fee`);
	t.ok("everybody has as many places", jain > 0.9, `${counts}`);
	t.equal("and who pays nothing has none", [...refused], ["submit:fees_not_covered"]);
	t.equal("who was answered before another asked has the place before",
		accepted.filter((one) => accepted.some((other) =>
			other.answered < one.asked && BigInt(other.at) > BigInt(one.at))).length, 0);
}

/** The same life of the operator again and again, each ended at another of its
 * calls: it starts with a payment that a life before acknowledged, takes another,
 * forms a block of both and gets the root mined. */
class Lives {
	static async start(t) {
		const lives = new Lives();
		lives.chain = await Chain.start(t, { coins: 2,
			env: { PLASMA_OPERATOR_BLOCK_INTERVAL_MS: "3600000" } });
		const { net } = lives.chain;
		lives.proxy = await startProxy(net.node.url);
		t.atExit(() => lives.proxy.close());
		lives.proxy.recording = true;
		net.rootRpc = lives.proxy.url;
		lives.cut = new PowerCut(net, net.file("operator"));
		lives.nextBlknum = 1000;
		lives.places = new Map(); // hash -> positions
		lives.wrong = []; // what must not be
		return lives;
	}

	async commit() {
		const { net } = this.chain;
		await net.call("block.form");
		await waitFor("every block to be mined", async () => {
			if (!net.operator.alive)
				return true;
			const { waiting, open_child_block_number: open } = await this.chain.status();
			return waiting === 0 && await net.rootOf(open - 1000) !== ethers.ZeroHash;
		});
		if (!net.operator.alive)
			throw new Error("it ended");
	}

	/** Where each transaction stands in what is on the root chain. */
	async readBlocks() {
		const { net } = this.chain;
		for (;; this.nextBlknum += 1000) {
			const root = await net.rootOf(this.nextBlknum);
			if (root === ethers.ZeroHash)
				return;
			const raws = readBody(await net.body(root)).map(({ raw }) => raw);
			if (merkleTree(raws).root !== root)
				this.wrong.push(`block ${this.nextBlknum}: the body has another root`);
			raws.map((raw) => ethers.keccak256(raw)).forEach((hash, i) =>
				this.places.set(hash, [...this.places.get(hash) ?? [],
					position(this.nextBlknum, i)]));
		}
	}

	/** One life that ends at `point`; true if it came to it. */
	async end(point, losesPower) {
		const { chain, cut, chain: { net } } = this;
		const first = await chain.pay(0);
		const coin = { ...chain.coins[1] };
		const second = await chain.payment(coin);
		await net.operator.stop("SIGKILL");
		let acknowledged = false;
		cut.arm();
		try {
			await chain.restart(cut.env(point));
			acknowledged = (await net.submit(second.bytes)).success;
			await this.commit();
		} catch (error) {
			await waitFor(`the end of the life of «${error.message}»`,
				() => !net.operator.alive);
		}
		const came = !net.operator.alive;
		await net.operator.stop("SIGKILL");
		cut.disarm();
		if (losesPower)
			cut.losePower();
		await chain.restart();
		const code = await net.submitCode(second.bytes);
		if (code !== "submit:input_spent" && (acknowledged || code !== "accepted"))
			this.wrong.push(`${point}: a payment is ${code} after its ` +
				`${acknowledged ? "acknowledgement" : "loss"}`);
		await this.commit();
		await this.readBlocks();
		for (const { hash } of [first, second]) {
			if (this.places.get(hash)?.length !== 1)
				this.wrong.push(`${point}: a payment is in ` +
					`${this.places.get(hash)?.length ?? 0} places`);
		}
		chain.coins[1] = { at: this.places.get(second.hash)?.[0],
			amount: coin.amount - 1n };
		return came;
	}

	/** What was sent under each nonce, fees aside. */
	sentByNonce() {
		const sent = new Map();
		for (const { method, params } of this.proxy.seen) {
			if (method !== "eth_sendRawTransaction")
				continue;
			const { nonce, to, data } = ethers.Transaction.from(params[0]);
			sent.set(nonce, new Set(sent.get(nonce)).add(`${to} ${data}`));
		}
		return sent;
	}
}

/** Calls that a life of the operator cannot do without: payments, bodies and roots
 * on disk, what is asked of the root chain, what is answered. */
const PROMISES = ["write accepted/N.log", "fdatasync accepted/N.log", "fsync accepted",
	"unlink accepted/N.log", "write blocks/part", "fdatasync blocks/part",
	"rename blocks/HEX", "fsync blocks", "write operator.db-wal",
	"fdatasync operator.db-wal", "send request", "send answer"];

/** Ends a life at every FAULT_STRIDE-th point that it comes to; 1 takes all. */
async function endLives(t, losesPower, first) {
	const lives = await Lives.start(t);
	await lives.end("", losesPower);
	const points = lives.cut.points();
	const kinds = new Set(points.map((point) => point.replace(/ \d+$/, "")));
	t.equal("a life comes to all that keeps a promise",
		PROMISES.filter((kind) => !kinds.has(kind)), []);
	const stride = Number(process.env.FAULT_STRIDE ?? 4);
	const chosen = points.filter((_, i) => i % stride === first % stride);
	let came = 0;
	for (const point of chosen) {
		const reached = await lives.end(point, losesPower);
		t.note(`${reached ? "ended at" : "did not come to"} ${point}`);
		came += reached ? 1 : 0;
	}
	// What is asked of the root chain, and when, is not the same in every life.
	t.ok("nearly all of those chosen were reached", came > chosen.length * 0.8,
		`${came} of ${chosen.length}`);
	t.equal("no acknowledged payment is lost or in two places", lives.wrong, []);
	const sent = [...lives.sentByNonce().values()];
	t.ok("roots were sent in all lives", sent.length > chosen.length);
	t.ok("each nonce has carried one root for ever",
		sent.every((contents) => contents.size === 1));
}

/** An output of a transaction with an in-flight exit is frozen when it is
 * piggybacked, found by its transaction and not by what it looks like. */
async function freezesWhatIsPiggybacked(t) {
	const chain = await Chain.start(t, { coins: 2 });
	const { net, alice } = chain;
	const [{ at }] = chain.coins;
	const deposit = rawDeposit({ owner: alice.address, amount: ONE });
	const game = new ExitGame(net.network, alice);
	const [witnesses, ...fields] = ethers.decodeRlp((await chain.payment(chain.coins[0])).bytes);
	const raw = ethers.encodeRlp(fields);
	await chain.pay(0);
	// The same value, owner and index at another place.
	await net.committed((await chain.pay(1)).blknum);
	await net.mine(5);
	await game.startInFlightExit({ raw, witnesses,
		inputs: [{ raw: deposit, at, proof: merkleTree([deposit]).proofs[0] }] });
	await waitFor("the input to be frozen", async () => (await chain.status()).frozen === 1);
	await game.piggybackOutput(raw, 0);
	await waitFor("the output to be frozen", async () => (await chain.status()).frozen === 2);
	const [spend, twin] = [await chain.payment(chain.coins[0]), await chain.payment(chain.coins[1])];
	t.equal("a piggybacked output cannot be spent", await net.submitCode(spend.bytes),
		"submit:input_exiting");
	await net.operator.stop("SIGKILL");
	await chain.restart();
	t.equal("nor in the next life", await net.submitCode(spend.bytes), "submit:input_exiting");
	await net.node.rpc("anvil_reorg", [1, []]);
	await net.mine(1);
	await waitFor("the reorganisation to be seen", async () =>
		(await chain.status()).frozen === 1);
	t.equal("without the piggyback it can be spent", await net.submitCode(spend.bytes), "accepted");
	t.equal("and so could its twin all the time", await net.submitCode(twin.bytes), "accepted");
}

/** What was accepted and stands in no signed block yet when its coin's exit is
 * seen is in none later, either. */
async function losesWhatExitsBeforeItsBlock(t) {
	const chain = await Chain.start(t, { coins: 2,
		env: { PLASMA_OPERATOR_BLOCK_INTERVAL_MS: "3600000" } });
	const { net, alice } = chain;
	const [{ at }] = chain.coins;
	const raw = rawDeposit({ owner: alice.address, amount: ONE });
	await chain.pay(0);
	const kept = await chain.pay(1);
	await new ExitGame(net.network, alice).startStandardExit({ at, raw,
		proof: merkleTree([raw]).proofs[0] });
	await waitFor("the coin to be frozen", async () => (await chain.status()).frozen === 1);
	await net.call("block.form");
	const body = readBody(await net.body(await net.committed(1000)));
	// Behind the payment stands what the operator takes as its fee.
	t.equal("a payment that waits is lost when its coin exits, another is not",
		[body.length, ethers.keccak256(body[0].raw)], [2, kept.hash]);
}

/** What waits for a mirror is not committed yet, and loses what exits. */
async function losesWhatExitsWhileAMirrorIsAway(t) {
	let refuses = true;
	const mirror = createServer((request, response) => {
		request.resume();
		request.on("end", () => response.writeHead(refuses ? 503 : 201).end());
	}).listen(0, "127.0.0.1");
	t.atExit(() => {
		mirror.closeAllConnections();
		mirror.close();
	});
	await waitFor("the mirror to listen", () => mirror.listening);
	const chain = await Chain.start(t, { coins: 2,
		env: { PLASMA_OPERATOR_MIRROR_BEFORE_SEND: "yes",
			PLASMA_OPERATOR_MIRROR: `http://127.0.0.1:${mirror.address().port}` } });
	const { net, alice } = chain;
	const [{ at }] = chain.coins;
	const raw = rawDeposit({ owner: alice.address, amount: ONE });
	await chain.pay(0);
	const kept = await chain.pay(1);
	await net.call("block.form");
	await waitFor("the alarm of the mirror", async () =>
		(await net.call("alarm.get")).data.some((one) => one.mirror));
	await new ExitGame(net.network, alice).startStandardExit({ at, raw,
		proof: merkleTree([raw]).proofs[0] });
	await waitFor("the coin to be frozen", async () => (await chain.status()).frozen === 1);
	refuses = false;
	await net.call("block.form");
	const body = readBody(await net.body(await net.committed(1000)));
	t.equal("a block that waits for a mirror loses what exits, and nothing else",
		[body.length, ethers.keccak256(body[0].raw)], [2, kept.hash]);
}

/** A signed root cannot be taken back; when it would be mined too long after the
 * exit of what it spends, nothing more is signed and a person is called. */
async function haltsForARootThatIsTooLate(t) {
	const chain = await Chain.start(t, { env: { PLASMA_OPERATOR_MAX_FEE_GWEI: "100" } });
	const { net, alice } = chain;
	const { rpc } = net.node;
	const [{ at }] = chain.coins;
	const raw = rawDeposit({ owner: alice.address, amount: ONE });
	const halted = async () =>
		(await net.call("alarm.get")).data.some((one) => one.halted);
	const dear = () => rpc("anvil_setNextBlockBaseFeePerGas", [ethers.toQuantity(10n ** 12n)]);
	await dear();
	await net.mine();
	await chain.pay();
	await net.call("block.form");
	await waitFor("the root to be signed", async () =>
		(await chain.status()).last_formed_child_block_number === 1000);
	await dear();
	await new ExitGame(net.network, alice).startStandardExit({ at, raw,
		proof: merkleTree([raw]).proofs[0] });
	await waitFor("the coin to be frozen", async () => (await chain.status()).frozen === 1);
	const pass = async (seconds) => {
		await rpc("evm_increaseTime", [ethers.toQuantity(seconds)]);
		await dear();
		await net.mine();
		const number = await net.provider.getBlockNumber();
		await waitFor("the eth_block to be seen", async () =>
			(await chain.status()).last_seen_eth_block_number >= number);
	};
	await pass(82000);
	t.ok("within L of the exit the root may still be mined", !await halted());
	await pass(1000);
	await waitFor("the halt", halted);
	t.equal("the root is not mined", await net.rootOf(1000), ethers.ZeroHash);
	await net.operator.stop("SIGKILL");
	await net.startOperator(chain.env, [], "livez");
	await waitFor("the halt of the next life", halted);
}

export const scenarios = [{
	id: "D-08", title: "one root per number and nonce, whatever happens to the operator",
	needs,
	async run(t) {
		const chain = await Chain.start(t);
		const { net } = chain;
		await net.committed((await chain.pay()).blknum);
		await net.operator.stop("SIGKILL");
		cpSync(net.file("operator"), net.file("old"), { recursive: true });
		await chain.restart();
		await net.node.rpc("evm_setAutomine", [false]);
		const { blknum } = await chain.pay();
		const pending = async () => Object.entries((await net.node.rpc(
			"txpool_content", [])).pending).filter(([from_]) => from_.toLowerCase() ===
				net.authority.address.toLowerCase()).flatMap(([, all]) => Object.values(all));
		const [before] = await waitFor("the root in the pool", async () => {
			const all = await pending();
			return all.length > 0 && all;
		});
		for (let i = 0; i < 3; i++) {
			await net.operator.stop("SIGKILL");
			await chain.restart();
			await waitFor("another look at the pool", async () =>
				(await chain.status()).blocks_in_flight === 1);
		}
		t.equal("three kills later it is the same transaction",
			(await pending()).map(({ input, nonce }) => [input, nonce]),
			[[before.input, before.nonce]]);
		await net.node.rpc("evm_setAutomine", [true]);
		await net.mine();
		await net.committed(blknum);
		await net.operator.stop("SIGKILL");
		rmSync(net.file("operator"), { recursive: true });
		cpSync(net.file("old"), net.file("operator"), { recursive: true });
		const old = await run(program("plasma-operator"), net.operatorArgs(), {
			env: { ...process.env, PLASMA_OPERATOR_DEPOSIT_FINALITY: "1" } });
		t.equal("an old copy of the data refuses to start", old.status, 1);
		t.ok("and says why", /the contract has block/.test(old.stderr), old.stderr);
	},
}, {
	id: "F-01", title: "killed before any of its calls: nothing is lost, nothing twice",
	needs,
	run: (t) => endLives(t, false, 0),
}, {
	id: "F-02", title: "power fails before any of its calls: what was synced is enough",
	needs,
	run: (t) => endLives(t, true, 1),
}, {
	id: "F-03", title: "a full disk: nothing is acknowledged that is not on it, exits are challenged",
	needs: [...needs, "plasma-watcher"],
	async run(t) {
		await diskFails(t, "full");
		await fullDiskOfAWatcher(t);
	},
}, {
	id: "F-04", title: "a disk that cannot sync: end with 74, never sync again",
	needs,
	run: (t) => diskFails(t, "sync"),
}, {
	id: "F-18", title: "a storm of signals and clients that go away cost nobody a payment",
	needs: [...needs, "plasma-watcher"],
	async run(t) {
		const chain = await Chain.start(t);
		const { net } = chain;
		const { bytes } = await chain.payment({ at: position(99000), amount: ONE });
		const body = JSON.stringify({ transaction: bytes });
		const request = `POST /transaction.submit HTTP/1.1\r\nHost: x\r\n` +
			`Content-Length: ${body.length}\r\n\r\n${body}`;
		const paid = [];
		for (let i = 0; i < 20; i++) {
			for (const signal of ["SIGPIPE", "SIGHUP", "SIGUSR1"])
				for (let j = 0; j < 10; j++)
					net.operator.child.kill(signal);
			// Its answer finds nobody.
			const socket = connect(net.port, "127.0.0.1", () =>
				socket.write(request, () => socket.resetAndDestroy()));
			socket.on("error", () => {});
			paid.push(await chain.pay());
		}
		await net.call("block.form");
		await net.committed(paid.at(-1).blknum);
		const found = [];
		for (const { blknum, txindex, hash } of paid)
			found.push(ethers.keccak256(readBody(await net.body(
				await net.rootOf(blknum)))[txindex].raw) === hash);
		t.equal("every payment stands where it was promised", found, paid.map(() => true));
		t.ok("in more than one block", paid.at(-1).blknum > paid[0].blknum);
		t.equal("and the operator ends as it was asked to",
			await net.operator.stop("SIGTERM"), 0);
		await descriptorsRunOut(t);
		await threadsRunOut(t);
	},
}, {
	id: "H-01", title: "two thousand half-open connections stop no block, and are cut",
	needs,
	async run(t) {
		const chain = await Chain.start(t);
		const sockets = [];
		let closed = 0;
		const open = (localAddress) => {
			const socket = connect({ port: chain.net.port, host: "127.0.0.1",
				localAddress }, () =>
				socket.write("POST /transaction.submit HTTP/1.1\r\nHost: x\r\nContent-Le"));
			socket.on("error", () => {});
			socket.on("close", () => {
				closed++;
			});
			sockets.push(socket);
		};
		for (let i = 0; i < 1000; i++)
			open("127.0.0.9");
		t.atExit(() => sockets.forEach((socket) => socket.destroy()));
		await waitFor("those above the limit of one address to be cut", () =>
			closed >= 400);
		for (let i = 0; i < 1000; i++)
			open(`127.0.1.${1 + i % 100}`);
		for (let i = 0; i < 5; i++)
			t.ok("a block is paid and committed beside them",
				await chain.net.committed((await chain.pay()).blknum));
		t.equal("and health is answered", (await fetch(`${chain.net.url}/livez`)).status, 200);
		// Far sooner than the silent ones' time is over.
		for (let i = 0; i < 20; i++) {
			open(`127.0.1.${1 + i}`);
			const answer = await Promise.race([
				from(`127.0.0.${10 + i}`, chain.net.port, "/status.get", "{}"),
				new Promise((done) => setTimeout(done, 5000, "nothing in 5 s"))]);
			t.ok("somebody new is answered at once", /"success":true/.test(answer), answer);
		}
		await waitFor("every half-open connection to be cut", () => closed === 2020, 120);
	},
}, {
	id: "H-02", title: "a flood of bad payments stops no honest one",
	needs,
	async run(t) {
		// What honest payments wait for beside it is a figure of bench-operator.
		const limit = 20;
		const chain = await Chain.start(t, { coins: 2, env: {
			PLASMA_OPERATOR_REFUSED_PER_SECOND: `${limit}` } });
		const framework = chain.net.network.plasma_framework;
		const stranger = ethers.Wallet.createRandom();
		const bad = [];
		for (let i = 0; i < 1000; i++) {
			// Nine in ten have an input that nobody has.
			const at = i % 10 === 0 ? chain.coins[1].at : position(900000 + i * 1000);
			bad.push(await sign(framework, { inputs: [at],
				outputs: [{ owner: stranger.address, amount: 1000n + BigInt(i) }] },
			[stranger]));
		}
		const body = ethers.getBytes(ethers.concat(bad));
		const counts = {};
		let stopped = false;
		const began = performance.now();
		const flood = (async () => {
			while (!stopped) {
				const text = await from("127.0.0.2", chain.net.port, "/transactions", body);
				for (const line of text.trim().split("\n")) {
					const { code = "accepted" } = JSON.parse(line);
					counts[code] = (counts[code] ?? 0) + 1;
				}
			}
		})();
		for (let i = 0; i < 100; i++)
			await chain.pay();
		stopped = true;
		await flood;
		t.note(JSON.stringify(counts));
		t.ok("a hundred honest payments are accepted beside it", true);
		const { "submit:signature_wrong_owner": recovered = 0,
			"submit:too_many_refused": limited = 0,
			"submit:input_unknown": unknown = 0, ...rest } = counts;
		t.equal("every bad one has its code", rest, {});
		t.equal("nine in ten are refused for their input, unseen their signer",
			unknown, 9 * recovered);
		t.ok("and then the address meets its limit", limited > 0);
		const seconds = (performance.now() - began) / 1000;
		t.ok("signers of the others are recovered up to the limit of the address",
			recovered > 0 && recovered <= limit * (seconds + 2) + 100,
			`${recovered} in ${seconds} s`);
	},
}, {
	id: "H-04", title: "a request that can be read in two ways is not read at all",
	needs,
	async run(t) {
		const chain = await Chain.start(t);
		const { net } = chain;
		const said = net.operator.said.length;
		const head = "HTTP/1.1\r\nHost: x\r\n";
		const post = `POST /fees.all ${head}`;
		const hidden = `GET /livez ${head}\r\n`;
		const chunked = "Transfer-Encoding: chunked\r\n";
		const cases = [
			["a length and chunks", 400,
				`${post}Content-Length: 6\r\n${chunked}\r\n0\r\n\r\n${hidden}`],
			["chunks and a length", 400,
				`${post}${chunked}Content-Length: 6\r\n\r\n0\r\n\r\n${hidden}`],
			["two lengths", 400,
				`${post}Content-Length: 2\r\nContent-Length: 50\r\n\r\n{}${hidden}`],
			["another encoding", 400,
				`${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`],
			["an encoding in an encoding", 400,
				`${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n${hidden}`],
			["a blank before the colon", 400,
				`${post}Content-Length : ${hidden.length}\r\n\r\n${hidden}`],
			["a negative length", 400, `${post}Content-Length: -1\r\n\r\n${hidden}`],
			["a length with a sign", 400, `${post}Content-Length: +2\r\n\r\n{}${hidden}`],
			["a length beyond all numbers", 413,
				`${post}Content-Length: ${"9".repeat(30)}\r\n\r\n${hidden}`],
			["a gigabyte that waits for its go", 413,
				`${post}Expect: 100-continue\r\nContent-Length: 1073741824\r\n\r\n`],
			["a chunk that has no length", 400, `${post}${chunked}\r\nzz\r\n{}\r\n`],
			["a chunk beyond all numbers", 413,
				`${post}${chunked}\r\n${"f".repeat(17)}\r\n{}\r\n`],
			["a header of 100,000 bytes", 431,
				`GET /livez ${head}X: ${"a".repeat(100000)}\r\n\r\n`],
			["20,000 headers", 431, `GET /livez ${head}${"X: y\r\n".repeat(20000)}\r\n`],
			["a path of 100,000 bytes", 414, `GET /${"a".repeat(100000)} ${head}\r\n`],
			["no version", 400, "GET /livez\r\n\r\n"],
			["a version to come", 505, `GET /livez HTTP/3.7\r\nHost: x\r\n\r\n`],
		];
		for (const [name, status, bytes] of cases) {
			const got = await exchange(net.port, bytes);
			// libmicrohttpd 0.9.75 says what is wrong with a length twice.
			t.equal(`${name} is refused, and what is behind it is not read`,
				[...new Set([...got.matchAll(/^HTTP\/1\.1 (\d+)/gm)]
					.map(([, one]) => Number(one)))], [status]);
		}
		t.equal("what is written another way is another path", [
			(await fetch(`${net.url}/livez`)).status,
			(await fetch(`${net.url}/livez%00`)).status,
			(await fetch(`${net.url}/%6civez`)).status], [200, 405, 405]);
		const last = `GET /livez ${head}Connection: close\r\n\r\n`;
		const several = await exchange(net.port,
			`${hidden}${post}${chunked}\r\n2;a=b\r\n{}\r\n0\r\n\r\n${last}`);
		t.equal("requests behind one another are answered in order",
			[...several.matchAll(/alive|"success":true/g)].map(([one]) => one),
			["alive", '"success":true', "alive"]);
		t.equal("strangers write nothing into the log", net.operator.said.slice(said), "");
		await chain.pay();
	},
}, {
	id: "H-05", title: "a body is immutable by its root, for caches and for ever",
	needs,
	async run(t) {
		const chain = await Chain.start(t);
		const { net } = chain;
		const root = await net.committed((await chain.pay()).blknum);
		const url = () => `${net.url}/blocks/${root.slice(2)}`;
		const first = Buffer.from(await net.body(root)).toString("hex");
		for (let i = 0; i < 3; i++)
			await net.committed((await chain.pay()).blknum);
		await net.operator.stop("SIGKILL");
		await chain.restart();
		t.equal("after more blocks and another life it is the same",
			Buffer.from(await net.body(root)).toString("hex"), first);
		const part = await fetch(url(), { headers: { range: "bytes=3-9" } });
		t.equal("a part of it is that part", [part.status,
			part.headers.get("content-range"),
			Buffer.from(await part.arrayBuffer()).toString("hex")],
		[206, `bytes 3-9/${first.length / 2}`, first.slice(6, 20)]);
		const again = await fetch(url(), { headers: { "if-none-match": `"${root.slice(2)}"` } });
		t.equal("a cache that has it is told so", again.status, 304);
		writeFileSync(net.file(`operator/blocks/${root.slice(2)}`), "poison");
		const verified = await run(program("plasma-operator"),
			["block", "verify", "--datadir", net.file("operator")]);
		t.equal("a body that was changed on disk is found", verified.status, 1);
	},
}, {
	id: "H-06", title: "a coin is frozen as soon as its exit is seen, and thaws with it",
	needs,
	async run(t) {
		// Deposits are final at once, exits are looked at long before.
		const chain = await Chain.start(t);
		const { net, alice } = chain;
		const raw = rawDeposit({ owner: alice.address, amount: ONE });
		const game = new ExitGame(net.network, alice);
		const { bytes } = await chain.payment(chain.coins[0]);
		await net.mine(5);
		await game.startStandardExit({ at: chain.coins[0].at, raw,
			proof: merkleTree([raw]).proofs[0] });
		await waitFor("the coin to be frozen", async () => (await chain.status()).frozen === 1);
		t.equal("its spending is refused", await net.submitCode(bytes), "submit:input_exiting");
		await net.operator.stop("SIGKILL");
		await chain.restart();
		t.equal("in the next life, too", await net.submitCode(bytes), "submit:input_exiting");
		await net.node.rpc("anvil_reorg", [1, []]);
		await net.mine(1);
		await waitFor("the reorganisation to be seen", async () =>
			(await chain.status()).frozen === 0);
		t.equal("without the exit it can be spent", await net.submitCode(bytes), "accepted");
		t.ok("and is committed", await net.committed(1000));
		await freezesWhatIsPiggybacked(t);
		await losesWhatExitsBeforeItsBlock(t);
		await losesWhatExitsWhileAMirrorIsAway(t);
		await haltsForARootThatIsTooLate(t);
	},
}, {
	id: "H-07", title: "a wrong fee file leaves the old one in force, and says why",
	needs,
	async run(t) {
		const chain = await Chain.start(t, { coins: 3 });
		const { net } = chain;
		const zero = ethers.ZeroAddress;
		const fee = async () => (await net.call("fees.all")).data["1"]
			.map(({ currency, amount }) => [currency, amount]);
		const wrong = [
			["is cut off", '{"1":{'],
			["is empty", ""],
			["has a number for an amount", `{"1":{"${zero}":{"amount":1}}}`],
			["has an amount of nothing", `{"1":{"${zero}":{"amount":"0"}}}`],
			["has a token twice",
				`{"1":{"${zero}":{"amount":"1"},"${zero}":{"amount":"1"}}}`],
			["names no token", '{"1":{"ETH":{"amount":"1"}}}'],
			["has an unknown member", `{"1":{"${zero}":{"amount":"1","x":1}}}`],
			["has another type", `{"2":{"${zero}":{"amount":"1"}}}`],
			["has a token that nobody knows", `{"1":{"${zero}":{"amount":"1"},` +
				`"0x${"ab".repeat(20)}":{"amount":"1"}}}`],
			["changes by more than a factor of two", `{"1":{"${zero}":{"amount":"3"}}}`],
		];
		for (const [name, text] of wrong) {
			const said = net.operator.said.length;
			writeFileSync(net.file("fees.json"), text);
			net.operator.child.kill("SIGHUP");
			await waitFor(`a word about a file that ${name}`, () =>
				/the fees stay as they are.*reason=/.test(net.operator.said.slice(said)));
			t.equal(`a file that ${name} leaves the table as it was`, await fee(), [[zero, 1]]);
		}
		t.ok("the unknown token is named",
			/fees: token 0x(ab){20} is unknown: /i.test(net.operator.said));
		net.writeFees({ [zero]: "2" });
		net.operator.child.kill("SIGHUP");
		await waitFor("the new fee", async () => (await fee())[0][1] === 2);
		const code = async (index, amount) =>
			net.submitCode((await chain.payment(chain.coins[index], amount)).bytes);
		t.equal("a good one is taken", await code(0, 2n), "accepted");
		t.equal("the amount before is taken for a while", await code(1, 1n), "accepted");
		t.equal("another is not", await code(2, 3n), "submit:overpaying_fees");
		net.writeFees({ [zero]: "50" });
		await net.operator.stop("SIGTERM");
		await chain.restart({ PLASMA_OPERATOR_FEE_MAX_FACTOR: "10" });
		t.equal("a start takes any amount", await fee(), [[zero, 50]]);
		net.writeFees({ [zero]: "501" });
		net.operator.child.kill("SIGHUP");
		await waitFor("a word about a factor above ten", () =>
			/by more than a factor of 10/.test(net.operator.said));
		net.writeFees({ [zero]: "500" });
		net.operator.child.kill("SIGHUP");
		await waitFor("a fee of ten times as much", async () => (await fee())[0][1] === 500);
	},
}, {
	id: "H-08", title: "a full block refuses nobody, and keeps the order",
	needs,
	async run(t) {
		const chain = await Chain.start(t, { coins: 4, env: {
			PLASMA_OPERATOR_BLOCK_PAYMENTS: "5",
			PLASMA_OPERATOR_BLOCK_INTERVAL_MS: "3600000" } });
		const { net } = chain;
		const places = [];
		const refused = new Set();
		for (let i = 0; i < 21; i++) {
			// Who pays no fee takes nobody's place.
			refused.add(await net.submitCode(
				(await chain.payment(chain.coins[i % 3], 0n)).bytes));
			const { blknum, txindex, hash } = await chain.pay(i % 3);
			places.push({ blknum, txindex, hash });
		}
		t.equal("every payment has the next place",
			places.map(({ blknum, txindex }) => [blknum, txindex]),
			places.map((_, i) => [1000 * (1 + Math.floor(i / 5)), i % 5]));
		await net.call("block.form");
		await net.committed(5000);
		const found = [];
		for (const { blknum, txindex, hash } of places) {
			const body = readBody(await net.body(await net.rootOf(blknum)));
			found.push(ethers.keccak256(body[txindex].raw) === hash);
		}
		t.ok("and stands there", found.every((one) => one));
		t.equal("payments without a fee are refused all the time", [...refused],
			["submit:fees_not_covered"]);
		await sharesPlaces(t, chain);
	},
}];
