/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One sealed message into the log (FORMAT.md, 5 and 6). In this order: whose it is; is it a repeat, told by
 * (stream, epoch, n) before the epoch is looked at, so that a lost acknowledgement is answered the same for
 * ever; is it for this epoch and these members; does its stream go on; does its sender know this history.
 * Then a position, in the same transaction, and the others hear of it after the COMMIT.
 *
 * The row is written last of all, with the answer and the news already made: so a message needs no savepoint.
 */
#include <string.h>

#include "features/conversations/rows.h"

typedef struct stream_at {
    int64_t stream; /* 0: not seen in this epoch */
    account_id account;
    int64_t last_n;
} stream_at;

static hk_err find_stream(wire_request *r, const conv_at *at, const vault_envelope *e, stream_at *ret)
{
    *ret = (stream_at){0};
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, STREAM_LAST));
    store_bind_int(&c, at->conv);
    store_bind_slice(&c, HK_ID_SLICE(e->stream));
    store_bind_int(&c, e->epoch);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_OK;
    ret->stream = store_int(&c, 0);
    ret->last_n = store_int(&c, 2);
    return store_slice_into(&c, 1, ret->account.b, HK_ID_BYTES);
}

static hk_err conflict(wire_reply *reply)
{
    return wire_problem(reply, HK_CONFLICT, "stream_conflict",
                        "This place already holds other bytes under that number. Seal it again.");
}

static hk_err reply_kept(wire_request *r, wire_reply *reply, const conv_kept *kept)
{
    return wire_reply_body(r, reply, &KEPT, &(kept_body){kept->position, kept->at_ms, kept->again});
}

/* Asked again: the same bytes are answered with where they stand, other bytes are refused. */
static hk_err answer_repeat(wire_request *r, wire_reply *reply, const stream_at *s, uint32_t n,
                            hk_slice bytes)
{
    uint8_t given[VAULT_HASH_BYTES], stored[VAULT_HASH_BYTES];
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, ENTRY_REPEAT));
    store_bind_int(&c, s->stream);
    store_bind_int(&c, n);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_STORE; /* numbers are dense: below the last there is no hole */
    HK_TRY(store_slice_into(&c, 2, stored, sizeof stored));
    vault_entry_hash(bytes, given);
    if (memcmp(given, stored, sizeof given) != 0)
        return conflict(reply);
    return reply_kept(r, reply,
                      &(conv_kept){.position = store_int(&c, 0), .at_ms = store_int(&c, 1), .again = true});
}

static hk_err check_epoch(wire_reply *reply, const conv_at *at, const vault_envelope *e)
{
    hk_err err = vault_envelope_fits(&at->chain, e);
    if (err == HK_CONFLICT) {
        wire_problem_int(reply, "epoch", at->epoch);
        return wire_problem(reply, HK_CONFLICT, "stale_epoch",
                            "Who is here has changed. Read on, then seal again.");
    }
    return err == HK_OK ? HK_OK
                        : wire_problem(reply, HK_BAD, "bad_envelope", "This is not a message for here.");
}

/* What the sender says they had seen must be our own history, and not older than this epoch. */
static hk_err check_history(wire_request *r, wire_reply *reply, const conv_at *at, const vault_envelope *e)
{
    uint8_t hash[VAULT_HASH_BYTES];
    if (e->seen_pos < at->commit_position || e->seen_pos > at->position)
        return wire_problem(reply, HK_BAD, "bad_envelope",
                            "This names a place in the log that is not there.");
    if (e->seen_pos == at->position) {
        memcpy(hash, at->head, sizeof hash);
    } else {
        STORE_CURSOR(c);
        HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, ENTRY_HASH_AT));
        store_bind_int(&c, at->conv);
        store_bind_int(&c, e->seen_pos);
        bool row;
        HK_TRY(store_next(&c, &row));
        if (!row)
            return HK_STORE;
        HK_TRY(store_slice_into(&c, 0, hash, sizeof hash));
    }
    if (memcmp(hash, e->seen_hash, sizeof hash) != 0)
        return wire_problem(reply, HK_CONFLICT, "history_differs",
                            "Your device remembers another history of this conversation.");
    return HK_OK;
}

