-- SPDX-License-Identifier: MIT

-- Deposits whose bytes nobody told: rare, and looked for again.
CREATE INDEX child_blocks_of_unknown_deposits ON child_blocks (blknum)
	WHERE deposit_tx IS NULL AND blknum % 1000 != 0;
