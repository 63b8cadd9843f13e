/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One conversation, read strictly in order (M3, M4, M6). Every numbered entry moves H, good or bad. Words are
 * shown when they are authentic; that others are missing, or that histories differ, is said beside them and
 * never hides them: a drop must not become silence.
 *
 * Two tables keep what must be remembered in 8 bytes an item: SipHash under a key drawn for this log, so
 * nobody outside can prepare two items that look alike. history  the H at each entry since the epoch's
 * commit, by position (the newest history_slots of them) mids     the words shown, by sender and mid: two
 * halves, the newer one is filled; when it is full the older one is forgotten and the halves change places
 */
#include "vault/inside.h"

#include <string.h>

static uint64_t short_hash(const vault_log *log, const void *one, size_t one_n, const void *two, size_t two_n)
{
    uint8_t joined[64], out[crypto_shorthash_BYTES];
    uint64_t v;
    hk_writer w = hk_writer_of(joined, sizeof joined);
    hk_write_bytes(&w, one, one_n);
    hk_write_bytes(&w, two, two_n);
    (void)crypto_shorthash(out, joined, w.n, log->table_key); /* cannot fail */
    memcpy(&v, out, sizeof v);
    return v ? v : 1; /* 0 marks an empty slot */
}

static uint64_t history_mark(const vault_log *log, int64_t position, const uint8_t *h)
{
    return short_hash(log, VAULT_BE64(position).p, 8, h, VAULT_HASH_BYTES);
}

static bool history_holds(const vault_log *log, int64_t position)
{
    return log->position - position < (int64_t)log->memory.history_slots;
}

hk_err vault_log_compare(const vault_log *log, int64_t position, const uint8_t h[static VAULT_HASH_BYTES])
{
    if (position > log->position || position < log->commit_position)
        return HK_BAD;
    if (!history_holds(log, position))
        return HK_BUSY;
    uint64_t kept = log->memory.history[(size_t)position % log->memory.history_slots];
    return kept == history_mark(log, position, h) ? HK_OK : HK_REFUSED;
}

hk_err vault_log_init(vault_log *log, const vault_account *me, const conversation_id *conv,
                      const vault_log_memory *memory)
{
    if (memory->history_slots < VAULT_HISTORY_SLOTS_MIN || memory->mid_slots < VAULT_MID_SLOTS_MIN)
        return HK_TOO_MUCH;
    *log = (vault_log){.me = me, .memory = *memory};
    log->chain.conv = *conv;
    log->stops = VAULT_STOP_LOCKED | VAULT_STOP_OUTSIDE;
    log->memory.mid_slots &= ~(size_t)1;
    memset(memory->history, 0, memory->history_slots * sizeof *memory->history);
    memset(memory->mids, 0, memory->mid_slots * sizeof *memory->mids);
    randombytes_buf(log->table_key, sizeof log->table_key);
    vault_log_hash_start(conv, log->h);
    return HK_OK;
}

void vault_log_wipe(vault_log *log)
{
    if (!log)
        return;
    if (log->memory.history)
        sodium_memzero(log->memory.history, log->memory.history_slots * sizeof(uint64_t));
    if (log->memory.mids)
        sodium_memzero(log->memory.mids, log->memory.mid_slots * sizeof(uint64_t));
    sodium_memzero(log, sizeof *log);
}

/* ---- The table of mids ---- */

static bool half_holds(const uint64_t *half, size_t slots, uint64_t mark)
{
    for (size_t i = 0, at = mark % slots; i < slots && half[at]; i++, at = (at + 1) % slots)
        if (half[at] == mark)
            return true;
    return false;
}

static bool mid_shown(const vault_log *log, uint64_t mark)
{
    size_t slots = log->memory.mid_slots / 2;
    return half_holds(log->memory.mids, slots, mark) || half_holds(log->memory.mids + slots, slots, mark);
}

