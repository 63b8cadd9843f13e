/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Words between two people while somebody bends, drops, repeats or reorders them.
 */
#include "vault/stage_test.h"

static stage_pair S;
static uint8_t E[VAULT_ENVELOPE_BYTES_MAX];

static int begin(void **state)
{
    stage_pair_open(&S);
    return 0;
}

static int end(void **state)
{
    stage_pair_close(&S);
    return 0;
}

/* The listener reads one forced entry and finds this. */
static void found(hk_slice bytes, vault_finding finding)
{
    stage_force(&S.place, bytes);
    assert_int_equal(stage_read_one(&S.l, &S.place), finding);
    assert_memory_equal(S.l.log.h, S.place.entries[S.place.head - 1].h,
                        32); /* H moves over good and bad alike */
}

static void words_go_both_ways(void **state)
{
    assert_int_equal(stage_say(&S.c, &S.place, "I can not sleep"), STAGE_STORED);
    stage_read(&S.l, &S.place);
    assert_int_equal(S.l.last.finding, VAULT_SHOWN);
    assert_string_equal(S.l.last_text, "I can not sleep");
    assert_int_equal(S.l.last.time_ms, 1700000000000);
    assert_int_equal(stage_say(&S.l, &S.place, "I am here"), STAGE_STORED);
    stage_read(&S.c, &S.place);
    assert_string_equal(S.c.last_text, "I am here");
    assert_memory_equal(S.c.last.sender.b, S.listener.id.b, 16);
    assert_int_equal(S.c.shown, 2); /* her own words too: every member has a tag, the sender as well */
}

static void a_flipped_bit_anywhere_is_never_shown(void **state)
{
    size_t n = stage_seal(&S.c, "hello", NULL, E, sizeof E);
    for (size_t at = 0; at < n; at += 1) {
        vault_log copy = S.l.log;
        vault_taken taken;
        E[at] ^= 1;
        uint64_t history[VAULT_HISTORY_SLOTS_MIN], mids[VAULT_MID_SLOTS_MIN];
        memcpy(history, S.l.history, sizeof history);
        memcpy(mids, S.l.mids, sizeof mids);
        copy.memory.history = history;
        copy.memory.mids = mids;
        must(vault_log_take(&copy, copy.position + 1, hk_slice_of(E, n), &taken));
        E[at] ^= 1;
        /* the client's own tag is not the listener's business; everything else is */
        bool others_tag = at >= n - 2 * 48 + 16 && at < n - 48;
        assert_int_equal(taken.finding, others_tag ? VAULT_SHOWN : VAULT_BAD);
    }
    assert_int_equal(n, 116 + 24 + 4 + 272 + 1 + 2 * 48);
}

/* ---- What a server or another member may try ---- */

/* Rewrites the tag for the listener as the client would have made it: a thief inside who holds the client's
 * EK, or a client whose own program misbehaves. */
static void tag_again(uint8_t *bytes, size_t ct_n)
{
    uint8_t hash[32];
    size_t covered = 116 + 24 + 4 + ct_n;
    VAULT_HASH(hash, VAULT_D(VAULT_D_TAG), VAULT_32(S.c.log.chain.commit_hash), hk_slice_of(bytes, covered));
    crypto_auth(bytes + covered + 1 + 48 + 16, hash, sizeof hash, S.c.log.pair_out[1]);
}

/* The same words sealed with another position or history than the client has. */
static size_t seal_seeing(stage_device *d, int64_t position, const uint8_t *h)
{
    int64_t true_position = d->log.position;
    uint8_t true_h[32];
    memcpy(true_h, d->log.h, sizeof true_h);
    d->log.position = position;
    memcpy(d->log.h, h, sizeof true_h);
    size_t n = stage_seal(d, "seen elsewhere", NULL, E, sizeof E);
    d->log.position = true_position;
    memcpy(d->log.h, true_h, sizeof true_h);
    return n;
}

static void a_changed_sender_is_found(void **state)
{
    size_t n = stage_seal(&S.c, "hello", NULL, E, sizeof E);
    memcpy(E + 24, S.listener.id.b, 16);
    found(hk_slice_of(E, n), VAULT_BAD);
}

