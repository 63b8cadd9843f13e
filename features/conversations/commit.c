/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Commits: who is in a conversation, and the key of each epoch (FORMAT.md, 3 and 4). Valid is what
 * vault/public.h says from the bytes alone; first is what the database says. Wraps go to the second file,
 * which is on the disk before the entry is (M12).
 */
#include <string.h>

#include "features/conversations/rows.h"

static hk_err epoch_taken(wire_reply *reply, int64_t epoch)
{
    wire_problem_int(reply, "epoch", epoch);
    return wire_problem(reply, HK_CONFLICT, "epoch_taken", "Somebody was first. Read on and decide anew.");
}

static hk_err check_commit(wire_reply *reply, const vault_chain *now, hk_slice bytes, vault_chain *ret)
{
    hk_err err = vault_commit_check(now, bytes, ret);
    if (err == HK_CONFLICT)
        return epoch_taken(reply, now->epoch);
    if (err == HK_REFUSED)
        return wire_problem(reply, HK_REFUSED, "commit_refused", "That is not theirs to decide.");
    if (err == HK_BAD)
        return wire_problem(reply, HK_BAD, "bad_commit", "This is not a commit.");
    HK_TRY(err);
    return ret->epoch <= VAULT_COMMITS_MAX ? HK_OK : HK_TOO_MUCH;
}

/* Exactly one wrap for each member. */
static hk_err check_wraps(wire_reply *reply, const vault_chain *chain, const shape_list *wraps)
{
    const wrap_item *all = wraps->items;
    bool right = wraps->count == chain->member_count;
    for (size_t i = 0; right && i < wraps->count; i++) {
        right = vault_chain_member(chain, &all[i].account) != NULL;
        for (size_t j = 0; right && j < i; j++)
            right = !HK_ID_EQ(all[i].account, all[j].account);
    }
    return right ? HK_OK
                 : wire_problem(reply, HK_BAD, "bad_wraps", "One sealed key for each member, no more.");
}

hk_err conv_put_wrap(wire_request *r, conversation_id conversation, int64_t epoch, const wrap_item *wrap)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, WRAP_PUT));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    store_bind_int(&c, epoch);
    store_bind_slice(&c, HK_ID_SLICE(wrap->account));
    store_bind_slice(&c, wrap->wrap);
    return store_finish(&c);
}

/* What a commit that never came may have left under this epoch goes first. */
static hk_err write_wraps(wire_request *r, conversation_id conversation, int64_t epoch,
                          const shape_list *wraps)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, WRAPS_CLEAR));
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    store_bind_int(&c, epoch);
    HK_TRY(store_finish(&c));
    const wrap_item *all = wraps->items;
    for (size_t i = 0; i < wraps->count; i++)
        HK_TRY(conv_put_wrap(r, conversation, epoch, &all[i]));
    return HK_OK;
}

static hk_err encode_chain(wire_request *r, const vault_chain *chain, hk_slice *ret)
{
    uint8_t *bytes = hk_arena_get(r->arena, VAULT_CHAIN_BYTES_MAX);
    size_t n;
    if (!bytes)
        return HK_NO_MEMORY;
    HK_TRY(vault_chain_encode(chain, bytes, VAULT_CHAIN_BYTES_MAX, &n));
    *ret = hk_slice_of(bytes, n);
    return HK_OK;
}

/* Where somebody who comes now may read from: the epoch their consent names, or this commit. */
static hk_err from_position(wire_request *r, const conv_at *at, uint32_t from_epoch, int64_t *ret)
{
    *ret = at->position;
    if (from_epoch == 0)
        return HK_OK;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, COMMIT_AT));
    store_bind_int(&c, at->conv);
    store_bind_int(&c, from_epoch);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (row)
        *ret = store_int(&c, 0);
    return HK_OK;
}

static hk_err add_member(wire_request *r, const conv_at *at, const vault_chain *next, size_t i)
{
    int64_t from;
    HK_TRY(from_position(r, at, next->from_epoch[i], &from));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, MEMBER_ADD));
    store_bind_int(&c, at->conv);
    store_bind_slice(&c, HK_ID_SLICE(next->members[i].account));
    store_bind_int(&c, next->members[i].role);
    store_bind_int(&c, from);
    store_bind_int(&c, next->until_ms[i]);
    return store_finish(&c);
}

static hk_err keep_member(wire_request *r, const conv_at *at, const vault_chain *next, size_t i)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, MEMBER_STAY));
    store_bind_int(&c, next->members[i].role);
    store_bind_int(&c, next->until_ms[i]);
    store_bind_int(&c, at->conv);
    store_bind_slice(&c, HK_ID_SLICE(next->members[i].account));
    return store_finish(&c);
}

