/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The one writer, with adaptive group commit: whatever queued up during the last sync is the next
 * transaction. There is no timer; a lone job is committed at once, a flood in batches of up to
 * STORE_BATCH_MAX.
 *
 *     take a batch -> for each job: run, from its first write on under a SAVEPOINT, RELEASE (or ROLLBACK TO)
 *                  -> COMMIT wraps, COMMIT main
 *                  -> done() of each job, which may now be acknowledged: it is on the disk
 *
 * A job that returns an error is undone alone. When SQLite gives up the whole transaction (no space, no
 * memory), the jobs that ran in it are answered HK_STORE and the rest of the batch starts a new one.
 */
#include <time.h>

#include "store/inside.h"

#define IDLE_MS 1000 /* quiet for so long: a good moment to empty the WAL */

/* ---- One job */

/* Ends the job's savepoints: keeps what it did, or undoes it. */
static hk_err end_savepoints(store_db *db, bool keep)
{
    hk_err err = HK_OK;
    for (int f = 0; f < STORE_FILES; f++) {
        if (!db->saved[f])
            continue;
        db->saved[f] = false;
        int rc = keep ? SQLITE_OK : store_steer(db, f, STEER_UNDO);
        if (rc == SQLITE_OK)
            rc = store_steer(db, f, STEER_RELEASE);
        if (rc != SQLITE_OK) {
            db->lost = true;
            err = HK_STORE;
        }
    }
    return err;
}

/* A deferred foreign key is only looked at by COMMIT, where it would take the whole batch down. */
static bool leaves_debts(store_db *db)
{
    for (int f = 0; f < STORE_FILES; f++) {
        int open = 0, high = 0;
        if (db->begun[f] &&
            (sqlite3_db_status(db->file[f], SQLITE_DBSTATUS_DEFERRED_FKS, &open, &high, 0) != SQLITE_OK ||
             open))
            return true;
    }
    return false;
}

static hk_err run_job(store_db *db, store_job *job)
{
    db->written_last = false;
    hk_err err = store_db_begin(db, STORE_MAIN);
    if (err == HK_OK)
        err = job->run(job, db);
    store_notice_loss(db);
    if (err == HK_OK && !db->lost && leaves_debts(db))
        err = HK_CONFLICT;
    if (err != HK_OK && db->written_last)
        db->lost = true; /* no savepoint reaches back before its last write */
    if (db->lost)
        return err == HK_OK ? HK_STORE : err;
    hk_err ended = end_savepoints(db, err == HK_OK);
    return err == HK_OK ? ended : err;
}

/* ---- One transaction */

/* Without memory even ROLLBACK can fail. Then the connection stays lost, because what is still open in it
 * must not ride along with the next COMMIT; it is tried again before the next job. */
static void roll_back(store_db *db)
{
    db->lost = false;
    for (int f = 0; f < STORE_FILES; f++) {
        if (db->begun[f] && !sqlite3_get_autocommit(db->file[f])) {
            int rc = store_steer(db, f, STEER_ROLLBACK);
            if (store_stops_process(rc, true))
                store_fatal(db->s, "taking a transaction back", rc);
        }
        db->saved[f] = false;
        db->begun[f] = db->begun[f] && !sqlite3_get_autocommit(db->file[f]);
        db->lost |= db->begun[f];
    }
}

static hk_err commit_file(store_db *db, int f)
{
    if (!db->begun[f])
        return HK_OK;
    int rc = store_steer(db, f, STEER_COMMIT);
    if (store_stops_process(rc, true))
        store_fatal(db->s, "while committing", rc);
    if (rc == SQLITE_OK)
        db->begun[f] = false;
    return rc == SQLITE_OK ? HK_OK : HK_STORE;
}

/* Both files count the commits that touched WRAPS, so that a start can tell an old wraps file from its own.
 */
static hk_err count_wraps(store_db *db)
{
    static const char COUNT[] = "INSERT INTO store_facts (name, value) VALUES ('wraps_seq', 1) "
                                "ON CONFLICT (name) DO UPDATE SET value = store_facts.value + 1";
    for (int f = 0; f < STORE_FILES; f++) {
        int rc = sqlite3_exec(db->file[f], COUNT, NULL, NULL, NULL);
        if (store_stops_process(rc, false))
            store_fatal(db->s, "while writing", rc);
        if (rc != SQLITE_OK)
            return HK_STORE;
    }
    return HK_OK;
}

static hk_err commit_both(store_db *db)
{
    if (db->lost)
        return HK_STORE;
    if (db->begun[STORE_WRAPS] && sqlite3_total_changes64(db->file[STORE_WRAPS]) != db->wraps_changes_before)
        HK_TRY(count_wraps(db));
    HK_TRY(commit_file(db, STORE_WRAPS));
    return commit_file(db, STORE_MAIN);
}

static int64_t now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* a valid clock */
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void count_commit(store *s, int64_t jobs, int64_t took_us)
{
    pthread_mutex_lock(&s->writing.lock);
    store_figures *f = &s->figures;
    f->commits++;
    f->jobs += jobs;
    f->commit_us_total += took_us;
    if (jobs > f->largest_batch)
        f->largest_batch = jobs;
    pthread_mutex_unlock(&s->writing.lock);
}

