/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reading: the log after a position, and the list of one's conversations.
 */
#include <string.h>

#include "features/conversations/rows.h"

/* One's own wrap of an epoch; none: zero bytes, and the device asks another member for it. */
static hk_err read_wrap(wire_request *r, conversation_id conversation, int64_t epoch, hk_slice *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, WRAP_MINE));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    store_bind_int(&c, epoch);
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    bool row;
    HK_TRY(store_next(&c, &row));
    return row ? store_copy(&c, 0, r->arena, ret) : HK_OK;
}

static hk_err read_entry(wire_request *r, store_cursor *c, conversation_id conversation, entry_item *entry)
{
    *entry = (entry_item){.conversation = conversation,
                          .position = store_int(c, 0),
                          .kind = store_int(c, 1),
                          .at_ms = store_int(c, 3)};
    if (store_is_null(c, 5))
        return store_slice_into(c, 4, entry->entry_hash, sizeof entry->entry_hash);
    HK_TRY(store_copy(c, 5, r->arena, &entry->bytes));
    return entry->kind == ENTRY_COMMIT ? read_wrap(r, conversation, store_int(c, 2), &entry->wrap) : HK_OK;
}

static hk_err read_entries(wire_request *r, const conv_at *at, conversation_id conversation, int64_t after,
                           int64_t limit, shape_list *ret)
{
    entry_item *entries = hk_arena_get_array(r->arena, (size_t)limit, sizeof *entries);
    if (!entries)
        return HK_NO_MEMORY;
    size_t count = 0, bytes = 0;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, ENTRIES_AFTER));
    store_bind_int(&c, at->conv);
    store_bind_int(&c, after < at->from_position ? at->from_position - 1 : after);
    store_bind_int(&c, limit);
    while (bytes < CONV_LOG_BYTES_MAX) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        bytes += store_slice(&c, 5).n;
        if (count > 0 && bytes > CONV_LOG_BYTES_MAX)
            break;
        HK_TRY(read_entry(r, &c, conversation, &entries[count++]));
    }
    *ret = (shape_list){entries, count};
    return HK_OK;
}

/* A device that kept what it read learns from this that words in it were taken back since. */
static hk_err count_gone(wire_request *r, const conv_at *at, int64_t after, int64_t *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, ENTRIES_GONE));
    store_bind_int(&c, at->conv);
    store_bind_int(&c, after);
    bool row;
    HK_TRY(store_next(&c, &row));
    *ret = row ? store_int(&c, 0) : 0;
    return HK_OK;
}

/* GET /api/conversations/:conversation/log?after=P&limit=N */
hk_err read_log(wire_request *r, wire_reply *reply)
{
    conversation_id conversation;
    conv_at at;
    int64_t after, limit;
    HK_TRY(conv_param(r, &conversation));
    HK_TRY(wire_query_int(r, "after", 0, &after));
    HK_TRY(wire_query_int(r, "limit", CONV_LOG_COUNT_MAX, &limit));
    if (after < 0 || limit < 1 || limit > CONV_LOG_COUNT_MAX)
        return HK_BAD;
    HK_TRY(conv_find(r, conversation, false, &at));
    log_body body = {.position = at.position};
    memcpy(body.head, at.head, sizeof body.head);
    HK_TRY(count_gone(r, &at, after, &body.gone));
    HK_TRY(read_entries(r, &at, conversation, after, limit, &body.entries));
    return wire_reply_body(r, reply, &LOG, &body);
}

/* ---- The list */

typedef struct listed_members {
    member_item members[VAULT_MEMBERS_MAX];
    read_item read[VAULT_MEMBERS_MAX];
    account_id here[VAULT_MEMBERS_MAX];
    size_t count, here_count;
} listed_members;

/* Their account has another key by now than stands here: a listener of another talk confirmed it. */
static bool has_new_key(const vault_chain *chain, account_id account, hk_slice ik)
{
    const vault_member *m = vault_chain_member(chain, &account);
    return m && !hk_slice_eq(ik, hk_slice_of(m->ik, sizeof m->ik));
}

