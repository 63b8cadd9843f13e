# SPDX-License-Identifier: AGPL-3.0-or-later
"""The figures: each with a 90 % interval, bootstrapped over conversations (pairs: over posts' groups of one)."""
import numpy as np
from sklearn.metrics import roc_auc_score

import data
from calibrate import calibration_error, credit, left, macro_f1 as macro, sigmoid, softmax

# One expert against nine others, and the published small models, where known (AnnoMI, EPITOME; shared figures).
EXPERT = {"main": 0.861, "question": 0.958, "reflection": 0.883, "input": 0.876, "open/closed": 0.826}
PUBLISHED = {"main": 0.770, "question": 0.929, "reflection": 0.782, "input": 0.762, "open/closed": 0.689,
             "emotional reaction": 0.757, "interpretation (3)": 0.542, "exploration": 0.653, "balance AUC": 0.83}
RESAMPLES = 200
RECALL = 0.70


class Scores:
    """What the engine says of coded turns, as numbers per turn; made from calibrated sums or from its JSON."""

    def __init__(self, z, knots):
        p = sigmoid(z)
        main = softmax(z[:, :4])
        main[:, 0] *= np.minimum(1, 2 * left(p))  # what it loses goes to the others by their share, as in model.c
        main[:, 1:] *= (1 - main[:, :1]) / np.maximum(main[:, 1:].sum(1, keepdims=True), 1e-9)
        self.trap_known = True
        self.main = main.argmax(1)
        self.gated = np.interp(credit(p), np.linspace(0, 1, len(knots)), knots)
        self.question, self.input, self.open = p[:, data.QUESTION], p[:, data.INPUT], p[:, data.OPEN]
        self.balance = p[:, data.SESSION_REFLECTION] * (1 - p[:, data.SESSION_INPUT]) - p[:, data.SESSION_INPUT]
        one = lambda h: np.where(p[:, h] < 0.5, 0, np.where(p[:, h + 1] >= 0.5, 2, 1))
        self.emotional, self.exploration = one(data.EMOTIONAL_1), one(data.EXPLORATION_1)
        self.interpretation = np.where(p[:, data.INTERPRETATION] >= 0.5, 2, 0)


def share_of(y):
    return np.mean(y) if len(y) else np.nan


def false_credit(gated, gold, good):
    """How much oftener turns that are no reflections pass as one in poor sessions, at the cut of RECALL."""
    cut = np.quantile(gated[gold > 0.5], 1 - RECALL)
    passed = lambda of: np.mean(gated[of & (gold < 0.5)] >= cut)
    return passed(good == 0) / max(passed(good == 1), 1e-9)


def talk_figures(s, c, rows):
    Y, good, talk = c.Y[rows], c.good[rows], c.conversation[rows]
    asks = ~np.isnan(Y[:, data.OPEN])
    get = lambda name: getattr(s, name)[rows]
    refl = Y[:, data.REFLECTION]
    balance = np.array([get("balance")[talk == k].mean() for k in np.unique(talk)])
    quality = np.array([good[talk == k][0] for k in np.unique(talk)])
    return {
        "main": macro(Y[:, :4].argmax(1), get("main")),
        "question": macro(Y[:, data.QUESTION], get("question") >= 0.5),
        "reflection": macro(refl, get("gated") >= 0.5),
        "input": macro(Y[:, data.INPUT], get("input") >= 0.5),
        "open/closed": macro(Y[asks, data.OPEN], get("open")[asks] >= 0.5),
        "false credit": false_credit(get("gated"), refl, good),
        "balance AUC": roc_auc_score(quality, balance) if 0 < quality.mean() < 1 else float("nan"),
        "ECE reflection": calibration_error(get("gated"), refl),
        "ECE question": calibration_error(get("question"), Y[:, data.QUESTION]),
        "ECE input": calibration_error(get("input"), Y[:, data.INPUT]),
        "precision, poor sessions": share_of(refl[(good == 0) & (get("gated") >= 0.5)]),
        "  base rate there": np.mean(refl[good == 0]),
    }


def pair_figures(s, c, rows):
    level = c.levels[rows]
    return {
        "emotional reaction": macro(level[:, 0], s.emotional[rows]),
        "interpretation (3)": macro(level[:, 1], s.interpretation[rows]),
        "interpretation, present": macro(level[:, 1] > 0, s.interpretation[rows] > 0),
        "exploration": macro(level[:, 2], s.exploration[rows]),
    }


def with_intervals(make, s, c, rows, unit, seed=3):
    """name -> (figure, low, high); unit gives for each row what is resampled together."""
    rng = np.random.default_rng(seed)
    whole = make(s, c, rows)
    parts = [rows[unit == u] for u in np.unique(unit)]
    drawn = []
    for _ in range(RESAMPLES):
        pick = [parts[i] for i in rng.integers(0, len(parts), len(parts))]
        drawn.append(make(s, Resampled(c, pick), np.concatenate(pick)))
    out = {}
    for name, value in whole.items():
        values = np.array([d[name] for d in drawn])
        low, high = np.nanquantile(values, [0.05, 0.95])
        out[name] = (value, low, high)
    return out


class Resampled:
    """The coded turns with conversations numbered anew, so that one drawn twice counts twice."""

    def __init__(self, c, parts):
        self.Y, self.good, self.levels, self.trap = c.Y, c.good, c.levels, c.trap
        self.conversation = _Renumbered(parts)


class _Renumbered:
    def __init__(self, parts):
        self.numbers = np.concatenate([np.full(len(p), i) for i, p in enumerate(parts)])

    def __getitem__(self, rows):
        return self.numbers


def line_figures(s, c, rows):
    trap, true = rows[c.trap[rows]], rows[c.Y[rows, data.REFLECTION] > 0.5]
    return {"traps credited (own corpus)": np.mean(s.gated[trap] >= 0.5),
            "  reflections credited there": np.mean(s.gated[true] >= 0.5)}


def share(hits):
    """A share in words, with Wilson's 90 % interval."""
    k, n, z = int(np.sum(hits)), len(hits), 1.645
    p = k / n
    middle, half = (p + z * z / (2 * n)) / (1 + z * z / n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{k:3d} of {n:3d} = {p:.2f} ({middle - half:.2f}-{middle + half:.2f})"


def all_figures(s, c):
    out = {}
    talk, pairs = np.flatnonzero(c.source == 0), np.flatnonzero(c.source == 1)
    if len(talk):
        out.update(with_intervals(talk_figures, s, c, talk, c.conversation[talk]))
    if len(pairs):
        out.update(with_intervals(pair_figures, s, c, pairs, pairs))
    lines = np.flatnonzero(c.source == 2)
    if len(lines) and hasattr(s, "trap_known"):
        out.update(with_intervals(line_figures, s, c, lines, c.group[lines]))
    return out


def table(columns):
    """columns: title -> figures; beside them one expert and the published models."""
    titles = list(columns)
    print(f"{'':26s}" + "".join(f"{t:>24s}" for t in titles) + f"{'published':>11s}{'one expert':>12s}")
    for name in columns[titles[0]]:
        line = f"{name:26s}"
        for t in titles:
            v = columns[t].get(name)
            line += f"{v[0]:9.3f} ({v[1]:.3f}-{v[2]:.3f})" if v else " " * 24
        line += f"{PUBLISHED[name]:11.3f}" if name in PUBLISHED else " " * 11
        line += f"{EXPERT[name]:12.3f}" if name in EXPERT else ""
        print(line)
