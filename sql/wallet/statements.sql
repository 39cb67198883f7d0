-- SPDX-License-Identifier: MIT

-- name: network
SELECT chain_id, plasma_framework FROM network WHERE id = 1;

-- name: insert_network
INSERT INTO network (id, chain_id, plasma_framework) VALUES (1, ?1, ?2);

-- name: put_transaction
INSERT INTO transactions (hash, raw, position, block_time, proof, root, deposit)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (hash, deposit) DO UPDATE
SET position = coalesce(excluded.position, position),
	block_time = coalesce(excluded.block_time, block_time),
	proof = coalesce(excluded.proof, proof),
	root = coalesce(excluded.root, root);

-- name: transaction
SELECT hash, raw, position, block_time, proof, root FROM transactions
WHERE hash = ?1 AND deposit = ?2;

-- name: transaction_of_hash
SELECT hash, raw, position, block_time, proof, root FROM transactions
WHERE hash = ?1 ORDER BY deposit LIMIT 1;

-- name: transactions_newest
SELECT hash, raw, position, block_time, proof, root FROM transactions
ORDER BY position IS NOT NULL, position DESC LIMIT ?1;

-- name: put_coin
INSERT INTO coins (position, type, owner, token, amount, status, is_verified,
	hash, deposit)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (position) DO UPDATE
SET type = excluded.type, owner = excluded.owner, token = excluded.token,
	amount = excluded.amount, status = excluded.status,
	is_verified = max(is_verified, excluded.is_verified),
	hash = excluded.hash, deposit = excluded.deposit;

-- name: delete_unverified_coin
DELETE FROM coins WHERE position = ?1 AND is_verified = 0;

-- name: set_coin_status
UPDATE coins SET status = ?2 WHERE position = ?1;

-- name: coin
SELECT c.position, c.type, c.owner, c.token, c.amount, c.status, c.is_verified,
	c.hash, t.proof IS NOT NULL
FROM coins AS c LEFT JOIN transactions AS t
	ON t.hash = c.hash AND t.deposit = c.deposit
WHERE c.position = ?1;

-- name: coins_of_owner
SELECT c.position, c.type, c.owner, c.token, c.amount, c.status, c.is_verified,
	c.hash, t.proof IS NOT NULL
FROM coins AS c LEFT JOIN transactions AS t
	ON t.hash = c.hash AND t.deposit = c.deposit
WHERE c.owner = ?1 ORDER BY c.position;

-- name: put_payment
INSERT INTO payments (hash, account, made_at, state, answer)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (hash) DO UPDATE
SET state = excluded.state, answer = excluded.answer;

-- name: payments_of_account
SELECT hash, account, made_at, state, answer FROM payments
WHERE account = ?1 ORDER BY made_at, hash;

-- name: put_exit
INSERT INTO exits (exit_id, position, account, token, amount, hash, wanted_at,
	exitable_at, state)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (exit_id) DO UPDATE
SET position = excluded.position, exitable_at = excluded.exitable_at,
	state = excluded.state;

-- name: exits_of_account
SELECT exit_id, position, account, token, amount, hash, wanted_at, exitable_at,
	state
FROM exits WHERE account = ?1 ORDER BY wanted_at, exit_id;
