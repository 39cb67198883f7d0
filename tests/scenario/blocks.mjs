// SPDX-License-Identifier: MIT
//
// Group A: what an operator does with its blocks and their bodies.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import { ethers } from "ethers";

import { merkleTree, position, readBody } from "../support/child_chain.mjs";
import { cut } from "../support/hostile_operator.mjs";
import { build, Process, program, run, waitFor } from "../support/operator_net.mjs";
import { ONE, P, WITHHOLDING_LIMIT, World } from "../support/world.mjs";

const needs = ["plasma-rootchain", "plasma-watcher"];
const exits = [...needs, "watcher/exit_loop.c"];
const PEOPLE = ["Alice", "Bob", "Mallory"];

/** A healthy chain: Alice has 7 ether in block 1000 and Bob 3. */
async function healthy(t, options) {
	const world = await World.start(t, { people: PEOPLE, ...options });
	const deposit = await world.deposit("Alice", 10n * ONE);
	const [[bobs, alices]] = await world.block(
		[world.pay([deposit], [["Bob", 3n * ONE], ["Alice", 7n * ONE]])]);
	const watcher = await world.watcher("Alice");
	const { code, line } = await watcher.check();
	t.equal("a healthy chain is OK", code, 0);
	t.ok("in one line", line.split("\n").length === 1, line);
	return { world, watcher, deposit, alices, bobs };
}

/** Alice's exit is in the queue, before whatever the operator invented at T. */
async function exitsInTime(t, world, coin, T) {
	const record = await world.game("Alice").standardExit(coin.raw, coin.at);
	t.ok("Alice's coin is exiting", record?.exitable === true);
	const now = await world.now();
	t.ok("before the deadline T + P", now < T + P, `${now - T - P} s late`);
	return record;
}

/** What orders the exit of a coin in its queue: exitableAt is on top. */
async function priorityOf(world, coin) {
	const { framework, game } = world.game("Alice");
	const [{ transactionHash }] = (await game.queryFilter(
		game.filters.ExitStarted(), 0)).filter(({ args }) => args.utxoPos === coin.at);
	const [queued] = (await framework.queryFilter(framework.filters.ExitQueued(), 0))
		.filter((event) => event.transactionHash === transactionHash);
	return queued.args.priority;
}

/** Time passes until every exit is paid, and the referee agrees. */
async function paidOut(t, world, watcher, coins) {
	world.referee.exits(coins.map(({ at }) =>
		({ at, ...world.referee.coins.get(at) })));
	await world.pass(2 * P + 1);
	const pass = await watcher.settle();
	for (const coin of coins)
		t.equal("the output is final on the root chain",
			await world.game("Alice").isFinal(coin.raw, coin.at), true);
	await world.balances(t, ["Alice", "Mallory"]);
	return pass;
}

/** After a HALT: CRITICAL, the coin exits, and is paid. */
async function leaves(t, world, watcher, coins, T, why) {
	const pass = await watcher.settle();
	t.equal("the watcher says CRITICAL", pass.code, 2);
	t.ok(`and why: ${why}`, watcher.passes.some(({ said }) => said.includes(why)),
		pass.said);
	for (const coin of coins)
		await exitsInTime(t, world, coin, T);
	await paidOut(t, world, watcher, coins);
}

/** The header of a list before `len` bytes. */
function listHeader(len) {
	if (len <= 55)
		return [0xc0 + len];
	const digits = ethers.getBytes(ethers.toBeHex(len));
	return [0xf7 + digits.length, ...digits];
}

const listOf = (item) =>
	ethers.concat([Uint8Array.from(listHeader(ethers.dataLength(item))), item]);

/** An empty list in a list in a list…, `depth` of them. */
function nested(depth) {
	const headers = [];
	let len = 0;
	for (let i = 0; i < depth; i++) {
		const header = listHeader(len);
		headers.push(header);
		len += header.length;
	}
	return Uint8Array.from(headers.reverse().flat());
}

/** The most memory that plasma-watcher takes while `work` runs, in MiB: what the
 * kernel says of our child at every look, which only rises. */
