// SPDX-License-Identifier: MIT
//
// Groups D and G, as far as they are about sending: what a root chain and its
// nodes do to the transactions of a watcher, and what it signs at all.

import { readFileSync } from "node:fs";

import { ethers } from "ethers";

import { Proxy } from "../support/action_sender.mjs";
import { sign } from "../support/child_chain.mjs";
import { abiOf } from "../support/exit_game.mjs";
import { run, startFollowedNet, waitFor } from "../support/operator_net.mjs";
import { ONE, P, World } from "../support/world.mjs";

const needs = ["plasma-rootchain", "plasma-watcher", "watcher/exit_loop.c"];
const GWEI = 10n ** 9n;
const MOST_PER_ACTION = ONE / 2n; // [policy] max_fee_per_action
const MOST_PER_DAY = 5n * ONE; // [policy] max_spend_per_day
const HOUR = 3600;
const HALF_OF_N =
	0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** A node between a watcher and anvil, which refuses what geth would. */
async function between(t, net, node = net.node) {
	const proxy = new Proxy(node);
	await proxy.start();
	t.atExit?.(() => proxy.stop());
	return proxy;
}

const base = async (net) =>
	(await net.provider.getBlock("latest")).baseFeePerGas;

async function mineAt(net, fee) {
	await net.node.rpc("anvil_setNextBlockBaseFeePerGas", [ethers.toQuantity(fee)]);
	await net.mine();
}

const worst = ({ maxFeePerGas, gasLimit }) => maxFeePerGas * gasLimit;

/** Mallory exits a coin that she has spent to Alice. */
async function dishonestExit(t) {
	const world = await World.start(t, { people: ["Alice", "Mallory"] });
	await world.deposit("Alice", 4n * ONE);
	const coin = await world.deposit("Mallory", 5n * ONE);
	await world.block([world.pay([coin], [["Alice", 5n * ONE]])]);
	const watcher = await world.watcher("Alice");
	const proxy = await between(t, world.net);
	watcher.rpc = proxy.url;
	await watcher.check();
	return { world, coin, watcher, proxy };
}

const isExitable = async (world, coin) =>
	(await world.game("Mallory").standardExit(coin.raw, coin.at))?.exitable;

/** Alice has so many deposits when an invalid block makes her leave. */
async function leaving(t, count, people = ["Alice"]) {
	const world = await World.start(t, { people });
	const coins = [];
	for (let i = 0; i < count; i++)
		coins.push(await world.deposit("Alice", ONE));
	const watcher = await world.watcher("Alice");
	const proxy = await between(t, world.net);
	watcher.rpc = proxy.url;
	await watcher.check();
	await world.badBlock("payment_without_inputs");
	return { world, coins, watcher, proxy };
}

const exiting = async (world, coins) => {
	const records = await Promise.all(coins.map((coin) =>
		world.game("Alice").standardExit(coin.raw, coin.at)));
	return records.filter((record) => record?.exitable).length;
};

/** The largest sum that its transactions can have cost. */
const budgetUsed = (sent) => {
	const dearest = new Map();
	for (const one of sent)
		if (worst(one) > (dearest.get(one.nonce) ?? 0n))
			dearest.set(one.nonce, worst(one));
	return [...dearest.values()].reduce((a, b) => a + b, 0n);
};

