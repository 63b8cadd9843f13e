/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The encoder of declared shapes: measured once, then written into exactly that much of the arena.
 */
#include <string.h>

#include "wire/json.h"

static void put_bytes(json_out *o, const void *bytes, size_t n)
{
    if (o->p)
        memcpy(o->p + o->n, bytes, n);
    o->n += n;
}

void json_put(json_out *o, const char *text)
{
    put_bytes(o, text, strlen(text));
}

void json_put_int(json_out *o, int64_t v)
{
    char digits[20]; /* INT64_MIN has 19 and a sign */
    size_t at = sizeof digits;
    uint64_t left = v < 0 ? -(uint64_t)v : (uint64_t)v;
    do
        digits[--at] = (char)('0' + left % 10);
    while (left /= 10);
    if (v < 0)
        digits[--at] = '-';
    put_bytes(o, digits + at, sizeof digits - at);
}

static void put_escaped(json_out *o, uint8_t c)
{
    char six[8];
    if (c == '\n')
        json_put(o, "\\n");
    else if (c == '\t')
        json_put(o, "\\t");
    else if (c == '"' || c == '\\')
        put_bytes(o, (const char[]){'\\', (char)c}, 2);
    else
        put_bytes(o, six, (size_t)snprintf(six, sizeof six, "\\u%04x", c));
}

void json_put_text(json_out *o, hk_slice text)
{
    json_put(o, "\"");
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        put_bytes(o, text.p + from, i - from);
        put_escaped(o, c);
        from = i + 1;
    }
    if (from < text.n)
        put_bytes(o, text.p + from, text.n - from);
    json_put(o, "\"");
}

static void put_b64(json_out *o, hk_slice bytes)
{
    json_put(o, "\"");
    if (o->p)
        hk_b64_encode(bytes, (char *)o->p + o->n);
    o->n += hk_b64_size(bytes.n);
    json_put(o, "\"");
}

static bool all_zero(const uint8_t *p, size_t n)
{
    uint8_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= p[i];
    return !any;
}

static int64_t int_at(const uint8_t *from)
{
    int64_t v;
    memcpy(&v, from, sizeof v);
    return v;
}

static hk_slice slice_at(const uint8_t *from)
{
    hk_slice s;
    memcpy(&s, from, sizeof s);
    return s;
}

static bool bool_at(const uint8_t *from)
{
    bool b;
    memcpy(&b, from, sizeof b);
    return b;
}

static shape_list list_at(const uint8_t *from)
{
    shape_list l;
    memcpy(&l, from, sizeof l);
    return l;
}

static bool is_absent(const shape_member *m, const uint8_t *value)
{
    const uint8_t *from = value + m->offset;
    switch (m->kind) {
    case SHAPE_KIND_BOOL:
        return !bool_at(from);
    case SHAPE_KIND_INT:
        return int_at(from) == 0;
    case SHAPE_KIND_TEXT:
    case SHAPE_KIND_BYTES:
        return !slice_at(from).p;
    case SHAPE_KIND_ID:
        return all_zero(from, SHAPE_ID_BYTES);
    case SHAPE_KIND_HASH:
        return all_zero(from, SHAPE_HASH_BYTES);
    case SHAPE_KIND_CHOICE:
        return int_at(from) < 0;
    case SHAPE_KIND_LIST:
        return list_at(from).count == 0;
    case SHAPE_KIND_OBJECT:
        return !bool_at(value + m->max);
    }
    return true;
}

static void put_value(json_out *o, const shape_member *m, const uint8_t *from);

static void put_object(json_out *o, const shape *s, const uint8_t *value)
{
    json_put(o, "{");
    (void)json_put_members(o, s, value, false); /* a closing brace needs no comma */
    json_put(o, "}");
}

static void put_list(json_out *o, const shape *of, shape_list list)
{
    bool bare = of->count == 1 && of->members[0].name[0] == 0;
    json_put(o, "[");
    for (size_t i = 0; i < list.count; i++) {
        const uint8_t *item = (const uint8_t *)list.items + i * of->size;
        if (i)
            json_put(o, ",");
        if (bare)
            put_value(o, &of->members[0], item);
        else
            put_object(o, of, item);
    }
    json_put(o, "]");
}

static void put_choice(json_out *o, const shape_member *m, int64_t index)
{
    for (int64_t i = 0; m->choices[i]; i++)
        if (i == index) {
            json_put_text(o, hk_slice_z(m->choices[i]));
            return;
        }
    o->bad = true;
}

static void put_value(json_out *o, const shape_member *m, const uint8_t *from)
{
    switch (m->kind) {
    case SHAPE_KIND_BOOL:
        json_put(o, bool_at(from) ? "true" : "false");
        return;
    case SHAPE_KIND_INT:
        o->bad |= int_at(from) > HK_INT_MAX || int_at(from) < -HK_INT_MAX;
        json_put_int(o, int_at(from));
        return;
    case SHAPE_KIND_TEXT:
        json_put_text(o, slice_at(from));
        return;
    case SHAPE_KIND_BYTES:
        put_b64(o, slice_at(from));
        return;
    case SHAPE_KIND_ID:
        put_b64(o, hk_slice_of(from, SHAPE_ID_BYTES));
        return;
    case SHAPE_KIND_HASH:
        put_b64(o, hk_slice_of(from, SHAPE_HASH_BYTES));
        return;
    case SHAPE_KIND_CHOICE:
        put_choice(o, m, int_at(from));
        return;
    case SHAPE_KIND_LIST:
        put_list(o, m->of, list_at(from));
        return;
    case SHAPE_KIND_OBJECT:
        put_object(o, m->of, from);
        return;
    }
}

bool json_put_members(json_out *o, const shape *s, const void *value, bool comma)
{
    for (size_t i = 0; i < s->count; i++) {
        const shape_member *m = &s->members[i];
        if (m->need == SHAPE_OPTIONAL && is_absent(m, value))
            continue;
        json_put(o, comma ? ",\"" : "\"");
        json_put(o, m->name);
        json_put(o, "\":");
        put_value(o, m, (const uint8_t *)value + m->offset);
        comma = true;
    }
    return comma;
}

hk_err shape_encode_message(const char *t, int64_t id, const shape *s, const void *value, hk_arena *arena,
                            hk_slice *ret)
{
    json_out o = {0};
    for (int pass = 0; pass < 2; pass++) {
        json_put(&o, t ? "{\"t\":\"" : "{");
        if (t) {
            json_put(&o, t);
            json_put(&o, "\"");
        }
        if (id >= 0) {
            json_put(&o, ",\"id\":");
            json_put_int(&o, id);
        }
        (void)json_put_members(&o, s, value, t != NULL); /* a closing brace needs no comma */
        json_put(&o, "}");
        if (o.bad)
            return HK_STORE;
        if (pass == 0 && !(o.p = hk_arena_get(arena, o.n)))
            return HK_NO_MEMORY;
        *ret = hk_slice_of(o.p, o.n);
        o.n = 0;
    }
    return HK_OK;
}

hk_err shape_encode_told(const char *told, const shape *s, const void *value, hk_arena *arena, hk_slice *ret)
{
    return shape_encode_message(told, -1, s, value, arena, ret);
}

hk_err shape_encode(const shape *s, const void *value, hk_arena *arena, hk_slice *ret)
{
    return shape_encode_message(NULL, -1, s, value, arena, ret);
}
