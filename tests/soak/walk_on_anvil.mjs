#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Random walks of exit_walk, played step by step on the contracts: what the model
// takes and refuses the contracts take and refuse, in the same second; what it
// pays they pay, to the same account; and every bond and bounty goes where it says.
//
//	walk_on_anvil.mjs [STEPS [SEED...]]
//
// Each world is a chain of its own. A reorganisation goes back to what anvil was
// told to remember.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";

import { ethers } from "ethers";

import {
	ETH, inFlightExitId, merkleTree, message, domainOf, outputId, position,
	rawDeposit, rawPayment, standardExitId, types,
} from "../support/child_chain.mjs";
import { abiOf } from "../support/exit_game.mjs";
import { build, missing } from "../support/programs.mjs";
import { startChain } from "../support/rootchain_net.mjs";
import { tap } from "../support/tap.mjs";

const OWNERS = 4;
const COIN = 10n ** 18n;
const EPOCH = 100000000; // of the model
const GAS = 8000000n;
// A walk that has both sides of flights paid, answers and reorganisations.
const SEED = "95";

/** Standard exits and flights that are due together are ordered by their ids, in
 * the model by their numbers: of all payments that would do, one is taken whose
 * ids have that order. */
function makePayment(number, inputs, outputs) {
	for (let nonce = 0; ; nonce++) {
		const payment = { inputs: inputs.map(({ at }) => at), outputs,
			metadata: ethers.toBeHex(nonce, 32) };
		const raw = rawPayment(payment);
		const [first, second] = outputs.map((_, i) =>
			outputId(raw, position(1000n, 0, i)));
		if (Number(BigInt(ethers.keccak256(raw)) >> 250n) === number &&
		    (second === undefined || first < second))
			return { ...payment, raw };
	}
}

/** One world of the walk on a chain of its own. */
class World {
	static async start() {
		const world = new World();
		const chain = await startChain({ token: true });
		world.chain = chain;
		world.net = chain.net;
		world.tokens = [ETH, await chain.token.getAddress()];
		world.people = [];
		for (let i = 0; i <= OWNERS; i++) // the last one challenges and processes
			world.people.push(await chain.net.person());
		world.provider = chain.net.provider;
		const { network } = chain.net;
		const contract = (address, name) =>
			({ address, abi: abiOf(name) });
		world.game = contract(network.payment_exit_game, "PaymentExitGame");
		world.framework = contract(network.plasma_framework, "PlasmaFramework");
		world.vaults = [contract(network.eth_vault, "EthVault"),
			contract(network.erc20_vault, "Erc20Vault")];
		await world.readBonds();
		await world.deposit();
		return world;
	}

	get watcher() {
		return this.people[OWNERS];
	}

	async read(contract, method, args = []) {
		const data = contract.abi.encodeFunctionData(method, args);
		const answer = await this.net.node.rpc("eth_call",
			[{ to: contract.address, data }, "latest"]);
		return contract.abi.decodeFunctionResult(method, answer);
	}

	async readBonds() {
		const size = async (name) => (await this.read(this.game, name))[0];
		this.bonds = {
			standard: await size("startStandardExitBondSize"),
			standardBounty: await size("processStandardExitBountySize"),
			flight: await size("startIFEBondSize"),
			piggyback: await size("piggybackBondSize"),
			piggybackBounty: await size("processInFlightExitBountySize"),
		};
	}

	/** A call in an eth_block of its own with the model's time: true if it is
	 * taken. Gas and value are accounted for. */
	async send(wallet, contract, method, args, value = 0n, now = this.now) {
		const { rpc } = this.net.node;
		await rpc("evm_setNextBlockTimestamp", [this.epoch + now]);
		const hash = await rpc("eth_sendRawTransaction", [await wallet.signTransaction({
			type: 2, chainId: this.net.node.chainId, to: contract.address, value,
			nonce: Number(await rpc("eth_getTransactionCount",
				[wallet.address, "latest"])),
			gasLimit: GAS, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 1n,
			data: contract.abi.encodeFunctionData(method, args),
		})]);
		let receipt = null;
		while (receipt === null) // anvil mines it beside the answer
			receipt = await rpc("eth_getTransactionReceipt", [hash]);
		const taken = receipt.status === "0x1";
		this.move(wallet, ETH, -BigInt(receipt.gasUsed) *
			BigInt(receipt.effectiveGasPrice) - (taken ? value : 0n));
		return taken;
	}

	// ---- what everybody must have ----

