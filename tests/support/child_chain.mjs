// SPDX-License-Identifier: MIT
//
// The child chain's encodings by an implementation that is not ours: ethers.
// Payments, deposits, positions and the EIP-712 form that owners sign
// (protocol.md 2 and 3), for tests that compare or that play a wallet.

import { ethers } from "ethers";

export const ETH = ethers.ZeroAddress;
const ZERO_32 = ethers.ZeroHash;
const SALT = "0xfad5c7f626d80f9256ef01929f3beb96e058b8b4b0e3fe52d84f054c0e2a7a83";

const scalar = (number) =>
	BigInt(number) === 0n ? "0x" : ethers.toBeHex(BigInt(number));

export function position(blknum, txindex = 0, oindex = 0) {
	return BigInt(blknum) * 1000000000n + BigInt(txindex) * 10000n + BigInt(oindex);
}

export function splitPosition(number) {
	const at = BigInt(number);
	return {
		blknum: at / 1000000000n,
		txindex: (at % 1000000000n) / 10000n,
		oindex: at % 10000n,
	};
}

const rlpOutput = ({ type = 1, owner, token = ETH, amount }) =>
	[scalar(type), [owner, token, scalar(amount)]];

/** Fields of a payment as RLP items, without the signatures. */
export function paymentFields({ inputs, outputs, metadata = ZERO_32 }) {
	return [
		"0x01",
		inputs.map((input) => ethers.toBeHex(BigInt(input), 32)),
		outputs.map(rlpOutput),
		"0x",
		metadata,
	];
}

export function rawPayment(payment) {
	return ethers.encodeRlp(paymentFields(payment));
}

export function rawDeposit({ owner, token = ETH, amount }) {
	return rawPayment({ inputs: [], outputs: [{ owner, token, amount }] });
}

export function signedForm(payment, signatures) {
	return ethers.encodeRlp([signatures, ...paymentFields(payment)]);
}

export const types = {
	Transaction: [
		{ name: "txType", type: "uint256" },
		{ name: "inputs", type: "Input[]" },
		{ name: "outputs", type: "Output[]" },
		{ name: "txData", type: "uint256" },
		{ name: "metadata", type: "bytes32" },
	],
	Input: [
		{ name: "blknum", type: "uint256" },
		{ name: "txindex", type: "uint256" },
		{ name: "oindex", type: "uint256" },
	],
	Output: [
		{ name: "outputType", type: "uint256" },
		{ name: "outputGuard", type: "bytes20" },
		{ name: "currency", type: "address" },
		{ name: "amount", type: "uint256" },
	],
};

export function domainOf(framework) {
	return {
		name: "OMG Network",
		version: "2",
		verifyingContract: framework,
		salt: SALT,
	};
}

export function message({ inputs, outputs, metadata = ZERO_32 }) {
	return {
		txType: 1n,
		inputs: inputs.map(splitPosition),
		outputs: outputs.map(({ type = 1, owner, token = ETH, amount }) => ({
			outputType: BigInt(type),
			outputGuard: owner,
			currency: token,
			amount: BigInt(amount),
		})),
		txData: 0n,
		metadata,
	};
}

/** The typed data as JSON-RPC wallets and `cast wallet sign` take it. */
export function typedData(framework, payment) {
	return {
		types: {
			EIP712Domain: [
				{ name: "name", type: "string" },
				{ name: "version", type: "string" },
				{ name: "verifyingContract", type: "address" },
				{ name: "salt", type: "bytes32" },
			],
			...types,
		},
		primaryType: "Transaction",
		domain: domainOf(framework),
		message: JSON.parse(JSON.stringify(message(payment), (_, value) =>
			typeof value === "bigint" ? value.toString() : value)),
	};
}

/** Signs with one ethers wallet per input; gives the bytes to submit. */
export async function sign(framework, payment, wallets) {
	const signatures = [];
	for (const wallet of wallets)
		signatures.push(
			await wallet.signTypedData(domainOf(framework), types, message(payment)));
	return signedForm(payment, signatures);
}

export const hashOf = (payment) => ethers.keccak256(rawPayment(payment));

/** Merkle root of the raw transactions of a block (protocol.md 5). */
export function merkleRoot(raws) {
	let level = raws.map((raw) => ethers.keccak256(ethers.concat(["0x00", raw])));
	let zero = emptyLeaf();
	for (let depth = 0; depth < 16; depth++) {
		const above = [];
		for (let i = 0; i < level.length; i += 2)
			above.push(ethers.keccak256(
				ethers.concat(["0x01", level[i], level[i + 1] ?? zero])));
		zero = ethers.keccak256(ethers.concat(["0x01", zero, zero]));
		level = above;
	}
	return level[0];
}

function emptyLeaf() {
	return ethers.keccak256(ethers.concat(["0x00", ZERO_32]));
}

/** Cuts a block body into { signatures, raw } of each transaction. */
export function readBody(bytes) {
	return ethers.decodeRlp(bytes).map(([signatures, ...fields]) => ({
		signatures,
		raw: ethers.encodeRlp(fields),
	}));
}