async function peakOf(work) {
	let peak = 0;
	const look = () => {
		const children = readFileSync(
			`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
		for (const pid of children.trim().split(" ")) {
			let status = "";
			try {
				status = readFileSync(`/proc/${pid}/status`, "utf8");
			} catch {
				continue; // it has ended
			}
			const found = /^VmHWM:\s+(\d+) kB$/m.exec(status);
			if (found && status.startsWith("Name:\tplasma-watcher"))
				peak = Math.max(peak, Number(found[1]) / 1024);
		}
	};
	const timer = setInterval(look, 20);
	await work().finally(() => clearInterval(timer));
	return peak;
}

/** Mallory splits her coin until a block has so many payments of five inputs and five
 * outputs; gives the last one. */
async function fullBlocks(t, world, coin, wei, count) {
	const folder = world.net.file("full");
	mkdirSync(folder);
	const made = await run(join(build, "tests", "full-blocks"), [
		world.network.plasma_framework, world.people.Mallory.wallet.privateKey,
		`${coin.at}`, `${wei}`, `${await world.evil.nextBlknum()}`,
		`${count}`, folder]);
	t.equal("the blocks are made", [made.status, made.stderr], [0, ""]);
	world.evil.archive = folder;
	let last;
	for (const root of made.stdout.trim().split("\n"))
		last = await world.evil.commitRoot(root);
	return last;
}

/** What a watcher believes of the child chain. */
async function belief(watcher) {
	const { status, stdout, stderr } = await run("sqlite3", [
		join(watcher.dir, "watcher.db"),
		"SELECT blknum, hex(root), state, verdict, transaction_count FROM blocks;" +
		"SELECT position, type, hex(owner), hex(token), hex(amount), spender FROM coins;" +
		"SELECT hex(owner), spent, position FROM own_coins;" +
		"SELECT hex(token), hex(deposited) FROM totals;"]);
	if (status !== 0)
		throw new Error(stderr);
	return { rows: stdout.split("\n").length, digest: ethers.id(stdout) };
}

/** A watcher that is killed over and over within large blocks comes to the same in the
 * end as one that is not. */
async function survivesKills(t) {
	const { world, watcher } = await healthy(t);
	const wei = 390625n * 10n ** 12n;
	await fullBlocks(t, world, await world.deposit("Mallory", wei), wei, 8192);
	await world.net.mine(3);
	const whole = await world.watcher("whole", { owners: ["Alice"] });
	const { code, line } = await whole.check();
	t.equal("a large block is valid", code, 0);
	const took = Number(/time=([0-9.]+)s/.exec(line)[1]) * 1000;
	let killed = 0;
	for (let eighth = 1; eighth < 8; eighth++) {
		const { status } = await run(program("plasma-watcher"),
			["check", ...watcher.options()],
			{ env: { ...process.env, ...watcher.env }, killSignal: "SIGKILL",
				timeout: Math.ceil(took * eighth / 8) });
		killed += status === "SIGKILL" ? 1 : 0;
	}
	t.ok("most passes are killed", killed >= 4, `${killed} of 7`);
	t.equal("who was killed verifies it, too", (await watcher.check()).code, 0);
	const [mine, other] = [await belief(watcher), await belief(whole)];
	t.ok("of many coins", other.rows > 40000, other.rows);
	t.equal("and believes the same", mine, other);
}

/** A block of which nothing is to be had up to the limit and beyond: `serve` is
 * what its source does in the last second before it. */
async function withheld(t, serve = "withhold", prepare = async () => {}) {
	const { world, watcher, alices } = await healthy(t);
	await prepare(world);
	const bad = await world.badBlock("payment_without_inputs", { serve: "withhold" });
	const before = await watcher.check();
	t.ok("at once there is no cause for an exit", before.code < 2, before.said);
	await world.passTo(bad.time + 601);
	const suspected = await watcher.check();
	t.equal("after ten minutes it is suspected, which is WARNING",
		[suspected.code, suspected.line.includes(
			`block ${bad.blknum}: block_not_available for `)], [1, true]);
	for (const [how, what] of [["refuse", "does not talk at all"],
		["hang", "takes the question and is silent"]]) {
		world.evil.policy(bad.root, how);
		const { code, line } = await watcher.check();
		t.equal(`as it is with a source that ${what}`,
			[code, line.includes(`block ${bad.blknum}: block_not_available for `)],
			[1, true]);
	}
	world.evil.policy(bad.root, serve);
	await world.passTo(bad.time + WITHHOLDING_LIMIT - 1);
	const still = await watcher.check();
	t.equal("one second before the limit nothing is filed",
		await world.game("Alice").queueLength().catch(() => 0n), 0n);
	t.ok("and nothing is said to be lost", still.code < 2, still.said);
	await world.pass(2);
	const after = await watcher.check();
	t.equal("at the limit it is CRITICAL", after.code, 2);
	t.ok("for withholding", after.said.includes("block_withholding"), after.said);
	return { world, watcher, alices, bad };
}

/** Watchers that run and have each other for a source, beside a face each. */
async function peersOf(t, world, faces) {
	const peers = {};
	for (const name of Object.keys(faces)) {
		// Where a peer will listen is not known before it does.
		const relay = createServer(async ({ url }, response) => {
			const answer = peers[name].url && await fetch(peers[name].url + url)
				.catch(() => undefined);
			response.statusCode = answer?.status ?? 503;
			response.end(Buffer.from(await answer?.arrayBuffer() ?? []));
		});
		await new Promise((done) => relay.listen(0, "127.0.0.1", done));
		t.atExit(() => relay.close());
		peers[name] = await world.watcher(name);
		peers[name].dir += "-peer";
		mkdirSync(peers[name].dir);
		peers[name].relay = `http://127.0.0.1:${relay.address().port}`;
	}
	for (const [name, face] of Object.entries(faces)) {
		const peer = peers[name];
		peer.sources = [face.url, ...Object.values(peers)
			.filter((one) => one !== peer).map(({ relay }) => relay)];
		const daemon = new Process(world.net.file(`peer-${name}.log`),
			program("plasma-watcher"), ["run", ...peer.options(),
				"--listen", "127.0.0.1:0"],
			{ PLASMA_WATCHER_RESERVE_MIB: "0" });
		world.net.processes.push(daemon);
		peer.url = await waitFor(`the watcher of ${name} to answer`, async () => {
			const port = readFileSync(`${peer.dir}/port`, "utf8");
			const url = `http://127.0.0.1:${Number(port)}`;
			return (await fetch(`${url}/livez`)).ok && url;
		});
	}
	return peers;
}

let judges = 0;

/** Commits blocks and says which rule each of them broke, each from the same
 * healthy chain. */
async function verdicts(t, { world, watcher }, cases) {
	const { node } = world.net;
	for (const one of cases) {
		const { rule, expected = rule, wish = {}, payments = [] } = one;
		const snapshot = await node.rpc("evm_snapshot");
		const judge = await world.watcher(`judge-${judges++}-${expected}`,
			{ owners: ["Alice"], sources: watcher.sources });
		judge.act = "print";
		judge.states = one.evidence === "stated";
		const before = await judge.check();
		t.ok("a watcher that begins here finds all well", before.code === 0,
			before.line);
		const bad = await world.badBlock(rule, { payments, ...wish });
		let pass = await judge.check();
		if (pass.code < 2) {
			await world.passTo(bad.time + WITHHOLDING_LIMIT + 1);
			await world.net.mine(3);
			pass = await judge.check();
		}
		t.ok(`${expected} is noticed`,
			pass.code === 2 && pass.said.includes(expected), pass.said);
		if (pass.said.includes('"event":"invalid_block"'))
			t.equal(`${expected} is proved by its evidence`,
				judge.verdicts("invalid_block").join(),
				one.evidence ?? "proved");
		else
			t.equal("that it is withheld stands beside the root",
				judge.verdicts("block_withholding").join(), "proved");
		await node.rpc("evm_revert", [snapshot]);
		await world.forget();
	}
}

export const scenarios = [{
	id: "A-01", title: "a withheld block: left at the limit, not a second before",
	needs: exits,
	async run(t) {
		let saved;
		const { world, watcher, alices, bad } = await withheld(t, "hang",
			async (before) => {
				saved = await before.deposit("Alice", 2n * ONE);
			});
		await watcher.settle();
		for (const coin of [alices, saved]) {
			const record = await exitsInTime(t, world, coin, bad.time);
			t.equal("for the whole coin", record.amount, coin.amount);
			// protocol.md 4: its block is older, if not by a second then by its
			// number.
			t.ok("before what the operator invented",
				await priorityOf(world, coin) <
				(BigInt(bad.time + 2 * P) << 224n) +
				(position(bad.blknum) / 10000n << 168n));
		}
		await paidOut(t, world, watcher, [alices, saved]);
	},
}, {
	id: "A-02", title: "a block withheld, then revealed, is no cure",
	needs: exits,
	async run(t) {
		const { world, watcher, alices, bad } = await withheld(t);
		await watcher.settle();
		world.evil.policy(bad.root, "yes");
		const after = await watcher.check();
		t.equal("after the reveal it is still CRITICAL", after.code, 2);
		t.ok("for withholding", after.said.includes("block_withholding"), after.said);
		t.ok("and that the body came late, and what it is", after.said.includes(
			'"rule":"payment_without_inputs"') &&
			after.said.includes('"revealed_late":true'), after.said);
		await exitsInTime(t, world, alices, bad.time);
		await paidOut(t, world, watcher, [alices]);
	},
}, {
	id: "A-03", title: "a block withheld, then revealed with our payment in it: the exit is answered for",
	needs: exits,
	async run(t) {
		const { world, watcher, alices } = await healthy(t);
		const mallorys = await world.deposit("Mallory", ONE);
		const payment = world.pay([alices, mallorys],
			[["Bob", 3n * ONE], ["Alice", 5n * ONE]]);
		const signed = await world.walletSigns("Alice", payment);
		const bob = await world.watcher("Bob");
		const bad = await world.block([signed], { serve: "withhold", honest: false });
		await world.pass(WITHHOLDING_LIMIT + 60);
		await watcher.settle();
		const live = () => world.game("Alice").inFlightExit(payment.raw);
		t.ok("Alice's payment exits in flight", Boolean(await live()));
		t.equal("and her coin by no standard exit",
			await world.game("Alice").standardExit(alices.raw, alices.at), null);
		await bob.settle();
		t.equal("her input, her change and Bob's output are claimed",
			(await live()).exitMap, 1n | (1n << 5n) | (1n << 6n));
		const rival = world.pay([mallorys], [["Mallory", ONE]]);
		const [witness] = await world.witnesses(rival);
		await world.game("Mallory").challengeNotCanonical({ raw: payment.raw,
			inputIndex: 1, input: mallorys,
			rival: { raw: rival.raw, inputIndex: 0, witness } });
		await world.net.mine(3);
		await watcher.settle();
		t.equal("Mallory's other signature makes it non-canonical",
			(await live()).isCanonical, false);
		await world.pass(P);
		world.evil.policy(bad.root, "yes");
		await watcher.settle();
		t.ok("after the reveal the watcher answers, in the second phase",
			(await live()).isCanonical);
		const { game } = world.game("Alice");
		const [event] = await game.queryFilter(
			game.filters.InFlightExitChallengeResponded(), 0);
		t.equal("with the place in the revealed block",
			event?.args.challengeTxPosition, position(bad.blknum, 0));
		world.referee.happened(payment.raw, bad.blknum, 0);
		world.referee.exits(world.referee.coinsOf(world.address("Alice")));
		world.referee.exits(world.referee.coinsOf(world.address("Bob")));
		await world.pass(P + 60);
		for (const one of [watcher, bob, watcher])
			await one.settle();
		await world.balances(t, ["Alice", "Bob"]);
	},
}, {
	id: "A-04", title: "a body that does not match its root is not applied",
	needs: exits,
	async run(t) {
		const { world, watcher, alices } = await healthy(t);
		const good = await world.block([world.pay([alices],
			[["Bob", ONE], ["Alice", 6n * ONE]])], { serve: "withhold" });
		const { signatures, raw } = readBody(good.body)[0];
		const places = { "list header": 0, "signature": 12,
			"transaction": good.body.length - raw.length / 2 + 40,
			"last byte": good.body.length - 1 };
		t.ok("it is one payment", signatures.length === 1);
		for (const [what, place] of Object.entries(places)) {
			const wrong = Uint8Array.from(good.body);
			wrong[place] ^= 1;
			world.evil.policy(good.root, wrong);
			const { code, said } = await watcher.check();
			t.ok(`with another ${what} the block is not judged valid or invalid`,
				code < 2 && !said.includes("invalid_block"), said);
		}
		world.evil.policy(good.root, "yes");
		await watcher.check();
		const { code, said } = await watcher.check();
		t.equal("with the true body all is well", code, 0);
		const wrong = Uint8Array.from(good.body);
		wrong[places["last byte"]] ^= 1;
		const bad = await world.block([world.pay([good[0][1]],
			[["Alice", 6n * ONE]])], { serve: wrong, honest: false });
		await world.passTo(bad.time + WITHHOLDING_LIMIT + 1);
		await world.net.mine(3);
		t.note(said);
		await leaves(t, world, watcher, [good[0][1]], bad.time, "block_withholding");
	},
}, {
	id: "A-05", title: "one root, two bodies: peers have the true one, and both bodies are shown",
	needs,
	async run(t) {
		const { world, watcher, alices } = await healthy(t);
		// The second look of this hour is at block 2000 of three.
		const hour = Math.floor(await world.now() / 3600) + 1;
		await world.passTo((hour + (4 - hour % 3) % 3) * 3600 + 60);
		const faces = { Alice: await world.evil.face(), Bob: await world.evil.face() };
		const second = await world.block([world.pay([alices],
			[["Bob", ONE], ["Alice", 6n * ONE]])]);
		const third = await world.block([world.pay([second[0][1]],
			[["Bob", ONE], ["Alice", 5n * ONE]])]);
		world.evil.policy(second.root, "other", faces.Bob);
		world.evil.policy(third.root, "other", faces.Alice);

		const deceived = await world.watcher("Bob", { sources: [faces.Bob.url] });
		const alone = await deceived.check();
		t.ok("a deceived one alone has no body and no verdict",
			alone.code < 2 && !alone.said.includes("invalid_block"), alone.said);
		t.equal("the other one is content", (await watcher.check()).code, 0);
		const folder = world.net.file("dropped");
		mkdirSync(folder, { recursive: true });
		writeFileSync(`${folder}/${second.root.slice(2)}`, second.body);
		deceived.sources.push(folder);
		await deceived.check();
		t.equal("a dropped file is as good as the operator",
			(await deceived.check()).code, 0);

		const peers = await peersOf(t, world, faces);
		for (const [name, block] of [["Alice", third], ["Bob", second]]) {
			const peer = peers[name];
			await waitFor(`${name} to have both blocks`, async () =>
				(await peer.status()).applied_block === 3000);
			const [event] = await waitFor(`${name} to say so`, async () => {
				const { events } = await peer.status();
				return events.length > 0 && events;
			});
			t.equal(`${name} is told of the block, and of its two bodies`,
				[event.event, event.facts.block, event.facts.root],
				["equivocation", Number(block.blknum), block.root]);
			const shown = async (root) => Buffer.from(await (await fetch(
				`${peer.url}/blocks/${root.slice(2)}`)).arrayBuffer());
			t.ok("the true one is served",
				(await shown(block.root)).equals(Buffer.from(block.body)));
			const other = await shown(event.facts.root_of_other_body);
			t.ok("and the one that came from its operator",
				other.equals(Buffer.from(world.evil.otherBody(block.body))));
			t.equal("which has the other root", cut(other).root,
				event.facts.root_of_other_body);
		}
	},
}, {
	id: "A-06", title: "an operator that acknowledges a payment and forgets it",
	needs: exits,
	async run(t) {
		const { world, watcher, alices } = await healthy(t);
		world.evil.lies = true;
		const payment = world.pay([alices], [["Bob", 2n * ONE], ["Alice", 5n * ONE]]);
		const signed = await world.walletSigns("Alice", payment);
		const answer = await fetch(`${world.evil.url}/transaction.submit`, {
			method: "POST", body: JSON.stringify({ transaction: signed }) });
		t.equal("the operator says yes", (await answer.json()).success, true);
		const coin = await world.deposit("Bob", ONE);
		await world.block([world.pay([coin], [["Bob", ONE]])]);
		t.equal("and goes on without it", (await watcher.check()).code, 0);
		const bad = await world.badBlock("payment_without_inputs");
		await watcher.settle();
		t.equal("when it has to leave, the coin takes no standard exit",
			await world.game("Alice").standardExit(alices.raw, alices.at), null);
		const live = await world.game("Alice").inFlightExit(payment.raw);
		t.ok("but the payment exits in flight", Boolean(live));
		t.ok("in time", await world.now() < bad.time + P);
	},
}, {
	id: "A-08", title: "outputs out of nowhere: a payment without inputs",
	needs: exits,
	async run(t) {
		const { world, watcher, alices } = await healthy(t);
		const bad = await world.badBlock("payment_without_inputs",
			{ thief: world.address("Mallory") });
		const { raws } = cut(bad.body);
		const invented = { at: position(bad.blknum, 0), raw: raws[0],
			proof: merkleTree(raws).proofs[0] };
		// The public contracts let it out; ours look at the inputs, too.
		t.equal("our contracts refuse its exit", await world.game("Mallory")
			.startStandardExit(invented).then(() => "starts", () => "refused"),
		"refused");
		await leaves(t, world, watcher, [alices], bad.time, "payment_without_inputs");
	},
}, {
	id: "A-09", title: "double spends, in one block, across blocks, in one payment, of what exited",
	needs,
	async run(t) {
		const healthyWorld = await healthy(t);
		const { world, alices, bobs, deposit } = healthyWorld;
		const mallory = world.game("Mallory");
		const left = await world.deposit("Mallory", 2n * ONE);
		const flown = await world.deposit("Mallory", 3n * ONE);
		const many = [];
		for (let i = 0; i < 5; i++)
			many.push(await world.deposit("Mallory", ONE));
		await mallory.startStandardExit(left);
		const settled = await world.deposit("Mallory", 4n * ONE);
		const flights = [world.pay([flown], [["Mallory", 3n * ONE]]),
			world.pay([settled], [["Bob", ONE], ["Mallory", 3n * ONE]])];
		const [, [, taken]] = await world.block([
			world.pay(many.slice(4), [["Mallory", ONE]]), flights[1]]);
		for (const [i, flight] of flights.entries()) {
			await mallory.startInFlightExit({ raw: flight.raw, inputs: flight.coins,
				witnesses: await world.witnesses(flight) });
			await mallory.piggybackOutput(flight.raw, i);
		}
		await world.pass(2 * P + 60); // youngest input of the flight + 2P
		await mallory.processExits();
		await world.net.mine(12);
		const twice = (coin, name) => [
			world.pay([coin], [[name, ONE]]),
			world.pay([coin], [[name, ONE]], ethers.id("once more")),
		];
		await verdicts(t, healthyWorld, [
			{ rule: "valid", expected: "input_spent", payments: twice(alices, "Alice") },
			{ rule: "valid", expected: "input_spent",
				payments: [world.pay([deposit], [["Bob", ONE]])] },
			{ rule: "valid", expected: "duplicate_input",
				payments: [world.pay([bobs, bobs], [["Bob", 6n * ONE]])] },
			{ rule: "duplicate_input" },
			{ rule: "valid", expected: "input_spent", payments: [
				world.pay([alices], [["Alice", ONE]]),
				world.pay([bobs, alices], [["Bob", 2n * ONE]])] },
			{ rule: "valid", expected: "input_spent",
				payments: [world.pay(many, [["Mallory", 5n * ONE]])] },
			{ rule: "valid", expected: "input_exited",
				payments: [world.pay([left], [["Mallory", 2n * ONE]])] },
			{ rule: "valid", expected: "input_exited",
				payments: [world.pay([flown], [["Bob", 3n * ONE]])] },
			{ rule: "valid", expected: "input_exited",
				payments: [world.pay([taken], [["Bob", 3n * ONE]])] },
		]);
	},
}, {
	id: "A-10", title: "a spend of an exiting output: challenged at once, a halt when it is late",
	needs: exits,
	async run(t) {
		const LATE = 82800;
		for (const [late, when] of [[false, LATE - 1], [true, LATE]]) {
			t.note(late ? "at the limit" : "one second before the limit");
			const { world, watcher, alices } = await healthy(t);
			const coin = await world.deposit("Mallory", 2n * ONE);
			const { blockNumber } = await world.game("Mallory").startStandardExit(coin);
			const { timestamp } = await world.net.provider.getBlock(blockNumber);
			await world.net.mine(3);
			t.equal("an exit of an unspent output is no cause for anything",
				(await watcher.check()).code, 0);
			await world.pass(when - 600);
			await watcher.check();
			await world.net.node.rpc("evm_setNextBlockTimestamp", [timestamp + when]);
			await world.block([world.pay([coin], [["Bob", 2n * ONE]])]);
			const pass = await watcher.settle();
			t.equal("the exit is challenged",
				(await world.game("Mallory").standardExit(coin.raw, coin.at)).exitable,
				false);
			t.equal("it is a halt only when it is late",
				watcher.passes.some(({ said }) =>
					said.includes("late_spend_of_exiting_output")), late);
			t.equal("and the exit code says so", pass.code, late ? 2 : 0);
			t.equal("and Alice leaves only then", late, Boolean(
				await world.game("Alice").standardExit(alices.raw, alices.at)));
		}
		t.note("the exit is our own, and so is the signature");
		const { world, watcher, alices } = await healthy(t);
		await world.game("Alice").startStandardExit(alices);
		await world.block([world.pay([alices], [["Bob", 7n * ONE]])]);
		const pass = await watcher.settle(3);
		t.ok("it is an alarm that waits for her", pass.code === 2 &&
			/invalid_exit 0x[0-9a-f]+ \(waits for you\)/.test(pass.line), pass.line);
		t.equal("and her own watcher does not take her bond", (await world
			.game("Alice").standardExit(alices.raw, alices.at)).exitable, true);
	},
}, {
	id: "A-11", title: "fee theft: more, less, another token, twice, in the middle, of nothing",
	needs,
	async run(t) {
		const healthyWorld = await healthy(t);
		const { world, alices } = healthyWorld;
		const payments = [world.pay([alices], [["Alice", 7n * ONE - 5n]])];
		await verdicts(t, healthyWorld, [
			{ rule: "fee_amount_mismatch", payments, wish: { amount: "6" } },
			{ rule: "fee_amount_mismatch", payments, wish: { amount: "4" } },
			{ rule: "fee_token_not_collected", payments, wish: { amount: "5" } },
			{ rule: "fee_duplicate_token", payments, wish: { amount: "5" } },
			{ rule: "payment_after_fee", payments, wish: { amount: "5" } },
			{ rule: "fee_amount_mismatch", expected: "fee_token_not_collected",
				wish: { amount: "5" } },
		]);
	},
}, {
	id: "A-13", title: "amounts whose sum is beyond 256 bits",
	needs,
	async run(t) {
		const state = await healthy(t);
		await verdicts(t, state, [{ rule: "amount_overflow", wish: {
			key: state.world.people.Alice.wallet.privateKey,
			input: state.alices.at } }]);
	},
}, {
	id: "A-14", title: "bodies that are no lists, and payments that are none, end in a verdict",
	needs: exits,
	async run(t) {
		const { world, watcher, alices } = await healthy(t);
		const block = await world.block(
			[world.pay([alices], [["Alice", 7n * ONE]])]);
		const good = Uint8Array.from(block.body);
		const bodies = {
			"nothing": [],
			"a list that is cut": good.subarray(0, -1),
			"a byte behind the list": [...good, 0],
			"a length past the end": [0xf9, 0xff, 0xff, ...good.subarray(3)],
			"a long form for a short list": [0xf8, 0x02, 0xc0, 0xc0],
			"a length with a leading zero": [0xf9, 0x00, 0xc0, ...good],
			"a length of 2^63": [0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, ...good],
			"a length of 2^64 - 1": [0xff, ...Array(8).fill(0xff), ...good],
			"100,000 lists in each other": nested(100000),
			"a payment of 100,000 lists in each other":
				ethers.getBytes(listOf(ethers.hexlify(nested(100000)))),
		};
		for (const [what, body] of Object.entries(bodies)) {
			world.evil.policy(block.root, Uint8Array.from(body));
			const pass = await watcher.check();
			t.ok(`${what}: the block is not there yet, which is no halt`,
				[0, 1].includes(pass.code) && pass.line.includes("block=1000 "),
				`${pass.code} ${pass.line} ${pass.why}`);
		}
		world.evil.policy(block.root, "yes");
		t.equal("with its own body it is verified", (await watcher.check()).code, 0);
		const bad = await world.badBlock("tx_malformed_rlp");
		await leaves(t, world, watcher, [block[0][0]], bad.time, "tx_malformed_rlp");
	},
}, {
	id: "A-15", title: "each rule of what a transaction may look like has its verdict",
	needs,
	async run(t) {
		const healthyWorld = await healthy(t);
		const { world, alices, deposit } = healthyWorld;
		const alice = { key: world.people.Alice.wallet.privateKey };
		const mallory = { key: world.people.Mallory.wallet.privateKey };
		const plain = ["tx_too_long", "tx_malformed_rlp", "tx_type_not_allowed",
			"fee_has_inputs", "fee_output_count", "payment_without_inputs",
			"too_many_inputs", "input_not_32_bytes", "input_zero",
			"input_position_invalid", "duplicate_input", "no_outputs",
			"too_many_outputs", "output_malformed", "output_type_not_allowed",
			"output_owner_zero", "output_amount_zero", "fee_nonce_malformed",
			"tx_data_not_zero", "metadata_malformed", "fee_nonce_mismatch",
			"fee_metadata_not_zero", "input_not_older", "input_unknown"];
		const stateful = [
			{ rule: "input_spent", wish: { ...alice, input: deposit.at } },
			{ rule: "input_spent", expected: "input_unknown",
				wish: { ...alice, input: position(1000, 7) } },
			{ rule: "input_spent", expected: "input_unknown", evidence: "stated",
				wish: { ...alice, input: position(999, 0) } },
			{ rule: "amounts_do_not_add_up", wish: { ...alice, input: alices.at } },
			{ rule: "signature_wrong_owner",
				wish: { ...mallory, input: alices.at, amount: "1" } },
			{ rule: "tx_framing", expected: "block_withholding" },
		];
		await verdicts(t, healthyWorld,
			[...plain.map((rule) => ({ rule })), ...stateful]);
	},
}, {
	id: "A-16", title: "what no contract would mind is an invalid block, and exits are followed on",
	needs: exits,
	async run(t) {
		for (const rule of ["output_amount_zero", "output_type_not_allowed"]) {
			const { world, watcher, alices } = await healthy(t);
			const coin = await world.deposit("Mallory", 2n * ONE);
			await world.block([world.pay([coin], [["Bob", 2n * ONE]])]);
			await watcher.check();
			await world.badBlock(rule);
			await watcher.settle();
			t.ok(`${rule} is a cause to leave`, Boolean(
				await world.game("Alice").standardExit(alices.raw, alices.at)));
			await world.game("Mallory").startStandardExit(coin);
			await world.net.mine(3);
			await watcher.settle();
			t.equal("after the halt a bad exit is challenged all the same",
				(await world.game("Mallory").standardExit(coin.raw, coin.at)).exitable,
				false);
		}
	},
}, {
	id: "A-17", title: "signatures that are none: final only when no source has better ones",
	needs,
	async run(t) {
		const healthyWorld = await healthy(t);
		const { world, watcher, alices } = healthyWorld;
		const wish = { key: world.people.Alice.wallet.privateKey, input: alices.at,
			amount: "1" };
		await verdicts(t, healthyWorld, ["signature_count_mismatch",
			"signature_bad_length", "signature_bad_v", "signature_high_s",
			"signature_unrecoverable"].map((rule) => ({ rule, wish })));
		await verdicts(t, healthyWorld, [{ rule: "fee_has_signatures",
			payments: [world.pay([alices], [["Alice", 7n * ONE - 5n]])],
			wish: { amount: "5" } }]);
		// The same transaction with the signature it should have.
		const payment = world.pay([alices], [["Alice", 7n * ONE]]);
		const good = await world.signed(payment);
		const [signatures, ...fields] = ethers.decodeRlp(good);
		const spoilt = ethers.encodeRlp([
			[`${signatures[0].slice(0, -2)}1d`], ...fields]);
		const block = await world.evil.commit({ payments: [spoilt] });
		await world.net.mine(3);
		const first = await watcher.check();
		t.ok("a bad signature may be the mirror's fault", first.code < 2, first.said);
		world.evil.policy(block.root, ethers.getBytes(ethers.encodeRlp(
			[ethers.decodeRlp(good)])));
		await watcher.check();
		t.equal("with the good one the block is valid", (await watcher.check()).code, 0);
	},
}, {
	id: "A-18", title: "zero, repeated and empty roots",
	needs: exits,
	async run(t) {
		const { world, watcher, alices } = await healthy(t);
		const { framework } = world.evil;
		const refused = (root) => framework.submitBlock.staticCall(root)
			.then(() => "stored", () => "refused");
		t.equal("our contracts refuse a zero root",
			await refused(ethers.ZeroHash), "refused");
		t.equal("and the root of an empty block", await refused(
			"0xf609befdfe9066fe14e743b3623eae878fbc468005608816832c9d460f2a95d2"),
		"refused");
		const first = await framework.blocks(1000n);
		const bad = await world.evil.commitRoot(first[0]);
		await world.net.mine(3);
		await leaves(t, world, watcher, [alices], bad.time, "repeated_root");
	},
}, {
	id: "A-20", title: "65,536 payments of five inputs and five outputs, and one more",
	needs: exits,
	async run(t) {
		const { world, watcher, alices } = await healthy(t);
		const sanitized = readFileSync(program("plasma-watcher"))
			.includes("__asan_init");
		const ceiling = sanitized ? 3072 : 1024; // MiB
		// Sanitizers make it several times as slow: a sample is enough there.
		const count = sanitized ? 8192 : 65536;
		const wei = 390625n * 10n ** 12n;
		const coin = await world.deposit("Mallory", wei);
		const spent = await world.deposit("Mallory", ONE);
		await world.block([world.pay([spent], [["Mallory", ONE]])]);
		await world.game("Mallory").startStandardExit(spent);
		const last = await fullBlocks(t, world, coin, wei, count);
		await world.net.mine(3);

		process.env.PLASMA_WATCHER_CHECK_SECONDS = "1";
		const began = performance.now();
		let pass;
		let passes = 0;
		const peak = await peakOf(async () => {
			pass = await watcher.check();
			await world.net.mine(3);
			t.equal("in one second the exit is challenged", (await world
				.game("Mallory").standardExit(spent.raw, spent.at)).exitable, false);
			delete process.env.PLASMA_WATCHER_CHECK_SECONDS;
			for (passes = 1; pass.code !== 0 && passes < 20; passes++)
				pass = await watcher.check();
		});
		t.equal("then all of it is verified and valid", pass.code, 0);
		t.ok("up to the last block", pass.line.includes(`block=${last.blknum} `),
			pass.line);
		t.ok(`within ${ceiling} MiB`, peak > 0 && peak < ceiling, `${peak} MiB`);
		t.note(`${count} payments, ${passes} passes, ${((performance.now() - began) / 1000).toFixed(1)}` +
			` s, ${peak.toFixed(0)} MiB`);

		const one = ethers.getBytes(await world.signed(
			world.pay([alices], [["Alice", 7n * ONE]])));
		const root = ethers.id("one too many");
		world.evil.bodies.set(root.slice(2), Buffer.concat([
			Uint8Array.from(listHeader(65537 * one.length)),
			...Array(65537).fill(one)]));
		await world.evil.commitRoot(root);
		await world.pass(WITHHOLDING_LIMIT + 60);
		const much = await peakOf(async () => {
			pass = await watcher.check();
		});
		t.equal("one transaction more is no block", pass.code, 2);
		t.ok("for its number of transactions",
			pass.said.includes("too_many_transactions"), pass.said);
		t.ok("and takes no more memory", much < ceiling, `${much} MiB`);
		await survivesKills(t);
	},
}, {
	id: "A-21", title: "a first sync with an exit due soon: the challenge goes first",
	needs: exits,
	async run(t) {
		const blocks = Number(process.env.BLOCKS ?? 150);
		const { world } = await healthy(t);
		const coin = await world.deposit("Mallory", 5n * ONE);
		let [[rest]] = await world.block([world.pay([coin], [["Mallory", 5n * ONE]])]);
		await world.game("Mallory").startStandardExit(coin);
		for (let i = 0; i < blocks; i++)
			[[rest]] = await world.block([world.pay([rest], [["Mallory", 5n * ONE]])]);
		await world.pass(P - 7200);
		const late = await world.watcher("Bob");
		const began = performance.now();
		for (let i = 0; i < 5 && (await world.game("Mallory")
			.standardExit(coin.raw, coin.at)).exitable; i++)
			await late.check();
		t.equal("the exit is challenged", (await world.game("Mallory")
			.standardExit(coin.raw, coin.at)).exitable, false);
		const seconds = (performance.now() - began) / 1000;
		t.ok("within half an hour of the first start", seconds < 1800);
		t.note(`${blocks} blocks, ${seconds.toFixed(1)} s`);
	},
}, {
	id: "A-23", title: "another body for a block that is verified already",
	needs,
	async run(t) {
		const { world, watcher, alices } = await healthy(t);
		const root = (await world.evil.framework.blocks(1000n))[0];
		const standing = async () => (await watcher.status()).events
			.map(({ event, key, facts }) => [event, key, facts.root]);
		t.equal("of what it has asked for, nothing is said", await standing(), []);
		world.evil.policy(root, "other");
		t.equal("it changes nothing", (await watcher.check()).code, 0);
		const alarm = [["equivocation", "served 1000", root]];
		t.equal("and is said, with the root that stands", await standing(), alarm);
		const { facts } = (await watcher.status()).events[0];
		const kept = (one) => readFileSync(
			`${watcher.dir}/bodies/${one.slice(2)}`);
		const body = world.evil.bodyOf(root.slice(2));
		t.ok("both bodies are kept", kept(root).equals(Buffer.from(body)) &&
			kept(facts.root_of_other_body)
				.equals(Buffer.from(world.evil.otherBody(body))));
		await world.block([world.pay([alices], [["Alice", 7n * ONE]])]);
		await watcher.check();
		t.equal("the chain goes on", (await watcher.check()).code, 0);
		t.equal("on the root that stands", (await watcher.status()).applied_block, 2000);
		t.equal("and the alarm stays", await standing(), alarm);
		t.equal("with evidence that states it",
			watcher.verdicts("equivocation"), ["stated"]);
	},
}];
