/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * JSON as we take it (RFC 8259, and no more): json_check says once whether a text is JSON, then json_at walks
 * a checked text in place. Nothing is allocated but texts that hold escapes, and nothing recurses: a body
 * costs what it holds. A message is one plain text of 700 characters, and some names: checked and walked that
 * is 9,000 instructions; a general parser, which copies it a byte at a time into a tree, took 112,000.
 *
 * json_read_fuzz.c reads the same bytes with jansson and wants the same answer.
 */
#include "wire/json.h"

#include <string.h>

/* ---- Strings */

/* The first byte that cannot simply stand in a string: a quote, a backslash or a control character. */
static const uint8_t *plain_end(const uint8_t *p, const uint8_t *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    for (; end - p >= 8; p += 8) {
        uint64_t v;
        memcpy(&v, p, sizeof v);
        uint64_t quote = v ^ ones * '"', slash = v ^ ones * '\\';
        /* a top bit is set where a byte is zero, or below 0x20; a borrow can set one more behind it, never
         * one before */
        uint64_t hit = ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((v - ones * 0x20) & ~v);
        if (hit & tops)
            break;
    }
    while (p < end && *p >= 0x20 && *p != '"' && *p != '\\')
        p++;
    return p;
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits of a \u; -1 when they are none. */
static int32_t hex_four(const uint8_t *p, const uint8_t *end)
{
    int32_t v = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(p[i]);
        if (digit < 0)
            return -1;
        v = v << 4 | digit;
    }
    return v;
}

/* One escape, p behind its backslash: the character, and where it ends. -1: there is no such escape. NUL is
 * refused, because text of ours ends nowhere but at its length, and others' may. */
static int32_t read_escape(const uint8_t **p, const uint8_t *end)
{
    static const char FROM[] = "\"\\/bfnrt", TO[] = "\"\\/\b\f\n\r\t";
    if (*p == end)
        return -1;
    uint8_t c = *(*p)++;
    const char *plain = c ? strchr(FROM, c) : NULL;
    if (plain)
        return TO[plain - FROM];
    int32_t v = c == 'u' ? hex_four(*p, end) : -1;
    if (v <= 0 || (v >= 0xdc00 && v <= 0xdfff))
        return -1;
    *p += 4;
    if (v < 0xd800 || v > 0xdbff)
        return v;
    int32_t low = end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u' ? hex_four(*p + 2, end) : -1;
    if (low < 0xdc00 || low > 0xdfff)
        return -1; /* half a pair is no character */
    *p += 6;
    return 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
}

static size_t put_utf8(uint8_t *to, uint32_t c)
{
    if (c < 0x80) {
        to[0] = (uint8_t)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        to[i] = (uint8_t)(0x80 | (c & 0x3f));
    to[0] = (uint8_t)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | c);
    return n;
}

/* ---- Checking */

static bool check_string(json_at *at)
{
    for (;;) {
        at->p = plain_end(at->p, at->end);
        if (at->p == at->end || *at->p < 0x20)
            return false;
        if (*at->p++ == '"')
            return true;
        if (read_escape(&at->p, at->end) < 0)
            return false;
    }
}

static bool is_digit(const json_at *at)
{
    return at->p < at->end && *at->p >= '0' && *at->p <= '9';
}

static bool check_digits(json_at *at)
{
    if (!is_digit(at))
        return false;
    while (is_digit(at))
        at->p++;
    return true;
}

static bool check_number(json_at *at)
{
    at->p += *at->p == '-';
    const uint8_t *first = at->p;
    if (!check_digits(at) || (*first == '0' && at->p - first > 1))
        return false;
    if (at->p < at->end && *at->p == '.') {
        at->p++;
        if (!check_digits(at))
            return false;
    }
    if (at->p < at->end && (*at->p | 0x20) == 'e') {
        at->p++;
        at->p += at->p < at->end && (*at->p == '+' || *at->p == '-');
        return check_digits(at);
    }
    return true;
}

