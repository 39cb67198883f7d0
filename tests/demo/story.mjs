#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The story that ./demo tells: what a child chain is for, and what happens when
// its operator turns evil. Every program is a process of its own, the root chain
// is real, and its clock is moved; every claim is checked from outside.

import { parseArgs } from "node:util";

import { ethers } from "ethers";

import {
	ETH, merkleRoot, merkleTree, position, rawDeposit, readBody, splitPosition,
} from "../support/child_chain.mjs";
import { waitFor } from "../support/operator_net.mjs";
import { missing } from "../support/programs.mjs";
import { interrupted, ONE, Stage, Villain } from "./cast.mjs";
import { Teller } from "./teller.mjs";

const WEEK = 604800;
const LIMIT = 7200;
const FEE = 10n ** 12n;
const DEMO = 10n ** 18n;
const PATIENCE = 180;

const ether = (wei) => `${ethers.formatEther(wei)} ether`;

/** The raw transaction that made the coin. */
async function rawOf(stage, at) {
	const { blknum, txindex } = splitPosition(at);
	const coin = stage.referee.coins.get(at) ??
		stage.referee.paid.find((one) => one.at === at);
	if (blknum % 1000n !== 0n)
		return rawDeposit(coin);
	const [root] = await stage.net.framework().blocks(blknum);
	const answer = await fetch(`${stage.operatorUrl}/blocks/${root.slice(2)}`);
	return readBody(new Uint8Array(await answer.arrayBuffer()))[Number(txindex)].raw;
}

/** Waits until all these coins are in a standard exit; gives what leaves. */
async function allExiting(stage, coins) {
	const game = Object.values(stage.people)[0].game;
	for (const { at } of coins) {
		const raw = await rawOf(stage, at);
		await waitFor(`coin ${at} to exit`, async () =>
			(await game.standardExit(raw, at))?.exitable, PATIENCE);
	}
	return [coins.length > 0, `${coins.length} coins: ${coins.map(({ amount, token }) =>
		`${ethers.formatEther(amount)} ${token === ETH ? "ether" : "DEMO"}`).join(", ")}`];
}

const amountText = (amount, token) =>
	(token === ETH ? `${amount}wei` : `${ethers.formatEther(amount)} DEMO`);

/** Deposits through the wallet and tells the referee. */
async function deposit(stage, name, amount, token = ETH) {
	const { address, game } = stage.people[name];
	const next = await game.framework.nextDepositBlock();
	await stage.wallet(name, "deposit", amountText(amount, token));
	const at = next * 1000000000n;
	stage.referee.deposited(at, { owner: address, token, amount });
	return at;
}

/** Pays; waits until it is in a block and the receiver's watcher knows. */
async function send(stage, from, to, amount, token = ETH) {
	const { transaction } = await handIn(stage, from, to, amount, token);
	await stage.inBlock(transaction);
	await agrees(stage, to, token);
	return transaction;
}

async function handIn(stage, from, to, amount, token = ETH) {
	return stage.wallet(from, "send", stage.people[to].address,
		amountText(amount, token));
}

/** Until the person's watcher shows what the referee computes. */
async function agrees(stage, name, token = ETH) {
	return waitFor(`${name}'s balance`, async () => {
		await stage.learn();
		return await stage.balance(name, token) ===
			stage.referee.balance(stage.people[name].address, token);
	}, PATIENCE);
}

// ---------------------------------------------------------------- chapters

async function setup(teller) {
	teller.chapter("setup");
	const stage = await Stage.build();
	const { net } = stage;
	const game = async (name, demo) => (await stage.person(name, demo)).game;
	const alice = await game("Alice", 500n * DEMO);
	await game("Bob");
	await game("Carol");
	await game("Mallory");
	await teller.claim("rootchain", async () =>
		[BigInt(await net.node.rpc("eth_chainId")) === BigInt(net.node.chainId),
			`chain ${net.node.chainId} at ${net.node.url}`]);
	await teller.claim("contracts", async () => {
		const found = await Promise.all([alice.framework.vaults(1n),
			alice.framework.vaults(2n), alice.framework.exitGames(1n),
			alice.framework.authority()]);
		return [found.join() === [net.network.eth_vault, net.network.erc20_vault,
			net.network.payment_exit_game, net.network.authority].join(),
		`framework ${net.network.plasma_framework}`];
	});
	await teller.claim("period", async () =>
		await alice.framework.minExitPeriod() === BigInt(WEEK));
	const ready = await teller.claim("processes", async () => {
		await stage.startFollower();
		net.writeFees({ [ETH]: `${FEE}` });
		await stage.startOperator();
		await stage.startWatcher("watcher-of-Alice", ["Alice"]);
		await stage.startWatcher("watcher-of-Bob-and-Carol", ["Bob", "Carol"]);
		return [net.processes.every(({ alive }) => alive),
			`processes ${net.processes.map(({ child }) => child.pid).join(", ")}`];
	});
	if (!ready)
		throw new Error("without its programs there is no story");
	return stage;
}

