/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Keys that change while words are in flight, people who come and go, and a place that lost its memory.
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

/* ---- Epochs ---- */

static void words_sealed_across_a_commit_are_sealed_again_with_the_same_mid(void **state)
{
    message_id mid = {{5}};
    size_t n = stage_seal(&S.c, "hello", &mid, E, sizeof E);
    stage_rotate(&S.place, &S.l);
    assert_int_equal(stage_message(&S.place, hk_slice_of(E, n), NULL), STAGE_STALE_EPOCH);
    stage_read(&S.c, &S.place);
    n = stage_seal(&S.c, "hello", &mid, E, sizeof E);
    assert_int_equal(S.c.stream.n, 1); /* dense from 1 in each epoch */
    assert_int_equal(stage_message(&S.place, hk_slice_of(E, n), NULL), STAGE_STORED);
    stage_read(&S.l, &S.place);
    assert_int_equal(S.l.last.finding, VAULT_SHOWN);
    assert_int_equal(S.l.shown, 1);
}

static void a_server_that_stores_words_of_the_old_epoch_after_the_commit_is_found(void **state)
{
    size_t n = stage_seal(&S.c, "late", NULL, E, sizeof E);
    stage_rotate(&S.place, &S.l);
    stage_read(&S.l, &S.place);
    found(hk_slice_of(E, n), VAULT_BAD);
}

static void a_lost_answer_before_an_epoch_change_is_answered_with_the_old_position(void **state)
{
    message_id mid = {{5}};
    int64_t position;
    size_t n = stage_seal(&S.c, "hello", &mid, E, sizeof E);
    assert_int_equal(stage_message(&S.place, hk_slice_of(E, n), &position), STAGE_STORED); /* answer lost */
    stage_rotate(&S.place, &S.l);
    stage_read(&S.l, &S.place);
    assert_int_equal(stage_message(&S.place, hk_slice_of(E, n), &position),
                     STAGE_REPEATED); /* not stale_epoch */
    assert_int_equal(position, 2);
    assert_int_equal(S.l.shown, 1);
}

static void two_commits_at_once_the_first_wins_and_the_other_author_goes_on(void **state)
{
    vault_made_commit by_client, by_listener;
    vault_plan plan;
    vault_plan_from(&S.place.chain, &plan);
    must(vault_commit_make(&S.c.log, &plan, &by_client));
    must(vault_commit_make(&S.l.log, &plan, &by_listener));
    assert_int_equal(stage_commit(&S.place, &by_listener), STAGE_STORED);
    assert_int_equal(stage_commit(&S.place, &by_client), STAGE_EPOCH_TAKEN);
    stage_read(&S.c, &S.place);
    vault_plan_from(&S.c.log.chain, &plan);
    must(vault_commit_make(&S.c.log, &plan, &by_client));
    assert_int_equal(stage_commit(&S.place, &by_client), STAGE_STORED);
    assert_int_equal(S.place.chain.epoch, 3);
}

static void a_fork_by_two_commits_is_found_when_the_two_speak(void **state)
{
    /* The server shows each side another epoch 2; then it must choose, and its choice cannot be opened. */
    vault_made_commit by_client, by_listener;
    vault_plan plan;
    vault_plan_from(&S.place.chain, &plan);
    must(vault_commit_make(&S.c.log, &plan, &by_client));
    must(vault_commit_make(&S.l.log, &plan, &by_listener));
    stage_place other = S.place;
    other.head = 0;
    memset(other.entries, 0, sizeof other.entries);
    stage_force(&other, hk_slice_of(S.place.entries[0].bytes, S.place.entries[0].n));
    assert_int_equal(stage_commit(&S.place, &by_listener), STAGE_STORED);
    assert_int_equal(stage_commit(&other, &by_client), STAGE_STORED);
    stage_read(&S.l, &S.place);
    stage_read(&S.c, &other);
    size_t n = stage_seal(&S.c, "hello?", NULL, E, sizeof E);
    assert_int_equal(stage_message(&S.place, hk_slice_of(E, n), NULL), STAGE_HISTORY_DIFFERS);
    found(hk_slice_of(E, n), VAULT_BAD); /* tags and keys hang from the commit */
    stage_close(&other);
}

