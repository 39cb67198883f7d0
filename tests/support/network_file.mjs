// SPDX-License-Identifier: MIT

import { readFileSync } from "node:fs";

/** The [network] section of a network file, by name. */
export function readNetworkFile(file) {
	const values = {};
	for (const line of readFileSync(file, "utf8").split("\n")) {
		const found = /^([a-z0-9_]+) = ([^;]*)$/.exec(line.trim());
		if (found)
			values[found[1]] ??= found[2].trim();
	}
	return values;
}
