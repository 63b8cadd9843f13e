/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "vault/stage_test.h"

#include <stdlib.h>

void stage_person(vault_account *ret, uint8_t number)
{
    account_id id;
    uint8_t ak[32], ik[32], ek[32];
    memset(id.b, number, sizeof id.b);
    memset(ak, number + 100, sizeof ak);
    memset(ik, number + 101, sizeof ik);
    memset(ek, number + 102, sizeof ek);
    ak[0] = 1;
    ik[0] = 2;
    ek[0] = 3;
    must(vault_account_derive(&id, ak, ik, ek, 1, ret));
}

/* ---- The place ---- */

void stage_open(stage_place *place, uint8_t number)
{
    memset(place, 0, sizeof *place);
    memset(place->conv.b, number, sizeof place->conv.b);
}

void stage_close(stage_place *place)
{
    stage_cut(place, 0);
}

static stage_entry *append(stage_place *place, hk_slice bytes)
{
    assert_true(place->head < STAGE_ENTRIES);
    stage_entry *e = &place->entries[place->head];
    uint8_t before[32];
    vault_log_hash_start(&place->conv, before);
    if (place->head > 0)
        memcpy(before, place->entries[place->head - 1].h, sizeof before);
    *e = (stage_entry){.bytes = malloc(bytes.n ? bytes.n : 1), .n = bytes.n};
    assert_non_null(e->bytes);
    memcpy(e->bytes, bytes.p, bytes.n);
    place->head++;
    vault_entry_hash(bytes, e->hash);
    vault_log_hash_next(before, place->head, e->hash, e->h);
    return e;
}

void stage_force(stage_place *place, hk_slice bytes)
{
    (void)append(place, bytes);
}

static stage_stream *stream_of(stage_place *place, const vault_envelope *e)
{
    for (size_t i = 0; i < place->stream_count; i++)
        if (HK_ID_EQ(place->streams[i].id, e->stream))
            return &place->streams[i];
    assert_true(place->stream_count < STAGE_STREAMS);
    stage_stream *s = &place->streams[place->stream_count++];
    *s = (stage_stream){.id = e->stream, .sender = e->sender};
    return s;
}

/* A repeat is looked up by (stream, epoch, n), before the epoch is looked at. */
static bool repeats(const stage_place *place, const vault_envelope *e, hk_slice bytes, stage_answer *ret,
                    int64_t *ret_position)
{
    uint8_t hash[32];
    vault_entry_hash(bytes, hash);
    for (int64_t p = 1; p <= place->head; p++) {
        const stage_entry *entry = &place->entries[p - 1];
        vault_envelope there;
        if (!entry->bytes || vault_envelope_parse(hk_slice_of(entry->bytes, entry->n), &there) != HK_OK)
            continue;
        if (!HK_ID_EQ(there.stream, e->stream) || there.epoch != e->epoch || there.n != e->n)
            continue;
        *ret = memcmp(hash, entry->hash, sizeof hash) == 0 ? STAGE_REPEATED : STAGE_STREAM_CONFLICT;
        *ret_position = p;
        return true;
    }
    return false;
}

stage_answer stage_message(stage_place *place, hk_slice bytes, int64_t *ret_position)
{
    vault_envelope e;
    stage_answer answer;
    int64_t position = 0;
    if (vault_envelope_parse(bytes, &e) != HK_OK || !HK_ID_EQ(e.conv, place->conv))
        return STAGE_REFUSED;
    if (repeats(place, &e, bytes, &answer, &position)) {
        if (ret_position)
            *ret_position = position;
        return answer;
    }
    hk_err fits = vault_envelope_fits(&place->chain, &e);
    if (fits != HK_OK)
        return fits == HK_CONFLICT ? STAGE_STALE_EPOCH : STAGE_REFUSED;
    stage_stream *s = stream_of(place, &e);
    uint32_t last = s->epoch == e.epoch ? s->n : 0;
    if (!HK_ID_EQ(s->sender, e.sender) || e.epoch < s->epoch || e.n != last + 1)
        return STAGE_STREAM_CONFLICT;
    if (e.seen_pos < place->commit_position || e.seen_pos > place->head)
        return STAGE_REFUSED;
    if (memcmp(e.seen_hash, place->entries[e.seen_pos - 1].h, 32) != 0)
        return STAGE_HISTORY_DIFFERS;
    s->epoch = e.epoch;
    s->n = e.n;
    (void)append(place, bytes);
    if (ret_position)
        *ret_position = place->head;
    return STAGE_STORED;
}

void stage_force_commit(stage_place *place, const vault_made_commit *made)
{
    stage_entry *e = append(place, hk_slice_of(made->bytes, made->n));
    e->wrap_count = made->wrap_count;
    memcpy(e->wrap_for, made->wrap_for, sizeof e->wrap_for);
    memcpy(e->wraps, made->wraps, sizeof e->wraps);
}

