/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the sealing side's files share: a key that wipes itself, XChaCha20-Poly1305, padding, sealed boxes.
 * For files of this folder only.
 */
#ifndef HK_VAULT_INSIDE_H
#define HK_VAULT_INSIDE_H

#include "vault/bytes.h"
#include "vault/vault.h"

#include <sodium.h>

typedef struct vault_key {
    uint8_t b[VAULT_KEY_BYTES];
} vault_key;

static inline void vault_key_wipe(vault_key *key)
{
    sodium_memzero(key->b, sizeof key->b);
}

/* A key on the stack that is zero when its block ends, however it ends. */
#define VAULT_KEY(name) __attribute__((cleanup(vault_key_wipe))) vault_key name = {0}

/* ret gets plain.n + 16 bytes. */
void vault_aead_seal(const uint8_t key[static VAULT_KEY_BYTES], const uint8_t nonce[static VAULT_NONCE_BYTES],
                     hk_slice aad_domain, hk_slice aad, hk_slice plain, uint8_t *ret);
/* ret gets sealed.n - 16 bytes; HK_REFUSED, and ret is zero, when it does not verify. */
hk_err vault_aead_open(const uint8_t key[static VAULT_KEY_BYTES],
                       const uint8_t nonce[static VAULT_NONCE_BYTES], hk_slice aad_domain, hk_slice aad,
                       hk_slice sealed, uint8_t *ret);
#define VAULT_AAD_MAX 512 /* bytes of domain and associated data together */

/* The smallest of 256, 1024, 4096, 16384 with at least one byte left for padding; 0: too long. */
size_t vault_padded_length(size_t n);
/* Pads what lies in buffer[0..n) to padded bytes in place. */
void vault_pad(uint8_t *buffer, size_t n, size_t padded);
/* HK_REFUSED: not padded as we pad. */
hk_err vault_unpad(const uint8_t *buffer, size_t padded, size_t *ret_n);

/* crypto_box_seal with the ephemeral seed given: same bytes out, openable by crypto_box_seal_open.
 * HK_REFUSED: the public key is no good. ret gets plain.n + 48 bytes. */
hk_err vault_box_seal(hk_slice plain, const uint8_t pk[static VAULT_KEY_BYTES],
                      const uint8_t ephemeral_seed[static VAULT_KEY_BYTES], uint8_t *ret);
hk_err vault_box_open(hk_slice sealed, const uint8_t pk[static VAULT_KEY_BYTES],
                      const uint8_t secret[static VAULT_KEY_BYTES], uint8_t *ret);

/* P between two members, in the direction from -> to. */
void vault_pair_key(const uint8_t shared[static VAULT_KEY_BYTES],
                    const uint8_t ek_from[static VAULT_KEY_BYTES],
                    const uint8_t ek_to[static VAULT_KEY_BYTES], const uint8_t from[static HK_ID_BYTES],
                    const uint8_t to[static HK_ID_BYTES], uint8_t ret[static VAULT_KEY_BYTES]);
hk_err vault_shared(const uint8_t secret[static VAULT_KEY_BYTES], const uint8_t pk[static VAULT_KEY_BYTES],
                    uint8_t ret[static VAULT_KEY_BYTES]);
/* This account's encryption key with that public half, current or old; NULL: not mine. */
const vault_ek *vault_account_ek(const vault_account *me, const uint8_t pk[static VAULT_KEY_BYTES]);

/* ---- Epoch keys ---- */

void vault_derive_ckc(const uint8_t ck[static VAULT_KEY_BYTES], const conversation_id *conv, uint32_t epoch,
                      uint8_t ret[static VAULT_HASH_BYTES]);
void vault_derive_message_key(const uint8_t ck[static VAULT_KEY_BYTES], const conversation_id *conv,
                              uint32_t epoch, const uint8_t commit_hash[static VAULT_HASH_BYTES],
                              uint8_t ret[static VAULT_KEY_BYTES]);
hk_err vault_derive_wrap(const uint8_t ck[static VAULT_KEY_BYTES], const conversation_id *conv,
                         uint32_t epoch, const vault_member *to,
                         const uint8_t ephemeral_seed[static VAULT_KEY_BYTES],
                         uint8_t ret[static VAULT_WRAP_BYTES]);
