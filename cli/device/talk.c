/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/device/talk.h"

#include <stdlib.h>
#include <string.h>

#include "cli/device/steps.h"

#define HISTORY_SLOTS 2048
#define MID_SLOTS     2048

typedef struct held_entry {
    int64_t position; /* 0: free */
    int64_t kind;
    uint8_t *bytes;
    size_t n;
    uint8_t wrap[VAULT_WRAP_BYTES];
    bool has_wrap;
    uint8_t entry_hash[VAULT_HASH_BYTES];
} held_entry;

struct talk {
    device *d;
    conversation_id conversation;
    vault_log log;
    vault_stream stream;
    talk_on_taken on_taken;
    void *ctx;
    uint64_t history[HISTORY_SLOTS];
    uint64_t mids[MID_SLOTS];
    held_entry held[TALK_HELD_MAX];
    size_t held_count;
    uint8_t envelope[VAULT_ENVELOPE_BYTES_MAX];
};

hk_err talk_open(device *d, const conversation_id *conversation, talk_on_taken on_taken, void *ctx,
                 talk **ret)
{
    talk *t = calloc(1, sizeof *t);
    if (!t)
        return HK_NO_MEMORY;
    t->d = d;
    t->conversation = *conversation;
    t->on_taken = on_taken;
    t->ctx = ctx;
    vault_stream_make(&t->stream);
    vault_log_memory memory = {t->history, HISTORY_SLOTS, t->mids, MID_SLOTS};
    hk_err err = vault_log_init(&t->log, &d->me, conversation, &memory);
    if (err == HK_OK)
        err = talk_catch_up(t);
    if (err != HK_OK) {
        talk_free(t);
        return err;
    }
    *ret = t;
    return HK_OK;
}

void talk_free(talk *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < TALK_HELD_MAX; i++)
        free(t->held[i].bytes);
    vault_log_wipe(&t->log);
    explicit_bzero(t, sizeof *t);
    free(t);
}

/* The next entry in order. A commit brings its epoch's key with it. */
static hk_err take_now(talk *t, int64_t position, int64_t kind, hk_slice bytes, hk_slice wrap,
                       const uint8_t entry_hash[static VAULT_HASH_BYTES])
{
    if (kind == ENTRY_GONE)
        return vault_log_take_hash(&t->log, position, entry_hash);
    vault_taken taken;
    HK_TRY(vault_log_take(&t->log, position, bytes, &taken));
    if (taken.finding == VAULT_COMMITTED && wrap.n)
        HK_TRY(vault_log_wrap(&t->log, wrap));
    if (t->on_taken)
        t->on_taken(t->ctx, &taken);
    return HK_OK;
}

static held_entry *find_held(talk *t, int64_t position)
{
    for (size_t i = 0; i < TALK_HELD_MAX; i++)
        if (t->held[i].position == position)
            return &t->held[i];
    return NULL;
}

static hk_err take_held(talk *t)
{
    while (t->held_count) {
        held_entry *h = find_held(t, t->log.position + 1);
        if (!h)
            return HK_OK;
        hk_err err = take_now(t, h->position, h->kind, hk_slice_of(h->bytes, h->n),
                              hk_slice_of(h->wrap, h->has_wrap ? sizeof h->wrap : 0), h->entry_hash);
        free(h->bytes);
        *h = (held_entry){0};
        t->held_count--;
        HK_TRY(err);
    }
    return HK_OK;
}

static hk_err hold(talk *t, const entry_item *e)
{
    if (find_held(t, e->position))
        return HK_OK;
    held_entry *h = find_held(t, 0);
    if (!h)
        return talk_catch_up(t); /* too much came early: the table has it all in order */
    h->bytes = malloc(e->bytes.n ? e->bytes.n : 1);
    if (!h->bytes)
        return HK_NO_MEMORY;
    if (e->bytes.n)
        memcpy(h->bytes, e->bytes.p, e->bytes.n);
    h->n = e->bytes.n;
    h->position = e->position;
    h->kind = e->kind;
    h->has_wrap = e->wrap.n == sizeof h->wrap;
    if (h->has_wrap)
        memcpy(h->wrap, e->wrap.p, sizeof h->wrap);
    memcpy(h->entry_hash, e->entry_hash, sizeof h->entry_hash);
    t->held_count++;
    return HK_OK;
}

