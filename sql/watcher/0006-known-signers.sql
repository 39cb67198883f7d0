-- SPDX-License-Identifier: MIT
-- Who signed what was seen outside applied blocks: a signature is recovered once.

ALTER TABLE known_signatures ADD COLUMN recovered INTEGER NOT NULL DEFAULT 0
	CHECK (recovered IN (0, 1));

-- NULL: all signatures of the transaction are recovered. Else it waits for that,
-- in this order: where it stands in the body that it was seen in, 0: in none.
ALTER TABLE known_spends ADD COLUMN pending INTEGER DEFAULT 0;
CREATE INDEX known_spends_pending ON known_spends (position, pending)
	WHERE pending IS NOT NULL;

-- The signature of each signer, in the form that contracts take.
CREATE TABLE known_signers (
	position INTEGER NOT NULL,
	signer BLOB NOT NULL CHECK (length(signer) = 20),
	transaction_hash BLOB NOT NULL REFERENCES known_transactions (hash),
	signature BLOB NOT NULL CHECK (length(signature) = 65),
	PRIMARY KEY (position, signer, transaction_hash)
) STRICT, WITHOUT ROWID;
