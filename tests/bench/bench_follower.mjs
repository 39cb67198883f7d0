#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
//	bench_follower.mjs [ETH_BLOCKS]
//
// How fast a follower catches up with a history of eth_blocks, 100,000 unless
// said otherwise, with an event of the contracts in one of a hundred and
// everything proved; and what bounds it: beside the wall time, the CPU time of
// the follower and of the node. Prints one JSON object.
//
// The higher an anvil stands the longer it takes for a block: 6,000 eth_blocks take
// more than a minute to make, 100,000 hours.

import { readFileSync } from "node:fs";

import { ethers } from "ethers";

import { waitFor } from "../support/operator_net.mjs";
import { startChain } from "../support/rootchain_net.mjs";

const ETH_BLOCKS = Number(process.argv[2] ?? 100000);
const APART = 100;
const AT_ONCE = 11; // of those between, by one call, which may be slow

/** Seconds of CPU that a process has used, by clock ticks of 1/100 s. */
function cpuOf(pid) {
	const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Mines with a root of the authority in every hundredth eth_block. */
async function makeHistory(chain) {
	const { node, net } = chain;
	const framework = net.framework(net.authority);
	for (let made = 0; made < ETH_BLOCKS; made += APART) {
		await framework.submitBlock( // mined at once
			ethers.zeroPadValue(ethers.toBeHex(made + 1), 32), { gasLimit: 200000n });
		for (let empty = 0; empty < APART - 1; empty += AT_ONCE)
			await node.rpc("anvil_mine", [ethers.toQuantity(AT_ONCE)]);
	}
}

const chain = await startChain();
try {
	await makeHistory(chain);
	const head = await chain.head;
	const nodeBefore = cpuOf(chain.node.pid);
	const start = performance.now();
	const follower = chain.start("bench", undefined,
		{ env: { PLASMA_ROOTCHAIN_POLL_MS: "100" } });
	let followerCpu = 0;
	let peak = 0;
	await waitFor("the follower to be at the head", () => {
		followerCpu = cpuOf(follower.child.pid);
		peak = Number(/VmHWM:\s+(\d+)/.exec(
			readFileSync(`/proc/${follower.child.pid}/status`, "utf8"))[1]);
		return follower.said.includes("ready");
	}, 3600);
	const seconds = (performance.now() - start) / 1000;
	console.log(JSON.stringify({
		follower_eth_blocks: head, follower_s: Number(seconds.toFixed(2)),
		follower_eth_blocks_per_s: Math.round(head / seconds),
		follower_cpu_s: Number(followerCpu.toFixed(2)),
		follower_node_cpu_s: Number((cpuOf(chain.node.pid) - nodeBefore).toFixed(2)),
		follower_rss_mib: Math.round(peak / 1024),
	}));
} finally {
	await chain.close();
}
