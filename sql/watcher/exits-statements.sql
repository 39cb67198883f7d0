-- SPDX-License-Identifier: MIT

-- name: put_known_transaction
INSERT OR IGNORE INTO known_transactions (hash, raw, first_source)
VALUES (?1, ?2, ?3);

-- name: put_known_signature
INSERT OR IGNORE INTO known_signatures (transaction_hash, signature)
VALUES (?1, ?2);

-- name: put_known_spend
INSERT OR IGNORE INTO known_spends (position, transaction_hash, input_index,
	pending)
VALUES (?1, ?2, ?3, ?4);

-- name: set_known_spend_pending
UPDATE known_spends SET pending = ?3
WHERE position = ?1 AND transaction_hash = ?2 AND pending IS NULL;

-- name: clear_known_spend_pending
UPDATE known_spends SET pending = NULL
WHERE position = ?1 AND transaction_hash = ?2;

-- name: first_pending_spend
SELECT transaction_hash FROM known_spends
WHERE position = ?1 AND pending IS NOT NULL
ORDER BY pending, transaction_hash LIMIT 1;

-- name: known_spend_is_pending
SELECT 1 FROM known_spends
WHERE position = ?1 AND transaction_hash = ?2 AND pending IS NOT NULL;

-- name: signatures_not_recovered
SELECT signature FROM known_signatures
WHERE transaction_hash = ?1 AND recovered = 0 ORDER BY signature;

-- name: set_signatures_recovered
UPDATE known_signatures SET recovered = 1
WHERE transaction_hash = ?1 AND recovered = 0;

-- name: put_known_signer
INSERT OR IGNORE INTO known_signers (position, signer, transaction_hash,
	signature)
VALUES (?1, ?2, ?3, ?4);

-- name: put_known_inclusion
INSERT OR IGNORE INTO known_inclusions (transaction_hash, position, root)
SELECT ?1, ?2, root FROM blocks WHERE blknum = ?2 / 800000;

-- name: known_spends
WITH found (hash, signature) AS (
	SELECT transaction_hash, signature FROM known_signers
	WHERE position = ?1 AND signer = ?3
	UNION ALL
	SELECT transaction_hash, NULL FROM known_spends
	WHERE ?4 AND position = ?1 AND pending IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM known_signers
			WHERE known_signers.position = ?1
				AND known_signers.signer = ?3
				AND known_signers.transaction_hash
					= known_spends.transaction_hash)
)
SELECT known_spends.transaction_hash, known_spends.input_index,
	(SELECT min(known_inclusions.position) FROM known_inclusions
		JOIN blocks ON blocks.blknum
				= known_inclusions.position / 800000
			AND blocks.root = known_inclusions.root
		WHERE known_inclusions.transaction_hash
			= known_spends.transaction_hash) AS place,
	found.signature
FROM found
JOIN known_spends ON known_spends.position = ?1
	AND known_spends.transaction_hash = found.hash
ORDER BY known_spends.transaction_hash = ?2 DESC, place IS NULL, place,
	known_spends.transaction_hash;

-- name: known_inclusion
SELECT min(known_inclusions.position) FROM known_inclusions
JOIN blocks ON blocks.blknum = known_inclusions.position / 800000
	AND blocks.root = known_inclusions.root
WHERE known_inclusions.transaction_hash = ?1;

-- name: known_transaction_at
SELECT known_inclusions.transaction_hash FROM known_inclusions
JOIN blocks ON blocks.blknum = known_inclusions.position / 800000
	AND blocks.root = known_inclusions.root
WHERE known_inclusions.position = ?1
ORDER BY known_inclusions.transaction_hash LIMIT 1;

-- name: known_transaction
SELECT raw FROM known_transactions WHERE hash = ?1;

-- name: put_known_payments
INSERT OR IGNORE INTO known_payments (owner, transaction_hash)
SELECT address, ?1 FROM owners WHERE instr(?2, address) > 0;

-- name: known_paying
SELECT transaction_hash FROM known_payments WHERE owner = ?1
ORDER BY transaction_hash LIMIT ?2;

-- name: known_signatures
SELECT signature FROM known_signatures WHERE transaction_hash = ?1
ORDER BY signature;

-- name: put_stake
INSERT INTO stakes (action_id, owner, token, amount) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (action_id) DO UPDATE
SET owner = excluded.owner, token = excluded.token, amount = excluded.amount
WHERE owner <> excluded.owner OR token <> excluded.token
	OR amount <> excluded.amount;

-- name: stake
SELECT owner, token, amount FROM stakes WHERE action_id = ?1;

-- name: signed_spend_cursor
SELECT sequence FROM signed_spend_cursors WHERE path = ?1;

-- name: put_signed_spend_cursor
INSERT INTO signed_spend_cursors (path, sequence) VALUES (?1, ?2)
ON CONFLICT (path) DO UPDATE SET sequence = excluded.sequence;

