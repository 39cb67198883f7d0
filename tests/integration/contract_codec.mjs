// SPDX-License-Identifier: MIT
//
// Every call that we encode and every event that we decode, against ethers and the
// compiled interfaces, with arguments that are made up anew each time. The judge is
// the reader of the vector files, which knows calldata.json and events.json.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { ethers } from "ethers";

import { tap } from "../support/tap.mjs";

const top = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const CONTRACTS = ["PlasmaFramework", "EthVault", "Erc20Vault", "PaymentExitGame",
	"PriorityQueue", "SpendingConditionRegistry"];
const TOKEN = new ethers.Interface([
	"function approve(address spender, uint256 value)",
	"function transfer(address to, uint256 value)",
	"function balanceOf(address owner) view",
	"function allowance(address owner, address spender) view",
]);
const ROUNDS = 4;

// What programs neither send nor ask.
const NOT_OURS = /^(CHILD_BLOCK_INTERVAL|activateNonReentrant|batchFlagOutputsFinalized|deactivateNonReentrant|delegations|expectOutputs|finalizeOutputs?|payDues|enqueue|exitGameToTxType|flagOutputFinalized|isAnyInputFinalizedByOtherExit|submitDepositBlock|vaultToId|version|depositVerifiers|newDepositVerifierMaturityTimestamp|safeGasStipend|withdraw|BOND_\w+|INITIAL_\w+|gasToProcess|getInFlightExitId|getStandardExitId|processExit|isOwner|isQueued|spendingConditions|insert|delMin|getMin|framework|heapList_|queue\w*)$/;

const below = (limit) => Math.floor(Math.random() * limit);
const pick = (list) => list[below(list.length)];
const word = () => BigInt(ethers.hexlify(ethers.randomBytes(32)));
const position = () => BigInt(1 + below(2 ** 33)) * 10n ** 9n +
	BigInt(below(65536)) * 10000n + BigInt(below(4));

/** A value that the argument may have, by its name and type. */
function value(input) {
	const { name, type } = input;
	if (type.startsWith("tuple"))
		return Object.fromEntries(input.components.map((c) => [c.name, value(c)]));
	if (/(Pos|Position|utxoPos)$/i.test(name) && type === "uint256")
		return position().toString();
	if (name === "inputUtxosPos")
		return Array.from({ length: input.count }, () => position().toString());
	if (/^bytes\[\]$/.test(type))
		return Array.from({ length: input.count },
			() => ethers.hexlify(ethers.randomBytes(below(200))));
	if (type === "bytes32[]")
		return Array.from({ length: below(9) },
			() => ethers.hexlify(ethers.randomBytes(32)));
	if (type === "uint168[]")
		return Array.from({ length: 1 + below(5) }, () => (word() >> 88n).toString());
	if (type === "bytes")
		return pick(["0x", ethers.hexlify(ethers.randomBytes(1 + below(600)))]);
	if (type === "bytes32")
		return ethers.hexlify(ethers.randomBytes(32));
	if (type === "address")
		return pick([ethers.ZeroAddress,
			ethers.getAddress(ethers.hexlify(ethers.randomBytes(20)))]);
	if (type === "string")
		return "x".repeat(below(80));
	if (/index/i.test(name) && type === "uint16")
		return `${below(4)}`;
	if (/vaultId|protocol/i.test(name))
		return `${1 + below(255)}`;
	if (/blknum/i.test(name))
		return `${1 + below(2 ** 30)}`;
	if (/max|txType|number|outputType|^_type$/i.test(name) || name === "")
		return `${below(2 ** 40)}`;
	const bits = BigInt(type.replace("uint", "") || 256);
	return (word() >> (256n - bits)).toString();
}

/** The arrays of an in-flight exit have one length. */
function withCounts(inputs, count) {
	return inputs.map((input) => ({
		name: input.name, type: input.type, count, indexed: input.indexed,
		components: input.components && withCounts(input.components, count),
	}));
}

const tupleOf = (input, given) => input.type.startsWith("tuple")
	? input.components.map((c) => given[c.name]) : given;

function callsOf(contract, iface, calls, unknown) {
	iface.forEachFunction((fragment) => {
		if (NOT_OURS.test(fragment.name))
			return;
		const signature = fragment.format("sighash");
		for (let round = 0; round < ROUNDS; round++) {
			const inputs = withCounts(fragment.inputs, 1 + below(4));
			const args = inputs.map(value);
			calls.push({
				label: `${contract} ${round}`, function: signature,
				calldata: iface.encodeFunctionData(fragment,
					args.map((given, i) => tupleOf(inputs[i], given))),
				args: inputs.map((input, i) => ({
					name: input.name, type: input.type, value: args[i],
				})),
			});
		}
		unknown.delete(signature);
	});
}

function eventsOf(iface, events) {
	iface.forEachEvent((fragment) => {
		const signature = fragment.format("sighash");
		const samples = [];
		for (let round = 0; round < ROUNDS; round++) {
			const inputs = withCounts(fragment.inputs, 1 + below(4));
			const args = inputs.map(value);
			if (fragment.name === "InFlightExitChallenged" && round === 0)
				args[2] = ethers.MaxUint256.toString();
			const { topics, data } = iface.encodeEventLog(fragment, args);
			samples.push({
				step: `${round}`, name: fragment.name, signature, topics, data,
				args: Object.fromEntries(inputs.map((input, i) => [input.name, args[i]])),
			});
		}
		events.set(signature, { topic0: fragment.topicHash, signature, samples });
	});
}

await tap(async ({ ok, equal, note, atExit }) => {
	const folder = mkdtempSync(join(tmpdir(), "contract-codec-"));
	atExit(() => rmSync(folder, { recursive: true }));
	const calls = [];
	const events = new Map();
	const unknown = new Set();
	for (const contract of CONTRACTS) {
		const { abi } = JSON.parse(
			readFileSync(join(top, "contracts", "abi", `${contract}.json`), "utf8"));
		const iface = new ethers.Interface(abi);
		callsOf(contract, iface, calls, unknown);
		eventsOf(iface, events);
	}
	callsOf("token", TOKEN, calls, unknown);
	writeFileSync(join(folder, "calldata.json"), JSON.stringify({ calls }));
	writeFileSync(join(folder, "events.json"), JSON.stringify({ events: [...events.values()] }));

	let said;
	try {
		said = execFileSync(join(process.env.top_builddir ?? "build", "tests", "check-vectors"),
			[folder], { encoding: "utf8", maxBuffer: 1 << 26 });
	} catch (error) {
		said = error.stdout ?? error.message;
	}
	const lines = said.split("\n");
	const bad = lines.filter((line) => /^not ok|^Bail out/.test(line));
	equal("all calls and events are as ethers has them", bad.slice(0, 20), []);
	if (bad.length > 0)
		note(JSON.stringify(calls.filter((call) =>
			bad.some((line) => line.includes(call.function)))).slice(0, 2000));
	const good = lines.filter((line) => line.startsWith("ok ")).length;
	ok("much was compared", good >= 600, `${good} points`);
	note(`${good} points`);
});
