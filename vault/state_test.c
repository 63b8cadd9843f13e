/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What an account remembers: the server that hands out an older state, two devices that learned different
 * things.
 */
#include "vault/stage_test.h"
#include "vault/state.h"

#define ROOM 32

typedef struct shelf {
    vault_pin pins[ROOM];
    vault_tip tips[ROOM];
    vault_kept_key keys[ROOM];
    vault_state state;
} shelf;

static vault_account ME, OTHER, FRIEND;
static shelf A, B;
static uint8_t OUT[16384];

static void shelf_open(shelf *s)
{
    memset(s, 0, sizeof *s);
    vault_state_memory memory = {s->pins, ROOM, s->tips, ROOM, s->keys, ROOM};
    vault_state_init(&s->state, &memory);
}

static int begin(void **state)
{
    stage_person(&ME, 1);
    stage_person(&OTHER, 2);
    stage_person(&FRIEND, 3);
    shelf_open(&A);
    shelf_open(&B);
    return 0;
}

static vault_tip tip_of(uint8_t conv, int64_t position)
{
    vault_tip tip = {.position = position, .member_count = 2};
    memset(tip.conv.b, conv, 16);
    tip.h[0] = (uint8_t)position;
    return tip;
}

static void fill(vault_state *s)
{
    uint8_t key[32] = {4};
    conversation_id conv = {{1}};
    team_id team = {{2}};
    must(vault_state_pin(s, &OTHER.id, OTHER.ik, VAULT_PIN_INVITE, 1000));
    must(vault_state_pin(s, &FRIEND.id, FRIEND.ik, VAULT_PIN_ROSTER, 2000));
    for (uint8_t i = 5; i > 0; i--) {
        vault_tip tip = tip_of(i, i * 10);
        must(vault_state_tip(s, &tip));
        must(vault_state_keep_key(s, &conv, i, key));
    }
    must(vault_state_place(s, key));
    must(vault_state_keep_ek(s, 1, key));
    must(vault_state_keep_ek(s, 2, key));
    must(vault_state_team(s, &team, 7));
    must(vault_state_audit(s, 12, key));
    s->t_seen = 3;
    s->m_seen = VAULT_M_DEFAULT;
    s->choices_n = 3;
    memcpy(s->choices, "abc", 3);
}

static bool same(const vault_state *one, const vault_state *two)
{
    static uint8_t first[16384], second[16384];
    hk_writer a = hk_writer_of(first, sizeof first), b = hk_writer_of(second, sizeof second);
    vault_state_encode(one, &a);
    vault_state_encode(two, &b);
    return !a.bad && hk_slice_eq(hk_writer_done(&a), hk_writer_done(&b));
}

static void a_state_comes_back_as_it_was(void **state)
{
    size_t n;
    fill(&A.state);
    must(vault_state_seal(&ME, 5, &A.state, OUT, sizeof OUT, &n));
    assert_int_equal(n, vault_state_size(&A.state));
    must(vault_state_open(&ME, 5, OUT, n, &B.state));
    assert_true(same(&A.state, &B.state));
    assert_true(sodium_is_zero(OUT, n)); /* the opened bytes do not stay behind */
}

static void an_older_state_another_account_and_every_flipped_bit_are_refused(void **state)
{
    size_t n;
    static uint8_t copy[16384];
    fill(&A.state);
    must(vault_state_seal(&ME, 5, &A.state, OUT, sizeof OUT, &n));
    memcpy(copy, OUT, n);
    refuses(HK_REFUSED, vault_state_open(&ME, 6, copy, n, &B.state)); /* handed out as the newer one */
    memcpy(copy, OUT, n);
    refuses(HK_REFUSED, vault_state_open(&OTHER, 5, copy, n, &B.state));
    for (size_t at = 0; at < n; at++) {
        memcpy(copy, OUT, n);
        copy[at] ^= 1;
        assert_int_not_equal(vault_state_open(&ME, 5, copy, n, &B.state), HK_OK);
    }
    refuses(HK_BAD, vault_state_open(&ME, 5, copy, 10, &B.state));
    refuses(HK_TOO_MUCH, vault_state_seal(&ME, 5, &A.state, OUT, n - 1, &n));
    refuses(HK_BAD, vault_state_seal(&ME, 0, &A.state, OUT, sizeof OUT, &n));
}

