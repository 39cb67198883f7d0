// SPDX-License-Identifier: MIT
//
// A wallet to be run as a program, and a stand-in for its owner's watcher that
// computes its answers from the root chain and the operator's bodies with an
// implementation that is not ours (ethers). It halts, lags and lies on request.

import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import { ethers } from "ethers";

import { ETH, position, readBody } from "./child_chain.mjs";
import { program, run, writeKeystore } from "./operator_net.mjs";

const ZERO_LEAF = ethers.keccak256(ethers.concat(["0x00", ethers.ZeroHash]));
const node = (a, b) => ethers.keccak256(ethers.concat(["0x01", a, b]));

/** The 512-byte proof of one of the raw transactions of a block. */
export function merkleProof(raws, index) {
	let level = raws.map((raw) => ethers.keccak256(ethers.concat(["0x00", raw])));
	let zero = ZERO_LEAF;
	let at = index;
	const proof = [];
	for (let depth = 0; depth < 16; depth++) {
		proof.push(level[at ^ 1] ?? zero);
		const above = [];
		for (let i = 0; i < level.length; i += 2)
			above.push(node(level[i], level[i + 1] ?? zero));
		zero = node(zero, zero);
		level = above;
		at >>= 1;
	}
	return ethers.concat(proof);
}

const number = (hex) => (hex === "0x" ? 0n : BigInt(hex));

/** A raw transaction as { inputs, outputs }. */
export function readRaw(raw) {
	const [type, inputs, outputs] = ethers.decodeRlp(raw);
	return {
		type: number(type),
		inputs: inputs.map(number),
		outputs: outputs.map(([outputType, [owner, token, amount]]) => ({
			type: number(outputType),
			owner: ethers.getAddress(owner),
			token,
			amount: number(amount),
		})),
	};
}

/** JSON in which integers may have any width. */
function wideJson(value) {
	const marked = JSON.stringify(value, (_, part) =>
		typeof part === "bigint" ? `@${part}@` : part);
	return marked.replace(/"@(\d+)@"/g, "$1");
}

/** What a watcher knows, from the root chain and the bodies. */
export class WatcherStandIn {
	constructor(net) {
		this.net = net;
		this.halt = null; // name of an event
		this.halted = undefined; // the flag of our watchers, if any
		this.busy = []; // accounts
		this.behind = 0; // child blocks that it has not verified
		this.change = (method, data) => data; // to lie
		this.calls = [];
		this.bodies = new Map();
	}

	async start() {
		this.server = createServer((request, response) => {
			const parts = [];
			request.on("data", (part) => parts.push(part));
			request.on("end", async () => {
				const method = request.url.slice(1);
				this.calls.push(method);
				let answer;
				try {
					const body = JSON.parse(Buffer.concat(parts)
						.toString().replace(/("utxo_pos":)(\d+)/, '$1"$2"'));
					const data = this.change(method, await this.answer(method, body));
					answer = { version: "1", service_name: "watcher",
						success: true, data };
				} catch (error) {
					answer = { version: "1", service_name: "watcher",
						success: false, data: { object: "error",
							code: "stand_in:failed", description: error.message } };
				}
				response.setHeader("content-type", "application/json");
				response.end(wideJson(answer));
			});
		});
		await new Promise((ready) => this.server.listen(0, "127.0.0.1", ready));
		this.url = `http://127.0.0.1:${this.server.address().port}`;
	}

	stop() {
		this.server?.closeAllConnections();
		this.server?.close();
	}

	/** Bodies never change, so each is fetched once. */
	async raws(root) {
		if (!this.bodies.has(root))
			this.bodies.set(root, readBody(await this.net.body(root))
				.map(({ raw }) => raw));
		return this.bodies.get(root);
	}

	async blocks() {
		const { net } = this;
		const interfaces = new ethers.Interface([
			"event BlockRootSubmitted(uint256 indexed blknum, bytes32 root)",
			"event DepositCreated(address indexed depositor, uint256 indexed blknum, address indexed token, uint256 amount)",
			"function deposit(bytes)",
		]);
		const logs = await net.provider.getLogs({ fromBlock: 0, address: [
			net.network.plasma_framework, net.network.eth_vault,
			net.network.erc20_vault] });
		const blocks = [];
		for (const log of logs) {
			const event = interfaces.parseLog(log);
			if (event?.name === "BlockRootSubmitted")
				blocks.push({ blknum: event.args.blknum, at: log.blockNumber,
					raws: await this.raws(event.args.root) });
			if (event?.name === "DepositCreated") {
				const { data } = await net.provider.getTransaction(
					log.transactionHash);
				blocks.push({ blknum: event.args.blknum, at: log.blockNumber,
					raws: [interfaces.decodeFunctionData("deposit", data)[0]] });
			}
		}
		blocks.sort((a, b) => Number(a.blknum - b.blknum));
		return blocks;
	}

