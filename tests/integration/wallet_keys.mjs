#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Keys go to and fro between the wallet, cast and ethers; what others can read
// is not used; and no secret is anywhere but in its file.

import { execFileSync, spawn } from "node:child_process";
import {
	chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync,
	rmSync, statSync, symlinkSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ethers } from "ethers";

import { program, run, top } from "../support/operator_net.mjs";
import { PowerCut } from "../support/power_cut.mjs";
import { tap } from "../support/tap.mjs";

const PASSWORD = "a canary of a password";
const ANVIL_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/** A network file; nothing has to be deployed to keep keys. */
function writeNetwork(file, chainId) {
	const address = (n) => ethers.getAddress(ethers.toBeHex(n, 20));
	writeFileSync(file, ["[network]", "name = keys", `chain_id = ${chainId}`,
		...["plasma_framework", "eth_vault", "erc20_vault", "payment_exit_game",
			"authority", "maintainer"].map((name, i) =>
			`${name} = ${address(i + 1)}`),
		"min_exit_period = 604800", "deployment_block = 1",
		`deployment_block_hash = ${ethers.ZeroHash}`, "first_nonce = 0",
		"extensions = 1", ""].join("\n"));
}

const mode = (file) => (statSync(file).mode & 0o777).toString(8);

await tap(async ({ ok, equal, atExit }) => {
	const dir = mkdtempSync(join(tmpdir(), "plasma-keys-"));
	atExit(() => rmSync(dir, { recursive: true, force: true }));
	const file = (name) => join(dir, name);
	const cast = execFileSync(join(top, "tools", "foundry"), ["cast"],
		{ encoding: "utf8" }).trim();
	const castSays = (...args) =>
		execFileSync(cast, ["wallet", ...args], { encoding: "utf8" }).trim();
	writeNetwork(file("net.conf"), 4242);
	writeFileSync(file("password"), `${PASSWORD}\n`);
	const usual = { "--network": file("net.conf"), "--datadir": file("data"),
		"--password-file": file("password") };
	const wallet = (command, extra = []) =>
		run(program("plasma-wallet"), [...command.split(" "), ...extra, "--json",
			...Object.entries(usual).flatMap(([name, value]) =>
				(extra.includes(name) ? [] : [name, value]))]);
	const ask = async (command, extra = []) => {
		const done = await wallet(command, extra);
		if (done.status !== 0)
			throw new Error(`${command}: ${done.status}: ${done.stderr}`);
		return JSON.parse(done.stdout);
	};
	const refusal = async (command, extra = []) => {
		const done = await wallet(command, extra);
		return [done.status, /PLL-\d+/.exec(done.stderr)?.[0] ?? done.stderr];
	};

	const made = await ask("key new");
	equal("a key lies in a file of its own, in a folder of its own",
		[mode(made.file), mode(file("data/keystore"))], ["600", "700"]);
	ok("its name is the one that geth gives",
		new RegExp(`/UTC--[0-9-]+T[0-9-]+\\.\\d+Z--${
			made.address.slice(2).toLowerCase()}$`).test(made.file), made.file);
	equal("cast opens it", castSays("address", "--keystore", made.file,
		"--password-file", file("password")), made.address);
	equal("ethers opens it", (await ethers.Wallet.fromEncryptedJson(
		readFileSync(made.file, "utf8"), PASSWORD)).address, made.address);
	equal("it is listed", (await ask("key list")).keys,
		[{ address: made.address, file: made.file }]);
	equal("and is the account", (await ask("address")).address, made.address);

	const alone = await run(program("plasma-wallet"), ["key", "new", "--json",
		"--light", "--datadir", file("alone"), "--password-file", file("password")]);
	ok("a key needs no network", alone.status === 0, alone.stderr);
	writeFileSync(file("junk"), "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80\n",
		{ mode: 0o600 });
	const junk = await run(program("plasma-wallet"), ["key", "import", file("junk"),
		"--datadir", file("alone"), "--password-file", file("password")]);
	equal("but one that everybody has needs a development chain",
		[junk.status !== 0, junk.stderr.includes("everybody has this key")], [true, true]);

	mkdirSync(file("cast"));
	castSays("new", file("cast"), "--unsafe-password", PASSWORD);
	const [castFile] = readdirSync(file("cast"));
	const castAddress = castSays("address", "--keystore",
		join(file("cast"), castFile), "--password-file", file("password"));
	equal("a keystore that cast made is imported", (await ask("key import",
		[join(file("cast"), castFile)])).address, castAddress);
	chmodSync(join(file("cast"), castFile), 0o600);
	chmodSync(file("cast"), 0o700);
	equal("or used where it is", (await ask("address",
		["--keystore", join(file("cast"), castFile)])).address, castAddress);
	equal("two accounts need a choice", await refusal("address"), [64, "PLL-003"]);
	equal("which --from makes", (await ask("address",
		["--from", castAddress])).address, castAddress);

	const plain = ethers.Wallet.createRandom();
	writeFileSync(file("plain"), `${plain.privateKey}\n`);
	equal("a key in hex digits is imported",
		(await ask("key import", [file("plain"), "--light"])).address,
		plain.address);
	equal("and exported again", [await ask("key export", [file("again"), "--plain",
		"--from", plain.address]).then(({ address }) => address),
	readFileSync(file("again"), "utf8").trim(), mode(file("again"))],
	[plain.address, plain.privateKey.slice(2), "600"]);
	writeFileSync(file("other-password"), "another one\n");
	await ask("key export", [file("moved"), "--light", "--from", plain.address,
		"--new-password-file", file("other-password")]);
	equal("a keystore gets another password on its way out", castSays("address",
		"--keystore", file("moved"), "--password-file", file("other-password")),
	plain.address);
	equal("nothing is overwritten", await refusal("key export", [file("moved"),
		"--light", "--from", plain.address]), [73, "PLL-173"]);

	equal("a wrong password is refused", await refusal("key export", [file("x"),
		"--from", plain.address, "--password-file", file("other-password")]),
	[77, "PLL-177"]);
	const noSource = await run(program("plasma-wallet"), ["key", "export",
		file("x"), "--network", file("net.conf"), "--datadir", file("data"),
		"--from", plain.address], { detached: true });
	equal("without a source of the password nothing is guessed",
		[noSource.status, /PLL-\d+/.exec(noSource.stderr)?.[0]], [77, "PLL-004"]);

	writeFileSync(file("anvil"), ANVIL_KEY);
	equal("the key that everybody has is refused",
		await refusal("key import", [file("anvil")]), [1, "PLL-005"]);
	writeNetwork(file("dev.conf"), 31337);
	equal("but for a development chain", (await ask("key import",
		[file("anvil"), "--light", "--network", file("dev.conf"), "--keystore",
			file("dev")])).address, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
	equal("nor does it open elsewhere", await refusal("key export",
		[file("x"), "--keystore", file("dev")]), [1, "PLL-005"]);

	for (const [name, change] of [
		["readable by all", (path) => chmodSync(path, 0o644)],
		["readable by a group", (path) => chmodSync(path, 0o640)],
		["in a folder that others write", () => chmodSync(file("dev"), 0o777)],
	]) {
		chmodSync(file("dev"), 0o700);
		const path = join(file("dev"), readdirSync(file("dev"))[0]);
		chmodSync(path, 0o600);
		change(path);
		equal(`a keystore ${name} is refused`, await refusal("key export",
			[file("x"), "--keystore", path, "--network", file("dev.conf")]),
		[77, "PLL-039"]);
	}
	chmodSync(file("dev"), 0o700);
	symlinkSync(made.file, file("link"));
	equal("a link to a keystore is refused", await refusal("key export",
		[file("x"), "--keystore", file("link")]), [77, "PLL-039"]);
	for (const how of ["--plain", "--light"])
		equal(`a key that a signer keeps is not exported with ${how}`,
			await refusal("key export", [file("x"), how, "--from", plain.address,
				"--signer", "http://127.0.0.1:1"]), [66, "PLL-002"]);
	ok("none of these wrote anything", !existsSync(file("x")));

	// A process that waits for its password holds no secret that others see.
	const child = spawn(program("plasma-wallet"), ["key", "export", file("y"),
		"--light", "--from", plain.address, "--network", file("net.conf"),
		"--datadir", file("data"), "--password-fd", "3"],
	{ stdio: ["ignore", "pipe", "pipe", "pipe"] });
	const seen = ["cmdline", "environ"].map((what) => {
		try {
			return readFileSync(`/proc/${child.pid}/${what}`, "latin1");
		} catch (error) {
			return error.code;
		}
	}).join("");
	ok("the password is not in arguments or environment", !seen.includes("canary"));
	child.stdio[3].end(`${PASSWORD}\n`);
	let said = "";
	child.stdout.on("data", (part) => { said += part; });
	child.stderr.on("data", (part) => { said += part; });
	equal("a password comes through an open file",
		await new Promise((done) => child.once("close", done)), 0);
	ok("and nothing secret is said", !said.includes("canary") &&
		!said.toLowerCase().includes(plain.privateKey.slice(2, 20)), said);

	equal("what a number means is explained", Object.keys(await ask("explain",
		["pll-005"])), ["schema", "id", "why", "do"]);
	const page = readFileSync(join(top, "man/plasma-wallet.1"), "utf8");
	const listed = [...page.matchAll(/^\.It Li (PLL-\d+)$/gm)].map(([, id]) => id);
	const table = readFileSync(join(top, "wallet/problem.h"), "utf8");
	equal("the manual page lists the numbers that there are", listed,
		[...table.matchAll(/X\([A-Z0-9_]+, "(PLL-\d+)"/g)].map(([, id]) => id));
	equal("an unknown one is not", await refusal("explain", ["PLL-999"]),
		[1, "PLL-101"]);
	equal("and without a number all are listed", (await ask("explain")).explanations
		.map(({ id }) => id), listed);

	// Amounts: the true reason.
	for (const [amount, id, why] of [
		["1", "PLL-007", /1 has no unit/],
		["0eth", "PLL-007", /0eth is nothing/],
		["1.0000000000000000001eth", "PLL-007", /more digits behind the point than eth/],
		["1..5eth", "PLL-007", /no number/],
		["5 DIA", "PLL-008", /no token DIA/],
	]) {
		const { status, stderr } = await wallet("deposit", [amount]);
		const told = JSON.parse(stderr);
		ok(`${amount}: ${told.message}`, status === 65 && told.id === id &&
			why.test(told.message), stderr);
	}

	// An account that was shown is one that a power failure leaves.
	const cut = new PowerCut({ file }, file("cut"));
	mkdirSync(file("cut"));
	const shown = await run(program("plasma-wallet"), ["key", "new", "--light", "--json",
		"--network", file("net.conf"), "--datadir", file("cut/data"),
		"--password-file", file("password")], { env: { ...process.env, ...cut.env() } });
	equal("a key is made", shown.status, 0);
	cut.losePower();
	equal("and still there after a power failure",
		(await ask("key list", ["--datadir", file("cut/data")])).keys
			?.map((one) => one.address), [JSON.parse(shown.stdout).address]);
});
