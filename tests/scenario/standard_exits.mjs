// SPDX-License-Identifier: MIT
//
// Group B, standard exits and the queue: what users do to each other.

import { readFileSync, rmSync } from "node:fs";

import { ethers } from "ethers";

import { merkleTree, position, rawDeposit, readBody, sign } from "../support/child_chain.mjs";
import { abiOf, ExitGame } from "../support/exit_game.mjs";
import { program, run, startFollowedNet, waitFor } from "../support/operator_net.mjs";
import { preload } from "../support/power_cut.mjs";
import { ONE, P, WITHHOLDING_LIMIT, World } from "../support/world.mjs";

const needs = ["plasma-rootchain", "plasma-watcher", "watcher/exit_loop.c"];
const BOND = 23300000000000000n;
const PIECES = Number(process.env.PIECES ?? 100);

/** Mallory has paid her deposit to Alice; the watcher is Alice's. */
async function spentCoin(t, { spendIn, ...options } = {}) {
	const world = await World.start(t,
		{ people: ["Alice", "Mallory", "Rival"], ...options });
	const alices = await world.deposit("Alice", 4n * ONE);
	const coin = await world.deposit("Mallory", 5n * ONE);
	const spend = world.pay([coin], [["Alice", 5n * ONE]]);
	const block = await (spendIn ?? ((w, payments) => w.block(payments)))(
		world, [spend]);
	const watcher = await world.watcher("Alice");
	await watcher.check();
	return { world, alices, coin, spend, block, watcher };
}

/** That many deposits in one block of the root chain; gives the next nonce. */
async function depositMany(net, { wallet, ethVault }, count, amount, nonce) {
	const raw = rawDeposit({ owner: wallet.address, amount });
	const call = { value: amount, gasLimit: 200000n };
	const sent = [];
	// anvil can lose a transaction that arrives while it mines the one before.
	await net.node.rpc("evm_setAutomine", [false]);
	for (let i = 0; i < count; i++)
		sent.push(ethVault.deposit(raw, { ...call, nonce: nonce++ }));
	const mined = (await Promise.all(sent)).map((one) => one.wait());
	await net.node.rpc("evm_setAutomine", [true]);
	await net.mine(1);
	await Promise.all(mined);
	return nonce;
}

/** An operator that does not hurry, and all the deposits that there can be between
 * two of its blocks: a watcher knows each of them. */
async function fullInterval(t) {
	const world = await World.start(t, { people: ["Alice", "Mallory"] });
	const first = await world.deposit("Alice", ONE);
	await world.block([world.pay([first], [["Alice", ONE]])]);
	const watcher = await world.watcher("Alice");
	t.equal("before it, all is well", (await watcher.check()).code, 0);
	const mallory = world.game("Mallory");
	const owner = world.address("Mallory");
	const amount = 10n ** 15n;
	const raw = rawDeposit({ owner, amount });
	const [proof] = merkleTree([raw]).proofs;
	let nonce = await mallory.wallet.getNonce();
	for (let left = 999; left > 0; left -= 37)
		nonce = await depositMany(world.net, mallory, 37, amount, nonce);
	const coins = [];
	for (let blknum = 1001; blknum < 2000; blknum++) {
		const at = position(blknum);
		world.referee.deposited(at, { owner, token: ethers.ZeroAddress, amount });
		coins.push({ raw, proof, at, owner, token: ethers.ZeroAddress, amount });
	}
	t.equal("999 deposits are in", await mallory.framework.nextDeposit(), 1000n);
	t.equal("and one more has no place", await world.game("Alice").depositEth(ONE)
		.then(() => "made", () => "refused"), "refused");
	t.equal("the watcher goes on", (await watcher.check()).code, 0);

	const spent = [coins[0], coins[499], coins[998]];
	await world.block([world.pay(spent, [["Alice", 3n * amount]])]);
	t.equal("as it does after a block that spends the first and the last",
		(await watcher.check()).code, 0);
	const honest = await world.deposit("Alice", ONE);
	t.equal("the thousandth goes in after the block", honest.at, position(2001));
	for (const coin of [...spent, coins[997]])
		await mallory.startStandardExit(coin);
	await world.net.mine(3);
	await watcher.settle();
	const stands = [];
	for (const coin of [...spent, coins[997]])
		stands.push((await mallory.standardExit(coin.raw, coin.at)).exitable);
	t.equal("exits of deposits that are spent are challenged, of no other", stands,
		[false, false, false, true]);
}

