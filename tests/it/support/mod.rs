//! What the integration tests share: where the real samples are, and reading one of them below the binary.

pub mod tty;
pub mod verbs;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

use quell::model::{Gap, Item, NewComment, NewPost, Parent};
use quell::sources::{self, Head, Input, Options, Stop};

/// The folder of real dumps, or nothing where it is missing. In CI a missing folder is a failure; elsewhere the test
/// says that it was skipped.
pub fn samples() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "shared samples are missing at {}", folder.display());
    eprintln!("skipped: no shared samples at {}", folder.display());
    None
}

/// What a format reported of one input.
pub struct Report {
    /// The format that detection chose.
    pub format: &'static str,
    /// Everything it reported, in order.
    pub items: Vec<Item>,
}

impl Report {
    /// The posts.
    pub fn posts(&self) -> Vec<&NewPost> {
        self.items.iter().filter_map(|item| if let Item::Post(post) = item { Some(&**post) } else { None }).collect()
    }

    /// The faults, as code and line.
    pub fn faults(&self) -> Vec<(&'static str, u64)> {
        let fault = |item: &Item| if let Item::Fault(f) = item { Some((f.code, f.place.line)) } else { None };
        self.items.iter().filter_map(fault).collect()
    }

    /// The codes of the warnings.
    pub fn warnings(&self) -> Vec<&'static str> {
        self.items.iter().filter_map(|item| if let Item::Warning(w) = item { Some(w.code) } else { None }).collect()
    }

    /// The gaps.
    pub fn gaps(&self) -> Vec<&Gap> {
        self.items.iter().filter_map(|item| if let Item::Gap(gap) = item { Some(gap) } else { None }).collect()
    }

    /// The comment records, repeats included.
    pub fn comments(&self) -> Vec<&NewComment> {
        self.items.iter().filter_map(|item| if let Item::Comment(c) = item { Some(&**c) } else { None }).collect()
    }
}

/// Detects the format of uncompressed UTF-8 bytes and reads them to the end.
pub fn read_bytes(bytes: &[u8], options: &Options) -> Report {
    let whole = bytes.len() <= sources::open::HEAD_BYTES;
    let head = Head::new(bytes[..bytes.len().min(sources::open::HEAD_BYTES)].to_vec(), whole);
    let found = sources::detect::candidates(&head, None);
    let format = sources::detect::winner(&found).expect("a format is recognised");
    let mut items = Vec::new();
    let mut sink = |item: Item| -> Result<(), Stop> {
        items.push(item);
        Ok(())
    };
    (format.read)(&mut Input::from_bytes(bytes), options, &mut sink).expect("the input is readable");
    Report { format: format.name, items }
}

/// Reads bytes as the format of this name, whatever detection says.
pub fn try_read_as(name: &str, bytes: &[u8], options: &Options) -> Result<Vec<Item>, sources::ReadError> {
    let format = sources::FORMATS.iter().find(|format| format.name == name).expect("a format of this name");
    let mut items = Vec::new();
    let mut sink = |item: Item| -> Result<(), Stop> {
        items.push(item);
        Ok(())
    };
    (format.read)(&mut Input::from_bytes(bytes), options, &mut sink)?;
    Ok(items)
}

/// The same for an input that is readable.
pub fn read_as(name: &str, bytes: &[u8], options: &Options) -> Report {
    let format = sources::FORMATS.iter().find(|format| format.name == name).expect("a format of this name");
    Report { format: format.name, items: try_read_as(name, bytes, options).expect("the input is readable") }
}

/// The bytes of an invented fixture.
pub fn fixture(path: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Fails if any cut of the bytes makes the format report a record that the whole does not hold, or stop with an error.
pub fn cut_everywhere(format: &str, bytes: &[u8]) {
    let options = Options::for_input("cut");
    let whole = read_as(format, bytes, &options);
    for cut in 0..bytes.len() {
        let part = read_as(format, &bytes[..cut], &options);
        for comment in part.comments() {
            assert!(whole.comments().contains(&comment), "{format} cut at {cut}: {comment:?}");
        }
        for post in part.posts() {
            assert!(whole.posts().contains(&post), "{format} cut at {cut}: {post:?}");
        }
    }
}

/// What several reports hold together, counted as the samples' README counts it.
#[derive(Debug, PartialEq, Eq)]
pub struct Counts {
    /// Comment records, repeats included.
    pub records: usize,
    /// Distinct comments.
    pub comments: usize,
    /// The deepest level; a top-level comment and an orphan are 1.
    pub depth: usize,
    /// Distinct persons.
    pub authors: usize,
    /// Comments whose parent comment is in none of the reports.
    pub orphans: usize,
}

/// Counts the comments of reports. A parent that is a post's key counts as the post.
pub fn counts(reports: &[&Report]) -> Counts {
    let records: Vec<&NewComment> = reports.iter().flat_map(|report| report.comments()).collect();
    let posts: HashSet<&str> = reports.iter().flat_map(|report| report.posts()).map(|post| &*post.key).collect();
    let parents: HashMap<&str, Option<&str>> = records
        .iter()
        .map(|comment| match &comment.parent {
            Parent::Comment { key, .. } if !posts.contains(&**key) => (&*comment.key, Some(&**key)),
            _ => (&*comment.key, None),
        })
        .collect();
    let mut depths: HashMap<&str, usize> = HashMap::new();
    for key in parents.keys() {
        let mut path = vec![*key];
        while let Some(up) = parents[path[path.len() - 1]]
            && parents.contains_key(up)
            && !depths.contains_key(path[path.len() - 1])
            && path.len() <= parents.len()
        {
            path.push(up);
        }
        let mut depth = depths.get(path[path.len() - 1]).map_or(0, |known| known - 1);
        for key in path.into_iter().rev() {
            depth += 1;
            depths.insert(key, depth);
        }
    }
    Counts {
        records: records.len(),
        comments: parents.len(),
        depth: depths.values().copied().max().unwrap_or_default(),
        authors: records.iter().filter_map(|c| c.author.name.as_deref()).collect::<BTreeSet<_>>().len(),
        orphans: parents.values().flatten().filter(|parent| !parents.contains_key(*parent)).count(),
    }
}
