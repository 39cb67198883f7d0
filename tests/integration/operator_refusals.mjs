#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Whatever is wrong with a payment or a request has its own code, the same one
// every time, and leaves the operator as it was.

import { readFileSync } from "node:fs";
import { connect } from "node:net";

import { ethers } from "ethers";

import {
	position, sign, signedForm, rawPayment,
} from "../support/child_chain.mjs";
import { needFollower, startFollowedNet, waitFor } from "../support/operator_net.mjs";
import { tap } from "../support/tap.mjs";

const ONE = 10n ** 18n;

/** Bytes as they are to the port; what comes back. */
function exchange(port, bytes) {
	return new Promise((resolve, reject) => {
		const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
		let got = "";
		socket.setTimeout(20000, () => socket.destroy(new Error("silence")));
		socket.on("data", (part) => {
			got += part;
			if (got.includes("\r\n\r\n"))
				socket.end();
		});
		socket.on("close", () => resolve(got));
		socket.on("error", reject);
	});
}

await tap(async ({ ok, equal, skipAll, atExit }) => {
	needFollower(skipAll);
	const net = await startFollowedNet(atExit);
	net.writeFees({ [ethers.ZeroAddress]: "10" });
	await net.startOperator({ PLASMA_OPERATOR_BLOCK_INTERVAL_MS: "3600000" });
	const framework = net.network.plasma_framework;
	const alice = await net.person();
	const bob = await net.person();
	const coin = await net.deposit(alice, ONE);
	const other = await net.deposit(alice, ONE);

	const payment = (change = {}) => ({
		inputs: [coin],
		outputs: [{ owner: bob.address, amount: ONE - 10n }],
		...change,
	});
	const code = async (change, wallets = [alice]) =>
		net.submitCode(await sign(framework, payment(change), wallets));
	await waitFor("the deposits to be credited", async () =>
		(await code({ outputs: [{ owner: bob.address, amount: ONE }] })) !==
			"submit:input_unknown" &&
		(await code({ inputs: [other],
			outputs: [{ owner: bob.address, amount: ONE }] })) ===
			"submit:fees_not_covered");

	const good = await sign(framework, payment(), [alice]);
	const elsewhere = await sign(bob.address, payment(), [alice]);
	const cut = good.slice(0, -2);
	const highS = () => {
		const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
		const [[signature]] = ethers.decodeRlp(good);
		const r = signature.slice(2, 66);
		const s = n - BigInt(`0x${signature.slice(66, 130)}`);
		const v = 55 - Number(`0x${signature.slice(130)}`);
		return signedForm(payment(),
			[`0x${r}${s.toString(16).padStart(64, "0")}${v.toString(16)}`]);
	};
	const long = `0x${"00".repeat(5000)}`;
	const fee = ethers.encodeRlp([[], "0x03", [],
		[["0x02", [bob.address, ethers.ZeroAddress, "0x01"]]],
		ethers.ZeroHash, ethers.ZeroHash]);

	const cases = [
		["another contract's signature", elsewhere, "signature_wrong_owner"],
		["another owner's signature", await sign(framework, payment(), [bob]),
			"signature_wrong_owner"],
		["a signature with high s", highS(), "signature_high_s"],
		["no signature", signedForm(payment(), []), "signature_count_mismatch"],
		["a short signature", signedForm(payment(), ["0x0102"]),
			"signature_bad_length"],
		["v of 29", signedForm(payment(), [`0x${"01".repeat(64)}1d`]),
			"signature_bad_v"],
		["a signature of no key", signedForm(payment(),
			[`0x${"00".repeat(31)}01${"00".repeat(32)}1b`]),
			"signature_unrecoverable"],
		["bytes that are cut", cut, "tx_framing"],
		["bytes that are not RLP", "0x0102", "tx_framing"],
		["an unsigned payment", rawPayment(payment()), "tx_framing"],
		["more bytes than any payment has", long, "tx_too_long"],
		["a fee transaction", fee, "fee_tx_not_accepted"],
	];
	// The good payment with one thing written otherwise. Its fields in order:
	// signatures, type, inputs, outputs, data, metadata.
	const altered = (change) => {
		const fields = ethers.decodeRlp(good);
		change(fields);
		return ethers.encodeRlp(fields);
	};
	const word = (value) => ethers.toBeHex(value, 32);
	const output = (...change) => altered((fields) => change.forEach(([at, value]) => {
		fields[3][0][1][at] = value;
	}));
	cases.push(
		["six inputs", altered((fields) => {
			fields[0] = Array(6).fill(fields[0][0]);
			fields[2] = Array.from({ length: 6 }, (_, i) => word(position(i + 1)));
		}), "too_many_inputs"],
		["a field too many", altered((fields) => fields.push("0x")), "tx_malformed_rlp"],
		["a field too few", altered((fields) => fields.pop()), "tx_malformed_rlp"],
		["a type that is none", altered((fields) => {
			fields[1] = "0x07";
		}), "tx_type_not_allowed"],
		["a type with a leading zero", altered((fields) => {
			fields[1] = "0x0001";
		}), "tx_malformed_rlp"],
		["an input of 31 bytes", altered((fields) => {
			fields[2][0] = `0x${fields[2][0].slice(4)}`;
		}), "input_not_32_bytes"],
		["an input of zero", altered((fields) => {
			fields[2][0] = word(0);
		}), "input_zero"],
		["an input beyond all positions", altered((fields) => {
			fields[2][0] = word(2n ** 200n);
		}), "input_position_invalid"],
		["an amount with a leading zero", output([2, "0x00ff"]), "output_malformed"],
		["an amount of 33 bytes", output([2, `0x01${"00".repeat(32)}`]),
			"output_malformed"],
		["an owner of 21 bytes", output([0, `0x${"aa".repeat(21)}`]), "output_malformed"],
		["an output that is no list", altered((fields) => {
			fields[3][0][1] = "0x01";
		}), "output_malformed"],
		["data", altered((fields) => {
			fields[4] = "0x01";
		}), "tx_data_not_zero"],
		["metadata of 31 bytes", altered((fields) => {
			fields[5] = `0x${"00".repeat(31)}`;
		}), "metadata_malformed"],
		["a length in more bytes than it needs",
			`0xfa00${good.slice(4)}`, "tx_framing"],
	);
	/** The codes of one payment by each way in. */
	const everywhere = async (bytes) => {
		const batch = await net.call("transaction.batch_submit", { transactions: [bytes] });
		const bulk = await fetch(`${net.url}/transactions`,
			{ method: "POST", body: ethers.getBytes(bytes) });
		const text = await bulk.text();
		return [await net.submitCode(bytes), await net.submitCode(bytes),
			batch.data?.[0]?.code ?? batch.data?.[0]?.data?.code ?? batch.data?.code,
			JSON.parse(text.split("\n")[0]).code];
	};
	for (const [name, bytes, reason] of cases)
		equal(`${name} is refused with its code, whichever way it comes`,
			[name, ...await everywhere(bytes)], [name, ...Array(4).fill(`submit:${reason}`)]);

	// Behind one another they are two, of which the first is good.
	equal("bytes behind the payment are refused",
		await net.submitCode(`${good}00`), "submit:tx_framing");

	const rules = [
		["a coin that never was", { inputs: [position(1, 0, 1)] }, "input_unknown"],
		["a block that never was", { inputs: [position(99000)] }, "input_unknown"],
		["the same coin twice", { inputs: [coin, coin] }, "duplicate_input"],
		["no output", { outputs: [] }, "no_outputs"],
		["six outputs", { outputs: Array(6).fill({ owner: bob.address, amount: 1n }) },
			"too_many_outputs"],
		["an output of nothing", { outputs: [{ owner: bob.address, amount: 0n }] },
			"output_amount_zero"],
		["an output of nobody",
			{ outputs: [{ owner: ethers.ZeroAddress, amount: 1n }] },
			"output_owner_zero"],
		["an output of type 2",
			{ outputs: [{ type: 2, owner: bob.address, amount: 1n }] },
			"output_type_not_allowed"],
		["more than the coin is worth",
			{ outputs: [{ owner: bob.address, amount: ONE + 1n }] },
			"amounts_do_not_add_up"],
		["amounts that overflow", { outputs: Array(2).fill(
			{ owner: bob.address, amount: 2n ** 256n - 1n }) }, "amount_overflow"],
		["no fee", { outputs: [{ owner: bob.address, amount: ONE }] },
			"fees_not_covered"],
		["too small a fee", { outputs: [{ owner: bob.address, amount: ONE - 9n }] },
			"fees_not_covered"],
		["too high a fee", { outputs: [{ owner: bob.address, amount: ONE - 11n }] },
			"overpaying_fees"],
	];
	for (const [name, change, reason] of rules) {
		const wallets = Array((change.inputs ?? [coin]).length).fill(alice);
		equal(`${name} is refused with its code`,
			await code(change, wallets), `submit:${reason}`);
	}

	const bodies = [
		["an empty body", ""],
		["a body that is not JSON", "{"],
		["a list", "[]"],
		["no transaction", "{}"],
		["a transaction that is a number", '{"transaction":1}'],
		["half a byte", '{"transaction":"0x123"}'],
		["hex without 0x", '{"transaction":"f8"}'],
		["a duplicate key", '{"transaction":"0x01","transaction":"0x02"}'],
		["a number with an exponent", '{"transaction":1e400}'],
		["deep JSON", `{"transaction":${"[".repeat(5000)}${"]".repeat(5000)}}`],
		["bytes behind the object", `{"transaction":"${good}"}x`],
	];
	for (const [name, body] of bodies) {
		const answer = await net.call("transaction.submit", body);
		equal(`${name} is a bad request`,
			[answer.status, answer.success, answer.data?.code],
			[200, false, "operation:bad_request"]);
	}
	const unknown = await net.call("no.such");
	equal("an unknown method has its code",
		[unknown.status, unknown.data.code], [200, "operation:not_found"]);
	const nothing = await net.call("block.get", { hash: ethers.id("no block") });
	equal("an unknown block has its code", nothing.data.code, "get_block:not_found");
	equal("an unknown body is 404",
		(await fetch(`${net.url}/blocks/${"ab".repeat(32)}`)).status, 404);
	equal("a path that climbs is not served",
		(await exchange(net.port,
			"GET /blocks/../operator.db HTTP/1.1\r\nHost: x\r\n" +
				"Connection: close\r\n\r\n")).slice(9, 12), "404");

	const huge = await exchange(net.port, "POST /transaction.submit HTTP/1.1\r\n" +
		"Host: x\r\nContent-Length: 1073741824\r\nConnection: close\r\n\r\n{");
	ok("a gigabyte is refused before it is sent", /^HTTP\/1\.1 413 /.test(huge) ||
		/operation:too_large/.test(huge), huge);
	const ten = await fetch(`${net.url}/transaction.submit`,
		{ method: "POST", body: "x".repeat(10 << 20) }).catch((error) => error);
	ok("ten megabytes are refused", ten instanceof Error || ten.status === 413 ||
		/too_large/.test(await ten.text()));

	const list = await net.call("transaction.batch_submit",
		{ transactions: [long, cut, good, good] });
	equal("a batch has one answer per payment, in order",
		list.data.map((one) => one.code ?? one.data?.code ?? "accepted"),
		["submit:tx_too_long", "submit:tx_framing", "accepted", "submit:input_spent"]);

	const bulkPayment = await sign(framework, payment({ inputs: [other] }), [alice]);
	const bulk = await fetch(`${net.url}/transactions`, { method: "POST",
		body: ethers.getBytes(ethers.concat([good, bulkPayment])) });
	const lines = (await bulk.text()).trim().split("\n").map((line) => JSON.parse(line));
	equal("bulk ingest answers line by line",
		lines.map(({ index, ok: fine, code: why }) => [index, fine, why ?? ""]),
		[[0, false, "submit:input_spent"], [1, true, ""]]);

	// More than are judged at once, and the last one is what cannot be cut.
	const many = await fetch(`${net.url}/transactions`, { method: "POST",
		body: ethers.getBytes(ethers.concat([...Array(5000).fill(good), "0xf8"])) });
	const each = (await many.text()).trim().split("\n").map((line) => JSON.parse(line));
	equal("a long bulk has one line per payment, in order",
		[each.length, each.every(({ index }, at) => index === at),
			[...new Set(each.slice(0, 5000).map((one) => one.code))], each[5000].code],
		[5001, true, ["submit:input_spent"], "submit:tx_framing"]);
	const peak = () => Number(/^VmHWM:\s+(\d+) kB/m.exec(
		readFileSync(`/proc/${net.operator.child.pid}/status`, "utf8"))[1]);
	const before = peak();
	const lists = await fetch(`${net.url}/transactions`,
		{ method: "POST", body: new Uint8Array((64 << 20) - 1).fill(0xc0) });
	equal("lists that are too short for a payment are one bad payment",
		(await lists.text()).trim(),
		JSON.stringify({ index: 0, ok: false, code: "submit:tx_too_long" }));
	const shorts = new Uint8Array((64 << 20) - 1);
	for (let at = 0; at + 64 <= shorts.length; at += 64)
		shorts.set([0xf8, 62], at);
	const answers = await fetch(`${net.url}/transactions`, { method: "POST", body: shorts });
	equal("the shortest that are looked at have a line each",
		(await answers.text()).trim().split("\n").length, 1 << 20);
	// To judge all at once takes more than a gigabyte; bodies and answers are 130 MB,
	// and a sanitizer holds back 256 MB of what was freed.
	ok("neither costs much memory", peak() - before < 600 << 10, `${peak() - before} kB`);

	net.writeFees({ [ethers.ZeroAddress]: "1000000" });
	net.operator.child.kill("SIGHUP");
	await waitFor("the log to tell of the fee file",
		() => /factor/.test(net.operator.said));
	const fees = await net.call("fees.all");
	equal("a fee file that jumps is refused and the old table stays",
		fees.data["1"].map(({ currency, amount }) => [currency, amount]),
		[[ethers.ZeroAddress, 10]]);
	equal("after all that it still answers",
		(await fetch(`${net.url}/livez`)).status, 200);

	// What costs a recovery and is refused is limited for each address.
	const limit = "too_many_refused";
	await net.operator.stop();
	await net.startOperator({ PLASMA_OPERATOR_BLOCK_INTERVAL_MS: "3600000",
		PLASMA_OPERATOR_REFUSED_PER_SECOND: "1" });
	const spent = await sign(framework, payment({ inputs: [position(1000)],
		outputs: [{ owner: bob.address, amount: ONE - 20n }] }), [alice]);
	const flood = await fetch(`${net.url}/transactions`, { method: "POST",
		body: ethers.getBytes(ethers.concat(Array(5).fill(spent))) });
	const codes = new Set((await flood.text()).trim().split("\n")
		.map((line) => JSON.parse(line).code));
	equal("payments of another owner are refused for that", [...codes],
		["submit:signature_wrong_owner"]);
	equal("and then the address has to wait", await net.submitCode(spent),
		`submit:${limit}`);
	await waitFor("the address to be let in again", async () =>
		(await net.submitCode(spent)) === "submit:signature_wrong_owner");
});
