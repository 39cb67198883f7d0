-- SPDX-License-Identifier: MIT
-- Transactions outside applied blocks whose bytes name a watched owner.

CREATE TABLE known_payments (
	owner BLOB NOT NULL CHECK (length(owner) = 20),
	transaction_hash BLOB NOT NULL REFERENCES known_transactions (hash),
	PRIMARY KEY (owner, transaction_hash)
) STRICT, WITHOUT ROWID;
INSERT INTO known_payments (owner, transaction_hash)
SELECT owners.address, known_transactions.hash FROM owners, known_transactions
WHERE instr(known_transactions.raw, owners.address) > 0;
