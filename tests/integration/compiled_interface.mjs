#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The compiled contracts have the functions and events that clients of the
// public contracts know, and ours besides (protocol.md section 14).

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { Interface } from "ethers";

import { tap } from "../support/tap.mjs";

const top = process.env.top_srcdir ?? ".";
const json = (...path) => JSON.parse(readFileSync(join(top, ...path), "utf8"));

const ADDED_FUNCTIONS = {
	EthVault: ["0x75807250", "0x60e27464", "0xfcab2e14", "0x45b6554d", "0xcc89a012"],
	Erc20Vault: ["0x035ec584", "0x33c864fe", "0xfcab2e14", "0x45b6554d", "0xcc89a012"],
	PaymentExitGame: ["0x75807250", "0x60e27464", "0xf13f6190"],
	PlasmaFramework: ["0x45045925", "0x24f159c2", "0x8da5cb5b", "0xe30c3978", "0xf2fde38b",
		"0x79ba5097"],
};

const VAULT_EVENTS = [
	"0x39b4e60aa451b822332bf55532a880f11d59a1b401efd7ee18a404f637910775",
	"0x18703effbcb86fc70dd81daf4783ddd3f73d0b8318a097269a56b7c1825be776",
	"0xf0e28330ffbe819e29a41bfd76538529b9ac5b51651631da843897e68e3b36c4",
	"0x3118bd429e57b6ef531301e04353f2fe9c7a3526150ddf54ba2a41c77f5d8725",
];
const ADDED_EVENTS = {
	EthVault: VAULT_EVENTS,
	Erc20Vault: VAULT_EVENTS,
	PaymentExitGame: VAULT_EVENTS.slice(0, 2),
	PlasmaFramework: [
		"0x5f43678597f8ffef8d6bb3363bdac97dadd9f7f82a673fbd482ff661ec2372ba",
		"0x38d16b8cac22d99fc7c124b9cd0de2d3fa1faef420bfe791d8c362d765e22700",
		"0x8be0079c531659141344cd1fd0a4f28419497f9722a3daafe3b4186f6b6457e0",
	],
};

// The public contracts declare these and never emit them.
const NEVER_EMITTED = [
	"0x687401968e501bda2d2d6f880dd1a0a56ff50b1787185ee0b6f4c3fb9fc417ab",
	"0xd5f1fe9d48880b57daa227004b16d320c0eb885d6c49d472d54c16a05fa3179e",
];

const mutability = (word) => (word === "pure" ? "view" : word);

await tap(({ ok, equal }) => {
	const interfaces = new Map();
	for (const file of readdirSync(join(top, "contracts/abi"))) {
		const { contractName, abi, deployedBytecode } = json("contracts/abi", file);
		interfaces.set(contractName, new Interface(abi));
		ok(`${contractName} fits under the limit of code size`, deployedBytecode.length / 2 - 1 < 24576);
	}

	const { functions, events } = json("tests/vectors/abi.json");
	for (const { contract, kind, signature, selector, stateMutability, returns } of functions) {
		if (kind !== "function") continue;
		const ours = interfaces.get(contract)?.getFunction(selector);
		equal(`${contract} has ${signature}`,
			ours && [ours.selector, mutability(ours.stateMutability),
				ours.outputs.map((one) => one.format("sighash"))],
			[selector, mutability(stateMutability), returns]);
	}
	const emitted = new Map();
	for (const one of interfaces.values())
		one.forEachEvent((event) => emitted.set(event.topicHash, event));
	for (const { topic0, full } of events)
		if (!NEVER_EMITTED.includes(topic0))
			equal(`the event ${full} is ours too`,
				emitted.get(topic0)?.format("full"), `event ${full}`);
	for (const [contract, selectors] of Object.entries(ADDED_FUNCTIONS))
		for (const selector of selectors)
			ok(`${contract} has the added function ${selector}`,
				interfaces.get(contract).getFunction(selector) !== null);
	for (const [contract, topics] of Object.entries(ADDED_EVENTS))
		for (const topic of topics)
			ok(`${contract} has the added event ${topic.slice(0, 10)}`,
				interfaces.get(contract).getEvent(topic) !== null);
});
