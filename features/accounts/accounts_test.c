/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/house_test.h"

#include <stdlib.h>

#include "features/accounts/rest_key.h"

static int open_house(void **state)
{
    *state = house_open();
    return 0;
}

static int close_house(void **state)
{
    house_close(*state);
    return 0;
}

/* ---- Refusals */

static void a_role_cannot_be_asked_for(void **state)
{
    house *h = *state;
    person p = {0};
    arrival_body arrival;
    new_account_body body;
    hk_slice json;
    must(house_post(h, &p, "/api/arrivals", &SHAPE_NOTHING, "", &ARRIVAL, &arrival));
    house_new_account(h, &p, &arrival, RECORD_DEVICE, &body);
    must(shape_encode(&NEW_ACCOUNT, &body, &h->arena, &json));
    static const char *const WISHES[] = {"\"role\":\"admin\"", "\"role\":4", "\"certified\":true",
                                         "\"lead\":true", "\"disabled\":false"};
    for (size_t i = 0; i < HK_COUNT(WISHES); i++) {
        const char *wished =
            hk_arena_printf(&h->arena, "{%s,%.*s", WISHES[i], (int)json.n - 1, (const char *)json.p + 1);
        refuses(HK_BAD, house_call_raw(h, &p, "POST", "/api/accounts", wished));
    }
    body.public_name = HK_LIT("Doctor Nobody"); /* a name for staff without an invitation */
    refuses(HK_BAD, house_post(h, &p, "/api/accounts", &NEW_ACCOUNT, &body, NULL, NULL));
    body.public_name = (hk_slice){0};
    session_body session;
    must(house_post(h, &p, "/api/accounts", &NEW_ACCOUNT, &body, &SESSION, &session));
    assert_int_equal(session.role, ROLE_CLIENT);
}

static void a_door_opens_once_and_only_with_its_cookie(void **state)
{
    house *h = *state;
    person p = {0}, thief = {0};
    arrival_body arrival;
    new_account_body body;
    must(house_post(h, &p, "/api/arrivals", &SHAPE_NOTHING, "", &ARRIVAL, &arrival));
    house_new_account(h, &p, &arrival, RECORD_DEVICE, &body);
    refuses(HK_WHO, house_post(h, &thief, "/api/accounts", &NEW_ACCOUNT, &body, NULL, NULL));
    memset(thief.door, 'A', 43);
    refuses(HK_WHO, house_post(h, &thief, "/api/accounts", &NEW_ACCOUNT, &body, NULL, NULL));
    char door[64];
    memcpy(door, p.door, sizeof door);
    must(house_post(h, &p, "/api/accounts", &NEW_ACCOUNT, &body, NULL, NULL));
    memcpy(p.door, door, sizeof door);
    refuses(HK_WHO, house_post(h, &p, "/api/accounts", &NEW_ACCOUNT, &body, NULL, NULL));
}

static void a_door_is_shut_after_half_an_hour(void **state)
{
    house *h = *state;
    person p = {0};
    arrival_body arrival;
    new_account_body body;
    must(house_post(h, &p, "/api/arrivals", &SHAPE_NOTHING, "", &ARRIVAL, &arrival));
    house_new_account(h, &p, &arrival, RECORD_DEVICE, &body);
    h->now_ms += 30 * 60 * 1000;
    refuses(HK_WHO, house_post(h, &p, "/api/accounts", &NEW_ACCOUNT, &body, NULL, NULL));
}

