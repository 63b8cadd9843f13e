/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/conversations/scene_test.h"

/* ---- Not yours is not there */

static void another_pairs_conversation_is_not_there(void **state)
{
    scene *s = *state;
    kept_body kept;
    hk_slice words = house_seal(s->h, &s->c, "only for Ana");
    person *const outside[] = {&s->stranger, &s->ben, &s->admin};
    for (size_t i = 0; i < HK_COUNT(outside); i++) {
        person *p = outside[i];
        refuses(HK_NOT_THERE, house_get(s->h, p, scene_path(s, "/log"), NULL, NULL));
        refuses(HK_NOT_THERE, house_post(s->h, p, scene_path(s, "/messages"), &MESSAGE,
                                         &((message_body){words}), &KEPT, &kept));
        refuses(HK_NOT_THERE,
                house_call(s->h, p, "DELETE", scene_path(s, "/messages/1"), NULL, NULL, NULL, NULL));
        send_body send = {s->pair, words};
        refuses(HK_NOT_THERE, house_call(s->h, p, "SOCKET", "send", &SEND, &send, NULL, NULL));
        read_body read = {s->pair, 1};
        refuses(HK_NOT_THERE, house_call(s->h, p, "SOCKET", "read", &READ, &read, NULL, NULL));
        typing_body typing = {s->pair, true};
        refuses(HK_NOT_THERE, house_call(s->h, p, "SOCKET", "typing", &TYPING, &typing, NULL, NULL));
    }
    const char *nowhere = house_path(s->h, "/api/conversations/%s/log", "AAAAAAAAAAAAAAAAAAAAAA");
    refuses(HK_NOT_THERE, house_get(s->h, &s->client, nowhere, NULL, NULL));
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM entries WHERE kind = 0"), 0);
}

static void nobody_signed_out_reaches_anything(void **state)
{
    scene *s = *state;
    person nobody = {0};
    refuses(HK_WHO, house_get(s->h, &nobody, "/api/conversations", NULL, NULL));
    refuses(HK_WHO, house_get(s->h, &nobody, scene_path(s, "/log"), NULL, NULL));
    hk_slice words = house_seal(s->h, &s->c, "x");
    refuses(HK_WHO,
            house_call(s->h, &nobody, "SOCKET", "send", &SEND, &((send_body){s->pair, words}), NULL, NULL));
}

static void sql_in_a_parameter_is_only_something_that_is_not_there(void **state)
{
    scene *s = *state;
    static const char *const WORSE[] = {
        "'%20OR%201=1--", "1;DROP%20TABLE%20entries", "\"", "x'41'", "*", "%27"};
    for (size_t i = 0; i < HK_COUNT(WORSE); i++) {
        const char *paths[] = {
            house_path(s->h, "/api/conversations/%s/log", WORSE[i]),
            house_path(s->h, "/api/conversations/%s/messages/%s", house_id(s->h, s->pair.b), WORSE[i]),
            house_path(s->h, "/api/requests/%s", WORSE[i]),
            house_path(s->h, "/api/conversations/%s/files/%s/%s", house_id(s->h, s->pair.b), WORSE[i],
                       WORSE[i])};
        for (size_t j = 0; j < HK_COUNT(paths); j++)
            assert_int_not_equal(house_call(s->h, &s->client, j == 0 || j == 3 ? "GET" : "DELETE", paths[j],
                                            NULL, NULL, NULL, NULL),
                                 HK_OK);
        assert_int_not_equal(house_get(s->h, &s->client,
                                       house_path(s->h, "%s?after=%s", scene_path(s, "/log"), WORSE[i]), NULL,
                                       NULL),
                             HK_OK);
    }
    sign_in_start_body body = {HK_LIT("' OR '1'='1"), RECORD_PASSWORD};
    sign_in_started_body started;
    person nobody = {0};
    must(house_post(s->h, &nobody, "/api/sign-in/start", &SIGN_IN_START, &body, &SIGN_IN_STARTED, &started));
    must(house_say(s->h, &s->c, "all still here"));
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM conversations"), 2);
}

