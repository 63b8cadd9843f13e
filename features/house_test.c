/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "features/house_test.h"

#include <dirent.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "features/conversations/conversations.h"
#include "server/feature_table.h"

/* ---- The place */

static hk_err write_down(void *ctx, uint64_t connection, hk_slice text)
{
    house *h = ctx;
    if (h->told_count == HOUSE_TOLD_MAX)
        h->told_count = 0;
    house_told *t = &h->told[h->told_count++];
    t->connection = connection;
    size_t n = text.n < sizeof t->text - 1 ? text.n : sizeof t->text - 1;
    memcpy(t->text, text.p, n);
    t->text[n] = 0;
    return HK_OK;
}

static void note_end(void *ctx, uint64_t connection, int code)
{
    house *h = ctx;
    assert_true(h->ended_count < HOUSE_TOLD_MAX);
    h->ended[h->ended_count++] = connection;
}

static void note_presence(void *ctx, account_id account, bool here)
{
    place_presence_set(((house *)ctx)->place.presence, account, here);
}

static hk_err no_dispatch(void *place_pointer, wire_mode mode, void *job)
{
    return HK_BUSY; /* calls come straight from the tests */
}

static void collect_routes(house *h)
{
    static const wire_route *routes[16];
    static size_t route_counts[16];
    static const wire_message *messages[16];
    static size_t message_counts[16];
    assert_true(FEATURE_COUNT <= 16);
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        routes[i] = FEATURES[i].routes;
        route_counts[i] = *FEATURES[i].route_count;
        messages[i] = FEATURES[i].messages;
        message_counts[i] = FEATURES[i].messages ? *FEATURES[i].message_count : 0;
    }
    h->options = (wire_options){.routes = routes,
                                .route_counts = route_counts,
                                .room_count = FEATURE_COUNT,
                                .messages = messages,
                                .message_counts = message_counts,
                                .place = &h->place,
                                .dispatch = no_dispatch,
                                .who = accounts_who,
                                .ticket = accounts_ticket};
}

static hk_err make_place(void *ctx, store_db *db)
{
    return place_make(db, HK_LIT("The test place"), HK_LIT("en"), HK_LIT("GB"), HK_LIT("Europe/London"));
}

static void open_store(house *h)
{
    store_options options = {.path = h->db, .rooms = FEATURE_ROOMS, .readers = 1, .trust_file_system = true};
    if (store_open(&options, &h->store) != HK_OK)
        fail_msg("%s", store_open_problem());
    h->place.store = h->store;
}

house *house_open(void)
{
    house *h = calloc(1, sizeof *h);
    assert_non_null(h);
    assert_true(sodium_init() >= 0);
    (void)snprintf(h->folder, sizeof h->folder, "/tmp/hearken-house-XXXXXX");
    assert_non_null(mkdtemp(h->folder));
    (void)snprintf(h->db, sizeof h->db, "%s/db", h->folder);
    (void)snprintf(h->deletions, sizeof h->deletions, "%s/deletions", h->folder);
    (void)snprintf(h->audit_heads, sizeof h->audit_heads, "%s/audit", h->folder);
    h->now_ms = 1800000000000;
    h->starving = getenv("HOUSE_STARVE") != NULL;
    hk_arena_init(&h->arena, (size_t)64 << 20);
    hk_arena_init(&h->requests, (size_t)8 << 20);
    open_store(h);
    uint8_t key[REST_KEY_BYTES] = {7};
    must(rest_key_new(key, &h->rest));
    h->place = (place){.store = h->store,
                       .rest = h->rest,
                       .deletions = h->deletions,
                       .session_ms = HOUSE_DAY_MS / 2,
                       .idle_ms = HOUSE_DAY_MS / 4,
                       .lock_client_s = 1800,
                       .lock_staff_s = 900};
    must(place_presence_new(&h->place.presence));
    must(socket_tickets_new(&h->place.tickets));
    must(live_new(&(live_options){.send = write_down, .close = note_end, .ctx = h, .presence = note_presence},
                  &h->place.live));
    collect_routes(h);
    must(store_write_now(h->store, make_place, NULL));
    return h;
}

