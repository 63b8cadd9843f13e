# SPDX-License-Identifier: AGPL-3.0-or-later
"""The small convolution over the words of a turn. It has learned to read (reader.py) before all heads are learned at
once. Needs python3-torch; without it the linear heads stand alone."""
import numpy as np

import data

try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
    torch.set_num_threads(1)
except ImportError:
    torch = None

WIDTH, FILTERS, HIDDEN = 96, 192, 128
MARKS = 32
MARK = 0.3  # what a mark weighs beside the numbers of a word's vector
LONGEST, LONGEST_TRAINED = 400, 80
HEAD_WEIGHT = {data.OPEN: 0.7, data.ADVICE: 0.5, data.VALIDATION: 0.7, data.EMOTIONAL_2: 0.7, data.EXPLORATION_2: 0.5}


def numbered(rows, vocab):
    """rows with word hashes -> (word numbers, marks); unknown words share the last number."""
    out = []
    for row in rows:
        at = np.minimum(np.searchsorted(vocab, row[2]), len(vocab) - 1)
        out.append((np.where(vocab[at] == row[2], at, len(vocab)).astype(np.int64), row[3]))
    return out


def batch(rows, longest, drop=0.0, unknown=0, rng=None):
    sizes = [min(len(ids), longest) for ids, _ in rows]
    width = max(max(sizes), 3)
    ids = np.zeros((len(rows), width), np.int64)
    marks = np.zeros((len(rows), width, MARKS), np.float32)
    mask = np.zeros((len(rows), width), np.float32)
    for r, ((words, bits), n) in enumerate(zip(rows, sizes)):
        ids[r, :n], mask[r, :n] = words[:n], 1
        marks[r, :n] = (bits[:n, None] >> np.arange(MARKS, dtype=np.uint32)) & 1
        if drop:
            ids[r, :n][rng.random(n) < drop] = unknown
    return torch.from_numpy(ids), torch.from_numpy(marks), torch.from_numpy(mask)


class Reading(nn.Module if torch else object):
    """Words to the greatest and the mean of each filter."""

    def __init__(self, vocab_size):
        super().__init__()
        self.vectors = nn.Embedding(vocab_size + 1, WIDTH)
        self.conv = nn.Conv1d(WIDTH + MARKS, FILTERS, 3, padding=1)

    def pooled(self, ids, marks, mask):
        x = torch.cat([self.vectors(ids), MARK * marks], 2) * mask.unsqueeze(-1)
        f = F.relu(self.conv(x.transpose(1, 2))) * mask.unsqueeze(1)
        return torch.cat([f.max(2)[0], f.sum(2) / mask.sum(1, keepdim=True).clamp(min=1)], 1)


class Net(Reading):
    """The vectors stay as they were learned from many texts: few turns are coded, and a word that is in none of them
    must go on meaning what its neighbours mean."""

    def __init__(self, vocab_size, heads=len(data.HEADS)):
        super().__init__(vocab_size)
        self.vectors.weight.requires_grad = False
        self.hidden = nn.Linear(2 * FILTERS, HIDDEN)
        self.out = nn.Linear(HIDDEN, heads)
        self.drop = nn.Dropout(0.3)

    def forward(self, ids, marks, mask):
        return self.out(self.drop(F.relu(self.hidden(self.drop(self.pooled(ids, marks, mask))))))


def packed(net):
    return {k: v.numpy() for k, v in net.state_dict().items()}


def unpacked(state, vocab_size):
    net = Net(vocab_size)
    net.load_state_dict({k: torch.from_numpy(v) for k, v in state.items()})
    return net.eval()


def shuffled_batches(sizes, size, rng):
    """Turns of like length together, in random order."""
    order = np.argsort(np.asarray(sizes) // 8 + rng.random(len(sizes)) * 3)
    parts = [order[i:i + size] for i in range(0, len(order), size)]
    rng.shuffle(parts)
    return parts


def fit(start, words, vocab_size, c, rows, seed, epochs=10, rate=2e-3, size=64):
    """All heads at once on rows of c; start: the state of a net that can read; words: name of the rows -> the same
    numbered."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = Net(vocab_size)
    net.load_state_dict(start, strict=False)
    known = (~np.isnan(c.Y)).astype(np.float32) * c.W
    for h, weight in HEAD_WEIGHT.items():
        known[:, h] *= weight
    Y = np.nan_to_num(c.Y)
    optimizer = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=rate, pct_start=0.15,
                                                   total_steps=epochs * (len(rows) // size + 2))
    for _ in range(epochs):
        net.train()
        how = rng.choice(list(data.LEARNED), len(rows), p=[0.4, 0.4, 0.2])
        for part in shuffled_batches([len(words["lo"][i][0]) for i in rows], size, rng):
            z = net(*batch([words[how[k]][rows[k]] for k in part], LONGEST_TRAINED, 0.1, vocab_size, rng))
            y, w = torch.from_numpy(Y[rows[part]]), torch.from_numpy(known[rows[part]])
            single = F.binary_cross_entropy_with_logits(z[:, 4:], y[:, 4:], reduction="none") * w[:, 4:]
            main = -(F.log_softmax(z[:, :4], 1) * y[:, :4]).sum(1) * w[:, 0]
            loss = (single.sum() + main.sum()) / len(part) / 4
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimizer.step()
            schedule.step()
    net.eval()
    return net


def logits(net, rows):
    out = np.zeros((len(rows), len(data.HEADS)), np.float32)
    with torch.no_grad():
        for i in range(0, len(rows), 128):
            out[i:i + 128] = net(*batch(rows[i:i + 128], LONGEST)).numpy()
    return out
