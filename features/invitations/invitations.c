/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/invitations/invitations.h"

#include <sodium.h>

#include "features/invitations/rows.h"
#include "features/place/place.h"
#include "vault/public.h"

static const store_migration MIGRATIONS[] = {{1,
#include "features/invitations/tables.sql.inc"
                                              , false}};

static const store_statement STATEMENTS[] = {
    [INVITATION_ADD] = {"invitation_add",
                        "INSERT INTO invitations (invitation, kind, role, token_hash, made_by, "
                        "made_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"},
    [INVITATION_BURN] =
        {"invitation_burn",
         "UPDATE invitations SET used_by = ?, auth = ?, conversation = ? WHERE token_hash = ? "
         "AND kind = ? AND used_by IS NULL AND expires_ms > ? RETURNING role, made_by"},
    [INVITATION_MINE] =
        {"invitation_mine",
         "SELECT invitation, kind, invitations.role, invitations.made_ms, expires_ms, used_by, "
         "auth, conversation, ik, ek FROM invitations LEFT JOIN accounts ON accounts.account = "
         "used_by WHERE made_by = ? ORDER BY invitations.made_ms DESC LIMIT ?"},
    [INVITATION_END] = {"invitation_end",
                        "DELETE FROM invitations WHERE invitation = ? AND made_by = ? AND used_by IS NULL"},
    [INVITATION_SEEN] =
        {"invitation_seen",
         "SELECT kind, invitations.role, made_by, expires_ms, public_name, ik, certificate FROM "
         "invitations LEFT JOIN accounts ON accounts.account = made_by LEFT JOIN staff ON "
         "staff.account = made_by WHERE token_hash = ? AND used_by IS NULL AND expires_ms > ?"},
    [INVITATION_FORGET_MINE] = {"invitation_forget_mine", "DELETE FROM invitations WHERE made_by = ?"},
    [INVITATION_FORGET_GUEST] = {"invitation_forget_guest", "DELETE FROM invitations WHERE used_by = ?"},
};
static const char *const WRITES[] = {"invitations", NULL};
static const char *const READS[] = {"accounts", "staff", NULL};
const store_room INVITATIONS_ROOM = {.name = "invitations",
                                     .migrations = MIGRATIONS,
                                     .migration_count = HK_COUNT(MIGRATIONS),
                                     .writes = WRITES,
                                     .reads = READS,
                                     .statements = STATEMENTS,
                                     .statement_count = HK_COUNT(STATEMENTS)};

hk_err invitation_burn(store_db *db, invitation_kind kind, const invitation_use_body *use, account_id who,
                       conversation_id conversation, int64_t now_ms, int64_t *ret_role,
                       account_id *ret_inviter)
{
    uint8_t stored[VAULT_HASH_BYTES];
    if (use->token.n != VAULT_HASH_BYTES)
        return HK_NOT_THERE;
    vault_invite_stored(use->token.p, stored);
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &INVITATIONS_ROOM, INVITATION_BURN));
    store_bind_slice(&c, HK_ID_SLICE(who));
    store_bind_slice(&c, use->auth);
    if (kind == INVITE_CLIENT)
        store_bind_slice(&c, HK_ID_SLICE(conversation));
    else
        store_bind_null(&c);
    store_bind_slice(&c, hk_slice_of(stored, sizeof stored));
    store_bind_int(&c, kind);
    store_bind_int(&c, now_ms);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    int64_t role = store_int(&c, 0);
    HK_TRY(store_slice_into(&c, 1, ret_inviter->b, HK_ID_BYTES));
    *ret_role = role;
    return HK_OK;
}

static hk_err forget(store_db *db, size_t statement, account_id account)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &INVITATIONS_ROOM, statement));
    store_bind_slice(&c, HK_ID_SLICE(account));
    return store_finish(&c);
}

hk_err invitations_forget(store_db *db, account_id account)
{
    HK_TRY(forget(db, INVITATION_FORGET_MINE, account));
    return forget(db, INVITATION_FORGET_GUEST, account);
}

hk_err invitation_first(store_db *db, const uint8_t token_hash[static 32], int64_t now_ms, int64_t expires_ms)
{
    uint8_t id[HK_ID_BYTES];
    account_id nobody = {0};
    randombytes_buf(id, sizeof id);
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &INVITATIONS_ROOM, INVITATION_ADD));
    store_bind_slice(&c, hk_slice_of(id, sizeof id));
    store_bind_int(&c, INVITE_STAFF);
    store_bind_int(&c, ROLE_ADMIN);
    store_bind_slice(&c, hk_slice_of(token_hash, 32));
    store_bind_slice(&c, HK_ID_SLICE(nobody));
    store_bind_int(&c, now_ms);
    store_bind_int(&c, expires_ms);
    return store_finish(&c);
}