/* One row's first column, or HK_NOT_THERE. */
static hk_err add_stream(wire_request *r, wire_reply *reply, const conv_at *at, const vault_envelope *e,
                         int64_t *ret)
{
    bool row;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, STREAM_OWNER));
    store_bind_int(&c, at->conv);
    store_bind_slice(&c, HK_ID_SLICE(e->stream));
    HK_TRY(store_next(&c, &row));
    if (row && !hk_slice_eq(store_slice(&c, 0), HK_ID_SLICE(r->who.account)))
        return conflict(reply);
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, STREAM_COUNT));
    store_bind_int(&c, at->conv);
    store_bind_int(&c, at->epoch);
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    HK_TRY(store_next(&c, &row));
    if (store_int(&c, 0) >= VAULT_STREAMS_MAX)
        return wire_problem(reply, HK_TOO_MUCH, "too_many_streams", "Begin a new epoch first.");
    HK_TRY(store_run(&c, r->db, &CONVERSATIONS_ROOM, STREAM_ADD));
    store_bind_int(&c, at->conv);
    store_bind_int(&c, at->epoch);
    store_bind_slice(&c, HK_ID_SLICE(e->stream));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    HK_TRY(store_next(&c, &row));
    *ret = store_int(&c, 0);
    return HK_OK;
}

static hk_err check_stream(wire_request *r, wire_reply *reply, const conv_at *at, const vault_envelope *e,
                           stream_at *s)
{
    if (e->n != s->last_n + 1)
        return wire_problem(reply, HK_CONFLICT, "out_of_order",
                            "A message before this one did not arrive yet.");
    return s->stream ? HK_OK : add_stream(r, reply, at, e, &s->stream);
}

/* Answers, tells and keeps it: in that order of making, all of it true from the COMMIT on. */
static hk_err keep(wire_request *r, wire_reply *reply, conv_at *at, const stream_at *s,
                   conversation_id conversation, hk_slice bytes)
{
    entry_item entry = {.conversation = conversation,
                        .position = at->position + 1,
                        .kind = ENTRY_MESSAGE,
                        .at_ms = r->now_ms,
                        .bytes = bytes};
    HK_TRY(reply_kept(r, reply, &(conv_kept){.position = entry.position, .at_ms = entry.at_ms}));
    HK_TRY(conv_tell_entry(r, at, &entry, NULL));
    return conv_append(r, at, &(conv_entry){ENTRY_MESSAGE, s->stream, s->last_n + 1, bytes, .is_last = true});
}

static hk_err append_message(wire_request *r, wire_reply *reply, conversation_id conversation, hk_slice bytes)
{
    conv_at at;
    vault_envelope e;
    stream_at s;
    HK_TRY(conv_find(r, conversation, true, &at));
    if (vault_envelope_parse(bytes, &e) != HK_OK || e.type != VAULT_TYPE_MESSAGE ||
        !HK_ID_EQ(e.conv, conversation) || !HK_ID_EQ(e.sender, r->who.account))
        return wire_problem(reply, HK_BAD, "bad_envelope", "This is not a message of yours for here.");
    HK_TRY(find_stream(r, &at, &e, &s));
    if (s.stream && !HK_ID_EQ(s.account, r->who.account))
        return conflict(reply);
    if (s.stream && e.n <= s.last_n)
        return answer_repeat(r, reply, &s, e.n, bytes);
    HK_TRY(check_epoch(reply, &at, &e));
    HK_TRY(check_history(r, reply, &at, &e));
    HK_TRY(check_stream(r, reply, &at, &e, &s));
    return keep(r, reply, &at, &s, conversation, bytes);
}

/* POST /api/conversations/:conversation/messages */
hk_err send_message(wire_request *r, wire_reply *reply)
{
    const message_body *body = r->body;
    conversation_id conversation;
    HK_TRY(conv_param(r, &conversation));
    return append_message(r, reply, conversation, body->envelope);
}

/* {"t":"send"} */
hk_err send_by_socket(wire_request *r, wire_reply *reply)
{
    const send_body *body = r->body;
    return append_message(r, reply, body->conversation, body->envelope);
}
