/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * First words, certificates, invitations and the spoken check: the false listener, the swapped team key, the
 * middle.
 */
#include "vault/stage_test.h"

#define NOW 1700000000000
#define DAY ((int64_t)24 * 3600 * 1000)

static vault_account CLIENT, LISTENER, LEAD, EVIL;
static vault_place PLACE;
static vault_team_key KEY;
static vault_team TEAM;
static conversation_id CONV;
static uint8_t ROSTER[VAULT_ROSTER_BYTES], LEAD_ROSTER[VAULT_ROSTER_BYTES], CERT[VAULT_TEAM_BYTES];
static uint8_t FIRST[VAULT_FIRST_BYTES_MAX], BODY[VAULT_PADDED_MAX];
static uint8_t LONG[VAULT_FIRST_BYTES_MAX + 1];
static size_t FIRST_N;

static void on_roster(const vault_account *who, uint8_t role, bool lead, uint8_t *ret)
{
    vault_roster r = {.account = who->id, .role = role, .lead = lead, .serial = 1};
    r.from_ms = NOW - DAY;
    r.until_ms = NOW + 300 * DAY;
    memcpy(r.ik, who->ik, 32);
    must(vault_roster_sign(&PLACE, &r, ret));
}

static void certify(const vault_account *lead, const vault_team *team)
{
    must(vault_team_sign(lead, team, CERT));
}

static int begin(void **state)
{
    static const uint8_t seed[32] = {77};
    team_id team = {{6}};
    CONV = (conversation_id){{9}};
    stage_person(&CLIENT, 1);
    stage_person(&LISTENER, 2);
    stage_person(&LEAD, 3);
    stage_person(&EVIL, 5);
    vault_place_derive(seed, &PLACE);
    vault_team_key_make(&team, 4, &KEY);
    TEAM = (vault_team){.team = team, .serial = 4, .from_ms = NOW - DAY, .until_ms = NOW + 20 * DAY};
    memcpy(TEAM.tk, KEY.pk, 32);
    on_roster(&LISTENER, VAULT_ROSTER_PEER, false, ROSTER);
    on_roster(&LEAD, VAULT_ROSTER_THERAPIST, true, LEAD_ROSTER);
    certify(&LEAD, &TEAM);
    vault_words words = stage_words("is anybody there", NULL);
    must(vault_first_seal(&CLIENT, &CONV, &TEAM, &words, FIRST, sizeof FIRST, &FIRST_N));
    return 0;
}

static hk_err team_check(int64_t now, uint32_t seen)
{
    vault_team got;
    return vault_team_check(hk_slice_of(CERT, sizeof CERT), hk_slice_of(LEAD_ROSTER, sizeof LEAD_ROSTER),
                            PLACE.pk, now, seen, &got);
}

static void a_roster_certificate_is_the_places_or_nothing(void **state)
{
    vault_roster got;
    vault_place other;
    vault_place_make(&other);
    hk_slice bytes = hk_slice_of(ROSTER, sizeof ROSTER);
    must(vault_roster_check(bytes, PLACE.pk, NOW, &got));
    assert_true(vault_roster_is_listener(&got));
    assert_false(got.lead);
    refuses(HK_REFUSED, vault_roster_check(bytes, other.pk, NOW, &got));
    refuses(HK_REFUSED, vault_roster_check(bytes, PLACE.pk, NOW + 301 * DAY, &got));
    refuses(HK_REFUSED, vault_roster_check(bytes, PLACE.pk, NOW - 2 * DAY, &got));
    refuses(HK_BAD, vault_roster_check(hk_slice_of(ROSTER, sizeof ROSTER - 1), PLACE.pk, NOW, &got));
    for (size_t at = 0; at < sizeof ROSTER; at++) {
        ROSTER[at] ^= 1;
        assert_int_not_equal(vault_roster_check(bytes, PLACE.pk, NOW, &got), HK_OK);
        ROSTER[at] ^= 1;
    }
    on_roster(&LISTENER, VAULT_ROSTER_SUPERVISOR, false, ROSTER);
    must(vault_roster_check(bytes, PLACE.pk, NOW, &got));
    assert_false(vault_roster_is_listener(&got));
    got.role = VAULT_ROLE_CLIENT;
    refuses(HK_BAD, vault_roster_sign(&PLACE, &got, ROSTER));
}

