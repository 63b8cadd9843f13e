/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Leaving, deleting and destroying. What is destroyed loses its keys first: without its wraps no copy of the
 * sealed bytes opens again.
 */
#include <string.h>

#include "features/conversations/rows.h"
#include "features/deletions/deletions.h"

/* POST /api/conversations/:conversation/leave: delivery stops with this commit of the database; the next
 * author's commit takes the key away (nobody may know the key of an epoch they are not in). */
hk_err leave(wire_request *r, wire_reply *reply)
{
    const leave_body *body = r->body;
    conversation_id conversation;
    conv_at at;
    account_id who;
    HK_TRY(conv_param(r, &conversation));
    HK_TRY(conv_find(r, conversation, true, &at));
    hk_err err = vault_leave_check(&at.chain, body->leave, &who);
    if (err == HK_CONFLICT)
        return wire_problem(reply, HK_CONFLICT, "epoch_taken",
                            "Somebody was first. Read on and decide anew.");
    HK_TRY(err);
    if (!HK_ID_EQ(who, r->who.account))
        return HK_REFUSED;
    HK_TRY(conv_tell_member(r, who));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, MEMBER_LEAVE));
    store_bind_int(&c, at.conv);
    store_bind_slice(&c, HK_ID_SLICE(who));
    HK_TRY(store_finish(&c));
    return wire_reply_nothing(reply);
}

/* PUT /api/conversations/:conversation/receipt: one for each member, and its position only grows. */
hk_err put_receipt(wire_request *r, wire_reply *reply)
{
    const receipt_body *body = r->body;
    conversation_id conversation;
    conv_at at;
    vault_envelope e;
    HK_TRY(conv_param(r, &conversation));
    HK_TRY(conv_find(r, conversation, true, &at));
    if (vault_envelope_parse(body->receipt, &e) != HK_OK || e.type != VAULT_TYPE_RECEIPT ||
        !HK_ID_EQ(e.conv, conversation) || !HK_ID_EQ(e.sender, r->who.account) || e.seen_pos > at.position)
        return wire_problem(reply, HK_BAD, "bad_envelope", "This is not a receipt of yours for here.");
    hk_err err = vault_envelope_fits(&at.chain, &e);
    if (err == HK_CONFLICT) {
        wire_problem_int(reply, "epoch", at.epoch);
        return wire_problem(reply, HK_CONFLICT, "stale_epoch",
                            "Who is here has changed. Read on, then seal again.");
    }
    HK_TRY(err);
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, RECEIPT_PUT));
    store_bind_int(&c, at.conv);
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, e.seen_pos);
    store_bind_slice(&c, body->receipt);
    HK_TRY(store_finish(&c));
    return wire_reply_nothing(reply);
}

/* DELETE /api/conversations/:conversation/messages/:position: the bytes go, the hash stays, and so does H. */
hk_err delete_message(wire_request *r, wire_reply *reply)
{
    const place *p = r->place;
    conversation_id conversation;
    conv_at at;
    entry_item entry = {.kind = ENTRY_GONE};
    HK_TRY(conv_param(r, &conversation));
    HK_TRY(wire_param_int(r, 1, &entry.position));
    HK_TRY(conv_find(r, conversation, false, &at));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, ENTRY_GO));
    store_bind_int(&c, at.conv);
    store_bind_int(&c, entry.position);
    store_bind_int(&c, at.conv);
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    entry.conversation = conversation;
    entry.at_ms = store_int(&c, 0);
    HK_TRY(store_slice_into(&c, 1, entry.entry_hash, sizeof entry.entry_hash));
    HK_TRY(deletions_add_message(p->deletions, r->now_ms, conversation, entry.position));
    HK_TRY(conv_tell_entry(r, &at, &entry, NULL));
    return wire_reply_nothing(reply);
}

hk_err conv_forget_message(store_db *db, conversation_id conversation, int64_t position)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &CONVERSATIONS_ROOM, ENTRY_GO_AGAIN));
    store_bind_int(&c, position);
    store_bind_slice(&c, HK_ID_SLICE(conversation));
    return store_finish(&c);
}

/* ---- Destroying */

static hk_err run_with_slice(store_db *db, size_t statement, hk_slice id)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &CONVERSATIONS_ROOM, statement));
    store_bind_slice(&c, id);
    return store_finish(&c);
}

