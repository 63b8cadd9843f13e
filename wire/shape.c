/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The one decoder of declared bodies. json_read.c has seen that the text is JSON and not too deep; here it is
 * walked once, member by member, straight into the struct. What recurses below is bounded by the declared
 * tables: an unknown member is refused, not entered.
 */
#include "wire/shape.h"

#include <assert.h>
#include <string.h>

#include "wire/json.h"

static const shape_member ID_ITEM_MEMBERS[] = {
    {"", SHAPE_KIND_ID, SHAPE_REQUIRED, 16, 16, 0, NULL, NULL, "an id"},
};
const shape SHAPE_ID_ITEM = {"Id", "an id", SHAPE_ID_BYTES, ID_ITEM_MEMBERS, HK_COUNT(ID_ITEM_MEMBERS)};

static const shape_member TEXT_ITEM_MEMBERS[] = {
    {"", SHAPE_KIND_TEXT, SHAPE_REQUIRED, 0, 1024, 0, NULL, NULL, "words"},
};
const shape SHAPE_TEXT_ITEM = {"Words", "words", sizeof(hk_slice), TEXT_ITEM_MEMBERS,
                               HK_COUNT(TEXT_ITEM_MEMBERS)};

const shape SHAPE_NOTHING = {"Nothing", "says nothing", 0, NULL, 0};

/* One decoding: where we are, for the path in a problem. */
typedef struct decoding {
    hk_arena *arena;
    shape_problem *problem;
    char path[sizeof((shape_problem){0}.member)];
    size_t path_n;
} decoding;

static hk_err fill_object(decoding *d, const shape *s, json_at *at, const char *const *beside, uint8_t *ret);

static void path_add(decoding *d, const char *text)
{
    size_t n = strlen(text), left = sizeof d->path - 1 - d->path_n;
    n = n < left ? n : left;
    memcpy(d->path + d->path_n, text, n);
    d->path_n += n;
    d->path[d->path_n] = 0;
}

static void path_cut(decoding *d, size_t n)
{
    d->path_n = n;
    d->path[n] = 0;
}

static void path_name(decoding *d, const char *name)
{
    if (d->path_n && *name)
        path_add(d, ".");
    path_add(d, name);
}

static hk_err bad(decoding *d, const char *why)
{
    (void)snprintf(d->problem->member, sizeof d->problem->member, "%s", d->path);
    d->problem->why = why;
    return HK_BAD;
}

static hk_err bad_top(shape_problem *problem, const char *why)
{
    *problem = (shape_problem){.why = why};
    return HK_BAD;
}

hk_err shape_check(hk_slice json, shape_problem *problem)
{
    switch (json_check(json)) {
    case JSON_FINE:
        break;
    case JSON_TOO_DEEP:
        return bad_top(problem, "This is nested too deep.");
    case JSON_BROKEN:
        return bad_top(problem, "This is not JSON.");
    }
    json_at at = json_start(json);
    return json_first(&at) == '{' ? HK_OK : bad_top(problem, "An object was expected.");
}

/* Borrowed from the body, or from the arena. */
static hk_err text_of(decoding *d, json_at *at, hk_slice *ret)
{
    if (json_first(at) != '"')
        return bad(d, "A text was expected.");
    return json_text(at, d->arena, ret);
}

static hk_err check_size(decoding *d, const shape_member *m, size_t n)
{
    if ((int64_t)n < m->min)
        return bad(d, "This is too short.");
    if ((int64_t)n > m->max)
        return bad(d, "This is too long.");
    return HK_OK;
}

static hk_err fill_text(decoding *d, const shape_member *m, json_at *at, uint8_t *to)
{
    hk_slice text, kept;
    HK_TRY(text_of(d, at, &text));
    HK_TRY(check_size(d, m, text.n));
    for (size_t i = 0; i < text.n; i++)
        if ((text.p[i] < 0x20 && text.p[i] != '\n' && text.p[i] != '\t') || text.p[i] == 0x7f)
            return bad(d, "This holds a control character.");
    HK_TRY(hk_arena_copy(d->arena, text, &kept));
    memcpy(to, &kept, sizeof kept);
    return HK_OK;
}

