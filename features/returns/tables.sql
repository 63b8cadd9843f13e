-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Somebody comes back without password and sheet: at most one at a time in a conversation, gone after an hour.
CREATE TABLE returns (
    conversation     BLOB PRIMARY KEY,
    listener         BLOB NOT NULL,         -- who gave the code, and will check
    client           BLOB NOT NULL,         -- the account whose keys are lost
    state            INTEGER NOT NULL,      -- return_state
    code_hash        BLOB NOT NULL,
    made_ms          INTEGER NOT NULL,
    expires_ms       INTEGER NOT NULL,
    -- who typed the code: their pre-login cookie, and what was promised to it
    token_hash       BLOB,
    handle           TEXT,
    challenge        BLOB,
    ek_serial        INTEGER,               -- the account's, when they came
    record_serial    INTEGER,
    -- the keys they made
    ik               BLOB,
    ek               BLOB,
    ek_certificate   BLOB,
    sealed_record    BLOB,                  -- with the rest key, like those in `records`
    sealed_login_key BLOB,
    sealed_identity  BLOB,
    sealed_state     BLOB,
    -- the spoken check: bytes that say nothing to the place
    promise          BLOB,                  -- c, from the listener
    answer           BLOB,                  -- rb
    reveal           BLOB,                  -- ra
    client_same      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX returns_by_code ON returns (code_hash);
CREATE INDEX returns_by_token ON returns (token_hash);
CREATE INDEX returns_by_client ON returns (client);
