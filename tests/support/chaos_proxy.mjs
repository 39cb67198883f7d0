// SPDX-License-Identifier: MIT
//
// A JSON-RPC endpoint that lies, forgets, hangs and breaks, in front of one that
// does not. By default everything passes; a rule makes something go wrong with
// some calls.
//
//	const proxy = await startProxy(node.url);
//	proxy.rule({ method: "eth_getBlockReceipts", fault: "omit", leaf: 3 });
//	proxy.rule({ method: "*", fault: "hang", from: 5 });
//	proxy.clear();
//
// A rule: `method` or "*"; `from` the number of the first call of that method
// that it is for, counted from the rule on and from 0, `count` how many (all);
// `fault` one of the faults below, or `edit(result, params)` which returns what
// is answered instead. `leaf` chooses what a lie or an omission is about.
//
// Faults of one call, also within a batch: lie, omit, null, refuse, revert,
// wrongid.
// Faults of a whole answer: hang, slow, truncate, bomb, gzip, brotli, zstd, stacked,
// malformed, nested, twice, 429, limited, 500, reset, text. `stale` answers as a node that stands still:
// `proxy.freeze(number)`.

import { createServer } from "node:http";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Paths of all leaves of a JSON value: strings, numbers, booleans. */
export function leavesOf(value, path = []) {
	if (value === null || typeof value !== "object")
		return value === null ? [] : [path];
	return Object.entries(value).flatMap(([key, part]) =>
		leavesOf(part, [...path, key]));
}

/** Paths of all elements of all lists in a JSON value. */
export function elementsOf(value, path = []) {
	if (value === null || typeof value !== "object")
		return [];
	return Object.entries(value).flatMap(([key, part]) => [
		...(Array.isArray(value) ? [[...path, key]] : []),
		...elementsOf(part, [...path, key]),
	]);
}

const get = (value, path) => path.reduce((part, key) => part[key], value);

function parentOf(value, path) {
	return get(value, path.slice(0, -1));
}

/** Another value of the same shape: the last digit of hex is another one. */
function otherThan(value) {
	if (typeof value === "boolean")
		return !value;
	if (typeof value === "number")
		return value + 1;
	if (!/^0x[0-9a-f]+$/i.test(value))
		return `${value}0`;
	const last = Number.parseInt(value.at(-1), 16);
	const other = value.length === 3 ? (last === 15 ? 14 : last + 1) : last ^ 1;
	return value.slice(0, -1) + other.toString(16);
}

export function lieAt(value, path) {
	if (path.length === 0)
		return otherThan(value);
	const copy = structuredClone(value);
	const parent = parentOf(copy, path);
	parent[path.at(-1)] = otherThan(parent[path.at(-1)]);
	return copy;
}

export function omitAt(value, path) {
	const copy = structuredClone(value);
	parentOf(copy, path).splice(Number(path.at(-1)), 1);
	return copy;
}

const CALL_FAULTS = {
	lie: (answer, rule) => {
		const leaves = leavesOf(answer.result);
		if (leaves.length > 0)
			answer.result = lieAt(answer.result,
				leaves[(rule.leaf ?? 0) % leaves.length]);
	},
	omit: (answer, rule) => {
		const elements = elementsOf(answer.result);
		if (elements.length > 0)
			answer.result = omitAt(answer.result,
				elements[(rule.leaf ?? 0) % elements.length]);
	},
	null: (answer) => {
		answer.result = null;
	},
	refuse: (answer) => {
		delete answer.result;
		answer.error = { code: -32000, message: "not today" };
	},
	revert: (answer) => {
		delete answer.result;
		answer.error = { code: 3, message: "execution reverted", data: "0x" };
	},
	wrongid: (answer) => {
		answer.id += 1000000;
	},
};

/** A frame of zstd: 64 MiB of zeros in blocks of one byte that is repeated. */
function zstdBomb() {
	const blocks = [];
	for (let i = 0; i < 512; i++) {
		const block = Buffer.from([0, 0, 0, 0x30]);
		block.writeUIntLE((131072 << 3) | (1 << 1) | (i === 511 ? 1 : 0), 0, 3);
		blocks.push(block);
	}
	return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88]), ...blocks]);
}

const zeros = () => Buffer.alloc(64 << 20, "0");
/** What a client has to unpack, by the encoding that it is told: made when it is
 * first sent, for that takes half a second. */
