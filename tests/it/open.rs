//! Opening inputs: each container read back, cut at every byte, attacked; charsets; folders.

#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use quell::sources::open::{Found, Limits, Progress, open, open_reader};
use quell::sources::{Stop, Wants};

use crate::support;

/// What came of one input, read to its end or its fault.
#[derive(Debug)]
struct Got {
    name: String,
    bytes: Vec<u8>,
    fault: Option<String>,
    codes: Vec<&'static str>,
    opened: bool,
}

fn take(found: Found<'_>, wants: Wants) -> Got {
    let opened = match found {
        Ok(opened) => opened,
        Err(error) => {
            return Got {
                name: error.name,
                bytes: Vec::new(),
                fault: Some(error.reason),
                codes: Vec::new(),
                opened: false,
            };
        }
    };
    let name = opened.name().to_owned();
    let head = opened.head().bytes().to_vec();
    let (mut input, notes) = opened.into_input(wants);
    let mut bytes = Vec::new();
    let fault = input.read_to_end(&mut bytes).err().map(|error| error.to_string());
    if wants == Wants::Utf8 {
        assert!(bytes.starts_with(&head[..head.len().min(bytes.len())]), "{name}: the head is the start of the input");
    }
    Got { name, bytes, fault, codes: notes.take().iter().map(|warning| warning.code).collect(), opened: true }
}

fn stream_with(bytes: &[u8], limits: &Limits) -> Vec<Got> {
    let mut got = Vec::new();
    let mut each = |found: Found<'_>| -> Result<(), Stop> {
        got.push(take(found, Wants::Bytes));
        Ok(())
    };
    open_reader("in", bytes, limits, &Progress::new(), &mut each).unwrap();
    got
}

fn stream(bytes: &[u8]) -> Vec<Got> {
    stream_with(bytes, &Limits::default())
}

fn paths_with(arguments: &[PathBuf], limits: &Limits, wants: Wants) -> Vec<Got> {
    let mut got = Vec::new();
    let progress = Progress::new();
    let mut each = |found: Found<'_>| -> Result<(), Stop> {
        got.push(take(found, wants));
        assert!(progress.total().is_none_or(|total| progress.done() <= total));
        Ok(())
    };
    open(arguments, limits, &progress, &mut each).unwrap();
    if let Some(total) = progress.total() {
        assert_eq!(progress.done(), total);
    }
    got
}

fn file(bytes: &[u8]) -> Vec<Got> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in");
    fs::write(&path, bytes).unwrap();
    paths_with(&[path], &Limits::default(), Wants::Bytes)
}

fn one(got: Vec<Got>) -> Got {
    let [one] = <[Got; 1]>::try_from(got).unwrap();
    one
}

