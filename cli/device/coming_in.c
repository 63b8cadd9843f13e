/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Arriving, joining by invitation, signing in: from what a person knows to an unlocked account.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "cli/device/steps.h"
#include "features/accounts/contract.h"
#include "vault/state.h"

static hk_err keep_session(device *d, const session_body *s)
{
    int n = snprintf(d->handle, sizeof d->handle, "%.*s", (int)s->handle.n, (const char *)s->handle.p);
    if (n < 0 || (size_t)n >= sizeof d->handle)
        return device_refuse(d, HK_BAD, "The place gave a handle that is too long.");
    d->role = s->role;
    d->state_serial = s->state_serial;
    d->signed_in = true;
    return HK_OK;
}

/* What the server needs to keep for a new account, made from the keys and the secret R. */
typedef struct new_account {
    vault_new_record record;
    uint8_t identity[VAULT_IDENTITY_BYTES];
    hk_slice state;
    uint8_t signature[VAULT_SIGNATURE_BYTES];
    uint8_t token[VAULT_HASH_BYTES], auth[VAULT_TAG_BYTES];
} new_account;

/* Nothing is remembered yet. The tables of a state are lent; an empty one needs none. */
static hk_err seal_empty_state(device *d, hk_slice *ret)
{
    vault_state *empty = hk_arena_get(&d->arena, sizeof *empty);
    if (!empty)
        return HK_NO_MEMORY;
    vault_state_init(empty, &(vault_state_memory){0});
    size_t cap = vault_state_size(empty), n = 0;
    uint8_t *sealed = hk_arena_get(&d->arena, cap);
    if (!sealed)
        return HK_NO_MEMORY;
    HK_TRY(vault_state_seal(&d->me, 1, empty, sealed, cap, &n));
    *ret = hk_slice_of(sealed, n);
    return HK_OK;
}

static hk_err make_account(device *d, const arrival_body *arrival, const vault_kdf *how, new_account *ret)
{
    HK_TRY(vault_unlock_seal(d->record_kind, &d->me.id, 1, how->salt, how->t, how->m_bytes, d->r, d->me.ak,
                             &ret->record));
    HK_TRY(vault_identity_seal(&d->me, ret->identity));
    HK_TRY(seal_empty_state(d, &ret->state));
    return vault_login_sign(hk_slice_z(http_host(d->http)), arrival->handle, d->record_kind,
                            arrival->challenge.p, d->r, ret->signature);
}

static hk_err hand_in_account(device *d, const new_account *made, const char *name, bool invited)
{
    record_body record = {.kind = d->record_kind == VAULT_UNLOCK_DEVICE ? RECORD_DEVICE : RECORD_PASSWORD,
                          .record = hk_slice_of(made->record.record, VAULT_UNLOCK_BYTES)};
    memcpy(record.login_key, made->record.login_key, sizeof record.login_key);
    new_account_body body = {
        .ek_serial = d->me.eks[0].serial,
        .ek_certificate = hk_slice_of(d->me.eks[0].cert, VAULT_SIGNATURE_BYTES),
        .records = {&record, 1},
        .identity = hk_slice_of(made->identity, sizeof made->identity),
        .state = made->state,
        .signature = hk_slice_of(made->signature, sizeof made->signature),
        .public_name = hk_slice_z(name),
    };
    memcpy(body.ik, d->me.ik, sizeof body.ik);
    memcpy(body.ek, d->me.eks[0].pk, sizeof body.ek);
    if (invited) {
        body.invited = true;
        body.invitation.token = hk_slice_of(made->token, sizeof made->token);
        body.invitation.auth = hk_slice_of(made->auth, sizeof made->auth);
    }
    session_body session = {0};
    HK_TRY(http_call(d->http, "POST", "/api/accounts", &NEW_ACCOUNT, &body, &SESSION, &d->arena, &session));
    return keep_session(d, &session);
}

static hk_err begin_arrival(device *d, arrival_body *ret)
{
    device_step(d);
    HK_TRY(http_call(d->http, "POST", "/api/arrivals", &SHAPE_NOTHING, NULL, &ARRIVAL, &d->arena, ret));
    if (ret->challenge.n != VAULT_CHALLENGE_BYTES)
        return device_refuse(d, HK_BAD, "The place gave a challenge of an unknown kind.");
    return vault_account_make(&ret->account, &d->me);
}

hk_err device_arrive(device *d)
{
    arrival_body arrival = {0};
    HK_TRY(begin_arrival(d, &arrival));
    randombytes_buf(d->r, sizeof d->r);
    d->record_kind = VAULT_UNLOCK_DEVICE;
    vault_kdf none = {0};
    new_account made = {0};
    HK_TRY(make_account(d, &arrival, &none, &made));
    return hand_in_account(d, &made, NULL, false);
}

