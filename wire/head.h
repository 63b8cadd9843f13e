/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The head of one HTTP/1.1 request (RFC 9110, RFC 9112), strictly: what is unusual is refused, never
 * repaired, because two readers who repair differently are how requests are smuggled. Pure: no I/O, no
 * allocation.
 *
 * Taken: METHOD SP /path[?query] SP HTTP/1.1, then at most WIRE_FIELDS fields, every line ended by CRLF, a
 * blank line. Exactly one Host, at most one Content-Length (of 1 to 9 digits), no Transfer-Encoding, no line
 * folding, no space before a colon, no control characters. The target is origin-form: absolute, authority and
 * asterisk forms are refused.
 *
 *     size_t seen = 0;                            remembers how far the end was looked for
 *     size_t n = wire_head_end(bytes, &seen);     0: not whole yet; WIRE_HEAD_BROKEN: can never become one
 *     int status = wire_head_parse(part(bytes, 0, n), &head);   0, or the status to refuse with
 */
#ifndef HK_WIRE_HEAD_H
#define HK_WIRE_HEAD_H

#include "base/slice.h"
#include "wire/limits.h"

typedef struct wire_field {
    hk_slice name, value; /* value without the spaces around it */
} wire_field;

/* Everything is borrowed from the parsed bytes. */
typedef struct wire_head {
    hk_slice method; /* upper-case letters */
    hk_slice path;   /* begins with "/" */
    hk_slice query;  /* after "?", or empty */
    hk_slice host;
    int64_t content_length; /* -1: no field */
    bool close;             /* Connection: close */
    bool upgrade;           /* Connection: upgrade and Upgrade: websocket (RFC 6455 section 4.2.1) */
    wire_field fields[WIRE_FIELDS];
    size_t field_count;
} wire_head;

#define WIRE_HEAD_BROKEN SIZE_MAX

/* The length of the head with its blank line, or 0, or WIRE_HEAD_BROKEN (a lone CR or LF, a NUL). *seen
 * begins at 0 and is kept between calls as bytes arrive; each byte is looked at once. */
size_t wire_head_end(hk_slice bytes, size_t *seen);

/* 0 and *ret, or the status to refuse with: 400, 414, 417 (Expect), 431, 501 (Transfer-Encoding), 505. */
int wire_head_parse(hk_slice head, wire_head *ret);

/* The only field of that name (lower case), HK_NOT_THERE without one, HK_BAD with two. */
hk_err wire_head_field(const wire_head *h, const char *name, hk_slice *ret);

/* Letters, digits, "-" and "_", at least one: tokens, tickets, ids and numbers in paths. */
bool wire_is_url_token(hk_slice s);

/* Is the word (lower case) one of the comma-separated ones in value? Compared without case. */
bool wire_list_has(hk_slice value, const char *word);
/* Takes the next element off a comma-separated list; false when nothing is left. */
bool wire_list_next(hk_slice *rest, hk_slice *ret);

#endif
