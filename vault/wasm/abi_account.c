/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "vault/wasm/abi.h"

#include <sodium.h>
#include <string.h>

/* ---- Roots: from what a person knows or holds to a login ---- */

hk_err abi_draw_id(abi_session *s, hk_reader *in, hk_writer *out)
{
    uint8_t id[HK_ID_BYTES];
    HK_TRY(abi_asked(in));
    vault_make_id(id);
    hk_write_bytes(out, id, sizeof id);
    return HK_OK;
}

/* handle, salt, t, m, t seen, m seen, secret key as on the sheet or empty, password -> what the KDF worker
 * runs */
hk_err abi_kdf_input(abi_session *s, hk_reader *in, hk_writer *out)
{
    vault_kdf how = {.handle = abi_read_short(in)};
    hk_read_into(in, how.salt, sizeof how.salt);
    how.t = hk_read_u32(in);
    how.m_bytes = hk_read_u32(in);
    how.t_seen = hk_read_u32(in);
    how.m_seen = hk_read_u32(in);
    hk_slice sheet = abi_read_short(in);
    hk_slice password = abi_read_rest(in);
    HK_TRY(abi_asked(in));
    uint8_t sk[VAULT_SK_BYTES];
    if (sheet.n > 0)
        HK_TRY(vault_sk_parse(sheet, sk));
    uint8_t input[VAULT_KDF_INPUT_MAX];
    size_t n;
    hk_err err = vault_kdf_input(&how, hk_slice_of(sk, sheet.n > 0 ? sizeof sk : 0), password, input, &n);
    if (err == HK_OK)
        hk_write_bytes(out, input, n);
    sodium_memzero(sk, sizeof sk);
    sodium_memzero(input, sizeof input);
    return err;
}

static void take_root(abi_root *root, uint8_t kind, const uint8_t *r)
{
    root->kind = kind;
    memcpy(root->r, r, VAULT_KEY_BYTES);
}

/* kind, R: from the KDF worker, or as this device kept it */
hk_err abi_root_take(abi_session *s, hk_reader *in, hk_writer *out)
{
    uint8_t kind = hk_read_u8(in);
    hk_slice r = hk_read_bytes(in, VAULT_KEY_BYTES);
    HK_TRY(abi_asked(in));
    if (kind != VAULT_UNLOCK_PASSWORD && kind != VAULT_UNLOCK_DEVICE)
        return HK_BAD;
    take_root(&s->root, kind, r.p);
    return HK_OK;
}

/* -> R, for the device to keep: "try before account" */
hk_err abi_root_device_make(abi_session *s, hk_reader *in, hk_writer *out)
{
    HK_TRY(abi_asked(in));
    s->root.kind = VAULT_UNLOCK_DEVICE;
    randombytes_buf(s->root.r, sizeof s->root.r);
    hk_write_bytes(out, s->root.r, sizeof s->root.r);
    return HK_OK;
}

/* the recovery code as it was typed */
hk_err abi_root_recovery(abi_session *s, hk_reader *in, hk_writer *out)
{
    hk_slice text = abi_read_rest(in);
    HK_TRY(abi_asked(in));
    uint8_t code[VAULT_RECOVERY_BYTES];
    HK_TRY(vault_recovery_parse(text, code));
    s->root.kind = VAULT_UNLOCK_RECOVERY;
    vault_recovery_r(code, s->root.r);
    sodium_memzero(code, sizeof code);
    return HK_OK;
}

static hk_err sign_as(const abi_root *root, hk_reader *in, hk_writer *out)
{
    hk_slice host = abi_read_short(in);
    hk_slice handle = abi_read_short(in);
    uint8_t challenge[VAULT_CHALLENGE_BYTES];
    hk_read_into(in, challenge, sizeof challenge);
    HK_TRY(abi_asked(in));
    if (root->kind == 0)
        return HK_WHO;
    uint8_t signature[VAULT_SIGNATURE_BYTES];
    HK_TRY(vault_login_sign(host, handle, root->kind, challenge, root->r, signature));
    hk_write_u8(out, root->kind);
    hk_write_bytes(out, signature, sizeof signature);
    return HK_OK;
}

