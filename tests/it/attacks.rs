//! Hostile and broken input through the real binary, each test named after the attack. What containers and formats do
//! with it below the binary is tested beside them.

use std::io::{Read, Write};
use std::process::Stdio;

use crate::run::Place;

/// A Reddit comment as a line.
fn line(id: &str, parent: &str, author: &str, body: &str) -> String {
    let record = serde_json::json!({"id": id, "link_id": "t3_p", "parent_id": parent, "subreddit": "s",
        "author": author, "body": body, "created_utc": 1_500_000_000});
    format!("{record}\n")
}

/// A database with these lines imported.
#[track_caller]
fn imported(lines: &str) -> Place {
    let place = Place::with("dump.ndjson", lines);
    let ran = place.run("import dump.ndjson");
    assert_eq!(ran.code(), 0, "{ran}");
    place
}

const HOSTILE: &str = "\u{1b}[2J\u{1b}]52;c;aGk=\u{7} \u{9b}31m \u{1b}]8;;http://evil.example\u{1b}\\x \u{202e}txt.exe \r\u{8}forged\u{200b}";

#[test]
fn escapes_and_bidi_never_reach_a_screen_and_pass_a_pipe() {
    let place = imported(&line("c1", "t3_p", &format!("eve{HOSTILE}"), HOSTILE));
    for verb in ["show p1", "posts -f table", "show c1"] {
        let shown = place.stdout(&format!("{verb} --color always"), 0);
        for bad in ["\u{1b}]", "\u{1b}[2J", "\u{9b}", "\u{7}", "\u{8}", "\r", "\u{202e}", "\u{200b}"] {
            assert!(!shown.contains(bad), "{bad:?} in {verb}: {shown:?}");
        }
    }
    let json: serde_json::Value = serde_json::from_str(&place.stdout("export -f json", 0)).unwrap();
    assert_eq!(json["posts"][0]["comments"][0]["body"], HOSTILE);
    let rows = place.stdout("export -f csv", 0);
    assert!(rows.contains("\u{202e}txt.exe"), "{rows:?}");
}

#[test]
fn hostile_names_of_files_are_escaped_in_talk() {
    let place = Place::with("a\u{1b}[2Jb.xml", [0x89, 1, 2, 3, 0, 0, 255, 254]);
    let ran = place.run_with(["import", "a\u{1b}[2Jb.xml"]);
    assert_eq!(ran.code(), 2, "{ran}");
    assert!(!ran.stderr().contains('\u{1b}'), "{:?}", ran.stderr());
}