stage_answer stage_commit(stage_place *place, const vault_made_commit *made)
{
    vault_commit parsed;
    if (vault_commit_parse(hk_slice_of(made->bytes, made->n), &parsed) != HK_OK ||
        !HK_ID_EQ(parsed.conv, place->conv))
        return STAGE_REFUSED;
    if (place->chain.epoch && parsed.epoch <= place->chain.epoch)
        return STAGE_EPOCH_TAKEN;
    vault_chain next;
    if (vault_commit_check(&place->chain, hk_slice_of(made->bytes, made->n), &next) != HK_OK)
        return STAGE_REFUSED;
    if (made->wrap_count != next.member_count)
        return STAGE_REFUSED;
    place->chain = next;
    stage_force_commit(place, made);
    place->commit_position = place->head;
    return STAGE_STORED;
}

void stage_cut(stage_place *place, int64_t head)
{
    for (int64_t p = head + 1; p <= place->head; p++) {
        free(place->entries[p - 1].bytes);
        place->entries[p - 1] = (stage_entry){0};
    }
    place->head = head;
    place->chain = (vault_chain){0};
    place->commit_position = 0;
    place->stream_count = 0;
    for (int64_t p = 1; p <= head; p++) { /* everything else follows from the log */
        const stage_entry *entry = &place->entries[p - 1];
        vault_envelope e;
        if (!entry->bytes)
            continue;
        hk_slice bytes = hk_slice_of(entry->bytes, entry->n);
        if (vault_commit_check(&place->chain, bytes, &place->chain) == HK_OK)
            place->commit_position = p;
        else if (vault_envelope_parse(bytes, &e) == HK_OK) {
            stage_stream *s = stream_of(place, &e);
            s->epoch = e.epoch;
            s->n = e.n;
        }
    }
}

void stage_delete(stage_place *place, int64_t position)
{
    free(place->entries[position - 1].bytes);
    place->entries[position - 1].bytes = NULL;
}

/* ---- Devices ---- */

void stage_device_open(stage_device *d, const vault_account *me, const conversation_id *conv)
{
    memset(d, 0, sizeof *d);
    vault_log_memory memory = {d->history, HK_COUNT(d->history), d->mids, HK_COUNT(d->mids)};
    must(vault_log_init(&d->log, me, conv, &memory));
    vault_stream_make(&d->stream);
}

void stage_device_done(stage_device *d)
{
    vault_log_wipe(&d->log);
}

static void read_text(stage_device *d)
{
    size_t n = d->last.content.n < sizeof d->last_text - 1 ? d->last.content.n : sizeof d->last_text - 1;
    memset(d->last_text, 0, sizeof d->last_text);
    if (n)
        memcpy(d->last_text, d->last.content.p, n);
}

vault_finding stage_read_one(stage_device *d, const stage_place *place)
{
    int64_t p = d->log.position + 1;
    assert_true(p <= place->head);
    const stage_entry *entry = &place->entries[p - 1];
    if (!entry->bytes) {
        must(vault_log_take_hash(&d->log, p, entry->hash));
        return 0;
    }
    must(vault_log_take(&d->log, p, hk_slice_of(entry->bytes, entry->n), &d->last));
    read_text(d);
    vault_finding f = d->last.finding;
    if (f == VAULT_SHOWN || f == VAULT_SHOWN_GAP || f == VAULT_SHOWN_FORKED)
        d->shown++;
    if (f == VAULT_COMMITTED)
        for (size_t i = 0; i < entry->wrap_count; i++)
            if (HK_ID_EQ(entry->wrap_for[i], d->log.me->id))
                (void)vault_log_wrap(&d->log,
                                     hk_slice_of(entry->wraps[i], VAULT_WRAP_BYTES)); /* else locked */
    return f;
}

void stage_read(stage_device *d, const stage_place *place)
{
    vault_log_head(&d->log, place->head);
    while (d->log.position < place->head)
        (void)stage_read_one(d, place);
}

vault_words stage_words(const char *text, const message_id *mid)
{
    vault_words words = {.time_ms = 1700000000000, .kind = VAULT_BODY_TEXT, .content = hk_slice_z(text)};
    if (mid)
        words.mid = *mid;
    else
        vault_make_id(words.mid.b);
    return words;
}

size_t stage_seal(stage_device *d, const char *text, const message_id *mid, uint8_t *ret, size_t cap)
{
    size_t n = 0;
    vault_words words = stage_words(text, mid);
    must(vault_log_seal(&d->log, &d->stream, &words, ret, cap, &n));
    return n;
}

stage_answer stage_say(stage_device *d, stage_place *place, const char *text)
{
    static uint8_t bytes[VAULT_ENVELOPE_BYTES_MAX];
    size_t n = stage_seal(d, text, NULL, bytes, sizeof bytes);
    return stage_message(place, hk_slice_of(bytes, n), NULL);
}

/* ---- A pair ---- */

void stage_plan_add(vault_plan *plan, const vault_account *who, uint8_t role)
{
    vault_member m;
    vault_account_member(who, role, &m);
    must(vault_plan_put(plan, &m));
}

