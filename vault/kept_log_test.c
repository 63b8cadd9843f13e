/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A device that keeps where it stands in a conversation, is locked, and reads on: nothing may be believed
 * then that would not have been believed without the break.
 */
#include "vault/stage_test.h"
#include "vault/state.h"

#include <stdio.h>
#include <stdlib.h>

#define ROOM 8

static stage_pair S;
static stage_device AGAIN; /* the listener's device at its next unlock */
static vault_pin PINS[ROOM];
static vault_tip TIPS[ROOM];
static vault_kept_key KEYS[ROOM];
static vault_state STATE; /* the listener's */
static uint8_t KEPT[64 * 1024], E[VAULT_ENVELOPE_BYTES_MAX];
static size_t KEPT_N;

static int begin(void **state)
{
    vault_state_memory memory = {PINS, ROOM, TIPS, ROOM, KEYS, ROOM};
    stage_pair_open(&S);
    vault_state_init(&STATE, &memory);
    stage_device_open(&AGAIN, &S.listener, &S.place.conv);
    return 0;
}

static int end(void **state)
{
    stage_device_done(&AGAIN);
    vault_state_wipe(&STATE);
    stage_pair_close(&S);
    return 0;
}

/* As the page does after reading: the account remembers, the device keeps. */
static void keep(void)
{
    vault_tip tip;
    vault_log_tip(&S.l.log, &tip);
    must(vault_state_tip(&STATE, &tip));
    must(vault_state_keep_key(&STATE, &S.place.conv, S.l.log.chain.epoch, S.l.log.ck));
    must(vault_log_keep(&S.l.log, KEPT, sizeof KEPT, &KEPT_N));
}

static hk_err resume(void)
{
    static uint8_t copy[sizeof KEPT];
    memcpy(copy, KEPT, KEPT_N);
    hk_err err = vault_state_resume(&STATE, &AGAIN.log, copy, KEPT_N);
    assert_true(err != HK_OK || sodium_is_zero(copy, KEPT_N));
    return err;
}

static void talk_a_little(void)
{
    assert_int_equal(stage_say(&S.c, &S.place, "one"), STAGE_STORED);
    stage_read(&S.l, &S.place);
    assert_int_equal(stage_say(&S.l, &S.place, "two"), STAGE_STORED);
    stage_read(&S.l, &S.place);
    stage_read(&S.c, &S.place);
}

static void reading_goes_on_where_it_stopped(void **state)
{
    talk_a_little();
    keep();
    must(resume());
    assert_int_equal(AGAIN.log.position, 3);
    assert_memory_equal(AGAIN.log.h, S.l.log.h, 32);
    assert_true(vault_log_may_seal(&AGAIN.log));
    assert_int_equal(stage_say(&S.c, &S.place, "three"), STAGE_STORED);
    stage_read(&AGAIN, &S.place);
    assert_int_equal(AGAIN.last.finding, VAULT_SHOWN);
    assert_string_equal(AGAIN.last_text, "three");
    assert_int_equal(AGAIN.shown, 1);
    assert_int_equal(stage_say(&AGAIN, &S.place, "four"), STAGE_STORED);
    stage_read(&S.c, &S.place);
    assert_string_equal(S.c.last_text, "four");
    stage_read(&AGAIN, &S.place);
    assert_memory_equal(AGAIN.log.h, S.c.log.h, 32);
}

static void a_repeat_an_old_number_and_a_gap_are_found_across_the_break(void **state)
{
    message_id mid = {{9}};
    size_t n = stage_seal(&S.c, "once", &mid, E, sizeof E);
    stage_force(&S.place, hk_slice_of(E, n));
    stage_read(&S.l, &S.place);
    keep();
    must(resume());
    stage_force(&S.place, hk_slice_of(E, n)); /* the same bytes again */
    assert_int_equal(stage_read_one(&AGAIN, &S.place), VAULT_DUPLICATE);
    S.c.stream.n = 0; /* an old number with new words */
    n = stage_seal(&S.c, "other words", NULL, E, sizeof E);
    stage_force(&S.place, hk_slice_of(E, n));
    assert_int_equal(stage_read_one(&AGAIN, &S.place), VAULT_BAD);
    S.c.stream.n = 4; /* three are missing */
    n = stage_seal(&S.c, "after a gap", NULL, E, sizeof E);
    stage_force(&S.place, hk_slice_of(E, n));
    assert_int_equal(stage_read_one(&AGAIN, &S.place), VAULT_SHOWN_GAP);
    assert_int_equal(AGAIN.last.missing, 3);
}

