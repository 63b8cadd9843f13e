/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/device/line.h"

#include <stdlib.h>
#include <string.h>

#include "cli/device/socket.h"
#include "wire/json.h"

typedef struct unanswered {
    int64_t id; /* 0: free */
    void *token;
    char *text;
    size_t n;
    bool forgotten; /* whoever asked is gone */
} unanswered;

struct line {
    struct event_base *loop;
    device *d;
    const line_events *events;
    void *ctx;
    socket_client *socket;
    struct event *retry;
    int64_t lost_at_ms; /* when the line broke; 0: it is open */
    int64_t next_id, oldest_id, opened;
    unanswered asked[LINE_UNANSWERED]; /* by id modulo its size */
    hk_arena arena;
    bool open;
};

#define LINE_ARENA_BYTES ((size_t)256 << 10)

static const char *const BESIDE[] = {"t", "id", NULL};

static void send_unanswered(line *l)
{
    for (int64_t id = l->oldest_id; id < l->next_id; id++) {
        const unanswered *u = &l->asked[id % LINE_UNANSWERED];
        if (u->id == id && socket_send(l->socket, hk_slice_of(u->text, u->n)) != HK_OK)
            return; /* the line broke again: the retry sends them */
    }
}

static void retry_in(line *l, int64_t ms)
{
    struct timeval wait = {ms / 1000, (ms % 1000) * 1000};
    event_add(l->retry, &wait);
}

static void on_close(void *ctx, int code)
{
    (void)code;
    line *l = ctx;
    l->open = false;
    if (l->lost_at_ms == 0)
        l->lost_at_ms = device_now_ms();
    retry_in(l, LINE_RETRY_MS);
}

static void on_open(void *ctx)
{
    line *l = ctx;
    l->open = true;
    l->opened++;
    if (l->events->on_back(l->ctx) == HK_BUSY) {
        on_close(l, 0);
        return;
    }
    l->lost_at_ms = 0;
    send_unanswered(l);
}

/* A member that is a text; "" when it is not there. */
static const char *word_of(line *l, hk_slice message, const char *name)
{
    json_at at;
    hk_slice text;
    const char *word = NULL;
    if (json_member(message, name, &at) && json_first(&at) == '"' &&
        json_text(&at, &l->arena, &text) == HK_OK)
        word = hk_arena_text(&l->arena, text);
    return word ? word : "";
}

static void take_answer(line *l, hk_slice message, hk_err err)
{
    json_at at;
    int64_t id = 0;
    unanswered *u = NULL;
    if (json_member(message, "id", &at) && json_int(&at, &id) && id > 0)
        u = &l->asked[id % LINE_UNANSWERED];
    if (!u || u->id != id)
        return; /* an answer to nothing we asked */
    void *token = u->token;
    bool forgotten = u->forgotten;
    free(u->text);
    *u = (unanswered){0};
    while (l->oldest_id < l->next_id && l->asked[l->oldest_id % LINE_UNANSWERED].id == 0)
        l->oldest_id++;
    if (forgotten)
        return;
    kept_body kept = {0};
    shape_problem problem;
    if (err == HK_OK)
        err = shape_fill(&KEPT, message, BESIDE, &l->arena, &kept, &problem);
    l->events->on_answer(l->ctx, token, err, &kept, word_of(l, message, "code"));
}

static void on_text(void *ctx, hk_slice text)
{
    line *l = ctx;
    shape_problem problem;
    hk_arena_clear(&l->arena);
    if (shape_check(text, &problem) != HK_OK)
        return;
    const char *t = word_of(l, text, "t");
    if (strcmp(t, "ok") == 0) {
        take_answer(l, text, HK_OK);
    } else if (strcmp(t, "problem") == 0) {
        take_answer(l, text, HK_CONFLICT);
    } else if (strcmp(t, "entry") == 0) {
        entry_item entry = {0};
        if (shape_fill(&ENTRY, text, BESIDE, &l->arena, &entry, &problem) == HK_OK)
            l->events->on_entry(l->ctx, &entry);
    }
}

static const socket_events SOCKET_EVENTS = {on_open, on_text, on_close};

static hk_err try_to_open(line *l)
{
    char ticket[DEVICE_TICKET_MAX];
    HK_TRY(device_ticket(l->d, ticket));
    return socket_open(l->loop, http_url(l->d->http), http_cookie(l->d->http), hk_slice_z(ticket),
                       &SOCKET_EVENTS, l, &l->socket);
}

static void on_retry(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    line *l = ctx;
    socket_free(l->socket);
    l->socket = NULL;
    if (device_now_ms() - l->lost_at_ms > LINE_PATIENCE_MS) {
        l->events->on_lost(l->ctx);
        return;
    }
    if (try_to_open(l) != HK_OK)
        retry_in(l, LINE_RETRY_MS * 4);
}

hk_err line_open(struct event_base *loop, device *d, const line_events *events, void *ctx, line **ret)
{
    line *l = calloc(1, sizeof *l);
    if (!l)
        return HK_NO_MEMORY;
    l->loop = loop;
    l->d = d;
    l->events = events;
    l->ctx = ctx;
    l->next_id = l->oldest_id = 1;
    hk_arena_init(&l->arena, LINE_ARENA_BYTES);
    l->retry = event_new(loop, -1, 0, on_retry, l);
    hk_err err = l->retry ? try_to_open(l) : HK_NO_MEMORY;
    if (err != HK_OK) {
        line_free(l);
        return err;
    }
    *ret = l;
    return HK_OK;
}

void line_free(line *l)
{
    if (!l)
        return;
    socket_free(l->socket);
    if (l->retry)
        event_free(l->retry);
    for (size_t i = 0; i < LINE_UNANSWERED; i++)
        free(l->asked[i].text);
    hk_arena_done(&l->arena);
    free(l);
}

/* Kept until it is answered: a line that broke sends it again. */
static hk_err write_send(line *l, int64_t id, const send_body *body, unanswered *ret)
{
    hk_slice json;
    hk_arena_clear(&l->arena);
    HK_TRY(shape_encode_message("send", id, &SEND, body, &l->arena, &json));
    char *text = malloc(json.n);
    if (!text)
        return HK_NO_MEMORY;
    memcpy(text, json.p, json.n);
    ret->text = text;
    ret->n = json.n;
    return HK_OK;
}

hk_err line_send(line *l, const conversation_id *conversation, hk_slice envelope, void *token)
{
    int64_t id = l->next_id;
    unanswered *u = &l->asked[id % LINE_UNANSWERED];
    if (u->id != 0)
        return HK_TOO_MUCH;
    send_body body = {*conversation, envelope};
    HK_TRY(write_send(l, id, &body, u));
    u->id = id;
    u->token = token;
    l->next_id++;
    if (l->open) /* a broken line sends it when it is back */
        (void)socket_send(l->socket, hk_slice_of(u->text, u->n));
    return HK_OK;
}

void line_forget(line *l, const void *first, const void *end)
{
    for (size_t i = 0; i < LINE_UNANSWERED; i++) {
        unanswered *u = &l->asked[i];
        uintptr_t token = (uintptr_t)u->token;
        if (u->id != 0 && token >= (uintptr_t)first && token < (uintptr_t)end)
            u->forgotten = true;
    }
}

bool line_is_open(const line *l)
{
    return l->open;
}

int64_t line_times_opened(const line *l)
{
    return l->opened;
}
