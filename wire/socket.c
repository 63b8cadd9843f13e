/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * WebSockets (RFC 6455): the upgrade with its one-time ticket, messages in and answers out, pings, closing.
 */
#include "wire/inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- The upgrade */

/* Sec-WebSocket-Protocol: hearken.v1, ticket.TICKET. The ticket is no cookie and stands in no URL, so that it
 * reaches no log. */
static int judge_protocols(const wire_head *h, hk_slice *ret_ticket)
{
    static const hk_slice TICKET = {(const uint8_t *)"ticket.", 7};
    hk_slice rest, one;
    bool ours = false;
    *ret_ticket = (hk_slice){0};
    if (wire_head_field(h, "sec-websocket-protocol", &rest) != HK_OK)
        return 400;
    while (wire_list_next(&rest, &one)) {
        if (hk_slice_eq_z(one, "hearken.v1"))
            ours = true;
        else if (hk_slice_starts(one, TICKET) && !ret_ticket->p)
            *ret_ticket = hk_slice_part(one, TICKET.n, one.n);
        else
            return 400;
    }
    bool fine = ours && ret_ticket->n <= WIRE_TICKET_BYTES && wire_is_url_token(*ret_ticket);
    return fine ? 0 : ret_ticket->p ? 400 : 401;
}

int socket_judge(const wire_head *h, hk_slice *ret_ticket)
{
    hk_slice version, key;
    if (wire_head_field(h, "sec-websocket-version", &version) != HK_OK || !hk_slice_eq_z(version, "13"))
        return 400;
    if (wire_head_field(h, "sec-websocket-key", &key) != HK_OK || !wire_socket_key_valid(key))
        return 400;
    return judge_protocols(h, ret_ticket);
}

/* ---- Writing */

static struct evbuffer *output_of(conn *c)
{
    return bufferevent_get_output(c->be);
}

static hk_err write_frame(conn *c, wire_opcode opcode, hk_slice payload)
{
    uint8_t head[WIRE_FRAME_HEAD_MAX];
    size_t n = wire_frame_head(head, opcode, true, payload.n, NULL);
    struct evbuffer *out = output_of(c);
    if (evbuffer_get_length(out) + payload.n > WIRE_QUEUE_BYTES)
        return HK_BUSY;
    if (evbuffer_add(out, head, n) != 0 || (payload.n && evbuffer_add(out, payload.p, payload.n) != 0))
        return HK_NO_MEMORY;
    conn_write(c);
    return HK_OK;
}

static void drop_slow(conn *c)
{
    atomic_fetch_add(&c->w->figures.dropped_slow, 1);
    wire_socket_close(c->w, c->id, WIRE_CLOSE_SLOW);
}

hk_err wire_socket_send(wire *w, uint64_t connection, hk_slice text)
{
    conn *c = conn_by_id(w, connection);
    if (!c || c->state != CONN_SOCKET || c->close_code)
        return HK_NOT_THERE;
    if (write_frame(c, WIRE_TEXT_FRAME, text) != HK_OK) {
        drop_slow(c);
        return HK_BUSY;
    }
    atomic_fetch_add(&w->figures.messages_out, 1);
    return HK_OK;
}

void socket_close(conn *c, int code)
{
    uint8_t payload[2] = {(uint8_t)(code >> 8), (uint8_t)code};
    wire *w = c->w;
    if (c->state != CONN_SOCKET)
        return;
    c->state = CONN_CLOSING;
    w->socket_count--;
    (void)write_frame(c, WIRE_CLOSE, /* a reader too slow for two bytes is dropped without them */
                      hk_slice_of(payload, code == WIRE_CLOSE_NOTHING ? 0 : 2));
    free(c->message);
    c->message = NULL;
    conn_wait(c, CONN_BY_CLOSE);
    bufferevent_setwatermark(c->be, EV_READ, 0, WIRE_MESSAGE_BYTES);
    (void)bufferevent_enable(c->be, EV_READ); /* cannot fail for a socket */
    if (c->told_open) {
        c->told_open = false;
        if (w->options.closed)
            w->options.closed(w->options.place, c->id, &c->who);
    }
}

/* ---- Messages */

static const char *const ENVELOPE[] = {"t", "id", NULL};

/* Where the envelope's members stand in a message; nowhere, when they are not there or there twice: two ids
 * could be answered with one here and waited for with the other there. */
typedef struct envelope {
    json_at t, id;
} envelope;

static envelope envelope_of(hk_slice object)
{
    envelope e = {0};
    json_at at = json_start(object);
    uint8_t space[JSON_NAME_MAX];
    for (bool more = json_enter(&at); more; more = json_next(&at)) {
        hk_slice name = json_name(&at, space);
        json_at *place = hk_slice_eq_z(name, "t") ? &e.t : hk_slice_eq_z(name, "id") ? &e.id : NULL;
        if (place)
            *place = place->p ? (json_at){at.end, at.end} : at;
        json_pass(&at);
    }
    return e;
}

