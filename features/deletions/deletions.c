/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Lines: "AT_MS account ACCOUNT" or "AT_MS message CONVERSATION POSITION", ids in base64url.
 */
#include "features/deletions/deletions.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_BYTES 128
#define ID_TEXT    22

/* The file that stands under this name now, locked: pruning may have put another one there meanwhile. */
static int open_locked(const char *path)
{
    for (int tries = 0; tries < 8; tries++) {
        struct stat mine, named;
        int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (file < 0)
            return -1;
        if (flock(file, LOCK_EX) == 0 && fstat(file, &mine) == 0 && stat(path, &named) == 0 &&
            mine.st_ino == named.st_ino)
            return file;
        (void)close(file); /* nothing was written */
    }
    return -1;
}

static hk_err append_line(const char *path, const char *line, size_t n)
{
    int file = open_locked(path);
    if (file < 0)
        return HK_STORE;
    bool kept = write(file, line, n) == (ssize_t)n && fsync(file) == 0;
    return close(file) == 0 && kept ? HK_OK : HK_STORE;
}

static void id_text(const uint8_t id[static HK_ID_BYTES], char ret[static ID_TEXT + 1])
{
    hk_b64_encode(hk_slice_of(id, HK_ID_BYTES), ret);
    ret[ID_TEXT] = 0;
}

hk_err deletions_add_account(const char *path, int64_t at_ms, account_id account)
{
    char line[LINE_BYTES], id[ID_TEXT + 1];
    if (!path)
        return HK_OK;
    id_text(account.b, id);
    int n = snprintf(line, sizeof line, "%" PRId64 " account %s\n", at_ms, id);
    return append_line(path, line, (size_t)n);
}

hk_err deletions_add_message(const char *path, int64_t at_ms, conversation_id conversation, int64_t position)
{
    char line[LINE_BYTES], id[ID_TEXT + 1];
    if (!path)
        return HK_OK;
    id_text(conversation.b, id);
    int n = snprintf(line, sizeof line, "%" PRId64 " message %s %" PRId64 "\n", at_ms, id, position);
    return append_line(path, line, (size_t)n);
}

static hk_err parse_id(const char *text, uint8_t ret[static HK_ID_BYTES])
{
    size_t n;
    if (strlen(text) < ID_TEXT)
        return HK_BAD;
    HK_TRY(hk_b64_decode(hk_slice_of(text, ID_TEXT), ret, HK_ID_BYTES, &n));
    return n == HK_ID_BYTES ? HK_OK : HK_BAD;
}

static hk_err parse_line(const char *line, deletion *ret)
{
    char *rest;
    *ret = (deletion){.at_ms = strtoll(line, &rest, 10)};
    if (strncmp(rest, " account ", 9) == 0) {
        ret->is_account = true;
        return strlen(rest + 9) == ID_TEXT ? parse_id(rest + 9, ret->account.b) : HK_BAD;
    }
    if (strncmp(rest, " message ", 9) != 0 || strlen(rest + 9) < ID_TEXT + 2 || rest[9 + ID_TEXT] != ' ')
        return HK_BAD;
    HK_TRY(parse_id(rest + 9, ret->conversation.b));
    ret->position = strtoll(rest + 10 + ID_TEXT, &rest, 10);
    return *rest == 0 && ret->position > 0 ? HK_OK : HK_BAD;
}

hk_err deletions_each(const char *path, hk_err (*each)(void *ctx, const deletion *d), void *ctx)
{
    FILE *file = path ? fopen(path, "re") : NULL;
    if (!file)
        return !path || errno == ENOENT ? HK_OK : HK_STORE;
    char line[LINE_BYTES];
    hk_err err = HK_OK;
    while (err == HK_OK && fgets(line, sizeof line, file)) {
        deletion d;
        size_t n = strlen(line);
        if (n == 0 || line[n - 1] != '\n')
            break; /* cut off by a power loss before it was acknowledged */
        line[n - 1] = 0;
        err = parse_line(line, &d);
        if (err == HK_OK)
            err = each(ctx, &d);
    }
    if (err == HK_OK && ferror(file))
        err = HK_STORE;
    (void)fclose(file); /* it was only read */
    return err;
}

typedef struct pruning {
    FILE *to;
    int64_t before_ms;
} pruning;

static hk_err keep_young(void *ctx, const deletion *d)
{
    pruning *p = ctx;
    char id[ID_TEXT + 1];
    if (d->at_ms < p->before_ms)
        return HK_OK;
    id_text(d->is_account ? d->account.b : d->conversation.b, id);
    int n = d->is_account ? fprintf(p->to, "%" PRId64 " account %s\n", d->at_ms, id)
                          : fprintf(p->to, "%" PRId64 " message %s %" PRId64 "\n", d->at_ms, id, d->position);
    return n > 0 ? HK_OK : HK_STORE;
}

static hk_err write_young(const char *path, const char *beside, int64_t before_ms)
{
    pruning p = {.to = fopen(beside, "we"), .before_ms = before_ms};
    if (!p.to)
        return HK_STORE;
    hk_err err = deletions_each(path, keep_young, &p);
    bool kept = fflush(p.to) == 0 && fsync(fileno(p.to)) == 0;
    kept = fclose(p.to) == 0 && kept;
    if (err == HK_OK && (!kept || rename(beside, path) != 0))
        err = HK_STORE;
    if (err != HK_OK)
        (void)unlink(beside); /* the old file still stands */
    return err;
}

hk_err deletions_prune(const char *path, int64_t before_ms)
{
    char *beside = NULL;
    if (!path)
        return HK_OK;
    int lock = open(path, O_RDONLY | O_CLOEXEC);
    if (lock < 0)
        return errno == ENOENT ? HK_OK : HK_STORE;
    hk_err err = HK_STORE;
    if (flock(lock, LOCK_EX) == 0 && asprintf(&beside, "%s-new", path) > 0)
        err = write_young(path, beside, before_ms);
    free(beside);
    (void)close(lock); /* gives the lock back */
    return err;
}
