/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A conversation as far as it was read, for the device that read it: where the log stands, the chain, H, and
 * the tables that find repeats, gaps and other histories. Sealed like a draft; a later unlock reads on from
 * there instead of from the first entry. The epoch's key is not in it: that one comes from the account state,
 * so what the account has forgotten cannot be read on here either.
 */
#include "vault/inside.h"

#include <string.h>

#define KEPT_VERSION 1
#define KEPT_HEAD    (1 + VAULT_NONCE_BYTES)                                        /* of a local seal */
#define KEPT_STOPS   (VAULT_STOP_UNPINNED | VAULT_STOP_EXPIRED | VAULT_STOP_ROTATE) /* judged anew anyway */

typedef struct kept_label {
    uint8_t b[sizeof "kept-log/" - 1 + HK_ID_BYTES];
} kept_label;

static kept_label label_of(const conversation_id *conv)
{
    kept_label label = {"kept-log/"};
    memcpy(label.b + sizeof label.b - HK_ID_BYTES, conv->b, HK_ID_BYTES);
    return label;
}

/* ---- Writing */

static void write_marks(hk_writer *w, const uint64_t *marks, size_t count)
{
    hk_writer at = *w;
    uint32_t n = 0;
    hk_write_u32(w, 0);
    for (size_t i = 0; i < count; i++) {
        if (!marks[i])
            continue;
        hk_write_bytes(w, &marks[i], sizeof marks[i]);
        n++;
    }
    hk_write_u32(&at, n);
}

/* The newest first: a reader with a smaller table takes what fits. */
static void write_history(hk_writer *w, const vault_log *log)
{
    int64_t since = log->position - log->commit_position + 1;
    uint32_t n =
        (uint32_t)(since < (int64_t)log->memory.history_slots ? since : (int64_t)log->memory.history_slots);
    hk_write_u32(w, n);
    for (uint32_t i = 0; i < n; i++)
        hk_write_bytes(w, &log->memory.history[(size_t)(log->position - i) % log->memory.history_slots],
                       sizeof(uint64_t));
}

void vault_log_encode(const vault_log *log, hk_writer *w)
{
    uint8_t chain[VAULT_CHAIN_BYTES_MAX];
    size_t chain_n, half = log->memory.mid_slots / 2;
    if (vault_chain_encode(&log->chain, chain, sizeof chain, &chain_n) != HK_OK) {
        w->bad = true;
        return;
    }
    hk_write_u8(w, KEPT_VERSION);
    hk_write_u32(w, (uint32_t)chain_n);
    hk_write_bytes(w, chain, chain_n);
    hk_write_u53(w, log->position);
    hk_write_u53(w, log->commit_position);
    hk_write_bytes(w, log->h, VAULT_HASH_BYTES);
    hk_write_bytes(w, log->last_entry, VAULT_HASH_BYTES);
    hk_write_u32(w, log->resumed);
    hk_write_u8(w, log->going_on);
    hk_write_u8(w, log->resume_seen);
    hk_write_u32(w, log->messages);
    hk_write_u32(w, log->hidden);
    hk_write_bytes(w, log->table_key, sizeof log->table_key);
    hk_write_u32(w, log->stream_count);
    for (size_t i = 0; i < log->stream_count; i++) {
        const vault_stream_seen *s = &log->streams[i];
        hk_write_bytes(w, s->id.b, HK_ID_BYTES);
        hk_write_u8(w, s->sender);
        hk_write_u32(w, s->n);
        hk_write_u32(w, s->hidden);
    }
    write_history(w, log);
    write_marks(w, log->memory.mids, half);
    write_marks(w, log->memory.mids + half, half);
}

hk_err vault_log_keep(const vault_log *log, uint8_t *ret, size_t cap, size_t *ret_n)
{
    if (log->chain.epoch == 0 || (log->stops & ~(uint32_t)KEPT_STOPS) || log->expecting)
        return HK_BUSY;
    if (cap < VAULT_LOCAL_EXTRA)
        return HK_TOO_MUCH;
    hk_writer w = hk_writer_of(ret + KEPT_HEAD, cap - VAULT_LOCAL_EXTRA);
    vault_log_encode(log, &w);
    if (w.bad)
        return HK_TOO_MUCH;
    kept_label label = label_of(&log->chain.conv);
    return vault_local_seal(log->me, hk_slice_of(label.b, sizeof label.b), hk_writer_done(&w), ret, cap,
                            ret_n);
}

/* ---- Reading */

