//! Saved queries, lists, faults with a caret, and folding, through the real program.

use crate::search::garden;

#[test]
fn queries_are_saved_and_listed() {
    let place = garden();
    insta::assert_snapshot!(place.run_with(["query", "list"]), @r#"
    exit 1
    name	query	where
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["query", "save", "slimy", "slugs", "is:reply"]), @r#"
    exit 0
    --- stderr
    saved the query slimy; use it: quell search query:slimy
    "#);
    insta::assert_snapshot!(place.run_with(["search", "query:slimy", "author:bea", "-f", "ids"]), @r#"
    exit 0
    c6
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["query", "save", "slimy", "slugs"]), @r#"
    exit 0
    --- stderr
    replaced the query slimy; use it: quell search query:slimy
    "#);
    insta::assert_snapshot!(place.run_with(["query", "save", "links", "has:link", "--file", "quell-queries.toml"]), @r#"
    exit 0
    --- stderr
    saved the query links; use it: quell search query:links
    "#);
    insta::assert_snapshot!(place.run_with(["query", "list"]), @r#"
    exit 0
    name	query	where
    slimy	slugs	database
    links	has:link	file
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "query:links", "-f", "ids"]), @r#"
    exit 0
    c4
    c2
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["query", "save", "bad", "auther:x"]), @r#"
    exit 2
    --- stderr
    quell: no field `auther`; did you mean `author`?
      auther:x
      ^^^^^^
      the language on a page: quell help query
    "#);
    insta::assert_snapshot!(place.run_with(["query", "save", "a b", "x"]), @r#"
    exit 2
    --- stderr
    quell: "a b" can't be a query's name
      use letters, digits, and - _ .
    "#);
    insta::assert_snapshot!(place.run_with(["query", "remove", "slimy"]), @r#"
    exit 0
    --- stderr
    removed the query slimy
    "#);
    insta::assert_snapshot!(place.run_with(["query", "remove", "slimy"]), @r#"
    exit 2
    --- stderr
    quell: there is no saved query slimy
      list them: quell query list
    "#);
    insta::assert_snapshot!(place.run_with(["search", "query:slimy"]), @r#"
    exit 2
    --- stderr
    quell: no saved query `slimy`; see: quell query list
      query:slimy
            ^^^^^
      the language on a page: quell help query
    "#);
    insta::assert_snapshot!(place.run_with(["search", "author:list(people.txt)", "-f", "ids"]), @r#"
    exit 0
    c7
    c6
    c2
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "list(words.txt)", "-f", "ids"]), @r#"
    exit 0
    c7
    c3
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "list(none.txt)"]), @r#"
    exit 2
    --- stderr
    quell: no list `none.txt` in this folder or beside the database
      list(none.txt)
      ^^^^^^^^^^^^^^
      the language on a page: quell help query
    "#);
}

#[test]
fn a_fault_has_a_caret_and_a_suggestion() {
    let place = garden();
    insta::assert_snapshot!(place.run_with(["search", "auther:doug"]), @r#"
    exit 2
    --- stderr
    quell: no field `auther`; did you mean `author`?
      auther:doug
      ^^^^^^
      the language on a page: quell help query
    "#);
    insta::assert_snapshot!(place.run_with(["search", "slugs (lettuce"]), @r#"
    exit 2
    --- stderr
    quell: this is not closed: `)` is missing
      slugs (lettuce
            ^
      the language on a page: quell help query
    "#);
    insta::assert_snapshot!(place.run_with(["search", "/[/"]), @r#"
    exit 2
    --- stderr
    quell: this regex cannot be read: unclosed character class
      /[/
      ^^^
      the language on a page: quell help query
    "#);
    insta::assert_snapshot!(place.run_with(["search", "status:gone"]), @r#"
    exit 2
    --- stderr
    quell: `status:` knows no `gone`; it knows pending, approved, escalated, removed, spam, deleted
      status:gone
             ^^^^
      the language on a page: quell help query
    "#);
    insta::assert_snapshot!(place.run_with(["search", "score:>x"]), @r#"
    exit 2
    --- stderr
    quell: `score:` found no number in `x`; for example score:<-10
      score:>x
            ^^
      the language on a page: quell help query
    "#);
    insta::assert_snapshot!(place.run_with(["search", "\"open"]), @r#"
    exit 2
    --- stderr
    quell: this quote is not closed
      "open
      ^
      the language on a page: quell help query
    "#);
    insta::assert_snapshot!(place.run_with(["search", "date:2016-13"]), @r#"
    exit 2
    --- stderr
    quell: `date:` found no date in `2016-13`; for example date:2016-04..2016-05
      date:2016-13
           ^^^^^^^
      the language on a page: quell help query
    "#);
    insta::assert_snapshot!(place.run_with(["search", "ää auther:x"]), @r#"
    exit 2
    --- stderr
    quell: no field `auther`; did you mean `author`?
      ää auther:x
         ^^^^^^
      the language on a page: quell help query
    "#);
}

#[test]
fn disguises_are_folded_step_by_step() {
    let place = garden();
    insta::assert_snapshot!(place.run_with(["fold", "B.U.Y n0w"]), @r#"
    exit 0
    step	text
    nfkc	B.U.Y n0w
    marks and invisible characters	B.U.Y n0w
    look-alikes	B.U.Y n0w
    case	b.u.y n0w
    words	b u y n0w
    also leet	now
    also joined	buy
    also glued	buy
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "fold:buy", "-f", "ids"]), @r#"
    exit 0
    c4
    --- stderr
    "#);
    insta::assert_snapshot!(place.run_with(["search", "buy", "-f", "ids"]), @r#"
    exit 1
    --- stderr
    nothing matches
    "#);
}
