/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Sealed files, chunk by chunk. A descriptor holds the file's key, so the page only ever sees it sealed under
 * the local key, beside what may be shown: name, type, size.
 */
#include "vault/wasm/abi.h"

#include <sodium.h>
#include <string.h>

#define FILE_LABEL HK_LIT("file")

static hk_err file_of(abi_session *s, uint8_t number, abi_file **ret)
{
    if (number >= ABI_FILES_MAX || s->files[number].use == ABI_FILE_FREE)
        return HK_NOT_THERE;
    *ret = &s->files[number];
    return HK_OK;
}

static hk_err free_file(abi_session *s, uint8_t *ret_number)
{
    for (uint8_t i = 0; i < ABI_FILES_MAX; i++) {
        if (s->files[i].use == ABI_FILE_FREE) {
            *ret_number = i;
            return HK_OK;
        }
    }
    return HK_BUSY;
}

static void wipe_file(abi_file *f)
{
    sodium_memzero(f, sizeof *f);
}

/* A descriptor: what may be shown, then the whole of it sealed. */
static hk_err describe(const abi_session *s, hk_slice content, hk_writer *out)
{
    vault_descriptor d;
    HK_TRY(vault_descriptor_parse(content, &d));
    uint8_t sealed[VAULT_DESCRIPTOR_MAX + VAULT_LOCAL_EXTRA];
    size_t n;
    HK_TRY(vault_local_seal(&s->me, FILE_LABEL, content, sealed, sizeof sealed, &n));
    hk_write_bytes(out, d.blob.b, HK_ID_BYTES);
    hk_write_u53(out, d.size);
    hk_write_u32(out, d.chunks);
    hk_write_u8(out, (uint8_t)d.name.n);
    hk_write_slice(out, d.name);
    hk_write_u8(out, (uint8_t)d.type.n);
    hk_write_slice(out, d.type);
    abi_write_long(out, hk_slice_of(sealed, n));
    sodium_memzero(&d, sizeof d);
    return HK_OK;
}

static hk_err reveal(const abi_session *s, hk_slice sealed, uint8_t ret[static VAULT_DESCRIPTOR_MAX],
                     size_t *ret_n)
{
    return vault_local_open(&s->me, FILE_LABEL, sealed, ret, VAULT_DESCRIPTOR_MAX, ret_n);
}

/* a message's content -> blob, size, chunks, name, type, sealed descriptor */
hk_err abi_file_describe(abi_session *s, hk_reader *in, hk_writer *out)
{
    hk_slice content = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    return describe(s, content, out);
}

/* sealed descriptor -> a message's content */
hk_err abi_file_reveal(abi_session *s, hk_reader *in, hk_writer *out)
{
    hk_slice sealed = abi_read_rest(in);
    HK_TRY(abi_unlocked(s, in));
    uint8_t content[VAULT_DESCRIPTOR_MAX];
    size_t n;
    HK_TRY(reveal(s, sealed, content, &n));
    hk_write_bytes(out, content, n);
    sodium_memzero(content, sizeof content);
    return HK_OK;
}

/* size -> number, blob, chunks. HK_BUSY: four are under way. */
hk_err abi_file_seal_start(abi_session *s, hk_reader *in, hk_writer *out)
{
    int64_t size = hk_read_u53(in);
    uint8_t number;
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(free_file(s, &number));
    abi_file *f = &s->files[number];
    hk_err err = vault_file_seal_start(&f->file, size, f->header);
    if (err != HK_OK) {
        wipe_file(f);
        return err;
    }
    f->use = ABI_FILE_SEALING;
    vault_make_id(f->blob.b);
    hk_write_u8(out, number);
    hk_write_bytes(out, f->blob.b, HK_ID_BYTES);
    hk_write_u32(out, f->file.what.chunks);
    return HK_OK;
}