async function paying(teller, stage) {
	teller.chapter("paying");
	const { net, referee } = stage;
	await teller.claim("depositEth", async () => {
		await deposit(stage, "Alice", 10n * ONE);
		return await net.provider.getBalance(net.network.eth_vault) === 10n * ONE;
	});
	await teller.claim("depositToken", async () => {
		await deposit(stage, "Alice", 500n * DEMO, stage.token);
		return await referee.tokenBalance(stage.token, net.network.erc20_vault) ===
			500n * DEMO;
	});
	await teller.claim("credited", async () =>
		await agrees(stage, "Alice") && agrees(stage, "Alice", stage.token));
	const nonce = await net.provider.getTransactionCount(stage.people.Alice.address);
	await teller.claim("payBob", async () => {
		const transaction = await send(stage, "Alice", "Bob", 3n * ONE);
		return [await net.provider.getTransactionCount(
			stage.people.Alice.address) === nonce, `payment ${transaction}`];
	});
	await teller.claim("payToken", async () => {
		await agrees(stage, "Alice");
		await send(stage, "Alice", "Bob", 200n * DEMO, stage.token);
		return await stage.balance("Bob", stage.token) === 200n * DEMO;
	});
	await teller.claim("committed", () => committed(stage));
	await teller.claim("payCarol", async () => {
		await send(stage, "Bob", "Carol", ONE);
		return await stage.balance("Carol") === ONE;
	});
	await teller.claim("ledger", async () => {
		const said = [];
		for (const name of ["Alice", "Bob", "Carol"]) {
			await agrees(stage, name);
			await agrees(stage, name, stage.token);
			said.push(`${name} ${ether(await stage.balance(name))}`);
		}
		return [true, said.join(", ")];
	});
	await teller.claim("healthy", async () => {
		await stage.seen();
		const events = await Promise.all(Object.values(stage.watchers)
			.map((watcher) => watcher.events()));
		return [events.flat().length === 0, events.flat().join(", ")];
	});
	await teller.claim("checkOk", async () => {
		const { status, stdout } = await stage.check("check-healthy", ["Alice"]);
		return [status === 0 && stdout.trim().split("\n").length === 1, stdout.trim()];
	});
}

/** Every block's body hashes to the root on the root chain. */
async function committed(stage) {
	const framework = stage.net.framework();
	const next = await framework.nextChildBlock();
	let count = 0;
	for (let blknum = 1000n; blknum < next; blknum += 1000n) {
		const [root] = await framework.blocks(blknum);
		const answer = await fetch(`${stage.operatorUrl}/blocks/${root.slice(2)}`);
		const body = readBody(new Uint8Array(await answer.arrayBuffer()));
		if (merkleRoot(body.map(({ raw }) => raw)) !== root)
			return [false, `block ${blknum}`];
		count += body.length;
	}
	return [count > 0, `${count} transactions in ${(next - 1000n) / 1000n} blocks`];
}