/* HK_REFUSED: not for this conversation, epoch, account, or not the key that ckc names. */
hk_err vault_open_wrap(const vault_account *me, const vault_chain *chain, const uint8_t *ek, hk_slice wrap,
                       uint8_t ret_ck[static VAULT_KEY_BYTES]);

/* ---- Bodies and envelopes ---- */

/* version, kind, time, content into buffer (VAULT_PADDED_MAX), padded. */
hk_err vault_body_write(const vault_words *words, hk_slice before, uint8_t *buffer, size_t *ret_padded);
hk_err vault_body_read(hk_slice body, vault_words *ret);

typedef struct vault_sealing { /* everything an envelope is made of, explicit for vectors */
    uint8_t type;
    const vault_log *log;
    stream_id stream;
    uint32_t n;
    uint8_t random[VAULT_KEY_BYTES];
} vault_sealing;

hk_err vault_derive_envelope(const vault_sealing *s, const vault_words *words, uint8_t *ret, size_t cap,
                             size_t *ret_n);
/* Own tag, cipher, padding, body: HK_REFUSED for any of them. HK_BUSY: real words, but the epoch is locked.
 */
hk_err vault_open_envelope(vault_log *log, const vault_envelope *e, vault_words *ret);

/* Is h our own H at that position? HK_BAD: not a position of this epoch; HK_BUSY: no longer remembered;
 * HK_REFUSED: it differs. */
hk_err vault_log_compare(const vault_log *log, int64_t position, const uint8_t h[static VAULT_HASH_BYTES]);

/* Where this account stands among the chain's members, and its keys with each of them. */
void vault_log_take_place(vault_log *log);
void vault_log_encode(const vault_log *log, hk_writer *w); /* what vault_log_keep seals */
hk_err vault_log_decode(hk_slice plain, vault_log *log);   /* into a log that was just begun */

/* ---- Commits ---- */

typedef struct vault_commit_random { /* everything a commit draws, explicit for vectors */
    uint8_t ck[VAULT_KEY_BYTES];
    uint8_t ephemeral_seeds[VAULT_MEMBERS_MAX][VAULT_KEY_BYTES];
} vault_commit_random;

typedef struct vault_commit_base { /* what a commit stands on */
    const vault_account *me;
    const vault_chain *now; /* all zero: a beginning */
    conversation_id conv;
    uint8_t kind;
    const uint8_t *first_hash;
    int64_t seen_pos;
    const uint8_t *seen_hash;
} vault_commit_base;

hk_err vault_derive_commit(const vault_commit_base *base, const vault_plan *plan,
                           const vault_commit_random *random, vault_made_commit *ret);
/* The note's tag from one member to another, under P. */
void vault_note_tag(const uint8_t commit_hash[static VAULT_HASH_BYTES], int64_t seen_pos,
                    const uint8_t seen_hash[static VAULT_HASH_BYTES], const uint8_t p[static VAULT_KEY_BYTES],
                    uint8_t ret[static VAULT_TAG_BYTES]);

hk_err vault_derive_unlock(uint8_t kind, const account_id *account, uint32_t serial,
                           const uint8_t salt[static VAULT_SALT_BYTES], uint32_t t, uint32_t m_bytes,
                           const uint8_t r[static VAULT_KEY_BYTES], const uint8_t ak[static VAULT_KEY_BYTES],
                           const uint8_t nonce[static VAULT_NONCE_BYTES], vault_new_record *ret);
struct vault_state;
void vault_state_encode(const struct vault_state *s, hk_writer *w); /* before it is sealed */
hk_err vault_state_decode(hk_slice plain, struct vault_state *s);   /* the opened bytes; s keeps its tables */
hk_err vault_derive_consent(const vault_account *me, const vault_consent *what,
                            const uint8_t id[static HK_ID_BYTES], uint8_t ret[static VAULT_CONSENT_BYTES]);
hk_err vault_derive_first(const vault_account *me, const conversation_id *conv, const vault_team *team,
                          const vault_words *words, const uint8_t fk[static VAULT_KEY_BYTES],
                          const uint8_t ephemeral_seed[static VAULT_KEY_BYTES],
                          const uint8_t nonce[static VAULT_NONCE_BYTES], uint8_t *ret, size_t cap,
                          size_t *ret_n);

#endif
