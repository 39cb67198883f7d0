#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// What the operator notices by itself: its own watcher's halt, a watcher that is
// away, little ether, roots that are not mined, a price above the cap. And that
// blocks which had to wait go out in one transaction.

import { createServer } from "node:http";

import { ethers } from "ethers";

import { startProxy } from "../support/chaos_proxy.mjs";
import { position, sign } from "../support/child_chain.mjs";
import { needFollower, startFollowedNet, waitFor } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";

const ONE = 10n ** 18n;

/** Answers every request as `answer` says; gives its URL. */
function serve(answer) {
	const server = createServer((request, response) => {
		request.resume();
		request.on("end", () => {
			const { status = 200, body = "" } = answer(request);
			response.writeHead(status, { "content-type": "application/json" }).end(body);
		});
	});
	return new Promise((done) => server.listen(0, "127.0.0.1", () => done({
		url: `http://127.0.0.1:${server.address().port}`,
		stop: () => {
			server.closeAllConnections();
			server.close();
		} })));
}

await tap(async ({ ok, equal, skipAll, atExit }) => {
	needFollower(skipAll);
	const net = await startFollowedNet(atExit);
	let events = [];
	let halted;
	let garbled = false;
	let refuses = true;
	const watcher = await serve(() => ({ body: garbled ? "{" : JSON.stringify({
		success: true, data: { byzantine_events: events, halted } }) }));
	atExit(watcher.stop);
	const mirror = await serve(() => ({ status: refuses ? 503 : 201 }));
	atExit(mirror.stop);
	await net.startOperator({ PLASMA_OPERATOR_WATCHER: watcher.url,
		PLASMA_OPERATOR_MIRROR_BEFORE_SEND: "yes",
		PLASMA_OPERATOR_MAX_FEE_GWEI: "100" }, ["--mirror", mirror.url]);
	const alice = await net.person();
	let amount = ONE;
	let coin = await net.deposit(alice, amount);
	await waitFor("the deposit", async () =>
		(await net.call("status.get")).data.coins >= 1);
	const pay = async () => {
		const bytes = await sign(net.network.plasma_framework, { inputs: [coin],
			outputs: [{ owner: alice.address, amount: amount - 1n }] }, [alice]);
		const answer = await net.submit(bytes);
		if (!answer.success)
			return answer.data.code;
		amount -= 1n;
		coin = position(answer.data.blknum, answer.data.txindex);
		return answer.data.blknum;
	};
	const raised = async (name) =>
		(await net.call("alarm.get")).data.some((one) => one[name] !== undefined);

	const metric = async (name) => Number(new RegExp(`^plasmachain_operator_${name} (\\d+)`, "m")
		.exec(await (await fetch(`${net.url}/metrics`)).text())[1]);
	const headIsSeen = async () => {
		const number = await net.provider.getBlockNumber();
		await waitFor("the eth_block to be seen", async () =>
			(await net.call("status.get")).data.last_seen_eth_block_number >= number);
	};

	const payInto = async (blknums) => {
		for (const blknum of blknums) {
			equal(`block ${blknum} is paid into`, await pay(), blknum);
			await net.call("block.form");
		}
	};
	const rootLogs = async () => net.provider.getLogs({ fromBlock: 0,
		address: net.network.plasma_framework,
		topics: [ethers.id("BlockRootSubmitted(uint256,bytes32)")] });

	await payInto([1000, 2000, 3000]);
	await waitFor("the alarm of the mirror", () => raised("mirror"));
	await net.mine();
	await headIsSeen();
	equal("no block is committed that the mirror refuses",
		(await net.call("status.get")).data.last_formed_child_block_number ?? 0, 0);
	refuses = false;
	await net.committed(3000);
	await waitFor("the mirror to have all", async () =>
		await metric("mirrored_block_number") === 3000);
	equal("each root is there once", (await rootLogs()).length, 3);

	events = [{ event: "piggyback_available", details: {} }];
	equal("an event that is no halt stops nothing", await pay(), 4000);
	await net.committed(4000);
	events = [{ event: "invalid_block", details: {} }];
	await waitFor("the halt", () => raised("halted"));
	equal("while the own watcher halts nothing is accepted", await pay(),
		"submit:chain_halted");
	equal("and it is not ready", (await fetch(`${net.url}/readyz`)).status, 503);
	ok("the metric says so", /plasmachain_operator_halted 1/.test(
		await (await fetch(`${net.url}/metrics`)).text()));
	garbled = true;
	await waitFor("the alarm of a watcher that answers nonsense", () => raised("watcher"));
	ok("which ends no halt", await raised("halted"));
	garbled = false;
	halted = false;
	await waitFor("the end of the halt, by word of the watcher", async () =>
		!(await raised("halted")));
	[events, halted] = [[], true];
	await waitFor("a halt for another reason", () => raised("halted"));
	halted = undefined;
	await waitFor("the end of the halt", async () => !(await raised("halted")));
	equal("afterwards payments are accepted again", await pay(), 5000);
	await net.committed(5000);

	await net.node.rpc("anvil_setBalance", [net.authority.address, "0x2386f26fc10000"]);
	await waitFor("the alarm of the balance", () => raised("low_balance"));
	await net.fund(net.authority.address);
	await waitFor("its end", async () => !(await raised("low_balance")));

	await net.node.rpc("evm_setAutomine", [false]);
	await net.node.rpc("anvil_setNextBlockBaseFeePerGas",
		[ethers.toQuantity(10n ** 12n)]);
	await net.mine();
	const stuck = await pay();
	await waitFor("the root to be formed", async () => (await net.call("status.get"))
		.data.last_formed_child_block_number === stuck);
	for (let i = 0; i < 6; i++) {
		await net.node.rpc("anvil_setNextBlockBaseFeePerGas",
			[ethers.toQuantity(10n ** 12n)]);
		await net.mine();
		await headIsSeen();
	}
	await waitFor("the alarm of a pending root", () => raised("pending_root"));
	await waitFor("the alarm of the price", () => raised("price_cap"));
	ok("nothing is paid above the cap", await net.rootOf(stuck) === ethers.ZeroHash);
	await net.node.rpc("anvil_setNextBlockBaseFeePerGas", [ethers.toQuantity(10n ** 9n)]);
	await net.mine();
	await net.node.rpc("evm_setAutomine", [true]);
	await net.mine();
	await net.committed(stuck);
	await waitFor("all alarms to end", async () => !(await raised("pending_root")) &&
		!(await raised("price_cap")));

	watcher.stop();
	await waitFor("the alarm of a watcher that is away", () => raised("watcher"));
	const last = await pay();
	ok("which is no halt", typeof last === "number");
	await net.committed(last);

	await net.operator.stop();
	const proxy = await startProxy(net.node.url);
	atExit(() => proxy.close());
	net.rootRpc = proxy.url;
	await net.startOperator();
	const before = (await rootLogs()).length;
	const waiting = [1000, 2000, 3000].map((more) => last + more);
	proxy.rule({ method: "eth_getBlockByNumber", fault: "refuse" });
	await payInto(waiting);
	await waitFor("the alarm of the node", () => raised("root_chain"));
	await net.mine();
	await headIsSeen();
	equal("no block is committed whose root cannot be signed",
		(await net.call("status.get")).data.last_formed_child_block_number, last);
	proxy.clear();
	await net.committed(waiting.at(-1));
	const logs = (await rootLogs()).slice(before);
	equal("those that waited went out in one transaction", [logs.length,
		new Set(logs.map(({ transactionHash }) => transactionHash)).size], [3, 1]);
});
