// SPDX-License-Identifier: MIT
//
// Tells a story claim by claim: prints each as it is checked, remembers what
// failed, and counts what was never reached.

import { styleText } from "./style.mjs";
import { chapters, texts } from "./claims.mjs";

export class Teller {
	constructor({ json = false, out = process.stdout } = {}) {
		this.json = json;
		this.out = out;
		this.results = new Map();
		this.began = performance.now();
	}

	print(line) {
		if (!this.json)
			this.out.write(`${line}\n`);
	}

	chapter(id) {
		const number = chapters.findIndex(([name]) => name === id) + 1;
		this.print(`\n${styleText("bold", `${number}. ${chapters[number - 1][1]}`)}`);
	}

	/** A remark that is no claim. */
	remark(text) {
		this.print(`         ${styleText("dim", text)}`);
	}

	/** `check` gives true, or [true, facts]; anything else, or an exception, is a
	 * failure. Gives whether it is true. */
	async claim(id, check) {
		if (!(id in texts))
			throw new Error(`no claim ${id}`);
		let ok = false;
		let facts = "";
		try {
			const got = await check();
			[ok, facts = ""] = Array.isArray(got) ? got : [got];
		} catch (error) {
			facts = error.message;
		}
		this.results.set(id, { id, text: texts[id], ok: ok === true, facts: `${facts}` });
		this.print(`  ${ok === true ? styleText("green", "true ")
			: styleText("red", "FALSE")}  ${texts[id]}`);
		if (facts !== "")
			this.remark(`${facts}`);
		return ok === true;
	}

	get failed() {
		return Object.keys(texts).filter((id) => !this.results.get(id)?.ok);
	}

	/** The last line, or the object; gives the exit code. */
	end(error) {
		const unchecked = Object.keys(texts).filter((id) => !this.results.has(id));
		const { failed } = this;
		if (this.json)
			this.out.write(`${JSON.stringify({
				schema: "plasma.demo/1",
				claims: Object.keys(texts).map((id) => this.results.get(id) ??
					{ id, text: texts[id], ok: false, facts: "not reached" }),
				checked: this.results.size, failed: failed.length,
				seconds: Math.round((performance.now() - this.began) / 1000),
				error: error?.message ?? null,
			})}\n`);
		this.print("");
		for (const id of unchecked)
			this.print(`  never reached: ${texts[id]}`);
		if (error)
			this.print(`demo: the story broke off: ${error.stack}`);
		this.print(`demo: ${this.results.size} claims checked, ${failed.length} failed`);
		return failed.length === 0 && !error ? 0 : 1;
	}
}
