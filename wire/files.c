/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "wire/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/shape.h"

struct wire_files {
    wire_file *files; /* sorted by path */
    size_t count;
};

typedef struct entry {
    hk_slice path, file, type, brotli, sha384;
    int64_t size, brotli_size;
    bool immutable, below;
} entry;
static const shape_member ENTRY_MEMBERS[] = {
    SHAPE_TEXT(entry, path, SHAPE_REQUIRED, 1, 255, "where it is asked for"),
    SHAPE_TEXT(entry, file, SHAPE_REQUIRED, 1, 255, "its name in the directory"),
    SHAPE_TEXT(entry, type, SHAPE_REQUIRED, 1, 100, "its Content-Type"),
    SHAPE_TEXT(entry, brotli, SHAPE_OPTIONAL, 1, 255, "the name of its compressed form"),
    SHAPE_BOOL(entry, immutable, SHAPE_OPTIONAL, "its path holds its hash"),
    SHAPE_BOOL(entry, below, SHAPE_OPTIONAL, "it also answers every path that begins with its own"),
    SHAPE_TEXT(entry, sha384, SHAPE_OPTIONAL, 64, 64, "for `hearken verify`: not read here"),
    SHAPE_INT(entry, size, SHAPE_OPTIONAL, 0, WIRE_FILE_BYTES_MAX, "for figures: not read here"),
    SHAPE_INT(entry, brotli_size, SHAPE_OPTIONAL, 0, WIRE_FILE_BYTES_MAX, "for figures: not read here"),
};
static const shape ENTRY = SHAPE("File", entry, ENTRY_MEMBERS, "one file of the web build");

typedef struct manifest {
    shape_list files;
} manifest;
static const shape_member MANIFEST_MEMBERS[] = {
    SHAPE_LIST(manifest, files, SHAPE_REQUIRED, 0, WIRE_FILES_MAX, &ENTRY, "all files"),
};
static const shape MANIFEST = SHAPE("Manifest", manifest, MANIFEST_MEMBERS, "what the web build made");

#define MANIFEST_BYTES_MAX (1024 * 1024)

static _Thread_local char problem[4096 + 128]; /* a path and a sentence */

const char *wire_files_problem(void)
{
    return problem;
}

static hk_err fail(const char *what, const char *name)
{
    (void)snprintf(problem, sizeof problem, "%s: %s", name, what);
    return HK_BAD;
}

static hk_err read_all(int fd, uint8_t *p, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t got = read(fd, p + done, n - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return HK_BAD;
        done += (size_t)got;
    }
    return HK_OK;
}

/* Reads DIRECTORY/NAME into memory of its own. A name cannot leave the directory. */
static hk_err read_file(const char *directory, hk_slice name, size_t max, hk_slice *ret)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "%s/%.*s", directory, (int)name.n, (const char *)name.p);
    if (n < 0 || (size_t)n >= sizeof path || strstr(path + strlen(directory), "/.."))
        return fail("not a name inside the directory", "manifest.json");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (fd < 0)
        return fail("cannot be opened", path);
    hk_err err = HK_BAD;
    uint8_t *bytes = NULL;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size >= 0 &&
        (size_t)about.st_size <= max) {
        bytes = malloc((size_t)about.st_size + 1);
        err = bytes ? read_all(fd, bytes, (size_t)about.st_size) : HK_NO_MEMORY;
    }
    (void)close(fd); /* it was only read */
    if (err != HK_OK) {
        free(bytes);
        return fail("cannot be read, or is too big", path);
    }
    *ret = hk_slice_of(bytes, (size_t)about.st_size);
    return HK_OK;
}

static void make_etag(hk_slice bytes, const char *tail, char ret[static 32])
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    char text[16 + 1] = {0};
    SHA256(bytes.p, bytes.n, hash);
    hk_b64_encode(hk_slice_of(hash, 12), text);
    (void)snprintf(ret, 32, "\"%s%s\"", text, tail);
}

