# SPDX-License-Identifier: AGPL-3.0-or-later
"""The weights file, as listening/model/model.c and net.c describe it."""
import struct
import zlib

import numpy as np

import features
import net as nets

PLACES = 3


def whole(x, step):
    return np.clip(np.rint(x / step), -127, 127).astype(np.int8)


def linear_part(coef, bias, slope, moved, scales):
    """Head params (bias, a step per block) and rows; scales: what a block weighs, for each head. The step follows the
    greatest weight: those carry the most, and since a block is averaged the rounding of the many small ones mostly
    cancels."""
    params, rows = [], np.zeros(coef.T.shape, np.int8)
    for h in range(len(coef)):
        step = max(float(np.abs(coef[h]).max()), 1e-6) / 127
        rows[:, h] = whole(coef[h], step)
        params.append([slope[h] * bias[h] + moved[h]] + [slope[h] * step * s for s in scales[h]])
    return np.array(params, "<f4"), rows


def net_part(nets_, vocab, share, params):
    """Nets side by side: filters and hidden units in a row, every head their mean times share[head]. Adds the nets'
    biases to the heads' (params, in place)."""
    filters = sum(n.conv.out_channels for n in nets_)
    tables, marks, conv_bias = [], [], []
    hidden = sum(n.hidden.out_features for n in nets_)
    w1, b1, w2 = np.zeros((hidden, 2 * filters)), np.zeros(hidden), np.zeros((len(share), hidden))
    at_f = at_h = 0
    for n in nets_:
        conv = n.conv.weight.detach().numpy()  # filters x (width and marks) x places
        tables.append(np.einsum("we,fep->wpf", n.vectors.weight.detach().numpy(), conv[:, :nets.WIDTH]))
        marks.append(nets.MARK * conv[:, nets.WIDTH:].transpose(1, 2, 0))
        conv_bias.append(n.conv.bias.detach().numpy())
        f, h = n.conv.out_channels, n.hidden.out_features
        w = n.hidden.weight.detach().numpy()
        w1[at_h:at_h + h, at_f:at_f + f] = w[:, :f]
        w1[at_h:at_h + h, filters + at_f:filters + at_f + f] = w[:, f:]
        b1[at_h:at_h + h] = n.hidden.bias.detach().numpy()
        w2[:, at_h:at_h + h] = n.out.weight.detach().numpy() * share[:, None] / len(nets_)
        params[:, 0] += n.out.bias.detach().numpy() * share / len(nets_)
        at_f, at_h = at_f + f, at_h + h
    table, mark = np.concatenate(tables, 2), np.concatenate(marks, 2)
    step = np.maximum(np.abs(np.concatenate([table, mark])).max((0, 1)), 1e-6) / 127
    step1 = np.maximum(np.abs(w1).max(1), 1e-6) / 127
    step2 = np.maximum(np.abs(w2).max(1), 1e-9) / 127
    return b"".join([vocab.astype("<u4").tobytes(), np.concatenate(conv_bias).astype("<f4").tobytes(),
                     step.astype("<f4").tobytes(), whole(table, step).tobytes(), whole(mark, step).tobytes(),
                     whole(w1, step1[:, None]).tobytes(), b1.astype("<f4").tobytes(), step1.astype("<f4").tobytes(),
                     whole(w2, step2[:, None]).tobytes(), step2.astype("<f4").tobytes()]), filters, hidden


def model_file(coef, bias, slope, moved, scales, bits, knots, nets_=(), vocab=None, share=None):
    params, rows = linear_part(coef, bias, slope, moved, scales)
    net, filters, hidden = b"", 0, 0
    if nets_:
        net, filters, hidden = net_part(nets_, vocab, np.asarray(share) * slope, params)
    body = params.tobytes() + np.asarray(knots, "<f4").tobytes() + rows.tobytes() + net
    head = struct.pack("<4sIII4sIIIII24x", b"HKLM", 1, zlib.crc32(body), 64 + len(body), b"en", bits, features.HEADS,
                       len(vocab) if nets_ else 0, filters, hidden)
    return head + body
