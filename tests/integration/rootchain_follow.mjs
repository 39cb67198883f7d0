#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The follower against anvil: what it writes is what a fresh follower writes,
// whatever happened to the chain in between, and a portable copy can be proved.

import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";

import { ethers } from "ethers";

import { startProxy } from "../support/chaos_proxy.mjs";
import { program, run } from "../support/operator_net.mjs";
import { startChain } from "../support/rootchain_net.mjs";
import { tap } from "../support/tap.mjs";

const ONE = 10n ** 18n;

await tap(async ({ ok, equal, atExit }) => {
	const chain = await startChain({ slots: 4 });
	atExit(() => chain.close());
	const alice = await chain.net.person();
	const bob = await chain.net.person();

	await chain.follow("one");
	let status = await chain.status("one");
	equal("the first poll ends at the head", status.head_hash, await chain.headHash());
	equal("an empty child chain waits for block 1000 and deposit 1",
		[status.next_child_block, status.next_deposit], [1000, 1]);

	await chain.deposit(alice, ONE);
	await chain.submit();
	await chain.deposit(bob, 2n * ONE);
	await chain.follow("one");
	status = await chain.status("one");
	equal("deposits and blocks are counted",
		[status.next_child_block, status.next_deposit], [2000, 2]);
	equal("a fresh follower has the same digest",
		await chain.digest("one"), await chain.freshDigest());

	// Reorganisations of every depth, each with something else in its place.
	let generation = 0;
	for (const depth of [1, 2, 3, 5, 8]) {
		await chain.reorganise(depth);
		if (depth % 2)
			await chain.deposit(alice, BigInt(depth) * ONE);
		await chain.follow("one");
		generation++;
		status = await chain.status("one");
		equal(`a reorganisation of ${depth} is undone and replayed`,
			[status.head_hash, status.generation],
			[await chain.headHash(), generation]);
		equal(`and after ${depth} the digest is a fresh follower's`,
			await chain.digest("one"), await chain.freshDigest());
	}

	await chain.mine(20);
	await chain.follow("one");
	const before = await chain.status("one");
	await chain.reorganise(before.head - before.finalized + 1);
	const loud = await chain.command("one", ["follow", "--once"]);
	status = await chain.status("one");
	ok("replacing a finalized eth_block is said as an error",
		loud.stderr.includes("level=error") &&
			loud.stderr.includes("finalized"), loud.stderr);
	equal("and stays in the snapshot", status.finality_broken, true);

	await chain.pass(7 * 86400);
	await chain.follow("one");
	await chain.reorganise(2);
	await chain.mine(1);
	await chain.follow("one");
	equal("time that goes backwards is followed",
		await chain.digest("one"), await chain.freshDigest());

	const file = chain.file("copy.db");
	const written = await chain.command("one", ["snapshot", file]);
	equal("a portable snapshot is written", written.status, 0);
	const unasked = await chain.command("one", ["snapshot", file]);
	ok("no file is replaced unasked", unasked.status === 73 &&
		unasked.stderr.includes("--force"), unasked.stderr);
	equal("but when it is asked",
		(await chain.command("one", ["snapshot", file, "--force"])).status, 0);
	ok("with its digest beside it", existsSync(`${file}.digest`) &&
		readFileSync(`${file}.digest`, "utf8").includes(await chain.digest("one")));
	equal("nothing else is left", existsSync(`${file}-wal`), false);
	const proved = await chain.command("other", ["verify", file]);
	equal("somebody else can prove it", [proved.status, proved.stdout.split("\n")[0]],
		[0, `ok: ${await chain.digest("one")}`]);
	const online = await chain.command("other", ["verify", "--online", file]);
	equal("and ask whether its head is on the chain", online.status, 0);
	const alone = await chain.command("other", ["verify", "--online", file], undefined,
		["--quorum", "0"]);
	ok("one endpoint does not confirm it, unless it is said to be enough",
		alone.status !== 0 && /1 of 2 endpoints confirm/.test(alone.stderr), alone.stderr);
	equal("digest FILE is the same",
		(await chain.json("other", ["digest", file])).digest, await chain.digest("one"));

	const imported = await chain.command("two", ["import", file]);
	equal("it can be imported", [imported.status, imported.stderr], [0, ""]);
	equal("and then has the same digest", await chain.digest("two"), await chain.digest("one"));
	const again = await chain.command("two", ["import", file]);
	ok("but not twice: it is not newer",
		again.status === 1 && again.stderr.includes("not newer"), again.stderr);
	await chain.deposit(alice, ONE);
	await chain.follow("two");
	equal("who imported goes on by itself", await chain.digest("two"), await chain.freshDigest());

	const packed = chain.file("copy.zst");
	equal("a compressed one is written", (await chain.command("one",
		["snapshot", packed])).status, 0);
	const packedBytes = readFileSync(packed);
	ok("and is smaller", packedBytes.length < readFileSync(file).length / 2 &&
		packedBytes.readUInt32LE(0) === 0xfd2fb528);
	equal("it has the same digest", (await chain.json("other", ["digest", packed])).digest,
		await chain.digest("one"));
	equal("it can be proved", (await chain.command("other", ["verify", packed])).status, 0);
	equal("and imported", (await chain.command("packed", ["import", packed])).status, 0);
	equal("with the same digest", await chain.digest("packed"), await chain.digest("one"));
	const refusesPacked = async (claim, content, why) => {
		writeFileSync(packed, content);
		const { status, stderr } = await chain.command("four", ["import", packed]);
		ok(claim, status === 65 && why.test(stderr), stderr);
	};
	await refusesPacked("a compressed one that is cut off is refused by name",
		packedBytes.subarray(0, packedBytes.length - 1), /copy\.zst: it is cut off/);
	const flipped = Buffer.from(packedBytes);
	flipped[flipped.length - 1] ^= 1;
	await refusesPacked("a changed one, too", flipped, /copy\.zst: /);
	await refusesPacked("one that says that it needs a gigabyte of memory, too",
		Buffer.concat([packedBytes.subarray(0, 4), Buffer.from([0x00, 0xa0])]),
		/copy\.zst: .*memory/);
	// Repeated bytes without end: one block of 128 KiB costs four bytes.
	const bomb = Buffer.concat([Buffer.from("28b52ffd0038", "hex"),
		...Array(4000).fill(Buffer.from("02001000", "hex"))]);
	await refusesPacked("one that grows without end, too", bomb,
		/copy\.zst: it becomes more than 200 times as large/);

	const bytes = readFileSync(file);
	writeFileSync(file, bytes.subarray(0, bytes.length - 4096));
	const cut = await chain.command("three", ["import", file]);
	ok("a truncated file is refused by name",
		cut.status === 65 && cut.stderr.includes("digest beside"), cut.stderr);
	rmSync(`${file}.digest`);
	const cutWithout = await chain.command("three", ["import", file]);
	ok("without its digest, too",
		cutWithout.status === 65 && cutWithout.stderr.includes("truncated"),
		cutWithout.stderr);
	writeFileSync(file, bytes.subarray(0, bytes.length - 16384));
	equal("and cut by a whole page", (await chain.command("three", ["import", file])).status, 65);
	writeFileSync(file, bytes);
	const foreign = await startChain();
	atExit(() => foreign.close());
	const refused = await foreign.command("three", ["import", file]);
	ok("a foreign one is refused by name",
		refused.status === 65 && refused.stderr.includes("another network"),
		refused.stderr);
	copyFileSync(file, chain.file("moved.db"));
	await chain.reorganise(12);
	const gone = await chain.command("other", ["verify", "--online", file]);
	ok("a snapshot whose head is gone from the chain is refused online",
		gone.status === 1 && gone.stderr.includes("another eth_block"), gone.stderr);

	const plain = await chain.command("one", ["follow", "--once"], [chain.node.url],
		["--proofs", "off"]);
	equal("without proofs it follows, too", plain.status, 0);
	equal("and says so", (await chain.status("one")).proofs, "off");

	const well = await chain.command("two", ["doctor"]);
	ok("the doctor finds everything well, or says what is not", well.status <= 1 &&
		/^ok +the network file/m.test(well.stdout) &&
		/proofs of state/.test(well.stdout), well.stdout + well.stderr);
	const lonely = await chain.command("two", ["doctor"], ["http://127.0.0.1:1"]);
	ok("a dead endpoint is what the doctor finds", lonely.status === 1 &&
		/^WRONG http:\/\/127.0.0.1:1/m.test(lonely.stdout), lonely.stdout);
	const said = await chain.command("two", ["explain", "PLR-003"]);
	ok("a warning is explained", said.stdout.includes("finality_broken"), said.stdout);

	// A deposit whose bytes the event does not tell.
	const vault = new ethers.Contract(chain.net.network.eth_vault,
		["function deposit(bytes) payable"], bob);
	const raw = ethers.encodeRlp(["0x01", [],
		[["0x01", [bob.address, ethers.ZeroAddress, ethers.toBeHex(ONE)]]],
		"0x", ethers.id("not zero")]);
	await (await vault.deposit(raw, { value: ONE })).wait();
	await chain.follow("one");
	const withBytes = await chain.command("one", ["verify"]);
	equal("a deposit with metadata is found in its transaction",
		[withBytes.status, withBytes.stderr], [0, ""]);

	// One that a contract makes: it forwards what it is called with to the vault.
	const runtime = ethers.concat(["0x365f5f375f5f365f3473", vault.target, "0x5af100"]);
	const size = ethers.toBeHex(ethers.dataLength(runtime));
	const made = await (await bob.sendTransaction({ data: ethers.concat(["0x60", size,
		"0x600a5f3960", size, "0x5ff3", runtime]) })).wait();
	const forwarded = ethers.encodeRlp(["0x01", [],
		[["0x01", [made.contractAddress, ethers.ZeroAddress, ethers.toBeHex(ONE)]]],
		"0x", ethers.id("by a contract")]);
	const sent = await (await bob.sendTransaction({ to: made.contractAddress, value: ONE,
		gasLimit: 1000000n, // an estimate lets the inner call run out of it
		data: vault.interface.encodeFunctionData("deposit", [forwarded]) })).wait();
	equal("the contract's deposit is taken by the vault", sent.logs.length, 1);
	const traced = await chain.command("one", ["follow", "--once"]);
	ok("a deposit that a contract made is found in a trace", traced.status === 0 &&
		!traced.stderr.includes("not known"), traced.stderr);
	equal("and proved", (await chain.command("one", ["verify"])).status, 0);

	// A poll that fails after its ranges: what they left was never checked.
	const proxy = await startProxy(chain.node.url);
	atExit(() => proxy.close());
	const failAtTheHead = async (name) => {
		proxy.rule({ method: "eth_getProof", fault: "refuse" });
		const { status } = await chain.command(name, ["follow", "--once"], [proxy.url], [],
			{ PLASMA_ROOTCHAIN_ETH_BLOCKS_PER_RANGE: "8" });
		proxy.clear();
		return status;
	};
	await chain.follow("late");
	await chain.depositWith(ethers.id("metadata"), bob, ONE);
	await chain.mine(20);
	const whole = chain.file("whole.db");
	await chain.follow("whole");
	await chain.command("whole", ["snapshot", whole]);
	for (const [who, name] of [["a first poll", "half"], ["a later poll", "late"]]) {
		equal(`${who} fails at the head`, await failAtTheHead(name), 76);
		equal(`after ${who} a snapshot can be imported`,
			(await chain.command(name, ["import", whole])).status, 0);
		equal(`and nothing stays of what ${who} left`, await chain.digest(name),
			await chain.digest("whole"));
	}

	// Bytes that the event does not tell: no endpoint can deny them.
	const unknown = async (name) => (await run("sqlite3", [
		`${chain.folder(name)}/rootchain.db`, `SELECT count(*) FROM child_blocks
			WHERE deposit_tx IS NULL AND blknum % 1000 != 0`])).stdout.trim();
	const deny = () => {
		proxy.rule({ method: "eth_getTransactionByHash", fault: "null" });
		proxy.rule({ method: "debug_traceTransaction", fault: "refuse" });
	};
	deny();
	await chain.follow("denied", [proxy.url]);
	equal("the bytes of a deposit are those of the proved transaction, if it says them",
		await unknown("denied"), "1");
	/** What a watcher that reads the snapshot of that follower says of bytes. */
	const watched = async () => {
		const datadir = chain.net.file("watcher-denied");
		await run(program("plasma-watcher"), ["check", "--network",
			chain.net.file("net.conf"), "--source", chain.node.url, "--snapshot",
			`${chain.folder("denied")}/rootchain.db`, "--datadir", datadir]);
		const { stdout } = await run(program("plasma-watcher"),
			["status", "--json", "--datadir", datadir]);
		const without = await run("sqlite3", [`${datadir}/watcher.db`,
			"SELECT count(*) FROM deposits WHERE raw IS NULL"]);
		return [JSON.parse(stdout).events.filter(({ event }) =>
			event === "deposit_bytes_unknown").length, without.stdout.trim()];
	};
	equal("a watcher says so", await watched(), [1, "1"]);
	await chain.follow("both", [proxy.url, chain.node.url]);
	equal("what one endpoint does not trace another does", await unknown("both"), "0");
	proxy.clear();
	await chain.mine(1);
	await chain.follow("denied", [proxy.url]);
	equal("and what nobody traced is traced later", await unknown("denied"), "0");
	equal("which the watcher takes over", await watched(), [0, "0"]);
	equal("the digest is the same", await chain.digest("denied"), await chain.freshDigest());

	// And then everybody's head is one between ours and what it left.
	const poll = () => chain.command("late", ["follow", "--once"], [proxy.url]);
	for (let i = 0; i < 4; i++) {
		await chain.depositWith(ethers.id("metadata"), alice, ONE);
		await chain.mine(9);
	}
	const top = await chain.head;
	equal("a poll fails behind its ranges", await failAtTheHead("late"), 76);
	proxy.freeze(top - 20);
	const agreed = await poll();
	equal("a head between is taken", [agreed.status, (await chain.status("late")).head],
		[0, top - 20]);
	proxy.freeze(top - 25);
	const behind = await poll();
	equal("one below is not", [behind.status, (await chain.status("late")).head],
		[0, top - 20]);
	proxy.clear();
	await chain.follow("late");
	equal("all that was stored is right again", await chain.digest("late"),
		await chain.freshDigest());

	// An endpoint that votes for one eth_block and then shows another.
	await chain.mine(20);
	await chain.deposit(alice, ONE); // without it the other would be the same
	await chain.mine(20);
	const next = await chain.head;
	equal("once more a poll fails", await failAtTheHead("late"), 76);
	const undone = await chain.node.rpc("eth_getBlockByNumber",
		[ethers.toQuantity(next - 20), false]);
	await chain.reorganise(25);
	proxy.freeze(next - 20);
	const shown = proxy.rule({ method: "eth_getBlockByNumber", from: 5, count: 1,
		edit: () => undone });
	const two = await poll();
	ok("who shows another eth_block than it voted for is refused", two.status === 76 &&
		two.stderr.includes("voted for") && shown.used === 1, two.stderr);
	equal("and the head stays", (await chain.status("late")).head, top);
	proxy.clear();
	await chain.follow("late");
	equal("until it is well", await chain.digest("late"), await chain.freshDigest());
});
