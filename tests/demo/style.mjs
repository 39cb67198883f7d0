// SPDX-License-Identifier: MIT

const codes = { bold: 1, dim: 2, red: 31, green: 32 };

/** Colour only on a terminal, and only if nobody minds. */
export function styleText(style, text) {
	if (!process.stdout.isTTY || process.env.NO_COLOR)
		return text;
	return `\u001b[${codes[style]}m${text}\u001b[0m`;
}
