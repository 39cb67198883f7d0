// SPDX-License-Identifier: MIT
//
// Where the tree and what was built of it lie.

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const top = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const build = resolve(process.env.top_builddir ?? join(top, "build"));
export const program = (name) => join(build, name);

/** Those of the programs that are not built. A name with a slash is a file of the
 * tree. */
export const missing = (...names) => names.filter((name) =>
	!existsSync(name.includes("/") ? join(top, name) : program(name)));