static void a_team_key_that_is_expired_older_or_not_yet_valid_is_refused(void **state)
{
    must(team_check(NOW, 4));
    refuses(HK_REFUSED, team_check(NOW + 21 * DAY, 4));
    refuses(HK_REFUSED, team_check(NOW - 2 * DAY, 4));
    refuses(HK_REFUSED, team_check(NOW, 5)); /* an older serial than was seen */
    TEAM.until_ms = TEAM.from_ms + VAULT_TEAM_LIFE_MAX_MS + 1;
    refuses(HK_TOO_MUCH, vault_team_sign(&LEAD, &TEAM, CERT));
}

static void a_team_key_signed_by_somebody_who_is_no_lead_is_refused(void **state)
{
    certify(&LISTENER, &TEAM);
    refuses(HK_REFUSED, team_check(NOW, 0)); /* signed by another than the lead shown */
    memcpy(LEAD_ROSTER, ROSTER, sizeof ROSTER);
    refuses(HK_REFUSED, team_check(NOW, 0)); /* by the one shown, who is no lead */
    certify(&EVIL, &TEAM);
    refuses(HK_REFUSED, team_check(NOW, 0));
}

static void a_team_key_needs_a_lead_whom_this_place_vouches_for_now(void **state)
{
    vault_place other, ours = PLACE;
    vault_place_make(&other);
    PLACE = other;
    on_roster(&LEAD, VAULT_ROSTER_PEER, true, LEAD_ROSTER); /* another place says lead */
    PLACE = ours;
    refuses(HK_REFUSED, team_check(NOW, 0));
    vault_roster r = {.account = LEAD.id, .role = VAULT_ROSTER_PEER, .lead = true, .serial = 1};
    r.until_ms = NOW - 1; /* was a lead once */
    memcpy(r.ik, LEAD.ik, 32);
    must(vault_roster_sign(&PLACE, &r, LEAD_ROSTER));
    refuses(HK_REFUSED, team_check(NOW, 0));
    LEAD_ROSTER[0] ^= 1;
    refuses(HK_BAD, team_check(NOW, 0));
}

static void certificates_have_a_serial_an_order_of_times_and_one_length(void **state)
{
    vault_roster r = {.account = LEAD.id, .role = VAULT_ROSTER_PEER, .serial = 0, .until_ms = 1}, got;
    uint8_t longer[VAULT_ROSTER_BYTES + 1] = {0};
    refuses(HK_BAD, vault_roster_sign(&PLACE, &r, ROSTER));
    r.serial = 1;
    r.from_ms = 1;
    refuses(HK_BAD, vault_roster_sign(&PLACE, &r, ROSTER));
    r.from_ms = -1;
    refuses(HK_BAD, vault_roster_sign(&PLACE, &r, ROSTER));
    on_roster(&LEAD, VAULT_ROSTER_PEER, false, ROSTER);
    memcpy(longer, ROSTER, sizeof ROSTER);
    refuses(HK_BAD, vault_roster_check(hk_slice_of(longer, sizeof longer), PLACE.pk, NOW, &got));
    ROSTER[24 + 16 + 32 + 1] = 2; /* lead is yes or no */
    crypto_sign_detached(ROSTER + 94, NULL, ROSTER, 94, PLACE.secret);
    refuses(HK_BAD, vault_roster_check(hk_slice_of(ROSTER, sizeof ROSTER), PLACE.pk, NOW, &got));
    vault_team bad = TEAM;
    bad.serial = 0;
    refuses(HK_BAD, vault_team_sign(&LEAD, &bad, CERT));
    bad = TEAM;
    bad.until_ms = bad.from_ms;
    refuses(HK_BAD, vault_team_sign(&LEAD, &bad, CERT));
    certify(&LEAD, &TEAM);
    vault_team team;
    uint8_t long_cert[VAULT_TEAM_BYTES + 1] = {0};
    memcpy(long_cert, CERT, sizeof CERT);
    refuses(HK_BAD, vault_team_check(hk_slice_of(long_cert, sizeof long_cert),
                                     hk_slice_of(LEAD_ROSTER, sizeof LEAD_ROSTER), PLACE.pk, NOW, 0, &team));
    CERT[24 + 16 + 3] = 0; /* serial 0, signed all the same */
    crypto_sign_detached(CERT + 92, NULL, CERT, 92, LEAD.ik_secret);
    refuses(HK_BAD, team_check(NOW, 0));
    certify(&LEAD, &TEAM);
    CERT[92 - 8 + 2] = 0x1f; /* until the year 3000 */
    crypto_sign_detached(CERT + 92, NULL, CERT, 92, LEAD.ik_secret);
    refuses(HK_REFUSED, team_check(NOW, 0));
}

static void a_swapped_team_key_is_refused(void **state)
{
    vault_team_key evil;
    vault_team_key_make(&TEAM.team, 4, &evil);
    memcpy(CERT + 24 + 16 + 4, evil.pk, 32);
    refuses(HK_REFUSED, team_check(NOW, 0));
}

