-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The second file: epoch keys, each sealed to one member, and nothing else.
CREATE TABLE wraps (
    conversation BLOB NOT NULL,
    epoch        INTEGER NOT NULL,
    account      BLOB NOT NULL,
    sealed_wrap  BLOB NOT NULL,
    PRIMARY KEY (conversation, epoch, account)
) STRICT;
CREATE INDEX wraps_by_account ON wraps (account);
