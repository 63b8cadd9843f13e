/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What people do from their own devices and the command line has no command for, with the vault that it has.
 *
 *     person --url URL join INVITATION NAME PASSWORD      -> "HANDLE SECRET-KEY"
 *     person --url URL invite HANDLE PASSWORD SECRET-KEY  -> an invitation for a peer, by an administrator
 *     person --url URL ask                                -> "HANDLE": arrives and asks to be heard
 *     person --url URL leave                              -> "HANDLE", "erased TIME": arrives with a
 *                                                            password
 *     person --url URL team INVITATION NAME PASSWORD      -> "HANDLE SECRET-KEY" of a peer on duty who leads,
 *                                                            vouched for by an administrator who comes first
 *
 * leave waits for a line on standard input before it erases everything of theirs; without one they stay.
 */
#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/settings.h"
#include "cli/device/staff.h"
#include "features/accounts/contract.h"
#include "features/erase/contract.h"
#include "features/place/contract.h"
#include "features/place/place.h"

#define DUTY_MS ((int64_t)4 * 3600 * 1000)

static hk_err join(device *d, const char *invitation, const char *name, const char *password)
{
    uint8_t sk[VAULT_SK_BYTES];
    char text[VAULT_SK_TEXT + 1] = {0};
    vault_sk_make(sk);
    vault_sk_text(sk, text);
    HK_TRY(device_join(d, invitation, name, password, text));
    printf("%s %s\n", d->handle, text);
    return HK_OK;
}

static hk_err invite(device *d, const char *handle, const char *password, const char *secret_key)
{
    vault_place key = {0}; /* an invitation names its public half only */
    place_body here = {0};
    char invitation[VAULT_INVITE_TEXT + 1];
    HK_TRY(device_sign_in(d, handle, password, secret_key));
    HK_TRY(http_call(d->http, "GET", "/api/place", NULL, NULL, &PLACE, &d->arena, &here));
    memcpy(key.pk, here.place_key, sizeof key.pk);
    HK_TRY(staff_invite(d, &key, ROLE_PEER, invitation));
    printf("%s\n", invitation);
    return HK_OK;
}

static hk_err come(device *d)
{
    HK_TRY(device_arrive_with_password(d, "nothing to hide here"));
    printf("%s\n", d->handle);
    (void)fflush(stdout);
    return HK_OK;
}

static hk_err ask(device *d)
{
    conversation_id conversation;
    HK_TRY(come(d));
    return device_ask(d, HK_LIT("Somebody"), HK_LIT("I may not stay."), &conversation);
}

static hk_err erase(device *d)
{
    challenge_body challenge = {0};
    uint8_t signature[VAULT_SIGNATURE_BYTES];
    HK_TRY(http_call(d->http, "POST", "/api/challenge", &SHAPE_NOTHING, NULL, &CHALLENGE, &d->arena,
                     &challenge));
    HK_TRY(vault_login_sign(hk_slice_z(http_host(d->http)), hk_slice_z(d->handle), d->record_kind,
                            challenge.challenge.p, d->r, signature));
    erase_body body = {challenge.challenge, RECORD_PASSWORD, hk_slice_of(signature, sizeof signature)};
    erased_body receipt = {0};
    HK_TRY(http_call(d->http, "POST", "/api/account/erase", &ERASE, &body, &ERASED, &d->arena, &receipt));
    printf("erased %lld\n", (long long)receipt.erased_at_ms);
    return HK_OK;
}

static hk_err leave(device *d)
{
    HK_TRY(come(d));
    return getchar() == EOF ? HK_OK : erase(d);
}

static hk_err vouch(device *admin, const vault_place *key, const device *who)
{
    staff_body staff = {0};
    HK_TRY(staff_list(admin, &staff));
    const staff_item *items = staff.staff.items;
    for (size_t i = 0; i < staff.staff.count; i++) {
        if (!HK_ID_EQ(items[i].account, who->me.id))
            continue;
        staff_item copy = items[i]; /* the list lies in the arena that the next step empties */
        return staff_certify(admin, key, &copy, true, 1);
    }
    return HK_NOT_THERE;
}

static hk_err first_listener(device *admin, const vault_place *key, const char *name, const char *password,
                             device *listener)
{
    char invitation[VAULT_INVITE_TEXT + 1];
    team_id team;
    vault_make_id(team.b);
    HK_TRY(staff_invite(admin, key, ROLE_PEER, invitation));
    HK_TRY(join(listener, invitation, name, password));
    HK_TRY(vouch(admin, key, listener));
    HK_TRY(staff_renew_team_key(listener, &team, 1));
    return device_here_until(listener, device_now_ms() + DUTY_MS);
}

/* A place's first hour, as far as stories about other hours need it. The place key goes with this process. */
static hk_err make_team(device *admin, const char *url, const char *invitation, const char *name,
                        const char *password)
{
    vault_place key;
    device *listener = NULL;
    HK_TRY(device_join(admin, invitation, "Kim", password, NULL));
    vault_place_make(&key);
    hk_err err = staff_give_place_key(admin, &key);
    if (err == HK_OK)
        err = device_new(url, &listener);
    if (err == HK_OK)
        err = first_listener(admin, &key, name, password, listener);
    if (err != HK_OK && listener)
        (void)fprintf(stderr, "person: %s: %s\n", name, device_problem(listener));
    device_free(listener);
    vault_place_wipe(&key);
    return err;
}

int main(int argc, char **argv)
{
    const char *url;
    const setting settings[] = {
        {"url", SETTING_TEXT, &url, "http://127.0.0.1:8080", 0, 0, "URL", "the place"},
    };
    settings_problem problem;
    if (settings_load(settings, HK_COUNT(settings), "PERSON", NULL, &argc, argv, &problem) != HK_OK) {
        (void)fprintf(stderr, "person: %s\n", problem.words);
        return 2;
    }
    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return 1;
    device *d = NULL;
    const char *word = argc > 1 ? argv[1] : "";
    hk_err err = device_new(url, &d);
    if (err == HK_OK)
        err = strcmp(word, "join") == 0 && argc == 5     ? join(d, argv[2], argv[3], argv[4])
              : strcmp(word, "invite") == 0 && argc == 5 ? invite(d, argv[2], argv[3], argv[4])
              : strcmp(word, "team") == 0 && argc == 5   ? make_team(d, url, argv[2], argv[3], argv[4])
              : strcmp(word, "leave") == 0 && argc == 2  ? leave(d)
              : strcmp(word, "ask") == 0 && argc == 2    ? ask(d)
                                                         : HK_BAD;
    if (err != HK_OK)
        (void)fprintf(stderr, "person: %s %s\n", hk_err_name(err), d ? device_problem(d) : "");
    device_free(d);
    curl_global_cleanup();
    return err == HK_OK ? 0 : 1;
}
