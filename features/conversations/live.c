/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is only true now: who is here, who types, who has read how far.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "features/conversations/rows.h"

#define PEERS_MAX       1000 /* people one account shares conversations with, who hear of it */
#define HELLO_ARENA_MAX 1024

/* {"t":"read"} */
hk_err read_up_to(wire_request *r, wire_reply *reply)
{
    const read_body *body = r->body;
    conv_at at;
    HK_TRY(conv_find(r, body->conversation, false, &at));
    if (body->position > at.position)
        return HK_BAD;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, MEMBER_READ));
    store_bind_int(&c, body->position);
    store_bind_int(&c, at.conv);
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, body->position);
    HK_TRY(store_finish(&c));
    if (store_changed(r->db) == 1)
        HK_TRY(conv_tell_others(r, at.conv, "read", &READ_TOLD,
                                &(read_told){body->conversation, r->who.account, body->position}));
    return wire_reply_body(r, reply, &SHAPE_NOTHING, &(char){0});
}

/* {"t":"typing"} */
hk_err typing(wire_request *r, wire_reply *reply)
{
    const typing_body *body = r->body;
    conv_at at;
    HK_TRY(conv_find(r, body->conversation, false, &at));
    HK_TRY(conv_tell_others(r, at.conv, "typing", &TYPING_TOLD,
                            &(typing_told){body->conversation, r->who.account, body->typing}));
    return wire_reply_body(r, reply, &SHAPE_NOTHING, &(char){0});
}

/* {"t":"ping"} */
hk_err ping(wire_request *r, wire_reply *reply)
{
    return wire_reply_body(r, reply, &PONG, &(pong_body){r->now_ms});
}

/* ---- What an account's peers hear of it */

static hk_err peers_of(store_db *db, account_id account, account_id ret[static PEERS_MAX], size_t *ret_count)
{
    STORE_CURSOR(c);
    *ret_count = 0;
    HK_TRY(store_run(&c, db, &CONVERSATIONS_ROOM, PEERS));
    store_bind_slice(&c, HK_ID_SLICE(account));
    store_bind_int(&c, PEERS_MAX);
    while (*ret_count < PEERS_MAX) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(store_slice_into(&c, 0, ret[(*ret_count)++].b, HK_ID_BYTES));
    }
    return HK_OK;
}

static hk_err tell_peers_of(wire_request *r, account_id account, const char *told, const shape *s,
                            const void *value)
{
    account_id peers[PEERS_MAX];
    size_t count;
    HK_TRY(peers_of(r->db, account, peers, &count));
    return place_tell(r, peers, count, told, s, value);
}

hk_err conv_tell_new_key(wire_request *r, account_id account)
{
    return tell_peers_of(r, account, "new_key", &NEW_KEY_TOLD, &(new_key_told){account});
}

hk_err conv_tell_member(wire_request *r, account_id account)
{
    return tell_peers_of(r, account, "member", &MEMBER_TOLD, &(member_told){account});
}

/* ---- The server's hooks */

void conv_opened(void *place_pointer, uint64_t connection, const wire_who *who)
{
    const place *p = place_pointer;
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock */
    hello_told hello = {.account = who->account,
                        .place_epoch = store_epoch(p->store),
                        .now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000};
    hk_arena arena;
    hk_slice text;
    hk_arena_init(&arena, HELLO_ARENA_MAX);
    if (shape_encode_told("hello", &HELLO_TOLD, &hello, &arena, &text) == HK_OK)
        (void)wire_socket_send(p->wire, connection, text); /* a socket that is gone needs no hello */
    hk_arena_done(&arena);
}

/* Who came or went, on its way: a reader finds the peers, the loop tells them. */
typedef struct coming {
    store_job job; /* first: the store hands back its address */
    place *p;
    account_id account;
    bool here;
    account_id peers[PEERS_MAX];
    size_t count;
} coming;

static hk_err find_peers(store_job *job, store_db *db)
{
    coming *k = (coming *)job;
    return peers_of(db, k->account, k->peers, &k->count);
}

static void tell_peers(void *place_pointer, void *arg)
{
    const place *p = place_pointer;
    coming *k = arg;
    hk_arena arena;
    hk_slice text;
    hk_arena_init(&arena, HELLO_ARENA_MAX);
    if (shape_encode_told("presence", &PRESENCE_TOLD, &(presence_told){k->account, k->here}, &arena, &text) ==
        HK_OK)
        live_tell(p->live, k->peers, k->count, text, 0);
    hk_arena_done(&arena);
    free(k);
}

static void peers_found(store_job *job, hk_err result)
{
    coming *k = (coming *)job;
    if (result != HK_OK || k->count == 0 || wire_on_loop(k->p->wire, tell_peers, k) != HK_OK)
        free(k);
}

void conv_presence(void *place_pointer, account_id account, bool here)
{
    place *p = place_pointer;
    coming *k = calloc(1, sizeof *k);
    if (!k)
        return; /* presence is a comfort, not a promise */
    *k = (coming){.job = {.run = find_peers, .done = peers_found}, .p = p, .account = account, .here = here};
    if (store_read(p->store, &k->job) != HK_OK)
        free(k);
}