static void a_state_bigger_than_the_tables_is_refused_whole(void **state)
{
    size_t n;
    fill(&A.state);
    must(vault_state_seal(&ME, 5, &A.state, OUT, sizeof OUT, &n));
    B.state.memory.key_cap = 4;
    refuses(HK_TOO_MUCH, vault_state_open(&ME, 5, OUT, n, &B.state));
    assert_int_equal(B.state.key_count, 0);
    A.state.memory.pin_cap = 2;
    refuses(HK_TOO_MUCH, vault_state_pin(&A.state, &ME.id, ME.ik, VAULT_PIN_SPOKEN, 1));
}

static void a_different_key_for_a_pinned_person_is_a_conflict(void **state)
{
    must(vault_state_pin(&A.state, &OTHER.id, OTHER.ik, VAULT_PIN_ROSTER, 1000));
    refuses(HK_CONFLICT, vault_state_pin(&A.state, &OTHER.id, FRIEND.ik, VAULT_PIN_SPOKEN, 1001));
    must(vault_state_pin(&A.state, &OTHER.id, OTHER.ik, VAULT_PIN_SPOKEN, 2000));
    const vault_pin *pin = vault_state_find_pin(&A.state, &OTHER.id);
    assert_int_equal(pin->how, VAULT_PIN_SPOKEN); /* stronger */
    assert_int_equal(pin->when_ms, 1000);
    must(vault_state_pin(&A.state, &OTHER.id, OTHER.ik, VAULT_PIN_FIRST_SEEN, 3000));
    assert_int_equal(pin->how, VAULT_PIN_SPOKEN); /* never weaker */
    must(vault_state_repin(&A.state, &OTHER.id, FRIEND.ik, VAULT_PIN_REPLACED, 4000));
    assert_memory_equal(vault_state_find_pin(&A.state, &OTHER.id)->ik, FRIEND.ik, 32);
    refuses(HK_BAD, vault_state_pin(&A.state, &ME.id, ME.ik, VAULT_PIN_SPOKEN + 1, 1));
    refuses(HK_BAD, vault_state_pin(&A.state, &ME.id, ME.ik, 0, 1));
    refuses(HK_BAD, vault_state_pin(&A.state, &ME.id, ME.ik, VAULT_PIN_SPOKEN, -1));
    refuses(HK_BAD, vault_state_repin(&A.state, &OTHER.id, ME.ik, 0, 1));
    refuses(HK_BAD, vault_state_repin(&A.state, &OTHER.id, ME.ik, VAULT_PIN_SPOKEN, -1));
    must(vault_state_repin(&A.state, &ME.id, ME.ik, VAULT_PIN_SPOKEN,
                           1)); /* nobody was pinned: now they are */
}

static void merging_keeps_the_older_pin_and_shows_the_difference(void **state)
{
    must(vault_state_pin(&A.state, &OTHER.id, OTHER.ik, VAULT_PIN_ROSTER, 1000));
    must(vault_state_pin(&B.state, &OTHER.id, FRIEND.ik, VAULT_PIN_ROSTER, 900));
    must(vault_state_merge(&A.state, &B.state));
    const vault_pin *pin = vault_state_find_pin(&A.state, &OTHER.id);
    assert_memory_equal(pin->ik, FRIEND.ik, 32);
    assert_memory_equal(pin->other_ik, OTHER.ik, 32);
    begin(NULL);
    must(vault_state_pin(&A.state, &OTHER.id, OTHER.ik, VAULT_PIN_ROSTER, 1000));
    must(vault_state_pin(&B.state, &OTHER.id, FRIEND.ik, VAULT_PIN_ROSTER, 900));
    must(vault_state_merge(&B.state, &A.state)); /* the other way round: the same end */
    pin = vault_state_find_pin(&B.state, &OTHER.id);
    assert_memory_equal(pin->ik, FRIEND.ik, 32);
    assert_memory_equal(pin->other_ik, OTHER.ik, 32);
}

