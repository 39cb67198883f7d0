// SPDX-License-Identifier: MIT
//
// Group C: what the maintainer, tokens and accounts with code can do.

import { readFileSync, writeFileSync } from "node:fs";

import { ethers } from "ethers";

import { startProxy } from "../support/chaos_proxy.mjs";
import { abiOf } from "../support/exit_game.mjs";
import { ONE, P, World } from "../support/world.mjs";

const needs = ["plasma-rootchain", "plasma-watcher", "watcher/exit_loop.c"];

/** Where the code behind a proxy stands. */
const BEHIND = "0x00000000000000000000000000000000000C0De8";

async function alone(t, prepare = async () => {}) {
	const world = await World.start(t, { people: ["Alice", "Mallory"] });
	await prepare(world);
	const coin = await world.deposit("Alice", 4n * ONE);
	const watcher = await world.watcher("Alice");
	t.equal("before it, all is well", (await watcher.check()).code, 0);
	return { world, coin, watcher };
}

/** One poll later it is CRITICAL for a governance change, and the coin exits in
 * time: before `wait` of the event, less a period. */
async function leaves(t, { world, coin, watcher }, at) {
	await world.net.mine(3);
	const pass = await watcher.check();
	t.equal("one poll later it is CRITICAL", pass.code, 2);
	t.ok("for a change that nobody approved",
		pass.said.includes("governance_change"), pass.said);
	await watcher.settle();
	const record = await world.game("Alice").standardExit(coin.raw, coin.at);
	t.ok("the coin is exiting", record?.exitable === true);
	t.ok("and will be paid before the change counts", await world.now() < at + P);
}

/** From now on nobody can send the token to `holder`: its code stands at another
 * address and is called from a few instructions that look at transfers first. */
async function blocklist(world, holder) {
	const { rpc } = world.net.node;
	const target = world.token.target;
	const code = "0x00000000000000000000000000000000000c0de7";
	const hex = (address) => address.slice(2).toLowerCase();
	await rpc("anvil_setCode", [code, await rpc("eth_getCode", [target, "latest"])]);
	await rpc("anvil_setCode", [target, `0x${[
		"5f3560e01c63a9059cbb14", // transfer
		`60043573${hex(holder)}14`, // to the holder
		"16605557", // to the end
		"365f5f37", // the call as it is
		`5f5f365f73${hex(code)}5af4`,
		"3d5f5f3e", "605157", "3d5ffd", "5b3d5ff3", // its answer
		"5b5f5ffd",
	].join("")}`]);
	await world.net.mine(3);
}

/** A contract becomes a proxy of itself: its code stands at another address and is
 * called from there, so that nothing behaves as it did not before. */
async function proxied(world, target, place) {
	const { rpc } = world.net.node;
	await rpc("anvil_setCode", [place, await rpc("eth_getCode", [target, "latest"])]);
	await rpc("anvil_setCode", [target, `0x${[
		"365f5f37", // the call as it is
		`5f5f365f73${place.slice(2)}5af4`,
		"3d5f5f3e", "602957", "3d5ffd", "5b3d5ff3", // its answer
	].join("")}`]);
}

/** The exit game was a proxy when the network was described: the hashes of its code
 * and of the code behind it are those of the network file. */
async function approvedProxy(world) {
	const game = world.network.payment_exit_game;
	await proxied(world, game, BEHIND);
	const hashOf = async (address) => ethers.keccak256(
		await world.net.node.rpc("eth_getCode", [address, "latest"]));
	const file = world.net.file("net.conf");
	const line = new RegExp(`^${game} = .*$`, "mi");
	writeFileSync(file, readFileSync(file, "utf8").replace(line,
		`${game} = ${await hashOf(game)}\n${BEHIND} = ${await hashOf(BEHIND)}`));
	await world.net.mine(3);
}