static void keys_that_do_not_fit_make_no_account(void **state)
{
    house *h = *state;
    person p = {0};
    arrival_body arrival;
    new_account_body good, bad;
    must(house_post(h, &p, "/api/arrivals", &SHAPE_NOTHING, "", &ARRIVAL, &arrival));
    house_new_account(h, &p, &arrival, RECORD_DEVICE, &good);
    bad = good;
    bad.ek[0] ^= 1; /* the certificate is for another one */
    assert_int_not_equal(house_post(h, &p, "/api/accounts", &NEW_ACCOUNT, &bad, NULL, NULL), HK_OK);
    bad = good;
    memset(bad.ik, 0, 31);
    bad.ik[31] = 1; /* no proper point */
    assert_int_not_equal(house_post(h, &p, "/api/accounts", &NEW_ACCOUNT, &bad, NULL, NULL), HK_OK);
    bad = good;
    uint8_t other[64];
    memcpy(other, good.signature.p, sizeof other);
    other[7] ^= 1;
    bad.signature = hk_slice_of(other, sizeof other);
    refuses(HK_REFUSED, house_post(h, &p, "/api/accounts", &NEW_ACCOUNT, &bad, NULL, NULL));
    record_body two[2] = {((record_body *)good.records.items)[0], ((record_body *)good.records.items)[0]};
    bad = good;
    bad.records = (shape_list){two, 2};
    refuses(HK_BAD, house_post(h, &p, "/api/accounts", &NEW_ACCOUNT, &bad, NULL, NULL));
    person elsewhere = p;
    vault_make_id(elsewhere.me.id.b);
    house_record(h, &elsewhere, RECORD_DEVICE, 1, &two[0]); /* a record of somebody else's account */
    bad.records = (shape_list){two, 1};
    refuses(HK_BAD, house_post(h, &p, "/api/accounts", &NEW_ACCOUNT, &bad, NULL, NULL));
    must(house_post(h, &p, "/api/accounts", &NEW_ACCOUNT, &good, NULL, NULL));
}

static void a_handle_that_nobody_has_is_answered_like_any_other(void **state)
{
    house *h = *state;
    person p, nobody = {.handle = "quiet-heron-0000"}, again = {.handle = "quiet-heron-0000"};
    sign_in_started_body known, unknown, unknown_again;
    house_arrive_with(h, &p, RECORD_PASSWORD);
    must(house_sign_in_start(h, &p, RECORD_PASSWORD, &known));
    must(house_sign_in_start(h, &nobody, RECORD_PASSWORD, &unknown));
    must(house_sign_in_start(h, &again, RECORD_PASSWORD, &unknown_again));
    assert_int_equal(known.t, unknown.t);
    assert_int_equal(known.m, unknown.m);
    assert_memory_equal(unknown.salt.p, unknown_again.salt.p, 16);
    assert_memory_not_equal(unknown.salt.p, known.salt.p, 16);
    assert_memory_not_equal(unknown.challenge.p, unknown_again.challenge.p, 32);
    memcpy(nobody.r, p.r, sizeof p.r);
    refuses(HK_REFUSED, house_sign_in(h, &nobody, RECORD_PASSWORD));
    assert_string_equal(h->code, "wrong_secret");
    memset(p.r[RECORD_PASSWORD], 1, 32);
    refuses(HK_REFUSED, house_sign_in(h, &p, RECORD_PASSWORD));
    assert_string_equal(h->code, "wrong_secret");
    refuses(HK_REFUSED, house_sign_in(h, &p, RECORD_PASSKEY)); /* a kind they do not have */
    assert_string_equal(h->code, "wrong_secret");
}

/* Asks for the salt and signs wrongly: what each of the two made the place do. */
static void guess(house *h, const char *handle, house_work ret[static 2])
{
    person stranger = {0};
    uint8_t signature[64];
    sign_in_started_body started;
    memset(signature, 9, sizeof signature); /* well formed and wrong: it is looked at to its end */
    signature[63] = 0;
    sign_in_body body = {hk_slice_z(handle), RECORD_PASSWORD, hk_slice_of(signature, sizeof signature)};
    (void)snprintf(stranger.handle, sizeof stranger.handle, "%s", handle);
    must(house_sign_in_start(h, &stranger, RECORD_PASSWORD, &started));
    ret[0] = h->work;
    refuses(HK_REFUSED, house_post(h, &stranger, "/api/sign-in", &SIGN_IN, &body, NULL, NULL));
    ret[1] = h->work;
}

