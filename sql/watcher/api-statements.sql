-- SPDX-License-Identifier: MIT
-- What only the HTTP calls of wallets ask; all of them read.

-- name: own_transaction_at
SELECT hash FROM own_transactions WHERE position = ?1 LIMIT 1;

-- Transactions that made or spent a coin of an owner, newest first.
-- name: transactions_of_owner
SELECT at FROM (
	SELECT position & ~7 AS at FROM own_coins WHERE owner = ?1
	UNION
	SELECT coins.spender FROM own_coins
	JOIN coins ON coins.position = own_coins.position
	WHERE own_coins.owner = ?1 AND coins.spender <> 0
)
ORDER BY at DESC LIMIT ?2 OFFSET ?3;

-- name: own_transaction_page
SELECT DISTINCT position FROM own_transactions
ORDER BY position DESC LIMIT ?1 OFFSET ?2;

-- name: applied_transaction_count
SELECT coalesce(sum(transaction_count), 0) FROM blocks WHERE state = 2;

-- Reads the whole table: for chains that are small.
-- name: unspent_coins_of_anybody
SELECT coins.position, type, coins.owner, token, amount, spender,
	exited.eth_block_number, exited.log_index, exited.exit_id, exited.paid
FROM coins LEFT JOIN exited ON exited.position = coins.position
WHERE coins.position >= ?2 AND coins.owner = ?1 AND coins.spender = 0
	AND exited.position IS NULL
ORDER BY coins.position LIMIT ?3;

-- name: applied_block_page
SELECT blknum FROM blocks WHERE state = 2
ORDER BY blknum DESC LIMIT ?1 OFFSET ?2;

-- name: deposit_page
SELECT blknum FROM deposits WHERE ?1 IS NULL OR owner = ?1
ORDER BY blknum DESC LIMIT ?2 OFFSET ?3;
