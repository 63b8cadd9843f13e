/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/replay/listeners.h"

#include <stdio.h>
#include <stdlib.h>

#include "features/accounts/accounts.h"
#include "features/place/place.h"
#include "features/place/contract.h"

#define DUTY_MS ((int64_t)12 * 3600 * 1000)

struct listeners {
    size_t count;
    device *devices[LISTENERS_MAX];
    line *lines[LISTENERS_MAX];
};

static hk_err add(listeners *l, struct event_base *loop, const char *url, const char *handle,
                  const char *password, const char *secret_key, const line_events *events, void *ctx)
{
    if (l->count == LISTENERS_MAX)
        return HK_OK;
    device *d;
    HK_TRY(device_new(url, &d));
    l->devices[l->count] = d;
    hk_err err = device_sign_in(d, handle, password, secret_key);
    if (err == HK_OK)
        err = device_take_team_key(d);
    if (err == HK_OK)
        err = device_here_until(d, device_now_ms() + DUTY_MS);
    if (err == HK_OK)
        err = line_open(loop, d, events, ctx, &l->lines[l->count]);
    if (err != HK_OK)
        (void)fprintf(stderr, "hearken replay: a listener could not come on duty (%s). %s\n",
                      hk_err_name(err), device_problem(d));
    l->count++;
    return err;
}

static hk_err add_demo_listeners(listeners *l, struct event_base *loop, const char *url,
                                 const line_events *events, void *ctx)
{
    device *asking;
    if (device_new(url, &asking) != HK_OK) {
        (void)fprintf(stderr,
                      "hearken replay: --url is http:// or https:// and a host, nothing behind it.\n");
        return HK_BAD;
    }
    demo_body demo = {0};
    hk_err err = http_call(asking->http, "GET", "/api/demo", NULL, NULL, &DEMO, &asking->arena, &demo);
    if (err != HK_OK)
        (void)fprintf(
            stderr,
            "hearken replay: %s\nOn a place that is no demo, name a listener with --handle, --password and "
            "--secret-key.\n",
            device_problem(asking));
    const demo_person *people = demo.people.items;
    for (size_t i = 0; err == HK_OK && i < demo.people.count; i++) {
        if (people[i].role != ROLE_THERAPIST && people[i].role != ROLE_PEER)
            continue;
        const char *handle = hk_arena_text(&asking->arena, people[i].handle);
        const char *password = hk_arena_text(&asking->arena, people[i].password);
        const char *key = people[i].secret_key.n ? hk_arena_text(&asking->arena, people[i].secret_key) : NULL;
        err = handle && password ? add(l, loop, url, handle, password, key, events, ctx) : HK_NO_MEMORY;
    }
    device_free(asking);
    return err;
}

hk_err listeners_open(struct event_base *loop, const char *url, const char *handle, const char *password,
                      const char *secret_key, const line_events *events, void *ctx, listeners **ret)
{
    listeners *l = calloc(1, sizeof *l);
    if (!l)
        return HK_NO_MEMORY;
    hk_err err = handle ? add(l, loop, url, handle, password ? password : "", secret_key, events, ctx)
                        : add_demo_listeners(l, loop, url, events, ctx);
    if (err == HK_OK && l->count == 0) {
        (void)fprintf(stderr, "hearken replay: this place names no demo listener.\n");
        err = HK_NOT_THERE;
    }
    if (err != HK_OK) {
        listeners_close(l);
        return err;
    }
    *ret = l;
    return HK_OK;
}

void listeners_close(listeners *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->count; i++) {
        line_free(l->lines[i]);
        device_free(l->devices[i]);
    }
    free(l);
}

void listeners_pick(const listeners *l, size_t i, device **ret_device, line **ret_line)
{
    *ret_device = l->devices[i % l->count];
    *ret_line = l->lines[i % l->count];
}

bool listeners_are_open(const listeners *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (!line_is_open(l->lines[i]))
            return false;
    return true;
}
