/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The public face of the vault: what can be known and checked about sealed things without opening them. The
 * server uses this header and nothing else of the vault; a client runs the very same functions again, so both
 * decide alike. FORMAT.md describes every layout in words.
 *
 *     vault_chain now = {0}, next;                        before the first commit
 *     HK_TRY(vault_commit_check(&now, bytes, &next));     valid from these bytes alone: no clock, no pins
 *
 *     vault_envelope e;
 *     HK_TRY(vault_envelope_parse(bytes, &e));            shape only
 *     HK_TRY(vault_envelope_fits(&chain, &e));            this conversation, this epoch, a member, a tag for
 * each
 *
 * Shapes: ids are 16 bytes, keys and hashes 32, signatures 64. Integers are big-endian, at most 2^53 - 1;
 * times are milliseconds since 1970. Views borrow from the bytes they were parsed from. Nothing here
 * allocates, asks the clock, draws randomness or keeps state. Errors: HK_BAD it does not parse; HK_REFUSED it
 * parses and is not permitted or not signed by whom it should be; HK_CONFLICT it does not follow what is
 * there (epoch, previous commit); HK_TOO_MUCH over a named limit. A native program calls sodium_init() once
 * before anything else.
 */
#ifndef HK_VAULT_PUBLIC_H
#define HK_VAULT_PUBLIC_H

#include "base/ids.h"
#include "base/slice.h"

/* Sizes in bytes. */
#define VAULT_KEY_BYTES       32
#define VAULT_HASH_BYTES      32
#define VAULT_SIGNATURE_BYTES 64
#define VAULT_TAG_BYTES       32 /* crypto_auth, HMAC-SHA-512-256 */
#define VAULT_NONCE_BYTES     24
#define VAULT_AEAD_BYTES      16 /* what XChaCha20-Poly1305 adds */
#define VAULT_SEAL_BYTES      48 /* what crypto_box_seal adds */
#define VAULT_DOMAIN_BYTES    24
#define VAULT_SALT_BYTES      16
#define VAULT_CHALLENGE_BYTES 32
#define VAULT_HEADER_BYTES    116
#define VAULT_WRAP_BYTES      140 /* an epoch key for one member */
#define VAULT_TEAM_WRAP_BYTES 140 /* a team key for one listener */
#define VAULT_MEMBER_BYTES    149
#define VAULT_CONSENT_BYTES   213 /* 149 signed and the signature */
#define VAULT_LEAVE_BYTES     152
#define VAULT_ROSTER_BYTES    158
#define VAULT_TEAM_BYTES      156
#define VAULT_UNLOCK_BYTES    119
#define VAULT_IDENTITY_BYTES  126
#define VAULT_INVITE_TEXT     109 /* characters: "1." and 80 bytes in base64url */

/* Limits, each with its refusal test. */
#define VAULT_MEMBERS_MAX        16    /* a conversation is a room, not a hall */
#define VAULT_CONSENTS_MAX       16    /* in one commit */
#define VAULT_CHAIN_CONSENTS_MAX 256   /* in one conversation's life: each id must be remembered */
#define VAULT_COMMITS_MAX        4096  /* in one conversation */
#define VAULT_STREAMS_MAX        64    /* one account's, in one epoch; then a new epoch */
#define VAULT_EPOCH_MESSAGES_MAX 10000 /* then whoever sends next rotates */
#define VAULT_HANDLE_MAX         63    /* bytes of a handle */
#define VAULT_HOST_MAX           253   /* bytes of location.host */
#define VAULT_RECORDS_MAX        8     /* unlock records an account may have */
#define VAULT_BODY_MAX           16383 /* bytes of a body before padding */
#define VAULT_PADDED_MAX         16384
#define VAULT_COMMIT_BYTES_MAX   7080  /* 16 members, 16 consents and the note */
#define VAULT_ENVELOPE_BYTES_MAX 17313 /* the biggest body and 16 tags */
#define VAULT_FIRST_BYTES_MAX    16748
#define VAULT_CHAIN_BYTES_MAX    6843 /* an encoded chain */