void house_reopen(house *h, const char *backup)
{
    store_close(h->store);
    if (store_restore(backup, h->db) != HK_OK)
        fail_msg("%s", store_open_problem());
    open_store(h);
}

static void remove_folder(const char *folder)
{
    DIR *all = opendir(folder);
    struct dirent *one;
    char path[400];
    while (all && (one = readdir(all)) != NULL) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, one->d_name);
        if (one->d_name[0] != '.')
            (void)unlink(path); /* what is left over shows in rmdir */
    }
    if (all)
        (void)closedir(all); /* it was only read */
    assert_int_equal(rmdir(folder), 0);
}

void house_close(house *h)
{
    assert_true(!h->starving || h->starved >= h->asked); /* or it did not do its work */
    store_close(h->store);
    live_free(h->place.live);
    place_presence_free(h->place.presence);
    socket_tickets_free(h->place.tickets);
    rest_key_free(h->rest);
    hk_arena_done(&h->arena);
    hk_arena_done(&h->requests);
    remove_folder(h->folder);
    free(h);
}

/* ---- Requests */

typedef struct calling {
    house *h;
    const char *method, *path;
    hk_slice body;
    wire_request base;
    wire_called called;
    bool starving; /* only to see what a failed allocation does: undone whatever it answers */
} calling;

static int64_t steady_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static hk_err call_inside(void *ctx, store_db *db)
{
    calling *k = ctx;
    wire_who who;
    const wire_who *known = NULL;
    if (strcmp(k->method, "SOCKET") == 0) { /* a socket knows whose it is since it opened */
        wire_request asking = k->base;
        asking.db = db;
        HK_TRY(accounts_who(&asking, &who));
        known = &who;
    }
    int64_t before = steady_ns();
    wire_call(&k->h->options, k->method, hk_slice_z(k->path), k->body, known, &k->base, &k->h->requests, db,
              !k->starving, &k->called);
    k->h->took_ns = steady_ns() - before;
    return k->starving ? HK_BUSY : k->called.err;
}

static void keep_token(char *to, size_t size, hk_slice token)
{
    if (!token.p)
        return;
    assert_true(token.n < size);
    memcpy(to, token.p, token.n);
    to[token.n] = 0;
}

static hk_err run(calling *k)
{
    hk_arena_clear(&k->h->requests);
    k->h->requests.count = 0;
    bool reads = strcmp(k->method, "GET") == 0;
    return (reads ? store_read_now : store_write_now)(k->h->store, call_inside, k);
}

#define STARVE_MAX 3000

/* The same request with its first allocation failing, then its second, ... and each time undone. None of them
 * may crash, and none that missed an allocation may be acknowledged. */
static void starve(const calling *as)
{
    house *h = as->h;
    calling k = *as;
    k.starving = true;
    h->place.deletions = NULL; /* a file is not undone */
    for (uint64_t n = 1;; n++) {
        assert_true(n < STARVE_MAX);
        h->requests.fail_at = n;
        (void)run(&k); /* undone: HK_BUSY */
        h->requests.fail_at = 0;
        if (h->requests.count < n)
            break;
        if (k.called.err == HK_OK)
            fail_msg("%s %s is acknowledged though allocation %d failed", as->method, as->path, (int)n);
        h->starved++;
    }
    h->place.deletions = h->deletions;
}

static hk_err call(house *h, person *p, const char *method, const char *path, hk_slice body, hk_slice *ret)
{
    calling k = {.h = h, .method = method, .path = path, .body = body};
    k.base = (wire_request){.place = &h->place,
                            .now_ms = h->now_ms,
                            .cookie = hk_slice_z(p ? p->cookie : NULL),
                            .pre_login_cookie = hk_slice_z(p ? p->door : NULL),
                            .host = HK_LIT(HOUSE_HOST)};
    uint64_t fail_at = h->requests.fail_at;
    if (h->starving && fail_at == 0)
        starve(&k);
    h->requests.fail_at = fail_at;
    h->asked++;
    h->code[0] = 0;
    hk_err err = run(&k);
    if (err != HK_OK) {
        (void)snprintf(h->code, sizeof h->code, "%s", k.called.code ? k.called.code : "");
        return err;
    }
    if (p) {
        keep_token(p->cookie, sizeof p->cookie, k.called.set_cookie);
        keep_token(p->door, sizeof p->door, k.called.set_pre_login_cookie);
    }
    *ret = k.called.body;
    return HK_OK;
}

