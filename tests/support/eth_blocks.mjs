// SPDX-License-Identifier: MIT
//
// Blocks of a real root chain as a vector file (eth_blocks.json): what anvil says
// about them in JSON, and the RLP that ethers makes of it. The hashes and roots in
// the headers are anvil's own, so that both are judged by them:
//
//	const node = await startAnvil(["--hardfork", "prague"]);
//	const file = await ethBlocks(node, { bulk: 140 });

import { ethers } from "ethers";

// Copies its call data to memory, emits it with 0 to 4 topics, and stores its
// length under its first word.
const RUNTIME = "0x36600060003736" +
	"6000a0" +
	"600136" + "6000a1" +
	"6002600136" + "6000a2" +
	"60036002600136" + "6000a3" +
	"600460036002600136" + "6000a4" +
	"3660003555" + "00";

const KEYS = [
	"0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
	"0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
];

const number = (value) => BigInt(value).toString();
const rlpNumber = (value) => ethers.toBeArray(BigInt(value));

/** Init code that returns the runtime code. */
function initCode() {
	const len = ethers.dataLength(RUNTIME).toString(16).padStart(2, "0");
	return `0x60${len}600c60003960${len}6000f3${RUNTIME.slice(2)}`;
}

const APPENDED = [
	["baseFeePerGas", rlpNumber],
	["withdrawalsRoot", (value) => value],
	["blobGasUsed", rlpNumber],
	["excessBlobGas", rlpNumber],
	["parentBeaconBlockRoot", (value) => value],
	["requestsHash", (value) => value],
];

export function headerRlp(block) {
	const items = [
		block.parentHash, block.sha3Uncles, block.miner, block.stateRoot,
		block.transactionsRoot, block.receiptsRoot, block.logsBloom,
		rlpNumber(block.difficulty), rlpNumber(block.number),
		rlpNumber(block.gasLimit), rlpNumber(block.gasUsed),
		rlpNumber(block.timestamp), block.extraData, block.mixHash, block.nonce,
	];
	for (const [name, encode] of APPENDED)
		if (block[name] !== undefined && block[name] !== null)
			items.push(encode(block[name]));
	return ethers.encodeRlp(items);
}

export function receiptRlp(receipt) {
	const rlp = ethers.encodeRlp([
		receipt.root !== undefined && receipt.root !== null
			? receipt.root : rlpNumber(receipt.status),
		rlpNumber(receipt.cumulativeGasUsed), receipt.logsBloom,
		receipt.logs.map((log) => [log.address, log.topics, log.data]),
	]);
	const type = BigInt(receipt.type ?? 0);
	return type === 0n ? rlp : ethers.concat([ethers.toBeHex(type, 1), rlp]);
}

function header(block) {
	const out = {};
	for (const name of ["parentHash", "sha3Uncles", "miner", "stateRoot",
		"transactionsRoot", "receiptsRoot", "logsBloom", "extraData", "mixHash",
		"nonce"])
		out[name] = block[name];
	for (const name of ["difficulty", "number", "gasLimit", "gasUsed", "timestamp"])
		out[name] = number(block[name]);
	for (const [name, encode] of APPENDED)
		if (block[name] !== undefined && block[name] !== null)
			out[name] = encode === rlpNumber ? number(block[name]) : block[name];
	return out;
}

const receiptOf = (receipt) => ({
	rlp: receiptRlp(receipt),
	type: Number(receipt.type ?? 0),
	status: Number(receipt.status),
	cumulativeGasUsed: number(receipt.cumulativeGasUsed),
	logsBloom: receipt.logsBloom,
	logs: receipt.logs.map(({ address, topics, data }) => ({ address, topics, data })),
});

/** Transactions of type 2 in parts, as ethers reads them. */
function partsOf(raw) {
	const tx = ethers.Transaction.from(raw);
	if (tx.type !== 2 || tx.accessList.length !== 0)
		return undefined;
	return {
		raw, hash: tx.hash, signingHash: tx.unsignedHash, from: tx.from,
		chainId: number(tx.chainId), nonce: number(tx.nonce),
		maxPriorityFeePerGas: number(tx.maxPriorityFeePerGas),
		maxFeePerGas: number(tx.maxFeePerGas), gasLimit: number(tx.gasLimit),
		to: tx.to, value: number(tx.value), data: tx.data,
		yParity: tx.signature.yParity, r: tx.signature.r, s: tx.signature.s,
	};
}