static void somebody_who_saw_another_history_before_the_break_is_found_after_it(void **state)
{
    talk_a_little();
    keep();
    must(resume());
    S.c.log.h[3] ^= 1; /* what the client saw at position 3 */
    size_t n = stage_seal(&S.c, "seen elsewhere", NULL, E, sizeof E);
    stage_force(&S.place, hk_slice_of(E, n));
    assert_int_equal(stage_read_one(&AGAIN, &S.place), VAULT_SHOWN_FORKED);
    assert_false(vault_log_may_seal(&AGAIN.log));
}

static void a_new_epoch_after_the_break_is_entered(void **state)
{
    talk_a_little();
    keep();
    must(resume());
    stage_rotate(&S.place, &S.c);
    stage_read(&S.c, &S.place);
    stage_read(&AGAIN, &S.place);
    assert_int_equal(AGAIN.log.chain.epoch, 2);
    assert_int_equal(stage_say(&S.c, &S.place, "under the new key"), STAGE_STORED);
    stage_read(&AGAIN, &S.place);
    assert_string_equal(AGAIN.last_text, "under the new key");
}

static void only_the_last_entry_of_the_same_log_proves_the_place(void **state)
{
    talk_a_little();
    keep();
    must(resume());
    assert_true(vault_log_ends_with(&AGAIN.log, S.place.entries[2].hash));
    assert_false(vault_log_ends_with(&AGAIN.log, S.place.entries[1].hash));
    stage_delete(&S.place, 3); /* deleted words leave their hash */
    assert_true(vault_log_ends_with(&AGAIN.log, S.place.entries[2].hash));
}

static void what_was_kept_is_ahead_of_a_place_that_was_restored(void **state)
{
    talk_a_little();
    keep();
    stage_cut(&S.place, 2);
    must(resume());
    stage_device_done(
        &AGAIN); /* the page finds out that entry 3 is not there, and reads from the beginning */
    stage_device_open(&AGAIN, &S.listener, &S.place.conv);
    vault_log_expect(&AGAIN.log, vault_state_find_tip(&STATE, &S.place.conv));
    stage_read(&AGAIN, &S.place);
    vault_log_head(&AGAIN.log, S.place.head);
    assert_int_equal(AGAIN.log.stops & VAULT_STOP_INTERRUPTED, VAULT_STOP_INTERRUPTED);
}

static void a_place_that_also_rolled_the_account_back_is_found_by_what_was_kept(void **state)
{
    vault_tip old;
    vault_log_tip(&S.l.log, &old);
    talk_a_little();
    keep();
    vault_state_forget(&STATE, &S.place.conv);
    must(vault_state_tip(&STATE, &old));
    must(vault_state_keep_key(&STATE, &S.place.conv, 1, S.l.log.ck));
    must(resume());
    assert_int_equal(vault_state_find_tip(&STATE, &S.place.conv)->position, 3);
}

static void an_account_that_remembers_another_history_does_not_read_on(void **state)
{
    talk_a_little();
    keep();
    TIPS[0].h[0] ^= 1;
    refuses(HK_REFUSED, resume());
}

static void a_conversation_that_was_forgotten_is_not_read_on(void **state)
{
    talk_a_little();
    keep();
    vault_state_forget(&STATE, &S.place.conv);
    refuses(HK_NOT_THERE, resume());
}

static void what_another_account_or_conversation_kept_is_refused(void **state)
{
    talk_a_little();
    keep();
    stage_device_open(&AGAIN, &S.client, &S.place.conv);
    refuses(HK_REFUSED, resume());
    conversation_id other = {{42}};
    stage_device_open(&AGAIN, &S.listener, &other);
    vault_tip tip = {.conv = other, .position = 1};
    must(vault_state_tip(&STATE, &tip));
    refuses(HK_REFUSED, resume());
}

