-- SPDX-License-Identifier: MIT
-- What is wanted on the root chain, and every transaction signed for it. A step
-- of the schema of each database that keeps actions. Amounts are 32 bytes,
-- big-endian; times are root-chain seconds.

CREATE TABLE actions (
	id INTEGER PRIMARY KEY,
	-- What it achieves: enum action_kind, the contract called, an exit (or
	-- what stands for it), and a number.
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 15),
	contract BLOB NOT NULL CHECK (length(contract) = 20),
	exit_id BLOB NOT NULL CHECK (length(exit_id) = 21),
	number INTEGER NOT NULL,
	-- How.
	account BLOB NOT NULL CHECK (length(account) = 20),
	call_data BLOB NOT NULL,
	value_wei BLOB NOT NULL CHECK (length(value_wei) = 32),
	earliest INTEGER NOT NULL,
	target INTEGER NOT NULL,
	last INTEGER NOT NULL,
	value_at_risk_wei BLOB NOT NULL CHECK (length(value_at_risk_wei) = 32),
	fee_cap_wei BLOB NOT NULL CHECK (length(fee_cap_wei) = 32),
	print_only INTEGER NOT NULL CHECK (print_only IN (0, 1)),
	detail BLOB NOT NULL CHECK (length(detail) = 32),
	-- How far: enum action_state; numbers of eth_blocks are 0 for none.
	wanted_at INTEGER NOT NULL,
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 7),
	nonce INTEGER,
	mined_at INTEGER NOT NULL,
	rested_at INTEGER NOT NULL,
	not_before INTEGER NOT NULL,
	is_settled INTEGER NOT NULL CHECK (is_settled IN (0, 1)),
	highest_fee_wei BLOB NOT NULL CHECK (length(highest_fee_wei) = 32),
	highest_tip_wei BLOB NOT NULL CHECK (length(highest_tip_wei) = 32),
	spent_wei BLOB NOT NULL CHECK (length(spent_wei) = 32),
	-- Gas that the call is given even if it would work with less; 0: none.
	gas_at_least INTEGER NOT NULL,
	trouble TEXT,
	UNIQUE (kind, contract, exit_id, number)
) STRICT;
CREATE INDEX actions_unsettled ON actions (account) WHERE is_settled = 0;
-- One nonce of an account serves one action.
CREATE UNIQUE INDEX actions_nonce ON actions (account, nonce)
	WHERE nonce IS NOT NULL;

-- What left the signer: stored before it is sent, never changed.
CREATE TABLE action_transactions (
	account BLOB NOT NULL CHECK (length(account) = 20),
	nonce INTEGER NOT NULL,
	attempt INTEGER NOT NULL CHECK (attempt > 0),
	action_id INTEGER REFERENCES actions (id),
	purpose INTEGER NOT NULL CHECK (purpose IN (1, 2)),
	raw BLOB NOT NULL,
	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
	max_fee_wei BLOB NOT NULL CHECK (length(max_fee_wei) = 32),
	max_priority_fee_wei BLOB NOT NULL
		CHECK (length(max_priority_fee_wei) = 32),
	gas_limit INTEGER NOT NULL CHECK (gas_limit BETWEEN 21000 AND 16777216),
	value_wei BLOB NOT NULL CHECK (length(value_wei) = 32),
	signed_at_eth_block INTEGER NOT NULL,
	signed_at INTEGER NOT NULL,
	PRIMARY KEY (account, nonce, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX action_transactions_signed_at ON action_transactions (signed_at);
CREATE TRIGGER action_transactions_never_change
BEFORE UPDATE ON action_transactions
BEGIN
	SELECT RAISE(ABORT, 'what was signed never changes');
END;
CREATE TRIGGER action_transactions_stay
BEFORE DELETE ON action_transactions
BEGIN
	SELECT RAISE(ABORT, 'what was signed is never forgotten');
END;

-- What a mined nonce of ours cost for gas.
CREATE TABLE action_costs (
	account BLOB NOT NULL CHECK (length(account) = 20),
	nonce INTEGER NOT NULL,
	cost_wei BLOB NOT NULL CHECK (length(cost_wei) = 32),
	PRIMARY KEY (account, nonce)
) STRICT, WITHOUT ROWID;