static bool check_word(json_at *at, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(at->end - at->p) < n || memcmp(at->p, word, n) != 0)
        return false;
    at->p += n;
    return true;
}

static void pass_blanks(json_at *at)
{
    while (at->p < at->end && (*at->p == ' ' || *at->p == '\n' || *at->p == '\r' || *at->p == '\t'))
        at->p++;
}

typedef struct checking {
    json_at at;
    uint32_t objects; /* bit d: the container at depth d is an object */
    unsigned depth;
    enum { VALUE, VALUE_OR_END, NAME, NAME_OR_END, AFTER } next;
} checking;
_Static_assert(JSON_DEPTH_MAX < 32, "a bit for each depth");

static bool in_object(const checking *c)
{
    return c->objects >> c->depth & 1;
}

static json_verdict check_open(checking *c, bool object)
{
    if (++c->depth > JSON_DEPTH_MAX)
        return JSON_TOO_DEEP;
    c->objects = (c->objects & ~(1u << c->depth)) | (uint32_t)object << c->depth;
    c->at.p++;
    c->next = object ? NAME_OR_END : VALUE_OR_END;
    return JSON_FINE;
}

static json_verdict check_close(checking *c)
{
    c->at.p++;
    c->depth--;
    c->next = AFTER;
    return JSON_FINE;
}

static json_verdict check_value(checking *c)
{
    bool fine;
    switch (*c->at.p) {
    case '{':
    case '[':
        return check_open(c, *c->at.p == '{');
    case '"':
        c->at.p++;
        fine = check_string(&c->at);
        break;
    case 't':
        fine = check_word(&c->at, "true");
        break;
    case 'f':
        fine = check_word(&c->at, "false");
        break;
    case 'n':
        fine = check_word(&c->at, "null");
        break;
    default:
        fine = check_number(&c->at);
        break;
    }
    c->next = AFTER;
    return fine ? JSON_FINE : JSON_BROKEN;
}

static json_verdict check_name(checking *c)
{
    if (*c->at.p++ != '"' || !check_string(&c->at))
        return JSON_BROKEN;
    pass_blanks(&c->at);
    if (c->at.p == c->at.end || *c->at.p++ != ':')
        return JSON_BROKEN;
    c->next = VALUE;
    return JSON_FINE;
}

static json_verdict check_after(checking *c)
{
    if (c->depth && *c->at.p == (in_object(c) ? '}' : ']'))
        return check_close(c);
    if (!c->depth || *c->at.p++ != ',')
        return JSON_BROKEN;
    c->next = in_object(c) ? NAME : VALUE;
    return JSON_FINE;
}

static json_verdict check_step(checking *c)
{
    switch (c->next) {
    case VALUE_OR_END:
        return *c->at.p == ']' ? check_close(c) : check_value(c);
    case VALUE:
        return check_value(c);
    case NAME_OR_END:
        return *c->at.p == '}' ? check_close(c) : check_name(c);
    case NAME:
        return check_name(c);
    case AFTER:
        return check_after(c);
    }
    return JSON_BROKEN;
}

json_verdict json_check(hk_slice text)
{
    checking c = {.at = {text.p, text.p + text.n}, .next = VALUE};
    if (!hk_utf8_valid(text))
        return JSON_BROKEN;
    for (;;) {
        pass_blanks(&c.at);
        if (c.at.p == c.at.end)
            return c.next == AFTER && c.depth == 0 ? JSON_FINE : JSON_BROKEN;
        json_verdict v = check_step(&c);
        if (v != JSON_FINE)
            return v;
    }
}

/* ---- Walking a checked text. It was seen to be whole, so what is asked for is there; still no step leaves
 * the text. */

json_at json_start(hk_slice checked)
{
    json_at at = {checked.p, checked.p + checked.n};
    pass_blanks(&at);
    return at;
}

uint8_t json_first(const json_at *at)
{
    return at->p < at->end ? *at->p : 0;
}

bool json_enter(json_at *at)
{
    at->p++;
    pass_blanks(at);
    if (json_first(at) != '}' && json_first(at) != ']')
        return at->p < at->end;
    at->p++;
    return false;
}

