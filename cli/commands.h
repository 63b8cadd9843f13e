/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The commands of `hearken`, the tool people run on their own machine. Each is given argv from its own name
 * on and the text of its configuration file (or NULL; cut up in place, outlives the command), prints its own
 * --help, and returns the exit code: 0 done, 1 it was tried and went wrong, 2 it was asked for wrongly.
 */
#ifndef HK_CLI_COMMANDS_H
#define HK_CLI_COMMANDS_H

enum { EXIT_DONE = 0, EXIT_WENT_WRONG = 1, EXIT_ASKED_WRONGLY = 2 };

int hk_cmd_demo(int argc, char **argv, char *file);
int hk_cmd_replay(int argc, char **argv, char *file);
int hk_cmd_listen(int argc, char **argv, char *file);
int hk_cmd_place(int argc, char **argv, char *file);
int hk_cmd_verify(int argc, char **argv, char *file);

#endif
