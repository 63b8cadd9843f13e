/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/device/socket.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/frame.h"

#define ANSWER_HEAD_MAX 8192
#define MESSAGE_MAX     ((size_t)1 << 20)
#define MASKS_DRAWN     64 /* at once: one system call for so many frames */

struct socket_client {
    struct bufferevent *bev;
    struct event *write_now; /* at the end of this turn of the loop; NULL under TLS, where the loop writes */
    SSL_CTX *tls;
    const socket_events *events;
    void *ctx;
    wire_frame_reader reader;
    uint8_t masks[MASKS_DRAWN][4];
    size_t masks_left;
    uint8_t *message; /* a fragmented text as it grows */
    size_t message_n;
    char accept[29]; /* what the place must answer to our key */
    bool upgraded, closed, in_callback, freed;
};

static void really_free(socket_client *s)
{
    if (s->write_now)
        event_free(s->write_now);
    if (s->bev)
        bufferevent_free(s->bev);
    if (s->tls)
        SSL_CTX_free(s->tls);
    free(s->message);
    free(s);
}

static void end(socket_client *s, int code)
{
    if (s->closed)
        return;
    s->closed = true;
    bufferevent_disable(s->bev, EV_READ | EV_WRITE);
    s->events->on_close(s->ctx, code);
}

/* What libevent calls runs between these two: an owner who frees the socket meanwhile is obeyed at the end.
 */
static void callback_begins(socket_client *s)
{
    s->in_callback = true;
}

static void callback_ends(socket_client *s)
{
    s->in_callback = false;
    if (s->freed)
        really_free(s);
}

static void write_out(socket_client *s)
{
    struct evbuffer *out = bufferevent_get_output(s->bev);
    (void)evbuffer_unfreeze(out, 1); /* the bufferevent keeps its front frozen; nobody else touches it */
    (void)evbuffer_write(out, bufferevent_getfd(s->bev)); /* a line that broke shows when it is read */
    (void)evbuffer_freeze(out, 1);                        /* as it was */
}

/* As the place does it (wire/connection.c): all frames of a turn leave by one call, and only what the kernel
 * does not take at once waits for the loop to say that there is room, which costs three more. */
static void on_write_now(evutil_socket_t fd, short what, void *ctx)
{
    (void)fd;
    (void)what;
    socket_client *s = ctx;
    if (s->closed || (bufferevent_get_enabled(s->bev) & EV_WRITE))
        return;
    write_out(s);
    if (evbuffer_get_length(bufferevent_get_output(s->bev)))
        bufferevent_enable(s->bev, EV_WRITE);
}

static void on_drained(struct bufferevent *bev, void *ctx)
{
    const socket_client *s = ctx;
    if (s->write_now && s->upgraded)
        bufferevent_disable(bev, EV_WRITE);
}

/* RFC 6455 section 10.3: no mask can be foreseen, and none is used twice. */
static const uint8_t *next_mask(socket_client *s)
{
    if (s->masks_left == 0) {
        randombytes_buf(s->masks, sizeof s->masks);
        s->masks_left = MASKS_DRAWN;
    }
    return s->masks[--s->masks_left];
}

static hk_err send_frame(socket_client *s, wire_opcode opcode, hk_slice payload)
{
    uint8_t head[WIRE_FRAME_HEAD_MAX];
    const uint8_t *mask = next_mask(s);
    size_t head_n = wire_frame_head(head, opcode, true, payload.n, mask);
    struct evbuffer *out = bufferevent_get_output(s->bev);
    struct evbuffer_iovec room;
    if (evbuffer_reserve_space(out, (ev_ssize_t)(head_n + payload.n), &room, 1) < 1)
        return HK_NO_MEMORY;
    memcpy(room.iov_base, head, head_n);
    uint8_t *body = (uint8_t *)room.iov_base + head_n;
    if (payload.n)
        memcpy(body, payload.p, payload.n);
    wire_frame_mask(body, payload.n, mask);
    room.iov_len = head_n + payload.n;
    if (evbuffer_commit_space(out, &room, 1) != 0)
        return HK_NO_MEMORY;
    if (s->write_now)
        event_active(s->write_now, 0, 0);
    return HK_OK;
}