async function thief(teller, stage) {
	teller.chapter("thief");
	const { Mallory } = stage.people;
	const { provider } = stage.net;
	let coin;
	let before;
	await teller.claim("spent", async () => {
		const at = await Mallory.game.depositEth(5n * ONE);
		coin = { owner: Mallory.address, token: ETH, amount: 5n * ONE, at };
		coin.raw = rawDeposit(coin);
		coin.proof = merkleTree([coin.raw]).proofs[0];
		stage.referee.deposited(at, coin);
		const bytes = await stage.signed(Mallory, [coin],
			[{ owner: stage.people.Bob.address, amount: 5n * ONE - FEE }]);
		const { data } = await waitFor("her deposit to be credited", async () => {
			const answer = await stage.net.submit(bytes);
			return answer.success && answer;
		}, PATIENCE);
		await stage.inBlock(data.txhash);
		await agrees(stage, "Bob");
		return true;
	});
	const others = Object.values(stage.watchers).map(({ account }) => account.address);
	await teller.claim("cheat", async () => {
		before = await provider.getBlockNumber();
		const receipt = await Mallory.game.startStandardExit(coin);
		return Mallory.game.events(receipt).some(({ name }) => name === "ExitStarted");
	});
	let challenge;
	await teller.claim("challenged", async () => {
		await waitFor("a challenge", async () =>
			(await Mallory.game.standardExit(coin.raw, coin.at)).exitable === false,
		PATIENCE);
		const { game } = Mallory.game;
		[challenge] = await game.queryFilter(game.filters.ExitChallenged(), before);
		return [challenge.args.utxoPos === coin.at,
			`root-chain transaction ${challenge.transactionHash}`];
	});
	await teller.claim("bond", async () => {
		const receipt = await challenge.getTransactionReceipt();
		const bond = await Mallory.game.game.startStandardExitBondSize();
		const [was, is] = await Promise.all([receipt.blockNumber - 1,
			receipt.blockNumber].map((number) =>
			provider.getBalance(receipt.from, number)));
		return [others.includes(receipt.from) && is - was === bond - receipt.fee,
			`${ether(bond)}, less ${ether(receipt.fee)} of gas, to ${receipt.from}`];
	});
}

/** The villain's block: honest payments and an invention for Mallory, who has
 * one more coin for it. Gives all about it. */
async function invent(stage, serve, villain, coin) {
	const block = await villain.tell("commit", {
		rule: "amounts_do_not_add_up", serve, input: coin.at, amount: 1000n * ONE,
		thief: stage.people.Mallory.address,
		key: stage.people.Mallory.wallet.privateKey,
	});
	const raws = block.transactions.map((bytes) =>
		ethers.encodeRlp(ethers.decodeRlp(bytes).slice(1)));
	const last = raws.length - 1;
	const { timestamp } = await stage.net.provider.getBlock(block.eth_block);
	return { ...block, raws, time: timestamp, invented: {
		raw: raws[last], at: position(block.blknum, last, 0),
		proof: merkleTree(raws).proofs[last],
	} };
}

/** Mallory's last ether, which the operator makes a thousand. */
async function seed(stage) {
	const { Mallory } = stage.people;
	const at = await Mallory.game.depositEth(ONE);
	stage.referee.deposited(at, { owner: Mallory.address, amount: ONE });
	return { at };
}