static void a_message_under_anothers_name_or_for_another_room_is_refused(void **state)
{
    scene *s = *state;
    kept_body kept;
    hk_slice anas = house_seal(s->h, &s->a, "as Ana");
    refuses(HK_BAD, house_send(s->h, &s->c, anas, &kept)); /* the client sends what Ana sealed */
    assert_string_equal(s->h->code, "bad_envelope");
    house_talk other;
    house_talk_open(s->h, &s->ben, s->other, &other);
    hk_slice elsewhere = house_seal(s->h, &other, "for the other room");
    message_body body = {elsewhere};
    refuses(HK_NOT_THERE, house_post(s->h, &s->ben, scene_path(s, "/messages"), &MESSAGE, &body, NULL, NULL));
    uint8_t bent[VAULT_ENVELOPE_BYTES_MAX];
    hk_slice good = house_seal(s->h, &s->c, "good");
    for (size_t cut = 0; cut < good.n; cut += 37)
        refuses(HK_BAD, house_send(s->h, &s->c, cut ? hk_slice_part(good, 0, cut) : HK_LIT("x"), &kept));
    memcpy(bent, good.p, good.n);
    bent[good.n] = 0; /* something follows */
    refuses(HK_BAD, house_send(s->h, &s->c, hk_slice_of(bent, good.n + 1), &kept));
    must(house_send(s->h, &s->c, good, &kept));
}

/* ---- Once, in order, and known again */

static void the_same_bytes_again_are_the_same_message(void **state)
{
    scene *s = *state;
    kept_body first, again;
    hk_slice words = house_seal(s->h, &s->c, "are you there?");
    must(house_send(s->h, &s->c, words, &first));
    must(house_send(s->h, &s->c, words, &again));
    assert_false(first.again);
    assert_true(again.again);
    assert_int_equal(first.position, again.position);
    assert_int_equal(first.at_ms, again.at_ms);
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM entries WHERE kind = 0"), 1);
}

static void a_repeat_is_known_even_when_the_epoch_moved_on(void **state)
{
    scene *s = *state;
    kept_body first, again, committed;
    hk_slice words = house_seal(s->h, &s->c, "before the change");
    must(house_send(s->h, &s->c, words, &first)); /* and the answer was lost */
    must(house_catch_up(s->h, &s->a));
    vault_made_commit made = scene_rotate(&s->a);
    must(house_commit(s->h, &s->a, &made, &committed));
    must(house_send(s->h, &s->c, words, &again));
    assert_true(again.again);
    assert_int_equal(first.position, again.position);
}

static void other_bytes_under_one_number_are_a_conflict(void **state)
{
    scene *s = *state;
    kept_body kept;
    house_talk clone = s->c; /* the same unlock on a cloned machine */
    must(house_send(s->h, &s->c, house_seal(s->h, &s->c, "one"), &kept));
    refuses(HK_CONFLICT, house_send(s->h, &clone, house_seal(s->h, &clone, "two"), &kept));
    assert_string_equal(s->h->code, "stream_conflict");
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM entries WHERE kind = 0"), 1);
    house_talk thief = s->a; /* another member under the client's stream */
    thief.stream.id = s->c.stream.id;
    thief.stream.n = 1;
    must(house_catch_up(s->h, &thief));
    refuses(HK_CONFLICT, house_send(s->h, &thief, house_seal(s->h, &thief, "three"), &kept));
    assert_string_equal(s->h->code, "stream_conflict");
}

static void a_message_does_not_overtake_the_one_before(void **state)
{
    scene *s = *state;
    kept_body kept;
    hk_slice first = house_seal(s->h, &s->c, "first"), second = house_seal(s->h, &s->c, "second");
    refuses(HK_CONFLICT, house_send(s->h, &s->c, second, &kept));
    assert_string_equal(s->h->code, "out_of_order");
    must(house_send(s->h, &s->c, first, &kept));
    must(house_send(s->h, &s->c, second, &kept));
    assert_int_equal(kept.position, 3);
}

static void words_of_an_old_epoch_are_not_stored(void **state)
{
    scene *s = *state;
    kept_body kept;
    hk_slice late = house_seal(s->h, &s->c, "sealed before the change");
    vault_made_commit made = scene_rotate(&s->a);
    must(house_commit(s->h, &s->a, &made, &kept));
    refuses(HK_CONFLICT, house_send(s->h, &s->c, late, &kept));
    assert_string_equal(s->h->code, "stale_epoch");
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM entries WHERE kind = 0"), 0);
    must(house_catch_up(s->h, &s->c));
    must(house_say(s->h, &s->c, "sealed again"));
    must(house_catch_up(s->h, &s->a));
    assert_int_equal(s->a.shown, 1);
}

