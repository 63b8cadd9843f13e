/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Any bytes as JSON: jansson and we take the same texts, and find the same in them. Where we differ, and why:
 * we refuse what is deeper than our shapes, jansson refuses equal names (shape.c does that) and numbers that
 * its types cannot hold (we say that they are outside of ours), and it takes "1" with a NUL behind it.
 */
#ifdef FUZZ_MUTANT /* the reader with a bug put in, to show that it would be caught */
#include FUZZ_MUTANT
#else
#include "wire/json_read.c"
#endif

#include <jansson.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool fine)
{
    if (!fine)
        __builtin_trap();
}

static void same(json_at *at, const json_t *theirs, hk_arena *arena);

static void same_object(json_at *at, const json_t *theirs, hk_arena *arena)
{
    uint8_t space[JSON_NAME_MAX];
    const char *name;
    json_t *value;
    bool more = json_enter(at);
    json_object_foreach((json_t *)(uintptr_t)theirs, name, value) /* it takes no const, and changes nothing */
    {
        must(more);
        hk_slice ours = json_name(at, space);
        must(hk_slice_eq_z(ours, name) || (ours.n == 0 && strlen(name) > JSON_NAME_MAX));
        same(at, value, arena);
        more = json_next(at);
    }
    must(!more);
}

static void same_list(json_at *at, const json_t *theirs, hk_arena *arena)
{
    bool more = json_enter(at);
    for (size_t i = 0; i < json_array_size(theirs); i++) {
        must(more);
        same(at, json_array_get(theirs, i), arena);
        more = json_next(at);
    }
    must(!more);
}

static void same_whole(json_at *at, json_int_t theirs)
{
    int64_t ours;
    must(json_int(at, &ours));
    bool outside = theirs > HK_INT_MAX || theirs < -HK_INT_MAX;
    must(outside ? (theirs > 0 ? ours > HK_INT_MAX : ours < -HK_INT_MAX) : ours == theirs);
}

/* Both stand at the same value; ours goes over it, and json_pass goes as far. */
static void same(json_at *at, const json_t *theirs, hk_arena *arena)
{
    json_at passed = *at;
    json_pass(&passed);
    uint8_t first = json_first(at);
    int64_t ignored;
    hk_slice text = {0};
    switch (json_typeof(theirs)) {
    case JSON_OBJECT:
        must(first == '{');
        same_object(at, theirs, arena);
        break;
    case JSON_ARRAY:
        must(first == '[');
        same_list(at, theirs, arena);
        break;
    case JSON_STRING:
        must(first == '"');
        must(json_text(at, arena, &text) == HK_OK);
        must(hk_slice_eq(text, hk_slice_of(json_string_value(theirs), json_string_length(theirs))));
        break;
    case JSON_INTEGER:
        same_whole(at, json_integer_value(theirs));
        break;
    case JSON_REAL:
        must(!json_int(at, &ignored));
        *at = passed;
        break;
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        must(first == (json_is_true(theirs) ? 't' : json_is_false(theirs) ? 'f' : 'n'));
        *at = passed;
        break;
    }
    must(at->p == passed.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    json_error_t error;
    json_verdict ours = json_check(hk_slice_of(bytes, n));
    if (n && memchr(bytes, 0, n)) {
        must(ours != JSON_FINE);
        return 0;
    }
    json_t *theirs = json_loadb((const char *)bytes, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (theirs) {
        must(ours != JSON_BROKEN);
    } else {
        enum json_error_code why = json_error_code(&error);
        must(ours != JSON_FINE || why == json_error_duplicate_key || why == json_error_numeric_overflow);
    }
    if (theirs && ours == JSON_FINE) {
        hk_arena arena;
        hk_arena_init(&arena, 1 << 20);
        json_at at = json_start(hk_slice_of(bytes, n));
        same(&at, theirs, &arena);
        hk_arena_done(&arena);
    }
    json_decref(theirs);
    return 0;
}