fn content(lines: usize) -> Vec<u8> {
    (0..lines).flat_map(|n| format!("{{\"id\":{n},\"body\":\"line {}\"}}\n", n * 7919 % 1013).into_bytes()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = liblzma::write::XzEncoder::new(Vec::new(), 6);
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

fn zstd_long(bytes: &[u8], window: u32) -> Vec<u8> {
    let mut writer = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    writer.window_log(window).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A tar whose names are written as they are, which the crate's own builder refuses for `..`.
fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

type Pack = fn(&[u8]) -> Vec<u8>;
const CODECS: &[(&str, Pack)] = &[("gzip", gzip), ("bzip2", bzip2), ("xz", xz), ("zstd", zstd)];

#[test]
fn every_codec_is_read_back_alone_repeated_and_nested() {
    let text = content(3000);
    for (name, pack) in CODECS {
        for got in [stream(&pack(&text)), file(&pack(&text))] {
            let got = one(got);
            assert_eq!((got.fault, got.bytes == text), (None, true), "{name}");
        }
        let twice = [pack(&text), pack(b"tail")].concat();
        assert_eq!(one(stream(&twice)).bytes, [&text[..], b"tail"].concat(), "{name}");
        assert_eq!(one(stream(&gzip(&pack(&text)))).bytes, text, "{name} in gzip");
        let got = one(stream(&pack(&tar(&[("a.json", &text)]))));
        assert_eq!((got.name.as_str(), got.bytes == text), ("in!/a.json", true), "tar in {name}");
        assert_eq!(one(stream(&pack(b""))).bytes, b"", "{name} of nothing");
    }
}

#[test]
fn archives_are_read_entry_by_entry() {
    let text = content(500);
    let entries: &[(&str, &[u8])] =
        &[("b/two.json", &text), ("a.json", b"one"), (".hidden", b"x"), ("__MACOSX/._a", b"x")];
    let (zip, tar) = (zip(entries), tar(entries));
    for got in [stream(&zip), file(&zip), stream(&tar), file(&tar), stream(&gzip(&zip)), file(&gzip(&tar))] {
        let names: Vec<_> = got.iter().map(|got| got.name.rsplit_once("!/").unwrap().1).collect();
        assert_eq!(names, ["b/two.json", "a.json"]);
        assert_eq!((got[0].bytes == text, got[1].bytes.as_slice()), (true, &b"one"[..]));
    }
}

#[test]
fn entries_that_nobody_reads_are_passed_over() {
    let text = content(20_000);
    let entries: &[(&str, &[u8])] = &[("a", &text), ("b", &text), ("c", b"end")];
    for bytes in [zip(entries), tar(entries)] {
        let mut names = Vec::new();
        let mut each = |found: Found<'_>| -> Result<(), Stop> {
            names.push(found.unwrap().name().to_owned());
            Ok(())
        };
        open_reader("in", &bytes[..], &Limits::default(), &Progress::new(), &mut each).unwrap();
        assert_eq!(names, ["in!/a", "in!/b", "in!/c"]);
    }
}

#[test]
fn stop_is_obeyed_at_once() {
    for bytes in [zip(&[("a", b"1"), ("b", b"2")]), tar(&[("a", b"1"), ("b", b"2")])] {
        let mut seen = 0;
        let mut each = |_: Found<'_>| -> Result<(), Stop> {
            seen += 1;
            Err(Stop)
        };
        assert_eq!(open_reader("in", &bytes[..], &Limits::default(), &Progress::new(), &mut each), Err(Stop));
        assert_eq!(seen, 1);
    }
}

#[test]
fn a_cut_at_every_byte_keeps_what_was_whole() {
    let text = content(40);
    for (name, pack) in CODECS {
        let members: Vec<Vec<u8>> = text.chunks(200).map(pack).collect();
        let packed = members.concat();
        let mut boundary = (0, 0);
        for cut in 10..packed.len() {
            while boundary.0 + members[boundary.1].len() <= cut {
                boundary = (boundary.0 + members[boundary.1].len(), boundary.1 + 1);
            }
            let got = one(stream(&packed[..cut]));
            assert!(text.starts_with(&got.bytes), "{name} cut at {cut}");
            assert!(got.bytes.len() >= boundary.1 * 200, "{name} cut at {cut} lost whole members");
            match got.fault {
                Some(fault) => assert!(fault.starts_with(&format!("{name}: ")), "{name} cut at {cut}: {fault}"),
                None => assert_eq!(boundary.0, cut, "{name} cut at {cut} must say so"),
            }
        }
        for cut in 0..10 {
            stream(&packed[..cut]);
        }
    }
}

#[test]
fn archives_cut_at_every_byte_keep_whole_entries_and_say_so() {
    let text = content(3);
    let entries: &[(&str, &[u8])] = &[("a", &text), ("b", &text), ("c", &text)];
    for (kind, bytes, least) in [("zip", zip(entries), 4), ("tar", tar(entries), 262)] {
        // A tar may end without its two empty blocks.
        let end = if kind == "tar" { bytes.len() - 1024 } else { bytes.len() };
        for cut in (least..end).filter(|cut| cut % if kind == "tar" { 7 } else { 1 } == 0) {
            for got in [stream(&bytes[..cut]), file(&bytes[..cut])] {
                let whole = got.iter().filter(|got| got.opened && got.fault.is_none()).count();
                assert!(got.iter().all(|got| text.starts_with(&got.bytes)), "{kind} cut at {cut}: {got:?}");
                assert!(got.iter().filter(|got| got.opened && got.fault.is_none()).all(|got| got.bytes == text));
                let said = got.iter().filter_map(|got| got.fault.as_deref()).any(|fault| fault.starts_with(kind));
                let between = kind == "tar" && cut % 512 == 0;
                // The list of a zip holds nothing that a stream needs.
                let listed = kind == "zip" && whole == 3;
                assert!(said || between || listed, "{kind} cut at {cut}: {got:?}");
            }
        }
    }
}

#[test]
fn the_layer_that_broke_is_named_through_the_layers_around_it() {
    let text = content(2000);
    let inner = gzip(&text);
    let outer = zstd(&tar(&[("a.json.gz", &inner[..inner.len() / 2]), ("b", b"fine")]));
    let got = stream(&outer);
    assert!(got[0].fault.as_deref().is_some_and(|fault| fault.starts_with("gzip: ")), "{:?}", got[0].fault);
    assert!(text.starts_with(&got[0].bytes) && got[0].bytes.len() > 1000);
    assert_eq!(got[1].bytes, b"fine");
    let packed = zstd(&tar(&[("a", &text), ("b", &text)]));
    let got = stream(&packed[..packed.len() - 5]);
    let faults: Vec<_> = got.iter().filter_map(|got| got.fault.as_deref()).collect();
    assert!(!faults.is_empty() && faults.iter().all(|fault| fault.starts_with("zstd: incomplete frame")), "{faults:?}");
}

#[test]
fn flipped_bytes_never_panic() {
    let text = content(30);
    let entries: &[(&str, &[u8])] = &[("a", &text), ("b", &text)];
    for bytes in [gzip(&text), bzip2(&text), xz(&text), zstd(&text), zip(entries)] {
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 0x55;
            stream(&bad);
        }
    }
    let bytes = tar(entries);
    for at in 0..600 {
        let mut bad = bytes.clone();
        bad[at] ^= 0x11;
        stream(&bad);
    }
}

