/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Who may change a conversation, and which key it uses: the malicious server, the malicious listener, the
 * leaver.
 */
#include "vault/stage_test.h"
#include "vault/state.h"

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

/* ---- Keys ---- */

static void encryption_keys_that_are_zero_or_of_small_order_are_refused(void **state)
{
    static const uint8_t small[][32] = {{0}, {1}, {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae,
                                                   0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
                                                   0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd,
                                                   0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00}};
    for (size_t i = 0; i < HK_COUNT(small); i++) {
        vault_plan plan = stage_plan_now(&S.place);
        vault_member copy = plan.members[1], *m = &copy;
        uint8_t message[VAULT_EKCERT_SIGNED];
        m->ek_serial = 2;
        memcpy(m->ek, small[i], 32);
        vault_ek_cert_signed(&m->account, m->ik, m->ek, 2, message);
        crypto_sign_detached(m->ek_cert, NULL, message, sizeof message, S.listener.ik_secret);
        refuses(HK_REFUSED, vault_member_check(m));
        must(vault_ek_cert_verify(&m->account, m->ik, m->ek, 2,
                                  m->ek_cert)); /* the certificate itself is right */
        vault_made_commit made = MADE;
        must(stage_author(&S.client, &S.c.log, &plan, &made));
        stage_bend_member(&made, 1, m, &S.client);
        refuses(HK_REFUSED, stage_judge(&S.place, &made));
    }
}

