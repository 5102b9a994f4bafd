//! What inference is given: the comments of one post as plain data. Not here: where they come from, or where the
//! result goes.

/// The virtual root or a comment of the page: what a comment can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// The post itself.
    Root,
    /// The comment with this index in `Page::comments`.
    Comment(usize),
}

/// One comment, as far as the dump tells.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry<'a> {
    /// Who wrote it; absent where unknown. Placeholders such as "Anonymous" may be given and are seen through.
    pub author: Option<&'a str>,
    /// Its plain text. Only the first 6,000 characters and 900 words are looked at.
    pub text: &'a str,
    /// When it was written, in Unix seconds, where that is known. Never an ordinal.
    pub time: Option<i64>,
    /// What it is known to answer. Used and passed on untouched if it is the root or an earlier comment; else ignored.
    pub known: Option<Target>,
    /// The number that the page prints beside it, so that `#12` in a text can be followed.
    pub number: Option<u64>,
    /// A line of the platform (joins, renames): never a parent, never a child.
    pub system: bool,
}

/// The comments of one post, in order of time or of the dump, so that parents come before their answers.
#[derive(Debug, Clone, Default)]
pub struct Page<'a> {
    /// The title of the post.
    pub title: Option<&'a str>,
    /// The text of the article or of the first post.
    pub article: Option<&'a str>,
    /// Who wrote it.
    pub author: Option<&'a str>,
    /// When, in Unix seconds.
    pub time: Option<i64>,
    /// The comments.
    pub comments: Vec<Entry<'a>>,
}

impl Page<'_> {
    /// What the comment with this index is known to answer, if that can be: the root or an earlier comment.
    pub fn known(&self, index: usize) -> Option<Target> {
        match self.comments.get(index)?.known? {
            Target::Comment(parent) if parent >= index => None,
            target => Some(target),
        }
    }

    /// The bytes of text on the page, for rates and limits.
    pub fn bytes(&self) -> usize {
        self.article.map_or(0, str::len) + self.comments.iter().map(|c| c.text.len()).sum::<usize>()
    }
}