hk_err socket_send(socket_client *s, hk_slice text)
{
    if (!s->upgraded || s->closed)
        return HK_BUSY;
    return send_frame(s, WIRE_TEXT_FRAME, text);
}

size_t socket_waiting_bytes(const socket_client *s)
{
    return s->closed ? 0 : evbuffer_get_length(bufferevent_get_output(s->bev));
}

static bool keep_fragment(socket_client *s, const wire_frame *f)
{
    if (f->n > MESSAGE_MAX - s->message_n)
        return false;
    uint8_t *bigger = realloc(s->message, s->message_n + f->n + 1);
    if (!bigger)
        return false;
    if (f->n)
        memcpy(bigger + s->message_n, f->payload, f->n);
    s->message = bigger;
    s->message_n += f->n;
    return true;
}

static void take_frame(socket_client *s, const wire_frame *f)
{
    switch (f->opcode) {
    case WIRE_TEXT_FRAME:
    case WIRE_CONTINUE:
        if (f->opcode == WIRE_TEXT_FRAME && f->last) {
            s->events->on_text(s->ctx, hk_slice_of(f->payload, f->n));
            return;
        }
        if (!keep_fragment(s, f)) {
            end(s, 0);
            return;
        }
        if (f->last) {
            s->events->on_text(s->ctx, hk_slice_of(s->message, s->message_n));
            s->message_n = 0;
        }
        return;
    case WIRE_PING:
        (void)send_frame(s, WIRE_PONG,
                         hk_slice_of(f->payload, f->n)); /* out of memory shows at the next send */
        return;
    case WIRE_PONG:
        return;
    case WIRE_CLOSE:
        end(s, f->close_code);
        return;
    }
}

/* The first line and the proof that the other side speaks WebSocket; the rest of the head is not ours to
 * judge. */
static bool head_is_an_upgrade(const socket_client *s, const char *head)
{
    return strncmp(head, "HTTP/1.1 101", 12) == 0 && strstr(head, s->accept) != NULL;
}

static bool take_head(socket_client *s, struct evbuffer *in)
{
    struct evbuffer_ptr at = evbuffer_search(in, "\r\n\r\n", 4, NULL);
    if (at.pos < 0) {
        if (evbuffer_get_length(in) > ANSWER_HEAD_MAX)
            end(s, 0);
        return false;
    }
    char head[ANSWER_HEAD_MAX + 1];
    size_t n = (size_t)at.pos + 4;
    if (n > ANSWER_HEAD_MAX || evbuffer_remove(in, head, n) != (int)n) {
        end(s, 0);
        return false;
    }
    head[n] = '\0';
    if (!head_is_an_upgrade(s, head)) {
        end(s, 0);
        return false;
    }
    s->upgraded = true;
    if (s->write_now)
        bufferevent_disable(s->bev, EV_WRITE);
    s->events->on_open(s->ctx);
    return true;
}

static void on_readable(struct bufferevent *bev, void *ctx)
{
    socket_client *s = ctx;
    struct evbuffer *in = bufferevent_get_input(bev);
    callback_begins(s);
    bool go_on = s->upgraded || take_head(s, in);
    while (go_on && !s->closed && !s->freed) {
        size_t n = evbuffer_get_length(in);
        uint8_t *bytes = n ? evbuffer_pullup(in, -1) : NULL;
        wire_frame f;
        wire_frame_result got = bytes ? wire_frame_next(&s->reader, bytes, n, &f) : WIRE_FRAME_MORE;
        if (got == WIRE_FRAME_MORE)
            break;
        if (got == WIRE_FRAME_BROKEN) {
            end(s, 0);
            break;
        }
        size_t used = f.used;
        take_frame(s, &f);
        if (!s->freed)
            evbuffer_drain(in, used);
    }
    callback_ends(s);
}

