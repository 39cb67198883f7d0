-- SPDX-License-Identifier: MIT
-- The operator's database: what it committed, and what it took from the root
-- chain. Unspent coins are not here: they are the checkpoint, the bodies behind
-- it, and the accepted payments that wait.

-- Which chain the data belongs to.
CREATE TABLE network (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	chain_id INTEGER NOT NULL,
	plasma_framework BLOB NOT NULL CHECK (length(plasma_framework) = 20),
	first_nonce INTEGER NOT NULL
) STRICT;

-- Committed blocks: their bodies are on disk before their row is.
CREATE TABLE blocks (
	blknum INTEGER PRIMARY KEY CHECK (blknum > 0 AND blknum % 1000 = 0),
	root BLOB NOT NULL UNIQUE CHECK (length(root) = 32),
	transaction_count INTEGER NOT NULL
		CHECK (transaction_count BETWEEN 1 AND 65536),
	body_len INTEGER NOT NULL,
	formed_at INTEGER NOT NULL
) STRICT;

-- What the authority's key may sign: one root per block, for ever.
CREATE TABLE signed_roots (
	blknum INTEGER PRIMARY KEY REFERENCES blocks (blknum),
	root BLOB NOT NULL CHECK (length(root) = 32)
) STRICT;
CREATE TRIGGER signed_roots_never_change BEFORE UPDATE ON signed_roots
BEGIN
	SELECT RAISE(ABORT, 'a signed root never changes');
END;
CREATE TRIGGER signed_roots_stay BEFORE DELETE ON signed_roots
BEGIN
	SELECT RAISE(ABORT, 'a signed root is never forgotten');
END;

-- Which nonce of the authority carries which blocks, for ever: recorded before
-- anything is signed for it.
CREATE TABLE root_batches (
	nonce INTEGER PRIMARY KEY,
	first_blknum INTEGER NOT NULL UNIQUE REFERENCES signed_roots (blknum),
	block_count INTEGER NOT NULL CHECK (block_count BETWEEN 1 AND 64)
) STRICT;
CREATE TRIGGER root_batches_never_change BEFORE UPDATE ON root_batches
BEGIN
	SELECT RAISE(ABORT, 'what a nonce carries never changes');
END;
CREATE TRIGGER root_batches_stay BEFORE DELETE ON root_batches
BEGIN
	SELECT RAISE(ABORT, 'what a nonce carries is never forgotten');
END;

-- Every root-chain transaction that was signed for a nonce, before it is sent.
CREATE TABLE root_transactions (
	nonce INTEGER NOT NULL REFERENCES root_batches (nonce),
	attempt INTEGER NOT NULL,
	raw BLOB NOT NULL,
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	max_fee_wei BLOB NOT NULL CHECK (length(max_fee_wei) = 32),
	max_priority_fee_wei BLOB NOT NULL
		CHECK (length(max_priority_fee_wei) = 32),
	gas_limit INTEGER NOT NULL,
	signed_at_eth_block INTEGER NOT NULL,
	signed_at INTEGER NOT NULL,
	PRIMARY KEY (nonce, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX root_transactions_by_time ON root_transactions (signed_at);

-- How far each mirror has the bodies: up to this block.
CREATE TABLE mirrors (
	name TEXT PRIMARY KEY,
	blknum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Deposits as the root chain has them. `credited` counts those whose coins were
-- credited, in that order; NULL for one that is not final yet.
CREATE TABLE deposits (
	blknum INTEGER PRIMARY KEY CHECK (blknum > 0 AND blknum % 1000 <> 0),
	owner BLOB NOT NULL CHECK (length(owner) = 20),
	token BLOB NOT NULL CHECK (length(token) = 20),
	amount BLOB NOT NULL CHECK (length(amount) = 32),
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	credited INTEGER UNIQUE
) STRICT;
CREATE INDEX deposits_not_final ON deposits (eth_block_number)
	WHERE credited IS NULL;
CREATE INDEX deposits_by_eth_block ON deposits (eth_block_number);

-- Coins frozen by an exit, one row per log that freezes.
CREATE TABLE freezes (
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	position INTEGER NOT NULL,
	PRIMARY KEY (eth_block_number, log_index, position)
) STRICT, WITHOUT ROWID;

-- Transactions with an in-flight exit, to find the coins that a piggyback of an
-- output freezes.
CREATE TABLE in_flight_exits (
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	raw BLOB NOT NULL,
	PRIMARY KEY (eth_block_number, log_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX in_flight_exits_by_hash ON in_flight_exits (hash);

-- Piggybacked outputs: frozen as soon as their position is known, which is when
-- the transaction is found in a block, if it ever is.
CREATE TABLE piggybacks (
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	output_index INTEGER NOT NULL,
	resolved INTEGER NOT NULL CHECK (resolved IN (0, 1)),
	PRIMARY KEY (eth_block_number, log_index)
) STRICT, WITHOUT ROWID;

-- How far the events of the root chain have been read: everything before this
-- place, at this generation of the snapshot.
CREATE TABLE cursor (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	generation INTEGER NOT NULL
) STRICT;
