-- SPDX-License-Identifier: MIT
-- What the wallet knows by itself: its coins with all that is needed to exit
-- them, the payments it made, the exits it started. Amounts are 32 bytes,
-- big-endian; positions are packed.

-- Which child chain the data belongs to.
CREATE TABLE network (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	chain_id INTEGER NOT NULL,
	plasma_framework BLOB NOT NULL CHECK (length(plasma_framework) = 20)
) STRICT;

-- Child-chain transactions that concern us. `position` is that of output 0 in a
-- verified block or deposit block, NULL before it is in one. Two deposits may
-- have the same bytes, so `deposit` is the number of a deposit's block, and 0
-- for everything else.
CREATE TABLE transactions (
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	deposit INTEGER NOT NULL,
	raw BLOB NOT NULL,
	position INTEGER,
	block_time INTEGER,
	proof BLOB CHECK (proof IS NULL OR length(proof) = 512),
	root BLOB CHECK (root IS NULL OR length(root) = 32),
	PRIMARY KEY (hash, deposit)
) STRICT, WITHOUT ROWID;
CREATE INDEX transactions_by_position ON transactions (position);

-- Outputs that are or were ours. `status` is enum coin_status.
CREATE TABLE coins (
	position INTEGER PRIMARY KEY,
	type INTEGER NOT NULL CHECK (type IN (1, 2)),
	owner BLOB NOT NULL CHECK (length(owner) = 20),
	token BLOB NOT NULL CHECK (length(token) = 20),
	amount BLOB NOT NULL CHECK (length(amount) = 32),
	status INTEGER NOT NULL CHECK (status BETWEEN 1 AND 5),
	is_verified INTEGER NOT NULL CHECK (is_verified IN (0, 1)),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	deposit INTEGER NOT NULL
) STRICT;
CREATE INDEX coins_by_owner ON coins (owner, status);

-- What we asked the operator to include. `state` is enum payment_state.
CREATE TABLE payments (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
	account BLOB NOT NULL CHECK (length(account) = 20),
	made_at INTEGER NOT NULL,
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 4),
	answer TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Exits that we started: of a coin, or of the transaction that it is signed
-- into. `state` is enum own_exit_state.
CREATE TABLE exits (
	exit_id BLOB PRIMARY KEY CHECK (length(exit_id) = 21),
	position INTEGER NOT NULL,
	account BLOB NOT NULL CHECK (length(account) = 20),
	token BLOB NOT NULL CHECK (length(token) = 20),
	amount BLOB NOT NULL CHECK (length(amount) = 32),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	wanted_at INTEGER NOT NULL,
	exitable_at INTEGER NOT NULL,
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 6)
) STRICT, WITHOUT ROWID;
