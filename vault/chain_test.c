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

/* ---- Shape and sequence ---- */

static void members_stand_in_strict_order_each_once_and_at_most_sixteen(void **state)
{
    vault_plan plan = stage_plan_now(&S.place);
    vault_made_commit made;
    must(stage_author(&S.listener, &S.l.log, &plan, &MADE));
    made = MADE;
    memcpy(made.bytes + 159, MADE.bytes + 159 + VAULT_MEMBER_BYTES, VAULT_MEMBER_BYTES);
    memcpy(made.bytes + 159 + VAULT_MEMBER_BYTES, MADE.bytes + 159, VAULT_MEMBER_BYTES);
    stage_sign_again(&made, &S.listener);
    refuses(HK_BAD, stage_judge(&S.place, &made)); /* unsorted */
    made = MADE;
    memcpy(made.bytes + 159, MADE.bytes + 159 + VAULT_MEMBER_BYTES, VAULT_MEMBER_BYTES);
    stage_sign_again(&made, &S.listener);
    refuses(HK_BAD, stage_judge(&S.place, &made)); /* twice */
    made = MADE;
    made.bytes[158] = 17;
    refuses(HK_TOO_MUCH, stage_judge(&S.place, &made));
    made.bytes[158] = 0;
    refuses(HK_BAD, stage_judge(&S.place, &made));
}

static void a_plan_holds_sixteen_members_and_sixteen_consents(void **state)
{
    vault_plan plan = stage_plan_now(&S.place);
    vault_account who;
    for (uint8_t i = 3; i <= 16; i++) {
        stage_person(&who, (uint8_t)(i + 20));
        stage_plan_add(&plan, &who, VAULT_ROLE_RELATIVE);
    }
    vault_member m;
    stage_person(&who, 60);
    vault_account_member(&who, VAULT_ROLE_RELATIVE, &m);
    refuses(HK_TOO_MUCH, vault_plan_put(&plan, &m));
    for (size_t i = 0; i < VAULT_CONSENTS_MAX; i++)
        stage_plan_consent(&S.place, &plan, &S.client, i < 14 ? &who : &FRIEND, VAULT_ROLE_RELATIVE);
    uint8_t consent[VAULT_CONSENT_BYTES];
    stage_consent(&S.client, &S.place.conv, &who, VAULT_ROLE_RELATIVE, consent);
    refuses(HK_TOO_MUCH, vault_plan_consent(&plan, hk_slice_of(consent, sizeof consent)));
    plan.consent_count = 0;
    for (uint8_t i = 3; i <= 16; i++) {
        stage_person(&who, (uint8_t)(i + 20));
        stage_plan_consent(&S.place, &plan, &S.client, &who, VAULT_ROLE_RELATIVE);
    }
    stage_person(&who, 23);
    stage_plan_consent(&S.place, &plan, &S.client, &who, VAULT_ROLE_RELATIVE);
    stage_plan_consent(&S.place, &plan, &S.client, &who, VAULT_ROLE_RELATIVE);
    must(stage_author(&S.listener, &S.l.log, &plan, &MADE));
    assert_int_equal(MADE.n, VAULT_COMMIT_BYTES_MAX);
    vault_made_commit made = MADE;
    made.bytes[159 + 16 * VAULT_MEMBER_BYTES] = 17;
    refuses(HK_TOO_MUCH, stage_judge(&S.place, &made));
}