static void sealing_again_asks_when_somebody_was_added(void **state)
{
    vault_account friend_;
    vault_readers then;
    vault_made_commit made;
    vault_plan plan;
    stage_person(&friend_, 4);
    vault_readers_of(&S.l.log.chain, &then);
    assert_null(vault_readers_new(&then, &S.l.log.chain));
    vault_plan_from(&S.c.log.chain, &plan);
    stage_plan_add(&plan, &friend_, VAULT_ROLE_RELATIVE);
    must(vault_commit_make(&S.c.log, &plan, &made));
    assert_int_equal(stage_commit(&S.place, &made), STAGE_STORED);
    stage_read(&S.l, &S.place);
    const vault_member *asks = vault_readers_new(&then, &S.l.log.chain);
    assert_non_null(asks);
    assert_memory_equal(asks->account.b, friend_.id.b, 16);
    vault_readers_of(&S.l.log.chain, &then);
    stage_read(&S.c, &S.place);
    vault_plan_from(&S.c.log.chain, &plan);
    must(vault_plan_remove(&plan, &friend_.id));
    must(vault_commit_make(&S.c.log, &plan, &made));
    assert_int_equal(stage_commit(&S.place, &made), STAGE_STORED);
    stage_read(&S.l, &S.place);
    assert_null(vault_readers_new(&then, &S.l.log.chain)); /* fewer readers: no question */
}

static void a_newcomer_starts_from_the_note_and_cannot_open_what_was_before(void **state)
{
    vault_account friend_;
    vault_made_commit made;
    vault_plan plan;
    stage_device d;
    stage_person(&friend_, 4);
    assert_int_equal(stage_say(&S.c, &S.place, "before"), STAGE_STORED);
    stage_read(&S.c, &S.place);
    vault_plan_from(&S.c.log.chain, &plan);
    stage_plan_add(&plan, &friend_, VAULT_ROLE_RELATIVE);
    must(vault_commit_make(&S.c.log, &plan, &made));
    assert_int_equal(stage_commit(&S.place, &made), STAGE_STORED);
    stage_read(&S.c, &S.place);
    assert_int_equal(stage_say(&S.c, &S.place, "welcome"), STAGE_STORED);
    stage_device_open(&d, &friend_, &S.place.conv);
    assert_int_equal(stage_read_one(&d, &S.place), VAULT_COMMITTED);
    must(vault_log_take_hash(&d.log, 2, S.place.entries[1].hash)); /* not theirs: only the hash */
    assert_int_equal(stage_read_one(&d, &S.place), VAULT_COMMITTED);
    assert_true(d.last.note_ok);
    assert_false(d.log.stops & VAULT_STOP_FORKED);
    assert_int_equal(stage_read_one(&d, &S.place), VAULT_SHOWN);
    assert_string_equal(d.last_text, "welcome");
    stage_device_done(&d);
    stage_device_open(&d, &friend_, &S.place.conv); /* a server that invents the history before */
    uint8_t invented[32] = {1};
    assert_int_equal(stage_read_one(&d, &S.place), VAULT_COMMITTED);
    must(vault_log_take_hash(&d.log, 2, invented));
    assert_int_equal(stage_read_one(&d, &S.place), VAULT_COMMITTED);
    assert_true(d.log.stops & VAULT_STOP_FORKED);
    stage_device_done(&d);
}

