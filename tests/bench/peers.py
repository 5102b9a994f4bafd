#!/usr/bin/env python3
"""What compare.py runs of the peers that are Python packages: one verb a process, so that each can be measured.

    peers.py tantivy-import FILE INDEX · tantivy-newest INDEX QUERY
    peers.py duckdb-import FILE DB · duckdb-sql DB SQL
    peers.py duckdb-start · tantivy-start           nothing but the start-up

Each prints the ids it found, or how many comments it has taken in.
"""

import json
import os
import sys


def tantivy_import(path, index):
    import tantivy

    builder = tantivy.SchemaBuilder()
    for name in ("id", "author", "link_id", "parent_id", "subreddit"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw")
    builder.add_text_field("body", stored=True)
    builder.add_integer_field("created_utc", stored=True, indexed=True, fast=True)
    builder.add_integer_field("score", stored=True)
    os.makedirs(index)
    writer = tantivy.Index(builder.build(), path=index).writer(heap_size=256 << 20, num_threads=1)
    taken = 0
    with open(path, encoding="utf-8") as lines:
        for taken, line in enumerate(lines, 1):
            record = json.loads(line)
            writer.add_document(tantivy.Document(**record))
    writer.commit()
    writer.wait_merging_threads()
    print(taken)


def tantivy_newest(index, query):
    import tantivy

    opened = tantivy.Index.open(index)
    searcher = opened.searcher()
    parsed = opened.parse_query(query, ["body"])
    for _, address in searcher.search(parsed, 50, order_by_field="created_utc", count=False).hits:
        print(searcher.doc(address)["id"][0])


def duckdb_import(path, database):
    import duckdb

    connection = duckdb.connect(database)
    connection.execute("set threads = 1")
    connection.execute("create table comments as select * from read_json(?, format = 'newline_delimited')", [path])
    print(connection.execute("select count(*) from comments").fetchone()[0])


def duckdb_sql(database, sql):
    import duckdb

    connection = duckdb.connect(database, read_only=True)
    connection.execute("set threads = 1")
    for row in connection.execute(sql).fetchall():
        print(row[0])


def duckdb_start():
    import duckdb

    duckdb.connect()


def tantivy_start():
    import tantivy

    tantivy.SchemaBuilder()


VERBS = {
    "tantivy-import": tantivy_import,
    "tantivy-newest": tantivy_newest,
    "tantivy-start": tantivy_start,
    "duckdb-import": duckdb_import,
    "duckdb-sql": duckdb_sql,
    "duckdb-start": duckdb_start,
}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in VERBS:
        sys.exit(__doc__)
    VERBS[sys.argv[1]](*sys.argv[2:])