static void mid_remember(vault_log *log, uint64_t mark)
{
    size_t slots = log->memory.mid_slots / 2;
    uint64_t *newer = log->memory.mids;
    if (log->mids_new >= slots - slots / 4) { /* three quarters: probing stays short, and always ends */
        memcpy(newer + slots, newer, slots * sizeof *newer);
        memset(newer, 0, slots * sizeof *newer);
        log->mids_new = 0;
    }
    size_t at = mark % slots;
    while (newer[at])
        at = (at + 1) % slots;
    newer[at] = mark;
    log->mids_new++;
}

/* ---- Moving on ---- */

static void advance(vault_log *log, const uint8_t entry_hash[static VAULT_HASH_BYTES])
{
    log->position++;
    memcpy(log->last_entry, entry_hash, VAULT_HASH_BYTES);
    vault_log_hash_next(log->h, log->position, entry_hash, log->h);
    log->memory.history[(size_t)log->position % log->memory.history_slots] =
        history_mark(log, log->position, log->h);
}

/* Once the remembered position is passed: are we still in the history this account has seen? */
static void compare_tip(vault_log *log)
{
    if (!log->expecting || log->position != log->expected.position)
        return;
    bool same = hk_slice_eq(VAULT_32(log->h), VAULT_32(log->expected.h)) &&
                hk_slice_eq(VAULT_32(log->chain.commit_hash), VAULT_32(log->expected.commit_hash)) &&
                hk_slice_eq(VAULT_32(log->chain.genesis_hash), VAULT_32(log->expected.genesis_hash));
    if (!same)
        log->stops |= VAULT_STOP_INTERRUPTED;
    else
        log->expecting = false;
}

void vault_log_expect(vault_log *log, const vault_tip *tip)
{
    log->expected = *tip;
    log->resumed = tip->resumed;
    log->expecting = tip->position > 0;
    if (log->expecting && tip->position < log->position)
        log->expecting = false; /* already passed: the caller compares before reading on */
    compare_tip(log);
}

void vault_log_head(vault_log *log, int64_t head)
{
    if (log->expecting && head < log->expected.position)
        log->stops |= VAULT_STOP_INTERRUPTED;
}

void vault_log_tip(const vault_log *log, vault_tip *ret)
{
    *ret = (vault_tip){.conv = log->chain.conv, .position = log->position, .resumed = log->resumed};
    memcpy(ret->genesis_hash, log->chain.genesis_hash, VAULT_HASH_BYTES);
    memcpy(ret->commit_hash, log->chain.commit_hash, VAULT_HASH_BYTES);
    memcpy(ret->h, log->h, VAULT_HASH_BYTES);
    ret->member_count = log->chain.member_count;
    for (size_t i = 0; i < ret->member_count; i++)
        ret->members[i] = log->chain.members[i].account;
}

void vault_log_go_on(vault_log *log)
{
    log->stops &= ~(uint32_t)VAULT_STOP_FORKED;
    log->going_on = true;
}

/* Found only later that words were lost, the RESUME read before it counts when a person says so: were it
 * taken at once, a server could roll back to any RESUME of the past and go unnoticed. */
hk_err vault_log_accept_resume(vault_log *log)
{
    if (!(log->stops & VAULT_STOP_INTERRUPTED) || !log->resume_seen)
        return HK_CONFLICT;
    log->stops &= ~(uint32_t)VAULT_STOP_INTERRUPTED;
    log->expecting = false;
    log->resumed++;
    return HK_OK;
}

/* ---- Commits ---- */

