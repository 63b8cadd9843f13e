# SPDX-License-Identifier: AGPL-3.0-or-later
"""Trains the listening model. From the same seed, data and packages the same file comes out.

    train.py --engine dump.so --corpus listening/corpus [--data DIR] --out listening/model/en.hkm [--nets N]

Every turn gets a sum from models that never saw its group (5 folds); from these come the calibration, the share of
the net in each head, and the figures. Then the same models are fitted on everything and written."""
import argparse
import glob
import multiprocessing
import os
import time

import numpy as np

import calibrate
import data
import export
import features
import figures
import linear
import net as nets
import reader

FOLDS, SEED, NETS = 5, 0, 1
CACHE = ".cache/listening"
AT_ONCE = 2  # folds that are fitted beside each other
SHARES = [0.0, 0.25, 0.5, 0.75, 1.0]
SUMS = {"lin": (len(data.HEADS),), "net": (len(data.HEADS),), "lifts": ()}  # what is kept of every turn


def say(started, text):
    print(f"[{time.time() - started:5.0f} s] {text}", flush=True)


def share_of_net(lin, net, c):
    """Per head the share at which the sum of both separates best (likelihood of a Platt fit on all turns)."""
    n, share = len(c.source), np.zeros(len(data.HEADS))
    Y, W = np.vstack([c.Y, c.Y]), np.vstack([c.W, c.W])
    for h in range(len(data.HEADS)):
        rows = np.flatnonzero(~np.isnan(Y[:, h]))
        if len(rows) < 100:
            continue
        y, w = Y[rows, h], W[rows, h]
        def loss(a):
            z = lin[rows, h] + a * net[rows, h]
            s, b = calibrate.platt(z, y)
            p = calibrate.sigmoid(s * z + b)
            return -np.average(y * np.log(p + 1e-9) + (1 - y) * np.log(1 - p + 1e-9), weights=w)
        share[h] = min(SHARES, key=loss)
    share[:4] = share[:4].mean()  # a softmax has one scale
    share[data.TRAP] = 0  # written lines alone teach it: there are too few of them for the net
    return share


class Trainer:
    def __init__(self, engine, args, started):
        self.c = data.load(engine, args.data, args.corpus)
        self.key = data.recipe_key(args.data, args.corpus)
        self.engine, self.args, self.started = engine, args, started
        self.X, self.vocab, self.starts, self.learned = None, None, [], None

    def prepare(self):
        """What every fold starts from: the features as matrices, and a net that can read."""
        if self.X:
            return
        self.X = linear.matrices(self.c)
        if self.args.nets and nets.torch is not None:
            self.vocab, start, near = reader.learn(self.engine, self.args, SEED, CACHE)
            self.words = {how: nets.numbered(rows, self.vocab) for how, rows in self.c.rows.items()}
            self.starts = [start] * self.args.nets
            say(self.started, f"a net has learned to read {len(self.vocab)} words, {near:.2f} near its teacher")

    def fit(self, rows):
        coef, bias = linear.fit(self.X, self.c, rows)
        fitted = [nets.fit(start, self.words, len(self.vocab), self.c, rows, SEED + i)
                  for i, start in enumerate(self.starts)]
        return coef, bias, fitted

    def learn(self, train, test):
        """The models learned from `train`, and what they say of the turns `test` in both spellings."""
        coef, bias, fitted = self.fit(train)
        lin = [linear.logits(self.X[how][test], coef, bias) for how in data.SEEN]
        net = [np.mean([nets.logits(f, [self.words[how][i] for i in test]) for f in fitted], 0) if fitted else
               np.zeros_like(lin[0]) for how in data.SEEN]
        lifts = [linear.lifts(self.X[how][test], coef) for how in data.SEEN]
        say(self.started, f"learned from {len(train)} turns")
        return (coef, bias, [nets.packed(f) for f in fitted]), (lin, net, lifts)

    def whole(self):
        """The models learned from every turn."""
        if not self.learned:
            self.prepare()
            self.learned = self.learn(np.arange(len(self.c.source)), np.arange(0))[0]
        coef, bias, packed = self.learned
        return coef, bias, [nets.unpacked(state, len(self.vocab)) for state in packed]

    def out_of_fold(self, keep=None, whole_too=False):
        """Sums of the linear heads, sums of the nets, and what the answers gave to the reflection, both spellings
        stacked: each by models that never saw the group. They are kept in the file `keep`, and taken from it while recipe and
        data are the same. whole_too: learn from everything in the same go."""
        n = len(self.c.source)
        if keep and os.path.exists(keep):
            kept = np.load(keep)
            if str(kept.get("key", "")) == self.key:
                return [kept[name] for name in SUMS]
        sums = [np.zeros((2 * n, *each), np.float32) for each in SUMS.values()]
        self.prepare()
        folds = data.folds(self.c, FOLDS, SEED)
        learned = side_by_side(self, [(np.arange(n), np.arange(0))] * whole_too + folds)
        if whole_too:
            self.learned = learned.pop(0)[0]
        for (_, test), (_, said) in zip(folds, learned):
            for to, spellings in zip(sums, said):
                to[test], to[n + test] = spellings
        if keep:
            np.savez_compressed(keep, key=self.key, **dict(zip(SUMS, sums)))
        return sums


