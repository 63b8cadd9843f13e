/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * People of the small place: arriving, signing in, changing, and who works there.
 */
#include "features/house_test.h"

#include <sodium.h>

static hk_slice empty_state(house *h, person *p, uint32_t serial)
{
    vault_state *empty = hk_arena_get(&h->arena, sizeof *empty);
    assert_non_null(empty);
    vault_state_init(empty, &(vault_state_memory){0});
    size_t cap = vault_state_size(empty), n = 0;
    uint8_t *sealed = hk_arena_get(&h->arena, cap);
    assert_non_null(sealed);
    must(vault_state_seal(&p->me, serial, empty, sealed, cap, &n));
    return hk_slice_of(sealed, n);
}

void house_record(house *h, person *p, record_kind kind, uint32_t serial, record_body *ret)
{
    static const uint8_t NONE[VAULT_SALT_BYTES];
    uint8_t salt[VAULT_SALT_BYTES];
    bool password = kind == RECORD_PASSWORD;
    vault_new_record *made = hk_arena_get(&h->arena, sizeof *made);
    assert_non_null(made);
    randombytes_buf(p->r[kind], sizeof p->r[kind]);
    randombytes_buf(salt, sizeof salt);
    must(vault_unlock_seal((uint8_t)(kind + 1), &p->me.id, serial, password ? salt : NONE,
                           password ? VAULT_T_DEFAULT : 0, password ? VAULT_M_DEFAULT : 0, p->r[kind],
                           p->me.ak, made));
    *ret = (record_body){.kind = kind, .record = hk_slice_of(made->record, sizeof made->record)};
    memcpy(ret->login_key, made->login_key, sizeof ret->login_key);
}

void house_new_account(house *h, person *p, const arrival_body *arrival, record_kind kind,
                       new_account_body *ret)
{
    uint8_t *identity = hk_arena_get(&h->arena, VAULT_IDENTITY_BYTES);
    uint8_t *signature = hk_arena_get(&h->arena, VAULT_SIGNATURE_BYTES);
    record_body *records = hk_arena_get_array(&h->arena, 2, sizeof *records);
    assert_true(identity && signature && records);
    must(vault_account_make(&arrival->account, &p->me));
    house_keep_token(p->handle, sizeof p->handle, arrival->handle);
    house_record(h, p, kind, 1, &records[0]);
    if (kind == RECORD_PASSWORD)
        house_record(h, p, RECORD_RECOVERY, 1, &records[1]);
    must(vault_identity_seal(&p->me, identity));
    must(vault_login_sign(HK_LIT(HOUSE_HOST), arrival->handle, (uint8_t)(kind + 1), arrival->challenge.p,
                          p->r[kind], signature));
    p->serial = 1;
    p->state_serial = 1;
    *ret = (new_account_body){.ek_serial = p->me.eks[0].serial,
                              .ek_certificate = hk_slice_of(p->me.eks[0].cert, VAULT_SIGNATURE_BYTES),
                              .records = {records, kind == RECORD_PASSWORD ? 2 : 1},
                              .identity = hk_slice_of(identity, VAULT_IDENTITY_BYTES),
                              .state = empty_state(h, p, 1),
                              .signature = hk_slice_of(signature, VAULT_SIGNATURE_BYTES)};
    memcpy(ret->ik, p->me.ik, sizeof ret->ik);
    memcpy(ret->ek, p->me.eks[0].pk, sizeof ret->ek);
}

void house_arrive_with(house *h, person *ret, record_kind kind)
{
    arrival_body arrival;
    new_account_body body;
    session_body session;
    *ret = (person){0};
    must(house_post(h, ret, "/api/arrivals", &SHAPE_NOTHING, "", &ARRIVAL, &arrival));
    house_new_account(h, ret, &arrival, kind, &body);
    must(house_post(h, ret, "/api/accounts", &NEW_ACCOUNT, &body, &SESSION, &session));
    assert_memory_equal(session.account.b, ret->me.id.b, HK_ID_BYTES);
}