static bool read_flag(hk_reader *r)
{
    uint8_t flag = hk_read_u8(r);
    if (flag > 1)
        r->bad = true;
    return flag == 1;
}

static void read_streams(hk_reader *r, vault_log *log)
{
    uint32_t count = hk_read_u32(r);
    if (count > HK_COUNT(log->streams)) {
        r->bad = true;
        return;
    }
    for (uint32_t i = 0; i < count && !r->bad; i++) {
        vault_stream_seen *s = &log->streams[i];
        hk_read_into(r, s->id.b, HK_ID_BYTES);
        s->sender = hk_read_u8(r);
        s->n = hk_read_u32(r);
        s->hidden = hk_read_u32(r);
        r->bad |= s->sender >= log->chain.member_count || s->hidden > log->hidden;
    }
    log->stream_count = (uint16_t)count;
}

static void read_history(hk_reader *r, vault_log *log)
{
    uint32_t count = hk_read_u32(r);
    if (count > log->memory.history_slots || count > log->position - log->commit_position + 1) {
        r->bad = true;
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        hk_read_into(r,
                     (uint8_t *)&log->memory.history[(size_t)(log->position - i) % log->memory.history_slots],
                     sizeof(uint64_t));
}

/* At most three quarters full, as the log itself fills them. */
static size_t read_marks(hk_reader *r, uint64_t *half, size_t slots)
{
    uint32_t count = hk_read_u32(r);
    if (count > slots - slots / 4) {
        r->bad = true;
        return 0;
    }
    for (uint32_t i = 0; i < count && !r->bad; i++) {
        uint64_t mark = 0;
        hk_read_into(r, (uint8_t *)&mark, sizeof mark);
        size_t at = mark % slots;
        while (half[at])
            at = (at + 1) % slots;
        half[at] = mark;
        r->bad |= mark == 0;
    }
    return count;
}

hk_err vault_log_decode(hk_slice plain, vault_log *log)
{
    hk_reader r = hk_reader_of(plain);
    conversation_id conv = log->chain.conv;
    if (hk_read_u8(&r) != KEPT_VERSION)
        return HK_BAD;
    HK_TRY(vault_chain_decode(hk_read_bytes(&r, hk_read_u32(&r)), &log->chain));
    log->position = hk_read_u53(&r);
    log->commit_position = hk_read_u53(&r);
    if (r.bad || log->chain.epoch == 0 || !HK_ID_EQ(log->chain.conv, conv) || log->commit_position < 1 ||
        log->commit_position > log->position)
        return HK_BAD;
    hk_read_into(&r, log->h, VAULT_HASH_BYTES);
    hk_read_into(&r, log->last_entry, VAULT_HASH_BYTES);
    log->resumed = hk_read_u32(&r);
    log->going_on = read_flag(&r);
    log->resume_seen = read_flag(&r);
    log->messages = hk_read_u32(&r);
    log->hidden = hk_read_u32(&r);
    hk_read_into(&r, log->table_key, sizeof log->table_key);
    read_streams(&r, log);
    read_history(&r, log);
    size_t half = log->memory.mid_slots / 2;
    log->mids_new = read_marks(&r, log->memory.mids, half);
    (void)read_marks(&r, log->memory.mids + half, half);
    return hk_reader_finished(&r) ? HK_OK : HK_BAD;
}

/* Opens in place; the account state brings the epoch's key (vault_state_resume). */
hk_err vault_log_resume(vault_log *log, uint8_t *kept, size_t kept_n)
{
    size_t n;
    kept_label label = label_of(&log->chain.conv);
    if (log->position != 0)
        return HK_CONFLICT;
    HK_TRY(vault_local_open(log->me, hk_slice_of(label.b, sizeof label.b), hk_slice_of(kept, kept_n),
                            kept + KEPT_HEAD, kept_n, &n));
    hk_err err = vault_log_decode(hk_slice_of(kept + KEPT_HEAD, n), log);
    sodium_memzero(kept, kept_n);
    HK_TRY(err);
    log->stops = VAULT_STOP_LOCKED;
    if (log->messages >= VAULT_EPOCH_MESSAGES_MAX)
        log->stops |= VAULT_STOP_ROTATE;
    vault_log_take_place(log);
    return HK_OK;
}

bool vault_log_ends_with(const vault_log *log, const uint8_t entry_hash[static VAULT_HASH_BYTES])
{
    return log->position > 0 && hk_slice_eq(VAULT_32(log->last_entry), VAULT_32(entry_hash));
}
