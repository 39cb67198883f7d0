// SPDX-License-Identifier: MIT
//
// A root chain with our contracts, a follower and an operator, for one test.
// Everything lies in a folder that is removed at the end; waiting is for
// conditions, never for a time.
//
//	const net = await startNet({ slots: 1 });
//	const at = await net.deposit(wallet, 10n ** 18n);
//	const answer = await net.submit(bytes);

import { spawn } from "node:child_process";
import { scryptSync } from "node:crypto";
import {
	existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ethers } from "ethers";

import { startAnvil } from "./anvil.mjs";
import { position, rawDeposit } from "./child_chain.mjs";
import { readNetworkFile } from "./network_file.mjs";
import { program, top } from "./programs.mjs";

export { build, program, top } from "./programs.mjs";

/** Ends a test that needs the follower where there is none. */
export function needFollower(skipAll) {
	if (!existsSync(program("plasma-rootchain")))
		skipAll("plasma-rootchain is not built");
}

const PASSWORD = "correct horse";

export async function waitFor(what, probe, seconds = 60, pauseMs = 20) {
	const end = performance.now() + seconds * 1000;
	let last = "";
	for (;;) {
		const asked = performance.now();
		try {
			const value = await probe();
			if (value)
				return value;
		} catch (error) {
			last = `: ${error.message}`;
		}
		const now = performance.now();
		if (now > end)
			throw new Error(`waited ${seconds} s for ${what}${last}`);
		// Who asks with a whole program leaves half of the time to others.
		await new Promise((again) => setTimeout(again, Math.max(pauseMs, now - asked)));
	}
}

// The one of ethers is JavaScript, and takes a quarter of a second for a key.
ethers.scryptSync.register((password, salt, N, r, p, length) =>
	scryptSync(password, salt, length, { N, r, p, maxmem: 1 << 28 }));

export function writeKeystore(file, wallet, password = PASSWORD) {
	writeFileSync(file, ethers.encryptKeystoreJsonSync(
		{ address: wallet.address, privateKey: wallet.privateKey }, password,
		{ scrypt: { N: 4096, r: 8, p: 1 } }), { mode: 0o600 });
}

/** Runs a program to its end: { status, stdout, stderr }. Nothing here waits
 * without letting other processes write: their pipes are read meanwhile. */
export function run(command, args, options = {}) {
	return new Promise((done, fail) => {
		const child = spawn(command, args,
			{ stdio: ["ignore", "pipe", "pipe"], ...options });
		let stdout = "";
		let stderr = "";
		child.stdout.on("data", (part) => {
			stdout += part;
		});
		child.stderr.on("data", (part) => {
			stderr += part;
		});
		child.once("error", fail);
		child.once("close", (code, signal) =>
			done({ status: signal ?? code, stdout, stderr }));
	});
}

/** A process with its output in a file. */
export class Process {
	constructor(log, command, args, env = {}) {
		this.log = log;
		const out = openSync(log, "a");
		this.child = spawn(command, args, {
			stdio: ["ignore", out, out],
			env: { ...process.env, ...env },
		});
		this.ended = new Promise((done) => {
			this.child.once("exit", (code, signal) => {
				this.status = signal ?? code;
				done(this.status);
			});
		});
	}

	get alive() {
		return this.status === undefined;
	}

	async stop(signal = "SIGTERM") {
		if (this.alive)
			this.child.kill(signal);
		return this.ended;
	}

	get said() {
		return readFileSync(this.log, "utf8");
	}
}

/** Someone who begins to wait for a transaction asks once, and then for each
 * new block; the one that is mined between must not be the block that polling
 * begins with, or the wait has no end. */
export function keepPolling(provider) {
	provider.on("block", () => {});
}

export class Net {
	constructor(dir, node) {
		this.dir = dir;
		this.node = node;
		this.processes = [];
		this.provider = new ethers.JsonRpcProvider(node.url, node.chainId, {
			staticNetwork: true, cacheTimeout: -1, pollingInterval: 50,
		});
		keepPolling(this.provider);
	}

	file(name) {
		return join(this.dir, name);
	}

	async fund(address, wei = 10n ** 21n) {
		await this.node.rpc("anvil_setBalance", [address, ethers.toQuantity(wei)]);
		// No header vouches for state that was set by hand until it is mined.
		await this.mine();
	}

	/** A wallet with ether on the root chain. */
	async person(key = ethers.Wallet.createRandom().privateKey) {
		const wallet = new ethers.Wallet(key, this.provider);
		await this.fund(wallet.address);
		return wallet;
	}

	async deploy(extra = []) {
		this.deployer = await this.person();
		this.authority = await this.person();
		writeFileSync(this.file("password"), `${PASSWORD}\n`);
		writeKeystore(this.file("deployer.json"), this.deployer);
		writeKeystore(this.file("authority.json"), this.authority);
		const done = await run(program("plasma-operator"), [
			"deploy", "--root-rpc", this.node.url,
			"--keystore", this.file("deployer.json"),
			"--password-file", this.file("password"),
			"--exit-period", "604800", "--out", this.file("net.conf"),
			"--authority", this.authority.address,
			"--contracts", join(top, "contracts", "abi"), "--json", ...extra,
		]);
		if (done.status !== 0)
			throw new Error(`deploy ended with ${done.status}: ${done.stderr}`);
		this.network = this.readNetwork();
		return JSON.parse(done.stdout);
	}

	readNetwork() {
		return readNetworkFile(this.file("net.conf"));
	}

