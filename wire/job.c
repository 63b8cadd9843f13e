/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A request's way: made on the loop's thread, run on a database thread inside the transaction, delivered on
 * the loop's thread after COMMIT. Its connection may have died meanwhile; then only the telling of others is
 * left.
 */
#include "wire/inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void job_init(wire_job *job, const wire_options *options)
{
    *job = (wire_job){.options = options, .message_id = -1};
    job->afters_end = &job->afters;
    job->r.place = options->place;
}

static wire_job *job_begin(wire_job *job, wire *w, uint64_t connection, hk_arena arena)
{
    job_init(job, &w->options);
    job->w = w;
    job->conn = connection;
    job->arena = arena;
    job->r.arena = &job->arena;
    job->r.now_ms = wire_clock_ms();
    return job;
}

wire_job *wire_job_make(wire *w, uint64_t connection)
{
    wire_job *job = aligned_alloc(_Alignof(wire_job), sizeof *job);
    hk_arena arena;
    hk_arena_init(&arena, WIRE_ARENA_BYTES);
    return job ? job_begin(job, w, connection, arena) : NULL;
}

wire_job *wire_job_new(wire *w, uint64_t connection)
{
    wire_job *job = w->spare;
    if (!job)
        return wire_job_make(w, connection);
    w->spare = job->next;
    w->spare_count--;
    return job_begin(job, w, connection, job->arena);
}

void wire_job_free(wire_job *job)
{
    if (!job)
        return;
    wire *w = job->w;
    if (w->spare_count == WIRE_SPARE_JOBS) {
        hk_arena_done(&job->arena);
        free(job);
        return;
    }
    hk_arena_clear(&job->arena); /* what is taken from it again is zeroed then */
    job->next = w->spare;
    w->spare = job;
    w->spare_count++;
}

void wire_job_free_spare(wire *w)
{
    for (wire_job *job = w->spare, *next; job; job = next) {
        next = job->next;
        hk_arena_done(&job->arena);
        free(job);
    }
    w->spare = NULL;
}

hk_err wire_job_body(wire_job *job, const shape *s, hk_slice object, const char *const *beside)
{
    uint8_t *body = hk_arena_get(job->r.arena, s->size);
    if (!body)
        return HK_NO_MEMORY;
    shape_problem problem = {0};
    hk_err err = shape_fill(s, object, beside, job->r.arena, body, &problem);
    if (err == HK_BAD) {
        wire_problem_member(&job->reply, problem.member);
        return wire_problem(&job->reply, HK_BAD, "bad", problem.why);
    }
    job->r.body = body;
    return err;
}

/* ---- On a database thread */

static hk_err check_access(const wire_who *who, uint32_t access)
{
    if (access == WIRE_ANYBODY || (who->is & access))
        return HK_OK;
    return who->is ? HK_REFUSED : HK_WHO;
}

static hk_err check_account_rate(wire_job *job)
{
    if (!job->w || HK_ID_EQ(job->r.who.account, (account_id){0}))
        return HK_OK;
    uint64_t key;
    memcpy(&key, job->r.who.account.b, sizeof key);
    if (wire_rate_take(job->w->rates, WIRE_RATE_ACCOUNT, key, wire_monotonic_ms(), &job->reply.retry_after_s))
        return HK_OK;
    atomic_fetch_add(&job->w->figures.refused_rates, 1);
    return HK_TOO_MUCH;
}

static hk_err run_route(wire_job *job)
{
    const wire_route *route = job->route;
    if (route->access != WIRE_ANYBODY) {
        if (!job->r.who.is)
            HK_TRY(job->options->who(&job->r, &job->r.who));
        HK_TRY(check_access(&job->r.who, route->access));
        HK_TRY(check_account_rate(job));
    }
    return route->handler(&job->r, &job->reply);
}

hk_err wire_job_run(void *given, void *db)
{
    wire_job *job = given;
    job->r.db = db;
    hk_err err;
    if (job->message)
        err = job->message->handler(&job->r, &job->reply);
    else if (job->route)
        err = run_route(job);
    else
        err = job->options->ticket(&job->r, job->ticket, &job->r.who);
    job->r.db = NULL;
    return err;
}

void wire_job_done(void *given, hk_err result)
{
    wire_job *job = given;
    job->result = result;
    wire_mail(job->w, job);
}