hk_err talk_take(talk *t, const entry_item *e)
{
    if (e->position <= t->log.position)
        return HK_OK; /* seen: told twice is no harm */
    if (e->position > t->log.position + 1)
        return hold(t, e);
    HK_TRY(take_now(t, e->position, e->kind, e->bytes, e->wrap, e->entry_hash));
    return take_held(t);
}

hk_err talk_kept(talk *t, int64_t position, hk_slice envelope)
{
    entry_item own = {.position = position, .kind = ENTRY_MESSAGE, .bytes = envelope};
    return talk_take(t, &own);
}

hk_err talk_catch_up(talk *t)
{
    for (;;) {
        device_step(t->d);
        const char *before;
        HK_TRY(device_path(t->d, "/api/conversations/", t->conversation.b, "/log?limit=500&after=", &before));
        const char *path = hk_arena_printf(&t->d->arena, "%s%lld", before, (long long)t->log.position);
        if (!path)
            return HK_NO_MEMORY;
        log_body answer = {0};
        HK_TRY(http_call(t->d->http, "GET", path, NULL, NULL, &LOG, &t->d->arena, &answer));
        const entry_item *entries = answer.entries.items;
        for (size_t i = 0; i < answer.entries.count; i++)
            HK_TRY(talk_take(t, &entries[i]));
        HK_TRY(take_held(t));
        if (answer.entries.count == 0 || t->log.position >= answer.position)
            return HK_OK;
    }
}

static hk_err seal(talk *t, const vault_words *words, hk_slice *ret)
{
    size_t n = 0;
    HK_TRY(vault_log_seal(&t->log, &t->stream, words, t->envelope, sizeof t->envelope, &n));
    *ret = hk_slice_of(t->envelope, n);
    return HK_OK;
}

hk_err talk_seal(talk *t, hk_slice text, message_id *ret_mid, hk_slice *ret)
{
    vault_words words = {.time_ms = device_now_ms(), .kind = VAULT_BODY_TEXT, .content = text};
    vault_make_id(words.mid.b);
    HK_TRY(seal(t, &words, ret));
    *ret_mid = words.mid;
    return HK_OK;
}

hk_err talk_say_kind(talk *t, uint8_t kind, hk_slice content, int64_t *ret_position)
{
    vault_words words = {.time_ms = device_now_ms(), .kind = kind, .content = content};
    vault_make_id(words.mid.b);
    message_body body = {0};
    HK_TRY(seal(t, &words, &body.envelope));
    device_step(t->d);
    const char *path;
    HK_TRY(device_path(t->d, "/api/conversations/", t->conversation.b, "/messages", &path));
    kept_body kept = {0};
    HK_TRY(http_call(t->d->http, "POST", path, &MESSAGE, &body, &KEPT, &t->d->arena, &kept));
    *ret_position = kept.position;
    return talk_kept(t, kept.position, body.envelope);
}

hk_err talk_say(talk *t, hk_slice text)
{
    int64_t position;
    return talk_say_kind(t, VAULT_BODY_TEXT, text, &position);
}

hk_err talk_seal_again(talk *t, const message_id *mid, int64_t time_ms, hk_slice text, bool new_stream,
                       hk_slice *ret)
{
    if (new_stream)
        vault_stream_make(&t->stream);
    vault_words words = {.mid = *mid, .time_ms = time_ms, .kind = VAULT_BODY_TEXT, .content = text};
    return seal(t, &words, ret);
}

int64_t talk_position(const talk *t)
{
    return t->log.position;
}

const conversation_id *talk_conversation(const talk *t)
{
    return &t->conversation;
}

const vault_log *talk_log(const talk *t)
{
    return &t->log;
}
