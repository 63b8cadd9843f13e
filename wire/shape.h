/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A body is a declared table: one decoder fills the struct or names the bad member, one encoder writes it,
 * and the same table prints the TypeScript types and the OpenAPI schema. Past the decoder, rules check
 * permission and sense, never shape.
 *
 *     typedef struct send_body { hk_slice envelope; int64_t shown; } send_body;
 *     static const shape_member SEND_MEMBERS[] = {
 *         SHAPE_BYTES(send_body, envelope, SHAPE_REQUIRED, 1, 40000, "a sealed message"),
 *         SHAPE_INT(send_body, shown, SHAPE_OPTIONAL, 0, HK_INT_MAX, "last position this device showed"),
 *     };
 *     const shape SEND = SHAPE("Send", send_body, SEND_MEMBERS, "append one sealed message");
 *
 * In JSON: integers within 2^53 - 1 (no fractions, no exponents), text in UTF-8, bytes and ids as base64url
 * without padding. Refused with the member's path: unknown, missing, duplicate, wrong kind, too small, too
 * big, too deep. Optional members: absent text and bytes have p == NULL, ids and hashes are all zero, a
 * choice is -1, a list has no items, a number is 0 and a bool false. The encoder leaves out what is optional
 * and absent, so declare a number or bool required where 0 or false says something.
 */
#ifndef HK_WIRE_SHAPE_H
#define HK_WIRE_SHAPE_H

#include "base/arena.h"

typedef struct shape shape;

typedef enum shape_kind {
    SHAPE_KIND_BOOL,  /* bool */
    SHAPE_KIND_INT,   /* int64_t, min to max (and 0 for absent when optional) */
    SHAPE_KIND_TEXT,  /* hk_slice of UTF-8 without control characters but newline and tab; min to max bytes */
    SHAPE_KIND_BYTES, /* hk_slice, base64url in JSON; min to max bytes */
    SHAPE_KIND_ID,    /* uint8_t[16] (account_id and friends), base64url; all zero means absent */
    SHAPE_KIND_HASH,  /* uint8_t[32], base64url; all zero means absent */
    SHAPE_KIND_CHOICE, /* int64_t index into `choices`, a word in JSON; -1 when absent */
    SHAPE_KIND_LIST,   /* shape_list of `of` structs, min to max items */
    SHAPE_KIND_OBJECT, /* the struct of `of`, inside; an optional one has a bool beside it (SHAPE_OBJECT_IF)
                        */
} shape_kind;

typedef enum shape_need { SHAPE_OPTIONAL, SHAPE_REQUIRED } shape_need;

typedef struct shape_list {
    void *items; /* array of count structs of of->size bytes */
    size_t count;
} shape_list;

typedef struct shape_member {
    const char *name;
    shape_kind kind;
    shape_need need;
    int64_t min, max; /* of an optional OBJECT, max is the offset of its bool */
    size_t offset;
    const shape *of;            /* LIST and OBJECT */
    const char *const *choices; /* CHOICE, NULL-terminated */
    const char *about;          /* one sentence for the documentation */
} shape_member;

struct shape {
    const char *name; /* the TypeScript type's name */
    const char *about;
    size_t size;
    const shape_member *members;
    size_t count;
};

#define SHAPE(type_name, type, members, about_it)                                                            \
    {                                                                                                        \
        type_name, about_it, sizeof(type), members, HK_COUNT(members)                                        \
    }
#define SHAPE_BOOL(t, m, need, about)                                                                        \
    {                                                                                                        \
#m, SHAPE_KIND_BOOL, need, 0, 1, offsetof(t, m), NULL, NULL, about                                   \
    }
#define SHAPE_INT(t, m, need, min, max, about)                                                               \
    {                                                                                                        \
#m, SHAPE_KIND_INT, need, min, max, offsetof(t, m), NULL, NULL, about                                \
    }
#define SHAPE_TEXT(t, m, need, min, max, about)                                                              \
    {                                                                                                        \
#m, SHAPE_KIND_TEXT, need, min, max, offsetof(t, m), NULL, NULL, about                               \
    }
#define SHAPE_BYTES(t, m, need, min, max, about)                                                             \
    {                                                                                                        \
#m, SHAPE_KIND_BYTES, need, min, max, offsetof(t, m), NULL, NULL, about                              \
    }
#define SHAPE_ID(t, m, need, about)                                                                          \
    {                                                                                                        \
#m, SHAPE_KIND_ID, need, 16, 16, offsetof(t, m), NULL, NULL, about                                   \
    }
#define SHAPE_HASH(t, m, need, about)                                                                        \
    {                                                                                                        \
#m, SHAPE_KIND_HASH, need, 32, 32, offsetof(t, m), NULL, NULL, about                                 \
    }
#define SHAPE_CHOICE(t, m, need, words, about)                                                               \
    {                                                                                                        \
#m, SHAPE_KIND_CHOICE, need, 0, 0, offsetof(t, m), NULL, words, about                                \
    }
#define SHAPE_LIST(t, m, need, min, max, of, about)                                                          \
    {                                                                                                        \
#m, SHAPE_KIND_LIST, need, min, max, offsetof(t, m), of, NULL, about                                 \
    }
#define SHAPE_OBJECT(t, m, need, of, about)                                                                  \
    {                                                                                                        \
#m, SHAPE_KIND_OBJECT, need, 0, 0, offsetof(t, m), of, NULL, about                                   \
    }

/* An optional object: `given` is the bool member that says whether it is there. */
#define SHAPE_OBJECT_IF(t, m, given, of, about)                                                              \
    {                                                                                                        \
#m, SHAPE_KIND_OBJECT, SHAPE_OPTIONAL, 0, (int64_t)offsetof(t, given), offsetof(t, m), of, NULL,     \
            about                                                                                            \
    }

/* An item of a list that is no object but a bare value: the shape's only member has an empty name. */
extern const shape SHAPE_ID_ITEM;   /* account_id and friends: ["22 characters", ...] */
extern const shape SHAPE_TEXT_ITEM; /* hk_slice: ["words", ...], each at most 1024 bytes */
/* {}: the body of a POST that says nothing, the answer of a message that has nothing to say. No struct. */
extern const shape SHAPE_NOTHING;

#define SHAPE_ID_BYTES    16
#define SHAPE_HASH_BYTES  32
#define SHAPE_DEPTH_MAX   6    /* declared shapes nest less; deeper input is an attack */
#define SHAPE_MEMBERS_MAX 64   /* of one shape: a set of seen members fits one word */
#define SHAPE_LIST_MAX    2048 /* items of any list: more than any screen or team asks for */

/* Why a body was refused, in words for the sender: the member's path ("wraps[2].account") and a fixed
 * sentence. */
typedef struct shape_problem {
    char member[96]; /* from our tables, except for unknown members, which are not echoed ("(unknown)") */
    const char *why;
} shape_problem;

/* Fills *ret (shape->size bytes) from JSON; slices point into the arena. HK_BAD with *problem, HK_TOO_MUCH,
 * HK_NO_MEMORY. */
hk_err shape_decode(const shape *s, hk_slice json, hk_arena *arena, void *ret, shape_problem *problem);
/* The JSON of *value in the arena. Optional members that are absent are left out. */
hk_err shape_encode(const shape *s, const void *value, hk_arena *arena, hk_slice *ret);
/* The same as something told on a socket: {"t": NAME, ...members}. `told` is a constant of ours. */
hk_err shape_encode_told(const char *told, const shape *s, const void *value, hk_arena *arena, hk_slice *ret);

#endif
