/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/house_test.h"

#include <stdlib.h>

/* Two pairs in one place: what one has, the other must not reach. */
typedef struct scene {
    house *h;
    person admin, ana, ben, client, stranger;
    conversation_id pair, other;
    house_talk a, c; /* ana's and the client's view of `pair` */
} scene;

static int open_scene(void **state)
{
    scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->h = house_open();
    house_admin(s->h, &s->admin);
    house_staff(s->h, &s->admin, ROLE_THERAPIST, true, &s->ana);
    house_staff(s->h, &s->admin, ROLE_PEER, false, &s->ben);
    house_team(s->h, &s->ana, (person *const[]){&s->ana, &s->ben}, 2);
    house_arrive(s->h, &s->client);
    house_arrive(s->h, &s->stranger);
    s->pair = house_pair(s->h, &s->client, &s->ana);
    s->other = house_pair(s->h, &s->stranger, &s->ben);
    house_talk_open(s->h, &s->ana, s->pair, &s->a);
    house_talk_open(s->h, &s->client, s->pair, &s->c);
    *state = s;
    return 0;
}

static int close_scene(void **state)
{
    scene *s = *state;
    house_close(s->h);
    free(s);
    return 0;
}

static const char *at(scene *s, const char *tail)
{
    return house_path(s->h, "/api/conversations/%s%s", house_id(s->h, s->pair.b), tail);
}

/* ---- Not yours is not there */

