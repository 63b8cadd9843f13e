/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The head of the chain in a second file: one line for each time it moved, "AT_MS COUNT HASH". Only appended
 * to; whoever rewrites the database cannot make it agree without rewriting this too, and staff devices
 * besides.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "features/audit/audit.h"

#define HEAD_TEXT      43 /* base64url characters of a hash */
#define LINE_MAX_BYTES 128

static hk_err append_line(const char *path, const char *line, size_t n)
{
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return HK_STORE;
    ssize_t written = write(file, line, n);
    int synced = fdatasync(file);
    int closed = close(file);
    return written == (ssize_t)n && synced == 0 && closed == 0 ? HK_OK : HK_STORE;
}

hk_err audit_head_keep(store_db *db, const char *path, int64_t now_ms, audit_head *last)
{
    audit_head now;
    HK_TRY(audit_head_read(db, &now));
    if (now.count <= last->count)
        return HK_OK;
    char hash[HEAD_TEXT + 1] = {0};
    hk_b64_encode(hk_slice_of(now.hash, sizeof now.hash), hash);
    char line[LINE_MAX_BYTES];
    int n = snprintf(line, sizeof line, "%" PRId64 " %" PRId64 " %s\n", now_ms, now.count, hash);
    HK_TRY(append_line(path, line, (size_t)n));
    *last = now;
    return HK_OK;
}

static hk_err parse_line(char *line, audit_head *ret)
{
    char *after_time, *after_count;
    (void)strtoll(line, &after_time, 10); /* when: for people who read the file */
    if (*after_time != ' ')
        return HK_BAD;
    ret->count = strtoll(after_time + 1, &after_count, 10);
    size_t n = 0;
    if (*after_count != ' ' || ret->count < 1 || strlen(after_count + 1) != HEAD_TEXT)
        return HK_BAD;
    HK_TRY(hk_b64_decode(hk_slice_z(after_count + 1), ret->hash, sizeof ret->hash, &n));
    return n == sizeof ret->hash ? HK_OK : HK_BAD;
}

hk_err audit_head_kept(const char *path, audit_head *ret)
{
    *ret = (audit_head){0};
    FILE *file = fopen(path, "re");
    if (!file)
        return errno == ENOENT ? HK_OK : HK_STORE;
    char line[LINE_MAX_BYTES];
    hk_err err = HK_OK;
    while (err == HK_OK && fgets(line, sizeof line, file)) {
        size_t n = strlen(line);
        if (n == 0 || line[n - 1] != '\n')
            break; /* the end of a line that power cut off: the one before counts */
        line[n - 1] = 0;
        err = parse_line(line, ret);
    }
    if (err == HK_OK && ferror(file))
        err = HK_STORE;
    (void)fclose(file); /* it was only read */
    return err;
}