static hk_err fill_bytes(decoding *d, const shape_member *m, json_at *at, uint8_t *to)
{
    hk_slice text;
    HK_TRY(text_of(d, at, &text));
    HK_TRY(check_size(d, m, hk_b64_max_bytes(text.n)));
    size_t cap = hk_b64_max_bytes(text.n), n = 0;
    uint8_t *p = hk_arena_get(d->arena, cap);
    if (!p)
        return HK_NO_MEMORY;
    if (hk_b64_decode(text, p, cap, &n) != HK_OK)
        return bad(d, "This is not base64url without padding.");
    HK_TRY(check_size(d, m, n));
    hk_slice bytes = {p, n};
    memcpy(to, &bytes, sizeof bytes);
    return HK_OK;
}

static hk_err fill_fixed(decoding *d, json_at *at, uint8_t *to, size_t size)
{
    hk_slice text;
    HK_TRY(text_of(d, at, &text));
    uint8_t bytes[SHAPE_HASH_BYTES];
    assert(size <= sizeof bytes);
    size_t n = 0;
    if (text.n != hk_b64_size(size) || hk_b64_decode(text, bytes, size, &n) != HK_OK || n != size)
        return bad(d, size == SHAPE_ID_BYTES ? "This is not an id." : "This is not a hash.");
    uint8_t any = 0;
    for (size_t i = 0; i < size; i++)
        any |= bytes[i];
    if (!any)
        return bad(d, "This is all zero.");
    memcpy(to, bytes, size);
    return HK_OK;
}

static hk_err fill_int(decoding *d, const shape_member *m, json_at *at, uint8_t *to)
{
    uint8_t first = json_first(at);
    int64_t n;
    if ((first != '-' && (first < '0' || first > '9')) || !json_int(at, &n))
        return bad(d, "A whole number was expected.");
    if (n < m->min || n < -HK_INT_MAX)
        return bad(d, "This is too small.");
    if (n > m->max || n > HK_INT_MAX)
        return bad(d, "This is too big.");
    memcpy(to, &n, sizeof n);
    return HK_OK;
}

static hk_err fill_bool(decoding *d, json_at *at, uint8_t *to)
{
    uint8_t first = json_first(at);
    if (first != 't' && first != 'f')
        return bad(d, "true or false was expected.");
    json_pass(at);
    memcpy(to, &(bool){first == 't'}, sizeof(bool));
    return HK_OK;
}

static hk_err fill_choice(decoding *d, const shape_member *m, json_at *at, uint8_t *to)
{
    hk_slice text;
    HK_TRY(text_of(d, at, &text));
    for (int64_t i = 0; m->choices[i]; i++)
        if (hk_slice_eq_z(text, m->choices[i])) {
            memcpy(to, &i, sizeof i);
            return HK_OK;
        }
    return bad(d, "This is none of the words that can stand here.");
}

static bool is_bare(const shape *s)
{
    return s->count == 1 && s->members[0].name[0] == 0;
}

static hk_err fill_member(decoding *d, const shape_member *m, json_at *at, uint8_t *to);

static size_t list_length(json_at at)
{
    size_t count = 0;
    for (bool more = json_enter(&at); more; more = json_next(&at), count++)
        json_pass(&at);
    return count;
}

static hk_err fill_list(decoding *d, const shape_member *m, json_at *at, uint8_t *to)
{
    if (json_first(at) != '[')
        return bad(d, "A list was expected.");
    size_t count = list_length(*at), before = d->path_n;
    if ((int64_t)count < m->min)
        return bad(d, "There are too few.");
    if ((int64_t)count > m->max || count > SHAPE_LIST_MAX)
        return bad(d, "There are too many.");
    shape_list list = {hk_arena_get_array(d->arena, count, m->of->size), count};
    if (!list.items)
        return HK_NO_MEMORY;
    bool more = json_enter(at);
    for (size_t i = 0; more && i < count; i++, more = json_next(at)) {
        char index[16];
        (void)snprintf(index, sizeof index, "[%zu]", i);
        path_add(d, index);
        uint8_t *item = (uint8_t *)list.items + i * m->of->size;
        HK_TRY(is_bare(m->of) ? fill_member(d, &m->of->members[0], at, item)
                              : fill_object(d, m->of, at, NULL, item));
        path_cut(d, before);
    }
    memcpy(to, &list, sizeof list);
    return HK_OK;
}

