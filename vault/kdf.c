/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Argon2id, alone in its file: on the web it runs in an instance of its own that is zeroed and thrown away,
 * because libsodium never clears Argon2's memory. Input (made by vault_kdf_input): version 1, t u32, m u32,
 * salt 16, then u16 length and the secret bytes.
 */
#include "vault/inside.h"
#include "vault/unlock.h"

hk_err vault_kdf_run(hk_slice input, uint8_t ret_r[static VAULT_KEY_BYTES])
{
    hk_reader r = hk_reader_of(input);
    uint8_t version = hk_read_u8(&r);
    uint32_t t = hk_read_u32(&r), m_bytes = hk_read_u32(&r);
    hk_slice salt = hk_read_bytes(&r, VAULT_SALT_BYTES);
    size_t high = hk_read_u8(&r), low = hk_read_u8(&r);
    hk_slice secret = hk_read_bytes(&r, high << 8 | low);
    if (!hk_reader_finished(&r) || version != 1)
        return HK_BAD;
    if (t < VAULT_T_MIN || t > VAULT_T_MAX || m_bytes < VAULT_M_MIN_BYTES || m_bytes > VAULT_M_MAX_BYTES)
        return HK_REFUSED;
    int failed = crypto_pwhash(ret_r, VAULT_KEY_BYTES, (const char *)secret.p, secret.n, salt.p, t, m_bytes,
                               crypto_pwhash_ALG_ARGON2ID13);
    return failed ? HK_NO_MEMORY : HK_OK;
}
