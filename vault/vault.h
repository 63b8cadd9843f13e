/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The vault: seals and opens, where the person is. Never linked into the server. This header holds a person's
 * keys and their conversations; beside it stand
 *     unlock.h   passwords, sheets, passkeys: from what a person knows to their keys
 *     people.h   certificates, first words, invitations, consents, the spoken check
 *     state.h    what an account remembers: pins, tips, keys
 *     file.h     sealed files
 *
 *     vault_log log;                                             one conversation, read in order
 *     HK_TRY(vault_log_init(&log, &me, &conv, memory));
 *     for each entry, position 1, 2, 3 ...:
 *         HK_TRY(vault_log_take(&log, position, stored, &taken));
 *         if (taken.finding == VAULT_COMMITTED)
 *             HK_TRY(vault_log_wrap(&log, wrap_for_me));         the server stores one for each member
 *         if (taken.finding == VAULT_SHOWN)
 *             show(taken.sender, taken.time_ms, taken.kind, taken.content);
 *     HK_TRY(vault_log_seal(&log, &stream, &words, envelope, sizeof envelope, &n));
 *
 * Memory is the caller's; nothing is allocated. Randomness comes from randombytes_buf alone, time is passed
 * in. Functions that draw are called make or seal; those named derive are pure, for vectors. Whatever holds
 * keys has a _wipe. Errors as in public.h, and HK_BUSY: not now, keys or entries are missing. A message whose
 * tag, cipher or padding is wrong gives one and the same answer.
 */
#ifndef HK_VAULT_VAULT_H
#define HK_VAULT_VAULT_H

#include "vault/public.h"

/* ---- A person's keys ---- */

#define VAULT_EKS_MAX 40 /* encryption keys of one life here: ten years at 90 days each */

typedef struct vault_ek {
    uint32_t serial; /* from 1 */
    uint8_t seed[VAULT_KEY_BYTES];
    uint8_t secret[VAULT_KEY_BYTES];
    uint8_t pk[VAULT_KEY_BYTES];
    uint8_t cert[VAULT_SIGNATURE_BYTES];
} vault_ek;

typedef struct vault_account { /* unlocked: wipe it when the person goes */
    account_id id;
    uint8_t ak[VAULT_KEY_BYTES]; /* account key: everything of this account is sealed under it */
    uint8_t ik_seed[VAULT_KEY_BYTES];
    uint8_t ik_secret[64];
    uint8_t ik[VAULT_KEY_BYTES];
    uint8_t ek_count;
    vault_ek eks[VAULT_EKS_MAX]; /* the current one first; old ones verify old words */
} vault_account;

void vault_make_id(
    uint8_t ret[static HK_ID_BYTES]); /* 16 random bytes: accounts, conversations, mids, streams */
hk_err vault_account_make(const account_id *id, vault_account *ret);
/* All keys anew for an account whose password is lost (then REPLACE): ek_serial is one more than the last
 * known. */
hk_err vault_account_make_again(const account_id *id, uint32_t ek_serial, vault_account *ret);
hk_err vault_account_derive(const account_id *id, const uint8_t ak[static VAULT_KEY_BYTES],
                            const uint8_t ik_seed[static VAULT_KEY_BYTES],
                            const uint8_t ek_seed[static VAULT_KEY_BYTES], uint32_t ek_serial,
                            vault_account *ret);
/* A new encryption key; the old one is kept for old words. Every 90 days, and with _renew. HK_TOO_MUCH: full.
 */
hk_err vault_account_rotate_ek(vault_account *me);
/* "Somebody may have been in": new account key and new encryption key. All records must be made anew. */
hk_err vault_account_renew(vault_account *me);
/* An older key, from the account state. */
hk_err vault_account_keep_ek(vault_account *me, uint32_t serial, const uint8_t seed[static VAULT_KEY_BYTES]);
void vault_account_member(const vault_account *me, uint8_t role, vault_member *ret);
void vault_account_wipe(vault_account *me);

/* The identity record: IK and current EK seeds sealed under AK; the server keeps it for sign-in. */
hk_err vault_identity_seal(const vault_account *me, uint8_t ret[static VAULT_IDENTITY_BYTES]);
hk_err vault_identity_open(hk_slice record, const account_id *id, const uint8_t ak[static VAULT_KEY_BYTES],
                           vault_account *ret);

/* Drafts and the local store: sealed under AK, bound to a label (what it is and where it belongs, at most 255
 * bytes), so that one item never passes for another. Sealed = plain + VAULT_LOCAL_EXTRA. */
