/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Ids are distinct types, so that an account never passes for a conversation. Each is 16 random bytes on the
 * wire, in the vault and in the database; base64url (22 characters) in JSON and in paths.
 */
#ifndef HK_BASE_IDS_H
#define HK_BASE_IDS_H

#include "base/slice.h"

#define HK_ID_BYTES 16

typedef struct account_id {
    uint8_t b[HK_ID_BYTES];
} account_id;

typedef struct conversation_id {
    uint8_t b[HK_ID_BYTES];
} conversation_id;

typedef struct team_id {
    uint8_t b[HK_ID_BYTES];
} team_id;

typedef struct message_id { /* `mid`: drawn by the author, the same when a message is sealed again */
    uint8_t b[HK_ID_BYTES];
} message_id;

typedef struct stream_id { /* one unlock of one vault */
    uint8_t b[HK_ID_BYTES];
} stream_id;

typedef struct blob_id {
    uint8_t b[HK_ID_BYTES];
} blob_id;

#define HK_ID_SLICE(id)    hk_slice_of((id).b, HK_ID_BYTES)
#define HK_ID_EQ(one, two) (__builtin_memcmp((one).b, (two).b, HK_ID_BYTES) == 0)

#endif
