/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A client who arrives with a password and asks to be heard, waits for a line on standard input, and then
 * erases everything of theirs.
 *
 *     leaver --url URL
 *
 * Prints "HANDLE CONVERSATION", and after the line the time of the receipt.
 */
#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>

#include "base/settings.h"
#include "cli/device/device.h"
#include "features/accounts/contract.h"
#include "features/erase/contract.h"

static hk_err come(device *d)
{
    conversation_id conversation;
    char text[23] = {0};
    HK_TRY(device_arrive_with_password(d, "nothing to hide here"));
    HK_TRY(device_ask(d, HK_LIT("Somebody"), HK_LIT("I may not stay."), &conversation));
    hk_b64_encode(HK_ID_SLICE(conversation), text);
    printf("%s %s\n", d->handle, text);
    (void)fflush(stdout);
    return HK_OK;
}

static hk_err leave(device *d)
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

int main(int argc, char **argv)
{
    const char *url;
    const setting settings[] = {
        {"url", SETTING_TEXT, &url, "http://127.0.0.1:8080", 0, 0, "URL", "the place"},
    };
    settings_problem problem;
    if (settings_load(settings, HK_COUNT(settings), "LEAVER", NULL, &argc, argv, &problem) != HK_OK) {
        (void)fprintf(stderr, "leaver: %s\n", problem.words);
        return 2;
    }
    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return 1;
    device *d = NULL;
    hk_err err = device_new(url, &d);
    if (err == HK_OK)
        err = come(d);
    if (err == HK_OK && getchar() != EOF)
        err = leave(d);
    if (err != HK_OK)
        (void)fprintf(stderr, "leaver: %s %s\n", hk_err_name(err), d ? device_problem(d) : "");
    device_free(d);
    curl_global_cleanup();
    return err == HK_OK ? 0 : 1;
}
