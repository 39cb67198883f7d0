#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// What the watcher tells about leaving, and leaving because one wants to: plan,
// guide, exits and exit, on a chain that is well.

import { ethers } from "ethers";

import { ONE, P, World } from "../support/world.mjs";
import { missing } from "../support/programs.mjs";
import { tap } from "../support/tap.mjs";

await tap(async ({ ok, equal, skipAll, atExit }) => {
	if (missing("plasma-rootchain", "plasma-watcher").length > 0)
		skipAll("plasma-rootchain or plasma-watcher is not built");
	const world = await World.start({ atExit }, { people: ["Alice", "Bob"] });
	const deposit = await world.deposit("Alice", 4n * ONE);
	const [[paid, dust]] = await world.block([world.pay([deposit],
		[["Alice", 3n * ONE], ["Alice", 1000n], ["Bob", ONE - 1000n]])]);
	const second = await world.deposit("Alice", 2n * ONE);
	const watcher = await world.watcher("Alice");
	await watcher.check();

	const plan = JSON.parse((await watcher.command("plan", "--json")).stdout);
	const at = (coin) => plan.exits.find(
		({ position }) => position === String(coin.at));
	equal("the plan has the unspent coins, the most valuable first",
		plan.exits.map(({ position }) => position),
		[paid, second, dust].map((coin) => String(coin.at)));
	equal("settled ones leave by standard exit",
		plan.exits.map(({ exit }) => exit), Array(3).fill("standard"));
	equal("dust is stranded", [at(dust).stranded, at(paid).stranded, plan.stranded],
		[true, false, 1]);
	const now = await world.now();
	equal("the last second is a period from now",
		plan.start_last_unix, now + P - 1);
	equal("a deposit pays a period from now, the other one two after its block",
		[at(second).pays_at_unix - now, at(paid).pays_at_unix > now + P],
		[P, true]);
	equal("bonds are those of three standard exits", plan.bonds_wei,
		String(3n * 23300000000000000n));
	equal("and bounties", plan.bounties_wei, String(3n * 5350000000000000n));
	equal("the outputs of the whole chain are counted", plan.chain_outputs, 4);
	const guide = await watcher.command("guide");
	ok("the guide says the command", guide.stdout.includes(
		`plasma-watcher exit ${second.at}`), guide.stdout + guide.stderr);

	const wrong = await watcher.command("exit");
	equal("which coins has to be said", wrong.status, 64);
	const dry = await watcher.command("exit", String(second.at), "--dry-run");
	equal("a dry run says what would be done", dry.status, 0);
	const count = () => world.net.provider.getTransactionCount(
		world.address("Alice"));
	const before = await count();
	const printed = await watcher.command("exit", String(second.at),
		"--act", "print");
	ok("it can be printed", printed.stdout.includes("start_standard_exit"),
		printed.stdout + printed.stderr);
	equal("and then nothing is sent", await count(), before);
	const sent = await watcher.command("exit", String(second.at));
	equal("it can be sent", [sent.status, await count()], [0, before + 1]);
	await world.net.mine(3);
	await watcher.check();
	const exits = JSON.parse((await watcher.command("exits", "--json")).stdout);
	equal("and is told", exits.exits.map(({ status, position }) =>
		[status, position]), [["live", String(second.at)]]);
	const after = JSON.parse((await watcher.command("plan", "--json")).stdout);
	equal("the plan knows that it leaves", after.exits
		.filter(({ exit }) => exit === "leaving").map(({ position }) => position),
	[String(second.at)]);
	const calm = await watcher.check();
	equal("the chain is well all the time", calm.code, 0);

	await world.pass(P + 60);
	const pass = await watcher.settle(4);
	const done = JSON.parse((await watcher.command("exits", "--json")).stdout);
	equal("it is paid when it is due", done.exits.map(({ status }) => status),
		["paid"]);
	equal("and the watcher is content", pass.code, 0);

	// A block that nobody has read yet spends a coin that is to leave.
	const hidden = await world.block([world.pay([dust], [["Bob", 1000n]])],
		{ serve: "withhold" });
	await world.follow();
	const nonce = await count();
	const early = await watcher.command("exit", "--all");
	equal("nothing leaves before every block is read",
		[early.status, await count()], [75, nonce]);
	ok("and that is said", early.stderr.includes("not every block is read"),
		early.stderr);
	world.evil.policy(hidden.root, "yes");
	const rest = await watcher.command("exit", "--all");
	equal("all the rest can follow", rest.status, 0);
	await world.net.mine(3);
	await watcher.settle(4);
	const last = JSON.parse((await watcher.command("exits", "--json")).stdout);
	equal("but what was spent", last.exits.filter(({ status }) => status === "live")
		.map(({ position }) => position), [String(paid.at)]);

	// So many outputs that an eth_block of the sizes below has room for a call.
	const quarters = (amount) => [amount / 4n + amount % 4n, ...Array(3).fill(amount / 4n)];
	for (let coins = hidden.flat(), i = 0; i < 4; i++)
		coins = (await world.block(coins.map((coin) => world.pay([coin],
			quarters(coin.amount).map((part) => ["Bob", part]))))).flat();
	await watcher.check();

	// Room for exits: a quarter of the gas of all eth_blocks of a period
	// (formats.md 8), of which a minute may pass between two.
	const { chain_outputs: outputs } =
		JSON.parse((await watcher.command("plan", "--json")).stdout);
	const squeeze = async (percent) => {
		const gas = Math.floor(outputs * 300000 * 4 * 100 /
			(Math.floor((P - 1) / 60) * percent));
		await world.net.node.rpc("evm_setBlockGasLimit", [ethers.toQuantity(gas)]);
		await world.net.node.rpc("anvil_mine",
			[ethers.toQuantity(300), ethers.toQuantity(60)]);
		return watcher.check();
	};
	const roomy = await squeeze(45);
	equal("a mass exit that takes 45 % of the room is no matter",
		[roomy.code, roomy.line.includes("a mass exit")], [0, false]);
	const tight = await squeeze(55);
	equal("55 % is WARNING", tight.code, 1);
	ok("and said", /a mass exit of the chain would take 5[5-6] %/
		.test(tight.line), tight.line);
	equal("85 % is CRITICAL", (await squeeze(85)).code, 2);
});