static void an_identity_key_that_is_not_a_proper_point_is_refused(void **state)
{
    static const uint8_t improper[][32] = {
        {1}, /* the neutral element */
        {0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
        {2}, /* not on the curve */
    };
    for (size_t i = 0; i < HK_COUNT(improper); i++) {
        vault_member m;
        vault_account_member(&FRIEND, VAULT_ROLE_RELATIVE, &m);
        memcpy(m.ik, improper[i], 32);
        refuses(HK_REFUSED, vault_member_check(&m));
    }
}

/* An identity key with a part of small order, and a certificate that verifies under it all the same:
 * libsodium's verification does not multiply by the cofactor, so the maker only needs k to be a multiple of
 * eight. */
static void certify_mixed_order(vault_member *m)
{
    static const uint8_t torsion[32] = {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
                                        0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
                                        0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05};
    uint8_t a[32] = {9}, r[32] = {1}, k[32], ka[32], hash[64], message[VAULT_EKCERT_SIGNED];
    crypto_hash_sha512_state h;
    assert_int_equal(crypto_scalarmult_ed25519_base_noclamp(m->ik, a), 0);
    assert_int_equal(crypto_core_ed25519_add(m->ik, m->ik, torsion), 0);
    vault_ek_cert_signed(&m->account, m->ik, m->ek, m->ek_serial, message);
    do {
        r[1]++;
        assert_int_equal(crypto_scalarmult_ed25519_base_noclamp(m->ek_cert, r), 0);
        crypto_hash_sha512_init(&h);
        crypto_hash_sha512_update(&h, m->ek_cert, 32);
        crypto_hash_sha512_update(&h, m->ik, 32);
        crypto_hash_sha512_update(&h, message, sizeof message);
        crypto_hash_sha512_final(&h, hash);
        crypto_core_ed25519_scalar_reduce(k, hash);
    } while (k[0] & 7);
    crypto_core_ed25519_scalar_mul(ka, k, a);
    crypto_core_ed25519_scalar_add(m->ek_cert + 32, r, ka);
}

static void an_identity_key_of_mixed_order_is_refused_though_its_signatures_verify(void **state)
{
    vault_member m;
    vault_account_member(&FRIEND, VAULT_ROLE_RELATIVE, &m);
    certify_mixed_order(&m);
    must(vault_ek_cert_verify(&m.account, m.ik, m.ek, m.ek_serial, m.ek_cert));
    refuses(HK_REFUSED, vault_member_check(&m));
}

static void a_key_changes_only_by_replace_and_an_older_encryption_key_never_returns(void **state)
{
    vault_account swapped = EVIL;
    swapped.id = S.listener.id;
    must(vault_account_derive(&S.listener.id, EVIL.ak, EVIL.ik_seed, EVIL.eks[0].seed, 1, &swapped));
    vault_plan plan = stage_plan_with(&S.place, &swapped, VAULT_ROLE_LISTENER);
    refuses(HK_REFUSED, stage_author(&S.client, &S.c.log, &plan, &MADE)); /* key swap later on */
    must(vault_account_rotate_ek(&S.listener));
    plan = stage_plan_with(&S.place, &S.listener, VAULT_ROLE_LISTENER);
    must(vault_commit_make(&S.l.log, &plan, &MADE));
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    stage_read(&S.c, &S.place);
    stage_read(&S.l, &S.place);
    assert_true(vault_log_may_seal(&S.l.log)); /* the new key opens the new wrap */
    plan = stage_plan_now(&S.place);
    vault_member *m = &plan.members[1];
    m->ek_serial = 1;
    memcpy(m->ek, S.listener.eks[1].pk, 32);
    memcpy(m->ek_cert, S.listener.eks[1].cert, 64);
    refuses(HK_REFUSED, stage_author(&S.client, &S.c.log, &plan, &MADE));
}

static void a_key_swapped_at_the_beginning_does_not_carry_its_owners_certificate(void **state)
{
    vault_plan plan = {0};
    stage_plan_add(&plan, &S.client, VAULT_ROLE_CLIENT);
    stage_plan_add(&plan, &S.listener, VAULT_ROLE_LISTENER);
    memcpy(plan.members[0].ek, EVIL.eks[0].pk, 32);
    uint8_t first[32] = {7};
    refuses(HK_REFUSED, vault_genesis_make(&S.listener, &S.place.conv, VAULT_KIND_PAIR, first, &plan, &MADE));
}

static void replace_changes_one_clients_keys_and_nothing_else(void **state)
{
    vault_account again;
    must(vault_account_make_again(&S.client.id, 2, &again));
    vault_plan plan = stage_plan_with(&S.place, &again, VAULT_ROLE_CLIENT);
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &plan, &MADE)); /* without the flag */
    plan.flags = VAULT_FLAG_REPLACE;
    must(stage_author(&S.listener, &S.l.log, &plan, &MADE));
    vault_plan more = plan;
    stage_plan_add(&more, &FRIEND, VAULT_ROLE_RELATIVE);
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &more, &MADE));
    more = plan;
    vault_account rotated = S.listener;
    must(vault_account_rotate_ek(&rotated));
    stage_plan_add(&more, &rotated, VAULT_ROLE_LISTENER);
    refuses(HK_REFUSED, stage_author(&rotated, &S.l.log, &more, &MADE));
    vault_plan nothing = stage_plan_now(&S.place);
    nothing.flags = VAULT_FLAG_REPLACE;
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &nothing, &MADE));
    vault_plan by_client = plan;
    refuses(HK_REFUSED, stage_author(&S.client, &S.c.log, &by_client, &MADE));
    must(stage_author(&S.listener, &S.l.log, &plan, &MADE));
    stage_sign_again(&MADE, &S.client); /* the same, signed by the client's old key */
    refuses(HK_REFUSED, stage_judge(&S.place, &MADE));
    vault_plan consented = plan;
    stage_plan_consent(&S.place, &consented, &S.client, &FRIEND, VAULT_ROLE_RELATIVE);
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &consented, &MADE));
}

/* A conversation of four: client, listener, a second listener, a relative. */
static void four(vault_account *second, vault_account *relative)
{
    vault_plan plan = stage_plan_now(&S.place);
    stage_person(second, 6);
    stage_person(relative, 7);
    stage_plan_add(&plan, second, VAULT_ROLE_LISTENER);
    stage_plan_add(&plan, relative, VAULT_ROLE_RELATIVE);
    must(vault_commit_make(&S.c.log, &plan, &MADE));
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    stage_read(&S.c, &S.place);
    stage_read(&S.l, &S.place);
}

