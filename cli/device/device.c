/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/device/device.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/device/steps.h"
#include "features/accounts/contract.h"
#include "features/staff/contract.h"

hk_err device_new(const char *url, device **ret)
{
    device *d = calloc(1, sizeof *d);
    if (!d)
        return HK_NO_MEMORY;
    hk_arena_init(&d->arena, DEVICE_ARENA_BYTES);
    hk_err err = http_open(url, &d->http);
    if (err != HK_OK) {
        device_free(d);
        return err;
    }
    *ret = d;
    return HK_OK;
}

void device_free(device *d)
{
    if (!d)
        return;
    http_close(d->http);
    hk_arena_done(&d->arena);
    vault_account_wipe(&d->me);
    vault_team_key_wipe(&d->team_key);
    explicit_bzero(d, sizeof *d);
    free(d);
}

const char *device_problem(const device *d)
{
    return d->problem ? d->problem : http_words(d->http);
}

hk_err device_refuse(device *d, hk_err err, const char *sentence)
{
    d->problem = sentence;
    return err;
}

void device_step(device *d)
{
    hk_arena_clear(&d->arena);
    d->problem = NULL;
}

int64_t device_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

hk_err device_path(device *d, const char *before, const uint8_t id[static HK_ID_BYTES], const char *after,
                   const char **ret)
{
    char text[23] = {0};
    hk_b64_encode(hk_slice_of(id, HK_ID_BYTES), text);
    *ret = hk_arena_printf(&d->arena, "%s%s%s", before, text, after);
    return *ret ? HK_OK : HK_NO_MEMORY;
}

hk_err device_ticket(device *d, char ret[static DEVICE_TICKET_MAX])
{
    device_step(d);
    ticket_body ticket = {0};
    HK_TRY(http_call(d->http, "POST", "/api/socket-ticket", &SHAPE_NOTHING, NULL, &SOCKET_TICKET, &d->arena,
                     &ticket));
    size_t n = hk_b64_size(ticket.ticket.n);
    if (n >= DEVICE_TICKET_MAX)
        return device_refuse(d, HK_BAD, "The place gave a ticket of an unknown kind.");
    hk_b64_encode(ticket.ticket, ret);
    ret[n] = '\0';
    return HK_OK;
}

hk_err device_here_until(device *d, int64_t until_ms)
{
    device_step(d);
    return http_call(d->http, "PUT", "/api/duty", &DUTY, &(duty_body){.here_until_ms = until_ms}, NULL,
                     &d->arena, NULL);
}
