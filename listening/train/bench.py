# SPDX-License-Identifier: AGPL-3.0-or-later
"""Prints the figures. The model's, on the public sets, are cross-validated: from sums that models made which never saw
the group (train.py --keep wrote them for this recipe and these data; else they are made now, which takes minutes). The
rules' figures and all on our own lines come from the program itself."""
import argparse
import json
import subprocess
import sys
import tempfile
import time

import numpy as np

import calibrate
import data
import features
import figures
import subsets
import train

KEPT = ".cache/listening/out-of-fold.npz"
TRAPS = {"lecture-as-reflection", "confrontation-as-reflection", "minimising-as-reflection", "sarcasm-as-reflection",
         "at-least", "premature-reassurance"}


def listen(hearken, conversations, *options):
    """What `hearken listen` says of each list of (who, text)."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as f:
        for turns in conversations:
            f.write(json.dumps({"turns": [{"who": w, "text": t} for w, t in turns]}) + "\n")
        f.flush()
        started = time.time()
        out = subprocess.run([hearken, "listen", "--json", "--lines", *options, f.name], check=True,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        took = time.time() - started
    return [json.loads(line) for line in out.splitlines()], took


class FromProgram:
    """figures.Scores of what the program printed, in the order of data.load: conversations, then pairs."""

    def __init__(self, results, size):
        turns = [(t, r["session"]["listening_balance"]) for r in results for t in r["turns"] if t["who"] == "listener"]
        column = lambda name: np.array([t[name] for t, _ in turns] + [0] * (size - len(turns)))
        self.main = np.array([data.MAINS.index(t["main"]) for t, _ in turns] + [0] * (size - len(turns)))
        self.gated, self.question, self.input, self.open = (column(k) for k in ("reflection", "question", "input", "open"))
        self.emotional, self.interpretation, self.exploration = (
            column(k) for k in ("emotional_reaction", "interpretation", "exploration"))
        self.balance = np.array([b for _, b in turns] + [0.0] * (size - len(turns)))


def cross_validated(args, engine):
    """(coded turns, calibrated sums, knots)"""
    print("(cross-validating takes some minutes the first time)", file=sys.stderr)
    trainer = train.Trainer(engine, argparse.Namespace(data=args.data, corpus="listening/corpus", nets=train.NETS), time.time())
    Z, _, _, _, knots = train.cross_validated(*trainer.out_of_fold(KEPT), trainer.c)
    return trainer.c, Z, knots


def public_sets(args, engine):
    c, Z, knots = cross_validated(args, engine)
    n = len(c.source)
    talks = [[(t["who"], t["text"]) for t in talk["turns"]] for name in ("annomi-dev.jsonl", "epitome-dev.jsonl")
             for talk in data.read_lines(f"{args.data}/{name}")]
    rules, _ = listen(args.hearken, talks, "--rules")
    figures.table({"model": figures.all_figures(figures.Scores(Z[:n], knots), c),
                   "model, no marks": figures.all_figures(figures.Scores(Z[n:], knots), c),
                   "rules": figures.all_figures(FromProgram(rules, n), c)})
    seen = figures.Scores(Z[:n], knots)
    print("by topic, as written:")
    subsets.by_topic(seen, c, data.read_lines(f"{args.data}/annomi-dev.jsonl"))
    print("our own corpus, by folds over voices:")
    subsets.by_english(seen, c)
    print("90 % intervals over conversations (pairs for the last four). The calibration's few numbers saw all folds.\n")
    _, took = listen(args.hearken, talks[:103] * 5)
    print(f"speed: {5 * 103 / took * 60:,.0f} conversations of {np.mean([len(t) for t in talks[:103]]):.0f} turns a minute "
          f"on one core\n")


def is_trap(case):
    return case["kind"] in TRAPS or (case["kind"] == "second-language" and "reflection" in case["must_not"]
                                     and (not case["must"] or "input" in case["must"]))


def flags_of(turn):
    question = turn["question"] >= 0.5
    return {"question": question, "open": question and turn["open"] >= 0.5, "closed": question and turn["open"] < 0.5,
            **{k: turn[k] >= 0.5 for k in ("reflection", "input", "advice", "unasked", "validation")}}


# A written case alone, and the same in the middle of a talk that says nothing about it.
ALONE = ([], [])
IN_A_TALK = ([("speaker", "I nearly did not come today."), ("listener", "Mm, and here you are."), ("speaker", "Yeah. It has been a week."),
              ("listener", "Tell me about the week.")], [("speaker", "Yeah, I suppose.")])


def said_of(args, lines, around, *options):
    """What the program says of the coded turn of every line."""
    before, after = around
    talks = [[*before, ("speaker", x["speaker"]), ("listener", x["listener"]), *after] for x in lines]
    return [[t for t in r["turns"] if t["who"] == "listener"][-1] for r in listen(args.hearken, talks, *options)[0]]


def adversarial_suite(args, cases, title, around, *options):
    flags = [flags_of(turn) for turn in said_of(args, cases, around, *options)]
    traps = [f["reflection"] for f, c in zip(flags, cases) if is_trap(c)]
    true = [f["reflection"] for f, c in zip(flags, cases) if c["kind"].startswith("true-reflection")]
    print(f"adversarial suite, {title}: traps credited {figures.share(traps)}; true reflections {figures.share(true)}")
    return flags


def demands(flags, cases):
    for flag in ("input", "advice", "unasked"):
        held = [f[flag] for f, c in zip(flags, cases) if flag in c["must"]]
        print(f"    {flag + ' where it must be':32s} credited {figures.share(held)}")
    for kind in dict.fromkeys(c["kind"] for c in cases):
        those = [(f, c) for f, c in zip(flags, cases) if c["kind"] == kind]
        held = [f[m] for f, c in those for m in c["must"]] + [not f[m] for f, c in those for m in c["must_not"]]
        print(f"    {kind:32s} demands met {figures.share(held)}")


def our_own_lines(args):
    cases = data.read_lines("listening/adversarial/cases.jsonl")
    demands(adversarial_suite(args, cases, "model", ALONE), cases)
    adversarial_suite(args, cases, "model, in the middle of a talk", IN_A_TALK)
    adversarial_suite(args, cases, "rules", ALONE, "--rules")
    lines = data.read_lines("listening/corpus/other-hand.jsonl")
    for title, around in (("", ALONE), (", in the middle of a talk", IN_A_TALK)):
        credited = [turn["reflection"] >= 0.5 for turn in said_of(args, lines, around)]
        traps = [k for k, x in zip(credited, lines) if not x["gold"]["reflection"] and x.get("trap")]
        true = [k for k, x in zip(credited, lines) if x["gold"]["reflection"]]
        print(f"lines of another hand, never trained on{title}: traps credited {figures.share(traps)}; "
              f"true reflections {figures.share(true)}")


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("--engine", required=True)
    ask.add_argument("--hearken", required=True)
    ask.add_argument("--data")
    args = ask.parse_args()
    if args.data:
        public_sets(args, features.Engine(args.engine))
    else:
        print("The public sets (AnnoMI, EPITOME) are not here: no cross-validated figures, only our own lines.\n")
    our_own_lines(args)


if __name__ == "__main__":
    main()
