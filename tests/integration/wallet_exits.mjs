#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Money comes to the child chain and leaves it again by the wallet alone, with
// ether and a token, with operator and watcher gone, and with kills in between.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ethers } from "ethers";

import {
	needFollower, Process, program, run, startNet, top, waitFor,
} from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";
import { Wallet, WatcherStandIn } from "../support/wallet_net.mjs";

const ONE = 10n ** 18n;
const PERIOD = 604800;

async function deployToken(net) {
	const { abi, bytecode } = JSON.parse(
		readFileSync(join(top, "tests/support/TestToken.json"), "utf8"));
	const owner = await net.person();
	const token = await new ethers.ContractFactory(abi, bytecode, owner)
		.deploy("Test Token", "TST");
	await token.waitForDeployment();
	return token;
}

/** What the account paid for gas since an eth_block. */
async function gasSince(net, address, from) {
	let total = 0n;
	const last = await net.provider.getBlockNumber();
	for (let number = from + 1; number <= last; number++) {
		const block = await net.provider.getBlock(number);
		for (const hash of block.transactions) {
			const receipt = await net.provider.getTransactionReceipt(hash);
			if (receipt.from === address)
				total += receipt.gasUsed * receipt.gasPrice;
		}
	}
	return total;
}

await tap(async ({ ok, equal, note, skipAll, atExit }) => {
	needFollower(skipAll);
	const net = await startNet();
	atExit(() => net.close());
	const token = await deployToken(net);
	const tokenAddress = await token.getAddress();
	await net.deploy(["--token", `${tokenAddress}=1000`]);
	await net.startFollower();
	await net.startOperator();
	const watcher = new WatcherStandIn(net);
	await watcher.start();
	atExit(() => watcher.stop());
	const alice = new Wallet(net, "alice", { watcher });
	const bob = new Wallet(net, "bob", { watcher });
	await net.fund(alice.address);
	await (await token.mint(alice.address, 5n * ONE)).wait();
	const deposits = async () => (await net.provider.getLogs({ fromBlock: 0,
		address: [net.network.eth_vault, net.network.erc20_vault],
		topics: [ethers.id("DepositCreated(address,uint256,address,uint256)")] }))
		.length;
	const moveTime = async (seconds) => {
		await net.node.rpc("evm_increaseTime", [seconds]);
		await net.mine(2);
	};

	// Deposits.
	equal("a deposit below the minimum is refused",
		await alice.refusal("deposit", ["100wei"]), [1, "PLL-031"]);
	equal("more than the account has, too",
		await alice.refusal("deposit", ["5000eth"]), [1, "PLL-010"]);
	const plan = await alice.say("deposit", ["1eth", "--dry-run"]);
	ok("a dry run shows the call", JSON.parse(plan.stdout).kind === "deposit" &&
		(await deposits()) === 0, plan.stdout + plan.stderr);
	const first = await alice.ask("deposit", ["2eth"]);
	ok("ether is deposited", first.mined, JSON.stringify(first));
	const byToken = await alice.ask("deposit", ["3 TST"]);
	ok("a token is approved and deposited", byToken.mined, JSON.stringify(byToken));
	equal("nothing is left allowed to the vault",
		await token.allowance(alice.address, net.network.erc20_vault), 0n);
	equal("both are coins with proofs", (await alice.ask("coins")).coins.map((coin) =>
		[coin.position, coin.text, coin.has_proof]),
	[[first.position, "2 ETH", true], [byToken.position, "3 TST", true]]);

	// A kill between sending and mining.
	await net.node.rpc("evm_setAutomine", [false]);
	const killed = new Process(net.file("killed.log"), program("plasma-wallet"),
		["deposit", "1eth", ...alice.args()]);
	await waitFor("the deposit to be sent", async () =>
		(await net.node.rpc("eth_getBlockTransactionCountByNumber",
			["pending"])) === "0x1");
	equal("it is killed", await killed.stop("SIGKILL"), "SIGKILL");
	equal("the same command does not deposit twice",
		await alice.refusal("deposit", ["1eth"]), [75, "PLL-030"]);
	await net.node.rpc("evm_setAutomine", [true]);
	await net.mine(1);
	const resumed = await alice.ask("resume");
	equal("the next run finishes it", [resumed.open_before, resumed.open], [1, 0]);
	await net.mine(3);
	equal("there is one deposit, and its coin", [await deposits(),
		(await alice.ask("balance")).balances.find((one) => one.symbol === "ETH").free],
	[3, `${3n * ONE}`]);
	// Kills at any moment, and the same again.
	for (let i = 0; i < 4; i++) {
		const one = new Process(net.file("killed.log"), program("plasma-wallet"),
			["deposit", "0.01eth", ...alice.args()]);
		await new Promise((later) => setTimeout(later, 150 * i));
		await one.stop("SIGKILL");
		await waitFor("the rest to be done", async () =>
			(await alice.say("resume")).status === 0);
		await net.mine(3);
	}
	for (let i = 0; i < 2; i++)
		await alice.ask("deposit", ["0.01eth"]);
	await net.mine(3);
	const after = await deposits() - 3;
	note(`${after} deposits of 6 were made, 4 of them killed`);
	const coins = (await alice.ask("coins")).coins
		.filter((coin) => coin.text === "0.01 ETH");
	equal("every deposit that was made is a coin, once", coins.length, after);

	// A reorganisation takes a deposit away, and puts another one in its place.
	const carol = await net.person();
	const moved = await alice.ask("deposit", ["0.03eth"]);
	await net.node.rpc("anvil_reorg", [1, []]);
	equal("a deposit that is not there any more is no coin",
		(await alice.ask("coins")).coins.filter((coin) =>
			coin.text === "0.03 ETH"), []);
	const other = await net.deposit(carol, ONE);
	equal("somebody else has its place", `${other}`, moved.position);
	await alice.ask("resume");
	await net.mine(3);
	const again = (await alice.ask("coins")).coins
		.filter((coin) => coin.text === "0.03 ETH");
	ok("the same transaction makes it again, elsewhere", again.length === 1 &&
		again[0].position !== moved.position && again[0].has_proof,
	JSON.stringify(again));

	// A standard exit, paid to the wei.
	const guide = await alice.ask("guide", [first.position]);
	equal("the guide says which exit applies", [guide.coins[0].exit,
		guide.coins[0].calls.map((call) => call.kind)],
	["standard", ["start_standard_exit"]]);
	const before = await net.provider.getBalance(alice.address);
	const at = await net.provider.getBlockNumber();
	const started = await alice.ask("exit start", [first.position]);
	equal("a standard exit is started", started.exits.map(({ kind }) => kind),
		["standard"]);
	equal("a second one is refused",
		await alice.refusal("exit start", [first.position]), [1, "PLL-024"]);
	const [status] = (await alice.ask("exit status")).exits;
	equal("it waits in the queue", [status.state, status.due, status.before_it],
		["started", false, 0]);
	equal("it is not paid before its time",
		await alice.refusal("exit finalize"), [75, "PLL-033"]);
	equal("the coin does not count as free",
		(await alice.ask("coins")).coins.find((coin) =>
			coin.position === first.position).status, "exiting");
	await moveTime(PERIOD + 1);
	const [paid] = (await alice.ask("exit finalize")).exits;
	equal("then it is", paid.state, "paid");
	equal("to the wei: amount back, bond back, bounty for processing it itself",
		await net.provider.getBalance(alice.address) - before,
		2n * ONE - await gasSince(net, alice.address, at));

	// The bond goes up while the exit is on its way (B-26).
	const game = new ethers.Contract(net.network.payment_exit_game, [
		"function updateStartStandardExitBondSize(uint128,uint128)",
		"function startStandardExitBondSize() view returns (uint128)",
		"function standardExits(uint168[]) view returns ((bool,uint256,bytes32,address,uint256,uint256,uint256)[])",
	], net.deployer);
	const bond = 4n * 10n ** 16n;
	await (await game.updateStartStandardExitBondSize(bond, 10n ** 16n)).wait();
	await net.node.rpc("evm_setAutomine", [false]);
	const racing = new Process(net.file("racing.log"), program("plasma-wallet"),
		["exit", "start", byToken.position, "--json", ...alice.args()]);
	await waitFor("the exit to be sent", async () =>
		(await net.node.rpc("eth_getBlockTransactionCountByNumber",
			["pending"])) === "0x1");
	await net.node.rpc("evm_increaseTime", [2 * 86400 + 1]);
	await net.mine(1);
	await net.node.rpc("evm_setAutomine", [true]);
	await net.mine(1);
	equal("a bond that changes on the way is paid by a second try",
		[await racing.ended, await game.startStandardExitBondSize()], [0, bond]);
	const { exits: [{ exit_id: tokenExit }] } = await alice.ask("exit status",
		[byToken.position]);
	equal("exactly, and once", (await game.standardExits([BigInt(tokenExit)]))[0][5],
		bond);
	const tries = [];
	for (let number = await net.provider.getBlockNumber(); number > 0 &&
		tries.length < 2; number--)
		for (const hash of (await net.provider.getBlock(number)).transactions) {
			const receipt = await net.provider.getTransactionReceipt(hash);
			if (receipt.from === alice.address)
				tries.push(receipt.status);
		}
	equal("the first try was refused by the contract", tries, [1, 0]);
	await moveTime(PERIOD + 1);
	await alice.ask("exit finalize");
	equal("the token is back", await token.balanceOf(alice.address), 5n * ONE);

	// In flight: signed, accepted, in no block.
	await net.operator.stop("SIGTERM");
	await net.startOperator({ PLASMA_OPERATOR_BLOCK_INTERVAL_MS: "3600000" });
	await net.mine(3);
	const spend = await waitFor("the payment to be accepted", async () => {
		const done = await alice.say("send", [bob.address, "1.005eth", "--json"]);
		if (done.status === 0)
			return JSON.parse(done.stdout);
		const again = await alice.say("tx resend", ["--json"]);
		return again.status === 0 && { inputs: (await alice.ask("coins")).coins
			.filter((coin) => coin.status === "signed away")
			.map(({ position }) => position) };
	});
	const [signed, together] = spend.inputs;
	equal("the payment spends two coins", spend.inputs.length, 2);
	note(`coin ${signed} is signed away and in no block`);
	equal("a signed coin is exited in flight", (await alice.ask("guide", [signed]))
		.coins[0].exit, "in_flight");
	const flown = await alice.ask("exit start", [signed]);
	equal("with the payment, its input and its change", flown.exits[0].calls
		.map(({ kind }) => kind),
	["start_in_flight_exit", "piggyback_input", "piggyback_input",
		"piggyback_output"]);
	equal("which takes the other coin along, too",
		await alice.refusal("exit start", [together]), [1, "PLL-024"]);
	const [flying] = (await alice.ask("exit status", [signed])).exits;
	equal("both sides are in", [flying.state, flying.canonical, flying.piggybacked],
		["started", true, 1 | 2 | 1 << 6]);
	await moveTime(PERIOD * 2 + 1);
	const flownBefore = await net.provider.getBalance(alice.address);
	const flownAt = await net.provider.getBlockNumber();
	equal("it is paid", (await alice.ask("exit finalize", [signed])).exits[0].state,
		"paid");
	const change = 101n * ONE / 100n - 1005n * ONE / 1000n - 1n;
	const bonds = 309n * 10n ** 14n * 3n + 269n * 10n ** 14n;
	equal("the change comes back, and all bonds, to the wei",
		await net.provider.getBalance(alice.address) - flownBefore,
		change + bonds - await gasSince(net, alice.address, flownAt));

	equal("no coin of it is left", (await alice.ask("coins", ["--all"])).coins
		.filter((coin) => spend.inputs.includes(coin.position))
		.map((coin) => coin.status), ["exited", "exited"]);

	// With operator and watcher gone.
	await net.operator.stop("SIGKILL");
	watcher.stop();
	const small = coins.find(({ position }) => !spend.inputs.includes(position));
	const file = net.file("proof.json");
	const proof = await alice.ask("proof export", [small.position, "--out", file]);
	ok("a proof rests on an eth_block", proof.anchored);
	equal("no file is replaced unasked", await alice.refusal("proof export",
		[small.position, "--out", file]), [73, "PLL-173"]);
	equal("but when it is asked", (await alice.ask("proof export",
		[small.position, "--out", file, "--force"])).file, file);
	const verified = await alice.ask("proof verify", [file]);
	equal("and is verified and confirmed",
		[verified.verdict, verified.position, verified.confirmed],
		["valid", small.position, true]);
	const evidence = JSON.parse(readFileSync(file, "utf8"));
	equal("offline, by the hash that one trusts", (await alice.ask("proof verify",
		[file, "--trust", evidence.anchor.eth_block_hash])).trusted, true);
	equal("and by no other", await alice.refusal("proof verify",
		[file, "--trust", ethers.id("another")]), [1, "PLL-036"]);
	writeFileSync(net.file("lie.json"), JSON.stringify({ ...evidence,
		output: { ...evidence.output, amount: `${ONE}` } }));
	equal("a changed amount is found out",
		await alice.refusal("proof verify", [net.file("lie.json")]), [1, "PLL-035"]);
	writeFileSync(net.file("lie.json"), JSON.stringify({ ...evidence, anchor: {
		...evidence.anchor, log_index: evidence.anchor.log_index + 1 } }));
	equal("a log that says otherwise, too",
		await alice.refusal("proof verify", [net.file("lie.json")]), [1, "PLL-035"]);

	// The file alone is enough: somebody sends its call with another program.
	const sent = await alice.signer.sendTransaction({ to: evidence.exit.to,
		data: evidence.exit.data, value: BigInt(evidence.exit.value_wei) });
	equal("the call of the file starts the exit", (await sent.wait()).status, 1);
	equal("which the wallet sees",
		await alice.refusal("exit start", [small.position]), [1, "PLL-024"]);

	const rest = await alice.ask("exit start", ["--all"]);
	ok("everything else is exited without operator and watcher",
		rest.exits.length >= 1, JSON.stringify(rest));
	await moveTime(PERIOD + 1);
	const end = await alice.ask("exit finalize");
	equal("and paid", [...new Set(end.exits.map(({ state }) => state))], ["paid"]);

	// An account with contract code (B-25).
	await net.node.rpc("anvil_setCode", [alice.address, "0x00"]);
	const coded = await alice.say("deposit", ["1eth", "--dry-run",
		"--without-watcher"]);
	ok("a deposit of an account with code is warned of",
		coded.status === 0 && /waits as a credit/.test(coded.stderr), coded.stderr);
	writeFileSync(net.file("net.conf"), readFileSync(net.file("net.conf"), "utf8")
		.replace("extensions = 1", "extensions = 0"));
	equal("and refused where contracts would lose it", await alice.refusal(
		"deposit", ["1eth", "--without-watcher"]), [1, "PLL-029"]);
	writeFileSync(net.file("net.conf"), readFileSync(net.file("net.conf"), "utf8")
		.replace("extensions = 0", "extensions = 1"));
	await net.node.rpc("anvil_setCode", [alice.address, "0x"]);

	// A deposit that was wanted and not sent goes to no chain that has halted.
	await watcher.start();
	const dave = new Wallet(net, "dave", { watcher });
	await net.fund(dave.address);
	const daves = await dave.ask("deposit", ["2eth"]);
	const made = await deposits();
	const wanting = new Process(net.file("wanting.log"), program("plasma-wallet"),
		["deposit", "1eth", ...dave.args()],
		{ PLASMA_WALLET_MAX_SPEND_PER_DAY: "1wei" });
	await waitFor("the deposit to be wanted", async () => (await run("sqlite3",
		[join(dave.dir, "wallet.db"), "SELECT count(*) FROM actions WHERE state = 1"]))
		.stdout.trim() === "1");
	await wanting.stop("SIGKILL");
	watcher.busy = [dave.address];
	for (const command of ["resume", "exit finalize"])
		equal(`${command} does not send while the watcher does`,
			await dave.refusal(command), [75, "PLL-014"]);
	watcher.busy = [];
	watcher.halt = "block_withholding";
	equal("no resumption brings money to a chain that has halted",
		[await dave.refusal("resume"), await deposits()], [[1, "PLL-013"], made]);
	const leaving = await dave.say("exit start", [daves.position]);
	ok("an exit goes on, and gives the deposit up",
		leaving.status === 0 && /given up/.test(leaving.stderr), leaving.stderr);
	// This chain's clock is a week ahead, so which comes first says nothing.
	equal("the history tells of the exit", (await dave.ask("history")).entries
		.map(({ kind, position, state }) => [kind, position, state])
		.sort(), [["deposit", undefined, undefined], ["exit", daves.position, "started"]]);
	ok("to people, too", /exit +started +-2 ETH/.test((await dave.say("history")).stdout));
	ok("it says how far it came", /is begun\non the root chain; /.test(leaving.stdout),
		leaving.stdout);
	watcher.halt = null;
	equal("for good", [(await dave.ask("resume")).open, await deposits()], [0, made]);
	ok("so that it can be made anew", (await dave.ask("deposit", ["1eth"])).mined);
	equal("once", await deposits(), made + 1);
	watcher.stop();

	// The doctor.
	const sick = await alice.say("doctor", ["--json"]);
	const checks = JSON.parse(sick.stdout).checks;
	equal("the doctor finds what is gone", [sick.status, checks.filter((one) =>
		one.result === "bad").map(({ what }) => what)],
	[1, ["watcher", "operator"]]);
	ok("and that the contracts are the right ones", checks.some((one) =>
		one.result === "ok" && /code of the network file/.test(one.what)));
});