static void a_replay_is_shown_once(void **state)
{
    size_t n = stage_seal(&S.c, "hello", NULL, E, sizeof E);
    found(hk_slice_of(E, n), VAULT_SHOWN);
    found(hk_slice_of(E, n), VAULT_DUPLICATE);
    assert_int_equal(S.l.shown, 1);
    assert_int_equal(S.l.last.content.n, 0); /* nothing to show by mistake */
    assert_int_equal(S.l.log.messages, 1);
}

static void a_stream_belongs_to_its_account(void **state)
{
    size_t n = stage_seal(&S.c, "mine", NULL, E, sizeof E);
    found(hk_slice_of(E, n), VAULT_SHOWN);
    stage_read(&S.c, &S.place);
    S.l.stream.id = S.c.stream.id; /* the same id at another account counts on its own */
    S.l.stream.n = 0;
    n = stage_seal(&S.l, "also mine", NULL, E, sizeof E);
    stage_force(&S.place, hk_slice_of(E, n));
    assert_int_equal(stage_read_one(&S.c, &S.place), VAULT_SHOWN);
    assert_int_equal(stage_read_one(&S.l, &S.place), VAULT_SHOWN);
}

static void
words_that_saw_something_older_than_the_table_are_shown_and_say_that_it_was_not_compared(void **state)
{
    static stage_device away;
    stage_device_open(&away, &S.client, &S.place.conv); /* sealed here long ago, sent only now */
    stage_read(&away, &S.place);
    size_t n = stage_seal(&away, "late", NULL, E, sizeof E);
    assert_true(S.l.last.history_checked);
    for (int i = 0; i < VAULT_HISTORY_SLOTS_MIN - 1; i++)
        found(HK_LIT("anything"), VAULT_BAD);
    found(hk_slice_of(E, n), VAULT_SHOWN);
    assert_true(S.l.last.history_checked); /* the oldest that is remembered */
    stage_read(&away, &S.place);
    n = stage_seal(&away, "later", NULL, E, sizeof E);
    for (int i = 0; i < VAULT_HISTORY_SLOTS_MIN; i++)
        found(HK_LIT("anything"), VAULT_BAD);
    found(hk_slice_of(E, n), VAULT_SHOWN);
    assert_false(S.l.last.history_checked);
    stage_device_done(&away);
}

static void a_replay_under_a_new_id_is_bad(void **state)
{
    size_t n = stage_seal(&S.c, "hello", NULL, E, sizeof E);
    found(hk_slice_of(E, n), VAULT_SHOWN);
    E[100] ^= 1; /* mid */
    found(hk_slice_of(E, n), VAULT_BAD);
    tag_again(E, 272); /* even when the sender's own tag is right: the cipher covers the header */
    found(hk_slice_of(E, n), VAULT_BAD);
}

static void an_old_number_with_new_words_is_bad(void **state)
{
    assert_int_equal(stage_say(&S.c, &S.place, "one"), STAGE_STORED);
    stage_read(&S.l, &S.place);
    S.c.stream.n = 0;
    size_t n = stage_seal(&S.c, "other words, same number", NULL, E, sizeof E);
    found(hk_slice_of(E, n), VAULT_BAD);
}

static void words_in_another_order_are_shown_but_the_late_ones_are_not_believed(void **state)
{
    uint8_t first[1024];
    size_t first_n = stage_seal(&S.c, "first", NULL, first, sizeof first);
    size_t second_n = stage_seal(&S.c, "second", NULL, E, sizeof E);
    found(hk_slice_of(E, second_n), VAULT_SHOWN_GAP);
    assert_int_equal(S.l.last.missing, 1);
    found(hk_slice_of(first, first_n), VAULT_BAD);
}

static void a_drop_in_the_middle_never_hides_the_good_words_after_it(void **state)
{
    uint8_t dropped[1024];
    size_t n = stage_seal(&S.c, "one", NULL, E, sizeof E);
    found(hk_slice_of(E, n), VAULT_SHOWN);
    (void)stage_seal(&S.c, "dropped", NULL, dropped, sizeof dropped);
    n = stage_seal(&S.c, "three", NULL, E, sizeof E);
    found(hk_slice_of(E, n), VAULT_SHOWN_GAP);
    n = stage_seal(&S.c, "four", NULL, E, sizeof E);
    found(hk_slice_of(E, n), VAULT_SHOWN);
    n = stage_seal(&S.c, "five", NULL, E, sizeof E);
    found(hk_slice_of(E, n), VAULT_SHOWN);
    assert_int_equal(S.l.shown, 4);
}

