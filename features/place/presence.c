/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who is connected, as the database threads may ask: a set of accounts behind a lock, fed by `live` on the
 * loop's thread. Open addressing with linear probing; it doubles when three quarters are taken.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "features/place/place.h"

#define PRESENCE_FIRST 64
#define PRESENCE_MAX   (1u << 18) /* wire holds 60,000 connections */

struct place_presence {
    pthread_mutex_t lock;
    account_id *slots; /* all zero: free */
    size_t size, taken;
};

static const account_id NOBODY;

/* Accounts are random: their own bytes spread them. */
static size_t home_of(const place_presence *p, account_id account)
{
    uint64_t spread;
    memcpy(&spread, account.b, sizeof spread);
    return (size_t)spread & (p->size - 1);
}

/* The slot that holds the account, or the free one where it would stand. */
static size_t slot_of(const place_presence *p, account_id account)
{
    size_t at = home_of(p, account);
    while (!HK_ID_EQ(p->slots[at], NOBODY) && !HK_ID_EQ(p->slots[at], account))
        at = (at + 1) & (p->size - 1);
    return at;
}

static bool grow(place_presence *p)
{
    account_id *old = p->slots;
    size_t old_size = p->size;
    account_id *slots = old_size < PRESENCE_MAX ? calloc(old_size * 2, sizeof *slots) : NULL;
    if (!slots)
        return false;
    p->slots = slots;
    p->size = old_size * 2;
    for (size_t i = 0; i < old_size; i++)
        if (!HK_ID_EQ(old[i], NOBODY))
            p->slots[slot_of(p, old[i])] = old[i];
    free(old);
    return true;
}

/* Deleting moves later ones up, so that no probe meets a hole before what it looks for. */
static void take_out(place_presence *p, size_t at)
{
    p->slots[at] = NOBODY;
    p->taken--;
    for (size_t i = (at + 1) & (p->size - 1); !HK_ID_EQ(p->slots[i], NOBODY); i = (i + 1) & (p->size - 1)) {
        account_id moved = p->slots[i];
        p->slots[i] = NOBODY;
        p->slots[slot_of(p, moved)] = moved;
    }
}

hk_err place_presence_new(place_presence **ret)
{
    place_presence *p = calloc(1, sizeof *p);
    if (!p)
        return HK_NO_MEMORY;
    p->size = PRESENCE_FIRST;
    p->slots = calloc(p->size, sizeof *p->slots);
    if (!p->slots || pthread_mutex_init(&p->lock, NULL) != 0) {
        free(p->slots);
        free(p);
        return HK_NO_MEMORY;
    }
    *ret = p;
    return HK_OK;
}

void place_presence_free(place_presence *p)
{
    if (!p)
        return;
    (void)pthread_mutex_destroy(&p->lock); /* nobody holds it any more */
    free(p->slots);
    free(p);
}

static void lock(place_presence *p)
{
    int rc = pthread_mutex_lock(&p->lock);
    assert(rc == 0);
}

static void unlock(place_presence *p)
{
    int rc = pthread_mutex_unlock(&p->lock);
    assert(rc == 0);
}

void place_presence_set(place_presence *p, account_id account, bool here)
{
    lock(p);
    if (here && (p->taken + 1) * 4 > p->size * 3)
        (void)grow(p); /* without memory the table fills up, and the last quarter is then not shown as here */
    size_t at = slot_of(p, account);
    bool held = HK_ID_EQ(p->slots[at], account);
    if (here && !held && p->taken + 1 < p->size) {
        p->slots[at] = account;
        p->taken++;
    } else if (!here && held) {
        take_out(p, at);
    }
    unlock(p);
}

bool place_presence_is_here(place_presence *p, account_id account)
{
    lock(p);
    bool here = HK_ID_EQ(p->slots[slot_of(p, account)], account);
    unlock(p);
    return here;
}
