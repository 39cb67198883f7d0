-- SPDX-License-Identifier: MIT

-- name: network
SELECT chain_id, plasma_framework, first_nonce FROM network WHERE id = 1;

-- name: insert_network
INSERT INTO network (id, chain_id, plasma_framework, first_nonce)
VALUES (1, ?1, ?2, ?3);

-- name: insert_block
INSERT INTO blocks (blknum, root, transaction_count, body_len, formed_at)
VALUES (?1, ?2, ?3, ?4, ?5);

-- name: insert_signed_root
INSERT INTO signed_roots (blknum, root) VALUES (?1, ?2);

-- name: signed_root
SELECT root FROM signed_roots WHERE blknum = ?1;

-- name: insert_root_batch
INSERT INTO root_batches (nonce, first_blknum, block_count)
VALUES (?1, ?2, ?3);

-- name: newest_root_batch
SELECT nonce, first_blknum, block_count FROM root_batches
ORDER BY nonce DESC LIMIT 1;

-- name: root_batch_of_block
SELECT nonce, first_blknum, block_count FROM root_batches
WHERE first_blknum <= ?1 ORDER BY first_blknum DESC LIMIT 1;

-- name: block
SELECT blknum, root, transaction_count, body_len, formed_at
FROM blocks WHERE blknum = ?1;

-- name: block_of_root
SELECT blknum, root, transaction_count, body_len, formed_at
FROM blocks WHERE root = ?1;

-- name: newest_block
SELECT blknum, root, transaction_count, body_len, formed_at
FROM blocks ORDER BY blknum DESC LIMIT 1;

-- name: blocks_from
SELECT blknum, root, transaction_count, body_len, formed_at
FROM blocks WHERE blknum >= ?1 ORDER BY blknum LIMIT ?2;

-- name: insert_root_transaction
INSERT INTO root_transactions (nonce, attempt, raw, hash, max_fee_wei,
	max_priority_fee_wei, gas_limit, signed_at_eth_block, signed_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: last_root_transaction
SELECT attempt, raw, hash, max_fee_wei, max_priority_fee_wei, gas_limit,
	signed_at_eth_block, signed_at
FROM root_transactions WHERE nonce = ?1 ORDER BY attempt DESC LIMIT 1;

-- name: first_root_transaction
SELECT signed_at_eth_block FROM root_transactions
WHERE nonce = ?1 ORDER BY attempt LIMIT 1;

-- name: root_transactions_since
SELECT attempt, raw, hash, max_fee_wei, max_priority_fee_wei, gas_limit,
	signed_at_eth_block, signed_at
FROM root_transactions INDEXED BY root_transactions_by_time
WHERE signed_at >= ?1 ORDER BY nonce, attempt;

-- name: put_mirror
INSERT INTO mirrors (name, blknum) VALUES (?1, ?2)
ON CONFLICT (name) DO UPDATE SET blknum = excluded.blknum;

-- name: mirror
SELECT blknum FROM mirrors WHERE name = ?1;

-- name: upsert_deposit
INSERT INTO deposits (blknum, owner, token, amount, eth_block_number, log_index)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (blknum) DO UPDATE
SET owner = excluded.owner, token = excluded.token, amount = excluded.amount,
	eth_block_number = excluded.eth_block_number,
	log_index = excluded.log_index;

-- name: delete_deposit
DELETE FROM deposits WHERE blknum = ?1;

-- name: all_deposits
SELECT blknum, owner, token, amount, eth_block_number, log_index, credited
FROM deposits ORDER BY blknum;

-- name: deposits_from_eth_block
SELECT blknum, owner, token, amount, eth_block_number, log_index, credited
FROM deposits INDEXED BY deposits_by_eth_block
WHERE eth_block_number >= ?1 ORDER BY blknum;

-- name: deposits_to_credit
SELECT blknum, owner, token, amount, eth_block_number, log_index, credited
FROM deposits WHERE credited IS NULL AND eth_block_number <= ?1
ORDER BY blknum;

-- name: credit_deposit
UPDATE deposits SET credited = ?2 WHERE blknum = ?1;

-- name: deposits_credited
SELECT coalesce(max(credited), 0) FROM deposits;

-- name: insert_freeze
INSERT OR IGNORE INTO freezes (eth_block_number, log_index, position)
VALUES (?1, ?2, ?3);

-- name: freezes_from_eth_block
SELECT position FROM freezes WHERE eth_block_number >= ?1
ORDER BY eth_block_number, log_index, position;

-- name: freezes_between_eth_blocks
SELECT freezes.position, in_flight_exits.hash
FROM freezes LEFT JOIN in_flight_exits USING (eth_block_number, log_index)
WHERE freezes.eth_block_number > ?1 AND freezes.eth_block_number <= ?2;

-- name: delete_freezes_from_eth_block
DELETE FROM freezes WHERE eth_block_number >= ?1;

-- name: insert_in_flight_exit
INSERT OR IGNORE INTO in_flight_exits (eth_block_number, log_index, hash, raw)
VALUES (?1, ?2, ?3, ?4);

-- name: in_flight_exit_of_hash
SELECT raw FROM in_flight_exits WHERE hash = ?1 LIMIT 1;

-- name: delete_in_flight_exits_from_eth_block
DELETE FROM in_flight_exits WHERE eth_block_number >= ?1;

-- name: insert_piggyback
INSERT OR IGNORE INTO piggybacks (eth_block_number, log_index, hash,
	output_index, resolved)
VALUES (?1, ?2, ?3, ?4, 0);

-- name: unresolved_piggybacks
SELECT eth_block_number, log_index, hash, output_index FROM piggybacks
WHERE resolved = 0 ORDER BY eth_block_number, log_index;

-- name: resolve_piggyback
UPDATE piggybacks SET resolved = 1
WHERE eth_block_number = ?1 AND log_index = ?2;

-- name: delete_piggybacks_from_eth_block
DELETE FROM piggybacks WHERE eth_block_number >= ?1;

-- name: cursor
SELECT eth_block_number, log_index, generation FROM cursor WHERE id = 1;

-- name: put_cursor
INSERT INTO cursor (id, eth_block_number, log_index, generation)
VALUES (1, ?1, ?2, ?3)
ON CONFLICT (id) DO UPDATE
SET eth_block_number = excluded.eth_block_number,
	log_index = excluded.log_index, generation = excluded.generation;