#[test]
fn a_long_zstd_window_is_read_or_named() {
    let packed = zstd_long(&content(50), 31);
    let got = one(stream(&packed));
    assert_eq!((got.fault, got.bytes, got.codes), (None, content(50), vec!["zstd.window"]));
    let limits = Limits { max_window: 27, ..Limits::default() };
    let reason = one(stream_with(&packed, &limits)).fault.unwrap();
    assert!(reason.contains("2048 MiB") && reason.contains("--max-window 31"), "{reason}");
    let later = [zstd(b"fine\n"), packed].concat();
    let got = one(stream_with(&later, &limits));
    assert_eq!(got.bytes, b"fine\n");
    assert!(got.fault.unwrap().contains("larger window than the 2^27"));
}

#[test]
fn the_real_long_window_dump_has_27_lines() {
    let Some(samples) = support::samples() else { return };
    let path = samples.join("reddit/derived-pushshift-long31.ndjson.zst");
    let got = one(paths_with(&[path], &Limits::default(), Wants::Bytes));
    assert_eq!(got.bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).count(), 27);
    assert_eq!((got.fault, got.codes), (None, vec!["zstd.window"]));
}

#[test]
fn a_real_windows_1252_dump_comes_with_its_quotes_and_dashes() {
    let Some(samples) = support::samples() else { return };
    let path = samples.join("wxr/handmade-windows-1252.xml");
    let got = one(paths_with(std::slice::from_ref(&path), &Limits::default(), Wants::Utf8));
    let text = String::from_utf8(got.bytes).unwrap();
    let raw = fs::read(path).unwrap();
    for (byte, character) in [(0x93, '“'), (0x94, '”'), (0x92, '’'), (0x96, '–'), (0x97, '—')] {
        let expected = raw.iter().filter(|&&raw| raw == byte).count();
        assert_eq!(text.chars().filter(|&c| c == character).count(), expected, "{character}");
    }
    assert!(text.contains('“') && text.contains('–') && !text.contains('\u{FFFD}'));
    assert_eq!((got.fault, got.codes), (None, vec![]));
    // The declaration still names the old charset; the XML reader is not led astray by it.
    let mut reader = quick_xml::Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
}

#[test]
fn skippable_frames_before_and_between_are_skipped() {
    let skippable = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];
    let packed = [&skippable[..], &zstd(b"a\n"), &skippable, &zstd(b"b\n")].concat();
    assert_eq!(one(stream(&packed)).bytes, b"a\nb\n");
}

#[test]
fn garbage_behind_gzip_is_told_after_the_good_bytes() {
    let got = one(stream(&[gzip(&content(9)), b"garbage that goes on".to_vec()].concat()));
    assert_eq!(
        (got.bytes, got.fault.as_deref()),
        (content(9), Some("gzip: what follows the compressed data is not gzip"))
    );
}

#[test]
fn xz_is_held_to_its_memory() {
    let limits = Limits { xz_memory: 1 << 20, ..Limits::default() };
    let fault = one(stream_with(&xz(&content(9)), &limits)).fault.unwrap();
    assert!(fault.starts_with("xz: ") && fault.contains("mem"), "{fault}");
}