hk_err house_call(house *h, person *p, const char *method, const char *path, const shape *body_shape,
                  const void *body, const shape *answer_shape, void *ret_answer)
{
    hk_slice json = {0}, answer;
    shape_problem problem;
    if (body_shape)
        must(shape_encode(body_shape, body, &h->arena, &json));
    HK_TRY(call(h, p, method, path, json, &answer));
    if (answer_shape && shape_decode(answer_shape, answer, &h->arena, ret_answer, &problem) != HK_OK)
        fail_msg("%s %s: %s: %s", method, path, problem.member, problem.why);
    return HK_OK;
}

hk_err house_call_raw(house *h, person *p, const char *method, const char *path, const char *body)
{
    hk_slice answer;
    return call(h, p, method, path, hk_slice_z(body), &answer);
}

hk_err house_call_bytes(house *h, person *p, const char *method, const char *path, hk_slice body,
                        hk_slice *ret)
{
    hk_slice answer;
    HK_TRY(call(h, p, method, path, body, &answer));
    if (ret)
        must(hk_arena_copy(&h->arena, answer, ret));
    return HK_OK;
}

const char *house_id(house *h, const uint8_t id[static HK_ID_BYTES])
{
    char *text = hk_arena_get(&h->arena, 23);
    assert_non_null(text);
    hk_b64_encode(hk_slice_of(id, HK_ID_BYTES), text);
    return text;
}

const char *house_path(house *h, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return hk_arena_text(&h->arena, hk_slice_z(text));
}

/* ---- People */

static hk_slice empty_state(house *h, person *p, uint32_t serial)
{
    vault_state *empty = hk_arena_get(&h->arena, sizeof *empty);
    assert_non_null(empty);
    vault_state_init(empty, &(vault_state_memory){0});
    size_t cap = vault_state_size(empty), n = 0;
    uint8_t *sealed = hk_arena_get(&h->arena, cap);
    assert_non_null(sealed);
    must(vault_state_seal(&p->me, serial, empty, sealed, cap, &n));
    return hk_slice_of(sealed, n);
}

void house_record(house *h, person *p, record_kind kind, uint32_t serial, record_body *ret)
{
    static const uint8_t NONE[VAULT_SALT_BYTES];
    uint8_t salt[VAULT_SALT_BYTES];
    bool password = kind == RECORD_PASSWORD;
    vault_new_record *made = hk_arena_get(&h->arena, sizeof *made);
    assert_non_null(made);
    randombytes_buf(p->r[kind], sizeof p->r[kind]);
    randombytes_buf(salt, sizeof salt);
    must(vault_unlock_seal((uint8_t)(kind + 1), &p->me.id, serial, password ? salt : NONE,
                           password ? VAULT_T_DEFAULT : 0, password ? VAULT_M_DEFAULT : 0, p->r[kind],
                           p->me.ak, made));
    *ret = (record_body){.kind = kind, .record = hk_slice_of(made->record, sizeof made->record)};
    memcpy(ret->login_key, made->login_key, sizeof ret->login_key);
}

