/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Inside the vault's WASM module: one session (a person, once unlocked, and their open conversations) and the
 * operations that the worker calls. README.md beside this file describes the calls; ops.h numbers them.
 *
 *     hk_err abi_log_seal(abi_session *s, hk_reader *in, hk_writer *out);
 *
 * An operation reads its question to the end and writes its answer; it checks neither `in->bad` nor
 * `out->bad` at its end (the caller does), but before it acts on what it read. For files of this folder only.
 */
#ifndef HK_VAULT_WASM_ABI_H
#define HK_VAULT_WASM_ABI_H

#include "vault/file.h"
#include "vault/people.h"
#include "vault/state.h"
#include "vault/unlock.h"
#include "vault/vault.h"

#define ABI_BUFFER_BYTES  (184 * 1024) /* the account state is the longest: at most 180,000 bytes */
#define ABI_SLOTS         3            /* conversations awake at once; others sleep sealed in the worker */
#define ABI_HISTORY_SLOTS 1024
#define ABI_MID_SLOTS     1024
#define ABI_STREAMS_MAX                                                                                      \
    128 /* own streams; the oldest is forgotten, and a new one drawn when it is wanted                       \
         */
#define ABI_TEAM_KEYS_MAX 4
#define ABI_ROOTS_MAX     3
#define ABI_FILES_MAX     4
#define ABI_PASSED_ON_MAX 1024 /* older epochs in one REPLACE: 144 KB of answer */
/* No state that a place can hold (180,000 bytes) is too big to be opened here: nobody is locked out. */
#define ABI_PINS_MAX 2048
#define ABI_TIPS_MAX 1536
#define ABI_KEYS_MAX 3584

typedef struct abi_root { /* R: what opens the account, and how it was made. Kind 0: none. */
    uint8_t kind;
    uint8_t r[VAULT_KEY_BYTES];
    uint8_t salt[VAULT_SALT_BYTES]; /* zero, as t and m, where no password is used */
    uint32_t t, m;
} abi_root;

typedef struct abi_slot { /* one conversation that is awake */
    bool used;
    bool sealed; /* asleep in place, to be copied out */
    conversation_id conv;
    vault_log log;
    uint64_t history[ABI_HISTORY_SLOTS];
    uint64_t mids[ABI_MID_SLOTS];
} abi_slot;

typedef struct abi_stream {
    bool used;
    conversation_id conv;
    vault_stream stream;
} abi_stream;

typedef struct abi_spoken { /* the one spoken check that is going on */
    conversation_id conv;
    vault_member me, other; /* as they stood when it began: whoever rotates meanwhile reads other words */
    bool starter;
    uint8_t c[VAULT_HASH_BYTES];
    uint8_t mine[VAULT_KEY_BYTES]; /* ra or rb */
} abi_spoken;

typedef struct abi_file {
    enum abi_file_use { ABI_FILE_FREE, ABI_FILE_SEALING, ABI_FILE_TO_OPEN, ABI_FILE_OPENING } use;
    blob_id blob;
    vault_file file;
    uint8_t header[VAULT_FILE_HEADER]; /* stands before the first sealed chunk */
    uint8_t descriptor[VAULT_DESCRIPTOR_MAX];
    size_t descriptor_n;
} abi_file;

typedef struct abi_state { /* what the account remembers */
    vault_state state;
    vault_pin pins[ABI_PINS_MAX];
    vault_tip tips[ABI_TIPS_MAX];
    vault_kept_key keys[ABI_KEYS_MAX];
} abi_state;

typedef struct abi_session {
    bool unlocked;
    vault_account me;
    vault_account before; /* while a renewal waits for the place's answer */
    bool renewing;
    uint32_t record_serial;       /* of the records that are in force */
    abi_root root;                /* what signed in */
    abi_root next[ABI_ROOTS_MAX]; /* made, but not in force before the place has stored them */
    uint32_t t_seen, m_seen;      /* of the password that signed in */
    abi_state states[2];          /* the one in use, and room to open another device's */
    uint8_t state_now;
    int64_t state_serial;  /* of what the place has; 0: nothing yet */
    uint32_t state_moves;  /* counts what changed here */
    uint32_t state_stored; /* the count that the place has */
    uint32_t state_sealed; /* the count at the last sealing */
    abi_file files[ABI_FILES_MAX];
    bool has_place;
    vault_place place;
    uint8_t team_key_count;
    vault_team_key team_keys[ABI_TEAM_KEYS_MAX];
    abi_spoken spoken;
    uint8_t sleep_key[VAULT_KEY_BYTES];
    uint32_t stream_next;
    abi_stream streams[ABI_STREAMS_MAX];
    abi_slot slots[ABI_SLOTS];
} abi_session;

typedef hk_err abi_operation(abi_session *s, hk_reader *in, hk_writer *out);

#define OP(number, name) abi_operation abi_##name;
#include "vault/wasm/ops.h"
#undef OP

/* ---- How questions and answers are written ---- */

hk_slice abi_read_short(hk_reader *in); /* u8 length, bytes */
hk_slice abi_read_long(hk_reader *in);  /* u32 length, bytes */
hk_slice abi_read_rest(hk_reader *in);
void abi_write_long(hk_writer *out, hk_slice s);
account_id abi_read_account(hk_reader *in);
conversation_id abi_read_conversation(hk_reader *in);
void abi_read_member(hk_reader *in, vault_member *ret); /* as in FORMAT.md, 149 bytes */
void abi_write_member(hk_writer *out, const vault_member *m);
/* u32 length, commit; u8 count; each: account 16, wrap 140. */
void abi_write_commit(hk_writer *out, const vault_made_commit *made);
/* HK_BAD when the question did not parse or has more to it. */
hk_err abi_asked(const hk_reader *in);
/* HK_WHO: nobody is unlocked. */
hk_err abi_unlocked(const abi_session *s, const hk_reader *in);

vault_state *abi_state_of(abi_session *s);
/* An empty state, when somebody has just been unlocked. */
void abi_state_begin(abi_session *s);
/* HK_CONFLICT: another key is pinned for them. */
hk_err abi_pin(abi_session *s, const account_id *account, const uint8_t ik[static VAULT_KEY_BYTES],
               uint8_t how, int64_t now_ms);
/* Something is remembered that the place does not have yet. */
void abi_state_moved(abi_session *s);

/* The open conversation, or HK_NOT_THERE: it sleeps, or was never opened. */
hk_err abi_slot_of(abi_session *s, const conversation_id *conv, abi_slot **ret);

#endif
