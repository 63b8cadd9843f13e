/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/result.h"

const char *hk_err_name(hk_err err)
{
    switch (err) {
    case HK_OK:
        return "ok";
    case HK_NOT_THERE:
        return "not_there";
    case HK_WHO:
        return "who";
    case HK_REFUSED:
        return "refused";
    case HK_BAD:
        return "bad";
    case HK_CONFLICT:
        return "conflict";
    case HK_TOO_MUCH:
        return "too_much";
    case HK_NO_MEMORY:
        return "no_memory";
    case HK_STORE:
        return "store";
    case HK_BUSY:
        return "busy";
    }
    return "unknown";
}
