#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The sender of actions is killed at every question that it asks the node,
// before and after the node hears it. Started again, it ends what it began:
// nothing is lost, and no nonce ever carries two things.

import { ethers } from "ethers";

import { rawDeposit } from "../support/child_chain.mjs";
import { passUntil, settled, startWorld } from "../support/action_sender.mjs";
import { abiOf } from "../support/exit_game.mjs";
import { tap } from "../support/tap.mjs";

const ONE = 10n ** 18n;

let sends = 0; // kills while bytes were on their way
let forgotten = 0; // … which were not on disk

/** Lives through one action with a kill at question number `at`. Says whether
 * the kill came. */
async function liveWithKill(world, account, wish, at, when) {
	const { proxy } = world;
	let asked = 0;
	let killed = false;
	let sent; // what was on its way at that moment
	let sender = world.sender(account);
	await sender.ask({ want: wish });
	proxy[when] = async (method, params) => {
		if (killed || ++asked !== at)
			return undefined;
		killed = true;
		if (method === "eth_sendRawTransaction")
			sent = ethers.Transaction.from(params[0]).hash;
		await sender.kill();
		// The node never heard of it.
		if (when === "before")
			throw new Error("dead");
		return undefined;
	};
	try {
		await passUntil(sender, settled, { mine: () => world.net.mine() });
	} catch (error) {
		if (!killed)
			throw error;
	}
	proxy[when] = async () => undefined;
	if (killed) {
		sender = world.sender(account);
		if (sent)
			forgotten += !(await sender.ask({ list: true })).some((action) =>
				action.transactions?.some(({ hash }) => hash === sent));
		sends += sent !== undefined;
		await passUntil(sender, settled, { mine: () => world.net.mine() });
	}
	await sender.kill();
	return killed;
}

/** One distinct transaction per nonce went out. */
function oncePerNonce(proxy) {
	const seen = new Map();
	for (const one of proxy.sent)
		if ((seen.get(one.nonce) ?? one.hash) === one.hash)
			seen.set(one.nonce, one.hash);
		else
			return false;
	return true;
}

await tap(async ({ ok, equal, note, atExit }) => {
	const world = await startWorld();
	atExit(() => world.close());
	const { proxy } = world;

	for (const when of ["before", "after"]) {
		const account = await world.account();
		let good = 0;
		let kills = 0;
		for (let at = 1, killed = true; killed; at++) {
			const before = await world.nonce(account.wallet);
			const wish = world.queue();
			proxy.sent = [];
			killed = await liveWithKill(world, account, wish, at, when);
			kills += killed;
			const used = await world.nonce(account.wallet) - before;
			const fine = await world.hasQueue(wish) && used === 1 &&
				oncePerNonce(proxy);
			good += fine;
			if (!fine)
				note(`question ${at}: ${used} nonces, ${proxy.sent.length} sent`);
		}
		ok(`${when} the node heard it: kills at every one of ${kills} questions`,
			kills >= 10);
		equal(`${when} the node heard it: each wish came true with one nonce`,
			good, kills + 1);
	}

	// What would happen twice if it were sent twice.
	const account = await world.account();
	const vault = world.net.network.eth_vault;
	let wrong = 0;
	for (let at = 1, killed = true; killed; at++) {
		const balance = await world.net.provider.getBalance(vault);
		const wish = {
			kind: "deposit", contract: vault, index: at, value: `${ONE}`,
			goal: `${balance + ONE}`,
			data: abiOf("EthVault").encodeFunctionData("deposit",
				[rawDeposit({ owner: account.wallet.address, amount: ONE })]),
		};
		proxy.sent = [];
		killed = await liveWithKill(world, account, wish, at, "after");
		const got = await world.net.provider.getBalance(vault) - balance;
		if (got !== ONE || !oncePerNonce(proxy)) {
			wrong++;
			note(`deposit ${at}: ${ethers.formatEther(got)} ether`);
		}
	}
	equal("a deposit is made exactly once whenever it is interrupted", wrong, 0);
	ok("bytes are on disk before they leave", sends >= 3 && forgotten === 0,
		`${forgotten} of ${sends} were not`);
});
