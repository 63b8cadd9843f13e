/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Another device of everybody who talked: signs in with nothing but what a person has (a handle and a
 * secret), reads each conversation from its first entry with the native vault, and compares what it can open
 * with what the place had acknowledged before it began.
 *
 *     new_device --url URL --ledger FILE --talks FILE.jsonl [--only N]     N: the Nth conversation, from 1
 *
 * The place may be killed meanwhile: then that device is thrown away and a new one begins.
 * Prints one line of JSON. Exit 0: every acknowledged message is there once, in its sender's order, with its
 * words, on each device; 1: not, or it could not be read; 2: a wrong call.
 */
#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/settings.h"
#include "cli/device/talk.h"
#include "features/place/contract.h"
#include "journeys/crash/promised.h"

#define ARENA_BYTES ((size_t)512 << 20)
#define PATIENCE_MS 60000 /* for a place that is being killed again and again */

typedef struct found {
    int64_t new_devices, read, acknowledged, missing, doubled, out_of_order, altered, unverified;
} found;

typedef struct reading { /* one conversation on one device */
    const promised_talk *t;
    account_id me;
    side mine;
    size_t next[2]; /* by side: the first turn that was not read yet, of any side */
    found found;
} reading;

/* The next turn of this side at or after `from`. */
static size_t turn_of(const replay_conversation *what, side by, size_t from)
{
    while (from < what->turn_count && what->turns[from].by_listener != (by == LISTENER))
        from++;
    return from;
}

/* Not the turn that comes next: then which one? */
static void name_fault(reading *g, side by, hk_slice words)
{
    const replay_conversation *what = g->t->what;
    for (size_t i = turn_of(what, by, 0); i < what->turn_count; i = turn_of(what, by, i + 1)) {
        if (!hk_slice_eq(what->turns[i].text, words))
            continue;
        if (i < g->next[by]) {
            g->found.doubled++;
            return;
        }
        g->found
            .out_of_order++; /* those between may still come, and are doubled then: a fault all the same */
        for (size_t k = turn_of(what, by, g->next[by]); k < i && k < g->t->kept[by];
             k = turn_of(what, by, k + 1))
            g->found.missing++;
        g->next[by] = i + 1;
        return;
    }
    g->found.altered++;
}

static void read_words(reading *g, const vault_taken *taken)
{
    bool own = HK_ID_EQ(taken->sender, g->me);
    side by = own ? g->mine : g->mine == SPEAKER ? LISTENER : SPEAKER;
    const replay_conversation *what = g->t->what;
    size_t i = turn_of(what, by, g->next[by]);
    g->found.read++;
    if (i < what->turn_count && hk_slice_eq(what->turns[i].text, taken->content))
        g->next[by] = i + 1;
    else
        name_fault(g, by, taken->content);
}

static void on_taken(void *ctx, const vault_taken *taken)
{
    reading *g = ctx;
    switch (taken->finding) {
    case VAULT_SHOWN:
        read_words(g, taken);
        return;
    case VAULT_COMMITTED:
        return;
    case VAULT_DUPLICATE:
        g->found.doubled++;
        return;
    case VAULT_BAD:
    case VAULT_SHOWN_PASSED_ON: /* nobody passes anything on here */
    case VAULT_SHOWN_GAP:
    case VAULT_SHOWN_FORKED:
        g->found.unverified++;
        return;
    }
}

static void add(found *to, const found *more)
{
    to->read += more->read;
    to->acknowledged += more->acknowledged;
    to->missing += more->missing;
    to->doubled += more->doubled;
    to->out_of_order += more->out_of_order;
    to->altered += more->altered;
    to->unverified += more->unverified;
}

static hk_err read_talk(device *d, const promised_talk *t, side mine, found *ret)
{
    reading g = {.t = t, .me = d->me.id, .mine = mine};
    talk *all = NULL;
    HK_TRY(talk_open(d, &t->conversation, on_taken, &g, &all));
    talk_free(all);
    for (side by = SPEAKER; by <= LISTENER; by++) {
        g.found.acknowledged += (int64_t)t->acknowledged[by];
        for (size_t i = turn_of(t->what, by, g.next[by]); i < t->kept[by]; i = turn_of(t->what, by, i + 1))
            g.found.missing++;
    }
    add(ret, &g.found);
    return HK_OK;
}

/* ---- Whose device */

typedef struct judge {
    const char *url, *ledger, *talks;
    int64_t only;
    promised promised;
    demo_body demo;
    found found;
    char problem[200];
} judge;

static hk_err sign_in_listener(const judge *j, device *d, const char *handle)
{
    const demo_person *people = j->demo.people.items;
    for (size_t i = 0; i < j->demo.people.count; i++) {
        if (!hk_slice_eq(people[i].handle, hk_slice_z(handle)))
            continue;
        char password[128], key[128];
        (void)snprintf(password, sizeof password, "%.*s", (int)people[i].password.n,
                       (const char *)people[i].password.p); /* a cut one does not open */
        (void)snprintf(key, sizeof key, "%.*s", (int)people[i].secret_key.n,
                       (const char *)people[i].secret_key.p);
        return device_sign_in(d, handle, password, people[i].secret_key.n ? key : NULL);
    }
    return HK_NOT_THERE;
}

