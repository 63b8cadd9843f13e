/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as a declared body: what is taken keeps its bounds, and written out and read again it is the
 * same.
 */
#ifdef FUZZ_MUTANT /* the decoder with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "wire/shape.c"
#endif
#include "wire/json_read.c"
#include "wire/shape_encode.c"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

typedef struct inner {
    uint8_t id[16];
    hk_slice sealed;
} inner;
static const shape_member INNER_MEMBERS[] = {
    SHAPE_ID(inner, id, SHAPE_REQUIRED, "id"),
    SHAPE_BYTES(inner, sealed, SHAPE_OPTIONAL, 1, 8, "bytes"),
};
static const shape INNER = SHAPE("Inner", inner, INNER_MEMBERS, "inner");
static const char *const WORDS[] = {"yes", "no", NULL};

typedef struct outer {
    bool b, o_given;
    int64_t i, c;
    hk_slice t;
    uint8_t h[32];
    shape_list l, w;
    inner o;
} outer;
static const shape_member OUTER_MEMBERS[] = {
    SHAPE_BOOL(outer, b, SHAPE_OPTIONAL, "bool"),
    SHAPE_INT(outer, i, SHAPE_OPTIONAL, -5, HK_INT_MAX, "int"),
    SHAPE_CHOICE(outer, c, SHAPE_OPTIONAL, WORDS, "choice"),
    SHAPE_TEXT(outer, t, SHAPE_OPTIONAL, 0, 9, "text"),
    SHAPE_HASH(outer, h, SHAPE_OPTIONAL, "hash"),
    SHAPE_LIST(outer, l, SHAPE_OPTIONAL, 0, 3, &INNER, "list"),
    SHAPE_LIST(outer, w, SHAPE_OPTIONAL, 1, 3, &SHAPE_TEXT_ITEM, "words"),
    SHAPE_OBJECT_IF(outer, o, o_given, &INNER, "object"),
};
static const shape OUTER = SHAPE("Outer", outer, OUTER_MEMBERS, "outer");

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    hk_arena arena;
    hk_arena_init(&arena, 1 << 20);
    outer first, second;
    shape_problem problem = {0};
    hk_slice json, again;
    hk_err err = shape_decode(&OUTER, hk_slice_of(bytes, n), &arena, &first, &problem);
    must(err == HK_OK || err == HK_NO_MEMORY || (err == HK_BAD && problem.why));
    if (err == HK_OK) {
        must(first.t.n <= 9 && hk_utf8_valid(first.t) && first.l.count <= 3 && first.i >= -5 && first.c <= 1);
        must(shape_encode(&OUTER, &first, &arena, &json) == HK_OK);
        must(shape_decode(&OUTER, json, &arena, &second, &problem) == HK_OK);
        must(shape_encode(&OUTER, &second, &arena, &again) == HK_OK && hk_slice_eq(json, again));
    }
    hk_arena_done(&arena);
    return 0;
}