async function readBlock(node, at) {
	const block = await node.rpc("eth_getBlockByNumber", [at, false]);
	const receipts = await node.rpc("eth_getBlockReceipts", [at]);
	const transactions = [];
	for (const hash of block.transactions)
		transactions.push(await node.rpc("eth_getRawTransactionByHash", [hash]));
	return {
		hash: block.hash, rlp: headerRlp(block), header: header(block),
		transactions, receipts: receipts.map(receiptOf), accounts: [],
	};
}

async function readAccount(node, address, slots) {
	const proof = await node.rpc("eth_getProof", [address, slots, "latest"]);
	return {
		address, nonce: number(proof.nonce), balance: number(proof.balance),
		storageHash: proof.storageHash, codeHash: proof.codeHash,
		proof: proof.accountProof,
		storage: proof.storageProof.map((entry, i) => ({
			slot: slots[i], value: number(entry.value), proof: entry.proof,
		})),
	};
}

/** Sends signed transactions and mines them into one block. */
async function mine(node, signed) {
	for (const raw of signed)
		await node.rpc("eth_sendRawTransaction", [raw]);
	await node.rpc("evm_mine", []);
	return readBlock(node, await node.rpc("eth_blockNumber", []));
}

/** A sender that counts its nonces. */
function sender(node, key, kinds) {
	const wallet = new ethers.Wallet(key);
	let nonce = 0;
	const price = kinds.includes(2)
		? { maxFeePerGas: 20n * 10n ** 9n, maxPriorityFeePerGas: 10n ** 9n } : undefined;
	return {
		address: wallet.address,
		async sign(type, fields) {
			const fees = type >= 2 ? price : { gasPrice: 20n * 10n ** 9n };
			return wallet.signTransaction({
				type, chainId: node.chainId, nonce: nonce++, gasLimit: 400000n,
				...fees, ...fields,
			});
		},
		async authorize(address) {
			return wallet.authorize({ address, chainId: node.chainId, nonce: nonce++ });
		},
	};
}

async function typed(alice, bob, kinds, contract, slots) {
	const signed = [];
	const accessList = [{ address: contract, storageKeys: slots.slice(0, 1) }];
	for (const [i, type] of kinds.entries()) {
		const fields = { to: contract, data: slots[i % slots.length] };
		if (type === 4)
			fields.authorizationList = [await bob.authorize(contract)];
		if (type === 1)
			fields.accessList = accessList;
		signed.push(await alice.sign(type, fields));
	}
	return signed;
}

/** The vector file. `kinds`: types of transactions that the fork knows; `bulk`:
 * how many transfers one block has. */
export async function ethBlocks(node, { kinds = [0, 1, 2, 4], bulk = 0 } = {}) {
	await node.rpc("evm_setAutomine", [false]);
	const [alice, bob] = KEYS.map((key) => sender(node, key, kinds));
	const last = kinds.includes(2) ? 2 : 0;
	const contract = ethers.getCreateAddress({ from: alice.address, nonce: 0 });
	const slots = [0, 1, 2, 3, 4].map((slot) => ethers.id(`slot ${slot}`));
	const blocks = []; // anvil's own first block is of no fork
	blocks.push(await mine(node, [
		await alice.sign(last, { to: null, data: initCode(), value: 0n }),
	]));
	blocks.push(await mine(node, await typed(alice, bob, kinds, contract, slots)));
	// Long data, no data, an end of gas, a transfer.
	blocks.push(await mine(node, [
		await alice.sign(last, { to: contract,
			data: ethers.concat([slots[4], ethers.randomBytes(700)]) }),
		await alice.sign(0, { to: contract, data: "0x" }),
		await alice.sign(last, { to: contract, data: slots[0], gasLimit: 22500n }),
		await bob.sign(last, { to: alice.address, value: 12345678901234567n }),
	]));
	for (const address of [contract, alice.address, ethers.ZeroAddress,
		ethers.getAddress(ethers.dataSlice(ethers.id("nobody"), 12))])
		blocks.at(-1).accounts.push(await readAccount(node, address,
			address === contract ? [...slots, ethers.id("empty")] : []));
	blocks.push(await mine(node, []));
	if (bulk > 0) {
		const transfers = [];
		for (let i = 0; i < bulk; i++)
			transfers.push(await bob.sign(last, { gasLimit: 21000n, value: BigInt(i),
				to: ethers.dataSlice(ethers.id(`${i}`), 12) }));
		blocks.push(await mine(node, transfers));
	}
	const raw = blocks.flatMap((block) => block.transactions);
	return {
		note: "Blocks of anvil: headers and receipts as JSON and as the RLP that ethers makes.",
		blocks,
		eth_transactions: raw.map(partsOf).filter((parts) => parts !== undefined).slice(0, 12),
	};
}
