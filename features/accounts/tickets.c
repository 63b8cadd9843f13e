/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Tickets for sockets: good once, for 30 seconds, so they live in memory alone. After a restart a whole place
 * of people comes back at once; a ticket that had to be synced to disk, twice, was what they waited for.
 *
 * A table of fixed size, four places for each hash: when all four are taken the oldest goes, and whoever held
 * it asks for another.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "features/accounts/accounts.h"

#define TICKET_SETS 4096 /* with four places each: 16,384 people in 30 seconds */
#define TICKET_WAYS 4

typedef struct kept_ticket {
    uint8_t hash[32];
    int64_t session;
    int64_t expires_ms; /* 0: free */
} kept_ticket;

struct socket_tickets {
    pthread_mutex_t lock;
    kept_ticket sets[TICKET_SETS][TICKET_WAYS];
};

hk_err socket_tickets_new(socket_tickets **ret)
{
    socket_tickets *t = calloc(1, sizeof *t);
    if (!t)
        return HK_NO_MEMORY;
    pthread_mutex_init(&t->lock, NULL);
    *ret = t;
    return HK_OK;
}

void socket_tickets_free(socket_tickets *t)
{
    if (!t)
        return;
    pthread_mutex_destroy(&t->lock);
    free(t);
}

/* Hashes are random: their own bytes spread them. */
static kept_ticket *set_of(socket_tickets *t, const uint8_t hash[static 32])
{
    return t->sets[((size_t)hash[0] << 8 | hash[1]) % TICKET_SETS];
}

void socket_tickets_add(socket_tickets *t, const uint8_t hash[static 32], int64_t session, int64_t expires_ms)
{
    pthread_mutex_lock(&t->lock);
    kept_ticket *set = set_of(t, hash), *oldest = set;
    for (size_t i = 1; i < TICKET_WAYS; i++)
        if (set[i].expires_ms < oldest->expires_ms)
            oldest = &set[i];
    memcpy(oldest->hash, hash, sizeof oldest->hash);
    oldest->session = session;
    oldest->expires_ms = expires_ms;
    pthread_mutex_unlock(&t->lock);
}

bool socket_tickets_burn(socket_tickets *t, const uint8_t hash[static 32], int64_t session, int64_t now_ms)
{
    bool good = false;
    pthread_mutex_lock(&t->lock);
    kept_ticket *set = set_of(t, hash);
    for (size_t i = 0; i < TICKET_WAYS; i++) {
        if (set[i].expires_ms == 0 || memcmp(set[i].hash, hash, sizeof set[i].hash) != 0)
            continue;
        if (set[i].session != session)
            continue; /* somebody else's cookie burns nothing */
        good = set[i].expires_ms > now_ms;
        set[i] = (kept_ticket){0};
    }
    pthread_mutex_unlock(&t->lock);
    return good;
}
