#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The contracts go onto a real root chain, and what the network file says of
// them is true.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ethers } from "ethers";

import { program, run, startNet, top, waitFor, writeKeystore } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";

await tap(async ({ ok, equal, atExit }) => {
	const net = await startNet();
	atExit(() => net.close());
	const words = ["--name", "testnet", "--token", `${ethers.ZeroAddress}=5000`];
	const printed = await net.deploy(words);
	const steps = await net.provider.getTransactionCount(net.deployer.address);
	const file = net.network;

	const deploy = (args) => run(program("plasma-operator"), ["deploy", ...args]);
	const usual = (change = {}) => Object.entries({
		"--root-rpc": net.node.url, "--keystore": net.file("fresh.json"),
		"--password-file": net.file("password"), "--exit-period": "604800",
		"--out": net.file("second.conf"),
		"--contracts": join(top, "contracts", "abi"), ...change,
	}).flat();

	equal("the file names the network and the chain",
		[file.name, file.chain_id, file.min_exit_period],
		["testnet", `${net.node.chainId}`, "604800"]);
	equal("the authority has sent nothing", file.first_nonce, "0");
	equal("the printed object agrees with the file",
		[printed.plasma_framework ?? printed.network?.plasma_framework,
			printed.schema], [file.plasma_framework, "plasma.deployment/1"]);

	const framework = new ethers.Contract(file.plasma_framework, [
		"function vaults(uint256) view returns (address)",
		"function exitGames(uint256) view returns (address)",
		"function authority() view returns (address)",
		"function minExitPeriod() view returns (uint256)",
		"function hasExitQueue(uint256, address) view returns (bool)",
	], net.provider);
	const lower = (text) => text.toLowerCase();
	equal("vaults, exit game and authority are those of the contract", [
		lower(await framework.vaults(1)), lower(await framework.vaults(2)),
		lower(await framework.exitGames(1)), lower(await framework.exitGames(3)),
		lower(await framework.authority()),
	], [file.eth_vault, file.erc20_vault, file.payment_exit_game,
		file.fee_exit_game, lower(net.authority.address)].map(lower));
	ok("ETH has its exit queue", await framework.hasExitQueue(1, ethers.ZeroAddress));
	const vault = new ethers.Contract(file.eth_vault,
		["function minimumDeposit(address) view returns (uint256)"], net.provider);
	equal("the smallest deposit is the one asked for",
		await vault.minimumDeposit(ethers.ZeroAddress), 5000n);

	const block = await net.node.rpc("eth_getBlockByNumber",
		[ethers.toQuantity(file.deployment_block), false]);
	equal("the deployment block is the one that the hash names",
		block.hash, file.deployment_block_hash);
	ok("nothing of ours is older than the deployment block",
		await net.node.rpc("eth_getCode", [file.plasma_framework,
			ethers.toQuantity(BigInt(file.deployment_block) - 1n)]) === "0x");

	const text = readFileSync(net.file("net.conf"), "utf8");
	const hashes = [...text.split("[code_hashes]")[1].split("[tokens]")[0]
		.matchAll(/^(0x[0-9a-f]{40}) = (0x[0-9a-f]{64})$/gmi)];
	const wrong = [];
	for (const [, address, hash] of hashes) {
		const code = await net.node.rpc("eth_getCode", [address, "latest"]);
		if (code === "0x" || ethers.keccak256(code) !== hash)
			wrong.push(address);
	}
	equal("every code hash is that of the code on the chain", wrong, []);
	ok("every contract has its code hash", hashes.length >= 12, `${hashes.length}`);

	writeKeystore(net.file("fresh.json"), net.deployer);
	const again = await deploy(usual());
	equal("a deployer that was used before is refused", again.status, 1);
	ok("and the reason names its nonce", /nonce/.test(again.stderr), again.stderr);
	ok("no network file is written", !existsSync(net.file("second.conf")));

	const fresh = await net.person();
	writeKeystore(net.file("fresh.json"), fresh);
	equal("an exit period that is too short is refused",
		(await deploy(usual({ "--exit-period": "599" }))).status, 64);
	equal("an existing network file is not overwritten",
		(await deploy(usual({ "--out": net.file("net.conf") }))).status, 73);
	equal("a folder that is not there is found before anything is sent",
		[(await deploy(usual({ "--out": net.file("nowhere/second.conf") }))).status,
			await net.provider.getTransactionCount(fresh.address)], [73, 0]);
	writeFileSync(net.file("wrong"), "wrong\n");
	equal("a wrong password is refused",
		(await deploy(usual({ "--password-file": net.file("wrong") }))).status, 77);
	equal("an endpoint where nobody listens is unreachable",
		(await deploy(usual({ "--root-rpc": "http://127.0.0.1:1" }))).status, 69);
	equal("an unknown option is wrong usage",
		(await deploy([...usual(), "--no-such-option"])).status, 64);
	equal("contracts that are not there are no input",
		(await deploy(usual({ "--contracts": net.file("nothing") }))).status, 66);
	await net.node.rpc("anvil_setCode", [fresh.address, "0x00"]);
	equal("an account with code is refused", (await deploy(usual())).status, 1);
	await net.node.rpc("anvil_setCode", [fresh.address, "0x"]);

	const maintainer = await net.person();
	const handed = await deploy(usual({ "--maintainer": maintainer.address,
		"--exit-period": "600" }));
	equal("the shortest exit period is taken", handed.status, 0);
	const second = readFileSync(net.file("second.conf"), "utf8");
	const other = /plasma_framework = (0x[0-9a-fA-F]{40})/.exec(second)[1];
	const owned = new ethers.Contract(other, [
		"function pendingOwner() view returns (address)",
		"function acceptOwnership()",
		"function owner() view returns (address)",
	], maintainer);
	equal("another maintainer is offered the ownership",
		await owned.pendingOwner(), maintainer.address);
	await (await owned.acceptOwnership()).wait();
	equal("and can accept it", await owned.owner(), maintainer.address);

	// ---- what the root chain loses is offered again, for more ----
	const loses = await startNet();
	atExit(() => loses.close());
	await loses.node.rpc("evm_setAutomine", [false]);
	const deployed = loses.deploy(words);
	const sent = await waitFor("everything to be sent", async () => {
		const { pending } = await loses.node.rpc("txpool_content", []);
		const all = Object.values(Object.values(pending)[0] ?? {});
		return all.length === steps && all;
	});
	const lost = sent.find(({ nonce }) => Number(nonce) === 16);
	await loses.node.rpc("anvil_dropTransaction", [lost.hash]);
	await loses.node.rpc("evm_setAutomine", [true]);
	await loses.node.rpc("evm_mine", []);
	equal("nothing behind it is mined", await loses.provider.getTransactionCount(
		lost.from), 16);
	await deployed;
	const blocks = await Promise.all(Array.from(
		{ length: await loses.provider.getBlockNumber() + 1 },
		(_, number) => loses.provider.getBlock(number, true)));
	const found = blocks.flatMap((block) => block.prefetchedTransactions)
		.find(({ nonce, from }) => nonce === 16 && from === loses.deployer.address);
	ok("what was lost is mined for an eighth more at least",
		found.maxFeePerGas >= BigInt(lost.maxFeePerGas) * 9n / 8n &&
		found.maxPriorityFeePerGas >= BigInt(lost.maxPriorityFeePerGas) * 9n / 8n);
	equal("and the rest once", await loses.provider.getTransactionCount(lost.from), steps);
});