	/** Verified blocks, coins by position and their spenders. */
	async state() {
		const all = await this.blocks();
		const operators = all.filter(({ blknum }) => blknum % 1000n === 0n);
		const last = operators[operators.length - 1 - this.behind]?.blknum ?? 0n;
		const blocks = all.filter(({ blknum }) => blknum < last + 1000n);
		const coins = new Map();
		const transactions = [];
		for (const block of blocks) {
			const timestamp = (await this.net.provider.getBlock(block.at)).timestamp;
			block.raws.forEach((raw, txindex) => {
				const transaction = readRaw(raw);
				const hash = ethers.keccak256(raw);
				for (const input of transaction.inputs)
					if (coins.has(input))
						coins.get(input).spender = hash;
				transaction.outputs.forEach((output, oindex) =>
					coins.set(position(block.blknum, txindex, oindex), {
						block, txindex, oindex, output, hash,
					}));
				transactions.push({ raw, hash, transaction, txindex, timestamp,
					blknum: block.blknum });
			});
		}
		return { last, mined: operators.at(-1)?.blknum ?? 0n, coins, transactions };
	}

	async answer(method, body) {
		const state = await this.state();
		const owner = body.address && ethers.getAddress(body.address);
		switch (method) {
		case "status.get":
			return {
				last_validated_child_block_number: state.last,
				last_mined_child_block_number: state.mined,
				contract_addr: { plasma_framework:
					this.net.network.plasma_framework.toLowerCase() },
				byzantine_events: this.halt ? [{ event: this.halt }] : [],
				busy_accounts: this.busy,
				...(this.halted === undefined ? {} : { halted: this.halted }),
			};
		case "account.get_utxos":
			return [...state.coins].filter(([, { output, spender }]) =>
				output.owner === owner && !spender).map(([at, coin]) => ({
				blknum: coin.block.blknum, txindex: coin.txindex,
				oindex: coin.oindex, utxo_pos: at, otype: coin.output.type,
				owner: coin.output.owner.toLowerCase(),
				currency: coin.output.token, amount: coin.output.amount,
				creating_txhash: coin.hash, spending_txhash: null,
			}));
		case "utxo.get_exit_data": {
			const coin = state.coins.get(BigInt(body.utxo_pos));
			if (!coin)
				throw new Error("no such coin");
			return { utxo_pos: BigInt(body.utxo_pos),
				txbytes: coin.block.raws[coin.txindex],
				proof: merkleProof(coin.block.raws, coin.txindex) };
		}
		case "transaction.all":
			return state.transactions.filter(({ transaction }) =>
				transaction.outputs.some((output) => output.owner === owner) ||
				transaction.inputs.some((input) =>
					state.coins.get(input)?.output.owner === owner))
				.reverse()
				.slice((body.page - 1) * body.limit, body.page * body.limit)
				.map((one) => ({ txhash: one.hash, txindex: one.txindex,
					txbytes: one.raw, block: { blknum: one.blknum,
						timestamp: one.timestamp } }));
		default:
			throw new Error(`no method ${method}`);
		}
	}
}

/** One person's wallet: a folder, a key, and the program. */
export class Wallet {
	constructor(net, name, { watcher, key } = {}) {
		this.net = net;
		this.dir = net.file(`wallet-${name}`);
		this.watcher = watcher;
		this.signer = new ethers.Wallet(
			key ?? ethers.Wallet.createRandom().privateKey, net.provider);
		this.address = this.signer.address;
		mkdirSync(join(this.dir, "keystore"), { recursive: true, mode: 0o700 });
		writeFileSync(join(this.dir, "password"), "a wallet's password\n",
			{ mode: 0o600 });
		writeKeystore(join(this.dir, "keystore", "key.json"), this.signer,
			"a wallet's password");
	}

	args(extra = []) {
		return ["--network", this.net.file("net.conf"), "--datadir", this.dir,
			"--password-file", join(this.dir, "password"),
			"--root-rpc", this.net.node.url,
			...(this.net.url ? ["--operator", this.net.url] : []),
			...(this.watcher ? ["--watcher", this.watcher.url] : []), ...extra];
	}

	/** Runs the program: { status, stdout, stderr }. */
	async say(command, extra = []) {
		return run(program("plasma-wallet"), [...command.split(" "),
			...extra, ...this.args()]);
	}

	/** The object that --json prints; fails unless it exits with 0. */
	async ask(command, extra = []) {
		const done = await this.say(command, [...extra, "--json"]);
		if (done.status !== 0)
			throw new Error(`wallet ${command} ended with ${done.status}: ` +
				done.stderr);
		return JSON.parse(done.stdout);
	}

	/** The PLL-number and the exit code with which it refuses. */
	async refusal(command, extra = []) {
		const done = await this.say(command, extra);
		return [done.status, /PLL-\d+/.exec(done.stderr)?.[0] ?? done.stderr];
	}

	/** Free units of a token. */
	async free(token = ETH) {
		const { balances } = await this.ask("balance");
		return BigInt(balances.find((one) =>
			one.token.toLowerCase() === token.toLowerCase())?.free ?? 0);
	}
}