void house_new_account(house *h, person *p, const arrival_body *arrival, record_kind kind,
                       new_account_body *ret)
{
    uint8_t *identity = hk_arena_get(&h->arena, VAULT_IDENTITY_BYTES);
    uint8_t *signature = hk_arena_get(&h->arena, VAULT_SIGNATURE_BYTES);
    record_body *records = hk_arena_get_array(&h->arena, 2, sizeof *records);
    assert_true(identity && signature && records);
    must(vault_account_make(&arrival->account, &p->me));
    keep_token(p->handle, sizeof p->handle, arrival->handle);
    house_record(h, p, kind, 1, &records[0]);
    if (kind == RECORD_PASSWORD)
        house_record(h, p, RECORD_RECOVERY, 1, &records[1]);
    must(vault_identity_seal(&p->me, identity));
    must(vault_login_sign(HK_LIT(HOUSE_HOST), arrival->handle, (uint8_t)(kind + 1), arrival->challenge.p,
                          p->r[kind], signature));
    p->serial = 1;
    p->state_serial = 1;
    *ret = (new_account_body){.ek_serial = p->me.eks[0].serial,
                              .ek_certificate = hk_slice_of(p->me.eks[0].cert, VAULT_SIGNATURE_BYTES),
                              .records = {records, kind == RECORD_PASSWORD ? 2 : 1},
                              .identity = hk_slice_of(identity, VAULT_IDENTITY_BYTES),
                              .state = empty_state(h, p, 1),
                              .signature = hk_slice_of(signature, VAULT_SIGNATURE_BYTES)};
    memcpy(ret->ik, p->me.ik, sizeof ret->ik);
    memcpy(ret->ek, p->me.eks[0].pk, sizeof ret->ek);
}

void house_arrive_with(house *h, person *ret, record_kind kind)
{
    arrival_body arrival;
    new_account_body body;
    session_body session;
    *ret = (person){0};
    must(house_post(h, ret, "/api/arrivals", &SHAPE_NOTHING, "", &ARRIVAL, &arrival));
    house_new_account(h, ret, &arrival, kind, &body);
    must(house_post(h, ret, "/api/accounts", &NEW_ACCOUNT, &body, &SESSION, &session));
    assert_memory_equal(session.account.b, ret->me.id.b, HK_ID_BYTES);
}

void house_arrive(house *h, person *ret)
{
    house_arrive_with(h, ret, RECORD_DEVICE);
}

hk_err house_sign_in_start(house *h, person *p, record_kind kind, sign_in_started_body *ret)
{
    return house_post(h, p, "/api/sign-in/start", &SIGN_IN_START,
                      &((sign_in_start_body){hk_slice_z(p->handle), kind}), &SIGN_IN_STARTED, ret);
}

hk_err house_sign_in(house *h, person *p, record_kind kind)
{
    sign_in_started_body started;
    session_body session;
    uint8_t signature[VAULT_SIGNATURE_BYTES];
    HK_TRY(house_sign_in_start(h, p, kind, &started));
    must(vault_login_sign(HK_LIT(HOUSE_HOST), hk_slice_z(p->handle), (uint8_t)(kind + 1), started.challenge.p,
                          p->r[kind], signature));
    sign_in_body body = {hk_slice_z(p->handle), kind, hk_slice_of(signature, sizeof signature)};
    return house_post(h, p, "/api/sign-in", &SIGN_IN, &body, &SESSION, &session);
}

hk_err house_challenge(house *h, person *p, hk_slice *ret)
{
    challenge_body body;
    HK_TRY(house_post(h, p, "/api/challenge", &SHAPE_NOTHING, "", &CHALLENGE, &body));
    *ret = body.challenge;
    return HK_OK;
}

hk_err house_change(house *h, person *p, record_kind by, const record_kind *kinds, size_t count)
{
    record_body records[3];
    vault_new_record made[3];
    hk_slice challenge;
    uint8_t signature[VAULT_SIGNATURE_BYTES], old[VAULT_KEY_BYTES];
    memcpy(old, p->r[by], sizeof old);
    HK_TRY(house_challenge(h, p, &challenge));
    for (size_t i = 0; i < count; i++) {
        house_record(h, p, kinds[i], p->serial + 1, &records[i]);
        memcpy(made[i].record, records[i].record.p, sizeof made[i].record);
        memcpy(made[i].login_key, records[i].login_key, sizeof made[i].login_key);
    }
    must(vault_change_sign(&p->me.id, challenge.p, made, count, (uint8_t)(by + 1), old, signature));
    change_body body = {.challenge = challenge,
                        .by = by,
                        .records = {records, count},
                        .signature = hk_slice_of(signature, sizeof signature)};
    session_body session;
    HK_TRY(house_post(h, p, "/api/account/change", &ACCOUNT_CHANGE, &body, &SESSION, &session));
    p->serial++;
    return HK_OK;
}