export const scenarios = [{
	id: "D-05", title: "a challenge that a reorganisation takes away is sent again at once",
	needs,
	async run(t) {
		const { world, coin, watcher, proxy } = await dishonestExit(t);
		const mallory = world.game("Mallory");
		await mallory.startStandardExit(coin);
		const { exitableAt } = await exitTimes(world, coin);
		// The watcher slept until the exit can nearly be processed.
		await world.passTo(exitableAt - 40);
		await watcher.check();
		t.equal("the watcher challenges", await isExitable(world, coin), false);
		const [challenge] = proxy.sent;
		await world.net.node.rpc("anvil_reorg", [1, []]);
		t.equal("a reorganisation takes the challenge away",
			await isExitable(world, coin), true);
		await watcher.check();
		t.equal("it stands again", await isExitable(world, coin), false);
		t.equal("by the same bytes", proxy.sent.filter(({ data }) =>
			data === challenge.data).map(({ hash }) => hash), [challenge.hash]);
		t.ok("before the exit can be processed", await world.now() <= exitableAt);
		await world.passTo(exitableAt + 1);
		await watcher.settle();
		const before = await world.net.provider.getBalance(world.network.eth_vault);
		t.ok("the vault has paid nobody", before >= 9n * ONE);
	},
}, {
	id: "D-09", title: "a stuck submission is replaced as nodes want it, and only with higher fees",
	needs: ["plasma-operator", "plasma-rootchain"],
	async run(t) {
		const net = await startFollowedNet(t.atExit);
		const { node } = net;
		const proxy = await between(t, net);
		net.node = { ...node, url: proxy.url };
		await net.startOperator();
		net.node = node;
		const alice = await net.person();
		const coin = await net.deposit(alice, ONE);
		const payment = await sign(net.network.plasma_framework, { inputs: [coin],
			outputs: [{ owner: alice.address, amount: ONE - 1n }] }, [alice]);
		await node.rpc("evm_setAutomine", [false]);
		await waitFor("the payment to be accepted", async () =>
			(await net.submit(payment)).success);
		await waitFor("the root to be sent", () => proxy.sent.length > 0);
		for (let i = 0; i < 12; i++) {
			const count = proxy.sent.length;
			await mineAt(net, proxy.sent.at(-1).maxFeePerGas + 1n);
			await mineAt(net, proxy.sent.at(-1).maxFeePerGas + 1n);
			await waitFor("a replacement", () => proxy.sent.length > count, 20)
				.catch(() => undefined);
		}
		t.ok("it is replaced again and again", proxy.sent.length > 8,
			`${proxy.sent.length}`);
		t.equal("no node refuses a replacement", proxy.refused, 0);
		t.equal("with the same nonce and call data", new Set(proxy.sent.map(
			({ nonce, data, to }) => `${nonce} ${data} ${to}`)).size, 1);
		await mineAt(net, GWEI);
		await waitFor("the block to be on the root chain", async () => {
			await mineAt(net, GWEI);
			return await net.rootOf(1000) !== ethers.ZeroHash;
		});
		t.equal("one transaction is mined",
			await net.provider.getTransactionCount(net.authority.address), 1);
	},
}, {
	id: "D-10", title: "while the base fee becomes ten times what it was everybody leaves in time",
	needs,
	async run(t) {
		const { world, coins, watcher, proxy } = await leaving(t, 6);
		const { net } = world;
		await net.node.rpc("evm_setAutomine", [false]);
		let fee = await base(net);
		const first = fee;
		for (let i = 0; i < 21; i++) {
			fee = fee * 9n / 8n;
			await watcher.check();
			// Blocks are full of others: ours are left out until the end.
			const offered = proxy.sent.at(-1)?.maxFeePerGas ?? 0n;
			await mineAt(net, fee > offered || i > 16 ? fee : offered + 1n);
			fee = await base(net);
		}
		t.ok("the base fee is ten times what it was", fee > 10n * first);
		for (let i = 0; i < 12 && await exiting(world, coins) < coins.length; i++) {
			await watcher.check();
			await mineAt(net, fee);
		}
		t.equal("all coins are leaving", await exiting(world, coins), coins.length);
		t.equal("no node refused a replacement", proxy.refused, 0);
		t.ok("each within its budget", proxy.sent.every((one) =>
			worst(one) <= MOST_PER_ACTION));
		t.ok("all within the day's", budgetUsed(proxy.sent) <= MOST_PER_DAY);
		t.ok("with no more gas than a transaction may have",
			proxy.sent.every(({ gasLimit }) => gasLimit <= 16777216n));
		await net.node.rpc("evm_setAutomine", [true]);
		world.referee.exits(world.referee.coinsOf(world.address("Alice")));
		await mineAt(net, GWEI);
		await world.pass(2 * P);
		await watcher.settle();
		await world.balances(t, ["Alice"]);
	},
}, {
	id: "D-11", title: "an absurd base fee costs nothing, whoever says it",
	needs,
	async run(t) {
		const { world, coin, watcher, proxy } = await dishonestExit(t);
		const { net } = world;
		const absurd = 10n ** 15n;
		await world.game("Mallory").startStandardExit(coin);
		await net.mine(3);
		proxy.after = async (method, params, result) => {
			if (method === "eth_getBlockByNumber")
				result.baseFeePerGas = ethers.toQuantity(absurd);
		};
		await watcher.check();
		t.equal("a node that lies is not believed: the challenge goes out",
			await isExitable(world, coin), false);
		t.ok("for what headers can prove",
			proxy.sent.every(({ maxFeePerGas }) => maxFeePerGas < 20n * GWEI));
		proxy.after = async () => undefined;

		// Now it is true.
		const other = await world.deposit("Mallory", 2n * ONE);
		await world.block([world.pay([other], [["Alice", 2n * ONE]])]);
		await watcher.check();
		await world.game("Mallory").startStandardExit(other);
		await net.node.rpc("evm_setAutomine", [false]);
		await mineAt(net, absurd);
		const count = proxy.sent.length;
		for (let i = 0; i < 3; i++) {
			await watcher.check();
			await mineAt(net, absurd);
		}
		t.ok("nothing is signed above the limits", proxy.sent.slice(count)
			.every((one) => worst(one) <= MOST_PER_ACTION));
		await mineAt(net, GWEI);
		for (let i = 0; i < 6; i++) {
			await watcher.check();
			await mineAt(net, GWEI);
		}
		t.equal("and the answer is given when it can be paid",
			await isExitable(world, other), false);
	},
}, {
	id: "D-12", title: "an account that runs out of ether is named before and while it does",
	needs,
	async run(t) {
		const { world, coins, watcher } = await leaving(t, 4);
		const { net } = world;
		const bond = 23300000000000000n;
		const doctor = async () => (await watcher.command("doctor")).stdout
			.split("\n").find((line) => line.includes(" owner 0x")) ?? "";
		const rich = await doctor();
		t.ok("while all is well the doctor finds ether enough for all of them",
			rich.startsWith("ok "), rich);
		await net.fund(world.address("Alice"), 2n * bond + ONE / 100n);
		const poor = await doctor();
		t.ok("and says how much leaving takes, and what is there instead",
			/WRONG.*it has 0\.0566 ETH.* may take 0\.09[3-9]\d* ETH/.test(poor), poor);
		await watcher.settle(4);
		t.equal("it leaves with what it can pay for", await exiting(world, coins), 2);
		const told = watcher.passes.map(({ why }) => why).join("").split("\n")
			.find((line) => line.includes("too little ether")) ?? "";
		t.ok("and says which account lacks ether", /level=warning/.test(told) &&
			told.includes(world.address("Alice").toLowerCase()), told);
		await net.fund(world.address("Alice"), 100n * ONE);
		await watcher.settle();
		t.equal("with more ether all leave", await exiting(world, coins), 4);
		await namedInPeace(t);
		await namedBeforeItRunsOut(t);
	},
}, {
	id: "D-14", title: "proposers who leave a challenge out for six hours do not win",
	needs,
	async run(t) {
		const { world, coin, watcher, proxy } = await dishonestExit(t);
		const { net } = world;
		await world.game("Mallory").startStandardExit(coin);
		const { exitableAt } = await exitTimes(world, coin);
		await world.passTo(exitableAt - 7 * HOUR);
		proxy.before = async (method, params) => method === "eth_sendRawTransaction"
			? ethers.Transaction.from(params[0]).hash : undefined;
		let offers = 0;
		proxy.after = async (method) => {
			offers += method === "eth_sendRawTransaction";
		};
		let pass;
		for (let hidden = 0; hidden < 1800; hidden += 100) {
			pass = await watcher.check();
			await net.node.rpc("anvil_mine", ["0x64", "0xc"]); // 12 s each
		}
		t.equal("it is left out all the time", await isExitable(world, coin), true);
		const { nonce, data } = proxy.sent[0];
		const tries = proxy.sent.filter((one) => one.nonce === nonce);
		t.ok("every pass offers it", offers >= 18, `${offers}`);
		t.ok("always the same call", tries.every((one) => one.data === data));
		t.ok("for more and more", tries.length > 8 && tries.every((one, i) =>
			i === 0 || (one.maxFeePerGas > tries[i - 1].maxFeePerGas &&
				one.maxPriorityFeePerGas > tries[i - 1].maxPriorityFeePerGas)),
		`${tries.map(({ maxFeePerGas }) => maxFeePerGas)}`);
		t.ok("at last for nearly all that it may cost, and never for more",
			worst(tries.at(-1)) > MOST_PER_ACTION * 8n / 10n &&
			tries.every((one) => worst(one) <= MOST_PER_ACTION),
			`${worst(tries.at(-1))}`);
		t.equal("as every node takes it", proxy.refused, 0);
		t.ok("the alarm names the exit that is not answered", pass.code === 2 &&
			/CRITICAL - PLW-007 unchallenged_exit/.test(pass.line), pass.line);
		proxy.before = async () => undefined;
		await watcher.check();
		await net.mine();
		t.equal("the first honest proposer includes it", await isExitable(world, coin),
			false);
		t.ok("before the exit can be processed", await world.now() < exitableAt);
	},
}, {
	id: "D-17", title: "a challenge that fits into no block of the root chain is no retry",
	needs,
	async run(t) {
		const { world, coin, watcher, proxy } = await dishonestExit(t);
		const { net } = world;
		const room = (gas) => net.node.rpc("evm_setBlockGasLimit",
			[ethers.toQuantity(gas)]);
		const { gasLimit } = await net.provider.getBlock("latest");
		const said = ({ why }) => why.split("\n").filter((line) =>
			/level=warning.*challenge_standard_exit.*cannot fit/.test(line));
		await world.game("Mallory").startStandardExit(coin);
		await room(60000n);
		await net.mine();
		const first = await watcher.check();
		t.ok("it cannot fit, with what it needs and what there is",
			/it needs \d{5,} gas .* may have 60000 now/.test(said(first)[0]), first.why);
		t.equal("which is an alarm", first.code, 2);
		await net.mine();
		await watcher.check();
		t.equal("nothing is signed that nobody can include", proxy.sent.length, 0);

		// It is squeezed when the challenge is on its way.
		await room(gasLimit);
		await net.mine();
		await net.node.rpc("evm_setAutomine", [false]);
		await watcher.check();
		t.ok("with room it is sent", proxy.sent.length > 0);
		await room(60000n);
		await net.mine();
		t.equal("what was sent is named, too", said(await watcher.check()).length, 1);
		t.equal("and not signed again for more",
			new Set(proxy.sent.map(({ nonce }) => nonce)).size, proxy.sent.length);
		await room(gasLimit);
		await net.mine();
		await watcher.check();
		await net.mine();
		t.equal("with room it is mined", await isExitable(world, coin), false);
	},
}, {
	id: "G-07", title: "what is signed is for this chain alone, and in one form alone",
	needs,
	async run(t) {
		const { world, coin, watcher, proxy } = await dishonestExit(t);
		await world.game("Mallory").startStandardExit(coin);
		await world.net.mine(3);
		proxy.before = async (method) =>
			method === "eth_chainId" ? "0x1" : undefined;
		const pass = await watcher.check();
		t.equal("for a node of another chain nothing is signed", proxy.sent.length, 0);
		t.ok("and that is said", /chain 1 and not/.test(`${pass.said}${pass.why}`),
			pass.line);
		proxy.before = async () => undefined;
		await watcher.check();
		t.ok("then it answers", proxy.sent.length > 0 &&
			await isExitable(world, coin) === false);
		t.ok("all of type 2", proxy.sent.every(({ type }) => type === 2));
		t.ok("all for this chain", proxy.sent.every(({ chainId }) =>
			chainId === BigInt(world.net.node.chainId)));
		t.ok("all with the small s", proxy.sent.every(({ signature }) =>
			BigInt(signature.s) <= HALF_OF_N && [0, 1].includes(signature.yParity)));
	},
}, {
	id: "G-11", title: "a thief of the key that challenges gets its ether, and no coin",
	needs,
	async run(t) {
		const world = await World.start(t, { people: ["Alice", "Mallory", "Guard"] });
		const { net } = world;
		const guard = world.address("Guard");
		const kept = await world.deposit("Alice", 4n * ONE);
		const flown = await world.deposit("Alice", 2n * ONE);
		const bought = await world.deposit("Mallory", 5n * ONE);
		const sold = await world.deposit("Mallory", 3n * ONE);
		await world.block([world.pay([bought], [["Alice", 5n * ONE]]),
			world.pay([sold], [["Alice", 3n * ONE]])]);
		const flight = world.pay([flown], [["Alice", 2n * ONE]]);
		const watcher = await world.watcher("Alice", { owners: [],
			args: ["--owner", world.address("Alice"), "--keystore", world.keystore("Guard")] });
		await world.game("Mallory").startStandardExit(bought);
		await watcher.settle();
		t.equal("the key challenges", await isExitable(world, bought), false);
		await world.game("Alice").startInFlightExit({ raw: flight.raw,
			inputs: flight.coins, witnesses: await world.witnesses(flight) });

		// The thief calls whatever there is with it.
		const thief = world.game("Guard");
		const refusals = [
			["startStandardExit", "NotTheOwner", () => thief.startStandardExit(kept)],
			["piggybackOutput", "NotTheSlotOwner",
				() => thief.piggybackOutput(flight.raw, 0)],
			["piggybackInput", "NotTheSlotOwner",
				() => thief.piggybackInput(flight.raw, 0)],
			["submitBlock", "NotTheAuthority",
				() => thief.submitBlock(ethers.id("a block of thieves"))],
		];
		for (const [name, why, call] of refusals)
			t.equal(`${name} is not for it`, await refusalOf(call),
				ethers.id(`${why}()`).slice(0, 10));
		const ether = await net.provider.getBalance(guard);
		await net.fund(guard, 0n);
		t.ok("what it takes is what lay there", ether < 1001n * ONE, `${ether}`);

		await world.game("Mallory").startStandardExit(sold);
		const robbed = await watcher.check();
		t.ok("the next exit that nobody can answer is an alarm", robbed.code === 2 &&
			robbed.why.split("\n").some((line) => line.includes("too little ether") &&
				line.includes(guard.toLowerCase())), robbed.why);
		await net.fund(guard, ONE);
		await watcher.settle();
		t.equal("with other ether it is answered", await isExitable(world, sold), false);
		const alice = world.game("Alice");
		await alice.startStandardExit(kept);
		await alice.piggybackInput(flight.raw, 0);
		t.equal("and the owner leaves with its own key", await exiting(world, [kept]), 1);
	},
}];

