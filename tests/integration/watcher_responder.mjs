#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Challenges need no ownership: they come from a key that is no owner's where the
// watcher has one, and from the account that `responder` names where it names one.

import { ONE, World } from "../support/world.mjs";
import { missing } from "../support/programs.mjs";
import { tap } from "../support/tap.mjs";

await tap(async ({ equal, skipAll, atExit }) => {
	if (missing("plasma-rootchain", "plasma-watcher").length > 0)
		skipAll("plasma-rootchain or plasma-watcher is not built");
	const world = await World.start({ atExit },
		{ people: ["Alice", "Mallory", "Rita"] });
	await world.deposit("Alice", ONE);
	const game = world.game("Mallory");
	const count = (name) =>
		world.net.provider.getTransactionCount(world.address(name));

	/** Mallory exits a spent coin; Alice's watcher, with Rita's key, answers. */
	async function challengers(watcher) {
		const coin = await world.deposit("Mallory", ONE);
		await world.block([world.pay([coin], [["Mallory", ONE]])]);
		await watcher.check();
		await game.startStandardExit(coin);
		await world.net.mine(3);
		const before = [await count("Alice"), await count("Rita")];
		equal("the exit is found", (await watcher.check()).code, 2);
		await world.net.mine(3);
		equal("and challenged",
			(await game.standardExit(coin.raw, coin.at)).exitable, false);
		return [await count("Alice") - before[0], await count("Rita") - before[1]];
	}

	const rita = ["--keystore", world.keystore("Rita")];
	const nobody = await world.watcher("nobody", { owners: [],
		args: rita });
	equal("a watcher of nobody's coins answers too", await challengers(nobody),
		[0, 1]);
	const alice = await world.watcher("Alice", { args: rita });
	equal("Rita's key answers, not the owner's", await challengers(alice), [0, 1]);
	const named = await world.watcher("named", { owners: ["Alice"], args: rita });
	process.env.PLASMA_WATCHER_RESPONDER = world.address("Alice");
	equal("unless the owner is named", await challengers(named), [1, 0]);
});
