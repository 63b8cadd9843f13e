/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * HTTP on one connection: one request at a time. While its job runs and until its answer has left, nothing
 * more is read; the head stays in the buffer until the body is there and is parsed again then, so that a
 * waiting connection keeps nothing but bytes.
 */
#include "wire/inside.h"

#include <assert.h>
#include <string.h>
#include <sys/socket.h>

static struct evbuffer *input_of(conn *c)
{
    return bufferevent_get_input(c->be);
}

static struct evbuffer *output_of(conn *c)
{
    return bufferevent_get_output(c->be);
}

/* ---- Answers */

void http_sent(conn *c)
{
    c->state = CONN_REPLY;
    c->close_after |= c->w->draining;
    c->mark = (uint32_t)evbuffer_get_length(output_of(c));
    (void)bufferevent_disable(c->be, EV_READ); /* cannot fail for a socket */
    conn_wait(c, CONN_BY_PACE);
    conn_write(c);
}

static void count_problem(wire *w, int status)
{
    if (status >= 400)
        atomic_fetch_add(status < 500 ? &w->figures.problems_client : &w->figures.problems_server, 1);
}

static void give_back(const void *bytes, size_t n, void *job)
{
    (void)bytes;
    (void)n;
    wire_job_free(job);
}

void http_answer(conn *c, wire_job *job)
{
    wire_reply *reply = &job->reply;
    if (!reply->status)
        reply->status = 204;
    reply_head head = {.status = reply->status,
                       .content_type = reply->status == 204 ? NULL : reply->content_type,
                       .length = reply->body.n,
                       .retry_after_s =
                           reply->status == 503 && !reply->retry_after_s ? 1 : reply->retry_after_s,
                       .close = c->close_after || c->w->draining};
    count_problem(c->w, reply->status);
    struct evbuffer *out = output_of(c);
    hk_err err = reply_write_head(c->w, out, &head, reply);
    bool lend = err == HK_OK && reply->body.n > WIRE_COPY_BYTES;
    if (lend && evbuffer_add_reference(out, reply->body.p, reply->body.n, give_back, job) != 0) {
        lend = false;
        err = HK_NO_MEMORY;
    } else if (err == HK_OK && !lend && evbuffer_add(out, reply->body.p, reply->body.n) != 0) {
        err = HK_NO_MEMORY;
    }
    if (!lend)
        wire_job_free(job);
    if (err == HK_OK)
        http_sent(c);
    else
        conn_free(c); /* half an answer must not be followed by anything */
}

/* A problem that the kit finds itself. `match` has the methods for a 405. */
static void refuse(conn *c, int status, hk_err err, const char *allow, int retry_after_s)
{
    hk_arena arena;
    hk_arena_init(&arena, 4096);
    wire_reply reply = {0};
    wire_reply_fail(&reply, err, status, -1, &arena);
    count_problem(c->w, status);
    reply_head head = {.status = status,
                       .content_type = reply.content_type,
                       .length = reply.body.n,
                       .allow = allow,
                       .retry_after_s = retry_after_s,
                       .close = c->close_after || c->w->draining};
    bool written = reply_write_head(c->w, output_of(c), &head, NULL) == HK_OK &&
                   evbuffer_add(output_of(c), reply.body.p, reply.body.n) == 0;
    hk_arena_done(&arena);
    if (written)
        http_sent(c);
    else
        conn_free(c);
}

static hk_err err_of_status(int status)
{
    switch (status) {
    case 401:
        return HK_WHO;
    case 403:
        return HK_REFUSED;
    case 404:
        return HK_NOT_THERE;
    case 429:
        return HK_TOO_MUCH;
    case 503:
        return HK_BUSY;
    }
    return HK_BAD;
}

void http_refuse(conn *c, int status)
{
    refuse(c, status, err_of_status(status), NULL, status == 503 ? 1 : 0);
}

void http_pace(conn *c)
{
    size_t left = evbuffer_get_length(output_of(c));
    if (left + WIRE_PACE_BYTES > c->mark) {
        atomic_fetch_add(&c->w->figures.dropped_slow, 1);
        conn_free(c);
        return;
    }
    c->mark = (uint32_t)left;
    conn_wait(c, CONN_BY_PACE);
}

static void linger(conn *c)
{
    c->state = CONN_LINGER;
    c->mark = 0;
    bufferevent_setwatermark(c->be, EV_READ, 0, WIRE_HEAD_BYTES);
    (void)shutdown(bufferevent_getfd(c->be), SHUT_WR); /* the other side may be gone already */
    conn_wait(c, CONN_BY_LINGER);
    (void)bufferevent_enable(c->be, EV_READ); /* cannot fail for a socket */
    http_readable(c);
}

void http_drained(conn *c)
{
    if (c->state != CONN_REPLY)
        return;
    if (c->close_after) {
        linger(c);
        return;
    }
    c->state = CONN_HEAD;
    c->mark = 0;
    bufferevent_setwatermark(c->be, EV_READ, 0, WIRE_HEAD_BYTES);
    conn_wait(c, CONN_BY_KEEP);
    (void)bufferevent_enable(c->be, EV_READ); /* cannot fail for a socket */
    if (evbuffer_get_length(input_of(c)))
        http_readable(c);
}

