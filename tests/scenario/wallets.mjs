// SPDX-License-Identifier: MIT
//
// Groups B and G, the wallet: an owner who could hurt himself, and secrets that
// could get out.

import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import { ethers } from "ethers";

import { program, run, startNet, waitFor } from "../support/operator_net.mjs";
import { Wallet, WatcherStandIn } from "../support/wallet_net.mjs";

const needs = ["plasma-operator", "plasma-wallet"];
const ONE = 10n ** 18n;

/** An operator that keeps what it gets and answers as it is told. */
class OperatorStandIn {
	constructor() {
		this.submitted = [];
		this.answer = () => ({ success: false,
			data: { object: "error", code: "submit:no", description: "no" } });
	}

	async start(t) {
		this.server = createServer((request, response) => {
			const parts = [];
			request.on("data", (part) => parts.push(part));
			request.on("end", () => {
				const body = JSON.parse(Buffer.concat(parts));
				if (request.url === "/fees.all") {
					response.end(JSON.stringify({ success: true, data: { 1: [
						{ currency: ethers.ZeroAddress, amount: 1 }] } }));
					return;
				}
				this.submitted.push(body.transaction);
				const answer = this.answer(body.transaction);
				if (answer)
					response.end(JSON.stringify(answer));
			});
		});
		await new Promise((ready) => this.server.listen(0, "127.0.0.1", ready));
		this.url = `http://127.0.0.1:${this.server.address().port}`;
		t.atExit(() => {
			this.server.closeAllConnections();
			this.server.close();
		});
	}
}

/** A chain without operator, and Alice with one coin of ten ether. */
async function oneCoin(t) {
	const net = await startNet();
	t.atExit(() => net.close());
	await net.deploy();
	const watcher = new WatcherStandIn(net);
	await watcher.start();
	t.atExit(() => watcher.stop());
	const operator = new OperatorStandIn();
	await operator.start(t);
	net.url = operator.url;
	const alice = new Wallet(net, "alice", { watcher });
	await net.fund(alice.address);
	const coin = await net.deposit(alice.signer, 10n * ONE);
	return { net, watcher, operator, alice, coin };
}

/** Everything that lies in a folder, as bytes. */
function contentOf(folder) {
	return readdirSync(folder).map((name) => {
		const path = join(folder, name);
		return statSync(path).isDirectory() ? contentOf(path) : readFileSync(path);
	}).flat();
}