/* Password and Secret Key to R, with what the place says of salt and cost. */
static hk_err run_kdf(device *d, const vault_kdf *how, const char *password, const char *secret_key)
{
    uint8_t prepared[VAULT_PASSWORD_MAX], sk[VAULT_SK_BYTES], input[VAULT_KDF_INPUT_MAX];
    size_t prepared_n = 0, input_n = 0;
    if (vault_password_prepare(hk_slice_z(password), prepared, sizeof prepared, &prepared_n) != HK_OK)
        return device_refuse(d, HK_BAD, "A password has 8 to 512 bytes of ordinary characters.");
    hk_err err = HK_OK;
    if (secret_key && vault_sk_parse(hk_slice_z(secret_key), sk) != HK_OK)
        err = device_refuse(d, HK_BAD,
                            "This secret key is not one of ours: copy it from the sheet as it stands.");
    if (err == HK_OK)
        err = vault_kdf_input(how, hk_slice_of(sk, secret_key ? sizeof sk : 0),
                              hk_slice_of(prepared, prepared_n), input, &input_n);
    if (err == HK_OK)
        err = vault_kdf_run(hk_slice_of(input, input_n), d->r);
    sodium_memzero(prepared, sizeof prepared);
    sodium_memzero(sk, sizeof sk);
    sodium_memzero(input, sizeof input);
    d->record_kind = VAULT_UNLOCK_PASSWORD;
    return err;
}

/* A password of one's own for an account that is being made. */
static hk_err choose_password(device *d, const arrival_body *arrival, const char *password,
                              const char *secret_key, vault_kdf *ret_how)
{
    *ret_how = (vault_kdf){.handle = arrival->handle, .t = VAULT_T_DEFAULT, .m_bytes = VAULT_M_DEFAULT};
    randombytes_buf(ret_how->salt, sizeof ret_how->salt);
    return run_kdf(d, ret_how, password, secret_key);
}

hk_err device_arrive_with_password(device *d, const char *password)
{
    arrival_body arrival = {0};
    vault_kdf how;
    new_account made = {0};
    HK_TRY(begin_arrival(d, &arrival));
    HK_TRY(choose_password(d, &arrival, password, NULL, &how));
    HK_TRY(make_account(d, &arrival, &how, &made));
    return hand_in_account(d, &made, NULL, false);
}

hk_err device_join(device *d, const char *invitation, const char *name, const char *password,
                   const char *secret_key)
{
    vault_invite invite;
    device_step(d);
    if (vault_invite_parse(hk_slice_z(invitation), &invite) != HK_OK)
        return device_refuse(d, HK_BAD, "This is no invitation: it begins with 1. and has 109 characters.");
    arrival_body arrival = {0};
    vault_kdf how;
    new_account made = {0};
    HK_TRY(begin_arrival(d, &arrival));
    HK_TRY(choose_password(d, &arrival, password, secret_key, &how));
    HK_TRY(make_account(d, &arrival, &how, &made));
    vault_member me;
    vault_account_member(&d->me, VAULT_ROLE_LISTENER, &me);
    vault_invite_token(&invite, made.token);
    vault_invite_auth(&invite, &me, &(conversation_id){0}, made.auth);
    return hand_in_account(d, &made, name, true);
}

/* How the place says that this handle's record was made, and its challenge for this sign-in. */
static hk_err begin_sign_in(device *d, const char *handle, record_kind kind, sign_in_started_body *ret)
{
    device_step(d);
    sign_in_start_body start = {hk_slice_z(handle), kind};
    HK_TRY(http_call(d->http, "POST", "/api/sign-in/start", &SIGN_IN_START, &start, &SIGN_IN_STARTED,
                     &d->arena, ret));
    if (ret->salt.n != VAULT_SALT_BYTES || ret->challenge.n != VAULT_CHALLENGE_BYTES)
        return device_refuse(d, HK_BAD, "The place answered a sign-in in an unknown way.");
    return HK_OK;
}

/* d->r and d->record_kind are known: signs, and opens what the place keeps for this account. */
static hk_err finish_sign_in(device *d, const char *handle, record_kind kind, hk_slice challenge)
{
    uint8_t signature[VAULT_SIGNATURE_BYTES];
    HK_TRY(vault_login_sign(hk_slice_z(http_host(d->http)), hk_slice_z(handle), d->record_kind, challenge.p,
                            d->r, signature));
    sign_in_body body = {hk_slice_z(handle), kind, hk_slice_of(signature, sizeof signature)};
    session_body session = {0};
    HK_TRY(http_call(d->http, "POST", "/api/sign-in", &SIGN_IN, &body, &SESSION, &d->arena, &session));
    uint8_t ak[VAULT_KEY_BYTES];
    hk_err err = vault_unlock_open(session.record, &session.account, d->r, ak);
    if (err == HK_OK)
        err = vault_identity_open(session.identity, &session.account, ak, &d->me);
    sodium_memzero(ak, sizeof ak);
    if (err != HK_OK)
        return device_refuse(d, err,
                             "The place let us in, but what it keeps for this account does not open.");
    return keep_session(d, &session);
}

hk_err device_sign_in(device *d, const char *handle, const char *password, const char *secret_key)
{
    sign_in_started_body started = {0};
    HK_TRY(begin_sign_in(d, handle, RECORD_PASSWORD, &started));
    vault_kdf how = {.handle = hk_slice_z(handle), .t = (uint32_t)started.t, .m_bytes = (uint32_t)started.m};
    memcpy(how.salt, started.salt.p, sizeof how.salt);
    HK_TRY(run_kdf(d, &how, password, secret_key));
    return finish_sign_in(d, handle, RECORD_PASSWORD, started.challenge);
}

hk_err device_sign_in_with_r(device *d, const char *handle, const uint8_t r[static VAULT_KEY_BYTES])
{
    sign_in_started_body started = {0};
    HK_TRY(begin_sign_in(d, handle, RECORD_DEVICE, &started));
    memcpy(d->r, r, sizeof d->r);
    d->record_kind = VAULT_UNLOCK_DEVICE;
    return finish_sign_in(d, handle, RECORD_DEVICE, started.challenge);
}