/* The closed list of domain strings; FORMAT.md says for each who uses it and under which key. */
#define VAULT_D_CKC        "hearken/ckc/v1"
#define VAULT_D_WRAP       "hearken/wrap/v1"
#define VAULT_D_MSGKEY     "hearken/msgkey/v1"
#define VAULT_D_CHASH      "hearken/chash/v1"
#define VAULT_D_COMMIT     "hearken/commit/v1"
#define VAULT_D_CONSENT    "hearken/consent/v1"
#define VAULT_D_CONHASH    "hearken/conhash/v1"
#define VAULT_D_LEAVE      "hearken/leave/v1"
#define VAULT_D_EKCERT     "hearken/ekcert/v1"
#define VAULT_D_MSG        "hearken/msg/v1"
#define VAULT_D_TAG        "hearken/tag/v1"
#define VAULT_D_PAIR       "hearken/pair/v1"
#define VAULT_D_NONCE      "hearken/nonce/v1"
#define VAULT_D_ENTRY      "hearken/entry/v1"
#define VAULT_D_LOG        "hearken/log/v1"
#define VAULT_D_NOTE       "hearken/note/v1"
#define VAULT_D_ROSTER     "hearken/roster/v1"
#define VAULT_D_TEAM       "hearken/team/v1"
#define VAULT_D_TEAMWRAP   "hearken/teamwrap/v1"
#define VAULT_D_FIRST      "hearken/first/v1"
#define VAULT_D_FIRSTTAG   "hearken/firsttag/v1"
#define VAULT_D_SALT       "hearken/salt/v1"
#define VAULT_D_UNLOCK     "hearken/unlock/v1"
#define VAULT_D_LOGIN      "hearken/login/v1"
#define VAULT_D_CHANGE     "hearken/change/v1"
#define VAULT_D_RECORDS    "hearken/records/v1"
#define VAULT_D_RECOVERY   "hearken/recovery/v1"
#define VAULT_D_RECCHECK   "hearken/reccheck/v1"
#define VAULT_D_PASSKEY    "hearken/passkey/v1"
#define VAULT_D_IDENTITY   "hearken/identity/v1"
#define VAULT_D_STATE      "hearken/state/v1"
#define VAULT_D_LOCAL      "hearken/local/v1"
#define VAULT_D_INV_TOKEN  "hearken/inv-token/v1"
#define VAULT_D_INV_STORED "hearken/inv-stored/v1"
#define VAULT_D_INV_AUTH   "hearken/inv-auth/v1"
#define VAULT_D_INV_FIRST  "hearken/inv-first/v1"
#define VAULT_D_FP         "hearken/fp/v1"
#define VAULT_D_PLACEFP    "hearken/placefp/v1"
#define VAULT_D_SAS        "hearken/sas/v1"
#define VAULT_D_SASWORDS   "hearken/saswords/v1"
#define VAULT_D_FILE       "hearken/file/v1"
#define VAULT_D_AUDIT      "hearken/audit/v1"

/* ---- Log: entries, their hashes and the running H ---- */

typedef enum vault_entry_kind {
    VAULT_ENTRY_NONE = 0, /* neither: a bad entry, still numbered and hashed */
    VAULT_ENTRY_MESSAGE = 1,
    VAULT_ENTRY_COMMIT = 2,
} vault_entry_kind;

/* Told from the first bytes only; parse it to know. */
vault_entry_kind vault_entry_kind_of(hk_slice stored);
void vault_entry_hash(hk_slice stored, uint8_t ret[static VAULT_HASH_BYTES]);
void vault_log_hash_start(const conversation_id *conv, uint8_t ret[static VAULT_HASH_BYTES]); /* H_0 */
/* H_position from H_{position - 1}; ret may be previous. Positions count from 1. */
void vault_log_hash_next(const uint8_t previous[static VAULT_HASH_BYTES], int64_t position,
                         const uint8_t entry_hash[static VAULT_HASH_BYTES],
                         uint8_t ret[static VAULT_HASH_BYTES]);

/* ---- Commits and the chain ---- */