hk_err house_invite(house *h, person *who, int64_t role, uint8_t ret_token[static 32])
{
    invite_body body = {.kind = role < 0 ? INVITE_CLIENT : INVITE_STAFF, .role = role};
    invited_body invited;
    randombytes_buf(ret_token, 32);
    vault_invite_stored(ret_token, body.token_hash);
    return house_post(h, who, "/api/invitations", &INVITE, &body, &INVITED, &invited);
}

static void join(house *h, person *p, const uint8_t token[static 32], const char *name)
{
    static const uint8_t AUTH[32] = {1};
    arrival_body arrival;
    new_account_body body;
    session_body session;
    *p = (person){0};
    must(house_post(h, p, "/api/arrivals", &SHAPE_NOTHING, "", &ARRIVAL, &arrival));
    house_new_account(h, p, &arrival, RECORD_PASSWORD, &body);
    body.invited = true;
    body.invitation = (invitation_use_body){hk_slice_of(token, 32), hk_slice_of(AUTH, sizeof AUTH)};
    body.public_name = hk_slice_z(name);
    must(house_post(h, p, "/api/accounts", &NEW_ACCOUNT, &body, &SESSION, &session));
}

typedef struct first {
    uint8_t stored[32];
    int64_t now_ms;
} first;

static hk_err first_invitation(void *ctx, store_db *db)
{
    const first *f = ctx;
    return invitation_first(db, f->stored, f->now_ms, f->now_ms + HOUSE_DAY_MS);
}

void house_admin(house *h, person *ret)
{
    first f = {.now_ms = h->now_ms};
    uint8_t token[32];
    randombytes_buf(token, sizeof token);
    vault_invite_stored(token, f.stored);
    must(store_write_now(h->store, first_invitation, &f));
    join(h, ret, token, "Eda");
    vault_place_make(&h->key);
    place_key_body body;
    memcpy(body.place_key, h->key.pk, sizeof body.place_key);
    must(house_call(h, ret, "PUT", "/api/place/key", &PLACE_KEY, &body, NULL, NULL));
}

static uint8_t roster_role(int64_t role)
{
    return role == ROLE_PEER        ? VAULT_ROSTER_PEER
           : role == ROLE_THERAPIST ? VAULT_ROSTER_THERAPIST
                                    : VAULT_ROSTER_SUPERVISOR;
}

void house_staff(house *h, person *admin, int64_t role, bool lead, person *ret)
{
    uint8_t token[32], certificate[VAULT_ROSTER_BYTES];
    must(house_invite(h, admin, role, token));
    join(h, ret, token, lead ? "Ana" : "Ben");
    vault_roster roster = {.account = ret->me.id,
                           .role = roster_role(role),
                           .lead = lead,
                           .serial = 1,
                           .from_ms = h->now_ms - 1000,
                           .until_ms = h->now_ms + 300 * HOUSE_DAY_MS};
    memcpy(roster.ik, ret->me.ik, sizeof roster.ik);
    must(vault_roster_sign(&h->key, &roster, certificate));
    must(house_call(h, admin, "PUT", house_path(h, "/api/staff/%s/certificate", house_id(h, ret->me.id.b)),
                    &STAFF_CERTIFICATE, &((certificate_body){hk_slice_of(certificate, sizeof certificate)}),
                    NULL, NULL));
}

void house_duty(house *h, person *p, int64_t hours)
{
    duty_body body = {hours ? h->now_ms + hours * 3600000 : 0};
    must(house_call(h, p, "PUT", "/api/duty", &DUTY, &body, NULL, NULL));
}

