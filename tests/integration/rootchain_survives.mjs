#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Killed at any moment, while the chain moves and is reorganised, the follower
// goes on as if nothing had been; and no byte of a snapshot changes unnoticed.
//
//	rootchain_survives.mjs [KILLS [STEP]]	every STEP-th byte

import { randomInt } from "node:crypto";
import { join } from "node:path";

import { build, run, waitFor } from "../support/operator_net.mjs";
import { startChain } from "../support/rootchain_net.mjs";
import { tap } from "../support/tap.mjs";

const KILLS = Number(process.argv[2] ?? 25);
const STEP = process.argv[3] ?? "97";
const ONE = 10n ** 18n;

await tap(async ({ equal, ok, note, atExit }) => {
	const chain = await startChain({ slots: 4 });
	atExit(() => chain.close());
	const alice = await chain.net.person();
	await chain.mine(20); // deeper than what is taken back below
	const actions = [
		() => chain.deposit(alice, ONE),
		() => chain.submit(),
		() => chain.mine(randomInt(1, 40)),
		() => chain.reorganise(randomInt(1, 7)),
	];
	for (let i = 0; i < KILLS; i++) {
		const follower = chain.start("killed", undefined,
			{ env: { PLASMA_ROOTCHAIN_POLL_MS: "5",
				PLASMA_ROOTCHAIN_ETH_BLOCKS_PER_RANGE: "3" } });
		for (let k = 0; k < 3; k++)
			await actions[randomInt(actions.length)]();
		const end = performance.now() + randomInt(0, 150);
		await waitFor("the moment to kill it", () => performance.now() > end);
		await follower.stop("SIGKILL");
	}
	await chain.mine(2);
	await chain.follow("killed");
	equal(`after ${KILLS} kills the digest is a fresh follower's`,
		await chain.digest("killed"), await chain.freshDigest());
	const proved = await chain.command("killed", ["verify"]);
	equal("and everything can be proved", [proved.status, proved.stderr], [0, ""]);
	note(proved.stdout);

	const small = await startChain();
	atExit(() => small.close());
	const bob = await small.net.person();
	await small.deposit(bob, ONE);
	await small.submit();
	await small.follow("f");
	const file = small.file("small.db");
	await small.command("f", ["snapshot", file]);
	const done = await run(join(build, "tests/integration/snapshot_mutations"),
		[file, small.file("scratch.db"), small.file("net.conf"), STEP]);
	note(done.stdout + done.stderr);
	equal("a changed byte is refused, or the content is the same", done.status, 0);
	ok("most are refused", Number(/^(\d+) refused/m.exec(done.stdout)?.[1]) > 100);
});
