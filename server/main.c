/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * `hearkend`: composes kits and features into the place. It links of the vault only what can be known about
 * sealed things without opening them.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "server/commands.h"

typedef struct command {
    const char *name;
    int (*run)(const config *c, int argc, char **argv);
    const char *words;
    const char *about;
} command;

static const command COMMANDS[] = {
    {"serve", hkd_serve, "", "be the place, until SIGTERM"},
    {"init", hkd_init, "", "make the database and print the first administrator's one-time invitation"},
    {"backup", hkd_backup, " FILE", "copy the database to FILE while the place runs"},
    {"restore", hkd_restore, " FILE", "put a backup in the database's place; erased things are erased again"},
    {"check", hkd_check, "", "say whether disk, clock, ports, proxy, time zones and backup are sound"},
    {"audit", hkd_audit, " verify",
     "walk the chain of staff acts; --head COUNT:HASH proves it was not rebuilt"},
};

static void help(FILE *to)
{
    (void)fprintf(to, "hearkend %s - the place\n\nhearkend COMMAND [OPTIONS]\n\n", HK_VERSION);
    for (size_t i = 0; i < HK_COUNT(COMMANDS); i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%s%s", COMMANDS[i].name, COMMANDS[i].words);
        (void)fprintf(to, "  %-14s %s\n", name, COMMANDS[i].about);
    }
    (void)fprintf(
        to, "\nOptions: a flag beats the environment (HEARKEND_...), which beats the file, which beats the "
            "default.\n\n");
    config_help(to);
    (void)fprintf(to, "\nExit codes: 0 done, 1 it went wrong, 2 it was asked for wrongly.\n");
}

static int run(const command *which, int argc, char **argv)
{
    config c;
    if (config_load(&c, which->name, &argc, argv) != HK_OK) {
        config_done(&c);
        return EXIT_ASKED_WRONGLY;
    }
    int code = EXIT_DONE;
    if (c.help)
        help(stdout);
    else
        code = which->run(&c, argc, argv);
    config_done(&c);
    return code;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        help(stdout);
        return EXIT_DONE;
    }
    if (strcmp(name, "--version") == 0) {
        printf("hearkend %s\n", HK_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < HK_COUNT(COMMANDS); i++) {
        if (strcmp(name, COMMANDS[i].name) != 0)
            continue;
        (void)umask(077); /* database, key and backups are nobody else's */
        if (sodium_init() < 0) {
            (void)fprintf(stderr, "hearkend: the cryptographic library does not start on this machine.\n");
            return EXIT_WENT_WRONG;
        }
        return run(&COMMANDS[i], argc - 1, argv + 1);
    }
    if (*name)
        (void)fprintf(stderr, "hearkend: there is no command with this name.\n\n");
    help(stderr);
    return EXIT_ASKED_WRONGLY;
}
