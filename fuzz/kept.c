/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The main of a fuzzer where no libFuzzer is linked: runs it once over every file of the directories named,
 * so that inputs once found stay tests. With --expect-trap it must end in a trap on one of them: that is how
 * a harness with a bug put in shows that it would have been caught.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define KEPT_BYTES_MAX (1024 * 1024)
#define NOTHING_THERE  3 /* exit code: no inputs, so nothing was shown */

static int run_file(const char *directory, const char *name)
{
    char path[4096];
    static uint8_t bytes[KEPT_BYTES_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name); /* too long: it cannot be opened then */
    FILE *f = fopen(path, "rb");
    if (!f)
        return 0;
    size_t n = fread(bytes, 1, sizeof bytes, f);
    (void)fclose(f);                    /* it was only read */
    uint8_t *exact = malloc(n ? n : 1); /* of exactly that size, so that a sanitizer sees its end */
    if (!exact)
        return 0;
    memcpy(exact, bytes, n);
    (void)LLVMFuzzerTestOneInput(exact, n); /* it traps, or all is well */
    free(exact);
    return 1;
}

static int run_directory(const char *directory)
{
    int count = 0;
    DIR *d = opendir(directory);
    if (!d)
        return 0;
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.')
            count += run_file(directory, e->d_name);
    (void)closedir(d); /* it was only read */
    return count;
}

static int run_all(char **directories)
{
    int count = 0;
    for (; *directories; directories++)
        count += run_directory(*directories);
    (void)printf("%d inputs\n", count);
    return count > 0 ? 0 : NOTHING_THERE;
}

int main(int count, char **words)
{
    if (count < 2 || strcmp(words[1], "--expect-trap") != 0)
        return run_all(words + 1);
    pid_t child = fork();
    if (child == 0)
        _exit(run_all(words + 2));
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 1;
    /* a trap, or a sanitizer that came before it and ended the child in its own way */
    return WIFSIGNALED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != NOTHING_THERE) ? 0 : 1;
}