static void pair_keys(vault_log *log)
{
    VAULT_KEY(shared);
    const vault_chain *chain = &log->chain;
    const vault_member *self = &chain->members[log->my_index];
    const vault_ek *mine = vault_account_ek(log->me, self->ek);
    log->before_me = !hk_slice_eq(VAULT_32(self->ik), VAULT_32(log->me->ik));
    if (!mine || log->before_me) {
        log->stops |= VAULT_STOP_OUTSIDE; /* our name with a key that is not ours */
        return;
    }
    for (size_t i = 0; i < chain->member_count; i++) {
        const vault_member *m = &chain->members[i];
        if (vault_shared(mine->secret, m->ek, shared.b) != HK_OK) {
            log->stops |= VAULT_STOP_OUTSIDE; /* cannot be: vault_commit_check looked at every EK */
            return;
        }
        vault_pair_key(shared.b, m->ek, mine->pk, m->account.b, log->me->id.b, log->pair_in[i]);
        vault_pair_key(shared.b, mine->pk, m->ek, log->me->id.b, m->account.b, log->pair_out[i]);
    }
}

/* Members of a RESUME were all there before and after; anybody else must not slip in with it. */
static bool resumes(const vault_log *log, const vault_commit *c)
{
    if (c->flags != VAULT_FLAG_RESUME)
        return false;
    for (size_t i = 0; i < c->member_count; i++) {
        bool remembered = false;
        for (size_t j = 0; j < log->expected.member_count; j++)
            remembered |= HK_ID_EQ(log->expected.members[j], c->members[i].account);
        if (!remembered)
            return false;
    }
    return true;
}

void vault_log_take_place(vault_log *log)
{
    const vault_member *self = vault_chain_member(&log->chain, &log->me->id);
    if (self) {
        log->my_index = (uint8_t)(self - log->chain.members);
        pair_keys(log);
    } else {
        log->stops |= VAULT_STOP_OUTSIDE;
    }
}

static void enter_epoch(vault_log *log)
{
    log->commit_position = log->position;
    log->messages = log->hidden = 0;
    log->stream_count = 0;
    log->stops |= VAULT_STOP_LOCKED;
    log->stops &=
        ~(uint32_t)(VAULT_STOP_OUTSIDE | VAULT_STOP_ROTATE | VAULT_STOP_EXPIRED | VAULT_STOP_UNPINNED);
    log->before_me = false;
    sodium_memzero(log->ck, sizeof log->ck);
    sodium_memzero(log->message_key, sizeof log->message_key);
    sodium_memzero(log->pair_in, sizeof log->pair_in);
    sodium_memzero(log->pair_out, sizeof log->pair_out);
    vault_log_take_place(log);
}

static bool note_holds(const vault_log *log, const vault_commit *c)
{
    const vault_member *author = vault_chain_member(&log->chain, &c->author);
    uint8_t tag[VAULT_TAG_BYTES];
    if (log->stops & VAULT_STOP_OUTSIDE)
        return true;
    vault_note_tag(c->hash, c->note_seen_pos, c->note_seen_hash.p, log->pair_in[author - log->chain.members],
                   tag);
    return sodium_memcmp(tag, c->note_tags.p + log->my_index * (size_t)VAULT_TAG_BYTES, sizeof tag) == 0;
}

/* The author's base against ours. Compared before the epoch changes, while the old epoch's history is at
 * hand. */
static bool note_forks(const vault_log *log, const vault_commit *c)
{
    if (c->note_seen_pos > log->position)
        return true;
    uint8_t start[VAULT_HASH_BYTES];
    if (c->note_seen_pos == 0) {
        vault_log_hash_start(&log->chain.conv, start);
        return !hk_slice_eq(c->note_seen_hash, VAULT_32(start));
    }
    if (!history_holds(log, c->note_seen_pos))
        return false;
    uint64_t kept = log->memory.history[(size_t)c->note_seen_pos % log->memory.history_slots];
    return kept != history_mark(log, c->note_seen_pos, c->note_seen_hash.p);
}