/* host, handle, challenge -> kind, signature: sign-in, and erasing */
hk_err abi_login_sign(abi_session *s, hk_reader *in, hk_writer *out)
{
    return sign_as(&s->root, in, out);
}

/* ---- The account ---- */

static void write_me(const abi_session *s, hk_writer *out)
{
    vault_member me;
    vault_account_member(&s->me, VAULT_ROLE_CLIENT, &me);
    abi_write_member(out, &me);
}

static void session_begins(abi_session *s)
{
    s->unlocked = true;
    randombytes_buf(s->sleep_key, sizeof s->sleep_key);
    abi_state_begin(s);
}

/* account -> our member */
hk_err abi_account_make(abi_session *s, hk_reader *in, hk_writer *out)
{
    account_id account = abi_read_account(in);
    HK_TRY(abi_asked(in));
    HK_TRY(vault_account_make(&account, &s->me));
    session_begins(s);
    write_me(s, out);
    return HK_OK;
}

/* account, the serial of the encryption key -> our member: all keys anew under an account that is there,
 * whose password is lost. Worth something only when its listener commits REPLACE. */
hk_err abi_account_make_again(abi_session *s, hk_reader *in, hk_writer *out)
{
    account_id account = abi_read_account(in);
    uint32_t ek_serial = hk_read_u32(in);
    HK_TRY(abi_asked(in));
    HK_TRY(vault_account_make_again(&account, ek_serial, &s->me));
    session_begins(s);
    write_me(s, out);
    return HK_OK;
}

/* For the root that is in use: serial -> record, login key */
hk_err abi_record_make(abi_session *s, hk_reader *in, hk_writer *out)
{
    uint32_t serial = hk_read_u32(in);
    HK_TRY(abi_unlocked(s, in));
    if (s->root.kind == 0)
        return HK_WHO;
    vault_new_record record;
    const abi_root *root = &s->root;
    HK_TRY(vault_unlock_seal(root->kind, &s->me.id, serial, root->salt, root->t, root->m, root->r, s->me.ak,
                             &record));
    s->record_serial = serial;
    hk_write_bytes(out, record.record, sizeof record.record);
    hk_write_bytes(out, record.login_key, sizeof record.login_key);
    return HK_OK;
}

/* account, record, identity -> our member */
hk_err abi_account_open(abi_session *s, hk_reader *in, hk_writer *out)
{
    account_id account = abi_read_account(in);
    hk_slice record = abi_read_long(in);
    hk_slice identity = abi_read_long(in);
    HK_TRY(abi_asked(in));
    if (s->root.kind == 0)
        return HK_WHO;
    vault_unlock said;
    HK_TRY(vault_unlock_parse(record, &said));
    if (said.kind != s->root.kind)
        return HK_REFUSED;
    uint8_t ak[VAULT_KEY_BYTES];
    hk_err err = vault_unlock_open(record, &account, s->root.r, ak);
    if (err == HK_OK)
        err = vault_identity_open(identity, &account, ak, &s->me);
    sodium_memzero(ak, sizeof ak);
    HK_TRY(err);
    s->record_serial = said.serial;
    memcpy(s->root.salt, said.salt, sizeof s->root.salt);
    s->root.t = said.t;
    s->root.m = said.m_bytes;
    session_begins(s);
    write_me(s, out);
    return HK_OK;
}

hk_err abi_identity_seal(abi_session *s, hk_reader *in, hk_writer *out)
{
    HK_TRY(abi_unlocked(s, in));
    uint8_t identity[VAULT_IDENTITY_BYTES];
    HK_TRY(vault_identity_seal(&s->me, identity));
    hk_write_bytes(out, identity, sizeof identity);
    return HK_OK;
}

/* ---- Changing what opens the account ---- */

static abi_root *next_root_for(abi_session *s, uint8_t kind)
{
    for (size_t i = 0; i < ABI_ROOTS_MAX; i++) {
        if (s->next[i].kind == kind || s->next[i].kind == 0)
            return &s->next[i];
    }
    return NULL;
}

