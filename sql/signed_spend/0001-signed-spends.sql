-- SPDX-License-Identifier: MIT
-- What the owner's keys have signed on one child chain: one transaction per coin,
-- for ever. A row is here before the signature is anywhere else, so a coin whose
-- row has no signature counts as signed too.

-- Which chain the positions belong to.
CREATE TABLE network (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	chain_id INTEGER NOT NULL,
	plasma_framework BLOB NOT NULL CHECK (length(plasma_framework) = 20)
) STRICT;

-- Transactions that at least one input of ours was claimed for.
CREATE TABLE signed_transactions (
	sequence INTEGER PRIMARY KEY AUTOINCREMENT,
	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
	raw BLOB NOT NULL,
	claimed_at INTEGER NOT NULL
) STRICT;
CREATE TRIGGER signed_transactions_never_change
BEFORE UPDATE ON signed_transactions
BEGIN
	SELECT RAISE(ABORT, 'a signed transaction never changes');
END;
CREATE TRIGGER signed_transactions_stay BEFORE DELETE ON signed_transactions
BEGIN
	SELECT RAISE(ABORT, 'a signed transaction is never forgotten');
END;

-- The coins that are claimed: each by one transaction. Positions are packed.
CREATE TABLE signed_spends (
	position INTEGER PRIMARY KEY,
	hash BLOB NOT NULL REFERENCES signed_transactions (hash),
	input_index INTEGER NOT NULL CHECK (input_index BETWEEN 0 AND 4),
	UNIQUE (hash, input_index)
) STRICT;
CREATE TRIGGER signed_spends_never_change BEFORE UPDATE ON signed_spends
BEGIN
	SELECT RAISE(ABORT, 'a coin is signed away once');
END;
CREATE TRIGGER signed_spends_stay BEFORE DELETE ON signed_spends
BEGIN
	SELECT RAISE(ABORT, 'a signed coin is never forgotten');
END;

-- The signatures of these transactions, of our inputs and of those of others.
CREATE TABLE signatures (
	hash BLOB NOT NULL REFERENCES signed_transactions (hash),
	input_index INTEGER NOT NULL CHECK (input_index BETWEEN 0 AND 4),
	signature BLOB NOT NULL CHECK (length(signature) = 65),
	PRIMARY KEY (hash, input_index)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER signatures_never_change BEFORE UPDATE ON signatures
BEGIN
	SELECT RAISE(ABORT, 'a signature never changes');
END;
CREATE TRIGGER signatures_stay BEFORE DELETE ON signatures
BEGIN
	SELECT RAISE(ABORT, 'a signature is never forgotten');
END;
