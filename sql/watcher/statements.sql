-- SPDX-License-Identifier: MIT

-- name: network
SELECT chain_id, plasma_framework FROM network WHERE id = 1;

-- name: insert_network
INSERT INTO network (id, chain_id, plasma_framework) VALUES (1, ?1, ?2);

-- name: cursor
SELECT eth_block_number, log_index, generation, head_number, head_hash,
	head_time, final_number, last_good_poll, head_first_seen, final_hash
FROM cursor WHERE id = 1;

-- name: put_cursor
INSERT OR REPLACE INTO cursor (id, eth_block_number, log_index, generation,
	head_number, head_hash, head_time, final_number, last_good_poll,
	head_first_seen, final_hash)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- name: put_head
INSERT OR REPLACE INTO heads (number, hash) VALUES (?1, ?2);

-- name: head_before
SELECT number, hash FROM heads WHERE number < ?1 ORDER BY number DESC LIMIT 1;

-- name: delete_heads_from
DELETE FROM heads WHERE number >= ?1;

-- name: prune_heads
DELETE FROM heads WHERE number <= (
	SELECT number FROM heads ORDER BY number DESC LIMIT 1 OFFSET 1000);

-- name: any_deposit
SELECT EXISTS (SELECT 1 FROM deposits);

-- name: block
SELECT blknum, root, time, eth_block_number, log_index, eth_block_hash, state,
	verdict, tx_index, transaction_count, first_tried, failed_rounds
FROM blocks WHERE blknum = ?1;

-- name: blocks
SELECT blknum, root, time, eth_block_number, log_index, eth_block_hash, state,
	verdict, tx_index, transaction_count, first_tried, failed_rounds
FROM blocks WHERE blknum >= ?1 ORDER BY blknum LIMIT ?2;

-- name: open_blocks
SELECT blknum, root, time, eth_block_number, log_index, eth_block_hash, state,
	verdict, tx_index, transaction_count, first_tried, failed_rounds
FROM blocks WHERE state <> 2 AND blknum >= ?1 ORDER BY blknum LIMIT ?2;

-- name: blocks_to_keep
SELECT blknum, root, time, eth_block_number, log_index, eth_block_hash, state,
	verdict, tx_index, transaction_count, first_tried, failed_rounds
FROM blocks
WHERE state <> 2 AND blknum >= ?1
	AND (transaction_count IS NULL OR (?3 AND state = 1))
ORDER BY blknum LIMIT ?2;

-- name: first_open_blknum
SELECT min(blknum) FROM blocks WHERE state <> 2;

-- name: newest_block_before
SELECT blknum, root, time, eth_block_number, log_index, eth_block_hash, state,
	verdict, tx_index, transaction_count, first_tried, failed_rounds
FROM blocks WHERE blknum < ?1 ORDER BY blknum DESC LIMIT 1;

-- name: root_repeated
SELECT EXISTS (SELECT 1 FROM blocks WHERE root = ?1 AND blknum < ?2);

-- name: put_block
INSERT OR REPLACE INTO blocks (blknum, root, time, eth_block_number, log_index,
	eth_block_hash, state, verdict, tx_index, transaction_count,
	first_tried, failed_rounds)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12);

-- name: blocks_from_eth_block
SELECT blknum, root, time, eth_block_number, log_index, eth_block_hash, state,
	verdict, tx_index, transaction_count, first_tried, failed_rounds
FROM blocks WHERE eth_block_number >= ?1 ORDER BY blknum DESC LIMIT 1;

-- name: delete_block
DELETE FROM blocks WHERE blknum = ?1;

-- name: reopen_blocks
UPDATE blocks SET state = 1, verdict = '', tx_index = NULL
WHERE state IN (3, 4, 5);

-- name: put_replaced_block
INSERT INTO replaced_blocks (blknum, root, time, eth_block_number,
	eth_block_hash, was_final)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (blknum) DO UPDATE
SET root = excluded.root, time = excluded.time,
	eth_block_number = excluded.eth_block_number,
	eth_block_hash = excluded.eth_block_hash, was_final = 1
WHERE excluded.was_final = 1 AND replaced_blocks.was_final = 0;

-- name: replaced_block
SELECT root, time, was_final FROM replaced_blocks
WHERE blknum = ?1;

-- name: deposit
SELECT blknum, owner, token, amount, root, time, eth_block_number, log_index,
	eth_block_hash, eth_transaction_hash, raw
FROM deposits WHERE blknum = ?1;

-- name: put_deposit
INSERT OR REPLACE INTO deposits (blknum, owner, token, amount, root, time,
	eth_block_number, log_index, eth_block_hash, eth_transaction_hash, raw)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: put_deposit_bytes
UPDATE deposits SET raw = ?2 WHERE blknum = ?1;

-- name: deposit_from_eth_block
SELECT blknum, token, amount FROM deposits WHERE eth_block_number >= ?1
ORDER BY blknum DESC LIMIT 1;

-- name: delete_deposit
DELETE FROM deposits WHERE blknum = ?1;

-- name: coin
SELECT coins.position, type, owner, token, amount, spender,
	exited.eth_block_number, exited.log_index, exited.exit_id, exited.paid