static void with_replace_nobody_leaves_nobody_else_changes_and_no_role_moves(void **state)
{
    vault_account again, second, relative, other;
    vault_plan plan;
    four(&second, &relative);
    must(vault_account_make_again(&S.client.id, 2, &again));
    plan = stage_plan_with(&S.place, &again, VAULT_ROLE_CLIENT);
    plan.flags = VAULT_FLAG_REPLACE;
    must(stage_author(&S.listener, &S.l.log, &plan, &MADE));
    stage_drop_member(&MADE, 3, &S.listener); /* the relative is gone at the same time */
    refuses(HK_REFUSED, stage_judge(&S.place, &MADE));
    plan = stage_plan_now(&S.place);
    plan.flags = VAULT_FLAG_REPLACE;
    must(vault_account_make_again(&relative.id, 2, &other));
    stage_plan_add(&plan, &other, VAULT_ROLE_RELATIVE); /* it is not a client who is replaced */
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &plan, &MADE));
    must(vault_account_make_again(&second.id, 2, &other));
    plan = stage_plan_now(&S.place);
    plan.flags = VAULT_FLAG_REPLACE;
    stage_plan_add(&plan, &other, VAULT_ROLE_LISTENER);
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &plan, &MADE));
    plan = stage_plan_with(&S.place, &again, VAULT_ROLE_CLIENT);
    plan.flags = VAULT_FLAG_REPLACE;
    stage_plan_add(&plan, &relative, VAULT_ROLE_SUPERVISOR);
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &plan, &MADE));
    plan = stage_plan_now(&S.place);
    plan.flags = VAULT_FLAG_REPLACE;
    vault_member m;
    vault_account_member(&again, VAULT_ROLE_RELATIVE,
                         &m); /* new keys and another role for the client at once */
    must(vault_plan_put(&plan, &m));
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &plan, &MADE));
}

static void one_serial_names_one_encryption_key(void **state)
{
    vault_account other;
    uint8_t ek[32] = {1};
    must(vault_account_derive(&S.listener.id, S.listener.ak, S.listener.ik_seed, ek, 1, &other));
    vault_plan plan =
        stage_plan_with(&S.place, &other, VAULT_ROLE_LISTENER); /* another key under the same serial */
    refuses(HK_REFUSED, stage_author(&S.client, &S.c.log, &plan, &MADE));
    must(vault_account_derive(&S.listener.id, S.listener.ak, S.listener.ik_seed, S.listener.eks[0].seed, 2,
                              &other));
    plan = stage_plan_with(&S.place, &other, VAULT_ROLE_LISTENER); /* the same key under a new serial */
    refuses(HK_REFUSED, stage_author(&S.client, &S.c.log, &plan, &MADE));
}

static void a_consent_about_somebody_who_is_not_there_is_refused(void **state)
{
    vault_plan plan = stage_plan_now(&S.place);
    stage_plan_consent(&S.place, &plan, &S.client, &SUPER, VAULT_ROLE_SUPERVISOR);
    refuses(HK_REFUSED, stage_author(&S.listener, &S.l.log, &plan, &MADE));
}

static void each_consent_gives_its_terms_to_its_own_subject(void **state)
{
    vault_plan plan = stage_plan_with(&S.place, &SUPER, VAULT_ROLE_SUPERVISOR);
    stage_plan_add(&plan, &FRIEND, VAULT_ROLE_RELATIVE);
    stage_plan_consent(&S.place, &plan, &S.client, &SUPER, VAULT_ROLE_SUPERVISOR);
    must(stage_author(&S.client, &S.c.log, &plan, &MADE));
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    assert_int_equal(S.place.chain.until_ms[2], 1800000000000);
    assert_int_equal(S.place.chain.until_ms[0], 0);
    assert_int_equal(S.place.chain.until_ms[3], 0); /* the client's own word: no end */
    assert_int_equal(S.place.chain.from_epoch[3], 2);
    stage_read(&S.c, &S.place);
    plan = stage_plan_now(&S.place);
    must(vault_plan_remove(&plan, &S.listener.id));
    must(stage_author(&S.client, &S.c.log, &plan, &MADE));
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    assert_int_equal(S.place.chain.until_ms[1], 1800000000000); /* carried on, whoever else goes */
}

