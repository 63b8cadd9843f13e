/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The statements of the conversations' room (statements.c) and what its files share.
 */
#ifndef HK_FEATURES_CONVERSATIONS_ROWS_H
#define HK_FEATURES_CONVERSATIONS_ROWS_H

#include "features/conversations/contract.h"
#include "features/conversations/conversations.h"
#include "features/place/place.h"
#include "vault/public.h"

enum {
    CONV_AT,
    CONV_ADD,
    CONV_EPOCH,
    CONV_MINE,
    CONV_END,
    CONV_DYING,
    CONV_PRIVATE,
    MEMBER_ADD,
    MEMBER_STAY,
    MEMBER_OUT,
    MEMBER_LEAVE,
    MEMBER_READ,
    MEMBERS_TOLD,
    MEMBERS_SHOWN,
    MEMBERS_ALL,
    MEMBERS_END,
    MEMBER_GONE_ALL,
    PEERS,
    ENTRY_ADD,
    ENTRY_REPEAT,
    ENTRY_HASH_AT,
    ENTRY_GO,
    ENTRY_GO_AGAIN,
    ENTRIES_AFTER,
    ENTRIES_GONE,
    ENTRIES_END,
    STREAM_LAST,
    STREAM_OWNER,
    STREAM_COUNT,
    STREAM_ADD,
    STREAMS_END,
    COMMIT_ADD,
    COMMIT_AT,
    COMMIT_THERE,
    COMMITS_END,
    RECEIPT_PUT,
    RECEIPTS_OF,
    RECEIPTS_END,
    WRAP_PUT,
    WRAP_MINE,
    WRAPS_CLEAR,
    WRAPS_END,
    WRAPS_FORGET,
    WRAPS_ALL,
};

/* A conversation as one of its members finds it inside a transaction. */
typedef struct conv_at {
    int64_t conv;
    int64_t kind, epoch, commit_position;
    int64_t from_position; /* theirs: entries before it are not delivered to them */
    int64_t position;      /* of the newest entry */
    uint8_t head[VAULT_HASH_BYTES];
    vault_chain chain;
} conv_at;

/* HK_NOT_THERE: no such conversation, or not theirs (any more). with_chain: decode it too. */
hk_err conv_find(wire_request *r, conversation_id conversation, bool with_chain, conv_at *ret);
hk_err conv_param(const wire_request *r, conversation_id *ret);

/* Appends to the log in the running transaction: gives the next position, its hash and the head after it. */
typedef struct conv_entry {
    int64_t kind;
    int64_t stream, n; /* of a message; for a commit n is its epoch */
    hk_slice bytes;
    bool is_last; /* nothing that could fail follows in this request */
} conv_entry;
hk_err conv_append(wire_request *r, conv_at *at, const conv_entry *e);

/* Who hears of what happens in it now. */
hk_err conv_hearers(wire_request *r, int64_t conv, account_id ret[static VAULT_MEMBERS_MAX],
                    size_t *ret_count);
/* Tells one entry to everybody in it; a commit with each member's own wrap. */
hk_err conv_tell_entry(wire_request *r, const conv_at *at, const entry_item *entry, const shape_list *wraps);
/* Tells the others, not oneself. */
hk_err conv_tell_others(wire_request *r, int64_t conv, const char *told, const shape *s, const void *value);

/* Appends a commit. flags: VAULT_FLAG_REPLACE exactly when features/returns let it in; else 0. */
hk_err conv_commit(wire_request *r, wire_reply *reply, conversation_id conversation, uint8_t flags,
                   const commit_body *body, conv_kept *ret);
hk_err conv_put_wrap(wire_request *r, conversation_id conversation, int64_t epoch, const wrap_item *wrap);

hk_err send_message(wire_request *r, wire_reply *reply);
hk_err send_by_socket(wire_request *r, wire_reply *reply);
hk_err commit_epoch(wire_request *r, wire_reply *reply);
hk_err begin_private(wire_request *r, wire_reply *reply);
hk_err wrap_again(wire_request *r, wire_reply *reply);
hk_err read_log(wire_request *r, wire_reply *reply);
hk_err list_conversations(wire_request *r, wire_reply *reply);
hk_err leave(wire_request *r, wire_reply *reply);
hk_err put_receipt(wire_request *r, wire_reply *reply);
hk_err delete_message(wire_request *r, wire_reply *reply);
hk_err read_up_to(wire_request *r, wire_reply *reply);
hk_err typing(wire_request *r, wire_reply *reply);
hk_err ping(wire_request *r, wire_reply *reply);

#endif
