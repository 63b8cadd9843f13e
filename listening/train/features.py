# SPDX-License-Identifier: AGPL-3.0-or-later
"""Features of listener turns, made by the engine's own code (dump.c), as arrays for training."""
import ctypes
import struct

import numpy as np
from scipy import sparse

BLOCKS = 8
ANSWER = 7  # the last of them
HEADS = 18


class Engine:
    """The shared library that train.sh built."""

    def __init__(self, path):
        self.lib = ctypes.CDLL(path)
        self.lib.dump_engine_bytes.restype = ctypes.c_size_t
        self.lib.dump_conversation.restype = ctypes.c_uint32
        self.memory = ctypes.create_string_buffer(self.lib.dump_engine_bytes() + 64)
        self.base = (ctypes.addressof(self.memory) + 63) & ~63
        self.out = np.zeros(20_000_000, dtype=np.uint32)

    def turns(self, turns):
        """[(who, text)] -> per listener turn (block ends, hashes, words, marks, signals)."""
        packed = pack(turns)
        n = self.lib.dump_conversation(ctypes.c_void_p(self.base), packed, len(packed),
                                       self.out.ctypes.data_as(ctypes.POINTER(ctypes.c_uint32)), len(self.out))
        out, at, result = self.out, 0, []
        while at < n:
            ends = out[at:at + BLOCKS].astype(np.int64)
            at += BLOCKS
            hashes = out[at:at + ends[-1]].copy()
            at += int(ends[-1])
            words = int(out[at])
            pairs = out[at + 1:at + 1 + 2 * words].reshape(-1, 2).copy()
            at += 1 + 2 * words
            size = int(out[at])
            signals = out[at + 1:at + 1 + size].copy()
            at += 1 + size
            result.append((ends, hashes, pairs[:, 0], pairs[:, 1], signals))
        return result

    def logits(self, model, turns):
        packed = pack(turns)
        out = np.zeros(200_000, dtype=np.float32)
        n = self.lib.dump_logits(ctypes.c_void_p(self.base), model, len(model), packed, len(packed),
                                 out.ctypes.data_as(ctypes.POINTER(ctypes.c_float)), len(out))
        if n < 0:
            raise ValueError("the engine refuses these weights")
        return out[:n].reshape(-1, HEADS)


WHO = {"listener": 0, "speaker": 1, "waiting listener": 2}  # the last: one whose turn has no answer yet


def pack(turns):
    parts = []
    for who, text in turns:
        raw = text.encode()
        parts.append(struct.pack(">BI", WHO[who], len(raw)) + raw)
    return b"".join(parts)


def matrix(rows, bits, scales):
    """Rows of Engine.turns -> CSR with 2^bits columns that the blocks share, as in the weights file; a feature of
    a block of n features is worth the block's scale / sqrt(n)."""
    data, columns, starts = [], [], [0]
    mask = (1 << bits) - 1
    for ends, hashes, *_ in rows:
        sizes = np.diff(ends, prepend=0)
        data.append(np.repeat(np.asarray(scales) / np.sqrt(np.maximum(sizes, 1)), sizes))
        columns.append(hashes.astype(np.int64) & mask)
        starts.append(starts[-1] + len(hashes))
    m = sparse.csr_matrix((np.concatenate(data), np.concatenate(columns), np.array(starts)),
                          shape=(len(rows), 1 << bits))
    m.sum_duplicates()
    m.eliminate_zeros()
    return m
