-- SPDX-License-Identifier: MIT
-- The snapshot of the root chain. plasma-rootchain writes it, everybody reads
-- it; plasma-snapshot(5) is its contract. What lies behind the head's number is
-- not the reader's business yet: the follower is still fetching it.

-- The network that the file is about.
CREATE TABLE network (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	chain_id INTEGER NOT NULL CHECK (chain_id > 0),
	plasma_framework BLOB NOT NULL CHECK (length(plasma_framework) = 20),
	eth_vault BLOB NOT NULL CHECK (length(eth_vault) = 20),
	erc20_vault BLOB NOT NULL CHECK (length(erc20_vault) = 20),
	payment_exit_game BLOB NOT NULL CHECK (length(payment_exit_game) = 20),
	deployment_block INTEGER NOT NULL CHECK (deployment_block >= 0),
	deployment_block_hash BLOB NOT NULL
		CHECK (length(deployment_block_hash) = 32)
) STRICT;

-- How far the follower is. No row before the first good poll.
CREATE TABLE head (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	number INTEGER NOT NULL CHECK (number >= 0),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	time INTEGER NOT NULL CHECK (time >= 0),
	safe_number INTEGER CHECK (safe_number >= 0),
	finalized_number INTEGER CHECK (finalized_number >= 0),
	last_good_poll INTEGER NOT NULL CHECK (last_good_poll >= 0),
	generation INTEGER NOT NULL CHECK (generation >= 0),
	finality_broken INTEGER NOT NULL CHECK (finality_broken IN (0, 1)),
	-- 0 once something was taken on trust that is proved otherwise.
	proofs INTEGER NOT NULL CHECK (proofs IN (0, 1)),
	-- How many endpoints agreed at the last good poll, and how many should.
	agreeing INTEGER NOT NULL CHECK (agreeing >= 0),
	quorum INTEGER NOT NULL CHECK (quorum >= 0)
) STRICT;

-- Every reorganisation that undid something, for ever.
CREATE TABLE reorganisations (
	generation INTEGER PRIMARY KEY CHECK (generation >= 0),
	first_undone INTEGER NOT NULL CHECK (first_undone >= 0),
	first_undone_hash BLOB NOT NULL CHECK (length(first_undone_hash) = 32),
	old_head_number INTEGER NOT NULL CHECK (old_head_number >= 0),
	old_head_hash BLOB NOT NULL CHECK (length(old_head_hash) = 32),
	finalized_number INTEGER CHECK (finalized_number >= 0),
	seen_at INTEGER NOT NULL CHECK (seen_at >= 0)
) STRICT;

-- Every header from the deployment on, linked by its hashes.
CREATE TABLE eth_blocks (
	number INTEGER PRIMARY KEY CHECK (number >= 0),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	time INTEGER NOT NULL CHECK (time >= 0),
	header BLOB NOT NULL
) STRICT;

-- Every log of a contract of the network.
CREATE TABLE logs (
	eth_block_number INTEGER NOT NULL REFERENCES eth_blocks (number)
		CHECK (eth_block_number >= 0),
	log_index INTEGER NOT NULL CHECK (log_index >= 0),
	eth_transaction_index INTEGER NOT NULL
		CHECK (eth_transaction_index >= 0),
	eth_transaction_hash BLOB NOT NULL
		CHECK (length(eth_transaction_hash) = 32),
	address BLOB NOT NULL CHECK (length(address) = 20),
	kind INTEGER NOT NULL CHECK (kind >= 0),
	topics BLOB NOT NULL CHECK (length(topics) IN (0, 32, 64, 96, 128)),
	data BLOB NOT NULL,
	PRIMARY KEY (eth_block_number, log_index)
) STRICT, WITHOUT ROWID;
-- Rare events, from which the state of the contracts follows: exit queues,
-- bonds, vaults, exit games, deposit verifiers, credits, minimum deposits,
-- owners.
CREATE INDEX logs_of_state ON logs (eth_block_number, log_index)
	WHERE kind IN (7, 30, 31, 32, 33, 34, 35, 36, 37, 38, 40, 41);

-- All receipts of an eth_block whose bloom may hold a log of ours: the RLP list
-- of strings, each a receipt as the receipts trie holds it.
CREATE TABLE receipts (
	eth_block_number INTEGER PRIMARY KEY REFERENCES eth_blocks (number)
		CHECK (eth_block_number >= 0),
	receipts BLOB NOT NULL
) STRICT;

-- The transactions that left logs: the nodes of the transactions trie on the way
-- to each, from the root, as an RLP list of strings.
CREATE TABLE eth_transactions (
	eth_block_number INTEGER NOT NULL REFERENCES eth_blocks (number)
		CHECK (eth_block_number >= 0),
	eth_transaction_index INTEGER NOT NULL
		CHECK (eth_transaction_index >= 0),
	proof BLOB NOT NULL,
	PRIMARY KEY (eth_block_number, eth_transaction_index)
) STRICT, WITHOUT ROWID;

-- Blocks of the child chain, derived from logs and the contract.
CREATE TABLE child_blocks (
	blknum INTEGER PRIMARY KEY CHECK (blknum >= 0),
	root BLOB NOT NULL CHECK (length(root) = 32),
	eth_block_number INTEGER NOT NULL REFERENCES eth_blocks (number)
		CHECK (eth_block_number >= 0),
	log_index INTEGER NOT NULL CHECK (log_index >= 0),
	-- The raw transaction of a deposit; NULL for operator blocks and for
	-- deposits whose bytes are not known.
	deposit_tx BLOB
) STRICT;
CREATE INDEX child_blocks_by_eth_block ON child_blocks (eth_block_number);

-- State of the contracts at the head: words as 32 bytes.
CREATE TABLE contract_state (
	name TEXT PRIMARY KEY,
	word BLOB NOT NULL CHECK (length(word) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
	address BLOB PRIMARY KEY CHECK (length(address) = 20),
	minimum_deposit BLOB NOT NULL CHECK (length(minimum_deposit) = 32),
	has_exit_queue INTEGER NOT NULL CHECK (has_exit_queue IN (0, 1)),
	vault_balance BLOB NOT NULL CHECK (length(vault_balance) = 32),
	total_credits BLOB NOT NULL CHECK (length(total_credits) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE code_hashes (
	address BLOB PRIMARY KEY CHECK (length(address) = 20),
	code_hash BLOB NOT NULL CHECK (length(code_hash) = 32)
) STRICT, WITHOUT ROWID;
