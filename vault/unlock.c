/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Unlock records, login keys and changes (M9). R never leaves this side; the server gets a signature made by
 * a key that R gives, and keeps AK sealed under another key that R gives.
 */
#include "vault/inside.h"
#include "vault/unlock.h"

#include <string.h>

#define UNLOCK_HEAD (3 + HK_ID_BYTES + 4 + VAULT_SALT_BYTES + 8)

static void subkeys(uint8_t kind, uint64_t which, const uint8_t *r, vault_key *ret)
{
    const char *context = kind == VAULT_UNLOCK_RECOVERY ? "HRKNRECV" : "HRKNROOT";
    (void)crypto_kdf_derive_from_key(ret->b, sizeof ret->b, which, context, r); /* fails on bad sizes only */
}

hk_err vault_derive_unlock(uint8_t kind, const account_id *account, uint32_t serial,
                           const uint8_t salt[static VAULT_SALT_BYTES], uint32_t t, uint32_t m_bytes,
                           const uint8_t r[static VAULT_KEY_BYTES], const uint8_t ak[static VAULT_KEY_BYTES],
                           const uint8_t nonce[static VAULT_NONCE_BYTES], vault_new_record *ret)
{
    VAULT_KEY(wrap_key);
    vault_unlock parsed;
    hk_writer w = hk_writer_of(ret->record, sizeof ret->record);
    hk_write_u8(&w, 1);
    hk_write_u8(&w, 1);
    hk_write_u8(&w, kind);
    hk_write_bytes(&w, account->b, HK_ID_BYTES);
    hk_write_u32(&w, serial);
    hk_write_bytes(&w, salt, VAULT_SALT_BYTES);
    hk_write_u32(&w, t);
    hk_write_u32(&w, m_bytes);
    hk_write_bytes(&w, nonce, VAULT_NONCE_BYTES);
    subkeys(kind, 2, r, &wrap_key);
    vault_aead_seal(wrap_key.b, nonce, VAULT_D(VAULT_D_UNLOCK), hk_slice_of(ret->record, UNLOCK_HEAD),
                    hk_slice_of(ak, VAULT_KEY_BYTES), ret->record + UNLOCK_HEAD + VAULT_NONCE_BYTES);
    HK_TRY(vault_unlock_parse(hk_slice_of(ret->record, sizeof ret->record), &parsed));
    return vault_login_key(kind, r, ret->login_key);
}

hk_err vault_unlock_seal(uint8_t kind, const account_id *account, uint32_t serial,
                         const uint8_t salt[static VAULT_SALT_BYTES], uint32_t t, uint32_t m_bytes,
                         const uint8_t r[static VAULT_KEY_BYTES], const uint8_t ak[static VAULT_KEY_BYTES],
                         vault_new_record *ret)
{
    uint8_t nonce[VAULT_NONCE_BYTES];
    randombytes_buf(nonce, sizeof nonce);
    return vault_derive_unlock(kind, account, serial, salt, t, m_bytes, r, ak, nonce, ret);
}

hk_err vault_unlock_open(hk_slice record, const account_id *account, const uint8_t r[static VAULT_KEY_BYTES],
                         uint8_t ret_ak[static VAULT_KEY_BYTES])
{
    VAULT_KEY(wrap_key);
    vault_unlock u;
    HK_TRY(vault_unlock_parse(record, &u));
    if (!HK_ID_EQ(u.account, *account))
        return HK_REFUSED;
    subkeys(u.kind, 2, r, &wrap_key);
    return vault_aead_open(wrap_key.b, record.p + UNLOCK_HEAD, VAULT_D(VAULT_D_UNLOCK),
                           hk_slice_part(record, 0, UNLOCK_HEAD),
                           hk_slice_part(record, UNLOCK_HEAD + VAULT_NONCE_BYTES, record.n), ret_ak);
}

/* The login key pair: its seed is subkey 1. */
static void login_pair(uint8_t kind, const uint8_t *r, uint8_t *ret_pk, uint8_t ret_secret[static 64])
{
    VAULT_KEY(seed);
    subkeys(kind, 1, r, &seed);
    (void)crypto_sign_seed_keypair(ret_pk, ret_secret, seed.b); /* cannot fail */
}

hk_err vault_login_key(uint8_t kind, const uint8_t r[static VAULT_KEY_BYTES],
                       uint8_t ret_key[static VAULT_KEY_BYTES])
{
    uint8_t secret[64];
    if (kind < VAULT_UNLOCK_PASSWORD || kind > VAULT_UNLOCK_DEVICE)
        return HK_BAD;
    login_pair(kind, r, ret_key, secret);
    sodium_memzero(secret, sizeof secret);
    return HK_OK;
}