static void a_bent_note_is_seen(void **state)
{
    vault_made_commit made;
    vault_plan plan;
    vault_plan_from(&S.place.chain, &plan);
    must(vault_commit_make(&S.l.log, &plan, &made));
    made.bytes[made.n - 64 - 1] ^= 1; /* the note's seenHash; the commit itself stays valid */
    assert_int_equal(stage_commit(&S.place, &made), STAGE_STORED);
    assert_int_equal(stage_read_one(&S.c, &S.place), VAULT_COMMITTED);
    assert_false(S.c.last.note_ok);
}

static void a_locked_epoch_holds_real_words_until_its_wrap_comes(void **state)
{
    stage_rotate(&S.place, &S.l);
    stage_read(&S.l, &S.place);
    assert_int_equal(stage_say(&S.l, &S.place, "can you read this"), STAGE_STORED);
    vault_taken taken;
    const stage_entry *commit = &S.place.entries[1], *words = &S.place.entries[2];
    must(vault_log_take(&S.c.log, 2, hk_slice_of(commit->bytes, commit->n), &taken));
    refuses(HK_BUSY, vault_log_take(&S.c.log, 3, hk_slice_of(words->bytes, words->n), &taken));
    assert_int_equal(S.c.log.position, 2);
    must(vault_log_wrap(&S.c.log, hk_slice_of(commit->wraps[0], VAULT_WRAP_BYTES)));
    assert_int_equal(stage_read_one(&S.c, &S.place), VAULT_SHOWN);
}

static void the_removed_read_nothing_more(void **state)
{
    vault_made_commit made;
    vault_plan plan;
    vault_plan_from(&S.c.log.chain, &plan);
    must(vault_plan_remove(&plan, &S.listener.id));
    must(vault_commit_make(&S.c.log, &plan, &made));
    assert_int_equal(stage_commit(&S.place, &made), STAGE_STORED);
    stage_read(&S.c, &S.place);
    assert_int_equal(stage_say(&S.c, &S.place, "alone now"), STAGE_STORED);
    stage_read(&S.l, &S.place);
    assert_true(S.l.log.stops & VAULT_STOP_OUTSIDE);
    assert_int_equal(S.l.last.finding, VAULT_BAD);
    refuses(HK_REFUSED, vault_log_key(&S.l.log, 1, S.c.log.ck));
    size_t n;
    vault_words words = stage_words("me too", NULL);
    refuses(HK_BUSY, vault_log_seal(&S.l.log, &S.l.stream, &words, E, sizeof E, &n));
}

/* ---- Restores (M6) ---- */

static void a_restore_that_undoes_a_removal_is_never_accepted_silently(void **state)
{
    vault_account friend_;
    vault_made_commit made;
    vault_plan plan;
    vault_tip tip;
    stage_person(&friend_, 4);
    vault_plan_from(&S.c.log.chain, &plan);
    stage_plan_add(&plan, &friend_, VAULT_ROLE_RELATIVE);
    must(vault_commit_make(&S.c.log, &plan, &made));
    assert_int_equal(stage_commit(&S.place, &made), STAGE_STORED);
    stage_read(&S.c, &S.place);
    int64_t backup = S.place.head;
    vault_plan_from(&S.c.log.chain, &plan);
    must(vault_plan_remove(&plan, &friend_.id));
    must(vault_commit_make(&S.c.log, &plan, &made));
    assert_int_equal(stage_commit(&S.place, &made), STAGE_STORED);
    stage_read(&S.c, &S.place);
    assert_int_equal(stage_say(&S.c, &S.place, "now it is only us"), STAGE_STORED);
    stage_read(&S.c, &S.place);
    vault_log_tip(&S.c.log, &tip);

    stage_cut(&S.place, backup); /* yesterday's backup: the friend is a member again */
    stage_device_done(&S.c);
    stage_device_open(&S.c, &S.client, &S.place.conv);
    vault_log_expect(&S.c.log, &tip);
    stage_read(&S.c, &S.place);
    assert_true(S.c.log.stops & VAULT_STOP_INTERRUPTED);
    assert_int_equal(S.c.log.chain.member_count, 3);
    vault_plan_from(&S.c.log.chain, &plan);
    refuses(HK_BUSY, vault_commit_make(&S.c.log, &plan, &made)); /* only a RESUME goes on */
    must(vault_plan_resume(&S.c.log, &plan));
    assert_int_equal(plan.member_count, 2);
    must(vault_commit_make(&S.c.log, &plan, &made));
    assert_int_equal(stage_commit(&S.place, &made), STAGE_STORED);
    stage_read(&S.c, &S.place);
    assert_true(vault_log_may_seal(&S.c.log));
    assert_int_equal(S.c.log.resumed, 1);
    assert_int_equal(stage_say(&S.c, &S.place, "now it is only us"), STAGE_STORED);
}

