# SPDX-License-Identifier: AGPL-3.0-or-later
"""Coded turns: the two public sets where they are at hand, and the corpus written for this project.

Every turn comes in three spellings: as written (o), in lower case without marks as a recogniser gives it (s), and with
half of the marks dropped by chance (p). Every figure is taken on o and on s. Training sees the turns as o, s and p too,
but so that neither the answer nor the place in a talk tells where a line comes from: half of the turns without their
answers ("to learn from: o" has those that "to learn from: s" lacks), and written lines at different places, with
answers that say nothing about them.
"""
import glob
import hashlib
import json
import os
import re
from dataclasses import dataclass, field

import numpy as np

MAINS = ["reflection", "question", "input", "other"]
HEADS = ["reflection is main", "question is main", "input is main", "other is main", "reflection", "question", "input",
         "open", "advice", "validation", "emotional >= 1", "emotional >= 2", "interpretation", "exploration >= 1",
         "exploration >= 2", "session reflection", "session input", "trap"]
(MAIN, REFLECTION, QUESTION, INPUT, OPEN, ADVICE, VALIDATION, EMOTIONAL_1, EMOTIONAL_2, INTERPRETATION, EXPLORATION_1,
 EXPLORATION_2, SESSION_REFLECTION, SESSION_INPUT, TRAP) = 0, *range(4, 18)

POOR_NEGATIVES = 8.0  # weight of turns of poor sessions that are no reflections: the trap (EVIDENCE.md)
TRAPS = 3.0           # weight of the written traps in the session heads
BEFORE = [("listener", "mhm"), ("speaker", "yeah")] * 3  # where figures are taken, written lines follow this
ANSWERS = ["Yeah.", "Mm.", "I suppose so.", "No, not really.", "I don't know.", "Yes, exactly.", "Well, maybe.",
           "It's just hard, you know.", "Okay.", "I never thought of it like that.", "That's not what I said.",
           "Thank you.", "Yeah, I guess.", "No.", "Right."]
SEEN = ["o", "s"]
LEARNED = {"lo": "o", "ls": "s", "lp": "p"}  # the same turns to learn from
LINES_WEIGHT = 0.6  # written lines against those of talks, but for input and advice
ADVICE_LINES = 2.0


def stripped(text):
    return re.sub(r"\s+", " ", re.sub(r"[^a-z0-9'\s-]", " ", text.lower())).strip()


def thinned(text, rng):
    return "".join(c for c in text if c not in ".,?!;:-" or rng.random() < 0.5)


def spell(text, how, rng):
    return text if how == "o" else stripped(text) if how == "s" else thinned(text, rng)


