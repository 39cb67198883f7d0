#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The operator that everybody fears. It has the authority's key, builds blocks of
// its own, commits their roots, and serves or withholds their bodies as it is
// told; each kind of invalid block comes from tests/support/hostile, which shares
// the codec with the project and nothing with the watcher.
//
// In a test:
//
//	const evil = await HostileOperator.start({ network, authority });
//	const { blknum, root } = await evil.commit({ rule: "payment_without_inputs" });
//	evil.policy(root, "withhold");
//
// As a process of its own, told what to do over HTTP:
//
//	hostile_operator.mjs --network FILE --root-rpc URL --keystore FILE
//		--password-file FILE [--listen PORT] [--archive DIR] [--port-file FILE]
//	POST /hostile/commit {"rule","payments","input","amount","thief","serve"}
//	POST /hostile/policy {"root","serve"}
//	POST /hostile/status {}
//
// What it serves of a block:
//
//	yes		the body
//	withhold	404
//	hang		nothing, and the connection stays open
//	refuse		the connection is closed
//	error		500 and a page in HTML
//	other		a body of other transactions
//	truncated	half of the body, and its whole length in the header

import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { ethers } from "ethers";

import {
	bodyOf, merkleRoot, readBody,
} from "./child_chain.mjs";
import { abiOf } from "./exit_game.mjs";
import { readNetworkFile } from "./network_file.mjs";
import { keepPolling } from "./operator_net.mjs";
import { build } from "./programs.mjs";

const ETHER = 10n ** 18n;
const bare = (root) => root.replace(/^0x/, "").toLowerCase();

/** Runs hostile-block: { root, body } with `payments` before what is wrong. */
function forgeBlock(args, payments) {
	return new Promise((done, fail) => {
		const child = execFile(join(build, "tests", "hostile-block"), args,
			{ maxBuffer: 1 << 30 }, (error, stdout, stderr) => {
				if (error)
					return fail(new Error(stderr || error.message));
				const said = Object.fromEntries(stdout.trim().split("\n")
					.map((line) => line.split(" ")));
				done({ root: said.root, body: ethers.getBytes(said.body) });
			});
		child.stdin.end(payments.map((bytes) => `${bytes}\n`).join(""));
	});
}

/** The names of all rules that it can break. */
export function brokenRules() {
	return new Promise((done, fail) =>
		execFile(join(build, "tests", "hostile-block"), ["--list"],
			(error, stdout) => (error ? fail(error) : done(stdout.trim().split("\n")))));
}

/** One address at which the operator answers; clients of different faces may get
 * different bodies. */
class Face {
	constructor(operator) {
		this.operator = operator;
		this.policies = new Map();
		this.served = new Map(); // root -> how often it was asked for
		this.server = createServer((request, response) => {
			const parts = [];
			request.on("data", (part) => parts.push(part));
			request.on("end", () => this.answer(request, response,
				Buffer.concat(parts).toString()).catch((error) => {
				response.statusCode = 500;
				response.end(error.stack);
			}));
		});
	}

	async listen(port) {
		await new Promise((done, fail) => {
			this.server.once("error", fail);
			this.server.listen(port, "127.0.0.1", done);
		});
		this.port = this.server.address().port;
		this.url = `http://127.0.0.1:${this.port}`;
	}

	close() {
		this.server.closeAllConnections?.();
		return new Promise((done) => this.server.close(done));
	}

	policyOf(root) {
		return this.policies.get(root) ?? this.operator.policies.get(root) ??
			this.operator.usual;
	}

	async answer(request, response, text) {
		const { pathname } = new URL(request.url, "http://localhost");
		const block = /^\/blocks\/([0-9a-f]{64})$/.exec(pathname);
		if (block)
			return this.serve(block[1], response, (body) => {
				response.setHeader("content-type", "application/octet-stream");
				return body;
			});
		const sent = text === "" ? {} : JSON.parse(text);
		if (pathname.startsWith("/hostile/"))
			return this.reply(response,
				await this.operator.told(pathname.slice(9), sent));
		if (pathname === "/block.get")
			return this.serve(bare(sent.hash), response, (body) => {
				response.setHeader("content-type", "application/json");
				return JSON.stringify({ version: "1", service_name: "child_chain",
					success: true, data: {
						blknum: this.operator.numbers.get(bare(sent.hash)) ?? 0,
						hash: `0x${bare(sent.hash)}`,
						transactions: ethers.decodeRlp(body)
							.map((fields) => ethers.encodeRlp(fields)),
					} });
			});
		return this.reply(response, this.operator.call(pathname.slice(1), sent));
	}

	reply(response, data) {
		const failed = data?.object === "error";
		response.setHeader("content-type", "application/json");
		response.end(JSON.stringify({ version: "1", service_name: "child_chain",
			success: !failed, data }));
	}

	serve(root, response, form) {
		this.served.set(root, (this.served.get(root) ?? 0) + 1);
		const policy = this.policyOf(root);
		let body = policy instanceof Uint8Array ? policy
			: this.operator.bodyOf(root);
		if (policy === "hang")
			return undefined;
		if (policy === "refuse")
			return response.socket.destroy();
		if (policy === "withhold" || body === undefined) {
			response.statusCode = 404;
			return response.end();
		}
		if (policy === "error") {
			response.statusCode = 500;
			response.setHeader("content-type", "text/html");
			return response.end("<html><body>Bad gateway</body></html>");
		}
		if (policy === "other")
			body = this.operator.otherBody(body);
		if (policy === "truncated") {
			response.writeHead(200, { "content-length": body.length });
			response.write(body.subarray(0, Math.floor(body.length / 2)));
			return response.socket.end();
		}
		return response.end(form(body));
	}
}

