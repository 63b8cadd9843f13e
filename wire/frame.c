/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "wire/frame.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

/* ---- UTF-8 across fragments. A state is how many bytes are missing and what the next one may be:
 * 0 nothing open; 1-3 that many plain continuation bytes; the others are the first continuation byte after a
 * lead byte that narrows it (RFC 3629 section 4). */
enum { UTF8_E0 = 4, UTF8_ED, UTF8_F0, UTF8_F4, UTF8_BAD };

static uint8_t utf8_lead(uint8_t c)
{
    if (c < 0x80)
        return 0;
    if (c >= 0xc2 && c <= 0xdf)
        return 1;
    if (c == 0xe0)
        return UTF8_E0;
    if (c == 0xed)
        return UTF8_ED;
    if (c >= 0xe1 && c <= 0xef)
        return 2;
    if (c == 0xf0)
        return UTF8_F0;
    if (c >= 0xf1 && c <= 0xf3)
        return 3;
    return c == 0xf4 ? UTF8_F4 : UTF8_BAD;
}

static uint8_t utf8_step(uint8_t state, uint8_t c)
{
    uint8_t from = 0x80, to = 0xbf, next = (uint8_t)(state - 1);
    switch (state) {
    case 0:
        return utf8_lead(c);
    case UTF8_E0:
        from = 0xa0;
        next = 1;
        break;
    case UTF8_ED:
        to = 0x9f;
        next = 1;
        break;
    case UTF8_F0:
        from = 0x90;
        next = 2;
        break;
    case UTF8_F4:
        to = 0x8f;
        next = 2;
        break;
    case UTF8_BAD:
        return UTF8_BAD;
    }
    return c >= from && c <= to ? next : UTF8_BAD;
}

static uint8_t utf8_run(uint8_t state, const uint8_t *p, size_t n)
{
    size_t i = 0;
    while (i < n && state != UTF8_BAD) {
        uint64_t eight;
        if (state == 0 && n - i >= 8 && (memcpy(&eight, p + i, 8), !(eight & 0x8080808080808080u))) {
            i += 8; /* plain ASCII, which is nearly all we carry */
            continue;
        }
        state = utf8_step(state, p[i++]);
    }
    return state;
}

/* ---- Reading */

typedef struct frame_head {
    uint8_t opcode;
    bool last, masked;
    uint64_t n;
    const uint8_t *mask;
    size_t size;
} frame_head;

static wire_frame_result broken(wire_frame *ret, int close_code)
{
    ret->close_code = close_code;
    return WIRE_FRAME_BROKEN;
}

static wire_frame_result more(wire_frame *ret, size_t needed)
{
    ret->used = needed;
    return WIRE_FRAME_MORE;
}

/* What can be judged from the first two bytes. */
static int judge_start(const wire_frame_reader *r, const frame_head *h, uint8_t first)
{
    if (first & 0x70 || h->masked != r->from_client)
        return WIRE_CLOSE_PROTOCOL;
    switch (h->opcode) {
    case WIRE_CONTINUE:
        return r->in_message ? 0 : WIRE_CLOSE_PROTOCOL;
    case WIRE_TEXT_FRAME:
        return r->in_message ? WIRE_CLOSE_PROTOCOL : 0;
    case 2:
        return WIRE_CLOSE_KIND;
    case WIRE_CLOSE:
    case WIRE_PING:
    case WIRE_PONG:
        return h->last && h->n <= 125 ? 0 : WIRE_CLOSE_PROTOCOL;
    }
    return WIRE_CLOSE_PROTOCOL;
}

