#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// What the person who runs the operator does with it, and what stands around it:
// commands, mirrors, a web server in front of the bodies, the OpenAPI document,
// metrics and alert rules, the manual page.

import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import {
	existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { Validator } from "@seriousme/openapi-schema-validator";
import { ethers } from "ethers";

import { merkleRoot, position, readBody, sign } from "../support/child_chain.mjs";
import {
	needFollower, Process, program, run, startFollowedNet, top, waitFor,
} from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";

const ONE = 10n ** 18n;

/** A web server that takes bodies by PUT, and refuses while told to. */
function startPutServer() {
	const state = { bodies: new Map(), refuses: true, asked: 0 };
	const server = createServer((request, response) => {
		const parts = [];
		request.on("data", (part) => parts.push(part));
		request.on("end", () => {
			state.asked++;
			if (state.refuses || request.method !== "PUT") {
				response.writeHead(503).end();
				return;
			}
			state.bodies.set(request.url.split("/").pop(), Buffer.concat(parts));
			response.writeHead(201).end();
		});
	});
	return new Promise((done) => server.listen(0, "127.0.0.1", () =>
		done({ ...state, state, url: `http://127.0.0.1:${server.address().port}/bodies`,
			stop: () => server.close() })));
}

const find = (name) => ["/usr/sbin", "/usr/bin", "/sbin"]
	.map((folder) => join(folder, name)).find((path) => existsSync(path));

/** Stock nginx over a folder; gives its URL and a function that ends it. */
async function startNginx(net, folder) {
	const dir = net.file("nginx");
	mkdirSync(dir, { recursive: true });
	const socket = createServer().listen(0, "127.0.0.1");
	await new Promise((done) => socket.once("listening", done));
	const { port } = socket.address();
	await new Promise((done) => socket.close(done));
	writeFileSync(join(dir, "nginx.conf"), `
daemon off; pid ${dir}/pid; error_log ${dir}/error.log; worker_processes 1;
user root;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path ${dir}/a; proxy_temp_path ${dir}/b;
	fastcgi_temp_path ${dir}/c; uwsgi_temp_path ${dir}/d; scgi_temp_path ${dir}/e;
	server { listen 127.0.0.1:${port}; location /blocks/ { alias ${folder}/; } }
}
`);
	const child = new Process(join(dir, "log"), find("nginx"),
		["-e", join(dir, "error.log"), "-c", join(dir, "nginx.conf")]);
	net.processes.push(child);
	return `http://127.0.0.1:${port}`;
}

await tap(async ({ ok, equal, note, skipAll, atExit }) => {
	needFollower(skipAll);
	const net = await startFollowedNet(atExit);
	const put = await startPutServer();
	atExit(put.stop);
	const mirror = net.file("mirror");
	mkdirSync(mirror);
	await net.startOperator({ PLASMA_OPERATOR_MIRROR_BEFORE_SEND: "yes",
		PLASMA_OPERATOR_SNAPSHOT_MAX_AGE: "5" },
		["--mirror", mirror, "--mirror", put.url]);
	const command = (...args) => run(program("plasma-operator"), [...args,
		"--datadir", net.file("operator"), "--network", net.file("net.conf"),
		"--snapshot", net.snapshot, "--root-rpc", net.node.url,
		"--keystore", net.file("authority.json"),
		"--password-file", net.file("password"), "--fees", net.file("fees.json")]);
	const framework = net.network.plasma_framework;
	const alice = await net.person();
	let amount = 10n * ONE;
	let coin = await net.deposit(alice, amount);
	await waitFor("the deposit", async () =>
		(await net.call("status.get")).data.coins >= 1);
	const pay = async () => {
		amount -= 1n;
		const answer = await net.submit(await sign(framework, { inputs: [coin],
			outputs: [{ owner: alice.address, amount }] }, [alice]));
		coin = position(answer.data.blknum, answer.data.txindex);
		return answer.data.blknum;
	};

	// A mirror that refuses keeps the root back.
	await pay();
	await waitFor("the body in the directory", () => readdirSync(mirror).length === 1);
	await waitFor("the alarm of the mirror", async () =>
		(await net.call("alarm.get")).data.some((one) => one.mirror));
	ok("which names the mirror, and not what stands behind its host", (await
		net.call("alarm.get")).data.every((one) => !one.mirror ||
			(one.mirror.description.includes("http://127.0.0.1:") &&
			 !one.mirror.description.includes("bodies"))));
	ok("the mirror was asked again", await waitFor("retries",
		() => put.state.asked >= 2));
	equal("no root is sent that a mirror lacks", await net.rootOf(1000), ethers.ZeroHash);
	put.state.refuses = false;
	const root = await net.committed(1000);
	const name = root.slice(2);
	equal("the body lies in the directory under its root", readdirSync(mirror), [name]);
	equal("the web server has it, too", [...put.state.bodies.keys()], [name]);
	equal("the alarm is cleared", await waitFor("no alarm", async () =>
		(await net.call("alarm.get")).data.every((one) => !one.mirror)), true);
	for (let i = 0; i < 3; i++)
		await net.committed(await pay());

	// Commands while it runs.
	const status = await command("status", "--json", "--wait", "10");
	const facts = JSON.parse(status.stdout || "{}");
	equal("status answers as an object", [status.status, facts.schema, facts.ready],
		[0, "plasma.status/1", true]);
	const list = (await command("block", "list")).stdout.trim().split("\n");
	equal("block list has a line per block", list.length, 4);
	ok("block show names the root", (await command("block", "show", "1000")).stdout
		.includes(root));
	equal("block verify is content", (await command("block", "verify")).status, 0);
	equal("block show of none is no", (await command("block", "show", "9000")).status, 1);
	const doctor = await command("doctor");
	equal("the doctor finds nothing wrong", [doctor.status, /WRONG/.test(doctor.stdout)],
		[0, false]);
	equal("config check is content", (await command("config", "check")).status, 0);
	ok("config show tells where a value comes from",
		/datadir/.test((await command("config", "show")).stdout));
	const explained = await run(program("plasma-operator"), ["explain", "low_balance"]);
	ok("explain knows an alarm", explained.stdout.startsWith("PLO-005"), explained.stdout);
	equal("and says no to what there is not",
		(await run(program("plasma-operator"), ["explain", "PLO-999"])).status, 1);
	equal("a root on the root chain cannot be bumped",
		(await command("submit", "1000", "--bump", "20")).status, 1);
	equal("submit without --bump is wrong usage",
		(await command("submit", "1000")).status, 64);

	// D-09: a root that is not mined is replaced with higher fees only.
	await net.node.rpc("evm_setAutomine", [false]);
	const stuck = await pay();
	const pending = async () => Object.values((await net.node.rpc("txpool_content", []))
		.pending[ethers.getAddress(net.authority.address)] ?? {})
		.concat(Object.values((await net.node.rpc("txpool_content", []))
			.pending[net.authority.address.toLowerCase()] ?? {}))[0];
	const before = await waitFor("the root in the pool", pending);

	// A website makes browsers of this machine ask such things, and a reverse
	// proxy on this machine everybody.
	const control = async (method, body) => (await (await fetch(`${net.url}/${method}`, {
		method: "POST", headers: { "content-type": "text/plain", origin: "http://evil" },
		body: JSON.stringify(body) })).json());
	for (const key of [{}, { control_key: "0".repeat(64) }, { control_key: 1 }]) {
		equal(`no root is bumped for who does not run the operator: ${JSON.stringify(key)}`,
			(await control("block.bump", { blknum: stuck, percent: 30, ...key })).data.code,
			"operation:bad_request");
		equal("and no block is formed",
			(await control("block.form", key)).data.code, "operation:bad_request");
	}
	equal("the root is as it was", (await pending()).hash, before.hash);
	equal("with the key of the data directory a block is formed",
		(await net.call("block.form")).success, true);
	equal("which others cannot read",
		statSync(net.file("operator/control_key")).mode & 0o777, 0o600);
	const bumped = await command("submit", `${stuck}`, "--bump", "30");
	equal("a pending root is bumped", bumped.status, 0);
	const after = await pending();
	equal("D-09 nonce and call data stay", [after.nonce, after.input],
		[before.nonce, before.input]);
	const rise = (field) => Number(BigInt(after[field]) * 1000n / BigInt(before[field]));
	ok("D-09 both fees rise by an eighth or more",
		rise("maxFeePerGas") >= 1125 && rise("maxPriorityFeePerGas") >= 1125,
		`${rise("maxFeePerGas")} ${rise("maxPriorityFeePerGas")}`);
	await net.node.rpc("evm_setAutomine", [true]);
	await net.mine();
	await net.committed(stuck);

	// By a snapshot that nobody keeps nothing is signed, and nobody waits for it.
	net.follower.child.kill("SIGSTOP");
	await waitFor("the snapshot to be too old", async () =>
		(await net.call("alarm.get")).data.some((one) => one.snapshot));
	const refused = await Promise.race([
		command("submit", `${stuck}`, "--bump", "30"),
		new Promise((late) => setTimeout(late, 10000, { status: "silence" }))]);
	equal("no root is bumped by a snapshot that is too old", refused.status, 1);
	ok("and the answer says why", /too old/.test(refused.stderr), refused.stderr);
	net.follower.child.kill("SIGCONT");
	await waitFor("the snapshot to be fresh", async () =>
		(await net.call("alarm.get")).data.every((one) => !one.snapshot));

	// OpenAPI: what is documented is there, and nothing else is.
	const document = await (await fetch(`${net.url}/openapi.json`)).json();
	const validator = new Validator();
	const { errors } = await validator.validate(structuredClone(document));
	equal("another's validator finds the document valid, and OpenAPI 3.0",
		[errors ?? [], validator.version], [[], "3.0"]);
	const faults = [];
	for (const [path, methods] of Object.entries(document.paths)) {
		for (const [method, operation] of Object.entries(methods)) {
			const parameters = [...path.matchAll(/{(\w+)}/g)].map(([, one]) => one);
			const declared = (operation.parameters ?? []).map((one) => one.name);
			if (!path.startsWith("/") || !["get", "post"].includes(method) ||
			    Object.keys(operation.responses ?? {}).length === 0 ||
			    JSON.stringify(parameters) !== JSON.stringify(declared) ||
			    Object.values(operation.responses).some((one) => !one.description))
				faults.push(path);
			const url = net.url + path.replace("{root}", name).replace("{number}", "1000");
			const answer = await fetch(url, { method: method.toUpperCase(),
				redirect: "manual", ...(method === "post" ? { body: "{}" } : {}) });
			const text = await answer.text();
			if (answer.status === 404 || answer.status === 405 ||
			    /operation:not_found/.test(text) || !(answer.status in operation.responses))
				faults.push(`${path}: ${answer.status}`);
		}
	}
	equal("every documented operation is well-formed and answers", faults, []);
	const source = readFileSync(join(top, "operator", "operations_api.c"), "utf8");
	const routes = [...source.matchAll(/{ "(?:GET|POST)", "(\/[^"]*)"/g)]
		.map(([, path]) => path.replace(/\*$/, "")).filter((path) => path !== "/").sort();
	const documented = Object.keys(document.paths)
		.map((path) => path.replace(/{\w+}$/, "")).sort();
	equal("the document has every route and no other", documented, routes);

	// Metrics and alert rules.
	const metrics = await (await fetch(`${net.url}/metrics`)).text();
	const names = new Set([...metrics.matchAll(/^# TYPE (\S+) /gm)].map(([, one]) => one));
	const rules = readFileSync(join(top, "packaging", "prometheus",
		"plasma-operator.rules.yml"), "utf8");
	const used = new Set([...rules.matchAll(/plasmachain_\w+/g)].map(([one]) => one));
	equal("every metric of an alert rule is served",
		[...used].filter((one) => !names.has(one)), []);
	const promtool = spawnSync(join(top, "tools", "promtool"), { encoding: "utf8" });
	if (promtool.status === 0) {
		const check = (args, input) => spawnSync(promtool.stdout.trim(),
			["check", ...args], { encoding: "utf8", input });
		const linted = check(["metrics"], metrics);
		equal("promtool finds nothing wrong with the metrics",
			[linted.status, linted.stdout + linted.stderr], [0, ""]);
		const checked = check(["rules", join(top, "packaging", "prometheus",
			"plasma-operator.rules.yml")]);
		equal("nor with the alert rules", checked.status, 0);
	} else {
		note(promtool.stderr);
	}
	ok("every metric has help, type and a value", [...names].every((one) =>
		metrics.includes(`# HELP ${one} `) && new RegExp(`^${one}({[^}]*})? \\d+$`, "m")
			.test(metrics)), metrics);

	// The manual page and the tables in C.
	const page = readFileSync(join(top, "man", "plasma-operator.1"), "utf8");
	const refusals = [...readFileSync(join(top, "operator", "refusal.h"), "utf8")
		.matchAll(/X\([A-Z_]+,\s*\\?\s*"(\w+)"/g)].map(([, code]) => code);
	equal("every refusal is in the manual page",
		refusals.filter((code) => !page.includes(`.It Li ${code}\n`)), []);
	const listed = page.split(".Sh REFUSALS")[1].split("Other requests")[0];
	equal("and the page has no other",
		[...listed.matchAll(/^\.It Li (\w+)$/gm)].map(([, code]) => code)
			.filter((code) => !refusals.includes(code)), []);
	const known = (await run(program("plasma-operator"), ["explain"])).stdout.trim()
		.split("\n").map((line) => line.split(" ")[0]);
	const identifiers = [...page.split(".Sh IDENTIFIERS")[1].split(".Sh FILES")[0]
		.matchAll(/^\.It (PLO-\d+)$/gm)].map(([, id]) => id);
	equal("the page has the identifiers that explain knows", identifiers, known);

	// Backup while payments come, restored and verified.
	const backup = net.file("backup");
	const saved = await command("backup", backup, "--json");
	equal("a backup is made while it runs", [saved.status,
		JSON.parse(saved.stdout || "{}").schema], [0, "plasma.backup/1"]);
	equal("an existing file is not overwritten",
		(await command("backup", backup)).status, 73);
	const bytes = readFileSync(backup);
	bytes[bytes.length >> 1] ^= 1;
	writeFileSync(net.file("damaged"), bytes);
	const elsewhere = (...args) => run(program("plasma-operator"),
		[...args, "--datadir", net.file("restored")]);
	equal("a damaged backup is refused",
		(await elsewhere("restore", net.file("damaged"))).status, 65);
	writeFileSync(net.file("short"), bytes.subarray(0, bytes.length - 10));
	equal("a short one, too", (await elsewhere("restore", net.file("short"))).status, 65);
	const restored = await elsewhere("restore", backup, "--json");
	equal("a good one is restored, up to the same block", [restored.status,
		JSON.parse(restored.stdout || "{}").newest_blknum > 0,
		JSON.parse(restored.stdout || "{}").newest_blknum],
	[0, true, JSON.parse(saved.stdout).newest_blknum]);
	equal("all its bodies are right", (await elsewhere("block", "verify")).status, 0);
	equal("and it lists the same blocks", (await elsewhere("block", "list")).stdout,
		(await command("block", "list")).stdout);
	equal("a second restore is refused", (await elsewhere("restore", backup)).status, 73);

	// The operator is down: a stock web server has everything.
	equal("it ends with 0", await net.operator.stop("SIGTERM"), 0);
	if (find("nginx") === undefined) {
		note("nginx is not installed");
	} else {
		const url = await startNginx(net, net.file("operator/blocks"));
		await waitFor("nginx", async () => (await fetch(url)).status > 0);
		const wrong = [];
		for (let blknum = 1000; blknum <= stuck; blknum += 1000) {
			const expected = await net.rootOf(blknum);
			const answer = await fetch(`${url}/blocks/${expected.slice(2)}`);
			const raws = readBody(new Uint8Array(await answer.arrayBuffer()))
				.map(({ raw }) => raw);
			if (merkleRoot(raws) !== expected)
				wrong.push(blknum);
		}
		equal("nginx serves every body while the operator is down", wrong, []);
		if (existsSync(program("plasma-watcher"))) {
			const watched = spawnSync(program("plasma-watcher"), ["check",
				"--network", net.file("net.conf"), "--snapshot", net.snapshot,
				"--datadir", net.file("watcher"), "--root-rpc", net.node.url,
				"--source", url], { encoding: "utf8" });
			equal("a watcher verifies the chain from nginx alone", watched.status, 0);
			note(watched.stdout + watched.stderr);
		}
	}
});
