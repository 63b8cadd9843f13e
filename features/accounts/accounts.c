/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tokens, handles, records: what arriving, signing in and changing share; and what other features may ask.
 */
#include "features/accounts/accounts.h"

#include <sodium.h>
#include <string.h>

#include "features/accounts/rows.h"

hk_err token_make(hk_arena *arena, hk_slice *ret_text, uint8_t ret_hash[static 32])
{
    uint8_t token[TOKEN_BYTES];
    char *text = hk_arena_get(arena, TOKEN_CHARACTERS);
    if (!text)
        return HK_NO_MEMORY;
    randombytes_buf(token, sizeof token);
    hk_b64_encode(hk_slice_of(token, sizeof token), text);
    sodium_memzero(token, sizeof token);
    *ret_text = hk_slice_of(text, TOKEN_CHARACTERS);
    return token_hash(*ret_text, ret_hash);
}

hk_err token_hash(hk_slice text, uint8_t ret[static 32])
{
    uint8_t token[TOKEN_BYTES];
    size_t n;
    if (text.n != TOKEN_CHARACTERS || hk_b64_decode(text, token, sizeof token, &n) != HK_OK ||
        n != sizeof token)
        return HK_NOT_THERE;
    (void)crypto_generichash(ret, 32, token, sizeof token, NULL, 0); /* sizes are constants */
    return HK_OK;
}

/* Words that are calm, easy to spell and say nothing about anybody. */
static const char *const QUALITIES[] = {
    "quiet", "gentle", "calm",  "bright", "kind",  "soft",  "warm",  "clear",  "early", "late",  "slow",
    "light", "small",  "wide",  "deep",   "green", "blue",  "amber", "silver", "still", "young", "old",
    "brave", "merry",  "misty", "sunny",  "snowy", "rainy", "windy", "starry", "mossy", "sandy"};
static const char *const ANIMALS[] = {
    "heron", "otter", "robin",  "finch", "hare",   "deer",   "fox",  "badger", "wren", "swift", "swan",
    "owl",   "lark",  "seal",   "whale", "trout",  "beaver", "mole", "toad",   "newt", "crane", "stork",
    "goose", "duck",  "plover", "dove",  "linnet", "marten", "vole", "moth",   "bee",  "snail"};

hk_err handle_make(hk_arena *arena, hk_slice *ret)
{
    const char *text =
        hk_arena_printf(arena, "%s-%s-%04u", QUALITIES[randombytes_uniform(HK_COUNT(QUALITIES))],
                        ANIMALS[randombytes_uniform(HK_COUNT(ANIMALS))], randombytes_uniform(10000));
    if (!text)
        return HK_NO_MEMORY;
    *ret = hk_slice_z(text);
    return HK_OK;
}

uint8_t vault_kind_of(int64_t kind)
{
    static const uint8_t KINDS[] = {[RECORD_PASSWORD] = VAULT_UNLOCK_PASSWORD,
                                    [RECORD_RECOVERY] = VAULT_UNLOCK_RECOVERY,
                                    [RECORD_PASSKEY] = VAULT_UNLOCK_PASSKEY,
                                    [RECORD_DEVICE] = VAULT_UNLOCK_DEVICE};
    return KINDS[kind];
}

hk_err record_read(wire_request *r, account_id account, int64_t kind, rest_what what, hk_slice *ret)
{
    const place *p = r->place;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, RECORD_GET));
    store_bind_slice(&c, HK_ID_SLICE(account));
    store_bind_int(&c, kind);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    rest_place at = {account, kind, what};
    return rest_open(p->rest, &at, store_slice(&c, what == REST_RECORD ? 0 : 1), r->arena, ret);
}

hk_err record_write(wire_request *r, account_id account, const record_body *record)
{
    const place *p = r->place;
    hk_slice sealed_record, sealed_key;
    HK_TRY(rest_seal(p->rest, &(rest_place){account, record->kind, REST_RECORD}, record->record, r->arena,
                     &sealed_record));
    HK_TRY(rest_seal(p->rest, &(rest_place){account, record->kind, REST_LOGIN_KEY},
                     hk_slice_of(record->login_key, sizeof record->login_key), r->arena, &sealed_key));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, RECORD_PUT));
    store_bind_slice(&c, HK_ID_SLICE(account));
    store_bind_int(&c, record->kind);
    store_bind_slice(&c, sealed_record);
    store_bind_slice(&c, sealed_key);
    return store_finish(&c);
}

