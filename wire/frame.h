/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * WebSocket frames (RFC 6455 section 5), for the server's side and the client's. Pure: no I/O, no allocation;
 * a reader is small enough for an idle socket.
 *
 * Refused, with the close code to answer: reserved bits (no extensions), unknown opcodes, control frames that
 * are fragmented or over 125 bytes, lengths not in their shortest form, frames of a client that are not
 * masked or of a server that are, fragments out of order, more than WIRE_FRAGMENTS of them, more than
 * WIRE_MESSAGE_BYTES together, binary messages (ours are text), text that is not UTF-8 (found as soon as the
 * frame is whole, also when a character is cut by a fragment's end).
 *
 *     wire_frame f;
 *     switch (wire_frame_next(&reader, bytes, n, &f)) {
 *     case WIRE_FRAME_MORE:    at least f.used bytes are needed from the start of this frame
 *     case WIRE_FRAME_WHOLE:   f.payload is unmasked in place; f.used bytes are done with
 *     case WIRE_FRAME_BROKEN:  close with f.close_code
 *     }
 */
#ifndef HK_WIRE_FRAME_H
#define HK_WIRE_FRAME_H

#include "base/slice.h"
#include "wire/limits.h"

typedef enum wire_opcode {
    WIRE_CONTINUE = 0,
    WIRE_TEXT_FRAME = 1,
    WIRE_CLOSE = 8,
    WIRE_PING = 9,
    WIRE_PONG = 10,
} wire_opcode;

/* Close codes (RFC 6455 section 7.4.1, then ours as docs/interface.md has them). */
enum {
    WIRE_CLOSE_NORMAL = 1000,
    WIRE_CLOSE_GOING = 1001,
    WIRE_CLOSE_PROTOCOL = 1002,
    WIRE_CLOSE_KIND = 1003,
    WIRE_CLOSE_NOTHING = 1005, /* never sent: a close frame without a code */
    WIRE_CLOSE_TEXT = 1007,
    WIRE_CLOSE_POLICY = 1008,
    WIRE_CLOSE_SIZE = 1009,
    WIRE_CLOSE_SLOW = 4002,
};

typedef struct wire_frame_reader {
    bool from_client;   /* frames must be masked; otherwise they must not be */
    bool in_message;    /* a fragmented message is open */
    uint8_t fragments;  /* of it */
    uint8_t utf8_state; /* of its text so far: 0 between characters */
    uint32_t message_n; /* its bytes so far */
} wire_frame_reader;

typedef struct wire_frame {
    wire_opcode opcode; /* a fragment's is that of the frame: WIRE_CONTINUE for all but the first */
    bool last;          /* of its message */
    uint8_t *payload;
    size_t n;
    size_t used;
    int close_code; /* BROKEN: to answer with; of a WIRE_CLOSE frame: what the other side said */
} wire_frame;

typedef enum wire_frame_result { WIRE_FRAME_MORE, WIRE_FRAME_WHOLE, WIRE_FRAME_BROKEN } wire_frame_result;

wire_frame_result wire_frame_next(wire_frame_reader *r, uint8_t *bytes, size_t n, wire_frame *ret);

#define WIRE_FRAME_HEAD_MAX 14
/* Writes the head of a whole frame of n bytes; mask is NULL for a server's. Returns its length. */
size_t wire_frame_head(uint8_t ret[static WIRE_FRAME_HEAD_MAX], wire_opcode opcode, bool last, size_t n,
                       const uint8_t *mask);
/* Masks or unmasks in place. */
void wire_frame_mask(uint8_t *p, size_t n, const uint8_t mask[static 4]);

/* Sec-WebSocket-Key (24 characters for 16 bytes), and the 28 characters that answer it, with a NUL. */
bool wire_socket_key_valid(hk_slice key);
void wire_socket_accept(hk_slice key, char ret[static 29]);

#endif
