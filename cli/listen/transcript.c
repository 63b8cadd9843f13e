/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * From a file to turns: guess the format, read it, find out who listened, and join what one person said in
 * one go.
 */
#include "cli/listen/transcript.h"

#include <strings.h>

#define NAME_MAX_BYTES 40

transcript_format transcript_guess(hk_slice text)
{
    hk_slice s = transcript_trim(text);
    if (s.n > 0 && (s.p[0] == '{' || s.p[0] == '['))
        return FORMAT_JSON;
    if (hk_slice_starts(s, HK_LIT("WEBVTT")))
        return FORMAT_CUES;
    hk_slice head = hk_slice_part(s, 0, 200);
    if (head.n > 0 && head.p[0] >= '0' && head.p[0] <= '9' && memmem(head.p, head.n, "-->", 3))
        return FORMAT_CUES;
    return FORMAT_PLAIN;
}

static hk_err read_as(transcript_format format, hk_slice text, transcript *t, transcript_problem *p)
{
    switch (format) {
    case FORMAT_JSON:
        return transcript_read_json(text, t, p);
    case FORMAT_CUES:
        return transcript_read_cues(text, t, p);
    case FORMAT_PLAIN:
        return transcript_read_plain(text, t, p);
    }
    return HK_BAD;
}

hk_err transcript_read(hk_slice text, hk_arena *arena, transcript *ret, transcript_problem *p)
{
    *ret = (transcript){.arena = arena};
    *p = (transcript_problem){0};
    if (hk_slice_starts(text, HK_LIT("\xEF\xBB\xBF")))
        text = hk_slice_part(text, 3, text.n);
    if (text.n > 0 && memchr(text.p, 0, text.n)) {
        p->expected = "text in UTF-8 (it holds zero bytes, as no text does)";
        return HK_BAD;
    }
    HK_TRY(read_as(transcript_guess(text), text, ret, p));
    *p = (transcript_problem){0};
    if (ret->n == 0) {
        p->expected = "at least one turn";
        return HK_BAD;
    }
    return HK_OK;
}

hk_err transcript_add(transcript *t, utterance u)
{
    if (t->n == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 64;
        utterance *list = hk_arena_get_array(t->arena, cap, sizeof *list);
        if (!list)
            return HK_NO_MEMORY;
        if (t->n)
            memcpy(list, t->list, t->n * sizeof *list);
        t->list = list;
        t->cap = cap;
    }
    t->list[t->n++] = u;
    return HK_OK;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

hk_slice transcript_trim(hk_slice s)
{
    while (s.n && is_blank(s.p[0]))
        s = hk_slice_part(s, 1, s.n);
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

hk_slice transcript_name(hk_slice line, hk_slice *ret_rest)
{
    *ret_rest = line;
    size_t colon = hk_slice_find(line, ':');
    if (colon == 0 || colon >= line.n || colon > NAME_MAX_BYTES)
        return (hk_slice){0};
    for (size_t i = 0; i < colon; i++)
        if (line.p[i] < ' ' || strchr(",.?!<>\"", line.p[i]))
            return (hk_slice){0};
    hk_slice name = transcript_trim(hk_slice_part(line, 0, colon));
    if (name.n > 0)
        *ret_rest = transcript_trim(hk_slice_part(line, colon + 1, line.n));
    return name;
}

hk_err transcript_join(hk_arena *arena, hk_slice a, hk_slice b, hk_slice *ret)
{
    uint8_t *p = hk_arena_get(arena, a.n + 1 + b.n);
    if (!p)
        return HK_NO_MEMORY;
    if (a.n)
        memcpy(p, a.p, a.n);
    p[a.n] = ' ';
    if (b.n)
        memcpy(p + a.n + 1, b.p, b.n);
    *ret = hk_slice_of(p, a.n + 1 + b.n);
    return HK_OK;
}

static bool same_name(hk_slice a, hk_slice b)
{
    return a.n == b.n && (a.n == 0 || strncasecmp((const char *)a.p, (const char *)b.p, a.n) == 0);
}

/* Words people write for the one who listens. */
static bool means_listener(hk_slice name)
{
    static const char *const WORDS[] = {"listener",  "therapist",   "counsellor", "counselor",
                                        "clinician", "interviewer", "helper",     "volunteer",
                                        "peer",      "practitioner"};
    for (size_t i = 0; i < HK_COUNT(WORDS); i++)
        if (same_name(name, hk_slice_z(WORDS[i])))
            return true;
    return false;
}

static hk_err not_evident(transcript_problem *p, const char *expected)
{
    p->expected = expected;
    return HK_BAD;
}

static hk_err find_listener(const transcript *t, hk_slice asked, hk_slice *ret, transcript_problem *p)
{
    *ret = (hk_slice){0};
    for (size_t i = 0; i < t->n; i++) {
        hk_slice name = t->list[i].name;
        if (!(asked.n > 0 ? same_name(name, asked) : means_listener(name)))
            continue;
        if (ret->n > 0 && !same_name(name, *ret))
            return not_evident(p, "--listener NAME: more than one of the names says that it listens");
        *ret = name;
    }
    if (ret->n > 0)
        return HK_OK;
    return not_evident(p, asked.n > 0 ? "--listener to be a name that occurs in the transcript"
                                      : "a name such as \"Listener\" or \"Therapist\", or --listener NAME");
}

hk_err transcript_turns(const transcript *t, hk_slice listener, listen_turn **ret, size_t *ret_n,
                        transcript_problem *p)
{
    *p = (transcript_problem){0};
    hk_slice name = HK_LIT("listener");
    if (!t->who_is_known)
        HK_TRY(find_listener(t, listener, &name, p));
    listen_turn *turns = hk_arena_get_array(t->arena, t->n + 1, sizeof *turns);
    if (!turns)
        return HK_NO_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        const utterance *u = &t->list[i];
        listen_who who = same_name(u->name, name) ? LISTEN_LISTENER : LISTEN_SPEAKER;
        if (!t->who_is_known && n > 0 && turns[n - 1].who == who && turns[n - 1].text.n < LISTEN_TEXT_MAX)
            HK_TRY(transcript_join(t->arena, turns[n - 1].text, u->text, &turns[n - 1].text));
        else
            turns[n++] = (listen_turn){.who = who, .text = u->text, .start_ms = u->start_ms};
    }
    if (n > LISTEN_TURNS_MAX) {
        p->expected = "at most 20000 turns";
        return HK_BAD;
    }
    *ret = turns;
    *ret_n = n;
    return HK_OK;
}
