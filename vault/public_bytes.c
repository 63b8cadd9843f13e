/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Hashing with domain strings, the running hash of a log, fingerprints and the audit chain.
 */
#include "vault/bytes.h"

#include <sodium.h>

void vault_blake(uint8_t *ret, size_t ret_n, const uint8_t *key, const hk_slice *parts, size_t n)
{
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, key, key ? VAULT_KEY_BYTES : 0,
                                  ret_n); /* fails on bad sizes only */
    for (size_t i = 0; i < n; i++)
        (void)crypto_generichash_update(&state, parts[i].p, parts[i].n); /* cannot fail */
    (void)crypto_generichash_final(&state, ret, ret_n);                  /* called once: cannot fail */
    sodium_memzero(&state, sizeof state);
}

hk_err vault_signature_check(hk_slice signature, hk_slice message, const uint8_t key[static VAULT_KEY_BYTES])
{
    if (signature.n != VAULT_SIGNATURE_BYTES)
        return HK_BAD;
    return crypto_sign_verify_detached(signature.p, message.p, message.n, key) == 0 ? HK_OK : HK_REFUSED;
}

void vault_read_domain(hk_reader *r, hk_slice domain)
{
    if (!hk_slice_eq(hk_read_bytes(r, VAULT_DOMAIN_BYTES), domain))
        r->bad = true;
}

int vault_id_order(const uint8_t one[static HK_ID_BYTES], const uint8_t two[static HK_ID_BYTES])
{
    return __builtin_memcmp(one, two, HK_ID_BYTES);
}

bool vault_is_zero(const uint8_t *p, size_t n)
{
    return sodium_is_zero(p, n) == 1;
}

bool vault_padded_length_ok(size_t n)
{
    return n == 256 || n == 1024 || n == 4096 || n == VAULT_PADDED_MAX;
}

vault_entry_kind vault_entry_kind_of(hk_slice stored)
{
    if (hk_slice_starts(stored, VAULT_D(VAULT_D_COMMIT)))
        return VAULT_ENTRY_COMMIT;
    if (stored.n >= VAULT_HEADER_BYTES && stored.p[0] == 1 && stored.p[1] == 1 &&
        stored.p[2] == VAULT_TYPE_MESSAGE)
        return VAULT_ENTRY_MESSAGE;
    return VAULT_ENTRY_NONE;
}

void vault_entry_hash(hk_slice stored, uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_HASH(ret, VAULT_D(VAULT_D_ENTRY), stored);
}

void vault_log_hash_start(const conversation_id *conv, uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_HASH(ret, VAULT_D(VAULT_D_LOG), HK_ID_SLICE(*conv));
}

void vault_log_hash_next(const uint8_t previous[static VAULT_HASH_BYTES], int64_t position,
                         const uint8_t entry_hash[static VAULT_HASH_BYTES],
                         uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_HASH(ret, VAULT_D(VAULT_D_LOG), VAULT_32(previous), VAULT_BE64(position), VAULT_32(entry_hash));
}

void vault_fingerprint(const account_id *account, const uint8_t ik[static VAULT_KEY_BYTES],
                       uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_HASH(ret, VAULT_D(VAULT_D_FP), HK_ID_SLICE(*account), VAULT_32(ik));
}

void vault_place_fingerprint(const uint8_t place[static VAULT_KEY_BYTES],
                             uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_HASH(ret, VAULT_D(VAULT_D_PLACEFP), VAULT_32(place));
}

void vault_invite_stored(const uint8_t token[static VAULT_HASH_BYTES], uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_HASH(ret, VAULT_D(VAULT_D_INV_STORED), VAULT_32(token));
}

void vault_audit_start(uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_HASH(ret, VAULT_D(VAULT_D_AUDIT));
}

void vault_audit_next(const uint8_t previous[static VAULT_HASH_BYTES], int64_t count, hk_slice row,
                      uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_HASH(ret, VAULT_D(VAULT_D_AUDIT), VAULT_32(previous), VAULT_BE64(count), row);
}
