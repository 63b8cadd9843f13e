/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The bodies of a conversation, over HTTP and on the socket (docs/interface.md, "Conversations", "The
 * socket").
 */
#ifndef HK_FEATURES_CONVERSATIONS_CONTRACT_H
#define HK_FEATURES_CONVERSATIONS_CONTRACT_H

#include "base/ids.h"
#include "features/conversations/conversations.h"
#include "wire/shape.h"

#define CONV_SHOWN_MAX     1000         /* conversations of one account */
#define CONV_LOG_COUNT_MAX 500          /* entries in one answer */
#define CONV_LOG_BYTES_MAX (512 * 1024) /* their bytes in one answer */
#define CONV_RECEIPT_MAX   2048         /* a padded receipt with 16 tags has less */

typedef struct member_item {
    account_id account;
    int64_t role, part;
    hk_slice name, certificate;
    bool disabled, left, new_key;
} member_item;

typedef struct read_item {
    account_id account;
    int64_t position;
} read_item;

typedef struct mine_item {
    int64_t read;
} mine_item;

typedef struct receipt_item {
    account_id account;
    hk_slice receipt;
} receipt_item;

typedef struct conversation_item {
    conversation_id conversation;
    int64_t kind, epoch, position;
    uint8_t head[32];
    int64_t at_ms;
    shape_list members;  /* member_item */
    shape_list read;     /* read_item */
    shape_list receipts; /* receipt_item */
    mine_item mine;
    shape_list here; /* account_id */
} conversation_item;

typedef struct conversations_body {
    shape_list conversations; /* conversation_item */
} conversations_body;

typedef enum entry_kind { ENTRY_MESSAGE, ENTRY_COMMIT, ENTRY_GONE } entry_kind;

typedef struct entry_item {
    conversation_id conversation;
    int64_t position, kind, at_ms;
    hk_slice bytes, wrap;
    uint8_t entry_hash[32];
} entry_item;

typedef struct log_body {
    shape_list entries; /* entry_item */
    int64_t position;
    uint8_t head[32];
    int64_t gone;
} log_body;

typedef struct message_body {
    hk_slice envelope;
} message_body;

typedef struct send_body {
    conversation_id conversation;
    hk_slice envelope;
} send_body;

typedef struct commit_body {
    hk_slice commit;
    shape_list wraps; /* wrap_item */
} commit_body;

typedef struct kept_body {
    int64_t position, at_ms;
    bool again;
} kept_body;

typedef struct wrap_again_body {
    int64_t epoch;
    account_id account;
    hk_slice wrap;
} wrap_again_body;

typedef struct leave_body {
    hk_slice leave;
} leave_body;

typedef struct receipt_body {
    hk_slice receipt;
} receipt_body;

typedef struct read_body {
    conversation_id conversation;
    int64_t position;
} read_body;

typedef struct typing_body {
    conversation_id conversation;
    bool typing;
} typing_body;

typedef struct pong_body {
    int64_t now_ms;
} pong_body;

typedef struct hello_told {
    account_id account;
    int64_t place_epoch, now_ms;
} hello_told;

typedef struct read_told {
    conversation_id conversation;
    account_id account;
    int64_t position;
} read_told;

typedef struct typing_told {
    conversation_id conversation;
    account_id account;
    bool typing;
} typing_told;

typedef struct new_key_told {
    account_id account;
} new_key_told;

typedef struct member_told {
    account_id account;
} member_told;

typedef struct outside_told {
    conversation_id conversation;
} outside_told;

typedef struct presence_told {
    account_id account;
    bool here;
} presence_told;

extern const shape CONVERSATIONS, LOG, ENTRY, MESSAGE, SEND, COMMIT, KEPT, WRAP_AGAIN, LEAVE, RECEIPT, READ,
    TYPING, PONG, HELLO_TOLD, READ_TOLD, TYPING_TOLD, PRESENCE_TOLD, OUTSIDE_TOLD, NEW_KEY_TOLD, MEMBER_TOLD;

#endif