static void another_history_at_the_remembered_place_interrupts(void **state)
{
    vault_tip tip;
    assert_int_equal(stage_say(&S.c, &S.place, "one"), STAGE_STORED);
    stage_read(&S.c, &S.place);
    vault_log_tip(&S.c.log, &tip);
    stage_cut(&S.place, 1);
    assert_int_equal(stage_say(&S.l, &S.place, "another one"),
                     STAGE_STORED); /* as many entries, other words */
    stage_device_done(&S.c);
    stage_device_open(&S.c, &S.client, &S.place.conv);
    vault_log_expect(&S.c.log, &tip);
    stage_read(&S.c, &S.place);
    assert_true(S.c.log.stops & VAULT_STOP_INTERRUPTED);
    assert_int_equal(S.c.shown, 1); /* reading goes on */
    stage_device_done(&S.c);
    stage_device_open(&S.c, &S.client, &S.place.conv);
    stage_read(&S.c, &S.place);
    assert_true(vault_log_may_seal(&S.c.log)); /* without the tip nothing would have been noticed */
}

static void a_device_that_was_away_goes_on_where_the_other_went_on_when_its_person_says_so(void **state)
{
    vault_tip tip;
    vault_plan plan;
    vault_made_commit made;
    for (int i = 0; i < 3; i++)
        assert_int_equal(stage_say(&S.c, &S.place, "lost"), STAGE_STORED);
    stage_read(&S.c, &S.place);
    stage_read(&S.l, &S.place);
    vault_log_tip(&S.l.log, &tip);
    stage_cut(&S.place, 1);
    stage_device_done(&S.l);
    stage_device_open(&S.l, &S.listener, &S.place.conv);
    vault_log_expect(&S.l.log, &tip);
    stage_read(&S.l, &S.place);
    must(vault_plan_resume(&S.l.log, &plan));
    must(vault_commit_make(&S.l.log, &plan, &made));
    assert_int_equal(stage_commit(&S.place, &made), STAGE_STORED);
    stage_read(&S.l, &S.place);
    refuses(HK_CONFLICT, vault_log_accept_resume(&S.l.log)); /* not interrupted any more */
    for (int i = 0; i < 5; i++)
        assert_int_equal(stage_say(&S.l, &S.place, "gone on"), STAGE_STORED);
    stage_device_done(&S.c);
    stage_device_open(&S.c, &S.client,
                      &S.place.conv); /* her device saw nothing of it: the newest is far ahead */
    vault_log_expect(&S.c.log, &tip);
    stage_read(&S.c, &S.place);
    assert_true(S.c.log.stops & VAULT_STOP_INTERRUPTED); /* never silently */
    must(vault_log_accept_resume(&S.c.log));
    assert_true(vault_log_may_seal(&S.c.log));
    assert_int_equal(stage_say(&S.c, &S.place, "me too"), STAGE_STORED);
}

