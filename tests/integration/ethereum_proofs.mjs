// SPDX-License-Identifier: MIT
//
// Headers, receipts, lists and proofs of a live root chain of several forks, judged
// by the same readers as the vector files. With a file name as its argument it
// writes what it found there instead (tests/vectors/eth_blocks.json).

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startAnvil } from "../support/anvil.mjs";
import { ethBlocks } from "../support/eth_blocks.mjs";
import { tap } from "../support/tap.mjs";

const BULK = 300; // more than 256, where the keys of a list grow to three bytes
const FORKS = [
	{ fork: "berlin", kinds: [0, 1] },
	{ fork: "london", kinds: [0, 1, 2] },
	{ fork: "shanghai", kinds: [0, 1, 2] },
	{ fork: "cancun", kinds: [0, 1, 2] },
	{ fork: "prague", kinds: [0, 1, 2, 4], bulk: BULK },
];

async function record({ fork, kinds, bulk = 0 }) {
	const node = await startAnvil(["--hardfork", fork]);
	try {
		return await ethBlocks(node, { kinds, bulk });
	} finally {
		node.stop();
	}
}

function judge(folder, file) {
	writeFileSync(join(folder, "eth_blocks.json"), JSON.stringify(file));
	const program = join(process.env.top_builddir ?? "build", "tests", "check-vectors");
	try {
		return execFileSync(program, [folder], { encoding: "utf8", maxBuffer: 1 << 26 });
	} catch (error) {
		return error.stdout ?? error.message;
	}
}

if (process.argv[2]) {
	const file = await record({ fork: "prague", kinds: [0, 1, 2, 4] });
	writeFileSync(process.argv[2], `${JSON.stringify(file, null, 1)}\n`);
	process.exit(0);
}

await tap(async ({ ok, equal, note, atExit }) => {
	const folder = mkdtempSync(join(tmpdir(), "ethereum-proofs-"));
	atExit(() => rmSync(folder, { recursive: true }));
	for (const fork of FORKS) {
		const file = await record(fork);
		const lines = judge(folder, file).split("\n");
		const bad = lines.filter((line) => /^not ok|^Bail out/.test(line));
		const good = lines.filter((line) => line.startsWith("ok ")).length;
		equal(`${fork.fork}: nothing differs from what anvil says`, bad, []);
		ok(`${fork.fork}: much was compared`, good >= 60, `${good} points`);
		note(`${fork.fork}: ${good} points`);

		// The readers do judge: one digit more, and they say so.
		const block = file.blocks.at(-3);
		block.receipts[0].cumulativeGasUsed += "0";
		block.receipts[0].logsBloom = `${block.receipts[0].logsBloom.slice(0, -1)}7`;
		const wrong = judge(folder, file).split("\n")
			.filter((line) => line.startsWith("not ok"));
		ok(`${fork.fork}: a changed receipt is noticed`, wrong.length >= 2);
	}
});
