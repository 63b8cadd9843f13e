/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Jobs on their way to a thread of the store: a bounded queue for the writer and one for the readers, and a
 * caller who waits for the answer.
 */
#include <assert.h>
#include <time.h>

#include "store/inside.h"

hk_err store_queue_init(store_queue *q)
{
    pthread_condattr_t attr;
    if (pthread_mutex_init(&q->lock, NULL) != 0)
        return HK_NO_MEMORY;
    if (pthread_condattr_init(&attr) != 0)
        return HK_NO_MEMORY;
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC); /* a valid clock */
    int rc = pthread_cond_init(&q->work, &attr);
    (void)pthread_condattr_destroy(&attr); /* cannot fail */
    return rc == 0 ? HK_OK : HK_NO_MEMORY;
}

void store_queue_done(store_queue *q)
{
    (void)pthread_cond_destroy(&q->work); /* nobody waits any more */
    (void)pthread_mutex_destroy(&q->lock);
}

void store_queue_close(store_queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closing = true;
    pthread_cond_broadcast(&q->work);
    pthread_mutex_unlock(&q->lock);
}

hk_err store_queue_push(store_queue *q, store_job *job)
{
    job->next = NULL;
    pthread_mutex_lock(&q->lock);
    hk_err err = q->closing || q->depth >= STORE_QUEUE_MAX ? HK_BUSY : HK_OK;
    if (err == HK_OK) {
        if (q->last)
            q->last->next = job;
        else
            q->first = job;
        q->last = job;
        q->depth++;
        pthread_cond_signal(&q->work);
    }
    pthread_mutex_unlock(&q->lock);
    return err;
}

store_job *store_queue_pop_locked(store_queue *q)
{
    store_job *job = q->first;
    if (job) {
        q->first = job->next;
        if (!q->first)
            q->last = NULL;
        q->depth--;
        job->next = NULL;
    }
    return job;
}

void store_say_answered(const store *s)
{
    if (s->answered)
        s->answered(s->answered_ctx);
}

/* ---- Waiting for the answer */

typedef struct waited_job {
    store_job job;
    hk_err (*run)(void *ctx, store_db *db);
    void *ctx;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool done;
} waited_job;

static hk_err run_waited(store_job *job, store_db *db)
{
    waited_job *w = (waited_job *)job;
    return w->run(w->ctx, db);
}

static void wake_waiter(store_job *job, hk_err result)
{
    waited_job *w = (waited_job *)job;
    (void)result; /* it stands in the job */
    pthread_mutex_lock(&w->lock);
    w->done = true;
    pthread_cond_signal(&w->answered);
    pthread_mutex_unlock(&w->lock);
}

static hk_err now(store *s, hk_err (*queue)(store *, store_job *), hk_err (*run)(void *ctx, store_db *db),
                  void *ctx)
{
    assert(!s->writer_running ||
           !pthread_equal(pthread_self(), s->writer_thread)); /* it would wait for itself */
    waited_job w = {.job = {.run = run_waited, .done = wake_waiter},
                    .run = run,
                    .ctx = ctx,
                    .lock = PTHREAD_MUTEX_INITIALIZER,
                    .answered = PTHREAD_COND_INITIALIZER};
    HK_TRY(queue(s, &w.job));
    pthread_mutex_lock(&w.lock);
    while (!w.done)
        pthread_cond_wait(&w.answered, &w.lock);
    pthread_mutex_unlock(&w.lock);
    return w.job.result;
}

hk_err store_write_now(store *s, hk_err (*run)(void *ctx, store_db *db), void *ctx)
{
    return now(s, store_write, run, ctx);
}

hk_err store_read_now(store *s, hk_err (*run)(void *ctx, store_db *db), void *ctx)
{
    return now(s, store_read, run, ctx);
}
