/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "vault/wasm/abi.h"

/* ---- Reading ---- */

static hk_err slot_asked(abi_session *s, hk_reader *in, const conversation_id *conv, abi_slot **ret)
{
    HK_TRY(abi_unlocked(s, in));
    return abi_slot_of(s, conv, ret);
}

static void write_taken(hk_writer *out, const vault_taken *t)
{
    hk_write_u8(out, (uint8_t)t->finding);
    hk_write_bytes(out, t->sender.b, HK_ID_BYTES);
    hk_write_bytes(out, t->mid.b, HK_ID_BYTES);
    hk_write_u53(out, t->time_ms);
    hk_write_u8(out, t->kind);
    hk_write_u32(out, t->missing);
    hk_write_u8(out, t->history_checked);
    hk_write_u8(out, t->flags);
    hk_write_u8(out, t->note_ok);
    abi_write_long(out, t->content);
}

/* conv, position, the stored bytes -> what was found */
hk_err abi_log_take(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    int64_t position = hk_read_u53(in);
    hk_slice stored = abi_read_rest(in);
    abi_slot *slot;
    HK_TRY(slot_asked(s, in, &conv, &slot));
    vault_taken taken = {0};
    HK_TRY(vault_log_take(&slot->log, position, stored, &taken));
    write_taken(out, &taken);
    return HK_OK;
}

hk_err abi_log_take_hash(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    int64_t position = hk_read_u53(in);
    uint8_t hash[VAULT_HASH_BYTES];
    hk_read_into(in, hash, sizeof hash);
    abi_slot *slot;
    HK_TRY(slot_asked(s, in, &conv, &slot));
    return vault_log_take_hash(&slot->log, position, hash);
}

hk_err abi_log_wrap(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    hk_slice wrap = abi_read_rest(in);
    abi_slot *slot;
    HK_TRY(slot_asked(s, in, &conv, &slot));
    vault_log *log = &slot->log;
    HK_TRY(vault_log_wrap(log, wrap));
    /* Each epoch's key is remembered when it comes, not only the last one's: it may have to be passed on. The
     * place keeps wraps too: a table that is full costs only the second copy. */
    if (vault_state_find_key(abi_state_of(s), &conv, log->chain.epoch) == NULL)
        abi_state_moved(s);
    (void)vault_state_keep_key(abi_state_of(s), &conv, log->chain.epoch, log->ck);
    return HK_OK;
}

hk_err abi_log_head(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    int64_t head = hk_read_u53(in);
    abi_slot *slot;
    HK_TRY(slot_asked(s, in, &conv, &slot));
    vault_log_head(&slot->log, head);
    return HK_OK;
}

hk_err abi_log_go_on(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    abi_slot *slot;
    HK_TRY(slot_asked(s, in, &conv, &slot));
    vault_log_go_on(&slot->log);
    return HK_OK;
}

/* A person decided to go on where another member's RESUME went on. HK_CONFLICT: there is none to accept. */
hk_err abi_log_accept_resume(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    abi_slot *slot;
    HK_TRY(slot_asked(s, in, &conv, &slot));
    return vault_log_accept_resume(&slot->log);
}

/* After reading: conv, now -> the first member whom the pins or the clock speak against, or nothing.
 * Remembers how far this conversation was seen; not while it is interrupted, or the place's shorter history
 * would in time outgrow the one that is missed. */
hk_err abi_log_settle(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    int64_t now_ms = hk_read_u53(in);
    abi_slot *slot;
    HK_TRY(slot_asked(s, in, &conv, &slot));
    vault_log *log = &slot->log;
    vault_state *state = abi_state_of(s);
    const vault_member *who;
    vault_state_trust(state, log, now_ms, &who);
    if (who != NULL)
        abi_write_member(out, who);
    if (log->position == 0 || (log->stops & VAULT_STOP_INTERRUPTED))
        return HK_OK;
    vault_tip tip;
    vault_log_tip(log, &tip);
    const vault_tip *before = vault_state_find_tip(state, &conv);
    bool moved = before == NULL || before->position != tip.position;
    hk_err err = vault_state_tip(state, &tip);
    if (err != HK_OK && err != HK_TOO_MUCH) /* a full table remembers no more; words are read all the same */
        return err;
    if (moved && err == HK_OK)
        abi_state_moved(s);
    return HK_OK;
}