static void a_sender_with_another_history_is_stopped(void **state)
{
    scene *s = *state;
    kept_body kept;
    must(house_say(s->h, &s->c, "one"));
    house_talk forked = s->c;
    forked.log.h[3] ^= 1;
    refuses(HK_CONFLICT, house_send(s->h, &forked, house_seal(s->h, &forked, "two"), &kept));
    assert_string_equal(s->h->code, "history_differs");
    forked = s->c;
    forked.log.position += 5; /* a place in the log that is not there yet */
    refuses(HK_BAD, house_send(s->h, &forked, house_seal(s->h, &forked, "two"), &kept));
}

static void a_sixty_fifth_stream_waits_for_a_new_epoch(void **state)
{
    scene *s = *state;
    kept_body kept;
    for (int i = 0; i < VAULT_STREAMS_MAX; i++) {
        vault_stream_make(&s->c.stream);
        must(house_send(s->h, &s->c, house_seal(s->h, &s->c, "."), &kept));
    }
    vault_stream_make(&s->c.stream);
    refuses(HK_TOO_MUCH, house_send(s->h, &s->c, house_seal(s->h, &s->c, "."), &kept));
    assert_string_equal(s->h->code, "too_many_streams");
    must(house_catch_up(s->h, &s->c));
    vault_made_commit made = scene_rotate(&s->c);
    must(house_commit(s->h, &s->c, &made, &kept));
    must(house_catch_up(s->h, &s->c));
    must(house_say(s->h, &s->c, "on we go"));
}

static void a_clock_that_is_a_day_off_changes_no_order_and_keeps_nobody_out(void **state)
{
    scene *s = *state;
    must(house_say(s->h, &s->c, "one"));
    s->h->now_ms -= HOUSE_DAY_MS;
    must(house_say(s->h, &s->c, "two, a day before"));
    s->h->now_ms += 2 * HOUSE_DAY_MS;
    hk_slice three = house_seal(s->h, &s->c, "three, a day after");
    refuses(HK_WHO,
            house_send(s->h, &s->c, three, &(kept_body){0})); /* sessions are over, and the words wait */
    must(house_sign_in(s->h, &s->client, RECORD_DEVICE));
    must(house_send(s->h, &s->c, three, &(kept_body){0}));
    must(house_catch_up(s->h, &s->c));
    s->h->now_ms -= HOUSE_DAY_MS;
    must(house_say(s->h, &s->c, "four, at the right time"));
    must(house_catch_up(s->h, &s->a));
    assert_int_equal(s->a.shown, 4);
    assert_int_equal(s->a.log.position, 5);
    assert_int_equal(
        house_count(s->h, "SELECT group_concat(position) = '2,3,4,5' FROM (SELECT position FROM entries "
                          "WHERE kind = 0 ORDER BY rowid)"),
        1);
}

/* ---- Deleting, receipts, telling */

static void only_its_sender_takes_a_message_back_and_the_history_stays_whole(void **state)
{
    scene *s = *state;
    kept_body kept;
    must(house_send(s->h, &s->c, house_seal(s->h, &s->c, "I regret this"), &kept));
    refuses(HK_NOT_THERE,
            house_call(s->h, &s->ana, "DELETE", scene_path(s, "/messages/2"), NULL, NULL, NULL, NULL));
    refuses(HK_NOT_THERE,
            house_call(s->h, &s->ana, "DELETE", scene_path(s, "/messages/1"), NULL, NULL, NULL, NULL));
    must(house_call(s->h, &s->client, "DELETE", scene_path(s, "/messages/2"), NULL, NULL, NULL, NULL));
    refuses(HK_NOT_THERE,
            house_call(s->h, &s->client, "DELETE", scene_path(s, "/messages/2"), NULL, NULL, NULL, NULL));
    assert_int_equal(
        house_count(s->h, "SELECT count(*) FROM entries WHERE kind = 2 AND sealed_bytes IS NULL"), 1);
    must(house_catch_up(s->h, &s->a)); /* every H is compared there */
    must(house_say(s->h, &s->a, "that is alright"));
    must(house_catch_up(s->h, &s->c));
    assert_int_equal(s->c.shown, 1);
}

