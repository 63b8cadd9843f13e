/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * `hearkend backup`, `restore` and `audit verify`: looking after what is kept.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "features/audit/audit.h"
#include "features/erase/erase.h"
#include "server/commands.h"

static void show_progress(void *ctx, int64_t done, int64_t total)
{
    const config *c = ctx;
    if (!c->json && isatty(STDERR_FILENO) && total > 0)
        (void)fprintf(stderr, "\r%3lld %%", (long long)(done * 100 / total));
}

int hkd_backup(const config *c, int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "hearkend backup: name the file to write.\n");
        return EXIT_ASKED_WRONGLY;
    }
    store *s = NULL;
    hk_err err = hkd_open(c, true, &s);
    if (err != HK_OK)
        return EXIT_WENT_WRONG;
    config shown = *c;
    err = store_backup(s, argv[1], show_progress, &shown);
    store_close(s);
    if (err != HK_OK) {
        (void)fprintf(stderr, "hearkend backup: it was not written. %s\n", store_open_problem());
        return EXIT_WENT_WRONG;
    }
    if (c->json)
        printf("{\"written\":true}\n");
    else
        printf("The backup is written: %s and %s-wraps. The key file is not in it, on purpose: keep a copy "
               "of it in "
               "another place.\n",
               argv[1], argv[1]);
    return EXIT_DONE;
}

typedef struct replaying {
    const char *deletions;
    int64_t count;
} replaying;

static hk_err delete_again(void *ctx, store_db *db)
{
    replaying *r = ctx;
    return erase_replay(db, r->deletions, &r->count);
}

int hkd_restore(const config *c, int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "hearkend restore: name the backup to restore from.\n");
        return EXIT_ASKED_WRONGLY;
    }
    if (store_restore(argv[1], c->db) != HK_OK) {
        (void)fprintf(stderr, "hearkend restore: nothing was changed. %s\n", store_open_problem());
        return EXIT_WENT_WRONG;
    }
    store *s = NULL;
    replaying r = {c->deletions, 0};
    hk_err err = hkd_open(c, false, &s);
    if (err == HK_OK)
        err = store_write_now(s, delete_again, &r);
    if (err == HK_OK)
        err = store_scrub(s);
    store_close(s);
    if (err != HK_OK) {
        (void)fprintf(
            stderr,
            "hearkend restore: the backup stands in the database's place, but what was erased since could "
            "not "
            "be erased again (%s). Do not serve it; see that the deletion list is there and restore again.\n",
            hk_err_name(err));
        return EXIT_WENT_WRONG;
    }
    if (c->json)
        printf("{\"restored\":true,\"erased_again\":%lld}\n", (long long)r.count);
    else
        printf("Restored. %lld erased things were erased again. What stood there before is kept beside it as "
               "%s-before-restore: remove it when all is well. People's devices will notice the restore and "
               "say so.\n",
               (long long)r.count, c->db);
    return EXIT_DONE;
}

/* ---- audit verify */

typedef struct verifying {
    audit_head known, found;
    bool has_known;
} verifying;

static hk_err walk(void *ctx, store_db *db)
{
    verifying *v = ctx;
    return audit_verify(db, v->has_known ? &v->known : NULL, &v->found);
}

/* COUNT:HASH, the hash in base64url. */
static bool parse_head(const char *text, audit_head *ret)
{
    char *end;
    long long count = strtoll(text, &end, 10);
    size_t n = 0;
    if (count <= 0 || *end != ':' ||
        hk_b64_decode(hk_slice_z(end + 1), ret->hash, sizeof ret->hash, &n) != HK_OK || n != sizeof ret->hash)
        return false;
    ret->count = count;
    return true;
}

static int report(const config *c, hk_err err, const verifying *v)
{
    char hash[44] = {0};
    hk_b64_encode(hk_slice_of(v->found.hash, sizeof v->found.hash), hash);
    bool whole = err == HK_OK;
    if (c->json)
        printf("{\"whole\":%s,\"count\":%lld,\"head\":\"%s\",\"compared\":%s}\n", whole ? "true" : "false",
               (long long)v->found.count, hash, v->has_known ? "true" : "false");
    else if (whole && v->has_known)
        printf("The audit chain is whole, %lld acts, and goes through the head you kept.\nIts head now: "
               "%lld:%s\n",
               (long long)v->found.count, (long long)v->found.count, hash);
    else if (whole)
        printf("The audit chain is whole, %lld acts. That alone does not prove that it was not rebuilt: keep "
               "this head "
               "elsewhere and give it next time.\nIts head now: %lld:%s\n",
               (long long)v->found.count, (long long)v->found.count, hash);
    else
        printf("The audit chain is broken at act %lld: acts were changed or taken out, or it was rebuilt.\n",
               (long long)v->found.count);
    return whole ? EXIT_DONE : EXIT_WENT_WRONG;
}

int hkd_audit(const config *c, int argc, char **argv)
{
    if (argc != 2 || strcmp(argv[1], "verify") != 0) {
        (void)fprintf(stderr, "hearkend audit: the only thing to ask is `audit verify`.\n");
        return EXIT_ASKED_WRONGLY;
    }
    verifying v = {0};
    if (c->head && !parse_head(c->head, &v.known)) {
        (void)fprintf(stderr,
                      "hearkend audit: --head is COUNT:HASH, as an earlier `audit verify` printed it.\n");
        return EXIT_ASKED_WRONGLY;
    }
    if (!c->head && audit_head_kept(c->audit_heads, &v.known) != HK_OK) {
        (void)fprintf(stderr, "hearkend audit: the file of kept heads is not ours or cannot be read.\n");
        return EXIT_WENT_WRONG;
    }
    v.has_known = v.known.count > 0;
    store *s = NULL;
    if (hkd_open(c, true, &s) != HK_OK)
        return EXIT_WENT_WRONG;
    hk_err err = store_read_now(s, walk, &v);
    store_close(s);
    if (err != HK_OK && err != HK_CONFLICT) {
        (void)fprintf(stderr, "hearkend audit: the chain cannot be read (%s).\n", hk_err_name(err));
        return EXIT_WENT_WRONG;
    }
    return report(c, err, &v);
}
