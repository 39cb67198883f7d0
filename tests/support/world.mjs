// SPDX-License-Identifier: MIT
//
// A root chain, a child chain whose operator does what it is told, people, their
// watchers, and a referee: what a scenario is played in.
//
//	const world = await World.start(t, { people: ["Alice", "Mallory"] });
//	const coin = await world.deposit("Alice", ONE);
//	const [paid] = await world.block([world.pay([coin], [["Bob", ONE]])]);
//	const watcher = await world.watcher("Alice");
//	const { code } = await watcher.check();
//
// A watcher runs as `plasma-watcher check`, one pass at a time, after one pass of
// the follower: every step of a scenario is the scenario's.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ethers } from "ethers";

import {
	ETH, hashOf, merkleTree, position, rawPayment, sign,
} from "./child_chain.mjs";
import { ExitGame } from "./exit_game.mjs";
import { cut, HostileOperator } from "./hostile_operator.mjs";
import { program, run, startNet, waitFor, writeKeystore } from "./operator_net.mjs";
import { build } from "./programs.mjs";
import { Referee } from "./referee.mjs";
import { deployToken } from "./rootchain_net.mjs";

export const ONE = 10n ** 18n;
export const P = 604800;
export const WITHHOLDING_LIMIT = 7200;

/** What an evidence can only state. */
const SHOWN_BY_NO_FILE = new Set(["block_number_gap", "changed_root",
	"deposit_bytes_unknown", "equivocation", "finality_broken",
	"governance_change", "insolvent_vault", "queue_stuck"]);

/** One output with what its owner needs to exit it. */
const coinOf = (raw, proof, at, { owner, token = ETH, amount }) =>
	({ raw, proof, at, owner, token, amount });

export class Watcher {
	constructor(world, name, { owners, sources, args = [], act = "do" }) {
		this.world = world;
		this.name = name;
		this.dir = world.net.file(`watcher-${name}`);
		mkdirSync(this.dir, { recursive: true });
		this.sources = sources ?? [world.evil.url];
		this.owners = owners;
		this.args = args;
		this.act = act;
		/** More of the environment. Of a hundred watchers few need a reserve. */
		this.env = { PLASMA_WATCHER_RESERVE_MIB: "0" };
		this.passes = [];
		/** What verifying the evidence of each incident said, by file. */
		this.evidence = new Map();
	}

	options() {
		const { net } = this.world;
		const options = ["--network", net.file("net.conf"),
			"--snapshot", net.snapshot, "--datadir", this.dir,
			"--root-rpc", this.rpc ?? net.node.url,
			"--password-file", net.file("password")];
		for (const source of this.sources)
			options.push("--source", source);
		for (const owner of this.owners) {
			options.push("--owner", this.world.address(owner));
			options.push("--keystore", this.world.keystore(owner));
		}
		if (this.owners.some((owner) =>
			existsSync(this.world.signedTable(owner))))
			options.push("--config", this.config());
		return [...options, ...this.args];
	}

	/** Which transactions its owners have signed is in the wallet's table, of which
	 * there is one. */
	config() {
		const file = this.world.net.file(`watcher-${this.name}.conf`);
		const signed = this.owners.map((owner) => this.world.signedTable(owner))
			.find((table) => existsSync(table));
		writeFileSync(file, ["[owner]", ...this.owners.map((owner) =>
			`address = ${this.world.address(owner)}`),
		`signed = ${signed}`, ""].join("\n"));
		return file;
	}

	async command(name, ...more) {
		return run(program("plasma-watcher"), [name, ...this.options(), ...more],
			{ env: { ...process.env, ...this.env } });
	}

	/** One pass of the follower, one of the watcher: { code, line, said, why },
	 * `said` with the facts of what stands. */
	async check() {
		await this.world.follow();
		const { status, stdout, stderr } =
			await this.command("check", "--act", this.act);
		const standing = await this.command("status", "--json");
		const { latches = [], events = [] } = JSON.parse(standing.stdout || "{}");
		for (const event of events)
			await this.verify(event);
		const pass = { code: status, line: stdout.trim(), why: stderr,
			said: `${stdout}${JSON.stringify([...latches, ...events])}` };
		this.passes.push(pass);
		console.log(`# ${this.name}: check ${pass.code}: ${pass.line}`);
		if (stderr !== "" && process.env.SCENARIO_STDERR !== "no")
			console.log(stderr.replace(/^/gm, "#   "));
		return pass;
	}

