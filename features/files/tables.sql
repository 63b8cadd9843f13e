-- SPDX-License-Identifier: AGPL-3.0-or-later
CREATE TABLE files (
    file         INTEGER PRIMARY KEY,
    conversation BLOB NOT NULL,
    blob_id      BLOB NOT NULL,
    account      BLOB NOT NULL,              -- who puts it there
    size_bytes   INTEGER NOT NULL DEFAULT 0, -- of the chunks so far
    chunks       INTEGER NOT NULL DEFAULT 0,
    closed       INTEGER NOT NULL DEFAULT 0, -- 1: whole, may be read
    made_ms      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX files_by_blob ON files (conversation, blob_id);
CREATE INDEX files_by_account ON files (account, closed);
CREATE INDEX files_by_age ON files (closed, made_ms);
CREATE TABLE file_chunks (
    file         INTEGER NOT NULL,
    chunk        INTEGER NOT NULL,           -- from 0
    sealed_bytes BLOB NOT NULL,
    PRIMARY KEY (file, chunk)
) STRICT;