void wire_jobs_done(wire *w)
{
    wire_mail_wake(w);
}

/* ---- On the loop's thread */

void wire_job_start(wire_job *job, wire_mode mode)
{
    wire *w = job->w;
    if (mode == WIRE_LOOP) {
        w->jobs++;
        job->result = wire_job_run(job, NULL);
        wire_job_deliver(job);
        return;
    }
    hk_err err = w->jobs >= WIRE_JOBS ? HK_BUSY : HK_OK;
    w->jobs++;
    if (err == HK_OK)
        err = w->options.dispatch(w->options.place, mode, job);
    if (err == HK_OK)
        return; /* it is the database thread's now, or already in the mailbox */
    job->result = err;
    wire_job_deliver(job);
}

static void run_afters(wire_job *job)
{
    for (wire_after_entry *e = job->afters; e; e = e->next)
        e->run(job->r.place, e->arg);
}

void wire_job_deliver(wire_job *job)
{
    wire *w = job->w;
    assert(w->jobs > 0);
    w->jobs--;
    if (job->result == HK_OK)
        run_afters(job);
    conn *c = conn_by_id(w, job->conn);
    if (!c) {
        wire_job_free(job);
        return;
    }
    if (job->result != HK_OK)
        wire_reply_fail(&job->reply, job->result, 0, job->message_id, &job->arena);
    if (job->message || job->message_id >= 0)
        socket_answer(c, job);
    else if (job->ticket.n && job->result == HK_OK) {
        socket_open(c, job);
        wire_job_free(job);
    } else
        http_answer(c, job);
}

/* ---- Without a network */

static hk_err call_body(wire_job *job, hk_slice body)
{
    const shape *s = job->message ? job->message->body : job->route->body;
    if (job->route && job->route->raw_max) {
        job->r.raw = body;
        return body.n <= job->route->raw_max ? HK_OK : HK_TOO_MUCH;
    }
    if (!s)
        return body.n ? HK_BAD : HK_OK;
    shape_problem problem = {0};
    if (shape_check(body, &problem) != HK_OK)
        return wire_problem(&job->reply, HK_BAD, "bad", problem.why);
    return wire_job_body(job, s, body, NULL);
}

static hk_err call_find(wire_job *job, const char *method, hk_slice target)
{
    wire_routes *routes;
    const char *problem;
    HK_TRY(wire_routes_new(job->options, &routes, &problem));
    size_t at = hk_slice_find(target, '?');
    wire_match match = {0};
    job->r.query = hk_slice_part(target, at + 1, target.n);
    if (strcmp(method, "SOCKET") == 0) {
        job->message = wire_routes_message(routes, target);
        job->message_id = 1;
    } else {
        wire_routes_find(routes, hk_slice_z(method), hk_slice_part(target, 0, at), &match);
        job->route = match.route;
        memcpy(job->r.params, match.params, sizeof match.params);
        job->r.param_count = match.param_count;
    }
    wire_routes_free(routes);
    return job->route || job->message ? HK_OK : HK_NOT_THERE;
}

static hk_err call_run(wire_job *job, const char *method, hk_slice target, hk_slice body, void *db)
{
    HK_TRY(call_find(job, method, target));
    HK_TRY(call_body(job, body));
    if (job->message)
        HK_TRY(check_access(&job->r.who, job->message->access));
    return wire_job_run(job, db);
}

void wire_call(const wire_options *options, const char *method, hk_slice target, hk_slice body,
               const wire_who *who, wire_request *base, hk_arena *arena, void *db, bool after,
               wire_called *ret)
{
    wire_job job;
    job_init(&job, options);
    if (base)
        job.r = *base;
    if (!job.r.place)
        job.r.place = options->place;
    job.r.arena = arena;
    if (who)
        job.r.who = *who;
    hk_err err = call_run(&job, method, target, body, db);
    if (err == HK_OK && after)
        run_afters(&job);
    if (err != HK_OK)
        wire_reply_fail(&job.reply, err, 0, job.message_id, arena);
    *ret = (wire_called){.err = err,
                         .status = job.reply.status ? job.reply.status : 204,
                         .body = job.reply.body,
                         .code = err == HK_OK ? NULL : job.reply.code,
                         .set_cookie = job.reply.cookie,
                         .set_pre_login_cookie = job.reply.pre_login_cookie};
}