static void a_persons_decision_for_a_new_key_is_not_undone_by_a_device_that_missed_it(void **state)
{
    for (int way = 0; way < 2; way++) {
        begin(NULL);
        must(vault_state_pin(&A.state, &OTHER.id, OTHER.ik, VAULT_PIN_ROSTER, 900));
        must(vault_state_pin(&B.state, &OTHER.id, OTHER.ik, VAULT_PIN_ROSTER, 900));
        must(vault_state_repin(&A.state, &OTHER.id, FRIEND.ik, VAULT_PIN_SPOKEN, 2000));
        must(way ? vault_state_merge(&B.state, &A.state) : vault_state_merge(&A.state, &B.state));
        const vault_pin *pin = vault_state_find_pin(way ? &B.state : &A.state, &OTHER.id);
        assert_memory_equal(pin->ik, FRIEND.ik, 32);
        assert_int_equal(pin->how, VAULT_PIN_SPOKEN);
        assert_true(vault_is_zero(pin->other_ik, 32));
    }
    begin(NULL); /* but a weaker word does not outrank four spoken ones, however new it is */
    must(vault_state_pin(&A.state, &OTHER.id, OTHER.ik, VAULT_PIN_SPOKEN, 900));
    must(vault_state_pin(&B.state, &OTHER.id, FRIEND.ik, VAULT_PIN_REPLACED, 2000));
    must(vault_state_merge(&A.state, &B.state));
    const vault_pin *pin = vault_state_find_pin(&A.state, &OTHER.id);
    assert_memory_equal(pin->ik, OTHER.ik, 32);
    assert_memory_equal(pin->other_ik, FRIEND.ik, 32);
}

static void of_the_same_key_the_stronger_word_and_the_earlier_day_stay(void **state)
{
    must(vault_state_pin(&A.state, &OTHER.id, OTHER.ik, VAULT_PIN_ROSTER, 1000));
    must(vault_state_pin(&B.state, &OTHER.id, OTHER.ik, VAULT_PIN_SPOKEN, 900));
    must(vault_state_merge(&A.state, &B.state));
    const vault_pin *pin = vault_state_find_pin(&A.state, &OTHER.id);
    assert_int_equal(pin->how, VAULT_PIN_SPOKEN);
    assert_int_equal(pin->when_ms, 900);
    assert_true(sodium_is_zero(pin->other_ik, 32));
    must(vault_state_pin(&B.state, &ME.id, ME.ik, VAULT_PIN_ROSTER, 5));
    must(vault_state_pin(&A.state, &ME.id, FRIEND.ik, VAULT_PIN_ROSTER,
                         5)); /* the same day: one order for all */
    must(vault_state_merge(&A.state, &B.state));
    must(vault_state_merge(&B.state, &A.state));
    assert_memory_equal(vault_state_find_pin(&A.state, &ME.id)->ik,
                        vault_state_find_pin(&B.state, &ME.id)->ik, 32);
    must(vault_state_repin(&A.state, &ME.id, ME.ik, VAULT_PIN_SPOKEN, 6)); /* decided */
    assert_true(sodium_is_zero(vault_state_find_pin(&A.state, &ME.id)->other_ik, 32));
}

