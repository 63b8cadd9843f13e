/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Inside wire/ only: the step between JSON text and declared shapes. A text is parsed once by jansson, after
 * a look at its depth, and the parsed value is held until json_done. Socket messages carry two members of the
 * envelope (`t`, `id`) beside those of their shape, and which shape it is stands in `t`.
 */
#ifndef HK_WIRE_JSON_H
#define HK_WIRE_JSON_H

#include <jansson.h>

#include "wire/shape.h"

/* HK_BAD with *problem: not JSON, not one object, a duplicate member, too deep. Free with json_decref. */
hk_err shape_parse(const shape *s, hk_slice json, json_t **ret, shape_problem *problem);
/* Fills *ret from a parsed object; members named in `beside` (NULL-terminated, or NULL) are not looked at. */
hk_err shape_fill(const shape *s, json_t *object, const char *const *beside, hk_arena *arena, void *ret,
                  shape_problem *problem);

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

/* shape_encode with a beginning of its own: "{" or "{\"t\":\"ok\",\"id\":7"; `comma`: it holds a member. */
hk_err shape_encode_after(const char *start, bool comma, const shape *s, const void *value, hk_arena *arena,
                          hk_slice *ret);

#endif
