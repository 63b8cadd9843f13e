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
# For what is learned from posts and replies: they are few and long, and the pairs and counts, the same in nearly all
# of them, would drown the words. Nothing follows them.
POSTS = [1.0, 0.5, 0.7, 0.7, 0.3, 0.7, 0.0, 0.0]
ANSWER_ALONE = [0.0] * features.ANSWER + SCALES[features.ANSWER:]
STRENGTH = {h: 4.0 for h in range(len(data.HEADS))}
STRENGTH.update({data.EMOTIONAL_1: 8.0, data.EMOTIONAL_2: 8.0, data.EXPLORATION_1: 8.0, data.EXPLORATION_2: 8.0})
NB_SHARE = 0.5
LEARNED = ["lo", "ls"]


def scales(h):
    return UNANSWERED if h == data.TRAP else POSTS if data.EMOTIONAL_1 <= h <= data.EXPLORATION_2 else SCALES


def heads_of(kind):
    return [h for h in range(len(data.HEADS)) if scales(h) is kind]


class Turns:
    """The features of turns as matrices, one for every way to scale them."""

    def __init__(self, seen):
        self.seen = seen

    def __getitem__(self, rows):
        return Turns([(kind, x[rows]) for kind, x in self.seen])

    def by(self, wanted):
        return next(x for kind, x in self.seen if kind is wanted)


def turns(rows):
    return Turns([(kind, features.matrix(rows, BITS, kind)) for kind in (SCALES, UNANSWERED, POSTS, ANSWER_ALONE)])


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
    x = sparse.vstack([X[how].by(scales(h))[rows] for how in LEARNED]).tocsr()
    scale = telling(x, y, w)
    model = LogisticRegression(C=STRENGTH[h], solver="liblinear", dual=True, tol=0.1, max_iter=200, random_state=0)
    model.fit(x @ sparse.diags(scale), y, sample_weight=w)
    return (model.coef_[0] * scale).astype(np.float32), float(model.intercept_[0])


def fit(X, c, rows):
    """heads x columns, and a bias for every head."""
    fitted = [fit_head(X, c, h, rows) for h in range(len(data.HEADS))]
    return np.array([f[0] for f in fitted]), np.array([f[1] for f in fitted], np.float32)


def logits(X, coef, bias):
    z = np.zeros((X.by(SCALES).shape[0], len(data.HEADS)))
    for kind in (SCALES, UNANSWERED, POSTS):
        z[:, heads_of(kind)] = X.by(kind) @ coef[heads_of(kind)].T
    return z + bias


def lifts(X, coef):
    """What of the reflection's sums the speaker's answers gave."""
    return X.by(ANSWER_ALONE) @ coef[data.REFLECTION]