static hk_err write_members(wire_request *r, const conv_at *at, const vault_chain *before,
                            const vault_chain *next)
{
    for (size_t i = 0; i < before->member_count; i++) {
        if (vault_chain_member(next, &before->members[i].account))
            continue;
        STORE_CURSOR(c);
        HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, MEMBER_OUT));
        store_bind_int(&c, at->conv);
        store_bind_slice(&c, HK_ID_SLICE(before->members[i].account));
        HK_TRY(store_finish(&c));
        /* They hear that it goes on without them, and of nothing in it. */
        HK_TRY(place_tell(r, &before->members[i].account, 1, "outside", &OUTSIDE_TOLD,
                          &(outside_told){next->conv}));
    }
    for (size_t i = 0; i < next->member_count; i++)
        HK_TRY(vault_chain_member(before, &next->members[i].account) ? keep_member(r, at, next, i)
                                                                     : add_member(r, at, next, i));
    return HK_OK;
}

static hk_err add_commit_row(wire_request *r, const conv_at *at, int64_t epoch)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, COMMIT_ADD));
    store_bind_int(&c, at->conv);
    store_bind_int(&c, epoch);
    store_bind_int(&c, at->position);
    return store_finish(&c);
}

/* The entry, its wraps, the members and the news of one valid commit. at: before it; afterwards with it. */
static hk_err write_commit(wire_request *r, conv_at *at, const vault_chain *next, hk_slice bytes,
                           const shape_list *wraps)
{
    HK_TRY(write_wraps(r, next->conv, next->epoch, wraps));
    HK_TRY(conv_append(r, at, &(conv_entry){.kind = ENTRY_COMMIT, .n = next->epoch, .bytes = bytes}));
    HK_TRY(add_commit_row(r, at, next->epoch));
    HK_TRY(write_members(r, at, &at->chain, next));
    entry_item entry = {.conversation = next->conv,
                        .position = at->position,
                        .kind = ENTRY_COMMIT,
                        .at_ms = r->now_ms,
                        .bytes = bytes};
    return conv_tell_entry(r, at, &entry, wraps);
}

/* An epoch that is there already: the same bytes are a repeat after a lost acknowledgement. */
static hk_err answer_taken(wire_request *r, wire_reply *reply, const conv_at *at, int64_t epoch,
                           hk_slice bytes, conv_kept *ret)
{
    uint8_t given[VAULT_HASH_BYTES], stored[VAULT_HASH_BYTES];
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, COMMIT_AT));
    store_bind_int(&c, at->conv);
    store_bind_int(&c, epoch);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return epoch_taken(reply, at->epoch);
    HK_TRY(store_slice_into(&c, 2, stored, sizeof stored));
    vault_entry_hash(bytes, given);
    if (memcmp(given, stored, sizeof given) != 0)
        return epoch_taken(reply, at->epoch);
    *ret = (conv_kept){.position = store_int(&c, 0), .at_ms = store_int(&c, 1), .again = true};
    return HK_OK;
}

hk_err conv_commit(wire_request *r, wire_reply *reply, conversation_id conversation, uint8_t flags,
                   const commit_body *body, conv_kept *ret)
{
    conv_at at;
    vault_commit commit;
    vault_chain next;
    hk_slice chain;
    HK_TRY(conv_find(r, conversation, true, &at));
    if (vault_commit_parse(body->commit, &commit) != HK_OK || !HK_ID_EQ(commit.conv, conversation) ||
        !HK_ID_EQ(commit.author, r->who.account))
        return wire_problem(reply, HK_BAD, "bad_commit", "This is not a commit of yours for here.");
    if (commit.epoch <= at.epoch)
        return answer_taken(r, reply, &at, commit.epoch, body->commit, ret);
    if ((commit.flags & VAULT_FLAG_REPLACE) != flags) /* a listener alone gives nobody a new key */
        return wire_problem(reply, HK_REFUSED, "commit_refused", "That is not theirs to decide.");
    HK_TRY(check_commit(reply, &at.chain, body->commit, &next));
    HK_TRY(check_wraps(reply, &next, &body->wraps));
    HK_TRY(write_commit(r, &at, &next, body->commit, &body->wraps));
    HK_TRY(encode_chain(r, &next, &chain));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, CONV_EPOCH));
    store_bind_int(&c, next.epoch);
    store_bind_int(&c, at.position);
    store_bind_slice(&c, chain);
    store_bind_int(&c, at.conv);
    HK_TRY(store_finish(&c));
    *ret = (conv_kept){.position = at.position, .at_ms = r->now_ms};
    return HK_OK;
}

/* ---- The first one */

static bool member_is(const vault_chain *chain, account_id account, uint8_t part)
{
    const vault_member *m = vault_chain_member(chain, &account);
    return m && m->role == part;
}

