/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "live/live.h"

typedef struct heard {
    uint64_t sent[64], closed[64], slow;
    int codes[64];
    size_t sent_count, closed_count;
    int here, gone;
} heard;

static hk_err on_send(void *ctx, uint64_t connection, hk_slice text)
{
    heard *h = ctx;
    if (connection == h->slow)
        return HK_BUSY;
    if (h->sent_count < 64)
        h->sent[h->sent_count++] = connection;
    return HK_OK;
}

static void on_close(void *ctx, uint64_t connection, int code)
{
    heard *h = ctx;
    h->codes[h->closed_count] = code;
    h->closed[h->closed_count++] = connection;
}

static void on_presence(void *ctx, account_id account, bool here)
{
    heard *h = ctx;
    *(here ? &h->here : &h->gone) += 1;
}

static const account_id ANNA = {{1}}, BEN = {{2}};

static live *live_for(heard *h)
{
    live *l;
    const live_options options = {.send = on_send, .close = on_close, .presence = on_presence, .ctx = h};
    assert_int_equal(live_new(&options, &l), HK_OK);
    return l;
}

static void nobody_else_hears_what_is_told_and_the_sender_does_not(void **state)
{
    (void)state;
    heard h = {0};
    live *l = live_for(&h);
    assert_int_equal(live_join(l, 1, ANNA, 10), HK_OK);
    assert_int_equal(live_join(l, 2, ANNA, 11), HK_OK);
    assert_int_equal(live_join(l, 3, BEN, 12), HK_OK);
    assert_int_equal(live_join(l, 3, BEN, 12), HK_CONFLICT);
    live_tell(l, &ANNA, 1, HK_LIT("x"), 1);
    assert_int_equal(h.sent_count, 1);
    assert_int_equal(h.sent[0], 2);
    live_leave(l, 2, 0);
    live_tell(l, &ANNA, 1, HK_LIT("x"), 1);
    assert_int_equal(h.sent_count, 1);
    live_free(l);
    live_free(NULL);
}

static void a_reader_too_slow_hears_nothing_more(void **state)
{
    (void)state;
    heard h = {.slow = 1};
    live *l = live_for(&h);
    assert_int_equal(live_join(l, 1, ANNA, 10), HK_OK);
    live_tell(l, &ANNA, 1, HK_LIT("x"), 0);
    h.slow = 0;
    live_tell(l, &ANNA, 1, HK_LIT("x"), 0);
    assert_int_equal(h.sent_count, 0);
    live_free(l);
}

static void a_disabled_account_loses_every_connection_and_a_session_only_its_own(void **state)
{
    (void)state;
    heard h = {0};
    live *l = live_for(&h);
    for (uint64_t i = 1; i <= 3; i++)
        assert_int_equal(live_join(l, i, ANNA, (int64_t)i), HK_OK);
    assert_int_equal(live_join(l, 4, BEN, 4), HK_OK);
    live_drop_session(l, 2);
    assert_int_equal(h.closed_count, 1);
    assert_int_equal(h.closed[0], 2);
    assert_int_equal(h.codes[0], LIVE_CLOSE_ENDED);
    live_drop_other_sessions(l, ANNA, 3);
    assert_int_equal(h.closed_count, 2);
    assert_int_equal(h.closed[1], 1);
    live_drop_account(l, ANNA);
    assert_int_equal(h.closed_count, 3);
    live_tell(l, &ANNA, 1, HK_LIT("x"), 0);
    assert_int_equal(h.sent_count, 0);
    live_tell(l, &BEN, 1, HK_LIT("x"), 0);
    assert_int_equal(h.sent_count, 1);
    live_free(l);
}

static void the_oldest_connection_goes_when_there_are_too_many(void **state)
{
    (void)state;
    heard h = {0};
    live *l = live_for(&h);
    for (uint64_t i = 1; i <= LIVE_CONNECTIONS_MAX + 2; i++)
        assert_int_equal(live_join(l, i, ANNA, 1), HK_OK);
    assert_int_equal(h.closed_count, 2);
    assert_int_equal(h.closed[0], 1);
    assert_int_equal(h.closed[1], 2);
    assert_int_equal(h.codes[0], LIVE_CLOSE_TOO_MANY);
    live_free(l);
}

static void a_reload_is_silent_and_an_absence_is_told_once(void **state)
{
    (void)state;
    heard h = {0};
    live *l = live_for(&h);
    assert_int_equal(live_join(l, 1, ANNA, 1), HK_OK);
    assert_int_equal(live_join(l, 2, ANNA, 1), HK_OK);
    assert_int_equal(h.here, 1);
    live_leave(l, 1, 1000);
    live_leave(l, 2, 1000);
    live_tick(l, 1000 + LIVE_GRACE_MS - 1);
    assert_int_equal(live_join(l, 3, ANNA, 1), HK_OK);
    live_tick(l, 1000 + LIVE_GRACE_MS);
    assert_int_equal(h.here, 1);
    assert_int_equal(h.gone, 0);
    live_leave(l, 3, 7000);
    live_tick(l, 7001);
    live_tick(l, 7000 + LIVE_GRACE_MS - 1);
    assert_true(live_is_here(l, ANNA));
    assert_int_equal(h.gone, 0);
    live_tick(l, 7000 + LIVE_GRACE_MS);
    live_tick(l, 7001 + LIVE_GRACE_MS);
    assert_int_equal(h.gone, 1);
    assert_false(live_is_here(l, ANNA));
    assert_int_equal(live_count(l), 0);
    live_free(l);
}

static void coming_and_going_within_the_grace_counts_from_the_last_going(void **state)
{
    (void)state;
    heard h = {0};
    live *l = live_for(&h);
    assert_int_equal(live_join(l, 1, ANNA, 1), HK_OK);
    live_leave(l, 1, 1000);
    assert_int_equal(live_join(l, 2, ANNA, 1), HK_OK);
    live_leave(l, 2, 5000);
    live_tick(l, 1000 + LIVE_GRACE_MS);
    assert_int_equal(h.gone, 0);
    live_tick(l, 5000 + LIVE_GRACE_MS);
    assert_int_equal(h.gone, 1);
    live_free(l);
}

static void ten_thousand_people_are_found_again(void **state)
{
    (void)state;
    heard h = {0};
    live *l = live_for(&h);
    for (uint32_t i = 0; i < 10000; i++) {
        account_id a = {{3}};
        memcpy(a.b + 4, &i, sizeof i);
        assert_int_equal(live_join(l, 100 + i, a, i), HK_OK);
    }
    assert_int_equal(live_count(l), 10000);
    account_id a = {{3}};
    uint32_t n = 7777;
    memcpy(a.b + 4, &n, sizeof n);
    live_tell(l, &a, 1, HK_LIT("x"), 0);
    assert_int_equal(h.sent_count, 1);
    assert_int_equal(h.sent[0], 100 + 7777);
    for (uint32_t i = 0; i < 10000; i++)
        live_leave(l, 100 + i, 0);
    live_tick(l, LIVE_GRACE_MS);
    assert_int_equal(h.gone, 10000);
    live_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_else_hears_what_is_told_and_the_sender_does_not),
        cmocka_unit_test(a_reader_too_slow_hears_nothing_more),
        cmocka_unit_test(a_disabled_account_loses_every_connection_and_a_session_only_its_own),
        cmocka_unit_test(the_oldest_connection_goes_when_there_are_too_many),
        cmocka_unit_test(a_reload_is_silent_and_an_absence_is_told_once),
        cmocka_unit_test(coming_and_going_within_the_grace_counts_from_the_last_going),
        cmocka_unit_test(ten_thousand_people_are_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