/* bytes 16 random -> the key, and what must come back for it. */
static void draw_key(socket_client *s, char ret[static 25])
{
    uint8_t bytes[16];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(ret, 25, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
    wire_socket_accept(hk_slice_z(ret), s->accept);
}

static void on_event(struct bufferevent *bev, short what, void *ctx)
{
    (void)bev;
    callback_begins(ctx);
    if (what & (BEV_EVENT_ERROR | BEV_EVENT_EOF | BEV_EVENT_TIMEOUT))
        end(ctx, 0);
    callback_ends(ctx);
}

/* "host:port", "[v6]:port", or without a port; fills the two texts. */
static bool split_host(const char *host, const char *port_otherwise, char ret_name[256], char ret_port[8])
{
    const char *colon = strrchr(host, ':');
    const char *bracket = strchr(host, ']');
    if (colon && bracket && colon < bracket)
        colon = NULL;
    size_t n = colon ? (size_t)(colon - host) : strlen(host);
    if (n == 0 || n > 255 || (colon && strlen(colon + 1) > 7))
        return false;
    bool v6 = host[0] == '[';
    (void)snprintf(ret_name, 256, "%.*s", (int)(n - (v6 ? 2 : 0)), host + (v6 ? 1 : 0));
    (void)snprintf(ret_port, 8, "%s", colon ? colon + 1 : port_otherwise);
    return true;
}

static hk_err connect_to(socket_client *s, struct event_base *loop, const char *host, bool tls)
{
    char name[256], port[8];
    if (!split_host(host, tls ? "443" : "80", name, port))
        return HK_BAD;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(name, port, &hints, &found) != 0)
        return HK_BAD;
    if (tls) {
        s->tls = SSL_CTX_new(TLS_client_method());
        SSL *ssl = s->tls && SSL_CTX_set_default_verify_paths(s->tls) == 1 ? SSL_new(s->tls) : NULL;
        if (ssl) {
            SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
            SSL_set_tlsext_host_name(ssl, name);
            SSL_set1_host(ssl, name);
            s->bev = bufferevent_openssl_socket_new(loop, -1, ssl, BUFFEREVENT_SSL_CONNECTING,
                                                    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
        }
    } else {
        s->bev = bufferevent_socket_new(loop, -1, BEV_OPT_CLOSE_ON_FREE);
        s->write_now = event_new(loop, -1, 0, on_write_now, s);
    }
    hk_err err = HK_NO_MEMORY;
    if (s->bev && (tls || s->write_now)) {
        bufferevent_setcb(s->bev, on_readable, on_drained, on_event, s);
        bufferevent_enable(s->bev, EV_READ | EV_WRITE);
        err =
            bufferevent_socket_connect(s->bev, found->ai_addr, (int)found->ai_addrlen) == 0 ? HK_OK : HK_BUSY;
        int on = 1;
        if (err == HK_OK) /* slower without, but right */
            (void)setsockopt(bufferevent_getfd(s->bev), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    freeaddrinfo(found);
    return err;
}

hk_err socket_open(struct event_base *loop, const char *url, const char *cookie, hk_slice ticket,
                   const socket_events *events, void *ctx, socket_client **ret)
{
    bool tls = strncmp(url, "https://", 8) == 0;
    const char *host = url + (tls ? 8 : 7);
    socket_client *s = calloc(1, sizeof *s);
    if (!s)
        return HK_NO_MEMORY;
    s->events = events;
    s->ctx = ctx;
    s->closed = true; /* until it is open, nobody is told of its end */
    hk_err err = connect_to(s, loop, host, tls);
    if (err != HK_OK) {
        really_free(s);
        return err;
    }
    s->closed = false;
    char key[25];
    draw_key(s, key);
    if (evbuffer_add_printf(bufferevent_get_output(s->bev),
                            "GET /api/socket HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nConnection: Upgrade\r\n"
                            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n"
                            "Sec-WebSocket-Protocol: hearken.v1, ticket.%.*s\r\n%s%s%s\r\n",
                            host, url, key, (int)ticket.n, (const char *)ticket.p,
                            cookie[0] ? "Cookie: " : "", cookie, cookie[0] ? "\r\n" : "") < 0) {
        really_free(s);
        return HK_NO_MEMORY;
    }
    *ret = s;
    return HK_OK;
}

void socket_free(socket_client *s)
{
    if (!s || s->freed)
        return;
    s->freed = true;
    if (!s->closed && s->upgraded) {
        static const uint8_t NORMAL[2] = {1000 >> 8, 1000 & 255};
        (void)send_frame(s, WIRE_CLOSE, hk_slice_of(NORMAL, sizeof NORMAL)); /* a courtesy */
        if (s->write_now)
            write_out(s); /* likewise */
    }
    s->closed = true;
    if (!s->in_callback)
        really_free(s);
}
