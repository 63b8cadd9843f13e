/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who may change a conversation, and which key it uses: the malicious server, the malicious listener, the
 * leaver.
 */
#include "vault/stage_test.h"

static stage_pair S;
static vault_account SUPER, FRIEND, EVIL;
static vault_made_commit MADE;

static int begin(void **state)
{
    stage_pair_open(&S);
    stage_person(&SUPER, 3);
    stage_person(&FRIEND, 4);
    stage_person(&EVIL, 5);
    return 0;
}

static int end(void **state)
{
    stage_pair_close(&S);
    return 0;
}

/* ---- M1: the key is the commit's ---- */

static void wraps_from_server(const vault_chain *chain, const uint8_t *ck, const vault_member *to,
                              uint8_t *ret)
{
    uint8_t seed[32] = {9};
    must(vault_derive_wrap(ck, &chain->conv, chain->epoch, to, seed, ret));
}

static void a_key_chosen_by_the_server_for_all_is_refused_and_nothing_can_be_sealed(void **state)
{
    uint8_t ck[32] = {1}, wrap[VAULT_WRAP_BYTES];
    vault_plan plan = stage_plan_now(&S.place);
    must(vault_commit_make(&S.l.log, &plan, &MADE));
    for (size_t i = 0; i < MADE.wrap_count; i++) {
        vault_chain next;
        must(vault_commit_check(&S.place.chain, hk_slice_of(MADE.bytes, MADE.n), &next));
        wraps_from_server(&next, ck, &next.members[i], wrap);
        memcpy(MADE.wraps[i], wrap, sizeof wrap);
    }
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    stage_read(&S.c, &S.place);
    stage_read(&S.l, &S.place);
    assert_true(S.c.log.stops & VAULT_STOP_LOCKED);
    assert_true(S.l.log.stops & VAULT_STOP_LOCKED);
    uint8_t out[2048];
    size_t n;
    vault_words words = stage_words("secret", NULL);
    refuses(HK_BUSY, vault_log_seal(&S.c.log, &S.c.stream, &words, out, sizeof out, &n));
}

static void a_key_chosen_by_the_server_for_one_is_refused_and_any_member_can_mend_it(void **state)
{
    uint8_t ck[32] = {1}, wrap[VAULT_WRAP_BYTES];
    vault_plan plan = stage_plan_now(&S.place);
    vault_chain next;
    must(vault_commit_make(&S.l.log, &plan, &MADE));
    must(vault_commit_check(&S.place.chain, hk_slice_of(MADE.bytes, MADE.n), &next));
    wraps_from_server(&next, ck, &next.members[0], MADE.wraps[0]);
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    stage_read(&S.c, &S.place);
    stage_read(&S.l, &S.place);
    assert_true(S.c.log.stops & VAULT_STOP_LOCKED);
    assert_true(vault_log_may_seal(&S.l.log));
    must(vault_wrap_again(&S.l.log, &S.client.id, wrap));
    must(vault_log_wrap(&S.c.log, hk_slice_of(wrap, sizeof wrap)));
    assert_int_equal(stage_say(&S.l, &S.place, "there you are"), STAGE_STORED);
    stage_read(&S.c, &S.place);
    assert_string_equal(S.c.last_text, "there you are");
}

static void without_the_check_value_the_servers_key_would_have_been_used(void **state)
{
    /* The attack is real: with the commit's ckc replaced by the server's own, the same wrap opens. */
    uint8_t ck[32] = {1}, wrap[VAULT_WRAP_BYTES];
    wraps_from_server(&S.c.log.chain, ck, &S.c.log.chain.members[0], wrap);
    refuses(HK_REFUSED, vault_log_wrap(&S.c.log, hk_slice_of(wrap, sizeof wrap)));
    vault_derive_ckc(ck, &S.c.log.chain.conv, S.c.log.chain.epoch, S.c.log.chain.ckc);
    must(vault_log_wrap(&S.c.log, hk_slice_of(wrap, sizeof wrap)));
}

static void a_wrap_of_another_epoch_conversation_or_account_is_refused(void **state)
{
    uint8_t seed[32] = {9}, wrap[VAULT_WRAP_BYTES];
    const vault_chain *chain = &S.l.log.chain;
    const uint8_t *ck = S.l.log.ck; /* the right key, so that only the labels differ */
    vault_member to = *vault_chain_member(chain, &S.client.id);
    conversation_id other = {{1}};
    must(vault_derive_wrap(ck, &chain->conv, chain->epoch + 1, &to, seed, wrap));
    refuses(HK_REFUSED, vault_log_wrap(&S.c.log, hk_slice_of(wrap, sizeof wrap)));
    must(vault_derive_wrap(ck, &other, chain->epoch, &to, seed, wrap));
    refuses(HK_REFUSED, vault_log_wrap(&S.c.log, hk_slice_of(wrap, sizeof wrap)));
    to.account = S.listener.id;
    must(vault_derive_wrap(ck, &chain->conv, chain->epoch, &to, seed, wrap));
    refuses(HK_REFUSED, vault_log_wrap(&S.c.log, hk_slice_of(wrap, sizeof wrap)));
    refuses(HK_REFUSED, vault_log_wrap(&S.c.log, hk_slice_of(S.place.entries[0].wraps[1], VAULT_WRAP_BYTES)));
    refuses(HK_REFUSED, vault_log_wrap(&S.c.log, hk_slice_of(wrap, sizeof wrap - 1)));
}

