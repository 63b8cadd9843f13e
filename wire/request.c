/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What handlers call: parameters, query members, and saying the reply.
 */
#include "wire/inside.h"

#include <string.h>

static bool parse_int(hk_slice s, int64_t *ret)
{
    int64_t n = 0;
    if (s.n == 0 || s.n > 16 || (s.n > 1 && s.p[0] == '0'))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        n = n * 10 + (s.p[i] - '0');
    }
    *ret = n;
    return n <= HK_INT_MAX;
}

hk_err wire_param_id(const wire_request *r, size_t index, uint8_t ret[static HK_ID_BYTES])
{
    uint8_t id[HK_ID_BYTES];
    size_t n = 0;
    if (index >= r->param_count || r->params[index].n != hk_b64_size(HK_ID_BYTES) ||
        hk_b64_decode(r->params[index], id, sizeof id, &n) != HK_OK || n != HK_ID_BYTES)
        return HK_NOT_THERE;
    memcpy(ret, id, sizeof id);
    return HK_OK;
}

hk_err wire_param_int(const wire_request *r, size_t index, int64_t *ret)
{
    int64_t n;
    if (index >= r->param_count || !parse_int(r->params[index], &n))
        return HK_NOT_THERE;
    *ret = n;
    return HK_OK;
}

hk_err wire_query_int(const wire_request *r, const char *name, int64_t otherwise, int64_t *ret)
{
    hk_slice rest = r->query, name_slice = hk_slice_z(name);
    bool found = false;
    int64_t n = otherwise;
    while (rest.n) {
        size_t end = hk_slice_find(rest, '&');
        hk_slice pair = hk_slice_part(rest, 0, end);
        rest = hk_slice_part(rest, end + 1, rest.n);
        size_t at = hk_slice_find(pair, '=');
        if (!hk_slice_eq(hk_slice_part(pair, 0, at), name_slice))
            continue;
        if (found || !parse_int(hk_slice_part(pair, at + 1, pair.n), &n))
            return HK_BAD;
        found = true;
    }
    *ret = n;
    return HK_OK;
}

static wire_job *job_of(wire_request *r)
{
    return (wire_job *)(void *)((uint8_t *)r - offsetof(wire_job, r));
}

hk_err wire_reply_body(wire_request *r, wire_reply *reply, const shape *s, const void *value)
{
    const wire_job *job = job_of(r);
    const char *t = job->message ? "ok" : NULL;
    HK_TRY(shape_encode_message(t, t ? job->message_id : -1, s, value, r->arena, &reply->body));
    reply->status = 200;
    reply->content_type = "application/json";
    return HK_OK;
}

hk_err wire_reply_nothing(wire_reply *reply)
{
    reply->status = 204;
    reply->body = (hk_slice){0};
    return HK_OK;
}

hk_err wire_reply_bytes(wire_reply *reply, hk_slice bytes, const char *content_type)
{
    reply->status = 200;
    reply->body = bytes;
    reply->content_type = content_type;
    return HK_OK;
}

void wire_reply_cookie(wire_reply *reply, hk_slice token, int64_t max_age_s)
{
    reply->cookie = token.n ? token : HK_LIT("");
    reply->cookie_age_s = max_age_s;
}

void wire_reply_pre_login_cookie(wire_reply *reply, hk_slice token, int64_t max_age_s)
{
    reply->pre_login_cookie = token.n ? token : HK_LIT("");
    reply->pre_login_cookie_age_s = max_age_s;
}

hk_err wire_problem(wire_reply *reply, hk_err err, const char *code, const char *sentence)
{
    reply->code = code;
    reply->sentence = sentence;
    return err;
}

void wire_problem_member(wire_reply *reply, const char *member)
{
    (void)snprintf(reply->member, sizeof reply->member, "%s", member);
}

void wire_problem_int(wire_reply *reply, const char *name, int64_t value)
{
    reply->number_name = name;
    reply->number = value;
}

hk_err wire_after(wire_request *r, void (*run)(void *place, void *arg), void *arg)
{
    wire_job *job = job_of(r);
    wire_after_entry *entry = hk_arena_get(r->arena, sizeof *entry);
    if (!entry)
        return HK_NO_MEMORY;
    *entry = (wire_after_entry){.run = run, .arg = arg};
    *job->afters_end = entry;
    job->afters_end = &entry->next;
    return HK_OK;
}
