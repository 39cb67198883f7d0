#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Whatever is wrong with what a program is given, be it a setting, a file, a
// database or what a server answers: it says what and where, with the exit code
// that stands for it, in bounded time; and when all is well again nothing is lost.

import {
	chmodSync, cpSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";

import { ethers } from "ethers";

import { sign } from "../support/child_chain.mjs";
import {
	needFollower, Process, program, run, startFollowedNet, waitFor,
} from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";
import { Wallet } from "../support/wallet_net.mjs";

const ONE = 10n ** 18n;
const UNKNOWN = 3; // of plasma-watcher check, whatever the reason

/** A server whose every answer is `answer(request, response)`. */
async function startServer() {
	const server = createServer((request, response) => {
		response.on("error", () => {});
		server.answer(request, response);
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	server.url = `http://127.0.0.1:${server.address().port}`;
	server.stop = () => {
		server.closeAllConnections();
		server.close();
	};
	return server;
}

/** Answers without end. */
function endless(request, response) {
	const piece = Buffer.alloc(1 << 20, "0");
	const more = () => {
		while (!response.destroyed && response.write(piece))
			;
	};
	response.on("drain", more);
	response.write('{"jsonrpc":"2.0","id":1,"result":"0x');
	more();
}

/** The first line of an HTTP answer to these bytes. */
function firstLine(url, bytes) {
	return new Promise((resolve, reject) => {
		const socket = connect(new URL(url).port, "127.0.0.1", () =>
			socket.write(bytes));
		socket.once("data", (part) => {
			resolve(part.toString().split("\r\n")[0]);
			socket.destroy();
		});
		socket.once("error", reject);
		socket.once("close", () => resolve("closed"));
	});
}

await tap(async ({ ok, equal, skipAll, atExit }) => {
	needFollower(skipAll);
	const net = await startFollowedNet(atExit);
	await net.startOperator();
	const alice = new Wallet(net, "alice");
	await net.fund(alice.address);

	// ---- everything has something to lose ----
	const coin = await net.deposit(alice.signer, ONE);
	const payment = { inputs: [coin],
		outputs: [{ owner: alice.address, amount: ONE - 1n }] };
	await waitFor("the operator to accept", async () => (await net.submitCode(
		await sign(net.network.plasma_framework, payment, [alice.signer]))) ===
			"accepted");
	await net.committed(1000n);
	await net.mine(3);
	const watcherArgs = ({ datadir = net.file("watcher"),
		network = net.file("net.conf"), snapshot = net.snapshot } = {}) =>
		["--network", network, "--snapshot", snapshot, "--datadir", datadir,
			"--source", net.url, "--owner", alice.address];
	const watcher = new Process(net.file("watcher.log"), program("plasma-watcher"),
		["run", ...watcherArgs(), "--listen", "127.0.0.1:0"],
		{ PLASMA_WATCHER_POLL_MS: "100" });
	net.processes.push(watcher);
	alice.watcher = {};
	const ask = async (method, body = "{}") => (await fetch(
		`${alice.watcher.url}/${method}`, { method: "POST", body })).json();
	await waitFor("the watcher to verify the block", async () => {
		const port = readFileSync(net.file("watcher/port"), "utf8").trim();
		alice.watcher.url = `http://127.0.0.1:${port}`;
		return (await ask("status.get")).data.last_validated_child_block_number ===
			1000;
	});
	await alice.ask("balance");

	// ---- what the watcher is asked ----
	for (const [name, body] of [["wrong JSON", "{"], ["an empty body", ""],
		["half a byte of hex", '{"address":"0x123"}'],
		["deep JSON", `{"address":${"[".repeat(5000)}${"]".repeat(5000)}}`],
		["a duplicate key", '{"address":1,"address":2}']])
		equal(`the watcher refuses ${name}`,
			(await ask("account.get_utxos", body)).data.code,
			"operation:bad_request");
	const head = "POST /status.get HTTP/1.1\r\nHost: x\r\nContent-Length: ";
	for (const [name, bytes] of [
		["ten megabytes", `${head}${10 << 20}\r\n\r\n${"x".repeat(1 << 16)}`],
		["a gigabyte that it is promised", `${head}${1 << 30}\r\n\r\n{`]])
		ok(`the watcher does not read ${name}`,
			/ 413 |closed/.test(await firstLine(alice.watcher.url, bytes)));
	ok("and still answers", (await ask("status.get")).success);

	// ---- what a command is run with ----
	const operator = (change = {}) => net.operatorArgs().map((word) =>
		change[word] ?? word);
	const follower = ({ datadir = net.file("rootchain"), url = net.node.url,
		network = net.file("net.conf") } = {}) => ["follow", "--once",
		"--network", network, "--datadir", datadir, "--root-rpc", url,
		"--quorum", "1"];
	const wallet = (words, change = {}) => [...words, ...alice.args().map((word) =>
		change[word] ?? word)];
	/** [exit code, what it said]; a program that does not end has "124". */
	const outcome = async (name, args) => {
		const { status, stdout, stderr } = await run("timeout",
			["120", program(name), ...args]);
		return [status, stdout + stderr];
	};
	const refuses = async (claim, [name, args], code, ...words) => {
		const [status, said] = await outcome(name, args);
		const isCheck = args[0] === "check";
		ok(claim, status === (isCheck && code !== 64 ? UNKNOWN : code) &&
			words.every((word) => said.includes(word)), `${status}: ${said}`);
	};

	// ---- settings ----
	const bare = { "plasma-operator": ["run"], "plasma-rootchain": ["follow", "--once"],
		"plasma-watcher": ["check"], "plasma-wallet": ["balance"] };
	const text = readFileSync(net.file("net.conf"), "utf8");
	const settings = [
		["an unknown key", "u.conf", (section) => `[${section}]\nnetwrk = x\n`,
			"u.conf:2", "did you mean network?"],
		["an unknown section", "s.conf", () => "[nonsense]\nx = 1\n", "s.conf:2"],
		["a line that is none", "l.conf", () => "rubbish\n", "l.conf:1"],
		["bytes", "b.conf", () => Buffer.from([0, 1, 2, 255, 10, 0]), "b.conf:1"],
	];
	const networks = [
		["with an unknown key", text.replace("\nname", "\nnam"), "did you mean name?"],
		["without a vault", text.replace(/^eth_vault.*\n/m, ""), "eth_vault"],
		["with a number beyond all bounds",
			text.replace(/^chain_id = /m, "chain_id = 99999999999999999999"),
			"chain_id"],
		["with an address that is cut",
			text.replace(/^(eth_vault = .*).$/m, "$1"), "eth_vault"],
	];
	for (const [name, words] of Object.entries(bare)) {
		const section = name.replace("plasma-", "");
		for (const [what, file, content, ...said] of settings) {
			writeFileSync(net.file(file), content(section));
			await refuses(`${name} refuses ${what} in its configuration`,
				[name, [...words, "--config", net.file(file)]], 78, ...said);
		}
		for (const [what, content, said] of networks) {
			writeFileSync(net.file("n.conf"), content);
			await refuses(`${name} refuses a network file ${what}`, [name,
				[...words, "--network", net.file("n.conf"),
					"--datadir", net.file("none")]], 78, "n.conf", said);
		}
		for (const option of ["--config", "--network"])
			await refuses(`${name} ${option} wants a file that is there`, [name,
				[...words, option, net.file("absent"),
					"--datadir", net.file("none")]], 66, "absent");
		await refuses(`${name} refuses an unknown option`,
			[name, [...words, "--no-such"]], 64, "--no-such", "--help");
		await refuses(`${name} refuses an unknown command`,
			[name, ["no-such"]], 64, "no-such", "--help");
		await refuses(`${name} refuses an option without its value`,
			[name, [...words, "--datadir"]], 64, "--datadir");
	}

	// Whoever may read everything becomes somebody who may not.
	const secret = net.file("secret.conf");
	writeFileSync(secret, text, { mode: 0o000 });
	chmodSync(net.dir, 0o755);
	const mine = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
	for (const [name, words] of [["plasma-rootchain", ["verify", secret]],
		["plasma-rootchain", ["verify", "--network", secret, net.file("none.db")]],
		["plasma-wallet", ["balance", "--network", secret]]]) {
		const { status, stderr } = await run(program(name), words, mine);
		ok(`${name} ${words[0]}: what may not be read is a matter of permission`,
			status === 77, `${status} ${stderr}`);
	}
	await refuses("an owner whose checksum is wrong is none",
		["plasma-watcher", ["check", "--network", net.file("net.conf"),
			"--datadir", net.file("none"), "--owner",
			"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"]], 78, "checksum");
	await refuses("a negative amount is named as it was typed",
		["plasma-wallet", ["deposit", "-1eth"]], 64, "unknown option -1eth");
	await refuses("half a command is told which ones there are",
		["plasma-wallet", ["exit"]], 64, "exit is not the whole command",
		"exit start, exit status, exit finalize?");

	writeFileSync(net.file("m.conf"), "[watcher]\nmemory_mib = 63\n");
	await refuses("plasma-watcher cannot do with less memory than it says",
		["plasma-watcher", ["check", "--config", net.file("m.conf"),
			"--network", net.file("net.conf"), "--datadir", net.file("none")]],
		78, "memory_mib", "64");

	// ---- servers ----
	await net.operator.stop();
	const server = await startServer();
	atExit(() => server.stop());
	// How a server behaves; the code and the reason that is given where it is a
	// node, and where it is an operator or a watcher.
	const servers = [
		["is not there", null, [69, "connect"]],
		["never answers", () => {}, [69, "too slow"]],
		["hangs up", (_, response) => response.socket.destroy(), [69, "mpty reply"]],
		["answers no JSON", (_, response) => response.end("not for you\n"),
			[76, "not JSON"]],
		["answers nothing", (_, response) => response.end(), [76, "there is nothing"]],
		["answers something else", (_, response) => response.end("[]"),
			[76, "not the answer"], [76, "another way"]],
		["fails", (_, response) => {
			response.writeHead(500);
			response.end("<html>");
		}, [69, "500"], [76, "500"]],
		["answers without end", endless, [76, "longer than"]],
	];
	/** A wallet of its own, which nobody else has locked. */
	const copied = (name, words, from, to) => {
		cpSync(alice.dir, net.file(name), { recursive: true });
		return ["plasma-wallet", wallet(words,
			{ [alice.dir]: net.file(name), [from]: to })];
	};
	const send = ["send", "0x0000000000000000000000000000000000000009", "0.1eth"];
	for (const [how, answer, node, peer = node] of servers) {
		server.answer = answer;
		const url = answer ? server.url : "http://127.0.0.1:1";
		await Promise.all([
			["the operator's node", ["plasma-operator",
				operator({ [net.node.url]: url })], node],
			["the follower's node", ["plasma-rootchain",
				follower({ datadir: net.file("other"), url })], node],
			["the watcher's node", ["plasma-watcher", ["check",
				"--network", net.file("net.conf"), "--datadir", net.file("own"),
				"--root-rpc", url, "--source", net.url]], node],
			["the wallet's node",
				copied("wallet-1", ["deposit", "0.1eth"], net.node.url, url), node],
			["the wallet's operator", copied("wallet-2", send, net.url, url), peer],
			["the wallet's watcher",
				copied("wallet-3", send, alice.watcher.url, url), peer],
		].map(([who, command, [code, because]]) =>
			refuses(`${who} ${how}`, command, code, because)));
	}
	await watcher.stop();
	await net.follower.stop();

	// ---- databases ----
	const databases = [
		["plasma-operator", "operator", "operator.db",
			(datadir) => operator({ [net.file("operator")]: datadir })],
		["plasma-operator", "rootchain", "rootchain.db",
			(datadir) => operator({ [net.snapshot]: `${datadir}/rootchain.db` })],
		["plasma-rootchain", "rootchain", "rootchain.db",
			(datadir) => follower({ datadir })],
		["plasma-watcher", "watcher", "watcher.db",
			(datadir) => ["check", ...watcherArgs({ datadir })]],
		["plasma-watcher", "rootchain", "rootchain.db", (datadir) => ["check",
			...watcherArgs({ datadir: net.file("fresh"),
				snapshot: `${datadir}/rootchain.db` })]],
		["plasma-wallet", "wallet-alice", "wallet.db",
			(datadir) => wallet(["balance"], { [alice.dir]: datadir })],
		["plasma-wallet", "wallet-alice", "signed.db",
			(datadir) => wallet(["balance"], { [alice.dir]: datadir })],
	];
	const sql = async (file, statement) => {
		const done = await run("sqlite3", [file, statement]);
		if (done.status !== 0)
			throw new Error(done.stderr);
	};
	const damages = [
		["that is none", (file) =>
			writeFileSync(file, Buffer.alloc(20000, "rubbish ")), "not a database"],
		["that is torn", (file) =>
			truncateSync(file, Math.floor(statSync(file).size / 2)), "malformed"],
		["of a later version", (file) => sql(file, "PRAGMA user_version = 9999"),
			"schema 9999 is newer"],
		["of somebody else", (file) => {
			rmSync(file);
			return sql(file, "CREATE TABLE x (a); PRAGMA user_version = 1");
		}, "its schema is not"],
		["with a trigger of somebody's", async (file) => {
			const { stdout } = await run("sqlite3", [file,
				"SELECT name FROM sqlite_schema WHERE type = 'table' LIMIT 1"]);
			await sql(file, `CREATE TRIGGER x AFTER INSERT ON ${stdout.trim()} ` +
				"BEGIN SELECT 1; END");
		}, "its schema is not"],
	];
	const damaged = net.file("damaged");
	for (const [name, folder, file, args] of databases) {
		for (const [what, damage, because] of damages) {
			rmSync(damaged, { recursive: true, force: true });
			cpSync(net.file(folder), damaged, { recursive: true });
			await sql(`${damaged}/${file}`, "PRAGMA wal_checkpoint(TRUNCATE)");
			for (const suffix of ["-wal", "-shm"])
				rmSync(`${damaged}/${file}${suffix}`, { force: true });
			await damage(`${damaged}/${file}`);
			await refuses(`${name} refuses a ${file} ${what}`,
				[name, args(damaged)], 65, file, because);
		}
	}
	rmSync(damaged, { recursive: true, force: true });
	cpSync(alice.dir, damaged, { recursive: true });
	for (const suffix of ["-wal", "-shm"])
		rmSync(`${damaged}/signed.db${suffix}`, { force: true });
	truncateSync(`${damaged}/signed.db`, 0);
	await refuses("plasma-wallet refuses a signed.db that was emptied",
		["plasma-wallet", wallet(["balance"], { [alice.dir]: damaged })], 65,
		"signed.db is empty", "put a copy back");
	for (const [key, value] of [["chain_id", "77"],
		["plasma_framework", alice.address]]) {
		writeFileSync(net.file("net.conf"),
			text.replace(new RegExp(`^${key} = .*`, "m"), `${key} = ${value}`));
		for (const [name, folder, file, args] of databases)
			await refuses(`${name} refuses a ${file} of another ${key}`,
				[name, args(net.file(folder))], 78, "another");
	}
	writeFileSync(net.file("net.conf"), text);
	writeFileSync(net.file("wrong"), "wrong\n", { mode: 0o600 });
	await refuses("plasma-operator refuses a wrong password", ["plasma-operator",
		operator({ [net.file("password")]: net.file("wrong") })], 77, "password");

	// ---- and all is well again ----
	await net.startFollower();
	await net.startOperator();
	const spent = await net.submitCode(await sign(net.network.plasma_framework,
		payment, [alice.signer]));
	equal("the operator remembers what is spent", spent, "submit:input_spent");
	const [status, said] = await outcome("plasma-watcher", ["check", ...watcherArgs()]);
	equal("the watcher goes on", [status, / block 1000 of 1000 /.test(said)], [0, true]);
	alice.watcher = undefined;
	equal("the wallet has its coin", (await alice.free()), ONE - 1n);
});