static void a_drop_that_is_renumbered_is_found(void **state)
{
    uint8_t dropped[1024];
    (void)stage_seal(&S.c, "dropped", NULL, dropped, sizeof dropped);
    size_t n = stage_seal(&S.c, "second", NULL, E, sizeof E);
    E[59] = 1; /* n: 2 becomes 1 */
    found(hk_slice_of(E, n), VAULT_BAD);
    tag_again(E, 272);
    found(hk_slice_of(E, n), VAULT_BAD);
}

static void words_of_another_conversation_are_bad(void **state)
{
    stage_place other;
    stage_device c, l;
    vault_made_commit made;
    vault_plan plan = {0};
    uint8_t first[32] = {7};
    stage_open(&other, 8);
    stage_plan_add(&plan, &S.client, VAULT_ROLE_CLIENT);
    stage_plan_add(&plan, &S.listener, VAULT_ROLE_LISTENER);
    must(vault_genesis_make(&S.listener, &other.conv, VAULT_KIND_PAIR, first, &plan, &made));
    assert_int_equal(stage_commit(&other, &made), STAGE_STORED);
    stage_device_open(&c, &S.client, &other.conv);
    stage_device_open(&l, &S.listener, &other.conv);
    stage_read(&c, &other);
    size_t n = stage_seal(&c, "elsewhere", NULL, E, sizeof E);
    found(hk_slice_of(E, n), VAULT_BAD);
    memcpy(E + 4, S.place.conv.b, 16);
    found(hk_slice_of(E, n), VAULT_BAD);
    stage_force_commit(&S.place, &made); /* its first commit, put here */
    assert_int_equal(stage_read_one(&S.l, &S.place), VAULT_BAD);
    assert_int_equal(S.l.log.chain.epoch, 1);
    stage_device_done(&c);
    stage_device_done(&l);
    stage_close(&other);
}

static void a_second_beginning_has_no_effect(void **state)
{
    vault_made_commit made;
    vault_plan plan;
    uint8_t first[32] = {7};
    vault_plan_from(&S.place.chain, &plan);
    must(vault_genesis_make(&S.listener, &S.place.conv, VAULT_KIND_PAIR, first, &plan, &made));
    uint8_t genesis[32];
    memcpy(genesis, S.c.log.chain.genesis_hash, 32);
    stage_force_commit(&S.place, &made);
    assert_int_equal(stage_read_one(&S.c, &S.place), VAULT_BAD);
    assert_memory_equal(S.c.log.chain.genesis_hash, genesis, 32);
}

static void a_stripped_tag_is_bad(void **state)
{
    size_t n = stage_seal(&S.c, "hello", NULL, E, sizeof E);
    E[116 + 24 + 4 + 272] = 1;
    found(hk_slice_of(E, n - 48), VAULT_BAD); /* without the listener's */
    n = stage_seal(&S.c, "hello", NULL, E, sizeof E);
    memmove(E + 116 + 24 + 4 + 272 + 1, E + 116 + 24 + 4 + 272 + 1 + 48, 48);
    E[116 + 24 + 4 + 272] = 1;
    found(hk_slice_of(E, n - 48), VAULT_BAD); /* without her own */
}

static void a_member_who_holds_the_key_cannot_speak_as_another(void **state)
{
    stage_device forger = S.l;
    vault_account masked = S.listener;
    masked.id = S.client.id; /* sealing as the client with the listener's keys */
    forger.log.me = &masked;
    size_t n = stage_seal(&forger, "I never said this", NULL, E, sizeof E);
    stage_force(&S.place, hk_slice_of(E, n));
    assert_int_equal(stage_read_one(&S.c, &S.place), VAULT_BAD);
}

static void any_member_could_have_made_any_message_so_nothing_can_be_proved(void **state)
{
    /* The listener alone makes bytes "from the client" that the listener's own device accepts. */
    stage_device forger = S.l;
    vault_account masked = S.listener;
    masked.id = S.client.id;
    forger.log.me = &masked;
    memcpy(forger.log.pair_out[1], S.l.log.pair_in[0], 32); /* P client -> listener: both know it */
    size_t n = stage_seal(&forger, "deniable", NULL, E, sizeof E);
    found(hk_slice_of(E, n), VAULT_SHOWN);
    assert_memory_equal(S.l.last.sender.b, S.client.id.b, 16);
}

