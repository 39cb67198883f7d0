// SPDX-License-Identifier: MIT
//
// Knows the truth. It is told what really happened on the child chain, from which
// it computes who owns what; it reads what everybody did on the root chain, from
// which it computes what bonds and gas cost and brought; and so it knows the
// balance that each account must have in the end, to the wei. It shares nothing
// with our programs but the chain.
//
//	const referee = await Referee.of(net);
//	await referee.watch("Alice", alice.address);
//	referee.deposited(at, { owner, token, amount });
//	referee.applied(1000n, raws);
//	referee.exits(await referee.coinsOf(alice.address));
//	for (const { name, token, got, expected } of await referee.settle()) …

import { ethers } from "ethers";

import {
	ETH, inFlightExitId, position, readPayment,
} from "./child_chain.mjs";
import { abiOf } from "./exit_game.mjs";

const ERC20 = new ethers.Interface([
	"event Transfer(address indexed from, address indexed to, uint256 value)",
	"function balanceOf(address) view returns (uint256)",
]);

/** What flows by bonds, replayed from the logs of the exit game (protocol.md 7
 * to 9). `move` is told (account, wei) of each return. */
class Bonds {
	constructor(sizes, move) {
		this.sizes = sizes;
		this.move = move;
		this.standard = new Map();
		this.inFlight = new Map();
	}

	async event({ name, args }, tx) {
		const step = this[name];
		if (step)
			await step.call(this, args, tx);
	}

	async ExitStarted({ owner, exitId, utxoPos }, tx) {
		this.standard.set(exitId, {
			owner, utxoPos, bond: tx.value, challenged: false,
			bounty: await this.sizes("processStandardExitBountySize", tx.block),
		});
	}

	ExitChallenged({ utxoPos }, tx) {
		for (const exit of this.standard.values())
			if (exit.utxoPos === utxoPos && !exit.challenged) {
				exit.challenged = true;
				this.move(tx.from, exit.bond);
			}
	}

	ExitFinalized({ exitId }, tx) {
		const exit = this.standard.get(exitId);
		this.move(exit.owner, exit.bond - exit.bounty);
		this.move(tx.from, exit.bounty);
		this.standard.delete(exitId);
	}

	ExitOmitted({ exitId }, tx) {
		const exit = this.standard.get(exitId);
		if (exit && !exit.challenged) {
			this.move(exit.owner, exit.bond - exit.bounty);
			this.move(tx.from, exit.bounty);
		}
		this.standard.delete(exitId);
	}

	InFlightExitStarted({ initiator, inFlightTx }, tx) {
		this.inFlight.set(inFlightExitId(inFlightTx), {
			bondOwner: initiator, bond: tx.value, slots: new Map(),
		});
	}

	live(txHash) {
		return this.inFlight.get((BigInt(txHash) >> 89n) | (1n << 167n));
	}

	InFlightExitChallenged({ challenger, txHash }) {
		this.live(txHash).bondOwner = challenger;
	}

	InFlightExitChallengeResponded({ challenger, txHash }) {
		this.live(txHash).bondOwner = challenger;
	}

	async piggybacked(txHash, key, owner, tx) {
		this.live(txHash).slots.set(key, {
			owner, bond: tx.value,
			bounty: await this.sizes("processInFlightExitBountySize", tx.block),
		});
	}

	InFlightExitInputPiggybacked({ exitTarget, txHash, inputIndex }, tx) {
		return this.piggybacked(txHash, `in${inputIndex}`, exitTarget, tx);
	}

	InFlightExitOutputPiggybacked({ exitTarget, txHash, outputIndex }, tx) {
		return this.piggybacked(txHash, `out${outputIndex}`, exitTarget, tx);
	}

	blocked(txHash, key, challenger) {
		const exit = this.live(txHash);
		this.move(challenger, exit.slots.get(key).bond);
		exit.slots.delete(key);
	}

	InFlightExitInputBlocked({ challenger, txHash, inputIndex }) {
		this.blocked(txHash, `in${inputIndex}`, challenger);
	}

	InFlightExitOutputBlocked({ challenger, txHash, outputIndex }) {
		this.blocked(txHash, `out${outputIndex}`, challenger);
	}

	/** Bonds of all slots that are left are taken to return with the last entry
	 * of the exit, which is so unless tokens are processed by different people. */
	InFlightExitFinalized({ exitId }, tx) {
		const exit = this.inFlight.get(exitId);
		for (const { owner, bond, bounty } of exit.slots.values()) {
			this.move(owner, bond - bounty);
			this.move(tx.from, bounty);
		}
		this.move(exit.bondOwner, exit.bond);
		this.inFlight.delete(exitId);
	}

	InFlightExitDeleted({ exitId }) {
		const exit = this.inFlight.get(exitId);
		this.move(exit.bondOwner, exit.bond);
		this.inFlight.delete(exitId);
	}
}

export class Referee {
	static async of(net) {
		const referee = new Referee();
		referee.provider = net.provider;
		referee.network = net.network;
		return referee;
	}

	accounts = new Map(); // address -> { name, since, start: Map(token -> balance) }
	tokens = [];
	coins = new Map(); // position -> { owner, token, amount }
	paid = []; // coins that must have left the vault in the end
	pots = new Map(); // token -> surplus that no fee transaction has claimed

