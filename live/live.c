/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Two hash tables: ears (connections) by number, people (accounts) by id. A person's ears hang in a list, the
 * newest first. Account ids are drawn by the server and connection numbers are its own, so nobody can aim at
 * a bucket.
 */
#include "live/live.h"

#include <stdlib.h>
#include <string.h>

typedef struct ear ear;
typedef struct person person;

struct ear {
    uint64_t connection;
    int64_t session;
    person *of;
    ear *older;     /* of the same person */
    ear *in_bucket; /* next */
    bool ending;    /* told to close: hears nothing any more, does not count */
};

struct person {
    account_id account;
    ear *newest;
    person *in_bucket; /* next */
    person *in_grace;  /* next of those whose last ear went */
    int64_t gone_ms;   /* when it went */
    bool is_in_grace;
};

struct live {
    live_options options;
    ear **ears;
    person **people;
    size_t bucket_count;        /* of both; a power of two */
    size_t count;               /* ears */
    person *grace, **grace_end; /* in the order they went */
};

#define LIVE_BUCKETS_MIN 64

hk_err live_new(const live_options *options, live **ret)
{
    live *l = calloc(1, sizeof *l);
    if (!l)
        return HK_NO_MEMORY;
    l->options = *options;
    l->bucket_count = LIVE_BUCKETS_MIN;
    l->ears = calloc(l->bucket_count, sizeof *l->ears);
    l->people = calloc(l->bucket_count, sizeof *l->people);
    l->grace_end = &l->grace;
    if (!l->ears || !l->people) {
        live_free(l);
        return HK_NO_MEMORY;
    }
    *ret = l;
    return HK_OK;
}

void live_free(live *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->bucket_count; i++) {
        for (ear *e = l->ears ? l->ears[i] : NULL, *next; e; e = next) {
            next = e->in_bucket;
            free(e);
        }
        for (person *p = l->people ? l->people[i] : NULL, *next; p; p = next) {
            next = p->in_bucket;
            free(p);
        }
    }
    free(l->ears);
    free(l->people);
    free(l);
}