static void answer(const store *s, store_job *first, const store_job *end, hk_err committed)
{
    while (first != end) {
        store_job *next = first->next; /* done() may free the job */
        if (first->result == HK_OK)
            first->result = committed;
        first->done(first, first->result);
        first = next;
    }
    store_say_answered(s);
}

static void answer_unrun(const store *s, store_job *first)
{
    for (store_job *job = first; job; job = job->next)
        job->result = HK_NO_MEMORY;
    answer(s, first, NULL, HK_OK);
}

/* Runs jobs from `first` in one transaction until the end of the list or until the transaction is lost;
 * answers them and returns the first job that has not run. */
static store_job *run_transaction(store *s, store_job *first)
{
    store_db *db = &s->writer;
    store_job *job = first;
    int64_t jobs = 0, began_us = now_us();
    if (db->lost)
        roll_back(db);
    if (db->lost) {
        answer_unrun(s, first);
        return NULL;
    }
    for (; job && !db->lost; job = job->next, jobs++)
        job->result = run_job(db, job);
    hk_err committed = commit_both(db);
    if (committed != HK_OK)
        roll_back(db);
    count_commit(s, jobs, now_us() - began_us);
    answer(s, first, job, committed);
    return job;
}

/* ---- The thread */

static void timeout_in(struct timespec *ret, int64_t ms)
{
    (void)clock_gettime(CLOCK_MONOTONIC, ret); /* a valid clock */
    ret->tv_sec += ms / 1000;
    ret->tv_nsec += (ms % 1000) * 1000000;
    if (ret->tv_nsec >= 1000000000) {
        ret->tv_sec++;
        ret->tv_nsec -= 1000000000;
    }
}

typedef struct duty {
    store_job *jobs;
    bool idle, scrub, leave;
} duty;

static store_job *take_batch_locked(store_queue *q)
{
    store_job *first = store_queue_pop_locked(q), *last = first;
    for (int n = 1; last && n < STORE_BATCH_MAX; n++) {
        last->next = store_queue_pop_locked(q);
        last = last->next;
    }
    return first;
}

/* Waits for something to do. */
static duty next_duty(store *s)
{
    store_queue *q = &s->writing;
    duty d = {0};
    pthread_mutex_lock(&q->lock);
    while (!q->first && !q->closing && s->scrubs_done == s->scrubs_asked && !d.idle) {
        if (store_wal_is_empty(s)) {
            pthread_cond_wait(&q->work, &q->lock);
        } else {
            struct timespec until;
            timeout_in(&until, IDLE_MS);
            d.idle = pthread_cond_timedwait(&q->work, &q->lock, &until) != 0;
        }
    }
    d.jobs = take_batch_locked(q);
    d.scrub = s->scrubs_done != s->scrubs_asked;
    d.leave = q->closing && !d.jobs && !d.scrub;
    pthread_mutex_unlock(&q->lock);
    return d;
}

static void scrub(store *s)
{
    pthread_mutex_lock(&s->writing.lock);
    int64_t asked = s->scrubs_asked;
    pthread_mutex_unlock(&s->writing.lock);
    hk_err result = store_checkpoint_all(s);
    pthread_mutex_lock(&s->writing.lock);
    s->scrub_result = result;
    s->scrubs_done = asked;
    pthread_cond_broadcast(&s->scrubbed);
    pthread_mutex_unlock(&s->writing.lock);
}

static void *write_until_closed(void *arg)
{
    store *s = arg;
    for (;;) {
        duty d = next_duty(s);
        if (d.leave)
            return NULL;
        while (d.jobs)
            d.jobs = run_transaction(s, d.jobs);
        if (d.scrub)
            scrub(s);
        else if (d.idle)
            store_checkpoint_idle(s);
        else
            store_checkpoint_busy(s);
    }
}

hk_err store_writer_start(store *s)
{
    if (pthread_create(&s->writer_thread, NULL, write_until_closed, s) != 0)
        return store_say(HK_NO_MEMORY, "no thread for the writer");
    s->writer_running = true;
    return HK_OK;
}

void store_writer_stop(store *s)
{
    if (!s->writer_running)
        return;
    store_queue_close(&s->writing);
    (void)pthread_join(s->writer_thread, NULL); /* ours and running */
    s->writer_running = false;
}

/* ---- The face */

hk_err store_write(store *s, store_job *job)
{
    if (s->beside)
        return HK_REFUSED;
    return store_queue_push(&s->writing, job);
}

hk_err store_scrub(store *s)
{
    if (s->beside)
        return HK_REFUSED;
    pthread_mutex_lock(&s->writing.lock);
    int64_t mine = ++s->scrubs_asked;
    pthread_cond_signal(&s->writing.work);
    while (s->scrubs_done < mine)
        pthread_cond_wait(&s->scrubbed, &s->writing.lock);
    hk_err result = s->scrub_result;
    pthread_mutex_unlock(&s->writing.lock);
    return result;
}
