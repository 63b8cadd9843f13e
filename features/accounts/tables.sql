-- SPDX-License-Identifier: AGPL-3.0-or-later
CREATE TABLE accounts (
    account         BLOB PRIMARY KEY,
    handle          TEXT NOT NULL UNIQUE,   -- made here, ASCII
    role            INTEGER NOT NULL,       -- place_role
    public_name     TEXT,                   -- staff only
    ik              BLOB NOT NULL,
    ek              BLOB NOT NULL,
    ek_serial       INTEGER NOT NULL,
    ek_certificate  BLOB NOT NULL,
    sealed_identity BLOB NOT NULL,
    record_serial   INTEGER NOT NULL,       -- of all its unlock records together
    disabled        INTEGER NOT NULL DEFAULT 0,
    made_ms         INTEGER NOT NULL
) STRICT;
CREATE INDEX accounts_by_role ON accounts (role);
CREATE TABLE account_states (
    account      BLOB PRIMARY KEY,
    serial       INTEGER NOT NULL,          -- compare-and-set
    sealed_state BLOB NOT NULL
) STRICT;
-- Sealed once more with the rest key, which is in no backup (features/accounts/rest_key.c).
CREATE TABLE records (
    account          BLOB NOT NULL,
    kind             INTEGER NOT NULL,      -- record_kind
    sealed_record    BLOB NOT NULL,
    sealed_login_key BLOB NOT NULL,
    PRIMARY KEY (account, kind)
) STRICT;
-- A pre-login cookie and what was promised to it.
CREATE TABLE doors (
    token_hash BLOB PRIMARY KEY,
    arriving   INTEGER NOT NULL,            -- 1: a new account; 0: signing in
    account    BLOB,                        -- the account to be
    handle     TEXT NOT NULL,
    kind       INTEGER NOT NULL,            -- record_kind
    challenge  BLOB NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX doors_by_end ON doors (expires_ms);
CREATE TABLE sessions (
    session     INTEGER PRIMARY KEY,        -- drawn at random, never used again
    token_hash  BLOB NOT NULL UNIQUE,       -- BLAKE2b of the cookie
    account     BLOB NOT NULL,
    record_kind INTEGER NOT NULL,           -- what they came in with
    made_ms     INTEGER NOT NULL,
    ends_ms     INTEGER NOT NULL,
    seen_ms     INTEGER NOT NULL,           -- last socket or change
    sockets     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account);
CREATE INDEX sessions_by_end ON sessions (ends_ms);
CREATE TABLE challenges (
    challenge  BLOB PRIMARY KEY,
    session    INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;