const challenged = async (world, coin) =>
	(await world.game("Mallory").standardExit(coin.raw, coin.at)).exitable === false;

/** Mallory exits the coin that she has spent; the watcher answers, and gets the
 * bond; she cannot try again before the exit is processed. */
async function exitIsChallenged(t, { world, coin, watcher }) {
	const mallory = world.game("Mallory");
	await mallory.startStandardExit(coin);
	await world.net.mine(3);
	const pass = await watcher.check();
	t.ok("the watcher challenges", await challenged(world, coin), pass.said);
	const { game } = mallory;
	const [event] = await game.queryFilter(game.filters.ExitChallenged(), 0);
	const receipt = await event.getTransactionReceipt();
	const before = await world.net.provider.getBalance(
		receipt.from, receipt.blockNumber - 1);
	const after = await world.net.provider.getBalance(
		receipt.from, receipt.blockNumber);
	t.equal("and receives the bond", after - before, BOND - receipt.fee);
	t.equal("the exit cannot be started again before it is processed",
		await mallory.startStandardExit(coin).then(() => "starts", () => "refused"),
		"refused");
}

/** The exit of a coin that is spent is due when the watcher, which knows no block yet,
 * looks for the first time. */
async function exitIsDueAtFirst(t) {
	const world = await World.start(t, { people: ["Alice", "Mallory"] });
	await world.deposit("Alice", 4n * ONE);
	const coin = await world.deposit("Mallory", 5n * ONE);
	await world.block([world.pay([coin], [["Alice", 5n * ONE]])]);
	const mallory = world.game("Mallory");
	await mallory.startStandardExit(coin);
	await world.pass(P + 60);
	const watcher = await world.watcher("Alice");
	const pass = await watcher.check();
	t.equal("the watcher pays nobody before it knows the blocks",
		await mallory.isFinal(coin.raw, coin.at), false);
	t.ok("and challenges", await challenged(world, coin), pass.said);
}

/** Each of some pieces of memory that a first pass wants is not given: it ends with
 * an error or sees the exit, and the next one sees it. */
async function piecesNotGiven(t, world) {
	const count = world.net.file("wanted");
	// Without a key: OpenSSL 3.0 does not bear it while it learns a cipher.
	const check = (folder, piece) => run(program("plasma-watcher"), ["check", "--act", "print",
		"--network", world.net.file("net.conf"), "--snapshot", world.net.snapshot,
		"--datadir", world.net.file(folder), "--root-rpc", world.net.node.url,
		"--source", world.evil.url, "--owner", world.address("Alice")],
	{ env: { ...process.env, ...preload(world.net, "failing_memory"),
		PLASMA_WATCHER_SNAPSHOT_MAX_AGE: "86400", // the follower stands still
		FAILING_MEMORY: `${piece}`, FAILING_MEMORY_COUNT: count } });
	t.equal("with all its memory it sees the exit", (await check("all", 0)).status, 2);
	const wanted = Number(readFileSync(count, "utf8"));
	const ended = {};
	const others = [];
	for (let i = 1; i <= PIECES; i++) {
		const piece = Math.ceil(i * wanted / PIECES);
		const { status, stdout, stderr } = await check(`but-${piece}`, piece);
		const { status: next } = await check(`but-${piece}`, 0);
		rmSync(world.net.file(`but-${piece}`), { recursive: true }); // its reserve is large
		ended[status] = (ended[status] ?? 0) + 1;
		if (![2, 3, 70].includes(status) || next !== 2)
			others.push(`${piece}: ${status} ${stdout}${stderr}, then ${next}`);
	}
	t.note(`${wanted} pieces; ended by code: ${JSON.stringify(ended)}`);
	t.equal("without one of them it sees the exit now, or ends with an error and sees it then",
		others, []);
	t.ok("and some end so", ended[3] > 0);
}

async function nothingMoreIsSent(t, world, watcher, name) {
	const count = () =>
		world.net.provider.getTransactionCount(world.address(name));
	await world.net.mine(3);
	const before = await count();
	let pass;
	for (let i = 0; i < 3; i++) {
		pass = await watcher.check();
		await world.net.mine(3);
	}
	t.equal("nothing more is sent", await count(), before);
	return pass;
}