	/** The evidence of an incident has to convince somebody who has nothing else. */
	async verify({ event, key, evidence }) {
		if (evidence === null || this.evidence.has(evidence))
			return;
		const { status, stdout, stderr } = await run(program("plasma-watcher"),
			["evidence", "verify", evidence, "--json"]);
		if (status !== 0)
			throw new Error(`the evidence of ${event} ${key} is refused: ${stderr}`);
		const said = JSON.parse(stdout);
		if (said.verdict !== "proved" && !SHOWN_BY_NO_FILE.has(event) &&
			!this.states)
			throw new Error(`${event} ${key} is ${said.verdict}, not proved`);
		this.evidence.set(evidence, said);
	}

	/** The verdicts on the evidence of events of a kind. */
	verdicts(event) {
		return [...this.evidence.values()].filter((one) => one.event === event)
			.map(({ verdict }) => verdict);
	}

	/** Checks, and mines between the checks, until nothing more is sent. */
	async settle(most = 12) {
		const { net } = this.world;
		let pass;
		let nonces = "";
		for (let i = 0, quiet = 0; i < most && quiet < 2; i++) {
			pass = await this.check();
			await net.mine(3);
			const now = (await Promise.all(this.owners.map((owner) =>
				net.provider.getTransactionCount(this.world.address(owner)))))
				.join(" ");
			quiet = now === nonces ? quiet + 1 : 0;
			nonces = now;
		}
		return pass;
	}

	async status() {
		await this.world.follow();
		const { status, stdout, stderr } = await this.command("status", "--json");
		if (stdout === "")
			throw new Error(`status ended with ${status}: ${stderr}`);
		return JSON.parse(stdout);
	}
}

export class World {
	/** `token: true` deploys an ERC-20 token and admits it: world.token. */
	static async start({ atExit }, { people = [], slots, anvil, token } = {}) {
		const world = new World();
		world.net = await startNet({ anvil, slots });
		atExit(async (failed) => {
			const keep = failed && process.env.KEEP === "yes";
			if (keep)
				console.log(`# what was there is kept in ${world.net.dir}`);
			await world.evil?.close();
			await world.net.close(keep);
		});
		if (token)
			world.token = await deployToken(world.net);
		await world.net.deploy(token ? ["--token", `${world.token.target}=1`] : []);
		world.network = world.net.network;
		world.evil = await HostileOperator.start(
			{ network: world.network, authority: world.net.authority });
		world.referee = await Referee.of(world.net);
		if (token)
			world.referee.admit(world.token.target);
		world.people = {};
		for (const name of people)
			await world.person(name);
		return world;
	}

	/** Somebody with a thousand ether on the root chain, whom the referee knows. */
	async person(name) {
		const wallet = await this.net.person();
		this.people[name] = { name, wallet, game: new ExitGame(this.network, wallet) };
		writeKeystore(this.keystore(name), wallet);
		await this.referee.watch(name, wallet.address);
		return this.people[name];
	}

	/** Gives somebody of the token. */
	async mint(name, amount) {
		const { token } = this;
		await (await token.connect(this.net.deployer)
			.mint(this.address(name), amount)).wait();
	}

	address(name) {
		return this.people[name].wallet.address;
	}

	keystore(name) {
		return this.net.file(`${name}.json`);
	}

	game(name) {
		return this.people[name].game;
	}

	// ---- time ----

	async now() {
		return Number((await this.net.provider.getBlock("latest")).timestamp);
	}

	async pass(seconds) {
		await this.net.node.rpc("evm_increaseTime", [seconds]);
		await this.net.mine(3);
	}

	/** So that the next block of the root chain has this time. */
	async passTo(time) {
		await this.net.node.rpc("evm_setNextBlockTimestamp", [time]);
		await this.net.mine(1);
	}

	/** Brings the snapshot up to the head: by one pass, or by waiting for the
	 * follower that runs. */
	async follow() {
		const { net } = this;
		if (net.follower?.alive)
			return this.followed();
		const dir = net.file("rootchain");
		if (!existsSync(net.file("rootchain.conf"))) {
			mkdirSync(dir, { recursive: true });
			writeFileSync(net.file("rootchain.conf"), [
				"[rootchain]", `network = ${net.file("net.conf")}`,
				`datadir = ${dir}`, `rpc = ${net.node.url}`, "quorum = 1", "",
			].join("\n"));
			net.snapshot = `${dir}/rootchain.db`;
		}
		const { status, stderr } = await run(program("plasma-rootchain"),
			["follow", "--once", "--config", net.file("rootchain.conf")]);
		if (status !== 0)
			throw new Error(`follow --once ended with ${status}: ${stderr}`);
	}

