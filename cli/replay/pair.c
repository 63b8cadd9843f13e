/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/replay/pair.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct turn_sent { /* a turn on its way; the token of its line_send */
    pair *p;
    size_t turn;
    message_id mid;
    int64_t time_ms; /* as sealed */
    int64_t sent_us;
    bool opened;
    uint8_t *envelope;
    size_t envelope_n;
} turn_sent;

struct pair {
    const replay_conversation *what;
    device *client, *listener;
    line *client_line, *listener_line;
    talk *client_talk, *listener_talk;
    turn_sent *turns;
    size_t next, first_unopened;
    size_t answered;          /* turns the place has acknowledged */
    size_t last_opened_by[2]; /* highest turn + 1 that this side opened, to see reordering */
    int window;
    replay_tally *tally;
    const char *problem;
};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void stop(pair *p, const char *why)
{
    if (!p->problem)
        p->problem = why;
}

static void note_latency(replay_tally *t, int64_t us)
{
    if (t->latency_count == t->latency_cap) {
        size_t cap = t->latency_cap ? t->latency_cap * 2 : 4096;
        uint32_t *bigger = realloc(t->latency_us, cap * sizeof *bigger);
        if (!bigger)
            return; /* a figure less, nothing else */
        t->latency_us = bigger;
        t->latency_cap = cap;
    }
    t->latency_us[t->latency_count++] = us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

/* The newest first: what is opened now was sent just now. */
static turn_sent *turn_of(pair *p, const message_id *mid)
{
    for (size_t i = p->next; i > 0; i--)
        if (HK_ID_EQ(p->turns[i - 1].mid, *mid))
            return &p->turns[i - 1];
    return NULL;
}

/* The other side opened a message: is it the one, once, in order, with the same words? */
static void count_opened(pair *p, const vault_taken *taken, bool by_listener)
{
    turn_sent *t = turn_of(p, &taken->mid);
    if (!t) {
        p->tally->altered++; /* words nobody here has sent */
        return;
    }
    if (p->what->turns[t->turn].by_listener == by_listener)
        return; /* one's own words, read back from the log */
    if (t->opened) {
        p->tally->duplicated++;
        return;
    }
    t->opened = true;
    p->tally->opened++;
    note_latency(p->tally, now_us() - t->sent_us);
    if (t->turn + 1 <= p->last_opened_by[by_listener])
        p->tally->reordered++;
    else
        p->last_opened_by[by_listener] = t->turn + 1;
    if (!hk_slice_eq(taken->content, p->what->turns[t->turn].text))
        p->tally->altered++;
    while (p->first_unopened < p->next && p->turns[p->first_unopened].opened)
        p->first_unopened++;
}

static void on_taken(pair *p, const vault_taken *taken, bool by_listener)
{
    switch (taken->finding) {
    case VAULT_SHOWN:
        count_opened(p, taken, by_listener);
        return;
    case VAULT_COMMITTED:
        return;
    case VAULT_DUPLICATE:
        p->tally->duplicated++;
        return;
    case VAULT_BAD:
    case VAULT_SHOWN_GAP:
    case VAULT_SHOWN_FORKED:
    case VAULT_SHOWN_PASSED_ON: /* nobody here lost their keys */
        p->tally->unverified++;
        return;
    }
}

static void on_client_taken(void *ctx, const vault_taken *taken)
{
    on_taken(ctx, taken, false);
}

static void on_listener_taken(void *ctx, const vault_taken *taken)
{
    on_taken(ctx, taken, true);
}

static void on_client_entry(void *ctx, const entry_item *entry)
{
    pair *p = ctx;
    if (p->client_talk && talk_take(p->client_talk, entry) != HK_OK)
        stop(p, "the client could not read an entry");
}

void pair_listener_entry(pair *p, const entry_item *entry)
{
    if (p->listener_talk && talk_take(p->listener_talk, entry) != HK_OK)
        stop(p, "the listener could not read an entry");
}

static hk_err catch_up(pair *p, talk *t, const char *problem)
{
    hk_err err = t && !p->problem ? talk_catch_up(t) : HK_OK;
    if (err != HK_OK &&
        err != HK_BUSY) /* a place that is gone again is no problem yet: the line waits for it */
        stop(p, problem);
    return err;
}

static hk_err on_client_back(void *ctx)
{
    pair *p = ctx;
    return catch_up(p, p->client_talk, "the client could not read the log");
}

hk_err pair_listener_back(pair *p)
{
    return catch_up(p, p->listener_talk, "the listener could not read the log");
}

static void on_client_lost(void *ctx)
{
    stop(ctx, "the client's line could not be opened again");
}

static void keep_envelope(turn_sent *t, hk_slice envelope)
{
    free(t->envelope);
    t->envelope = malloc(envelope.n);
    t->envelope_n = t->envelope ? envelope.n : 0;
    if (t->envelope)
        memcpy(t->envelope, envelope.p, envelope.n);
    else
        stop(t->p, "there is no memory left");
}

/* The place did not take it: read on, seal the same words again, send. */
static void send_anew(turn_sent *t, bool new_stream)
{
    pair *p = t->p;
    const replay_turn *turn = &p->what->turns[t->turn];
    talk *from = turn->by_listener ? p->listener_talk : p->client_talk;
    hk_slice envelope;
    hk_err err = talk_catch_up(from);
    if (err == HK_OK)
        err = talk_seal_again(from, &t->mid, t->time_ms, turn->text, new_stream, &envelope);
    if (err == HK_OK)
        keep_envelope(t, envelope);
    if (err != HK_OK || line_send(turn->by_listener ? p->listener_line : p->client_line,
                                  talk_conversation(from), envelope, t) != HK_OK)
        stop(p, "words could not be sealed again");
}

void pair_answer(void *token, hk_err err, const kept_body *kept, const char *code)
{
    turn_sent *t = token;
    pair *p = t->p;
    if (err != HK_OK && strcmp(code, "stale_epoch") == 0) {
        send_anew(t, false);
        return;
    }
    if (err != HK_OK && strcmp(code, "stream_conflict") == 0) {
        send_anew(t, true);
        return;
    }
    if (err != HK_OK) {
        stop(p, "the place refused a message");
        return;
    }
    talk *from = p->what->turns[t->turn].by_listener ? p->listener_talk : p->client_talk;
    if (talk_kept(from, kept->position, hk_slice_of(t->envelope, t->envelope_n)) != HK_OK)
        stop(p, "a sender could not read its own words back");
    free(t->envelope);
    t->envelope = NULL;
    p->answered++;
    ledger_kept(p->tally->ledger, talk_conversation(from), t->turn);
}

static void on_client_answer(void *ctx, void *token, hk_err err, const kept_body *kept, const char *code)
{
    (void)ctx;
    pair_answer(token, err, kept, code);
}

static const line_events CLIENT_EVENTS = {on_client_entry, on_client_answer, on_client_back, on_client_lost};

static hk_err introduce(pair *p, const char *url)
{
    HK_TRY(device_new(url, &p->client));
    HK_TRY(device_arrive(p->client));
    conversation_id conversation;
    HK_TRY(device_ask(p->client, HK_LIT("Replay"), HK_LIT("(a replayed conversation)"), &conversation));
    HK_TRY(device_accept(p->listener, &conversation));
    ledger_talk(p->tally->ledger, &conversation, p->client, p->listener, p->what);
    HK_TRY(talk_open(p->client, &conversation, on_client_taken, p, &p->client_talk));
    return talk_open(p->listener, &conversation, on_listener_taken, p, &p->listener_talk);
}

hk_err pair_open(struct event_base *loop, const char *url, device *listener, line *listener_line,
                 const replay_conversation *what, int window, replay_tally *tally, pair **ret)
{
    pair *p = calloc(1, sizeof *p);
    if (!p)
        return HK_NO_MEMORY;
    *ret = p; /* also on failure: its problem is asked for, then it is freed */
    p->what = what;
    p->listener = listener;
    p->listener_line = listener_line;
    p->window = window;
    p->tally = tally;
    p->turns = calloc(what->turn_count, sizeof *p->turns);
    if (!p->turns)
        return HK_NO_MEMORY;
    hk_err err = introduce(p, url);
    if (err == HK_OK)
        err = line_open(loop, p->client, &CLIENT_EVENTS, p, &p->client_line);
    if (err != HK_OK) {
        const char *client = p->client ? device_problem(p->client) : "";
        stop(p, *client ? client : device_problem(listener));
    }
    return err;
}

void pair_free(pair *p)
{
    if (!p)
        return;
    line_free(p->client_line);
    if (p->listener_line && p->turns)
        line_forget(p->listener_line, p->turns, p->turns + p->what->turn_count);
    talk_free(p->client_talk);
    talk_free(p->listener_talk);
    for (size_t i = 0; p->turns && i < p->what->turn_count; i++)
        free(p->turns[i].envelope);
    free(p->turns);
    device_free(p->client);
    free(p);
}

const char *pair_problem(const pair *p)
{
    return p->problem;
}

static hk_err send_turn(pair *p, size_t index)
{
    const replay_turn *turn = &p->what->turns[index];
    talk *from = turn->by_listener ? p->listener_talk : p->client_talk;
    turn_sent *t = &p->turns[index];
    t->p = p;
    t->turn = index;
    t->sent_us = now_us();
    t->time_ms = device_now_ms();
    hk_slice envelope;
    HK_TRY(talk_seal(from, turn->text, &t->mid, &envelope));
    keep_envelope(t, envelope);
    return line_send(turn->by_listener ? p->listener_line : p->client_line, talk_conversation(from), envelope,
                     t);
}

int pair_push(pair *p, int most)
{
    int pushed = 0;
    while (!p->problem && pushed < most && p->next < p->what->turn_count &&
           p->next - p->first_unopened < (size_t)p->window) {
        hk_err err = send_turn(p, p->next);
        if (err == HK_TOO_MUCH)
            break;
        if (err != HK_OK) {
            stop(p, "a message could not be sealed");
            break;
        }
        p->next++;
        p->tally->sent++;
        pushed++;
    }
    return pushed;
}

bool pair_is_done(const pair *p)
{
    return p->first_unopened == p->what->turn_count && p->answered == p->what->turn_count;
}

bool pair_is_open(const pair *p)
{
    return line_is_open(p->client_line);
}

bool pair_is(const pair *p, const conversation_id *conversation)
{
    return p->client_talk && HK_ID_EQ(*talk_conversation(p->client_talk), *conversation);
}

int64_t pair_lost(const pair *p)
{
    int64_t lost = 0;
    for (size_t i = p->first_unopened; i < p->next; i++)
        lost += !p->turns[i].opened;
    return lost;
}
