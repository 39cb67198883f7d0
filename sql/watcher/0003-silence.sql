-- SPDX-License-Identifier: MIT
-- What an operator leaves behind: roots that it gave a number before, and since
-- when it does not answer.

-- 0: the block had not become final when a reorganisation took it away.
ALTER TABLE replaced_blocks ADD COLUMN was_final INTEGER NOT NULL DEFAULT 1
	CHECK (was_final IN (0, 1));

-- No row while the operator answers.
CREATE TABLE operator_silence (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	since_wall INTEGER NOT NULL
) STRICT;
