/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A person's keys: the account key AK, the identity key IK, and the encryption keys EK, newest first.
 */
#include "vault/inside.h"

#include <string.h>

void vault_make_id(uint8_t ret[static HK_ID_BYTES])
{
    randombytes_buf(ret, HK_ID_BYTES);
}

static void ek_derive(const vault_account *me, uint32_t serial, const uint8_t *seed, vault_ek *ret)
{
    uint8_t message[VAULT_EKCERT_SIGNED];
    ret->serial = serial;
    memmove(ret->seed, seed, VAULT_KEY_BYTES);
    (void)crypto_box_seed_keypair(ret->pk, ret->secret, ret->seed); /* cannot fail */
    vault_ek_cert_signed(&me->id, me->ik, ret->pk, serial, message);
    (void)crypto_sign_detached(ret->cert, NULL, message, sizeof message, me->ik_secret); /* cannot fail */
}

hk_err vault_account_derive(const account_id *id, const uint8_t ak[static VAULT_KEY_BYTES],
                            const uint8_t ik_seed[static VAULT_KEY_BYTES],
                            const uint8_t ek_seed[static VAULT_KEY_BYTES], uint32_t ek_serial,
                            vault_account *ret)
{
    if (ek_serial == 0)
        return HK_BAD;
    *ret = (vault_account){.id = *id, .ek_count = 1};
    memcpy(ret->ak, ak, VAULT_KEY_BYTES);
    memcpy(ret->ik_seed, ik_seed, VAULT_KEY_BYTES);
    (void)crypto_sign_seed_keypair(ret->ik, ret->ik_secret, ik_seed); /* cannot fail */
    ek_derive(ret, ek_serial, ek_seed, &ret->eks[0]);
    return HK_OK;
}

hk_err vault_account_make(const account_id *id, vault_account *ret)
{
    return vault_account_make_again(id, 1, ret);
}

hk_err vault_account_make_again(const account_id *id, uint32_t ek_serial, vault_account *ret)
{
    VAULT_KEY(ak);
    VAULT_KEY(ik_seed);
    VAULT_KEY(ek_seed);
    randombytes_buf(ak.b, sizeof ak.b);
    randombytes_buf(ik_seed.b, sizeof ik_seed.b);
    randombytes_buf(ek_seed.b, sizeof ek_seed.b);
    return vault_account_derive(id, ak.b, ik_seed.b, ek_seed.b, ek_serial, ret);
}

hk_err vault_account_rotate_ek(vault_account *me)
{
    VAULT_KEY(seed);
    if (me->ek_count == VAULT_EKS_MAX)
        return HK_TOO_MUCH;
    randombytes_buf(seed.b, sizeof seed.b);
    memmove(&me->eks[1], &me->eks[0], me->ek_count * sizeof me->eks[0]);
    me->ek_count++;
    ek_derive(me, me->eks[1].serial + 1, seed.b, &me->eks[0]);
    return HK_OK;
}

hk_err vault_account_renew(vault_account *me)
{
    HK_TRY(vault_account_rotate_ek(me));
    randombytes_buf(me->ak, sizeof me->ak);
    return HK_OK;
}

hk_err vault_account_keep_ek(vault_account *me, uint32_t serial, const uint8_t seed[static VAULT_KEY_BYTES])
{
    if (serial == 0 || serial > me->eks[0].serial)
        return HK_BAD;
    size_t at = 0;
    while (at < me->ek_count && me->eks[at].serial > serial)
        at++;
    if (at < me->ek_count && me->eks[at].serial == serial)
        return sodium_memcmp(me->eks[at].seed, seed, VAULT_KEY_BYTES) == 0 ? HK_OK : HK_CONFLICT;
    if (me->ek_count == VAULT_EKS_MAX)
        return HK_TOO_MUCH;
    memmove(&me->eks[at + 1], &me->eks[at], (me->ek_count - at) * sizeof me->eks[0]);
    me->ek_count++;
    ek_derive(me, serial, seed, &me->eks[at]);
    return HK_OK;
}

const vault_ek *vault_account_ek(const vault_account *me, const uint8_t pk[static VAULT_KEY_BYTES])
{
    for (size_t i = 0; i < me->ek_count; i++)
        if (hk_slice_eq(VAULT_32(me->eks[i].pk), VAULT_32(pk)))
            return &me->eks[i];
    return NULL;
}

void vault_account_member(const vault_account *me, uint8_t role, vault_member *ret)
{
    *ret = (vault_member){.account = me->id, .ek_serial = me->eks[0].serial, .role = role};
    memcpy(ret->ik, me->ik, VAULT_KEY_BYTES);
    memcpy(ret->ek, me->eks[0].pk, VAULT_KEY_BYTES);
    memcpy(ret->ek_cert, me->eks[0].cert, VAULT_SIGNATURE_BYTES);
}

