/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "features/accounts/accounts.h"
#include "features/audit/audit.h"
#include "features/erase/erase.h"
#include "features/files/files.h"
#include "features/requests/requests.h"
#include "features/returns/returns.h"

#define BACKUP_HORIZON_MS ((int64_t)31 * 24 * 3600 * 1000)

struct server_clock {
    store_job job; /* first: the writer hands back its address */
    place *p;
    const char *deletions, *audit_heads;
    int64_t idle_ms, now_ms, seconds;
    audit_head kept;
    requests_news *news;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping, at_work;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static hk_err run(store_job *job, store_db *db)
{
    server_clock *k = (server_clock *)job;
    HK_TRY(requests_tick(db, k->now_ms, &k->news));
    if (k->seconds % 60 == 0) {
        HK_TRY(accounts_tick(db, k->now_ms, k->idle_ms));
        HK_TRY(files_tick(db, k->now_ms));
        HK_TRY(returns_tick(db, k->now_ms));
    }
    return audit_head_keep(db, k->audit_heads, k->now_ms, &k->kept);
}

/* On the loop: what the tick found is told, and people who were away long enough count as gone. */
static void tell(void *place_, void *arg)
{
    place *p = place_;
    requests_news_tell(p, arg);
    live_tick(p->live, now_ms());
}

static void done(store_job *job, hk_err result)
{
    server_clock *k = (server_clock *)job;
    requests_news *news = k->news;
    k->news = NULL;
    if (result != HK_OK) { /* undone: nothing to tell, the next second tries again */
        requests_news_free(news);
        news = NULL;
    }
    if (wire_on_loop(k->p->wire, tell, news) != HK_OK)
        requests_news_free(news);
    pthread_mutex_lock(&k->lock);
    k->at_work = false;
    pthread_cond_broadcast(&k->changed);
    pthread_mutex_unlock(&k->lock);
}

/* A second later, unless the last one's work is still queued: then it is skipped, never piled up. */
static void *tick(void *ctx)
{
    server_clock *k = ctx;
    pthread_mutex_lock(&k->lock);
    while (!k->stopping) {
        struct timespec next;
        clock_gettime(CLOCK_REALTIME, &next);
        next.tv_sec++;
        /* done() wakes us too, for clock_stop's sake: only the second's end counts */
        while (!k->stopping && pthread_cond_timedwait(&k->changed, &k->lock, &next) != ETIMEDOUT)
            ;
        if (k->stopping || k->at_work)
            continue;
        if (atomic_exchange(&k->p->scrub_wanted, false)) {
            pthread_mutex_unlock(&k->lock);
            if (store_scrub(k->p->store) != HK_OK)
                atomic_store(&k->p->scrub_wanted, true); /* the next second tries again */
            pthread_mutex_lock(&k->lock);
        }
        k->seconds++;
        k->now_ms = now_ms();
        if (k->seconds % 86400 == 0)
            (void)erase_prune(k->deletions, k->now_ms - BACKUP_HORIZON_MS); /* tomorrow again */
        k->at_work = store_write(k->p->store, &k->job) == HK_OK;
    }
    while (k->at_work)
        pthread_cond_wait(&k->changed, &k->lock);
    pthread_mutex_unlock(&k->lock);
    return NULL;
}

hk_err clock_start(place *p, const config *c, server_clock **ret)
{
    server_clock *k = calloc(1, sizeof *k);
    if (!k)
        return HK_NO_MEMORY;
    *k = (server_clock){.job = {.run = run, .done = done},
                        .p = p,
                        .deletions = c->deletions,
                        .audit_heads = c->audit_heads,
                        .idle_ms = c->idle_minutes * 60000,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .changed = PTHREAD_COND_INITIALIZER};
    hk_err err = audit_head_kept(c->audit_heads, &k->kept);
    if (err == HK_OK && pthread_create(&k->thread, NULL, tick, k) != 0)
        err = HK_NO_MEMORY;
    if (err != HK_OK) {
        free(k);
        return err;
    }
    *ret = k;
    return HK_OK;
}

void clock_stop(server_clock *k)
{
    if (!k)
        return;
    pthread_mutex_lock(&k->lock);
    k->stopping = true;
    pthread_cond_broadcast(&k->changed);
    pthread_mutex_unlock(&k->lock);
    pthread_join(k->thread, NULL);
    free(k);
}