void house_arrive(house *h, person *ret)
{
    house_arrive_with(h, ret, RECORD_DEVICE);
}

hk_err house_sign_in_start(house *h, person *p, record_kind kind, sign_in_started_body *ret)
{
    return house_post(h, p, "/api/sign-in/start", &SIGN_IN_START,
                      &((sign_in_start_body){hk_slice_z(p->handle), kind}), &SIGN_IN_STARTED, ret);
}

hk_err house_sign_in(house *h, person *p, record_kind kind)
{
    sign_in_started_body started;
    session_body session;
    uint8_t signature[VAULT_SIGNATURE_BYTES];
    HK_TRY(house_sign_in_start(h, p, kind, &started));
    must(vault_login_sign(HK_LIT(HOUSE_HOST), hk_slice_z(p->handle), (uint8_t)(kind + 1), started.challenge.p,
                          p->r[kind], signature));
    sign_in_body body = {hk_slice_z(p->handle), kind, hk_slice_of(signature, sizeof signature)};
    return house_post(h, p, "/api/sign-in", &SIGN_IN, &body, &SESSION, &session);
}

hk_err house_challenge(house *h, person *p, hk_slice *ret)
{
    challenge_body body;
    HK_TRY(house_post(h, p, "/api/challenge", &SHAPE_NOTHING, "", &CHALLENGE, &body));
    *ret = body.challenge;
    return HK_OK;
}

hk_err house_change_more(house *h, person *p, record_kind by, const record_kind *kinds, size_t count,
                         const change_body *more)
{
    record_body records[3];
    vault_new_record made[3];
    hk_slice challenge;
    uint8_t signature[VAULT_SIGNATURE_BYTES], old[VAULT_KEY_BYTES];
    memcpy(old, p->r[by], sizeof old);
    HK_TRY(house_challenge(h, p, &challenge));
    for (size_t i = 0; i < count; i++) {
        house_record(h, p, kinds[i], p->serial + 1, &records[i]);
        memcpy(made[i].record, records[i].record.p, sizeof made[i].record);
        memcpy(made[i].login_key, records[i].login_key, sizeof made[i].login_key);
    }
    must(vault_change_sign(&p->me.id, challenge.p, made, count, (uint8_t)(by + 1), old, signature));
    change_body body = *more;
    body.challenge = challenge;
    body.by = by;
    body.records = (shape_list){records, count};
    body.signature = hk_slice_of(signature, sizeof signature);
    session_body session;
    HK_TRY(house_post(h, p, "/api/account/change", &ACCOUNT_CHANGE, &body, &SESSION, &session));
    p->serial++;
    return HK_OK;
}

hk_err house_change(house *h, person *p, record_kind by, const record_kind *kinds, size_t count)
{
    return house_change_more(h, p, by, kinds, count, &(change_body){0});
}

hk_err house_invite(house *h, person *who, int64_t role, uint8_t ret_token[static 32])
{
    invite_body body = {.kind = role < 0 ? INVITE_CLIENT : INVITE_STAFF, .role = role};
    invited_body invited;
    randombytes_buf(ret_token, 32);
    vault_invite_stored(ret_token, body.token_hash);
    return house_post(h, who, "/api/invitations", &INVITE, &body, &INVITED, &invited);
}

static void join(house *h, person *p, const uint8_t token[static 32], const char *name)
{
    static const uint8_t AUTH[32] = {1};
    arrival_body arrival;
    new_account_body body;
    session_body session;
    *p = (person){0};
    must(house_post(h, p, "/api/arrivals", &SHAPE_NOTHING, "", &ARRIVAL, &arrival));
    house_new_account(h, p, &arrival, RECORD_PASSWORD, &body);
    body.invited = true;
    body.invitation = (invitation_use_body){hk_slice_of(token, 32), hk_slice_of(AUTH, sizeof AUTH)};
    body.public_name = hk_slice_z(name);
    must(house_post(h, p, "/api/accounts", &NEW_ACCOUNT, &body, &SESSION, &session));
}