/* R of a new password, from the KDF worker, and how it was made: salt, t, m */
hk_err abi_next_root(abi_session *s, hk_reader *in, hk_writer *out)
{
    hk_slice r = hk_read_bytes(in, VAULT_KEY_BYTES);
    hk_slice salt = hk_read_bytes(in, VAULT_SALT_BYTES);
    uint32_t t = hk_read_u32(in);
    uint32_t m = hk_read_u32(in);
    HK_TRY(abi_unlocked(s, in));
    abi_root *root = next_root_for(s, VAULT_UNLOCK_PASSWORD);
    if (root == NULL)
        return HK_TOO_MUCH;
    take_root(root, VAULT_UNLOCK_PASSWORD, r.p);
    memcpy(root->salt, salt.p, sizeof root->salt);
    root->t = t;
    root->m = m;
    return HK_OK;
}

/* -> the recovery code for the sheet */
hk_err abi_next_recovery(abi_session *s, hk_reader *in, hk_writer *out)
{
    HK_TRY(abi_unlocked(s, in));
    abi_root *root = next_root_for(s, VAULT_UNLOCK_RECOVERY);
    if (root == NULL)
        return HK_TOO_MUCH;
    uint8_t code[VAULT_RECOVERY_BYTES];
    char text[VAULT_RECOVERY_TEXT];
    vault_recovery_make(code);
    root->kind = VAULT_UNLOCK_RECOVERY;
    vault_recovery_r(code, root->r);
    vault_recovery_text(code, text);
    hk_write_bytes(out, text, sizeof text);
    sodium_memzero(code, sizeof code);
    sodium_memzero(text, sizeof text);
    return HK_OK;
}

/* -> a secret key for a listener's sheet */
hk_err abi_secret_key_make(abi_session *s, hk_reader *in, hk_writer *out)
{
    HK_TRY(abi_unlocked(s, in));
    uint8_t sk[VAULT_SK_BYTES];
    char text[VAULT_SK_TEXT];
    vault_sk_make(sk);
    vault_sk_text(sk, text);
    hk_write_bytes(out, text, sizeof text);
    sodium_memzero(sk, sizeof sk);
    sodium_memzero(text, sizeof text);
    return HK_OK;
}

/* New account key and encryption key, until change_done says whether they hold. -> our member */
hk_err abi_renew(abi_session *s, hk_reader *in, hk_writer *out)
{
    HK_TRY(abi_unlocked(s, in));
    if (s->renewing)
        return HK_BUSY;
    s->before = s->me;
    hk_err err = vault_account_renew(&s->me);
    if (err != HK_OK) {
        vault_account_wipe(&s->before);
        return err;
    }
    s->renewing = true;
    write_me(s, out);
    return HK_OK;
}

/* A new encryption key under the same account key, until change_done says whether it holds. What opens the
 * account stays: its record is made again, since a change must bring one. -> our member */
hk_err abi_rotate(abi_session *s, hk_reader *in, hk_writer *out)
{
    HK_TRY(abi_unlocked(s, in));
    if (s->renewing)
        return HK_BUSY;
    abi_root *next = next_root_for(s, s->root.kind);
    if (s->root.kind == 0 || next == NULL)
        return HK_WHO;
    s->before = s->me;
    hk_err err = vault_account_rotate_ek(&s->me);
    if (err != HK_OK) {
        vault_account_wipe(&s->before);
        return err;
    }
    *next = s->root;
    s->renewing = true;
    write_me(s, out);
    return HK_OK;
}