/** The selector of the error with which the contracts refuse a call. */
async function refusalOf(call) {
	try {
		await call();
	} catch (error) {
		return error.data;
	}
	return "taken";
}

/** The newest header is one that our program cannot read, of a fork, say: prices are
 * not known then, and everything else goes on. */
async function withoutHeader(t, { net }, watcher) {
	const sql = async (text) => {
		const { status, stdout, stderr } = await run("sqlite3", [net.snapshot, text]);
		if (status !== 0)
			throw new Error(stderr);
		return stdout.trim();
	};
	const put = (hex) => sql(`UPDATE eth_blocks SET header = x'${hex}'
		WHERE number = (SELECT max(number) FROM eth_blocks)`);
	const header = await sql("SELECT hex(header) FROM eth_blocks ORDER BY number DESC LIMIT 1");
	await put("c0");
	const { status, stdout } = await watcher.command("check", "--act", "do");
	t.equal("without a header all is well", status, 0, stdout);
	await put(header);
}

/** No node says what an owner has: what was said of it stays said. */
async function withoutBalance(t, { net }, watcher) {
	const { rpc } = watcher;
	const proxy = await between(t, net);
	let asked = 0;
	watcher.rpc = proxy.url;
	proxy.before = async (method) => {
		if (method !== "eth_getBalance")
			return undefined;
		asked++;
		throw new Error("no balances today");
	};
	const pass = await watcher.check();
	watcher.rpc = rpc;
	t.ok("a balance that is not known ends no warning", asked > 0 && pass.code === 1 &&
		pass.said.includes('"event":"low_balance"'), pass.said);
	t.ok("and the log says so", /level=warning.*balance.*no balances today/.test(pass.why),
		pass.why);
}