static hk_err read_member(wire_request *r, store_cursor *c, const vault_chain *chain, listed_members *l)
{
    const place *p = r->place;
    member_item m = {.part = store_int(c, 1) - VAULT_ROLE_CLIENT, .left = store_int(c, 3) != 0};
    HK_TRY(store_slice_into(c, 0, m.account.b, HK_ID_BYTES));
    m.role = store_is_null(c, 4) ? ROLE_CLIENT : store_int(c, 4);
    m.disabled = store_is_null(c, 4) || store_int(c, 6) != 0; /* erased is gone for good */
    m.new_key = !m.disabled && has_new_key(chain, m.account, store_slice(c, 8));
    if (!store_is_null(c, 5))
        HK_TRY(store_copy(c, 5, r->arena, &m.name));
    if (!store_is_null(c, 7))
        HK_TRY(store_copy(c, 7, r->arena, &m.certificate));
    l->read[l->count] = (read_item){m.account, store_int(c, 2)};
    l->members[l->count++] = m;
    if (!HK_ID_EQ(m.account, r->who.account) && place_presence_is_here(p->presence, m.account))
        l->here[l->here_count++] = m.account;
    return HK_OK;
}

/* As many as there are: a listener's list is long, and most conversations have two. */
static hk_err keep_list(wire_request *r, const void *items, size_t count, size_t size, shape_list *ret)
{
    void *kept = hk_arena_get_array(r->arena, count, size);
    if (!kept)
        return HK_NO_MEMORY;
    memcpy(kept, items, count * size);
    *ret = (shape_list){kept, count};
    return HK_OK;
}

static hk_err read_members(wire_request *r, int64_t conv, const vault_chain *chain, conversation_item *item)
{
    listed_members l = {.count = 0};
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, MEMBERS_SHOWN));
    store_bind_int(&c, conv);
    while (l.count < VAULT_MEMBERS_MAX) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(read_member(r, &c, chain, &l));
    }
    HK_TRY(keep_list(r, l.members, l.count, sizeof *l.members, &item->members));
    HK_TRY(keep_list(r, l.read, l.count, sizeof *l.read, &item->read));
    return keep_list(r, l.here, l.here_count, sizeof *l.here, &item->here);
}

static hk_err read_receipts(wire_request *r, int64_t conv, conversation_item *item)
{
    receipt_item receipts[VAULT_MEMBERS_MAX];
    size_t count = 0;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, RECEIPTS_OF));
    store_bind_int(&c, conv);
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    while (count < VAULT_MEMBERS_MAX) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(store_slice_into(&c, 0, receipts[count].account.b, HK_ID_BYTES));
        HK_TRY(store_copy(&c, 1, r->arena, &receipts[count].receipt));
        count++;
    }
    return keep_list(r, receipts, count, sizeof *receipts, &item->receipts);
}

static hk_err read_conversation(wire_request *r, store_cursor *c, conversation_item *item)
{
    int64_t conv = store_int(c, 0);
    vault_chain chain;
    HK_TRY(vault_chain_decode(store_slice(c, 8), &chain));
    HK_TRY(store_slice_into(c, 1, item->conversation.b, HK_ID_BYTES));
    item->kind = store_int(c, 2) - VAULT_KIND_PAIR;
    item->epoch = store_int(c, 3);
    item->mine.read = store_int(c, 4);
    item->position = store_int(c, 5);
    HK_TRY(store_slice_into(c, 6, item->head, sizeof item->head));
    item->at_ms = store_int(c, 7);
    HK_TRY(read_members(r, conv, &chain, item));
    return read_receipts(r, conv, item);
}

/* GET /api/conversations */
hk_err list_conversations(wire_request *r, wire_reply *reply)
{
    conversation_item *items = hk_arena_get_array(r->arena, CONV_SHOWN_MAX, sizeof *items);
    if (!items)
        return HK_NO_MEMORY;
    conversations_body body = {.conversations = {.items = items}};
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, CONV_MINE));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, r->now_ms);
    store_bind_int(&c, CONV_SHOWN_MAX);
    for (;;) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(read_conversation(r, &c, &items[body.conversations.count++]));
    }
    return wire_reply_body(r, reply, &CONVERSATIONS, &body);
}