	async followed() {
		const { net } = this;
		const head = await net.provider.getBlockNumber();
		await waitFor(`the follower to reach ${head}`, async () => {
			const { stdout } = await run(program("plasma-rootchain"),
				["status", "--json", "--config", net.file("rootchain.conf")]);
			return JSON.parse(stdout).head >= head;
		});
	}

	/** After the chain was put back to an earlier state: nobody remembers more. */
	async forget() {
		rmSync(this.net.file("rootchain"), { recursive: true, force: true });
		mkdirSync(this.net.file("rootchain"), { recursive: true });
	}

	// ---- the child chain ----

	async deposit(name, amount, token = ETH) {
		const owner = this.address(name);
		const at = token === ETH ? await this.game(name).depositEth(amount)
			: await this.game(name).depositToken(token, amount);
		await this.net.mine(3);
		const raw = rawPayment({ inputs: [], outputs: [{ owner, token, amount }] });
		this.referee.deposited(at, { owner, token, amount });
		return coinOf(raw, merkleTree([raw]).proofs[0], at, { owner, token, amount });
	}

	/** A payment of coins to people: outputs [[name, amount, token?]]. */
	pay(coins, outputs, metadata) {
		const payment = {
			inputs: coins.map(({ at }) => at),
			outputs: outputs.map(([name, amount, token = ETH]) =>
				({ owner: this.address(name), token, amount })),
			metadata,
		};
		return { ...payment, raw: rawPayment(payment), hash: hashOf(payment), coins };
	}

	walletOf(address) {
		return Object.values(this.people)
			.find(({ wallet }) => wallet.address === address).wallet;
	}

	/** The signed form, signed by the owners of the coins. */
	async signed(payment) {
		return sign(this.network.plasma_framework, payment,
			payment.coins.map(({ owner }) => this.walletOf(owner)));
	}

	signedTable(name) {
		return this.net.file(`${name}-signed.db`);
	}

	/** As signed(), and remembered by the wallet of `name`. */
	async walletSigns(name, payment) {
		const signed = await this.signed(payment);
		const child = execFile(join(build, "tests", "record-signed"),
			[this.signedTable(name), this.network.chain_id,
				this.network.plasma_framework]);
		child.stdin.end(`${signed}\n`);
		const [code] = await once(child, "exit");
		if (code !== 0)
			throw new Error(`record-signed ended with ${code}`);
		return signed;
	}

	/** The signatures, one per input. */
	async witnesses(payment) {
		return ethers.decodeRlp(await this.signed(payment))[0];
	}

	/** An honest block; gives the outputs of each payment as coins. */
	async block(payments, { serve, honest = true, ...wish } = {}) {
		const signed = [];
		for (const payment of payments)
			signed.push(payment.raw ? await this.signed(payment) : payment);
		const block = await this.evil.commit({ payments: signed, serve, ...wish });
		await this.net.mine(3);
		const { raws } = payments.length > 0 ? cut(block.body) : { raws: [] };
		const { proofs } = merkleTree(raws);
		if (honest)
			this.referee.applied(block.blknum, raws);
		const coins = payments.map((payment, i) => (payment.outputs ?? []).map((output, o) =>
			coinOf(raws[i], proofs[i], position(block.blknum, i, o), output)));
		return Object.assign(coins, block);
	}

	/** A block as it must not be: `rule`, or what the payments do. */
	async badBlock(rule, { payments = [], ...wish } = {}) {
		return this.block(payments, { rule, honest: false, ...wish });
	}

	async watcher(name, { owners = [name], ...options } = {}) {
		await this.follow();
		return new Watcher(this, name, { owners, ...options });
	}

	/** Everybody has what the referee says, to the wei. */
	async balances({ equal }, names = Object.keys(this.people)) {
		for (const { name, token, got, expected } of await this.referee.settle())
			if (names.includes(name))
				equal(`${name} has what was owed${token === ETH ? ""
					: ` of ${token}`}, to the wei`, got, expected);
	}
}

export { waitFor };
