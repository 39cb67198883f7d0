// SPDX-License-Identifier: MIT
//
// TAP for tests in JavaScript, as tap.sh is for those in shell:
//
//	await tap(async ({ equal, ok, note, atExit }) => {
//		equal("a sentence", got, expected);
//	});
//
// An exception ends the test as failed; functions given to atExit run in any
// case, last one first.

export async function tap(test) {
	let count = 0;
	let failures = 0;
	const cleanups = [];
	const note = (text) => {
		for (const line of String(text).split("\n"))
			console.log(`# ${line}`);
	};
	const ok = (name, value, why) => {
		count++;
		console.log(`${value ? "ok" : "not ok"} ${count} - ${name}`);
		if (!value) {
			failures++;
			if (why !== undefined)
				note(why);
		}
	};
	const show = (value) => JSON.stringify(value, (_, part) =>
		typeof part === "bigint" ? `${part}n` : part);
	const equal = (name, got, expected) =>
		ok(name, show(got) === show(expected),
			`got ${show(got)}, expected ${show(expected)}`);
	const skipAll = (why) => {
		console.log(`1..0 # SKIP ${why}`);
		process.exit(0);
	};

	try {
		await test({ ok, equal, note, skipAll, atExit: (f) => cleanups.unshift(f) });
	} catch (error) {
		note(error.stack);
		console.log(`Bail out! ${error.message}`);
		failures++;
	}
	for (const cleanup of cleanups)
		await cleanup();
	console.log(`1..${count}`);
	process.exit(failures === 0 ? 0 : 1);
}