enum { VAULT_KIND_PAIR = 1, VAULT_KIND_GROUP = 2, VAULT_KIND_PRIVATE = 3 };
enum { VAULT_FLAG_REPLACE = 1, VAULT_FLAG_RESUME = 2 };
enum {
    VAULT_ROLE_CLIENT = 1,
    VAULT_ROLE_LISTENER = 2,
    VAULT_ROLE_SUPERVISOR = 3,
    VAULT_ROLE_RELATIVE = 4,
    VAULT_ROLE_INTERPRETER = 5,
};

typedef struct vault_member {
    account_id account;
    uint8_t ik[VAULT_KEY_BYTES]; /* Ed25519 identity key */
    uint8_t ek[VAULT_KEY_BYTES]; /* X25519 encryption key */
    uint32_t ek_serial;
    uint8_t ek_cert[VAULT_SIGNATURE_BYTES];
    uint8_t role;
} vault_member;

typedef struct vault_consent { /* a client (or, in a group, the host or a joining client) says yes to somebody
                                */
    uint8_t id[HK_ID_BYTES];   /* counts once in a chain */
    conversation_id conv;
    account_id client; /* who signs */
    account_id subject;
    uint8_t subject_ik[VAULT_KEY_BYTES];
    uint8_t role;
    uint32_t from_epoch; /* they may read from here */
    int64_t until_ms;
    message_id why; /* the sealed message that says why */
    hk_slice signed_bytes;
    hk_slice signature;
} vault_consent;

typedef struct vault_commit {
    conversation_id conv;
    uint8_t kind;
    uint8_t flags;
    uint32_t epoch;
    uint8_t prev[VAULT_HASH_BYTES];
    account_id author;
    uint8_t ckc[VAULT_HASH_BYTES];
    uint8_t first_hash[VAULT_HASH_BYTES];
    uint8_t member_count;
    vault_member members[VAULT_MEMBERS_MAX];
    uint8_t consent_count;
    vault_consent consents[VAULT_CONSENTS_MAX];
    int64_t note_seen_pos; /* the note: unsigned, for the members, covered by one tag for each */
    hk_slice note_seen_hash;
    hk_slice note_tags;
    hk_slice signed_bytes;
    hk_slice signature;
    uint8_t hash[VAULT_HASH_BYTES]; /* commitHash */
} vault_commit;

/* A conversation after its last valid commit. All zero: before the first. */
typedef struct vault_chain {
    conversation_id conv;
    uint8_t kind;
    uint32_t epoch; /* 0: no commit yet */
    uint8_t commit_hash[VAULT_HASH_BYTES];
    uint8_t genesis_hash[VAULT_HASH_BYTES];
    uint8_t first_hash[VAULT_HASH_BYTES];
    uint8_t ckc[VAULT_HASH_BYTES];
    account_id host; /* the author of the first commit */
    uint8_t member_count;
    vault_member members[VAULT_MEMBERS_MAX];
    int64_t until_ms[VAULT_MEMBERS_MAX];    /* what the consent for this member said; 0: no end */
    uint32_t from_epoch[VAULT_MEMBERS_MAX]; /* the same; they may be given keys from here on */
    uint16_t consent_count;
    uint8_t consents[VAULT_CHAIN_CONSENTS_MAX][HK_ID_BYTES]; /* used up, in order of use */
} vault_chain;

/* Shape and order only; consents must hash to what the signed part names. */
hk_err vault_commit_parse(hk_slice bytes, vault_commit *ret);
/* THE validity function: may `bytes` be the next commit after `now`? ret_next may be &now. */
hk_err vault_commit_check(const vault_chain *now, hk_slice bytes, vault_chain *ret_next);
/* The member with this account, or NULL. */
const vault_member *vault_chain_member(const vault_chain *chain, const account_id *account);
/* One canonical byte form, for a row of the database or a sealed store. */
hk_err vault_chain_encode(const vault_chain *chain, uint8_t *ret, size_t cap, size_t *ret_n);
hk_err vault_chain_decode(hk_slice bytes, vault_chain *ret);

