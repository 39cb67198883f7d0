// SPDX-License-Identifier: MIT
//
// The cast and the stage of the story: a root chain whose blocks come by
// themselves, the programs as processes, people with wallets.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { ethers } from "ethers";

import { ETH, readBody, sign } from "../support/child_chain.mjs";
import { ExitGame } from "../support/exit_game.mjs";
import {
	Process, run, startNet, waitFor, writeKeystore,
} from "../support/operator_net.mjs";
import { program, top } from "../support/programs.mjs";
import { Referee } from "../support/referee.mjs";

export const ONE = 10n ** 18n;

export class Stage {
	static async build({ token = true, minimum = "1000000000000000" } = {}) {
		const stage = new Stage();
		stage.net = await startNet({ anvil: ["--block-time", "1", "--mixed-mining"] });
		stage.people = {};
		stage.watchers = {};
		stage.blocksSeen = new Set();
		stage.included = new Set(); // hashes of transactions in blocks
		if (token)
			await stage.mintToken();
		await stage.net.deploy(token
			? ["--token", `${stage.token}=${minimum}`] : []);
		stage.network = stage.net.network;
		stage.referee = await Referee.of(stage.net);
		if (token)
			stage.referee.admit(stage.token);
		return stage;
	}

	async mintToken() {
		const issuer = await this.net.person();
		const compiled = JSON.parse(readFileSync(
			join(top, "tests", "support", "TestToken.json"), "utf8"));
		const factory = new ethers.ContractFactory(
			compiled.abi, compiled.bytecode, issuer);
		const contract = await (await factory.deploy("Demo", "DEMO"))
			.waitForDeployment();
		this.token = await contract.getAddress();
		this.issuer = contract;
	}

	/** Somebody with a thousand ether on the root chain and, if so, DEMO. */
	async person(name, demo = 0n) {
		const wallet = await this.net.person();
		if (demo > 0n)
			await (await this.issuer.mint(wallet.address, demo)).wait();
		writeKeystore(this.net.file(`${name}.json`), wallet);
		this.people[name] = { name, wallet, address: wallet.address,
			game: new ExitGame(this.network, wallet) };
		await this.referee.watch(name, wallet.address);
		return this.people[name];
	}

	// ---- the root chain ----

	async head() {
		return this.net.provider.getBlock("latest");
	}

	async pass(seconds) {
		await this.net.node.rpc("evm_increaseTime", [seconds]);
		await this.net.mine(3);
		await this.seen();
	}

	/** Waits until every watcher has looked at the head of now. */
	async seen() {
		const { number } = await this.head();
		for (const watcher of Object.values(this.watchers))
			await waitFor(`${watcher.name} to see block ${number}`, async () =>
				(await watcher.status()).last_seen_eth_block_number >= number, 120);
	}

	// ---- the programs ----

	async startFollower() {
		await this.net.startFollower();
		await waitFor("the snapshot", () => existsSync(this.net.snapshot));
	}

	async startOperator() {
		await this.net.startOperator();
		this.operatorUrl = this.net.url;
	}

	watcherOptions(name, owners) {
		const { net } = this;
		const dir = net.file(name);
		mkdirSync(dir, { recursive: true });
		const options = ["--network", net.file("net.conf"),
			"--snapshot", net.snapshot, "--datadir", dir,
			"--root-rpc", net.node.url, "--source", this.operatorUrl,
			"--password-file", net.file("password")];
		for (const owner of owners)
			options.push("--owner", this.people[owner].address,
				"--keystore", net.file(`${owner}.json`));
		if (existsSync(net.file(`${name}.json`)))
			options.push("--keystore", net.file(`${name}.json`));
		return options;
	}

	/** Who shares a watcher shares a wallet, too; its table of what it signed is
	 * told in the configuration. */
	walletFolder(watcher) {
		return this.net.file(`wallet-${watcher}`);
	}

	watcherConfig(name, owners, responder) {
		const file = this.net.file(`${name}.conf`);
		writeFileSync(file, ["[watcher]", `responder = ${responder}`, "[owner]",
			...owners.map((owner) => `address = ${this.people[owner].address}`),
			`signed = ${this.walletFolder(name)}/signed.db`, ""].join("\n"));
		return file;
	}

	async startWatcher(name, owners) {
		const watcher = { name, owners, dir: this.net.file(name) };
		// An account of its own for what needs no owner: challenges, processing.
		watcher.account = await this.net.person();
		writeKeystore(this.net.file(`${name}.json`), watcher.account);
		const options = this.watcherOptions(name, owners);
		watcher.process = new Process(this.net.file(`${name}.log`),
			program("plasma-watcher"), ["run", ...options,
				"--config", this.watcherConfig(name, owners, watcher.account.address),
				"--listen", "127.0.0.1:0"]);
		this.net.processes.push(watcher.process);
		await waitFor(`${name} to be ready`, async () => {
			if (!watcher.process.alive)
				throw new Error(`it ended with ${watcher.process.status}: ${
					watcher.process.said.slice(-500)}`);
			const port = Number(readFileSync(join(watcher.dir, "port"), "utf8"));
			watcher.url = `http://127.0.0.1:${port}`;
			return (await fetch(`${watcher.url}/livez`)).ok;
		});
		watcher.status = () => this.call(watcher.url, "status.get");
		watcher.events = async () =>
			(await watcher.status()).byzantine_events.map(({ event }) => event);
		this.watchers[name] = watcher;
		return watcher;
	}