static void what_one_device_was_shown_the_other_learns(void **state)
{
    uint8_t other[32] = {3};
    must(vault_state_pin(&A.state, &OTHER.id, OTHER.ik, VAULT_PIN_ROSTER, 1000));
    must(vault_state_pin(&B.state, &OTHER.id, OTHER.ik, VAULT_PIN_ROSTER, 1000));
    memcpy(B.pins[0].other_ik, other, 32);
    must(vault_state_merge(&A.state, &B.state));
    assert_memory_equal(vault_state_find_pin(&A.state, &OTHER.id)->other_ik, other, 32);
    B.state.t_seen = 4;
    B.state.m_seen = 100;
    B.state.choices_n = 2;
    must(vault_state_audit(&B.state, 7, other));
    must(vault_state_merge(&A.state, &B.state));
    assert_int_equal(A.state.t_seen, 4);
    assert_int_equal(A.state.m_seen, 100);
    assert_int_equal(A.state.choices_n, 2);
    assert_int_equal(A.state.audit_count, 7);
    uint8_t place[32] = {1}, another[32] = {2};
    must(vault_state_place(&A.state, place));
    must(vault_state_place(&B.state, another));
    refuses(HK_CONFLICT,
            vault_state_merge(&A.state, &B.state)); /* two places under one account: never quietly */
}

static void tables_have_an_end_and_epochs_a_range(void **state)
{
    conversation_id conv = {{1}};
    uint8_t key[32] = {1};
    refuses(HK_BAD, vault_state_keep_key(&A.state, &conv, 0, key));
    refuses(HK_BAD, vault_state_keep_key(&A.state, &conv, VAULT_COMMITS_MAX + 1, key));
    for (uint32_t i = 1; i <= ROOM; i++) {
        vault_tip tip = tip_of((uint8_t)i, 1);
        must(vault_state_keep_key(&A.state, &conv, i, key));
        must(vault_state_tip(&A.state, &tip));
    }
    vault_tip more = tip_of(ROOM + 1, 1);
    refuses(HK_TOO_MUCH, vault_state_keep_key(&A.state, &conv, ROOM + 1, key));
    refuses(HK_TOO_MUCH, vault_state_tip(&A.state, &more));
    must(vault_state_keep_key(&A.state, &conv, 3, key)); /* what is there may be written again */
    refuses(HK_BAD, vault_state_keep_ek(&A.state, 0, key));
    for (uint32_t i = 1; i <= VAULT_EKS_MAX; i++)
        must(vault_state_keep_ek(&A.state, i, key));
    refuses(HK_TOO_MUCH, vault_state_keep_ek(&A.state, VAULT_EKS_MAX + 1, key));
    must(vault_state_keep_ek(&A.state, 1, key));
    uint8_t other[32] = {2};
    refuses(HK_CONFLICT, vault_state_keep_ek(&A.state, 1, other));
    for (uint8_t i = 0; i < VAULT_TEAMS_MAX; i++)
        must(vault_state_team(&A.state, &(team_id){{i}}, 1));
    refuses(HK_TOO_MUCH, vault_state_team(&A.state, &(team_id){{99}}, 1));
    must(vault_state_team(&A.state, &(team_id){{3}}, 5));
    must(vault_state_team(&A.state, &(team_id){{3}}, 4));
    assert_int_equal(vault_state_team_serial(&A.state, &(team_id){{3}}), 5); /* the highest that was seen */
}

static void merging_takes_the_further_tip_and_a_later_life_over_a_longer_one(void **state)
{
    vault_tip near = tip_of(1, 10), far = tip_of(1, 20), later = tip_of(1, 5);
    must(vault_state_tip(&A.state, &near));
    must(vault_state_tip(&B.state, &far));
    must(vault_state_merge(&A.state, &B.state));
    assert_int_equal(vault_state_find_tip(&A.state, &near.conv)->position, 20);
    must(vault_state_tip(&A.state, &near));
    assert_int_equal(vault_state_find_tip(&A.state, &near.conv)->position, 20); /* never back */
    later.resumed = 1;
    must(vault_state_tip(&A.state, &later));
    assert_int_equal(vault_state_find_tip(&A.state, &near.conv)->position, 5);
    must(vault_state_merge(&A.state, &B.state));
    assert_int_equal(vault_state_find_tip(&A.state, &near.conv)->position, 5);
}