static void a_team_wrap_opens_for_its_listener_and_its_certificate(void **state)
{
    uint8_t wrap[VAULT_TEAM_WRAP_BYTES];
    vault_team_key got, evil;
    must(vault_team_wrap(&KEY, &LISTENER.id, LISTENER.eks[0].pk, wrap));
    must(vault_team_unwrap(&LISTENER, hk_slice_of(wrap, sizeof wrap), &TEAM, &got));
    assert_memory_equal(&got, &KEY, sizeof got);
    refuses(HK_REFUSED, vault_team_unwrap(&EVIL, hk_slice_of(wrap, sizeof wrap), &TEAM, &got));
    refuses(HK_REFUSED, vault_team_unwrap(&LISTENER, hk_slice_of(wrap, sizeof wrap - 1), &TEAM, &got));
    vault_account rotated = LISTENER;
    must(vault_account_rotate_ek(&rotated));
    must(vault_team_unwrap(&rotated, hk_slice_of(wrap, sizeof wrap), &TEAM, &got));
    vault_team_key_make(&TEAM.team, 4, &evil); /* the server's own key, wrapped well */
    must(vault_team_wrap(&evil, &LISTENER.id, LISTENER.eks[0].pk, wrap));
    refuses(HK_REFUSED, vault_team_unwrap(&LISTENER, hk_slice_of(wrap, sizeof wrap), &TEAM, &got));
    must(vault_team_wrap(&KEY, &EVIL.id, LISTENER.eks[0].pk, wrap)); /* labelled for another */
    refuses(HK_REFUSED, vault_team_unwrap(&LISTENER, hk_slice_of(wrap, sizeof wrap), &TEAM, &got));
}

static void first_words_open_for_the_team_and_for_nobody_else(void **state)
{
    vault_words got;
    vault_team_key other;
    must(vault_first_open(&KEY, hk_slice_of(FIRST, FIRST_N), BODY, sizeof BODY, &got));
    assert_memory_equal(got.content.p, "is anybody there", got.content.n);
    vault_team_key_make(&TEAM.team, 4, &other);
    refuses(HK_REFUSED, vault_first_open(&other, hk_slice_of(FIRST, FIRST_N), BODY, sizeof BODY, &got));
    for (size_t at = 0; at < FIRST_N; at++) {
        FIRST[at] ^= 1;
        assert_int_not_equal(vault_first_open(&KEY, hk_slice_of(FIRST, FIRST_N), BODY, sizeof BODY, &got),
                             HK_OK);
        FIRST[at] ^= 1;
    }
    refuses(HK_BAD, vault_first_open(&KEY, hk_slice_of(FIRST, FIRST_N - 1), BODY, sizeof BODY, &got));
    refuses(HK_TOO_MUCH, vault_first_open(&KEY, hk_slice_of(FIRST, FIRST_N), BODY, sizeof BODY - 1, &got));
    vault_first_words parsed;
    refuses(HK_TOO_MUCH, vault_first_words_parse(hk_slice_of(LONG, sizeof LONG), &parsed));
    for (size_t n = 0; n < FIRST_N; n++)
        refuses(HK_BAD, vault_first_words_parse(hk_slice_of(FIRST, n), &parsed));
    vault_team_key later = KEY;
    later.serial++; /* the same key under another serial is another team key */
    refuses(HK_REFUSED, vault_first_open(&later, hk_slice_of(FIRST, FIRST_N), BODY, sizeof BODY, &got));
    vault_words words = stage_words("x", NULL);
    vault_team none = TEAM;
    none.serial = 0;
    must(vault_first_seal(&CLIENT, &CONV, &none, &words, FIRST, sizeof FIRST, &FIRST_N));
    refuses(HK_BAD, vault_first_words_parse(hk_slice_of(FIRST, FIRST_N), &parsed));
    size_t n;
    refuses(HK_TOO_MUCH, vault_first_seal(&CLIENT, &CONV, &TEAM, &words, FIRST, FIRST_N - 1, &n));
    memset(none.tk, 0, 32);
    refuses(HK_REFUSED, vault_first_seal(&CLIENT, &CONV, &none, &words, FIRST, sizeof FIRST, &n));
}

