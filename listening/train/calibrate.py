# SPDX-License-Identifier: AGPL-3.0-or-later
"""From sums to probabilities that mean what they say. Everything is fitted on out-of-fold sums; where a figure people
see is cut at one half, the probability may lean by a little (LEAN) so that the cut is also the best one."""
import numpy as np
from scipy.optimize import minimize

import data

LEAN = 0.035  # calibration error that a better cut may cost
KNOTS = 17


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-np.clip(z, -60, 60)))


def calibration_error(p, y, bins=10):
    """Expected calibration error over ten equal bins."""
    at = np.minimum((p * bins).astype(int), bins - 1)
    return sum(np.abs(p[at == b].mean() - y[at == b].mean()) * np.mean(at == b) for b in range(bins) if (at == b).any())


def macro_f1(y, guess):
    """The mean of the F1 of every class that is there, as sklearn's f1_score(average="macro") but fast."""
    y, guess = np.asarray(y).astype(int), np.asarray(guess).astype(int)
    k = max(y.max(), guess.max()) + 1
    right = np.bincount(y[y == guess], minlength=k)
    seen = np.bincount(y, minlength=k) + np.bincount(guess, minlength=k)
    return np.mean(2 * right[seen > 0] / seen[seen > 0])


def platt(z, y):
    def loss(ab):
        p = sigmoid(ab[0] * z + ab[1])
        return -np.mean(y * np.log(p + 1e-9) + (1 - y) * np.log(1 - p + 1e-9))
    return minimize(loss, [1.0, 0.0], method="Nelder-Mead").x


def lean(z, y):
    """How far to move calibrated sums so that macro-F1 at one half is best, within LEAN."""
    best, move = macro_f1(y, z > 0), 0.0
    for d in np.arange(-1.5, 1.51, 0.05):
        f = macro_f1(y, z + d > 0)
        if f > best + 1e-4 * abs(d) and calibration_error(sigmoid(z + d), y) <= LEAN:
            best, move = f, d
    return move


def credit(p):
    """The gated reflection, before its knots: as model_verdict in listening/model/model.c."""
    return p[:, data.REFLECTION] * (1 - p[:, data.INPUT]) * left(p)


def left(p):
    """What the trap head leaves of a reflection."""
    return 1.0 - p[:, data.TRAP]


def held(z, lifted):
    """Calibrated sums without what an answer gave to the reflection: as hold_answer in listening/model/model.c."""
    out = z.copy()
    out[:, data.REFLECTION] -= np.maximum(lifted, 0)
    return out


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def main_scale(z, y):
    """One slope and four biases for the four names: likelihood first, then a small move for macro-F1."""
    def loss(v):
        return -np.mean(np.log(softmax(v[0] * z + v[1:])[np.arange(len(y)), y] + 1e-9))
    v = minimize(loss, [1.0, 0, 0, 0, 0], method="Nelder-Mead", options={"maxiter": 2000}).x
    slope, bias = v[0], v[1:] - v[1:].mean()
    best = macro_f1(y, (slope * z + bias).argmax(1))
    for k in (2, 0, 1):
        for d in np.arange(-0.6, 0.61, 0.1):
            moved = bias + d * (np.arange(4) == k)
            f = macro_f1(y, (slope * z + moved).argmax(1))
            if f > best + 1e-3:
                best, bias = f, moved
    return slope, bias


def level_moves(z1, z2, level):
    """Moves of the two cuts of a dimension with three levels, for macro-F1."""
    best = (-1.0, 0.0, 0.0)
    for a in np.arange(-1.5, 1.51, 0.1):
        for b in np.arange(-1.5, 1.51, 0.1):
            guess = np.where(z1 + a < 0, 0, np.where(z2 + b > 0, 2, 1))
            best = max(best, (macro_f1(level, guess) - 1e-3 * (abs(a) + abs(b)), a, b))
    return best[1:]


def knots(p, y):
    """The gated reflection's curve at 0, 1/16 ... 1, smoothed by a Platt fit, leaning like the others."""
    z = np.log(np.clip(p, 1e-6, 1 - 1e-6) / (1 - np.clip(p, 1e-6, 1 - 1e-6)))
    a, b = platt(z, y)
    move = lean(a * z + b, y)
    at = np.clip(np.arange(KNOTS) / (KNOTS - 1), 1e-3, 1 - 1e-3)
    return sigmoid(a * np.log(at / (1 - at)) + b + move)


def fit(Z, lifted, c):
    """Per head (slope, bias), and the knots. Z: out-of-fold sums of both spellings, stacked o then s; lifted: what
    the answers gave to the reflection's."""
    talk = np.flatnonzero(c.source == 0) if (c.source == 0).any() else np.flatnonzero(c.source == 2)
    pairs = np.flatnonzero(c.source == 1)
    n = len(c.source)
    both = lambda rows: np.concatenate([rows, rows + n])
    Y = np.vstack([c.Y, c.Y])
    slope, bias = np.ones(len(data.HEADS)), np.zeros(len(data.HEADS))
    rows = both(talk)
    slope[:4], bias[:4] = main_scale(Z[rows, :4], Y[rows, :4].argmax(1))
    for h in range(4, len(data.HEADS)):
        rows = both(pairs) if data.EMOTIONAL_1 <= h <= data.EXPLORATION_2 else both(talk)
        if h in (data.VALIDATION, data.TRAP):
            rows = both(np.flatnonzero(c.source == 2))
        if h == data.ADVICE:
            rows = both(np.flatnonzero(c.source != 1))
        rows = rows[~np.isnan(Y[rows, h])]
        if len(rows) < 30 or len(set(Y[rows, h])) < 2:
            continue
        slope[h], bias[h] = platt(Z[rows, h], Y[rows, h])
        if h in (data.QUESTION, data.INPUT, data.OPEN, data.INTERPRETATION):
            bias[h] += lean(slope[h] * Z[rows, h] + bias[h], Y[rows, h])
    for h, level in ((data.EMOTIONAL_1, 0), (data.EXPLORATION_1, 2)):
        if len(pairs):
            z = slope * Z[pairs] + bias
            a, b = level_moves(z[:, h], z[:, h + 1], c.levels[pairs, level])
            bias[h] += a
            bias[h + 1] += b
    p = sigmoid(held(slope * Z + bias, slope[data.REFLECTION] * lifted))
    rows = both(np.flatnonzero(c.source != 1))  # the written ones too: most traps are among them
    return slope, bias, knots(credit(p)[rows], Y[rows, data.REFLECTION])
