-- SPDX-License-Identifier: MIT
-- What an action is about, for people: what is lost if it comes too late.

CREATE TABLE stakes (
	action_id INTEGER PRIMARY KEY REFERENCES actions (id),
	owner BLOB NOT NULL CHECK (length(owner) = 20),
	token BLOB NOT NULL CHECK (length(token) = 20),
	amount BLOB NOT NULL CHECK (length(amount) = 32)
) STRICT;