static void a_member_has_a_known_role_and_a_serial(void **state)
{
    vault_member m;
    uint8_t message[VAULT_EKCERT_SIGNED];
    for (uint8_t role = VAULT_ROLE_CLIENT; role <= VAULT_ROLE_INTERPRETER; role++) {
        vault_account_member(&FRIEND, role, &m);
        must(vault_member_check(&m));
    }
    vault_account_member(&FRIEND, 0, &m);
    refuses(HK_BAD, vault_member_check(&m));
    vault_account_member(&FRIEND, VAULT_ROLE_INTERPRETER + 1, &m);
    refuses(HK_BAD, vault_member_check(&m));
    vault_account_member(&FRIEND, VAULT_ROLE_RELATIVE, &m);
    m.ek_serial = 0;
    vault_ek_cert_signed(&m.account, m.ik, m.ek, 0, message);
    crypto_sign_detached(m.ek_cert, NULL, message, sizeof message, FRIEND.ik_secret);
    refuses(HK_BAD, vault_member_check(&m));
}

static void the_old_keys_consents_die_with_a_replace(void **state)
{
    vault_account again;
    uint8_t old_consent[VAULT_CONSENT_BYTES];
    stage_consent(&S.client, &S.place.conv, &SUPER, VAULT_ROLE_SUPERVISOR, old_consent);
    must(vault_account_make_again(&S.client.id, 2, &again));
    vault_plan plan = stage_plan_with(&S.place, &again, VAULT_ROLE_CLIENT);
    plan.flags = VAULT_FLAG_REPLACE;
    must(vault_commit_make(&S.l.log, &plan, &MADE));
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    stage_read(&S.l, &S.place);
    plan = stage_plan_with(&S.place, &SUPER, VAULT_ROLE_SUPERVISOR);
    must(vault_plan_consent(&plan, hk_slice_of(old_consent, sizeof old_consent)));
    refuses(HK_REFUSED, vault_commit_make(&S.l.log, &plan, &MADE));
}

/* ---- After a REPLACE: older words, passed on ---- */

typedef struct returned { /* the client came back with new keys, and the listener passed on what she has */
    vault_account me;
    vault_state state; /* the listener's */
    vault_kept_key keys[8];
    uint8_t first_ck[VAULT_KEY_BYTES];
    stage_device device;
} returned;
static returned R;

/* Words under the old key, then REPLACE, then words under the new one. */
static void replace_the_client(void)
{
    memset(&R, 0, sizeof R);
    vault_state_init(&R.state, &(vault_state_memory){.keys = R.keys, .key_cap = HK_COUNT(R.keys)});
    must(vault_state_keep_key(&R.state, &S.place.conv, 1, S.l.log.ck));
    memcpy(R.first_ck, S.l.log.ck, sizeof R.first_ck);
    assert_int_equal(stage_say(&S.c, &S.place, "before"), STAGE_STORED);
    stage_read(&S.l, &S.place);
    assert_int_equal(stage_say(&S.l, &S.place, "I hear you"), STAGE_STORED);
    must(vault_account_make_again(&S.client.id, 2, &R.me));
    vault_plan plan = stage_plan_with(&S.place, &R.me, VAULT_ROLE_CLIENT);
    plan.flags = VAULT_FLAG_REPLACE;
    stage_read(&S.l, &S.place);
    must(vault_commit_make(&S.l.log, &plan, &MADE));
    assert_int_equal(stage_commit(&S.place, &MADE), STAGE_STORED);
    stage_read(&S.l, &S.place);
    assert_int_equal(stage_say(&S.l, &S.place, "welcome back"), STAGE_STORED);
}

static void pass_on_to(const vault_account *who, uint8_t ret[static VAULT_WRAP_BYTES])
{
    vault_member m;
    vault_account_member(who, VAULT_ROLE_CLIENT, &m);
    must(vault_state_pass_on(&R.state, &S.place.conv, 1, &m, ret));
}

static void give_wrap(size_t entry, const uint8_t *wrap)
{
    stage_entry *e = &S.place.entries[entry];
    for (size_t i = 0; i < e->wrap_count; i++)
        if (HK_ID_EQ(e->wrap_for[i], S.client.id))
            memcpy(e->wraps[i], wrap, VAULT_WRAP_BYTES);
}