/* -> epoch, position, stops, kind, whether somebody's RESUME waits to be accepted, count, members */
hk_err abi_log_view(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    abi_slot *slot;
    HK_TRY(slot_asked(s, in, &conv, &slot));
    const vault_log *log = &slot->log;
    hk_write_u32(out, log->chain.epoch);
    hk_write_u53(out, log->position);
    hk_write_u32(out, log->stops);
    hk_write_u8(out, log->chain.kind);
    hk_write_u8(out, (log->stops & VAULT_STOP_INTERRUPTED) && log->resume_seen);
    hk_write_u8(out, log->chain.member_count);
    for (size_t i = 0; i < log->chain.member_count; i++)
        abi_write_member(out, &log->chain.members[i]);
    return HK_OK;
}

/* ---- Sealing ---- */

/* This unlock's stream in a conversation; drawn when there is none. Never stored, never restored. */
static vault_stream *stream_of(abi_session *s, const conversation_id *conv)
{
    for (size_t i = 0; i < ABI_STREAMS_MAX; i++) {
        if (s->streams[i].used && HK_ID_EQ(s->streams[i].conv, *conv))
            return &s->streams[i].stream;
    }
    abi_stream *fresh = &s->streams[s->stream_next++ % ABI_STREAMS_MAX];
    fresh->used = true;
    fresh->conv = *conv;
    vault_stream_make(&fresh->stream);
    return &fresh->stream;
}

hk_err abi_log_new_stream(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    HK_TRY(abi_unlocked(s, in));
    vault_stream_make(stream_of(s, &conv));
    return HK_OK;
}

static vault_words read_words(hk_reader *in)
{
    vault_words words = {0};
    hk_read_into(in, words.mid.b, HK_ID_BYTES);
    words.time_ms = hk_read_u53(in);
    words.kind = hk_read_u8(in);
    words.content = abi_read_rest(in);
    return words;
}

static void write_readers(hk_writer *out, const vault_readers *readers)
{
    hk_write_u8(out, readers->count);
    for (size_t i = 0; i < readers->count; i++) {
        hk_write_bytes(out, readers->accounts[i].b, HK_ID_BYTES);
        hk_write_bytes(out, readers->iks[i], VAULT_KEY_BYTES);
    }
}

static hk_err read_readers(hk_reader *in, vault_readers *ret)
{
    *ret = (vault_readers){.count = hk_read_u8(in)};
    if (ret->count > VAULT_MEMBERS_MAX)
        return HK_BAD;
    for (size_t i = 0; i < ret->count; i++) {
        hk_read_into(in, ret->accounts[i].b, HK_ID_BYTES);
        hk_read_into(in, ret->iks[i], VAULT_KEY_BYTES);
    }
    return HK_OK;
}

/* conv, mid, time, kind, content -> who could read, then the envelope */
hk_err abi_log_seal(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    vault_words words = read_words(in);
    abi_slot *slot;
    HK_TRY(slot_asked(s, in, &conv, &slot));
    vault_readers readers;
    vault_readers_of(&slot->log.chain, &readers);
    write_readers(out, &readers);
    size_t n;
    HK_TRY(vault_log_seal(&slot->log, stream_of(s, &conv), &words, out->p + out->n, out->cap - out->n, &n));
    out->n += n;
    return HK_OK;
}

/* conv, who could read when the words were written -> the first member who could not, or nothing */
hk_err abi_readers_new(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    vault_readers then;
    HK_TRY(read_readers(in, &then));
    abi_slot *slot;
    HK_TRY(slot_asked(s, in, &conv, &slot));
    const vault_member *fresh = vault_readers_new(&then, &slot->log.chain);
    if (fresh != NULL)
        abi_write_member(out, fresh);
    return HK_OK;
}

hk_err abi_receipt_seal(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    int64_t time_ms = hk_read_u53(in);
    abi_slot *slot;
    HK_TRY(slot_asked(s, in, &conv, &slot));
    size_t n;
    HK_TRY(vault_receipt_seal(&slot->log, stream_of(s, &conv), time_ms, out->p, out->cap, &n));
    out->n = n;
    return HK_OK;
}

