/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * How the vault hashes: a domain string padded to 24 bytes, then the parts, in one place so that no call can
 * forget the padding. For files of this folder only.
 *
 *     VAULT_HASH(ret, VAULT_D(VAULT_D_ENTRY), stored);
 *     VAULT_KEYED(ret, key, VAULT_D(VAULT_D_CKC), HK_ID_SLICE(conv), VAULT_BE32(epoch));
 *
 * VAULT_D and VAULT_BE32 give slices that live as long as the enclosing block.
 */
#ifndef HK_VAULT_BYTES_H
#define HK_VAULT_BYTES_H

#include "vault/public.h"

/* A domain string: the compiler zero-pads it, and refuses one that is too long. */
#define VAULT_D(text)                                                                                        \
    hk_slice_of((const uint8_t[VAULT_DOMAIN_BYTES + 0 *sizeof(char[sizeof(text) <= 24 ? 1 : -1])]){text},    \
                VAULT_DOMAIN_BYTES)
#define VAULT_BE32(v)                                                                                        \
    hk_slice_of(                                                                                             \
        (const uint8_t[4]){(uint8_t)((v) >> 24), (uint8_t)((v) >> 16), (uint8_t)((v) >> 8), (uint8_t)(v)},   \
        4)
#define VAULT_BE64(v)                                                                                        \
    hk_slice_of((const uint8_t[8]){(uint8_t)((uint64_t)(v) >> 56), (uint8_t)((uint64_t)(v) >> 48),           \
                                   (uint8_t)((uint64_t)(v) >> 40), (uint8_t)((uint64_t)(v) >> 32),           \
                                   (uint8_t)((uint64_t)(v) >> 24), (uint8_t)((uint64_t)(v) >> 16),           \
                                   (uint8_t)((uint64_t)(v) >> 8), (uint8_t)(v)},                             \
                8)
#define VAULT_U8(v) hk_slice_of((const uint8_t[1]){(uint8_t)(v)}, 1)
#define VAULT_32(p) hk_slice_of((p), 32)

/* BLAKE2b of all parts in a row, ret_n bytes (24 or 32), under key (32 bytes) or none (NULL). */
void vault_blake(uint8_t *ret, size_t ret_n, const uint8_t *key, const hk_slice *parts, size_t n);

#define VAULT_PARTS(...)           (const hk_slice[]){__VA_ARGS__}, HK_COUNT(((const hk_slice[]){__VA_ARGS__}))
#define VAULT_HASH(ret, ...)       vault_blake((ret), 32, NULL, VAULT_PARTS(__VA_ARGS__))
#define VAULT_KEYED(ret, key, ...) vault_blake((ret), 32, (key), VAULT_PARTS(__VA_ARGS__))

/* HK_REFUSED when the signature is not key's over message. */
hk_err vault_signature_check(hk_slice signature, hk_slice message, const uint8_t key[static VAULT_KEY_BYTES]);
/* The next 24 bytes must be this domain string, else the reader is bad. */
void vault_read_domain(hk_reader *r, hk_slice domain);
int vault_id_order(const uint8_t one[static HK_ID_BYTES], const uint8_t two[static HK_ID_BYTES]);
bool vault_is_zero(const uint8_t *p, size_t n);
/* The fields of one member, as they stand in commits and first words. */
void vault_member_read(hk_reader *r, vault_member *ret);
void vault_member_write(hk_writer *w, const vault_member *m);
/* The bytes a signature over a login, a change or an EK certificate covers; ret_n bytes are written. */
#define VAULT_LOGIN_SIGNED_MAX (24 + 1 + VAULT_HOST_MAX + 1 + VAULT_HANDLE_MAX + 1 + VAULT_CHALLENGE_BYTES)
hk_err vault_login_signed(hk_slice host, hk_slice handle, uint8_t kind,
                          const uint8_t challenge[static VAULT_CHALLENGE_BYTES],
                          uint8_t ret[static VAULT_LOGIN_SIGNED_MAX], size_t *ret_n);
#define VAULT_CHANGE_SIGNED (24 + 16 + 32 + 32)
hk_err vault_change_signed(const account_id *account, const uint8_t challenge[static VAULT_CHALLENGE_BYTES],
                           const vault_new_record *records, size_t n,
                           uint8_t ret[static VAULT_CHANGE_SIGNED]);
#define VAULT_EKCERT_SIGNED (24 + 16 + 32 + 32 + 4)
void vault_ek_cert_signed(const account_id *account, const uint8_t ik[static VAULT_KEY_BYTES],
                          const uint8_t ek[static VAULT_KEY_BYTES], uint32_t serial,
                          uint8_t ret[static VAULT_EKCERT_SIGNED]);
/* May a padded body have this length? 256, 1024, 4096 or 16384. */
bool vault_padded_length_ok(size_t n);

#endif