async function withheld(teller, stage) {
	teller.chapter("withheld");
	const { Alice, Mallory } = stage.people;
	const { provider } = stage.net;
	const coin = await seed(stage);
	await stage.seen();
	await stage.learn();
	const villain = await Villain.takeOver(stage);
	let block;
	await teller.claim("inFlight", async () => {
		await handIn(stage, "Bob", "Carol", 2n * ONE);
		const { pool } = await villain.tell("status");
		return pool === 1;
	});
	const settled = ["Alice", "Bob", "Carol"].map((name) =>
		[name, stage.referee.coinsOf(stage.people[name].address)]);
	await teller.claim("hidden", async () => {
		block = await invent(stage, "withhold", villain, coin);
		const answer = await fetch(`${villain.url}/blocks/${block.root.slice(2)}`);
		return [answer.status === 404 &&
			await stage.net.rootOf(block.blknum) === block.root,
		`block ${block.blknum}, root ${block.root}`];
	});
	stage.bad = block;
	const flight = block.raws[0];
	const spent = new Set(ethers.decodeRlp(flight)[1].map((word) => BigInt(word)));
	stage.referee.happened(flight, block.blknum, 0);
	await teller.claim("patience", async () => {
		const now = (await stage.head()).timestamp;
		await stage.pass(block.time + LIMIT - 120 - now);
		const length = await Mallory.game.queueLength();
		return [length <= 1n, "one hour and 58 minutes later"];
	});
	await teller.claim("noticed", async () => {
		await stage.pass(240);
		for (const watcher of Object.values(stage.watchers))
			await waitFor(`${watcher.name} to say it`, async () =>
				(await watcher.events()).includes("block_withholding"), PATIENCE);
		return true;
	});
	const leaving = (names) => settled.filter(([name]) => names.includes(name))
		.flatMap(([, coins]) => coins).filter(({ at }) => !spent.has(at));
	await teller.claim("aliceLeaves", () => allExiting(stage, leaving(["Alice"])));
	await teller.claim("bobLeaves", () =>
		allExiting(stage, leaving(["Bob", "Carol"])));
	await teller.claim("flight", () => waitFor("an in-flight exit", () =>
		Alice.game.inFlightExit(flight).then(Boolean), PATIENCE));
	await teller.claim("piggyback", () => waitFor("Carol's piggyback", async () =>
		((await Alice.game.inFlightExit(flight)).exitMap & (1n << 5n)) !== 0n,
	PATIENCE));
	await teller.claim("deadline", async () => {
		const last = block.time + WEEK - 1;
		const { timestamp } = await provider.getBlock("latest");
		const text = `${new Date(last * 1000).toISOString().slice(0, 19)}Z`;
		const said = await Promise.all(["Alice", "Bob"].map((name) => stage.says(name)));
		return [said.every((one) => one.includes(text)) && timestamp < last,
			`exits must have started by ${text}, and did ${
				Math.floor((last - timestamp) / 3600)} hours before it`];
	});
	await teller.claim("invented", async () => {
		await Mallory.game.startStandardExit(block.invented);
		const record = await Mallory.game.standardExit(
			block.invented.raw, block.invented.at);
		return [record.exitable && record.amount === 1000n * ONE,
			"nobody can disprove it, but it waits behind everybody else"];
	});
}

/** Two weeks pass; everything is paid. */
async function pay(stage, names) {
	for (const name of names)
		stage.referee.exits(stage.referee.coinsOf(stage.people[name].address));
	await stage.pass(2 * WEEK + 60);
	const game = Object.values(stage.people)[0].game;
	for (const token of stage.token ? [ETH, stage.token] : [ETH])
		await waitFor("the queue to be empty", async () =>
			await game.queueLength(token) === 0n, PATIENCE);
	await stage.seen();
}

/** Mallory gets what nobody else owns: the vault's last wei, and no more. */
function leftToMallory(stage) {
	const left = stage.referee.held();
	stage.referee.paid.push(
		{ owner: stage.people.Mallory.address, token: ETH, amount: left });
	return left;
}

async function balanceClaim(teller, id, rows, name, token = ETH) {
	await teller.claim(id, () => {
		const row = rows.find((one) => one.name === name && one.token === token);
		return [row.got === row.expected, row.got === row.expected
			? `${ethers.formatEther(row.got)} on the root chain`
			: `has ${row.got}, owed ${row.expected}`];
	});
}

async function home(teller, stage) {
	teller.chapter("home");
	const { net } = stage;
	await teller.claim("processed", async () => {
		await pay(stage, ["Alice", "Bob", "Carol"]);
		return true;
	});
	const left = leftToMallory(stage);
	const rows = await stage.referee.settle();
	await balanceClaim(teller, "alice", rows, "Alice");
	await balanceClaim(teller, "aliceToken", rows, "Alice", stage.token);
	await balanceClaim(teller, "bob", rows, "Bob");
	await balanceClaim(teller, "bobToken", rows, "Bob", stage.token);
	await balanceClaim(teller, "carol", rows, "Carol");
	await teller.claim("last", () => lastInQueue(stage, left));
	await teller.claim("mallory", () => {
		const row = rows.find(({ name, token }) => name === "Mallory" && token === ETH);
		const came = stage.referee.accounts.get(stage.people.Mallory.address)
			.start.get(ETH);
		return [row.got === row.expected && row.got < came, row.got === row.expected
			? `${ether(came - row.got)} less`
			: `has ${row.got}, by the books ${row.expected}`];
	});
	await teller.claim("vault", async () => {
		const holds = [await net.provider.getBalance(net.network.eth_vault),
			await stage.referee.tokenBalance(stage.token, net.network.erc20_vault),
			await stage.people.Alice.game.ethVault.totalCredits(ETH)];
		return [holds.every((wei) => wei === 0n), `they hold ${holds.join(", ")}`];
	});
}