	async startFollower() {
		const dir = this.file("rootchain");
		mkdirSync(dir, { recursive: true });
		writeFileSync(this.file("rootchain.conf"), [
			"[rootchain]", `network = ${this.file("net.conf")}`,
			`datadir = ${dir}`, `rpc = ${this.node.url}`, "quorum = 1",
			"poll_ms = 100", "",
		].join("\n"));
		this.follower = new Process(this.file("rootchain.log"),
			program("plasma-rootchain"),
			["follow", "--config", this.file("rootchain.conf")]);
		this.processes.push(this.follower);
		this.snapshot = join(dir, "rootchain.db");
	}

	writeFees(amounts = { [ethers.ZeroAddress]: "1" }) {
		const table = {};
		for (const [token, amount] of Object.entries(amounts))
			table[token.toLowerCase()] = { amount };
		writeFileSync(this.file("fees.json"), JSON.stringify({ 1: table }));
	}

	operatorArgs(extra = []) {
		return ["run", "--network", this.file("net.conf"),
			"--snapshot", this.snapshot, "--root-rpc", this.rootRpc ?? this.node.url,
			"--keystore", this.file("authority.json"),
			"--password-file", this.file("password"),
			"--datadir", this.file("operator"), "--listen", "127.0.0.1:0",
			"--fees", this.file("fees.json"), ...extra];
	}

	/** A halted one is alive and never ready: `health` is then livez. */
	async startOperator(env = {}, extra = [], health = "readyz") {
		if (!existsSync(this.file("fees.json")))
			this.writeFees();
		mkdirSync(this.file("operator"), { recursive: true });
		rmSync(this.file("operator/port"), { force: true });
		this.operator = new Process(this.file("operator.log"),
			program("plasma-operator"), this.operatorArgs(extra), {
				PLASMA_OPERATOR_BLOCK_INTERVAL_MS: "200",
				PLASMA_OPERATOR_DEPOSIT_FINALITY: "1",
				PLASMA_OPERATOR_POLL_MS: "50",
				...env,
			});
		this.processes.push(this.operator);
		await waitFor("the operator to be ready", async () => {
			if (!this.operator.alive)
				return true;
			this.port = Number(readFileSync(this.file("operator/port"), "utf8"));
			this.url = `http://127.0.0.1:${this.port}`;
			return (await fetch(`${this.url}/${health}`)).ok;
		});
		if (!this.operator.alive)
			throw new Error(`the operator ended with ${this.operator.status}`);
	}

	/** What the operator lets do who can read its directory. */
	controlKey() {
		return readFileSync(this.file("operator/control_key"), "utf8");
	}

	/** One OMG-style call: the whole answer. What is for who runs the operator is
	 * asked as by that person. */
	async call(method, body = {}) {
		if (method === "block.form")
			body = { control_key: this.controlKey(), ...body };
		const answer = await fetch(`${this.url}/${method}`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: typeof body === "string" ? body : JSON.stringify(body),
		});
		return { status: answer.status, ...(await answer.json()) };
	}

	async submit(bytes) {
		return this.call("transaction.submit", { transaction: bytes });
	}

	/** The code of the refusal, or "accepted". */
	async submitCode(bytes) {
		const answer = await this.submit(bytes);
		return answer.success ? "accepted" : answer.data.code;
	}

	async mine(count = 1) {
		await this.node.rpc("anvil_mine", [ethers.toQuantity(count)]);
	}

	/** Deposits ether; gives the position of the coin. */
	async deposit(wallet, amount) {
		const vault = new ethers.Contract(this.network.eth_vault, [
			"function deposit(bytes) payable",
			"event DepositCreated(address indexed, uint256 indexed, address indexed, uint256)",
		], wallet);
		const sent = await vault.deposit(
			rawDeposit({ owner: wallet.address, amount }), { value: amount });
		const receipt = await sent.wait();
		const event = receipt.logs.map((log) => vault.interface.parseLog(log))
			.find((log) => log?.name === "DepositCreated");
		await this.mine(2);
		return position(event.args[1]);
	}

	framework(wallet = this.provider) {
		return new ethers.Contract(this.network.plasma_framework, [
			"function blocks(uint256) view returns (bytes32, uint256)",
			"function nextChildBlock() view returns (uint256)",
			"function submitBlock(bytes32)",
		], wallet);
	}

	async rootOf(blknum) {
		return (await this.framework().blocks(blknum))[0];
	}

	/** Waits until the contract has the block; gives its root. */
	async committed(blknum) {
		return waitFor(`block ${blknum} on the root chain`, async () => {
			const root = await this.rootOf(blknum);
			return root !== ethers.ZeroHash && root;
		});
	}

	async body(root) {
		const answer = await fetch(`${this.url}/blocks/${root.slice(2)}`);
		return new Uint8Array(await answer.arrayBuffer());
	}

	/** Ends everything; the folder stays if `keep`. */
	async close(keep = false) {
		for (const one of [...this.processes].reverse())
			await one.stop();
		this.provider.destroy();
		this.node.stop();
		if (!keep)
			rmSync(this.dir, { recursive: true, force: true });
	}
}

/** What is two times `slots` blocks deep is final. */
export async function startNet({ slots = 1, anvil = [] } = {}) {
	const node = await startAnvil(["--slots-in-an-epoch", `${slots}`, ...anvil]);
	return new Net(mkdtempSync(join(tmpdir(), "plasma-net-")), node);
}

/** The same with contracts and a follower, which are gone at the end of the test. */
export async function startFollowedNet(atExit, options) {
	const net = await startNet(options);
	atExit(() => net.close());
	await net.deploy();
	await net.startFollower();
	return net;
}
