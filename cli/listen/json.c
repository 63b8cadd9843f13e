/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Two kinds of JSON: our own, {"turns":[{"who":"listener"|"speaker","text","start_ms"?}]}, and what whisper
 * and its kin write, {"segments":[{"start","end","text","speaker"}]}. Members that we do not know are read
 * over: both are exchanged with other tools. jansson keeps no places inside a valid document, so a problem of
 * sense names the turn, and its line is looked for in the text once more.
 */
#include "cli/listen/transcript.h"

#include <jansson.h>

#define START_S_MAX 1e9

static hk_err expected(transcript_problem *p, const char *what)
{
    *p = (transcript_problem){.line = p->turn ? 0 : 1, .expected = what, .turn = p->turn};
    return HK_BAD;
}

static hk_err text_of(hk_arena *arena, const json_t *value, hk_slice *ret)
{
    return hk_arena_copy(arena, hk_slice_of(json_string_value(value), json_string_length(value)), ret);
}

static bool is_string(const json_t *value, const char *text)
{
    return json_is_string(value) && strcmp(json_string_value(value), text) == 0;
}

/* A number of 0 or more, times unit, in ms; absent and null are no time. */
static bool read_start(const json_t *value, double unit, int64_t *ret)
{
    *ret = LISTEN_NO_TIME;
    if (!value || json_is_null(value))
        return true;
    double ms = json_number_value(value) * unit;
    if (!json_is_number(value) || !(ms >= 0 && ms <= START_S_MAX * 1000.0))
        return false;
    *ret = (int64_t)(ms + 0.5);
    return true;
}

static hk_err read_turn(transcript *t, const json_t *turn, transcript_problem *p)
{
    const json_t *who = json_object_get(turn, "who"), *text = json_object_get(turn, "text");
    utterance u;
    if (!json_is_object(turn))
        return expected(p, "every turn to be an object with \"who\" and \"text\"");
    if (!is_string(who, "listener") && !is_string(who, "speaker"))
        return expected(p, "\"who\" to be \"listener\" or \"speaker\" in every turn");
    if (!json_is_string(text))
        return expected(p, "\"text\" to be a string in every turn");
    if (!read_start(json_object_get(turn, "start_ms"), 1, &u.start_ms))
        return expected(p, "\"start_ms\", where given, to be milliseconds from the beginning");
    u.name = is_string(who, "listener") ? HK_LIT("listener") : HK_LIT("speaker");
    HK_TRY(text_of(t->arena, text, &u.text));
    return transcript_add(t, u);
}

static hk_err read_segment(transcript *t, const json_t *segment, transcript_problem *p)
{
    const json_t *text = json_object_get(segment, "text"), *name = json_object_get(segment, "speaker");
    utterance u;
    if (!json_is_object(segment) || !json_is_string(text))
        return expected(p, "\"text\" to be a string in every segment");
    if (!json_is_string(name) || json_string_length(name) == 0)
        return expected(p, "\"speaker\" in every segment: a recogniser alone does not tell who speaks");
    if (!read_start(json_object_get(segment, "start"), 1000, &u.start_ms))
        return expected(p, "\"start\", where given, to be seconds from the beginning");
    HK_TRY(text_of(t->arena, name, &u.name));
    HK_TRY(text_of(t->arena, text, &u.text));
    return transcript_add(t, u);
}

static hk_err read_document(const json_t *root, transcript *t, transcript_problem *p)
{
    const json_t *turns = json_object_get(root, "turns"), *segments = json_object_get(root, "segments");
    t->who_is_known = json_is_array(turns);
    const json_t *list = t->who_is_known ? turns : segments;
    if (!json_is_array(list))
        return expected(p, "an object with a list: \"turns\" (ours) or \"segments\" (whisper's)");
    for (size_t i = 0; i < json_array_size(list); i++) {
        p->turn = i + 1;
        HK_TRY(t->who_is_known ? read_turn(t, json_array_get(list, i), p)
                               : read_segment(t, json_array_get(list, i), p));
    }
    return HK_OK;
}

/* Past the closing quote of the string that begins at `at`. */
static size_t after_string(hk_slice text, size_t at)
{
    for (at++; at < text.n && text.p[at] != '"'; at++)
        at += text.p[at] == '\\';
    return at + 1;
}

/* In a valid document, the line on which item `nth` (from 1) of the list called `name` begins; 0 when the
 * name is spelled with escapes. */
static size_t line_of_item(hk_slice text, const char *name, size_t nth)
{
    size_t depth = 0, line = 1, item = 0;
    bool named = false, inside = false, begins = false;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t c = text.p[i];
        line += c == '\n';
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
            continue;
        if (begins && ++item == nth)
            return line;
        begins = inside && depth == 2 && c == ',';
        if (c == '"') {
            size_t end = after_string(text, i);
            if (depth == 1)
                named = hk_slice_eq_z(hk_slice_part(text, i + 1, end - i - 2), name);
            i = end - 1;
        } else if (c == '{' || c == '[') {
            inside = inside || (named && depth == 1 && c == '[');
            begins = begins || (inside && depth == 1);
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return 0;
}

hk_err transcript_read_json(hk_slice text, transcript *t, transcript_problem *p)
{
    json_error_t error;
    json_t *root = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!root) {
        *p = (transcript_problem){.line = error.line > 0 ? (size_t)error.line : 1,
                                  .expected = "valid JSON in UTF-8, no member twice"};
        return HK_BAD;
    }
    p->turn = 0;
    hk_err err = read_document(root, t, p);
    if (err == HK_BAD && p->turn > 0)
        p->line = line_of_item(text, t->who_is_known ? "turns" : "segments", p->turn);
    json_decref(root);
    return err;
}