static void a_handle_that_nobody_has_takes_as_much_work_as_any_other(void **state)
{
    house *h = *state;
    person known;
    char nobody[sizeof known.handle];
    house_work of_known[2], of_nobody[2];
    house_arrive_with(h, &known, RECORD_PASSWORD);
    memcpy(nobody, known.handle, sizeof nobody);
    nobody[0] = nobody[0] == 'x' ? 'y' : 'x'; /* as long as the other: names are hashed and signed too */
    guess(h, known.handle, of_known);
    guess(h, nobody, of_nobody);
    assert_memory_equal(of_known, of_nobody, sizeof of_known);
    assert_true(of_known[0].hashed_bytes > 0 && of_known[0].steps > 0); /* or nothing was counted */
    assert_int_equal(of_known[1].signatures, 1);
}

static void two_handles_never_get_one_salt(void **state)
{
    house *h = *state;
    person one, two, three = {.handle = "calm-otter-0001"}, four = {.handle = "calm-otter-0002"};
    sign_in_started_body a, b, c, d;
    house_arrive_with(h, &one, RECORD_PASSWORD);
    house_arrive_with(h, &two, RECORD_PASSWORD);
    must(house_sign_in_start(h, &one, RECORD_PASSWORD, &a));
    must(house_sign_in_start(h, &two, RECORD_PASSWORD, &b));
    must(house_sign_in_start(h, &three, RECORD_PASSWORD, &c));
    must(house_sign_in_start(h, &four, RECORD_PASSWORD, &d));
    const uint8_t *all[] = {a.salt.p, b.salt.p, c.salt.p, d.salt.p};
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(all[i], all[j], 16);
}

static void a_login_for_another_host_or_with_an_old_challenge_is_refused(void **state)
{
    house *h = *state;
    person p;
    sign_in_started_body started;
    uint8_t signature[64];
    house_arrive_with(h, &p, RECORD_PASSWORD);
    must(house_sign_in_start(h, &p, RECORD_PASSWORD, &started));
    sign_in_body body = {hk_slice_z(p.handle), RECORD_PASSWORD, hk_slice_of(signature, sizeof signature)};
    must(vault_login_sign(HK_LIT("ta1k.example.org"), hk_slice_z(p.handle), VAULT_UNLOCK_PASSWORD,
                          started.challenge.p, p.r[RECORD_PASSWORD], signature));
    refuses(HK_REFUSED, house_post(h, &p, "/api/sign-in", &SIGN_IN, &body, NULL, NULL));
    must(vault_login_sign(HK_LIT(HOUSE_HOST), hk_slice_z(p.handle), VAULT_UNLOCK_PASSWORD,
                          started.challenge.p, p.r[RECORD_PASSWORD], signature));
    body.kind = RECORD_RECOVERY; /* a signature for one kind opens no other */
    refuses(HK_REFUSED, house_post(h, &p, "/api/sign-in", &SIGN_IN, &body, NULL, NULL));
    body.kind = RECORD_PASSWORD;
    h->now_ms += 60 * 1000;
    refuses(HK_WHO, house_post(h, &p, "/api/sign-in", &SIGN_IN, &body, NULL, NULL));
    h->now_ms -= 60 * 1000;
    char door[64];
    memcpy(door, p.door, sizeof door);
    must(house_post(h, &p, "/api/sign-in", &SIGN_IN, &body, NULL, NULL));
    memcpy(p.door, door, sizeof door); /* once only */
    refuses(HK_WHO, house_post(h, &p, "/api/sign-in", &SIGN_IN, &body, NULL, NULL));
}

static void an_unlock_record_is_not_given_without_login(void **state)
{
    house *h = *state;
    person p, stranger = {0};
    house_arrive_with(h, &p, RECORD_PASSWORD);
    refuses(HK_WHO, house_get(h, &stranger, "/api/session", NULL, NULL));
    memset(stranger.cookie, 'A', 43);
    refuses(HK_WHO, house_get(h, &stranger, "/api/session", NULL, NULL));
    refuses(HK_WHO, house_get(h, &stranger, "/api/account/state", NULL, NULL));
}

