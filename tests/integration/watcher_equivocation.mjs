#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// A reorganisation after which a block number has another root: an operator that
// keeps its promises never signs a second one. It is said while the root chain may
// still change its mind, halts nothing, and ends when the root is final.

import { needFollower } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";
import { ONE, World } from "../support/world.mjs";

await tap(async (t) => {
	const { ok, equal, skipAll } = t;
	needFollower(skipAll);
	const world = await World.start(t, { people: ["Alice", "Bob"], slots: 8 });
	const { net } = world;
	const deposit = await world.deposit("Alice", 10n * ONE);
	await net.mine(30);
	const watcher = await world.watcher("Alice");
	watcher.act = "print";
	await watcher.check();
	const standing = async () => (await watcher.status()).events
		.filter(({ event }) => event === "equivocation");

	const before = await net.node.rpc("evm_snapshot");
	const first = await world.block(
		[world.pay([deposit], [["Bob", 10n * ONE]])], { honest: false });
	await watcher.check();
	equal("one root is none", await standing(), []);
	await net.node.rpc("evm_revert", [before]);
	await world.forget();
	const second = await world.block(
		[world.pay([deposit], [["Alice", 10n * ONE]])]);
	await net.mine(5);
	const pass = await watcher.check();
	const [event] = await standing();
	equal("a second root is said, by number and with both roots",
		[event?.id, event?.key, event?.facts.root_before, event?.facts.root_now],
		["PLW-005", "1000", first.root, second.root]);
	ok("it informs and halts nothing", pass.code === 0, pass.line);
	equal("its evidence states it",
		watcher.verdicts("equivocation").join(), "stated");
	await net.mine(200);
	await watcher.check();
	equal("when the root is final it is over", await standing(), []);

	// ---- what was final ----
	const deep = await net.node.rpc("evm_snapshot");
	const mine = await world.deposit("Bob", ONE);
	await net.mine(30);
	await world.block([world.pay([mine], [["Bob", ONE]])], { honest: false });
	await net.mine(40);
	await watcher.check();
	await net.node.rpc("evm_revert", [deep]);
	await world.forget();
	await world.block([world.pay([second[0][0]], [["Bob", 10n * ONE]])],
		{ honest: false });
	await net.mine(120);
	const broken = await watcher.check();
	ok("a root that was final and is another halts the chain, wherever the fork " +
		"lies between two passes", broken.code === 2 &&
		broken.said.includes("changed_root") &&
		broken.said.includes("finality_broken"), broken.said);
});
