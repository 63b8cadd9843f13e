/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/replay/ledger.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct ledger {
    FILE *file;
};

hk_err ledger_open(const char *path, ledger **ret)
{
    ledger *l = calloc(1, sizeof *l);
    if (!l)
        return HK_NO_MEMORY;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    l->file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!l->file) {
        if (fd >= 0)
            (void)close(fd); /* nothing was written */
        free(l);
        return HK_STORE;
    }
    (void)setvbuf(l->file, NULL, _IOLBF,
                  0); /* only slower when it is refused: every line is flushed at the end */
    *ret = l;
    return HK_OK;
}

hk_err ledger_close(ledger *l)
{
    if (!l)
        return HK_OK;
    bool whole = ferror(l->file) == 0;
    whole = fclose(l->file) == 0 && whole;
    free(l);
    return whole ? HK_OK : HK_STORE;
}

void ledger_talk(ledger *l, const conversation_id *conversation, const device *client, const device *listener,
                 const replay_conversation *what)
{
    char id[23] = {0}, r[44] = {0};
    if (!l)
        return;
    hk_b64_encode(HK_ID_SLICE(*conversation), id);
    hk_b64_encode(hk_slice_of(client->r, sizeof client->r), r);
    (void)fprintf(l->file, "talk %s %s %s %s %.*s\n", id, client->handle, r, listener->handle,
                  (int)what->id.n, (const char *)what->id.p); /* ledger_close looks at the file's error */
    explicit_bzero(r, sizeof r);
}

void ledger_kept(ledger *l, const conversation_id *conversation, size_t turn)
{
    char id[23] = {0};
    if (!l)
        return;
    hk_b64_encode(HK_ID_SLICE(*conversation), id);
    (void)fprintf(l->file, "kept %s %zu\n", id, turn); /* ledger_close looks at the file's error */
}