void vault_account_wipe(vault_account *me)
{
    if (me)
        sodium_memzero(me, sizeof *me);
}

/* ---- Sealed under the account key ---- */

#define IDENTITY_HEAD (1 + 1 + HK_ID_BYTES + 4)

static void subkey(const uint8_t *ak, hk_slice domain, vault_key *ret)
{
    VAULT_KEYED(ret->b, ak, domain);
}

hk_err vault_identity_seal(const vault_account *me, uint8_t ret[static VAULT_IDENTITY_BYTES])
{
    VAULT_KEY(key);
    uint8_t seeds[2 * VAULT_KEY_BYTES];
    hk_writer w = hk_writer_of(ret, VAULT_IDENTITY_BYTES);
    subkey(me->ak, VAULT_D(VAULT_D_IDENTITY), &key);
    hk_write_u8(&w, 1);
    hk_write_u8(&w, 1);
    hk_write_bytes(&w, me->id.b, HK_ID_BYTES);
    hk_write_u32(&w, me->eks[0].serial);
    randombytes_buf(ret + IDENTITY_HEAD, VAULT_NONCE_BYTES);
    memcpy(seeds, me->ik_seed, VAULT_KEY_BYTES);
    memcpy(seeds + VAULT_KEY_BYTES, me->eks[0].seed, VAULT_KEY_BYTES);
    vault_aead_seal(key.b, ret + IDENTITY_HEAD, VAULT_D(VAULT_D_IDENTITY), hk_slice_of(ret, IDENTITY_HEAD),
                    hk_slice_of(seeds, sizeof seeds), ret + IDENTITY_HEAD + VAULT_NONCE_BYTES);
    sodium_memzero(seeds, sizeof seeds);
    return w.bad ? HK_BAD : HK_OK;
}

hk_err vault_identity_open(hk_slice record, const account_id *id, const uint8_t ak[static VAULT_KEY_BYTES],
                           vault_account *ret)
{
    VAULT_KEY(key);
    uint8_t seeds[2 * VAULT_KEY_BYTES];
    account_id account;
    hk_reader r = hk_reader_of(record);
    uint8_t version = hk_read_u8(&r), suite = hk_read_u8(&r);
    hk_read_into(&r, account.b, HK_ID_BYTES);
    uint32_t serial = hk_read_u32(&r);
    hk_slice nonce = hk_read_bytes(&r, VAULT_NONCE_BYTES);
    hk_slice ct = hk_read_bytes(&r, sizeof seeds + VAULT_AEAD_BYTES);
    if (!hk_reader_finished(&r) || version != 1 || suite != 1)
        return HK_BAD;
    if (!HK_ID_EQ(account, *id))
        return HK_REFUSED;
    subkey(ak, VAULT_D(VAULT_D_IDENTITY), &key);
    HK_TRY(vault_aead_open(key.b, nonce.p, VAULT_D(VAULT_D_IDENTITY), hk_slice_part(record, 0, IDENTITY_HEAD),
                           ct, seeds));
    hk_err err = vault_account_derive(id, ak, seeds, seeds + VAULT_KEY_BYTES, serial, ret);
    sodium_memzero(seeds, sizeof seeds);
    return err;
}

hk_err vault_local_seal(const vault_account *me, hk_slice label, hk_slice plain, uint8_t *ret, size_t cap,
                        size_t *ret_n)
{
    VAULT_KEY(key);
    if (label.n > 255 || plain.n > cap || cap - plain.n < VAULT_LOCAL_EXTRA)
        return HK_TOO_MUCH;
    subkey(me->ak, VAULT_D(VAULT_D_LOCAL), &key);
    ret[0] = 1;
    randombytes_buf(ret + 1, VAULT_NONCE_BYTES);
    vault_aead_seal(key.b, ret + 1, VAULT_D(VAULT_D_LOCAL), label, plain, ret + 1 + VAULT_NONCE_BYTES);
    *ret_n = plain.n + VAULT_LOCAL_EXTRA;
    return HK_OK;
}

hk_err vault_local_open(const vault_account *me, hk_slice label, hk_slice sealed, uint8_t *ret, size_t cap,
                        size_t *ret_n)
{
    VAULT_KEY(key);
    if (label.n > 255 || sealed.n < VAULT_LOCAL_EXTRA || sealed.p[0] != 1)
        return HK_BAD;
    if (sealed.n - VAULT_LOCAL_EXTRA > cap)
        return HK_TOO_MUCH;
    subkey(me->ak, VAULT_D(VAULT_D_LOCAL), &key);
    HK_TRY(vault_aead_open(key.b, sealed.p + 1, VAULT_D(VAULT_D_LOCAL), label,
                           hk_slice_part(sealed, 1 + VAULT_NONCE_BYTES, sealed.n), ret));
    *ret_n = sealed.n - VAULT_LOCAL_EXTRA;
    return HK_OK;
}
