/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/crash/disk_log.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/crash/ledger.h"

#define FILES_MAX   12
#define PENDING_MAX 65536 /* writes of one file between two syncs */
#define SECTOR      512

typedef struct event {
    fault_kind kind;
    bool acknowledgement;
    int file; /* or the author */
    int64_t at;
    int n;
    uint8_t *bytes;
} event;

struct disk_log {
    pthread_mutex_t lock;
    char names[FILES_MAX][64];
    int files;
    event *events;
    size_t n, cap;
};

/* ---- Writing the log */

disk_log *disk_log_new(void)
{
    disk_log *log = calloc(1, sizeof *log);
    assert(log);
    pthread_mutex_init(&log->lock, NULL);
    return log;
}

void disk_log_free(disk_log *log)
{
    for (size_t i = 0; i < log->n; i++)
        free(log->events[i].bytes);
    free(log->events);
    pthread_mutex_destroy(&log->lock);
    free(log);
}

static int file_of(disk_log *log, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    for (int f = 0; f < log->files; f++)
        if (strcmp(log->names[f], name) == 0)
            return f;
    assert(log->files < FILES_MAX && strlen(name) < sizeof log->names[0]);
    (void)snprintf(log->names[log->files], sizeof log->names[0], "%s", name);
    return log->files++;
}

static void append(disk_log *log, event e)
{
    if (log->n == log->cap) {
        log->cap = log->cap ? log->cap * 2 : 4096;
        log->events = realloc(log->events, log->cap * sizeof *log->events);
        assert(log->events);
    }
    log->events[log->n++] = e;
}

int disk_log_hook(void *ctx, const fault_call *call)
{
    disk_log *log = ctx;
    if (call->kind == FAULT_READ || call->kind == FAULT_SHM || !call->path[0])
        return SQLITE_OK;
    event e = {.kind = call->kind, .at = call->at, .n = call->n};
    if (call->bytes) {
        e.bytes = malloc((size_t)call->n);
        assert(e.bytes);
        memcpy(e.bytes, call->bytes, (size_t)call->n);
    }
    pthread_mutex_lock(&log->lock);
    e.file = file_of(log, call->path);
    append(log, e);
    pthread_mutex_unlock(&log->lock);
    return SQLITE_OK;
}

void disk_log_acknowledge(disk_log *log, int author, int64_t seq)
{
    pthread_mutex_lock(&log->lock);
    append(log, (event){.acknowledgement = true, .file = author, .at = seq});
    pthread_mutex_unlock(&log->lock);
}

size_t disk_log_length(disk_log *log)
{
    return log->n;
}

bool disk_just_acknowledged(const disk_log *log, size_t at)
{
    return at > 0 && log->events[at - 1].acknowledgement;
}

bool disk_about_to_sync(const disk_log *log, size_t at)
{
    return !log->events[at].acknowledgement && log->events[at].kind == FAULT_SYNC;
}

/* ---- Walking through it */

typedef struct content {
    bool there;
    uint8_t *p;
    size_t n, cap;
} content;

typedef struct disk_file {
    content safe; /* what no power cut can take */
    bool there;   /* for the running program */
    bool syncs_folder;
    const event **pending;
    size_t pending_n;
} disk_file;

struct disk {
    const disk_log *log;
    size_t at;
    disk_file files[FILES_MAX];
    int64_t acknowledged[LEDGER_AUTHORS_MAX];
};

uint64_t disk_random(uint64_t *s)
{
    uint64_t x = *s ? *s : 0x2545f4914f6cdd1du;
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    *s = x;
    return x * 0x9e3779b97f4a7c15u >> 16;
}

disk *disk_new(const disk_log *log)
{
    disk *d = calloc(1, sizeof *d);
    assert(d);
    d->log = log;
    for (int f = 0; f < FILES_MAX; f++) {
        d->files[f].pending = calloc(PENDING_MAX, sizeof(event *));
        assert(d->files[f].pending);
    }
    return d;
}

void disk_free(disk *d)
{
    for (int f = 0; f < FILES_MAX; f++) {
        free(d->files[f].pending);
        free(d->files[f].safe.p);
    }
    free(d);
}

static void grow(content *c, size_t n)
{
    if (n > c->cap) {
        c->cap = n * 2;
        c->p = realloc(c->p, c->cap);
        assert(c->p);
    }
    if (n > c->n) {
        memset(c->p + c->n, 0, n - c->n); /* a hole reads as zeros */
        c->n = n;
    }
}

static const event A_SETTLED_NAME = {.kind = FAULT_SYNC}; /* applies as nothing */

static void write_part(content *c, const event *e, size_t from, size_t n)
{
    grow(c, (size_t)e->at + from + n);
    memcpy(c->p + e->at + from, e->bytes + from, n);
}

static void apply(content *c, const event *e)
{
    switch (e->kind) {
    case FAULT_OPEN:
        c->there = true;
        break;
    case FAULT_DELETE:
        c->there = false;
        c->n = 0;
        break;
    case FAULT_TRUNCATE:
        if ((size_t)e->at < c->n)
            c->n = (size_t)e->at;
        else
            grow(c, (size_t)e->at);
        break;
    case FAULT_WRITE:
        c->there = true;
        write_part(c, e, 0, (size_t)e->n);
        break;
    case FAULT_READ:
    case FAULT_SYNC:
    case FAULT_SHM:
        break;
    }
}

static bool is_name_change(const event *e)
{
    return e->kind == FAULT_OPEN || e->kind == FAULT_DELETE;
}