static void wraps_that_differ_between_members_lock_those_who_got_the_other_key(void **state)
{
    vault_plan plan = stage_plan_now(&S.place);
    vault_made_commit other;
    must(vault_commit_make(&S.l.log, &plan, &MADE));
    must(vault_commit_make(&S.l.log, &plan, &other));
    memcpy(MADE.wraps[0], other.wraps[0], VAULT_WRAP_BYTES); /* an author who plays two games */
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    stage_read(&S.c, &S.place);
    assert_true(S.c.log.stops & VAULT_STOP_LOCKED);
}

/* ---- M2: who may add whom ---- */

static void a_listener_adds_nobody_without_the_clients_word(void **state)
{
    for (uint8_t role = VAULT_ROLE_CLIENT; role <= VAULT_ROLE_INTERPRETER; role++) {
        vault_plan plan = stage_plan_with(&S.place, &FRIEND, role);
        refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &plan, &MADE));
        refuses(HK_REFUSED, stage_judge(&S.place, &MADE));
    }
}

static void the_client_adds_whom_she_wants_but_never_a_second_client(void **state)
{
    for (uint8_t role = VAULT_ROLE_LISTENER; role <= VAULT_ROLE_INTERPRETER; role++) {
        vault_plan plan = stage_plan_with(&S.place, &FRIEND, role);
        must(stage_author(&S.client, &S.c.log, &plan, &MADE));
    }
    vault_plan plan = stage_plan_with(&S.place, &FRIEND, VAULT_ROLE_CLIENT);
    refuses(HK_REFUSED, stage_author(&S.client, &S.c.log, &plan, &MADE));
}

static void a_supervisor_needs_the_clients_own_consent(void **state)
{
    vault_plan plan = stage_plan_with(&S.place, &SUPER, VAULT_ROLE_SUPERVISOR);
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &plan, &MADE)); /* without */
    vault_plan by_another = plan;
    stage_plan_consent(&S.place, &by_another, &EVIL, &SUPER, VAULT_ROLE_SUPERVISOR);
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &by_another, &MADE)); /* with another's */
    vault_plan forged = plan;
    stage_plan_consent(&S.place, &forged, &S.client, &SUPER, VAULT_ROLE_SUPERVISOR);
    /* signed by the listener in the client's name */
    crypto_sign_detached(forged.consents[0] + 149, NULL, forged.consents[0], 149, S.listener.ik_secret);
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &forged, &MADE));
    vault_plan good = plan;
    stage_plan_consent(&S.place, &good, &S.client, &SUPER, VAULT_ROLE_SUPERVISOR);
    must(stage_author(&S.listener, &S.l.log, &good, &MADE));
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    assert_int_equal(S.place.chain.until_ms[2], 1800000000000);
    assert_int_equal(S.place.chain.from_epoch[2], 2);
}

static void a_consent_for_another_key_role_or_conversation_counts_for_nothing(void **state)
{
    uint8_t consent[VAULT_CONSENT_BYTES];
    conversation_id elsewhere = {{8}};
    vault_plan plan = stage_plan_with(&S.place, &SUPER, VAULT_ROLE_SUPERVISOR), p = plan;
    vault_account impostor = EVIL;
    impostor.id = SUPER.id; /* the same name, another IK */
    stage_plan_consent(&S.place, &p, &S.client, &impostor, VAULT_ROLE_SUPERVISOR);
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &p, &MADE));
    p = plan;
    stage_plan_consent(&S.place, &p, &S.client, &SUPER, VAULT_ROLE_RELATIVE);
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &p, &MADE));
    p = plan;
    stage_consent(&S.client, &elsewhere, &SUPER, VAULT_ROLE_SUPERVISOR, consent);
    must(vault_plan_consent(&p, hk_slice_of(consent, sizeof consent)));
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &p, &MADE));
}

