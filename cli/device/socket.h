/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A device's socket to its place: RFC 6455 as a client, on libevent's loop, with wire's own frame parser. One
 * text frame in, one call of on_text; nothing here knows what the texts say.
 *
 * A socket that closed is dead: the owner frees it and opens another with a new ticket. socket_free may be
 * called inside its own callbacks.
 */
#ifndef HK_CLI_DEVICE_SOCKET_H
#define HK_CLI_DEVICE_SOCKET_H

#include <event2/event.h>

#include "base/slice.h"

typedef struct socket_client socket_client;

typedef struct socket_events {
    void (*on_open)(void *ctx);
    void (*on_text)(void *ctx, hk_slice text); /* borrowed for the call */
    void (*on_close)(void *ctx, int code);     /* 0: the connection failed or broke; nothing comes after it */
} socket_events;

/* url as for http_open; cookie and ticket as the place gave them. HK_BAD: the host has no address. */
hk_err socket_open(struct event_base *loop, const char *url, const char *cookie, hk_slice ticket,
                   const socket_events *events, void *ctx, socket_client **ret);
hk_err socket_send(socket_client *s, hk_slice text); /* HK_BUSY before on_open and after on_close */
void socket_free(socket_client *s);                  /* says goodbye when it can; NULL is fine */
size_t socket_waiting_bytes(const socket_client *s); /* not yet taken by the system */

#endif