typedef struct first {
    uint8_t stored[32];
    int64_t now_ms;
} first;

static hk_err first_invitation(void *ctx, store_db *db)
{
    const first *f = ctx;
    return invitation_first(db, f->stored, f->now_ms, f->now_ms + HOUSE_DAY_MS);
}

void house_admin(house *h, person *ret)
{
    first f = {.now_ms = h->now_ms};
    uint8_t token[32];
    randombytes_buf(token, sizeof token);
    vault_invite_stored(token, f.stored);
    must(store_write_now(h->store, first_invitation, &f));
    join(h, ret, token, "Eda");
    vault_place_make(&h->key);
    place_key_body body;
    memcpy(body.place_key, h->key.pk, sizeof body.place_key);
    must(house_call(h, ret, "PUT", "/api/place/key", &PLACE_KEY, &body, NULL, NULL));
}

static uint8_t roster_role(int64_t role)
{
    return role == ROLE_PEER        ? VAULT_ROSTER_PEER
           : role == ROLE_THERAPIST ? VAULT_ROSTER_THERAPIST
                                    : VAULT_ROSTER_SUPERVISOR;
}

void house_staff(house *h, person *admin, int64_t role, bool lead, person *ret)
{
    uint8_t token[32], certificate[VAULT_ROSTER_BYTES];
    must(house_invite(h, admin, role, token));
    join(h, ret, token, lead ? "Ana" : role == ROLE_SUPERVISOR ? "Dora" : "Ben");
    vault_roster roster = {.account = ret->me.id,
                           .role = roster_role(role),
                           .lead = lead,
                           .serial = 1,
                           .from_ms = h->now_ms - 1000,
                           .until_ms = h->now_ms + 300 * HOUSE_DAY_MS};
    memcpy(roster.ik, ret->me.ik, sizeof roster.ik);
    must(vault_roster_sign(&h->key, &roster, certificate));
    must(house_call(h, admin, "PUT", house_path(h, "/api/staff/%s/certificate", house_id(h, ret->me.id.b)),
                    &STAFF_CERTIFICATE, &((certificate_body){hk_slice_of(certificate, sizeof certificate)}),
                    NULL, NULL));
}

void house_duty(house *h, person *p, int64_t hours)
{
    duty_body body = {hours ? h->now_ms + hours * 3600000 : 0};
    must(house_call(h, p, "PUT", "/api/duty", &DUTY, &body, NULL, NULL));
}

void house_team(house *h, person *lead, person *const *listeners, size_t count)
{
    team_wrap_item wraps[8];
    uint8_t certificate[VAULT_TEAM_BYTES];
    vault_make_id(h->team.b);
    vault_team_key_make(&h->team, 1, &h->team_key);
    h->team_certificate = (vault_team){
        .team = h->team, .serial = 1, .from_ms = h->now_ms - 1000, .until_ms = h->now_ms + 28 * HOUSE_DAY_MS};
    memcpy(h->team_certificate.tk, h->team_key.pk, sizeof h->team_certificate.tk);
    must(vault_team_sign(&lead->me, &h->team_certificate, certificate));
    for (size_t i = 0; i < count; i++) {
        uint8_t *wrap = hk_arena_get(&h->arena, VAULT_TEAM_WRAP_BYTES);
        assert_non_null(wrap);
        must(vault_team_wrap(&h->team_key, &listeners[i]->me.id, listeners[i]->me.eks[0].pk, wrap));
        wraps[i] = (team_wrap_item){listeners[i]->me.id, hk_slice_of(wrap, VAULT_TEAM_WRAP_BYTES)};
    }
    new_team_key_body body = {.team = h->team,
                              .serial = 1,
                              .certificate = hk_slice_of(certificate, sizeof certificate),
                              .wraps = {wraps, count}};
    must(house_post(h, lead, "/api/team/key", &NEW_TEAM_KEY, &body, NULL, NULL));
    for (size_t i = 0; i < count; i++)
        house_duty(h, listeners[i], 4);
}