static void two_devices_merge_to_the_same_state_in_either_order(void **state)
{
    static shelf c;
    uint8_t key[32] = {9};
    conversation_id conv = {{7}};
    fill(&A.state);
    fill(&B.state);
    must(vault_state_keep_key(&A.state, &conv, 1, key));
    must(vault_state_keep_key(&B.state, &conv, 2, key));
    vault_tip tip = tip_of(3, 99);
    must(vault_state_tip(&B.state, &tip));
    shelf_open(&c);
    must(vault_state_merge(&c.state, &A.state));
    must(vault_state_merge(&c.state, &B.state));
    must(vault_state_merge(&B.state, &A.state));
    assert_true(same(&B.state, &c.state));
    assert_int_equal(B.state.key_count, 7);
}

static void shredding_forgets_the_keys_and_the_tip_of_one_conversation(void **state)
{
    conversation_id conv = {{1}}, other = {{2}};
    uint8_t key[32] = {0xAB, 0xCD, 0xEF};
    memset(key, 0xAB, sizeof key);
    must(vault_state_keep_key(&A.state, &conv, 1, key));
    must(vault_state_keep_key(&A.state, &conv, 2, key));
    uint8_t others[32] = {1};
    must(vault_state_keep_key(&A.state, &other, 1, others));
    vault_state_forget(&A.state, &conv);
    assert_null(vault_state_find_key(&A.state, &conv, 1));
    assert_non_null(vault_state_find_key(&A.state, &other, 1));
    assert_null(memmem(&A, sizeof A, key, sizeof key));
}

static void a_place_key_that_changes_and_an_audit_chain_that_was_rebuilt_are_seen(void **state)
{
    uint8_t one[32] = {1}, two[32] = {2};
    must(vault_state_place(&A.state, one));
    must(vault_state_place(&A.state, one));
    refuses(HK_CONFLICT, vault_state_place(&A.state, two));
    must(vault_state_audit(&A.state, 10, one));
    refuses(HK_REFUSED, vault_state_audit(&A.state, 9, one));
    refuses(HK_REFUSED, vault_state_audit(&A.state, 10, two)); /* rebuilt whole */
    must(vault_state_audit(&A.state, 11, two));
    refuses(HK_BAD, vault_state_audit(&A.state, -1, two));
    refuses(HK_BAD, vault_state_audit(&A.state, HK_INT_MAX + 1, two));
}

static void an_unpinned_changed_or_expired_member_stops_sealing_and_nothing_else(void **state)
{
    static stage_pair s;
    const vault_member *who;
    stage_pair_open(&s);
    vault_state_trust(&A.state, &s.c.log, 1, &who);
    assert_true(s.c.log.stops & VAULT_STOP_UNPINNED);
    assert_memory_equal(who->account.b, s.listener.id.b, 16);
    must(vault_state_pin(&A.state, &s.listener.id, OTHER.eks[0].pk, VAULT_PIN_ROSTER,
                         1)); /* another key is pinned */
    vault_state_trust(&A.state, &s.c.log, 1, &who);
    assert_true(s.c.log.stops & VAULT_STOP_UNPINNED);
    must(vault_state_repin(&A.state, &s.listener.id, s.listener.ik, VAULT_PIN_ROSTER, 1));
    A.pins[0].other_ik[0] = 1; /* another device trusted another key */
    vault_state_trust(&A.state, &s.c.log, 1, &who);
    assert_true(s.c.log.stops & VAULT_STOP_UNPINNED);
    A.pins[0].other_ik[0] = 0;
    vault_state_trust(&A.state, &s.c.log, 1, &who);
    assert_true(vault_log_may_seal(&s.c.log));
    assert_null(who);
    s.c.log.chain.until_ms[1] = 1000;
    vault_state_trust(&A.state, &s.c.log, 999, &who);
    assert_true(vault_log_may_seal(&s.c.log));
    vault_state_trust(&A.state, &s.c.log, 1000, &who);
    assert_true(s.c.log.stops & VAULT_STOP_EXPIRED);
    assert_int_equal(stage_say(&s.l, &s.place, "still readable"), STAGE_STORED);
    stage_read(&s.c, &s.place);
    assert_int_equal(s.c.last.finding, VAULT_SHOWN);
    vault_plan plan;
    vault_made_commit made;
    vault_plan_from(&s.c.log.chain, &plan);
    must(vault_plan_remove(&plan, &s.listener.id));
    must(vault_commit_make(&s.c.log, &plan, &made)); /* what mends it is allowed */
    stage_pair_close(&s);
}

