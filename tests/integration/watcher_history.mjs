#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// What the watcher remembers and what it takes back: deposits and blocks that the
// root chain reorganised away or put in another order (D-01, D-02), a copy of an
// old snapshot, and a halt that outlives restarts until a person ends it.

import { needFollower, program, run } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";
import { ONE, WITHHOLDING_LIMIT, World } from "../support/world.mjs";

/** The performance data of a pass. */
const dataOf = ({ line }) => Object.fromEntries(line.split("\n")[0].split("|")[1]
	.split(" ").filter(Boolean).map((pair) => pair.split("=")));

await tap(async (t) => {
	const { equal, ok, skipAll } = t;
	needFollower(skipAll);
	const world = await World.start(t, { people: ["Alice", "Bob"] });
	const { node } = world.net;
	await world.net.mine(1);
	const watcher = await world.watcher("Alice");
	watcher.act = "print";
	const state = async () => {
		const pass = await watcher.check();
		const { block, coins } = dataOf(pass);
		return [pass.code, block, coins];
	};

	// ---- D-01: a deposit that is taken back ----
	equal("an empty chain is OK", await state(), [0, "0", "0"]);
	await world.game("Alice").depositEth(5n * ONE);
	equal("a deposit is a coin at once", await state(), [0, "0", "1"]);
	await node.rpc("anvil_reorg", [1, []]);
	equal("reorganised away it is none", await state(), [0, "0", "0"]);

	// ---- D-02: deposit and block change places ----
	const coin = await world.deposit("Alice", 5n * ONE);
	const [[paid]] = await world.block(
		[world.pay([coin], [["Alice", 3n * ONE], ["Bob", 2n * ONE]])]);
	equal("a block is applied", await state(), [0, "1000", "1"]);
	await world.game("Alice").depositEth(2n * ONE);
	const payment = world.pay([paid], [["Alice", 3n * ONE]]);
	const second = await world.evil.commit(
		{ payments: [await world.signed(payment)] });
	equal("deposit 1001, then block 2000", await state(), [0, "2000", "2"]);
	await node.rpc("anvil_reorg", [2, []]);
	equal("both are gone", await state(), [0, "1000", "1"]);
	await world.evil.commitRoot(second.root);
	const later = await world.game("Alice").depositEth(2n * ONE);
	await world.net.mine(3);
	equal("the deposit is another one now", later, 2001n * 10n ** 9n);
	equal("block 2000, then deposit 2001", await state(), [0, "2000", "2"]);

	// ---- a copy of an older snapshot ----
	const old = world.net.file("old.db");
	for (const end of ["", "-wal"])
		await run("cp", [`${world.net.snapshot}${end}`, `${old}${end}`]);
	await world.net.mine(5);
	equal("a newer snapshot is used", await state(), [0, "2000", "2"]);
	const older = await run(program("plasma-watcher"), ["check",
		"--network", world.net.file("net.conf"), "--snapshot", old,
		"--datadir", watcher.dir, "--source", world.evil.url]);
	ok("an older one than was used before is refused, and says so",
		older.status === 3 && older.stdout.includes("was used before"),
		older.stdout);

	// ---- a halt outlives restarts, until a person ends it ----
	const inputs = [{ ...paid, at: 2000n * 10n ** 9n }];
	const third = await world.evil.commit({ serve: "withhold", payments: [
		await world.signed(world.pay(inputs, [["Alice", 3n * ONE]]))] });
	ok("a block without a body waits", (await watcher.check()).code < 2);
	await world.passTo(third.time + WITHHOLDING_LIMIT);
	await world.net.mine(3);
	const halted = await watcher.check();
	equal("at the limit it is CRITICAL", halted.code, 2);
	ok("with the exits ready to be signed",
		halted.line.includes("\"start_standard_exit\""), halted.line);
	equal("nothing was sent", await world.net.provider.getTransactionCount(
		world.address("Alice")), await world.net.provider.getTransactionCount(
		world.address("Alice"), "pending"));
	equal("in the next life it is CRITICAL still", (await watcher.check()).code, 2);
	world.evil.policy(third.root, "yes");
	equal("a late body is no cure", (await watcher.check()).code, 2);
	const args = ["--network", world.net.file("net.conf"),
		"--datadir", watcher.dir];
	const latch = (...more) => run(program("plasma-watcher"),
		["latch", ...more, ...args]);
	const shown = await latch("show");
	ok("latch show names it", shown.stdout.includes("block_withholding 3000"),
		shown.stdout);
	equal("it is not cleared without a reason",
		(await latch("clear")).status, 64);
	equal("but with one", (await latch("clear", "--reason", "it came")).status, 0);
	const after = await watcher.check();
	equal("then the block is judged as any other", dataOf(after).block, "3000");
	equal("and the chain is what it was", await state(), [0, "3000", "2"]);
});
