// SPDX-License-Identifier: MIT
//
// The whole exit game as an outsider plays it: from the compiled interfaces in
// contracts/abi, a network file and an encoder that is not ours. Mallory uses
// it, and whoever checks what our programs did.
//
//	const game = new ExitGame(network, mallory);
//	await game.startStandardExit({ at, raw, proof });

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { ethers } from "ethers";

import {
	ETH, inFlightExitId, isDeposit, outputId, rawDeposit, standardExitId,
} from "./child_chain.mjs";

const top = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

const cache = new Map();

/** The interface of one of our contracts. */
export function abiOf(name) {
	if (!cache.has(name))
		cache.set(name, new ethers.Interface(JSON.parse(readFileSync(
			join(top, "contracts", "abi", `${name}.json`), "utf8")).abi));
	return cache.get(name);
}

/** What the contracts want to see of the account that calls. */
const senderData = (wallet) => ethers.keccak256(wallet.address);

export class ExitGame {
	/** Without a wallet it reads only. */
	constructor(network, wallet, provider = wallet.provider) {
		const runner = wallet ?? provider;
		this.wallet = wallet;
		this.network = network;
		this.framework = new ethers.Contract(network.plasma_framework,
			abiOf("PlasmaFramework"), runner);
		this.game = new ethers.Contract(network.payment_exit_game,
			abiOf("PaymentExitGame"), runner);
		this.ethVault = new ethers.Contract(network.eth_vault,
			abiOf("EthVault"), runner);
		this.erc20Vault = new ethers.Contract(network.erc20_vault,
			abiOf("Erc20Vault"), runner);
	}

	/** Sends a call and waits for its receipt; one that reverts is an error
	 * before it is sent. It may take a quarter more than is estimated: a second
	 * later another branch may be taken. */
	async send(contract, method, args, value = 0n, gasLimit = null) {
		const call = contract[method];
		gasLimit ??= await call.estimateGas(...args, { value }) * 5n / 4n;
		const sent = await call(...args, { value, gasLimit });
		return sent.wait();
	}

	async depositEth(amount) {
		const receipt = await this.send(this.ethVault, "deposit",
			[rawDeposit({ owner: this.wallet.address, amount })], amount);
		return this.depositIn(receipt, this.ethVault);
	}

	async depositToken(token, amount) {
		const erc20 = new ethers.Contract(token,
			["function approve(address,uint256) returns (bool)"], this.wallet);
		await (await erc20.approve(this.network.erc20_vault, amount)).wait();
		const receipt = await this.send(this.erc20Vault, "deposit",
			[rawDeposit({ owner: this.wallet.address, token, amount })]);
		return this.depositIn(receipt, this.erc20Vault);
	}

	depositIn(receipt, vault) {
		const event = receipt.logs.map((log) => vault.interface.parseLog(log))
			.find((log) => log?.name === "DepositCreated");
		return event.args.blknum * 1000000000n;
	}

	// ---- standard exits ----

	async startStandardExit({ at, raw, proof }) {
		return this.send(this.game, "startStandardExit", [[at, raw, proof]],
			await this.game.startStandardExitBondSize());
	}

	async challengeStandardExit({ at, raw, spend, inputIndex, witness }) {
		return this.send(this.game, "challengeStandardExit", [[
			standardExitId(raw, at), raw, spend, inputIndex, witness,
			senderData(this.wallet)]]);
	}

	/** The record, or null when there is none. */
	async standardExit(raw, at) {
		const [record] = await this.game.standardExits([standardExitId(raw, at)]);
		return record.exitTarget === ETH ? null : record;
	}

	// ---- in-flight exits ----

	/** inputs: [{ at, raw, proof }], in the order of the transaction. */
	async startInFlightExit({ raw, inputs, witnesses }) {
		return this.send(this.game, "startInFlightExit", [[
			raw, inputs.map((input) => input.raw),
			inputs.map((input) => input.at),
			inputs.map((input) => input.proof), witnesses]],
		await this.game.startIFEBondSize());
	}

	async piggybackInput(raw, index) {
		return this.send(this.game, "piggybackInFlightExitOnInput",
			[[raw, index]], await this.game.piggybackBondSize());
	}

	async piggybackOutput(raw, index) {
		return this.send(this.game, "piggybackInFlightExitOnOutput",
			[[raw, index]], await this.game.piggybackBondSize());
	}

	/** rival: { raw, inputIndex, witness, at, proof }; at 0 when not included. */
	async challengeNotCanonical({ raw, inputIndex, input, rival }) {
		return this.send(this.game, "challengeInFlightExitNotCanonical", [[
			input.raw, input.at, raw, inputIndex, rival.raw, rival.inputIndex,
			rival.at ?? 0n, rival.proof ?? "0x", rival.witness]]);
	}

	async respond(raw, at, proof) {
		return this.send(this.game, "respondToNonCanonicalChallenge",
			[raw, at, proof]);
	}

	async blockInput({ raw, inputIndex, input, spend, spendIndex, witness }) {
		return this.send(this.game, "challengeInFlightExitInputSpent", [[
			raw, inputIndex, spend, spendIndex, witness, input.raw, input.at,
			senderData(this.wallet)]]);
	}

	async blockOutput({ raw, proof, at, spend, spendIndex, witness }) {
		return this.send(this.game, "challengeInFlightExitOutputSpent", [[
			raw, proof, at, spend, spendIndex, witness,
			senderData(this.wallet)]]);
	}

	async deleteInFlightExit(raw) {
		return this.send(this.game, "deleteNonPiggybackedInFlightExit",
			[inFlightExitId(raw)]);
	}

	/** The record, or null when the exit is not live. */
	async inFlightExit(raw) {
		const [record] = await this.game.inFlightExits([inFlightExitId(raw)]);
		return record.exitStartTimestamp === 0n ? null : record;
	}

	// ---- the queues ----

	/** With a gas limit, since an estimate finds what the first entry needs: the
	 * loop ends normally when gas runs low. */
	async processExits(token = ETH, most = 100n) {
		return this.send(this.framework, "processExits", [
			token === ETH ? 1n : 2n, token, 0n, most, senderData(this.wallet)],
		0n, 16000000n);
	}

	async queueLength(token = ETH) {
		const key = ethers.keccak256(ethers.concat(
			[ethers.toBeHex(token === ETH ? 1n : 2n, 32), token]));
		const queue = new ethers.Contract(
			await this.framework.exitsQueues(key), abiOf("PriorityQueue"),
			this.framework.runner);
		return queue.currentSize();
	}

	async isFinal(raw, at) {
		return this.framework.isOutputFinalized(outputId(raw, at));
	}

	/** Submits a root as the authority. */
	async submitBlock(root) {
		return this.send(this.framework, "submitBlock", [root]);
	}

	/** All events of the exit game in a receipt: [{ name, args }]. */
	events(receipt) {
		return receipt.logs
			.filter(({ address }) => address === this.game.target)
			.map((log) => this.game.interface.parseLog(log))
			.filter((event) => event)
			.map(({ name, args }) => ({ name, args }));
	}
}

export { isDeposit };