static void take_commit(vault_log *log, hk_slice stored, const uint8_t *entry_hash, vault_taken *ret)
{
    vault_commit c;
    vault_chain next = {0};
    bool known = vault_commit_parse(stored, &c) == HK_OK && HK_ID_EQ(c.conv, log->chain.conv);
    vault_chain none = {0};
    const vault_chain *now = log->chain.epoch ? &log->chain : &none;
    if (!known || vault_commit_check(now, stored, &next) != HK_OK) {
        advance(log, entry_hash);
        ret->finding = VAULT_BAD;
        return;
    }
    bool forks = note_forks(log, &c), resume = resumes(log, &c);
    log->chain = next;
    advance(log, entry_hash);
    enter_epoch(log);
    ret->finding = VAULT_COMMITTED;
    ret->sender = c.author;
    ret->flags = c.flags;
    ret->note_ok = note_holds(log, &c);
    ret->history_checked = true;
    if (forks && ret->note_ok && !log->going_on &&
        !(log->stops & (VAULT_STOP_OUTSIDE | VAULT_STOP_INTERRUPTED)))
        log->stops |= VAULT_STOP_FORKED;
    log->resume_seen |= resume;
    if (resume && (log->stops & VAULT_STOP_INTERRUPTED))
        (void)vault_log_accept_resume(log); /* both its conditions were just seen to hold */
}

static hk_err use_key(vault_log *log, const uint8_t *ck)
{
    memcpy(log->ck, ck, VAULT_KEY_BYTES);
    vault_derive_message_key(ck, &log->chain.conv, log->chain.epoch, log->chain.commit_hash,
                             log->message_key);
    log->stops &= ~(uint32_t)VAULT_STOP_LOCKED;
    return HK_OK;
}

/* An epoch's key that was passed on: made anew for one of our keys, whatever stands in that commit. */
static hk_err wrap_passed_on(vault_log *log, hk_slice wrap)
{
    VAULT_KEY(ck);
    for (size_t i = 0; i < log->me->ek_count; i++)
        if (vault_open_wrap(log->me, &log->chain, log->me->eks[i].pk, wrap, ck.b) == HK_OK)
            return use_key(log, ck.b);
    return HK_REFUSED;
}

hk_err vault_log_wrap(vault_log *log, hk_slice wrap)
{
    VAULT_KEY(ck);
    if (log->chain.epoch > 0 && log->before_me)
        return wrap_passed_on(log, wrap);
    if (log->chain.epoch == 0 || (log->stops & VAULT_STOP_OUTSIDE))
        return HK_REFUSED;
    HK_TRY(vault_open_wrap(log->me, &log->chain, log->chain.members[log->my_index].ek, wrap, ck.b));
    return use_key(log, ck.b);
}

hk_err vault_log_key(vault_log *log, uint32_t epoch, const uint8_t ck[static VAULT_KEY_BYTES])
{
    uint8_t ckc[VAULT_HASH_BYTES];
    if (log->chain.epoch == 0 || epoch != log->chain.epoch)
        return HK_REFUSED;
    vault_derive_ckc(ck, &log->chain.conv, epoch, ckc);
    if (sodium_memcmp(ckc, log->chain.ckc, sizeof ckc) != 0)
        return HK_REFUSED;
    return use_key(log, ck);
}

/* ---- Messages ---- */

static vault_stream_seen *stream_of(vault_log *log, uint8_t sender, const stream_id *id)
{
    unsigned own = 0;
    for (size_t i = 0; i < log->stream_count; i++) {
        if (log->streams[i].sender != sender)
            continue;
        if (HK_ID_EQ(log->streams[i].id, *id))
            return &log->streams[i];
        own++;
    }
    if (own == VAULT_STREAMS_MAX)
        return NULL;
    vault_stream_seen *s = &log->streams[log->stream_count]; /* counted when it is shown */
    *s = (vault_stream_seen){.id = *id, .sender = sender, .hidden = 0};
    return s;
}

