/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Connections: their slots and ids, their deadlines, their beginning and end. A connection stands in the
 * queue of the one deadline it has; all in a queue have the same patience, so the first is always the next to
 * run out and a new deadline costs a few pointers.
 */
#include "wire/inside.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ID_SLOT_BITS 20
_Static_assert(WIRE_CONNECTIONS < 1 << ID_SLOT_BITS, "a slot fits an id");

static const int64_t PATIENCE_MS[CONN_DEADLINES] = {
    [CONN_BY_HEAD] = WIRE_HEAD_MS,     [CONN_BY_KEEP] = WIRE_KEEP_MS,
    [CONN_BY_BODY] = WIRE_BODY_MS,     [CONN_BY_PACE] = WIRE_PACE_MS,
    [CONN_BY_LINGER] = WIRE_LINGER_MS, [CONN_BY_CHECK] = WIRE_CHECK_MS,
    [CONN_BY_CLOSE] = WIRE_CLOSE_MS,   [CONN_BY_NOTHING] = 0,
};

/* ---- Slots: an id is a generation and a slot, so that an old id finds nothing instead of somebody else. */

static bool slots_grow(wire *w)
{
    uint32_t count = w->slot_count ? w->slot_count * 2 : 256;
    conn **slots = realloc(w->slots, count * sizeof *slots);
    w->slots = slots ? slots : w->slots;
    uint32_t *generations = realloc(w->generations, count * sizeof *generations);
    w->generations = generations ? generations : w->generations;
    uint32_t *free_slots = realloc(w->free_slots, count * sizeof *free_slots);
    w->free_slots = free_slots ? free_slots : w->free_slots;
    if (!slots || !generations || !free_slots)
        return false;
    for (uint32_t i = w->slot_count; i < count; i++) {
        slots[i] = NULL;
        generations[i] = 1;
        free_slots[w->free_count++] = count - 1 - (i - w->slot_count);
    }
    w->slot_count = count;
    return true;
}

static bool slot_take(wire *w, conn *c)
{
    if (w->conn_count >= WIRE_CONNECTIONS || (w->free_count == 0 && !slots_grow(w)))
        return false;
    uint32_t slot = w->free_slots[--w->free_count];
    w->slots[slot] = c;
    w->conn_count++;
    c->id = (uint64_t)w->generations[slot] << ID_SLOT_BITS | slot;
    return true;
}

static void slot_give(wire *w, const conn *c)
{
    uint32_t slot = (uint32_t)(c->id & ((1u << ID_SLOT_BITS) - 1));
    w->slots[slot] = NULL;
    w->generations[slot]++;
    w->free_slots[w->free_count++] = slot;
    w->conn_count--;
}

conn *conn_by_id(const wire *w, uint64_t id)
{
    uint64_t slot = id & ((1u << ID_SLOT_BITS) - 1);
    conn *c = slot < w->slot_count ? w->slots[slot] : NULL;
    return c && c->id == id ? c : NULL;
}

/* ---- Deadlines */

static void queue_leave(conn *c)
{
    conn_queue *q = &c->w->queues[c->deadline];
    *(c->before ? &c->before->after : &q->first) = c->after;
    *(c->after ? &c->after->before : &q->last) = c->before;
    c->before = c->after = NULL;
}

static void queue_enter(conn *c, conn_deadline which)
{
    conn_queue *q = &c->w->queues[which];
    c->deadline = (uint8_t)which;
    c->deadline_ms = c->w->now_ms + PATIENCE_MS[which];
    c->before = q->last;
    *(q->last ? &q->last->after : &q->first) = c;
    q->last = c;
}

void conn_wait(conn *c, conn_deadline which)
{
    queue_leave(c);
    queue_enter(c, which);
}

static void run_out(conn *c)
{
    if (c->deadline != CONN_BY_CHECK && c->deadline != CONN_BY_PACE)
        atomic_fetch_add(&c->w->figures.deadlines, 1);
    switch ((conn_deadline)c->deadline) {
    case CONN_BY_PACE:
        http_pace(c);
        return;
    case CONN_BY_CHECK:
        socket_check(c);
        return;
    case CONN_BY_BODY:
        c->close_after = true;
        http_refuse(c, 408);
        return;
    case CONN_BY_HEAD:
    case CONN_BY_KEEP:
    case CONN_BY_LINGER:
    case CONN_BY_CLOSE:
    case CONN_BY_NOTHING:
    case CONN_DEADLINES:
        conn_free(c);
        return;
    }
}

void conn_tick(wire *w)
{
    for (size_t i = 0; i < CONN_BY_NOTHING; i++)
        while (w->queues[i].first && w->queues[i].first->deadline_ms <= w->now_ms)
            run_out(w->queues[i].first);
}

/* ---- Writing. Nearly every answer fits the kernel's buffer, so it is written at the end of the turn by one
 * call; only what does not fit waits for the loop to say that there is room, which costs three more. Under
 * TLS the loop writes everything. */

void conn_write(conn *c)
{
    if (c->unwritten || (bufferevent_get_enabled(c->be) & EV_WRITE))
        return;
    c->unwritten = true;
    c->unwritten_next = c->w->unwritten;
    c->w->unwritten = c;
}

static void unwritten_leave(conn *c)
{
    for (conn **at = &c->w->unwritten; *at; at = &(*at)->unwritten_next)
        if (*at == c) {
            *at = c->unwritten_next;
            return;
        }
}

