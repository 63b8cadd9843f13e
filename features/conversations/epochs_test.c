/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who is in a conversation: commits, wraps, leaving, time running out, the power cut.
 */
#include "features/conversations/scene_test.h"

static void two_commits_at_once_and_the_first_wins(void **state)
{
    scene *s = *state;
    kept_body kept, again;
    vault_made_commit anas = scene_rotate(&s->a), clients = scene_rotate(&s->c);
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
    vault_made_commit made = scene_rotate(&s->a), bad = made;
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
    must(house_get(s->h, &s->ben, scene_path(s, "/log"), &LOG, &log));
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
    refuses(HK_NOT_THERE, house_get(s->h, &s->ana, scene_path(s, "/log"), NULL, NULL));
    send_body send = {s->pair, house_seal(s->h, &s->a, "still here")};
    refuses(HK_NOT_THERE, house_call(s->h, &s->ana, "SOCKET", "send", &SEND, &send, NULL, NULL));
    read_body read = {s->pair, 1};
    refuses(HK_NOT_THERE, house_call(s->h, &s->ana, "SOCKET", "read", &READ, &read, NULL, NULL));
    typing_body typing = {s->pair, true};
    refuses(HK_NOT_THERE, house_call(s->h, &s->ana, "SOCKET", "typing", &TYPING, &typing, NULL, NULL));
    must(house_catch_up(s->h, &s->c));
    must(house_say(s->h, &s->c, "alone now"));
    assert_int_equal(house_told_count(s->h, 21, "entry"), 0);
    conversations_body mine;
    must(house_get(s->h, &s->ana, "/api/conversations", &CONVERSATIONS, &mine));
    assert_int_equal(mine.conversations.count, 0);
}

/* Whoever is taken out hears that it goes on without them, on each of their devices, once, and nothing of it.
 */
static void only_who_is_taken_out_hears_that_it_goes_on_without_them(void **state)
{
    scene *s = *state;
    kept_body kept;
    vault_plan plan;
    static vault_made_commit made;
    house_connect(s->h, &s->ana, 25);
    house_connect(s->h, &s->ana, 26);
    house_connect(s->h, &s->client, 27);
    house_connect(s->h, &s->ben, 28);
    vault_plan_from(&s->a.log.chain, &plan); /* a listener takes out no client */
    must(vault_plan_remove(&plan, &s->client.me.id));
    assert_int_not_equal(vault_commit_make(&s->a.log, &plan, &made), HK_OK);
    vault_made_commit rotated =
        scene_rotate(&s->a); /* and a new epoch with the same people takes out nobody */
    must(house_commit(s->h, &s->a, &rotated, &kept));
    must(house_catch_up(s->h, &s->c));
    vault_plan_from(&s->c.log.chain, &plan);
    must(vault_plan_remove(&plan, &s->ana.me.id));
    must(vault_commit_make(&s->c.log, &plan, &made));
    refuses(HK_BAD, house_commit(s->h, &s->a, &made, &kept)); /* handed in by another */
    for (uint64_t connection = 25; connection <= 28; connection++)
        assert_int_equal(house_told_count(s->h, connection, "outside"), 0);
    int entries = house_told_count(s->h, 25, "entry");
    must(house_commit(s->h, &s->c, &made, &kept));
    must(house_commit(s->h, &s->c, &made, &kept)); /* its answer was lost */
    assert_int_equal(house_told_count(s->h, 25, "outside"), 1);
    assert_int_equal(house_told_count(s->h, 26, "outside"), 1);
    assert_int_equal(house_told_count(s->h, 27, "outside"), 0);
    assert_int_equal(house_told_count(s->h, 28, "outside"), 0);
    assert_int_equal(house_told_count(s->h, 25, "entry"), entries); /* the commit itself is not theirs */
    const char *id = house_id(s->h, s->pair.b);
    for (size_t i = 0; i < s->h->told_count; i++)
        if (strstr(s->h->told[i].text, "outside"))
            assert_non_null(strstr(s->h->told[i].text, id));
}

static void a_guest_cannot_read_after_leaving(void **state)
{
    scene *s = *state;
    uint8_t bytes[VAULT_LEAVE_BYTES];
    house_connect(s->h, &s->ana, 22);
    must(vault_leave_sign(&s->ana.me, &s->a.log.chain, bytes));
    leave_body body = {hk_slice_of(bytes, sizeof bytes)};
    refuses(HK_REFUSED, house_post(s->h, &s->client, scene_path(s, "/leave"), &LEAVE, &body, NULL,
                                   NULL)); /* not theirs */
    must(house_post(s->h, &s->ana, scene_path(s, "/leave"), &LEAVE, &body, NULL, NULL));
    must(house_say(s->h, &s->c, "are you there?"));
    assert_int_equal(house_told_count(s->h, 22, "entry"), 0);
    refuses(HK_NOT_THERE, house_get(s->h, &s->ana, scene_path(s, "/log"), NULL, NULL));
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
    must(house_get(s->h, &s->ben, scene_path(s, "/log"), NULL, NULL));
    house_connect(s->h, &s->ben, 23);
    s->h->now_ms += 1000;
    refuses(HK_NOT_THERE, house_get(s->h, &s->ben, scene_path(s, "/log"), NULL, NULL));
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
    refuses(HK_NOT_THERE,
            house_call(s->h, &s->ben, "PUT", scene_path(s, "/wraps"), &WRAP_AGAIN, &body, NULL, NULL));
    body.account = s->ben.me.id;
    refuses(HK_BAD,
            house_call(s->h, &s->ana, "PUT", scene_path(s, "/wraps"), &WRAP_AGAIN, &body, NULL, NULL));
    body.account = s->client.me.id;
    body.epoch = 2;
    refuses(HK_BAD,
            house_call(s->h, &s->ana, "PUT", scene_path(s, "/wraps"), &WRAP_AGAIN, &body, NULL, NULL));
    body.epoch = 1;
    must(house_call(s->h, &s->ana, "PUT", scene_path(s, "/wraps"), &WRAP_AGAIN, &body, NULL, NULL));
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
    vault_made_commit made = scene_rotate(&s->a);
    must(house_commit(s->h, &s->a, &made, &kept));
    must(house_catch_up(s->h, &s->c));
    must(house_say(s->h, &s->c, "with the right key"));
    assert_int_equal(house_count(s->h,
                                 "SELECT count(*) FROM second.wraps JOIN conversations USING (conversation) "
                                 "WHERE wraps.epoch = 2 AND conversations.epoch = 2"),
                     2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_open, scene_close)
        TEST(two_commits_at_once_and_the_first_wins),
        TEST(a_commit_comes_with_one_wrap_for_each_member),
        TEST(a_listener_lets_nobody_in_without_the_clients_consent),
        TEST(whoever_was_taken_out_finds_nothing_there),
        TEST(only_who_is_taken_out_hears_that_it_goes_on_without_them),
        TEST(a_guest_cannot_read_after_leaving),
        TEST(a_supervisors_time_runs_out),
        TEST(a_bad_wrap_is_replaced_by_whoever_has_the_key),
        TEST(a_power_cut_between_wraps_and_entry_leaves_nothing_for_good),
    };
    return cmocka_run_group_tests_name("epochs", tests, NULL, NULL);
}