static char *text_of(hk_slice s)
{
    return strndup((const char *)s.p, s.n);
}

static hk_err load_entry(const char *directory, const entry *e, wire_file *f)
{
    f->path = text_of(e->path);
    f->content_type = text_of(e->type);
    f->immutable = e->immutable;
    f->below = e->below;
    if (!f->path || !f->content_type)
        return HK_NO_MEMORY;
    if (f->path[0] != '/' || strncmp(f->path, "/api/", 5) == 0)
        return fail("a path must begin with / and not with /api/", f->path);
    if (strpbrk(f->content_type, "\r\n"))
        return fail("a type is one line", f->path);
    HK_TRY(read_file(directory, e->file, WIRE_FILE_BYTES_MAX, &f->bytes));
    make_etag(f->bytes, "", f->etag);
    if (e->brotli.p) {
        HK_TRY(read_file(directory, e->brotli, WIRE_FILE_BYTES_MAX, &f->brotli));
        make_etag(f->bytes, "-br", f->etag_brotli);
    }
    return HK_OK;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const wire_file *)a)->path, ((const wire_file *)b)->path);
}

static hk_err load_all(const char *directory, shape_list entries, wire_files *to)
{
    to->files = calloc(entries.count + 1, sizeof *to->files);
    if (!to->files)
        return HK_NO_MEMORY;
    for (size_t i = 0; i < entries.count; i++) {
        to->count++;
        HK_TRY(load_entry(directory, (const entry *)entries.items + i, &to->files[i]));
    }
    qsort(to->files, to->count, sizeof *to->files, by_path);
    for (size_t i = 1; i < to->count; i++)
        if (strcmp(to->files[i - 1].path, to->files[i].path) == 0)
            return fail("is there twice", to->files[i].path);
    return HK_OK;
}

hk_err wire_files_load(const char *directory, wire_files **ret)
{
    hk_slice json;
    hk_arena arena;
    manifest m;
    shape_problem bad_member = {0};
    problem[0] = 0;
    HK_TRY(read_file(directory, HK_LIT("manifest.json"), MANIFEST_BYTES_MAX, &json));
    hk_arena_init(&arena, 4 * MANIFEST_BYTES_MAX);
    wire_files *to = calloc(1, sizeof *to);
    hk_err err = to ? shape_decode(&MANIFEST, json, &arena, &m, &bad_member) : HK_NO_MEMORY;
    if (err == HK_BAD)
        err = fail(bad_member.why, bad_member.member);
    if (err == HK_OK)
        err = load_all(directory, m.files, to);
    hk_arena_done(&arena);
    free((void *)(uintptr_t)json.p); /* ours: read_file made it */
    if (err != HK_OK) {
        wire_files_free(to);
        return err;
    }
    *ret = to;
    return HK_OK;
}

void wire_files_free(wire_files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < files->count; i++) {
        wire_file *f = &files->files[i];
        free(f->path);
        free(f->content_type);
        free((void *)(uintptr_t)f->bytes.p); /* ours: read_file made them */
        free((void *)(uintptr_t)f->brotli.p);
    }
    free(files->files);
    free(files);
}

static int path_compare(hk_slice path, const char *other)
{
    size_t n = strlen(other), common = path.n < n ? path.n : n;
    int order = common ? memcmp(path.p, other, common) : 0;
    return order ? order : path.n < n ? -1 : path.n > n;
}

const wire_file *wire_files_at(const wire_files *files, hk_slice path)
{
    size_t from = 0, to = files->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = path_compare(path, files->files[middle].path);
        if (order == 0)
            return &files->files[middle];
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

const wire_file *wire_files_find(const wire_files *files, hk_slice path)
{
    const wire_file *found = wire_files_at(files, path);
    for (size_t i = 0; i < files->count && !found; i++) {
        const wire_file *f = &files->files[files->count - 1 - i]; /* backwards: the longer path comes first */
        if (f->below && hk_slice_starts(path, hk_slice_z(f->path)))
            found = f;
    }
    return found;
}