bool json_next(json_at *at)
{
    pass_blanks(at);
    bool more = json_first(at) == ',';
    at->p += at->p < at->end;
    if (more)
        pass_blanks(at);
    return more && at->p < at->end;
}

/* Over a string, from its first quote; true when it holds an escape. The bytes between its quotes in *ret. */
static bool pass_string(json_at *at, hk_slice *ret)
{
    const uint8_t *first = ++at->p;
    bool escapes = false;
    while ((at->p = plain_end(at->p, at->end)) < at->end && *at->p != '"') {
        escapes = true;
        at->p +=
            at->end - at->p >= 2 ? 2 : 1; /* what follows a backslash is not looked at: \" ends nothing */
    }
    *ret = hk_slice_of(first, (size_t)(at->p - first));
    at->p += at->p < at->end;
    return escapes;
}

/* Writes what the string says; it never has more bytes than its spelling. Returns how many; `cap` + 1 when
 * they do not fit. */
static size_t unescape(hk_slice spelled, uint8_t *to, size_t cap)
{
    const uint8_t *p = spelled.p, *end = spelled.p + spelled.n;
    size_t n = 0;
    while (p < end) {
        uint8_t character[4];
        size_t size = 1;
        if (*p != '\\') {
            character[0] = *p++;
        } else {
            p++;
            int32_t c = read_escape(&p, end);
            size = put_utf8(character, c < 0 ? 0xfffd : (uint32_t)c); /* a checked text has no bad one */
        }
        if (cap - n < size)
            return cap + 1;
        memcpy(to + n, character, size);
        n += size;
    }
    return n;
}

hk_slice json_name(json_at *at, uint8_t space[static JSON_NAME_MAX])
{
    hk_slice name;
    if (pass_string(at, &name)) {
        size_t n = unescape(name, space, JSON_NAME_MAX);
        name = n <= JSON_NAME_MAX ? hk_slice_of(space, n) : (hk_slice){0};
    }
    pass_blanks(at);
    at->p += at->p < at->end; /* the colon */
    pass_blanks(at);
    return name;
}

hk_err json_text(json_at *at, hk_arena *arena, hk_slice *ret)
{
    hk_slice spelled;
    if (!pass_string(at, &spelled)) {
        *ret = spelled;
        return HK_OK;
    }
    uint8_t *to = hk_arena_get(arena, spelled.n);
    if (!to)
        return HK_NO_MEMORY;
    *ret = hk_slice_of(to, unescape(spelled, to, spelled.n));
    return HK_OK;
}

bool json_int(json_at *at, int64_t *ret)
{
    bool minus = json_first(at) == '-';
    at->p += minus;
    int64_t v = 0;
    for (; is_digit(at); at->p++)
        if (v <= HK_INT_MAX) /* beyond it, how far beyond does not matter */
            v = v * 10 + (*at->p - '0');
    *ret = minus ? -v : v;
    uint8_t behind = json_first(at);
    return behind != '.' && (behind | 0x20) != 'e';
}

void json_pass(json_at *at)
{
    size_t depth = 0;
    do {
        uint8_t c = json_first(at);
        hk_slice ignored;
        if (c == '"') {
            (void)pass_string(at, &ignored); /* escapes and all */
            continue;
        }
        depth += c == '{' || c == '[';
        depth -= (c == '}' || c == ']') && depth > 0;
        at->p++;
        if (depth == 0) /* a word or a number ends before what cannot stand in one */
            while (at->p < at->end && !strchr(",]} \t\r\n", *at->p))
                at->p++;
    } while (depth > 0 && at->p < at->end);
}

bool json_member(hk_slice object, const char *name, json_at *ret)
{
    json_at at = json_start(object);
    uint8_t space[JSON_NAME_MAX];
    for (bool more = json_enter(&at); more; more = json_next(&at)) {
        if (hk_slice_eq_z(json_name(&at, space), name)) {
            *ret = at;
            return true;
        }
        json_pass(&at);
    }
    return false;
}