	move({ address }, token, amount) {
		const row = this.state?.balances;
		if (row && address + token in row)
			row[address + token] += amount;
	}

	async balance(address, token) {
		return token === ETH
			? BigInt(await this.net.node.rpc("eth_getBalance", [address, "latest"]))
			: this.chain.token.balanceOf(address);
	}

	async wrongBalances() {
		const wrong = [];
		for (const [i, { address }] of this.people.entries())
			for (const token of this.tokens) {
				const got = await this.balance(address, token);
				const expected = this.state.balances[address + token];
				if (got !== expected)
					wrong.push(`account ${i} has ${got - expected} too much ` +
						`of ${token}`);
			}
		return wrong;
	}

	// ---- the beginning ----

	async deposit() {
		const coins = [];
		const token = new ethers.Interface(["function mint(address,uint256)",
			"function approve(address,uint256) returns (bool)"]);
		const erc20 = { address: this.tokens[1], abi: token };
		const latest = await this.provider.getBlock("latest");
		this.epoch = latest.timestamp + 100 - EPOCH;
		this.now = EPOCH;
		for (const wallet of this.people) {
			await this.send(wallet, erc20, "mint", [wallet.address, 10n * COIN]);
			await this.send(wallet, erc20, "approve",
				[this.vaults[1].address, 10n * COIN]);
		}
		for (let i = 0; i < 8; i++) {
			const kind = i % 2;
			const owner = i % OWNERS;
			const raw = rawDeposit({ owner: this.people[owner].address,
				token: this.tokens[kind], amount: COIN });
			if (!await this.send(this.people[owner], this.vaults[kind], "deposit",
				[raw], kind === 0 ? COIN : 0n))
				throw new Error("a deposit is refused");
			coins.push({ owner, token: kind, amount: COIN, raw,
				at: position(BigInt(i + 1)), proof: merkleTree([raw]).proofs[0] });
		}
		const balances = {};
		for (const { address } of this.people)
			for (const one of this.tokens)
				balances[address + one] = await this.balance(address, one);
		this.state = { coins, payments: [], balances, nextBlock: 1000n };
		await this.remember();
	}

	async remember() {
		this.memory = structuredClone(this.state);
		this.snapshot = await this.net.node.rpc("evm_snapshot");
		return true;
	}

	async reorganise() {
		await this.net.node.rpc("evm_revert", [this.snapshot]);
		this.state = this.memory;
		return this.remember();
	}

	// ---- the child chain ----

	async payment(number, inputCount, in0, in1, outputCount, ...owners) {
		const inputs = [in0, in1].slice(0, inputCount)
			.map((coin) => this.state.coins[coin]);
		const { token } = inputs[0];
		const sum = inputs.filter((coin) => coin.token === token)
			.reduce((all, { amount }) => all + amount, 0n);
		const outputs = owners.slice(0, outputCount).map((owner) => ({
			owner: this.people[owner].address, token: this.tokens[token],
			amount: sum / BigInt(outputCount) }));
		const made = makePayment(number, inputs, outputs);
		const witnesses = await Promise.all(inputs.map(({ owner }) =>
			this.people[owner].signTypedData(
				domainOf(this.framework.address), types, message(made))));
		this.state.payments[number] = { ...made, witnesses, token,
			coins: [in0, in1].slice(0, inputCount),
			owners: owners.slice(0, outputCount), at: null, bondOwner: null };
		return true;
	}

	async include(number, txindex, firstCoin) {
		const payment = this.state.payments[number];
		const blknum = this.state.nextBlock;
		const raws = Array.from({ length: txindex + 1 }, (_, i) =>
			rawPayment({ inputs: [position(999999n, i)], outputs: [] }));
		raws[txindex] = payment.raw;
		const { root, proofs } = merkleTree(raws);
		this.state.nextBlock += 1000n;
		payment.at = position(blknum, txindex);
		payment.proof = proofs[txindex];
		payment.outputs.forEach(({ amount }, i) => {
			this.state.coins[firstCoin + i] = { owner: payment.owners[i],
				token: payment.token, amount, raw: payment.raw,
				at: payment.at + BigInt(i), proof: payment.proof };
		});
		return this.send(this.net.authority, this.framework, "submitBlock", [root]);
	}

	// ---- standard exits ----

	async start_standard(number) {
		const coin = this.state.coins[number];
		const taken = await this.send(this.people[coin.owner], this.game,
			"startStandardExit", [[coin.at, coin.raw, coin.proof]],
			this.bonds.standard);
		if (taken)
			coin.challenged = false;
		return taken;
	}

