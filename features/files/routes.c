/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <string.h>

#include "features/files/files.h"
#include "features/files/rows.h"

typedef struct file_at {
    conversation_id conversation;
    blob_id blob;
    int64_t chunk; /* of routes that name one */
    int64_t file;  /* 0: not there yet */
    account_id account;
    bool closed;
    int64_t chunks, size_bytes;
} file_at;

static void bind_member(store_cursor *c, const wire_request *r, const file_at *at)
{
    store_bind_slice(c, HK_ID_SLICE(at->conversation));
    store_bind_slice(c, HK_ID_SLICE(r->who.account));
    store_bind_int(c, r->now_ms);
}

/* The file a path names, for a member of its conversation. */
static hk_err find(wire_request *r, bool with_chunk, file_at *at)
{
    bool row;
    *at = (file_at){0};
    HK_TRY(wire_param_id(r, 0, at->conversation.b));
    HK_TRY(wire_param_id(r, 1, at->blob.b));
    if (with_chunk)
        HK_TRY(wire_param_int(r, 2, &at->chunk));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &FILES_ROOM, FILE_MEMBER));
    bind_member(&c, r, at);
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    HK_TRY(store_run(&c, r->db, &FILES_ROOM, FILE_FIND));
    store_bind_slice(&c, HK_ID_SLICE(at->conversation));
    store_bind_slice(&c, HK_ID_SLICE(at->blob));
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_OK;
    at->file = store_int(&c, 0);
    at->closed = store_int(&c, 2) != 0;
    at->chunks = store_int(&c, 3);
    at->size_bytes = store_int(&c, 4);
    return store_slice_into(&c, 1, at->account.b, HK_ID_BYTES);
}

static hk_err one_int(wire_request *r, size_t statement, hk_slice by, int64_t *ret)
{
    bool row;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &FILES_ROOM, statement));
    store_bind_slice(&c, by);
    HK_TRY(store_next(&c, &row));
    *ret = store_int(&c, 0);
    return HK_OK;
}

static hk_err begin_file(wire_request *r, file_at *at)
{
    int64_t open_files, size;
    HK_TRY(one_int(r, FILES_OPEN, HK_ID_SLICE(r->who.account), &open_files));
    HK_TRY(one_int(r, FILES_SIZE, HK_ID_SLICE(at->conversation), &size));
    if (open_files >= FILES_OPEN_MAX || size >= FILES_ROOM_BYTES_MAX)
        return HK_TOO_MUCH;
    bool row;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &FILES_ROOM, FILE_ADD));
    store_bind_slice(&c, HK_ID_SLICE(at->conversation));
    store_bind_slice(&c, HK_ID_SLICE(at->blob));
    store_bind_slice(&c, HK_ID_SLICE(r->who.account));
    store_bind_int(&c, r->now_ms);
    HK_TRY(store_next(&c, &row));
    at->file = store_int(&c, 0);
    at->account = r->who.account;
    return HK_OK;
}

static hk_err add_chunk(wire_request *r, wire_reply *reply, const file_at *at)
{
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &FILES_ROOM, CHUNK_ADD));
    store_bind_int(&c, at->file);
    store_bind_int(&c, at->chunk);
    store_bind_slice(&c, r->raw);
    hk_err err = store_finish(&c);
    if (err == HK_CONFLICT)
        return wire_problem(reply, HK_CONFLICT, "chunk_there", "This part is here already.");
    HK_TRY(err);
    HK_TRY(store_run(&c, r->db, &FILES_ROOM, FILE_GROW));
    store_bind_int(&c, (int64_t)r->raw.n);
    store_bind_int(&c, at->file);
    return store_finish(&c);
}

/* PUT .../files/:blob/:chunk */
static hk_err put_chunk(wire_request *r, wire_reply *reply)
{
    file_at at;
    HK_TRY(find(r, true, &at));
    if (at.chunk < 0 || at.chunk >= FILES_CHUNKS_MAX || r->raw.n == 0)
        return HK_BAD;
    if (!at.file)
        HK_TRY(begin_file(r, &at));
    if (!HK_ID_EQ(at.account, r->who.account))
        return HK_NOT_THERE;
    if (at.closed)
        return wire_problem(reply, HK_CONFLICT, "file_closed", "This file is whole already.");
    HK_TRY(add_chunk(r, reply, &at));
    return wire_reply_nothing(reply);
}

/* Chunks are 0, 1, 2, ... without a hole. */
static hk_err check_dense(wire_request *r, const file_at *at, int64_t chunks)
{
    bool row;
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &FILES_ROOM, CHUNK_LAST));
    store_bind_int(&c, at->file);
    HK_TRY(store_next(&c, &row));
    return store_int(&c, 0) == chunks && store_int(&c, 1) == chunks - 1 ? HK_OK : HK_BAD;
}

/* POST .../files/:blob */
static hk_err close_file(wire_request *r, wire_reply *reply)
{
    const file_close_body *body = r->body;
    file_at at;
    HK_TRY(find(r, false, &at));
    if (!at.file || !HK_ID_EQ(at.account, r->who.account))
        return HK_NOT_THERE;
    if (at.closed) /* asked again after a lost answer */
        return at.chunks == body->chunks && at.size_bytes == body->size_bytes ? wire_reply_nothing(reply)
                                                                              : HK_CONFLICT;
    HK_TRY(check_dense(r, &at, body->chunks));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &FILES_ROOM, FILE_SHUT));
    store_bind_int(&c, at.file);
    store_bind_int(&c, body->chunks);
    store_bind_int(&c, body->size_bytes);
    HK_TRY(store_finish(&c));
    return store_changed(r->db) == 1 ? wire_reply_nothing(reply) : HK_BAD;
}

/* GET .../files/:blob/:chunk */
static hk_err get_chunk(wire_request *r, wire_reply *reply)
{
    file_at at = {0};
    hk_slice bytes;
    HK_TRY(wire_param_id(r, 0, at.conversation.b));
    HK_TRY(wire_param_id(r, 1, at.blob.b));
    HK_TRY(wire_param_int(r, 2, &at.chunk));
    STORE_CURSOR(c);
    HK_TRY(store_run(&c, r->db, &FILES_ROOM, CHUNK_READ));
    store_bind_slice(&c, HK_ID_SLICE(at.conversation));
    store_bind_slice(&c, HK_ID_SLICE(at.blob));
    store_bind_int(&c, at.chunk);
    bind_member(&c, r, &at);
    bool row;
    HK_TRY(store_next(&c, &row));
    if (!row)
        return HK_NOT_THERE;
    HK_TRY(store_copy(&c, 0, r->arena, &bytes));
    return wire_reply_bytes(reply, bytes, "application/octet-stream");
}

#define AT "/api/conversations/:conversation/files/:blob"

const wire_route FILES_ROUTES[] = {
    {"PUT", AT "/:chunk", WIRE_SIGNED_IN, WIRE_WRITE, NULL, NULL, put_chunk, "one sealed chunk",
     FILES_CHUNK_MAX},
    {"POST", AT, WIRE_SIGNED_IN, WIRE_WRITE, &FILE_CLOSE, NULL, close_file, "the file is whole"},
    {"GET", AT "/:chunk", WIRE_SIGNED_IN, WIRE_READ, NULL, NULL, get_chunk, "one sealed chunk"},
};
const size_t FILES_ROUTE_COUNT = HK_COUNT(FILES_ROUTES);