export class HostileOperator {
	bodies = new Map(); // root without 0x -> bytes
	numbers = new Map(); // root without 0x -> block number
	policies = new Map(); // root without 0x -> what is served, to all
	usual = "yes";
	pool = [];
	lies = false; // acknowledge payments and forget them
	faces = [];

	/** network: the [network] section; authority: a wallet of the root chain;
	 * archive: the folder of bodies of an honest operator, served on. */
	static async start({ network, authority, archive, port = 0 }) {
		const operator = new HostileOperator();
		operator.network = network;
		operator.authority = authority;
		operator.archive = archive;
		operator.framework = new ethers.Contract(network.plasma_framework,
			abiOf("PlasmaFramework"), authority);
		const { url } = await operator.face(port);
		operator.url = url;
		return operator;
	}

	/** One more address, which may serve something else. */
	async face(port = 0) {
		const face = new Face(this);
		await face.listen(port);
		this.faces.push(face);
		return face;
	}

	async close() {
		await Promise.all(this.faces.map((face) => face.close()));
	}

	/** What is served of this block, everywhere or at one face. */
	policy(root, serve, face = this) {
		face.policies.set(bare(root), serve);
	}

	bodyOf(root) {
		const file = this.archive && join(this.archive, root);
		return this.bodies.get(root) ??
			(file && existsSync(file) ? readFileSync(file) : undefined);
	}

	/** The same transactions without the last one, or one of its bytes changed. */
	otherBody(body) {
		const signed = ethers.decodeRlp(body).map((fields) => ethers.encodeRlp(fields));
		if (signed.length > 1)
			return ethers.getBytes(bodyOf(signed.slice(0, -1)));
		const other = Uint8Array.from(body);
		other[other.length - 1] ^= 1;
		return other;
	}

	call(method, sent) {
		if (method === "transaction.submit") {
			const [, ...fields] = ethers.decodeRlp(sent.transaction);
			const txhash = ethers.keccak256(ethers.encodeRlp(fields));
			const txindex = this.pool.length;
			if (!this.lies)
				this.pool.push(sent.transaction);
			return { blknum: this.nextForecast ?? 0, txindex, txhash };
		}
		if (method === "status.get" || method === "alarm.get")
			return {};
		if (method === "fees.all")
			return { 1: [{ currency: ethers.ZeroAddress, amount: 1,
				subunit_to_unit: 1e18 }] };
		return { object: "error", code: "operation:not_found",
			description: "no such call", messages: {} };
	}

	async told(what, sent) {
		if (what === "commit") {
			const { blknum, root, body, receipt } = await this.commit(sent);
			return { blknum: Number(blknum), root, eth_block: receipt.blockNumber,
				transactions: ethers.decodeRlp(body)
					.map((fields) => ethers.encodeRlp(fields)) };
		}
		if (what === "policy") {
			this.policy(sent.root, sent.serve);
			return {};
		}
		return { pool: this.pool.length, blocks: [...this.numbers.keys()] };
	}

	async nextBlknum() {
		return this.framework.nextChildBlock();
	}

	/** A block that breaks `rule`, behind honest payments; nothing is committed:
	 * { blknum, root, body, raws }. */
	async forge({ rule = "valid", payments = [], input, amount, thief, key }) {
		const blknum = await this.nextBlknum();
		const args = ["--framework", this.network.plasma_framework,
			"--key", key ?? this.authority.privateKey, "--block", `${blknum}`,
			"--break", rule, "--amount", `${amount ?? 1000n * ETHER}`];
		if (thief)
			args.push("--thief", thief);
		if (input !== undefined)
			args.push("--input", `${input}`);
		const { root, body } = await forgeBlock(args, payments);
		return { blknum, root, body };
	}

	/** Commits a root, whatever it is; gives the block number and its time. */
	async commitRoot(root) {
		const blknum = await this.nextBlknum();
		const receipt = await (await this.framework.submitBlock(root)).wait();
		const { timestamp } = await receipt.getBlock();
		return { blknum, root, time: timestamp, receipt };
	}

	/** Makes and commits a block of what waits in the pool (or of `payments`) and
	 * of what breaks `rule`: { blknum, root, body, raws, time }. */
	async commit({ payments, serve, ...wish } = {}) {
		const signed = payments ?? this.pool.splice(0);
		const block = await this.forge({ payments: signed, ...wish });
		this.bodies.set(bare(block.root), block.body);
		this.numbers.set(bare(block.root), Number(block.blknum));
		if (serve)
			this.policy(block.root, serve);
		return { ...block, ...await this.commitRoot(block.root) };
	}
}

/** The raw transactions of a body that can be cut, with the root they have. */
export function cut(body) {
	const raws = readBody(body).map(({ raw }) => raw);
	return { raws, root: merkleRoot(raws) };
}

async function main() {
	const { values } = parseArgs({ options: {
		network: { type: "string" }, "root-rpc": { type: "string" },
		keystore: { type: "string" }, "password-file": { type: "string" },
		listen: { type: "string", default: "0" }, archive: { type: "string" },
		"port-file": { type: "string" },
	} });
	const network = readNetworkFile(values.network);
	const provider = new ethers.JsonRpcProvider(values["root-rpc"],
		Number(network.chain_id), { staticNetwork: true, cacheTimeout: -1,
			pollingInterval: 50 });
	keepPolling(provider);
	const authority = ethers.Wallet.fromEncryptedJsonSync(
		readFileSync(values.keystore, "utf8"),
		readFileSync(values["password-file"], "utf8").split("\n")[0])
		.connect(provider);
	const operator = await HostileOperator.start({ network, authority,
		archive: values.archive, port: Number(values.listen) });
	if (values["port-file"])
		writeFileSync(values["port-file"], `${operator.faces[0].port}\n`);
	console.log(`the hostile operator listens at ${operator.url}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
	await main();