/* ---- Requests */

static bool is_get_or_head(const wire_head *h)
{
    return hk_slice_eq_z(h->method, "GET") || hk_slice_eq_z(h->method, "HEAD");
}

static void answer_text(conn *c, int status, const char *text, bool head_only)
{
    reply_head head = {.status = status,
                       .content_type = "text/plain; charset=utf-8",
                       .length = strlen(text),
                       .retry_after_s = status == 503,
                       .close = c->close_after || c->w->draining};
    if (reply_write_head(c->w, output_of(c), &head, NULL) == HK_OK &&
        (head_only || evbuffer_add(output_of(c), text, strlen(text)) == 0))
        http_sent(c);
    else
        conn_free(c);
}

/* Health is asked by load balancers under any name. True when it was answered. */
static bool answer_health(conn *c, const wire_head *h)
{
    bool ready = hk_slice_eq_z(h->path, "/readyz");
    if ((!ready && !hk_slice_eq_z(h->path, "/healthz")) || !is_get_or_head(h) || h->content_length > 0)
        return false;
    wire *w = c->w;
    bool is = !ready || (!w->draining && (!w->options.ready || w->options.ready(w->options.place)));
    answer_text(c, is ? 200 : 503, is ? "ok\n" : "not ready\n", hk_slice_eq_z(h->method, "HEAD"));
    return true;
}

static hk_err keep_text(wire_job *job, hk_slice from, hk_slice *to)
{
    return from.n ? hk_arena_copy(&job->arena, from, to) : HK_OK;
}

/* Copies into the arena what the handler may read: the buffer does not live so long. */
static hk_err keep_head(wire_job *job, const wire_head *h, const judged *j)
{
    wire_request *r = &job->r;
    r->param_count = j->match.param_count;
    for (size_t i = 0; i < r->param_count; i++)
        HK_TRY(keep_text(job, j->match.params[i], &r->params[i]));
    HK_TRY(keep_text(job, h->query, &r->query));
    HK_TRY(keep_text(job, h->host, &r->host));
    HK_TRY(keep_text(job, cookie_find(h, WIRE_COOKIE), &r->cookie));
    HK_TRY(keep_text(job, cookie_find(h, WIRE_PRE_LOGIN_COOKIE), &r->pre_login_cookie));
    hk_slice key = {0};
    if (j->is_upgrade && wire_head_field(h, "sec-websocket-key", &key) != HK_OK)
        return HK_BAD;
    HK_TRY(keep_text(job, key, &job->key));
    return keep_text(job, j->ticket, &job->ticket);
}

/* A class that counts by handle finds it in the body, whatever else the body says. */
static hk_err body_rate(conn *c, wire_job *job, hk_slice object)
{
    wire_rate rate;
    const wire_route *route = job->route;
    if (!route->limit || !wire_rate_named(route->limit, &rate) || wire_rate_counts_by(rate) != WIRE_BY_HANDLE)
        return HK_OK;
    json_at handle;
    hk_slice text = {0};
    if (json_member(object, "handle", &handle) && json_first(&handle) == '"')
        HK_TRY(json_text(&handle, &job->arena, &text));
    uint64_t key = wire_rate_hash(c->w->rates, text, c->address_key);
    if (wire_rate_take(c->w->rates, rate, key, c->w->now_ms, &job->reply.retry_after_s))
        return HK_OK;
    atomic_fetch_add(&c->w->figures.refused_rates, 1);
    return HK_TOO_MUCH;
}

static hk_err keep_body(conn *c, wire_job *job, hk_slice body)
{
    const wire_route *route = job->route;
    if (!route)
        return HK_OK;
    if (route->raw_max)
        return hk_arena_copy(&job->arena, body, &job->r.raw);
    if (!route->body)
        return HK_OK;
    shape_problem problem = {0};
    if (shape_check(body, &problem) != HK_OK)
        return wire_problem(&job->reply, HK_BAD, "bad", problem.why);
    HK_TRY(body_rate(c, job, body));
    return wire_job_body(job, route->body, body, NULL);
}

/* The request is whole: it becomes a job, and its bytes leave the buffer. */
static void start(conn *c, const wire_head *h, const judged *j, hk_slice body, size_t used)
{
    wire *w = c->w;
    wire_job *job = wire_job_new(w, c->id);
    if (!job) {
        conn_free(c);
        return;
    }
    job->route = j->match.route;
    job->r.address_key = c->address_key;
    hk_err err = keep_head(job, h, j);
    if (err == HK_OK)
        err = keep_body(c, job, body);
    atomic_fetch_add(&w->figures.requests, 1);
    (void)evbuffer_drain(input_of(c), used); /* the bytes were seen there just now */
    c->state = CONN_JOB;
    c->close_after |= h->close;
    (void)bufferevent_disable(c->be, EV_READ); /* cannot fail for a socket */
    conn_wait(c, CONN_BY_NOTHING);
    if (err == HK_OK) {
        /* an upgrade changes nothing in the database: its ticket lies in memory */
        wire_job_start(job, job->route ? job->route->mode : WIRE_READ);
        return;
    }
    w->jobs++;
    job->result = err;
    wire_job_deliver(job);
}

