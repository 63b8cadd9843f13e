/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/rate.h"

static int taken(wire_rates *r, wire_rate class, uint64_t key, int64_t now_ms, int tries)
{
    int n = 0;
    for (int i = 0; i < tries; i++)
        n += wire_rate_take(r, class, key, now_ms, NULL);
    return n;
}

static void an_empty_bucket_refuses_and_says_when_to_come_back(void **state)
{
    (void)state;
    wire_rates *r;
    int wait = 0;
    assert_int_equal(wire_rates_new(1, &r), HK_OK);
    assert_int_equal(taken(r, WIRE_RATE_SIGN_IN, 7, 1000, 100), 12);
    assert_false(wire_rate_take(r, WIRE_RATE_SIGN_IN, 7, 1000, &wait));
    assert_int_equal(wait, 61); /* one a minute, rounded up */
    assert_int_equal(taken(r, WIRE_RATE_SIGN_IN, 7, 1000 + 59000, 5), 0);
    assert_int_equal(taken(r, WIRE_RATE_SIGN_IN, 7, 1000 + 60000, 5), 1);
    assert_int_equal(taken(r, WIRE_RATE_SIGN_IN, 8, 1000, 100), 12);
    assert_int_equal(taken(r, WIRE_RATE_SIGN_IN, 7, 1000 + 7 * 24 * 3600000LL, 100), 12);
    wire_rates_free(r);
    wire_rates_free(NULL);
}

/* Asking all the time must neither gain nor lose: what is too little for a token is kept. */
static void impatience_changes_nothing(void **state)
{
    (void)state;
    wire_rates *r;
    assert_int_equal(wire_rates_new(1, &r), HK_OK);
    assert_int_equal(taken(r, WIRE_RATE_ARRIVALS, 1, 0, 100), 30);
    int n = 0;
    for (int64_t now_ms = 1; now_ms <= 3600000; now_ms += 7)
        n += wire_rate_take(r, WIRE_RATE_ARRIVALS, 1, now_ms, NULL);
    assert_in_range(n, 119, 120);
    wire_rates_free(r);
}

static void a_clock_that_goes_back_gives_nothing(void **state)
{
    (void)state;
    wire_rates *r;
    assert_int_equal(wire_rates_new(1, &r), HK_OK);
    assert_int_equal(taken(r, WIRE_RATE_SIGN_IN, 1, 1000000, 100), 12);
    assert_int_equal(taken(r, WIRE_RATE_SIGN_IN, 1, 5, 100), 0);
    wire_rates_free(r);
}

static void a_full_table_forgets_full_buckets_before_empty_ones(void **state)
{
    (void)state;
    wire_rates *r;
    assert_int_equal(wire_rates_new(1, &r), HK_OK);
    assert_int_equal(taken(r, WIRE_RATE_SIGN_IN, 1, 0, 100), 12);
    for (uint64_t key = 1000; key < 1000 + 4 * WIRE_RATE_SLOTS; key++)
        (void)wire_rate_take(r, WIRE_RATE_GENERAL, key, 0, NULL);
    assert_int_equal(taken(r, WIRE_RATE_SIGN_IN, 1, 0, 100), 0);
    wire_rates_free(r);
}

static void a_factor_multiplies_bursts_and_refills(void **state)
{
    (void)state;
    wire_rates *r;
    wire_rate rate;
    assert_int_equal(wire_rates_new(10, &r), HK_OK);
    assert_int_equal(taken(r, WIRE_RATE_SIGN_IN, 7, 0, 1000), 120);
    assert_int_equal(taken(r, WIRE_RATE_SIGN_IN, 7, 6000, 1000), 1);
    assert_true(wire_rate_named("arrivals", &rate) && rate == WIRE_RATE_ARRIVALS);
    assert_false(wire_rate_named("arrival", &rate));
    assert_true(wire_rate_hash(r, HK_LIT("anna"), 1) != wire_rate_hash(r, HK_LIT("anna"), 2));
    assert_true(wire_rate_hash(r, HK_LIT("anna"), 1) != wire_rate_hash(r, HK_LIT("ann"), 1));
    wire_rates_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_bucket_refuses_and_says_when_to_come_back),
        cmocka_unit_test(impatience_changes_nothing),
        cmocka_unit_test(a_clock_that_goes_back_gives_nothing),
        cmocka_unit_test(a_full_table_forgets_full_buckets_before_empty_ones),
        cmocka_unit_test(a_factor_multiplies_bursts_and_refills),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
