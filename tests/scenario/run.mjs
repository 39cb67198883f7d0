#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Runs the scenarios: attacks and accidents, each against our programs on a root
// chain of its own. A file tests/scenario/NAME.mjs exports a list:
//
//	export const scenarios = [{
//		id: "A-01", title: "a withheld block is left",
//		needs: ["plasma-watcher"],	// programs
//		waits: "for what is missing",	// only while it is: skipped
//		async run({ ok, equal, note, world }) { … },
//	}];
//
//	run.mjs [ID...]		TAP, one line for each scenario, its id first
//	run.mjs --list		each known id and the test that covers it
//
// Each runs in a process of its own, JOBS at a time: one more than there are
// processors unless it is set, for most of the time it waits. What it said is kept
// in $top_builddir/tests/scenario/ID.log.
//
// $scenario_builddir, if it is set, has the programs that they run: sanitizers more
// than double what a short run costs, and scenarios start programs by the thousand.

import { spawn } from "node:child_process";
import {
	existsSync, mkdirSync, openSync, readdirSync, readFileSync,
} from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build, missing, top } from "../support/programs.mjs";

const SECONDS = 600;
const SKIPPED = 77;
const self = fileURLToPath(import.meta.url);
const folder = join(top, "tests", "scenario");
const logs = join(build, "tests", "scenario");

async function ofFile(file) {
	const { scenarios } = await import(join(top, file));
	return scenarios.map((scenario) => ({ ...scenario, file }));
}

async function all() {
	const files = readdirSync(folder).sort()
		.filter((name) => name.endsWith(".mjs") && name !== "run.mjs");
	const found = await Promise.all(
		files.map((name) => ofFile(`tests/scenario/${name}`)));
	return found.flat().sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** One scenario, in this process: exit code 0, 1 or 77. */
async function runOne(file, id) {
	const scenario = (await ofFile(file)).find((one) => one.id === id);
	const absent = missing(...(scenario.needs ?? []));
	if (absent.length > 0 || scenario.waits) {
		console.log(`# ${scenario.waits ?? `${absent.join(" and ")} not built`}`);
		process.exit(SKIPPED);
	}
	let failures = 0;
	const cleanups = [];
	const show = (value) => JSON.stringify(value, (_, part) =>
		(typeof part === "bigint" ? `${part}n` : part));
	const note = (text) => {
		for (const line of String(text).split("\n"))
			console.log(`# ${line}`);
	};
	const ok = (claim, value, why = "") => {
		console.log(`${value ? "ok" : "not ok"} - ${claim}`);
		if (!value) {
			failures++;
			note(why);
		}
	};
	const equal = (claim, got, expected) =>
		ok(claim, show(got) === show(expected),
			`got ${show(got)}, expected ${show(expected)}`);
	// Out of time it fails like any other, so that nothing of it stays alive.
	const late = new Promise((_, reject) => setTimeout(
		() => reject(new Error(`not done in ${SECONDS} s`)), SECONDS * 1000));
	try {
		await Promise.race([late, scenario.run({ ok, equal, note, id,
			atExit: (cleanup) => cleanups.unshift(cleanup) })]);
	} catch (error) {
		note(error.stack);
		failures++;
	}
	for (const cleanup of cleanups)
		await cleanup(failures > 0);
	process.exit(failures === 0 ? 0 : 1);
}

function start(scenario) {
	const log = join(logs, `${scenario.id}.log`);
	const out = openSync(log, "w");
	const began = performance.now();
	return new Promise((done) => {
		const child = spawn(process.execPath,
			[self, "--one", scenario.file, scenario.id],
			{ stdio: ["ignore", out, out], env: { ...process.env,
				top_builddir: process.env.scenario_builddir || build } });
		const timer = setTimeout(() => child.kill("SIGKILL"),
			(SECONDS + 60) * 1000);
		child.once("exit", (code, signal) => {
			clearTimeout(timer);
			done({ scenario, log, status: signal ?? code,
				seconds: (performance.now() - began) / 1000 });
		});
	});
}

function report(number, { scenario, log, status, seconds }) {
	const line = `${number} - ${scenario.id} ${scenario.title}`;
	const said = readFileSync(log, "utf8").split("\n");
	if (status === 0) {
		console.log(`ok ${line}`);
	} else if (status === SKIPPED) {
		console.log(`ok ${line} # SKIP ${said[0].slice(2)}`);
	} else {
		console.log(`not ok ${line}`);
		for (const text of said.filter((one) => !one.startsWith("ok ")).slice(0, 40))
			console.log(`#   ${text}`);
		console.log(`#   exit ${status}, the whole log is in ${log}`);
	}
	console.log(`#   ${seconds.toFixed(1)} s`);
	return status === 0 || status === SKIPPED;
}

async function runAll(ids) {
	const known = await all();
	const chosen = ids.length === 0 ? known
		: known.filter(({ id }) => ids.includes(id));
	const unknown = ids.filter((id) => !known.some((one) => one.id === id));
	if (unknown.length > 0) {
		console.log(`Bail out! no scenario ${unknown.join(", ")}`);
		process.exit(64);
	}
	mkdirSync(logs, { recursive: true });
	console.log(`1..${chosen.length}`);
	let failed = 0;
	let number = 0;
	const waiting = [...chosen];
	const worker = async () => {
		while (waiting.length > 0) {
			const done = await start(waiting.shift());
			if (!report(++number, done))
				failed++;
		}
	};
	const jobs = Math.max(1, Number(process.env.JOBS ?? cpus().length + 1));
	await Promise.all(Array.from({ length: jobs }, worker));
	process.exit(failed === 0 ? 0 : 1);
}

/** tests/scenario/catalogue: lines "ID<tab>title<tab>file: text that it contains",
 * the last part empty where only a scenario of that id covers it. */
async function list() {
	const known = await all();
	let uncovered = 0;
	let wrong = 0;
	const lines = readFileSync(join(folder, "catalogue"), "utf8").split("\n")
		.filter((line) => line !== "" && !line.startsWith("#"));
	for (const line of lines) {
		const [id, title, where = ""] = line.split("\t");
		const tests = known.filter((one) => one.id === id).map(({ file }) => file);
		for (const place of where.split("; ").filter((one) => one !== "")) {
			const [file, text] = place.split(": ");
			if (!existsSync(join(top, file)) ||
			    !readFileSync(join(top, file), "utf8").includes(text ?? "")) {
				console.log(`${id}\tWRONG: no ${text} in ${file}`);
				wrong++;
			}
			tests.push(place);
		}
		if (tests.length === 0)
			uncovered++;
		console.log(`${id}\t${title}\t${tests.join("; ") || "-"}`);
	}
	console.log(`${lines.length} scenarios, ${uncovered} without a test`);
	process.exit(wrong === 0 ? 0 : 1);
}

const [first, ...rest] = process.argv.slice(2);
if (first === "--one")
	await runOne(...rest);
else if (first === "--list")
	await list();
else
	await runAll(process.argv.slice(2));
