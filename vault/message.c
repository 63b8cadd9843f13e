/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Words into envelopes and back (M4). The cipher keeps them from the server; one tag for each member, under a
 * key only those two share, says who wrote them and proves it to nobody else.
 *
 * The nonce is a keyed hash of fresh randomness, the header and the padded words: should a cloned machine
 * draw the same randomness twice, a nonce repeats only when the words do.
 */
#include "vault/inside.h"

#include <string.h>

#define ONE_TAG (HK_ID_BYTES + VAULT_TAG_BYTES)

static hk_err content_check(const vault_words *words)
{
    if (words->content.n > VAULT_CONTENT_MAX)
        return HK_TOO_MUCH;
    if (words->kind == VAULT_BODY_NAME && words->content.n > VAULT_NAME_MAX)
        return HK_TOO_MUCH;
    bool text = words->kind == VAULT_BODY_TEXT || words->kind == VAULT_BODY_NAME;
    if (text && !hk_utf8_valid(words->content))
        return HK_BAD;
    bool known = words->kind >= VAULT_BODY_TEXT && words->kind <= VAULT_BODY_LAST;
    return known || words->kind == VAULT_BODY_RECEIPT ? HK_OK : HK_REFUSED;
}

hk_err vault_body_write(const vault_words *words, hk_slice before, uint8_t *buffer, size_t *ret_padded)
{
    HK_TRY(content_check(words));
    hk_writer w = hk_writer_of(buffer, VAULT_PADDED_MAX);
    hk_write_slice(&w, before);
    hk_write_u8(&w, 1);
    hk_write_u8(&w, words->kind);
    hk_write_u53(&w, words->time_ms);
    hk_write_slice(&w, words->content);
    size_t padded = vault_padded_length(w.n);
    if (w.bad || padded == 0)
        return words->time_ms < 0 || words->time_ms > HK_INT_MAX ? HK_BAD : HK_TOO_MUCH;
    vault_pad(buffer, w.n, padded);
    *ret_padded = padded;
    return HK_OK;
}

hk_err vault_body_read(hk_slice body, vault_words *ret)
{
    hk_reader r = hk_reader_of(body);
    uint8_t version = hk_read_u8(&r), kind = hk_read_u8(&r);
    int64_t time_ms = hk_read_u53(&r);
    if (r.bad || version != 1 || kind == 0)
        return HK_REFUSED;
    ret->kind = kind;
    ret->time_ms = time_ms;
    ret->content = hk_slice_of(r.p, r.left);
    return HK_OK;
}

/* ---- Sealing ---- */

static void write_header(const vault_sealing *s, const vault_words *words, hk_writer *w)
{
    hk_write_u8(w, 1);
    hk_write_u8(w, 1);
    hk_write_u8(w, s->type);
    hk_write_u8(w, 0);
    hk_write_bytes(w, s->log->chain.conv.b, HK_ID_BYTES);
    hk_write_u32(w, s->log->chain.epoch);
    hk_write_bytes(w, s->log->me->id.b, HK_ID_BYTES);
    hk_write_bytes(w, s->stream.b, HK_ID_BYTES);
    hk_write_u32(w, s->n);
    hk_write_u53(w, s->log->position);
    hk_write_bytes(w, s->log->h, VAULT_HASH_BYTES);
    hk_write_bytes(w, words->mid.b, HK_ID_BYTES);
}

static void derive_nonce(const vault_sealing *s, hk_slice header, hk_slice body, uint8_t *ret)
{
    VAULT_KEY(key);
    VAULT_KEYED(key.b, s->log->ck, VAULT_D(VAULT_D_NONCE));
    vault_blake(ret, VAULT_NONCE_BYTES, key.b, VAULT_PARTS(VAULT_32(s->random), header, body));
}

/* What the tags cover; `upto_ct` is header, nonce, length and ciphertext as they stand in the envelope. */
static void tag_hash(const vault_chain *chain, hk_slice upto_ct, uint8_t ret[static VAULT_HASH_BYTES])
{
    VAULT_HASH(ret, VAULT_D(VAULT_D_TAG), VAULT_32(chain->commit_hash), upto_ct);
}