def read_lines(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


@dataclass
class Coded:
    """All coded listener turns in one order: conversations, then pairs of posts and replies, then written lines."""
    rows: dict = field(default_factory=dict)  # spelling -> features of every turn
    words: dict = field(default_factory=dict)  # spelling -> [(word hash array, marks)], as in rows
    Y: np.ndarray = None  # turns x heads, nan where unknown
    W: np.ndarray = None  # weights of the same
    group: np.ndarray = None  # never split
    conversation: np.ndarray = None  # index, or -1
    good: np.ndarray = None  # per turn: 1 of a good session, 0 of a poor one, -1 neither
    source: np.ndarray = None  # 0 conversations, 1 pairs, 2 written lines
    trap: np.ndarray = None
    levels: np.ndarray = None  # pairs: the three levels, -1 elsewhere


def talk_rows(engine, talk, how, rng, answered):
    """answered: per turn whether its answer may be read."""
    who = lambda t, yes: t["who"] if t["who"] == "speaker" or yes else "waiting listener"
    return engine.turns([(who(t, yes), spell(t["text"], how, rng)) for t, yes in zip(talk["turns"], answered)])


def placed(line, others, rng):
    """A written line somewhere in a talk: (what goes before, what comes after). others: lines of the same voice."""
    drawn = lambda: others[rng.integers(len(others))]
    exchanges = [drawn() for _ in range(2)]
    before = (BEFORE, [], [(who, x[who]) for x in exchanges for who in ("speaker", "listener")])[rng.integers(3)]
    after = (None, ANSWERS[rng.integers(len(ANSWERS))], None, drawn()["speaker"])[rng.integers(4)]
    return before, [("speaker", after)] if after else []


def line_row(engine, line, how, rng, before, after):
    turns = [*before, ("speaker", line["speaker"]), ("listener", line["listener"])]
    at = sum(who == "listener" for who, _ in turns) - 1
    return engine.turns([(who, spell(text, how, rng)) for who, text in turns + after])[at]


def load(engine, data, corpus, seed=7):
    conversations = read_lines(f"{data}/annomi-dev.jsonl") if data else []
    pairs = read_lines(f"{data}/epitome-dev.jsonl") if data else []
    lines = [line for path in sorted(glob.glob(f"{corpus}/*.jsonl")) if "other-hand" not in os.path.basename(path)
             for line in read_lines(path)]
    voices = {}
    for line in lines:
        voices.setdefault(line["voice"], []).append(line)
    coin = np.random.default_rng(seed)
    half = [coin.random(len(talk["turns"])) < 0.5 for talk in conversations]
    c = Coded()
    for name, how in [(how, how) for how in SEEN] + list(LEARNED.items()):
        rng = np.random.default_rng(seed)
        rows = []
        for talk, some in zip(conversations, half):
            rows += talk_rows(engine, talk, how, rng, np.ones(len(some), bool) if name in SEEN else ~some if how == "s" else some)
        for pair in pairs:
            rows.append(engine.turns([(t["who"], spell(t["text"], how, rng)) for t in pair["turns"]])[-1])
        for line in lines:
            around = (BEFORE, []) if name in SEEN else placed(line, voices[line["voice"]], coin)
            rows.append(line_row(engine, line, how, rng, *around))
        c.rows[name] = rows
    code(c, conversations, pairs, lines)
    return c


def code(c, conversations, pairs, lines):
    turns = [(i, talk, t["gold"]) for i, talk in enumerate(conversations) for t in talk["turns"] if t["who"] == "listener"]
    n = len(turns) + len(pairs) + len(lines)
    c.Y = np.full((n, len(HEADS)), np.nan, np.float32)
    c.W = np.ones((n, len(HEADS)), np.float32)
    c.group = np.empty(n, dtype=object)
    c.conversation = np.full(n, -1)
    c.good = np.full(n, -1)
    c.source = np.zeros(n, int)
    c.trap = np.zeros(n, bool)
    c.levels = np.full((n, 3), -1)
    for i, (k, talk, gold) in enumerate(turns):
        code_turn(c, i, gold)
        c.Y[i, SESSION_REFLECTION], c.Y[i, SESSION_INPUT] = gold["reflection"], gold["input"]
        c.group[i], c.conversation[i], c.good[i] = talk["group"], k, talk["quality"] == "high"
        if not c.good[i] and not gold["reflection"]:
            c.W[i, REFLECTION] = c.W[i, SESSION_REFLECTION] = POOR_NEGATIVES
        if gold["reflection"]:
            c.Y[i, TRAP], c.W[i, TRAP] = 0, 0.3
        if gold["main"] in ("question", "input"):
            c.Y[i, VALIDATION], c.W[i, VALIDATION] = 0, 0.3
    for i, pair in enumerate(pairs, len(turns)):
        gold = pair["turns"][-1]["gold"]
        er, it, ex = (gold[k] for k in ("emotional_reaction", "interpretation", "exploration"))
        c.levels[i] = er, it, ex
        c.Y[i, EMOTIONAL_1], c.Y[i, INTERPRETATION], c.Y[i, EXPLORATION_1] = er > 0, it > 0, ex > 0
        if er:
            c.Y[i, EMOTIONAL_2] = er > 1
        if ex:
            c.Y[i, EXPLORATION_2] = ex > 1
        c.group[i], c.source[i] = f"pair {pair['group']}", 1
    code_lines(c, lines, len(turns) + len(pairs), [gold["main"] for _, _, gold in turns])


def code_turn(c, i, gold):
    for k, main in enumerate(MAINS):
        c.Y[i, MAIN + k] = gold["main"] == main
    c.Y[i, REFLECTION], c.Y[i, QUESTION], c.Y[i, INPUT] = gold["reflection"], gold["question"], gold["input"]
    if gold.get("question_kind"):
        c.Y[i, OPEN] = gold["question_kind"] == "open"
    if not gold["input"] or gold.get("input_kind"):
        c.Y[i, ADVICE] = gold.get("input_kind") == "advice"


def code_lines(c, lines, first, mains):
    """Written lines in the class mix of the conversations; traps also teach the session heads."""
    written = [line["gold"]["main"] for line in lines]
    share = {m: (mains.count(m) / len(mains) if mains else 0.25) / max(written.count(m) / len(written), 1e-9)
             for m in MAINS} if lines else {}
    for i, line in enumerate(lines, first):
        code_turn(c, i, line["gold"])
        c.W[i, :ADVICE] = share[line["gold"]["main"]] * LINES_WEIGHT
        c.W[i, INPUT], c.W[i, ADVICE] = share[line["gold"]["main"]], ADVICE_LINES
        c.Y[i, TRAP] = line["kind"] == "trap"
        c.Y[i, VALIDATION] = bool(line["gold"].get("validation"))
        c.group[i], c.source[i], c.trap[i] = f"voice {line['voice']}", 2, line["kind"] == "trap"
        if c.trap[i] or not mains:
            c.Y[i, SESSION_REFLECTION], c.Y[i, SESSION_INPUT] = line["gold"]["reflection"], line["gold"]["input"]
            c.W[i, SESSION_REFLECTION] = TRAPS if c.trap[i] else 1.0


def folds(c, k=5, seed=0):
    """k times (train, test) over all turns: no group on both sides, poor sessions spread evenly."""
    kinds = {}
    for g, s, good in zip(c.group, c.source, c.good):
        kinds.setdefault((s, good), {})[g] = None
    rng = np.random.default_rng(seed)
    part = {}
    for key in sorted(kinds):
        names = sorted(kinds[key])
        rng.shuffle(names)
        for i, name in enumerate(names):
            part.setdefault(name, i % k)
    of = np.array([part[g] for g in c.group])
    return [(np.flatnonzero(of != i), np.flatnonzero(of == i)) for i in range(k)]


def recipe_key(data, corpus):
    """A hash of what out-of-fold sums rest on: the recipe, the features and the lines."""
    here = os.path.dirname(os.path.abspath(__file__))
    names = [f"{here}/{n}.py" for n in ("data", "features", "linear", "net", "reader", "train")]
    names += [f"{here}/../words/{n}.c" for n in ("features", "signals", "text")] + [f"{here}/../lexicon/lexicon.c"]
    names += sorted(glob.glob(f"{corpus}/*.jsonl")) + (sorted(glob.glob(f"{data}/*.jsonl")) if data else [])
    h = hashlib.sha256()
    for name in names:
        with open(name, "rb") as f:
            h.update(f.read())
    return h.hexdigest()
