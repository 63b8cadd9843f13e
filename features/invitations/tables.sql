-- SPDX-License-Identifier: AGPL-3.0-or-later
CREATE TABLE invitations (
    invitation   BLOB PRIMARY KEY,
    kind         INTEGER NOT NULL,       -- invitation_kind
    role         INTEGER NOT NULL,       -- place_role it gives
    token_hash   BLOB NOT NULL UNIQUE,   -- vault_invite_stored of the token
    made_by      BLOB NOT NULL,          -- an account; 16 zeros: hearkend init
    made_ms      INTEGER NOT NULL,
    expires_ms   INTEGER NOT NULL,
    used_by      BLOB,                   -- an account
    auth         BLOB,                   -- the invitee's proof, for the inviter
    conversation BLOB                    -- of kind client: the request it came with
) STRICT;
CREATE INDEX invitations_by_maker ON invitations (made_by, made_ms);
CREATE INDEX invitations_by_guest ON invitations (used_by);
