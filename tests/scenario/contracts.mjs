// SPDX-License-Identifier: MIT
//
// Group C: what the maintainer, tokens and accounts with code can do.

import { ethers } from "ethers";

import { abiOf } from "../support/exit_game.mjs";
import { ONE, P, World } from "../support/world.mjs";

const needs = ["plasma-rootchain", "plasma-watcher", "watcher/exit_loop.c"];

async function alone(t) {
	const world = await World.start(t, { people: ["Alice", "Mallory"] });
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

export const scenarios = [{
	id: "C-04", title: "a vault, an exit game, a verifier or code that nobody approved",
	needs,
	async run(t) {
		const changes = {
			"a vault": (world, framework) =>
				framework.registerVault(3n, world.network.payment_exit_game),
			"a deposit verifier": async (world) => new ethers.Contract(
				world.network.eth_vault, abiOf("EthVault"), world.net.deployer)
				.setDepositVerifier(world.network.erc20_vault),
			"another code": async (world) => {
				await world.net.node.rpc("anvil_setCode",
					[world.network.eth_vault, "0x60016001"]);
			},
		};
		for (const [what, change] of Object.entries(changes)) {
			t.note(what);
			const state = await alone(t);
			const { world } = state;
			const framework = new ethers.Contract(world.network.plasma_framework,
				abiOf("PlasmaFramework"), world.net.deployer);
			await (await change(world, framework))?.wait();
			await leaves(t, state, await world.now());
		}
	},
}, {
	id: "C-09", title: "an account with delegated code: the challenge stands, the bond waits",
	needs,
	async run(t) {
		const world = await World.start(t, { people: ["Alice", "Mallory"] });
		await world.deposit("Alice", 4n * ONE);
		const coin = await world.deposit("Mallory", 5n * ONE);
		await world.block([world.pay([coin], [["Alice", 5n * ONE]])]);
		// Delegated to code that needs more gas than a plain transfer brings.
		const target = "0x00000000000000000000000000000000000c0de5";
		await world.net.node.rpc("anvil_setCode", [target, "0x600160015500"]);
		await world.net.node.rpc("anvil_setCode", [world.address("Alice"),
			`0xef0100${target.slice(2)}`]);
		await world.net.mine(3);
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
}];