	async challenge_standard(number, spend) {
		const coin = this.state.coins[number];
		const { raw, coins, witnesses } = this.state.payments[spend];
		const index = Math.max(0, coins.indexOf(number));
		const taken = await this.send(this.watcher, this.game,
			"challengeStandardExit", [[standardExitId(coin.raw, coin.at), coin.raw,
				raw, index, witnesses[index], ethers.keccak256(this.watcher.address)]]);
		if (taken) {
			coin.challenged = true;
			this.move(this.watcher, ETH, this.bonds.standard);
		}
		return taken;
	}

	// ---- flights ----

	async start_flight(number, by) {
		const payment = this.state.payments[number];
		const inputs = payment.coins.map((coin) => this.state.coins[coin]);
		const taken = await this.send(this.people[by], this.game,
			"startInFlightExit", [[payment.raw, inputs.map(({ raw }) => raw),
				payment.inputs, inputs.map(({ proof }) => proof),
				payment.witnesses]], this.bonds.flight);
		if (taken)
			payment.bondOwner = by;
		return taken;
	}

	/** { owner, token, amount } of a slot, 0 to 4 inputs, 5 to 9 outputs. */
	slot(number, slot) {
		const { coins, owners, token, outputs } = this.state.payments[number];
		if (slot < 5)
			return this.state.coins[coins[slot]];
		return slot - 5 < owners.length
			? { owner: owners[slot - 5], token, amount: outputs[slot - 5].amount }
			: undefined;
	}

	async piggyback(number, slot) {
		const owner = this.slot(number, slot)?.owner ?? 0;
		return this.send(this.people[owner], this.game, slot < 5
			? "piggybackInFlightExitOnInput" : "piggybackInFlightExitOnOutput",
		[[this.state.payments[number].raw, slot % 5]], this.bonds.piggyback);
	}

	async challenge(number, rival, placed, by) {
		const payment = this.state.payments[number];
		const other = this.state.payments[rival];
		const mine = Math.max(0, payment.coins.findIndex((coin) =>
			other.coins.includes(coin)));
		const theirs = Math.max(0, other.coins.indexOf(payment.coins[mine]));
		const input = this.state.coins[payment.coins[mine]];
		const taken = await this.send(this.people[by], this.game,
			"challengeInFlightExitNotCanonical", [[input.raw, input.at, payment.raw,
				mine, other.raw, theirs, placed ? other.at : 0n,
				placed ? other.proof : "0x", other.witnesses[theirs]]]);
		if (taken)
			payment.bondOwner = by;
		return taken;
	}

	async respond(number, by) {
		const payment = this.state.payments[number];
		const taken = await this.send(this.people[by], this.game,
			"respondToNonCanonicalChallenge", [payment.raw,
				payment.at ?? position(1000n),
				payment.proof ?? `0x${"00".repeat(512)}`]);
		if (taken)
			payment.bondOwner = by;
		return taken;
	}

	async block(number, slot, spend) {
		const payment = this.state.payments[number];
		const other = this.state.payments[spend];
		const coin = slot < 5 ? payment.coins[slot]
			: this.state.coins.findIndex(({ at }) => payment.at !== null &&
				at === payment.at + BigInt(slot - 5));
		const index = Math.max(0, other.coins.indexOf(coin));
		const input = this.state.coins[payment.coins[slot]] ?? this.state.coins[0];
		const shown = [other.raw, index, other.witnesses[index]];
		const me = ethers.keccak256(this.watcher.address);
		const taken = await this.send(this.watcher, this.game, ...(slot < 5
			? ["challengeInFlightExitInputSpent", [[payment.raw, slot, ...shown,
				input.raw, input.at, me]]]
			: ["challengeInFlightExitOutputSpent", [[payment.raw,
				payment.proof ?? `0x${"00".repeat(512)}`,
				(payment.at ?? position(1000n)) + BigInt(slot - 5), ...shown, me]]]));
		if (taken)
			this.move(this.watcher, ETH, this.bonds.piggyback);
		return taken;
	}

	async delete(number) {
		const payment = this.state.payments[number];
		const taken = await this.send(this.watcher, this.game,
			"deleteNonPiggybackedInFlightExit", [inFlightExitId(payment.raw)]);
		if (taken)
			this.move(this.people[payment.bondOwner], ETH, this.bonds.flight);
		return taken;
	}

	// ---- processing ----

