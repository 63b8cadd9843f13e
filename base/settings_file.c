/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"

#define FLAG "--config"

static hk_err wrong(settings_problem *problem, const char *words, const char *why)
{
    (void)snprintf(problem->words, sizeof problem->words, "%s%s.", words, why);
    return HK_BAD;
}

/* The file's name, taken out of argv up to a "--"; NULL: none was named. */
static hk_err take_name(const char *prefix, int *argc, char **argv, const char **ret,
                        settings_problem *problem)
{
    char variable[64];
    (void)snprintf(variable, sizeof variable, "%s_CONFIG", prefix);
    *ret = getenv(variable);
    for (int i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
        bool joined = strncmp(argv[i], FLAG "=", sizeof FLAG) == 0;
        if (!joined && strcmp(argv[i], FLAG) != 0)
            continue;
        int words = joined ? 1 : 2;
        if (i + words > *argc)
            return wrong(problem, FLAG " wants the name of a file", "");
        *ret = joined ? argv[i] + sizeof FLAG : argv[i + 1];
        memmove(&argv[i], &argv[i + words], (size_t)(*argc - i - words + 1) * sizeof *argv);
        *argc -= words;
        break;
    }
    return HK_OK;
}

hk_err settings_read_file(const char *prefix, int *argc, char **argv, char **ret, settings_problem *problem)
{
    const char *name;
    *ret = NULL;
    HK_TRY(take_name(prefix, argc, argv, &name, problem));
    if (!name)
        return HK_OK;
    FILE *f = fopen(name, "re");
    if (!f)
        return wrong(problem, "The configuration file cannot be read: ", strerror(errno));
    char *text = calloc(1, SETTINGS_FILE_MAX + 1);
    errno = 0;
    size_t n = text ? fread(text, 1, SETTINGS_FILE_MAX + 1, f) : 0;
    const char *why = NULL;
    if (!text || ferror(f))
        why = text ? strerror(errno) : "there is no memory left";
    else if (n > SETTINGS_FILE_MAX)
        why = "it is longer than 64 KiB";
    else if (memchr(text, '\0', n))
        why = "it is no text";
    (void)fclose(f); /* only read */
    if (why) {
        free(text);
        return wrong(problem, "The configuration file cannot be read: ", why);
    }
    *ret = text;
    return HK_OK;
}
