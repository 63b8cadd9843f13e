/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Inside wire/ only: JSON text, read and written, under the one decoder and encoder of declared shapes.
 *
 * A text is checked whole before anything is believed of it; then a json_at walks it in place:
 *
 *     if (json_check(text) == JSON_FINE) {
 *         json_at at = json_start(text);
 *         for (bool more = json_enter(&at); more; more = json_next(&at)) {
 *             hk_slice name = json_name(&at, space);
 *             json_pass(&at);                          // or json_int, json_text, json_enter
 *         }
 *     }
 *
 * Socket messages carry two members of the envelope (`t`, `id`) beside those of their shape, and which shape
 * it is stands in `t`.
 */
#ifndef HK_WIRE_JSON_H
#define HK_WIRE_JSON_H

#include "wire/shape.h"

#define JSON_DEPTH_MAX SHAPE_DEPTH_MAX /* what is deeper fits no shape of ours */
#define JSON_NAME_MAX  64              /* of a member spelled with escapes; ours are shorter, and have none */

/* ---- Reading (json_read.c) */

typedef enum json_verdict { JSON_FINE, JSON_BROKEN, JSON_TOO_DEEP } json_verdict;
/* One JSON value and nothing behind it: RFC 8259 in UTF-8, without NUL or half a surrogate pair in its texts.
 * Equal names are not looked for: shape_fill does. */
json_verdict json_check(hk_slice text);

typedef struct json_at { /* a place in a checked text */
    const uint8_t *p, *end;
} json_at;

json_at json_start(hk_slice checked); /* at its value */
uint8_t
json_first(const json_at *at); /* '{', '[', '"', 't', 'f', 'n', '-' or a digit: which kind stands here */
bool json_enter(json_at *at);  /* into an object or list; false: it is empty, and passed */
bool json_next(json_at *at);   /* behind a value: to the next one; false: there is none, and it is left */
/* Of an object: over the name, to its value. A name longer than `space`, spelled with escapes, comes back
 * empty. */
hk_slice json_name(json_at *at, uint8_t space[static JSON_NAME_MAX]);
/* Over a string. *ret borrows from the text; with escapes in it, it stands in the arena. */
hk_err json_text(json_at *at, hk_arena *arena, hk_slice *ret);
/* Over a number; false: it is no whole one. Outside of HK_INT_MAX it only says so much. */
bool json_int(json_at *at, int64_t *ret);
void json_pass(json_at *at); /* over any value */
/* The first member of that name of a checked object. */
bool json_member(hk_slice object, const char *name, json_at *ret);

/* ---- Declared shapes (shape.c) */

/* HK_BAD with *problem: not JSON, not one object, too deep. */
hk_err shape_check(hk_slice json, shape_problem *problem);
/* Fills *ret from a checked object; members named in `beside` (NULL-terminated, or NULL) are not looked at.
 */
hk_err shape_fill(const shape *s, hk_slice object, const char *const *beside, hk_arena *arena, void *ret,
                  shape_problem *problem);

/* ---- Writing (shape_encode.c) */

/* The encoder's bounded writer, also used for problems and socket answers. With p == NULL it only counts, so
 * that a first pass measures and a second one writes into exactly that much. */
typedef struct json_out {
    uint8_t *p;
    size_t n;
    bool bad; /* a value the shape does not allow: our bug or a broken row */
} json_out;

void json_put(json_out *o, const char *text);
void json_put_int(json_out *o, int64_t v);
void json_put_text(json_out *o, hk_slice text); /* with quotes and escapes */
/* The members of *value, each with a comma before it if `comma` says so; returns whether the next needs one.
 */
bool json_put_members(json_out *o, const shape *s, const void *value, bool comma);

/* shape_encode with the envelope of a socket's message before it: `t` (NULL: none, a plain body) and `id`
 * (negative: none). */
hk_err shape_encode_message(const char *t, int64_t id, const shape *s, const void *value, hk_arena *arena,
                            hk_slice *ret);

#endif