static void write_tags(const vault_sealing *s, hk_writer *w)
{
    uint8_t hash[VAULT_HASH_BYTES], tag[VAULT_TAG_BYTES];
    const vault_chain *chain = &s->log->chain;
    tag_hash(chain, hk_writer_done(w), hash);
    hk_write_u8(w, chain->member_count);
    for (size_t i = 0; i < chain->member_count; i++) {
        (void)crypto_auth(tag, hash, sizeof hash, s->log->pair_out[i]); /* cannot fail */
        hk_write_bytes(w, chain->members[i].account.b, HK_ID_BYTES);
        hk_write_bytes(w, tag, sizeof tag);
    }
}

hk_err vault_derive_envelope(const vault_sealing *s, const vault_words *words, uint8_t *ret, size_t cap,
                             size_t *ret_n)
{
    uint8_t body[VAULT_PADDED_MAX];
    size_t padded;
    HK_TRY(vault_body_write(words, (hk_slice){0}, body, &padded));
    hk_writer w = hk_writer_of(ret, cap);
    write_header(s, words, &w);
    size_t need = VAULT_HEADER_BYTES + VAULT_NONCE_BYTES + 4 + padded + VAULT_AEAD_BYTES + 1 +
                  s->log->chain.member_count * (size_t)ONE_TAG;
    if (w.bad || cap < need) {
        sodium_memzero(body, padded);
        return HK_TOO_MUCH;
    }
    hk_slice header = hk_writer_done(&w);
    uint8_t nonce[VAULT_NONCE_BYTES];
    derive_nonce(s, header, hk_slice_of(body, padded), nonce);
    hk_write_bytes(&w, nonce, sizeof nonce);
    hk_write_u32(&w, (uint32_t)(padded + VAULT_AEAD_BYTES));
    vault_aead_seal(s->log->message_key, nonce, VAULT_D(VAULT_D_MSG), header, hk_slice_of(body, padded),
                    ret + w.n);
    w.n += padded + VAULT_AEAD_BYTES;
    sodium_memzero(body, padded);
    write_tags(s, &w);
    *ret_n = w.n;
    return HK_OK;
}

void vault_stream_make(vault_stream *ret)
{
    *ret = (vault_stream){0};
    vault_make_id(ret->id.b);
}

bool vault_log_may_seal(const vault_log *log)
{
    return log->chain.epoch > 0 && log->stops == 0;
}

hk_err vault_log_seal(vault_log *log, vault_stream *stream, const vault_words *words, uint8_t *ret,
                      size_t cap, size_t *ret_n)
{
    if (!vault_log_may_seal(log))
        return HK_BUSY;
    if (words->kind == VAULT_BODY_RECEIPT)
        return HK_REFUSED;
    uint32_t n = stream->epoch == log->chain.epoch ? stream->n + 1 : 1;
    if (n > VAULT_EPOCH_MESSAGES_MAX)
        return HK_BUSY;
    vault_sealing s = {.type = VAULT_TYPE_MESSAGE, .log = log, .stream = stream->id, .n = n};
    randombytes_buf(s.random, sizeof s.random);
    HK_TRY(vault_derive_envelope(&s, words, ret, cap, ret_n));
    stream->epoch = log->chain.epoch;
    stream->n = n;
    return HK_OK;
}

/* ---- Opening ---- */

static int member_index(const vault_chain *chain, const account_id *account)
{
    const vault_member *m = vault_chain_member(chain, account);
    return m ? (int)(m - chain->members) : -1;
}

static hk_err own_tag_check(const vault_log *log, const vault_envelope *e, size_t from)
{
    uint8_t hash[VAULT_HASH_BYTES];
    size_t covered = VAULT_HEADER_BYTES + VAULT_NONCE_BYTES + 4 + e->ct.n;
    tag_hash(&log->chain, hk_slice_of(e->header.p, covered), hash); /* one piece of the parsed bytes */
    const uint8_t *mine = e->tags.p + log->my_index * (size_t)ONE_TAG + HK_ID_BYTES;
    return crypto_auth_verify(mine, hash, sizeof hash, log->pair_in[from]) == 0 ? HK_OK : HK_REFUSED;
}

