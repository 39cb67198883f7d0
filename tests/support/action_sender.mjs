// SPDX-License-Identifier: MIT
//
// The sender of actions as a process, and a node in front of anvil that can be
// told to lose, refuse and kill. For tests of common/actions.
//
//	const world = await startWorld();
//	const sender = world.sender();
//	await sender.ask({ pass: {} });

import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

import { ethers } from "ethers";

import { abiOf } from "./exit_game.mjs";
import { program, startNet } from "./operator_net.mjs";

/** The process that moves actions; dies with SIGKILL when told so. */
export class Sender {
	constructor(settings) {
		this.child = spawn(program("tests/integration/action_passes"),
			[JSON.stringify(settings)],
			{ stdio: ["pipe", "pipe", process.env.DEBUG ? "inherit" : "ignore"] });
		this.child.stdin.on("error", () => {});
		this.waiting = [];
		this.ended = new Promise((done) => {
			this.child.once("exit", (code, signal) => {
				this.dead = true;
				this.status = signal ?? code;
				for (const { fail } of this.waiting.splice(0))
					fail(new Error("the sender died"));
				done();
			});
		});
		createInterface({ input: this.child.stdout }).on("line", (line) =>
			this.waiting.shift()?.done(JSON.parse(line)));
	}

	ask(command) {
		if (this.dead)
			return Promise.reject(new Error("the sender is dead"));
		return new Promise((done, fail) => {
			this.waiting.push({ done, fail });
			this.child.stdin.write(`${JSON.stringify(command)}\n`);
		});
	}

	/** Ends it in order; gives its exit code. */
	async close() {
		this.child.stdin.end();
		await this.ended;
		return this.status;
	}

	async kill() {
		this.child.kill("SIGKILL");
		await this.ended;
	}
}

/** JSON-RPC in front of anvil. `before(method, params)` may answer or throw
 * instead of it, `after` is told what it answered. Replacements that geth would
 * refuse are refused here. */
export class Proxy {
	constructor(node) {
		this.node = node;
		this.sent = []; // every transaction that was offered, decoded
		this.refused = 0;
		this.before = async () => undefined;
		this.after = async () => undefined;
	}

	async start() {
		this.server = createServer((request, response) => {
			const parts = [];
			request.on("data", (part) => parts.push(part));
			request.on("end", () => this.answer(
				JSON.parse(Buffer.concat(parts)), response));
		});
		await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
		this.url = `http://127.0.0.1:${this.server.address().port}`;
	}

	async answer({ id, method, params }, response) {
		const body = { jsonrpc: "2.0", id };
		try {
			if (method === "eth_sendRawTransaction")
				this.judge(ethers.Transaction.from(params[0]));
			const early = await this.before(method, params);
			body.result = early !== undefined ? early :
				await this.node.rpc(method, params);
			await this.after(method, params, body.result);
		} catch (error) {
			body.error = { code: -32000, message: error.message };
		}
		response.setHeader("content-type", "application/json");
		response.end(JSON.stringify(body));
	}

	/** What geth says to a second transaction with the same nonce. */
	judge(transaction) {
		const same = this.sent.filter((one) => one.nonce === transaction.nonce &&
			one.from === transaction.from);
		const last = same.at(-1);
		if (same.some((one) => one.hash === transaction.hash))
			return;
		if (last && (transaction.maxFeePerGas * 10n < last.maxFeePerGas * 11n ||
		    transaction.maxPriorityFeePerGas * 10n <
			last.maxPriorityFeePerGas * 11n)) {
			this.refused++;
			throw new Error("replacement transaction underpriced");
		}
		this.sent.push(transaction);
	}

	stop() {
		this.server.closeAllConnections();
		this.server.close();
	}
}

export class World {
	constructor(net, proxy) {
		this.net = net;
		this.proxy = proxy;
		this.framework = net.network.plasma_framework;
		this.count = 0;
	}

	/** A new account with ether and a database of its own. */
	async account(wei = 10n ** 20n) {
		const wallet = await this.net.person();
		await this.net.fund(wallet.address, wei);
		this.proxy.sent = [];
		return { wallet, database: this.net.file(`actions-${++this.count}.db`) };
	}

	sender({ wallet, database }, more = {}) {
		return new Sender({
			database, rpc: this.proxy.url, key: wallet.privateKey,
			chain_id: this.net.node.chainId, ...more,
		});
	}

	/** A wish for the exit queue of a token nobody has heard of. */
	queue(more = {}) {
		const token = ethers.Wallet.createRandom().address;
		return {
			kind: "add_exit_queue", contract: this.framework, index: 2, token,
			data: abiOf("PlasmaFramework").encodeFunctionData("addExitQueue",
				[2, token]),
			...more,
		};
	}

	async hasQueue(wish) {
		return new ethers.Contract(this.framework, abiOf("PlasmaFramework"),
			this.net.provider).hasExitQueue(wish.index, wish.token);
	}

	nonce(wallet) {
		return this.net.provider.getTransactionCount(wallet.address);
	}

	async automine(on) {
		await this.net.node.rpc("evm_setAutomine", [on]);
	}

	/** One eth_block with this base fee. */
	async mineAt(base) {
		await this.net.node.rpc("anvil_setNextBlockBaseFeePerGas",
			[ethers.toQuantity(base)]);
		await this.net.mine();
	}

	async close() {
		this.proxy.stop();
		await this.net.close();
	}
}

export async function startWorld() {
	const net = await startNet();
	await net.deploy();
	const proxy = new Proxy(net.node);
	await proxy.start();
	return new World(net, proxy);
}

/** Passes until `is(actions)`; gives the actions. A block is mined between two
 * passes if `mine` is given. */
export async function passUntil(sender, is, { options = {}, mine, most = 40 } = {}) {
	let actions;
	for (let i = 0; i < most; i++) {
		await sender.ask({ pass: options });
		actions = await sender.ask({ list: true });
		if (is(actions))
			return actions;
		if (mine)
			await mine();
	}
	throw new Error(`not after ${most} passes: ${JSON.stringify(actions)}`);
}

export const settled = (actions) => actions.every((one) => one.settled);
export const done = (actions) => actions.every((one) => one.state === "done");