static void a_skipped_epoch_or_a_replaced_previous_commit_is_refused(void **state)
{
    vault_plan plan = stage_plan_now(&S.place);
    must(stage_author(&S.listener, &S.l.log, &plan, &MADE));
    vault_made_commit made = MADE;
    made.bytes[24 + 16 + 2 + 3]++; /* epoch */
    stage_sign_again(&made, &S.listener);
    refuses(HK_CONFLICT, stage_judge(&S.place, &made));
    made = MADE;
    made.bytes[24 + 16 + 2 + 4] ^= 1; /* prev */
    stage_sign_again(&made, &S.listener);
    refuses(HK_CONFLICT, stage_judge(&S.place, &made));
    made = MADE;
    made.bytes[24 + 16] = VAULT_KIND_GROUP; /* kind */
    stage_sign_again(&made, &S.listener);
    refuses(HK_REFUSED, stage_judge(&S.place, &made));
    made = MADE;
    made.bytes[24 + 16 + 1] = 4; /* an unknown flag */
    stage_sign_again(&made, &S.listener);
    refuses(HK_BAD, stage_judge(&S.place, &made));
    made = MADE;
    made.bytes[24]++; /* conversation */
    stage_sign_again(&made, &S.listener);
    refuses(HK_REFUSED, stage_judge(&S.place, &made));
    made = MADE;
    made.bytes[24 + 16 + 2 + 4 + 32 + 16 + 32]++; /* the hash of what began it */
    stage_sign_again(&made, &S.listener);
    refuses(HK_REFUSED, stage_judge(&S.place, &made));
    refuses(HK_BAD, vault_commit_check(&S.place.chain, hk_slice_of(MADE.bytes, MADE.n - 1), &S.place.chain));
    vault_made_commit longer = MADE;
    longer.n++;
    refuses(HK_BAD, stage_judge(&S.place, &longer));
    must(stage_judge(&S.place, &MADE));
    for (size_t n = 0; n < MADE.n; n++)
        refuses(HK_BAD, vault_commit_check(&S.place.chain, hk_slice_of(MADE.bytes, n), &S.place.chain));
}

static void a_conversation_ends_after_4096_commits(void **state)
{
    vault_plan plan = stage_plan_now(&S.place);
    S.l.log.chain.epoch = S.place.chain.epoch = VAULT_COMMITS_MAX - 1;
    must(vault_commit_make(&S.l.log, &plan, &MADE));
    S.l.log.chain.epoch = S.place.chain.epoch = VAULT_COMMITS_MAX;
    refuses(HK_TOO_MUCH, vault_commit_make(&S.l.log, &plan, &MADE));
}

static void a_chain_remembers_256_consents_and_no_more(void **state)
{
    vault_plan plan = stage_plan_with(&S.place, &SUPER, VAULT_ROLE_SUPERVISOR);
    stage_plan_consent(&S.place, &plan, &S.client, &SUPER, VAULT_ROLE_SUPERVISOR);
    S.l.log.chain.consent_count = VAULT_CHAIN_CONSENTS_MAX - 1;
    for (size_t i = 0; i < VAULT_CHAIN_CONSENTS_MAX; i++)
        vault_make_id(S.l.log.chain.consents[i]);
    must(vault_commit_make(&S.l.log, &plan, &MADE));
    S.l.log.chain.consent_count = VAULT_CHAIN_CONSENTS_MAX;
    refuses(HK_TOO_MUCH, vault_commit_make(&S.l.log, &plan, &MADE));
}

static void a_pair_begins_with_exactly_a_listener_and_a_client(void **state)
{
    uint8_t first[32] = {7};
    conversation_id conv = {{3}};
    vault_plan plan = {0};
    stage_plan_add(&plan, &S.listener, VAULT_ROLE_LISTENER);
    refuses(HK_REFUSED, vault_genesis_make(&S.listener, &conv, VAULT_KIND_PAIR, first, &plan, &MADE));
    stage_plan_add(&plan, &FRIEND, VAULT_ROLE_LISTENER);
    refuses(HK_REFUSED, vault_genesis_make(&S.listener, &conv, VAULT_KIND_PAIR, first, &plan, &MADE));
    stage_plan_add(&plan, &FRIEND, VAULT_ROLE_CLIENT);
    must(vault_genesis_make(&S.listener, &conv, VAULT_KIND_PAIR, first, &plan, &MADE));
    refuses(HK_REFUSED, vault_genesis_make(&FRIEND, &conv, VAULT_KIND_PAIR, first, &plan, &MADE));
    stage_plan_add(&plan, &SUPER, VAULT_ROLE_SUPERVISOR);
    refuses(HK_REFUSED, vault_genesis_make(&S.listener, &conv, VAULT_KIND_PAIR, first, &plan, &MADE));
    plan = (vault_plan){0};
    stage_plan_add(&plan, &S.client, VAULT_ROLE_CLIENT);
    stage_plan_add(&plan, &S.listener, VAULT_ROLE_LISTENER);
    stage_plan_add(&plan, &FRIEND, VAULT_ROLE_RELATIVE);
    refuses(HK_REFUSED, vault_genesis_make(&S.listener, &conv, VAULT_KIND_PAIR, first, &plan, &MADE));
}

