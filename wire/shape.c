/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The one decoder of declared bodies. jansson reads the text (it refuses duplicates, bad UTF-8, NUL and
 * control characters); before it, the depth is checked without recursion, so that what recurses below is
 * bounded by SHAPE_DEPTH_MAX and by the declared tables.
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

static hk_err fill_object(decoding *d, const shape *s, json_t *object, const char *const *beside,
                          uint8_t *ret);

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

static hk_err bad_top(shape_problem *problem, const char *member, const char *why)
{
    (void)snprintf(problem->member, sizeof problem->member, "%s", member);
    problem->why = why;
    return HK_BAD;
}

static bool deeper_than(hk_slice json, size_t max)
{
    size_t depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < json.n; i++) {
        uint8_t c = json.p[i];
        if (in_text) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_text = false;
            continue;
        }
        if (c == '"')
            in_text = true;
        else if ((c == '{' || c == '[') && ++depth > max)
            return true;
        else if ((c == '}' || c == ']') && depth)
            depth--;
    }
    return false;
}

/* Is `name` a member of the shape or of one inside it? Shapes are ours and nest at most SHAPE_DEPTH_MAX deep.
 */
static const char *declared_name(const shape *s, hk_slice name, int depth)
{
    for (size_t i = 0; i < s->count && depth < SHAPE_DEPTH_MAX; i++) {
        const shape_member *m = &s->members[i];
        if (hk_slice_eq_z(name, m->name))
            return m->name;
        const char *inner = m->of ? declared_name(m->of, name, depth + 1) : NULL;
        if (inner)
            return inner;
    }
    return NULL;
}

/* jansson stops just behind the second of two equal names; the name is echoed only if it is one of ours. */
static const char *duplicate_name(const shape *s, hk_slice json, size_t end)
{
    if (end < 2 || end > json.n || json.p[end - 1] != '"')
        return "(unknown)";
    size_t from = end - 1;
    while (from > 0 && json.p[from - 1] != '"')
        from--;
    const char *name = s ? declared_name(s, hk_slice_part(json, from, end - 1 - from), 0) : NULL;
    return name ? name : "(unknown)";
}

hk_err shape_parse(const shape *s, hk_slice json, json_t **ret, shape_problem *problem)
{
    if (deeper_than(json, SHAPE_DEPTH_MAX))
        return bad_top(problem, "", "This is nested too deep.");
    json_error_t error;
    json_t *root = json_loadb((const char *)json.p, json.n, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        if (json_error_code(&error) == json_error_duplicate_key)
            return bad_top(problem, duplicate_name(s, json, (size_t)error.position), "This is there twice.");
        if (json_error_code(&error) == json_error_out_of_memory)
            return HK_NO_MEMORY;
        return bad_top(problem, "", "This is not JSON.");
    }
    if (!json_is_object(root)) {
        json_decref(root);
        return bad_top(problem, "", "An object was expected.");
    }
    *ret = root;
    return HK_OK;
}

static hk_err text_of(decoding *d, const json_t *v, hk_slice *ret)
{
    if (!json_is_string(v))
        return bad(d, "A text was expected.");
    *ret = hk_slice_of(json_string_value(v), json_string_length(v));
    return HK_OK;
}

static hk_err check_size(decoding *d, const shape_member *m, size_t n)
{
    if ((int64_t)n < m->min)
        return bad(d, "This is too short.");
    if ((int64_t)n > m->max)
        return bad(d, "This is too long.");
    return HK_OK;
}

static hk_err fill_text(decoding *d, const shape_member *m, const json_t *v, uint8_t *to)
{
    hk_slice text, kept;
    HK_TRY(text_of(d, v, &text));
    HK_TRY(check_size(d, m, text.n));
    for (size_t i = 0; i < text.n; i++)
        if ((text.p[i] < 0x20 && text.p[i] != '\n' && text.p[i] != '\t') || text.p[i] == 0x7f)
            return bad(d, "This holds a control character.");
    HK_TRY(hk_arena_copy(d->arena, text, &kept));
    memcpy(to, &kept, sizeof kept);
    return HK_OK;
}

