-- SPDX-License-Identifier: MIT

-- name: network
SELECT chain_id, plasma_framework, eth_vault, erc20_vault, payment_exit_game,
	deployment_block, deployment_block_hash
FROM network WHERE id = 1;

-- name: put_network
INSERT INTO network (id, chain_id, plasma_framework, eth_vault, erc20_vault,
	payment_exit_game, deployment_block, deployment_block_hash)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (id) DO UPDATE SET chain_id = excluded.chain_id,
	plasma_framework = excluded.plasma_framework,
	eth_vault = excluded.eth_vault, erc20_vault = excluded.erc20_vault,
	payment_exit_game = excluded.payment_exit_game,
	deployment_block = excluded.deployment_block,
	deployment_block_hash = excluded.deployment_block_hash;

-- name: head
SELECT number, hash, time, safe_number, finalized_number, last_good_poll,
	generation, finality_broken, proofs, agreeing, quorum
FROM head WHERE id = 1;

-- name: put_head
INSERT INTO head (id, number, hash, time, safe_number, finalized_number,
	last_good_poll, generation, finality_broken, proofs, agreeing, quorum)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
ON CONFLICT (id) DO UPDATE SET number = excluded.number, hash = excluded.hash,
	time = excluded.time, safe_number = excluded.safe_number,
	finalized_number = excluded.finalized_number,
	last_good_poll = excluded.last_good_poll,
	generation = excluded.generation,
	finality_broken = excluded.finality_broken, proofs = excluded.proofs,
	agreeing = excluded.agreeing, quorum = excluded.quorum;

