#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Hostile tokens that nobody admits: whatever they say of themselves, no chain
// halts for them. The same of an admitted token does.

import { ethers } from "ethers";

import { abiOf } from "../support/exit_game.mjs";
import { deployToken } from "../support/rootchain_net.mjs";
import { ONE, World } from "../support/world.mjs";
import { missing } from "../support/programs.mjs";
import { tap } from "../support/tap.mjs";

const NOTHING = "0x5f5f5260205ff3"; // answers 0 to everything

await tap(async ({ ok, equal, skipAll, atExit }) => {
	if (missing("plasma-rootchain", "plasma-watcher").length > 0)
		skipAll("plasma-rootchain or plasma-watcher is not built");
	const world = await World.start({ atExit },
		{ people: ["Alice", "Mallory", "Carol"], token: true });
	const { net, network } = world;
	const mallory = world.game("Mallory");
	await world.deposit("Alice", ONE);
	const watcher = await world.watcher("Alice");
	equal("before them all is well", (await watcher.check()).code, 0);

	// One that was never admitted: a queue, a gift to the vault, a deposit.
	const evil = await deployToken(net);
	await (await mallory.framework.addExitQueue(2n, evil.target)).wait();
	await (await evil.connect(mallory.wallet)
		.mint(network.erc20_vault, 1000n)).wait();
	await (await evil.connect(mallory.wallet)
		.mint(mallory.wallet.address, 1000n)).wait();
	ok("its deposit is refused", await mallory.depositToken(evil.target, 10n)
		.then(() => false, () => true));
	await net.node.rpc("anvil_setCode", [evil.target, NOTHING]);
	await net.mine(3);
	const calm = await watcher.check();
	equal("it is no matter", [calm.code, calm.line.includes("insolvent")],
		[0, false]);

	// One that is admitted no more, and then says that the vault has nothing.
	await world.mint("Mallory", 100n);
	await world.deposit("Mallory", 50n, world.token.target);
	// Carol has it, too, behind many coins of another kind.
	for (let i = 0; i < 70; i++)
		await world.game("Carol").depositEth(ONE / 100n);
	await world.mint("Carol", 50n);
	await world.deposit("Carol", 50n, world.token.target);
	const carols = await world.watcher("Carol");
	equal("who has it sees nothing", (await carols.check()).code, 0);
	const admit = async (minimum) => {
		const vault = new ethers.Contract(network.erc20_vault, abiOf("Erc20Vault"),
			net.deployer);
		await (await vault.setMinimumDeposit(world.token.target, minimum)).wait();
		await net.mine(3);
	};
	await admit(0n);
	equal("a token may be given up", (await watcher.check()).code, 0);
	await net.node.rpc("anvil_setCode", [world.token.target, NOTHING]);
	await net.mine(3);
	const given = await watcher.check();
	equal("what it says then halts nobody",
		[given.code, given.line.includes("halted")], [0, false]);
	const held = await carols.check();
	ok("but who has it", held.code === 2 &&
		held.line.includes("insolvent_vault"), held.line);
	await admit(1n);
	const halted = await watcher.check();
	ok("what an admitted one says does", halted.code === 2 &&
		halted.line.includes("insolvent_vault"), halted.line);
});