/** Nothing halts, but whoever could not pay for leaving is told what it takes. */
async function namedInPeace(t) {
	const world = await World.start(t, { people: ["Alice"] });
	const { net } = world;
	const coins = [];
	for (let i = 0; i < 3; i++)
		coins.push(await world.deposit("Alice", ONE));
	const watcher = await world.watcher("Alice");
	const events = (pass) => JSON.parse(pass.said.slice(pass.said.indexOf("[")))
		.filter(({ event }) => event === "low_balance");
	const little = ONE / 1000n;
	const rich = await watcher.check();
	t.equal("in peace and with much all is well", [rich.code, events(rich)], [0, []]);
	await net.fund(world.address("Alice"), little);
	const poor = await watcher.check();
	const [event] = events(poor);
	t.ok("with little a person is warned", poor.code === 1 && event?.waits === true,
		poor.said);
	t.ok("of its account, and why", event.facts.for === "leaving" &&
		event.facts.account.toLowerCase() === world.address("Alice").toLowerCase(),
		JSON.stringify(event));
	await withoutBalance(t, world, watcher);
	const enough = little + BigInt(event.facts.lacks_wei);
	await net.fund(world.address("Alice"), enough - ONE / 1000n);
	t.equal("with nearly as much still", events(await watcher.check()).length, 1);
	await net.fund(world.address("Alice"), enough);
	const saved = await watcher.check();
	t.equal("with all that it lacked not any more", [saved.code, events(saved)], [0, []]);
	await withoutHeader(t, world, watcher);
	await world.badBlock("payment_without_inputs");
	await watcher.settle();
	t.equal("and that is enough to leave with", await exiting(world, coins), 3);
}

