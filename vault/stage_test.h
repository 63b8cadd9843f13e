/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A stage for the vault's tests: people with keys, a small place that keeps one conversation in memory and
 * decides with public.h alone, as the server does, and devices that read it.
 */
#ifndef HK_VAULT_STAGE_TEST_H
#define HK_VAULT_STAGE_TEST_H

#include "vault/inside.h"
#include "vault/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define STAGE_ENTRIES 640
#define STAGE_STREAMS 512

#define must(call)         assert_int_equal((call), HK_OK)
#define refuses(err, call) assert_int_equal((call), (err))

typedef enum stage_answer {
    STAGE_STORED,
    STAGE_REPEATED, /* the same bytes are there already: the old position */
    STAGE_STALE_EPOCH,
    STAGE_STREAM_CONFLICT,
    STAGE_EPOCH_TAKEN,
    STAGE_HISTORY_DIFFERS,
    STAGE_REFUSED,
} stage_answer;

typedef struct stage_entry {
    uint8_t *bytes; /* NULL: deleted, only the hash is left */
    size_t n;
    uint8_t hash[32];
    uint8_t h[32];
    uint8_t wrap_count;
    account_id wrap_for[VAULT_MEMBERS_MAX];
    uint8_t wraps[VAULT_MEMBERS_MAX][VAULT_WRAP_BYTES];
} stage_entry;

typedef struct stage_stream {
    stream_id id;
    account_id sender;
    uint32_t epoch;
    uint32_t n;
} stage_stream;

typedef struct stage_place {
    conversation_id conv;
    vault_chain chain;
    int64_t commit_position;
    int64_t head;
    stage_entry entries[STAGE_ENTRIES]; /* entries[p - 1] */
    size_t stream_count;
    stage_stream streams[STAGE_STREAMS];
} stage_place;

typedef struct stage_device { /* one unlock of one account's vault */
    vault_log log;
    vault_stream stream;
    uint64_t history[VAULT_HISTORY_SLOTS_MIN];
    uint64_t mids[VAULT_MID_SLOTS_MIN];
    size_t shown;
    vault_taken last;
    char last_text[64];
} stage_device;

void stage_person(vault_account *ret, uint8_t number); /* account id all `number`; keys from fixed seeds */
void stage_open(stage_place *place, uint8_t number);
void stage_close(stage_place *place);
stage_answer stage_message(stage_place *place, hk_slice bytes, int64_t *ret_position);
stage_answer stage_commit(stage_place *place, const vault_made_commit *made);
/* What no honest place would do: store any bytes. */
void stage_force(stage_place *place, hk_slice bytes);
void stage_force_commit(stage_place *place, const vault_made_commit *made);
void stage_cut(stage_place *place, int64_t head); /* a restore: everything after is gone */
void stage_delete(stage_place *place, int64_t position);

void stage_device_open(stage_device *d, const vault_account *me, const conversation_id *conv);
void stage_device_done(stage_device *d);
/* Reads one entry (with the wrap for this account), or all there are. */
vault_finding stage_read_one(stage_device *d, const stage_place *place);
void stage_read(stage_device *d, const stage_place *place);
/* Seals text and gives the place the bytes. */
stage_answer stage_say(stage_device *d, stage_place *place, const char *text);
size_t stage_seal(stage_device *d, const char *text, const message_id *mid, uint8_t *ret, size_t cap);
vault_words stage_words(const char *text, const message_id *mid);

/* A pair, begun by the listener, both have read the first commit. */
typedef struct stage_pair {
    vault_account client, listener;
    stage_place place;
    stage_device c, l;
} stage_pair;
void stage_pair_open(stage_pair *s);
void stage_pair_close(stage_pair *s);
/* The commit this account would make, whether it is valid or not; wraps are complete only for valid ones. */
hk_err stage_author(const vault_account *author, const vault_log *log, const vault_plan *plan,
                    vault_made_commit *ret);
/* Signs edited bytes again as this author; consents must be as they were. */
void stage_sign_again(vault_made_commit *made, const vault_account *author);
/* What somebody who bends their own program would send: one member taken out, one written otherwise. */
void stage_drop_member(vault_made_commit *made, size_t index, const vault_account *author);
void stage_bend_member(vault_made_commit *made, size_t index, const vault_member *m,
                       const vault_account *author);
/* A consent by signer for subject in this role. */
void stage_consent(const vault_account *signer, const conversation_id *conv, const vault_account *subject,
                   uint8_t role, uint8_t ret[static VAULT_CONSENT_BYTES]);
void stage_plan_add(vault_plan *plan, const vault_account *who, uint8_t role);
vault_plan stage_plan_now(const stage_place *place); /* the members as they are */
vault_plan stage_plan_with(const stage_place *place, const vault_account *who, uint8_t role);
void stage_plan_consent(const stage_place *place, vault_plan *plan, const vault_account *signer,
                        const vault_account *subject, uint8_t role);
void stage_rotate(stage_place *place, stage_device *author); /* a new epoch with the same members */
/* What the validity function says to these bytes now. */
hk_err stage_judge(const stage_place *place, const vault_made_commit *made);

#endif
