/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Nobody waits unowned: who looks after a request, when it is offered on, and who hears of it. At half of the
 * promised time it goes to the next listener; an owner who went off duty loses it as soon as somebody is
 * here.
 */
#include <stdlib.h>
#include <string.h>

#include "features/requests/rows.h"

static void bind_duty(store_cursor *c, int64_t now_ms)
{
    for (int i = 0; i < 3; i++)
        store_bind_int(c, now_ms);
}

static hk_err somebody_here(store_db *db, conversation_id conversation, account_id but, int64_t now_ms,
                            bool *ret_found, account_id *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &REQUESTS_ROOM, NEXT_OWNER));
    bind_duty(&c, now_ms);
    store_bind_slice(&c, HK_ID_SLICE(but));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    HK_TRY(store_next(&c, ret_found));
    return *ret_found ? store_slice_into(&c, 0, ret->b, HK_ID_BYTES) : HK_OK;
}

hk_err next_owner(store_db *db, conversation_id conversation, account_id but, int64_t now_ms, account_id *ret)
{
    bool found;
    HK_TRY(somebody_here(db, conversation, but, now_ms, &found, ret));
    if (!found) /* whoever has it is better than nobody here */
        HK_TRY(somebody_here(db, conversation, (account_id){0}, now_ms, &found, ret));
    if (found)
        return HK_OK;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &REQUESTS_ROOM, TEAM_LEAD));
    HK_TRY(store_next(&c, &found));
    *ret = (account_id){0};
    return found ? store_slice_into(&c, 0, ret->b, HK_ID_BYTES) : HK_OK;
}

hk_err offer(store_db *db, conversation_id conversation, account_id owner, int64_t now_ms)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &REQUESTS_ROOM, REQUEST_OFFER));
    if (HK_ID_EQ(owner, (account_id){0}))
        store_bind_null(&c);
    else
        store_bind_slice(&c, HK_ID_SLICE(owner));
    store_bind_int(&c, now_ms);
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    return store_finish(&c);
}

hk_err listeners_on_duty(store_db *db, int64_t now_ms, account_id ret[static DUTY_MAX], size_t *ret_count)
{
    size_t count = 0;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &REQUESTS_ROOM, ON_DUTY));
    bind_duty(&c, now_ms);
    store_bind_int(&c, DUTY_MAX);
    while (count < DUTY_MAX) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(store_slice_into(&c, 0, ret[count++].b, HK_ID_BYTES));
    }
    *ret_count = count;
    return HK_OK;
}

hk_err tell_request(wire_request *r, conversation_id conversation, account_id client, account_id only_for,
                    request_state state)
{
    request_told told = {conversation, state};
    account_id *listeners = hk_arena_get_array(r->arena, DUTY_MAX, sizeof *listeners);
    size_t count = 1;
    if (!listeners)
        return HK_NO_MEMORY;
    listeners[0] = only_for;
    if (HK_ID_EQ(only_for, (account_id){0}))
        HK_TRY(listeners_on_duty(r->db, r->now_ms, listeners, &count));
    HK_TRY(place_tell(r, &client, 1, "request", &REQUEST_TOLD, &told));
    return place_tell(r, listeners, count, "request", &REQUEST_TOLD, &told);
}

/* ---- The second's work */

#define DUE_MAX        64 /* in one second; what is left over comes in the next */
#define NEWS_ARENA_MAX 512

typedef struct due {
    conversation_id conversation;
    account_id client, owner;
    bool only_one, expired;
} due;

struct requests_news {
    due all[DUE_MAX];
    size_t count;
    account_id listeners[DUTY_MAX];
    size_t listener_count;
};

static hk_err find_due(store_db *db, int64_t now_ms, requests_news *news)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &REQUESTS_ROOM, REQUESTS_DUE));
    for (int i = 0; i < 7; i++)
        store_bind_int(&c, now_ms);
    store_bind_int(&c, DUE_MAX);
    while (news->count < DUE_MAX) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        due *d = &news->all[news->count++];
        HK_TRY(store_slice_into(&c, 0, d->conversation.b, HK_ID_BYTES));
        HK_TRY(store_slice_into(&c, 1, d->client.b, HK_ID_BYTES));
        if (!store_is_null(&c, 2))
            HK_TRY(store_slice_into(&c, 2, d->owner.b, HK_ID_BYTES));
        d->only_one = !store_is_null(&c, 3);
        d->expired = store_int(&c, 4) <= now_ms;
    }
    return HK_OK;
}

static hk_err run_on(store_db *db, size_t statement, conversation_id conversation)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &REQUESTS_ROOM, statement));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    return store_finish(&c);
}

static hk_err settle(store_db *db, const due *d, int64_t now_ms)
{
    account_id owner;
    if (d->expired)
        return run_on(db, REQUEST_EXPIRE, d->conversation);
    if (d->only_one)
        HK_TRY(run_on(db, REQUEST_OPEN_TO_ALL, d->conversation));
    HK_TRY(next_owner(db, d->conversation, d->owner, now_ms, &owner));
    return offer(db, d->conversation, owner, now_ms);
}

static hk_err settle_all(store_db *db, int64_t now_ms, requests_news *news)
{
    HK_TRY(find_due(db, now_ms, news));
    for (size_t i = 0; i < news->count; i++)
        HK_TRY(settle(db, &news->all[i], now_ms));
    return news->count ? listeners_on_duty(db, now_ms, news->listeners, &news->listener_count) : HK_OK;
}

hk_err requests_tick(store_db *db, int64_t now_ms, requests_news **ret)
{
    requests_news *news = calloc(1, sizeof *news);
    if (!news)
        return HK_NO_MEMORY;
    hk_err err = settle_all(db, now_ms, news);
    if (err != HK_OK || news->count == 0) {
        free(news);
        news = NULL;
    }
    *ret = news;
    return err;
}

void requests_news_tell(place *p, requests_news *news)
{
    for (size_t i = 0; news && i < news->count; i++) {
        const due *d = &news->all[i];
        request_told told = {d->conversation, d->expired ? REQUEST_EXPIRED : REQUEST_WAITING};
        hk_arena arena;
        hk_slice text;
        hk_arena_init(&arena, NEWS_ARENA_MAX);
        if (shape_encode_told("request", &REQUEST_TOLD, &told, &arena, &text) == HK_OK) {
            live_tell(p->live, &d->client, 1, text, 0);
            live_tell(p->live, news->listeners, news->listener_count, text, 0);
        }
        hk_arena_done(&arena);
    }
    free(news);
}

void requests_news_free(requests_news *news)
{
    free(news);
}