static void everybody_in_it_hears_an_entry_but_the_connection_that_sent_it(void **state)
{
    scene *s = *state;
    house_connect(s->h, &s->ana, 1);
    house_connect(s->h, &s->ana, 2); /* two devices of one person */
    house_connect(s->h, &s->client, 3);
    house_connect(s->h, &s->stranger, 4);
    must(house_say(s->h, &s->c, "hello"));
    assert_int_equal(house_told_count(s->h, 1, "entry"), 1);
    assert_int_equal(house_told_count(s->h, 2, "entry"), 1);
    assert_int_equal(house_told_count(s->h, 3, "entry"), 1); /* sent over HTTP, so no connection sent it */
    assert_int_equal(house_told_count(s->h, 4, "entry"), 0);
    read_body read = {s->pair, 2};
    must(house_call(s->h, &s->ana, "SOCKET", "read", &READ, &read, NULL, NULL));
    must(house_call(s->h, &s->ana, "SOCKET", "read", &READ, &read, NULL, NULL)); /* nothing new */
    read.position = 3;
    refuses(HK_BAD, house_call(s->h, &s->ana, "SOCKET", "read", &READ, &read, NULL, NULL));
    assert_int_equal(house_told_count(s->h, 3, "read"), 1);
    typing_body typing = {s->pair, true};
    must(house_call(s->h, &s->ana, "SOCKET", "typing", &TYPING, &typing, NULL, NULL));
    assert_int_equal(house_told_count(s->h, 3, "typing"), 1);
    assert_int_equal(house_told_count(s->h, 1, "typing"), 0);
}

static void a_receipt_only_moves_forward(void **state)
{
    scene *s = *state;
    uint8_t early[VAULT_ENVELOPE_BYTES_MAX], late[VAULT_ENVELOPE_BYTES_MAX];
    size_t early_n, late_n;
    must(vault_receipt_seal(&s->c.log, &s->c.stream, s->h->now_ms, early, sizeof early, &early_n));
    must(house_say(s->h, &s->c, "one"));
    must(vault_receipt_seal(&s->c.log, &s->c.stream, s->h->now_ms, late, sizeof late, &late_n));
    receipt_body body = {hk_slice_of(late, late_n)};
    refuses(HK_BAD, house_call(s->h, &s->ana, "PUT", scene_path(s, "/receipt"), &RECEIPT, &body, NULL, NULL));
    must(house_call(s->h, &s->client, "PUT", scene_path(s, "/receipt"), &RECEIPT, &body, NULL, NULL));
    body.receipt = hk_slice_of(early, early_n);
    must(house_call(s->h, &s->client, "PUT", scene_path(s, "/receipt"), &RECEIPT, &body, NULL, NULL));
    assert_int_equal(house_count(s->h, "SELECT position FROM receipts"), 2);
    conversations_body theirs;
    must(house_get(s->h, &s->ana, "/api/conversations", &CONVERSATIONS, &theirs));
    const conversation_item *item = theirs.conversations.items;
    assert_int_equal(item->receipts.count, 1);
    account_id sender;
    int64_t position;
    must(house_catch_up(s->h, &s->a));
    must(
        vault_receipt_open(&s->a.log, ((receipt_item *)item->receipts.items)[0].receipt, &sender, &position));
    assert_int_equal(position, 2);
}

static void a_conversation_with_oneself_is_ones_own(void **state)
{
    scene *s = *state;
    static const uint8_t NO_FIRST_WORDS[VAULT_HASH_BYTES];
    static vault_made_commit made;
    static house_talk journal;
    vault_plan plan = {0};
    vault_member self;
    conversation_id conversation;
    kept_body kept;
    vault_make_id(conversation.b);
    vault_account_member(&s->client.me, VAULT_ROLE_CLIENT, &self);
    must(vault_plan_put(&plan, &self));
    must(vault_genesis_make(&s->client.me, &conversation, VAULT_KIND_PRIVATE, NO_FIRST_WORDS, &plan, &made));
    wrap_item wrap = {made.wrap_for[0], hk_slice_of(made.wraps[0], VAULT_WRAP_BYTES)};
    commit_body body = {hk_slice_of(made.bytes, made.n), {&wrap, 1}};
    assert_int_not_equal(house_post(s->h, &s->ana, "/api/conversations", &COMMIT, &body, NULL, NULL), HK_OK);
    must(house_post(s->h, &s->client, "/api/conversations", &COMMIT, &body, &KEPT, &kept));
    must(house_post(s->h, &s->client, "/api/conversations", &COMMIT, &body, &KEPT, &kept));
    assert_true(kept.again);
    house_talk_open(s->h, &s->client, conversation, &journal);
    must(house_say(s->h, &journal, "Dear diary"));
    refuses(HK_NOT_THERE,
            house_get(s->h, &s->ana,
                      house_path(s->h, "/api/conversations/%s/log", house_id(s->h, conversation.b)), NULL,
                      NULL));
}

