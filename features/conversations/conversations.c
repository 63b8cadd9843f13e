/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A conversation as its members find it, its log's next entry, and who hears of it.
 */
#include "features/conversations/conversations.h"

#include <string.h>

#include "features/conversations/rows.h"

hk_err conv_param(const wire_request *r, conversation_id *ret)
{
    return wire_param_id(r, 0, ret->b);
}

hk_err conv_find(wire_request *r, conversation_id conversation, bool with_chain, conv_at *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, CONV_AT));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, r->now_ms);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    ret->conv = store_int(&c, 0);
    ret->kind = store_int(&c, 1);
    ret->epoch = store_int(&c, 2);
    ret->commit_position = store_int(&c, 3);
    ret->from_position = store_int(&c, 4);
    ret->position = store_int(&c, 5);
    HK_TRY(store_slice_into(&c, 6, ret->head, sizeof ret->head));
    if (with_chain && vault_chain_decode(store_slice(&c, 7), &ret->chain) != HK_OK)
        return HK_STORE;
    return HK_OK;
}

hk_err conv_append(wire_request *r, conv_at *at, const conv_entry *e)
{
    uint8_t entry_hash[VAULT_HASH_BYTES];
    vault_entry_hash(e->bytes, entry_hash);
    vault_log_hash_next(at->head, at->position + 1, entry_hash, at->head);
    at->position++;
    STORE_CURSOR(c);
    HK_TRY((e->is_last ? store_run_last : store_run)(&c, r->db, &CONVERSATIONS_ROOM, ENTRY_ADD));
    store_bind_int(&c, at->conv);
    store_bind_int(&c, at->position);
    store_bind_int(&c, e->kind);
    if (e->kind == ENTRY_MESSAGE)
        store_bind_int(&c, e->stream);
    else
        store_bind_null(&c);
    store_bind_int(&c, e->n);
    store_bind_int(&c, r->now_ms);
    store_bind_slice(&c, hk_slice_of(entry_hash, sizeof entry_hash));
    store_bind_slice(&c, hk_slice_of(at->head, sizeof at->head));
    store_bind_slice(&c, e->bytes);
    return store_finish(&c);
}

hk_err conv_hearers(wire_request *r, int64_t conv, account_id ret[static VAULT_MEMBERS_MAX],
                    size_t *ret_count)
{
    size_t count = 0;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, MEMBERS_TOLD));
    store_bind_int(&c, conv);
    store_bind_int(&c, r->now_ms);
    while (count < VAULT_MEMBERS_MAX) {
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(store_slice_into(&c, 0, ret[count++].b, HK_ID_BYTES));
    }
    *ret_count = count;
    return HK_OK;
}

hk_err conv_tell_others(wire_request *r, int64_t conv, const char *told, const shape *s, const void *value)
{
    account_id hearers[VAULT_MEMBERS_MAX], others[VAULT_MEMBERS_MAX];
    size_t count, kept = 0;
    HK_TRY(conv_hearers(r, conv, hearers, &count));
    for (size_t i = 0; i < count; i++)
        if (!HK_ID_EQ(hearers[i], r->who.account))
            others[kept++] = hearers[i];
    return place_tell(r, others, kept, told, s, value);
}

static hk_slice wrap_for(const shape_list *wraps, account_id account)
{
    const wrap_item *all = wraps->items;
    for (size_t i = 0; i < wraps->count; i++)
        if (HK_ID_EQ(all[i].account, account))
            return all[i].wrap;
    return (hk_slice){0};
}

hk_err conv_tell_entry(wire_request *r, const conv_at *at, const entry_item *entry, const shape_list *wraps)
{
    account_id hearers[VAULT_MEMBERS_MAX];
    size_t count;
    HK_TRY(conv_hearers(r, at->conv, hearers, &count));
    if (!wraps)
        return place_tell(r, hearers, count, "entry", &ENTRY, entry);
    for (size_t i = 0; i < count; i++) {
        entry_item own = *entry;
        own.wrap = wrap_for(wraps, hearers[i]);
        HK_TRY(place_tell(r, &hearers[i], 1, "entry", &ENTRY, &own));
    }
    return HK_OK;
}
