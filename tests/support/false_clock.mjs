// SPDX-License-Identifier: MIT
//
// A watcher whose wall clock says what it is told: false_clock.c, loaded in front
// of it.

import { writeFileSync } from "node:fs";

import { program, run } from "./operator_net.mjs";
import { preload } from "./power_cut.mjs";

/** One pass of a watcher of Alice's with this clock, which its follower has, too,
 * unless it is given a snapshot: { code, line, actions }, the lines it printed. */
export function clocked(t, world, name, { snapshot } = {}) {
	const { net } = world;
	const file = net.file(`clock-${name}`);
	const env = { ...process.env, ...preload(net, "false_clock"), FALSE_CLOCK: file,
		PLASMA_WATCHER_RESERVE_MIB: "0" };
	return async (clock, act = "print") => {
		writeFileSync(file, `${clock}`);
		const done = await run(program("plasma-watcher"), ["check", "--act", act,
			"--network", net.file("net.conf"), "--datadir", net.file(`of-${name}`),
			"--root-rpc", net.node.url, "--source", world.evil.url,
			"--owner", world.address("Alice"), "--keystore", world.keystore("Alice"),
			"--password-file", net.file("password"),
			...(snapshot ? ["--snapshot", snapshot] : [])], { env });
		t.note(`${name} ${clock}: ${done.status}: ${done.stdout}${done.stderr}`);
		const [line, ...actions] = done.stdout.trimEnd().split("\n");
		return { code: done.status, line, actions };
	};
}