static void different_histories_are_shown_and_stop_sending(void **state)
{
    uint8_t wrong[32];
    memcpy(wrong, S.c.log.h, sizeof wrong);
    wrong[5] ^= 1;
    size_t n = seal_seeing(&S.c, S.c.log.position, wrong);
    int64_t position;
    assert_int_equal(stage_message(&S.place, hk_slice_of(E, n), &position), STAGE_HISTORY_DIFFERS);
    found(hk_slice_of(E, n), VAULT_SHOWN_FORKED);
    assert_string_equal(S.l.last_text, "seen elsewhere");
    assert_false(vault_log_may_seal(&S.l.log));
    vault_log_go_on(&S.l.log);
    assert_true(vault_log_may_seal(&S.l.log));
}

static void a_position_in_the_future_is_bad(void **state)
{
    size_t n = seal_seeing(&S.c, S.c.log.position + 1, S.c.log.h);
    assert_int_equal(stage_message(&S.place, hk_slice_of(E, n), NULL), STAGE_REFUSED);
    found(hk_slice_of(E, n), VAULT_BAD);
}

static void a_position_before_the_epochs_commit_is_bad(void **state)
{
    size_t n = seal_seeing(&S.c, 0, S.c.log.h);
    found(hk_slice_of(E, n), VAULT_BAD);
}

static void a_bad_entry_is_numbered_and_the_good_one_after_it_is_shown(void **state)
{
    found(HK_LIT("not an entry at all"), VAULT_BAD);
    found(hk_slice_of(E, 0), VAULT_BAD);
    stage_read(&S.c, &S.place);
    assert_int_equal(stage_say(&S.c, &S.place, "still here"), STAGE_STORED);
    stage_read(&S.l, &S.place);
    assert_int_equal(S.l.last.finding, VAULT_SHOWN);
    assert_string_equal(S.l.last_text, "still here");
    stage_read(&S.c, &S.place);
    assert_memory_equal(S.c.log.h, S.l.log.h, 32);
}

static void entries_out_of_turn_are_held(void **state)
{
    vault_taken taken;
    uint8_t hash[32] = {0};
    refuses(HK_CONFLICT, vault_log_take(&S.l.log, 3, HK_LIT("x"), &taken));
    refuses(HK_CONFLICT, vault_log_take(&S.l.log, 1, HK_LIT("x"), &taken));
    refuses(HK_CONFLICT, vault_log_take_hash(&S.l.log, 3, hash));
}

static void words_that_were_deleted_leave_their_hash_and_no_alarm(void **state)
{
    assert_int_equal(stage_say(&S.c, &S.place, "one"), STAGE_STORED);
    assert_int_equal(stage_say(&S.c, &S.place, "two"), STAGE_STORED);
    assert_int_equal(stage_say(&S.c, &S.place, "three"), STAGE_STORED);
    stage_delete(&S.place, 3);
    stage_read(&S.l, &S.place);
    assert_int_equal(S.l.last.finding, VAULT_SHOWN); /* two was seen to be removed */
    assert_string_equal(S.l.last_text, "three");
    stage_read(&S.c, &S.place);
    assert_memory_equal(S.c.log.h, S.l.log.h, 32);
}

/* ---- Several devices, lost answers, copies ---- */

static void two_devices_of_one_person_read_each_others_words(void **state)
{
    stage_device tab;
    stage_device_open(&tab, &S.client, &S.place.conv);
    stage_read(&tab, &S.place);
    assert_int_equal(stage_say(&S.c, &S.place, "from the telephone"), STAGE_STORED);
    assert_int_equal(stage_say(&tab, &S.place, "from the laptop"),
                     STAGE_STORED); /* own stream, own numbers */
    stage_read(&tab, &S.place);
    stage_read(&S.c, &S.place);
    stage_read(&S.l, &S.place);
    assert_int_equal(tab.shown, 2);
    assert_int_equal(S.c.shown, 2);
    assert_int_equal(S.l.shown, 2);
    assert_memory_equal(tab.log.h, S.l.log.h, 32);
    stage_device_done(&tab);
}

