#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Check the written corpus and the adversarial suite: schema, ids, twins, lengths.

Run from anywhere: python3 listening/corpus/check.py. Prints counts; exits 1 and names every fault if there is one.
A twin is a pair of listener lines whose word sets overlap by more than TWIN (Jaccard): written lines are worth
something only while each is its own sentence, and a test line that resembles a training line measures nothing.
"""
import collections
import glob
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "..", "adversarial", "cases.jsonl")
TWIN = 0.6
SHORT = 5  # below this many words, lines such as "mm" repeat by nature: only exact doubles count
STEM = 6  # so many opening words shared by more than STEM_LINES lines would teach a stem, not a behaviour
STEM_LINES = 2
MAIN = {"reflection", "question", "input", "other"}
QUESTION = {"open", "closed"}
INPUT = {"advice", "information", "options", "negotiation"}
KINDS = {"trap", "reflection", "question", "input", "validation", "other"}
TRAPS = {"lecture", "confront", "minimise", "sarcasm", "guilt", "label", "compare", "threat", "moralise", "prescribe",
         "dismiss", "reassure", "interpret", "distort"}
FLAGS = MAIN - {"other"} | QUESTION | {"advice", "unasked", "validation"}
CASE_KINDS = {"lecture-as-reflection", "confrontation-as-reflection", "minimising-as-reflection",
              "sarcasm-as-reflection", "parroting", "at-least", "premature-reassurance", "advice-without-permission",
              "advice-with-permission", "stacked-questions", "question-without-mark", "backchannel", "self-disclosure",
              "second-language", "true-reflection", "true-reflection-unpunctuated"}


def words(text):
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower().replace("\u2019", "'"))


def check_text(row, faults):
    for key in ("id", "kind", "speaker", "listener"):
        value = row.get(key)
        if not isinstance(value, str) or (key != "speaker" and not value.strip()):
            faults.append(f"{key} must be a string that says something")
        elif value != value.strip() or "\n" in value or "  " in value:
            faults.append(f"{key} has stray white space")


def check_gold(gold, faults):
    if not isinstance(gold, dict) or gold.get("main") not in MAIN:
        faults.append("gold.main must be one of " + ", ".join(sorted(MAIN)))
        return
    extra = set(gold) - {"main", "reflection", "question", "input", "question_kind", "input_kind", "unasked",
                         "validation"}
    if extra:
        faults.append(f"gold has unknown keys {sorted(extra)}")
    for key in ("reflection", "question", "input"):
        if not isinstance(gold.get(key), bool):
            faults.append(f"gold.{key} must be true or false")
    if gold["main"] != "other" and gold.get(gold["main"]) is not True:
        faults.append("gold.main names a behaviour that its own flag denies")
    if gold.get("question") != ("question_kind" in gold) or gold.get("question_kind", "open") not in QUESTION:
        faults.append("question_kind (open or closed) belongs to questions, and to all of them")
    if gold.get("input") != ("input_kind" in gold) or gold.get("input_kind", "advice") not in INPUT:
        faults.append("input_kind belongs to input, and to all of it")
    if gold.get("input") != isinstance(gold.get("unasked"), bool):
        faults.append("unasked belongs to input, and to all of it")
    if gold.get("validation", True) is not True:
        faults.append("validation is true or absent")


def check_line(row, faults):
    check_text(row, faults)
    for key in ("voice", "topic"):
        if not isinstance(row.get(key), str) or not row[key]:
            faults.append(f"{key} is missing")
    if row.get("kind") not in KINDS:
        faults.append("kind must be one of " + ", ".join(sorted(KINDS)))
    check_gold(row.get("gold"), faults)
    if (row.get("kind") == "trap") != (row.get("trap") in TRAPS):
        faults.append("trap belongs to traps and is one of " + ", ".join(sorted(TRAPS)))
    if not faults and row["kind"] == "trap" and (row["gold"]["reflection"] or row["gold"]["main"] == "question"):
        faults.append("a trap is input or other and is never a reflection")


def check_case(row, faults):
    check_text(row, faults)
    if row.get("kind") not in CASE_KINDS:
        faults.append("kind must be one of " + ", ".join(sorted(CASE_KINDS)))
    if set(row) - {"id", "kind", "speaker", "listener", "must", "must_not", "why"}:
        faults.append("unknown keys")
    for key in ("must", "must_not"):
        if not isinstance(row.get(key), list) or not set(row[key]) <= FLAGS:
            faults.append(f"{key} must be a list of " + ", ".join(sorted(FLAGS)))
    if not faults and (set(row["must"]) & set(row["must_not"]) or not row["must"] + row["must_not"]):
        faults.append("must and must_not contradict each other, or both are empty")


def read(path, check, bad):
    rows = []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            where, faults = f"{os.path.basename(path)}:{number}", []
            try:
                row = json.loads(line)
            except ValueError as error:
                bad.append(f"{where}: not JSON: {error}")
                continue
            check(row, faults)
            bad.extend(f"{where}: {fault}" for fault in faults)
            rows.append((where, row))
    return rows


def check_ids(rows, bad):
    seen = {}
    for where, row in rows:
        if row.get("id") in seen:
            bad.append(f"{where}: id {row['id']} stands at {seen[row['id']]} already")
        seen[row.get("id")] = where


def check_twins(rows, bad):
    sets = [(where, words(row["listener"]), words(row["speaker"])) for where, row in rows]
    for i, (where, mine, said) in enumerate(sets):
        for other, theirs, heard in sets[:i]:
            if min(len(mine), len(theirs)) < SHORT:
                twin = mine == theirs and said == heard
            else:
                a, b = set(mine), set(theirs)
                twin = len(a & b) > TWIN * len(a | b)
            if twin:
                bad.append(f"{where}: nearly the same as {other}")
            if len(said) > 3 and said == heard and where.startswith("cases") != other.startswith("cases"):
                bad.append(f"{where}: answers the same speaker turn as {other}")


def check_stems(rows, bad):
    stems = collections.defaultdict(list)
    for where, row in rows:
        mine = words(row["listener"])
        if len(mine) > STEM:
            stems[tuple(mine[:STEM])].append(where)
    for stem, places in stems.items():
        if len(places) > STEM_LINES:
            bad.append(f"{', '.join(places)}: all open with \"{' '.join(stem)}\"")


def report(name, rows):
    if not rows:
        return
    lengths = sorted(len(words(row["listener"])) for _, row in rows)
    plain = sum(not re.search(r"[.?!]$", row["listener"]) for _, row in rows)
    kinds = collections.Counter(row["kind"] for _, row in rows)
    print(f"{name}: {len(rows)} lines, {sum(lengths)} listener words, median {lengths[len(lengths) // 2]}, "
          f"shortest {lengths[0]}, longest {lengths[-1]}, {plain} without closing punctuation")
    for kind, count in kinds.most_common():
        print(f"  {count:4} {kind}")


def main():
    bad, corpus = [], []
    for path in sorted(glob.glob(os.path.join(HERE, "*.jsonl"))):
        corpus += read(path, check_line, bad)
    cases = read(CASES, check_case, bad) if os.path.exists(CASES) else []
    if not bad:
        check_ids(corpus + cases, bad)
        check_twins(corpus + cases, bad)
        check_stems(corpus + cases, bad)
    report("corpus", corpus)
    traps = collections.Counter(row.get("trap") for _, row in corpus if row.get("trap"))
    print("  traps: " + ", ".join(f"{name} {count}" for name, count in traps.most_common()))
    print(f"  voices: {len({row.get('voice') for _, row in corpus})}, topics: "
          f"{len({row.get('topic') for _, row in corpus})}")
    report("adversarial", cases)
    for fault in bad:
        print(fault, file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
