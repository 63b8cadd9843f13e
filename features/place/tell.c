/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Telling people after the commit: what is said is made ready in the transaction and handed to `live` on the
 * loop's thread once it is true.
 */
#include <string.h>

#include "features/place/place.h"

typedef struct told {
    const account_id *accounts;
    size_t count;
    hk_slice text;
    uint64_t except;
} told;

static void tell_now(void *place_pointer, void *arg)
{
    const place *p = place_pointer;
    const told *t = arg;
    live_tell(p->live, t->accounts, t->count, t->text, t->except);
}

hk_err place_tell(wire_request *r, const account_id *accounts, size_t count, const char *name, const shape *s,
                  const void *value)
{
    if (count == 0)
        return HK_OK;
    told *t = hk_arena_get(r->arena, sizeof *t);
    account_id *copy = hk_arena_get_array(r->arena, count, sizeof *copy);
    if (!t || !copy)
        return HK_NO_MEMORY;
    memcpy(copy, accounts, count * sizeof *copy);
    *t = (told){.accounts = copy, .count = count, .except = r->connection};
    HK_TRY(shape_encode_told(name, s, value, r->arena, &t->text));
    return wire_after(r, tell_now, t);
}

typedef struct dropped {
    account_id account;
    int64_t session;
} dropped;

static hk_err drop_after(wire_request *r, void (*drop)(void *, void *), account_id account, int64_t session)
{
    dropped *d = hk_arena_get(r->arena, sizeof *d);
    if (!d)
        return HK_NO_MEMORY;
    *d = (dropped){.account = account, .session = session};
    return wire_after(r, drop, d);
}

static void drop_account_now(void *place_pointer, void *arg)
{
    live_drop_account(((const place *)place_pointer)->live, ((const dropped *)arg)->account);
}

static void drop_session_now(void *place_pointer, void *arg)
{
    live_drop_session(((const place *)place_pointer)->live, ((const dropped *)arg)->session);
}

static void drop_others_now(void *place_pointer, void *arg)
{
    const dropped *d = arg;
    live_drop_other_sessions(((const place *)place_pointer)->live, d->account, d->session);
}

hk_err place_drop_account(wire_request *r, account_id account)
{
    return drop_after(r, drop_account_now, account, 0);
}

hk_err place_drop_session(wire_request *r, int64_t session)
{
    return drop_after(r, drop_session_now, (account_id){0}, session);
}

hk_err place_drop_others(wire_request *r, account_id account, int64_t but_session)
{
    return drop_after(r, drop_others_now, account, but_session);
}

static void scrub_now(void *place_pointer, void *arg)
{
    (void)arg;
    atomic_store(&((place *)place_pointer)->scrub_wanted, true);
}

hk_err place_scrub_soon(wire_request *r)
{
    return wire_after(r, scrub_now, NULL);
}