/** An account of somebody whose receiving needs more gas than a transfer brings. */
async function delegate(world, name) {
	const target = "0x00000000000000000000000000000000000c0de5";
	await world.net.node.rpc("anvil_setCode", [target, "0x600160015500"]);
	await world.net.node.rpc("anvil_setCode", [world.address(name),
		`0xef0100${target.slice(2)}`]);
	await world.net.mine(3);
}

export const scenarios = [{
	id: "B-25", title: "a pay-out to an account with code fails: a credit waits, and is claimed",
	needs,
	async run(t) {
		const { world, coin, watcher } = await alone(t);
		await delegate(world, "Alice");
		const { ethVault, game } = world.game("Alice");
		const first = await watcher.check();
		t.ok("the watcher warns of the code", /carries code/.test(first.why),
			first.why);
		t.equal("and goes on", first.code, 0);
		await watcher.command("exit", `${coin.at}`);
		await world.net.mine(3);
		await watcher.check();
		await world.pass(P + 60);
		await watcher.settle();
		const failed = await ethVault.queryFilter(
			ethVault.filters.WithdrawFailed(), 0);
		t.equal("the plain pay-out failed", failed.map(({ args }) => args.amount),
			[4n * ONE]);
		const claimed = async (contract) => (await contract.queryFilter(
			contract.filters.CreditClaimed(), 0)).map(({ args }) => [args.to]);
		t.equal("what waited in the vault is claimed", await claimed(ethVault),
			[[world.address("Alice")]]);
		t.equal("and the bond", await claimed(game), [[world.address("Alice")]]);
		world.referee.exits(world.referee.coinsOf(world.address("Alice")));
		await world.balances(t, ["Alice"]);

		// Without our extensions the contracts would lose it.
		const file = world.net.file("net.conf");
		writeFileSync(file, readFileSync(file, "utf8")
			.replace(/^extensions = .*$/m, "extensions = 0"));
		const refused = await watcher.command("check");
		t.ok("where contracts would lose it the watcher refuses",
			refused.status !== 0 && /carries code/.test(refused.stderr +
				refused.stdout), refused.stderr + refused.stdout);
	},
}, {
	id: "C-04", title: "a vault, an exit game, a verifier or code that nobody approved",
	needs,
	async run(t) {
		const changes = {
			"a vault": (world, framework) =>
				framework.registerVault(3n, world.network.payment_exit_game),
			"an exit game": (world, framework) =>
				framework.registerExitGame(7n, world.network.eth_vault, 2n),
			"another maintainer": (world, framework) =>
				framework.transferOwnership(world.address("Mallory")),
			"a deposit verifier": async (world) => new ethers.Contract(
				world.network.eth_vault, abiOf("EthVault"), world.net.deployer)
				.setDepositVerifier(world.network.erc20_vault),
			"another code": async (world) => {
				await world.net.node.rpc("anvil_setCode",
					[world.network.eth_vault, "0x60016001"]);
			},
			"no code at all": async (world) => {
				await world.net.node.rpc("anvil_setCode",
					[world.network.erc20_vault, "0x"]);
			},
			"a proxy in front of the exit game": (world) =>
				proxied(world, world.network.payment_exit_game, BEHIND),
			"other code behind a proxy that was approved": async (world) => {
				// A byte behind its end, which no call ever reaches.
				const code = await world.net.node.rpc("eth_getCode",
					[BEHIND, "latest"]);
				await world.net.node.rpc("anvil_setCode", [BEHIND, `${code}00`]);
			},
		};
		for (const [what, change] of Object.entries(changes)) {
			t.note(what);
			const state = await alone(t, what.includes("behind a proxy")
				? approvedProxy : undefined);
			const { world } = state;
			const framework = new ethers.Contract(world.network.plasma_framework,
				abiOf("PlasmaFramework"), world.net.deployer);
			t.equal("our contracts register nothing without code", await framework
				.registerVault(4n, ethers.getAddress(`0x${"c0de".repeat(10)}`))
				.then(() => "registered", () => "refused"), "refused");
			await (await change(world, framework))?.wait();
			await leaves(t, state, await world.now());
		}
	},
}, {
	id: "C-07", title: "a blocked holder at the head stops nobody, and a queue that stops is said to",
	needs,
	async run(t) {
		const people = ["Alice", "Bob", "Mallory"];
		const world = await World.start(t, { people, token: true });
		const token = world.token.target;
		const coins = {};
		for (const name of ["Mallory", "Alice", "Bob"]) {
			await world.mint(name, 100n);
			coins[name] = await world.deposit(name, 50n, token);
		}
		await world.deposit("Alice", ONE);
		const watcher = await world.watcher("Alice");
		t.equal("before it, all is well", (await watcher.check()).code, 0);
		for (const name of ["Mallory", "Alice", "Bob"])
			await world.game(name).startStandardExit(coins[name]);
		await blocklist(world, world.address("Mallory"));
		await world.pass(P + 60);
		await watcher.settle();
		const has = (name) => world.token.balanceOf(world.address(name));
		t.equal("the others are paid", [await has("Alice"), await has("Bob")],
			[100n, 100n]);
		t.equal("what is Mallory's waits as a credit", await world.game("Mallory")
			.erc20Vault.creditOf(world.address("Mallory"), token), 50n);

		// A queue of which nobody takes the head, as where a transfer that reverts
		// stops it.
		await world.mint("Bob", 10n);
		const late = await world.deposit("Bob", 10n, token);
		await world.game("Bob").startStandardExit(late);
		watcher.act = "print";
		await world.pass(P + P / 14 - 60);
		const waits = await watcher.check();
		t.ok("not yet", !waits.said.includes("queue_stuck"), waits.said);
		await world.pass(120);
		const stuck = await watcher.check();
		t.ok("it has been due for a 14th of the period: queue_stuck",
			stuck.said.includes("queue_stuck"), stuck.said);
		t.equal("which is CRITICAL", stuck.code, 2);
		t.ok("and no halt", !stuck.line.includes("halted"), stuck.line);
	},
}, {
	id: "C-09", title: "an account with delegated code: the challenge stands, the bond waits",
	needs,
	async run(t) {
		const world = await World.start(t, { people: ["Alice", "Mallory"] });
		await world.deposit("Alice", 4n * ONE);
		const coin = await world.deposit("Mallory", 5n * ONE);
		await world.block([world.pay([coin], [["Alice", 5n * ONE]])]);
		await delegate(world, "Alice");
		const watcher = await world.watcher("Alice");
		const first = await watcher.check();
		t.ok("the watcher warns", first.code >= 1 || /code/.test(first.why),
			`${first.said} ${first.why}`);
		await world.game("Mallory").startStandardExit(coin);
		await world.net.mine(3);
		await watcher.check();
		const record = await world.game("Mallory").standardExit(coin.raw, coin.at);
		t.equal("the challenge succeeds", record.exitable, false);
		t.equal("and the bond waits as a credit",
			await world.game("Alice").game.creditOf(world.address("Alice")),
			23300000000000000n);
	},
}, {
	id: "C-11", title: "every call at its largest needs less than half of what a transaction may have",
	needs,
	async run(t) {
		const world = await World.start(t, { people: ["Alice", "Mallory"] });
		const game = world.game("Mallory");
		const five = (name, amount) => Array(5).fill([name, amount]);
		const deposit = await world.deposit("Mallory", 50n * ONE);
		const [coins] = await world.block(
			[world.pay([deposit], five("Mallory", 10n * ONE))]);
		const tx = world.pay(coins, five("Mallory", 10n * ONE));
		const [outputs] = await world.block([tx]);
		const spend = world.pay(outputs, five("Mallory", 10n * ONE));
		const rival = world.pay([...coins].reverse(), [["Mallory", 50n * ONE]]);
		const witnessesOf = (payment) => world.witnesses(payment);
		const [last] = coins.slice(4);
		const flight = { raw: tx.raw, inputIndex: 4, input: last };
		const used = {};
		const estimated = {};
		/** As a node sees each call before it is sent. */
		game.send = async (contract, method, args, value = 0n) => {
			const gas = await contract[method].estimateGas(...args, { value });
			estimated[method] = Math.max(estimated[method] ?? 0, Number(gas));
			return (await contract[method](...args, { value })).wait();
		};
		const measure = async (name, call) => {
			const { gasUsed } = await call;
			used[name] = Math.max(used[name] ?? 0, Number(gasUsed));
		};

		await measure("startStandardExit", game.startStandardExit(outputs[4]));
		await measure("challengeStandardExit", game.challengeStandardExit({
			...outputs[4], spend: spend.raw, inputIndex: 4,
			witness: (await witnessesOf(spend))[4] }));
		await measure("startInFlightExit", game.startInFlightExit({ raw: tx.raw,
			inputs: coins, witnesses: await witnessesOf(tx) }));
		for (let i = 0; i < 5; i++) {
			await measure("piggybackInFlightExitOnInput",
				game.piggybackInput(tx.raw, i));
			await measure("piggybackInFlightExitOnOutput",
				game.piggybackOutput(tx.raw, i));
		}
		const [witness] = await witnessesOf(rival);
		await measure("challengeInFlightExitNotCanonical", game.challengeNotCanonical({
			...flight, rival: { raw: rival.raw, inputIndex: 0, witness } }));
		await measure("respondToNonCanonicalChallenge",
			game.respond(tx.raw, outputs[0].at, outputs[0].proof));
		await measure("challengeInFlightExitInputSpent", game.blockInput({ ...flight,
			spend: rival.raw, spendIndex: 0, witness }));
		await measure("challengeInFlightExitOutputSpent", game.blockOutput({
			raw: tx.raw, proof: outputs[4].proof, at: outputs[4].at,
			spend: spend.raw, spendIndex: 4, witness: (await witnessesOf(spend))[4] }));
		await measure("startInFlightExit", game.startInFlightExit({ raw: rival.raw,
			inputs: rival.coins, witnesses: await witnessesOf(rival) }));
		await world.pass(2 * P + 60);
		await measure("deleteNonPiggybackedInFlightExit",
			game.deleteInFlightExit(rival.raw));
		await measure("processExits", game.processExits());

		t.equal("all ten calls, and deletion, were made", Object.keys(used).length, 11);
		t.equal("and estimated before", Object.keys(used).filter((name) =>
			!(estimated[name] > 0)), []);
		for (const [name, gas] of Object.entries(used))
			t.ok(`${name}: ${gas} gas, ${estimated[name]} by estimate`,
				Math.max(gas, estimated[name]) < (1 << 24) / 2);

		// A fork that makes a call dear is said before it is too dear.
		const paid = [await world.deposit("Mallory", ONE),
			await world.deposit("Mallory", ONE)];
		await world.block([world.pay(paid, [["Alice", 2n * ONE]])]);
		const watcher = await world.watcher("Alice");
		const proxy = await startProxy(world.net.node.url);
		t.atExit(() => proxy.close());
		watcher.rpc = proxy.url;
		await watcher.check();
		const saysDear = async (coin, gas) => {
			await game.startStandardExit(coin);
			await world.net.mine(3);
			proxy.clear();
			proxy.rule({ method: "eth_estimateGas", edit: () => ethers.toQuantity(gas) });
			const { why } = await watcher.check();
			await world.net.mine(3);
			t.equal("it is challenged all the same",
				(await game.standardExit(coin.raw, coin.at)).exitable, false);
			return /level=warning event="a call needs very much gas" kind="challenge_standard_exit"/
				.test(why);
		};
		t.equal("half of what a transaction may have is an alarm",
			await saysDear(paid[0], 1 << 23), true);
		t.equal("a gas less is none", await saysDear(paid[1], (1 << 23) - 1), false);
	},
}];
