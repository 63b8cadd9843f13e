/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A log like a conversation's, for the harnesses that cut power and kill: several authors append numbered
 * entries through the store, the writer gives dense positions, every fifth entry has a wrap in the second
 * file. Whatever was acknowledged must be found again: once, in order, with its bytes and its wrap.
 */
#ifndef HK_STORE_CRASH_LEDGER_H
#define HK_STORE_CRASH_LEDGER_H

#include "store/store.h"

#define LEDGER_AUTHORS_MAX 64
#define LEDGER_BODY_BYTES  200
#define LEDGER_WRAP_EVERY  5

extern const store_room *const LEDGER_ROOMS[];

typedef struct ledger_entry {
    store_job job;
    int author;
    int64_t seq;
    int64_t position; /* set by run() */
    bool dedup;       /* look whether the entry is there already; without it a resent one is stored twice */
    void *owner;
} ledger_entry;

/* Fills the job's run(); done() is the caller's. */
void ledger_prepare(ledger_entry *e, int author, int64_t seq, bool dedup);

typedef struct ledger_findings {
    int64_t entries;
    int64_t lost;       /* acknowledged and not there */
    int64_t doubled;    /* there twice */
    int64_t disordered; /* positions with gaps, an author's entries out of order */
    int64_t altered;    /* other bytes than were written */
    int64_t unwrapped;  /* an entry whose wrap is missing */
    int64_t damaged;    /* SQLite finds the files unsound, or they do not open */
} ledger_findings;

/* Looks at the database from outside of the store. acknowledged[author] is the last acknowledged seq
 * (acknowledged in order). Adds to *ret. */
void ledger_check(const char *path, const int64_t acknowledged[static LEDGER_AUTHORS_MAX],
                  ledger_findings *ret);
int64_t ledger_faults(const ledger_findings *f); /* everything that must be zero, added up */

#endif
