/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Functions that have no place in code that strangers talk to. Included on the command line of every file of
 * ours (after the system headers that declare them), so that using one does not compile.
 */
#ifndef HK_BASE_BANNED_H
#define HK_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef HK_OPENSSL /* its headers name parameters "rand", so they have to come first where they are needed */
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#endif

/* glibc makes some of them macros, which cannot be poisoned. */
#undef alloca
#undef sprintf
#undef vsprintf
#undef strcpy
#undef strcat

#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol atoll gets gmtime localtime ctime asctime
#pragma GCC poison alloca system rand srand tmpnam mktemp

#endif