#define VAULT_LOCAL_EXTRA (1 + VAULT_NONCE_BYTES + VAULT_AEAD_BYTES)
hk_err vault_local_seal(const vault_account *me, hk_slice label, hk_slice plain, uint8_t *ret, size_t cap,
                        size_t *ret_n);
hk_err vault_local_open(const vault_account *me, hk_slice label, hk_slice sealed, uint8_t *ret, size_t cap,
                        size_t *ret_n);

/* ---- A conversation, read in order ---- */

typedef enum vault_finding {
    VAULT_BAD = 1,      /* "a message here could not be verified": no content, but numbered and hashed */
    VAULT_DUPLICATE,    /* these words were shown before: show nothing */
    VAULT_SHOWN,        /* content is there */
    VAULT_SHOWN_GAP,    /* content is there; "something before this did not arrive" (`missing` words) */
    VAULT_SHOWN_FORKED, /* content is there; "you two were shown different histories"; sending has stopped */
    VAULT_COMMITTED, /* a valid commit: log.chain is the new state, the epoch is locked until its wrap comes
                      */
    VAULT_SHOWN_PASSED_ON, /* content is there, of an epoch in which my name stood with another key: somebody
                              passed its key on to me. No tag of it is mine: never "verified" */
} vault_finding;

/* What a body says. 14 and up are refused when sealing; when opening, the page says it is too old for them.
 */
enum {
    VAULT_BODY_TEXT = 1,     /* UTF-8 */
    VAULT_BODY_NAME = 2,     /* "what I am called here": UTF-8, at most 64 bytes */
    VAULT_BODY_FILE = 3,     /* a file descriptor, file.h */
    VAULT_BODY_FEEDBACK = 4, /* did you feel heard: one answer, then UTF-8 */
    VAULT_BODY_PRESENCE = 5, /* a pact or wish about being there */
    VAULT_BODY_SPOKEN = 6,   /* a step of the spoken check, people.h */
    VAULT_BODY_EXCERPT = 7,  /* older words quoted for somebody new */
    VAULT_BODY_JOURNAL = 8,
    VAULT_BODY_MEASURE = 9,
    VAULT_BODY_NOTE = 10, /* a listener's own note */
    VAULT_BODY_MIRROR = 11,
    VAULT_BODY_PLAN = 12, /* my plan for hard moments */
    VAULT_BODY_WHY = 13,  /* why somebody is to be let in: what a consent's `why` names */
    VAULT_BODY_LAST = 13,
    VAULT_BODY_RECEIPT = 32, /* only in receipts */
};
#define VAULT_BODY_HEAD   10 /* version, kind, time */
#define VAULT_CONTENT_MAX (VAULT_BODY_MAX - VAULT_BODY_HEAD)
#define VAULT_NAME_MAX    64

/* Why sealing has stopped, as bits. */
enum {
    VAULT_STOP_LOCKED = 1,      /* no key for this epoch, or the key was not the commit's: ask for the wrap */
    VAULT_STOP_FORKED = 2,      /* different histories: a person decides (vault_log_go_on) */
    VAULT_STOP_INTERRUPTED = 4, /* the place lost words: RESUME */
    VAULT_STOP_UNPINNED = 8,    /* a member's key is not the pinned one, or never was pinned */
    VAULT_STOP_EXPIRED = 16,    /* somebody's time here is over: commit the removal first */
    VAULT_STOP_OUTSIDE = 32,    /* not a member (any more) */
    VAULT_STOP_ROTATE = 64,     /* 10,000 messages in this epoch: rotate first */
};

typedef struct vault_tip { /* the furthest point of a conversation this account has seen */
    conversation_id conv;
    uint8_t genesis_hash[VAULT_HASH_BYTES];
    uint8_t commit_hash[VAULT_HASH_BYTES];
    uint32_t resumed; /* how often the place lost words and we went on: later lives outrank longer ones */
    int64_t position; /* 0: nothing yet */
    uint8_t h[VAULT_HASH_BYTES];
    uint8_t member_count;
    account_id
        members[VAULT_MEMBERS_MAX]; /* who was there: a removal that a restore undoes is not accepted */
} vault_tip;

typedef struct vault_stream { /* one unlock, in one conversation; kept in memory only */
    stream_id id;
    uint32_t epoch;
    uint32_t n; /* the last one used */
} vault_stream;

typedef struct vault_stream_seen {
    stream_id id;
    uint8_t sender; /* index in the chain's members */
    uint32_t n;
    uint32_t hidden; /* removed entries known when n was shown */
} vault_stream_seen;

/* Tables the caller lends. history: one slot for each entry since the epoch's commit that a sender may still
 * refer to (older: not compared, `history_checked` is false); VAULT_EPOCH_MESSAGES_MAX covers an epoch.
 * mids: words remembered against showing them twice; at least half of mid_slots, the newest. */