static hk_err fill_bytes(decoding *d, const shape_member *m, const json_t *v, uint8_t *to)
{
    hk_slice text;
    HK_TRY(text_of(d, v, &text));
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

static hk_err fill_fixed(decoding *d, const json_t *v, uint8_t *to, size_t size)
{
    hk_slice text;
    HK_TRY(text_of(d, v, &text));
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

static hk_err fill_int(decoding *d, const shape_member *m, const json_t *v, uint8_t *to)
{
    if (!json_is_integer(v))
        return bad(d, "A whole number was expected.");
    int64_t n = json_integer_value(v);
    if (n < m->min || n < -HK_INT_MAX)
        return bad(d, "This is too small.");
    if (n > m->max || n > HK_INT_MAX)
        return bad(d, "This is too big.");
    memcpy(to, &n, sizeof n);
    return HK_OK;
}

static hk_err fill_bool(decoding *d, const json_t *v, uint8_t *to)
{
    if (!json_is_boolean(v))
        return bad(d, "true or false was expected.");
    bool b = json_is_true(v);
    memcpy(to, &b, sizeof b);
    return HK_OK;
}

static hk_err fill_choice(decoding *d, const shape_member *m, const json_t *v, uint8_t *to)
{
    hk_slice text;
    HK_TRY(text_of(d, v, &text));
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

static hk_err fill_member(decoding *d, const shape_member *m, json_t *v, uint8_t *to);

static hk_err fill_list(decoding *d, const shape_member *m, json_t *v, uint8_t *to)
{
    if (!json_is_array(v))
        return bad(d, "A list was expected.");
    size_t count = json_array_size(v), before = d->path_n;
    if ((int64_t)count < m->min)
        return bad(d, "There are too few.");
    if ((int64_t)count > m->max || count > SHAPE_LIST_MAX)
        return bad(d, "There are too many.");
    shape_list list = {hk_arena_get_array(d->arena, count, m->of->size), count};
    if (!list.items)
        return HK_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        char index[16];
        (void)snprintf(index, sizeof index, "[%zu]", i);
        path_add(d, index);
        uint8_t *item = (uint8_t *)list.items + i * m->of->size;
        json_t *value = json_array_get(v, i);
        HK_TRY(is_bare(m->of) ? fill_member(d, &m->of->members[0], value, item)
                              : fill_object(d, m->of, value, NULL, item));
        path_cut(d, before);
    }
    memcpy(to, &list, sizeof list);
    return HK_OK;
}

static hk_err fill_member(decoding *d, const shape_member *m, json_t *v, uint8_t *to)
{
    switch (m->kind) {
    case SHAPE_KIND_BOOL:
        return fill_bool(d, v, to);
    case SHAPE_KIND_INT:
        return fill_int(d, m, v, to);
    case SHAPE_KIND_TEXT:
        return fill_text(d, m, v, to);
    case SHAPE_KIND_BYTES:
        return fill_bytes(d, m, v, to);
    case SHAPE_KIND_ID:
        return fill_fixed(d, v, to, SHAPE_ID_BYTES);
    case SHAPE_KIND_HASH:
        return fill_fixed(d, v, to, SHAPE_HASH_BYTES);
    case SHAPE_KIND_CHOICE:
        return fill_choice(d, m, v, to);
    case SHAPE_KIND_LIST:
        return fill_list(d, m, v, to);
    case SHAPE_KIND_OBJECT:
        return fill_object(d, m->of, v, NULL, to);
    }
    return HK_BAD;
}

static void set_absent(const shape_member *m, uint8_t *to)
{
    if (m->kind == SHAPE_KIND_CHOICE)
        memcpy(to, &(int64_t){-1}, sizeof(int64_t));
}

static bool named(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static const shape_member *member_named(const shape *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->members[i].name, name) == 0)
            return &s->members[i];
    return NULL;
}

/* Walks the members that came, so that a body costs what it holds; then looks for what is missing. */
static hk_err fill_object(decoding *d, const shape *s, json_t *object, const char *const *beside,
                          uint8_t *ret)
{
    if (!json_is_object(object))
        return bad(d, "An object was expected.");
    assert(s->count <= SHAPE_MEMBERS_MAX);
    uint64_t seen = 0;
    size_t before = d->path_n;
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        const shape_member *m = member_named(s, name);
        if (!m && named(beside, name))
            continue;
        path_name(d, m ? m->name : "(unknown)");
        if (!m)
            return bad(d, "This is not known here.");
        HK_TRY(fill_member(d, m, value, ret + m->offset));
        if (m->kind == SHAPE_KIND_OBJECT && m->need == SHAPE_OPTIONAL)
            memcpy(ret + m->max, &(bool){true}, sizeof(bool));
        seen |= UINT64_C(1) << (size_t)(m - s->members);
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

hk_err shape_fill(const shape *s, json_t *object, const char *const *beside, hk_arena *arena, void *ret,
                  shape_problem *problem)
{
    decoding d = {.arena = arena, .problem = problem};
    if (s->size)
        memset(ret, 0, s->size);
    return fill_object(&d, s, object, beside, ret);
}

hk_err shape_decode(const shape *s, hk_slice json, hk_arena *arena, void *ret, shape_problem *problem)
{
    *problem = (shape_problem){.why = "This is not JSON."};
    json_t *root;
    HK_TRY(shape_parse(s, json, &root, problem));
    hk_err err = shape_fill(s, root, NULL, arena, ret, problem);
    json_decref(root);
    return err;
}