/** What Alice has is enough today, and not for what two days may bring. */
async function namedBeforeItRunsOut(t) {
	const { world, coins, watcher, proxy } = await leaving(t, 1);
	const { net } = world;
	const told = net.file("told");
	const little = 40n * ONE / 1000n;
	watcher.env = { ...watcher.env, PLASMA_WATCHER_HOOK: `cat >> ${told}; echo >> ${told}` };
	const low = ({ said }) => said.includes('"event":"low_balance"');
	const short = ({ why }) => why.includes("too little ether");
	await mineAt(net, GWEI);
	await net.fund(world.address("Alice"), 100n * ONE);
	proxy.before = async (method, params) => method === "eth_sendRawTransaction"
		? ethers.Transaction.from(params[0]).hash : undefined;
	t.ok("with much nothing is said", !low(await watcher.check()));
	t.ok("and its exit is sent, and left out", proxy.sent.length > 0 &&
		await exiting(world, coins) === 0);
	await net.fund(world.address("Alice"), little);
	const first = await watcher.check();
	const alarm = await world.now();
	t.ok("with little it is named, for a person, while all can be paid for",
		low(first) && /"event":"low_balance"[^}]*"waits":true/.test(first.said) &&
		!short(first), first.said);
	const event = readFileSync(told, "utf8").split("\n").filter(Boolean)
		.map((line) => JSON.parse(line)).find((one) => one.event === "low_balance");
	t.ok("the hook is told which account, and what it lacks",
		event.facts.account.toLowerCase() === world.address("Alice").toLowerCase() &&
		BigInt(event.facts.lacks_wei) > 0n, JSON.stringify(event));
	await net.fund(world.address("Alice"), little + BigInt(event.facts.lacks_wei));
	t.ok("with that it is out of danger", !low(await watcher.check()));
	await net.fund(world.address("Alice"), little);
	t.ok("and without it is not", low(await watcher.check()));
	await world.pass(48 * HOUR);
	await mineAt(net, 80n * GWEI);
	const second = await watcher.check();
	t.ok("two days later it has too little", short(second), second.why);
	t.ok("which was said 48 hours before", await world.now() - alarm >= 48 * HOUR);
	proxy.before = async () => undefined;
	await mineAt(net, GWEI);
	await net.fund(world.address("Alice"), 100n * ONE);
	await watcher.settle();
	t.equal("with much it leaves", await exiting(world, coins), 1);
}

/** When the exit of a coin can be processed. */
async function exitTimes(world, coin) {
	const queue = new ethers.Contract(world.network.plasma_framework,
		abiOf("PlasmaFramework"), world.net.provider);
	const priority = await queue.getNextExit(1, ethers.ZeroAddress);
	return { exitableAt: Number(priority >> 224n), coin };
}