static void first_words_in_anothers_name_are_found(void **state)
{
    vault_account masked = EVIL; /* the client's name and identity, the thief's encryption key */
    vault_words words = stage_words("send help to my address", NULL), got;
    masked.id = CLIENT.id;
    memcpy(masked.ik, CLIENT.ik, 32);
    must(vault_first_seal(&masked, &CONV, &TEAM, &words, FIRST, sizeof FIRST, &FIRST_N));
    refuses(HK_REFUSED, vault_first_open(&KEY, hk_slice_of(FIRST, FIRST_N), BODY, sizeof BODY, &got));
    memcpy(masked.eks[0].pk, CLIENT.eks[0].pk, 32); /* all her public keys, but not the private one */
    memcpy(masked.eks[0].cert, CLIENT.eks[0].cert, 64);
    must(vault_first_seal(&masked, &CONV, &TEAM, &words, FIRST, sizeof FIRST, &FIRST_N));
    refuses(HK_REFUSED, vault_first_open(&KEY, hk_slice_of(FIRST, FIRST_N), BODY, sizeof BODY, &got));
}

/* ---- The listener accepts ---- */

static vault_made_commit MADE;

static void genesis(const vault_account *listener, const vault_account *client, const uint8_t *first_hash)
{
    vault_plan plan = {0};
    stage_plan_add(&plan, client, VAULT_ROLE_CLIENT);
    stage_plan_add(&plan, listener, VAULT_ROLE_LISTENER);
    must(vault_genesis_make(listener, &CONV, VAULT_KIND_PAIR, first_hash, &plan, &MADE));
}

static hk_err accept(const uint8_t *first_hash)
{
    return vault_genesis_accept(&CLIENT, hk_slice_of(MADE.bytes, MADE.n), first_hash,
                                hk_slice_of(ROSTER, sizeof ROSTER), PLACE.pk, NOW);
}

static void a_client_accepts_the_listener_who_names_her_own_first_words(void **state)
{
    uint8_t hash[32], other[32] = {1};
    vault_first_words_hash(hk_slice_of(FIRST, FIRST_N), hash);
    genesis(&LISTENER, &CLIENT, hash);
    must(accept(hash));
    refuses(HK_REFUSED, accept(other)); /* a beginning that names other words */
    vault_account again;
    must(vault_account_make_again(&CLIENT.id, 1, &again));
    genesis(&LISTENER, &again, hash); /* with keys that are not hers */
    refuses(HK_REFUSED, accept(hash));
    genesis(&LISTENER, &EVIL, hash); /* without her */
    refuses(HK_REFUSED, accept(hash));
    vault_plan plan = {0};
    uint8_t consent[VAULT_CONSENT_BYTES];
    stage_plan_add(&plan, &CLIENT, VAULT_ROLE_CLIENT);
    stage_plan_add(&plan, &LISTENER, VAULT_ROLE_LISTENER);
    stage_consent(&CLIENT, &CONV, &CLIENT, VAULT_ROLE_CLIENT, consent);
    must(vault_plan_consent(&plan, hk_slice_of(consent, sizeof consent)));
    must(vault_genesis_make(&LISTENER, &CONV, VAULT_KIND_GROUP, hash, &plan,
                            &MADE)); /* a group: not "only with you" */
    refuses(HK_REFUSED, accept(hash));
}

static void a_false_listener_without_a_roster_certificate_is_refused(void **state)
{
    uint8_t hash[32];
    vault_first_words_hash(hk_slice_of(FIRST, FIRST_N), hash);
    genesis(&EVIL, &CLIENT, hash);
    refuses(HK_REFUSED, accept(hash)); /* the certificate is somebody else's */
    on_roster(&EVIL, VAULT_ROSTER_SUPERVISOR, false, ROSTER);
    refuses(HK_REFUSED, accept(hash)); /* not as a listener */
    vault_account masked;
    must(vault_account_derive(&LISTENER.id, EVIL.ak, EVIL.ik_seed, EVIL.eks[0].seed, 1, &masked));
    on_roster(&LISTENER, VAULT_ROSTER_PEER, false, ROSTER);
    genesis(&masked, &CLIENT, hash); /* the listener's name, another identity key */
    refuses(HK_REFUSED, accept(hash));
    ROSTER[0] ^= 1;
    refuses(HK_BAD, accept(hash));
}

/* ---- Invitations ---- */

