-- SPDX-License-Identifier: MIT
-- Exits, what is queued, what exits finalised, and signed transactions that were
-- seen outside applied blocks (protocol.md 7, 8, 11, 12).

-- One life of an exit begins with its Started log; its id may return.
CREATE TABLE standard_exits (
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	exit_id BLOB NOT NULL CHECK (length(exit_id) = 21),
	position INTEGER NOT NULL,
	output_type INTEGER NOT NULL,
	owner BLOB NOT NULL CHECK (length(owner) = 20),
	token BLOB NOT NULL CHECK (length(token) = 20),
	amount BLOB NOT NULL CHECK (length(amount) = 32),
	output_tx BLOB NOT NULL,
	started_at INTEGER NOT NULL,
	exitable_at INTEGER NOT NULL,
	-- A challenge that stands.
	challenged_eth_block INTEGER,
	challenged_at INTEGER,
	-- ExitFinalized or ExitOmitted; paid is 1 for the former.
	ended_eth_block INTEGER,
	ended_at INTEGER,
	paid INTEGER NOT NULL DEFAULT 0 CHECK (paid IN (0, 1)),
	PRIMARY KEY (eth_block_number, log_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX standard_exits_by_id ON standard_exits (exit_id);
CREATE INDEX standard_exits_by_position ON standard_exits (position);
CREATE INDEX standard_exits_alive ON standard_exits (exitable_at)
	WHERE ended_eth_block IS NULL;

CREATE TABLE in_flight_exits (
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	exit_id BLOB NOT NULL CHECK (length(exit_id) = 21),
	transaction_hash BLOB NOT NULL CHECK (length(transaction_hash) = 32),
	started_at INTEGER NOT NULL,
	youngest_block_time INTEGER NOT NULL,
	-- InFlightExitFinalized or InFlightExitDeleted.
	ended_eth_block INTEGER,
	PRIMARY KEY (eth_block_number, log_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX in_flight_exits_by_id ON in_flight_exits (exit_id);
CREATE INDEX in_flight_exits_alive ON in_flight_exits (eth_block_number)
	WHERE ended_eth_block IS NULL;

-- What a life of an in-flight exit is replayed from: its logs in order, as they
-- are, and between them what the watcher derived when an entry was processed
-- (kind 0; the data then has a format of exit_store.c).
CREATE TABLE in_flight_logs (
	life_eth_block INTEGER NOT NULL,
	life_log_index INTEGER NOT NULL,
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	sequence INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	time INTEGER NOT NULL,
	topics BLOB NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (life_eth_block, life_log_index, eth_block_number,
		log_index, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX in_flight_logs_by_eth_block ON in_flight_logs (eth_block_number);

-- Queues by replay of ExitQueued and ProcessedExitsNum. The token is that of the
-- log that follows ExitQueued.
CREATE TABLE queue_entries (
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	exit_id BLOB NOT NULL CHECK (length(exit_id) = 21),
	priority BLOB NOT NULL CHECK (length(priority) = 32),
	token BLOB CHECK (length(token) = 20),
	removed_eth_block INTEGER,
	PRIMARY KEY (eth_block_number, log_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_entries_by_priority ON queue_entries (token, priority)
	WHERE removed_eth_block IS NULL;
CREATE INDEX queue_entries_by_id ON queue_entries (exit_id);

-- Outputs that an exit finalised; a flag is written once.
CREATE TABLE finalised_outputs (
	output_id BLOB PRIMARY KEY CHECK (length(output_id) = 32),
	exit_id BLOB NOT NULL CHECK (length(exit_id) = 21),
	eth_block_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX finalised_outputs_by_eth_block
	ON finalised_outputs (eth_block_number);

-- What left the vaults by exits, to be judged once it is final.
CREATE TABLE payouts (
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	exit_id BLOB NOT NULL CHECK (length(exit_id) = 21),
	-- 0 for a standard exit, else the slot + 1 of an in-flight exit.
	slot INTEGER NOT NULL,
	time INTEGER NOT NULL,
	-- Of the output of a standard exit and of inputs.
	position INTEGER,
	-- 0 not yet, 1 as it should be, 2 invalid_finalized_exit
	judged INTEGER NOT NULL DEFAULT 0 CHECK (judged IN (0, 1, 2)),
	PRIMARY KEY (eth_block_number, log_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX payouts_not_judged ON payouts (eth_block_number) WHERE judged = 0;
CREATE INDEX payouts_invalid ON payouts (eth_block_number) WHERE judged = 2;
CREATE INDEX payouts_by_id ON payouts (exit_id);

-- CreditAdded and CreditClaimed of the three contracts that hold credits.
CREATE TABLE credits (
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	contract BLOB NOT NULL CHECK (length(contract) = 20),
	owner BLOB NOT NULL CHECK (length(owner) = 20),
	token BLOB NOT NULL CHECK (length(token) = 20),
	amount BLOB NOT NULL CHECK (length(amount) = 32),
	claimed INTEGER NOT NULL CHECK (claimed IN (0, 1)),
	PRIMARY KEY (eth_block_number, log_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX credits_by_owner ON credits (owner, contract, token);

-- Logs that say something by themselves: bond changes, queues, shortfalls.
CREATE TABLE exit_notices (
	eth_block_number INTEGER NOT NULL,
	log_index INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	time INTEGER NOT NULL,
	token BLOB NOT NULL CHECK (length(token) = 20),
	amount BLOB NOT NULL CHECK (length(amount) = 32),
	PRIMARY KEY (eth_block_number, log_index)
) STRICT, WITHOUT ROWID;

CREATE INDEX exit_notices_by_kind ON exit_notices (kind, token);

-- Signed transactions seen anywhere outside applied blocks. Never forgotten,
-- whatever the root chain does.
CREATE TABLE known_transactions (
	hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
	raw BLOB NOT NULL,
	first_source INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE known_signatures (
	transaction_hash BLOB NOT NULL REFERENCES known_transactions (hash),
	signature BLOB NOT NULL CHECK (length(signature) = 65),
	PRIMARY KEY (transaction_hash, signature)
) STRICT, WITHOUT ROWID;
CREATE TABLE known_spends (
	position INTEGER NOT NULL,
	transaction_hash BLOB NOT NULL REFERENCES known_transactions (hash),
	input_index INTEGER NOT NULL,
	PRIMARY KEY (position, transaction_hash)
) STRICT, WITHOUT ROWID;

-- Where they stand in bodies that a root authenticates; it counts while that is
-- the root of the block.
CREATE TABLE known_inclusions (
	transaction_hash BLOB NOT NULL REFERENCES known_transactions (hash),
	position INTEGER NOT NULL,
	root BLOB NOT NULL CHECK (length(root) = 32),
	PRIMARY KEY (transaction_hash, position, root)
) STRICT, WITHOUT ROWID;
CREATE INDEX known_inclusions_by_position ON known_inclusions (position);

-- How far the signed-spend table of a wallet was read.
CREATE TABLE signed_spend_cursors (
	path TEXT PRIMARY KEY,
	sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