/* conv, receipt -> whose, up to which position */
hk_err abi_receipt_open(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    hk_slice receipt = abi_read_rest(in);
    abi_slot *slot;
    HK_TRY(slot_asked(s, in, &conv, &slot));
    account_id sender;
    int64_t position;
    HK_TRY(vault_receipt_open(&slot->log, receipt, &sender, &position));
    hk_write_bytes(out, sender.b, HK_ID_BYTES);
    hk_write_u53(out, position);
    return HK_OK;
}

/* ---- Commits ---- */

static hk_err read_changes(hk_reader *in, vault_plan *plan)
{
    enum { PUT = 1, REMOVE = 2, CONSENT = 3 };
    for (size_t left = hk_read_u8(in); left > 0 && !in->bad; left--) {
        vault_member member;
        account_id account;
        switch (hk_read_u8(in)) {
        case PUT:
            abi_read_member(in, &member);
            if (!in->bad)
                HK_TRY(vault_plan_put(plan, &member));
            break;
        case REMOVE:
            account = abi_read_account(in);
            if (!in->bad)
                HK_TRY(vault_plan_remove(plan, &account));
            break;
        case CONSENT: {
            hk_slice consent = hk_read_bytes(in, VAULT_CONSENT_BYTES);
            if (!in->bad)
                HK_TRY(vault_plan_consent(plan, consent));
            break;
        }
        default:
            return HK_BAD;
        }
    }
    return HK_OK;
}

/* After a rotation of mine the next commit takes the new key. */
static hk_err with_my_newest_key(const abi_session *s, vault_plan *plan)
{
    for (size_t i = 0; i < plan->member_count; i++) {
        if (!HK_ID_EQ(plan->members[i].account, s->me.id))
            continue;
        vault_member me;
        vault_account_member(&s->me, plan->members[i].role, &me);
        return vault_plan_put(plan, &me);
    }
    return HK_OK;
}

/* conv, mode (0 change, 1 resume, 2 replace), changes -> commit and wraps */
hk_err abi_commit_make(abi_session *s, hk_reader *in, hk_writer *out)
{
    enum { CHANGE = 0, RESUME = 1, REPLACE = 2 };
    conversation_id conv = abi_read_conversation(in);
    uint8_t mode = hk_read_u8(in);
    if (in->bad || mode > REPLACE)
        return HK_BAD;
    if (!s->unlocked)
        return HK_WHO;
    abi_slot *slot;
    HK_TRY(abi_slot_of(s, &conv, &slot));
    vault_plan plan;
    if (mode == RESUME)
        HK_TRY(vault_plan_resume(&slot->log, &plan));
    else
        vault_plan_from(&slot->log.chain, &plan);
    if (mode == REPLACE)
        plan.flags |= VAULT_FLAG_REPLACE;
    else
        HK_TRY(with_my_newest_key(s, &plan));
    HK_TRY(read_changes(in, &plan));
    HK_TRY(abi_asked(in));
    vault_made_commit made;
    HK_TRY(vault_commit_make(&slot->log, &plan, &made));
    abi_write_commit(out, &made);
    return HK_OK;
}

/* conv -> the first commit of a conversation with oneself alone */
hk_err abi_private_genesis(abi_session *s, hk_reader *in, hk_writer *out)
{
    static const uint8_t NO_FIRST_WORDS[VAULT_HASH_BYTES];
    conversation_id conv = abi_read_conversation(in);
    HK_TRY(abi_unlocked(s, in));
    vault_plan plan = {.member_count = 1};
    vault_account_member(&s->me, VAULT_ROLE_CLIENT, &plan.members[0]);
    vault_made_commit made;
    HK_TRY(vault_genesis_make(&s->me, &conv, VAULT_KIND_PRIVATE, NO_FIRST_WORDS, &plan, &made));
    abi_write_commit(out, &made);
    return HK_OK;
}

/* conv, account -> the current epoch's key again, for them */
hk_err abi_wrap_again(abi_session *s, hk_reader *in, hk_writer *out)
{
    conversation_id conv = abi_read_conversation(in);
    account_id account = abi_read_account(in);
    abi_slot *slot;
    HK_TRY(slot_asked(s, in, &conv, &slot));
    uint8_t wrap[VAULT_WRAP_BYTES];
    HK_TRY(vault_wrap_again(&slot->log, &account, wrap));
    hk_write_bytes(out, wrap, sizeof wrap);
    return HK_OK;
}
