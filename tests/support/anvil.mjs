// SPDX-License-Identifier: MIT
//
// A root chain of our own for one test: anvil on a free port with a random chain
// id, as anvil.sh does it for tests in shell.
//
//	const node = await startAnvil(["--slots-in-an-epoch", "4"]);
//	await node.rpc("eth_blockNumber", []);
//	node.stop();
//
// It ends with the process in any case.

import { execFileSync, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const top = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

async function call(url, method, params) {
	const answer = await fetch(url, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
		signal: AbortSignal.timeout(20000),
	});
	const { result, error } = await answer.json();
	if (error) throw new Error(`${method}: ${error.message}`);
	return result;
}

async function portOf(child) {
	let said = "";
	for await (const line of createInterface({ input: child.stdout })) {
		const found = /^Listening on .*:(\d+)$/.exec(line);
		if (found) {
			child.stdout.resume();
			return found[1];
		}
		said += `${line}\n`;
	}
	throw new Error(`anvil did not start:\n${said}`);
}

export async function startAnvil(args = []) {
	const program = execFileSync(join(top, "tools", "foundry"), ["anvil"], {
		encoding: "utf8",
	}).trim();
	const chainId = randomInt(100000, 100000 + (1 << 24));
	// Old states go to disk, by the hundred megabytes.
	const states = mkdtempSync(join(tmpdir(), "plasma-anvil-"));
	const child = spawn(
		program,
		["--host", "127.0.0.1", "--port", "0", "--chain-id", `${chainId}`,
			"--cache-path", states, ...args],
		{ stdio: ["ignore", "pipe", "inherit"] },
	);
	const stop = () => {
		child.kill("SIGKILL");
		rmSync(states, { recursive: true, force: true, maxRetries: 5 });
	};
	process.once("exit", stop);
	child.once("exit", () => process.removeListener("exit", stop));

	const url = `http://127.0.0.1:${await portOf(child)}`;
	const rpc = (method, params = []) => call(url, method, params);
	if (BigInt(await rpc("eth_chainId")) !== BigInt(chainId) ||
	    BigInt(await rpc("eth_blockNumber")) !== 0n) {
		stop();
		throw new Error(`somebody else answers at ${url}`);
	}
	return { url, chainId, pid: child.pid, rpc, stop };
}