/* What authentic words mean here; moves nothing. */
static vault_finding judge(vault_log *log, const vault_envelope *e, vault_stream_seen *stream,
                           vault_taken *ret)
{
    if (!stream || e->n <= stream->n)
        return VAULT_BAD;
    uint32_t jump = e->n - stream->n - 1, explained = log->hidden - stream->hidden;
    ret->missing = jump > explained ? jump - explained : 0; /* removed words were seen to be removed */
    hk_err same = vault_log_compare(log, e->seen_pos, e->seen_hash);
    ret->history_checked = same != HK_BUSY;
    if (same == HK_REFUSED)
        return VAULT_SHOWN_FORKED;
    if (log->before_me)
        return VAULT_SHOWN_PASSED_ON;
    return ret->missing ? VAULT_SHOWN_GAP : VAULT_SHOWN;
}

static void remember_shown(vault_log *log, const vault_envelope *e, vault_stream_seen *stream, uint64_t mark)
{
    if (stream == &log->streams[log->stream_count])
        log->stream_count++;
    stream->n = e->n;
    stream->hidden = log->hidden;
    mid_remember(log, mark);
    log->messages++;
    if (log->messages >= VAULT_EPOCH_MESSAGES_MAX)
        log->stops |= VAULT_STOP_ROTATE;
}

/* HK_BUSY only: everything else is a finding. */
static hk_err open_message(vault_log *log, hk_slice stored, vault_taken *ret)
{
    vault_envelope e;
    vault_words words;
    ret->finding = VAULT_BAD;
    if (log->chain.epoch == 0 || vault_envelope_parse(stored, &e) != HK_OK || e.type != VAULT_TYPE_MESSAGE ||
        vault_envelope_fits(&log->chain, &e) != HK_OK)
        return HK_OK;
    if (e.seen_pos > log->position || e.seen_pos < log->commit_position)
        return HK_OK;
    hk_err err = vault_open_envelope(log, &e, &words);
    if (err != HK_OK)
        return err == HK_BUSY ? HK_BUSY : HK_OK;
    const vault_member *sender = vault_chain_member(&log->chain, &e.sender);
    uint64_t mark = short_hash(log, e.sender.b, HK_ID_BYTES, e.mid.b, HK_ID_BYTES);
    vault_stream_seen *stream = stream_of(log, (uint8_t)(sender - log->chain.members), &e.stream);
    ret->finding = mid_shown(log, mark) ? VAULT_DUPLICATE : judge(log, &e, stream, ret);
    if (ret->finding == VAULT_BAD)
        return HK_OK;
    ret->sender = e.sender;
    ret->stream = e.stream;
    ret->n = e.n;
    ret->mid = e.mid;
    if (ret->finding == VAULT_DUPLICATE)
        return HK_OK;
    ret->time_ms = words.time_ms;
    ret->kind = words.kind;
    ret->content = words.content;
    if (ret->finding == VAULT_SHOWN_FORKED && !log->going_on)
        log->stops |= VAULT_STOP_FORKED;
    remember_shown(log, &e, stream, mark);
    return HK_OK;
}

hk_err vault_log_take(vault_log *log, int64_t position, hk_slice stored, vault_taken *ret)
{
    uint8_t entry_hash[VAULT_HASH_BYTES];
    if (position != log->position + 1)
        return HK_CONFLICT;
    *ret = (vault_taken){.position = position, .note_ok = true};
    vault_entry_hash(stored, entry_hash);
    if (vault_entry_kind_of(stored) == VAULT_ENTRY_COMMIT) {
        take_commit(log, stored, entry_hash, ret);
    } else {
        HK_TRY(open_message(log, stored, ret));
        advance(log, entry_hash);
    }
    compare_tip(log);
    return HK_OK;
}

hk_err vault_log_take_hash(vault_log *log, int64_t position,
                           const uint8_t entry_hash[static VAULT_HASH_BYTES])
{
    if (position != log->position + 1)
        return HK_CONFLICT;
    advance(log, entry_hash);
    log->hidden++;
    compare_tip(log);
    return HK_OK;
}