/** The invented exit was the last one paid in ether; it got `left`, not a thousand. */
async function lastInQueue(stage, left) {
	const { ethVault } = stage.people.Mallory.game;
	const paid = await ethVault.queryFilter(ethVault.filters.EthWithdrawn(), 0);
	const { receiver, amount } = paid.at(-1).args;
	const short = await ethVault.queryFilter(ethVault.filters.Shortfall(), 0);
	return [receiver === stage.people.Mallory.address && amount === left &&
		short.length === 1 && short[0].args.amount === 1000n * ONE - left,
	`it got ${ether(amount)}: her own last ether and the operator's fees`];
}

async function stranger(teller, stage) {
	teller.chapter("stranger");
	const pass = await stage.check("check-stranger", ["Alice"]);
	await teller.claim("verdict", () =>
		[pass.status === 2, `exit code ${pass.status}`]);
	await teller.claim("reason", () =>
		[pass.stdout.includes("block_withholding") &&
			pass.stdout.trim().split("\n").length === 1, pass.stdout.trim()]);
}

async function invalid(teller) {
	teller.chapter("invalid");
	const stage = await Stage.build({ token: false });
	try {
		await stage.person("Alice");
		await stage.person("Bob");
		await stage.person("Mallory");
		await teller.claim("again", () => secondChain(stage));
		const coin = await seed(stage);
		await stage.seen();
		await stage.learn();
		const villain = await Villain.takeOver(stage);
		await teller.claim("openTheft", async () => {
			stage.bad = await invent(stage, "yes", villain, coin);
			return [await stage.net.rootOf(stage.bad.blknum) === stage.bad.root,
				`block ${stage.bad.blknum}`];
		});
		await teller.claim("named", async () => {
			const { status } = Object.values(stage.watchers)[0];
			return waitFor("the verdict", async () =>
				JSON.stringify(await status()).includes("amounts_do_not_add_up"),
			PATIENCE);
		});
		await teller.claim("leave", () => allExiting(stage, ["Alice", "Bob"].flatMap(
			(name) => stage.referee.coinsOf(stage.people[name].address))));
		await stage.people.Mallory.game.startStandardExit(stage.bad.invented);
		await pay(stage, ["Alice", "Bob"]);
		const left = leftToMallory(stage);
		const rows = await stage.referee.settle();
		await balanceClaim(teller, "aliceAgain", rows, "Alice");
		await balanceClaim(teller, "bobAgain", rows, "Bob");
		await teller.claim("malloryAgain", () => lastInQueue(stage, left));
	} finally {
		await stage.close();
	}
}

async function secondChain(stage) {
	await stage.startFollower();
	stage.net.writeFees({ [ETH]: `${FEE}` });
	await stage.startOperator();
	await stage.startWatcher("watcher", ["Alice", "Bob"]);
	await deposit(stage, "Alice", 7n * ONE);
	await agrees(stage, "Alice");
	await send(stage, "Alice", "Bob", 3n * ONE);
	return agrees(stage, "Alice");
}

// -------------------------------------------------------------------- main

const { values } = parseArgs({ options: {
	keep: { type: "boolean" }, json: { type: "boolean" },
} });
const absent = missing("plasma-operator", "plasma-rootchain", "plasma-watcher",
	"plasma-wallet");
if (absent.length > 0) {
	console.error(`demo: not built: ${absent.join(", ")}`);
	process.exit(66);
}
const teller = new Teller(values);
let stage;
let failure;
try {
	stage = await setup(teller);
	await paying(teller, stage);
	await thief(teller, stage);
	await withheld(teller, stage);
	await home(teller, stage);
	await stranger(teller, stage);
	await invalid(teller);
} catch (error) {
	failure = error;
}
if (values.keep && stage) {
	teller.print("");
	teller.print(`Everything still runs, until ^C. It lies in ${stage.net.dir}`);
	teller.print(`  root chain  ${stage.net.node.url}`);
	for (const { name, url } of Object.values(stage.watchers))
		teller.print(`  ${name}  ${url}`);
	await interrupted();
}
await stage?.close();
process.exit(teller.end(failure));
