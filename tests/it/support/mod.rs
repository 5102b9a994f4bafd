//! What the integration tests share: where the real samples are, and reading one of them below the binary.

use std::path::PathBuf;

use quell::model::{Item, NewComment, NewPost};
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
pub fn read_as(name: &str, bytes: &[u8], options: &Options) -> Result<Vec<Item>, sources::ReadError> {
    let format = sources::FORMATS.iter().find(|format| format.name == name).expect("a format of this name");
    let mut items = Vec::new();
    let mut sink = |item: Item| -> Result<(), Stop> {
        items.push(item);
        Ok(())
    };
    (format.read)(&mut Input::from_bytes(bytes), options, &mut sink)?;
    Ok(items)
}