static void a_beginning_is_of_a_known_kind_has_epoch_one_nothing_before_it_and_no_flag(void **state)
{
    uint8_t first[32] = {7};
    conversation_id conv = {{3}};
    vault_chain none = {0}, chain;
    vault_plan plan = {0};
    vault_made_commit made;
    stage_plan_add(&plan, &S.client, VAULT_ROLE_CLIENT);
    stage_plan_add(&plan, &S.listener, VAULT_ROLE_LISTENER);
    must(vault_genesis_make(&S.listener, &conv, VAULT_KIND_PAIR, first, &plan, &MADE));
    static const struct {
        size_t at;
        uint8_t value;
        hk_err err;
    } bends[] = {
        {24 + 16, 0, HK_BAD},
        {24 + 16, 4, HK_BAD},
        {24 + 16 + 2 + 3, 2, HK_CONFLICT},
        {24 + 16 + 2 + 3, 0, HK_CONFLICT},
        {24 + 16 + 2 + 4, 1, HK_CONFLICT},
        {24 + 16 + 1, VAULT_FLAG_REPLACE, HK_BAD},
        {24 + 16 + 1, VAULT_FLAG_RESUME, HK_BAD},
    };
    for (size_t i = 0; i < HK_COUNT(bends); i++) {
        made = MADE;
        made.bytes[bends[i].at] = bends[i].value;
        stage_sign_again(&made, &S.listener);
        refuses(bends[i].err, vault_commit_check(&none, hk_slice_of(made.bytes, made.n), &chain));
    }
    must(vault_commit_check(&none, hk_slice_of(MADE.bytes, MADE.n), &chain));
}

static void a_private_conversation_has_one_member_for_ever(void **state)
{
    uint8_t zero[32] = {0};
    conversation_id conv = {{4}};
    vault_chain none = {0}, chain;
    vault_plan plan = {0};
    stage_plan_add(&plan, &S.client, VAULT_ROLE_CLIENT);
    must(vault_genesis_make(&S.client, &conv, VAULT_KIND_PRIVATE, zero, &plan, &MADE));
    must(vault_commit_check(&none, hk_slice_of(MADE.bytes, MADE.n), &chain));
    stage_plan_add(&plan, &FRIEND, VAULT_ROLE_RELATIVE);
    refuses(HK_REFUSED, vault_genesis_make(&S.client, &conv, VAULT_KIND_PRIVATE, zero, &plan, &MADE));
    stage_device d;
    stage_device_open(&d, &S.client, &conv);
    d.log.chain = chain;
    refuses(HK_REFUSED, stage_author(&S.client, &d.log, &plan, &MADE));
    vault_plan_from(&chain, &plan);
    uint8_t consent[VAULT_CONSENT_BYTES];
    stage_consent(&S.client, &conv, &S.client, VAULT_ROLE_CLIENT,
                  consent); /* a consent has no meaning here */
    must(vault_plan_consent(&plan, hk_slice_of(consent, sizeof consent)));
    refuses(HK_REFUSED, stage_author(&S.client, &d.log, &plan, &MADE));
    stage_device_done(&d);
}