static void a_session_cannot_be_chosen_before_signing_in(void **state)
{
    house *h = *state;
    person p, attacker;
    house_arrive_with(h, &p, RECORD_PASSWORD);
    house_arrive(h, &attacker);
    char planted[64];
    memcpy(planted, attacker.cookie, sizeof planted);
    memcpy(p.cookie, planted, sizeof planted); /* the attacker's cookie sits in this browser */
    must(house_sign_in(h, &p, RECORD_PASSWORD));
    assert_string_not_equal(p.cookie, planted);
    session_body session;
    must(house_get(h, &attacker, "/api/session", &SESSION, &session));
    assert_memory_equal(session.account.b, attacker.me.id.b, HK_ID_BYTES);
}

static void a_session_ends_after_twelve_hours_or_when_idle(void **state)
{
    house *h = *state;
    person p;
    house_arrive(h, &p);
    must(house_get(h, &p, "/api/session", NULL, NULL));
    h->now_ms += h->place.idle_ms;
    refuses(HK_WHO, house_get(h, &p, "/api/session", NULL, NULL));
    person q;
    house_arrive(h, &q);
    for (int i = 0; i < 3; i++) { /* somebody who is there all day */
        h->now_ms += HOUSE_DAY_MS / 6;
        hk_slice challenge;
        if (i < 2)
            must(house_challenge(h, &q, &challenge));
    }
    refuses(HK_WHO, house_get(h, &q, "/api/session", NULL, NULL));
}

static void signing_out_ends_the_session_and_its_sockets(void **state)
{
    house *h = *state;
    person p;
    house_arrive(h, &p);
    session_body session;
    must(house_get(h, &p, "/api/session", &SESSION, &session));
    int64_t row = house_count(h, "SELECT session FROM sessions");
    must(live_join(h->place.live, 5, p.me.id, row));
    char cookie[64];
    memcpy(cookie, p.cookie, sizeof cookie);
    must(house_call(h, &p, "DELETE", "/api/session", NULL, NULL, NULL, NULL));
    memcpy(p.cookie, cookie, sizeof cookie);
    refuses(HK_WHO, house_get(h, &p, "/api/session", NULL, NULL));
    assert_true(house_is_ended(h, 5));
}

typedef struct burning {
    wire_request r;
    hk_slice ticket;
    wire_who who;
} burning;

static hk_err burn_inside(void *ctx, store_db *db)
{
    burning *b = ctx;
    b->r.db = db;
    return accounts_ticket(&b->r, b->ticket, &b->who);
}

/* What the wire does with a ticket at the upgrade. */
static hk_err burn(house *h, person *p, hk_slice ticket, wire_who *ret)
{
    char text[43];
    hk_b64_encode(ticket, text);
    burning b = {
        .r = {.arena = &h->arena, .place = &h->place, .now_ms = h->now_ms, .cookie = hk_slice_z(p->cookie)},
        .ticket = hk_slice_of(text, sizeof text)};
    hk_err err = store_write_now(h->store, burn_inside, &b);
    *ret = b.who;
    return err;
}

static void a_ticket_opens_one_socket_of_its_own_session_for_thirty_seconds(void **state)
{
    house *h = *state;
    person p, thief;
    ticket_body ticket;
    wire_who who;
    house_arrive(h, &p);
    house_arrive(h, &thief);
    must(house_post(h, &p, "/api/socket-ticket", &SHAPE_NOTHING, "", &SOCKET_TICKET, &ticket));
    refuses(HK_WHO, burn(h, &thief, ticket.ticket, &who)); /* another's cookie */
    must(burn(h, &p, ticket.ticket, &who));
    assert_memory_equal(who.account.b, p.me.id.b, HK_ID_BYTES);
    refuses(HK_WHO, burn(h, &p, ticket.ticket, &who)); /* once */
    must(house_post(h, &p, "/api/socket-ticket", &SHAPE_NOTHING, "", &SOCKET_TICKET, &ticket));
    h->now_ms += 30 * 1000;
    refuses(HK_WHO, burn(h, &p, ticket.ticket, &who));
}

