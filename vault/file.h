/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sealed files: chunks of 64 KiB under a key of their own (secretstream), so that a file of any size passes
 * through one small buffer. The descriptor that opens it travels in a message; the stored blob is 24 bytes of
 * header and the sealed chunks, padded inside so that its size says little.
 *
 *     vault_file_seal_start(&f, true_size, header)          chunks: f.what.chunks
 *     for each chunk: vault_file_seal_chunk(&f, next (at most 65,536) bytes or none, out, &n)
 *     vault_file_seal_done(&f, &descriptor)
 *
 * Opening: nothing may be shown before vault_file_open_done said HK_OK (streaming sound, marked, is the
 * exception).
 */
#ifndef HK_VAULT_FILE_H
#define HK_VAULT_FILE_H

#include "vault/vault.h"

#include <sodium/crypto_generichash.h>
#include <sodium/crypto_secretstream_xchacha20poly1305.h>

#define VAULT_FILE_CHUNK      65536 /* bytes of plain text in every chunk but the last */
#define VAULT_FILE_SEALED     65553
#define VAULT_FILE_HEADER     24
#define VAULT_FILE_CHUNKS_MAX 16384 /* 1 GiB */
#define VAULT_FILE_NAME_MAX   255
#define VAULT_FILE_TYPE_MAX   127
#define VAULT_DESCRIPTOR_MAX  (1 + 16 + 32 + 32 + 8 + 4 + 1 + VAULT_FILE_NAME_MAX + 1 + VAULT_FILE_TYPE_MAX)

typedef struct vault_descriptor {
    blob_id blob;
    uint8_t key[VAULT_KEY_BYTES];
    uint8_t hash[VAULT_HASH_BYTES]; /* of the whole stored blob */
    int64_t size;                   /* true size in bytes */
    uint32_t chunks;
    hk_slice name; /* UTF-8 */
    hk_slice type; /* a media type, ASCII */
} vault_descriptor;

typedef struct vault_file { /* one pass in one direction; holds keys: wipe it */
    vault_descriptor what;
    uint32_t chunk; /* the next one */
    int64_t passed; /* true bytes so far */
    bool failed;
    crypto_secretstream_xchacha20poly1305_state stream;
    crypto_generichash_state hash;
} vault_file;

/* What a file of this size becomes: 4 KiB, 16 KiB, 64 KiB, then whole chunks in Padme steps. HK_TOO_MUCH: > 1
 * GiB. */
hk_err vault_file_padded(int64_t size, int64_t *ret_padded, uint32_t *ret_chunks);

hk_err vault_descriptor_write(const vault_descriptor *d, uint8_t *ret, size_t cap, size_t *ret_n);
hk_err vault_descriptor_parse(hk_slice content, vault_descriptor *ret);

hk_err vault_file_seal_start(vault_file *f, int64_t size, uint8_t ret_header[static VAULT_FILE_HEADER]);
/* plain: the next 65,536 bytes, or what is left, or nothing where only padding is. HK_BAD: another length. */
hk_err vault_file_seal_chunk(vault_file *f, hk_slice plain, uint8_t ret[static VAULT_FILE_SEALED],
                             size_t *ret_n);
/* Fills key, hash, size, chunks; blob, name and type are the caller's. HK_BAD: chunks are missing. */
hk_err vault_file_seal_done(vault_file *f, vault_descriptor *ret);

hk_err vault_file_open_start(vault_file *f, const vault_descriptor *d, hk_slice header);
/* HK_REFUSED: anything at all is different. ret_n: true bytes in ret. */
hk_err vault_file_open_chunk(vault_file *f, hk_slice sealed, uint8_t ret[static VAULT_FILE_CHUNK],
                             size_t *ret_n);
hk_err vault_file_open_done(vault_file *f);
void vault_file_wipe(vault_file *f);

#endif