/* number, plain bytes -> what is stored as the next chunk (the first carries the header) */
hk_err abi_file_seal_chunk(abi_session *s, hk_reader *in, hk_writer *out)
{
    uint8_t number = hk_read_u8(in);
    hk_slice plain = abi_read_rest(in);
    abi_file *f;
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(file_of(s, number, &f));
    if (f->use != ABI_FILE_SEALING)
        return HK_NOT_THERE;
    if (f->file.chunk == 0)
        hk_write_bytes(out, f->header, sizeof f->header);
    size_t n;
    HK_TRY(vault_file_seal_chunk(&f->file, plain, out->p + out->n, &n));
    out->n += n;
    return HK_OK;
}

/* number, name, type -> as file_describe */
hk_err abi_file_seal_end(abi_session *s, hk_reader *in, hk_writer *out)
{
    uint8_t number = hk_read_u8(in);
    hk_slice name = abi_read_short(in);
    hk_slice type = abi_read_short(in);
    abi_file *f;
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(file_of(s, number, &f));
    if (f->use != ABI_FILE_SEALING)
        return HK_NOT_THERE;
    vault_descriptor d;
    HK_TRY(vault_file_seal_done(&f->file, &d));
    d.blob = f->blob;
    d.name = name;
    d.type = type;
    uint8_t content[VAULT_DESCRIPTOR_MAX];
    size_t n;
    hk_err err = vault_descriptor_write(&d, content, sizeof content, &n);
    if (err == HK_OK)
        err = describe(s, hk_slice_of(content, n), out);
    sodium_memzero(&d, sizeof d);
    sodium_memzero(content, sizeof content);
    wipe_file(f);
    return err;
}

/* sealed descriptor -> number */
hk_err abi_file_open_start(abi_session *s, hk_reader *in, hk_writer *out)
{
    hk_slice sealed = abi_read_rest(in);
    uint8_t number;
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(free_file(s, &number));
    abi_file *f = &s->files[number];
    HK_TRY(reveal(s, sealed, f->descriptor, &f->descriptor_n));
    f->use = ABI_FILE_TO_OPEN;
    hk_write_u8(out, number);
    return HK_OK;
}

static hk_err open_chunk(abi_file *f, hk_slice sealed, hk_writer *out)
{
    if (f->use == ABI_FILE_TO_OPEN) {
        vault_descriptor d;
        HK_TRY(vault_descriptor_parse(hk_slice_of(f->descriptor, f->descriptor_n), &d));
        HK_TRY(vault_file_open_start(&f->file, &d, hk_slice_part(sealed, 0, VAULT_FILE_HEADER)));
        sealed = hk_slice_part(sealed, VAULT_FILE_HEADER, sealed.n);
        f->use = ABI_FILE_OPENING;
    }
    size_t n;
    HK_TRY(vault_file_open_chunk(&f->file, sealed, out->p + 1, &n));
    bool whole = f->file.chunk == f->file.what.chunks;
    if (whole)
        HK_TRY(vault_file_open_done(&f->file));
    hk_write_u8(out, whole);
    out->n += n;
    return HK_OK;
}

/* number, stored chunk -> whole (then the file is done with), plain bytes. Any error ends it. */
hk_err abi_file_open_chunk(abi_session *s, hk_reader *in, hk_writer *out)
{
    uint8_t number = hk_read_u8(in);
    hk_slice sealed = abi_read_rest(in);
    abi_file *f;
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(file_of(s, number, &f));
    if (f->use == ABI_FILE_SEALING)
        return HK_NOT_THERE;
    hk_err err = open_chunk(f, sealed, out);
    if (err != HK_OK || out->p[0] == 1)
        wipe_file(f);
    return err;
}

hk_err abi_file_stop(abi_session *s, hk_reader *in, hk_writer *out)
{
    uint8_t number = hk_read_u8(in);
    abi_file *f;
    HK_TRY(abi_unlocked(s, in));
    HK_TRY(file_of(s, number, &f));
    wipe_file(f);
    return HK_OK;
}