static void a_record_that_was_replaced_opens_nothing(void **state)
{
    house *h = *state;
    person p, old;
    static const record_kind PASSWORD[] = {RECORD_PASSWORD};
    house_arrive_with(h, &p, RECORD_PASSWORD);
    old = p;
    must(house_change(h, &p, RECORD_PASSWORD, PASSWORD, 1));
    refuses(HK_REFUSED, house_sign_in(h, &old, RECORD_PASSWORD));
    must(house_sign_in(h, &p, RECORD_PASSWORD));
    person sheet = p;
    must(house_sign_in(h, &sheet, RECORD_RECOVERY)); /* the sheet was not replaced */
    assert_int_equal(house_count(h, "SELECT count(*) FROM records"), 2);
}

static void a_change_ends_every_other_session_and_its_sockets(void **state)
{
    house *h = *state;
    person here, other;
    static const record_kind PASSWORD[] = {RECORD_PASSWORD};
    house_arrive_with(h, &here, RECORD_PASSWORD);
    other = here;
    must(house_sign_in(h, &other, RECORD_PASSWORD));
    must(live_join(h->place.live, 9, here.me.id, 1)); /* some other session's socket */
    char cookie[64];
    memcpy(cookie, here.cookie, sizeof cookie);
    must(house_change(h, &here, RECORD_PASSWORD, PASSWORD, 1));
    refuses(HK_WHO, house_get(h, &other, "/api/session", NULL, NULL));
    must(house_get(h, &here, "/api/session", NULL, NULL));
    assert_string_not_equal(cookie, here.cookie);
    assert_true(house_is_ended(h, 9));
}

static void a_change_needs_a_fresh_challenge_of_ones_own_and_a_current_key(void **state)
{
    house *h = *state;
    person p, q;
    record_body record;
    vault_new_record made;
    hk_slice challenge, of_another;
    uint8_t signature[64];
    house_arrive_with(h, &p, RECORD_PASSWORD);
    house_arrive_with(h, &q, RECORD_PASSWORD);
    uint8_t old[32];
    memcpy(old, p.r[RECORD_PASSWORD], sizeof old);
    must(house_challenge(h, &p, &challenge));
    must(house_challenge(h, &q, &of_another));
    house_record(h, &p, RECORD_PASSWORD, 2, &record);
    memcpy(made.record, record.record.p, sizeof made.record);
    memcpy(made.login_key, record.login_key, sizeof made.login_key);
    change_body body = {.challenge = of_another,
                        .by = RECORD_PASSWORD,
                        .records = {&record, 1},
                        .signature = hk_slice_of(signature, sizeof signature)};
    must(vault_change_sign(&p.me.id, of_another.p, &made, 1, VAULT_UNLOCK_PASSWORD, old, signature));
    refuses(HK_REFUSED, house_post(h, &p, "/api/account/change", &ACCOUNT_CHANGE, &body, NULL, NULL));
    body.challenge = challenge;
    must(vault_change_sign(&p.me.id, challenge.p, &made, 1, VAULT_UNLOCK_PASSWORD, q.r[RECORD_PASSWORD],
                           signature));
    refuses(HK_REFUSED, house_post(h, &p, "/api/account/change", &ACCOUNT_CHANGE, &body, NULL, NULL));
    must(vault_change_sign(&p.me.id, challenge.p, &made, 1, VAULT_UNLOCK_PASSWORD, old, signature));
    record_body stale = record;
    house_record(h, &p, RECORD_PASSWORD, 1, &stale); /* a serial that does not grow */
    body.records.items = &stale;
    refuses(HK_BAD, house_post(h, &p, "/api/account/change", &ACCOUNT_CHANGE, &body, NULL, NULL));
    body.records.items = &record;
    must(house_post(h, &p, "/api/account/change", &ACCOUNT_CHANGE, &body, NULL, NULL));
    refuses(HK_REFUSED,
            house_post(h, &p, "/api/account/change", &ACCOUNT_CHANGE, &body, NULL, NULL)); /* once */
}

