/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Staff, their invitations, their certificates, the team's key, and what the audit says of it all.
 */
#include "features/house_test.h"

#include <stdlib.h>

#include <sodium.h>

typedef struct scene {
    house *h;
    person admin, ana, client;
} scene;

static int open_scene(void **state)
{
    scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->h = house_open();
    house_admin(s->h, &s->admin);
    house_staff(s->h, &s->admin, ROLE_THERAPIST, true, &s->ana);
    house_arrive(s->h, &s->client);
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

static const char *staff_path(scene *s, const person *p, const char *tail)
{
    return house_path(s->h, "/api/staff/%s/%s", house_id(s->h, p->me.id.b), tail);
}

/* A new account with this token and name, up to the place's answer. */
static hk_err join_as(scene *s, const uint8_t token[static 32], const char *name, person *p)
{
    static const uint8_t AUTH[32] = {1};
    arrival_body arrival;
    new_account_body body;
    *p = (person){0};
    must(house_post(s->h, p, "/api/arrivals", &SHAPE_NOTHING, "", &ARRIVAL, &arrival));
    house_new_account(s->h, p, &arrival, RECORD_PASSWORD, &body);
    body.invited = true;
    body.invitation = (invitation_use_body){hk_slice_of(token, 32), hk_slice_of(AUTH, sizeof AUTH)};
    body.public_name = hk_slice_z(name);
    return house_post(s->h, p, "/api/accounts", &NEW_ACCOUNT, &body, NULL, NULL);
}

static hk_err join_with(scene *s, const uint8_t token[static 32], person *p)
{
    return join_as(s, token, "Somebody", p);
}

/* ---- Invitations */

static void only_administrators_invite_staff_and_only_listeners_invite_clients(void **state)
{
    scene *s = *state;
    uint8_t token[32];
    refuses(HK_REFUSED, house_invite(s->h, &s->client, ROLE_ADMIN, token));
    refuses(HK_REFUSED, house_invite(s->h, &s->client, -1, token));
    refuses(HK_REFUSED, house_invite(s->h, &s->ana, ROLE_ADMIN, token));
    refuses(HK_REFUSED, house_invite(s->h, &s->admin, -1, token));
    refuses(HK_BAD, house_invite(s->h, &s->admin, ROLE_CLIENT, token));
    must(house_invite(s->h, &s->ana, -1, token));
    must(house_invite(s->h, &s->admin, ROLE_PEER, token));
}

static void an_invitation_serves_one_person(void **state)
{
    scene *s = *state;
    uint8_t token[32];
    person first, second;
    must(house_invite(s->h, &s->admin, ROLE_PEER, token));
    must(join_with(s, token, &first));
    refuses(HK_NOT_THERE, join_with(s, token, &second));
    assert_string_equal(s->h->code, "invitation_over");
    assert_int_equal(house_count(s->h, "SELECT count(*) FROM accounts WHERE role = 2"), 1);
    randombytes_buf(token, sizeof token);
    refuses(HK_NOT_THERE, join_with(s, token, &second));
}

static void two_people_who_work_here_are_never_called_the_same(void **state)
{
    scene *s = *state;
    uint8_t token[32], stray[32];
    person p;
    must(house_invite(s->h, &s->admin, ROLE_PEER, token));
    must(join_with(s, token, &p));
    must(house_invite(s->h, &s->admin, ROLE_PEER, token));
    refuses(HK_CONFLICT, join_as(s, token, "somebody ", &p));
    assert_string_equal(s->h->code, "name_taken");
    randombytes_buf(stray, sizeof stray);
    refuses(HK_NOT_THERE, join_with(s, stray, &p)); /* without an invitation nobody learns who works here */
    must(join_as(s, token, "Somebody K.", &p));     /* the invitation was not used up */
}

static void an_invitation_for_a_client_makes_nobody_staff(void **state)
{
    scene *s = *state;
    uint8_t token[32];
    person p;
    must(house_invite(s->h, &s->ana, -1, token));
    refuses(HK_NOT_THERE, join_with(s, token, &p));
}

static void an_invitation_ends_after_seven_days_or_when_taken_back(void **state)
{
    scene *s = *state;
    uint8_t token[32];
    person p;
    invitations_body mine;
    must(house_invite(s->h, &s->admin, ROLE_PEER, token));
    look_body look = {hk_slice_of(token, sizeof token)};
    looked_body looked;
    must(house_post(s->h, NULL, "/api/invitations/look", &INVITATION_LOOK, &look, &INVITATION_LOOKED,
                    &looked));
    assert_int_equal(looked.role, ROLE_PEER);
    assert_memory_equal(looked.inviter_ik, s->admin.me.ik, 32);
    must(house_get(s->h, &s->admin, "/api/invitations", &INVITATIONS, &mine));
    const invitation_item *item = mine.invitations.items;
    const char *path = house_path(s->h, "/api/invitations/%s", house_id(s->h, item->invitation));
    refuses(HK_NOT_THERE, house_call(s->h, &s->ana, "DELETE", path, NULL, NULL, NULL, NULL));
    must(house_call(s->h, &s->admin, "DELETE", path, NULL, NULL, NULL, NULL));
    refuses(HK_NOT_THERE, join_with(s, token, &p));
    must(house_invite(s->h, &s->admin, ROLE_PEER, token));
    s->h->now_ms += 7 * HOUSE_DAY_MS;
    refuses(HK_NOT_THERE, join_with(s, token, &p));
    look.token = hk_slice_of(token, sizeof token);
    refuses(HK_NOT_THERE,
            house_post(s->h, NULL, "/api/invitations/look", &INVITATION_LOOK, &look, NULL, NULL));
}

/* ---- Certificates */

static hk_err certify(scene *s, person *by, const person *who, vault_roster roster, const vault_place *key)
{
    uint8_t bytes[VAULT_ROSTER_BYTES];
    must(vault_roster_sign(key, &roster, bytes));
    certificate_body body = {hk_slice_of(bytes, sizeof bytes)};
    return house_call(s->h, by, "PUT", staff_path(s, who, "certificate"), &STAFF_CERTIFICATE, &body, NULL,
                      NULL);
}

static void a_certificate_is_the_place_keys_for_this_person_and_role(void **state)
{
    scene *s = *state;
    uint8_t token[32];
    person peer;
    vault_place other;
    must(house_invite(s->h, &s->admin, ROLE_PEER, token));
    must(join_with(s, token, &peer));
    vault_roster good = {.account = peer.me.id,
                         .role = VAULT_ROSTER_PEER,
                         .serial = 3,
                         .from_ms = s->h->now_ms,
                         .until_ms = s->h->now_ms + HOUSE_DAY_MS},
                 bad;
    memcpy(good.ik, peer.me.ik, sizeof good.ik);
    vault_place_make(&other);
    refuses(HK_BAD, certify(s, &s->admin, &peer, good, &other));
    refuses(HK_REFUSED, certify(s, &s->ana, &peer, good, &s->h->key));
    bad = good;
    bad.role = VAULT_ROSTER_THERAPIST; /* a peer is never shown as a therapist */
    refuses(HK_BAD, certify(s, &s->admin, &peer, bad, &s->h->key));
    assert_string_equal(s->h->code, "role_differs");
    bad = good;
    bad.ik[0] ^= 1;
    assert_int_not_equal(certify(s, &s->admin, &peer, bad, &s->h->key), HK_OK);
    bad = good;
    bad.account = s->ana.me.id;
    refuses(HK_BAD, certify(s, &s->admin, &peer, bad, &s->h->key));
    refuses(HK_REFUSED, house_get(s->h, &peer, "/api/requests", NULL, NULL)); /* not a listener yet */
    must(certify(s, &s->admin, &peer, good, &s->h->key));
    must(house_get(s->h, &peer, "/api/requests", NULL, NULL));
    bad = good;
    bad.serial = 2;
    refuses(HK_CONFLICT, certify(s, &s->admin, &peer, bad, &s->h->key));
    refuses(HK_NOT_THERE, certify(s, &s->admin, &s->client, good, &s->h->key)); /* clients are not staff */
}

static void the_place_key_is_set_once(void **state)
{
    scene *s = *state;
    place_key_body body = {{1}};
    refuses(HK_REFUSED, house_call(s->h, &s->ana, "PUT", "/api/place/key", &PLACE_KEY, &body, NULL, NULL));
    refuses(HK_CONFLICT, house_call(s->h, &s->admin, "PUT", "/api/place/key", &PLACE_KEY, &body, NULL, NULL));
    assert_string_equal(s->h->code, "key_is_set");
}

static void a_licence_is_claimed_by_oneself_and_checked_by_another(void **state)
{
    scene *s = *state;
    staff_body staff;
    person ben;
    house_staff(s->h, &s->admin, ROLE_PEER, false, &ben);
    licence_body body = {HK_LIT("HCPC"), HK_LIT("PYL12345"), HK_LIT("GB"), s->h->now_ms + HOUSE_DAY_MS, true};
    const char *path = staff_path(s, &s->ana, "licence");
    refuses(HK_REFUSED, house_call(s->h, &s->ana, "PUT", path, &STAFF_LICENCE, &body, NULL, NULL));
    refuses(HK_NOT_THERE, house_call(s->h, &ben, "PUT", path, &STAFF_LICENCE, &body, NULL, NULL));
    refuses(HK_NOT_THERE, house_call(s->h, &s->client, "PUT", path, &STAFF_LICENCE, &body, NULL, NULL));
    body.checked = false;
    must(house_call(s->h, &s->ana, "PUT", path, &STAFF_LICENCE, &body, NULL, NULL));
    body.checked = true;
    must(house_call(s->h, &s->admin, "PUT", path, &STAFF_LICENCE, &body, NULL, NULL));
    must(house_get(s->h, &ben, "/api/staff", &STAFF, &staff));
    const staff_item *all = staff.staff.items;
    for (size_t i = 0; i < staff.staff.count; i++)
        if (HK_ID_EQ(all[i].account, s->ana.me.id)) {
            assert_true(all[i].has_licence && all[i].licence.checked_ms == s->h->now_ms);
            assert_int_equal(all[i].licence.number.n, 0); /* not for a colleague */
        }
    refuses(HK_REFUSED, house_get(s->h, &s->client, "/api/staff", NULL, NULL));
}

/* ---- Disabling */

/* Whether somebody would read what is written to them is for those to know who write, wherever either of them
 * is. */
static void who_talks_with_somebody_hears_that_they_may_not_come_in(void **state)
{
    scene *s = *state;
    disabled_body yes = {true}, no = {false};
    person stranger;
    house_arrive(s->h, &stranger);
    house_team(s->h, &s->ana, (person *const[]){&s->ana}, 1);
    (void)house_pair(s->h, &s->client, &s->ana);
    house_connect(s->h, &s->client, 8);
    house_connect(s->h, &stranger, 9);
    must(house_call(s->h, &s->admin, "PUT", staff_path(s, &s->ana, "disabled"), &STAFF_DISABLED, &yes, NULL,
                    NULL));
    assert_int_equal(house_told_count(s->h, 8, "member"), 1);
    must(house_call(s->h, &s->admin, "PUT", staff_path(s, &s->ana, "disabled"), &STAFF_DISABLED, &no, NULL,
                    NULL));
    assert_int_equal(house_told_count(s->h, 8, "member"), 2);
    assert_int_equal(house_told_count(s->h, 9, "member"), 0);
}

static void a_disabled_listener_is_out_at_once(void **state)
{
    scene *s = *state;
    disabled_body yes = {true}, no = {false};
    house_connect(s->h, &s->ana, 7);
    house_connect(s->h, &s->client, 8);
    refuses(HK_REFUSED, house_call(s->h, &s->client, "PUT", staff_path(s, &s->ana, "disabled"),
                                   &STAFF_DISABLED, &yes, NULL, NULL));
    must(house_call(s->h, &s->admin, "PUT", staff_path(s, &s->ana, "disabled"), &STAFF_DISABLED, &yes, NULL,
                    NULL));
    assert_true(house_is_ended(s->h, 7)); /* with the request's own after-work, not a second later */
    assert_false(house_is_ended(s->h, 8));
    refuses(HK_WHO, house_get(s->h, &s->ana, "/api/session", NULL, NULL));
    refuses(HK_REFUSED, house_sign_in(s->h, &s->ana, RECORD_PASSWORD));
    assert_string_equal(s->h->code, "wrong_secret"); /* and not told why */
    must(house_call(s->h, &s->admin, "PUT", staff_path(s, &s->ana, "disabled"), &STAFF_DISABLED, &no, NULL,
                    NULL));
    must(house_sign_in(s->h, &s->ana, RECORD_PASSWORD));
}

static void the_last_administrator_stays(void **state)
{
    scene *s = *state;
    disabled_body yes = {true};
    refuses(HK_CONFLICT, house_call(s->h, &s->admin, "PUT", staff_path(s, &s->admin, "disabled"),
                                    &STAFF_DISABLED, &yes, NULL, NULL));
    assert_string_equal(s->h->code, "last_admin");
    must(house_get(s->h, &s->admin, "/api/session", NULL, NULL));
}

/* ---- The team's key */

static void only_a_lead_makes_the_teams_next_key(void **state)
{
    scene *s = *state;
    person ben;
    team_key_body key;
    house_staff(s->h, &s->admin, ROLE_PEER, false, &ben);
    house_team(s->h, &s->ana, (person *const[]){&s->ana}, 1);
    must(house_get(s->h, &s->ana, "/api/team/key", &TEAM_KEY, &key));
    assert_int_equal(key.missing.count, 1); /* Ben has none */
    must(house_get(s->h, &ben, "/api/team/key", &TEAM_KEY, &key));
    assert_int_equal(key.wrap.n, 0);
    assert_int_equal(key.missing.count, 0); /* that is the lead's business */
    uint8_t wrap[VAULT_TEAM_WRAP_BYTES];
    must(vault_team_wrap(&s->h->team_key, &ben.me.id, ben.me.eks[0].pk, wrap));
    team_wrap_item item = {ben.me.id, hk_slice_of(wrap, sizeof wrap)};
    team_wraps_body wraps = {1, {&item, 1}};
    refuses(HK_REFUSED,
            house_call(s->h, &ben, "PUT", "/api/team/key/wraps", &TEAM_WRAPS, &wraps, NULL, NULL));
    wraps.serial = 2;
    refuses(HK_CONFLICT,
            house_call(s->h, &s->ana, "PUT", "/api/team/key/wraps", &TEAM_WRAPS, &wraps, NULL, NULL));
    wraps.serial = 1;
    item.account = s->client.me.id;
    refuses(HK_BAD, house_call(s->h, &s->ana, "PUT", "/api/team/key/wraps", &TEAM_WRAPS, &wraps, NULL, NULL));
    item.account = ben.me.id;
    must(house_call(s->h, &s->ana, "PUT", "/api/team/key/wraps", &TEAM_WRAPS, &wraps, NULL, NULL));
    uint8_t certificate[VAULT_TEAM_BYTES];
    vault_team next = s->h->team_certificate;
    new_team_key_body body = {.team = s->h->team,
                              .serial = 2,
                              .certificate = hk_slice_of(certificate, sizeof certificate),
                              .wraps = {&item, 1}};
    next.serial = 2;
    must(vault_team_sign(&ben.me, &next, certificate)); /* signed by somebody who is no lead */
    refuses(HK_REFUSED, house_post(s->h, &ben, "/api/team/key", &NEW_TEAM_KEY, &body, NULL, NULL));
    refuses(HK_REFUSED, house_post(s->h, &s->ana, "/api/team/key", &NEW_TEAM_KEY, &body, NULL, NULL));
    must(vault_team_sign(&s->ana.me, &next, certificate));
    body.serial = 3;
    refuses(HK_CONFLICT, house_post(s->h, &s->ana, "/api/team/key", &NEW_TEAM_KEY, &body, NULL, NULL));
    body.serial = 2;
    must(house_post(s->h, &s->ana, "/api/team/key", &NEW_TEAM_KEY, &body, NULL, NULL));
    must(house_get(s->h, &s->ana, "/api/team/key", &TEAM_KEY, &key));
    assert_int_equal(key.serial, 2);
    assert_int_equal(key.wrap.n, 0); /* the old one is not handed out any more */
}

/* ---- Audit */

typedef struct verifying {
    audit_head known, found;
    bool has_known;
} verifying;

static hk_err verify_inside(void *ctx, store_db *db)
{
    verifying *v = ctx;
    return audit_verify(db, v->has_known ? &v->known : NULL, &v->found);
}

static void what_staff_do_stands_in_a_chain(void **state)
{
    scene *s = *state;
    audit_body audit;
    session_body session;
    refuses(HK_REFUSED, house_get(s->h, &s->ana, "/api/audit", NULL, NULL));
    refuses(HK_REFUSED, house_get(s->h, &s->client, "/api/audit", NULL, NULL));
    must(house_get(s->h, &s->admin, "/api/audit", &AUDIT, &audit));
    static const char *const ACTS[] = {"staff_joined", "place_key_set", "staff_invited", "staff_joined",
                                       "staff_certified"};
    assert_int_equal(audit.entries.count, HK_COUNT(ACTS));
    for (size_t i = 0; i < HK_COUNT(ACTS); i++)
        assert_true(hk_slice_eq_z(((audit_item *)audit.entries.items)[i].act, ACTS[i]));
    must(house_get(s->h, &s->ana, "/api/session", &SESSION, &session));
    assert_true(session.has_audit);
    assert_memory_equal(session.audit.head, audit.head, 32);
    must(house_get(s->h, &s->client, "/api/session", &SESSION, &session));
    assert_false(session.has_audit);
    must(house_get(s->h, &s->admin, "/api/audit?after=4", &AUDIT, &audit));
    assert_int_equal(audit.entries.count, 1);
}

static void an_edited_row_breaks_the_chain(void **state)
{
    scene *s = *state;
    verifying v = {0};
    must(store_read_now(s->h->store, verify_inside, &v));
    assert_int_equal(v.found.count, 5);
    assert_int_equal(house_count(s->h, "UPDATE audit SET act = 'nothing' WHERE number = 3 RETURNING 1"), 1);
    refuses(HK_CONFLICT, store_read_now(s->h->store, verify_inside, &v));
    assert_int_equal(v.found.count, 3);
}

static hk_err keep_inside(void *ctx, store_db *db)
{
    scene *s = ctx;
    audit_head last;
    HK_TRY(audit_head_kept(s->h->audit_heads, &last));
    return audit_head_keep(db, s->h->audit_heads, s->h->now_ms, &last);
}

static hk_err note_inside(void *ctx, store_db *db)
{
    const scene *s = ctx;
    return audit_note(db, s->h->now_ms, s->admin.me.id, "staff_invited", (account_id){0});
}

/* Whoever writes the database can rebuild the chain whole; only a head kept elsewhere tells. */
static void a_chain_rebuilt_whole_is_found_by_the_head_kept_elsewhere(void **state)
{
    scene *s = *state;
    verifying v = {0};
    must(store_write_now(s->h->store, keep_inside, s));
    must(audit_head_kept(s->h->audit_heads, &v.known));
    assert_int_equal(v.known.count, 5);
    assert_int_equal(house_count(s->h, "DELETE FROM audit RETURNING 1"), 1);
    for (int i = 0; i < 6; i++)
        must(store_write_now(s->h->store, note_inside, s));
    must(store_read_now(s->h->store, verify_inside, &v)); /* it looks whole */
    v.has_known = true;
    refuses(HK_CONFLICT, store_read_now(s->h->store, verify_inside, &v));
}

static void the_kept_head_grows_with_the_chain_and_survives_a_torn_line(void **state)
{
    scene *s = *state;
    audit_head kept;
    must(store_write_now(s->h->store, keep_inside, s));
    must(store_write_now(s->h->store, note_inside, s));
    must(store_write_now(s->h->store, keep_inside, s));
    must(audit_head_kept(s->h->audit_heads, &kept));
    assert_int_equal(kept.count, 6);
    FILE *file = fopen(s->h->audit_heads, "ae");
    assert_non_null(file);
    assert_true(fputs("1800000000000 7 AAAA", file) >= 0); /* power went away here */
    assert_int_equal(fclose(file), 0);
    must(audit_head_kept(s->h->audit_heads, &kept));
    assert_int_equal(kept.count, 6);
    file = fopen(s->h->audit_heads, "ae");
    assert_non_null(file);
    assert_true(fputs("\n", file) >= 0);
    assert_int_equal(fclose(file), 0);
    refuses(HK_BAD, audit_head_kept(s->h->audit_heads, &kept)); /* a whole line that is not ours */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
        TEST(only_administrators_invite_staff_and_only_listeners_invite_clients),
        TEST(an_invitation_serves_one_person),
        TEST(two_people_who_work_here_are_never_called_the_same),
        TEST(an_invitation_for_a_client_makes_nobody_staff),
        TEST(an_invitation_ends_after_seven_days_or_when_taken_back),
        TEST(a_certificate_is_the_place_keys_for_this_person_and_role),
        TEST(the_place_key_is_set_once),
        TEST(a_licence_is_claimed_by_oneself_and_checked_by_another),
        TEST(who_talks_with_somebody_hears_that_they_may_not_come_in),
        TEST(a_disabled_listener_is_out_at_once),
        TEST(the_last_administrator_stays),
        TEST(only_a_lead_makes_the_teams_next_key),
        TEST(what_staff_do_stands_in_a_chain),
        TEST(an_edited_row_breaks_the_chain),
        TEST(a_chain_rebuilt_whole_is_found_by_the_head_kept_elsewhere),
        TEST(the_kept_head_grows_with_the_chain_and_survives_a_torn_line),
    };
    return cmocka_run_group_tests_name("staff", tests, NULL, NULL);
}