static void an_invitation_pins_both_sides(void **state)
{
    vault_invite invite, back, other;
    vault_member invitee, evil;
    char text[VAULT_INVITE_TEXT];
    uint8_t auth[32], token[32], fp[32], hash[32];
    vault_invite_make(PLACE.pk, &LISTENER, &invite);
    vault_invite_text(&invite, text);
    must(vault_invite_parse(hk_slice_of(text, sizeof text), &back));
    assert_memory_equal(&back, &invite, sizeof back);
    vault_fingerprint(&LISTENER.id, LISTENER.ik, fp);
    assert_memory_equal(back.listener_fp, fp, 32);
    vault_invite_token(&invite, token);
    assert_memory_not_equal(token, invite.secret, 16);
    vault_account_member(&CLIENT, VAULT_ROLE_CLIENT, &invitee);
    vault_account_member(&EVIL, VAULT_ROLE_CLIENT, &evil);
    vault_invite_auth(&back, &invitee, &CONV, auth);
    must(vault_invite_auth_check(&invite, &invitee, &CONV, auth));
    refuses(HK_REFUSED,
            vault_invite_auth_check(&invite, &evil, &CONV, auth)); /* the server swaps the invitee */
    conversation_id elsewhere = {{1}};
    refuses(HK_REFUSED, vault_invite_auth_check(&invite, &invitee, &elsewhere, auth));
    vault_invite_make(PLACE.pk, &LISTENER, &other);
    refuses(HK_REFUSED, vault_invite_auth_check(&other, &invitee, &CONV, auth));
    invitee.role = 9; /* no member at all */
    refuses(HK_BAD, vault_invite_auth_check(&invite, &invitee, &CONV, auth));
    vault_invite_first_hash(auth, hash);
    genesis(&LISTENER, &CLIENT, hash);
    must(accept(hash));
}

static void an_invitation_with_any_other_letter_is_refused(void **state)
{
    vault_invite invite, back;
    char text[VAULT_INVITE_TEXT + 1] = {0};
    vault_invite_make(PLACE.pk, &LISTENER, &invite);
    vault_invite_text(&invite, text);
    refuses(HK_BAD, vault_invite_parse(hk_slice_of(text, VAULT_INVITE_TEXT - 1), &back));
    refuses(HK_BAD, vault_invite_parse(hk_slice_of(text, VAULT_INVITE_TEXT + 1), &back));
    text[0] = '2';
    refuses(HK_BAD, vault_invite_parse(hk_slice_of(text, VAULT_INVITE_TEXT), &back));
    text[0] = '1';
    text[40] = '+';
    refuses(HK_BAD, vault_invite_parse(hk_slice_of(text, VAULT_INVITE_TEXT), &back));
}

/* ---- The spoken check ---- */

static void both_people_read_the_same_four_words_and_a_middle_does_not(void **state)
{
    vault_member one, two, middle;
    uint8_t c[32], ra[32] = {1}, rb[32] = {2}, other[32] = {3};
    uint16_t mine[4], theirs[4], wrong[4];
    vault_account_member(&CLIENT, VAULT_ROLE_CLIENT, &one);
    vault_account_member(&LISTENER, VAULT_ROLE_LISTENER, &two);
    vault_account_member(&EVIL, VAULT_ROLE_LISTENER, &middle);
    vault_spoken_commit(&CONV, &one, &two, ra, c);
    must(vault_spoken_words(&CONV, &one, &two, c, ra, rb, mine));
    must(vault_spoken_words(&CONV, &two, &one, c, ra, rb, theirs));
    assert_memory_equal(mine, theirs, sizeof mine);
    for (size_t i = 0; i < 4; i++)
        assert_true(mine[i] < 2048);
    refuses(HK_REFUSED,
            vault_spoken_words(&CONV, &one, &two, c, other, rb, wrong)); /* ra chosen afterwards */
    refuses(HK_REFUSED, vault_spoken_words(&CONV, &one, &middle, c, ra, rb, wrong)); /* other keys */
    must(vault_spoken_words(&CONV, &one, &two, c, ra, other, wrong));
    assert_memory_not_equal(mine, wrong, sizeof mine);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define T(name) cmocka_unit_test_setup(name, begin)
    const struct CMUnitTest tests[] = {
        T(a_roster_certificate_is_the_places_or_nothing),
        T(a_team_key_that_is_expired_older_or_not_yet_valid_is_refused),
        T(a_team_key_signed_by_somebody_who_is_no_lead_is_refused),
        T(a_team_key_needs_a_lead_whom_this_place_vouches_for_now),
        T(certificates_have_a_serial_an_order_of_times_and_one_length),
        T(a_swapped_team_key_is_refused),
        T(a_team_wrap_opens_for_its_listener_and_its_certificate),
        T(first_words_open_for_the_team_and_for_nobody_else),
        T(first_words_in_anothers_name_are_found),
        T(a_client_accepts_the_listener_who_names_her_own_first_words),
        T(a_false_listener_without_a_roster_certificate_is_refused),
        T(an_invitation_pins_both_sides),
        T(an_invitation_with_any_other_letter_is_refused),
        T(both_people_read_the_same_four_words_and_a_middle_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
