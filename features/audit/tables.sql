-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What staff did, each row hashed over the one before (vault/public.h, vault_audit_next). Never changed.
CREATE TABLE audit (
    number  INTEGER PRIMARY KEY,   -- dense from 1
    at_ms   INTEGER NOT NULL,
    actor   BLOB NOT NULL,         -- an account; 16 zeros: at the machine itself
    act     TEXT NOT NULL,         -- one of our own words
    subject BLOB NOT NULL,         -- an account, 16 zeros: none
    hash    BLOB NOT NULL          -- the chain up to here
) STRICT;