static hk_err check_genesis(wire_reply *reply, const conv_genesis *g, const vault_chain *next)
{
    static const uint8_t NONE[VAULT_HASH_BYTES];
    bool pair = g->kind == VAULT_KIND_PAIR;
    bool right = next->epoch == 1 && next->kind == g->kind && HK_ID_EQ(next->conv, g->conversation) &&
                 HK_ID_EQ(next->host, g->author) && next->member_count == (pair ? 2 : 1) &&
                 memcmp(next->first_hash, g->first_hash ? g->first_hash : NONE, sizeof NONE) == 0;
    if (right && pair)
        right =
            member_is(next, g->author, VAULT_ROLE_LISTENER) && member_is(next, g->client, VAULT_ROLE_CLIENT);
    return right ? HK_OK
                 : wire_problem(reply, HK_BAD, "bad_commit", "This is not how such a conversation begins.");
}

static hk_err add_conversation(wire_request *r, const vault_chain *next, int64_t *ret)
{
    hk_slice chain;
    HK_TRY(encode_chain(r, next, &chain));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, CONV_ADD));
    store_bind_slice(&c, HK_ID_SLICE(next->conv));
    store_bind_int(&c, next->kind);
    store_bind_slice(&c, chain);
    store_bind_int(&c, r->now_ms);
    bool row;
    HK_TRY(store_next(&c, &row));
    *ret = store_int(&c, 0);
    return HK_OK;
}

hk_err conv_begin(wire_request *r, wire_reply *reply, const conv_genesis *g, conv_kept *ret)
{
    conv_at at = {0};
    vault_chain next;
    HK_TRY(check_commit(reply, &at.chain, g->commit, &next));
    HK_TRY(check_genesis(reply, g, &next));
    HK_TRY(check_wraps(reply, &next, &g->wraps));
    vault_log_hash_start(&next.conv, at.head);
    HK_TRY(add_conversation(r, &next, &at.conv));
    HK_TRY(write_commit(r, &at, &next, g->commit, &g->wraps));
    *ret = (conv_kept){.position = at.position, .at_ms = r->now_ms};
    return HK_OK;
}

hk_err conv_begun(wire_request *r, wire_reply *reply, conversation_id conversation, hk_slice commit,
                  conv_kept *ret)
{
    conv_at at;
    HK_TRY(conv_find(r, conversation, false, &at));
    return answer_taken(r, reply, &at, 1, commit, ret);
}

static hk_err reply_kept(wire_request *r, wire_reply *reply, const conv_kept *kept)
{
    return wire_reply_body(r, reply, &KEPT, &(kept_body){kept->position, kept->at_ms, kept->again});
}

/* POST /api/conversations/:conversation/commits */
hk_err commit_epoch(wire_request *r, wire_reply *reply)
{
    conversation_id conversation;
    conv_kept kept;
    HK_TRY(conv_param(r, &conversation));
    HK_TRY(conv_commit(r, reply, conversation, 0, r->body, &kept));
    return reply_kept(r, reply, &kept);
}

/* POST /api/conversations: a conversation with oneself, for a journal, notes, measures. */
hk_err begin_private(wire_request *r, wire_reply *reply)
{
    const commit_body *body = r->body;
    vault_commit commit;
    conv_kept kept;
    if (vault_commit_parse(body->commit, &commit) != HK_OK || commit.kind != VAULT_KIND_PRIVATE)
        return wire_problem(reply, HK_BAD, "bad_commit",
                            "This is not how a conversation with oneself begins.");
    hk_err err = conv_begun(r, reply, commit.conv, body->commit, &kept);
    if (err == HK_NOT_THERE)
        err = conv_begin(r, reply,
                         &(conv_genesis){.conversation = commit.conv,
                                         .kind = VAULT_KIND_PRIVATE,
                                         .author = r->who.account,
                                         .commit = body->commit,
                                         .wraps = body->wraps},
                         &kept);
    HK_TRY(err);
    return reply_kept(r, reply, &kept);
}

/* PUT /api/conversations/:conversation/wraps: any member who has the key may replace a bad one; the check
 * value in the commit tells whoever uses it whether it is right. */
hk_err wrap_again(wire_request *r, wire_reply *reply)
{
    const wrap_again_body *body = r->body;
    conversation_id conversation;
    conv_at at;
    HK_TRY(conv_param(r, &conversation));
    HK_TRY(conv_find(r, conversation, true, &at));
    if (body->epoch > at.epoch || !vault_chain_member(&at.chain, &body->account))
        return HK_BAD;
    HK_TRY(conv_put_wrap(r, conversation, body->epoch, &(wrap_item){body->account, body->wrap}));
    return wire_reply_nothing(reply);
}
