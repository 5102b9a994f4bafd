#!/usr/bin/env python3
"""Make discussions with strangers in them, to fit and measure `offtopic` on.

  strangers.py OUT-FOLDER FILE...

FILE is either a set of threads, a line each ({"title"?, "posts": [{"n", "text", "parent"}, ...]}, the first post being the
topic), or labelled comments with `title`, `meta` and `parent` (the text of the answered one), which make one discussion a
title. Into each discussion come comments of the others of the same file, a quarter as many as it has. Threads have 6
to 120 posts and are mostly ASCII; quoted lines are cut. The same files give the same bytes.

NAME-small.jsonl has the same discussions as small as many are: the first 4 to 12 comments, under a title or a first
sentence alone, and every third under nothing at all.

OUT-FOLDER/NAME.jsonl has a line a comment, those of a discussion together and in random order:
  {"thread", "post", "text", "pn": place of the answered one or null, "y": 1 for a stranger}
"""
import gzip
import json
import lzma
import pathlib
import random
import re
import sys

OPEN = {".gz": gzip.open, ".xz": lzma.open}


def plain(text):
    """One line without what it quotes."""
    own = [line for line in text.split("\n") if not line.startswith(">") and not re.fullmatch(r"On .*wrote:\s*", line)]
    return " ".join(" ".join(own).split())


def of_thread(thread):
    """A set of threads: the post, and (text, place of the answered one) for each comment."""
    posts = thread["posts"]
    texts = [plain(post["text"]) for post in posts]
    foreign = sum(not c.isascii() for c in " ".join(texts)[:3000])
    if not 6 <= len(posts) <= 120 or foreign > 200:
        return None
    title = thread.get("title")
    kept = [at for at in range(1, len(posts)) if texts[at]]
    place = {posts[at]["n"]: number for number, at in enumerate(kept)}
    comments = [(texts[at], place.get(posts[at]["parent"])) for at in kept]
    return (f"{title}. {texts[0]}" if title else texts[0]), comments


def of_titles(rows):
    """Labelled comments: one discussion a title, an answer known by the text that it answers."""
    discussions = {}
    for row in rows:
        post, comments, first = discussions.setdefault(row["title"], (f"{row['title']}. {plain(row['meta'])}", [], {}))
        text, answered = plain(row["text"]), plain(row.get("parent", ""))
        if text:
            comments.append((text, first.get(answered)))
            first.setdefault(text, len(comments) - 1)
    return [(post, comments) for post, comments, _ in discussions.values()]


def read(path):
    with OPEN.get(path.suffix, open)(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found = [of_thread(row) for row in rows] if "posts" in rows[0] else of_titles(rows)
    return [one for one in found if one and len(one[1]) >= 5 and len(one[0]) > 60]


def small(discussions, chance):
    """The discussions cut short, each under little or nothing."""
    for number, (post, comments) in enumerate(discussions):
        kept = chance.randint(4, 12)
        head = "" if number % 3 == 0 else re.split(r"(?<=[.!?]) ", post)[0][:120]
        cut = [(text, parent if parent is not None and parent < kept else None) for text, parent in comments[:kept]]
        yield head, cut


def mixed(discussions, chance):
    """The lines of all discussions with strangers among the comments."""
    for number, (post, comments) in enumerate(discussions):
        own = {text for text, _ in comments}
        others = [t for at, (_, c) in enumerate(discussions) if at != number for t, _ in c if t not in own]
        strangers = chance.sample(others, max(1, round(len(comments) * 0.25)))
        answered = [None] + list(range(len(comments)))
        rows = [(text, parent, 0) for text, parent in comments]
        rows += [(text, chance.choice(answered) if chance.random() < 0.5 else None, 1) for text in strangers]
        order = list(range(len(rows)))
        chance.shuffle(order)
        place = {old: new for new, old in enumerate(order)}
        for old in order:
            text, parent, stranger = rows[old]
            yield {"thread": number, "post": post, "text": text, "pn": place.get(parent), "y": stranger}


def main():
    folder, *files = map(pathlib.Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    for path in files:
        name, discussions = path.name.split(".")[0], read(path)
        for suffix, made in ("", discussions), ("-small", list(small(discussions, random.Random(1)))):
            with open(folder / f"{name}{suffix}.jsonl", "w", encoding="utf-8") as out:
                for line in mixed(made, random.Random(1)):
                    out.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