void house_team(house *h, person *lead, person *const *listeners, size_t count)
{
    team_wrap_item wraps[8];
    uint8_t certificate[VAULT_TEAM_BYTES];
    vault_make_id(h->team.b);
    vault_team_key_make(&h->team, 1, &h->team_key);
    h->team_certificate = (vault_team){
        .team = h->team, .serial = 1, .from_ms = h->now_ms - 1000, .until_ms = h->now_ms + 28 * HOUSE_DAY_MS};
    memcpy(h->team_certificate.tk, h->team_key.pk, sizeof h->team_certificate.tk);
    must(vault_team_sign(&lead->me, &h->team_certificate, certificate));
    for (size_t i = 0; i < count; i++) {
        uint8_t *wrap = hk_arena_get(&h->arena, VAULT_TEAM_WRAP_BYTES);
        assert_non_null(wrap);
        must(vault_team_wrap(&h->team_key, &listeners[i]->me.id, listeners[i]->me.eks[0].pk, wrap));
        wraps[i] = (team_wrap_item){listeners[i]->me.id, hk_slice_of(wrap, VAULT_TEAM_WRAP_BYTES)};
    }
    new_team_key_body body = {.team = h->team,
                              .serial = 1,
                              .certificate = hk_slice_of(certificate, sizeof certificate),
                              .wraps = {wraps, count}};
    must(house_post(h, lead, "/api/team/key", &NEW_TEAM_KEY, &body, NULL, NULL));
    for (size_t i = 0; i < count; i++)
        house_duty(h, listeners[i], 4);
}

/* ---- Talking */

hk_err house_ask(house *h, person *client, const char *text, conversation_id *ret)
{
    uint8_t words[VAULT_FIRST_BYTES_MAX];
    size_t n;
    request_body request;
    vault_words said = {.time_ms = h->now_ms, .kind = VAULT_BODY_TEXT, .content = hk_slice_z(text)};
    vault_make_id(said.mid.b);
    vault_make_id(ret->b);
    must(vault_first_seal(&client->me, ret, &h->team_certificate, &said, words, sizeof words, &n));
    return house_post(h, client, "/api/requests", &ASK, &((ask_body){.first_words = hk_slice_of(words, n)}),
                      &REQUEST, &request);
}

/* What the listener's screen holds of one waiting request. */
static hk_err find_waiting(house *h, person *listener, conversation_id conversation, waiting_item *ret)
{
    waiting_body waiting;
    HK_TRY(house_get(h, listener, "/api/requests", &WAITING, &waiting));
    const waiting_item *all = waiting.requests.items;
    for (size_t i = 0; i < waiting.requests.count; i++)
        if (HK_ID_EQ(all[i].conversation, conversation)) {
            *ret = all[i];
            return HK_OK;
        }
    return HK_NOT_THERE;
}

hk_err house_accept(house *h, person *listener, conversation_id conversation)
{
    waiting_item item;
    vault_first_words words;
    vault_plan plan = {0};
    vault_member self;
    vault_made_commit made;
    uint8_t first_hash[VAULT_HASH_BYTES];
    accepted_body accepted;
    HK_TRY(find_waiting(h, listener, conversation, &item));
    must(vault_first_words_parse(item.first_words, &words));
    vault_first_words_hash(item.first_words, first_hash);
    vault_account_member(&listener->me, VAULT_ROLE_LISTENER, &self);
    must(vault_plan_put(&plan, &self));
    must(vault_plan_put(&plan, &words.from));
    must(vault_genesis_make(&listener->me, &conversation, VAULT_KIND_PAIR, first_hash, &plan, &made));
    wrap_item wraps[VAULT_MEMBERS_MAX];
    for (size_t i = 0; i < made.wrap_count; i++)
        wraps[i] = (wrap_item){made.wrap_for[i], hk_slice_of(made.wraps[i], VAULT_WRAP_BYTES)};
    accept_body body = {hk_slice_of(made.bytes, made.n), {wraps, made.wrap_count}};
    return house_post(h, listener, house_path(h, "/api/requests/%s/accept", house_id(h, conversation.b)),
                      &ACCEPT, &body, &ACCEPTED, &accepted);
}

conversation_id house_pair(house *h, person *client, person *listener)
{
    conversation_id conversation;
    must(house_ask(h, client, "I cannot sleep.", &conversation));
    must(house_accept(h, listener, conversation));
    return conversation;
}

void house_talk_open(house *h, person *who, conversation_id conversation, house_talk *ret)
{
    ret->who = who;
    ret->conversation = conversation;
    ret->shown = 0;
    vault_log_memory memory = {ret->history, VAULT_HISTORY_SLOTS_MIN, ret->mids, VAULT_MID_SLOTS_MIN};
    must(vault_log_init(&ret->log, &who->me, &conversation, &memory));
    vault_stream_make(&ret->stream);
    must(house_catch_up(h, ret));
}