static void the_sheet_reads_no_mail_and_must_make_a_password_and_a_new_sheet(void **state)
{
    house *h = *state;
    person p;
    static const record_kind PASSWORD[] = {RECORD_PASSWORD}, BOTH[] = {RECORD_PASSWORD, RECORD_RECOVERY};
    house_arrive_with(h, &p, RECORD_PASSWORD);
    must(house_sign_in(h, &p, RECORD_RECOVERY));
    static const char *const CLOSED[] = {"/api/conversations", "/api/account/state", "/api/requests/mine",
                                         "/api/staff", "/api/invitations"};
    for (size_t i = 0; i < HK_COUNT(CLOSED); i++)
        refuses(HK_REFUSED, house_get(h, &p, CLOSED[i], NULL, NULL));
    refuses(HK_REFUSED, house_post(h, &p, "/api/socket-ticket", &SHAPE_NOTHING, "", NULL, NULL));
    refuses(HK_REFUSED, house_change(h, &p, RECORD_PASSWORD, PASSWORD, 1)); /* signed well, and not enough */
    assert_string_equal(h->code, "password_and_sheet");
    must(house_change(h, &p, RECORD_RECOVERY, BOTH, 2));
    must(house_get(h, &p, "/api/conversations", NULL, NULL)); /* now this is them */
}

static void a_password_takes_the_place_of_the_device_and_never_the_other_way(void **state)
{
    house *h = *state;
    person p;
    static const record_kind KEEP[] = {RECORD_PASSWORD, RECORD_RECOVERY}, DEVICE[] = {RECORD_DEVICE};
    house_arrive(h, &p);
    must(house_change(h, &p, RECORD_DEVICE, KEEP, 2));
    assert_int_equal(house_count(h, "SELECT count(*) FROM records WHERE kind = 3"), 0);
    refuses(HK_REFUSED, house_sign_in(h, &p, RECORD_DEVICE));
    must(house_sign_in(h, &p, RECORD_PASSWORD));
    refuses(HK_BAD, house_change(h, &p, RECORD_PASSWORD, DEVICE, 1));
}

static void the_account_state_is_compared_and_set(void **state)
{
    house *h = *state;
    person p;
    state_body read;
    house_arrive(h, &p);
    house_connect(h, &p, 3);
    state_body next = {2, HK_LIT("sealed state two")}, late = {2, HK_LIT("sealed by a late device")};
    must(house_call(h, &p, "PUT", "/api/account/state", &ACCOUNT_STATE, &next, NULL, NULL));
    refuses(HK_CONFLICT, house_call(h, &p, "PUT", "/api/account/state", &ACCOUNT_STATE, &late, NULL, NULL));
    assert_string_equal(h->code, "stale_state");
    late.serial = 4;
    refuses(HK_CONFLICT, house_call(h, &p, "PUT", "/api/account/state", &ACCOUNT_STATE, &late, NULL, NULL));
    must(house_get(h, &p, "/api/account/state", &ACCOUNT_STATE, &read));
    assert_true(hk_slice_eq_z(read.state, "sealed state two"));
    assert_int_equal(house_told_count(h, 3, "state"), 1);
}

/* ---- The key at rest */

