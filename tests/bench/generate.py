#!/usr/bin/env python3
"""Writes invented comments in the shape of a Reddit dump, for benchmarks.

    generate.py 1m comments.ndjson            # 100k, 1m, 5m, or any number
    generate.py 100k - --seed 7 | zstd --long=31 -o comments.ndjson.zst

The same count and seed give the same bytes. What is realistic: word frequencies (Zipf), authors (few write much), thread
sizes (many small, few huge), replies, interleaved threads, ascending times and ids, about 403 bytes a line of which about
240 are body. What is invented: every word beyond a few English ones. Thread 1 has 5,000 comments where the file is large
enough. To search for: `people` is in every fourteenth comment or so, `quixotic` in one of 20,000, the phrase
`war of attrition` in one of 2,000.
"""

import argparse
import itertools
import json
import random
import sys

ENGLISH = (
    "the to and a of i that is in it you for this not on with be but are have was they as so just what if like my or "
    "do can at your he we about me all would more there people from an one out has up when their get think no who will "
    "because them don't know good how make time really even see only really want than other some been now then could"
).split()
ONSETS = "b bl br c ch d dr f fl g gr h j k kl l m n p pl pr qu r s sh sl st t th tr v w z".split()
VOWELS = "a e i o u ai ea ie oo ou".split()
CODAS = ["", "", "", "l", "m", "n", "nd", "nt", "r", "rk", "s", "st", "t", "x"]
VOCABULARY = 40_000
DELETED = "[deleted]"
RARE, PHRASE = "quixotic", "war of attrition"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
FIRST_TIME = 1_459_468_800
RECENT = 2_000
BIG_THREAD = 5_000
LINKS = ["https://example.org/", "http://example.com/watch?v=", "https://i.example.net/"]


def base36(number):
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


def vocabulary(rng):
    """English words first, then invented ones, longer ones rarer."""
    words, seen = list(ENGLISH), set(ENGLISH) | {RARE, "war", "attrition"}
    while len(words) < VOCABULARY:
        syllables = 1 + (len(words) > 400) + (rng.random() < 0.35)
        word = "".join(rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS) for _ in range(syllables))
        if word not in seen:
            seen.add(word)
            words.append(word)
    return words


def zipf(count, exponent, shift):
    """Cumulative weights of 1 / (rank + shift) ** exponent."""
    return list(itertools.accumulate(1 / (rank + shift) ** exponent for rank in range(1, count + 1)))


class Text:
    """Writes bodies."""

    def __init__(self, rng):
        self.rng = rng
        self.words = vocabulary(rng)
        self.weights = zipf(VOCABULARY, 1.05, 3)

    def body(self):
        rng = self.rng
        chance = rng.random()
        if chance < 0.03:
            return DELETED
        count = min(max(int(rng.lognormvariate(3.085, 0.95)), 1), 1500)
        words = rng.choices(self.words, cum_weights=self.weights, k=count)
        if rng.random() < 1 / 20_000:
            words.insert(rng.randrange(count + 1), RARE)
        if rng.random() < 1 / 2_000:
            words.insert(rng.randrange(count + 1), PHRASE)
        for at in range(11, count, 12):
            words[at] += rng.choice([".", ".", ",", "?", "!", ".\n\n"])
        text = " ".join(words)
        if chance < 0.06:
            text = "&gt; " + text[: len(text) // 3] + "\n\n" + text
        elif chance < 0.10:
            text += " " + rng.choice(LINKS) + base36(rng.getrandbits(40) + 1)
        elif chance < 0.13:
            text += rng.choice([" “really”?", " – no…", " 😀", " café", " ¯\\_(ツ)_/¯"])
        return text[0].upper() + text[1:]


class Threads:
    """Decides where comments hang. A comment answers a recent one or its post, so that busy threads grow busier."""

    def __init__(self, rng):
        self.rng = rng
        self.next_post = 36**5 * 4
        self.recent = []
        self.big = None
        self.big_ids = []

    def place(self, index, comment):
        """The post and the parent, both with their prefixes."""
        rng = self.rng
        if index % 20 == 0 and len(self.big_ids) < BIG_THREAD:
            return self.in_big_thread(comment)
        # At the start many posts wait for comments; else the first would take all.
        fresh = 0.04 if len(self.recent) == RECENT else 0.5
        if not self.recent or rng.random() < fresh:
            link = parent = self.new_post()
        else:
            link, answered = self.recent[rng.randrange(len(self.recent))]
            parent = link if rng.random() < 0.35 else "t1_" + answered
        if len(self.recent) < RECENT:
            self.recent.append((link, comment))
        else:
            self.recent[index % RECENT] = (link, comment)
        return link, parent

    def in_big_thread(self, comment):
        if self.big is None:
            self.big = self.new_post()
        ids, rng = self.big_ids, self.rng
        parent = self.big if not ids or rng.random() < 0.3 else "t1_" + ids[rng.randrange(len(ids))]
        ids.append(comment)
        return self.big, parent

    def new_post(self):
        self.next_post += self.rng.randrange(1, 40)
        return "t3_" + base36(self.next_post)


def authors(rng, comments):
    """Names and their cumulative weights; about one author for eight comments."""
    count = max(comments // 8, 50)
    names = [
        "".join(rng.choice(ONSETS) + rng.choice(VOWELS) for _ in range(3)) + rng.choice(["", "_", "-"]) + str(number)
        for number in range(count)
    ]
    rng.shuffle(names)
    return names, zipf(count, 0.9, 8)


def write(count, seed, out):
    rng = random.Random(seed)
    text, threads = Text(rng), Threads(rng)
    names, weights = authors(rng, count)
    subreddits = ["".join(rng.choice(ONSETS) + rng.choice(VOWELS) for _ in range(3)) for _ in range(60)]
    time, number = FIRST_TIME, 36**6 * 13
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    lines = []
    for index in range(count):
        time += int(rng.expovariate(0.8))
        number += 1 + (rng.random() < 0.3)
        comment = base36(number)
        link, parent = threads.place(index, comment)
        body = text.body()
        author = rng.choices(names, cum_weights=weights)[0]
        record = {
            "author": body if body == DELETED else author,
            "body": body,
            "created_utc": time,
            "id": comment,
            "link_id": link,
            "parent_id": parent,
            "score": int(rng.paretovariate(1.2)) - (rng.random() < 0.15) * 3,
            "subreddit": subreddits[hash_of(link) % len(subreddits)],
        }
        lines.append(encode(record))
        if len(lines) == 10_000:
            out.write("\n".join(lines) + "\n")
            lines.clear()
    out.writelines(line + "\n" for line in lines)


def hash_of(link):
    """A number for a post that is the same in every run, as Python's own hash is not."""
    return int(link[3:], 36) * 2_654_435_761 >> 7


def number(text):
    units = {"k": 1_000, "m": 1_000_000}
    return int(text[:-1]) * units[text[-1].lower()] if text[-1].lower() in units else int(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=number, help="how many comments: 100k, 1m, 5m, 12345")
    parser.add_argument("file", help="where to write; - for standard output")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.file == "-":
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
        write(options.count, options.seed, sys.stdout)
    else:
        with open(options.file, "w", encoding="utf-8", newline="\n") as out:
            write(options.count, options.seed, out)


if __name__ == "__main__":
    main()