static ear **ear_bucket(ear **buckets, size_t count, uint64_t connection)
{
    return &buckets[(connection * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (count - 1)];
}

static person **person_bucket(person **buckets, size_t count, account_id account)
{
    uint64_t start;
    memcpy(&start, account.b, sizeof start);
    return &buckets[(start * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (count - 1)];
}

static ear *ear_of(const live *l, uint64_t connection)
{
    ear *e = *ear_bucket(l->ears, l->bucket_count, connection);
    while (e && e->connection != connection)
        e = e->in_bucket;
    return e;
}

static person *person_of(const live *l, account_id account)
{
    person *p = *person_bucket(l->people, l->bucket_count, account);
    while (p && !HK_ID_EQ(p->account, account))
        p = p->in_bucket;
    return p;
}

/* Twice the buckets. Without memory for them the lists only grow longer. */
static void grow(live *l)
{
    size_t count = l->bucket_count * 2;
    ear **ears = calloc(count, sizeof *ears);
    person **people = calloc(count, sizeof *people);
    if (!ears || !people) {
        free(ears);
        free(people);
        return;
    }
    for (size_t i = 0; i < l->bucket_count; i++) {
        for (ear *e = l->ears[i], *next; e; e = next) {
            next = e->in_bucket;
            ear **to = ear_bucket(ears, count, e->connection);
            e->in_bucket = *to;
            *to = e;
        }
        for (person *p = l->people[i], *next; p; p = next) {
            next = p->in_bucket;
            person **to = person_bucket(people, count, p->account);
            p->in_bucket = *to;
            *to = p;
        }
    }
    free(l->ears);
    free(l->people);
    l->ears = ears;
    l->people = people;
    l->bucket_count = count;
}

/* The oldest one goes when there are too many. */
static void keep_to_bound(live *l, person *p)
{
    size_t count = 0;
    ear *oldest = NULL;
    for (ear *e = p->newest; e; e = e->older) {
        if (e->ending)
            continue;
        count++;
        oldest = e;
    }
    if (count <= LIVE_CONNECTIONS_MAX)
        return;
    oldest->ending = true;
    l->options.close(l->options.ctx, oldest->connection, LIVE_CLOSE_TOO_MANY);
}

static person *person_new(live *l, account_id account)
{
    person *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    person **bucket = person_bucket(l->people, l->bucket_count, account);
    p->account = account;
    p->in_bucket = *bucket;
    *bucket = p;
    return p;
}

static void say_presence(live *l, account_id account, bool here)
{
    if (l->options.presence)
        l->options.presence(l->options.ctx, account, here);
}

hk_err live_join(live *l, uint64_t connection, account_id account, int64_t session)
{
    if (ear_of(l, connection))
        return HK_CONFLICT;
    if (l->count >= l->bucket_count)
        grow(l);
    person *p = person_of(l, account);
    bool is_new = !p;
    ear *e = calloc(1, sizeof *e);
    if (e && !p)
        p = person_new(l, account);
    if (!e || !p) {
        free(e);
        return HK_NO_MEMORY;
    }
    ear **bucket = ear_bucket(l->ears, l->bucket_count, connection);
    *e = (ear){
        .connection = connection, .session = session, .of = p, .older = p->newest, .in_bucket = *bucket};
    *bucket = e;
    p->newest = e;
    l->count++;
    keep_to_bound(l, p);
    if (is_new)
        say_presence(l, account, true);
    return HK_OK;
}

void live_leave(live *l, uint64_t connection, int64_t now_ms)
{
    ear *e = ear_of(l, connection);
    if (!e)
        return;
    ear **at = ear_bucket(l->ears, l->bucket_count, connection);
    while (*at != e)
        at = &(*at)->in_bucket;
    *at = e->in_bucket;
    person *p = e->of;
    for (at = &p->newest; *at != e;)
        at = &(*at)->older;
    *at = e->older;
    free(e);
    l->count--;
    p->gone_ms = now_ms;
    if (p->newest || p->is_in_grace)
        return;
    p->is_in_grace = true;
    p->in_grace = NULL;
    *l->grace_end = p;
    l->grace_end = &p->in_grace;
}

static void forget(live *l, person *p)
{
    person **at = person_bucket(l->people, l->bucket_count, p->account);
    while (*at != p)
        at = &(*at)->in_bucket;
    *at = p->in_bucket;
    account_id account = p->account;
    free(p);
    say_presence(l, account, false);
}

/* Who came back and went again within its grace waits for the later time: it goes to the end of the line. */
void live_tick(live *l, int64_t now_ms)
{
    person *first = l->grace;
    l->grace = NULL;
    l->grace_end = &l->grace;
    for (person *p = first, *next; p; p = next) {
        next = p->in_grace;
        p->is_in_grace = false;
        if (p->newest)
            continue;
        if (now_ms - p->gone_ms >= LIVE_GRACE_MS) {
            forget(l, p);
            continue;
        }
        p->is_in_grace = true;
        p->in_grace = NULL;
        *l->grace_end = p;
        l->grace_end = &p->in_grace;
    }
}

void live_tell(live *l, const account_id *accounts, size_t count, hk_slice text, uint64_t except)
{
    for (size_t i = 0; i < count; i++) {
        const person *p = person_of(l, accounts[i]);
        for (ear *e = p ? p->newest : NULL; e; e = e->older)
            if (!e->ending && e->connection != except &&
                l->options.send(l->options.ctx, e->connection, text) != HK_OK)
                e->ending = true; /* too slow: it is being dropped and reads on from the table */
    }
}

bool live_is_here(const live *l, account_id account)
{
    return person_of(l, account) != NULL;
}

static void end(live *l, ear *e)
{
    if (e->ending)
        return;
    e->ending = true;
    l->options.close(l->options.ctx, e->connection, LIVE_CLOSE_ENDED);
}

void live_drop_account(live *l, account_id account)
{
    const person *p = person_of(l, account);
    for (ear *e = p ? p->newest : NULL; e; e = e->older)
        end(l, e);
}

void live_drop_session(live *l, int64_t session)
{
    for (size_t i = 0; i < l->bucket_count; i++)
        for (ear *e = l->ears[i]; e; e = e->in_bucket)
            if (e->session == session)
                end(l, e);
}

void live_drop_other_sessions(live *l, account_id account, int64_t but_session)
{
    const person *p = person_of(l, account);
    for (ear *e = p ? p->newest : NULL; e; e = e->older)
        if (e->session != but_session)
            end(l, e);
}

size_t live_count(const live *l)
{
    return l->count;
}
