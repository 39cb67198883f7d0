-- SPDX-License-Identifier: MIT
-- What a watcher has verified of the child chain, and what is wrong with it.
-- One process writes; the faces for people and programs read.

-- The network that the file is about.
CREATE TABLE network (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	chain_id INTEGER NOT NULL CHECK (chain_id > 0),
	plasma_framework BLOB NOT NULL CHECK (length(plasma_framework) = 20)
) STRICT;

-- How far the events of the root chain were read: everything before this place,
-- and the head at which that was.
CREATE TABLE cursor (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	generation INTEGER NOT NULL,
	head_number INTEGER NOT NULL,
	head_hash BLOB NOT NULL CHECK (length(head_hash) = 32),
	head_time INTEGER NOT NULL,
	-- The last eth_block that counted as final; NULL: none did.
	final_number INTEGER,
	final_hash BLOB CHECK (length(final_hash) = 32),
	last_good_poll INTEGER NOT NULL,
	-- When the head was seen first, by the wall clock.
	head_first_seen INTEGER NOT NULL
) STRICT;

-- Heads of passes, the newest thousand: where a history that another follower
-- tells leaves ours.
CREATE TABLE heads (
	number INTEGER PRIMARY KEY,
	hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- Operator blocks as the root chain has them. state: 1 pending, 2 applied,
-- 3 invalid, 4 withheld, 5 behind a bad block: kept as evidence, not judged.
CREATE TABLE blocks (
	blknum INTEGER PRIMARY KEY CHECK (blknum % 1000 = 0),
	root BLOB NOT NULL CHECK (length(root) = 32),
	time INTEGER NOT NULL,
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	eth_block_hash BLOB NOT NULL CHECK (length(eth_block_hash) = 32),
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
	-- The code of the rule that the block broke so far; empty: none.
	verdict TEXT NOT NULL,
	tx_index INTEGER,
	-- Of the body that was believed; NULL: there was none.
	transaction_count INTEGER,
	-- Root-chain time of the first attempt to get the body.
	first_tried INTEGER,
	failed_rounds INTEGER NOT NULL
) STRICT;
CREATE INDEX blocks_not_applied ON blocks (blknum) WHERE state <> 2;
CREATE INDEX blocks_by_root ON blocks (root);
CREATE INDEX blocks_by_eth_block ON blocks (eth_block_number);

-- Final blocks that a reorganisation took away, for comparison with what came
-- in their place.
CREATE TABLE replaced_blocks (
	blknum INTEGER PRIMARY KEY,
	root BLOB NOT NULL CHECK (length(root) = 32),
	time INTEGER NOT NULL,
	eth_block_number INTEGER NOT NULL,
	eth_block_hash BLOB NOT NULL CHECK (length(eth_block_hash) = 32)
) STRICT;

-- Deposit blocks. raw is NULL while the bytes of the transaction are not known.
CREATE TABLE deposits (
	blknum INTEGER PRIMARY KEY CHECK (blknum % 1000 <> 0),
	owner BLOB NOT NULL CHECK (length(owner) = 20),
	token BLOB NOT NULL CHECK (length(token) = 20),
	amount BLOB NOT NULL CHECK (length(amount) = 32),
	root BLOB NOT NULL CHECK (length(root) = 32),
	time INTEGER NOT NULL,
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	eth_block_hash BLOB NOT NULL CHECK (length(eth_block_hash) = 32),
	eth_transaction_hash BLOB NOT NULL
		CHECK (length(eth_transaction_hash) = 32),
	raw BLOB
) STRICT;
CREATE INDEX deposits_by_eth_block ON deposits (eth_block_number);

-- Every output of an applied block and every deposit, by packed position. ETH is
-- an empty token, an amount has no leading zero byte, a spender is the packed
-- position of the spending transaction and 0 while there is none: the large
-- table of the file is kept small.
CREATE TABLE coins (
	position INTEGER PRIMARY KEY,
	type INTEGER NOT NULL,
	owner BLOB NOT NULL CHECK (length(owner) = 20),
	token BLOB NOT NULL CHECK (length(token) IN (0, 20)),
	amount BLOB NOT NULL CHECK (length(amount) <= 32),
	spender INTEGER NOT NULL
) STRICT;

-- Outputs that an exit paid or flagged, and at which log: a block is judged by
-- those before its own log.
CREATE TABLE exited (
	position INTEGER PRIMARY KEY,
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	exit_id BLOB NOT NULL CHECK (length(exit_id) = 21),
	-- 1: an exit paid it; 0: it was only flagged.
	paid INTEGER NOT NULL CHECK (paid IN (0, 1))
) STRICT;
CREATE INDEX exited_by_eth_block ON exited (eth_block_number);

-- The accounts for which this watcher looks after coins.
CREATE TABLE owners (
	address BLOB PRIMARY KEY CHECK (length(address) = 20)
) STRICT, WITHOUT ROWID;

-- Positions of all coins that they ever had, those without a spender together.
CREATE TABLE own_coins (
	owner BLOB NOT NULL CHECK (length(owner) = 20),
	spent INTEGER NOT NULL CHECK (spent IN (0, 1)),
	position INTEGER NOT NULL,
	PRIMARY KEY (owner, spent, position)
) STRICT, WITHOUT ROWID;

-- The transactions that made or spent these, by hash.
CREATE TABLE own_transactions (
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	position INTEGER NOT NULL,
	PRIMARY KEY (hash, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX own_transactions_by_position ON own_transactions (position);

-- Per token, the sum of all deposits: blocks move coins and pots about, but only
-- deposits make what a vault owes.
CREATE TABLE totals (
	token BLOB PRIMARY KEY CHECK (length(token) = 20),
	deposited BLOB NOT NULL CHECK (length(deposited) = 32)
) STRICT, WITHOUT ROWID;

-- Events that stand (protocol.md 11). Times are of the root chain.
CREATE TABLE events (
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	facts TEXT NOT NULL,
	first_seen INTEGER NOT NULL,
	last_seen INTEGER NOT NULL,
	-- The head of the pass that saw it last: several eth_blocks may have one
	-- time.
	last_eth_block INTEGER NOT NULL,
	-- Its answer is true on the root chain.
	answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
	-- It waits for a person.
	waits INTEGER NOT NULL CHECK (waits IN (0, 1)),
	-- Said, but nothing halts.
	informs_only INTEGER NOT NULL CHECK (informs_only IN (0, 1)),
	-- The hook has been told.
	told INTEGER NOT NULL CHECK (told IN (0, 1)),
	PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- HALT events since a person last cleared them.
CREATE TABLE latches (
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	facts TEXT NOT NULL,
	latched_at INTEGER NOT NULL,
	-- T of protocol.md 15, and the bad block; NULL: no block is bad.
	bad_block INTEGER,
	bad_at INTEGER NOT NULL,
	PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- Latches that a person cleared, and why.
CREATE TABLE cleared_latches (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	facts TEXT NOT NULL,
	latched_at INTEGER NOT NULL,
	cleared_at_wall INTEGER NOT NULL,
	reason TEXT NOT NULL
) STRICT;

-- The last completed pass and what it found.
CREATE TABLE last_pass (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	completed_at_wall INTEGER NOT NULL,
	head_number INTEGER NOT NULL,
	head_time INTEGER NOT NULL,
	severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 3),
	line TEXT NOT NULL
) STRICT;