static void a_new_device_opens_old_words_with_the_kept_keys(void **state)
{
    static stage_pair s;
    static stage_device d;
    vault_plan plan;
    vault_made_commit made;
    vault_account rotated;
    stage_pair_open(&s);
    assert_int_equal(stage_say(&s.l, &s.place, "before your keys changed"), STAGE_STORED);
    must(vault_state_keep_ek(&A.state, 1, s.client.eks[0].seed));
    must(vault_state_keep_key(&A.state, &s.place.conv, 1, s.c.log.ck));
    rotated = s.client;
    must(vault_account_rotate_ek(&rotated));
    stage_device_done(&s.c);
    stage_device_open(&s.c, &rotated, &s.place.conv);
    stage_read(&s.c, &s.place);
    vault_plan_from(&s.c.log.chain, &plan);
    stage_plan_add(&plan, &rotated, VAULT_ROLE_CLIENT);
    must(vault_commit_make(&s.c.log, &plan, &made));
    assert_int_equal(stage_commit(&s.place, &made), STAGE_STORED);
    vault_account fresh; /* the new device has the current key only, and the state */
    must(vault_account_derive(&s.client.id, rotated.ak, rotated.ik_seed, rotated.eks[0].seed, 2, &fresh));
    stage_device_open(&d, &fresh, &s.place.conv);
    stage_read(&d, &s.place);
    assert_int_equal(d.shown, 0);
    stage_device_done(&d);
    must(vault_state_prepare(&A.state, &fresh));
    stage_device_open(&d, &fresh, &s.place.conv);
    stage_read(&d, &s.place);
    assert_int_equal(d.shown, 1);
    stage_device_done(&d);
    stage_pair_close(&s);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define T(name) cmocka_unit_test_setup(name, begin)
    const struct CMUnitTest tests[] = {
        T(a_state_comes_back_as_it_was),
        T(an_older_state_another_account_and_every_flipped_bit_are_refused),
        T(a_state_bigger_than_the_tables_is_refused_whole),
        T(a_different_key_for_a_pinned_person_is_a_conflict),
        T(merging_keeps_the_older_pin_and_shows_the_difference),
        T(a_persons_decision_for_a_new_key_is_not_undone_by_a_device_that_missed_it),
        T(of_the_same_key_the_stronger_word_and_the_earlier_day_stay),
        T(what_one_device_was_shown_the_other_learns),
        T(tables_have_an_end_and_epochs_a_range),
        T(merging_takes_the_further_tip_and_a_later_life_over_a_longer_one),
        T(two_devices_merge_to_the_same_state_in_either_order),
        T(shredding_forgets_the_keys_and_the_tip_of_one_conversation),
        T(a_place_key_that_changes_and_an_audit_chain_that_was_rebuilt_are_seen),
        T(an_unpinned_changed_or_expired_member_stops_sealing_and_nothing_else),
        T(a_new_device_opens_old_words_with_the_kept_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