#[test]
fn a_zip_bomb_is_refused_and_says_so() {
    let place = Place::new();
    let file = std::fs::File::create(place.path("bomb.zip")).unwrap();
    let mut zip = zip::ZipWriter::new(file);
    zip.start_file("dump.ndjson", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..300 {
        zip.write_all(&zeros).unwrap();
    }
    zip.finish().unwrap();
    let ran = place.run("import bomb.zip");
    assert!(matches!(ran.code(), 2 | 3), "{ran}");
    assert!(!place.path("quell.db").exists(), "nothing came in, so no database is left: {ran}");
}

#[test]
fn an_xml_entity_bomb_stays_small() {
    let mut bomb = String::from("<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a0 \"lol\">");
    for level in 1..12 {
        let below = format!("&a{};", level - 1).repeat(10);
        bomb.push_str(&format!("<!ENTITY a{level} \"{below}\">"));
    }
    bomb.push_str(
        "]><rss version=\"2.0\" xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel><wp:wxr_version>1.2</wp:wxr_version>
        <item><title>t</title><wp:post_id>1</wp:post_id><wp:post_type>post</wp:post_type><wp:comment>
        <wp:comment_id>1</wp:comment_id><wp:comment_content>&a11;</wp:comment_content></wp:comment></item></channel></rss>",
    );
    let place = Place::with("bomb.xml", bomb);
    let ran = place.run("import bomb.xml");
    assert_eq!(ran.code(), 3, "{ran}");
    assert!(ran.stderr().contains("a document type that declares entities is refused"), "{ran}");
    assert!(!place.path("quell.db").exists(), "nothing came in, so no database is left: {ran}");
}

#[test]
fn a_line_of_100_mb_goes_to_quarantine_in_bounded_memory() {
    let place = Place::new();
    let mut file = std::io::BufWriter::new(std::fs::File::create(place.path("dump.ndjson")).unwrap());
    file.write_all(line("c1", "t3_p", "ann", "before").as_bytes()).unwrap();
    let chunk = vec![b'x'; 1 << 20];
    file.write_all(b"{\"id\":\"c2\",\"link_id\":\"t3_p\",\"body\":\"").unwrap();
    for _ in 0..100 {
        file.write_all(&chunk).unwrap();
    }
    file.write_all(b"\"}\n").unwrap();
    file.write_all(line("c3", "t3_p", "ann", "after").as_bytes()).unwrap();
    drop(file);
    let mut command = std::process::Command::new("sh");
    crate::run::clean(&mut command, &place.path(""));
    // Address space in KiB: what is mapped, not only what is used.
    command.arg("-c").arg(format!("ulimit -v 900000; exec '{}' import dump.ndjson", crate::run::BINARY));
    let ran = place.finish(command, b"");
    assert_eq!(ran.code(), 3, "{ran}");
    assert!(place.stdout("posts", 0).contains("\t2\t"), "both neighbours are there");
    assert_eq!(place.stdout("quarantine -f ids", 0), "1\n");
}

#[test]
fn nul_and_invalid_utf8_are_kept_apart_from_the_rest() {
    let mut dump = line("c1", "t3_p", "a\0b", "one\0two").into_bytes();
    let mut second = line("c2", "t3_p", "ann", "caf#").into_bytes();
    let at = second.iter().position(|byte| *byte == b'#').unwrap();
    second[at] = 0xe9;
    dump.extend(second);
    dump.extend(line("c3", "t3_p", "bo", "whole").into_bytes());
    let place = Place::with("dump.ndjson", dump);
    let ran = place.run("import dump.ndjson");
    assert!(matches!(ran.code(), 0 | 3), "{ran}");
    assert!(ran.stderr().contains("not UTF-8"), "{ran}");
    let shown = place.stdout("show p1", 0);
    assert!(!shown.contains('\0') && shown.contains("whole"), "{shown:?}");
    assert_eq!(place.stdout("db check", 0), "no damage found\n");
}

#[test]
fn names_in_archives_that_climb_out_write_nothing() {
    let place = Place::new();
    let bytes = line("c1", "t3_p", "ann", "hm").into_bytes();
    let mut tar = tar::Builder::new(std::fs::File::create(place.path("up.tar")).unwrap());
    let mut header = tar::Header::new_gnu();
    let name = b"../../climbed.ndjson";
    header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    tar.append(&header, &*bytes).unwrap();
    tar.finish().unwrap();
    assert_eq!(place.run("import up.tar").code(), 0);
    assert!(!place.path("../../climbed.ndjson").exists() && !place.path("climbed.ndjson").exists());
}

#[test]
fn a_thread_10_000_deep_is_shown_exported_and_read_back() {
    let mut dump = line("c0", "t3_p", "ann", "top");
    for depth in 1..10_000 {
        dump.push_str(&line(&format!("c{depth}"), &format!("t1_c{}", depth - 1), "ann", "deeper"));
    }
    let place = imported(&dump);
    let shown = place.stdout("show p1", 0);
    assert!(shown.contains("[10000]"), "the depth is printed where it does not fit");
    assert!(shown.len() < 4_000_000, "{} bytes", shown.len());
    let first = place.stdout("export -f json", 0);
    place.write("again.json", &first);
    let ran = place.run("--db second.db import again.json");
    assert_eq!(ran.code(), 0, "{ran}");
    assert!(place.stdout("--db second.db export -f json", 0) == first, "the export of the export differs");
}

#[test]
fn a_thread_of_100_000_answers_to_one_comment_is_no_more_than_its_comments() {
    let mut dump = line("c0", "t3_p", "ann", "top");
    for number in 1..=100_000 {
        dump.push_str(&line(&format!("c{number}"), "t1_c0", "bo", "same"));
    }
    let place = imported(&dump);
    assert!(place.stdout("posts", 0).contains("\t100001\t"));
    assert_eq!(place.stdout("show p1", 0).matches("same").count(), 100_000);
    assert_eq!(place.stdout("db check", 0), "no damage found\n");
}

#[test]
fn parents_in_a_circle_are_cut_once_and_nothing_is_lost() {
    let circle = [("c1", "t1_c3", "one"), ("c2", "t1_c1", "two"), ("c3", "t1_c2", "three"), ("c4", "t1_c4", "itself")];
    let place = imported(&circle.map(|(id, parent, text)| line(id, parent, "ann", text)).concat());
    let shown = place.stdout("show p1", 0);
    for text in ["one", "two", "three", "itself"] {
        assert_eq!(shown.matches(&format!("  {text}")).count(), 1, "{shown}");
    }
    assert_eq!(place.stdout("db check", 0), "no damage found\n");
    assert_eq!(place.run("import dump.ndjson").code(), 1);
}

#[test]
fn an_id_that_comes_twice_is_one_comment() {
    let place = imported(&["first", "second"].map(|text| line("c1", "t3_p", "ann", text)).concat());
    assert!(place.stdout("posts", 0).contains("p1\t1\t"));
    assert_eq!(place.run("import dump.ndjson").code(), 1);
}

#[test]
fn dates_beyond_the_calendar_do_not_break_anything() {
    let dated = |id: &str, seconds: &str| {
        format!(
            "{{\"id\":\"{id}\",\"link_id\":\"t3_p\",\"parent_id\":\"t3_p\",\"subreddit\":\"s\",\"body\":\"b\",\"created_utc\":{seconds}}}\n"
        )
    };
    let dates = [("c1", "253370764800"), ("c2", "3093527980799"), ("c3", "-99999999999999999999")];
    let dump = dates.map(|(id, seconds)| dated(id, seconds)).concat();
    let place = Place::with("dump.ndjson", dump);
    let ran = place.run("import dump.ndjson");
    assert!(matches!(ran.code(), 0 | 3), "{ran}");
    for verb in ["posts", "show p1", "export -f json", "export -f csv", "db check"] {
        let ran = place.run(verb);
        assert_eq!(ran.code(), 0, "{verb}: {ran}");
    }
    assert!(place.stdout("export -f json", 0).contains("9999-01-01T00:00:00Z"));
}

#[test]
fn nothing_comes_of_empty_files_junk_and_files_that_cannot_be_read() {
    let place = Place::new();
    place.write("empty.xml", "");
    assert_eq!(place.run("import empty.xml").code(), 2);
    place.write("junk/a.bin", [0x89, 1, 2, 3, 0, 0, 255, 254]);
    place.write("junk/b", "%%%%");
    assert_eq!(place.run("import junk").code(), 2);
    assert_eq!(place.run("import nowhere.xml").code(), 2);
    place.write("good.ndjson", line("c1", "t3_p", "ann", "hm"));
    assert_eq!(place.run("import nowhere.xml good.ndjson").code(), 3);
    assert!(place.stdout("posts", 0).contains("p1\t1\t"));
}

#[test]
fn a_path_that_is_no_database_is_left_alone() {
    let place = Place::with("letter.txt", "Dear database,");
    let ran = place.run("--db letter.txt demo");
    insta::assert_snapshot!(ran, @r"
    exit 2
    --- stderr
    quell: letter.txt is not a database quell can use: file is not a database
    ");
    assert_eq!(std::fs::read(place.path("letter.txt")).unwrap(), b"Dear database,");
    assert_eq!(place.run("--db . demo").code(), 2);
    assert_eq!(place.run("--db missing/folder/x.db demo").code(), 2);
    rusqlite::Connection::open(place.path("other.db")).unwrap().execute_batch("create table t (x)").unwrap();
    assert_eq!(place.run("--db other.db demo").code(), 2, "a database of another program is not taken over");
}

#[test]
fn a_full_disk_is_an_error_and_never_replaces_a_device() {
    let place = imported(&line("c1", "t3_p", "ann", "hm"));
    let mut command = place.command("export");
    command.stdout(std::fs::File::options().write(true).open("/dev/full").unwrap());
    let status = command.stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(2));
    // A link, so that a program that renames onto its target does no harm.
    std::os::unix::fs::symlink("/dev/full", place.path("full")).unwrap();
    let ran = place.run("export -o full");
    assert_eq!(ran.code(), 2, "{ran}");
    assert!(place.path("full").is_symlink());
    assert_eq!(place.run("export -o missing/folder/out.json").code(), 2);
}

#[test]
fn a_reader_that_has_had_enough_is_success() {
    let mut dump = String::new();
    for number in 0..20_000 {
        dump.push_str(&line(&format!("c{number}"), "t3_p", "ann", "hm"));
    }
    let place = imported(&dump);
    for verb in ["export -f json", "show p1", "export -f csv"] {
        let mut command = place.command(verb);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let ended = child.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), ended.stderr.len()), (Some(0), 0), "{verb}");
    }
}