hk_err vault_consent_parse(hk_slice bytes, vault_consent *ret);
hk_err vault_consent_verify(const vault_consent *consent, const uint8_t ik[static VAULT_KEY_BYTES]);
void vault_consent_hash(hk_slice bytes, uint8_t ret[static VAULT_HASH_BYTES]);

/* "I leave": the server stops delivering to them at once, the next author's commit removes them.
 * HK_CONFLICT: it names another commit than the chain's last. HK_REFUSED: not a member, or not signed by
 * them. */
hk_err vault_leave_check(const vault_chain *chain, hk_slice bytes, account_id *ret_account);

/* ---- Messages ---- */

enum { VAULT_TYPE_MESSAGE = 1, VAULT_TYPE_CALL = 2, VAULT_TYPE_RECEIPT = 3 };

typedef struct vault_envelope {
    uint8_t type;
    conversation_id conv;
    uint32_t epoch;
    account_id sender;
    stream_id stream;
    uint32_t n; /* from 1, dense within (conversation, epoch, stream); 0 in a receipt */
    int64_t seen_pos;
    uint8_t seen_hash[VAULT_HASH_BYTES];
    message_id mid;
    hk_slice header; /* the 116 bytes */
    hk_slice nonce;
    hk_slice ct;
    uint8_t tag_count;
    hk_slice tags; /* (account 16, tag 32) each, strictly ascending by account */
} vault_envelope;

/* Messages and receipts; call signals (type 2) are numbered and refused for now. */
hk_err vault_envelope_parse(hk_slice bytes, vault_envelope *ret);
/* Of this conversation and its current epoch, from a member, with exactly one tag for every member.
 * HK_CONFLICT: another epoch (`stale_epoch`). HK_REFUSED: not a member, or tags for others. */
hk_err vault_envelope_fits(const vault_chain *chain, const vault_envelope *e);

/* ---- Certificates ---- */

/* Roles on the roster. M8's "role listener" is a peer or a therapist: vault_roster_is_listener. */
enum { VAULT_ROSTER_PEER = 2, VAULT_ROSTER_SUPERVISOR = 3, VAULT_ROSTER_THERAPIST = 6 };

typedef struct vault_roster { /* signed by the place key: who somebody is here */
    account_id account;
    uint8_t ik[VAULT_KEY_BYTES];
    uint8_t role;
    bool lead; /* may sign team certificates */
    uint32_t serial;
    int64_t from_ms;
    int64_t until_ms;
} vault_roster;

typedef struct vault_team { /* signed by a lead: the key strangers seal their first words to */
    team_id team;
    uint32_t serial;
    uint8_t tk[VAULT_KEY_BYTES];
    int64_t from_ms;
    int64_t until_ms;
} vault_team;

#define VAULT_TEAM_LIFE_MAX_MS ((int64_t)30 * 24 * 3600 * 1000)

hk_err vault_ek_cert_verify(const account_id *account, const uint8_t ik[static VAULT_KEY_BYTES],
                            const uint8_t ek[static VAULT_KEY_BYTES], uint32_t serial,
                            const uint8_t cert[static VAULT_SIGNATURE_BYTES]);
/* A member's keys by themselves: a proper point, a working EK, a certificate that holds, a known role. */
hk_err vault_member_check(const vault_member *m);
/* now_ms < 0: whatever the time is. HK_REFUSED: other key, or not valid at now_ms. */
hk_err vault_roster_check(hk_slice bytes, const uint8_t place[static VAULT_KEY_BYTES], int64_t now_ms,
                          vault_roster *ret);
bool vault_roster_is_listener(const vault_roster *roster);
/* lead_bytes is the roster certificate of the lead who signed it. serial_seen: the highest seen, else 0. */
hk_err vault_team_check(hk_slice bytes, hk_slice lead_bytes, const uint8_t place[static VAULT_KEY_BYTES],
                        int64_t now_ms, uint32_t serial_seen, vault_team *ret);

/* ---- First words ---- */

