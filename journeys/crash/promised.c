/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "journeys/crash/promised.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_TEXT 22 /* characters of an id */
#define R_TEXT  43

static hk_err read_bytes(const char *text, size_t characters, uint8_t *ret, size_t size)
{
    size_t n = 0;
    HK_TRY(hk_b64_decode(hk_slice_of(text, characters), ret, size, &n));
    return n == size ? HK_OK : HK_BAD;
}

static hk_err take_talk(const char *line, const replay_conversation *talks, size_t talk_count, promised *p)
{
    promised_talk *t = &p->talks[p->count];
    char conversation[ID_TEXT + 1], r[R_TEXT + 1];
    int at = 0;
    if (p->count == PROMISED_TALKS_MAX ||
        sscanf(line, "talk %22s %79s %43s %79s %n", conversation, t->client, r, t->listener, &at) != 4 ||
        at == 0)
        return HK_BAD;
    HK_TRY(read_bytes(conversation, ID_TEXT, t->conversation.b, HK_ID_BYTES));
    HK_TRY(read_bytes(r, R_TEXT, t->r, sizeof t->r));
    for (size_t i = 0; i < talk_count && !t->what; i++)
        if (hk_slice_eq(talks[i].id, hk_slice_z(line + at)))
            t->what = &talks[i];
    p->count++;
    return t->what ? HK_OK : HK_BAD;
}

static hk_err take_kept(const char *line, promised *p)
{
    conversation_id conversation;
    char text[ID_TEXT + 1];
    size_t turn;
    if (sscanf(line, "kept %22s %zu", text, &turn) != 2)
        return HK_BAD;
    HK_TRY(read_bytes(text, ID_TEXT, conversation.b, HK_ID_BYTES));
    for (size_t i = 0; i < p->count; i++) {
        promised_talk *t = &p->talks[i];
        if (!HK_ID_EQ(t->conversation, conversation))
            continue;
        if (turn >= t->what->turn_count)
            return HK_BAD;
        side by = t->what->turns[turn].by_listener ? LISTENER : SPEAKER;
        t->acknowledged[by]++;
        if (turn + 1 > t->kept[by])
            t->kept[by] = turn + 1;
        return HK_OK;
    }
    return HK_BAD;
}

hk_err promised_read(const char *ledger_file, const replay_conversation *talks, size_t talk_count,
                     hk_arena *arena, promised *ret)
{
    *ret = (promised){.talks = hk_arena_get_array(arena, PROMISED_TALKS_MAX, sizeof *ret->talks)};
    FILE *f = fopen(ledger_file, "r");
    if (!f || !ret->talks) {
        if (f)
            (void)fclose(f); /* nothing was read */
        return f ? HK_NO_MEMORY : HK_NOT_THERE;
    }
    memset(ret->talks, 0, PROMISED_TALKS_MAX * sizeof *ret->talks);
    char *line = NULL;
    size_t cap = 0;
    hk_err err = HK_OK;
    for (ssize_t n; err == HK_OK && (n = getline(&line, &cap, f)) > 0 && line[n - 1] == '\n';) {
        line[n - 1] = '\0';
        err = strncmp(line, "talk ", 5) == 0 ? take_talk(line, talks, talk_count, ret) : take_kept(line, ret);
    }
    free(line);
    (void)fclose(f); /* it was only read */
    return err;
}