static void the_consents_carried_are_those_the_author_signed_for(void **state)
{
    uint8_t other[VAULT_CONSENT_BYTES];
    vault_consent parsed;
    vault_plan plan = stage_plan_with(&S.place, &SUPER, VAULT_ROLE_SUPERVISOR);
    stage_plan_consent(&S.place, &plan, &S.client, &SUPER, VAULT_ROLE_SUPERVISOR);
    must(stage_author(&S.listener, &S.l.log, &plan, &MADE));
    stage_consent(&S.client, &S.place.conv, &SUPER, VAULT_ROLE_SUPERVISOR, other); /* as good, but another */
    size_t at = MADE.n - VAULT_CONSENT_BYTES - 40 - 3 * 32;
    assert_memory_equal(MADE.bytes + at, plan.consents[0], VAULT_CONSENT_BYTES);
    memcpy(MADE.bytes + at, other, sizeof other);
    refuses(HK_BAD, stage_judge(&S.place, &MADE));
    must(vault_consent_parse(hk_slice_of(other, sizeof other), &parsed));
    refuses(HK_BAD, vault_consent_parse(hk_slice_of(other, sizeof other - 1), &parsed));
    uint8_t longer[VAULT_CONSENT_BYTES + 1] = {0};
    memcpy(longer, other, sizeof other);
    refuses(HK_BAD, vault_consent_parse(hk_slice_of(longer, sizeof longer), &parsed));
    longer[0] ^= 1;
    refuses(HK_BAD, vault_consent_parse(hk_slice_of(longer, sizeof other), &parsed));
    refuses(HK_BAD, vault_plan_consent(&plan, hk_slice_of(longer, sizeof other)));
}

static void a_consent_counts_once_in_a_chain(void **state)
{
    vault_plan plan = stage_plan_with(&S.place, &SUPER, VAULT_ROLE_SUPERVISOR);
    stage_plan_consent(&S.place, &plan, &S.client, &SUPER, VAULT_ROLE_SUPERVISOR);
    must(vault_commit_make(&S.l.log, &plan, &MADE));
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    stage_read(&S.l, &S.place);
    vault_plan out = stage_plan_now(&S.place);
    must(vault_plan_remove(&out, &SUPER.id));
    must(vault_commit_make(&S.l.log, &out, &MADE));
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    stage_read(&S.l, &S.place);
    vault_plan again = stage_plan_with(&S.place, &SUPER, VAULT_ROLE_SUPERVISOR);
    must(vault_plan_consent(&again, hk_slice_of(plan.consents[0], VAULT_CONSENT_BYTES)));
    refuses(HK_REFUSED, vault_commit_make(&S.l.log, &again, &MADE));
    vault_plan twice = stage_plan_with(&S.place, &SUPER, VAULT_ROLE_SUPERVISOR);
    stage_plan_consent(&S.place, &twice, &S.client, &SUPER, VAULT_ROLE_SUPERVISOR);
    must(vault_plan_consent(&twice, hk_slice_of(twice.consents[0], VAULT_CONSENT_BYTES)));
    refuses(HK_REFUSED, vault_commit_make(&S.l.log, &twice, &MADE));
}

static void nobody_is_promoted_without_the_clients_word(void **state)
{
    vault_plan plan = stage_plan_with(&S.place, &FRIEND, VAULT_ROLE_RELATIVE);
    must(vault_commit_make(&S.c.log, &plan, &MADE));
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    stage_read(&S.l, &S.place);
    stage_read(&S.c, &S.place);
    vault_plan up = stage_plan_with(&S.place, &FRIEND, VAULT_ROLE_LISTENER);
    refuses(HK_REFUSED, vault_commit_make(&S.l.log, &up, &MADE));
    vault_plan self_down = stage_plan_with(&S.place, &S.client, VAULT_ROLE_RELATIVE);
    refuses(HK_REFUSED, vault_commit_make(&S.l.log, &self_down, &MADE));
    refuses(HK_REFUSED, vault_commit_make(&S.c.log, &self_down, &MADE)); /* a pair has its client for ever */
    must(vault_commit_make(&S.c.log, &up, &MADE));
    stage_plan_consent(&S.place, &up, &S.client, &FRIEND, VAULT_ROLE_LISTENER);
    must(vault_commit_make(&S.l.log, &up, &MADE));
}

static void a_supervisor_relative_or_interpreter_commits_nothing(void **state)
{
    vault_plan plan = stage_plan_with(&S.place, &SUPER, VAULT_ROLE_SUPERVISOR);
    must(vault_commit_make(&S.c.log, &plan, &MADE));
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    stage_device d;
    stage_device_open(&d, &SUPER, &S.place.conv);
    stage_read(&d, &S.place);
    vault_plan adding = stage_plan_with(&S.place, &FRIEND, VAULT_ROLE_LISTENER);
    stage_plan_consent(&S.place, &adding, &S.client, &FRIEND, VAULT_ROLE_LISTENER);
    refuses(HK_REFUSED, stage_author(&SUPER, &d.log, &adding, &MADE));
    refuses(HK_REFUSED, stage_judge(&S.place, &MADE));
    stage_device_done(&d);
}

