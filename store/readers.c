/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Readers beside the writer: each thread has a connection of its own and runs one job at a time in a read
 * transaction, which sees the last commit. Jobs are short (LIMIT), because a snapshot that stays open keeps
 * the WAL from being emptied.
 */
#include "store/inside.h"

static void end_reading(store_db *db)
{
    for (int f = 0; f < STORE_FILES; f++) {
        if (db->begun[f] && !sqlite3_get_autocommit(db->file[f]))
            (void)store_steer(db, f, STEER_ROLLBACK); /* nothing was written */
        db->begun[f] = false;
    }
    db->lost = false;
}

static void *read_until_closed(void *arg)
{
    store_reader *r = arg;
    store_queue *q = &r->db.s->reading;
    for (;;) {
        pthread_mutex_lock(&q->lock);
        while (!q->first && !q->closing)
            pthread_cond_wait(&q->work, &q->lock);
        store_job *job = store_queue_pop_locked(q);
        pthread_mutex_unlock(&q->lock);
        if (!job)
            return NULL;
        job->result = store_db_begin(&r->db, STORE_MAIN);
        if (job->result == HK_OK)
            job->result = job->run(job, &r->db);
        end_reading(&r->db);
        job->done(job, job->result);
        store_say_answered(r->db.s);
    }
}

hk_err store_readers_start(store *s, int count)
{
    for (int i = 0; i < count; i++) {
        store_reader *r = &s->readers[s->reader_count++];
        HK_TRY(store_db_open(s, STORE_AS_READER, &r->db));
        if (pthread_create(&r->thread, NULL, read_until_closed, r) != 0)
            return store_say(HK_NO_MEMORY, "no thread for a reader");
        r->running = true;
    }
    return HK_OK;
}

void store_readers_stop(store *s)
{
    store_queue_close(&s->reading);
    for (int i = 0; i < s->reader_count; i++) {
        if (s->readers[i].running)
            (void)pthread_join(s->readers[i].thread, NULL); /* ours and running */
        store_db_close(&s->readers[i].db);
    }
    s->reader_count = 0;
}

hk_err store_read(store *s, store_job *job)
{
    return store_queue_push(&s->reading, job);
}
