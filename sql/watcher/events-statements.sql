-- SPDX-License-Identifier: MIT

-- name: event
SELECT first_seen FROM events WHERE kind = ?1 AND key = ?2;

-- name: put_event
INSERT INTO events (kind, key, facts, first_seen, last_seen, last_eth_block,
	answered, waits, informs_only, told)
VALUES (?1, ?2, ?3, ?4, ?4, ?8, ?5, ?6, ?7, 0)
ON CONFLICT (kind, key) DO UPDATE
SET facts = excluded.facts, last_seen = excluded.last_seen,
	last_eth_block = excluded.last_eth_block,
	answered = excluded.answered, waits = excluded.waits,
	informs_only = excluded.informs_only;

-- name: delete_event
DELETE FROM events WHERE kind = ?1 AND key = ?2;

-- name: delete_other_events
DELETE FROM events WHERE kind = ?1 AND last_eth_block <> ?2;

-- name: events
SELECT kind, key, facts, first_seen, last_seen, answered, waits, informs_only,
	told
FROM events ORDER BY kind, key;

-- name: delete_events_of_final_blocks
DELETE FROM events WHERE kind = ?1 AND EXISTS (
	SELECT 1 FROM blocks WHERE blknum = CAST(events.key AS INTEGER)
		AND eth_block_number <= ?2);

-- name: operator_silence
SELECT since_wall FROM operator_silence WHERE id = 1;

-- name: insert_operator_silence
INSERT OR IGNORE INTO operator_silence (id, since_wall) VALUES (1, ?1);

-- name: delete_operator_silence
DELETE FROM operator_silence;

-- name: mark_event_told
UPDATE events SET told = 1 WHERE kind = ?1 AND key = ?2;

-- name: insert_latch
INSERT OR IGNORE INTO latches (kind, key, facts, latched_at, bad_block, bad_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: latches
SELECT kind, key, facts, latched_at, bad_block, bad_at FROM latches
ORDER BY latched_at, kind, key;

-- name: oldest_bad_block
SELECT kind, bad_block, bad_at FROM latches WHERE bad_block IS NOT NULL
ORDER BY bad_block LIMIT 1;

-- name: oldest_latch
SELECT kind, bad_at, (SELECT min(latched_at) FROM latches) FROM latches
ORDER BY bad_at, kind, key LIMIT 1;

-- name: keep_cleared_latches
INSERT INTO cleared_latches (kind, key, facts, latched_at, cleared_at_wall,
	reason)
SELECT kind, key, facts, latched_at, ?1, ?2 FROM latches
ORDER BY latched_at, kind, key;

-- name: cleared_latch
SELECT 1 FROM cleared_latches WHERE kind = ?1 AND key = ?2 LIMIT 1;

-- name: delete_latches
DELETE FROM latches;

-- name: delete_events_of_latches
DELETE FROM events WHERE (kind, key) IN (SELECT kind, key FROM latches);