/* challenge -> kind that signs, count, each: kind, record, login key; signature */
hk_err abi_change_sign(abi_session *s, hk_reader *in, hk_writer *out)
{
    uint8_t challenge[VAULT_CHALLENGE_BYTES];
    hk_read_into(in, challenge, sizeof challenge);
    HK_TRY(abi_unlocked(s, in));
    if (s->root.kind == 0)
        return HK_WHO;
    vault_new_record records[ABI_ROOTS_MAX];
    uint8_t kinds[ABI_ROOTS_MAX];
    size_t n = 0;
    for (uint8_t kind = VAULT_UNLOCK_PASSWORD; kind <= VAULT_UNLOCK_DEVICE; kind++) {
        for (size_t i = 0; i < ABI_ROOTS_MAX; i++) {
            const abi_root *root = &s->next[i];
            if (root->kind != kind)
                continue;
            HK_TRY(vault_unlock_seal(kind, &s->me.id, s->record_serial + 1, root->salt, root->t, root->m,
                                     root->r, s->me.ak, &records[n]));
            kinds[n++] = kind;
        }
    }
    if (n == 0)
        return HK_BAD;
    uint8_t signature[VAULT_SIGNATURE_BYTES];
    HK_TRY(vault_change_sign(&s->me.id, challenge, records, n, s->root.kind, s->root.r, signature));
    hk_write_u8(out, s->root.kind);
    hk_write_u8(out, (uint8_t)n);
    for (size_t i = 0; i < n; i++) {
        hk_write_u8(out, kinds[i]);
        hk_write_bytes(out, records[i].record, sizeof records[i].record);
        hk_write_bytes(out, records[i].login_key, sizeof records[i].login_key);
    }
    hk_write_bytes(out, signature, sizeof signature);
    return HK_OK;
}

/* What opens this session once the change holds: a new password, else what opens it now. */
static const abi_root *root_to_come(const abi_session *s)
{
    for (size_t i = 0; i < ABI_ROOTS_MAX; i++) {
        if (s->next[i].kind == VAULT_UNLOCK_PASSWORD)
            return &s->next[i];
    }
    return &s->root;
}

/* As login_sign, by what opens this session once the change holds: the place's answer was lost, and whether
 * it stored the change is found out by signing in. */
hk_err abi_login_sign_next(abi_session *s, hk_reader *in, hk_writer *out)
{
    return s->unlocked ? sign_as(root_to_come(s), in, out) : HK_WHO;
}

/* u8: has the place stored the change? */
hk_err abi_change_done(abi_session *s, hk_reader *in, hk_writer *out)
{
    bool stored = hk_read_u8(in) != 0;
    HK_TRY(abi_unlocked(s, in));
    if (stored) {
        s->record_serial++;
        s->root = *root_to_come(s);
    }
    sodium_memzero(s->next, sizeof s->next);
    if (s->renewing && !stored)
        s->me = s->before;
    vault_account_wipe(&s->before);
    s->renewing = false;
    return HK_OK;
}

/* ---- What only this device keeps, and fingerprints ---- */

/* label, content -> sealed */
hk_err abi_local_seal(abi_session *s, hk_reader *in, hk_writer *out)
{
    hk_slice label = abi_read_short(in);
    hk_slice content = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    size_t n;
    HK_TRY(vault_local_seal(&s->me, label, content, out->p + out->n, out->cap - out->n, &n));
    out->n += n;
    return HK_OK;
}

/* label, sealed -> content */
hk_err abi_local_open(abi_session *s, hk_reader *in, hk_writer *out)
{
    hk_slice label = abi_read_short(in);
    hk_slice sealed = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    size_t n;
    HK_TRY(vault_local_open(&s->me, label, sealed, out->p + out->n, out->cap - out->n, &n));
    out->n += n;
    return HK_OK;
}

hk_err abi_fingerprint(abi_session *s, hk_reader *in, hk_writer *out)
{
    account_id account = abi_read_account(in);
    uint8_t ik[VAULT_KEY_BYTES], fp[VAULT_HASH_BYTES];
    hk_read_into(in, ik, sizeof ik);
    HK_TRY(abi_asked(in));
    vault_fingerprint(&account, ik, fp);
    hk_write_bytes(out, fp, sizeof fp);
    return HK_OK;
}

hk_err abi_place_fingerprint(abi_session *s, hk_reader *in, hk_writer *out)
{
    uint8_t place[VAULT_KEY_BYTES], fp[VAULT_HASH_BYTES];
    hk_read_into(in, place, sizeof place);
    HK_TRY(abi_asked(in));
    vault_place_fingerprint(place, fp);
    hk_write_bytes(out, fp, sizeof fp);
    return HK_OK;
}