static void older_words_passed_on_are_read_and_never_called_verified(void **state)
{
    uint8_t wrap[VAULT_WRAP_BYTES];
    replace_the_client();
    pass_on_to(&R.me, wrap);
    give_wrap(0, wrap);
    stage_device_open(&R.device, &R.me, &S.place.conv);
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_COMMITTED);
    assert_false(vault_log_may_seal(&R.device.log));
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_SHOWN_PASSED_ON);
    assert_string_equal(R.device.last_text, "before");
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_SHOWN_PASSED_ON);
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_COMMITTED);
    assert_int_equal(R.device.last.flags, VAULT_FLAG_REPLACE);
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_SHOWN);
    assert_string_equal(R.device.last_text, "welcome back");
    assert_int_equal(stage_say(&R.device, &S.place, "it is me"), STAGE_STORED);
    stage_read(&S.l, &S.place);
    assert_string_equal(S.l.last_text, "it is me");
    stage_device_done(&R.device);
}

static void what_was_not_passed_on_stays_closed_and_the_rest_is_read(void **state)
{
    replace_the_client();
    stage_device_open(&R.device, &R.me, &S.place.conv);
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_COMMITTED);
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_BAD);
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_BAD);
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_COMMITTED);
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_SHOWN);
    stage_device_done(&R.device);
}

static void a_passed_on_key_is_the_one_the_commit_names_and_for_nobody_else(void **state)
{
    uint8_t wrap[VAULT_WRAP_BYTES];
    vault_member m;
    replace_the_client();
    pass_on_to(&EVIL, wrap); /* for another account */
    give_wrap(0, wrap);
    stage_device_open(&R.device, &R.me, &S.place.conv);
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_COMMITTED);
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_BAD);
    stage_device_done(&R.device);
    memset(R.keys[0].ck, 7, sizeof R.keys[0].ck); /* for the right one, another key */
    pass_on_to(&R.me, wrap);
    give_wrap(0, wrap);
    stage_device_open(&R.device, &R.me, &S.place.conv);
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_COMMITTED);
    assert_int_equal(stage_read_one(&R.device, &S.place), VAULT_BAD);
    stage_device_done(&R.device);
    vault_account_member(&R.me, VAULT_ROLE_CLIENT, &m);
    refuses(HK_NOT_THERE, vault_state_pass_on(&R.state, &S.place.conv, 2, &m, wrap));
    m.ek_cert[0] ^= 1;
    refuses(HK_REFUSED, vault_state_pass_on(&R.state, &S.place.conv, 1, &m, wrap));
}

/* Whose name stands with their own key needs their own tag, passed on or not. */
static void nobody_is_shown_untagged_words_as_passed_on_who_has_a_key_of_their_own(void **state)
{
    uint8_t sealed[VAULT_ENVELOPE_BYTES_MAX];
    size_t n = stage_seal(&S.c, "forged", NULL, sealed, sizeof sealed);
    sealed[n - 1] ^= 1;  /* a tag, */
    sealed[n - 49] ^= 1; /* and the other */
    stage_force(&S.place, hk_slice_of(sealed, n));
    assert_int_equal(stage_read_one(&S.l, &S.place), VAULT_BAD);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(encryption_keys_that_are_zero_or_of_small_order_are_refused),
        T(an_identity_key_that_is_not_a_proper_point_is_refused),
        T(an_identity_key_of_mixed_order_is_refused_though_its_signatures_verify),
        T(a_key_changes_only_by_replace_and_an_older_encryption_key_never_returns),
        T(a_key_swapped_at_the_beginning_does_not_carry_its_owners_certificate),
        T(replace_changes_one_clients_keys_and_nothing_else),
        T(with_replace_nobody_leaves_nobody_else_changes_and_no_role_moves),
        T(one_serial_names_one_encryption_key),
        T(a_consent_about_somebody_who_is_not_there_is_refused),
        T(each_consent_gives_its_terms_to_its_own_subject),
        T(a_member_has_a_known_role_and_a_serial),
        T(the_old_keys_consents_die_with_a_replace),
        T(older_words_passed_on_are_read_and_never_called_verified),
        T(what_was_not_passed_on_stays_closed_and_the_rest_is_read),
        T(a_passed_on_key_is_the_one_the_commit_names_and_for_nobody_else),
        T(nobody_is_shown_untagged_words_as_passed_on_who_has_a_key_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