static hk_err destroy(store_db *db, int64_t conv, conversation_id conversation)
{
    static const size_t ROWS[] = {ENTRIES_END, STREAMS_END, COMMITS_END, RECEIPTS_END, MEMBERS_END, CONV_END};
    HK_TRY(run_with_slice(db, WRAPS_END, HK_ID_SLICE(conversation)));
    for (size_t i = 0; i < HK_COUNT(ROWS); i++) {
        STORE_CURSOR(c);
        HK_TRY(store_run(&c, db, &CONVERSATIONS_ROOM, ROWS[i]));
        store_bind_int(&c, conv);
        HK_TRY(store_finish(&c));
    }
    return HK_OK;
}

static hk_err next_dying(store_db *db, size_t statement, account_id account, bool *ret_row, int64_t *ret_conv,
                         conversation_id *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &CONVERSATIONS_ROOM, statement));
    store_bind_slice(&c, HK_ID_SLICE(account));
    HK_TRY(store_next(&c, ret_row));
    if (!*ret_row)
        return HK_OK;
    *ret_conv = store_int(&c, 0);
    return store_slice_into(&c, 1, ret->b, HK_ID_BYTES);
}

static hk_err destroy_all(store_db *db, size_t statement, account_id account, int64_t *ret_destroyed)
{
    *ret_destroyed = 0;
    for (;;) {
        bool row;
        int64_t conv = 0;
        conversation_id conversation = {0};
        HK_TRY(next_dying(db, statement, account, &row, &conv, &conversation));
        if (!row)
            return HK_OK;
        HK_TRY(destroy(db, conv, conversation));
        (*ret_destroyed)++;
    }
}

hk_err conv_forget_private(store_db *db, account_id account)
{
    int64_t destroyed;
    return destroy_all(db, CONV_PRIVATE, account, &destroyed);
}

hk_err conv_forget(store_db *db, account_id account, int64_t *ret_destroyed)
{
    HK_TRY(destroy_all(db, CONV_DYING, account, ret_destroyed));
    HK_TRY(run_with_slice(db, WRAPS_FORGET, HK_ID_SLICE(account)));
    return run_with_slice(db, MEMBER_GONE_ALL, HK_ID_SLICE(account));
}

/* ---- Wraps of commits that never came */

#define SWEEP_MAX 1000 /* in one start; a power cut leaves at most one batch of them */

typedef struct orphan {
    conversation_id conversation;
    int64_t epoch;
} orphan;

static hk_err is_orphan(store_db *db, const orphan *o, bool *ret)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &CONVERSATIONS_ROOM, COMMIT_THERE));
    store_bind_slice(&c, HK_ID_SLICE(o->conversation));
    store_bind_int(&c, o->epoch);
    bool there;
    HK_TRY(store_next(&c, &there));
    *ret = !there;
    return HK_OK;
}

static hk_err find_orphans(store_db *db, orphan ret[static SWEEP_MAX], size_t *ret_count)
{
    size_t count = 0;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, db, &CONVERSATIONS_ROOM, WRAPS_ALL));
    while (count < SWEEP_MAX) {
        bool row, orphaned;
        HK_TRY(store_next(&c, &row));
        if (!row)
            break;
        HK_TRY(store_slice_into(&c, 0, ret[count].conversation.b, HK_ID_BYTES));
        ret[count].epoch = store_int(&c, 1);
        HK_TRY(is_orphan(db, &ret[count], &orphaned));
        count += orphaned;
    }
    *ret_count = count;
    return HK_OK;
}

hk_err conv_sweep(store_db *db, int64_t *ret_swept)
{
    orphan orphans[SWEEP_MAX];
    size_t count;
    HK_TRY(find_orphans(db, orphans, &count));
    for (size_t i = 0; i < count; i++) {
        STORE_CURSOR(c);
        HK_TRY(store_run(&c, db, &CONVERSATIONS_ROOM, WRAPS_CLEAR));
        store_bind_slice(&c, HK_ID_SLICE(orphans[i].conversation));
        store_bind_int(&c, orphans[i].epoch);
        HK_TRY(store_finish(&c));
    }
    *ret_swept = (int64_t)count;
    return HK_OK;
}
