#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// What can happen to a transaction between its signature and its goal, on a
// real root chain: it is stuck, it is outbid, it is reorganised away, somebody
// else is faster, the account has no ether, a bond changes meanwhile.

import { ethers } from "ethers";

import { passUntil, settled, done, startWorld } from "../support/action_sender.mjs";
import { merkleTree, rawDeposit, standardExitId } from "../support/child_chain.mjs";
import { abiOf, ExitGame } from "../support/exit_game.mjs";
import { tap } from "../support/tap.mjs";

const GWEI = 10n ** 9n;
const ONE = 10n ** 18n;
const DAY = 86400;

const lose = (proxy) => {
	proxy.before = async (method, params) => method === "eth_sendRawTransaction"
		? ethers.Transaction.from(params[0]).hash : undefined;
};
const loseNothing = (proxy) => {
	proxy.before = async () => undefined;
};

await tap(async ({ ok, equal, atExit }) => {
	const world = await startWorld();
	atExit(() => world.close());
	const { net, proxy } = world;
	const mine = () => net.mine();
	const now = async () => (await net.provider.getBlock("latest")).timestamp;
	let unclean = 0;
	/** Runs one story with an account and a sender of its own. */
	const story = async (tell, settings = {}, wei = undefined) => {
		const account = await world.account(wei);
		const sender = world.sender(account, settings);
		try {
			await tell(sender, account.wallet, account);
		} finally {
			loseNothing(proxy);
			await world.automine(true);
			await net.mine();
			unclean += await sender.close() !== 0;
		}
	};

	// ---- joining, finality ----
	await story(async (sender, wallet) => {
		const wish = world.queue();
		equal("the first wish is new", await sender.ask({ want: wish }), "new");
		equal("the second joins it", await sender.ask({ want: wish }), "joined");
		let [action] = await passUntil(sender, done, { options: { lag: 5 } });
		ok("it comes true", await world.hasQueue(wish));
		ok("and is not settled before it is final", !action.settled);
		equal("by one transaction", await world.nonce(wallet), 1);
		[action] = await passUntil(sender, settled, { options: { lag: 5 }, mine });
		equal("the gas that it cost is known", BigInt(action.spent) > 0n, true);
		equal("a goal that is true is not wanted twice", [
			await sender.ask({ want: wish }),
			(await passUntil(sender, settled, { mine }))[0].state,
			await world.nonce(wallet),
		], ["reopened", "done", 1]);
	});

	// ---- stuck and outbid ----
	await story(async (sender, wallet) => {
		const last = await now() + 3 * DAY;
		const wish = world.queue({ last, risk: `${ONE}`, cap: `${ONE / 10n}` });
		await world.automine(false);
		await sender.ask({ want: wish });
		await sender.ask({ pass: {} });
		let base = (await net.provider.getBlock("latest")).baseFeePerGas;
		// An eighth more in each eth_block, ten times in all, always ahead.
		for (let i = 0; i < 24; i++) {
			const offered = proxy.sent.at(-1).maxFeePerGas;
			base = base * 9n / 8n > offered ? base * 9n / 8n : offered + 1n;
			await world.mineAt(base);
			await sender.ask({ pass: {} });
			if (base > 100n * GWEI)
				break;
		}
		ok("a stuck transaction is replaced", proxy.sent.length > 5);
		equal("geth refuses no replacement", proxy.refused, 0);
		ok("always the same nonce and call", proxy.sent.every((one) =>
			one.nonce === 0 && one.data === wish.data));
		const eighth = (a, b) => b * 8n >= a * 9n;
		ok("and an eighth more in both fields", proxy.sent.every((one, i) =>
			i === 0 || (eighth(proxy.sent[i - 1].maxFeePerGas, one.maxFeePerGas) &&
				eighth(proxy.sent[i - 1].maxPriorityFeePerGas,
					one.maxPriorityFeePerGas))));
		await net.node.rpc("evm_increaseTime", [3 * DAY - 3000]);
		await world.mineAt(10n ** 14n);
		await passUntil(sender, () => true);
		const top = proxy.sent.at(-1);
		ok("in the last hour it offers the whole budget, and not more",
			top.maxFeePerGas * top.gasLimit <= ONE / 10n &&
			top.maxFeePerGas * top.gasLimit > ONE / 10n - 10n ** 7n);
		const count = proxy.sent.length;
		for (let i = 0; i < 3; i++) {
			await world.mineAt(10n ** 14n);
			await sender.ask({ pass: {} });
		}
		equal("then the same bytes again and again", proxy.sent.length, count);
		await world.mineAt(GWEI);
		await passUntil(sender, settled, { mine: () => world.mineAt(GWEI) });
		equal("and is mined once", await world.nonce(wallet), 1);
	});

	// ---- a node that lies about the base fee ----
	await story(async (sender) => {
		proxy.after = async (method, params, result) => {
			if (method === "eth_getBlockByNumber")
				result.baseFeePerGas = ethers.toQuantity(10n ** 15n);
		};
		await world.automine(false);
		await sender.ask({ want: world.queue({ cap: `${ONE}` }) });
		await sender.ask({ pass: { verified: true, base_fee: `${GWEI}` } });
		proxy.after = async () => undefined;
		ok("an absurd base fee is not believed",
			proxy.sent[0].maxFeePerGas <= 4n * GWEI);
		await net.mine();
	});

	// ---- a reorganisation ----
	await story(async (sender, wallet) => {
		const wish = world.queue();
		await sender.ask({ want: wish });
		await passUntil(sender, done, { options: { lag: 64 } });
		const [{ hash }] = proxy.sent;
		await net.node.rpc("anvil_reorg", [1, []]);
		equal("a reorganisation takes it away", await world.hasQueue(wish), false);
		await sender.ask({ pass: { lag: 64 } });
		await passUntil(sender, done, { options: { lag: 64 }, mine });
		ok("it comes true again", await world.hasQueue(wish));
		equal("by the same bytes", [proxy.sent.length,
			(await net.provider.getTransaction(hash)).nonce], [1, 0]);
		equal("with one nonce", await world.nonce(wallet), 1);
	});

	// ---- somebody else is faster ----
	await story(async (sender, wallet) => {
		const other = await net.person();
		const wish = world.queue();
		lose(proxy);
		await sender.ask({ want: wish });
		await sender.ask({ pass: {} });
		await (await other.sendTransaction({ to: wish.contract, data: wish.data }))
			.wait();
		loseNothing(proxy);
		await net.mine(3);
		const [action] = await passUntil(sender, settled, { mine });
		equal("what somebody else did is done", action.state, "done");
		equal("our nonce goes to an empty transaction", [
			proxy.sent.at(-1).to, proxy.sent.at(-1).data, await world.nonce(wallet),
		], [wallet.address, "0x", 1]);
	});
	await story(async (sender, wallet) => {
		const other = await net.person();
		const wish = world.queue();
		await (await other.sendTransaction({ to: wish.contract, data: wish.data }))
			.wait();
		await sender.ask({ want: wish });
		await passUntil(sender, settled, { mine });
		equal("what is true already costs nothing", await world.nonce(wallet), 0);
	});

	// ---- somebody else takes our nonce ----
	await story(async (sender, wallet) => {
		const wish = world.queue();
		lose(proxy);
		await sender.ask({ want: wish });
		await sender.ask({ pass: {} });
		await (await wallet.sendTransaction({ to: wallet.address, nonce: 0 })).wait();
		loseNothing(proxy);
		await passUntil(sender, settled, { mine });
		ok("a foreign transaction at our nonce opens it again",
			await world.hasQueue(wish));
		equal("with the next nonce", [proxy.sent.at(-1).nonce,
			await world.nonce(wallet)], [1, 2]);
	});
	await story(async (sender, wallet) => {
		const vault = net.network.eth_vault;
		const goal = await net.provider.getBalance(vault) + ONE;
		lose(proxy);
		await sender.ask({ want: {
			kind: "deposit", contract: vault, value: `${ONE}`, goal: `${goal}`,
			data: abiOf("EthVault").encodeFunctionData("deposit",
				[rawDeposit({ owner: wallet.address, amount: ONE })]),
		} });
		await sender.ask({ pass: { lag: 4 } });
		await (await wallet.sendTransaction({ to: wallet.address, nonce: 0 })).wait();
		loseNothing(proxy);
		await net.mine(2);
		await sender.ask({ pass: { lag: 4 } });
		equal("a deposit waits until the foreign one is final",
			(await sender.ask({ list: true }))[0].nonce, 0);
		await passUntil(sender, settled, { options: { lag: 4 }, mine });
		equal("and is made once", await net.provider.getBalance(vault), goal);
	});

	// ---- a reorganisation frees a nonce that was given up ----
	await story(async (sender, wallet) => {
		await net.mine(5); // the account keeps its ether
		const wish = world.queue();
		lose(proxy);
		await sender.ask({ want: wish });
		await sender.ask({ pass: { lag: 64 } });
		await (await wallet.sendTransaction({ to: wallet.address, nonce: 0 })).wait();
		await net.mine(1);
		loseNothing(proxy);
		await passUntil(sender, done, { options: { lag: 64 } });
		equal("the second nonce served", await world.nonce(wallet), 2);
		await net.node.rpc("anvil_reorg", [4, []]);
		equal("both are gone", await world.nonce(wallet), 0);
		await passUntil(sender, done, { options: { lag: 64 }, mine });
		await passUntil(sender, settled, { mine });
		ok("the gap is filled and the wish comes true",
			await world.hasQueue(wish) && await world.nonce(wallet) >= 2);
	});

	// ---- money ----
	await story(async (sender, wallet) => {
		await sender.ask({ want: world.queue() });
		const pass = await sender.ask({ pass: {} });
		const [action] = await sender.ask({ list: true });
		equal("an account without ether is named", [pass.unfunded, pass.troubled,
			action.state], [1, 1, "wanted"]);
		ok("with what it lacks", /too little ether/.test(action.trouble));
		await net.fund(wallet.address, ONE);
		await passUntil(sender, done, { mine });
		equal("and goes on when it has some",
			(await sender.ask({ list: true }))[0].trouble, "");
	}, {}, 0n);
	await story(async (sender) => {
		const rich = world.queue({ value: `${10n * ONE}`, kind: "deposit",
			contract: net.network.eth_vault, goal: `${10n ** 30n}` });
		await sender.ask({ want: rich });
		const pass = await sender.ask({ pass: {} });
		equal("what needs more than there is is not estimated",
			[pass.unfunded, proxy.sent.length], [1, 0]);
	}, {}, ONE);
	for (const [name, limits] of [
		["one action", { per_action: "1000" }],
		["a day", { per_day: "1000" }],
	])
		await story(async (sender, wallet) => {
			await sender.ask({ want: world.queue() });
			const pass = await sender.ask({ pass: {} });
			equal(`the limit of ${name} holds`, [pass.limited,
				await world.nonce(wallet), proxy.sent.length], [1, 0, 0]);
		}, limits);
	await story(async (sender, wallet) => {
		await sender.ask({ want: { kind: "deposit", value: `${ONE}`,
			contract: net.network.eth_vault, goal: `${10n ** 30n}`,
			data: abiOf("EthVault").encodeFunctionData("deposit",
				[rawDeposit({ owner: wallet.address, amount: ONE })]) } });
		const pass = await sender.ask({ pass: {} });
		equal("the limit of what is sent along holds",
			[pass.limited, proxy.sent.length], [1, 0]);
	}, { max_value: `${ONE - 1n}` });
	await story(async (sender) => {
		await sender.ask({ want: world.queue() });
		await passUntil(sender, settled, { mine });
		const [{ spent }] = await sender.ask({ list: true });
		ok("a mined transaction counts with what it cost",
			BigInt(spent) < 2n * 10n ** 15n);
		await sender.ask({ want: world.queue() });
		await passUntil(sender, settled, { mine });
		await sender.ask({ want: world.queue() });
		await passUntil(sender, settled, { mine });
		equal("so that a day has room for more", proxy.sent.length, 3);
	}, { per_day: `${10n ** 16n}` });

	// More is asked for than there is, and what there is would do.
	for (const [name, left, settings] of [
		["with little ether", 20n, {}],
		["with little left of the day", 1000n, { per_day: `${16n * 10n ** 15n}` }],
	])
		await story(async (sender, wallet) => {
			const wish = world.queue({ cap: `${ONE}` });
			await world.automine(false);
			await world.mineAt(GWEI);
			lose(proxy);
			await sender.ask({ want: wish });
			await sender.ask({ pass: {} });
			const [{ gasLimit }] = proxy.sent;
			await net.fund(wallet.address, left * GWEI * gasLimit);
			await world.mineAt(14n * GWEI);
			await sender.ask({ pass: {} });
			loseNothing(proxy);
			for (let i = 0; i < 4 && !await world.hasQueue(wish); i++) {
				await world.mineAt(14n * GWEI);
				await sender.ask({ pass: {} });
			}
			ok(`${name} a transaction is replaced for what there is`,
				await world.hasQueue(wish),
				`${proxy.sent.map(({ maxFeePerGas }) => maxFeePerGas)} ${gasLimit}`);
		}, settings);

	await story(async (sender) => {
		const wish = world.queue({ cap: `${ONE}`, last: await now() + 1800 });
		await sender.ask({ want: wish });
		await sender.ask({ pass: {} });
		ok("in its last hour an action does with what the day leaves",
			await world.hasQueue(wish));
	}, { per_day: `${ONE / 2n}` });

	// ---- keys and persons ----
	await story(async (sender) => {
		await sender.ask({ want: world.queue({ account: ethers.ZeroAddress.replace(
			/0$/, "1") }) });
		const pass = await sender.ask({ pass: {} });
		equal("an action without a key waits", [pass.keyless, proxy.sent.length],
			[1, 0]);
	});
	for (const [name, wish, settings] of [
		["an action for a person", { print: true }, {}],
		["a sender that only prints", {}, { print: true }],
	])
		await story(async (sender, wallet) => {
			await sender.ask({ want: world.queue(wish) });
			const pass = await sender.ask({ pass: {} });
			const [{ print }] = await sender.ask({ list: true });
			equal(`${name}: nothing is signed`, [pass.to_print, pass.open,
				proxy.sent.length], [1, 0, 0]);
			equal(`${name}: the sender is named`, print.from,
				wallet.address.toLowerCase());
			await (await wallet.sendTransaction({ to: print.to,
				value: BigInt(print.value), data: print.data })).wait();
			await passUntil(sender, settled, { mine });
			equal(`${name}: and it is done when the person has signed`,
				await world.nonce(wallet), 1);
		}, settings);

	// ---- two actions of one account ----
	await story(async (sender, wallet) => {
		await world.automine(false);
		await world.mineAt(GWEI);
		const poor = world.queue({ cap: `${10n ** 15n}` });
		await sender.ask({ want: poor });
		await sender.ask({ pass: {} });
		const urgent = world.queue({ last: await now() + DAY, cap: `${ONE}` });
		await sender.ask({ want: urgent });
		await sender.ask({ pass: {} });
		equal("each has its nonce", proxy.sent.map((one) => one.nonce), [0, 1]);
		const base = proxy.sent[0].maxFeePerGas * 3n;
		for (let i = 0; i < 14 && !await world.hasQueue(urgent); i++) {
			await world.mineAt(base);
			await sender.ask({ pass: {} });
		}
		ok("the one that may cost little does not keep the urgent one waiting",
			await world.hasQueue(urgent));
		equal("and itself is still wanted", await world.hasQueue(poor), false);
		for (let i = 0; i < 10 && !await world.hasQueue(poor); i++) {
			await world.mineAt(GWEI);
			await sender.ask({ pass: {} });
		}
		ok("until the market lets it through", await world.hasQueue(poor));
		equal("geth refused no replacement", proxy.refused, 0);
	});

	await story(async (sender) => {
		await world.automine(false);
		await world.mineAt(GWEI);
		for (let i = 0; i < 64; i++)
			await sender.ask({ want: world.queue({ cap: `${22n * 10n ** 14n}` }) });
		await sender.ask({ pass: {} });
		equal("many are on their way", proxy.sent.length, 64);
		const fee = 10n * GWEI;
		await world.mineAt(fee);
		const urgent = world.queue({ last: await now() + DAY, cap: `${ONE}` });
		await sender.ask({ want: urgent });
		for (let i = 0; i < 20 && !await world.hasQueue(urgent); i++) {
			await sender.ask({ pass: {} });
			await world.mineAt(fee);
		}
		ok("as many as there may be do not keep an urgent one waiting",
			await world.hasQueue(urgent));
		equal("geth refused no replacement", proxy.refused, 0);
	});

	// ---- a bond that changes while the transaction is on its way ----
	await story(async (sender, wallet) => {
		const game = new ExitGame(net.network, wallet);
		const at = await game.depositEth(ONE);
		const raw = rawDeposit({ owner: wallet.address, amount: ONE });
		const exit = standardExitId(raw, at);
		const bond = await game.game.startStandardExitBondSize();
		await sender.ask({ want: {
			kind: "start_standard_exit", contract: net.network.payment_exit_game,
			exit: ethers.toBeHex(exit, 21), value: `${bond}`,
			data: abiOf("PaymentExitGame").encodeFunctionData("startStandardExit",
				[[at, raw, merkleTree([raw]).proofs[0]]]),
		} });
		lose(proxy);
		await sender.ask({ pass: {} });
		equal("it sends the bond along", proxy.sent[0].value, bond);
		const maintainer = new ExitGame(net.network, net.deployer);
		await maintainer.send(maintainer.game, "updateStartStandardExitBondSize",
			[bond * 5n / 4n, 5350000000000000n]);
		await net.node.rpc("evm_increaseTime", [2 * DAY + 10]);
		await net.mine();
		loseNothing(proxy);
		await passUntil(sender, settled, { mine });
		const [record] = await game.game.standardExits([exit]);
		equal("the new bond is paid to the wei", [record.bondSize,
			proxy.sent.at(-1).value, proxy.sent.at(-1).nonce - proxy.sent[0].nonce],
		[bond * 5n / 4n, bond * 5n / 4n, 0]);
	});
	equal("no sender ended badly", unclean, 0);
});
