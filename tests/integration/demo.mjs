#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// The story that ./demo tells is true, claim by claim.

import { join } from "node:path";

import { run } from "../support/operator_net.mjs";
import { missing, top } from "../support/programs.mjs";
import { tap } from "../support/tap.mjs";

await tap(async ({ ok, equal, skipAll }) => {
	const absent = missing("plasma-operator", "plasma-rootchain", "plasma-watcher",
		"plasma-wallet");
	if (absent.length > 0)
		skipAll(`${absent.join(", ")} not built`);
	const { status, stdout, stderr } = await run(process.execPath,
		[join(top, "tests", "demo", "story.mjs"), "--json"]);
	const told = JSON.parse(stdout);
	ok("it makes 25 claims and more", told.claims.length >= 25);
	for (const claim of told.claims)
		ok(claim.text, claim.ok, claim.facts);
	equal("it does not break off", told.error, null);
	equal("and it ends with success", status, 0);
	ok("without a word on stderr", stderr === "", stderr);
});