static void a_tip_that_is_older_than_what_was_read_asks_for_nothing(void **state)
{
    vault_tip tip;
    vault_log_tip(&S.c.log, &tip);
    tip.h[0] ^= 1;
    assert_int_equal(stage_say(&S.c, &S.place, "one"), STAGE_STORED);
    stage_read(&S.c, &S.place);
    vault_log_expect(&S.c.log, &tip);
    vault_log_head(&S.c.log, 0);
    assert_true(vault_log_may_seal(&S.c.log));
    vault_log_tip(&S.c.log, &tip);
    tip.h[0] ^= 1;
    vault_log_expect(&S.c.log, &tip); /* but at this very position it is compared at once */
    assert_true(S.c.log.stops & VAULT_STOP_INTERRUPTED);
}

static void a_note_older_than_the_table_is_no_alarm(void **state)
{
    vault_plan plan;
    vault_made_commit made;
    vault_plan_from(&S.l.log.chain, &plan);
    must(vault_commit_make(&S.l.log, &plan, &made)); /* made long ago */
    for (int i = 0; i < VAULT_HISTORY_SLOTS_MIN + 1; i++)
        found(HK_LIT("anything"), VAULT_BAD);
    assert_int_equal(stage_commit(&S.place, &made), STAGE_STORED);
    stage_read(&S.c, &S.place);
    assert_true(vault_log_may_seal(&S.c.log));
}

static void a_resume_that_brings_back_somebody_removed_does_not_count(void **state)
{
    vault_tip tip;
    vault_log_tip(&S.c.log, &tip);
    tip.position = 5;
    tip.member_count = 1; /* this device remembers that the listener was sent away */
    stage_device_done(&S.c);
    stage_device_open(&S.c, &S.client, &S.place.conv);
    vault_log_expect(&S.c.log, &tip);
    stage_read(&S.c, &S.place);
    assert_true(S.c.log.stops & VAULT_STOP_INTERRUPTED);
    vault_plan plan;
    vault_made_commit made;
    vault_plan_from(&S.l.log.chain, &plan);
    plan.flags = VAULT_FLAG_RESUME;
    must(stage_author(&S.listener, &S.l.log, &plan, &made)); /* the listener resumes with themselves in it */
    assert_int_equal(stage_commit(&S.place, &made), STAGE_STORED);
    stage_read(&S.c, &S.place);
    assert_true(S.c.log.stops & VAULT_STOP_INTERRUPTED);
    refuses(HK_CONFLICT, vault_log_accept_resume(&S.c.log));
    vault_account friend_;
    stage_person(&friend_, 4);
    vault_plan_from(&S.c.log.chain, &plan);
    plan.flags = VAULT_FLAG_RESUME;
    stage_plan_add(&plan, &friend_, VAULT_ROLE_RELATIVE);
    refuses(HK_REFUSED, stage_author(&S.client, &S.c.log, &plan, &made)); /* a RESUME adds nobody */
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(words_sealed_across_a_commit_are_sealed_again_with_the_same_mid),
        T(a_server_that_stores_words_of_the_old_epoch_after_the_commit_is_found),
        T(a_lost_answer_before_an_epoch_change_is_answered_with_the_old_position),
        T(two_commits_at_once_the_first_wins_and_the_other_author_goes_on),
        T(a_fork_by_two_commits_is_found_when_the_two_speak),
        T(sealing_again_asks_when_somebody_was_added),
        T(a_newcomer_starts_from_the_note_and_cannot_open_what_was_before),
        T(a_bent_note_is_seen),
        T(a_locked_epoch_holds_real_words_until_its_wrap_comes),
        T(the_removed_read_nothing_more),
        T(a_restore_that_undoes_a_removal_is_never_accepted_silently),
        T(another_history_at_the_remembered_place_interrupts),
        T(a_device_that_was_away_goes_on_where_the_other_went_on_when_its_person_says_so),
        T(a_tip_that_is_older_than_what_was_read_asks_for_nothing),
        T(a_note_older_than_the_table_is_no_alarm),
        T(a_resume_that_brings_back_somebody_removed_does_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
