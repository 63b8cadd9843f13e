-- SPDX-License-Identifier: AGPL-3.0-or-later
CREATE TABLE requests (
    conversation       BLOB PRIMARY KEY,
    client             BLOB NOT NULL,
    state              INTEGER NOT NULL,    -- request_state
    sealed_first_words BLOB,                -- NULL once accepted, withdrawn or expired
    first_hash         BLOB NOT NULL,
    made_ms            INTEGER NOT NULL,
    promise_by_ms      INTEGER NOT NULL,
    expires_ms         INTEGER NOT NULL,
    owner              BLOB,                -- who looks after it now
    offered_ms         INTEGER NOT NULL,    -- since when
    only_for           BLOB                 -- came with an invitation: nobody else hears of it
) STRICT;
CREATE INDEX requests_waiting ON requests (state, made_ms);
CREATE INDEX requests_by_client ON requests (client, made_ms);
CREATE TABLE request_passes (
    conversation BLOB NOT NULL,
    account      BLOB NOT NULL,
    at_ms        INTEGER NOT NULL,
    PRIMARY KEY (conversation, account)
) STRICT;