void stage_pair_open(stage_pair *s)
{
    vault_made_commit made;
    vault_plan plan = {0};
    uint8_t first[32] = {7};
    memset(s, 0, sizeof *s);
    stage_person(&s->client, 1);
    stage_person(&s->listener, 2);
    stage_open(&s->place, 9);
    stage_plan_add(&plan, &s->client, VAULT_ROLE_CLIENT);
    stage_plan_add(&plan, &s->listener, VAULT_ROLE_LISTENER);
    must(vault_genesis_make(&s->listener, &s->place.conv, VAULT_KIND_PAIR, first, &plan, &made));
    assert_int_equal(stage_commit(&s->place, &made), STAGE_STORED);
    stage_device_open(&s->c, &s->client, &s->place.conv);
    stage_device_open(&s->l, &s->listener, &s->place.conv);
    stage_read(&s->c, &s->place);
    stage_read(&s->l, &s->place);
    assert_true(vault_log_may_seal(&s->c.log));
    assert_true(vault_log_may_seal(&s->l.log));
}

void stage_pair_close(stage_pair *s)
{
    stage_device_done(&s->c);
    stage_device_done(&s->l);
    stage_close(&s->place);
}

hk_err stage_author(const vault_account *author, const vault_log *log, const vault_plan *plan,
                    vault_made_commit *ret)
{
    vault_commit_random random;
    randombytes_buf(&random, sizeof random);
    vault_commit_base base = {.me = author,
                              .now = &log->chain,
                              .conv = log->chain.conv,
                              .kind = log->chain.kind,
                              .first_hash = log->chain.first_hash,
                              .seen_pos = log->position,
                              .seen_hash = log->h};
    return vault_derive_commit(&base, plan, &random, ret);
}

void stage_consent(const vault_account *signer, const conversation_id *conv, const vault_account *subject,
                   uint8_t role, uint8_t ret[static VAULT_CONSENT_BYTES])
{
    vault_consent what = {.conv = *conv, .subject = subject->id, .role = role, .from_epoch = 2};
    what.until_ms = 1800000000000;
    memcpy(what.subject_ik, subject->ik, VAULT_KEY_BYTES);
    must(vault_consent_sign(signer, &what, ret));
}

vault_plan stage_plan_now(const stage_place *place)
{
    vault_plan plan;
    vault_plan_from(&place->chain, &plan);
    return plan;
}

vault_plan stage_plan_with(const stage_place *place, const vault_account *who, uint8_t role)
{
    vault_plan plan = stage_plan_now(place);
    stage_plan_add(&plan, who, role);
    return plan;
}

void stage_plan_consent(const stage_place *place, vault_plan *plan, const vault_account *signer,
                        const vault_account *subject, uint8_t role)
{
    uint8_t consent[VAULT_CONSENT_BYTES];
    stage_consent(signer, &place->conv, subject, role, consent);
    must(vault_plan_consent(plan, hk_slice_of(consent, sizeof consent)));
}

void stage_rotate(stage_place *place, stage_device *author)
{
    vault_made_commit made;
    vault_plan plan;
    vault_plan_from(&author->log.chain, &plan);
    must(vault_commit_make(&author->log, &plan, &made));
    assert_int_equal(stage_commit(place, &made), STAGE_STORED);
}

hk_err stage_judge(const stage_place *place, const vault_made_commit *made)
{
    vault_chain next;
    return vault_commit_check(&place->chain, hk_slice_of(made->bytes, made->n), &next);
}

/* ---- Bent bytes ---- */

#define MEMBERS_AT 159

static size_t signed_bytes(const vault_made_commit *made)
{
    size_t members = made->bytes[MEMBERS_AT - 1];
    return MEMBERS_AT + members * VAULT_MEMBER_BYTES + 1 +
           made->bytes[MEMBERS_AT + members * VAULT_MEMBER_BYTES] * (size_t)32;
}

void stage_sign_again(vault_made_commit *made, const vault_account *author)
{
    size_t n = signed_bytes(made);
    memcpy(made->bytes + 24 + 16 + 2 + 4 + 32, author->id.b, 16);
    crypto_sign_detached(made->bytes + n, NULL, made->bytes, n, author->ik_secret);
}

void stage_drop_member(vault_made_commit *made, size_t index, const vault_account *author)
{
    uint8_t *at = made->bytes + MEMBERS_AT + index * VAULT_MEMBER_BYTES;
    memmove(at, at + VAULT_MEMBER_BYTES, (size_t)(made->bytes + made->n - at) - VAULT_MEMBER_BYTES);
    made->bytes[MEMBERS_AT - 1]--;
    made->n -= VAULT_MEMBER_BYTES + VAULT_TAG_BYTES;
    stage_sign_again(made, author);
}

void stage_bend_member(vault_made_commit *made, size_t index, const vault_member *m,
                       const vault_account *author)
{
    hk_writer w = hk_writer_of(made->bytes + MEMBERS_AT + index * VAULT_MEMBER_BYTES, VAULT_MEMBER_BYTES);
    vault_member_write(&w, m);
    stage_sign_again(made, author);
}
