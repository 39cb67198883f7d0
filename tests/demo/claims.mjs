// SPDX-License-Identifier: MIT

import { readFileSync } from "node:fs";

/** What is claimed, from the file beside this one: [[name, title, { name: text }]]. */
export const chapters = [];

for (const line of readFileSync(new URL("claims", import.meta.url), "utf8").split("\n")) {
	if (line === "" || line.startsWith("#"))
		continue;
	const [name, text] = line.split("\t");
	if (name.startsWith("= "))
		chapters.push([name.slice(2), text, {}]);
	else
		chapters.at(-1)[2][name] = text;
}

export const texts = Object.assign({}, ...chapters.map(([, , claims]) => claims));