/* Everything that is not a route: health, files, and refusals. */
static void answer_other(conn *c, const wire_head *h, size_t used)
{
    (void)evbuffer_drain(input_of(c), used); /* the bytes were seen there just now */
    c->close_after |= h->close || h->content_length > 0;
    if (answer_health(c, h))
        return;
    if (h->content_length > 0)
        http_refuse(c, 400);
    else if (!is_get_or_head(h))
        refuse(c, 405, HK_BAD, "GET, HEAD", 0);
    else if (!files_answer(c, h))
        http_refuse(c, 404);
}

static void on_head(conn *c, hk_slice bytes)
{
    wire_head h;
    judged j;
    int status = wire_head_parse(bytes, &h);
    if (status) {
        atomic_fetch_add(&c->w->figures.refused_heads, 1);
        c->close_after = true;
        http_refuse(c, status);
        return;
    }
    if (c->is_metrics) {
        c->close_after = true;
        metrics_answer(c, &h);
        return;
    }
    bool health = hk_slice_eq_z(h.path, "/healthz") || hk_slice_eq_z(h.path, "/readyz");
    judge(c, &h, &j);
    if (!health)
        judge_rates(c, &j);
    if (j.status && !health) {
        c->close_after |= h.close || h.content_length > 0 || h.upgrade;
        (void)evbuffer_drain(input_of(c), bytes.n); /* the bytes were seen there just now */
        refuse(c, j.status, err_of_status(j.status), j.match.allow[0] ? j.match.allow : NULL,
               j.retry_after_s);
    } else if (!j.match.route && !j.is_upgrade) {
        answer_other(c, &h, bytes.n);
    } else if (j.body_n == 0) {
        start(c, &h, &j, (hk_slice){0}, bytes.n);
    } else {
        c->state = CONN_BODY;
        c->mark = (uint32_t)bytes.n;
        bufferevent_setwatermark(c->be, EV_READ, bytes.n + j.body_n, bytes.n + j.body_n);
        conn_wait(c, CONN_BY_BODY);
        http_readable(c);
    }
}

static void read_head(conn *c)
{
    struct evbuffer *in = input_of(c);
    size_t n = evbuffer_get_length(in);
    if (n == 0)
        return;
    if (c->deadline == CONN_BY_KEEP)
        conn_wait(c, CONN_BY_HEAD);
    n = n < WIRE_HEAD_BYTES ? n : WIRE_HEAD_BYTES;
    const uint8_t *p = evbuffer_pullup(in, (ev_ssize_t)n);
    size_t seen = c->mark;
    size_t end = p ? wire_head_end(hk_slice_of(p, n), &seen) : WIRE_HEAD_BROKEN;
    if (end != 0 && end != WIRE_HEAD_BROKEN) {
        uint8_t
            head[WIRE_HEAD_BYTES]; /* a copy, so that the buffer can be drained while the head is looked at */
        memcpy(head, p, end);
        on_head(c, hk_slice_of(head, end));
    } else if (end == WIRE_HEAD_BROKEN || n == WIRE_HEAD_BYTES) {
        atomic_fetch_add(&c->w->figures.refused_heads, 1);
        c->close_after = true;
        http_refuse(c, end ? 400 : 431);
    } else {
        c->mark = (uint32_t)seen;
    }
}

/* The head is parsed again: it said the same a moment ago. */
static void read_body(conn *c)
{
    struct evbuffer *in = input_of(c);
    size_t head_n = c->mark, have = evbuffer_get_length(in);
    uint8_t *p = evbuffer_pullup(in, -1);
    wire_head h;
    if (!p || wire_head_parse(hk_slice_of(p, head_n), &h) != 0) {
        conn_free(c);
        return;
    }
    judged j;
    judge(c, &h, &j);
    if (j.status) {
        conn_free(c);
        return;
    }
    if (have < head_n + j.body_n)
        return;
    start(c, &h, &j, hk_slice_of(p + head_n, j.body_n), head_n + j.body_n);
}

static void throw_away(conn *c)
{
    struct evbuffer *in = input_of(c);
    size_t n = evbuffer_get_length(in);
    c->mark += (uint32_t)n;
    (void)evbuffer_drain(in, n); /* all there is */
    if (c->mark > WIRE_LINGER_BYTES)
        conn_free(c);
}

void http_readable(conn *c)
{
    switch ((conn_state)c->state) {
    case CONN_HEAD:
        read_head(c);
        return;
    case CONN_BODY:
        read_body(c);
        return;
    case CONN_LINGER:
        throw_away(c);
        return;
    case CONN_JOB:
    case CONN_REPLY:
    case CONN_SOCKET:
    case CONN_CLOSING:
        return;
    }
}
