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

const leafOf = (raw) => ethers.keccak256(ethers.concat(["0x00", raw]));
const nodeOf = (left, right) =>
	ethers.keccak256(ethers.concat(["0x01", left, right]));

/** Merkle root and 512-byte proofs of the raw transactions of a block
 * (protocol.md 5). */
export function merkleTree(raws) {
	const siblings = raws.map(() => []);
	let level = raws.map(leafOf);
	let missing = leafOf(ZERO_32);
	for (let depth = 0; depth < 16; depth++) {
		siblings.forEach((proof, i) =>
			proof.push(level[(i >> depth) ^ 1] ?? missing));
		const above = [];
		for (let i = 0; i < level.length; i += 2)
			above.push(nodeOf(level[i], level[i + 1] ?? missing));
		missing = nodeOf(missing, missing);
		level = above;
	}
	return {
		root: level[0] ?? missing,
		proofs: siblings.map((proof) => ethers.concat(proof)),
	};
}

export const merkleRoot = (raws) => merkleTree(raws).root;

/** Fields of the fee transaction of a block (protocol.md 2.6). */
export function rawFee({ blknum, owner, token = ETH, amount }) {
	const nonce = ethers.keccak256(ethers.concat(
		[ethers.toBeHex(blknum, 32), ethers.zeroPadValue(token, 32)]));
	return ethers.encodeRlp(
		["0x03", [], [rlpOutput({ type: 2, owner, token, amount })], nonce, ZERO_32]);
}

// Identifiers of protocol.md 4.

export const isDeposit = (at) => splitPosition(at).blknum % 1000n !== 0n;

export function outputId(raw, at) {
	const { oindex } = splitPosition(at);
	return ethers.keccak256(ethers.concat([raw, ethers.toBeHex(oindex, 32),
		...(isDeposit(at) ? [ethers.toBeHex(at, 32)] : [])]));
}

export const standardExitId = (raw, at) => BigInt(outputId(raw, at)) >> 89n;

export const inFlightExitId = (raw) =>
	(BigInt(ethers.keccak256(raw)) >> 89n) | (1n << 167n);

/** Fields of a payment, from its raw bytes. */
export function readPayment(raw) {
	const [type, inputs, outputs] = ethers.decodeRlp(raw);
	return {
		type: BigInt(type),
		inputs: inputs.map((word) => BigInt(word)),
		outputs: outputs.map(([kind, [owner, token, amount]]) => ({
			type: BigInt(kind),
			owner: ethers.getAddress(owner),
			token: ethers.getAddress(token),
			amount: amount === "0x" ? 0n : BigInt(amount),
		})),
	};
}

/** The body of a block, from its signed transactions. */
export const bodyOf = (signed) =>
	ethers.encodeRlp(signed.map((bytes) => ethers.decodeRlp(bytes)));

/** Cuts a block body into { signatures, raw } of each transaction. */
export function readBody(bytes) {
	return ethers.decodeRlp(bytes).map(([signatures, ...fields]) => ({
		signatures,
		raw: ethers.encodeRlp(fields),
	}));
}