static void drained(conn *c)
{
    if (c->state >= CONN_SOCKET)
        socket_drained(c);
    else
        http_drained(c);
}

static void write_now(conn *c)
{
    struct evbuffer *out = bufferevent_get_output(c->be);
    (void)evbuffer_unfreeze(out,
                            1); /* the bufferevent keeps its front frozen; nobody else touches it meanwhile */
    int n = evbuffer_write(out, bufferevent_getfd(c->be));
    int why = errno;
    (void)evbuffer_freeze(out, 1); /* as it was */
    if (n < 0 && why != EAGAIN && why != EINTR)
        conn_free(c);
    else if (evbuffer_get_length(out) == 0)
        drained(c);
    else if (bufferevent_enable(c->be, EV_WRITE) != 0)
        conn_free(c);
}

/* What is drained may begin its next request here and be back in the list. */
void conn_write_all(wire *w)
{
    while (w->unwritten) {
        conn *c = w->unwritten;
        w->unwritten = c->unwritten_next;
        c->unwritten = false;
        write_now(c);
    }
}

/* ---- Beginning and end */

static bool is_tls(const conn *c)
{
    return c->w->tls && !c->is_metrics && !c->is_local;
}

static void on_readable(struct bufferevent *be, void *ctx)
{
    conn *c = ctx;
    wire *w = c->w;
    (void)be;
    if (c->state >= CONN_SOCKET)
        socket_readable(c);
    else
        http_readable(c);
    conn_write_all(w);
}

static void on_drained(struct bufferevent *be, void *ctx)
{
    conn *c = ctx;
    wire *w = c->w;
    if (!is_tls(c))
        (void)bufferevent_disable(be, EV_WRITE); /* cannot fail for a socket */
    drained(c);
    conn_write_all(w);
}

static void on_ended(struct bufferevent *be, short what, void *ctx)
{
    wire *w = ((conn *)ctx)->w;
    (void)be;
    if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT))
        conn_free(ctx);
    conn_write_all(w);
}

static struct bufferevent *buffers_for(wire *w, int fd, bool tls)
{
    return tls ? tls_bufferevent(w, fd) : bufferevent_socket_new(w->base, fd, BEV_OPT_CLOSE_ON_FREE);
}

static void tune(int fd, const struct sockaddr *address)
{
    int one = 1, unsent = WIRE_NOTSENT_BYTES;
    if (address->sa_family == AF_UNIX)
        return;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* only slower without */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent,
                     sizeof unsent); /* only less exact without */
}

void conn_accept(wire *w, int fd, const struct sockaddr *address, bool is_metrics)
{
    uint64_t key = gate_address_key(w, address);
    bool is_local = address->sa_family == AF_UNIX;
    bool is_proxied = w->options.trust_forwarded && (is_local || listen_is_loopback(address));
    conn *c = NULL;
    if (is_local || is_proxied || is_metrics ||
        wire_rate_take(w->rates, WIRE_RATE_CONNECTIONS, key, w->now_ms, NULL))
        c = calloc(1, sizeof *c);
    else
        atomic_fetch_add(&w->figures.refused_rates, 1);
    if (!c || !slot_take(w, c)) {
        free(c);
        (void)close(fd); /* too many, too fast, or no memory: there is nobody to tell */
        return;
    }
    atomic_fetch_add(&w->figures.accepted, 1);
    c->w = w;
    c->address_key = key;
    c->is_local = is_local;
    c->is_proxied = is_proxied && !is_metrics;
    c->is_metrics = is_metrics;
    queue_enter(c, CONN_BY_HEAD);
    tune(fd, address);
    c->be = buffers_for(w, fd, is_tls(c));
    if (!c->be) {
        (void)close(fd); /* no memory */
        conn_free(c);
        return;
    }
    bufferevent_setcb(c->be, on_readable, on_drained, on_ended, c);
    bufferevent_setwatermark(c->be, EV_READ, 0, WIRE_HEAD_BYTES);
    int begun = is_tls(c) ? bufferevent_enable(c->be, EV_WRITE) : bufferevent_disable(c->be, EV_WRITE);
    if (begun != 0 || bufferevent_enable(c->be, EV_READ) != 0)
        conn_free(c);
}

static void closing_leave(conn *c)
{
    for (conn **at = &c->w->closing; *at; at = &(*at)->closing_next)
        if (*at == c) {
            *at = c->closing_next;
            return;
        }
}

void conn_free(conn *c)
{
    wire *w = c->w;
    if (c->close_code)
        closing_leave(c);
    if (c->unwritten)
        unwritten_leave(c);
    if (c->state == CONN_SOCKET)
        w->socket_count--;
    slot_give(w, c);
    queue_leave(c);
    if (c->be)
        bufferevent_free(c->be);
    if (c->told_open && w->options.closed)
        w->options.closed(w->options.place, c->id, &c->who);
    free(c->message);
    free(c);
}

void wire_socket_close(wire *w, uint64_t connection, int code)
{
    conn *c = conn_by_id(w, connection);
    if (!c || c->state != CONN_SOCKET || c->close_code)
        return;
    c->close_code = (uint16_t)code;
    c->closing_next = w->closing;
    w->closing = c;
    event_active(w->closing_event, 0, 0);
}

/* Apart from the call that asked for it, so that whoever walks over connections can ask. */
void conn_close_asked(wire *w)
{
    while (w->closing) {
        conn *c = w->closing;
        w->closing = c->closing_next;
        int code = c->close_code;
        c->close_code = 0;
        socket_close(c, code);
    }
}