hk_err records_check(const shape_list *records, account_id account, int64_t serial, uint32_t *ret_kinds)
{
    const record_body *all = records->items;
    uint32_t kinds = 0;
    for (size_t i = 0; i < records->count; i++) {
        vault_unlock u;
        HK_TRY(vault_unlock_parse(all[i].record, &u));
        if (u.kind != vault_kind_of(all[i].kind) || !HK_ID_EQ(u.account, account) || u.serial != serial)
            return HK_BAD;
        if (kinds >> all[i].kind & 1)
            return HK_BAD;
        kinds |= 1u << all[i].kind;
    }
    *ret_kinds = kinds;
    return HK_OK;
}

hk_err challenge_burn(wire_request *r, hk_slice challenge)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, CHALLENGE_BURN));
    store_bind_slice(&c, challenge);
    store_bind_int(&c, r->who.session);
    store_bind_int(&c, r->now_ms);
    HK_TRY(store_finish(&c));
    return store_changed(r->db) == 1 ? HK_OK : HK_REFUSED;
}

hk_err accounts_proof(wire_request *r, hk_slice challenge, int64_t kind, hk_slice signature)
{
    HK_TRY(challenge_burn(r, challenge));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, ACCOUNT_READ));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    hk_slice handle, login_key;
    HK_TRY(store_copy(&c, 0, r->arena, &handle));
    hk_err err = record_read(r, r->who.account, kind, REST_LOGIN_KEY, &login_key);
    if (err != HK_OK)
        return err == HK_NOT_THERE ? HK_REFUSED : err;
    err = vault_login_verify(r->host, handle, vault_kind_of(kind), challenge.p, login_key.p, signature.p);
    return err == HK_OK ? HK_OK : HK_REFUSED;
}

static hk_err run_on(store_db *db, size_t statement, account_id account)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &ACCOUNTS_ROOM, statement));
    store_bind_slice(&c, HK_ID_SLICE(account));
    return store_finish(&c);
}

hk_err accounts_end_sessions(store_db *db, account_id account)
{
    return run_on(db, SESSIONS_END, account);
}

hk_err accounts_read(store_db *db, account_id account, account_facts *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &ACCOUNTS_ROOM, ACCOUNT_FACTS));
    store_bind_slice(&c, HK_ID_SLICE(account));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    ret->role = store_int(&c, 0);
    ret->disabled = store_int(&c, 1) != 0;
    return store_slice_into(&c, 2, ret->ik, sizeof ret->ik);
}

hk_err accounts_set_disabled(store_db *db, account_id account, bool disabled)
{
    bool row;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &ACCOUNTS_ROOM, ACCOUNT_DISABLE));
    store_bind_int(&c, disabled);
    store_bind_slice(&c, HK_ID_SLICE(account));
    HK_TRY(store_finish(&c));
    HK_TRY(store_run(&c, db, &ACCOUNTS_ROOM, ADMINS_LEFT));
    HK_TRY(store_next(&c, &row));
    if (disabled && store_int(&c, 0) == 0)
        return HK_CONFLICT;
    return disabled ? accounts_end_sessions(db, account) : HK_OK;
}

hk_err accounts_forget(store_db *db, account_id account)
{
    HK_TRY(run_on(db, SESSIONS_END, account));
    HK_TRY(run_on(db, RECORDS_END, account));
    HK_TRY(run_on(db, STATE_END, account));
    return run_on(db, ACCOUNT_END, account);
}

hk_err accounts_tell_staff(wire_request *r, const char *told)
{
    account_id *staff = hk_arena_get_array(r->arena, 500, sizeof *staff);
    if (!staff)
        return HK_NO_MEMORY;
    size_t count = 0;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &ACCOUNTS_ROOM, STAFF_ACCOUNTS));
    while (count < 500) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(store_slice_into(&c, 0, staff[count++].b, HK_ID_BYTES));
    }
    return place_tell(r, staff, count, told, &SHAPE_NOTHING, &(char){0});
}