FROM coins LEFT JOIN exited ON exited.position = coins.position
WHERE coins.position = ?1;

-- name: bare_coin
SELECT type, owner, token, amount, spender FROM coins WHERE position = ?1;

-- name: insert_coin
INSERT OR REPLACE INTO coins (position, type, owner, token, amount, spender)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- As many rows as coin_store.c binds at once.
-- name: insert_coins
INSERT OR REPLACE INTO coins (position, type, owner, token, amount, spender)
VALUES
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?),
	(?, ?, ?, ?, ?, ?);

-- name: spend_coin
UPDATE coins SET spender = ?2 WHERE position = ?1;

-- name: delete_coins
DELETE FROM coins WHERE position BETWEEN ?1 AND ?2;

-- name: delete_own_coins
DELETE FROM own_coins
WHERE owner IN (SELECT address FROM owners) AND spent IN (0, 1)
	AND position BETWEEN ?1 AND ?2;

-- name: delete_own_transactions
DELETE FROM own_transactions WHERE position BETWEEN ?1 AND ?2;

-- name: exited_count
SELECT count(*) FROM (SELECT 1 FROM exited LIMIT 1);

-- name: exited
SELECT eth_block_number, log_index, exit_id, paid FROM exited
WHERE position = ?1;

-- name: insert_exited
INSERT OR IGNORE INTO exited (position, eth_block_number, log_index, exit_id,
	paid)
VALUES (?1, ?2, ?3, ?4, ?5);

-- name: pay_exited
UPDATE exited SET paid = 1 WHERE position = ?1 AND exit_id = ?2;

-- name: delete_exited_from_eth_block
DELETE FROM exited WHERE eth_block_number >= ?1;

-- From the few that left to the many that there are.
-- name: exited_unspent
SELECT coins.amount
FROM exited CROSS JOIN coins ON coins.position = exited.position
WHERE coins.spender = 0 AND coins.token = ?1;

-- name: owners
SELECT address FROM owners ORDER BY address;

-- name: is_owner
SELECT 1 FROM owners WHERE address = ?1;

-- name: insert_owner
INSERT INTO owners (address) VALUES (?1);

-- name: delete_owner
DELETE FROM owners WHERE address = ?1;

-- name: index_coins_of_owner
INSERT OR IGNORE INTO own_coins (owner, spent, position)
SELECT owner, spender <> 0, position FROM coins WHERE owner = ?1;

-- name: index_payments_of_owner
INSERT OR IGNORE INTO known_payments (owner, transaction_hash)
SELECT ?1, hash FROM known_transactions WHERE instr(raw, ?1) > 0;

-- name: forget_payments_of_owner
DELETE FROM known_payments WHERE owner = ?1;

-- name: forget_coins_of_owner
DELETE FROM own_coins WHERE owner = ?1;

-- name: insert_own_coin
INSERT OR IGNORE INTO own_coins (owner, spent, position) VALUES (?1, 0, ?2);

-- name: spend_own_coin
UPDATE own_coins SET spent = ?3
WHERE owner = ?1 AND spent = 1 - ?3 AND position = ?2;

-- name: own_unspent_count
SELECT count(*)
FROM owners CROSS JOIN own_coins ON own_coins.owner = owners.address
	AND own_coins.spent = 0
LEFT JOIN exited ON exited.position = own_coins.position
WHERE exited.position IS NULL;

-- name: own_coins
SELECT coins.position, type, coins.owner, token, amount, spender,
	exited.eth_block_number, exited.log_index, exited.exit_id, exited.paid
FROM own_coins
JOIN coins ON coins.position = own_coins.position
LEFT JOIN exited ON exited.position = own_coins.position
WHERE own_coins.owner = ?1 AND own_coins.spent IN (0, 1)
	AND own_coins.position >= ?2
ORDER BY own_coins.position LIMIT ?3;

-- name: own_unspent_coins
SELECT coins.position, type, coins.owner, token, amount, spender,
	exited.eth_block_number, exited.log_index, exited.exit_id, exited.paid
FROM own_coins
JOIN coins ON coins.position = own_coins.position
LEFT JOIN exited ON exited.position = own_coins.position
WHERE own_coins.owner = ?1 AND own_coins.spent = 0
	AND own_coins.position >= ?2 AND exited.position IS NULL
ORDER BY own_coins.position LIMIT ?3;

-- name: own_transaction
SELECT max(position) FROM own_transactions WHERE hash = ?1;

-- name: insert_own_transaction
INSERT OR IGNORE INTO own_transactions (hash, position) VALUES (?1, ?2);

-- name: totals
SELECT token, deposited FROM totals ORDER BY token;

-- name: total
SELECT deposited FROM totals WHERE token = ?1;

-- name: put_total
INSERT OR REPLACE INTO totals (token, deposited) VALUES (?1, ?2);

-- name: last_pass
SELECT completed_at_wall, head_number, head_time, severity, line
FROM last_pass WHERE id = 1;

-- name: put_last_pass
INSERT OR REPLACE INTO last_pass (id, completed_at_wall, head_number, head_time,
	severity, line)
VALUES (1, ?1, ?2, ?3, ?4, ?5);