	// ---- the child chain ----

	deposited(at, { owner, token = ETH, amount }) {
		this.coins.set(BigInt(at), { owner, token, amount: BigInt(amount) });
	}

	/** A payment happened: its inputs are gone, its outputs are there. */
	happened(raw, blknum, txindex) {
		const { inputs, outputs } = readPayment(raw);
		for (const input of inputs) {
			const coin = this.coins.get(input);
			if (!coin)
				throw new Error(`the referee knows no coin ${input}`);
			this.coins.delete(input);
			this.fill(coin.token, coin.amount);
		}
		outputs.forEach((output, i) => {
			this.coins.set(position(blknum, txindex, i), output);
			this.fill(output.token, -output.amount);
		});
	}

	fill(token, amount) {
		this.pots.set(token, (this.pots.get(token) ?? 0n) + amount);
	}

	/** What the vault holds of a token: coins that are left, and pots. */
	held(token = ETH) {
		return [...this.coins.values()].filter((coin) => coin.token === token)
			.reduce((sum, { amount }) => sum + amount, this.pots.get(token) ?? 0n);
	}

	/** A valid block. */
	applied(blknum, raws) {
		raws.forEach((raw, i) => this.happened(raw, blknum, i));
	}

	/** The unspent coins of an account, oldest first. */
	coinsOf(owner) {
		return [...this.coins].filter(([, coin]) => coin.owner === owner)
			.map(([at, coin]) => ({ at, ...coin }))
			.sort((a, b) => (a.at < b.at ? -1 : 1));
	}

	balance(owner, token = ETH) {
		return this.coinsOf(owner).filter((coin) => coin.token === token)
			.reduce((sum, { amount }) => sum + amount, 0n);
	}

	/** These coins leave: their owners must get them on the root chain. */
	exits(coins) {
		for (const coin of coins) {
			this.coins.delete(coin.at);
			this.paid.push(coin);
		}
	}

	// ---- the root chain ----

	admit(token) {
		this.tokens.push(token);
	}

	async tokenBalance(token, account, block = "latest") {
		const answer = await this.provider.call({
			to: token, data: ERC20.encodeFunctionData("balanceOf", [account]),
			blockTag: block,
		});
		return BigInt(answer);
	}

	/** From here on every wei of the account is accounted for. */
	async watch(name, address) {
		const since = await this.provider.getBlockNumber();
		const start = new Map([[ETH, await this.provider.getBalance(address, since)]]);
		for (const token of this.tokens)
			start.set(token, await this.tokenBalance(token, address, since));
		this.accounts.set(address, { name, since, start });
	}

	async settleBlock(number, bonds, expected) {
		const hex = ethers.toQuantity(number);
		const [block, receipts] = await Promise.all([
			this.provider.send("eth_getBlockByNumber", [hex, true]),
			this.provider.send("eth_getBlockReceipts", [hex]),
		]);
		for (const [i, receipt] of receipts.entries()) {
			const tx = {
				from: ethers.getAddress(receipt.from),
				value: BigInt(block.transactions[i].value),
				block: number,
			};
			expected(tx.from, ETH, -BigInt(receipt.gasUsed) *
				BigInt(receipt.effectiveGasPrice), number);
			if (receipt.status !== "0x1")
				continue;
			expected(tx.from, ETH, -tx.value, number);
			for (const log of receipt.logs)
				await this.settleLog(log, tx, bonds, expected);
		}
	}

	async settleLog(log, tx, bonds, expected) {
		const from = ethers.getAddress(log.address);
		if (from === ethers.getAddress(this.network.payment_exit_game)) {
			const event = abiOf("PaymentExitGame").parseLog(log);
			if (event)
				await bonds.event(event, tx);
		} else if (this.tokens.includes(from)) {
			const event = ERC20.parseLog(log);
			const vault = ethers.getAddress(this.network.erc20_vault);
			if (event?.name !== "Transfer" || event.args.from === vault)
				return;
			expected(event.args.from, from, -event.args.value, tx.block);
			expected(event.args.to, from, event.args.value, tx.block);
		}
	}

	/** What each watched account has, and what it must have:
	 * [{ name, token, got, expected }]. */
	async settle() {
		const rows = new Map();
		for (const [address, { name, start }] of this.accounts)
			for (const [token, balance] of start)
				rows.set(address + token, { name, address, token, expected: balance });
		let at = 0;
		const expected = (address, token, change, number = at) => {
			const row = rows.get(address + token);
			if (row && number > this.accounts.get(address).since)
				row.expected += change;
		};
		const game = new ethers.Contract(this.network.payment_exit_game,
			abiOf("PaymentExitGame"), this.provider);
		const bonds = new Bonds((name, block) => game[name]({ blockTag: block }),
			(address, wei) => expected(address, ETH, wei));
		const head = await this.provider.getBlockNumber();
		const first = Math.min(...[...this.accounts.values()]
			.map(({ since }) => since), head);
		for (at = first + 1; at <= head; at++)
			await this.settleBlock(at, bonds, expected);
		for (const { owner, token, amount } of this.paid)
			expected(owner, token, amount, Infinity);
		for (const row of rows.values())
			row.got = row.token === ETH
				? await this.provider.getBalance(row.address, head)
				: await this.tokenBalance(row.token, row.address, head);
		return [...rows.values()];
	}
}