static void another_pairs_conversation_is_not_there(void **state)
{
    scene *s = *state;
    kept_body kept;
    hk_slice words = house_seal(s->h, &s->c, "only for Ana");
    person *const outside[] = {&s->stranger, &s->ben, &s->admin};
    for (size_t i = 0; i < HK_COUNT(outside); i++) {
        person *p = outside[i];
        refuses(HK_NOT_THERE, house_get(s->h, p, at(s, "/log"), NULL, NULL));
        refuses(HK_NOT_THERE,
                house_post(s->h, p, at(s, "/messages"), &MESSAGE, &((message_body){words}), &KEPT, &kept));
        refuses(HK_NOT_THERE, house_call(s->h, p, "DELETE", at(s, "/messages/1"), NULL, NULL, NULL, NULL));
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
    refuses(HK_WHO, house_get(s->h, &nobody, at(s, "/log"), NULL, NULL));
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
        assert_int_not_equal(
            house_get(s->h, &s->client, house_path(s->h, "%s?after=%s", at(s, "/log"), WORSE[i]), NULL, NULL),
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
    refuses(HK_NOT_THERE, house_post(s->h, &s->ben, at(s, "/messages"), &MESSAGE, &body, NULL, NULL));
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

static vault_made_commit rotate(house_talk *t)
{
    static vault_made_commit made;
    vault_plan plan;
    vault_plan_from(&t->log.chain, &plan);
    must(vault_commit_make(&t->log, &plan, &made));
    return made;
}

static void a_repeat_is_known_even_when_the_epoch_moved_on(void **state)
{
    scene *s = *state;
    kept_body first, again, committed;
    hk_slice words = house_seal(s->h, &s->c, "before the change");
    must(house_send(s->h, &s->c, words, &first)); /* and the answer was lost */
    must(house_catch_up(s->h, &s->a));
    vault_made_commit made = rotate(&s->a);
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
    vault_made_commit made = rotate(&s->a);
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
    vault_made_commit made = rotate(&s->c);
    must(house_commit(s->h, &s->c, &made, &kept));
    must(house_catch_up(s->h, &s->c));
    must(house_say(s->h, &s->c, "on we go"));
}

static void a_day_of_wrong_clock_changes_no_order(void **state)
{
    scene *s = *state;
    must(house_say(s->h, &s->c, "one"));
    s->h->now_ms -= HOUSE_DAY_MS / 8;
    must(house_say(s->h, &s->c, "two"));
    s->h->now_ms += HOUSE_DAY_MS / 8;
    must(house_say(s->h, &s->c, "three"));
    must(house_catch_up(s->h, &s->a));
    assert_int_equal(s->a.shown, 3);
    assert_int_equal(s->a.log.position, 4);
}

/* ---- Commits */

static void two_commits_at_once_and_the_first_wins(void **state)
{
    scene *s = *state;
    kept_body kept, again;
    vault_made_commit anas = rotate(&s->a), clients = rotate(&s->c);
    must(house_commit(s->h, &s->a, &anas, &kept));
    refuses(HK_CONFLICT, house_commit(s->h, &s->c, &clients, &again));
    assert_string_equal(s->h->code, "epoch_taken");
    must(house_commit(s->h, &s->a, &anas, &again)); /* its answer was lost */
    assert_true(again.again);
    assert_int_equal(again.position, kept.position);
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM entries WHERE kind = 1"), 3);
    must(house_catch_up(s->h, &s->c));
    must(house_say(s->h, &s->c, "with the new key"));
}

static void a_commit_comes_with_one_wrap_for_each_member(void **state)
{
    scene *s = *state;
    kept_body kept;
    vault_made_commit made = rotate(&s->a), bad = made;
    bad.wrap_count = 1;
    refuses(HK_BAD, house_commit(s->h, &s->a, &bad, &kept));
    assert_string_equal(s->h->code, "bad_wraps");
    bad = made;
    bad.wrap_for[1] = bad.wrap_for[0];
    refuses(HK_BAD, house_commit(s->h, &s->a, &bad, &kept));
    bad = made;
    bad.wrap_for[0] = s->ben.me.id;
    refuses(HK_BAD, house_commit(s->h, &s->a, &bad, &kept));
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM second.wraps"), 4);
    must(house_commit(s->h, &s->a, &made, &kept));
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM second.wraps"), 6);
}

static void a_listener_lets_nobody_in_without_the_clients_consent(void **state)
{
    scene *s = *state;
    kept_body kept;
    vault_plan plan;
    vault_member ben;
    static vault_made_commit made;
    vault_plan_from(&s->a.log.chain, &plan);
    vault_account_member(&s->ben.me, VAULT_ROLE_SUPERVISOR, &ben);
    must(vault_plan_put(&plan, &ben));
    assert_int_not_equal(vault_commit_make(&s->a.log, &plan, &made), HK_OK);
    vault_plan_from(&s->c.log.chain, &plan); /* the client may, and then Ben is in */
    must(vault_plan_put(&plan, &ben));
    must(vault_commit_make(&s->c.log, &plan, &made));
    refuses(HK_BAD, house_commit(s->h, &s->a, &made, &kept)); /* but not handed in by another */
    must(house_commit(s->h, &s->c, &made, &kept));
    log_body log;
    must(house_get(s->h, &s->ben, at(s, "/log"), &LOG, &log));
    assert_int_equal(log.entries.count, 1); /* from the commit that let him in */
    assert_int_equal(((entry_item *)log.entries.items)[0].position, kept.position);
}

static void whoever_was_taken_out_finds_nothing_there(void **state)
{
    scene *s = *state;
    kept_body kept;
    vault_plan plan;
    static vault_made_commit made;
    vault_plan_from(&s->c.log.chain, &plan);
    must(vault_plan_remove(&plan, &s->ana.me.id));
    must(vault_commit_make(&s->c.log, &plan, &made));
    house_connect(s->h, &s->ana, 21);
    must(house_commit(s->h, &s->c, &made, &kept));
    refuses(HK_NOT_THERE, house_get(s->h, &s->ana, at(s, "/log"), NULL, NULL));
    must(house_catch_up(s->h, &s->c));
    must(house_say(s->h, &s->c, "alone now"));
    assert_int_equal(house_told_count(s->h, 21, "entry"), 0);
    conversations_body mine;
    must(house_get(s->h, &s->ana, "/api/conversations", &CONVERSATIONS, &mine));
    assert_int_equal(mine.conversations.count, 0);
}

static void a_guest_cannot_read_after_leaving(void **state)
{
    scene *s = *state;
    uint8_t bytes[VAULT_LEAVE_BYTES];
    house_connect(s->h, &s->ana, 22);
    must(vault_leave_sign(&s->ana.me, &s->a.log.chain, bytes));
    leave_body body = {hk_slice_of(bytes, sizeof bytes)};
    refuses(HK_REFUSED,
            house_post(s->h, &s->client, at(s, "/leave"), &LEAVE, &body, NULL, NULL)); /* not theirs */
    must(house_post(s->h, &s->ana, at(s, "/leave"), &LEAVE, &body, NULL, NULL));
    must(house_say(s->h, &s->c, "are you there?"));
    assert_int_equal(house_told_count(s->h, 22, "entry"), 0);
    refuses(HK_NOT_THERE, house_get(s->h, &s->ana, at(s, "/log"), NULL, NULL));
    refuses(HK_NOT_THERE, house_send(s->h, &s->a, house_seal(s->h, &s->a, "late"), &(kept_body){0}));
    conversations_body mine;
    must(house_get(s->h, &s->client, "/api/conversations", &CONVERSATIONS, &mine));
    const conversation_item *item = mine.conversations.items;
    const member_item *members = item->members.items;
    for (size_t i = 0; i < item->members.count; i++)
        assert_int_equal(members[i].left, HK_ID_EQ(members[i].account, s->ana.me.id));
}

static void a_supervisors_time_runs_out(void **state)
{
    scene *s = *state;
    kept_body kept;
    vault_plan plan;
    vault_member ben;
    static vault_made_commit made;
    uint8_t consent[VAULT_CONSENT_BYTES];
    vault_consent what = {.conv = s->pair,
                          .client = s->client.me.id,
                          .subject = s->ben.me.id,
                          .role = VAULT_ROLE_SUPERVISOR,
                          .from_epoch = 2,
                          .until_ms = s->h->now_ms + 1000};
    memcpy(what.subject_ik, s->ben.me.ik, sizeof what.subject_ik);
    must(vault_consent_sign(&s->client.me, &what, consent));
    vault_plan_from(&s->a.log.chain, &plan);
    vault_account_member(&s->ben.me, VAULT_ROLE_SUPERVISOR, &ben);
    must(vault_plan_put(&plan, &ben));
    must(vault_plan_consent(&plan, hk_slice_of(consent, sizeof consent)));
    must(vault_commit_make(&s->a.log, &plan, &made));
    must(house_commit(s->h, &s->a, &made, &kept));
    must(house_get(s->h, &s->ben, at(s, "/log"), NULL, NULL));
    house_connect(s->h, &s->ben, 23);
    s->h->now_ms += 1000;
    refuses(HK_NOT_THERE, house_get(s->h, &s->ben, at(s, "/log"), NULL, NULL));
    must(house_catch_up(s->h, &s->c));
    must(house_say(s->h, &s->c, "without Ben"));
    assert_int_equal(house_told_count(s->h, 23, "entry"), 0);
}

static void a_bad_wrap_is_replaced_by_whoever_has_the_key(void **state)
{
    scene *s = *state;
    uint8_t wrap[VAULT_WRAP_BYTES];
    must(vault_wrap_again(&s->a.log, &s->client.me.id, wrap));
    wrap_again_body body = {1, s->client.me.id, hk_slice_of(wrap, sizeof wrap)};
    refuses(HK_NOT_THERE, house_call(s->h, &s->ben, "PUT", at(s, "/wraps"), &WRAP_AGAIN, &body, NULL, NULL));
    body.account = s->ben.me.id;
    refuses(HK_BAD, house_call(s->h, &s->ana, "PUT", at(s, "/wraps"), &WRAP_AGAIN, &body, NULL, NULL));
    body.account = s->client.me.id;
    body.epoch = 2;
    refuses(HK_BAD, house_call(s->h, &s->ana, "PUT", at(s, "/wraps"), &WRAP_AGAIN, &body, NULL, NULL));
    body.epoch = 1;
    must(house_call(s->h, &s->ana, "PUT", at(s, "/wraps"), &WRAP_AGAIN, &body, NULL, NULL));
    house_talk again;
    house_talk_open(s->h, &s->client, s->pair, &again);
    assert_true(vault_log_may_seal(&again.log));
}

static hk_err sweep(void *ctx, store_db *db)
{
    return conv_sweep(db, ctx);
}

static void a_power_cut_between_wraps_and_entry_leaves_nothing_for_good(void **state)
{
    scene *s = *state;
    kept_body kept;
    int64_t swept = -1;
    /* The second file was synced, the first was not: a commit's wraps stand there alone. */
    assert_int_equal(house_count(s->h,
                                 "INSERT INTO second.wraps SELECT conversation, 2, account, sealed_wrap FROM "
                                 "second.wraps WHERE epoch = 1 RETURNING epoch"),
                     2);
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM second.wraps WHERE epoch = 2"), 4);
    must(store_write_now(s->h->store, sweep, &swept));
    assert_int_equal(swept, 2); /* two conversations */
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM second.wraps WHERE epoch = 2"), 0);
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM second.wraps"), 4);
    /* And if nobody swept: the next commit of this epoch takes their place whole. */
    (void)house_count(s->h,
                      "INSERT INTO second.wraps SELECT conversation, 2, x'00', sealed_wrap FROM second.wraps "
                      "WHERE epoch = 1 RETURNING epoch");
    vault_made_commit made = rotate(&s->a);
    must(house_commit(s->h, &s->a, &made, &kept));
    must(house_catch_up(s->h, &s->c));
    must(house_say(s->h, &s->c, "with the right key"));
    assert_int_equal(house_count(s->h,
                                 "SELECT count(*) FROM second.wraps JOIN conversations USING (conversation) "
                                 "WHERE wraps.epoch = 2 AND conversations.epoch = 2"),
                     2);
}

/* ---- Deleting, receipts, telling */

static void only_its_sender_takes_a_message_back_and_the_history_stays_whole(void **state)
{
    scene *s = *state;
    kept_body kept;
    must(house_send(s->h, &s->c, house_seal(s->h, &s->c, "I regret this"), &kept));
    refuses(HK_NOT_THERE, house_call(s->h, &s->ana, "DELETE", at(s, "/messages/2"), NULL, NULL, NULL, NULL));
    refuses(HK_NOT_THERE, house_call(s->h, &s->ana, "DELETE", at(s, "/messages/1"), NULL, NULL, NULL, NULL));
    must(house_call(s->h, &s->client, "DELETE", at(s, "/messages/2"), NULL, NULL, NULL, NULL));
    refuses(HK_NOT_THERE,
            house_call(s->h, &s->client, "DELETE", at(s, "/messages/2"), NULL, NULL, NULL, NULL));
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
    refuses(HK_BAD, house_call(s->h, &s->ana, "PUT", at(s, "/receipt"), &RECEIPT, &body, NULL, NULL));
    must(house_call(s->h, &s->client, "PUT", at(s, "/receipt"), &RECEIPT, &body, NULL, NULL));
    body.receipt = hk_slice_of(early, early_n);
    must(house_call(s->h, &s->client, "PUT", at(s, "/receipt"), &RECEIPT, &body, NULL, NULL));
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
    must(house_get(s->h, &s->client, house_path(s->h, "%s?after=18&limit=2", at(s, "/log")), &LOG, &log));
    assert_int_equal(log.entries.count, 2);
    assert_int_equal(((entry_item *)log.entries.items)[0].position, 19);
    refuses(HK_BAD, house_get(s->h, &s->client, house_path(s->h, "%s?limit=501", at(s, "/log")), NULL, NULL));
    refuses(HK_BAD, house_get(s->h, &s->client, house_path(s->h, "%s?limit=0", at(s, "/log")), NULL, NULL));
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
    vault_made_commit made = rotate(&s->a);
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
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
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
        TEST(a_day_of_wrong_clock_changes_no_order),
        TEST(two_commits_at_once_and_the_first_wins),
        TEST(a_commit_comes_with_one_wrap_for_each_member),
        TEST(a_listener_lets_nobody_in_without_the_clients_consent),
        TEST(whoever_was_taken_out_finds_nothing_there),
        TEST(a_guest_cannot_read_after_leaving),
        TEST(a_supervisors_time_runs_out),
        TEST(a_bad_wrap_is_replaced_by_whoever_has_the_key),
        TEST(a_power_cut_between_wraps_and_entry_leaves_nothing_for_good),
        TEST(only_its_sender_takes_a_message_back_and_the_history_stays_whole),
        TEST(everybody_in_it_hears_an_entry_but_the_connection_that_sent_it),
        TEST(a_receipt_only_moves_forward),
        TEST(a_conversation_with_oneself_is_ones_own),
        TEST(a_second_device_reads_the_whole_history),
        TEST(no_memory_is_never_an_acknowledgement),
    };
    return cmocka_run_group_tests_name("conversations", tests, NULL, NULL);
}
