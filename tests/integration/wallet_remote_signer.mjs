#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The key lies elsewhere: a node signs payments as typed data and root-chain
// transactions, and one that signs something else is found out.

import { createServer } from "node:http";

import { getAddress } from "ethers";

import { ETH } from "../support/child_chain.mjs";
import { needFollower, program, run, startFollowedNet, waitFor } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";
import { Wallet, WatcherStandIn } from "../support/wallet_net.mjs";

const ONE = 10n ** 18n;

/** Passes calls on to the node, changed on their way. */
async function startLiar(url) {
	const liar = { change: (call) => call, methods: [] };
	liar.server = createServer((request, response) => {
		const parts = [];
		request.on("data", (part) => parts.push(part));
		request.on("end", async () => {
			const call = JSON.parse(Buffer.concat(parts));
			liar.methods.push(call.method);
			const answer = await fetch(url, { method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify(liar.change(call)) });
			response.setHeader("content-type", "application/json");
			response.end(await answer.text());
		});
	});
	await new Promise((ready) => liar.server.listen(0, "127.0.0.1", ready));
	liar.url = `http://127.0.0.1:${liar.server.address().port}`;
	return liar;
}

await tap(async ({ ok, equal, skipAll, atExit }) => {
	needFollower(skipAll);
	const net = await startFollowedNet(atExit, { anvil: ["--mnemonic-random", "12"] });
	await net.startOperator();
	const watcher = new WatcherStandIn(net);
	await watcher.start();
	atExit(() => watcher.stop());
	const liar = await startLiar(net.node.url);
	atExit(() => liar.server.close());
	const [account, other] = await net.node.rpc("eth_accounts");
	const bob = new Wallet(net, "bob", { watcher });
	const remote = async (command, extra = []) => {
		const done = await run(program("plasma-wallet"), [...command.split(" "),
			...extra, "--network", net.file("net.conf"), "--datadir",
			net.file("remote"), "--root-rpc", net.node.url, "--operator", net.url,
			"--watcher", watcher.url, "--signer", liar.url, "--json"]);
		return { ...done, data: done.status === 0 ? JSON.parse(done.stdout) :
			JSON.parse(done.stderr.trim().split("\n").at(-1)) };
	};
	const from = ["--from", account];

	equal("whose key it is has to be said", [(await remote("deposit", ["1eth"]))
		.data.id], ["PLL-002"]);
	liar.change = (call) => (call.method === "eth_signTransaction" ?
		{ ...call, params: [{ ...call.params[0], value: "0x1" }] } : call);
	const lied = await remote("deposit", ["2eth", ...from]);
	ok("a root-chain transaction that is another one is not sent",
		lied.status === 75 && /another root-chain transaction/.test(lied.stderr),
		lied.stderr);
	equal("nothing was deposited", (await watcher.state()).coins.size, 0);
	liar.change = (call) => call;
	const resumed = await remote("resume", from);
	equal("an honest answer finishes it", [resumed.status, resumed.data.open], [0, 0]);
	await net.mine(3);
	equal("the deposit is a coin", (await remote("coins", from)).data.coins
		.map(({ text }) => text), ["2 ETH"]);

	liar.change = (call) => {
		if (call.method !== "eth_signTypedData_v4")
			return call;
		const changed = structuredClone(call);
		changed.params[1].message.outputs[0].outputGuard =
			`0x${"66".repeat(20)}`;
		return changed;
	};
	const stolen = await remote("send", [bob.address, "0.5eth", ...from]);
	equal("a signature over another payment does not leave",
		[stolen.status, stolen.data.id], [76, "PLL-176"]);
	liar.change = (call) => call;
	const [claimed] = (await remote("history", from)).data.entries;
	const strange = await remote("tx resend", [claimed.transaction, "--from", other]);
	equal("another account does not sign it",
		[strange.status, strange.data.id], [1, "PLL-022"]);
	ok("but is told whose it is", strange.stderr.includes(
		`--from ${getAddress(account)}`), strange.stderr);
	const again = await waitFor("the operator to take it", async () => {
		const done = await remote("tx resend", from);
		return done.status === 0 && done.data.transactions[0];
	});
	await net.committed(again.forecast_blknum);
	equal("the same payment is signed to its end", await bob.free(ETH), ONE / 2n);
	ok("by the calls that signers know", ["account_signTransaction",
		"eth_signTransaction", "account_signTypedData", "eth_signTypedData_v4"]
		.every((method) => liar.methods.includes(method)), liar.methods.join(" "));
	equal("a signer that is gone is unreachable", await (async () => {
		liar.server.closeAllConnections();
		await new Promise((closed) => liar.server.close(closed));
		return (await remote("send", [bob.address, "0.1eth", ...from])).status;
	})(), 69);
});