export const scenarios = [{
	id: "B-17", title: "a coin is not signed a second time, whatever fails",
	needs,
	async run(t) {
		const { operator, alice, coin } = await oneCoin(t);
		const bob = ethers.Wallet.createRandom().address;
		t.equal("the operator refuses",
			await alice.refusal("send", [bob, "1eth"]), [1, "PLL-018"]);
		t.equal("the coin is not free for another payment",
			await alice.refusal("send", [bob, "2eth"]), [1, "PLL-010"]);
		operator.answer = () => null;
		const stopped = spawn(program("plasma-wallet"),
			["tx", "resend", ...alice.args()], { stdio: "ignore" });
		await waitFor("it to be sent again", () => operator.submitted.length === 2);
		stopped.kill("SIGKILL");
		for (const name of ["wallet.db", "wallet.db-wal", "wallet.db-shm"])
			rmSync(join(alice.dir, name), { force: true });
		t.equal("nor after a kill, and with everything else forgotten",
			await alice.refusal("send", [bob, "2eth"]), [1, "PLL-010"]);
		const [listed] = (await alice.ask("coins")).coins;
		t.equal("it is known as signed away", [listed.position, listed.status],
			[`${coin}`, "signed away"]);
		operator.answer = (bytes) => {
			const [, ...fields] = ethers.decodeRlp(bytes);
			return { success: true, data: { blknum: 1000, txindex: 0,
				txhash: ethers.keccak256(ethers.encodeRlp(fields)) } };
		};
		const [spend] = operator.submitted;
		const [, ...fields] = ethers.decodeRlp(spend);
		await alice.ask("tx resend", [ethers.keccak256(ethers.encodeRlp(fields))]);
		t.equal("only ever the same bytes went out",
			new Set(operator.submitted).size, 1);
		t.equal("the way out is in flight, not by a standard exit",
			(await alice.ask("guide", [`${coin}`])).coins[0].exit, "in_flight");
	},
}, {
	id: "B-22", title: "coins that cost more to exit than they are worth are warned of, and merged",
	needs,
	async run(t) {
		const { net, operator, alice } = await oneCoin(t);
		const crumbs = [];
		for (let i = 0; i < 4; i++)
			crumbs.push(await net.deposit(alice.signer, ONE));
		const dear = async (gwei) => {
			await net.node.rpc("anvil_setNextBlockBaseFeePerGas",
				[ethers.toQuantity(BigInt(gwei) * 10n ** 9n)]);
			await net.node.rpc("evm_mine");
			await alice.ask("coins");
			return (await alice.say("doctor")).stdout;
		};
		const warning = "more than a twentieth lies in coins that cost more to exit";
		const calm = await dear(1);
		t.ok("at a low price nothing is said", !calm.includes(warning) &&
			calm.includes("coins are worth their exits"), calm);
		const loud = await dear(5000);
		t.ok("at a high one the wallet warns, and says what to do",
			loud.includes(warning) && loud.includes("plasma-wallet merge --all"),
			loud);
		operator.answer = (bytes) => {
			const [, ...fields] = ethers.decodeRlp(bytes);
			return { success: true, data: { blknum: 1000, txindex: 0,
				txhash: ethers.keccak256(ethers.encodeRlp(fields)) } };
		};
		const { merges } = await alice.ask("merge", ["--all"]);
		t.equal("one payment makes one coin of them, the smallest first",
			merges.map(({ inputs, outputs }) => [inputs.length, outputs.length]),
			[[5, 1]]);
		const [, , inputs] = ethers.decodeRlp(operator.submitted[0]);
		t.ok("the crumbs are in it", crumbs.every((at) =>
			inputs.some((word) => BigInt(word) === BigInt(at))));
	},
}, {
	id: "G-03", title: "a key is in memory that is neither swapped nor dumped",
	needs,
	async run(t) {
		const { operator, alice } = await oneCoin(t);
		operator.answer = () => null;
		const child = spawn(program("plasma-wallet"), ["send",
			ethers.Wallet.createRandom().address, "1eth", ...alice.args()],
		{ stdio: "ignore", cwd: alice.dir });
		const ended = new Promise((done) =>
			child.once("exit", (code, signal) => done(signal)));
		// The key is open while it waits for the operator.
		await waitFor("the payment to be sent", () => operator.submitted.length === 1);
		const proc = (name) => readFileSync(`/proc/${child.pid}/${name}`, "utf8");
		const flags = proc("smaps").split("\n").filter((line) =>
			line.startsWith("VmFlags:"));
		// The sanitizers let no memory be locked.
		const sanitized = readFileSync(program("plasma-wallet"))
			.includes("__asan_init");
		t.ok("some memory is locked and left out of dumps", sanitized ||
			flags.some((line) => / lo /.test(line) && / dd /.test(line)),
		flags.join("\n"));
		t.ok("no core file may be written",
			/^Max core file size\s+0\s+0/m.test(proc("limits")), proc("limits"));
		child.kill("SIGABRT");
		t.equal("it is aborted", await ended, "SIGABRT");
		const key = Buffer.from(alice.signer.privateKey.slice(2), "hex");
		t.ok("and nothing that it leaves behind has the key",
			contentOf(alice.dir).every((bytes) => !bytes.includes(key)));
	},
}, {
	id: "G-04", title: "no secret is said or stored",
	needs,
	async run(t) {
		const { net, alice, coin } = await oneCoin(t);
		const token = "canary-of-an-endpoint";
		const secrets = ["a wallet's password", alice.signer.privateKey.slice(2),
			token, Buffer.from(alice.signer.privateKey.slice(2), "hex")];
		const said = [];
		const bob = ethers.Wallet.createRandom().address;
		const withToken = (url) => url.replace("://", `://user:${token}@`);
		const asked = async (...args) => {
			const usual = alice.args();
			for (const name of args.filter((one) => one.startsWith("--"))) {
				const at = usual.indexOf(name);
				if (at >= 0)
					usual.splice(at, 2);
			}
			const done = await run(program("plasma-wallet"), [...args, ...usual]);
			said.push(done.stdout, done.stderr);
			return done.status;
		};
		const gone = withToken("http://127.0.0.1:9");
		t.equal("services that are gone", [
			await asked("send", bob, "1eth", "--operator", gone),
			await asked("send", bob, "1eth", "--watcher", gone),
			await asked("deposit", "1eth", "--root-rpc", gone),
		], [69, 69, 69]);
		await asked("config", "show", "--operator", gone, "--watcher", gone,
			"--root-rpc", gone);
		await asked("doctor", "--operator", gone, "--watcher", gone,
			"--root-rpc", gone);
		await asked("send", bob, "1eth", "--json");
		await asked("deposit", "1eth", "--root-rpc", withToken(net.node.url));
		await asked("exit", "start", `${coin}`);
		await asked("guide");
		await asked("key", "list");
		await asked("key", "export", net.file("out.json"), "--light");
		await asked("proof", "export", `${coin}`, "--out", net.file("proof.json"));
		t.ok("there is something to look through", said.join("").length > 2000);
		const stored = [...contentOf(alice.dir)
			.filter((bytes) => bytes.toString() !== "a wallet's password\n"),
		readFileSync(net.file("out.json")), readFileSync(net.file("proof.json"))];
		for (const secret of secrets) {
			const name = Buffer.isBuffer(secret) ? "the key as bytes" : secret.slice(0, 9);
			t.ok(`nothing said has ${name}…`,
				said.every((text) => !Buffer.from(text).includes(secret)));
			t.ok(`nothing stored has ${name}…`,
				stored.every((bytes) => !bytes.includes(secret)));
		}
	},
}];
