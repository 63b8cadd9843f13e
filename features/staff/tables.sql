-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What is known of staff beyond their account. The certificate's own bytes decide; the columns beside it are
-- what vault_roster_check read in them.
CREATE TABLE staff (
    account           BLOB PRIMARY KEY,
    certificate       BLOB,
    lead              INTEGER NOT NULL DEFAULT 0,
    certified_from_ms INTEGER NOT NULL DEFAULT 0,
    certified_until_ms INTEGER NOT NULL DEFAULT 0,
    certificate_serial INTEGER NOT NULL DEFAULT 0,
    licence_authority TEXT,
    licence_number    TEXT,
    licence_country   TEXT,
    licence_expires_ms INTEGER NOT NULL DEFAULT 0,
    licence_checked_ms INTEGER NOT NULL DEFAULT 0,  -- 0: claimed only
    licence_checked_by BLOB,
    here_until_ms     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX staff_by_duty ON staff (here_until_ms);
-- Every key the team had; the one with the highest serial is the one that first words are sealed to.
CREATE TABLE teams (
    serial      INTEGER PRIMARY KEY,
    team        BLOB NOT NULL,
    certificate BLOB NOT NULL,
    lead        BLOB NOT NULL,
    made_ms     INTEGER NOT NULL
) STRICT;
CREATE TABLE team_wraps (
    serial      INTEGER NOT NULL,
    account     BLOB NOT NULL,
    sealed_wrap BLOB NOT NULL,
    PRIMARY KEY (serial, account)
) STRICT;
CREATE INDEX team_wraps_by_account ON team_wraps (account);