typedef struct vault_first_words {
    conversation_id conv; /* drawn by the client */
    team_id team;
    uint32_t serial;     /* of the team certificate */
    vault_member from;   /* role client */
    hk_slice sealed_key; /* FK to TK */
    hk_slice nonce;
    hk_slice ct;
    hk_slice tag;
    hk_slice before_nonce;
    hk_slice before_tag;
} vault_first_words;

/* Shape, and the sender's own keys (vault_member_check). */
hk_err vault_first_words_parse(hk_slice bytes, vault_first_words *ret);
/* What the accepting listener's first commit must name. */
void vault_first_words_hash(hk_slice bytes, uint8_t ret[static VAULT_HASH_BYTES]);

/* ---- Accounts ---- */

enum {
    VAULT_UNLOCK_PASSWORD = 1,
    VAULT_UNLOCK_RECOVERY = 2,
    VAULT_UNLOCK_PASSKEY = 3,
    VAULT_UNLOCK_DEVICE = 4
};

typedef struct vault_unlock {
    uint8_t kind;
    account_id account;
    uint32_t serial;
    uint8_t salt[VAULT_SALT_BYTES]; /* zero for kinds 2, 3 and 4 */
    uint32_t t;                     /* Argon2id passes; 0 for kinds 2, 3 and 4 */
    uint32_t m_bytes;               /* Argon2id memory; 0 for kinds 2, 3 and 4 */
} vault_unlock;

/* Argon2id's bounds: below is guessing made cheap, above is a device made unusable. */
#define VAULT_T_MIN       1
#define VAULT_T_MAX       16
#define VAULT_M_MIN_BYTES (46u << 20)
#define VAULT_M_MAX_BYTES (1024u << 20)
#define VAULT_T_DEFAULT   3
#define VAULT_M_DEFAULT   (64u << 20)

/* Shape, and t and m within bounds. */
hk_err vault_unlock_parse(hk_slice bytes, vault_unlock *ret);

/* `host` is what the server knows to be its own, `handle` the account's, `kind` the record's. */
hk_err vault_login_verify(hk_slice host, hk_slice handle, uint8_t kind,
                          const uint8_t challenge[static VAULT_CHALLENGE_BYTES],
                          const uint8_t login_key[static VAULT_KEY_BYTES],
                          const uint8_t signature[static VAULT_SIGNATURE_BYTES]);

typedef struct vault_new_record {
    uint8_t record[VAULT_UNLOCK_BYTES];
    uint8_t login_key[VAULT_KEY_BYTES];
} vault_new_record;

/* What a change signs: the new records with their login keys, strictly ascending by kind. */
hk_err vault_records_hash(const vault_new_record *records, size_t n, uint8_t ret[static VAULT_HASH_BYTES]);
hk_err vault_change_verify(const account_id *account, const uint8_t challenge[static VAULT_CHALLENGE_BYTES],
                           const vault_new_record *records, size_t n,
                           const uint8_t login_key[static VAULT_KEY_BYTES],
                           const uint8_t signature[static VAULT_SIGNATURE_BYTES]);
/* A recovery login permits only a change that brings both a new password and a new recovery record. */
bool vault_change_suits_recovery(const vault_new_record *records, size_t n);

/* ---- Fingerprints, invitations, audit ---- */

void vault_fingerprint(const account_id *account, const uint8_t ik[static VAULT_KEY_BYTES],
                       uint8_t ret[static VAULT_HASH_BYTES]);
void vault_place_fingerprint(const uint8_t place[static VAULT_KEY_BYTES],
                             uint8_t ret[static VAULT_HASH_BYTES]);
/* What the database keeps of an invitation's token (the token itself is what the client shows). */
void vault_invite_stored(const uint8_t token[static VAULT_HASH_BYTES], uint8_t ret[static VAULT_HASH_BYTES]);

/* The audit chain: head 0, then one step a row. Rows are the feature's own canonical bytes. */
void vault_audit_start(uint8_t ret[static VAULT_HASH_BYTES]);
void vault_audit_next(const uint8_t previous[static VAULT_HASH_BYTES], int64_t count, hk_slice row,
                      uint8_t ret[static VAULT_HASH_BYTES]);

#endif
