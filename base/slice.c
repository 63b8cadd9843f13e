/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/slice.h"

#include <string.h>

hk_slice hk_slice_of(const void *p, size_t n)
{
    return (hk_slice){p, n};
}

hk_slice hk_slice_z(const char *text)
{
    return (hk_slice){(const uint8_t *)text, text ? strlen(text) : 0};
}

bool hk_slice_eq(hk_slice a, hk_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool hk_slice_eq_z(hk_slice a, const char *text)
{
    return hk_slice_eq(a, hk_slice_z(text));
}

bool hk_slice_starts(hk_slice whole, hk_slice start)
{
    return whole.n >= start.n && (start.n == 0 || memcmp(whole.p, start.p, start.n) == 0);
}

size_t hk_slice_find(hk_slice s, uint8_t byte)
{
    const uint8_t *at = s.n ? memchr(s.p, byte, s.n) : NULL;
    return at ? (size_t)(at - s.p) : s.n;
}

hk_slice hk_slice_part(hk_slice s, size_t from, size_t n)
{
    if (from >= s.n)
        return (hk_slice){0};
    size_t left = s.n - from;
    return (hk_slice){s.p + from, n < left ? n : left};
}

/* How many bytes the sequence starting at p has, or 0 if it is not one well-formed character. */
static size_t utf8_length(const uint8_t *p, size_t left)
{
    uint8_t a = p[0];
    if (a < 0x80)
        return 1;
    if (a < 0xC2 || a > 0xF4)
        return 0;
    size_t n = a < 0xE0 ? 2 : a < 0xF0 ? 3 : 4;
    if (left < n)
        return 0;
    uint8_t low = 0x80, high = 0xBF; /* the second byte's range: RFC 3629 section 4 */
    if (a == 0xE0)
        low = 0xA0;
    else if (a == 0xED)
        high = 0x9F;
    else if (a == 0xF0)
        low = 0x90;
    else if (a == 0xF4)
        high = 0x8F;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return n;
}

bool hk_utf8_valid(hk_slice s)
{
    for (size_t i = 0; i < s.n;) {
        uint64_t eight;
        if (s.n - i >= 8 && (memcpy(&eight, s.p + i, 8), !(eight & UINT64_C(0x8080808080808080)))) {
            i += 8; /* plain ASCII: every envelope, and most of what people write in English */
            continue;
        }
        size_t n = utf8_length(s.p + i, s.n - i);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

hk_reader hk_reader_of(hk_slice s)
{
    return (hk_reader){s.p, s.n, false};
}

hk_slice hk_read_bytes(hk_reader *r, size_t n)
{
    if (r->bad || r->left < n) {
        r->bad = true;
        return (hk_slice){0};
    }
    hk_slice got = {r->p, n};
    r->p += n;
    r->left -= n;
    return got;
}

uint8_t hk_read_u8(hk_reader *r)
{
    hk_slice s = hk_read_bytes(r, 1);
    return s.n ? s.p[0] : 0;
}

uint32_t hk_read_u32(hk_reader *r)
{
    hk_slice s = hk_read_bytes(r, 4);
    if (s.n == 0)
        return 0;
    return (uint32_t)s.p[0] << 24 | (uint32_t)s.p[1] << 16 | (uint32_t)s.p[2] << 8 | s.p[3];
}

int64_t hk_read_u53(hk_reader *r)
{
    uint64_t high = hk_read_u32(r), low = hk_read_u32(r);
    uint64_t v = high << 32 | low;
    if (v > (uint64_t)HK_INT_MAX)
        r->bad = true;
    return r->bad ? 0 : (int64_t)v;
}

void hk_read_into(hk_reader *r, uint8_t *ret, size_t n)
{
    hk_slice s = hk_read_bytes(r, n);
    if (s.n)
        memcpy(ret, s.p, n);
    else if (n)
        memset(ret, 0, n);
}

bool hk_reader_finished(const hk_reader *r)
{
    return !r->bad && r->left == 0;
}

hk_writer hk_writer_of(uint8_t *p, size_t cap)
{
    return (hk_writer){p, cap, 0, false};
}

void hk_write_bytes(hk_writer *w, const void *p, size_t n)
{
    if (w->bad || w->cap - w->n < n) {
        w->bad = true;
        return;
    }
    if (n)
        memcpy(w->p + w->n, p, n);
    w->n += n;
}

void hk_write_slice(hk_writer *w, hk_slice s)
{
    hk_write_bytes(w, s.p, s.n);
}

void hk_write_u8(hk_writer *w, uint8_t v)
{
    hk_write_bytes(w, &v, 1);
}

void hk_write_u32(hk_writer *w, uint32_t v)
{
    uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
    hk_write_bytes(w, b, sizeof b);
}

void hk_write_u53(hk_writer *w, int64_t v)
{
    if (v < 0 || v > HK_INT_MAX) {
        w->bad = true;
        return;
    }
    hk_write_u32(w, (uint32_t)((uint64_t)v >> 32));
    hk_write_u32(w, (uint32_t)((uint64_t)v & 0xFFFFFFFFu));
}

hk_slice hk_writer_done(const hk_writer *w)
{
    return (hk_slice){w->p, w->n};
}

static const char B64[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t hk_b64_size(size_t n)
{
    return n / 3 * 4 + (n % 3 ? n % 3 + 1 : 0);
}

size_t hk_b64_max_bytes(size_t characters)
{
    return characters / 4 * 3 + (characters % 4 ? characters % 4 - 1 : 0);
}

void hk_b64_encode(hk_slice in, char *ret)
{
    size_t i = 0;
    for (; in.n - i >= 3; i += 3, ret += 4) {
        uint32_t bits = (uint32_t)in.p[i] << 16 | (uint32_t)in.p[i + 1] << 8 | in.p[i + 2];
        ret[0] = B64[bits >> 18];
        ret[1] = B64[bits >> 12 & 63];
        ret[2] = B64[bits >> 6 & 63];
        ret[3] = B64[bits & 63];
    }
    if (in.n - i == 0)
        return;
    uint32_t bits = (uint32_t)in.p[i] << 16 | (in.n - i == 2 ? (uint32_t)in.p[i + 1] << 8 : 0);
    ret[0] = B64[bits >> 18];
    ret[1] = B64[bits >> 12 & 63];
    if (in.n - i == 2)
        ret[2] = B64[bits >> 6 & 63];
}

/* The six bits of a character; 255 for what is none. */
static const uint8_t B64_VALUES[256] = {
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 62,  255, 255, 52,  53,  54,  55,  56,  57,  58,  59,  60,  61,  255, 255,
    255, 255, 255, 255, 255, 0,   1,   2,   3,   4,   5,   6,   7,   8,   9,   10,  11,  12,  13,  14,
    15,  16,  17,  18,  19,  20,  21,  22,  23,  24,  25,  255, 255, 255, 255, 63,  255, 26,  27,  28,
    29,  30,  31,  32,  33,  34,  35,  36,  37,  38,  39,  40,  41,  42,  43,  44,  45,  46,  47,  48,
    49,  50,  51,  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
};

hk_err hk_b64_decode(hk_slice in, uint8_t *ret, size_t cap, size_t *ret_n)
{
    if (in.n % 4 == 1)
        return HK_BAD;
    size_t n = 0, i = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    for (; in.n - i >= 4 && cap - n >= 3; i += 4, n += 3) { /* whole groups first: envelopes are long */
        uint32_t a = B64_VALUES[in.p[i]], b = B64_VALUES[in.p[i + 1]];
        uint32_t c = B64_VALUES[in.p[i + 2]], d = B64_VALUES[in.p[i + 3]];
        if ((a | b | c | d) & 0x80)
            return HK_BAD;
        bits = a << 18 | b << 12 | c << 6 | d;
        ret[n] = (uint8_t)(bits >> 16);
        ret[n + 1] = (uint8_t)(bits >> 8);
        ret[n + 2] = (uint8_t)bits;
    }
    for (; i < in.n; i++) {
        uint8_t v = B64_VALUES[in.p[i]];
        if (v > 63)
            return HK_BAD;
        bits = bits << 6 | v;
        held += 6;
        if (held >= 8) {
            held -= 8;
            if (n == cap)
                return HK_TOO_MUCH;
            ret[n++] = (uint8_t)(bits >> held);
        }
    }
    if (held && (bits & ((1u << held) - 1)))
        return HK_BAD; /* two spellings of one value would defeat every comparison of text */
    *ret_n = n;
    return HK_OK;
}