#[test]
fn a_bomb_is_refused_before_it_fills_anything() {
    let limits = Limits { ratio_from: 1 << 20, max_ratio: 200, ..Limits::default() };
    let zeros = vec![b'0'; 64 << 20];
    let bombs = [zip(&[("zeros", &zeros)]), gzip(&zeros), zstd(&zeros), bzip2(&zeros), xz(&zeros), gzip(&gzip(&zeros))];
    for bomb in bombs {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("in"), &bomb).unwrap();
        for got in [stream_with(&bomb, &limits), paths_with(&[folder.path().to_owned()], &limits, Wants::Bytes)] {
            let got = one(got);
            assert!(got.fault.as_deref().is_some_and(|fault| fault.ends_with("refused as a bomb")), "{:?}", got.fault);
            assert!(got.bytes.len() < 60 << 20);
        }
    }
    let fine = one(stream_with(&gzip(&content(200_000)), &limits));
    assert_eq!(fine.fault, None);
}

#[test]
fn zip_entries_that_share_their_data_add_up() {
    // Eight entries in the directory point at one stretch of zeros: each alone is within the ratio.
    let zeros = vec![b'0'; 4 << 20];
    let single = zip(&[("z", &zeros)]);
    let directory = single.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let end = single.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
    let mut bomb = [&single[..directory], &single[directory..end].repeat(8)].concat();
    let mut tail = single[end..].to_vec();
    tail[8..10].copy_from_slice(&8u16.to_le_bytes());
    tail[10..12].copy_from_slice(&8u16.to_le_bytes());
    tail[12..16].copy_from_slice(&(((end - directory) * 8) as u32).to_le_bytes());
    bomb.extend(tail);
    let limits = Limits { ratio_from: 1 << 20, max_ratio: 2_000, ..Limits::default() };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in"), &bomb).unwrap();
    let got = paths_with(&[folder.path().to_owned()], &limits, Wants::Bytes);
    let out: usize = got.iter().map(|got| got.bytes.len()).sum();
    assert!(
        out < 16 << 20,
        "{out} bytes of {}: {got:?}",
        bomb.len(),
        got = got.iter().map(|got| &got.fault).collect::<Vec<_>>()
    );
}

#[test]
fn nesting_ends_at_the_allowed_depth() {
    let three = zip(&[("b.zip", &zip(&[("c.zip", &zip(&[("d.txt", b"deep")]))]))]);
    assert_eq!(one(stream(&three)).bytes, b"deep");
    assert_eq!(one(file(&three)).name.rsplit_once("in!/").unwrap().1, "b.zip!/c.zip!/d.txt");
    for four in [zip(&[("a.zip", &three)]), gzip(&three)] {
        let fault = one(stream(&four)).fault.unwrap();
        assert!(fault.starts_with("more than 3 containers"), "{fault}");
    }
}

#[test]
fn names_that_climb_out_are_only_shown() {
    let entries: &[(&str, &[u8])] = &[("../../etc/x", b"1"), ("/etc/passwd", b"2"), ("a/../\u{1b}[31mb", b"3")];
    for got in [stream(&zip(entries)), file(&zip(entries)), stream(&tar(entries))] {
        let names: Vec<_> = got.iter().map(|got| got.name.rsplit_once("!/").unwrap().1).collect();
        assert_eq!(names, ["etc/x", "etc/passwd", "a/\u{FFFD}[31mb"]);
    }
}

#[test]
fn a_hundred_thousand_tiny_entries_are_read_and_a_cap_holds() {
    let names: Vec<String> = (0..100_000).map(|n| format!("{n}.json")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"{}"[..])).collect();
    let limits = Limits { max_entries: 10, ..Limits::default() };
    for bytes in [zip(&entries), tar(&entries)] {
        let got = file(&bytes);
        assert_eq!(got.len(), 100_000);
        assert!(got.iter().all(|got| got.bytes == b"{}" && got.fault.is_none()));
        let few = stream_with(&bytes, &limits);
        assert_eq!(few.len(), 11);
        assert!(few[10].fault.as_deref().unwrap().starts_with("more than 10 entries"));
    }
}

#[test]
fn links_and_folders_in_a_tar_are_passed_over() {
    let mut builder = tar::Builder::new(Vec::new());
    for (kind, name) in
        [(tar::EntryType::Symlink, "link"), (tar::EntryType::Link, "hard"), (tar::EntryType::Directory, "dir/")]
    {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        builder.append_link(&mut header, name, "/etc/passwd").unwrap();
    }
    let long = "d/".repeat(200) + "file.json";
    let mut header = tar::Header::new_gnu();
    header.set_size(2);
    builder.append_data(&mut header, &long, &b"ok"[..]).unwrap();
    let got = one(stream(&builder.into_inner().unwrap()));
    assert_eq!((got.bytes.as_slice(), got.fault), (&b"ok"[..], None));
    assert_eq!(got.name.len(), "in!/".len() + 255);
}

