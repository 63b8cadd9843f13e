/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Conversations: one log each, of sealed messages and signed commits. What other features may ask.
 */
#ifndef HK_FEATURES_CONVERSATIONS_H
#define HK_FEATURES_CONVERSATIONS_H

#include "base/ids.h"
#include "store/store.h"
#include "wire/shape.h"
#include "wire/wire.h"

typedef struct wrap_item { /* {account, wrap} as bodies carry it */
    account_id account;
    hk_slice wrap;
} wrap_item;
extern const shape WRAP;

typedef struct conv_kept {
    int64_t position, at_ms;
    bool again;
} conv_kept;

/* What a first commit must be, beyond valid: checked by conv_begin. */
typedef struct conv_genesis {
    conversation_id conversation;
    int64_t kind;              /* VAULT_KIND_PAIR or VAULT_KIND_PRIVATE */
    account_id author;         /* who is asking */
    account_id client;         /* the other one of a pair; all zero: nobody */
    const uint8_t *first_hash; /* what it must name, 32 bytes; NULL: zeros */
    hk_slice commit;
    shape_list wraps; /* wrap_item */
} conv_genesis;

/* Begins a conversation with its first commit and tells its members after the COMMIT. HK_REFUSED or HK_BAD:
 * not such a commit; HK_CONFLICT: there is one already. */
hk_err conv_begin(wire_request *r, wire_reply *reply, const conv_genesis *g, conv_kept *ret);
/* Was it begun by these very bytes, and am I in it? Then where its first commit stands: a repeat after a lost
 * acknowledgement. HK_NOT_THERE: no; HK_CONFLICT: by others. */
hk_err conv_begun(wire_request *r, wire_reply *reply, conversation_id conversation, hk_slice commit,
                  conv_kept *ret);
/* One client's new keys (FORMAT.md, 4: REPLACE): only features/returns decides that they may come in. */
typedef struct conv_replacement {
    conversation_id conversation;
    account_id client;
    uint8_t ik[32], ek[32]; /* exactly these must stand in the commit */
    int64_t ek_serial;
    hk_slice commit;
    shape_list wraps; /* wrap_item: of the new epoch */
    shape_list older; /* older_wrap: keys of earlier epochs, passed on to the client */
} conv_replacement;
typedef struct older_wrap {
    int64_t epoch;
    hk_slice wrap;
} older_wrap;
hk_err conv_replace(wire_request *r, wire_reply *reply, const conv_replacement *what, conv_kept *ret);
/* Whoever shares a conversation with them hears that they have a new key. */
hk_err conv_tell_new_key(wire_request *r, account_id account);
/* Or that they leave, may not come in any more, or may again: then the list says which. Before their rows go.
 */
hk_err conv_tell_member(wire_request *r, account_id account);
/* Conversations of one account with itself: after a replacement nobody can open them any more. */
hk_err conv_forget_private(store_db *db, account_id account);
/* Conversations that an account's words die with: pairs in which it is the client, and private ones. All of
 * each goes: wraps, bytes, rows. Of others it is only taken out. */
hk_err conv_forget(store_db *db, account_id account, int64_t *ret_destroyed);
/* One message of a deletion list: its bytes go, if they are there. */
hk_err conv_forget_message(store_db *db, conversation_id conversation, int64_t position);

/* The server's hooks: a socket opened (says hello and who is here), an account came or went. Loop thread. */
void conv_opened(void *place, uint64_t connection, const wire_who *who);
void conv_presence(void *place, account_id account, bool here);
/* At start: wraps of commits that never came are removed. Writer. */
hk_err conv_sweep(store_db *db, int64_t *ret_swept);

extern const store_room CONVERSATIONS_ROOM;
extern const wire_route CONVERSATIONS_ROUTES[];
extern const size_t CONVERSATIONS_ROUTE_COUNT;
extern const wire_message CONVERSATIONS_MESSAGES[];
extern const size_t CONVERSATIONS_MESSAGE_COUNT;
extern const shape *const CONVERSATIONS_SHAPES[];

#endif
