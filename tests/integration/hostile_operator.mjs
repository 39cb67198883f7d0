#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The hostile operator of the tests does what it says: what it forges is what
// the root names, and what it is told to withhold is not to be had.

import { ethers } from "ethers";

import { rawPayment, sign } from "../support/child_chain.mjs";
import { brokenRules, cut, HostileOperator } from "../support/hostile_operator.mjs";
import { startNet } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";

const ONE = 10n ** 18n;
// Bodies that no root can stand for.
const WITHOUT_ROOT = ["tx_framing", "too_many_transactions"];

await tap(async ({ ok, equal, atExit }) => {
	const net = await startNet();
	atExit(() => net.close());
	await net.deploy();
	const evil = await HostileOperator.start(
		{ network: net.network, authority: net.authority });
	atExit(() => evil.close());
	const alice = await net.person();
	const coin = await net.deposit(alice, ONE);
	const payment = { inputs: [coin], outputs: [{ owner: alice.address, amount: ONE }] };
	const signed = await sign(net.network.plasma_framework, payment, [alice]);

	const rules = await brokenRules();
	ok("it breaks forty rules and more", rules.length > 40, `${rules.length}`);
	const wrong = [];
	for (const rule of rules) {
		const block = await evil.forge({ rule, payments: [signed] });
		if (WITHOUT_ROOT.includes(rule))
			continue;
		const { raws, root } = cut(block.body);
		if (root !== block.root || raws[0] !== rawPayment(payment))
			wrong.push(rule);
	}
	equal("each body has the root that ethers computes, and the payment in front",
		wrong, []);

	const taken = await fetch(`${evil.url}/transaction.submit`, { method: "POST",
		body: JSON.stringify({ transaction: signed }) });
	equal("it takes a payment", (await taken.json()).success, true);
	const block = await evil.commit({ rule: "payment_without_inputs" });
	equal("and commits it before what it invented", cut(block.body).raws.length, 2);
	equal("the root is on the root chain", await net.rootOf(block.blknum), block.root);

	const get = async (url = evil.url) => {
		const answer = await fetch(`${url}/blocks/${block.root.slice(2)}`,
			{ signal: AbortSignal.timeout(2000) });
		return { status: answer.status,
			body: new Uint8Array(await answer.arrayBuffer()) };
	};
	equal("the body is served", ethers.hexlify((await get()).body),
		ethers.hexlify(block.body));
	const listed = await (await fetch(`${evil.url}/block.get`, { method: "POST",
		body: JSON.stringify({ hash: block.root }) })).json();
	equal("and as the older call gives it",
		[listed.data.blknum, listed.data.transactions.length, listed.data.transactions[0]],
		[Number(block.blknum), 2, signed]);

	const face = await evil.face();
	evil.policy(block.root, "other", face);
	const other = cut((await get(face.url)).body);
	ok("another client gets another body", other.root !== block.root);
	equal("while the first still gets the true one", cut((await get()).body).root,
		block.root);
	for (const [serve, expected] of [["withhold", 404], ["error", 500]]) {
		evil.policy(block.root, serve);
		equal(`${serve} answers ${expected}`, (await get()).status, expected);
	}
	for (const serve of ["hang", "refuse", "truncated"]) {
		evil.policy(block.root, serve);
		equal(`${serve} gives no body`, await get().then(() => "a body",
			() => "nothing"), "nothing");
	}

	evil.lies = true;
	await fetch(`${evil.url}/transaction.submit`, { method: "POST",
		body: JSON.stringify({ transaction: signed }) });
	equal("a lying operator keeps nothing of what it acknowledges",
		evil.pool.length, 0);
	await evil.commitRoot(block.root);
	equal("it commits one root twice",
		await net.rootOf(block.blknum + 1000n), block.root);
});
