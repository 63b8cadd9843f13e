/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "server/sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>

void sandbox_enter(void)
{
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* an older kernel does without */
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none); /* a core file would hold sign-in records and names */
#ifndef __SANITIZE_ADDRESS__             /* the leak sanitizer looks into its own process */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
