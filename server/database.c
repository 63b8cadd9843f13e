/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The database with every feature's room, and the one key of the server's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/commands.h"
#include "server/feature_table.h"

static hk_err open_database(const config *c, bool beside, void (*answered)(void *ctx), void *ctx, store **ret)
{
    store_options options = {.path = c->db,
                             .rooms = FEATURE_ROOMS,
                             .readers = (int)c->readers,
                             .beside = beside,
                             .answered = answered,
                             .answered_ctx = ctx};
    hk_err err = store_open(&options, ret);
    if (err != HK_OK)
        (void)fprintf(stderr, "hearkend: the database cannot be opened. %s\n", store_open_problem());
    return err;
}

hk_err hkd_open(const config *c, bool beside, store **ret)
{
    return open_database(c, beside, NULL, NULL, ret);
}

hk_err hkd_open_serving(const config *c, void (*answered)(void *ctx), void *ctx, store **ret)
{
    return open_database(c, false, answered, ctx, ret);
}

static hk_err read_key(const char *file, uint8_t ret[static 32])
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? HK_NOT_THERE : HK_STORE;
    struct stat s;
    hk_err err = HK_STORE;
    if (fstat(fd, &s) == 0 && s.st_size == 32 && read(fd, ret, 32) == 32)
        err = HK_OK;
    if (err == HK_OK && (s.st_mode & 077))
        (void)fprintf(stderr,
                      "hearkend: the key file can be read by others on this machine; make it mode 600.\n");
    (void)close(fd); /* only read */
    return err;
}

static hk_err make_key(const char *file, uint8_t ret[static 32])
{
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return HK_STORE;
    randombytes_buf(ret, 32);
    bool kept = write(fd, ret, 32) == 32 && fsync(fd) == 0;
    if (close(fd) != 0 || !kept) {
        (void)unlink(file); /* half a key is no key */
        return HK_STORE;
    }
    return HK_OK;
}

hk_err hkd_key(const config *c, bool make, uint8_t ret[static 32])
{
    hk_err err = read_key(c->key_file, ret);
    if (err == HK_NOT_THERE && make)
        err = make_key(c->key_file, ret);
    if (err == HK_NOT_THERE)
        (void)fprintf(
            stderr,
            "hearkend: the key file is not there. `hearkend init` makes it; after moving a place, bring "
            "it from the old machine: without it nobody can sign in.\n");
    else if (err != HK_OK)
        (void)fprintf(stderr, "hearkend: the key file cannot be read or written (%s).\n", strerror(errno));
    return err;
}