def side_by_side(trainer, jobs):
    """What the trainer learns in every job, AT_ONCE of them at once: each process has its own copy of it."""
    global _trainer
    _trainer = trainer
    with multiprocessing.get_context("fork").Pool(AT_ONCE) as pool:
        return pool.map(_learn, jobs, chunksize=1)


def _learn(job):
    return _trainer.learn(*job)


def cross_validated(lin, net, lifts, c):
    """Calibrated out-of-fold sums: the calibration itself is fitted on all of them (its 60 numbers are few)."""
    share = share_of_net(lin, net, c) if net.any() else np.zeros(len(data.HEADS))
    Z = lin + share * net
    slope, moved, knots = calibrate.fit(Z, lifts, c)
    return calibrate.held(slope * Z + moved, slope[data.REFLECTION] * lifts), share, slope, moved, knots


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--engine", required=True)
    ask.add_argument("--corpus", required=True)
    ask.add_argument("--data")
    ask.add_argument("--out")
    ask.add_argument("--keep", help="keep the out-of-fold sums here")
    ask.add_argument("--nets", type=int, default=NETS)
    args = ask.parse_args()
    started = time.time()
    engine = features.Engine(args.engine)
    trainer = Trainer(engine, args, started)
    c, n = trainer.c, len(trainer.c.source)
    say(started, f"{n} coded turns, {np.sum(c.source == 0)} of them in conversations, {np.sum(c.source == 1)} pairs")
    sums = trainer.out_of_fold(args.keep, whole_too=bool(args.out))
    Z, share, slope, moved, knots = cross_validated(*sums, c)
    figures.table({"as written": figures.all_figures(figures.Scores(Z[:n], knots), c),
                   "without marks": figures.all_figures(figures.Scores(Z[n:], knots), c)})
    print("share of the net:", " ".join(f"{h}={s:g}" for h, s in zip(data.HEADS, share)))
    if not args.out:
        return
    coef, bias, fitted = trainer.whole()
    scales = [linear.scales(h) for h in range(len(data.HEADS))]
    model = export.model_file(coef, bias, slope, moved, scales, linear.BITS, knots, fitted, trainer.vocab, share)
    check_parity(engine, model, trainer, coef, bias, fitted, share, slope, moved, args)
    with open(args.out, "wb") as f:
        f.write(model)
    say(started, f"{args.out}: {len(model)} bytes")


def check_parity(engine, model, trainer, coef, bias, fitted, share, slope, moved, args):
    """What the engine makes of the file must be what training meant, but for the rounding to whole numbers."""
    lines = data.read_lines(sorted(glob.glob(f"{args.corpus}/*.jsonl"))[0])[:60]
    worst = 0.0
    for line in lines:
        turns = data.BEFORE + [("speaker", line["speaker"]), ("listener", line["listener"]), ("speaker", data.ANSWERS[0])]
        row = engine.turns(turns)[-1]
        z = linear.logits(linear.turns([row]), coef, bias)[0]
        if fitted:
            z = z + share * np.mean([nets.logits(f, nets.numbered([row], trainer.vocab)) for f in fitted], 0)[0]
        worst = max(worst, float(np.abs(engine.logits(model, turns)[-1] - (slope * z + moved)).max()))
    print(f"engine against training: at most {worst:.3f} apart in a sum")
    if worst > 0.25:
        raise SystemExit("the engine does not compute what training meant")


if __name__ == "__main__":
    main()