static void what_is_sealed_at_rest_opens_only_in_its_own_place(void **state)
{
    house *h = *state;
    rest_key *other;
    uint8_t key[REST_KEY_BYTES] = {8};
    must(rest_key_new(key, &other));
    rest_place at = {.account = {{1}}, .kind = RECORD_PASSWORD, .what = REST_RECORD};
    hk_slice sealed, again, opened,
        plain = HK_LIT("an unlock record, more than one block of the stream long, so "
                       "that the counter is at work as well");
    must(rest_seal(h->rest, &at, plain, &h->arena, &sealed));
    must(rest_seal(h->rest, &at, plain, &h->arena, &again));
    assert_memory_not_equal(sealed.p + 25, again.p + 25, plain.n);
    must(rest_open(h->rest, &at, sealed, &h->arena, &opened));
    assert_true(hk_slice_eq(opened, plain));
    rest_place elsewhere[] = {at, at, at};
    elsewhere[0].account.b[0] = 2;
    elsewhere[1].kind = RECORD_RECOVERY;
    elsewhere[2].what = REST_LOGIN_KEY;
    for (size_t i = 0; i < HK_COUNT(elsewhere); i++)
        refuses(HK_STORE, rest_open(h->rest, &elsewhere[i], sealed, &h->arena, &opened));
    refuses(HK_STORE, rest_open(other, &at, sealed, &h->arena, &opened));
    uint8_t bent[256];
    for (size_t i = 0; i < sealed.n; i++) {
        memcpy(bent, sealed.p, sealed.n);
        bent[i] ^= 1;
        refuses(HK_STORE, rest_open(h->rest, &at, hk_slice_of(bent, sealed.n), &h->arena, &opened));
    }
    for (size_t n = 0; n < sealed.n; n++)
        refuses(HK_STORE, rest_open(h->rest, &at, hk_slice_part(sealed, 0, n), &h->arena, &opened));
    rest_key_free(other);
}

static void the_database_holds_no_record_and_no_login_key_in_the_open(void **state)
{
    house *h = *state;
    person p;
    session_body session;
    uint8_t login_key[32];
    house_arrive_with(h, &p, RECORD_PASSWORD);
    must(house_get(h, &p, "/api/session", &SESSION, &session));
    must(vault_login_key(VAULT_UNLOCK_PASSWORD, p.r[RECORD_PASSWORD], login_key));
    char path[128];
    static const char *const ENDINGS[] = {"", "-wal"};
    size_t looked = 0;
    for (size_t i = 0; i < HK_COUNT(ENDINGS); i++) {
        (void)snprintf(path, sizeof path, "%s%s", h->db, ENDINGS[i]);
        FILE *file = fopen(path, "re");
        if (!file)
            continue;
        static uint8_t bytes[8 << 20];
        size_t n = fread(bytes, 1, sizeof bytes, file);
        (void)fclose(file); /* it was only read */
        looked += n;
        assert_null(memmem(bytes, n, session.record.p, session.record.n));
        assert_null(memmem(bytes, n, login_key, sizeof login_key));
        assert_null(memmem(bytes, n, p.cookie, strlen(p.cookie)));
    }
    assert_true(looked > 4096);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_house, close_house)
        TEST(a_role_cannot_be_asked_for),
        TEST(a_door_opens_once_and_only_with_its_cookie),
        TEST(a_door_is_shut_after_half_an_hour),
        TEST(keys_that_do_not_fit_make_no_account),
        TEST(a_handle_that_nobody_has_is_answered_like_any_other),
        TEST(a_handle_that_nobody_has_takes_as_much_work_as_any_other),
        TEST(two_handles_never_get_one_salt),
        TEST(a_login_for_another_host_or_with_an_old_challenge_is_refused),
        TEST(an_unlock_record_is_not_given_without_login),
        TEST(a_session_cannot_be_chosen_before_signing_in),
        TEST(a_session_ends_after_twelve_hours_or_when_idle),
        TEST(signing_out_ends_the_session_and_its_sockets),
        TEST(a_ticket_opens_one_socket_of_its_own_session_for_thirty_seconds),
        TEST(a_record_that_was_replaced_opens_nothing),
        TEST(a_change_ends_every_other_session_and_its_sockets),
        TEST(a_change_needs_a_fresh_challenge_of_ones_own_and_a_current_key),
        TEST(the_sheet_reads_no_mail_and_must_make_a_password_and_a_new_sheet),
        TEST(a_password_takes_the_place_of_the_device_and_never_the_other_way),
        TEST(the_account_state_is_compared_and_set),
        TEST(what_is_sealed_at_rest_opens_only_in_its_own_place),
        TEST(the_database_holds_no_record_and_no_login_key_in_the_open),
    };
    return cmocka_run_group_tests_name("accounts", tests, NULL, NULL);
}