static void a_second_device_reads_the_whole_history(void **state)
{
    scene *s = *state;
    static house_talk second;
    for (int i = 0; i < 20; i++)
        must(house_say(s->h, i % 2 ? &s->a : &s->c, "word") == HK_OK
                 ? house_catch_up(s->h, i % 2 ? &s->c : &s->a)
                 : HK_BAD);
    house_talk_open(s->h, &s->client, s->pair, &second);
    assert_int_equal(second.shown, 20);
    log_body log;
    must(house_get(s->h, &s->client, house_path(s->h, "%s?after=18&limit=2", scene_path(s, "/log")), &LOG,
                   &log));
    assert_int_equal(log.entries.count, 2);
    assert_int_equal(((entry_item *)log.entries.items)[0].position, 19);
    refuses(HK_BAD,
            house_get(s->h, &s->client, house_path(s->h, "%s?limit=501", scene_path(s, "/log")), NULL, NULL));
    refuses(HK_BAD,
            house_get(s->h, &s->client, house_path(s->h, "%s?limit=0", scene_path(s, "/log")), NULL, NULL));
}

/* ---- With the n-th allocation failing */

static void no_memory_is_never_an_acknowledgement(void **state)
{
    scene *s = *state;
    hk_slice words = house_seal(s->h, &s->c, "through");
    kept_body kept;
    hk_err err = HK_NO_MEMORY;
    uint64_t tries = 0;
    while (err != HK_OK) {
        s->h->requests.fail_at = ++tries;
        assert_true(tries < 200);
        err = house_send(s->h, &s->c, words, &kept);
        s->h->requests.fail_at = 0;
        assert_int_equal(house_count(s->h, "SELECT count(*) FROM entries WHERE kind = 0"), err == HK_OK);
        assert_true(err == HK_OK || err == HK_NO_MEMORY);
    }
    assert_true(tries > 5);
    assert_false(kept.again);
    vault_made_commit made = scene_rotate(&s->a);
    for (err = HK_NO_MEMORY, tries = 0; err != HK_OK;) {
        s->h->requests.fail_at = ++tries;
        assert_true(tries < 200);
        err = house_commit(s->h, &s->a, &made, &kept);
        s->h->requests.fail_at = 0;
        assert_int_equal(house_count(s->h, "SELECT count(*) FROM second.wraps"), err == HK_OK ? 6 : 4);
        assert_int_equal(house_count(s->h, "SELECT count(*) FROM commits"), err == HK_OK ? 3 : 2);
    }
    assert_true(tries > 5);
    static const char *const READS[] = {"/api/conversations", "/api/session", "/api/place"};
    for (size_t i = 0; i < HK_COUNT(READS); i++)
        for (err = HK_NO_MEMORY, tries = 0; err != HK_OK;) {
            s->h->requests.fail_at = ++tries;
            assert_true(tries < 400);
            err = house_get(s->h, &s->client, READS[i], NULL, NULL);
            s->h->requests.fail_at = 0;
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)
        TEST(another_pairs_conversation_is_not_there),
        TEST(nobody_signed_out_reaches_anything),
        TEST(sql_in_a_parameter_is_only_something_that_is_not_there),
        TEST(a_message_under_anothers_name_or_for_another_room_is_refused),
        TEST(the_same_bytes_again_are_the_same_message),
        TEST(a_repeat_is_known_even_when_the_epoch_moved_on),
        TEST(other_bytes_under_one_number_are_a_conflict),
        TEST(a_message_does_not_overtake_the_one_before),
        TEST(words_of_an_old_epoch_are_not_stored),
        TEST(a_sender_with_another_history_is_stopped),
        TEST(a_sixty_fifth_stream_waits_for_a_new_epoch),
        TEST(a_clock_that_is_a_day_off_changes_no_order_and_keeps_nobody_out),
        TEST(only_its_sender_takes_a_message_back_and_the_history_stays_whole),
        TEST(everybody_in_it_hears_an_entry_but_the_connection_that_sent_it),
        TEST(a_receipt_only_moves_forward),
        TEST(a_conversation_with_oneself_is_ones_own),
        TEST(a_second_device_reads_the_whole_history),
        TEST(no_memory_is_never_an_acknowledgement),
    };
    return cmocka_run_group_tests_name("conversations", tests, NULL, NULL);
}
