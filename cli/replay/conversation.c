/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/replay/conversation.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static hk_err wrong(replay_problem *problem, const char *expected)
{
    problem->expected = expected;
    return HK_BAD;
}

static hk_err parse_turn(json_t *from, hk_arena *arena, replay_turn *ret, replay_problem *problem)
{
    if (!json_is_object(from))
        return wrong(problem, "each turn is an object with \"who\" and \"text\"");
    const char *who = json_string_value(json_object_get(from, "who"));
    json_t *text = json_object_get(from, "text");
    if (!who || (strcmp(who, "listener") != 0 && strcmp(who, "speaker") != 0))
        return wrong(problem, "\"who\" of each turn is \"listener\" or \"speaker\"");
    if (!json_is_string(text))
        return wrong(problem, "\"text\" of each turn is text");
    if (json_string_length(text) > REPLAY_TEXT_MAX_BYTES)
        return wrong(problem, "a turn's text has at most 16,000 bytes: a message holds no more");
    ret->by_listener = who[0] == 'l';
    return hk_arena_copy(arena, hk_slice_of(json_string_value(text), json_string_length(text)), &ret->text);
}

static hk_err parse_object(json_t *from, hk_arena *arena, replay_conversation *ret, replay_problem *problem)
{
    if (!json_is_object(from))
        return wrong(problem, "one JSON object a line, {\"id\": ..., \"turns\": [...]}");
    json_t *id = json_object_get(from, "id"), *turns = json_object_get(from, "turns");
    if (!json_is_string(id) || json_string_length(id) > 200)
        return wrong(problem, "\"id\" is text of at most 200 bytes");
    if (!json_is_array(turns) || json_array_size(turns) == 0)
        return wrong(problem, "\"turns\" is a list with at least one turn");
    if (json_array_size(turns) > REPLAY_TURNS_MAX)
        return wrong(problem, "a conversation has at most 20,000 turns");
    ret->turn_count = json_array_size(turns);
    ret->turns = hk_arena_get_array(arena, ret->turn_count, sizeof *ret->turns);
    if (!ret->turns)
        return HK_NO_MEMORY;
    for (size_t i = 0; i < ret->turn_count; i++)
        HK_TRY(parse_turn(json_array_get(turns, i), arena, &ret->turns[i], problem));
    return hk_arena_copy(arena, hk_slice_of(json_string_value(id), json_string_length(id)), &ret->id);
}

hk_err replay_parse_line(hk_slice line, hk_arena *arena, replay_conversation *ret, replay_problem *problem)
{
    if (line.n > REPLAY_LINE_MAX_BYTES)
        return wrong(problem, "a line has at most 4 MiB");
    json_error_t ignored; /* its text quotes the input, which may be somebody's words */
    json_t *root = json_loadb((const char *)line.p, line.n, JSON_REJECT_DUPLICATES, &ignored);
    if (!root)
        return wrong(problem, "one whole JSON object a line, in UTF-8");
    *ret = (replay_conversation){0};
    hk_err err = parse_object(root, arena, ret, problem);
    json_decref(root);
    return err;
}

static bool is_blank(hk_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\r')
            return false;
    return true;
}

/* The conversations double their room as they come; the arena keeps the outgrown lists until the end. */
static hk_err append(hk_arena *arena, replay_conversation **list, size_t *cap, size_t count,
                     replay_conversation c)
{
    if (count == *cap) {
        size_t bigger = *cap ? *cap * 2 : 64;
        replay_conversation *more = hk_arena_get_array(arena, bigger, sizeof *more);
        if (!more)
            return HK_NO_MEMORY;
        if (count)
            memcpy(more, *list, count * sizeof *more);
        *list = more;
        *cap = bigger;
    }
    (*list)[count] = c;
    return HK_OK;
}

hk_err replay_read(FILE *from, hk_arena *arena, replay_conversation **ret, size_t *ret_count,
                   replay_problem *problem)
{
    char *line = NULL;
    size_t line_cap = 0, cap = 0, count = 0, bytes = 0;
    replay_conversation *list = NULL;
    hk_err err = HK_OK;
    *problem = (replay_problem){0};
    for (ssize_t n; err == HK_OK && (n = getline(&line, &line_cap, from)) >= 0;) {
        problem->line++;
        bytes += (size_t)n;
        if (bytes > REPLAY_FILE_MAX_BYTES) {
            err = wrong(problem, "a file has at most 256 MiB");
            break;
        }
        while (n && line[n - 1] == '\n')
            n--;
        if (is_blank(hk_slice_of(line, (size_t)n)))
            continue;
        replay_conversation c;
        err = replay_parse_line(hk_slice_of(line, (size_t)n), arena, &c, problem);
        if (err == HK_OK)
            err = append(arena, &list, &cap, count++, c);
    }
    free(line);
    if (err != HK_OK)
        return err;
    problem->line = 0;
    if (count == 0)
        return wrong(problem, "at least one conversation");
    *ret = list;
    *ret_count = count;
    return HK_OK;
}
