-- SPDX-License-Identifier: MIT

-- name: network
SELECT chain_id, plasma_framework, eth_vault, erc20_vault, payment_exit_game,
	deployment_block, deployment_block_hash
FROM network WHERE id = 1;

-- name: head
SELECT number, hash, time, safe_number, finalized_number, last_good_poll,
	generation, finality_broken, proofs, agreeing, quorum
FROM head WHERE id = 1;

-- name: undone_since
SELECT min(first_undone) FROM reorganisations WHERE generation > ?1;

-- name: eth_block
SELECT hash, time FROM eth_blocks
WHERE number = ?1 AND number <= (SELECT number FROM head WHERE id = 1);

-- name: header
SELECT header FROM eth_blocks
WHERE number = ?1 AND number <= (SELECT number FROM head WHERE id = 1);

-- name: receipts
SELECT receipts FROM receipts
WHERE eth_block_number = ?1
	AND eth_block_number <= (SELECT number FROM head WHERE id = 1);

-- name: events_from
SELECT logs.eth_block_number, logs.log_index, logs.eth_transaction_index,
	logs.eth_transaction_hash, logs.address, logs.topics, logs.data,
	eth_blocks.hash, eth_blocks.time
FROM logs JOIN eth_blocks ON eth_blocks.number = logs.eth_block_number
WHERE (logs.eth_block_number, logs.log_index) >= (?1, ?2)
	AND logs.eth_block_number <= (SELECT number FROM head WHERE id = 1)
ORDER BY logs.eth_block_number, logs.log_index;

-- name: child_block
SELECT child_blocks.blknum, child_blocks.root, child_blocks.eth_block_number,
	child_blocks.log_index, eth_blocks.hash, eth_blocks.time,
	logs.eth_transaction_hash
FROM child_blocks
JOIN eth_blocks ON eth_blocks.number = child_blocks.eth_block_number
JOIN logs ON logs.eth_block_number = child_blocks.eth_block_number
	AND logs.log_index = child_blocks.log_index
WHERE child_blocks.blknum = ?1
	AND child_blocks.eth_block_number <= (SELECT number FROM head WHERE id = 1);

-- name: deposit_tx
SELECT deposit_tx FROM child_blocks
WHERE blknum = ?1 AND blknum % 1000 <> 0
	AND eth_block_number <= (SELECT number FROM head WHERE id = 1);

-- name: contract_state
SELECT word FROM contract_state WHERE name = ?1;

-- name: token
SELECT address, minimum_deposit, has_exit_queue, vault_balance, total_credits
FROM tokens WHERE address = ?1;

-- name: tokens
SELECT address, minimum_deposit, has_exit_queue, vault_balance, total_credits
FROM tokens ORDER BY address;

-- name: code_hash
SELECT code_hash FROM code_hashes WHERE address = ?1;

-- name: digest_headers
SELECT number, header FROM eth_blocks WHERE number <= ?1 ORDER BY number;

-- name: digest_logs
SELECT eth_block_number, eth_transaction_index, log_index,
	eth_transaction_hash, address, topics, data
FROM logs WHERE eth_block_number <= ?1
ORDER BY eth_block_number, log_index;

-- name: digest_child_blocks
SELECT child_blocks.blknum, child_blocks.root, eth_blocks.time
FROM child_blocks
JOIN eth_blocks ON eth_blocks.number = child_blocks.eth_block_number
WHERE child_blocks.eth_block_number <= ?1
ORDER BY child_blocks.blknum;

-- SQLite knows no CHECK of a file that it opens read-only.
-- name: negative_numbers
SELECT (SELECT count(*) FROM network
		WHERE min(chain_id, deployment_block) < 0)
	+ (SELECT count(*) FROM head
		WHERE min(number, time, ifnull(safe_number, 0),
			ifnull(finalized_number, 0), last_good_poll, generation,
			finality_broken, proofs, agreeing, quorum) < 0);
