/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Accounts from outside: the shape of unlock records, and the two signatures a login key makes.
 */
#include "vault/bytes.h"

hk_err vault_unlock_parse(hk_slice bytes, vault_unlock *ret)
{
    vault_unlock u = {0};
    hk_reader r = hk_reader_of(bytes);
    uint8_t version = hk_read_u8(&r), suite = hk_read_u8(&r);
    u.kind = hk_read_u8(&r);
    hk_read_into(&r, u.account.b, HK_ID_BYTES);
    u.serial = hk_read_u32(&r);
    hk_read_into(&r, u.salt, VAULT_SALT_BYTES);
    u.t = hk_read_u32(&r);
    u.m_bytes = hk_read_u32(&r);
    (void)hk_read_bytes(&r,
                        VAULT_NONCE_BYTES + VAULT_KEY_BYTES + VAULT_AEAD_BYTES); /* sealed; read below bad */
    if (!hk_reader_finished(&r) || version != 1 || suite != 1 || u.serial == 0)
        return HK_BAD;
    if (u.kind < VAULT_UNLOCK_PASSWORD || u.kind > VAULT_UNLOCK_DEVICE)
        return HK_BAD;
    if (u.kind != VAULT_UNLOCK_PASSWORD) {
        if (u.t || u.m_bytes || !vault_is_zero(u.salt, sizeof u.salt))
            return HK_BAD;
    } else if (u.t < VAULT_T_MIN || u.t > VAULT_T_MAX || u.m_bytes < VAULT_M_MIN_BYTES ||
               u.m_bytes > VAULT_M_MAX_BYTES) {
        return HK_REFUSED;
    }
    *ret = u;
    return HK_OK;
}

hk_err vault_login_signed(hk_slice host, hk_slice handle, uint8_t kind,
                          const uint8_t challenge[static VAULT_CHALLENGE_BYTES],
                          uint8_t ret[static VAULT_LOGIN_SIGNED_MAX], size_t *ret_n)
{
    if (host.n == 0 || host.n > VAULT_HOST_MAX || handle.n == 0 || handle.n > VAULT_HANDLE_MAX)
        return HK_BAD;
    hk_writer w = hk_writer_of(ret, VAULT_LOGIN_SIGNED_MAX);
    hk_write_slice(&w, VAULT_D(VAULT_D_LOGIN));
    hk_write_u8(&w, (uint8_t)host.n);
    hk_write_slice(&w, host);
    hk_write_u8(&w, (uint8_t)handle.n);
    hk_write_slice(&w, handle);
    hk_write_u8(&w, kind);
    hk_write_bytes(&w, challenge, VAULT_CHALLENGE_BYTES);
    *ret_n = w.n;
    return HK_OK;
}

hk_err vault_login_verify(hk_slice host, hk_slice handle, uint8_t kind,
                          const uint8_t challenge[static VAULT_CHALLENGE_BYTES],
                          const uint8_t login_key[static VAULT_KEY_BYTES],
                          const uint8_t signature[static VAULT_SIGNATURE_BYTES])
{
    uint8_t message[VAULT_LOGIN_SIGNED_MAX];
    size_t n;
    HK_TRY(vault_login_signed(host, handle, kind, challenge, message, &n));
    return vault_signature_check(hk_slice_of(signature, VAULT_SIGNATURE_BYTES), hk_slice_of(message, n),
                                 login_key);
}

hk_err vault_records_hash(const vault_new_record *records, size_t n, uint8_t ret[static VAULT_HASH_BYTES])
{
    hk_slice parts[2 + 2 * VAULT_RECORDS_MAX] = {VAULT_D(VAULT_D_RECORDS), VAULT_U8(n)};
    uint8_t kind_before = 0;
    if (n == 0)
        return HK_BAD;
    if (n > VAULT_RECORDS_MAX)
        return HK_TOO_MUCH;
    for (size_t i = 0; i < n; i++) {
        vault_unlock u;
        HK_TRY(vault_unlock_parse(hk_slice_of(records[i].record, VAULT_UNLOCK_BYTES), &u));
        if (u.kind <= kind_before)
            return HK_BAD;
        kind_before = u.kind;
        parts[2 + 2 * i] = hk_slice_of(records[i].record, VAULT_UNLOCK_BYTES);
        parts[3 + 2 * i] = VAULT_32(records[i].login_key);
    }
    vault_blake(ret, VAULT_HASH_BYTES, NULL, parts, 2 + 2 * n);
    return HK_OK;
}

hk_err vault_change_signed(const account_id *account, const uint8_t challenge[static VAULT_CHALLENGE_BYTES],
                           const vault_new_record *records, size_t n, uint8_t ret[static VAULT_CHANGE_SIGNED])
{
    uint8_t hash[VAULT_HASH_BYTES];
    HK_TRY(vault_records_hash(records, n, hash));
    for (size_t i = 0; i < n; i++) {
        vault_unlock u;
        HK_TRY(vault_unlock_parse(hk_slice_of(records[i].record, VAULT_UNLOCK_BYTES), &u));
        if (!HK_ID_EQ(u.account, *account))
            return HK_REFUSED; /* a record of another account */
    }
    hk_writer w = hk_writer_of(ret, VAULT_CHANGE_SIGNED);
    hk_write_slice(&w, VAULT_D(VAULT_D_CHANGE));
    hk_write_bytes(&w, account->b, HK_ID_BYTES);
    hk_write_bytes(&w, challenge, VAULT_CHALLENGE_BYTES);
    hk_write_bytes(&w, hash, VAULT_HASH_BYTES);
    return HK_OK;
}

hk_err vault_change_verify(const account_id *account, const uint8_t challenge[static VAULT_CHALLENGE_BYTES],
                           const vault_new_record *records, size_t n,
                           const uint8_t login_key[static VAULT_KEY_BYTES],
                           const uint8_t signature[static VAULT_SIGNATURE_BYTES])
{
    uint8_t message[VAULT_CHANGE_SIGNED];
    HK_TRY(vault_change_signed(account, challenge, records, n, message));
    return vault_signature_check(hk_slice_of(signature, VAULT_SIGNATURE_BYTES),
                                 hk_slice_of(message, sizeof message), login_key);
}

bool vault_change_suits_recovery(const vault_new_record *records, size_t n)
{
    bool password = false, recovery = false;
    for (size_t i = 0; i < n; i++) {
        password |= records[i].record[2] == VAULT_UNLOCK_PASSWORD;
        recovery |= records[i].record[2] == VAULT_UNLOCK_RECOVERY;
    }
    return password && recovery;
}
