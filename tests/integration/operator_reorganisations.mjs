#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Deposits that a reorganisation of the root chain removes, changes or brings
// back, and what the operator has credited and accepted by then (protocol.md 12,
// 13.5). It credits after one confirmation here, so that there is something to
// take back; finality itself is never broken.

import { ethers } from "ethers";

import { hashOf, position, readBody, sign } from "../support/child_chain.mjs";
import { needFollower, startFollowedNet, waitFor } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";

const ONE = 10n ** 18n;
const FEE = 1n;
const first = position(1);

await tap(async ({ ok, equal, skipAll, atExit }) => {
	needFollower(skipAll);
	const net = await startFollowedNet(atExit, { slots: 32 });
	const interval = { PLASMA_OPERATOR_BLOCK_INTERVAL_MS: "3600000" };
	await net.startOperator({ ...interval, PLASMA_OPERATOR_DEPOSIT_FINALITY: "5" });
	const alice = await net.person();
	const mallory = await net.person();
	await net.mine(3);

	const status = async () => (await net.call("status.get")).data;
	const until = (what, probe) => waitFor(what, async () => probe(await status()));
	const pay = async (wallet, input, amount, to = wallet) => {
		const payment = { inputs: [input],
			outputs: [{ owner: to.address, amount: amount - FEE }] };
		return { hash: hashOf(payment),
			bytes: await sign(net.network.plasma_framework, payment, [wallet]) };
	};
	const code = async (...args) => net.submitCode((await pay(...args)).bytes);
	const becomes = (what, expected, ...args) =>
		waitFor(what, async () => await code(...args) === expected);
	/** Forgets the last `depth` blocks and mines others. */
	const reorganise = async (depth) => {
		await net.node.rpc("anvil_reorg", [depth, []]);
		await net.mine(1);
	};

	// Before it is credited.
	await net.deposit(alice, ONE);
	await becomes("the deposit to be seen", "submit:deposit_not_final", alice, first, ONE);
	equal("what is not final is no coin", (await status()).coins, 0);
	await reorganise(3);
	await becomes("it to be gone", "submit:input_unknown", alice, first, ONE);
	ok("a deposit that is removed before it is credited never was", true);

	// After it is credited, unspent.
	await net.operator.stop();
	await net.startOperator(interval);
	await net.deposit(alice, ONE);
	await until("the deposit to be credited", ({ coins }) => coins === 1);
	await reorganise(3);
	await until("the coin to be taken back", ({ coins }) => coins === 0);
	equal("a coin whose deposit is removed is unknown",
		await code(alice, first, ONE), "submit:input_unknown");
	await net.operator.stop("SIGKILL");
	await net.startOperator(interval);
	equal("in the next life, too", [(await status()).coins, await code(alice, first, ONE)],
		[0, "submit:input_unknown"]);

	// Another deposit under the same number.
	await net.deposit(alice, ONE);
	await until("the deposit to be credited", ({ coins }) => coins === 1);
	await net.node.rpc("anvil_reorg", [3, []]);
	await net.deposit(mallory, 2n * ONE);
	await becomes("the number to be another's", "submit:signature_wrong_owner",
		alice, first, ONE + FEE);
	equal("the amount is that of the other deposit, too",
		await code(mallory, first, 3n * ONE), "submit:amounts_do_not_add_up");
	await reorganise(3);
	await until("that one to be taken back", ({ coins }) => coins === 0);

	// Spent by payments that wait; another one has nothing to do with it.
	await net.deposit(mallory, ONE);
	await net.mine(2);
	await net.deposit(alice, ONE);
	await until("both to be credited", ({ coins }) => coins === 2);
	const second = position(2);
	const spend = await pay(alice, second, ONE);
	const next = await pay(alice, position(1000, 0), ONE - FEE);
	const other = await pay(mallory, first, ONE);
	for (const { bytes } of [spend, next, other])
		equal("a payment is accepted", await net.submitCode(bytes), "accepted");
	await reorganise(3);
	await becomes("the deposit to be revoked", "submit:input_unknown", alice, second, ONE);
	await net.call("block.form");
	const root = await net.committed(1000);
	const found = readBody(await net.body(root)).map(({ raw }) => ethers.keccak256(raw));
	equal("the block has the payment that stands, and its fee",
		[found.length, found[0]], [2, other.hash]);
	ok("what hangs on the deposit is dropped, and said", await waitFor("two lines", () =>
		net.operator.said.split("an accepted payment can never be included").length === 3));
	ok("by name", net.operator.said.includes(spend.hash) &&
		net.operator.said.includes(next.hash));
	equal("nothing is halted", (await status()).halted, false);
	await net.operator.stop("SIGKILL");
	await net.startOperator(interval);
	equal("in the next life they are not there, either",
		[(await status()).waiting, await code(alice, second, ONE)],
		[0, "submit:input_unknown"]);

	// Spent in a block that is committed: nobody can make that good.
	// Its root cannot be sent, for want of ether.
	await net.fund(net.authority.address, 0n);
	const at = await net.deposit(alice, ONE);
	await becomes("the deposit to be credited", "submit:fees_not_covered",
		alice, at, ONE + FEE);
	equal("it is spent", await code(alice, at, ONE), "accepted");
	await net.call("block.form");
	await until("the block to be on its way",
		({ blocks_in_flight: sent }) => sent === 1);
	await reorganise(3);
	await until("the operator to halt", ({ halted }) => halted);
	const [alarm] = (await net.call("alarm.get")).data.filter((one) => one.halted);
	ok("the alarm says why", /spends a deposit that the root chain took back/
		.test(alarm?.halted.description), JSON.stringify(alarm));
	equal("and payments are refused for it",
		await code(mallory, position(1000, 0), ONE - FEE), "submit:chain_halted");
	// Nor can a restart, clean or not, which finds the root ready to be sent.
	await net.fund(net.authority.address);
	const readOn = async () => {
		const head = await net.provider.getBlockNumber();
		await until("it to read on", ({ last_seen_eth_block_number: seen }) => seen >= head);
	};
	for (const signal of ["SIGKILL", "SIGTERM"]) {
		await net.operator.stop(signal);
		await net.startOperator(interval, [], "livez");
		await until("the next life to halt", ({ halted }) => halted);
		await net.mine(5);
		await readOn();
	}
	equal("the root is never sent", await net.rootOf(2000), ethers.ZeroHash);

	// Only the root chain can: the same deposit, once more.
	await net.deposit(alice, ONE);
	await net.mine(2);
	await readOn();
	await net.operator.stop();
	await net.startOperator(interval);
	ok("the same deposit comes again and the block is sent", await net.committed(2000));
	await until("nothing to be halted", ({ halted }) => !halted);
	equal("payments are taken again",
		await code(mallory, position(1000, 0), ONE - FEE), "accepted");
});