typedef struct vault_log_memory {
    uint64_t *history;
    size_t history_slots;
    uint64_t *mids;
    size_t mid_slots;
} vault_log_memory;
#define VAULT_HISTORY_SLOTS_MIN 256
#define VAULT_MID_SLOTS_MIN     256

typedef struct vault_log {
    const vault_account *me; /* borrowed: outlives the log */
    vault_chain chain;
    uint32_t stops;
    int64_t position;        /* the last entry taken */
    int64_t commit_position; /* of the epoch's commit */
    uint8_t h[VAULT_HASH_BYTES];
    uint8_t last_entry[VAULT_HASH_BYTES]; /* entryHash at position */
    bool expecting;
    bool going_on; /* a person decided to go on after different histories: still said, no longer stopping */
    uint32_t resumed;
    bool before_me;     /* in this epoch my name stands with a key that is not mine: before a REPLACE */
    bool resume_seen;   /* somebody's RESUME that keeps only remembered members stands in this log */
    vault_tip expected; /* what the account state remembers */
    uint8_t my_index;
    uint8_t ck[VAULT_KEY_BYTES]; /* of the current epoch, unless VAULT_STOP_LOCKED */
    uint8_t message_key[VAULT_KEY_BYTES];
    uint8_t pair_in[VAULT_MEMBERS_MAX][VAULT_KEY_BYTES];  /* P from each member to me */
    uint8_t pair_out[VAULT_MEMBERS_MAX][VAULT_KEY_BYTES]; /* P from me to each member */
    uint32_t messages;                                    /* in this epoch */
    uint32_t hidden;                                      /* removed entries in this epoch */
    uint16_t stream_count;
    vault_stream_seen streams[VAULT_MEMBERS_MAX * VAULT_STREAMS_MAX];
    vault_log_memory memory;
    size_t mids_new; /* in the newer half of the table */
    uint8_t table_key[16];
    uint8_t body[VAULT_PADDED_MAX]; /* the last opened body */
} vault_log;

typedef struct vault_taken {
    vault_finding finding;
    int64_t position;
    account_id sender; /* or a commit's author; not set for BAD */
    stream_id stream;
    uint32_t n;
    message_id mid;
    int64_t time_ms; /* as the sender said */
    uint8_t kind;
    hk_slice content; /* lives until the next take */
    uint32_t missing;
    bool history_checked; /* false only when the sender's last seen entry is older than the table */
    uint8_t flags;        /* a commit's */
    bool note_ok;         /* a commit's note carries a right tag for me (always true when I am not in it) */
} vault_taken;

hk_err vault_log_init(vault_log *log, const vault_account *me, const conversation_id *conv,
                      const vault_log_memory *memory);
void vault_log_wipe(vault_log *log);
/* Entries strictly in order. HK_CONFLICT: position is not the next one (hold it and fetch what is missing).
 * HK_BUSY: these are real words of a locked epoch; nothing moved. Ask for the wrap, or pass by with
 * vault_log_take_hash. Anything else wrong with an entry is a finding, not an error. */
hk_err vault_log_take(vault_log *log, int64_t position, hk_slice stored, vault_taken *ret);
/* An entry that was deleted, or that is not for me (from before I came): only its hash is left. */
hk_err vault_log_take_hash(vault_log *log, int64_t position,
                           const uint8_t entry_hash[static VAULT_HASH_BYTES]);
/* The current epoch's key: from a wrap, or from the account state. HK_REFUSED: it is for another
 * conversation, epoch or account, or it is not the key the commit names; the epoch stays locked. For an epoch
 * from before a REPLACE of me the wrap is one that somebody made anew for my new key: its words are shown as
 * passed on, and nothing is ever sealed there. */
hk_err vault_log_wrap(vault_log *log, hk_slice wrap);
hk_err vault_log_key(vault_log *log, uint32_t epoch, const uint8_t ck[static VAULT_KEY_BYTES]);
/* Compare with what was remembered when that position is passed; head: the server's newest position. */
void vault_log_expect(vault_log *log, const vault_tip *tip);
void vault_log_head(vault_log *log, int64_t head);
void vault_log_tip(const vault_log *log, vault_tip *ret);
void vault_log_go_on(vault_log *log); /* a person decided to go on after different histories */
/* A person decided to go on where another member's RESUME went on. HK_CONFLICT: not interrupted, or there is
 * no RESUME whose members were all remembered (then make one: vault_plan_resume). */
hk_err vault_log_accept_resume(vault_log *log);
bool vault_log_may_seal(const vault_log *log);

/* What a device keeps, to read on from there at the next unlock: sealed like a draft, without the epoch's
 * key. HK_BUSY: not now, something about this conversation is not settled; then it is read from the
 * beginning. */
