-- SPDX-License-Identifier: AGPL-3.0-or-later
CREATE TABLE conversations (
    conv            INTEGER PRIMARY KEY,    -- short, for the rows below
    conversation    BLOB NOT NULL UNIQUE,
    kind            INTEGER NOT NULL,       -- VAULT_KIND_...
    epoch           INTEGER NOT NULL,       -- of the last commit
    commit_position INTEGER NOT NULL,       -- where it stands
    chain           BLOB NOT NULL,          -- vault_chain_encode after it: what is valid next
    made_ms         INTEGER NOT NULL
) STRICT;
CREATE TABLE members (
    conv          INTEGER NOT NULL,
    account       BLOB NOT NULL,
    part          INTEGER NOT NULL,           -- VAULT_ROLE_...
    from_position INTEGER NOT NULL,           -- entries are delivered from here on
    until_ms      INTEGER NOT NULL DEFAULT 0, -- and not after this; 0: no end
    gone          INTEGER NOT NULL DEFAULT 0, -- 1: they left, and hear nothing more
    read_position INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (conv, account)
) STRICT;
CREATE INDEX members_by_account ON members (account, conv);
-- The log: only ever appended to. The index gives resume; (stream, n) recognises a repeat and grows in place.
CREATE TABLE entries (
    entry        INTEGER PRIMARY KEY,
    conv         INTEGER NOT NULL,
    position     INTEGER NOT NULL,      -- dense from 1
    kind         INTEGER NOT NULL,      -- entry_kind
    stream       INTEGER,               -- messages: who and under which unlock
    n            INTEGER,               -- messages: their number in it; commits: the epoch
    at_ms        INTEGER NOT NULL,
    entry_hash   BLOB NOT NULL,
    hash         BLOB NOT NULL,         -- H at this position
    sealed_bytes BLOB                   -- NULL: deleted by its sender
) STRICT;
CREATE UNIQUE INDEX entries_by_position ON entries (conv, position);
CREATE UNIQUE INDEX entries_by_stream ON entries (stream, n);
-- Few: a device that kept words asks how many of them are deleted.
CREATE INDEX entries_gone ON entries (conv, position) WHERE sealed_bytes IS NULL;
-- One unlock of one vault in one epoch of one conversation.
CREATE TABLE streams (
    stream  INTEGER PRIMARY KEY,
    conv    INTEGER NOT NULL,
    epoch   INTEGER NOT NULL,
    name    BLOB NOT NULL,              -- its 16 bytes
    account BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX streams_by_name ON streams (conv, name, epoch);
-- The first commit of an epoch wins: the key says so.
CREATE TABLE commits (
    conv     INTEGER NOT NULL,
    epoch    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (conv, epoch)
) STRICT;
CREATE TABLE receipts (
    conv           INTEGER NOT NULL,
    account        BLOB NOT NULL,
    position       INTEGER NOT NULL,    -- only grows
    sealed_receipt BLOB NOT NULL,
    PRIMARY KEY (conv, account)
) STRICT;