-- name: insert_queue_entry
INSERT INTO queue_entries (eth_block_number, log_index, exit_id, priority)
VALUES (?1, ?2, ?3, ?4);

-- name: name_queue_entry
UPDATE queue_entries SET token = ?2
WHERE exit_id = ?1 AND token IS NULL AND removed_eth_block IS NULL;

-- name: unnamed_queue_entry
SELECT priority FROM queue_entries
WHERE exit_id = ?1 AND token IS NULL AND removed_eth_block IS NULL
ORDER BY eth_block_number DESC, log_index DESC LIMIT 1;

-- name: queue_head
SELECT eth_block_number, log_index, exit_id, priority FROM queue_entries
WHERE token = ?1 AND removed_eth_block IS NULL
ORDER BY priority LIMIT ?2;

-- name: queue_tokens
SELECT DISTINCT token FROM queue_entries
WHERE removed_eth_block IS NULL AND token IS NOT NULL ORDER BY token;

-- name: queue_count
SELECT count(*) FROM queue_entries
WHERE token = ?1 AND removed_eth_block IS NULL;

-- name: queue_entry_of_exit
SELECT priority FROM queue_entries
WHERE exit_id = ?1 AND token = ?2 AND removed_eth_block IS NULL
ORDER BY priority LIMIT 1;

-- name: remove_queue_entry
UPDATE queue_entries SET removed_eth_block = ?3
WHERE eth_block_number = ?1 AND log_index = ?2;

-- name: insert_standard_exit
INSERT INTO standard_exits (eth_block_number, log_index, exit_id, position,
	output_type, owner, token, amount, output_tx, started_at, exitable_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- name: challenge_standard_exit
UPDATE standard_exits SET challenged_eth_block = ?2, challenged_at = ?3
WHERE position = ?1 AND ended_eth_block IS NULL;

-- name: end_standard_exit
UPDATE standard_exits SET ended_eth_block = ?2, ended_at = ?3, paid = ?4
WHERE exit_id = ?1 AND ended_eth_block IS NULL;

-- name: alive_standard_exits
SELECT eth_block_number, log_index, exit_id, position, output_type, owner,
	token, amount, started_at, exitable_at, challenged_at, ended_at, paid
FROM standard_exits WHERE ended_eth_block IS NULL
ORDER BY exitable_at, eth_block_number, log_index;

-- name: standard_exit
SELECT eth_block_number, log_index, exit_id, position, output_type, owner,
	token, amount, started_at, exitable_at, challenged_at, ended_at, paid
FROM standard_exits WHERE exit_id = ?1
ORDER BY eth_block_number DESC, log_index DESC LIMIT 1;

-- name: standard_exit_of_position
SELECT eth_block_number, log_index, exit_id, position, output_type, owner,
	token, amount, started_at, exitable_at, challenged_at, ended_at, paid
FROM standard_exits WHERE position = ?1
ORDER BY eth_block_number DESC, log_index DESC LIMIT 1;

-- name: all_standard_exits
SELECT eth_block_number, log_index, exit_id, position, output_type, owner,
	token, amount, started_at, exitable_at, challenged_at, ended_at, paid
FROM standard_exits ORDER BY eth_block_number DESC, log_index DESC LIMIT ?1;

-- name: standard_exit_output_tx
SELECT output_tx FROM standard_exits
WHERE eth_block_number = ?1 AND log_index = ?2;

-- name: insert_in_flight_exit
INSERT INTO in_flight_exits (eth_block_number, log_index, exit_id,
	transaction_hash, started_at, youngest_block_time)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: end_in_flight_exit
UPDATE in_flight_exits SET ended_eth_block = ?2
WHERE exit_id = ?1 AND ended_eth_block IS NULL;

-- name: alive_in_flight_exits
SELECT eth_block_number, log_index, exit_id, started_at, youngest_block_time
FROM in_flight_exits WHERE ended_eth_block IS NULL
ORDER BY eth_block_number, log_index;

-- name: in_flight_exit
SELECT eth_block_number, log_index, exit_id, started_at, youngest_block_time
FROM in_flight_exits WHERE exit_id = ?1
ORDER BY eth_block_number DESC, log_index DESC LIMIT 1;

-- name: in_flight_exits_of_id_before
SELECT count(*) FROM in_flight_exits
WHERE exit_id = ?1 AND (eth_block_number, log_index) < (?2, ?3);

-- name: insert_in_flight_log
INSERT INTO in_flight_logs (life_eth_block, life_log_index, eth_block_number,
	log_index, sequence, kind, time, topics, data)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: in_flight_logs
SELECT kind, time, topics, data FROM in_flight_logs
WHERE life_eth_block = ?1 AND life_log_index = ?2
ORDER BY eth_block_number, log_index, sequence;

-- name: in_flight_log_places
SELECT eth_block_number, log_index FROM in_flight_logs
WHERE life_eth_block = ?1 AND life_log_index = ?2 AND kind <> 0
ORDER BY eth_block_number, log_index;

-- name: put_finalised_output
INSERT OR IGNORE INTO finalised_outputs (output_id, exit_id, eth_block_number)
VALUES (?1, ?2, ?3);

-- name: finalised_output
SELECT exit_id FROM finalised_outputs WHERE output_id = ?1;

-- name: insert_payout
INSERT INTO payouts (eth_block_number, log_index, exit_id, slot, time,
	position, judged)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0);