static void the_same_number_with_other_bytes_is_answered_stream_conflict_and_sealed_anew(void **state)
{
    message_id mid = {{5}};
    size_t n = stage_seal(&S.c, "hello", &mid, E, sizeof E);
    int64_t position;
    assert_int_equal(stage_message(&S.place, hk_slice_of(E, n), &position), STAGE_STORED);
    assert_int_equal(stage_message(&S.place, hk_slice_of(E, n), &position), STAGE_REPEATED); /* lost answer */
    assert_int_equal(position, 2);
    S.c.stream.n = 0; /* sealed again although the first came through: other nonce, other bytes */
    n = stage_seal(&S.c, "hello", &mid, E, sizeof E);
    assert_int_equal(stage_message(&S.place, hk_slice_of(E, n), &position), STAGE_STREAM_CONFLICT);
    assert_int_equal(S.place.head, 2); /* nothing was acknowledged */
    vault_stream_make(&S.c.stream);
    n = stage_seal(&S.c, "hello", &mid, E, sizeof E);
    assert_int_equal(stage_message(&S.place, hk_slice_of(E, n), &position), STAGE_STORED);
    stage_read(&S.l, &S.place);
    assert_int_equal(S.l.last.finding, VAULT_DUPLICATE); /* the same mid: shown once */
    assert_int_equal(S.l.shown, 1);
}

static void a_cloned_machine_repeats_a_nonce_only_for_the_same_words(void **state)
{
    uint8_t one[2048], two[2048], three[2048];
    size_t n;
    vault_sealing s = {.type = VAULT_TYPE_MESSAGE, .log = &S.c.log, .stream = S.c.stream.id, .n = 1};
    memset(s.random, 42, sizeof s.random); /* both copies draw the same */
    message_id mid = {{5}};
    vault_words words = stage_words("to my mother", &mid), other = stage_words("to my father", &mid);
    must(vault_derive_envelope(&s, &words, one, sizeof one, &n));
    must(vault_derive_envelope(&s, &words, two, sizeof two, &n));
    must(vault_derive_envelope(&s, &other, three, sizeof three, &n));
    assert_memory_equal(one, two, n);
    assert_memory_not_equal(one + 116, three + 116, 24);
    assert_int_equal(stage_message(&S.place, hk_slice_of(one, n), NULL), STAGE_STORED);
    assert_int_equal(stage_message(&S.place, hk_slice_of(three, n), NULL), STAGE_STREAM_CONFLICT);
}

static void a_profile_restored_to_last_week_speaks_on_with_a_new_stream(void **state)
{
    stage_device
        old; /* as it was before today's words: no counter was stored, each unlock draws a new stream */
    for (int i = 0; i < 3; i++)
        assert_int_equal(stage_say(&S.c, &S.place, "today"), STAGE_STORED);
    stage_device_open(&old, &S.client, &S.place.conv);
    stage_read(&old, &S.place);
    assert_int_equal(stage_say(&old, &S.place, "after the restore"), STAGE_STORED);
    stage_read(&S.l, &S.place);
    assert_int_equal(S.l.shown, 4);
    assert_int_equal(S.l.last.finding, VAULT_SHOWN);
    stage_device_done(&old);
}

/* ---- Limits, receipts, bodies ---- */

