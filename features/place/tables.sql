-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The place itself: one row.
CREATE TABLE place (
    place           INTEGER PRIMARY KEY CHECK (place = 1),
    name            TEXT NOT NULL,
    language        TEXT NOT NULL,      -- BCP 47
    country         TEXT NOT NULL,      -- ISO 3166-1
    time_zone       TEXT NOT NULL,      -- IANA
    promise_minutes INTEGER NOT NULL,
    retention_days  INTEGER NOT NULL,   -- how long backups are kept
    place_key       BLOB                -- Ed25519, public; set once
) STRICT;
CREATE TABLE place_hours (
    weekday     INTEGER NOT NULL,       -- 0 is Monday
    from_minute INTEGER NOT NULL,
    to_minute   INTEGER NOT NULL,
    PRIMARY KEY (weekday, from_minute, to_minute)
) STRICT;