hk_err vault_log_keep(const vault_log *log, uint8_t *ret, size_t cap, size_t *ret_n);
/* Into a log that was just begun; `kept` is overwritten and wiped. The epoch is locked until its key comes:
 * vault_state_resume does both. HK_REFUSED, HK_BAD: not what this account kept of this conversation. */
hk_err vault_log_resume(vault_log *log, uint8_t *kept, size_t kept_n);
/* Is the last entry that was taken the one with this hash? Asked once after resuming, of the place's own
 * copy: a place that was restored from a backup has another one there, or none. */
bool vault_log_ends_with(const vault_log *log, const uint8_t entry_hash[static VAULT_HASH_BYTES]);

/* ---- Sealing words ---- */

typedef struct vault_words {
    message_id mid;
    int64_t time_ms;
    uint8_t kind;
    hk_slice content;
} vault_words;

void vault_stream_make(vault_stream *ret);
/* The next message of this stream under the current epoch. After `stale_epoch` or `stream_conflict` (then
 * with a new stream) seal again with the same words; after a lost answer send the SAME bytes again. HK_BUSY:
 * sealing has stopped, see log->stops. HK_TOO_MUCH: longer than a body may be. */
hk_err vault_log_seal(vault_log *log, vault_stream *stream, const vault_words *words, uint8_t *ret,
                      size_t cap, size_t *ret_n);
/* A receipt: "I have read up to here". Not a log entry; the server keeps the last one. */
hk_err vault_receipt_seal(vault_log *log, const vault_stream *stream, int64_t time_ms, uint8_t *ret,
                          size_t cap, size_t *ret_n);
/* Somebody's receipt. HK_CONFLICT: of another epoch. HK_REFUSED: not verified, or its history is not ours. */
hk_err vault_receipt_open(vault_log *log, hk_slice bytes, account_id *ret_sender, int64_t *ret_position);

typedef struct vault_readers { /* who could read when these words were written */
    uint8_t count;
    account_id accounts[VAULT_MEMBERS_MAX];
    uint8_t iks[VAULT_MEMBERS_MAX][VAULT_KEY_BYTES];
} vault_readers;

void vault_readers_of(const vault_chain *chain, vault_readers *ret);
/* The first member who could not read when the words were written ("Ben can read here now. Send?"), or NULL.
 */
const vault_member *vault_readers_new(const vault_readers *then, const vault_chain *now);

/* ---- Making commits ---- */

typedef struct vault_plan { /* what the next commit shall say */
    uint8_t flags;
    uint8_t member_count;
    vault_member members[VAULT_MEMBERS_MAX];
    uint8_t consent_count;
    uint8_t consents[VAULT_CONSENTS_MAX][VAULT_CONSENT_BYTES];
} vault_plan;

typedef struct vault_made_commit {
    uint8_t bytes[VAULT_COMMIT_BYTES_MAX];
    size_t n;
    uint8_t wrap_count; /* one for each member, in their order */
    account_id wrap_for[VAULT_MEMBERS_MAX];
    uint8_t wraps[VAULT_MEMBERS_MAX][VAULT_WRAP_BYTES];
} vault_made_commit;

void vault_plan_from(const vault_chain *chain,
                     vault_plan *ret); /* the members as they are: a plain rotation */
hk_err vault_plan_put(vault_plan *plan, const vault_member *m); /* adds, or takes their newer keys or role */
hk_err vault_plan_remove(vault_plan *plan, const account_id *account);
hk_err vault_plan_consent(vault_plan *plan, hk_slice consent);
/* The plan a RESUME needs: those in both the remembered and the shown state. */
hk_err vault_plan_resume(const vault_log *log, vault_plan *ret);
/* The next commit of a conversation one reads. Judged by vault_commit_check before it is given out. The new
 * key is used only when the commit comes back as an entry with its wrap. HK_BUSY: sealing has stopped for
 * another reason than what a commit can mend. */
hk_err vault_commit_make(const vault_log *log, const vault_plan *plan, vault_made_commit *ret);
/* The first commit: kind pair with the client of accepted first words (first_hash from those), kind private
 * with oneself alone (first_hash zero), kind group. */
hk_err vault_genesis_make(const vault_account *me, const conversation_id *conv, uint8_t kind,
                          const uint8_t first_hash[static VAULT_HASH_BYTES], const vault_plan *plan,
                          vault_made_commit *ret);
/* The current key again for a member whose wrap is bad or missing. */
hk_err vault_wrap_again(const vault_log *log, const account_id *member, uint8_t ret[static VAULT_WRAP_BYTES]);

#endif
