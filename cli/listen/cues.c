/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * WebVTT (W3C, 2019) and SRT: a line "time --> time", then text until an empty line. Who speaks stands in a
 * voice tag, `<v Ada>`, or before a colon; a cue without either goes on with the voice above. Other tags are
 * dropped; settings, notes, styles and regions are read over.
 */
#include "cli/listen/transcript.h"

typedef struct lines {
    hk_slice rest;
    size_t number; /* of the line last given */
} lines;

static bool next_line(lines *l, hk_slice *ret)
{
    if (l->rest.n == 0)
        return false;
    size_t end = hk_slice_find(l->rest, '\n');
    *ret = transcript_trim(hk_slice_part(l->rest, 0, end));
    l->rest = hk_slice_part(l->rest, end + 1, l->rest.n);
    l->number++;
    return true;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* One to three digits at *at. */
static bool read_digits(hk_slice s, size_t *at, int64_t *ret)
{
    size_t from = *at;
    for (*ret = 0; *at < s.n && is_digit(s.p[*at]) && *at < from + 3; (*at)++)
        *ret = *ret * 10 + (s.p[*at] - '0');
    return *at > from;
}

/* "01:02:03.450", "02:03.450", or with SRT's comma, at the start of s. */
static bool read_time(hk_slice s, int64_t *ret_ms)
{
    int64_t seconds = 0, part, ms;
    size_t at = 0, parts = 0;
    do {
        if (!read_digits(s, &at, &part))
            return false;
        seconds = seconds * 60 + part;
        parts++;
    } while (parts < 3 && at < s.n && s.p[at] == ':' && at++ < s.n);
    if (parts < 2 || at >= s.n || (s.p[at] != '.' && s.p[at] != ','))
        return false;
    size_t dot = at++;
    if (!read_digits(s, &at, &ms) || at != dot + 4)
        return false;
    *ret_ms = seconds * 1000 + ms;
    return true;
}

/* The name in "<v Ada>" or "<v.loud Ada>" at the start of a line; what follows in ret_rest. */
static hk_slice voice(hk_slice line, hk_slice *ret_rest)
{
    *ret_rest = line;
    size_t end = hk_slice_find(line, '>'), blank = hk_slice_find(line, ' ');
    if (!hk_slice_starts(line, HK_LIT("<v")) || end == line.n || blank > end ||
        (line.p[2] != ' ' && line.p[2] != '.'))
        return (hk_slice){0};
    *ret_rest = hk_slice_part(line, end + 1, line.n);
    return transcript_trim(hk_slice_part(line, blank + 1, end - blank - 1));
}

/* A sign written out ("&amp;") at s: how many bytes it takes, and the sign. */
static size_t written_out(hk_slice s, uint8_t *ret)
{
    static const struct {
        const char *name;
        uint8_t sign;
    } SIGNS[] = {{"&amp;", '&'},  {"&lt;", '<'},  {"&gt;", '>'},
                 {"&nbsp;", ' '}, {"&lrm;", ' '}, {"&rlm;", ' '}};
    for (size_t i = 0; i < HK_COUNT(SIGNS); i++)
        if (hk_slice_starts(s, hk_slice_z(SIGNS[i].name))) {
            *ret = SIGNS[i].sign;
            return strlen(SIGNS[i].name);
        }
    *ret = s.p[0];
    return 1;
}

/* The line without its tags. */
static hk_err untagged(hk_arena *arena, hk_slice line, hk_slice *ret)
{
    uint8_t *p = hk_arena_get(arena, line.n + 1);
    if (!p)
        return HK_NO_MEMORY;
    size_t n = 0;
    bool inside = false;
    for (size_t i = 0; i < line.n;) {
        inside = inside || line.p[i] == '<';
        bool ends = inside && line.p[i] == '>';
        size_t took = 1;
        if (!inside)
            took = written_out(hk_slice_part(line, i, line.n), &p[n++]);
        i += took;
        inside = inside && !ends;
    }
    *ret = transcript_trim(hk_slice_of(p, n));
    return HK_OK;
}

/* Up to the next voice on the same line, if there is one. */
static hk_slice one_voice(hk_slice line, hk_slice *ret_next)
{
    const uint8_t *next = line.n > 2 ? memmem(line.p + 1, line.n - 1, "<v ", 3) : NULL;
    size_t n = next ? (size_t)(next - line.p) : line.n;
    *ret_next = hk_slice_part(line, n, line.n);
    return hk_slice_part(line, 0, n);
}

/* One voice's words; a voice or a name begins a new utterance, and without one the voice above goes on. */
static hk_err read_said(hk_slice line, size_t number, int64_t start_ms, transcript *t, hk_slice *name,
                        transcript_problem *p)
{
    hk_slice rest, said = voice(line, &rest);
    if (said.n == 0)
        said = transcript_name(line, &rest);
    if (said.n > 0)
        *name = said;
    if (name->n == 0) {
        *p = (transcript_problem){.line = number,
                                  .expected = "who speaks: <v Name> or \"Name: \" before the words"};
        return HK_BAD;
    }
    utterance u = {.name = *name, .start_ms = start_ms};
    HK_TRY(untagged(t->arena, rest, &u.text));
    return u.text.n > 0 ? transcript_add(t, u) : HK_OK;
}

/* The text lines of one cue. */
static hk_err read_cue(lines *l, transcript *t, int64_t start_ms, transcript_problem *p)
{
    hk_slice line, name = t->n ? t->list[t->n - 1].name : (hk_slice){0};
    while (next_line(l, &line) && line.n > 0)
        for (hk_slice one = one_voice(line, &line); one.n > 0; one = one_voice(line, &line))
            HK_TRY(read_said(one, l->number, start_ms, t, &name, p));
    return HK_OK;
}

hk_err transcript_read_cues(hk_slice text, transcript *t, transcript_problem *p)
{
    lines l = {.rest = text};
    hk_slice line;
    int64_t last_ms = 0;
    while (next_line(&l, &line)) {
        const uint8_t *arrow = line.n ? memmem(line.p, line.n, "-->", 3) : NULL;
        if (!arrow)
            continue; /* empty, a note, a style, or the name or number of the cue that follows */
        int64_t start_ms, end_ms;
        size_t after = (size_t)(arrow - line.p) + 3;
        if (!read_time(line, &start_ms) ||
            !read_time(transcript_trim(hk_slice_part(line, after, line.n)), &end_ms)) {
            *p = (transcript_problem){.line = l.number,
                                      .expected = "two times such as 00:01:02.345 --> 00:01:04.000"};
            return HK_BAD;
        }
        if (start_ms < last_ms) {
            *p = (transcript_problem){.line = l.number,
                                      .expected = "a start time that is not before the one above"};
            return HK_BAD;
        }
        last_ms = start_ms;
        HK_TRY(read_cue(&l, t, start_ms, p));
    }
    return HK_OK;
}
