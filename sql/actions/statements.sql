-- SPDX-License-Identifier: MIT

-- name: insert_action
INSERT INTO actions (kind, contract, exit_id, number, account, call_data,
	value_wei, earliest, target, last, value_at_risk_wei, fee_cap_wei,
	print_only, detail, wanted_at, state, nonce, mined_at, rested_at,
	not_before, is_settled, highest_fee_wei, highest_tip_wei, spent_wei,
	gas_at_least)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, 1,
	NULL, 0, 0, 0, 0, zeroblob(32), zeroblob(32), zeroblob(32), ?16)
RETURNING id;

-- name: action_of_key
SELECT id, kind, contract, exit_id, number, account, call_data, value_wei,
	earliest, target, last, value_at_risk_wei, fee_cap_wei, print_only,
	detail, wanted_at, state, nonce, mined_at, rested_at, not_before,
	is_settled, highest_fee_wei, highest_tip_wei, spent_wei, gas_at_least
FROM actions
WHERE kind = ?1 AND contract = ?2 AND exit_id = ?3 AND number = ?4;

-- name: unsettled_actions
SELECT id, kind, contract, exit_id, number, account, call_data, value_wei,
	earliest, target, last, value_at_risk_wei, fee_cap_wei, print_only,
	detail, wanted_at, state, nonce, mined_at, rested_at, not_before,
	is_settled, highest_fee_wei, highest_tip_wei, spent_wei, gas_at_least
FROM actions WHERE is_settled = 0
ORDER BY CASE last WHEN 0 THEN 9223372036854775807 ELSE last END,
	value_at_risk_wei DESC, id;

-- name: newest_actions
SELECT id, kind, contract, exit_id, number, account, call_data, value_wei,
	earliest, target, last, value_at_risk_wei, fee_cap_wei, print_only,
	detail, wanted_at, state, nonce, mined_at, rested_at, not_before,
	is_settled, highest_fee_wei, highest_tip_wei, spent_wei, gas_at_least
FROM actions ORDER BY id DESC LIMIT ?1;

-- name: open_or_missed_actions
SELECT id, kind, contract, exit_id, number, account, call_data, value_wei,
	earliest, target, last, value_at_risk_wei, fee_cap_wei, print_only,
	detail, wanted_at, state, nonce, mined_at, rested_at, not_before,
	is_settled, highest_fee_wei, highest_tip_wei, spent_wei, gas_at_least
FROM actions WHERE last <> 0 AND (is_settled = 0 OR state = 7)
ORDER BY last, value_at_risk_wei DESC, id;

-- name: update_action
UPDATE actions
SET account = ?2, call_data = ?3, value_wei = ?4, earliest = ?5, target = ?6,
	last = ?7, value_at_risk_wei = ?8, fee_cap_wei = ?9, print_only = ?10,
	detail = ?11, wanted_at = ?12, state = ?13, nonce = ?14, mined_at = ?15,
	rested_at = ?16, not_before = ?17, is_settled = ?18,
	highest_fee_wei = ?19, highest_tip_wei = ?20, spent_wei = ?21,
	gas_at_least = ?22
WHERE id = ?1;

-- name: put_trouble
UPDATE actions SET trouble = ?2 WHERE id = ?1 AND trouble IS NOT ?2;

-- name: trouble
SELECT trouble FROM actions WHERE id = ?1;

-- name: busy_accounts
SELECT DISTINCT account FROM actions
WHERE is_settled = 0
	AND (nonce IS NOT NULL OR (print_only = 0 AND state < 5))
ORDER BY account LIMIT ?1;

-- name: fresh_index
SELECT coalesce(max(number) + 1, 0) FROM actions
WHERE kind = ?1 AND contract = ?2;

-- name: insert_transaction
INSERT INTO action_transactions (account, nonce, attempt, action_id, purpose,
	raw, hash, max_fee_wei, max_priority_fee_wei, gas_limit, value_wei,
	signed_at_eth_block, signed_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

-- name: transactions_of_nonce
SELECT account, nonce, attempt, action_id, purpose, raw, hash, max_fee_wei,
	max_priority_fee_wei, gas_limit, value_wei, signed_at_eth_block,
	signed_at
FROM action_transactions WHERE account = ?1 AND nonce = ?2 ORDER BY attempt;

-- name: next_nonce
SELECT coalesce(max(nonce) + 1, 0) FROM action_transactions WHERE account = ?1;

-- name: signed_nonce
SELECT 1 FROM action_transactions WHERE account = ?1 AND nonce = ?2 LIMIT 1;

-- name: put_cost
INSERT INTO action_costs (account, nonce, cost_wei) VALUES (?1, ?2, ?3)
ON CONFLICT (account, nonce) DO UPDATE SET cost_wei = excluded.cost_wei;

-- name: costs_since
SELECT t.account, t.nonce, t.max_fee_wei, t.gas_limit, t.value_wei, c.cost_wei
FROM action_transactions AS t INDEXED BY action_transactions_signed_at
LEFT JOIN action_costs AS c ON c.account = t.account AND c.nonce = t.nonce
WHERE t.signed_at >= ?1 ORDER BY t.account, t.nonce;

-- name: costs_from_nonce
SELECT t.account, t.nonce, t.max_fee_wei, t.gas_limit, t.value_wei, NULL
FROM action_transactions AS t
WHERE t.account = ?1 AND t.nonce >= ?2 ORDER BY t.nonce;