static hk_err fill_member(decoding *d, const shape_member *m, json_at *at, uint8_t *to)
{
    switch (m->kind) {
    case SHAPE_KIND_BOOL:
        return fill_bool(d, at, to);
    case SHAPE_KIND_INT:
        return fill_int(d, m, at, to);
    case SHAPE_KIND_TEXT:
        return fill_text(d, m, at, to);
    case SHAPE_KIND_BYTES:
        return fill_bytes(d, m, at, to);
    case SHAPE_KIND_ID:
        return fill_fixed(d, at, to, SHAPE_ID_BYTES);
    case SHAPE_KIND_HASH:
        return fill_fixed(d, at, to, SHAPE_HASH_BYTES);
    case SHAPE_KIND_CHOICE:
        return fill_choice(d, m, at, to);
    case SHAPE_KIND_LIST:
        return fill_list(d, m, at, to);
    case SHAPE_KIND_OBJECT:
        return fill_object(d, m->of, at, NULL, to);
    }
    return HK_BAD;
}

static void set_absent(const shape_member *m, uint8_t *to)
{
    if (m->kind == SHAPE_KIND_CHOICE)
        memcpy(to, &(int64_t){-1}, sizeof(int64_t));
}

/* Where a name stands in a list that ends with NULL; its length when it does not. */
static size_t place_of(const char *const *names, hk_slice name)
{
    size_t i = 0;
    while (names && names[i] && !hk_slice_eq_z(name, names[i]))
        i++;
    return i;
}

static const shape_member *member_named(const shape *s, hk_slice name)
{
    for (size_t i = 0; i < s->count; i++)
        if (hk_slice_eq_z(name, s->members[i].name))
            return &s->members[i];
    return NULL;
}

/* One member: into its place, or over it when it belongs beside the shape. `seen` has a bit for each of the
 * shape's, `seen_beside` for each of the others: what is there twice could mean one thing here and another
 * thing elsewhere. */
static hk_err fill_named(decoding *d, const shape *s, hk_slice name, json_at *at, const char *const *beside,
                         uint64_t *seen, uint64_t *seen_beside, uint8_t *ret)
{
    const shape_member *m = member_named(s, name);
    size_t other = m ? 0 : place_of(beside, name);
    if (!m && (!beside || !beside[other])) {
        path_name(d, "(unknown)");
        return bad(d, "This is not known here.");
    }
    uint64_t bit = UINT64_C(1) << (m ? (size_t)(m - s->members) : other), *marks = m ? seen : seen_beside;
    path_name(d, m ? m->name : beside[other]);
    if (*marks & bit)
        return bad(d, "This is there twice.");
    *marks |= bit;
    if (!m) {
        json_pass(at);
        return HK_OK;
    }
    HK_TRY(fill_member(d, m, at, ret + m->offset));
    if (m->kind == SHAPE_KIND_OBJECT && m->need == SHAPE_OPTIONAL)
        memcpy(ret + m->max, &(bool){true}, sizeof(bool));
    return HK_OK;
}

/* Walks the members that came, so that a body costs what it holds; then looks for what is missing. */
static hk_err fill_object(decoding *d, const shape *s, json_at *at, const char *const *beside, uint8_t *ret)
{
    if (json_first(at) != '{')
        return bad(d, "An object was expected.");
    assert(s->count <= SHAPE_MEMBERS_MAX);
    uint64_t seen = 0, seen_beside = 0;
    size_t before = d->path_n;
    uint8_t space[JSON_NAME_MAX];
    for (bool more = json_enter(at); more; more = json_next(at)) {
        hk_slice name = json_name(at, space);
        HK_TRY(fill_named(d, s, name, at, beside, &seen, &seen_beside, ret));
        path_cut(d, before);
    }
    for (size_t i = 0; i < s->count; i++) {
        if (seen >> i & 1)
            continue;
        path_name(d, s->members[i].name);
        if (s->members[i].need == SHAPE_REQUIRED)
            return bad(d, "This is missing.");
        set_absent(&s->members[i], ret + s->members[i].offset);
        path_cut(d, before);
    }
    return HK_OK;
}

hk_err shape_fill(const shape *s, hk_slice object, const char *const *beside, hk_arena *arena, void *ret,
                  shape_problem *problem)
{
    decoding d = {.arena = arena, .problem = problem};
    json_at at = json_start(object);
    if (s->size)
        memset(ret, 0, s->size);
    return fill_object(&d, s, &at, beside, ret);
}

hk_err shape_decode(const shape *s, hk_slice json, hk_arena *arena, void *ret, shape_problem *problem)
{
    HK_TRY(shape_check(json, problem));
    return shape_fill(s, json, NULL, arena, ret, problem);
}