const BOMBS = {
	gzip: () => gzipSync(zeros()),
	br: () => brotliCompressSync(zeros(),
		{ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
	zstd: zstdBomb,
	"gzip, gzip, gzip, gzip": () => [1, 2, 3, 4].reduce((packed) => gzipSync(packed),
		zeros()),
};
const made = new Map();

const bombOf = (encoding) => (response) => {
	response.writeHead(200, { "content-encoding": encoding });
	if (!made.has(encoding))
		made.set(encoding, BOMBS[encoding]());
	response.end(made.get(encoding));
};

const BODY_FAULTS = {
	hang: () => {},
	slow: (response, body) => {
		let at = 0;
		response.writeHead(200, { "content-type": "application/json" });
		const timer = setInterval(() => {
			if (at < body.length && !response.destroyed)
				response.write(body[at++]);
			else
				clearInterval(timer);
		}, 200);
		response.on("close", () => clearInterval(timer));
	},
	truncate: (response, body) => {
		response.writeHead(200, { "content-length": body.length });
		response.write(body.slice(0, body.length / 2), () => response.destroy());
	},
	bomb: (response) => {
		const piece = Buffer.alloc(1 << 20, "0");
		response.writeHead(200, { "content-type": "application/json" });
		response.write('{"jsonrpc":"2.0","id":1,"result":"0x');
		const more = () => {
			while (!response.destroyed && response.write(piece))
				;
		};
		response.on("drain", more);
		response.on("error", () => {});
		more();
	},
	gzip: bombOf("gzip"),
	brotli: bombOf("br"),
	zstd: bombOf("zstd"),
	stacked: bombOf("gzip, gzip, gzip, gzip"),
	malformed: (response, body) => response.end(`${body.slice(0, -2)},,}`),
	nested: (response) => response.end("[".repeat(1000000)),
	twice: (response, body) => response.end(`${body}${body}`),
	429: (response) => {
		response.writeHead(429);
		response.end("Too Many Requests");
	},
	limited: (response) => {
		response.writeHead(429, { "content-type": "application/json" });
		response.end('{"error":"rate limit exceeded"}');
	},
	500: (response) => {
		response.writeHead(500);
		response.end("<html>Internal Server Error</html>");
	},
	text: (response) => response.end("invalid project id\n"),
	reset: (response) => response.socket.resetAndDestroy?.() ?? response.destroy(),
};

export const callFaults = Object.keys(CALL_FAULTS);
export const bodyFaults = Object.keys(BODY_FAULTS);

class Proxy {
	constructor(upstream) {
		this.upstream = upstream;
		this.rules = [];
		this.calls = {};
		this.requests = 0;
		this.frozen = undefined;
		this.seen = []; // { method, params, result } when recording
		this.recording = false;
		this.encodings = new Set(); // that were asked for
	}

	rule(rule) {
		const made = { from: 0, count: Infinity, hits: 0, used: 0, ...rule };
		this.rules.push(made);
		return made;
	}

	clear() {
		this.rules = [];
		this.frozen = undefined;
	}

	/** From now on the chain has no eth_block behind this one. */
	freeze(number) {
		this.frozen = number;
	}

	/** The rule that is for this call, if any. */
	ruleFor(method) {
		for (const rule of this.rules) {
			if (rule.method !== "*" && rule.method !== method)
				continue;
			const at = rule.hits++;
			if (at >= rule.from && at < rule.from + rule.count) {
				rule.used++;
				return rule;
			}
		}
		return undefined;
	}

	/** A call as a node asks it that stands still. */
	frozenCall(call) {
		if (this.frozen === undefined || call.method !== "eth_getBlockByNumber")
			return call;
		const [at, ...rest] = call.params;
		const number = `0x${this.frozen.toString(16)}`;
		if (at === "latest" || at === "safe" || at === "finalized")
			return { ...call, params: [number, ...rest] };
		return Number(at) > this.frozen
			? { ...call, params: ["0xfffffffffff", ...rest] } : call;
	}

	async ask(calls) {
		const answer = await fetch(this.upstream, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify(calls),
		});
		return answer.json();
	}

	async handle(request, response) {
		const parts = [];
		for await (const part of request)
			parts.push(part);
		this.requests++;
		if (request.headers["accept-encoding"])
			this.encodings.add(request.headers["accept-encoding"]);
		const asked = JSON.parse(Buffer.concat(parts).toString());
		const calls = (Array.isArray(asked) ? asked : [asked])
			.map((call) => this.frozenCall(call));
		const answers = await this.ask(calls);
		let bodyFault;
		for (const call of calls) {
			const answer = answers.find(({ id }) => id === call.id);
			this.calls[call.method] = (this.calls[call.method] ?? 0) + 1;
			if (this.recording)
				this.seen.push({ method: call.method, params: call.params,
					result: answer.result });
			const rule = this.ruleFor(call.method);
			if (!rule)
				continue;
			if (rule.edit)
				answer.result = rule.edit(answer.result, call.params);
			else if (CALL_FAULTS[rule.fault])
				CALL_FAULTS[rule.fault](answer, rule);
			else
				bodyFault = BODY_FAULTS[rule.fault];
		}
		const body = JSON.stringify(Array.isArray(asked) ? answers : answers[0]);
		if (bodyFault) {
			bodyFault(response, body);
			return;
		}
		response.writeHead(200, { "content-type": "application/json" });
		response.end(body);
	}
}

export async function startProxy(upstream) {
	const proxy = new Proxy(upstream);
	const sockets = new Set();
	const server = createServer((request, response) => {
		response.on("error", () => {});
		proxy.handle(request, response).catch(() => response.destroy());
	});
	server.on("connection", (socket) => {
		sockets.add(socket);
		socket.on("error", () => {});
		socket.once("close", () => sockets.delete(socket));
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	proxy.url = `http://127.0.0.1:${server.address().port}`;
	proxy.close = () => {
		for (const socket of sockets)
			socket.destroy();
		return new Promise((done) => server.close(done));
	};
	return proxy;
}