export const scenarios = [{
	id: "B-01", title: "an exit of a spent output is challenged, wherever the spend was seen",
	needs,
	async run(t) {
		t.note("the spend is in an applied block");
		await exitIsChallenged(t, await spentCoin(t));
		t.note("the spend is in an invalid block only");
		await exitIsChallenged(t, await spentCoin(t, { spendIn: (world, payments) =>
			world.badBlock("payment_without_inputs", { payments }) }));
		t.note("the spend is in a block that was withheld and then revealed");
		const withheld = await spentCoin(t, { spendIn: (world, payments) =>
			world.block(payments, { serve: "withhold", honest: false }) });
		await withheld.world.pass(WITHHOLDING_LIMIT + 60);
		await withheld.watcher.check();
		withheld.world.evil.policy(withheld.block.root, "yes");
		await withheld.watcher.check();
		await exitIsChallenged(t, withheld);
		t.note("the spend is in the call data of an in-flight exit only");
		const inFlight = await spentCoin(t, { spendIn: async () => undefined });
		await inFlight.world.game("Mallory").startInFlightExit({
			raw: inFlight.spend.raw, inputs: [inFlight.coin],
			witnesses: await inFlight.world.witnesses(inFlight.spend) });
		await inFlight.world.net.mine(3);
		await inFlight.watcher.check();
		await exitIsChallenged(t, inFlight);
		t.note("the exit is due when the watcher starts");
		await exitIsDueAtFirst(t);
	},
}, {
	id: "B-03", title: "a challenge copied by somebody faster is a challenge all the same",
	needs,
	async run(t) {
		const { world, coin, spend, watcher } = await spentCoin(t);
		const { node, provider } = world.net;
		await world.game("Mallory").startStandardExit(coin);
		await world.net.mine(3);
		await node.rpc("evm_setAutomine", [false]);
		await watcher.check();
		const pending = await node.rpc("txpool_content");
		t.ok("the watcher's challenge waits",
			Object.keys(pending.pending).length === 1, JSON.stringify(pending));
		const rival = world.game("Rival");
		const [witness] = await world.witnesses(spend);
		const call = await rival.game.challengeStandardExit.populateTransaction([
			BigInt(ethers.keccak256(ethers.concat([coin.raw, ethers.ZeroHash,
				ethers.toBeHex(coin.at, 32)]))) >> 89n,
			coin.raw, spend.raw, 0, witness, ethers.keccak256(rival.wallet.address)]);
		await rival.wallet.sendTransaction({ ...call, gasLimit: 500000n,
			maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 5n * 10n ** 11n });
		await node.rpc("evm_setAutomine", [true]);
		await world.net.mine(1);
		t.ok("the exit is challenged", await challenged(world, coin));
		const [event] = await rival.game.queryFilter(
			rival.game.filters.ExitChallenged(), 0);
		t.equal("by the rival", (await event.getTransactionReceipt()).from,
			rival.wallet.address);
		await watcher.check();
		const pass = await nothingMoreIsSent(t, world, watcher, "Alice");
		t.equal("and the watcher is content", pass.code, 0);
		t.ok("the head is ours to read", await provider.getBlockNumber() > 0);
	},
}, {
	id: "B-04", title: "a challenge that costs more than its bond is sent all the same",
	needs,
	async run(t) {
		const { world, coin, watcher } = await spentCoin(t);
		const { node } = world.net;
		await world.game("Mallory").startStandardExit(coin);
		await world.net.mine(3);
		const dear = 300n * 10n ** 9n;
		for (let i = 0; i < 4 && !await challenged(world, coin); i++) {
			await node.rpc("anvil_setNextBlockBaseFeePerGas", [ethers.toQuantity(dear)]);
			await world.net.mine(1);
			await node.rpc("anvil_setNextBlockBaseFeePerGas", [ethers.toQuantity(dear)]);
			await watcher.check();
			await world.net.mine(1);
		}
		t.ok("it is challenged", await challenged(world, coin));
		const { game } = world.game("Mallory");
		const [event] = await game.queryFilter(game.filters.ExitChallenged(), 0);
		const receipt = await event.getTransactionReceipt();
		t.ok("at 250 gwei or more", receipt.gasPrice >= 250n * 10n ** 9n,
			`${receipt.gasPrice}`);
		t.ok("for more than the bond", receipt.fee > BOND ||
			receipt.gasUsed * dear > BOND, `${receipt.fee}`);
	},
}, {
	id: "B-19", title: "a thousand tiny deposits do not keep an honest one out",
	needs: ["plasma-operator", "plasma-rootchain"],
	async run(t) {
		const net = await startFollowedNet(t.atExit);
		// Blocks of their own accord come once an hour.
		await net.startOperator({ PLASMA_OPERATOR_BLOCK_INTERVAL_MS: "3600000" });
		const alice = await net.person();
		const mallory = new ExitGame(net.network, await net.person());
		const coin = await net.deposit(alice, ONE);
		// One payment, whose fee becomes the operator's coin; then nobody pays.
		const bytes = await sign(net.network.plasma_framework, { inputs: [coin],
			outputs: [{ owner: alice.address, amount: ONE - 1n }] }, [alice]);
		await waitFor("a payment to be accepted", async () =>
			(await net.submit(bytes)).success);
		await net.call("block.form");
		await net.committed(1000);
		const most = 10n ** 15n;
		let nonce = await mallory.wallet.getNonce();
		const { framework } = mallory;
		let highest = 0n;
		for (let i = 0; i < 1100; i += 20) {
			nonce = await depositMany(net, mallory, 20, most, nonce);
			const next = await framework.nextDeposit();
			highest = next > highest ? next : highest;
			// Blocks of the root chain take their time; so does griefing.
			if (next >= 500n)
				await waitFor("an early block", async () => {
					await net.mine(1);
					return await framework.nextDeposit() < 500n;
				});
		}
		t.ok("the operator commits early, long before the thousandth",
			highest < 600n, `${highest}`);
		t.equal("one block per five hundred deposits, for which it pays itself",
			await framework.nextChildBlock(), 4000n);
		const transactions = [];
		for (const blknum of [2000, 3000])
			transactions.push(...readBody(await net.body(await net.rootOf(blknum))));
		t.equal("each moves the coin of the operator and costs nothing",
			transactions.map(({ raw }) => {
				const [, inputs, [[, [owner, , amount]]]] = ethers.decodeRlp(raw);
				return [inputs.length, ethers.getAddress(owner), BigInt(amount)];
			}), Array(2).fill([1, net.authority.address, 1n]));
		const game = new ExitGame(net.network, alice);
		t.ok("and an honest deposit goes in", await game.depositEth(ONE) > 0n);
		await fullInterval(t);
	},
}, {
	id: "B-20", title: "a deposit overtaken by an invalid block leaves at once, and is paid first",
	needs,
	async run(t) {
		const world = await World.start(t, { people: ["Alice", "Mallory"] });
		const first = await world.deposit("Mallory", ONE);
		await world.block([world.pay([first], [["Mallory", ONE]])]);
		const watcher = await world.watcher("Alice");
		await watcher.check();
		const mallorys = { at: 1000000000000n };
		const bad = await world.badBlock("amounts_do_not_add_up", {
			input: mallorys.at, key: world.people.Mallory.wallet.privateKey,
			thief: world.address("Mallory"), amount: `${100n * ONE}` });
		const coin = await world.deposit("Alice", 6n * ONE);
		const pass = await watcher.settle();
		t.equal("it is CRITICAL", pass.code, 2);
		const record = await world.game("Alice").standardExit(coin.raw, coin.at);
		t.ok("the deposit is exiting", record?.exitable === true);
		const { cut } = await import("../support/hostile_operator.mjs");
		const { raws } = cut(bad.body);
		const invented = { raw: raws[0], at: position(bad.blknum, 0, 0),
			proof: merkleTree(raws).proofs[0] };
		await world.game("Mallory").startStandardExit(invented);
		world.referee.exits(world.referee.coinsOf(world.address("Alice")));
		await world.pass(P + 60);
		await watcher.settle();
		t.equal("a week later the deposit is paid",
			await world.game("Alice").isFinal(coin.raw, coin.at), true);
		t.equal("and the invention is not",
			await world.game("Alice").isFinal(invented.raw, invented.at), false);
		await world.balances(t, ["Alice"]);
	},
}, {
	id: "B-23", title: "processing never depends on who is at the head of the queue",
	needs,
	async run(t) {
		const world = await World.start(t, { people: ["Alice", "Mallory"] });
		const hers = await world.deposit("Mallory", ONE);
		const coin = await world.deposit("Alice", 3n * ONE);
		const watcher = await world.watcher("Alice");
		await watcher.check();
		await world.game("Mallory").startStandardExit(hers);
		await world.game("Alice").startStandardExit(coin);
		await world.net.mine(3);
		await watcher.check();
		await world.pass(P + 60);
		await world.game("Mallory").processExits(undefined, 1n);
		await watcher.settle();
		t.equal("Alice is paid",
			await world.game("Alice").isFinal(coin.raw, coin.at), true);
		const { provider } = world.net;
		const heads = [];
		for (let n = await provider.getBlockNumber(); n > 0; n--) {
			const block = await provider.getBlock(n, true);
			for (const tx of block.prefetchedTransactions)
				if (tx.from === world.address("Alice") &&
				    tx.to === world.network.plasma_framework)
					heads.push(abiOf("PlasmaFramework")
						.parseTransaction(tx).args.topExitId ??
						abiOf("PlasmaFramework").parseTransaction(tx).args[2]);
		}
		t.ok("the watcher has it processed", heads.length > 0);
		t.ok("and names no head", heads.every((id) => id === 0n), heads.join());
	},
}, {
	id: "B-24", title: "nobody processes: the watcher drains the queue before its owner's exit",
	needs,
	async run(t) {
		const others = Number(process.env.EXITS ?? 120);
		const world = await World.start(t, { people: ["Alice", "Mallory"] });
		const deposit = await world.deposit("Mallory", 400n * ONE);
		let last = [[deposit]];
		const coins = [];
		// Each block splits one coin into four and the rest.
		while (coins.length < others) {
			const [rest] = last[0].slice(-1);
			const more = await world.block([world.pay([rest], [
				...Array(4).fill(["Mallory", ONE]),
				["Mallory", rest.amount - 4n * ONE]])]);
			coins.push(...more[0].slice(0, 4));
			last = more;
		}
		// Younger than all of them, so that it is the last one paid.
		const deposit2 = await world.deposit("Alice", 2n * ONE);
		const [[alices]] = await world.block(
			[world.pay([deposit2], [["Alice", 2n * ONE]])]);
		const mallory = world.game("Mallory");
		for (const coin of coins)
			await mallory.startStandardExit(coin);
		await world.game("Alice").startStandardExit(alices);
		await world.net.mine(3);
		world.referee.exits([...coins, alices]
			.map(({ at }) => ({ at, ...world.referee.coins.get(at) })));
		const watcher = await world.watcher("Alice");
		await watcher.check();
		await world.pass(2 * P + 60);
		await watcher.settle(30);
		t.equal("Alice is paid",
			await world.game("Alice").isFinal(alices.raw, alices.at), true);
		t.equal("the queue is empty", await mallory.queueLength(), 0n);
		const { framework } = mallory;
		const calls = await framework.queryFilter(
			framework.filters.ProcessedExitsNum(), 0);
		let most = 0n;
		for (const call of calls) {
			const { gasLimit } = await call.getTransaction();
			most = gasLimit > most ? gasLimit : most;
		}
		t.ok("no call asked for more gas than a transaction may have",
			most <= 16777216n, `${most}`);
		t.note(`${coins.length + 1} exits in ${calls.length} calls`);
		await world.balances(t);
	},
}, {
	id: "B-26", title: "a bond that changes between reading and sending costs one more try",
	needs,
	async run(t) {
		const world = await World.start(t, { people: ["Alice", "Mallory"] });
		const coin = await world.deposit("Alice", 4n * ONE);
		const watcher = await world.watcher("Alice");
		await watcher.check();
		const maintainer = new ethers.Contract(world.network.payment_exit_game,
			abiOf("PaymentExitGame"), world.net.deployer);
		const raised = 2n * BOND;
		const receipt = await (await maintainer.updateStartStandardExitBondSize(
			raised, 5350000000000000n)).wait();
		const { timestamp } = await receipt.getBlock();
		await world.net.mine(3);
		await watcher.check();
		await world.passTo(timestamp + 172800 - 30);
		await world.badBlock("payment_without_inputs");
		await world.net.node.rpc("evm_setNextBlockTimestamp", [timestamp + 172801]);
		await watcher.settle();
		const record = await world.game("Alice").standardExit(coin.raw, coin.at);
		t.ok("the coin is exiting", record?.exitable === true);
		t.equal("with the bond of now", record.bondSize, raised);
		world.referee.exits(world.referee.coinsOf(world.address("Alice")));
		await world.pass(2 * P);
		await watcher.settle();
		await world.balances(t, ["Alice"]);
	},
}, {
	id: "D-06", title: "an exit that a reorganisation takes and that comes back later is answered again",
	needs,
	async run(t) {
		const { world, coin, watcher } = await spentCoin(t,
			{ slots: 8 });
		const { node } = world.net;
		const mallory = world.game("Mallory");
		const before = await world.net.provider.getBlockNumber();
		await mallory.startStandardExit(coin);
		await world.net.mine(1);
		await watcher.check();
		await world.net.mine(1);
		t.ok("it is challenged", await challenged(world, coin));
		const depth = await world.net.provider.getBlockNumber() - before;
		await node.rpc("anvil_reorg", [depth, []]);
		t.equal("then there is no exit",
			await mallory.standardExit(coin.raw, coin.at), null);
		await watcher.check();
		await world.net.mine(2);
		await watcher.check();
		await mallory.startStandardExit(coin);
		await world.net.mine(1);
		for (let i = 0; i < 4 && !await challenged(world, coin); i++) {
			await watcher.check();
			await world.net.mine(1);
		}
		t.ok("when it comes back it is challenged again",
			await challenged(world, coin));
		const { game } = mallory;
		t.equal("once", (await game.queryFilter(
			game.filters.ExitChallenged(), 0)).length, 1);
		await world.net.mine(20);
		const pass = await watcher.settle();
		t.equal("and all is well", pass.code, 0);
	},
}, {
	id: "G-10", title: "the authority's key is stolen: the operator stops, everybody leaves",
	needs: ["plasma-operator", ...needs],
	async run(t) {
		const world = await World.start(t, { people: ["Alice"] });
		const { net } = world;
		net.writeFees();
		await world.follow();
		await net.startFollower();
		await net.startOperator();
		const coin = await world.deposit("Alice", 5n * ONE);
		const payment = world.pay([coin], [["Alice", 5n * ONE - 1n]]);
		const bytes = await world.signed(payment);
		await waitFor("the payment to be accepted", async () =>
			(await net.submit(bytes)).success);
		await net.committed(1000);
		await net.mine(3);
		const watcher = await world.watcher("Alice", { sources: [net.url] });
		t.equal("before it, all is well", (await watcher.check()).code, 0);
		const { time } = await world.evil.commitRoot(ethers.id("junk"));
		await net.mine(3);
		await waitFor("the operator to stop", async () =>
			!(await fetch(`${net.url}/readyz`)).ok);
		const again = world.pay([{ ...coin, at: 1000000000000n,
			owner: world.address("Alice") }], [["Alice", 5n * ONE - 2n]]);
		t.equal("it takes no payment any more",
			await net.submitCode(await world.signed(again)), "submit:chain_halted");
		await world.pass(WITHHOLDING_LIMIT + 60);
		await watcher.settle();
		t.ok("a root whose body nobody has is a block withheld",
			watcher.passes.some(({ said }) => said.includes("block_withholding")));
		t.ok("and Alice's change exits", Boolean(await world.game("Alice")
			.standardExit(payment.raw, 1000000000000n)));
		t.ok("in time", await world.now() < time + P);
	},
}, {
	id: "F-17", title: "memory that ends anywhere costs no challenge", needs,
	async run(t) {
		const { world, coin, watcher } = await spentCoin(t);
		await world.game("Mallory").startStandardExit(coin);
		await world.net.mine(3);
		await world.follow();
		if (readFileSync(program("plasma-watcher")).includes("__asan_init")) {
			t.note("a sanitizer has a heap of its own, and ends by signals");
			return;
		}
		await piecesNotGiven(t, world);
		const check = (mebibytes) => run("prlimit", [`--as=${mebibytes << 20}`,
			program("plasma-watcher"), "check", "--act", "do", ...watcher.options()]);
		const ended = [];
		let wrong = 0;
		for (let mebibytes = 16; mebibytes <= 256 && ended.at(-1) !== 2; mebibytes += 4) {
			const { status, stdout } = await check(mebibytes);
			ended.push(status);
			if (/^(OK|WARNING)/.test(stdout) && !await challenged(world, coin))
				wrong++;
		}
		t.note(`ended by code or signal: ${ended.join(" ")}`);
		t.ok("some end for want of memory", ended.filter((end) => end !== 2).length > 1);
		t.equal("and none of those says that all is well", wrong, 0);
		t.equal("or ends by a signal", ended.filter((end) => !(end >= 0)), []);
		await watcher.settle();
		t.ok("the exit is challenged", await challenged(world, coin));
		await nothingMoreIsSent(t, world, watcher, "Alice");
		await world.balances(t);
	},
}];