	returnBond({ owner }, bond, bounty) {
		this.move(this.people[owner], ETH, bond - bounty);
		this.move(this.watcher, ETH, bounty);
	}

	pay({ owner, token, amount }) {
		this.move(this.people[owner], this.tokens[token], amount);
	}

	expectStandard(number, omitted) {
		const coin = this.state.coins[number];
		if (!omitted)
			this.pay(coin);
		if (!coin.challenged)
			this.returnBond(coin, this.bonds.standard, this.bonds.standardBounty);
	}

	expectFlight(number, paid, cleared, ended) {
		for (let slot = 0; slot < 10; slot++) {
			if (paid >> slot & 1)
				this.pay(this.slot(number, slot));
			if (cleared >> slot & 1)
				this.returnBond(this.slot(number, slot), this.bonds.piggyback,
					this.bonds.piggybackBounty);
		}
		if (ended)
			this.move(this.people[this.state.payments[number].bondOwner], ETH,
				this.bonds.flight);
	}

	/** The queue may be empty, or its head not due: nothing happens then, and
	 * whether the contract calls that a success does not matter. */
	async process(token, isFlight, number, omitted, paid, cleared, ended, any) {
		await this.send(this.watcher, this.framework, "processExits",
			[token + 1, this.tokens[token], 0n, 1n,
				ethers.keccak256(this.watcher.address)]);
		if (any && !isFlight)
			this.expectStandard(number, omitted);
		else if (any && !omitted)
			this.expectFlight(number, paid, cleared, ended);
		const wrong = await this.wrongBalances();
		if (wrong.length > 0)
			throw new Error(wrong.join("; "));
		return Boolean(any);
	}

	/** What is left of a flight at the end. */
	async flight(number, map, canonical, bondOwner, alive) {
		const [[record]] = await this.read(this.game, "inFlightExits",
			[[inFlightExitId(this.state.payments[number].raw)]]);
		if (alive && (record.exitMap !== BigInt(map) ||
		    record.isCanonical !== Boolean(canonical) ||
		    record.bondOwner !== this.people[bondOwner].address))
			throw new Error(`flight ${number} has another map, side or bond`);
		return record.exitStartTimestamp !== 0n;
	}

	/** One line of the walk. */
	async play(what, numbers, taken, now) {
		this.now = now;
		const got = await this[what](...numbers, taken);
		if (got !== Boolean(taken))
			throw new Error(`the contracts ${got ? "take" : "refuse"} it, ` +
				"the model does not agree");
	}
}

/** Plays a walk; gives { calls, taken, paid }. */
async function play(steps, seed, atExit) {
	const child = spawn(join(build, "tests", "soak", "exit_walk"),
		[steps, seed, "tell"], { stdio: ["ignore", "pipe", "inherit"] });
	const ended = once(child, "exit");
	const seen = { calls: 0, taken: 0, paid: 0 };
	let world;
	for await (const line of createInterface({ input: child.stdout })) {
		const [mark, what, ...rest] = line.split(" ");
		if (mark !== "@")
			continue;
		const numbers = rest.map(Number);
		const now = numbers.pop();
		const taken = numbers.pop();
		if (what === "world") {
			await world?.chain.close();
			world = await World.start();
			atExit(() => world.chain.close());
			continue;
		}
		try {
			await world.play(what, numbers, taken, now);
		} catch (error) {
			throw new Error(`seed ${seed}, call ${seen.calls}, ${line}: ` +
				error.message, { cause: error });
		}
		seen.calls++;
		seen.taken += taken;
		if (what === "process" && taken && numbers[4] !== 0)
			seen.paid++;
	}
	const [status] = await ended;
	if (status !== 0)
		throw new Error(`exit_walk ended with ${status}`);
	return seen;
}

await tap(async ({ ok, note, skipAll, atExit }) => {
	if (missing("plasma-operator").length > 0)
		skipAll("plasma-operator is not built");
	const [steps = "500", ...seeds] = process.argv.slice(2);
	let paidInAll = 0;
	for (const seed of seeds.length > 0 ? seeds : [SEED]) {
		// Where they do not agree, this throws.
		const { calls, taken, paid } = await play(steps, seed, atExit);
		note(`${calls} calls, ${taken} taken, ${paid} exits paid`);
		ok(`the contracts agree with the walk from seed ${seed}`, taken > 0);
		paidInAll += paid;
	}
	// A short walk may end before an exit is due.
	ok("exits were paid on the way", paidInAll > 0);
});