-- name: paid_side_before
SELECT max(slot) FROM payouts
WHERE exit_id = ?1 AND (eth_block_number, log_index) < (?2, ?3);

-- name: blocked_before
SELECT in_flight_logs.kind, in_flight_logs.time, in_flight_logs.topics,
	in_flight_logs.data
FROM in_flight_exits
JOIN in_flight_logs
	ON in_flight_logs.life_eth_block = in_flight_exits.eth_block_number
	AND in_flight_logs.life_log_index = in_flight_exits.log_index
WHERE in_flight_exits.exit_id = ?1
	AND (in_flight_exits.eth_block_number, in_flight_exits.log_index)
		< (?2, ?3)
	AND in_flight_logs.kind IN (?4, ?5);

-- name: payouts_of_no_place
SELECT eth_block_number, log_index, exit_id, slot, time, position
FROM payouts WHERE position IS NULL ORDER BY eth_block_number, log_index;

-- name: place_payout
UPDATE payouts SET position = ?3 WHERE eth_block_number = ?1 AND log_index = ?2;

-- name: payouts_to_judge
SELECT eth_block_number, log_index, exit_id, slot, time, position
FROM payouts WHERE judged = 0 AND eth_block_number <= ?1
ORDER BY eth_block_number, log_index;

-- name: payouts_invalid
SELECT eth_block_number, log_index, exit_id, slot, time, position
FROM payouts WHERE judged = 2 ORDER BY eth_block_number, log_index;

-- name: judge_payout
UPDATE payouts SET judged = ?3 WHERE eth_block_number = ?1 AND log_index = ?2;

-- name: insert_credit
INSERT INTO credits (eth_block_number, log_index, contract, owner, token,
	amount, claimed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: credits_of_owner
SELECT contract, token, amount, claimed FROM credits WHERE owner = ?1
ORDER BY contract, token, eth_block_number, log_index;

-- name: insert_exit_notice
INSERT INTO exit_notices (eth_block_number, log_index, kind, time, token,
	amount)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: exit_notices_since
SELECT eth_block_number, log_index, kind, time, token, amount
FROM exit_notices WHERE time >= ?1 ORDER BY eth_block_number, log_index;

-- name: exit_notice_of
SELECT 1 FROM exit_notices WHERE kind = ?1 AND token = ?2 LIMIT 1;

-- name: known_claim
SELECT 1 FROM known_spends
JOIN known_transactions ON known_transactions.hash
	= known_spends.transaction_hash
WHERE known_spends.position = ?1 AND known_transactions.first_source = ?2
LIMIT 1;

-- name: undo_standard_exits
DELETE FROM standard_exits WHERE eth_block_number >= ?1;

-- name: undo_standard_challenges
UPDATE standard_exits SET challenged_eth_block = NULL, challenged_at = NULL
WHERE challenged_eth_block >= ?1;

-- name: undo_standard_ends
UPDATE standard_exits SET ended_eth_block = NULL, ended_at = NULL, paid = 0
WHERE ended_eth_block >= ?1;

-- name: undo_in_flight_exits
DELETE FROM in_flight_exits WHERE eth_block_number >= ?1;

-- name: undo_in_flight_ends
UPDATE in_flight_exits SET ended_eth_block = NULL
WHERE ended_eth_block >= ?1;

-- name: undo_in_flight_logs
DELETE FROM in_flight_logs WHERE eth_block_number >= ?1;

-- name: undo_queue_entries
DELETE FROM queue_entries WHERE eth_block_number >= ?1;

-- name: undo_queue_removals
UPDATE queue_entries SET removed_eth_block = NULL
WHERE removed_eth_block >= ?1;

-- name: undo_finalised_outputs
DELETE FROM finalised_outputs WHERE eth_block_number >= ?1;

-- name: undo_payouts
DELETE FROM payouts WHERE eth_block_number >= ?1;

-- name: undo_credits
DELETE FROM credits WHERE eth_block_number >= ?1;

-- name: undo_exit_notices
DELETE FROM exit_notices WHERE eth_block_number >= ?1;

-- name: chain_unspent
SELECT (SELECT count(*) FROM coins WHERE spender = 0)
	- (SELECT count(*) FROM exited
		CROSS JOIN coins ON coins.position = exited.position
		WHERE coins.spender = 0);
