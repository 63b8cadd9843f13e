/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Borrowed bytes and text: a pointer and a length, never owned, never assumed to end in NUL. Below them a
 * bounded reader and writer for our wire formats (big-endian, integers at most 2^53 - 1).
 *
 * No allocation, no I/O; fit for native code and WASM alike.
 */
#ifndef HK_BASE_SLICE_H
#define HK_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

typedef struct hk_slice {
    const uint8_t *p; /* may be NULL only when n is 0 */
    size_t n;
} hk_slice;

#define HK_LIT(s) ((hk_slice){(const uint8_t *)("" s), sizeof(s) - 1}) /* a string literal */

/* The biggest integer in any of our formats: exact in a JavaScript number and in an SQLite INTEGER. */
#define HK_INT_MAX (((int64_t)1 << 53) - 1)

hk_slice hk_slice_of(const void *p, size_t n);
hk_slice hk_slice_z(const char *text);    /* NUL-terminated text; NULL gives the empty slice */
bool hk_slice_eq(hk_slice a, hk_slice b); /* NOT constant time: for public values only */
bool hk_slice_eq_z(hk_slice a, const char *text);
bool hk_slice_starts(hk_slice whole, hk_slice start);
/* The first index of byte in s, or s.n when it is not there. */
size_t hk_slice_find(hk_slice s, uint8_t byte);
/* The part [from, from + n) of s, cut to what is there. */
hk_slice hk_slice_part(hk_slice s, size_t from, size_t n);
/* Valid UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF). */
bool hk_utf8_valid(hk_slice s);

/* Reading: each call moves on, or marks the reader bad for good and yields zeros. Check `bad` once at the
 * end. */
typedef struct hk_reader {
    const uint8_t *p;
    size_t left;
    bool bad;
} hk_reader;

hk_reader hk_reader_of(hk_slice s);
uint8_t hk_read_u8(hk_reader *r);
uint32_t hk_read_u32(hk_reader *r);
int64_t hk_read_u53(hk_reader *r);              /* 8 bytes; over 2^53 - 1 is bad */
hk_slice hk_read_bytes(hk_reader *r, size_t n); /* borrowed from the source */
void hk_read_into(hk_reader *r, uint8_t *ret, size_t n);
bool hk_reader_finished(const hk_reader *r); /* all read and nothing was bad: trailing bytes are an error */

/* Writing into a caller's buffer: over its end marks it bad and writes nothing more. */
typedef struct hk_writer {
    uint8_t *p;
    size_t cap;
    size_t n;
    bool bad;
} hk_writer;

hk_writer hk_writer_of(uint8_t *p, size_t cap);
void hk_write_u8(hk_writer *w, uint8_t v);
void hk_write_u32(hk_writer *w, uint32_t v);
void hk_write_u53(hk_writer *w, int64_t v); /* 8 bytes; negative or over 2^53 - 1 is bad */
void hk_write_bytes(hk_writer *w, const void *p, size_t n);
void hk_write_slice(hk_writer *w, hk_slice s);
hk_slice hk_writer_done(const hk_writer *w); /* the bytes written; check `bad` first */

/* base64url without padding (RFC 4648 section 5), one spelling per value: non-zero spare bits are refused. */
size_t hk_b64_size(size_t n);               /* characters for n bytes, no NUL */
void hk_b64_encode(hk_slice in, char *ret); /* writes hk_b64_size(in.n) characters, no NUL */
size_t hk_b64_max_bytes(size_t characters); /* bytes that so many characters can hold */
hk_err hk_b64_decode(hk_slice in, uint8_t *ret, size_t cap, size_t *ret_n);

#endif
