/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * `hearken`: composes the libraries into the tool people run on their own machine.
 */
#include <curl/curl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings.h"
#include "cli/commands.h"

typedef struct command {
    const char *name;
    int (*run)(int argc, char **argv, char *file);
    const char *about;
} command;

static const command COMMANDS[] = {
    {"demo", hk_cmd_demo, "start a place with marked demo people and print where to click"},
    {"replay", hk_cmd_replay,
     "carry conversations through a place, sealed and opened, and count what arrives"},
    {"listen", hk_cmd_listen, "say how somebody listened in a conversation, on this machine alone"},
    {"place", hk_cmd_place, "make and keep the place key, and sign roster certificates with it"},
    {"verify", hk_cmd_verify, "compare the pages a place serves with the ones built here"},
};

static void help(FILE *to)
{
    (void)fprintf(to, "hearken %s - the tool for your own machine\n\nhearken COMMAND [OPTIONS]\n\n",
                  HK_VERSION);
    for (size_t i = 0; i < HK_COUNT(COMMANDS); i++)
        (void)fprintf(to, "  %-8s %s\n", COMMANDS[i].name, COMMANDS[i].about);
    (void)fprintf(to,
                  "\nhearken COMMAND --help says more. Options may also stand as key = value lines in a file "
                  "(--config FILE, or\nHEARKEN_CONFIG) and in the environment (HEARKEN_...). Exit codes: 0 "
                  "done, 1 it went wrong, 2 it was asked for "
                  "wrongly.\n");
}

static int run(const command *which, int argc, char **argv)
{
    char *file = NULL;
    settings_problem problem;
    if (settings_read_file("HEARKEN", &argc, argv, &file, &problem) != HK_OK) {
        (void)fprintf(stderr, "hearken %s: %s\n", which->name, problem.words);
        return EXIT_ASKED_WRONGLY;
    }
    int code = which->run(argc, argv, file);
    free(file);
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
        printf("hearken %s\n", HK_VERSION);
        return EXIT_DONE;
    }
    for (size_t i = 0; i < HK_COUNT(COMMANDS); i++) {
        if (strcmp(name, COMMANDS[i].name) != 0)
            continue;
        (void)signal(SIGPIPE, SIG_IGN); /* a reader who went away is an error of the write, not of us */
        if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
            (void)fprintf(stderr, "hearken: the cryptographic library does not start on this machine.\n");
            return EXIT_WENT_WRONG;
        }
        int code = run(&COMMANDS[i], argc - 1, argv + 1);
        curl_global_cleanup();
        return code;
    }
    if (*name)
        (void)fprintf(stderr, "hearken: there is no command with this name.\n\n");
    help(stderr);
    return EXIT_ASKED_WRONGLY;
}
