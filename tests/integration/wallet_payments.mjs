#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Two people live on the chain with the wallet: coins come in, payments go out,
// and nothing is signed twice or against what the watcher says.

import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import { ethers } from "ethers";

import { sign } from "../support/child_chain.mjs";
import { needFollower, startFollowedNet, waitFor } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";
import { Wallet, WatcherStandIn } from "../support/wallet_net.mjs";

const ONE = 10n ** 18n;
const FEE = 1n;

await tap(async ({ ok, equal, note, skipAll, atExit }) => {
	needFollower(skipAll);
	const net = await startFollowedNet(atExit);
	await net.startOperator();
	const watcher = new WatcherStandIn(net);
	await watcher.start();
	atExit(() => watcher.stop());
	const alice = new Wallet(net, "alice", { watcher });
	const bob = new Wallet(net, "bob", { watcher });
	await net.fund(alice.address);

	equal("an account is the keystore's",
		(await alice.ask("address")).address, alice.address);
	equal("a new account has nothing", (await alice.ask("balance")).balances, []);
	equal("and cannot pay",
		await alice.refusal("send", [bob.address, "1eth"]), [1, "PLL-010"]);

	const coin = await net.deposit(alice.signer, 10n * ONE);
	equal("a deposit that the watcher sees is a coin", (await alice.ask("coins"))
		.coins.map((one) => [one.position, one.amount, one.status, one.has_proof]),
	[[`${coin}`, `${10n * ONE}`, "free", true]]);

	equal("an amount without a unit is refused",
		await alice.refusal("send", [bob.address, "1"]), [65, "PLL-007"]);
	equal("an address with a wrong checksum is refused", await alice.refusal("send",
		["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "1eth"]), [65, "PLL-006"]);
	equal("more than there is is refused",
		await alice.refusal("send", [bob.address, "11eth"]), [1, "PLL-010"]);

	const plan = await alice.ask("send", [bob.address, "3eth", "--dry-run"]);
	equal("a dry run signs nothing", [plan.accepted,
		(await alice.ask("coins")).coins[0].status], [false, "free"]);

	watcher.halt = "block_withholding";
	equal("nothing is signed while the chain is halted",
		await alice.refusal("send", [bob.address, "3eth"]), [1, "PLL-013"]);
	watcher.halt = "piggyback_available";
	watcher.busy = [alice.address];
	equal("nor while the watcher sends from the account",
		await alice.refusal("send", [bob.address, "3eth"]), [75, "PLL-014"]);
	watcher.busy = [];
	watcher.halted = true;
	equal("nor while a latch holds",
		await alice.refusal("send", [bob.address, "3eth"]), [1, "PLL-013"]);
	watcher.halted = false;
	watcher.change = (method, data) => (method === "status.get" ?
		{ ...data, eth_syncing: true } : data);
	equal("nor by a watcher that hears nothing",
		await alice.refusal("send", [bob.address, "3eth"]), [75, "PLL-016"]);
	watcher.change = (method, data) => (method === "status.get" ?
		{ ...data, last_validated_child_block_number: -1 } : data);
	equal("nor by one whose numbers are none",
		await alice.refusal("send", [bob.address, "3eth"]), [76, "PLL-037"]);
	watcher.change = (method, data) => data;

	// The operator credits the deposit when it has seen it; the signature is kept.
	const paid = await waitFor("the payment to be accepted", async () => {
		const done = await alice.say("send", [bob.address, "3eth", "--json"]);
		if (done.status === 0)
			return JSON.parse(done.stdout);
		if (/deposit_not_final/.test(done.stderr))
			equal("it may be tried again",
				[done.status, JSON.parse(done.stderr).id], [75, "PLL-045"]);
		const again = await alice.say("tx resend", ["--json"]);
		if (again.status === 0) {
			const [first] = JSON.parse(again.stdout).transactions;
			return first && { transaction: first.transaction,
				forecast_blknum: first.forecast_blknum, inputs: [`${coin}`] };
		}
		throw new Error(done.stderr + again.stderr);
	});
	equal("it spends the coin", paid.inputs, [`${coin}`]);
	const root = await net.committed(paid.forecast_blknum);
	note(`block ${paid.forecast_blknum} has root ${root}`);
	equal("the receiver has it, without having done anything",
		await bob.free(), 3n * ONE);
	equal("the sender has the rest without the fee",
		await alice.free(), 7n * ONE - FEE);

	const shown = await alice.ask("tx show", [paid.transaction]);
	equal("the wallet knows where its payment is",
		[shown.included, shown.state, shown.blknum],
		[true, "included", paid.forecast_blknum]);
	equal("history tells what happened",
		(await alice.ask("history")).entries.map((one) => one.kind),
		["sent", "deposit"]);
	equal("to both", (await bob.ask("history")).entries.map(({ kind, changes }) =>
		[kind, changes[0].text]), [["received", "+3 ETH"]]);

	// What the wallet signs is what ethers signs.
	const second = await bob.ask("send", [alice.address, "1eth"]);
	const raw = ethers.decodeRlp(second.raw);
	const payment = {
		inputs: second.inputs.map(BigInt),
		outputs: raw[2].map(([, [owner, token, amount]]) =>
			({ owner, token, amount: BigInt(amount) })),
	};
	const byEthers = await sign(net.network.plasma_framework, payment, [bob.signer]);
	await net.committed(second.forecast_blknum);
	const body = ethers.decodeRlp(await net.body(
		await net.rootOf(second.forecast_blknum)));
	ok("ethers makes the same signed bytes", body.some((one) =>
		ethers.encodeRlp(one) === byEthers));
	equal("the wallet reads the signer out of ethers' bytes",
		(await alice.ask("tx decode", [byEthers])).inputs[0].signer, bob.address);
	equal("and says no to bytes that are none",
		await alice.refusal("tx decode", [`${byEthers}00`]), [65, "PLL-165"]);

	// Blocks that are not verified are not built upon.
	await waitFor("alice's second coin", async () =>
		(await alice.free()) === 8n * ONE - FEE);
	watcher.behind = 1;
	const behind = await alice.ask("coins");
	ok("a coin of an unverified block is not listed as free",
		behind.coins.every((one) => one.status !== "free" ||
			one.blknum < second.forecast_blknum));
	watcher.behind = 0;

	watcher.change = (method, data) => (method === "status.get" ?
		{ ...data, last_validated_child_block_number: 0 } : data);
	equal("nor spent, whatever the watcher lists",
		await alice.refusal("send", [bob.address, "1eth"]), [75, "PLL-016"]);
	watcher.change = (method, data) => data;

	// Merging.
	const before = (await alice.ask("coins")).coins.length;
	ok("alice has several coins", before >= 2, `${before}`);
	const merged = await alice.ask("merge");
	equal("a merge makes one coin of them", [merged.merges.length,
		merged.merges[0].inputs.length, merged.merges[0].outputs.length],
	[1, before, 1]);
	await net.committed(merged.merges[0].forecast_blknum);
	watcher.behind = 1;
	equal("coins that are signed away are not free any more",
		await alice.free(), 0n);
	equal("and nothing is left to pay with",
		await alice.refusal("send", [bob.address, "1eth"]), [1, "PLL-010"]);
	watcher.behind = 0;
	equal("the merge costs nothing", await alice.free(), 8n * ONE - FEE);

	// A watcher that begins again lists nothing yet.
	for (const [how, status, shown] of [
		["has verified no block", { last_validated_child_block_number: 0 },
			"not verified"],
		["hears nothing", { eth_syncing: true }, "free"],
	]) {
		const unspent = async (extra) => (await alice.ask("coins", extra)).coins
			.map((one) => one.status);
		watcher.change = (method, data) => (method === "status.get" ?
			{ ...data, ...status } : Array.isArray(data) ? [] : data);
		equal(`a coin is not gone because a watcher ${how}`,
			[await unspent([]), await unspent(["--without-watcher"])],
			[[shown], ["free"]]);
		watcher.change = (method, data) => data;
		await alice.free();
	}

	// The operator goes away between signing and answering.
	await net.operator.stop("SIGKILL");
	const lost = await alice.refusal("send", [bob.address, "2eth"]);
	equal("without the operator the fee cannot be known", lost, [69, "PLL-169"]);
	await net.startOperator();

	// A watcher of another network, and one that contradicts the root chain.
	const third = await bob.ask("send", [alice.address, "0.5eth"]);
	await net.committed(third.forecast_blknum);
	watcher.change = (method, data) => (method === "utxo.get_exit_data" ?
		{ ...data, proof: data.proof.replace(/.$/, (c) => (c === "0" ? "1" : "0")) } :
		data);
	equal("a proof that leads to another root is refused",
		await alice.refusal("balance"), [76, "PLL-037"]);
	watcher.change = (method, data) => (method === "status.get" ?
		{ ...data, contract_addr: { plasma_framework: bob.address.toLowerCase() } } :
		data);
	equal("a watcher of another network is refused",
		await alice.refusal("balance"), [76, "PLL-037"]);
	watcher.change = (method, data) => (method === "account.get_utxos" ?
		data.map((one) => ({ ...one, amount: `${one.amount}.5` })) : data);
	equal("amounts that are no whole numbers are refused",
		await alice.refusal("balance"), [76, "PLL-037"]);
	watcher.change = (method, data) => data;

	// An operator that asks for any fee, and takes no payment.
	const { url } = net;
	const dear = 20n * 10n ** 15n;
	let asks = dear;
	const greedy = createServer(async (request, response) => {
		if (request.url.includes("submit"))
			request.socket.destroy();
		else
			response.end((await (await fetch(`${url}${request.url}`,
				{ method: "POST", body: "{}" })).text())
				.replace(/"amount":\s*\d+/, `"amount":${asks}`));
	});
	await new Promise((ready) => greedy.listen(0, "127.0.0.1", ready));
	atExit(() => greedy.close());
	net.url = `http://127.0.0.1:${greedy.address().port}`;
	const cheap = [alice.address, "0.1eth"];
	equal("more than may be is not paid", await bob.refusal("send", cheap),
		[1, "PLL-046"]);
	equal("nor more than was said, to the wei", await bob.refusal("send",
		[...cheap, "--max-fee", `${dear - 1n}wei`]), [1, "PLL-046"]);
	ok("but what was said is", (await bob.ask("send",
		[...cheap, "--max-fee", `${dear}wei`, "--dry-run"])).outputs.length >= 1);
	asks = FEE;

	// A claim that wallet.db does not know of: it is an older copy, or a crash came
	// between.
	const older = readFileSync(join(bob.dir, "wallet.db"));
	equal("a payment that reaches nobody is kept",
		await bob.refusal("send", [alice.address, "1eth"]), [69, "PLL-019"]);
	net.url = url;
	writeFileSync(join(bob.dir, "wallet.db"), older);
	const kept = (await bob.ask("history")).entries
		.filter(({ included }) => !included);
	equal("it is in the history, whatever wallet.db knew", kept.length, 1);
	equal("and handed in again", (await bob.ask("tx resend")).transactions
		.map(({ transaction }) => transaction), kept.map(({ transaction }) => transaction));

	// No watcher at all.
	watcher.stop();
	equal("nothing is signed without the watcher's word",
		await alice.refusal("send", [bob.address, "1eth"]), [69, "PLL-015"]);
	const alone = await alice.say("balance");
	ok("the wallet says what it knows by itself",
		alone.status === 0 && /note: the watcher does not answer/.test(alone.stderr),
		alone.stderr);
	const risky = await alice.ask("send", [bob.address, "1eth", "--without-watcher"]);
	ok("it pays at the owner's own risk", risky.accepted);
	alice.watcher = undefined;
	equal("nor where none is configured",
		await alice.refusal("send", [bob.address, "1eth"]), [78, "PLL-042"]);
});
