/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sealed files. Each chunk carries as associated data the domain, the true size and the number of chunks, and
 * the descriptor names the hash of the whole: a file that is cut, swapped, extended or reordered does not
 * open.
 */
#include "vault/file.h"
#include "vault/inside.h"

#include <string.h>

static unsigned log2_floor(uint32_t v)
{
    return 31u - (unsigned)__builtin_clz(v);
}

/* Padme (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", 2019), in chunks: at most 12 %
 * more. */
static uint32_t padme(uint32_t n)
{
    if (n < 2)
        return 1;
    unsigned e = log2_floor(n), s = log2_floor(e) + 1;
    uint32_t mask = (1u << (e - s)) - 1u;
    return (n + mask) & ~mask;
}

hk_err vault_file_padded(int64_t size, int64_t *ret_padded, uint32_t *ret_chunks)
{
    if (size < 0)
        return HK_BAD;
    if (size > (int64_t)VAULT_FILE_CHUNK * VAULT_FILE_CHUNKS_MAX)
        return HK_TOO_MUCH;
    *ret_chunks = 1;
    if (size <= VAULT_FILE_CHUNK) {
        *ret_padded = size <= 4096 ? 4096 : size <= 16384 ? 16384 : VAULT_FILE_CHUNK;
        return HK_OK;
    }
    *ret_chunks = padme((uint32_t)((size + VAULT_FILE_CHUNK - 1) / VAULT_FILE_CHUNK));
    *ret_padded = (int64_t)*ret_chunks * VAULT_FILE_CHUNK;
    return HK_OK;
}

hk_err vault_descriptor_write(const vault_descriptor *d, uint8_t *ret, size_t cap, size_t *ret_n)
{
    int64_t padded;
    uint32_t chunks;
    HK_TRY(vault_file_padded(d->size, &padded, &chunks));
    if (d->name.n > VAULT_FILE_NAME_MAX || d->type.n > VAULT_FILE_TYPE_MAX)
        return HK_TOO_MUCH;
    if (d->chunks != chunks || !hk_utf8_valid(d->name) || !hk_utf8_valid(d->type))
        return HK_BAD;
    hk_writer w = hk_writer_of(ret, cap);
    hk_write_u8(&w, 1);
    hk_write_bytes(&w, d->blob.b, HK_ID_BYTES);
    hk_write_bytes(&w, d->key, VAULT_KEY_BYTES);
    hk_write_bytes(&w, d->hash, VAULT_HASH_BYTES);
    hk_write_u53(&w, d->size);
    hk_write_u32(&w, d->chunks);
    hk_write_u8(&w, (uint8_t)d->name.n);
    hk_write_slice(&w, d->name);
    hk_write_u8(&w, (uint8_t)d->type.n);
    hk_write_slice(&w, d->type);
    if (w.bad)
        return HK_TOO_MUCH;
    *ret_n = w.n;
    return HK_OK;
}

hk_err vault_descriptor_parse(hk_slice content, vault_descriptor *ret)
{
    vault_descriptor d = {0};
    int64_t padded;
    uint32_t chunks;
    hk_reader r = hk_reader_of(content);
    uint8_t version = hk_read_u8(&r);
    hk_read_into(&r, d.blob.b, HK_ID_BYTES);
    hk_read_into(&r, d.key, VAULT_KEY_BYTES);
    hk_read_into(&r, d.hash, VAULT_HASH_BYTES);
    d.size = hk_read_u53(&r);
    d.chunks = hk_read_u32(&r);
    d.name = hk_read_bytes(&r, hk_read_u8(&r));
    size_t type_n = hk_read_u8(&r);
    d.type = hk_read_bytes(&r, type_n);
    if (!hk_reader_finished(&r) || version != 1 || type_n > VAULT_FILE_TYPE_MAX)
        return HK_BAD;
    if (!hk_utf8_valid(d.name) || !hk_utf8_valid(d.type))
        return HK_BAD;
    HK_TRY(vault_file_padded(d.size, &padded, &chunks));
    if (chunks != d.chunks)
        return HK_BAD;
    *ret = d;
    return HK_OK;
}

/* ---- Passing chunks ---- */

#define FILE_AD (VAULT_DOMAIN_BYTES + 8 + 4)

static void write_ad(const vault_file *f, uint8_t ret[static FILE_AD])
{
    hk_writer w = hk_writer_of(ret, FILE_AD);
    hk_write_slice(&w, VAULT_D(VAULT_D_FILE));
    hk_write_u53(&w, f->what.size);
    hk_write_u32(&w, f->what.chunks);
}

/* Plain bytes in each chunk, padding included: the same in all of them. */
static size_t chunk_bytes(const vault_file *f)
{
    int64_t padded = 0;
    uint32_t chunks = 1;
    if (vault_file_padded(f->what.size, &padded, &chunks) != HK_OK)
        return 0;
    return (size_t)(padded / chunks);
}

static size_t true_bytes(const vault_file *f)
{
    int64_t left = f->what.size - f->passed;
    return left < VAULT_FILE_CHUNK ? (size_t)left : VAULT_FILE_CHUNK;
}

