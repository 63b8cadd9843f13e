/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Invitations: a token that a listener or an administrator hands to one person. The database keeps only a
 * hash of it; it is used once, within seven days, and the one who invited learns by whom.
 */
#ifndef HK_FEATURES_INVITATIONS_H
#define HK_FEATURES_INVITATIONS_H

#include "base/ids.h"
#include "store/store.h"
#include "wire/shape.h"
#include "wire/wire.h"

typedef enum invitation_kind { INVITE_STAFF, INVITE_CLIENT } invitation_kind;

typedef struct invitation_use_body { /* {token, auth} as bodies carry it */
    hk_slice token, auth;
} invitation_use_body;
extern const shape INVITATION_USE;

/* Somebody comes with an invitation of this kind: burns it for them, once, whoever is first, and gives its
 * role and who made it (all zero: `hearkend init`). HK_NOT_THERE: no such invitation, used, withdrawn or too
 * old. conversation is all zero for staff. */
hk_err invitation_burn(store_db *db, invitation_kind kind, const invitation_use_body *use, account_id who,
                       conversation_id conversation, int64_t now_ms, int64_t *ret_role,
                       account_id *ret_inviter);
/* The first administrator's invitation, made by `hearkend init`; token_hash as the database keeps it. */
hk_err invitation_first(store_db *db, const uint8_t token_hash[static 32], int64_t now_ms,
                        int64_t expires_ms);
/* An account was erased: its invitations go, and it is named in nobody's list any more. */
hk_err invitations_forget(store_db *db, account_id account);

extern const store_room INVITATIONS_ROOM;
extern const wire_route INVITATIONS_ROUTES[];
extern const size_t INVITATIONS_ROUTE_COUNT;
extern const shape *const INVITATIONS_SHAPES[];

#endif