-- name: put_reorganisation
INSERT INTO reorganisations (generation, first_undone, first_undone_hash,
	old_head_number, old_head_hash, finalized_number, seen_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: tip
SELECT number, hash, time FROM eth_blocks ORDER BY number DESC LIMIT 1;

-- name: eth_block
SELECT number, hash, time FROM eth_blocks WHERE number = ?1;

-- name: header
SELECT header FROM eth_blocks WHERE number = ?1;

-- name: put_eth_block
INSERT INTO eth_blocks (number, hash, time, header) VALUES (?1, ?2, ?3, ?4);

-- name: put_log
INSERT INTO logs (eth_block_number, log_index, eth_transaction_index,
	eth_transaction_hash, address, kind, topics, data)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: put_receipts
INSERT INTO receipts (eth_block_number, receipts) VALUES (?1, ?2);

-- name: put_eth_transaction
INSERT INTO eth_transactions (eth_block_number, eth_transaction_index, proof)
VALUES (?1, ?2, ?3);

-- name: put_child_block
INSERT INTO child_blocks (blknum, root, eth_block_number, log_index, deposit_tx)
VALUES (?1, ?2, ?3, ?4, ?5);

-- name: correct_child_block
UPDATE child_blocks SET root = ?2, deposit_tx = ?3 WHERE blknum = ?1;

-- name: undo_child_blocks
DELETE FROM child_blocks WHERE eth_block_number >= ?1;

-- name: undo_logs
DELETE FROM logs WHERE eth_block_number >= ?1;

-- name: undo_eth_transactions
DELETE FROM eth_transactions WHERE eth_block_number >= ?1;

-- name: undo_receipts
DELETE FROM receipts WHERE eth_block_number >= ?1;

-- name: undo_eth_blocks
DELETE FROM eth_blocks WHERE number >= ?1;

-- name: newest_blknum
SELECT max(blknum) FROM child_blocks;

-- name: child_blocks_since
SELECT child_blocks.blknum, child_blocks.root, logs.eth_transaction_hash,
	logs.address
FROM child_blocks
JOIN logs ON logs.eth_block_number = child_blocks.eth_block_number
	AND logs.log_index = child_blocks.log_index
WHERE child_blocks.eth_block_number > ?1 AND child_blocks.blknum > ?2
ORDER BY child_blocks.blknum LIMIT ?3;

-- name: unknown_deposits
SELECT child_blocks.blknum, child_blocks.root, logs.eth_transaction_hash,
	logs.address
FROM child_blocks
JOIN logs ON logs.eth_block_number = child_blocks.eth_block_number
	AND logs.log_index = child_blocks.log_index
WHERE child_blocks.deposit_tx IS NULL AND child_blocks.blknum % 1000 != 0
	AND child_blocks.blknum > ?1
ORDER BY child_blocks.blknum LIMIT ?2;

-- name: eth_transaction_of_block
SELECT eth_transactions.eth_transaction_index, eth_transactions.proof,
	eth_blocks.header
FROM child_blocks
JOIN logs ON logs.eth_block_number = child_blocks.eth_block_number
	AND logs.log_index = child_blocks.log_index
JOIN eth_transactions
	ON eth_transactions.eth_block_number = logs.eth_block_number
	AND eth_transactions.eth_transaction_index = logs.eth_transaction_index
JOIN eth_blocks ON eth_blocks.number = logs.eth_block_number
WHERE child_blocks.blknum = ?1;

-- name: state_logs
SELECT logs.address, logs.topics, logs.data, eth_blocks.time
FROM logs JOIN eth_blocks ON eth_blocks.number = logs.eth_block_number
WHERE logs.kind IN (7, 30, 31, 32, 33, 34, 35, 36, 37, 38, 40, 41)
	AND logs.eth_block_number <= ?1
ORDER BY logs.eth_block_number, logs.log_index;

-- name: put_contract_state
INSERT INTO contract_state (name, word) VALUES (?1, ?2)
ON CONFLICT (name) DO UPDATE SET word = excluded.word;

-- name: delete_tokens
DELETE FROM tokens;

-- name: put_token
INSERT INTO tokens (address, minimum_deposit, has_exit_queue, vault_balance,
	total_credits)
VALUES (?1, ?2, ?3, ?4, ?5);

-- name: delete_code_hashes
DELETE FROM code_hashes;

-- name: put_code_hash
INSERT INTO code_hashes (address, code_hash) VALUES (?1, ?2);

-- name: eth_blocks_between
SELECT eth_blocks.number, eth_blocks.hash, eth_blocks.time, eth_blocks.header,
	receipts.receipts
FROM eth_blocks
LEFT JOIN receipts ON receipts.eth_block_number = eth_blocks.number
WHERE eth_blocks.number <= ?1 AND eth_blocks.number >= ?2
ORDER BY eth_blocks.number;

-- name: logs_between
SELECT eth_block_number, log_index, eth_transaction_index,
	eth_transaction_hash, address, kind, topics, data
FROM logs WHERE eth_block_number <= ?1 AND eth_block_number >= ?2
ORDER BY eth_block_number, log_index;

-- name: child_blocks_between
SELECT eth_block_number, log_index, blknum, root, deposit_tx
FROM child_blocks WHERE eth_block_number <= ?1 AND eth_block_number >= ?2
ORDER BY eth_block_number, log_index;

-- name: newest_blknum_at
SELECT max(blknum) FROM child_blocks WHERE eth_block_number <= ?1;

-- name: eth_transactions_between
SELECT eth_block_number, eth_transaction_index, proof
FROM eth_transactions WHERE eth_block_number <= ?1 AND eth_block_number >= ?2
ORDER BY eth_block_number, eth_transaction_index;

-- name: all_contract_state
SELECT name, word FROM contract_state;

-- name: all_tokens
SELECT address, minimum_deposit, has_exit_queue, vault_balance, total_credits
FROM tokens;

-- name: all_code_hashes
SELECT address, code_hash FROM code_hashes;

-- SQLite knows no CHECK of a file that it opens read-only.
-- name: negative_numbers
SELECT (SELECT count(*) FROM eth_blocks WHERE min(number, time) < 0)
	+ (SELECT count(*) FROM reorganisations
		WHERE min(generation, first_undone, old_head_number, seen_at,
			ifnull(finalized_number, 0)) < 0)
	+ (SELECT count(*) FROM logs
		WHERE min(eth_block_number, log_index, eth_transaction_index,
			kind) < 0)
	+ (SELECT count(*) FROM receipts WHERE eth_block_number < 0)
	+ (SELECT count(*) FROM eth_transactions
		WHERE min(eth_block_number, eth_transaction_index) < 0)
	+ (SELECT count(*) FROM child_blocks
		WHERE min(blknum, eth_block_number, log_index) < 0)
	+ (SELECT count(*) FROM tokens WHERE has_exit_queue < 0);