static bool is_wanted(const judge *j, size_t i)
{
    return j->only == 0 || (size_t)j->only == i + 1;
}

/* A client's device reads its one conversation; a listener's all that are with that listener. */
static hk_err read_as(judge *j, device *d, size_t first, side mine, found *ret)
{
    const promised_talk *all = j->promised.talks;
    HK_TRY(mine == SPEAKER ? device_sign_in_with_r(d, all[first].client, all[first].r)
                           : sign_in_listener(j, d, all[first].listener));
    for (size_t i = first; i < (mine == SPEAKER ? first + 1 : j->promised.count); i++)
        if (is_wanted(j, i) && strcmp(all[i].listener, all[first].listener) == 0)
            HK_TRY(read_talk(d, &all[i], mine, ret));
    return HK_OK;
}

static hk_err new_device_reads(judge *j, size_t first, side mine)
{
    for (int64_t until = device_now_ms() + PATIENCE_MS;;) {
        device *d = NULL;
        found one = {0};
        HK_TRY(device_new(j->url, &d));
        hk_err err = read_as(j, d, first, mine, &one);
        (void)snprintf(j->problem, sizeof j->problem, "%s", device_problem(d));
        device_free(d);
        if (err == HK_OK) {
            j->found.new_devices++;
            add(&j->found, &one);
            return HK_OK;
        }
        /* Killed while it was asked, or between the two steps of signing in: a new device begins anew. */
        if ((err != HK_BUSY && err != HK_WHO) || device_now_ms() > until)
            return err;
        (void)usleep(50000);
    }
}

static bool is_first_of_listener(const judge *j, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (is_wanted(j, k) && strcmp(j->promised.talks[k].listener, j->promised.talks[i].listener) == 0)
            return false;
    return true;
}

static hk_err read_everything(judge *j)
{
    for (size_t i = 0; i < j->promised.count; i++) {
        if (!is_wanted(j, i))
            continue;
        HK_TRY(new_device_reads(j, i, SPEAKER));
        if (is_first_of_listener(j, i))
            HK_TRY(new_device_reads(j, i, LISTENER));
    }
    return HK_OK;
}

static hk_err load(judge *j, hk_arena *arena)
{
    replay_conversation *talks = NULL;
    size_t count = 0;
    replay_problem problem;
    FILE *f = fopen(j->talks, "r");
    if (!f)
        return HK_NOT_THERE;
    hk_err err = replay_read(f, arena, &talks, &count, &problem);
    (void)fclose(f); /* it was only read */
    HK_TRY(err);
    return promised_read(j->ledger, talks, count, arena, &j->promised);
}

/* The demo's people do not change: asked once, with patience. */
static hk_err ask_for_people(judge *j, hk_arena *arena)
{
    http_client *h = NULL;
    HK_TRY(http_open(j->url, &h));
    hk_err err = HK_BUSY;
    for (int64_t until = device_now_ms() + PATIENCE_MS; err == HK_BUSY && device_now_ms() < until;) {
        err = http_call(h, "GET", "/api/demo", NULL, NULL, &DEMO, arena, &j->demo);
        if (err == HK_BUSY)
            (void)usleep(50000);
    }
    http_close(h);
    return err;
}

static int print(const judge *j, hk_err err)
{
    const found *f = &j->found;
    printf("{\"new_devices\":%lld,\"read\":%lld,\"acknowledged\":%lld,\"missing\":%lld,\"doubled\":%lld,"
           "\"out_of_order\":%lld,\"altered\":%lld,\"unverified\":%lld}\n",
           (long long)f->new_devices, (long long)f->read, (long long)f->acknowledged, (long long)f->missing,
           (long long)f->doubled, (long long)f->out_of_order, (long long)f->altered,
           (long long)f->unverified);
    if (err != HK_OK)
        (void)fprintf(stderr, "new_device: %s %s\n", hk_err_name(err), j->problem);
    return err != HK_OK || f->missing || f->doubled || f->out_of_order || f->altered || f->unverified;
}

int main(int argc, char **argv)
{
    judge j = {0};
    const setting settings[] = {
        {"url", SETTING_TEXT, &j.url, "http://127.0.0.1:8080", 0, 0, "URL", "the place"},
        {"ledger", SETTING_TEXT, &j.ledger, NULL, 0, 0, "FILE", "of hearken replay"},
        {"talks", SETTING_TEXT, &j.talks, NULL, 0, 0, "FILE", "what was replayed"},
        {"only", SETTING_INT, &j.only, "0", 0, PROMISED_TALKS_MAX, "N", "one conversation; 0: all"},
    };
    settings_problem problem;
    if (settings_load(settings, HK_COUNT(settings), "NEW_DEVICE", NULL, &argc, argv, &problem) != HK_OK ||
        argc != 1 || !j.ledger || !j.talks) {
        (void)fprintf(stderr, "new_device --url URL --ledger FILE --talks FILE.jsonl [--only N]\n");
        return 2;
    }
    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return 1;
    hk_arena arena;
    hk_arena_init(&arena, ARENA_BYTES);
    hk_err err = load(&j, &arena);
    if (err == HK_OK)
        err = ask_for_people(&j, &arena);
    if (err == HK_OK)
        err = read_everything(&j);
    int code = print(&j, err);
    hk_arena_done(&arena);
    curl_global_cleanup();
    return code;
}
