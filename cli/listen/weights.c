/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Where the weights lie. They are data beside the program, not part of it: somebody may bring their own.
 */
#include "cli/listen/listen.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define WEIGHTS_BYTES_MAX (64 * 1024 * 1024)

/* From the folder of the program: beside it, installed (bin and share), in the tree it was built in. */
static const char *const PLACES[] = {"en.hkm", "../share/hearken/listening/en.hkm",
                                     "../../listening/model/en.hkm", "../../../listening/model/en.hkm"};

static hk_err map_file(const char *path, hk_slice *ret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return HK_NOT_THERE;
    struct stat st;
    void *p = MAP_FAILED;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= WEIGHTS_BYTES_MAX)
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    (void)close(fd); /* only read from */
    if (p == MAP_FAILED)
        return HK_BAD;
    *ret = hk_slice_of(p, (size_t)st.st_size);
    return HK_OK;
}

static hk_err load(const char *path, listen_model *ret)
{
    hk_slice bytes;
    HK_TRY(map_file(path, &bytes));
    return listen_model_open(bytes, ret);
}

hk_err weights_load(const char *given, listen_model *ret)
{
    if (given)
        return load(given, ret);
    char program[PATH_MAX], path[PATH_MAX + 64];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0)
        return HK_NOT_THERE;
    program[n] = 0;
    char *slash = strrchr(program, '/');
    if (slash)
        slash[1] = 0;
    for (size_t i = 0; i < HK_COUNT(PLACES); i++) {
        int length = snprintf(path, sizeof path, "%s%s", program, PLACES[i]);
        if (length < 0 || (size_t)length >= sizeof path)
            continue;
        hk_err err = load(path, ret);
        if (err != HK_NOT_THERE)
            return err;
    }
    return HK_NOT_THERE;
}