static void bodies_have_four_sizes_and_a_longest(void **state)
{
    static uint8_t text[VAULT_CONTENT_MAX + 1];
    static const size_t lengths[] = {0, 245, 246, 1013, 1014, 4085, 4086, VAULT_CONTENT_MAX};
    static const size_t padded[] = {256, 256, 1024, 1024, 4096, 4096, 16384, 16384};
    memset(text, 'a', sizeof text);
    size_t n;
    vault_words words = stage_words("", NULL);
    for (size_t i = 0; i < HK_COUNT(lengths); i++) {
        words.content = hk_slice_of(text, lengths[i]);
        vault_make_id(words.mid.b);
        must(vault_log_seal(&S.c.log, &S.c.stream, &words, E, sizeof E, &n));
        assert_int_equal(n, 116 + 24 + 4 + padded[i] + 16 + 1 + 2 * 48);
        found(hk_slice_of(E, n), VAULT_SHOWN);
        assert_int_equal(S.l.last.content.n, lengths[i]);
    }
    words.content = hk_slice_of(text, VAULT_CONTENT_MAX + 1);
    refuses(HK_TOO_MUCH, vault_log_seal(&S.c.log, &S.c.stream, &words, E, sizeof E, &n));
    words.content = HK_LIT("\xff");
    refuses(HK_BAD, vault_log_seal(&S.c.log, &S.c.stream, &words, E, sizeof E, &n));
    words.kind = VAULT_BODY_LAST + 1;
    refuses(HK_REFUSED, vault_log_seal(&S.c.log, &S.c.stream, &words, E, sizeof E, &n));
    words.kind = VAULT_BODY_RECEIPT;
    refuses(HK_REFUSED, vault_log_seal(&S.c.log, &S.c.stream, &words, E, sizeof E, &n));
    words = stage_words("ok", NULL);
    refuses(HK_TOO_MUCH, vault_log_seal(&S.c.log, &S.c.stream, &words, E, 116 + 24 + 4 + 272, &n));
    words.time_ms = -1;
    refuses(HK_BAD, vault_log_seal(&S.c.log, &S.c.stream, &words, E, sizeof E, &n));
    words = stage_words("", NULL);
    words.kind = VAULT_BODY_NAME;
    words.content = hk_slice_of(text, VAULT_NAME_MAX + 1);
    refuses(HK_TOO_MUCH, vault_log_seal(&S.c.log, &S.c.stream, &words, E, sizeof E, &n));
}

static void a_body_that_is_not_padded_or_not_written_as_ours_is_bad(void **state)
{
    /* Sealed and tagged by the real keys: only after tag and cipher is padding looked at, and then the body.
     */
    uint8_t unpadded[256] = {1, 1}, headless[256] = {1, 1, 0x80}, version_two[256] = {2, 1},
            kindless[256] = {1, 0};
    uint8_t receipt[256] = {1, VAULT_BODY_RECEIPT}, right[256] = {1, 1};
    version_two[10] = kindless[10] = receipt[10] = right[10] = 0x80;
    uint8_t *bodies[] = {unpadded, headless, version_two, kindless, receipt, right};
    for (size_t i = 0; i < HK_COUNT(bodies); i++) {
        size_t n = stage_seal(&S.c, "x", NULL, E, sizeof E);
        vault_aead_seal(S.c.log.message_key, E + 116, VAULT_D(VAULT_D_MSG), hk_slice_of(E, 116),
                        hk_slice_of(bodies[i], 256), E + 116 + 24 + 4);
        tag_again(E, 272);
        found(hk_slice_of(E, n), bodies[i] == right ? VAULT_SHOWN_GAP : VAULT_BAD);
    }
}

static void sixty_four_streams_an_epoch_and_account_then_no_more(void **state)
{
    size_t n;
    for (int i = 0; i < VAULT_STREAMS_MAX; i++) {
        vault_stream_make(&S.c.stream);
        n = stage_seal(&S.c, "hello", NULL, E, sizeof E);
        found(hk_slice_of(E, n), VAULT_SHOWN);
    }
    vault_stream_make(&S.c.stream);
    n = stage_seal(&S.c, "hello", NULL, E, sizeof E);
    found(hk_slice_of(E, n), VAULT_BAD);
    stage_rotate(&S.place, &S.l);
    stage_read(&S.c, &S.place);
    stage_read(&S.l, &S.place);
    n = stage_seal(&S.c, "hello", NULL, E, sizeof E);
    found(hk_slice_of(E, n), VAULT_SHOWN);
}

static void after_ten_thousand_messages_the_epoch_must_change(void **state)
{
    S.l.log.messages = VAULT_EPOCH_MESSAGES_MAX - 1;
    assert_int_equal(stage_say(&S.c, &S.place, "the ten thousandth"), STAGE_STORED);
    stage_read(&S.l, &S.place);
    assert_false(vault_log_may_seal(&S.l.log));
    stage_rotate(&S.place, &S.l);
    stage_read(&S.l, &S.place);
    assert_true(vault_log_may_seal(&S.l.log));
}

static void more_mids_than_the_table_holds_forgets_the_oldest_only(void **state)
{
    uint8_t first[1024], last[1024];
    size_t first_n = stage_seal(&S.c, "first", NULL, first, sizeof first), last_n = 0;
    found(hk_slice_of(first, first_n), VAULT_SHOWN);
    for (int i = 0; i < 300; i++) {
        last_n = stage_seal(&S.c, "more", NULL, last, sizeof last);
        found(hk_slice_of(last, last_n), VAULT_SHOWN);
    }
    found(hk_slice_of(last, last_n), VAULT_DUPLICATE);
    found(hk_slice_of(first, first_n), VAULT_BAD); /* an old number: still not shown twice */
}