hk_err vault_open_envelope(vault_log *log, const vault_envelope *e, vault_words *ret)
{
    int from = member_index(&log->chain, &e->sender);
    bool locked = log->stops & VAULT_STOP_LOCKED;
    bool passed_on =
        log->before_me && !locked; /* no tag here is ours: shown as passed on, never as verified */
    if (from < 0 || ((log->stops & VAULT_STOP_OUTSIDE) && !passed_on))
        return HK_REFUSED;
    if (!passed_on)
        HK_TRY(own_tag_check(log, e, (size_t)from));
    if (locked)
        return HK_BUSY;
    HK_TRY(vault_aead_open(log->message_key, e->nonce.p, VAULT_D(VAULT_D_MSG), e->header, e->ct, log->body));
    size_t n;
    HK_TRY(vault_unpad(log->body, e->ct.n - VAULT_AEAD_BYTES, &n));
    HK_TRY(vault_body_read(hk_slice_of(log->body, n), ret));
    bool receipt = e->type == VAULT_TYPE_RECEIPT;
    if (receipt != (ret->kind == VAULT_BODY_RECEIPT))
        return HK_REFUSED;
    ret->mid = e->mid;
    return HK_OK;
}

/* ---- Receipts ---- */

hk_err vault_receipt_seal(vault_log *log, const vault_stream *stream, int64_t time_ms, uint8_t *ret,
                          size_t cap, size_t *ret_n)
{
    if (!vault_log_may_seal(log))
        return HK_BUSY;
    vault_sealing s = {.type = VAULT_TYPE_RECEIPT, .log = log, .stream = stream->id, .n = 0};
    vault_words words = {.time_ms = time_ms,
                         .kind = VAULT_BODY_RECEIPT,
                         .content = hk_slice_of(log->chain.commit_hash, VAULT_HASH_BYTES)};
    vault_make_id(words.mid.b);
    randombytes_buf(s.random, sizeof s.random);
    return vault_derive_envelope(&s, &words, ret, cap, ret_n);
}

hk_err vault_receipt_open(vault_log *log, hk_slice bytes, account_id *ret_sender, int64_t *ret_position)
{
    vault_envelope e;
    vault_words words;
    HK_TRY(vault_envelope_parse(bytes, &e));
    HK_TRY(vault_envelope_fits(&log->chain, &e));
    if (e.type != VAULT_TYPE_RECEIPT)
        return HK_BAD;
    HK_TRY(vault_open_envelope(log, &e, &words));
    if (!hk_slice_eq(words.content, VAULT_32(log->chain.commit_hash)))
        return HK_REFUSED;
    HK_TRY(vault_log_compare(log, e.seen_pos, e.seen_hash));
    *ret_sender = e.sender;
    *ret_position = e.seen_pos;
    return HK_OK;
}

/* ---- Who could read when the words were written ---- */

void vault_readers_of(const vault_chain *chain, vault_readers *ret)
{
    *ret = (vault_readers){.count = chain->member_count};
    for (size_t i = 0; i < chain->member_count; i++) {
        ret->accounts[i] = chain->members[i].account;
        memcpy(ret->iks[i], chain->members[i].ik, VAULT_KEY_BYTES);
    }
}

const vault_member *vault_readers_new(const vault_readers *then, const vault_chain *now)
{
    for (size_t i = 0; i < now->member_count; i++) {
        bool there = false;
        for (size_t j = 0; j < then->count && j < VAULT_MEMBERS_MAX; j++)
            there |= HK_ID_EQ(then->accounts[j], now->members[i].account) &&
                     hk_slice_eq(VAULT_32(then->iks[j]), VAULT_32(now->members[i].ik));
        if (!there)
            return &now->members[i];
    }
    return NULL;
}
