#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Payments signed by software that is not ours go in over HTTP, and come out
// in blocks whose roots stand on a real root chain.

import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { ethers } from "ethers";

import {
	ETH, hashOf, merkleRoot, position, rawPayment, readBody, sign, signedForm,
	splitPosition, typedData,
} from "../support/child_chain.mjs";
import { needFollower, startFollowedNet, top, waitFor } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";

const ONE = 10n ** 18n;
const FEE = 1n;

function castSign(wallet, framework, payment) {
	const cast = execFileSync(join(top, "tools", "foundry"), ["cast"],
		{ encoding: "utf8" }).trim();
	return execFileSync(cast, ["wallet", "sign", "--data",
		"--private-key", wallet.privateKey,
		JSON.stringify(typedData(framework, payment))], { encoding: "utf8" }).trim();
}

await tap(async ({ ok, equal, note, skipAll, atExit }) => {
	needFollower(skipAll);
	const net = await startFollowedNet(atExit);
	await net.startOperator();
	const framework = net.network.plasma_framework;
	const alice = await net.person();
	const bob = await net.person();
	note(`operator at ${net.url}`);

	const coin = await net.deposit(alice, 10n * ONE);
	const pay = {
		inputs: [coin],
		outputs: [
			{ owner: bob.address, amount: 3n * ONE },
			{ owner: alice.address, amount: 7n * ONE - FEE },
		],
	};
	const bytes = await sign(framework, pay, [alice]);
	const answer = await waitFor("the deposit to be credited", async () => {
		const got = await net.submit(bytes);
		return got.success && got;
	});
	equal("the answer names the payment as ethers does",
		answer.data.txhash, hashOf(pay));
	equal("the first payment is forecast for block 1000",
		[answer.data.blknum, answer.data.txindex], [1000, 0]);

	const root = await net.committed(1000);
	const body = readBody(await net.body(root));
	equal("the block has the payment and one fee transaction", body.length, 2);
	equal("the raw bytes in the block are those that ethers encodes",
		body[0].raw, rawPayment(pay));
	equal("the root on the root chain is the Merkle root that ethers computes",
		root, merkleRoot(body.map(({ raw }) => raw)));
	const fee = ethers.decodeRlp(body[1].raw);
	equal("the fee transaction claims the whole pot for the authority", fee, [
		"0x03", [], [["0x02", [net.authority.address.toLowerCase(), ETH, "0x01"]]],
		ethers.keccak256(ethers.concat([ethers.toBeHex(1000, 32),
			ethers.zeroPadValue(ETH, 32)])),
		ethers.ZeroHash,
	]);

	const second = {
		inputs: [position(1000, 0, 0)],
		outputs: [{ owner: alice.address, amount: 3n * ONE - FEE }],
		metadata: ethers.id("from cast"),
	};
	const castBytes = signedForm(second, [castSign(bob, framework, second)]);
	equal("cast and ethers sign alike", castBytes,
		await sign(framework, second, [bob]));
	const castAnswer = await net.submit(castBytes);
	ok("a payment signed by cast is accepted", castAnswer.success,
		JSON.stringify(castAnswer));
	const castRoot = await net.committed(castAnswer.data.blknum);
	ok("and committed", readBody(await net.body(castRoot))
		.some(({ raw }) => raw === rawPayment(second)));

	// Each pays the change of the one before, before any of them is in a block.
	let last = position(1000, 0, 1);
	let left = 7n * ONE - FEE;
	const chain = [];
	for (let i = 0; i < 5; i++) {
		left -= FEE + 1000n;
		const next = {
			inputs: [last],
			outputs: [{ owner: alice.address, amount: left },
				{ owner: bob.address, amount: 1000n }],
		};
		const got = await net.submit(await sign(framework, next, [alice]));
		ok(`dependent payment ${i + 1} is accepted`, got.success, JSON.stringify(got));
		last = position(got.data.blknum, got.data.txindex, 0);
		chain.push({ next, at: got.data });
	}
	await net.committed(Number(splitPosition(last).blknum));
	const found = [];
	for (const { next, at } of chain) {
		const one = readBody(await net.body(await net.rootOf(at.blknum)));
		found.push(one[at.txindex]?.raw === rawPayment(next));
	}
	equal("every payment stands where the forecast said", found,
		chain.map(() => true));

	const merge = {
		inputs: chain.map(({ at }) => position(at.blknum, at.txindex, 1)),
		outputs: [{ owner: bob.address, amount: 5000n }],
	};
	const merged = await net.submit(await sign(framework, merge, Array(5).fill(bob)));
	ok("a merge costs no fee", merged.success, JSON.stringify(merged));
	const mergedRoot = await net.committed(merged.data.blknum);
	equal("a block without a pot has no fee transaction",
		readBody(await net.body(mergedRoot)).map(({ raw }) => raw),
		[rawPayment(merge)]);

	const fetched = await net.call("block.get", { hash: root });
	equal("block.get gives the same block", [fetched.data.blknum, fetched.data.hash,
		fetched.data.transactions[0]], [1000, root, bytes]);

	const direct = await fetch(`${net.url}/blocks/${root.slice(2)}`);
	equal("a body has its root as ETag and is immutable",
		[direct.headers.get("etag"), direct.headers.get("cache-control")],
		[`"${root.slice(2)}"`, "public, max-age=31536000, immutable"]);
	const again = await fetch(`${net.url}/blocks/${root.slice(2)}`,
		{ headers: { "if-none-match": `"${root.slice(2)}"` } });
	equal("a cache that has it gets 304", again.status, 304);
	const redirect = await fetch(`${net.url}/blocks/by-number/1000`,
		{ redirect: "manual" });
	ok("a number redirects to the root",
		[302, 303, 307].includes(redirect.status) &&
			redirect.headers.get("location") === `/blocks/${root.slice(2)}`,
		`${redirect.status} ${redirect.headers.get("location")}`);

	equal("it ends with 0 when asked to", await net.operator.stop("SIGTERM"), 0);
	await net.startOperator();
	equal("the spent coin is spent after a restart",
		await net.submitCode(bytes), "submit:input_spent");
	const later = {
		inputs: [position(merged.data.blknum, 0, 0)],
		outputs: [{ owner: alice.address, amount: 5000n - FEE }],
	};
	ok("coins of the life before can be spent",
		(await net.submit(await sign(framework, later, [bob]))).success);
});