static void hash_start(vault_file *f, const uint8_t *header)
{
    (void)crypto_generichash_init(&f->hash, NULL, 0, VAULT_HASH_BYTES);   /* fails on bad sizes only */
    (void)crypto_generichash_update(&f->hash, header, VAULT_FILE_HEADER); /* cannot fail */
}

hk_err vault_file_seal_start(vault_file *f, int64_t size, uint8_t ret_header[static VAULT_FILE_HEADER])
{
    int64_t padded;
    *f = (vault_file){.what = {.size = size}};
    HK_TRY(vault_file_padded(size, &padded, &f->what.chunks));
    randombytes_buf(f->what.key, sizeof f->what.key);
    (void)crypto_secretstream_xchacha20poly1305_init_push(&f->stream, ret_header,
                                                          f->what.key); /* cannot fail */
    hash_start(f, ret_header);
    return HK_OK;
}

hk_err vault_file_seal_chunk(vault_file *f, hk_slice plain, uint8_t ret[static VAULT_FILE_SEALED],
                             size_t *ret_n)
{
    uint8_t ad[FILE_AD];
    size_t n = chunk_bytes(f);
    unsigned long long sealed;
    if (f->chunk >= f->what.chunks || plain.n != true_bytes(f))
        return HK_BAD;
    bool last = f->chunk + 1 == f->what.chunks;
    uint8_t tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
    /* The padded plain text is built where the sealed chunk will stand, one byte in, and sealed in place. */
    memmove(ret + 1, plain.p ? plain.p : ret, plain.n);
    memset(ret + 1 + plain.n, 0, n - plain.n);
    write_ad(f, ad);
    if (crypto_secretstream_xchacha20poly1305_push(&f->stream, ret, &sealed, ret + 1, n, ad, sizeof ad, tag))
        return HK_BAD;
    (void)crypto_generichash_update(&f->hash, ret, (size_t)sealed); /* cannot fail */
    f->chunk++;
    f->passed += (int64_t)plain.n;
    *ret_n = (size_t)sealed;
    return HK_OK;
}

hk_err vault_file_seal_done(vault_file *f, vault_descriptor *ret)
{
    if (f->chunk != f->what.chunks || f->passed != f->what.size)
        return HK_BAD;
    (void)crypto_generichash_final(&f->hash, f->what.hash, VAULT_HASH_BYTES); /* called once: cannot fail */
    memcpy(ret->key, f->what.key, VAULT_KEY_BYTES);
    memcpy(ret->hash, f->what.hash, VAULT_HASH_BYTES);
    ret->size = f->what.size;
    ret->chunks = f->what.chunks;
    vault_file_wipe(f);
    return HK_OK;
}

hk_err vault_file_open_start(vault_file *f, const vault_descriptor *d, hk_slice header)
{
    *f = (vault_file){.what = *d};
    f->what.name = f->what.type = (hk_slice){0};
    if (header.n != VAULT_FILE_HEADER)
        return HK_REFUSED;
    if (crypto_secretstream_xchacha20poly1305_init_pull(&f->stream, header.p, d->key))
        return HK_REFUSED;
    hash_start(f, header.p);
    return HK_OK;
}

static hk_err open_chunk(vault_file *f, hk_slice sealed, uint8_t *ret, size_t *ret_n)
{
    uint8_t ad[FILE_AD], tag;
    unsigned long long n;
    if (f->failed || f->chunk >= f->what.chunks ||
        sealed.n != chunk_bytes(f) + crypto_secretstream_xchacha20poly1305_ABYTES)
        return HK_REFUSED;
    bool last = f->chunk + 1 == f->what.chunks;
    write_ad(f, ad);
    if (crypto_secretstream_xchacha20poly1305_pull(&f->stream, ret, &n, &tag, sealed.p, sealed.n, ad,
                                                   sizeof ad))
        return HK_REFUSED;
    if (tag != (last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0))
        return HK_REFUSED;
    size_t real = true_bytes(f);
    if (!vault_is_zero(ret + real, (size_t)n - real))
        return HK_REFUSED;
    (void)crypto_generichash_update(&f->hash, sealed.p, sealed.n); /* cannot fail */
    f->chunk++;
    f->passed += (int64_t)real;
    *ret_n = real;
    return HK_OK;
}

hk_err vault_file_open_chunk(vault_file *f, hk_slice sealed, uint8_t ret[static VAULT_FILE_CHUNK],
                             size_t *ret_n)
{
    hk_err err = open_chunk(f, sealed, ret, ret_n);
    if (err != HK_OK) {
        f->failed = true;
        sodium_memzero(ret, VAULT_FILE_CHUNK);
    }
    return err;
}

hk_err vault_file_open_done(vault_file *f)
{
    uint8_t hash[VAULT_HASH_BYTES];
    bool whole = !f->failed && f->chunk == f->what.chunks && f->passed == f->what.size;
    (void)crypto_generichash_final(&f->hash, hash, sizeof hash); /* called once: cannot fail */
    int wrong = sodium_memcmp(hash, f->what.hash, sizeof hash);
    vault_file_wipe(f);
    return whole && !wrong ? HK_OK : HK_REFUSED;
}

void vault_file_wipe(vault_file *f)
{
    if (f)
        sodium_memzero(f, sizeof *f);
}