static void a_receipt_says_how_far_somebody_read_and_stops_nothing(void **state)
{
    uint8_t receipt[1024];
    size_t n;
    account_id who;
    int64_t position;
    assert_int_equal(stage_say(&S.c, &S.place, "one"), STAGE_STORED);
    stage_read(&S.l, &S.place);
    stage_read(&S.c, &S.place);
    must(vault_receipt_seal(&S.l.log, &S.l.stream, 1700000000000, receipt, sizeof receipt, &n));
    must(vault_receipt_open(&S.c.log, hk_slice_of(receipt, n), &who, &position));
    assert_memory_equal(who.b, S.listener.id.b, 16);
    assert_int_equal(position, 2);
    found(hk_slice_of(receipt, n), VAULT_BAD); /* it is no log entry */
    receipt[67] ^= 1;                          /* the position it names */
    refuses(HK_REFUSED, vault_receipt_open(&S.c.log, hk_slice_of(receipt, n), &who, &position));
    size_t m = stage_seal(&S.c, "x", NULL, E, sizeof E);
    refuses(HK_BAD, vault_receipt_open(&S.c.log, hk_slice_of(E, m), &who, &position));
}

static void after_wiping_no_key_is_left(void **state)
{
    stage_device d;
    uint8_t ck[32], key[32];
    stage_device_open(&d, &S.client, &S.place.conv);
    stage_read(&d, &S.place);
    memcpy(ck, d.log.ck, 32);
    memcpy(key, d.log.message_key, 32);
    assert_non_null(memmem(&d, sizeof d, ck, 32));
    stage_device_done(&d);
    assert_null(memmem(&d, sizeof d, ck, 32));
    assert_null(memmem(&d, sizeof d, key, 32));
    vault_account me = S.client;
    vault_account_wipe(&me);
    assert_true(sodium_is_zero((const uint8_t *)&me, sizeof me));
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(words_go_both_ways),
        T(a_flipped_bit_anywhere_is_never_shown),
        T(a_changed_sender_is_found),
        T(a_replay_is_shown_once),
        T(a_stream_belongs_to_its_account),
        T(words_that_saw_something_older_than_the_table_are_shown_and_say_that_it_was_not_compared),
        T(a_replay_under_a_new_id_is_bad),
        T(an_old_number_with_new_words_is_bad),
        T(words_in_another_order_are_shown_but_the_late_ones_are_not_believed),
        T(a_drop_in_the_middle_never_hides_the_good_words_after_it),
        T(a_drop_that_is_renumbered_is_found),
        T(words_of_another_conversation_are_bad),
        T(a_second_beginning_has_no_effect),
        T(a_stripped_tag_is_bad),
        T(a_member_who_holds_the_key_cannot_speak_as_another),
        T(any_member_could_have_made_any_message_so_nothing_can_be_proved),
        T(different_histories_are_shown_and_stop_sending),
        T(a_position_in_the_future_is_bad),
        T(a_position_before_the_epochs_commit_is_bad),
        T(a_bad_entry_is_numbered_and_the_good_one_after_it_is_shown),
        T(entries_out_of_turn_are_held),
        T(words_that_were_deleted_leave_their_hash_and_no_alarm),
        T(two_devices_of_one_person_read_each_others_words),
        T(the_same_number_with_other_bytes_is_answered_stream_conflict_and_sealed_anew),
        T(a_cloned_machine_repeats_a_nonce_only_for_the_same_words),
        T(a_profile_restored_to_last_week_speaks_on_with_a_new_stream),
        T(bodies_have_four_sizes_and_a_longest),
        T(a_body_that_is_not_padded_or_not_written_as_ours_is_bad),
        T(sixty_four_streams_an_epoch_and_account_then_no_more),
        T(after_ten_thousand_messages_the_epoch_must_change),
        T(more_mids_than_the_table_holds_forgets_the_oldest_only),
        T(a_receipt_says_how_far_somebody_read_and_stops_nothing),
        T(after_wiping_no_key_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
