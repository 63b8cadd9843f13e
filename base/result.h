/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What can go wrong, in the caller's words. Every function that can fail returns hk_err; a result that is
 * ignored does not compile ([[nodiscard]] on the type).
 *
 *     HK_TRY(store_open(&store, path));      passes the error up
 *     (void)close(fd); // why it is safe     ignores on purpose
 */
#ifndef HK_BASE_RESULT_H
#define HK_BASE_RESULT_H

typedef enum [[nodiscard]] hk_err{
    HK_OK = 0,    HK_NOT_THERE, /* there is no such thing, or it is not yours: the same answer on purpose */
    HK_WHO,                     /* we do not know who is asking: sign in first */
    HK_REFUSED,                 /* we know who is asking and the answer is no (wrong role, wrong signature) */
    HK_BAD,                     /* the input is malformed or makes no sense */
    HK_CONFLICT,                /* true when asked, not any more: somebody was first, or it is stale */
    HK_TOO_MUCH,                /* over a named limit of size, count or rate */
    HK_NO_MEMORY,               /* the arena or the machine has no more */
    HK_STORE,                   /* the database or the disk failed; nothing was acknowledged */
    HK_BUSY, /* the other side is not ready: shutting down, locked, not connected; try again */
} hk_err;

#define HK_TRY(call)                                                                                         \
    do {                                                                                                     \
        hk_err hk_try_err_ = (call);                                                                         \
        if (hk_try_err_ != HK_OK)                                                                            \
            return hk_try_err_;                                                                              \
    } while (0)

#define HK_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The code's name for logs and tests ("not_there"); never text from input. */
const char *hk_err_name(hk_err err);

#endif