static uint64_t big_endian(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static wire_frame_result read_head(const wire_frame_reader *r, const uint8_t *p, size_t n, frame_head *h,
                                   wire_frame *ret)
{
    if (n < 2)
        return more(ret, 2);
    *h = (frame_head){.opcode = p[0] & 15, .last = p[0] >> 7, .masked = p[1] >> 7, .n = p[1] & 127};
    int code = judge_start(r, h, p[0]);
    if (code)
        return broken(ret, code);
    size_t extra = h->n == 126 ? 2 : h->n == 127 ? 8 : 0;
    h->size = 2 + extra + (h->masked ? 4 : 0);
    if (n < 2 + extra)
        return more(ret, h->size);
    if (extra) {
        h->n = big_endian(p + 2, extra);
        if (h->n >> 63 || h->n < (extra == 2 ? 126u : 65536u))
            return broken(ret, WIRE_CLOSE_PROTOCOL);
    }
    uint64_t before = h->opcode < WIRE_CLOSE ? r->message_n : 0;
    if (h->n > WIRE_MESSAGE_BYTES - before)
        return broken(ret, WIRE_CLOSE_SIZE);
    if (n < h->size + h->n)
        return more(ret, h->size + (size_t)h->n);
    h->mask = h->masked ? p + h->size - 4 : NULL;
    return WIRE_FRAME_WHOLE;
}

/* RFC 6455 section 7.4: the codes that may stand in a frame. */
static bool close_code_valid(uint64_t code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

static wire_frame_result finish_close(wire_frame *f)
{
    f->close_code = WIRE_CLOSE_NOTHING;
    if (f->n == 0)
        return WIRE_FRAME_WHOLE;
    if (f->n == 1 || !close_code_valid(big_endian(f->payload, 2)))
        return broken(f, WIRE_CLOSE_PROTOCOL);
    if (utf8_run(0, f->payload + 2, f->n - 2) != 0)
        return broken(f, WIRE_CLOSE_TEXT);
    f->close_code = (int)big_endian(f->payload, 2);
    return WIRE_FRAME_WHOLE;
}

static wire_frame_result finish_data(wire_frame_reader *r, wire_frame *f)
{
    if (++r->fragments > WIRE_FRAGMENTS)
        return broken(f, WIRE_CLOSE_SIZE);
    r->message_n += (uint32_t)f->n;
    r->utf8_state = utf8_run(r->utf8_state, f->payload, f->n);
    if (r->utf8_state == UTF8_BAD || (f->last && r->utf8_state != 0))
        return broken(f, WIRE_CLOSE_TEXT);
    r->in_message = !f->last;
    if (f->last) {
        r->fragments = 0;
        r->message_n = 0;
    }
    return WIRE_FRAME_WHOLE;
}

wire_frame_result wire_frame_next(wire_frame_reader *r, uint8_t *bytes, size_t n, wire_frame *ret)
{
    *ret = (wire_frame){0};
    frame_head h;
    wire_frame_result result = read_head(r, bytes, n, &h, ret);
    if (result != WIRE_FRAME_WHOLE)
        return result;
    *ret = (wire_frame){.opcode = h.opcode,
                        .last = h.last,
                        .payload = bytes + h.size,
                        .n = (size_t)h.n,
                        .used = h.size + (size_t)h.n};
    if (h.mask) {
        uint8_t mask[4];
        memcpy(mask, h.mask, 4);
        wire_frame_mask(ret->payload, ret->n, mask);
    }
    if (ret->opcode == WIRE_CLOSE)
        return finish_close(ret);
    return ret->opcode >= WIRE_CLOSE ? WIRE_FRAME_WHOLE : finish_data(r, ret);
}

/* ---- Writing */

size_t wire_frame_head(uint8_t ret[static WIRE_FRAME_HEAD_MAX], wire_opcode opcode, bool last, size_t n,
                       const uint8_t *mask)
{
    size_t size = 2, extra = n < 126 ? 0 : n < 65536 ? 2 : 8;
    ret[0] = (uint8_t)((last ? 0x80u : 0u) | (unsigned)opcode);
    ret[1] = (uint8_t)((mask ? 0x80u : 0u) | (extra == 0 ? n : extra == 2 ? 126u : 127u));
    for (size_t i = extra; i > 0; i--)
        ret[size++] = (uint8_t)((uint64_t)n >> 8 * (i - 1));
    if (mask) {
        memcpy(ret + size, mask, 4);
        size += 4;
    }
    return size;
}

void wire_frame_mask(uint8_t *p, size_t n, const uint8_t mask[static 4])
{
    uint8_t twice[8];
    memcpy(twice, mask, 4);
    memcpy(twice + 4, mask, 4);
    uint64_t key, eight;
    memcpy(&key, twice, 8);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        memcpy(&eight, p + i, 8);
        eight ^= key;
        memcpy(p + i, &eight, 8);
    }
    for (; i < n; i++)
        p[i] ^= mask[i & 3];
}

/* ---- The handshake's arithmetic (RFC 6455 sections 4.1 and 4.2.2) */

static bool is_base64(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

bool wire_socket_key_valid(hk_slice key)
{
    if (key.n != 24 || key.p[22] != '=' || key.p[23] != '=')
        return false;
    for (size_t i = 0; i < 22; i++)
        if (!is_base64(key.p[i]))
            return false;
    return true;
}

void wire_socket_accept(hk_slice key, char ret[static 29])
{
    static const char MAGIC[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    uint8_t text[24 + sizeof MAGIC - 1], hash[SHA_DIGEST_LENGTH];
    memcpy(text, key.p, 24);
    memcpy(text + 24, MAGIC, sizeof MAGIC - 1);
    SHA1(text, sizeof text, hash);
    (void)EVP_EncodeBlock((uint8_t *)ret, hash, sizeof hash); /* always 28 characters and a NUL */
}
