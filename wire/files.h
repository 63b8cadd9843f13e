/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Static files, read whole at start into a table: no path of a request reaches the file system.
 *
 * The web build writes a directory with manifest.json:
 *
 *     {"files": [
 *       {"path": "/", "file": "index.html", "type": "text/html; charset=utf-8"},
 *       {"path": "/app/main-4F2K.js", "file": "main-4F2K.js", "type": "text/javascript; charset=utf-8",
 *        "brotli": "main-4F2K.js.br", "immutable": true},
 *       {"path": "/talk/", "file": "index.html", "type": "text/html; charset=utf-8", "below": true},
 *       {"path": "/404.html", "file": "404.html", "type": "text/html; charset=utf-8"}]}
 *
 * `immutable`: its path holds its hash, so it may be kept for a year; all others are asked for again each
 * time (no-cache, with a strong ETag: 304 when unchanged). `below`: this page also answers every path that
 * begins with its own. /404.html, when there is one, is what a browser sees where nothing is. Paths under
 * /api/ cannot be files. `brotli` is a file already compressed. `sha384`, `size` and `brotli_size` may stand
 * there too, for `hearken verify` and the figures; this reader passes them by.
 */
#ifndef HK_WIRE_FILES_H
#define HK_WIRE_FILES_H

#include "wire/wire.h"

typedef struct wire_file {
    char *path, *content_type;
    char etag[32], etag_brotli[32]; /* with quotes; from SHA-256 of the bytes */
    hk_slice bytes, brotli;         /* brotli.p == NULL: none */
    bool immutable, below;
} wire_file;

#define WIRE_FILES_MAX      2048               /* files of one web build */
#define WIRE_FILE_BYTES_MAX (64 * 1024 * 1024) /* of one file: model weights are the biggest */

/* The file at that path, or the longest `below` page over it, or NULL. */
const wire_file *wire_files_find(const wire_files *files, hk_slice path);
/* Exactly that path, or NULL. */
const wire_file *wire_files_at(const wire_files *files, hk_slice path);

#endif
