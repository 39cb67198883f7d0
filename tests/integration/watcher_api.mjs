#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// A wallet that is not ours (ethers, and the calls of OMG-style clients) has its
// payments made by the watcher, signs and submits them, follows them, and takes
// the exit data to the contracts.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ethers } from "ethers";

import {
	hashOf, merkleTree, position, rawDeposit, rawPayment, readBody,
	sign, standardExitId,
} from "../support/child_chain.mjs";
import { ExitGame } from "../support/exit_game.mjs";
import {
	needFollower, Process, program, startFollowedNet, top, waitFor,
} from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";

const ONE = 10n ** 18n;
const FEE = 7n;

/** JSON with integers of any width, in both directions. */
const parseWide = (text) => JSON.parse(
	text.replace(/([:[,]\s*)(\d{16,})(?=\s*[,\]}])/g, '$1"#$2"'),
	(_, value) => typeof value === "string" && /^#\d+$/.test(value)
		? BigInt(value.slice(1)) : value);
const writeWide = (value) => JSON.stringify(value, (_, part) =>
	typeof part === "bigint" ? `#${part}#` : part).replace(/"#(\d+)#"/g, "$1");

class Client {
	constructor(url) {
		this.url = url;
	}

	async call(method, body = {}) {
		const answer = await fetch(`${this.url}/${method}`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: typeof body === "string" ? body :
				writeWide({ jsonrpc: "2.0", id: 0, ...body }),
		});
		const text = await answer.text();
		return { status: answer.status, ...parseWide(text) };
	}

	async ask(method, body = {}) {
		const answer = await this.call(method, body);
		if (!answer.success)
			throw new Error(`${method}: ${answer.data.code}: ${answer.data.description}`);
		return answer.data;
	}

	async code(method, body = {}) {
		const answer = await this.call(method, body);
		return answer.success ? "success" : answer.data.code;
	}
}