static hk_err read_message(wire_job *job, hk_slice object, json_at *t)
{
    hk_slice name = {0};
    if (json_first(t) == '"')
        HK_TRY(json_text(t, &job->arena, &name));
    job->message = wire_routes_message(job->w->routes, name);
    if (!job->message)
        return wire_problem(&job->reply, HK_BAD, "unknown", "This kind of message is not known here.");
    if (!(job->r.who.is & job->message->access) && job->message->access != WIRE_ANYBODY)
        return HK_REFUSED;
    uint64_t key;
    memcpy(&key, job->r.who.account.b, sizeof key);
    if (!wire_rate_take(job->w->rates, WIRE_RATE_ACCOUNT, key, job->w->now_ms, NULL)) {
        atomic_fetch_add(&job->w->figures.refused_rates, 1);
        return HK_TOO_MUCH;
    }
    const shape *s = job->message->body ? job->message->body : &SHAPE_NOTHING;
    return wire_job_body(job, s, object, ENVELOPE);
}

/* What has no id cannot be answered: the other side is broken, and the socket ends. */
static int64_t id_of(json_at *at)
{
    int64_t id;
    if (json_first(at) < '0' || json_first(at) > '9')
        return -1;
    return json_int(at, &id) && id <= HK_INT_MAX ? id : -1;
}

/* Starts the job of one message; false when the socket is closing. */
static bool take_message(conn *c, hk_slice text)
{
    wire *w = c->w;
    shape_problem problem;
    atomic_fetch_add(&w->figures.messages_in, 1);
    envelope around = {0};
    if (shape_check(text, &problem) == HK_OK)
        around = envelope_of(text);
    int64_t id = id_of(&around.id);
    wire_job *job = id < 0 ? NULL : wire_job_new(w, c->id);
    if (!job) {
        socket_close(c, WIRE_CLOSE_POLICY);
        return false;
    }
    job->message_id = id;
    job->r.who = c->who;
    job->r.connection = c->id;
    job->r.address_key = c->address_key;
    hk_err err = read_message(job, text, &around.t);
    c->unanswered++;
    if (err == HK_OK) {
        wire_job_start(job, job->message->mode);
    } else {
        w->jobs++;
        job->result = err;
        wire_job_deliver(job);
    }
    return c->state == CONN_SOCKET;
}

void socket_answer(conn *c, wire_job *job)
{
    if (job->result == HK_OK && !job->reply.body.n)
        (void)wire_reply_body(&job->r, &job->reply, &SHAPE_NOTHING,
                              NULL); /* no memory: no answer, and closed below */
    assert(c->unanswered > 0);
    c->unanswered--;
    hk_slice text = job->reply.body;
    if (c->state == CONN_SOCKET && (!text.n || write_frame(c, WIRE_TEXT_FRAME, text) != HK_OK))
        drop_slow(c);
    wire_job_free(job);
    atomic_fetch_add(&c->w->figures.messages_out, 1);
    if (c->stopped && c->state == CONN_SOCKET) {
        c->stopped = false;
        (void)bufferevent_enable(c->be, EV_READ); /* cannot fail for a socket */
        bufferevent_trigger(c->be, EV_READ, BEV_TRIG_DEFER_CALLBACKS);
    }
}

/* Adds a fragment to the message; false when there is no memory. */
static bool add_fragment(conn *c, const wire_frame *f)
{
    uint8_t *grown = realloc(c->message, c->message_n + f->n + 1);
    if (!grown)
        return false;
    if (f->n)
        memcpy(grown + c->message_n, f->payload, f->n);
    c->message = grown;
    c->message_n += (uint32_t)f->n;
    return true;
}

static bool take_data(conn *c, const wire_frame *f)
{
    if (f->opcode == WIRE_TEXT_FRAME && f->last)
        return take_message(c, hk_slice_of(f->payload, f->n));
    if (!add_fragment(c, f)) {
        socket_close(c, WIRE_CLOSE_SIZE);
        return false;
    }
    if (!f->last)
        return true;
    uint8_t *message = c->message;
    uint32_t n = c->message_n;
    c->message = NULL;
    c->message_n = 0;
    bool open = take_message(c, hk_slice_of(message, n));
    free(message);
    return open;
}

/* A close frame is answered with its own code; pings with their own bytes. False when the socket is closing.
 */
static bool take_control(conn *c, const wire_frame *f)
{
    if (f->opcode == WIRE_CLOSE) {
        socket_close(c, f->close_code);
        return false;
    }
    if (++c->controls > WIRE_CONTROLS) {
        socket_close(c, WIRE_CLOSE_POLICY);
        return false;
    }
    if (f->opcode == WIRE_PING && write_frame(c, WIRE_PONG, hk_slice_of(f->payload, f->n)) != HK_OK)
        drop_slow(c);
    return true;
}

