# SPDX-License-Identifier: AGPL-3.0-or-later
"""For whom and about what the figures hold: by topic of the conversations and by English of the written voices. The
subsets are small; each line says how many turns it rests on."""
import re

import numpy as np

import data
import figures

TOPICS = {"drinking": "alcohol", "smoking": "smoking", "drugs, the law": "drug|recidivism|compliance|violence",
          "weight, exercise": "weight|exercise|activity|diet", "medicine, illness": "medic|asthma|diabetes|procedure"}
ENGLISHES = {
    "second language": "second.language|[Pp]olish|Dutch|Brazilian|Filipin|Korean",
    "African, Caribbean": "Niger|Kenya|Caribbean|Jamaica|Somali|South Africa",
    "Indian, Singaporean": "Indian English|Indian cousin|Singapore",
    "Irish": "Irish", "Scottish, Welsh, English regions": "Scottish|Glasgow|Welsh|Yorkshire|Lancashire|Geordie|London",
    "Australian, New Zealand": "Austral|New Zealand",
    "American": "Americ|Alabama|Atlanta|Ohio|Southern US|Texa|New York|Midwest|Plains|Black",
}


def by_topic(scores, c, talks):
    of = np.array([talk["topic"] for talk in talks], dtype=object)
    for name, words in TOPICS.items():
        chosen = np.flatnonzero([bool(re.search(words, topic)) for topic in of])
        rows = np.flatnonzero(np.isin(c.conversation, chosen))
        f = figures.talk_figures(scores, c, rows)
        print(f"    {name:34s}{len(rows):5d} turns  " + "  ".join(f"{k} {f[k]:.2f}" for k in ("main", "question", "reflection", "input")))


def by_english(scores, c):
    left = {g for g in set(c.group) if str(g).startswith("voice ")}
    for name, words in {**ENGLISHES, "all others": "."}.items():
        voices = {g for g in left if re.search(words, g)}
        left -= voices
        rows = np.flatnonzero([g in voices for g in c.group])
        trap, true = rows[c.trap[rows]], rows[c.Y[rows, data.REFLECTION] > 0.5]
        if len(trap) and len(true):
            print(f"    {name:34s}traps credited {figures.share(scores.gated[trap] >= 0.5)}; "
                  f"reflections {figures.share(scores.gated[true] >= 0.5)}")