await tap(async ({ ok, equal, skipAll, atExit }) => {
	needFollower(skipAll);
	const net = await startFollowedNet(atExit);
	net.writeFees({ [ethers.ZeroAddress]: `${FEE}` });
	await net.startOperator();
	const alice = await net.person();
	const bob = await net.person();
	const carol = await net.person();

	const dir = net.file("watcher");
	const process = new Process(net.file("watcher.log"), program("plasma-watcher"), [
		"run", "--network", net.file("net.conf"), "--snapshot", net.snapshot,
		"--datadir", dir, "--source", net.url, "--listen", "127.0.0.1:0",
		"--owner", alice.address, "--owner", bob.address, "--root-rpc", net.node.url,
	]);
	net.processes.push(process);
	const client = await waitFor("the watcher to answer", async () => {
		if (!process.alive)
			throw new Error(`it ended with ${process.status}: ${process.said}`);
		const port = Number(readFileSync(`${dir}/port`, "utf8"));
		const url = `http://127.0.0.1:${port}`;
		return (await fetch(`${url}/livez`)).ok && new Client(url);
	});

	// ---- a deposit ----
	const coin = await net.deposit(alice, ONE);
	const coins = await waitFor("the deposit to be seen", async () => {
		const list = await client.ask("account.get_utxos", { address: alice.address });
		return list.length === 1 && list;
	});
	const rawCoin = rawDeposit({ owner: alice.address, amount: ONE });
	equal("a coin has all members", {
		...coins[0], inserted_at: undefined, updated_at: undefined,
	}, {
		blknum: 1, txindex: 0, oindex: 0, utxo_pos: 1000000000, otype: 1,
		owner: alice.address.toLowerCase(), currency: ethers.ZeroAddress,
		amount: ONE, creating_txhash: ethers.keccak256(rawCoin),
		spending_txhash: null,
	});
	equal("a balance is the sum by token",
		await client.ask("account.get_balance", { address: alice.address }),
		[{ currency: ethers.ZeroAddress, amount: ONE }]);
	equal("deposits are listed with their coins",
		(await client.ask("deposit.all", { address: alice.address }))
			.map((one) => [one.event_type, one.txoutputs[0].utxo_pos]),
		[["deposit", 1000000000]]);
	await waitFor("the deposit to be credited by the operator", async () =>
		await net.submitCode(await sign(net.network.plasma_framework, {
			inputs: [coin], outputs: [{ owner: bob.address, amount: ONE }],
		}, [alice])) === "submit:fees_not_covered");

	// ---- a payment that the watcher makes ----
	equal("fees are the operator's", (await client.ask("fees.all"))["1"]
		.map(({ currency, amount }) => [currency, BigInt(amount)]),
	[[ethers.ZeroAddress, FEE]]);
	const created = await client.ask("transaction.create", {
		owner: alice.address,
		payments: [{ owner: bob.address, currency: ethers.ZeroAddress,
			amount: ONE / 4n }],
		fee: { currency: ethers.ZeroAddress },
		metadata: ethers.id("for bread"),
	});
	const [draft] = created.transactions;
	const payment = {
		inputs: [coin],
		outputs: [{ owner: bob.address, amount: ONE / 4n },
			{ owner: alice.address, amount: ONE * 3n / 4n - FEE }],
		metadata: ethers.id("for bread"),
	};
	equal("it is complete", [created.result, draft.txbytes],
		["complete", rawPayment(payment)]);
	equal("with inputs, outputs and fee", [
		draft.inputs.map(({ amount }) => amount),
		draft.outputs.map(({ amount }) => amount), BigInt(draft.fee.amount)],
	[[ONE], [ONE / 4n, ONE * 3n / 4n - FEE], FEE]);
	const { EIP712Domain, ...types } = draft.typed_data.types;
	const { domain, message } = draft.typed_data;
	equal("ethers comes to the same digest", draft.sign_hash,
		ethers.TypedDataEncoder.hash(domain, types, message));
	ok("the domain is described", EIP712Domain.length === 4);
	const signature = await alice.signTypedData(domain, types, message);
	const submitted = await client.ask("transaction.submit_typed",
		{ ...draft.typed_data, signatures: [signature] });
	equal("it is submitted from typed data", [submitted.txhash, submitted.blknum],
		[hashOf(payment), 1000]);

	// ---- following it ----
	const paid = await waitFor("the payment to be verified", async () => {
		const list = await client.ask("account.get_utxos", { address: bob.address });
		return list.length === 1 && list[0];
	});
	equal("the receiver has it", [BigInt(paid.utxo_pos), paid.amount,
		paid.creating_txhash], [position(1000), ONE / 4n, hashOf(payment)]);
	const one = await client.ask("transaction.get", { id: hashOf(payment) });
	equal("a transaction has all members", [one.txhash, one.txindex, one.txtype,
		one.metadata, one.txbytes, one.block.blknum, one.block.tx_count,
		one.inputs.map(({ utxo_pos, spending_txhash }) =>
			[utxo_pos, spending_txhash]),
		one.outputs.map(({ utxo_pos }) => BigInt(utxo_pos))],
	[hashOf(payment), 0, 1, payment.metadata, rawPayment(payment), 1000, 2,
		[[1000000000, hashOf(payment)]], [position(1000), position(1000, 0, 1)]]);
	const root = await net.rootOf(1000);
	equal("its block is the root chain's", one.block.hash, root);
	const listed = async (filter) => (await client.ask("transaction.all", filter))
		.map(({ txhash }) => txhash);
	const deposited = ethers.keccak256(rawCoin);
	equal("transactions of an owner, newest first",
		await listed({ address: alice.address }), [hashOf(payment), deposited]);
	equal("by page", await listed({ address: alice.address, limit: 1, page: 2 }),
		[deposited]);
	equal("by metadata", await listed({ metadata: payment.metadata }),
		[hashOf(payment)]);
	equal("by block", (await listed({ blknum: 1000 })).length, 2);
	equal("and of an account", (await client.ask("account.get_transactions",
		{ address: bob.address })).map(({ txhash }) => txhash), [hashOf(payment)]);
	equal("a page says which it is", (await client.call("transaction.all",
		{ limit: 5, page: 3 })).data_paging, { page: 3, limit: 5 });
	equal("blocks are listed", (await client.ask("block.all"))
		.map(({ blknum, hash, tx_count }) => [blknum, hash, tx_count]),
	[[1000, root, 2]]);
	equal("somebody unknown has his coins too on a small chain",
		await client.ask("account.get_utxos", { address: carol.address }), []);

	// ---- the body ----
	const served = await fetch(`${client.url}/blocks/${root.slice(2)}`);
	const body = new Uint8Array(await served.arrayBuffer());
	equal("the verified body is served", merkleTree(readBody(body)
		.map(({ raw }) => raw)).root, root);
	ok("for ever", /immutable/.test(served.headers.get("cache-control")));
	equal("and not twice", (await fetch(`${client.url}/blocks/${root.slice(2)}`,
		{ headers: { "if-none-match": served.headers.get("etag") } })).status, 304);
	equal("there is no other", (await fetch(
		`${client.url}/blocks/${"0".repeat(64)}`)).status, 404);

	// ---- exits ----
	const change = position(1000, 0, 1);
	for (const at of [`${change}`, `"${change}"`]) {
		const { data } = await client.call("utxo.get_exit_data",
			`{"utxo_pos":${at}}`);
		equal(`exit data of ${at} is what ethers reckons`,
			[data.txbytes, BigInt(data.utxo_pos), data.proof],
			[rawPayment(payment), change, merkleTree(readBody(body)
				.map(({ raw }) => raw)).proofs[0]]);
	}
	const game = new ExitGame(net.network, alice);
	const exit = await client.ask("utxo.get_exit_data", { utxo_pos: change });
	await game.startStandardExit({ at: BigInt(exit.utxo_pos), raw: exit.txbytes,
		proof: exit.proof });
	ok("the contracts take it",
		(await game.standardExit(exit.txbytes, change)).exitable);
	await net.mine(2);
	await waitFor("the exit to be known", async () =>
		(await client.ask("account.get_exitable_utxos",
			{ address: alice.address })).length === 0);
	equal("a coin that leaves is not exitable twice, but still there",
		(await client.ask("account.get_utxos", { address: alice.address })).length, 1);

	// A deposit that was spent: the challenge is at hand.
	const data = await client.ask("utxo.get_exit_data", { utxo_pos: coin });
	await game.startStandardExit({ at: coin, raw: data.txbytes, proof: data.proof });
	await net.mine(2);
	const challenge = await waitFor("the dishonest exit to be known", async () => {
		const answer = await client.call("utxo.get_challenge_data", { utxo_pos: coin });
		return answer.success && answer.data;
	});
	equal("the exit id is a raw integer", challenge.exit_id,
		standardExitId(rawCoin, coin));
	const carolGame = new ExitGame(net.network, carol);
	await carolGame.send(carolGame.game, "challengeStandardExit", [[
		challenge.exit_id, challenge.exiting_tx, challenge.txbytes,
		challenge.input_index, challenge.sig, ethers.keccak256(carol.address)]]);
	equal("the contracts take the challenge",
		(await game.standardExit(rawCoin, coin)).exitable, false);

	// ---- in-flight exits ----
	const second = { inputs: [position(1000)],
		outputs: [{ owner: carol.address, amount: ONE / 4n - FEE }] };
	const signed = await sign(net.network.plasma_framework, second, [bob]);
	const started = await client.ask("in_flight_exit.get_data", { txbytes: signed });
	equal("what starts an in-flight exit", [started.in_flight_tx,
		started.input_txs, started.input_utxos_pos.map(BigInt)],
	[rawPayment(second), [rawPayment(payment)], [position(1000)]]);
	const bobGame = new ExitGame(net.network, bob);
	await bobGame.startInFlightExit({
		raw: started.in_flight_tx, witnesses: started.in_flight_tx_sigs,
		inputs: started.input_txs.map((raw, i) => ({ raw,
			at: started.input_utxos_pos[i],
			proof: started.input_txs_inclusion_proofs[i] })) });
	const bit = await bobGame.piggybackInput(started.in_flight_tx, 0);
	ok("the contracts take it", bit.status === 1);
	await net.mine(2);
	const seen = await waitFor("the in-flight exit to be known", async () => {
		const { in_flight_exits: list } = await client.ask("status.get");
		return list.length === 1 && list[0].piggybacked_inputs.length === 1 && list[0];
	});
	equal("status.get tells of it", [seen.txhash, seen.txbytes,
		seen.piggybacked_inputs, seen.piggybacked_outputs],
	[hashOf(second), rawPayment(second), [0], []]);
	equal("nobody is known to compete", await client.code(
		"in_flight_exit.get_competitor", { txbytes: rawPayment(second) }),
	"in_flight_exit:competitor_not_found");
	equal("it is in no block", await client.code("in_flight_exit.prove_canonical",
		{ txbytes: rawPayment(second) }), "in_flight_exit:not_included");
	const proof = await client.ask("in_flight_exit.prove_canonical",
		{ txbytes: rawPayment(payment) });
	equal("the first payment is", [BigInt(proof.in_flight_tx_pos),
		proof.in_flight_proof], [position(1000), merkleTree(readBody(body)
		.map(({ raw }) => raw)).proofs[0]]);

	// A second signature of the same coin is seen in another exit.
	const rival = { inputs: [position(1000)],
		outputs: [{ owner: bob.address, amount: ONE / 4n - 2n * FEE }] };
	const rivals = await client.ask("in_flight_exit.get_data",
		{ txbytes: await sign(net.network.plasma_framework, rival, [bob]) });
	await bobGame.startInFlightExit({
		raw: rivals.in_flight_tx, witnesses: rivals.in_flight_tx_sigs,
		inputs: rivals.input_txs.map((raw, i) => ({ raw,
			at: rivals.input_utxos_pos[i],
			proof: rivals.input_txs_inclusion_proofs[i] })) });
	await net.mine(2);
	const competitor = await waitFor("the competitor to be known", async () => {
		const answer = await client.call("in_flight_exit.get_competitor",
			{ txbytes: rawPayment(second) });
		return answer.success && answer.data;
	});
	equal("a competitor in no block has no place", [competitor.competing_tx_pos,
		competitor.competing_proof, competitor.competing_txbytes],
	[0, "0x", rawPayment(rival)]);
	await carolGame.challengeNotCanonical({
		raw: competitor.in_flight_txbytes,
		inputIndex: competitor.in_flight_input_index,
		input: { raw: competitor.input_tx, at: competitor.input_utxo_pos },
		rival: { raw: competitor.competing_txbytes,
			inputIndex: competitor.competing_input_index,
			witness: competitor.competing_sig } });
	equal("the contracts take the competitor",
		(await bobGame.inFlightExit(rawPayment(second))).isCanonical, false);
	const spent = await client.ask("in_flight_exit.get_input_challenge_data",
		{ txbytes: rawPayment(second), input_index: 0 });
	await carolGame.blockInput({
		raw: spent.in_flight_txbytes, inputIndex: spent.in_flight_input_index,
		input: { raw: spent.input_tx, at: spent.input_utxo_pos },
		spend: spent.spending_txbytes, spendIndex: spent.spending_input_index,
		witness: spent.spending_sig });
	equal("the contracts block the input",
		(await bobGame.inFlightExit(rawPayment(second))).exitMap, 0n);

	// The first payment is in a block, which knows its signatures.
	const first = await client.ask("in_flight_exit.get_data",
		{ txbytes: rawPayment(payment) });
	await game.startInFlightExit({
		raw: first.in_flight_tx, witnesses: first.in_flight_tx_sigs,
		inputs: first.input_txs.map((raw, i) => ({ raw,
			at: first.input_utxos_pos[i],
			proof: first.input_txs_inclusion_proofs[i] })) });
	await bobGame.piggybackOutput(rawPayment(payment), 0);
	await net.mine(2);
	const blocked = await waitFor("the piggyback to be known", async () => {
		const answer = await client.call("in_flight_exit.get_output_challenge_data",
			{ txbytes: rawPayment(payment), output_index: 0 });
		return answer.success && answer.data;
	});
	await carolGame.blockOutput({ raw: blocked.in_flight_txbytes,
		proof: blocked.in_flight_proof, at: blocked.in_flight_output_pos,
		spend: blocked.spending_txbytes, spendIndex: blocked.spending_input_index,
		witness: blocked.spending_sig });
	equal("the contracts block the output",
		(await game.inFlightExit(rawPayment(payment))).exitMap, 0n);
	await net.mine(2);

	// ---- status, health ----
	const status = await client.ask("status.get");
	equal("status.get", [status.last_validated_child_block_number,
		status.last_mined_child_block_number, status.contract_addr.plasma_framework,
		status.halted, status.busy_accounts, status.eth_syncing],
	[1000, 1000, net.network.plasma_framework.toLowerCase(), false, [], false]);
	equal("configuration.get", (await client.ask("configuration.get"))
		.min_exit_period_seconds, 604800);
	ok("alarm.get is a list", Array.isArray(await client.ask("alarm.get")));
	equal("ready", (await fetch(`${client.url}/readyz`)).status, 200);
	const metrics = await (await fetch(`${client.url}/metrics`)).text();
	ok("metrics", /^plasmachain_watcher_block_number 1000$/m.test(metrics));

	// ---- what is refused ----
	const refusals = [
		["no.such_method", {}, "operation:not_found"],
		["account.get_utxos", {}, "operation:bad_request"],
		["account.get_utxos", { address: "0x12" }, "operation:bad_request"],
		["account.get_utxos", "[]", "operation:bad_request"],
		["account.get_utxos", "{", "operation:bad_request"],
		["utxo.get_exit_data", { utxo_pos: position(5000) }, "utxo:not_found"],
		["utxo.get_exit_data", { utxo_pos: 10n ** 70n }, "operation:bad_request"],
		["utxo.get_exit_data", '{"utxo_pos":1.0e9}', "operation:bad_request"],
		["utxo.get_challenge_data", { utxo_pos: position(1000) }, "exit:not_found"],
		["transaction.get", { id: ethers.ZeroHash }, "transaction:not_found"],
		["transaction.all", { limit: 0 }, "operation:bad_request"],
		["transaction.submit", { transaction: "0xc0" }, "submit:tx_framing"],
		["transaction.create", { owner: alice.address, payments: [{
			owner: bob.address, currency: ethers.ZeroAddress, amount: 5n * ONE }],
		fee: { currency: ethers.ZeroAddress } },
		"transaction.create:insufficient_funds"],
		["transaction.create", { owner: alice.address, payments: [{
			owner: bob.address, currency: ethers.ZeroAddress, amount: 1n }],
		fee: { currency: bob.address } }, "transaction.create:fee_currency"],
		["in_flight_exit.get_competitor",
			{ txbytes: rawPayment({ ...payment, metadata: ethers.ZeroHash }) },
			"in_flight_exit:not_found"],
		["in_flight_exit.get_data", { txbytes: "0x00" }, "operation:bad_request"],
		["in_flight_exit.get_input_challenge_data",
			{ txbytes: rawPayment(second), input_index: 4 },
			"operation:bad_request"],
	];
	for (const [method, request, code] of refusals)
		equal(`${method}: ${code}`, await client.code(method, request), code);
	const statuses = await Promise.all(refusals.map(async ([method, request]) =>
		(await client.call(method, request)).status));
	ok("a refusal is always HTTP 200", statuses.every((value) => value === 200));

	// ---- the manual page ----
	const codeIn = (text) => new Set(text.match(
		/"(?:operation|account|utxo|exit|in_flight_exit|transaction|transaction\.create|submit|operator):[a-z_]+"/g)
		.map((found) => found.slice(1, -1)));
	const sources = readdirSync(join(top, "watcher"))
		.filter((name) => name.endsWith("_api.c"))
		.map((name) => readFileSync(join(top, "watcher", name), "utf8")).join("");
	const page = readFileSync(join(top, "man", "plasma-watcher.1"), "utf8");
	equal("every code of a refusal is in the manual page, and no other",
		[...codeIn(page.replace(/\b[a-z_.]+:[a-z_]+\b/g, '"$&"'))].sort(),
		[...codeIn(sources)].sort());

	// ---- a halted chain ----
	await waitFor("the watcher to verify what there is", async () =>
		(await client.ask("status.get")).last_validated_child_block_number ===
			(await client.ask("status.get")).last_mined_child_block_number);
	await net.operator.stop("SIGKILL");
	const framework = net.framework(net.authority);
	await (await framework.submitBlock(ethers.id("nobody has this body"))).wait();
	await net.node.rpc("evm_increaseTime", [50000]);
	await net.mine(3);
	await waitFor("the watcher to halt", async () =>
		(await client.ask("status.get")).halted, 120);
	equal("status.get names the event", (await client.ask("status.get"))
		.byzantine_events.some(({ event }) => event === "block_withholding"), true);
	equal("nothing is submitted while the chain is halted", await client.code(
		"transaction.submit", { transaction: signed }), "submit:chain_byzantine");
	equal("but coins and their exits are answered", await client.code(
		"utxo.get_exit_data", { utxo_pos: position(1000) }), "success");
	equal("it ends in order", await process.stop(), 0);
});