/* While closing: wait for the other side's close frame, or its end. */
static void read_closing(conn *c, struct evbuffer *in)
{
    if (c->deaf || c->close_after) {
        (void)evbuffer_drain(in,
                             evbuffer_get_length(in)); /* all there is: nothing more can be read from it */
        return;
    }
    for (;;) {
        size_t n = evbuffer_get_length(in);
        uint8_t *p = n ? evbuffer_pullup(in, -1) : NULL;
        wire_frame f;
        wire_frame_result result = p ? wire_frame_next(&c->reader, p, n, &f) : WIRE_FRAME_MORE;
        if (result == WIRE_FRAME_MORE)
            return;
        if (result == WIRE_FRAME_BROKEN || f.opcode == WIRE_CLOSE) {
            conn_free(c);
            return;
        }
        (void)evbuffer_drain(in, f.used); /* it was there just now */
    }
}

/* When the other side closes, our answer is the last thing to be sent. */
static bool take_frame(conn *c, struct evbuffer *in, const wire_frame *f)
{
    bool is_close = f->opcode == WIRE_CLOSE;
    bool open = f->opcode >= WIRE_CLOSE ? take_control(c, f) : take_data(c, f);
    (void)evbuffer_drain(in, f->used); /* it was there just now */
    if (is_close)
        c->close_after = true;
    return open;
}

void socket_readable(conn *c)
{
    struct evbuffer *in = bufferevent_get_input(c->be);
    c->heard = true;
    while (c->state == CONN_SOCKET && !c->stopped) {
        size_t n = evbuffer_get_length(in);
        uint8_t *p = n ? evbuffer_pullup(in, -1) : NULL;
        wire_frame f = {.used = 2};
        wire_frame_result result = p ? wire_frame_next(&c->reader, p, n, &f) : WIRE_FRAME_MORE;
        if (result == WIRE_FRAME_MORE) {
            bufferevent_setwatermark(c->be, EV_READ, n ? f.used : 0,
                                     WIRE_MESSAGE_BYTES + WIRE_FRAME_HEAD_MAX);
            return;
        }
        if (result == WIRE_FRAME_BROKEN) {
            (void)evbuffer_drain(in, n); /* nothing behind a broken frame can be read */
            c->deaf = true;
            socket_close(c, f.close_code);
            return;
        }
        if (!take_frame(c, in, &f))
            return;
        if (c->unanswered >= WIRE_UNANSWERED) {
            c->stopped = true;
            (void)bufferevent_disable(c->be, EV_READ); /* cannot fail for a socket */
        }
    }
    if (c->state == CONN_CLOSING)
        read_closing(c, in);
}

void socket_drained(conn *c)
{
    c->drained = true;
    if (c->state == CONN_CLOSING && c->close_after)
        conn_free(c);
}

void socket_check(conn *c)
{
    bool pending = evbuffer_get_length(output_of(c)) > 0;
    if (pending && !c->drained) {
        drop_slow(c); /* not once empty in all that time: slower than 1 KiB/s or gone */
        conn_wait(c, CONN_BY_CHECK);
        return;
    }
    if (!c->heard && c->asked) {
        atomic_fetch_add(&c->w->figures.deadlines, 1);
        conn_free(c);
        return;
    }
    c->asked = !c->heard;
    c->heard = false;
    c->drained = !pending;
    c->controls = 0;
    conn_wait(c, CONN_BY_CHECK);
    if (c->asked && write_frame(c, WIRE_PING, (hk_slice){0}) != HK_OK)
        drop_slow(c);
}

void socket_open(conn *c, const wire_job *job)
{
    wire *w = c->w;
    c->state = CONN_SOCKET;
    c->reader = (wire_frame_reader){.from_client = true};
    c->who = job->r.who;
    c->unanswered = c->controls = 0;
    c->heard = c->drained = true;
    c->asked = c->stopped = c->close_after = false;
    c->mark = 0;
    w->socket_count++;
    char accept[29];
    wire_socket_accept(job->key, accept);
    bool written = evbuffer_add_printf(output_of(c),
                                       "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                       "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
                                       "Sec-WebSocket-Protocol: hearken.v1\r\n\r\n",
                                       accept) > 0;
    if (!written) {
        conn_free(c);
        return;
    }
    conn_write(c);
    conn_wait(c, CONN_BY_CHECK);
    bufferevent_setwatermark(c->be, EV_READ, 0, WIRE_MESSAGE_BYTES + WIRE_FRAME_HEAD_MAX);
    (void)bufferevent_enable(c->be, EV_READ); /* cannot fail for a socket */
    c->told_open = true;
    if (w->options.opened)
        w->options.opened(w->options.place, c->id, &c->who);
    if (w->draining)
        wire_socket_close(w, c->id, WIRE_CLOSE_GOING);
    else if (evbuffer_get_length(bufferevent_get_input(c->be)))
        bufferevent_trigger(c->be, EV_READ, BEV_TRIG_DEFER_CALLBACKS);
}