static void login_signature(uint8_t kind, const uint8_t *r, hk_slice message, uint8_t *ret)
{
    uint8_t pk[VAULT_KEY_BYTES], secret[64];
    login_pair(kind, r, pk, secret);
    (void)crypto_sign_detached(ret, NULL, message.p, message.n, secret); /* cannot fail */
    sodium_memzero(secret, sizeof secret);
}

hk_err vault_login_sign(hk_slice host, hk_slice handle, uint8_t kind,
                        const uint8_t challenge[static VAULT_CHALLENGE_BYTES],
                        const uint8_t r[static VAULT_KEY_BYTES], uint8_t ret[static VAULT_SIGNATURE_BYTES])
{
    uint8_t message[VAULT_LOGIN_SIGNED_MAX];
    size_t n;
    HK_TRY(vault_login_signed(host, handle, kind, challenge, message, &n));
    login_signature(kind, r, hk_slice_of(message, n), ret);
    return HK_OK;
}

hk_err vault_change_sign(const account_id *account, const uint8_t challenge[static VAULT_CHALLENGE_BYTES],
                         const vault_new_record *records, size_t n, uint8_t kind,
                         const uint8_t r[static VAULT_KEY_BYTES], uint8_t ret[static VAULT_SIGNATURE_BYTES])
{
    uint8_t message[VAULT_CHANGE_SIGNED];
    HK_TRY(vault_change_signed(account, challenge, records, n, message));
    if (kind == VAULT_UNLOCK_RECOVERY && !vault_change_suits_recovery(records, n))
        return HK_REFUSED;
    login_signature(kind, r, hk_slice_of(message, sizeof message), ret);
    return HK_OK;
}

/* ---- Into R ---- */

hk_err vault_kdf_input(const vault_kdf *how, hk_slice sk, hk_slice password,
                       uint8_t ret[static VAULT_KDF_INPUT_MAX], size_t *ret_n)
{
    if (how->handle.n == 0 || how->handle.n > VAULT_HANDLE_MAX || (sk.n != 0 && sk.n != VAULT_SK_BYTES))
        return HK_BAD;
    if (password.n < VAULT_PASSWORD_MIN || password.n > VAULT_PASSWORD_MAX)
        return HK_TOO_MUCH;
    if (how->t < VAULT_T_MIN || how->t > VAULT_T_MAX || how->m_bytes < VAULT_M_MIN_BYTES ||
        how->m_bytes > VAULT_M_MAX_BYTES || how->t < how->t_seen || how->m_bytes < how->m_seen)
        return HK_REFUSED; /* a server that asks for less makes guessing cheap */
    uint8_t salt[VAULT_SALT_BYTES];
    vault_blake(salt, sizeof salt, NULL,
                VAULT_PARTS(VAULT_D(VAULT_D_SALT), VAULT_U8(how->handle.n), how->handle,
                            hk_slice_of(how->salt, VAULT_SALT_BYTES)));
    size_t secret_n = 1 + sk.n + password.n;
    hk_writer w = hk_writer_of(ret, VAULT_KDF_INPUT_MAX);
    hk_write_u8(&w, 1);
    hk_write_u32(&w, how->t);
    hk_write_u32(&w, how->m_bytes);
    hk_write_bytes(&w, salt, sizeof salt);
    hk_write_u8(&w, (uint8_t)(secret_n >> 8));
    hk_write_u8(&w, (uint8_t)secret_n);
    hk_write_u8(&w, (uint8_t)sk.n);
    hk_write_slice(&w, sk);
    hk_write_slice(&w, password);
    *ret_n = w.n;
    return w.bad ? HK_BAD : HK_OK;
}

void vault_recovery_make(uint8_t ret[static VAULT_RECOVERY_BYTES])
{
    randombytes_buf(ret, VAULT_RECOVERY_BYTES);
}

void vault_sk_make(uint8_t ret[static VAULT_SK_BYTES])
{
    randombytes_buf(ret, VAULT_SK_BYTES);
}

void vault_recovery_r(const uint8_t code[static VAULT_RECOVERY_BYTES], uint8_t ret_r[static VAULT_KEY_BYTES])
{
    VAULT_HASH(ret_r, VAULT_D(VAULT_D_RECOVERY), hk_slice_of(code, VAULT_RECOVERY_BYTES));
}

void vault_passkey_r(const uint8_t prf[static VAULT_KEY_BYTES], uint8_t ret_r[static VAULT_KEY_BYTES])
{
    VAULT_HASH(ret_r, VAULT_D(VAULT_D_PASSKEY), VAULT_32(prf));
}
