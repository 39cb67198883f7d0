-- SPDX-License-Identifier: MIT
-- Outputs that were paid in flight and stand in no block that is applied yet.

CREATE INDEX payouts_of_no_place ON payouts (eth_block_number)
	WHERE position IS NULL;