#[test]
fn a_tar_name_of_many_megabytes_is_refused() {
    let name = vec![b'n'; 8 << 20];
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(name.len() as u64);
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, &name[..]).unwrap();
    let fault = one(stream(&builder.into_inner().unwrap())).fault.unwrap();
    assert!(fault.starts_with("tar: headers of more than"), "{fault}");
}

#[test]
fn encrypted_and_foreign_archives_are_refused_with_a_reason() {
    let mut bytes = zip(&[("secret", b"x"), ("open", b"y")]);
    let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[6] |= 1;
    bytes[directory + 8] |= 1;
    let got = file(&bytes);
    assert_eq!(got[0].fault.as_deref(), Some("zip: encrypted; unpack it first"));
    assert_eq!(got[1].bytes, b"y");
    let got = one(stream(&gzip(b"SQLite format 3\0...")));
    assert!(got.fault.unwrap().contains("SQLite") && !got.opened);
}

#[test]
fn an_empty_file_is_an_input_without_bytes() {
    let got = one(file(b""));
    assert_eq!((got.bytes, got.fault, got.opened), (vec![], None, true));
}

#[test]
fn utf16_is_transcoded_even_for_formats_that_want_bytes() {
    let text: Vec<u8> = "\u{FEFF}{\"a\": \"é\"}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(one(stream(&text)).bytes, "{\"a\": \"é\"}\n".as_bytes());
    assert_eq!(one(stream(b"\xEF\xBB\xBF{}")).bytes, b"{}");
    assert_eq!(one(stream(b"\xFFraw\x80")).bytes, b"\xFFraw\x80");
}

fn names(got: &[Got], folder: &Path) -> Vec<String> {
    let prefix = format!("{}/", folder.display());
    got.iter().map(|got| got.name.strip_prefix(&prefix).unwrap_or(&got.name).to_owned()).collect()
}

#[test]
fn folders_are_read_in_the_order_of_names() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("b/deep")).unwrap();
    fs::create_dir_all(at(".git")).unwrap();
    for name in ["c.json", "a.json", "b/2.json", "b/deep/1.json", ".git/x", ".DS_Store"] {
        fs::write(at(name), name).unwrap();
    }
    let got = paths_with(&[at("c.json"), folder.path().to_owned(), at("missing")], &Limits::default(), Wants::Bytes);
    assert_eq!(names(&got, folder.path()), ["c.json", "a.json", "b/2.json", "b/deep/1.json", "c.json", "missing"]);
    assert!(got[5].fault.is_some() && !got[5].opened);
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_and_unreadable_files_do_no_harm() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("sub")).unwrap();
    fs::write(at("sub/file"), "x").unwrap();
    symlink(folder.path(), at("sub/up")).unwrap();
    symlink(at("nowhere"), at("dangling")).unwrap();
    fs::write(at("closed"), "x").unwrap();
    fs::set_permissions(at("closed"), fs::Permissions::from_mode(0o0)).unwrap();
    let readable = fs::read(at("closed")).is_ok();
    let got = paths_with(&[folder.path().to_owned()], &Limits::default(), Wants::Bytes);
    assert_eq!(names(&got, folder.path()), ["closed", "dangling", "sub/file"]);
    assert_eq!(got[0].opened, readable, "root may read everything");
    assert!(!got[1].opened && got[2].opened);
}

#[test]
fn the_reader_may_run_in_a_thread_while_another_watches() {
    let progress = Progress::new();
    let packed = gzip(&content(50_000));
    let worker = {
        let (progress, packed) = (progress.clone(), packed.clone());
        std::thread::spawn(move || {
            let bytes = RefCell::new(0);
            let mut each = |found: Found<'_>| -> Result<(), Stop> {
                *bytes.borrow_mut() += take(found, Wants::Bytes).bytes.len();
                Ok(())
            };
            open_reader("in", &packed[..], &Limits::default(), &progress, &mut each).unwrap();
            bytes.into_inner()
        })
    };
    assert_eq!(worker.join().unwrap(), content(50_000).len());
    assert_eq!((progress.done(), progress.total()), (packed.len() as u64, None));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]
    #[test]
    fn random_bytes_behind_a_magic_number_never_panic(
        which in 0usize..6,
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300),
    ) {
        let magics: [&[u8]; 6] = [b"\x1F\x8B\x08", b"\x28\xB5\x2F\xFD", b"BZh91AY&SY", b"\xFD7zXZ\0", b"PK\x03\x04", b""];
        stream(&[magics[which], &bytes].concat());
    }
}
