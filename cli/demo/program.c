/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/demo/program.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The first of the places, taken from this program's own folder, that can be used in this way (access(2)). */
static hk_err find_beside(const char *const *places, size_t count, int mode, char *ret, size_t cap)
{
    char own[2048];
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
    if (n <= 0)
        return HK_NOT_THERE;
    own[n] = '\0';
    char *slash = strrchr(own, '/');
    if (!slash)
        return HK_NOT_THERE;
    slash[1] = '\0';
    for (size_t i = 0; i < count; i++) {
        int written = snprintf(ret, cap, "%s%s", own, places[i]);
        if (written > 0 && (size_t)written < cap && access(ret, mode) == 0)
            return HK_OK;
    }
    return HK_NOT_THERE;
}

hk_err program_find(char *ret, size_t cap)
{
    static const char *const PLACES[] = {"hearkend", "../server/hearkend"};
    return find_beside(PLACES, HK_COUNT(PLACES), X_OK, ret, cap);
}

hk_err program_find_web(char *ret, size_t cap)
{
    static const char *const PLACES[] = {"../../build-web/manifest.json",
                                         "../share/hearken/web/manifest.json"};
    HK_TRY(find_beside(PLACES, HK_COUNT(PLACES), R_OK, ret, cap));
    *strrchr(ret, '/') = '\0';
    return HK_OK;
}

/* posix_spawn's argv is not const, though it is only read. */
static hk_err spawn(const char *const *words, const posix_spawn_file_actions_t *files, pid_t *ret)
{
    char *argv[PROGRAM_WORDS_MAX + 1];
    size_t n = 0;
    while (words[n] && n < PROGRAM_WORDS_MAX) {
        memcpy(&argv[n], &words[n], sizeof argv[n]);
        n++;
    }
    argv[n] = NULL;
    return posix_spawn(ret, words[0], files, NULL, argv, environ) == 0 ? HK_OK : HK_NOT_THERE;
}

static int wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

hk_err program_ask(const char *const *words, char ret[static PROGRAM_ANSWER_MAX])
{
    int ends[2];
    if (pipe(ends) != 0)
        return HK_NO_MEMORY;
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&files, ends[0]);
    pid_t pid = 0;
    hk_err err = spawn(words, &files, &pid);
    posix_spawn_file_actions_destroy(&files);
    (void)close(ends[1]); /* the child has its own */
    size_t n = 0;
    for (ssize_t got = 1; err == HK_OK && got > 0 && n<PROGRAM_ANSWER_MAX - 1; n += got> 0 ? (size_t)got : 0)
        got = read(ends[0], ret + n, PROGRAM_ANSWER_MAX - 1 - n);
    ret[n] = '\0';
    (void)close(ends[0]); /* only read */
    HK_TRY(err);
    return wait_for(pid) == 0 ? HK_OK : HK_REFUSED;
}

hk_err program_start(const char *const *words, pid_t *ret)
{
    return spawn(words, NULL, ret);
}

int program_end(pid_t pid)
{
    (void)kill(pid, SIGTERM); /* it may be gone already: then waiting tells */
    return wait_for(pid);
}