static void in_a_group_the_host_says_yes_and_so_does_each_client(void **state)
{
    uint8_t zero[32] = {0};
    conversation_id conv = {{5}};
    vault_plan plan = {0};
    stage_plan_add(&plan, &S.listener, VAULT_ROLE_LISTENER);
    stage_plan_add(&plan, &S.client, VAULT_ROLE_CLIENT);
    refuses(HK_REFUSED, vault_genesis_make(&S.listener, &conv, VAULT_KIND_GROUP, zero, &plan, &MADE));
    uint8_t consent[VAULT_CONSENT_BYTES];
    stage_consent(&S.client, &conv, &S.client, VAULT_ROLE_CLIENT, consent);
    must(vault_plan_consent(&plan, hk_slice_of(consent, sizeof consent)));
    must(vault_genesis_make(&S.listener, &conv, VAULT_KIND_GROUP, zero, &plan, &MADE));
    vault_chain none = {0};
    stage_device d;
    stage_device_open(&d, &S.client, &conv);
    must(vault_commit_check(&none, hk_slice_of(MADE.bytes, MADE.n), &d.log.chain));
    vault_plan more;
    vault_plan_from(&d.log.chain, &more);
    stage_plan_add(&more, &FRIEND, VAULT_ROLE_CLIENT);
    stage_consent(&FRIEND, &conv, &FRIEND, VAULT_ROLE_CLIENT, consent);
    must(vault_plan_consent(&more, hk_slice_of(consent, sizeof consent)));
    refuses(HK_REFUSED, stage_author(&S.client, &d.log, &more, &MADE)); /* the host did not say so */
    must(stage_author(&S.listener, &d.log, &more, &MADE));
    stage_consent(&S.listener, &conv, &FRIEND, VAULT_ROLE_CLIENT, consent);
    must(vault_plan_consent(&more, hk_slice_of(consent, sizeof consent)));
    must(stage_author(&S.client, &d.log, &more, &MADE)); /* now by consent */
    vault_plan without_host;
    vault_plan_from(&d.log.chain, &without_host);
    must(vault_plan_remove(&without_host, &S.listener.id));
    refuses(HK_REFUSED, stage_author(&S.client, &d.log, &without_host, &MADE));
    vault_plan host_steps_down;
    vault_plan_from(&d.log.chain, &host_steps_down);
    stage_plan_add(&host_steps_down, &S.listener, VAULT_ROLE_RELATIVE);
    refuses(HK_REFUSED, stage_author(&S.listener, &d.log, &host_steps_down, &MADE));
    stage_device_done(&d);
}

static void a_chain_survives_as_bytes_and_refuses_anything_else(void **state)
{
    uint8_t bytes[VAULT_CHAIN_BYTES_MAX + 1];
    size_t n;
    vault_chain back;
    must(vault_chain_encode(&S.place.chain, bytes, sizeof bytes, &n));
    must(vault_chain_decode(hk_slice_of(bytes, n), &back));
    assert_memory_equal(&back, &S.place.chain, sizeof back);
    refuses(HK_BAD, vault_chain_decode(hk_slice_of(bytes, n - 1), &back));
    refuses(HK_BAD, vault_chain_decode(hk_slice_of(bytes, n + 1), &back));
    bytes[0] = 2;
    refuses(HK_BAD, vault_chain_decode(hk_slice_of(bytes, n), &back));
    vault_chain full = S.place.chain;
    full.member_count = VAULT_MEMBERS_MAX;
    full.consent_count = VAULT_CHAIN_CONSENTS_MAX;
    must(vault_chain_encode(&full, bytes, sizeof bytes, &n));
    assert_int_equal(n, VAULT_CHAIN_BYTES_MAX);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(members_stand_in_strict_order_each_once_and_at_most_sixteen),
        T(a_plan_holds_sixteen_members_and_sixteen_consents),
        T(a_skipped_epoch_or_a_replaced_previous_commit_is_refused),
        T(a_conversation_ends_after_4096_commits),
        T(a_chain_remembers_256_consents_and_no_more),
        T(a_pair_begins_with_exactly_a_listener_and_a_client),
        T(a_beginning_is_of_a_known_kind_has_epoch_one_nothing_before_it_and_no_flag),
        T(a_private_conversation_has_one_member_for_ever),
        T(in_a_group_the_host_says_yes_and_so_does_each_client),
        T(a_chain_survives_as_bytes_and_refuses_anything_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