static void take(house_talk *t, const entry_item *e)
{
    if (e->kind == ENTRY_GONE) {
        must(vault_log_take_hash(&t->log, e->position, e->entry_hash));
        return;
    }
    must(vault_log_take(&t->log, e->position, e->bytes, &t->last));
    assert_int_not_equal(t->last.finding, VAULT_BAD);
    if (t->last.finding == VAULT_COMMITTED && e->wrap.n)
        must(vault_log_wrap(&t->log, e->wrap));
    t->shown += t->last.finding == VAULT_SHOWN;
}

hk_err house_catch_up(house *h, house_talk *t)
{
    log_body log;
    HK_TRY(house_get(h, t->who,
                     house_path(h, "/api/conversations/%s/log?after=%lld", house_id(h, t->conversation.b),
                                (long long)t->log.position),
                     &LOG, &log));
    const entry_item *entries = log.entries.items;
    for (size_t i = 0; i < log.entries.count; i++)
        take(t, &entries[i]);
    assert_int_equal(t->log.position, log.position);
    assert_memory_equal(t->log.h, log.head, sizeof log.head);
    return HK_OK;
}

hk_slice house_seal(house *h, house_talk *t, const char *text)
{
    uint8_t *envelope = hk_arena_get(&h->arena, VAULT_ENVELOPE_BYTES_MAX);
    assert_non_null(envelope);
    size_t n;
    vault_words words = {.time_ms = h->now_ms, .kind = VAULT_BODY_TEXT, .content = hk_slice_z(text)};
    vault_make_id(words.mid.b);
    must(vault_log_seal(&t->log, &t->stream, &words, envelope, VAULT_ENVELOPE_BYTES_MAX, &n));
    return hk_slice_of(envelope, n);
}

hk_err house_send(house *h, house_talk *t, hk_slice envelope, kept_body *ret)
{
    return house_post(h, t->who,
                      house_path(h, "/api/conversations/%s/messages", house_id(h, t->conversation.b)),
                      &MESSAGE, &((message_body){envelope}), &KEPT, ret);
}

hk_err house_say(house *h, house_talk *t, const char *text)
{
    kept_body kept;
    HK_TRY(house_send(h, t, house_seal(h, t, text), &kept));
    return house_catch_up(h, t);
}

hk_err house_commit(house *h, house_talk *t, const vault_made_commit *made, kept_body *ret)
{
    wrap_item wraps[VAULT_MEMBERS_MAX];
    for (size_t i = 0; i < made->wrap_count; i++)
        wraps[i] = (wrap_item){made->wrap_for[i], hk_slice_of(made->wraps[i], VAULT_WRAP_BYTES)};
    commit_body body = {hk_slice_of(made->bytes, made->n), {wraps, made->wrap_count}};
    return house_post(h, t->who,
                      house_path(h, "/api/conversations/%s/commits", house_id(h, t->conversation.b)), &COMMIT,
                      &body, &KEPT, ret);
}

/* ---- Sockets and a look from outside */

void house_connect(house *h, person *p, uint64_t connection)
{
    must(live_join(h->place.live, connection, p->me.id, 0));
}

int house_told_count(const house *h, uint64_t connection, const char *told)
{
    char start[64];
    int count = 0;
    (void)snprintf(start, sizeof start, "{\"t\":\"%s\"", told);
    for (size_t i = 0; i < h->told_count; i++)
        count += h->told[i].connection == connection && strncmp(h->told[i].text, start, strlen(start)) == 0;
    return count;
}

bool house_is_ended(const house *h, uint64_t connection)
{
    for (size_t i = 0; i < h->ended_count; i++)
        if (h->ended[i] == connection)
            return true;
    return false;
}

int64_t house_count(house *h, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    char attach[160];
    assert_int_equal(sqlite3_open_v2(h->db, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    (void)snprintf(attach, sizeof attach, "ATTACH '%s-wraps' AS second", h->db);
    assert_int_equal(sqlite3_exec(db, attach, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    int64_t found = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -1;
    (void)sqlite3_finalize(stmt); /* repeats the step's own answer */
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return found;
}
