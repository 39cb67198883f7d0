// SPDX-License-Identifier: MIT
//
// A machine that stops at one call of a program, with or without what was not
// synced: power_cut.c, loaded in front of it. The points and their names are
// described there.

import { execFileSync } from "node:child_process";
import {
	existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync,
	copyFileSync, writeFileSync, chmodSync,
} from "node:fs";
import { join } from "node:path";

import { top } from "./programs.mjs";

/** The environment that loads a library of tests/support in front of a program;
 * needs a compiler. */
export function preload(net, name) {
	const library = net.file(`${name}.so`);
	if (!existsSync(library))
		execFileSync(process.env.CC?.split(" ")[0] || "cc", ["-shared", "-fPIC", "-O1",
			"-o", library, join(top, `tests/support/${name}.c`), "-ldl"]);
	return { LD_PRELOAD: library,
		ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ""}:verify_asan_link_order=0` };
}

export class PowerCut {
	/** `folder` is what the program keeps on disk. */
	constructor(net, folder) {
		this.net = net;
		this.folder = folder;
		this.image = net.file("image");
		this.log = net.file("points");
		this.armed = net.file("armed");
	}

	/** The environment for a life that ends at `point`, if it comes to it. */
	env(point = "") {
		rmSync(this.image, { recursive: true, force: true });
		for (const kind of ["inode", "folder", "hold"])
			mkdirSync(join(this.image, kind), { recursive: true });
		this.keep(this.folder);
		rmSync(this.log, { force: true });
		return { ...preload(this.net, "power_cut"), POWER_CUT_DIR: this.folder,
			POWER_CUT_IMAGE: this.image, POWER_CUT_LOG: this.log,
			POWER_CUT_ARMED: this.armed, POWER_CUT_POINT: point };
	}

	arm() {
		writeFileSync(this.armed, "");
	}

	disarm() {
		rmSync(this.armed, { force: true });
	}

	/** The points that the life since env() came to, in order. */
	points() {
		return existsSync(this.log)
			? readFileSync(this.log, "utf8").split("\n").filter((line) => line !== "") : [];
	}

	/** What lies there now is on disk. */
	keep(path) {
		const { ino } = statSync(path);
		if (!statSync(path).isDirectory()) {
			copyFileSync(path, join(this.image, "inode", `${ino}`));
			linkSync(path, join(this.image, "hold", `${ino}`));
			return;
		}
		const names = readdirSync(path);
		names.forEach((name) => this.keep(join(path, name)));
		writeFileSync(join(this.image, "folder", `${ino}`), names.map((name) =>
			`${name} ${statSync(join(path, name)).ino}\n`).join(""));
	}

	/** Puts back what a power failure would have left. */
	losePower() {
		const { ino } = statSync(this.folder);
		const left = this.net.file("left");
		this.putBack(left, `${ino}`);
		rmSync(this.folder, { recursive: true });
		execFileSync("mv", [left, this.folder]);
	}

	putBack(path, ino) {
		const held = join(this.image, "hold", ino);
		const content = join(this.image, "inode", ino);
		if (existsSync(held)) {
			writeFileSync(path, existsSync(content) ? readFileSync(content) : "");
			chmodSync(path, statSync(held).mode & 0o777);
			return;
		}
		const list = join(this.image, "folder", ino);
		mkdirSync(path);
		if (!existsSync(list))
			return;
		for (const line of readFileSync(list, "utf8").split("\n").filter(Boolean)) {
			const [name, below] = line.split(" ");
			this.putBack(join(path, name), below);
		}
	}
}
