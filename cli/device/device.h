/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One person's device as the command line has it: the native vault on this side, a place on the other, the
 * public interface (docs/interface.md) between them. The same steps the pages take; nothing here knows a
 * shorter way.
 *
 *     device *d;
 *     HK_TRY(device_new("http://127.0.0.1:8080", &d));
 *     HK_TRY(device_arrive(d));
 *     HK_TRY(device_ask(d, HK_LIT("Quiet"), HK_LIT("I cannot sleep."), &conversation));
 *
 * Errors as http_call gives them; device_problem says more in words. Blocking; one thread.
 */
#ifndef HK_CLI_DEVICE_DEVICE_H
#define HK_CLI_DEVICE_DEVICE_H

#include "cli/device/http.h"
#include "vault/people.h"
#include "vault/unlock.h"

#define DEVICE_ARENA_BYTES ((size_t)24 << 20)
#define DEVICE_TICKET_MAX  96

typedef struct device {
    http_client *http;
    hk_arena arena; /* cleared at the start of each step */
    vault_account me;
    bool signed_in;
    char handle[80];
    int64_t role;
    uint8_t record_kind; /* VAULT_UNLOCK_..., of the secret below */
    uint8_t r[VAULT_KEY_BYTES];
    uint8_t place_key[VAULT_KEY_BYTES];
    vault_team team; /* as certified */
    vault_team_key team_key;
    bool has_team_key;
    int64_t state_serial;
    const char *problem; /* a sentence of our own, when it was not the place's */
} device;

hk_err device_new(const char *url, device **ret);
void device_free(device *d); /* wipes; NULL is fine */
const char *device_problem(const device *d);

/* ---- Coming in ---- */

/* A new client without a password: the secret is 32 random bytes that only this process holds. */
hk_err device_arrive(device *d);
/* A new client who keeps the place from the start, with a password. */
hk_err device_arrive_with_password(device *d, const char *password);
/* A new member of staff by an invitation's text ("1....", what stands behind the #). secret_key: SK as text,
 * made before; NULL for none. */
hk_err device_join(device *d, const char *invitation, const char *name, const char *password,
                   const char *secret_key);
/* secret_key: SK as text, or NULL. */
hk_err device_sign_in(device *d, const char *handle, const char *password, const char *secret_key);
/* A client without a password, whose secret is known: another device of one who came by device_arrive. */
hk_err device_sign_in_with_r(device *d, const char *handle, const uint8_t r[static VAULT_KEY_BYTES]);
hk_err device_ticket(device *d, char ret[static DEVICE_TICKET_MAX]);

/* ---- Asking and accepting ---- */

/* First words to the team on duty: who may open them is checked from the place key down. */
hk_err device_ask(device *d, hk_slice name, hk_slice text, conversation_id *ret);
/* A listener: the team's private key, from the wrap made for this account. */
hk_err device_take_team_key(device *d);
/* A listener opens the waiting words, authors the first commit and hands it in. */
hk_err device_accept(device *d, const conversation_id *conversation);
hk_err device_here_until(device *d, int64_t until_ms);

int64_t device_now_ms(void);
/* Writes "/api/.../ID/tail" into the arena. */
hk_err device_path(device *d, const char *before, const uint8_t id[static HK_ID_BYTES], const char *after,
                   const char **ret);

#endif
