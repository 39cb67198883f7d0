// SPDX-License-Identifier: MIT
//
// A root chain with our contracts and followers of it, for tests of the
// follower: it makes things happen on the chain, and asks snapshots about them.
//
//	const chain = await startChain({ slots: 4 });
//	await chain.deposit(alice, 10n ** 18n);
//	await chain.follow("one");		// one good poll into folder one
//	equal("…", await chain.digest("one"), await chain.digest("two"));

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ethers } from "ethers";

import { startAnvil } from "./anvil.mjs";
import { rawDeposit, rawPayment } from "./child_chain.mjs";
import { Net, Process, program, run, top, waitFor } from "./operator_net.mjs";

export class Chain {
	constructor(net) {
		this.net = net;
		this.node = net.node;
	}

	get head() {
		return this.node.rpc("eth_blockNumber").then(Number);
	}

	async headHash() {
		return (await this.node.rpc("eth_getBlockByNumber", ["latest", false])).hash;
	}

	mine(count = 1) {
		return this.node.rpc("anvil_mine", [ethers.toQuantity(count)]);
	}

	reorganise(depth) {
		return this.node.rpc("anvil_reorg", [depth, []]);
	}

	/** The chain's clock moves forward. */
	async pass(seconds) {
		await this.node.rpc("evm_increaseTime", [ethers.toQuantity(seconds)]);
		await this.mine();
	}

	deposit(wallet, amount) {
		return this.net.deposit(wallet, amount);
	}

	/** A deposit of the token. */
	async depositToken(wallet, amount) {
		const address = await this.token.getAddress();
		const vault = new ethers.Contract(this.net.network.erc20_vault,
			["function deposit(bytes)"], wallet);
		await (await this.token.connect(wallet).mint(wallet.address, amount)).wait();
		await (await this.token.connect(wallet).approve(vault.target, amount)).wait();
		await (await vault.deposit(
			rawDeposit({ owner: wallet.address, token: address, amount }))).wait();
	}

	/** A deposit whose bytes its event does not tell. */
	async depositWith(metadata, wallet, amount) {
		const vault = new ethers.Contract(this.net.network.eth_vault,
			["function deposit(bytes) payable"], wallet);
		const raw = rawPayment({ inputs: [], metadata,
			outputs: [{ owner: wallet.address, amount }] });
		await (await vault.deposit(raw, { value: amount })).wait();
	}

	/** The authority commits a root of its choice. */
	async submit(root = ethers.hexlify(ethers.randomBytes(32))) {
		const sent = await this.net.framework(this.net.authority).submitBlock(root);
		await sent.wait();
		return root;
	}

	folder(name) {
		return this.net.file(`follower-${name}`);
	}

	args(name, urls = [this.node.url], extra = []) {
		mkdirSync(this.folder(name), { recursive: true });
		return ["--network", this.net.file("net.conf"),
			"--datadir", this.folder(name),
			...urls.flatMap((url) => ["--root-rpc", url]),
			...(extra.includes("--quorum") ? [] :
				["--quorum", `${urls.length > 1 ? 2 : 1}`]), ...extra];
	}

	/** Any command: { status, stdout, stderr }. */
	command(name, words, urls, extra, env = {}) {
		return run(program("plasma-rootchain"),
			[...words, ...this.args(name, urls, extra)],
			{ env: { ...process.env, ...env } });
	}

	/** One good poll, or an exception. */
	async follow(name, urls, extra) {
		const done = await this.command(name, ["follow", "--once"], urls, extra);
		if (done.status !== 0)
			throw new Error(`follow ended with ${done.status}: ${done.stderr}`);
		return done;
	}

	/** A follower that runs on. */
	start(name, urls, { extra = [], env = {} } = {}) {
		const follower = new Process(this.net.file(`follower-${name}.log`),
			program("plasma-rootchain"),
			["follow", ...this.args(name, urls, extra)],
			{ PLASMA_ROOTCHAIN_POLL_MS: "50", ...env });
		this.net.processes.push(follower);
		return follower;
	}

	async json(name, words) {
		const done = await this.command(name, [...words, "--json"]);
		if (done.status !== 0)
			throw new Error(`${words.join(" ")} ended with ${done.status}: ${done.stderr}`);
		return JSON.parse(done.stdout);
	}

	status(name) {
		return this.json(name, ["status"]);
	}

	async digest(name) {
		return (await this.json(name, ["digest"])).digest;
	}

	/** Waits until the follower's head is the chain's. */
	async caughtUp(name, seconds = 60) {
		return waitFor(`follower ${name} to be at the head`, async () => {
			const status = await this.status(name);
			return status.head_hash === (await this.headHash()) && status;
		}, seconds);
	}

	/** The digest that a follower has which begins at this moment. */
	async freshDigest() {
		this.fresh = (this.fresh ?? 0) + 1;
		const name = `fresh-${this.fresh}`;
		await this.follow(name);
		return this.digest(name);
	}

	writeConfig(name, lines) {
		const path = this.net.file(`${name}.conf`);
		writeFileSync(path, `${lines.join("\n")}\n`);
		return path;
	}

	file(...parts) {
		return join(this.net.dir, ...parts);
	}

	close() {
		return this.net.close();
	}
}

/** An ERC-20 token that anybody mints. */
export async function deployToken(net) {
	const { abi, bytecode } = JSON.parse(readFileSync(
		join(top, "tests", "support", "TestToken.json"), "utf8"));
	const token = await new ethers.ContractFactory(abi, bytecode,
		await net.person()).deploy("Test", "TEST");
	await token.waitForDeployment();
	return token;
}

/** `token: true` deploys an ERC-20 token, too, and admits it: chain.token. */
export async function startChain(
	{ slots = 4, anvil = [], deploy = [], token = false } = {}) {
	const node = await startAnvil(["--slots-in-an-epoch", `${slots}`, ...anvil]);
	const net = new Net(mkdtempSync(join(tmpdir(), "plasma-chain-")), node);
	const chain = new Chain(net);
	try {
		if (token) {
			chain.token = await deployToken(net);
			deploy = [...deploy, "--token", `${await chain.token.getAddress()}=1`];
		}
		await net.deploy(deploy);
	} catch (error) {
		await net.close();
		throw error;
	}
	return chain;
}