/* SQLite syncs the folder with the first sync of a log that it opened. */
static bool is_log(const char *name)
{
    size_t n = strlen(name);
    return (n > 4 && strcmp(name + n - 4, "-wal") == 0) || (n > 8 && strcmp(name + n - 8, "-journal") == 0);
}

/* The folder is synced: what names there are, and which are gone, is settled for this file. */
static void settle_name(disk_file *file)
{
    size_t settled = 0;
    for (size_t i = 0; i < file->pending_n; i++) {
        const event *e = file->pending[i];
        if (!is_name_change(e))
            continue;
        apply(&file->safe, e); /* a deletion empties it, too */
        settled = i + 1;
        if (e->kind == FAULT_DELETE) /* what was written before it went with it */
            continue;
        settled = i; /* the new file's writes are still on their way; its name is not */
        file->pending[i] = &A_SETTLED_NAME;
    }
    file->pending_n -= settled;
    memmove(file->pending, file->pending + settled, file->pending_n * sizeof *file->pending);
}

static void sync_file(disk *d, int f)
{
    disk_file *file = &d->files[f];
    for (size_t i = 0; i < file->pending_n; i++)
        apply(&file->safe, file->pending[i]);
    file->pending_n = 0;
    file->safe.there = file->there;
    if (!file->syncs_folder)
        return;
    file->syncs_folder = false;
    for (int other = 0; other < d->log->files; other++)
        settle_name(&d->files[other]);
}

static void step(disk *d, const event *e)
{
    if (e->acknowledgement) {
        d->acknowledged[e->file] = e->at;
        return;
    }
    disk_file *file = &d->files[e->file];
    if (e->kind == FAULT_SYNC) {
        sync_file(d, e->file);
        return;
    }
    if (e->kind == FAULT_OPEN) {
        file->syncs_folder = is_log(d->log->names[e->file]);
        if (file->there)
            return;
        file->there = true;
    }
    if (e->kind == FAULT_DELETE)
        file->there = false;
    assert(file->pending_n < PENDING_MAX);
    file->pending[file->pending_n++] = e;
}

void disk_advance(disk *d, size_t to)
{
    while (d->at < to && d->at < d->log->n)
        step(d, &d->log->events[d->at++]);
}

const int64_t *disk_acknowledged(const disk *d)
{
    return d->acknowledged;
}

/* ---- What is left */

typedef struct fate {
    unsigned keep_in_100, tear_in_100;
    bool shuffle;
} fate;

static void copy_content(content *to, const content *from)
{
    *to = (content){.there = from->there};
    if (from->n) {
        grow(to, from->n);
        memcpy(to->p, from->p, from->n);
    }
}

static void write_torn(content *c, const event *e, uint64_t *random)
{
    for (size_t from = 0; from < (size_t)e->n; from += SECTOR) {
        size_t n = (size_t)e->n - from < SECTOR ? (size_t)e->n - from : SECTOR;
        if (disk_random(random) % 2)
            write_part(c, e, from, n);
    }
    c->there = true;
}

/* Writes between two truncations or changes of the name may reach the disk in any order. */
static void shuffle(const event **events, size_t n, uint64_t *random, disk_losses *ret)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = disk_random(random) % i;
        const event *e = events[i - 1];
        events[i - 1] = events[j];
        events[j] = e;
        ret->moved += j != i - 1;
    }
}

static void shuffle_writes(const event **events, size_t n, uint64_t *random, disk_losses *ret)
{
    for (size_t from = 0; from < n;) {
        size_t to = from;
        while (to < n && events[to]->kind == FAULT_WRITE)
            to++;
        shuffle(events + from, to - from, random, ret);
        from = to + 1;
    }
}

static void survive_file(const disk_file *file, content *c, fate luck, uint64_t *random, disk_losses *ret)
{
    copy_content(c, &file->safe);
    size_t n = file->pending_n;
    const event **order = calloc(n + 1, sizeof *order);
    assert(order);
    for (size_t i = 0; i < n; i++)
        order[i] = file->pending[i];
    if (luck.shuffle)
        shuffle_writes(order, n, random, ret);
    for (size_t i = 0; i < n; i++) {
        if (disk_random(random) % 100 >= luck.keep_in_100) {
            ret->dropped++;
            if (is_name_change(order[i]) && !(order[i]->kind == FAULT_OPEN && file->safe.there))
                break; /* the later file of this name never came to be */
        } else if (order[i]->kind == FAULT_WRITE && disk_random(random) % 100 < luck.tear_in_100) {
            write_torn(c, order[i], random);
            ret->torn++;
        } else {
            apply(c, order[i]);
        }
    }
    free(order);
}

void disk_survive(const disk *d, const char *folder, uint64_t *random, disk_losses *ret)
{
    static const unsigned KEEP[] = {0, 10, 50, 90, 100}, TEAR[] = {0, 0, 30, 100};
    fate luck = {.keep_in_100 = KEEP[disk_random(random) % HK_COUNT(KEEP)],
                 .tear_in_100 = TEAR[disk_random(random) % HK_COUNT(TEAR)],
                 .shuffle = disk_random(random) % 2};
    for (int f = 0; f < d->log->files; f++) {
        content c;
        survive_file(&d->files[f], &c, luck, random, ret);
        char path[512];
        (void)snprintf(path, sizeof path, "%s/%s", folder, d->log->names[f]); /* harness paths are short */
        (void)remove(path);                                                   /* the last trial's */
        if (c.there) {
            FILE *out = fopen(path, "wb");
            assert(out);
            size_t written = c.n ? fwrite(c.p, 1, c.n, out) : 0;
            assert(written == c.n);
            int closed = fclose(out);
            assert(closed == 0);
        }
        free(c.p);
    }
}
