/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From what a person knows or holds to their account key: passwords, the recovery sheet, passkeys, a device.
 *
 * Argon2 needs 64 MiB and leaves copies in them, so it runs in an instance of its own that is thrown away:
 *     here:   HK_TRY(vault_kdf_input(&how, sk, password, input, &n));
 *     there:  HK_TRY(vault_kdf_run(input, n, r));      allocates; the only function that does
 *     here:   HK_TRY(vault_unlock_open(record, &account, r, ak));
 * R (32 bytes) gives the login key and the key that wraps AK; it is not kept.
 */
#ifndef HK_VAULT_UNLOCK_H
#define HK_VAULT_UNLOCK_H

#include "vault/vault.h"

#define VAULT_PASSWORD_MIN   8 /* bytes after NFC */
#define VAULT_PASSWORD_MAX   512
#define VAULT_SK_BYTES       16
#define VAULT_RECOVERY_BYTES 20
#define VAULT_KDF_INPUT_MAX  (1 + 4 + 4 + VAULT_SALT_BYTES + 2 + 1 + VAULT_SK_BYTES + VAULT_PASSWORD_MAX)
#define VAULT_RECOVERY_TEXT  44 /* 8 groups of 4, a check group of 4, 8 spaces */
#define VAULT_SK_TEXT        34 /* 7 groups of 4 (the last one of 2 and a check of 2), 6 dashes */

typedef struct vault_kdf { /* what the server says before sign-in, and what this device has seen */
    hk_slice handle;
    uint8_t salt[VAULT_SALT_BYTES];
    uint32_t t;
    uint32_t m_bytes;
    uint32_t t_seen; /* 0: nothing seen yet */
    uint32_t m_seen;
} vault_kdf;

/* The page has applied NFC. Other spaces become U+0020 (in ret, at most password.n bytes). HK_BAD: not UTF-8,
 * or a control, unassigned (non-characters), private-use or surrogate code point. HK_TOO_MUCH: not 8 to 512
 * bytes. */
hk_err vault_password_prepare(hk_slice password, uint8_t *ret, size_t cap, size_t *ret_n);
/* HK_REFUSED: t or m out of bounds, or weaker than seen: nothing is run. sk: empty or 16 bytes. */
hk_err vault_kdf_input(const vault_kdf *how, hk_slice sk, hk_slice password,
                       uint8_t ret[static VAULT_KDF_INPUT_MAX], size_t *ret_n);
hk_err vault_kdf_run(hk_slice input, uint8_t ret_r[static VAULT_KEY_BYTES]); /* kdf.c; HK_NO_MEMORY */

void vault_recovery_make(uint8_t ret[static VAULT_RECOVERY_BYTES]);
void vault_recovery_r(const uint8_t code[static VAULT_RECOVERY_BYTES], uint8_t ret_r[static VAULT_KEY_BYTES]);
/* Crockford base32 in groups of four, no NUL. Reading forgives case, spaces, dashes, O for 0, I and L for 1.
 */
void vault_recovery_text(const uint8_t code[static VAULT_RECOVERY_BYTES],
                         char ret[static VAULT_RECOVERY_TEXT]);
hk_err vault_recovery_parse(hk_slice text, uint8_t ret[static VAULT_RECOVERY_BYTES]);
void vault_sk_make(uint8_t ret[static VAULT_SK_BYTES]);
void vault_sk_text(const uint8_t sk[static VAULT_SK_BYTES], char ret[static VAULT_SK_TEXT]);
hk_err vault_sk_parse(hk_slice text, uint8_t ret[static VAULT_SK_BYTES]);
void vault_passkey_r(const uint8_t prf[static VAULT_KEY_BYTES], uint8_t ret_r[static VAULT_KEY_BYTES]);

/* An unlock record: AK sealed under R. For kind password t, m and salt say how R is made; for the others they
 * are zero. Kind device (4) is "try before account": R is 32 random bytes that this device keeps. */
hk_err vault_unlock_seal(uint8_t kind, const account_id *account, uint32_t serial,
                         const uint8_t salt[static VAULT_SALT_BYTES], uint32_t t, uint32_t m_bytes,
                         const uint8_t r[static VAULT_KEY_BYTES], const uint8_t ak[static VAULT_KEY_BYTES],
                         vault_new_record *ret);
/* HK_REFUSED: the wrong password, or a record that is not this account's: one answer. */
hk_err vault_unlock_open(hk_slice record, const account_id *account, const uint8_t r[static VAULT_KEY_BYTES],
                         uint8_t ret_ak[static VAULT_KEY_BYTES]);
/* kind as in the record: recovery keys are derived apart from all others. */
hk_err vault_login_key(uint8_t kind, const uint8_t r[static VAULT_KEY_BYTES],
                       uint8_t ret_key[static VAULT_KEY_BYTES]);
/* host is what this page itself sees in location.host, never a server's word. */
hk_err vault_login_sign(hk_slice host, hk_slice handle, uint8_t kind,
                        const uint8_t challenge[static VAULT_CHALLENGE_BYTES],
                        const uint8_t r[static VAULT_KEY_BYTES], uint8_t ret[static VAULT_SIGNATURE_BYTES]);
/* kind and r of the login in use; records with their login keys, ascending by kind. */
hk_err vault_change_sign(const account_id *account, const uint8_t challenge[static VAULT_CHALLENGE_BYTES],
                         const vault_new_record *records, size_t n, uint8_t kind,
                         const uint8_t r[static VAULT_KEY_BYTES], uint8_t ret[static VAULT_SIGNATURE_BYTES]);

#endif
