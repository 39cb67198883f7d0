-- SPDX-License-Identifier: MIT

-- name: network
SELECT chain_id, plasma_framework FROM network WHERE id = 1;

-- name: insert_network
INSERT INTO network (id, chain_id, plasma_framework) VALUES (1, ?1, ?2);

-- name: transaction_of_position
SELECT t.sequence, t.hash, t.raw, t.claimed_at
FROM signed_spends AS s JOIN signed_transactions AS t ON t.hash = s.hash
WHERE s.position = ?1;

-- name: transaction_of_hash
SELECT sequence, hash, raw, claimed_at FROM signed_transactions
WHERE hash = ?1;

-- name: transactions_after
SELECT sequence, hash, raw, claimed_at FROM signed_transactions
WHERE sequence > ?1 ORDER BY sequence LIMIT ?2;

-- name: signatures
SELECT input_index, signature FROM signatures WHERE hash = ?1
ORDER BY input_index;

-- name: spends
SELECT input_index FROM signed_spends WHERE hash = ?1 ORDER BY input_index;

-- name: insert_transaction
INSERT INTO signed_transactions (hash, raw, claimed_at) VALUES (?1, ?2, ?3);

-- name: insert_spend
INSERT INTO signed_spends (position, hash, input_index) VALUES (?1, ?2, ?3);

-- name: insert_signature
INSERT INTO signatures (hash, input_index, signature) VALUES (?1, ?2, ?3);