static void the_server_cannot_add_itself(void **state)
{
    vault_plan plan = stage_plan_with(&S.place, &EVIL, VAULT_ROLE_LISTENER);
    refuses(HK_REFUSED, stage_author(&EVIL, &S.l.log, &plan, &MADE)); /* in its own name */
    plan = stage_plan_with(&S.place, &EVIL, VAULT_ROLE_LISTENER);
    vault_account masked = EVIL;
    masked.id = S.client.id; /* in the client's name, with its own key */
    refuses(HK_REFUSED, stage_author(&masked, &S.l.log, &plan, &MADE));
    stage_force_commit(&S.place, &MADE);
    stage_read(&S.c, &S.place);
    assert_int_equal(S.c.last.finding, VAULT_BAD);
    assert_int_equal(S.c.log.chain.member_count, 2);
    assert_true(vault_log_may_seal(&S.c.log)); /* an invalid commit is a bad entry, without effect */
}

/* ---- Removing and leaving ---- */

static void the_client_is_removed_by_nobody(void **state)
{
    vault_plan plan = stage_plan_now(&S.place);
    must(vault_plan_remove(&plan, &S.client.id));
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &plan, &MADE));
}

static void nobody_authors_their_own_removal(void **state)
{
    vault_plan plan = stage_plan_now(&S.place);
    must(vault_plan_remove(&plan, &S.listener.id));
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &plan, &MADE));
    must(vault_plan_remove(&plan, &S.client.id));
    refuses(HK_REFUSED, stage_author(&S.client, &S.c.log, &plan, &MADE));
    plan = stage_plan_now(&S.place);
    must(stage_author(&S.listener, &S.l.log, &plan, &MADE));
    stage_drop_member(&MADE, 1, &S.listener); /* by a program of their own */
    refuses(HK_REFUSED, stage_judge(&S.place, &MADE));
    must(vault_plan_remove(&plan, &S.listener.id));
    must(stage_author(&S.client, &S.c.log, &plan, &MADE)); /* the client may send anyone away */
}

static void a_leave_is_signed_by_the_leaver_for_this_very_state(void **state)
{
    uint8_t leave[VAULT_LEAVE_BYTES];
    account_id who;
    must(vault_leave_sign(&S.listener, &S.place.chain, leave));
    must(vault_leave_check(&S.place.chain, hk_slice_of(leave, sizeof leave), &who));
    assert_true(HK_ID_EQ(who, S.listener.id));
    vault_chain later = S.place.chain;
    later.commit_hash[0] ^= 1;
    refuses(HK_CONFLICT, vault_leave_check(&later, hk_slice_of(leave, sizeof leave), &who));
    memcpy(leave + 24 + 16 + 32, S.client.id.b, 16); /* in the client's name */
    refuses(HK_REFUSED, vault_leave_check(&S.place.chain, hk_slice_of(leave, sizeof leave), &who));
    refuses(HK_BAD, vault_leave_check(&S.place.chain, hk_slice_of(leave, sizeof leave - 1), &who));
    must(vault_leave_sign(&S.listener, &S.place.chain, leave));
    later = S.place.chain;
    later.conv.b[0] ^= 1;
    refuses(HK_REFUSED, vault_leave_check(&later, hk_slice_of(leave, sizeof leave), &who));
    refuses(HK_REFUSED, vault_leave_sign(&EVIL, &S.place.chain, leave));
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(a_key_chosen_by_the_server_for_all_is_refused_and_nothing_can_be_sealed),
        T(a_key_chosen_by_the_server_for_one_is_refused_and_any_member_can_mend_it),
        T(without_the_check_value_the_servers_key_would_have_been_used),
        T(a_wrap_of_another_epoch_conversation_or_account_is_refused),
        T(wraps_that_differ_between_members_lock_those_who_got_the_other_key),
        T(a_listener_adds_nobody_without_the_clients_word),
        T(the_client_adds_whom_she_wants_but_never_a_second_client),
        T(a_supervisor_needs_the_clients_own_consent),
        T(a_consent_for_another_key_role_or_conversation_counts_for_nothing),
        T(the_consents_carried_are_those_the_author_signed_for),
        T(a_consent_counts_once_in_a_chain),
        T(nobody_is_promoted_without_the_clients_word),
        T(a_supervisor_relative_or_interpreter_commits_nothing),
        T(the_server_cannot_add_itself),
        T(the_client_is_removed_by_nobody),
        T(nobody_authors_their_own_removal),
        T(a_leave_is_signed_by_the_leaver_for_this_very_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