	/** The watcher that looks after this person. */
	watcherOf(name) {
		return Object.values(this.watchers)
			.find(({ owners }) => owners.includes(name));
	}

	async call(url, method, body = {}) {
		const answer = await fetch(`${url}/${method}`, { method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify(body) });
		const { success, data } = await answer.json();
		if (!success)
			throw new Error(`${method}: ${data.code} ${data.description ?? ""}`);
		return data;
	}

	/** What the watcher of a person says in words. */
	async says(name) {
		const watcher = this.watcherOf(name);
		const { stdout } = await run(program("plasma-watcher"),
			["status", ...this.watcherOptions(watcher.name, watcher.owners)]);
		return stdout;
	}

	/** `plasma-watcher check` in a folder of its own. */
	async check(name, owners = []) {
		return run(program("plasma-watcher"), ["check",
			...this.watcherOptions(name, owners), "--act", "print"]);
	}

	/** plasma-wallet of a person; gives its JSON, throws when it fails. */
	async wallet(name, ...args) {
		const watcher = this.watcherOf(name);
		const dir = this.walletFolder(watcher.name);
		mkdirSync(dir, { recursive: true });
		const { status, stdout, stderr } = await run(program("plasma-wallet"), [
			...args, "--network", this.net.file("net.conf"), "--datadir", dir,
			"--root-rpc", this.net.node.url, "--operator", this.operatorUrl,
			"--watcher", watcher.url,
			"--keystore", this.net.file(`${name}.json`),
			"--password-file", this.net.file("password"), "--json"]);
		if (status !== 0)
			throw new Error(`plasma-wallet ${args.join(" ")} ended with ${
				status}: ${stderr.trim()}`);
		return JSON.parse(stdout);
	}

	/** The child-chain balance of a person by its own watcher, in base units. */
	async balance(name, token = ETH) {
		const answer = await fetch(`${this.watcherOf(name).url}/account.get_balance`, {
			method: "POST", headers: { "content-type": "application/json" },
			body: JSON.stringify({ address: this.people[name].address }) });
		// Amounts are whole numbers beyond what JSON.parse keeps.
		const text = (await answer.text()).replace(/"amount":\s*(\d+)/g, '"amount":"$1"');
		const entry = JSON.parse(text).data
			.find(({ currency }) => currency === token.toLowerCase());
		return BigInt(entry?.amount ?? 0);
	}

	/** A payment signed without a wallet. */
	async signed({ wallet }, coins, outputs) {
		return sign(this.network.plasma_framework,
			{ inputs: coins.map(({ at }) => at), outputs }, coins.map(() => wallet));
	}

	// ---- what happened, for the referee ----

	/** Reads the blocks that the operator has committed meanwhile. */
	async learn(url = this.operatorUrl) {
		const framework = this.net.framework();
		const next = await framework.nextChildBlock();
		for (let blknum = 1000n; blknum < next; blknum += 1000n) {
			if (this.blocksSeen.has(blknum))
				continue;
			const [root] = await framework.blocks(blknum);
			const answer = await fetch(`${url}/blocks/${root.slice(2)}`);
			const body = new Uint8Array(await answer.arrayBuffer());
			const raws = readBody(body).map(({ raw }) => raw);
			this.referee.applied(blknum, raws);
			for (const raw of raws)
				this.included.add(ethers.keccak256(raw));
			this.blocksSeen.add(blknum);
		}
	}

	/** Waits until the transaction is in a block. */
	async inBlock(hash) {
		await waitFor(`${hash} to be in a block`, async () => {
			await this.learn();
			return this.included.has(hash);
		}, 180);
	}

	async close() {
		await this.net.close(process.env.KEEP === "yes");
	}
}

/** The hostile operator as a process: it takes over key, address and archive. */
export class Villain {
	static async takeOver(stage) {
		const { net } = stage;
		await net.operator.stop();
		const villain = new Villain();
		villain.process = new Process(net.file("hostile.log"), process.execPath, [
			join(top, "tests", "support", "hostile_operator.mjs"),
			"--network", net.file("net.conf"), "--root-rpc", net.node.url,
			"--keystore", net.file("authority.json"),
			"--password-file", net.file("password"),
			"--listen", `${net.port}`, "--archive", net.file("operator/blocks"),
			"--port-file", net.file("hostile.port")]);
		net.processes.push(villain.process);
		villain.url = net.url;
		await waitFor("the hostile operator", async () => {
			if (!villain.process.alive)
				throw new Error(villain.process.said);
			return existsSync(net.file("hostile.port"));
		});
		return villain;
	}

	async tell(what, body = {}) {
		const answer = await fetch(`${this.url}/hostile/${what}`, { method: "POST",
			body: JSON.stringify(body, (_, part) =>
				(typeof part === "bigint" ? part.toString() : part)) });
		const text = await answer.text();
		if (!answer.ok)
			throw new Error(text);
		return JSON.parse(text).data;
	}
}

/** Waits for ^C. */
export function interrupted() {
	return new Promise((done) => {
		const lines = createInterface({ input: process.stdin });
		const end = () => {
			lines.close();
			done();
		};
		process.once("SIGINT", end);
		process.once("SIGTERM", end);
	});
}