static void a_flipped_bit_anywhere_is_refused(void **state)
{
    talk_a_little();
    keep();
    for (size_t at = 0; at < KEPT_N; at += 7) {
        KEPT[at] ^= 1;
        assert_int_not_equal(resume(), HK_OK);
        assert_int_equal(AGAIN.log.position, 0);
        KEPT[at] ^= 1;
    }
    must(resume());
}

static void nothing_is_kept_while_something_is_not_settled(void **state)
{
    size_t n;
    static const uint32_t STOPS[] = {VAULT_STOP_LOCKED, VAULT_STOP_FORKED, VAULT_STOP_INTERRUPTED,
                                     VAULT_STOP_OUTSIDE};
    talk_a_little();
    for (size_t i = 0; i < HK_COUNT(STOPS); i++) {
        S.l.log.stops = STOPS[i];
        refuses(HK_BUSY, vault_log_keep(&S.l.log, KEPT, sizeof KEPT, &n));
    }
    S.l.log.stops = 0;
    S.l.log.expecting = true;
    refuses(HK_BUSY, vault_log_keep(&S.l.log, KEPT, sizeof KEPT, &n));
    refuses(HK_BUSY, vault_log_keep(&AGAIN.log, KEPT, sizeof KEPT, &n));
    S.l.log.expecting = false;
    refuses(HK_TOO_MUCH, vault_log_keep(&S.l.log, KEPT, 10, &n));
    refuses(HK_TOO_MUCH, vault_log_keep(&S.l.log, KEPT, 400, &n));
}

static void a_log_that_was_begun_is_not_written_over(void **state)
{
    talk_a_little();
    keep();
    stage_read_one(&AGAIN, &S.place);
    refuses(HK_CONFLICT, resume());
}

static void no_key_lies_in_what_is_sealed(void **state)
{
    static uint8_t plain[sizeof KEPT];
    talk_a_little();
    hk_writer w = hk_writer_of(plain, sizeof plain);
    vault_log_encode(&S.l.log, &w);
    assert_false(w.bad);
    assert_null(memmem(plain, w.n, S.l.log.ck, 32));
    assert_null(memmem(plain, w.n, S.l.log.message_key, 32));
    assert_null(memmem(plain, w.n, S.l.log.pair_in[0], 32));
    assert_null(memmem(plain, w.n, S.l.log.pair_out[0], 32));
    assert_null(memmem(plain, w.n, "two", 3));
}

static void a_long_epoch_keeps_the_newest_marks(void **state)
{
    for (int i = 0; i < 300; i++)
        assert_int_equal(stage_say(&S.c, &S.place, "more"), STAGE_STORED);
    stage_read(&S.l, &S.place);
    keep();
    must(resume());
    stage_read(&S.c, &S.place);
    assert_int_equal(stage_say(&S.c, &S.place, "and on"), STAGE_STORED);
    stage_read(&AGAIN, &S.place);
    assert_int_equal(AGAIN.last.finding, VAULT_SHOWN);
    assert_true(AGAIN.last.history_checked);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(reading_goes_on_where_it_stopped),
        T(a_repeat_an_old_number_and_a_gap_are_found_across_the_break),
        T(somebody_who_saw_another_history_before_the_break_is_found_after_it),
        T(a_new_epoch_after_the_break_is_entered),
        T(only_the_last_entry_of_the_same_log_proves_the_place),
        T(what_was_kept_is_ahead_of_a_place_that_was_restored),
        T(a_place_that_also_rolled_the_account_back_is_found_by_what_was_kept),
        T(an_account_that_remembers_another_history_does_not_read_on),
        T(a_conversation_that_was_forgotten_is_not_read_on),
        T(what_another_account_or_conversation_kept_is_refused),
        T(a_flipped_bit_anywhere_is_refused),
        T(nothing_is_kept_while_something_is_not_settled),
        T(a_log_that_was_begun_is_not_written_over),
        T(no_key_lies_in_what_is_sealed),
        T(a_long_epoch_keeps_the_newest_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
