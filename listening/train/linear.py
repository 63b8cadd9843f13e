# SPDX-License-Identifier: AGPL-3.0-or-later
"""Linear heads over the hashed features: logistic regression on features scaled by how much they tell (the idea of
NB-SVM, Wang and Manning 2012), the scale folded back into the weights."""
import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

import data
import features

BITS = 16
# What a block weighs: words, letters, patterns, places, the speaker's words, counts, pairs, the answer.
SCALES = [1.0, 0.5, 1.0, 1.0, 0.3, 1.5, 1.5, 1.0]
# For the trap head: traps are written lines, so that an answer of a talk would tell it that nothing is wrong.
UNANSWERED = SCALES[:features.ANSWER] + [0.0]
STRENGTH = {h: 4.0 for h in range(len(data.HEADS))}
STRENGTH.update({data.EMOTIONAL_1: 8.0, data.EMOTIONAL_2: 8.0, data.EXPLORATION_1: 8.0, data.EXPLORATION_2: 8.0})
NB_SHARE = 0.5
LEARNED = ["lo", "ls"]


def scales(h):
    return UNANSWERED if h == data.TRAP else SCALES


class Turns:
    """The features of turns as matrices: all of them, and those that the trap head sees."""

    def __init__(self, whole, unanswered):
        self.whole, self.unanswered = whole, unanswered

    def __getitem__(self, rows):
        return Turns(self.whole[rows], self.unanswered[rows])

    def seen_by(self, h):
        return self.unanswered if h == data.TRAP else self.whole


def turns(rows):
    return Turns(features.matrix(rows, BITS, SCALES), features.matrix(rows, BITS, UNANSWERED))


def matrices(c):
    return {how: turns(c.rows[how]) for how in data.SEEN + LEARNED}


def telling(X, y, w):
    weight = sparse.diags(w)
    yes = np.asarray((weight @ X)[y].sum(0)).ravel() + 1.0
    no = np.asarray((weight @ X)[~y].sum(0)).ravel() + 1.0
    return (1 - NB_SHARE) + NB_SHARE * np.abs(np.log((yes / yes.sum()) / (no / no.sum())))


def fit_head(X, c, h, rows):
    rows = rows[~np.isnan(c.Y[rows, h])]
    y = np.tile(c.Y[rows, h] > 0.5, len(LEARNED))
    if len(rows) == 0 or y.all() or not y.any():
        return np.zeros(1 << BITS, np.float32), -3.0
    w = np.tile(c.W[rows, h], len(LEARNED)) / len(LEARNED)
    x = sparse.vstack([X[how].seen_by(h)[rows] for how in LEARNED]).tocsr()
    scale = telling(x, y, w)
    model = LogisticRegression(C=STRENGTH[h], solver="liblinear", dual=True, tol=0.1, max_iter=200, random_state=0)
    model.fit(x @ sparse.diags(scale), y, sample_weight=w)
    return (model.coef_[0] * scale).astype(np.float32), float(model.intercept_[0])


def fit(X, c, rows):
    """heads x columns, and a bias for every head."""
    fitted = [fit_head(X, c, h, rows) for h in range(len(data.HEADS))]
    return np.array([f[0] for f in fitted]), np.array([f[1] for f in fitted], np.float32)


def logits(X, coef, bias):
    z = np.asarray(X.whole @ coef.T)
    z[:, data.TRAP] = X.unanswered @ coef[data.TRAP]
    return z + bias
