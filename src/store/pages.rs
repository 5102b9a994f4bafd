//! Posts as reply recovery sees them: flat, in order of time or of the dump, with what is known of each comment's parent.

use std::collections::HashMap;

use anyhow::Result;
use rusqlite::{OptionalExtension, Row};

use super::{Store, row};
use crate::model::{CommentId, Kind, ParentOrigin, PostId, Precision, SourceKey};
use crate::threads::{Entry, Page, Target};

/// A post's comments of one source, flat.
#[derive(Debug, Clone)]
pub struct FlatPage {
    /// The post.
    pub post: PostId,
    /// The source of the comments.
    pub source: SourceKey,
    title: Option<String>,
    article: String,
    author: Option<String>,
    time: Option<i64>,
    /// The comments, in order of time where all have one, else of the dump.
    pub comments: Vec<FlatComment>,
}

/// A comment of such a page.
#[derive(Debug, Clone)]
pub struct FlatComment {
    /// Quell's number.
    pub id: CommentId,
    /// The source's own id.
    pub key: String,
    /// The author's name, or the source's key of the account.
    pub author: Option<String>,
    /// The plain text.
    pub text: String,
    /// Unix seconds, where that is known to the second or nearly so.
    pub time: Option<i64>,
    /// A line of the platform: a ping, a join.
    pub system: bool,
    /// What the dump or a person says that it answers, where that is on the page.
    pub known: Option<Target>,
    /// Whether the dump or a person says what it answers, on the page or not.
    pub settled: bool,
}

impl FlatPage {
    /// The page without its ids.
    pub fn page(&self) -> Page<'_> {
        // Copied pages print a number beside each comment; elsewhere `#12` means something else.
        let numbered = self.source.kind == "text";
        Page {
            title: self.title.as_deref(),
            article: Some(self.article.as_str()).filter(|article| !article.is_empty()),
            author: self.author.as_deref(),
            time: self.time,
            comments: self
                .comments
                .iter()
                .enumerate()
                .map(|(at, comment)| comment.entry(numbered.then_some(at)))
                .collect(),
        }
    }

    /// The text of the article or of the first post.
    pub fn article(&self) -> &str {
        &self.article
    }
}

impl FlatComment {
    /// `at` is its place on a page that numbers its comments.
    fn entry(&self, at: Option<usize>) -> Entry<'_> {
        Entry {
            author: self.author.as_deref(),
            text: &self.text,
            time: self.time,
            known: self.known,
            number: at.map(|at| at as u64 + 1),
            system: self.system,
        }
    }
}

/// A row of the page before parents are looked up.
struct Flat {
    comment: FlatComment,
    source: i64,
    created: Option<i64>,
    parent: Option<i64>,
    origin: Option<ParentOrigin>,
}

/// A post whose last import says of no comment what it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlatPost {
    /// The post.
    pub post: PostId,
    /// Its comments.
    pub comments: u64,
    /// How many of them have an author.
    pub authors: u64,
}

impl Store {
    /// Posts that the last import gave three comments or more of which nothing says what they answer; at most so many.
    pub fn flat_posts(&self, most: usize) -> Result<Vec<FlatPost>> {
        let mut statement = self.connection.prepare(
            "select post_id, count(*), sum(author_kind <> 'unknown') from comments
             where run_id = (select max(id) from runs) and kind is null
             group by post_id
             having count(*) > 2 and count(parent_key) = 0 and count(parent_origin) = 0
             order by post_id limit ?1",
        )?;
        let flat =
            |row: &Row<'_>| Ok(FlatPost { post: PostId(row.get(0)?), comments: row.get(1)?, authors: row.get(2)? });
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        Ok(statement.query_map([most], flat)?.collect::<Result<_, _>>()?)
    }

    /// The comments of a post, flat, one page for each source that they come from; nothing for a post without comments.
    pub fn flat_pages(&self, post: PostId) -> Result<Vec<FlatPage>> {
        let head = self
            .connection
            .prepare_cached(
                "select p.title, p.text, coalesce(p.author_name, a.name, a.key), p.created
                 from posts p left join authors a on a.id = p.author_id where p.id = ?1",
            )?
            .query_row([post.0], |row| {
                Ok((row.get::<_, Option<String>>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get(3)?))
            })
            .optional()?;
        let Some((title, article, author, created)) = head else { return Ok(Vec::new()) };
        let time = Option::map(created, |millis: i64| millis.div_euclid(1000));
        let sources = self.sources()?;
        let mut by_source: Vec<(i64, Vec<Flat>)> = Vec::new();
        for flat in self.flat(post)? {
            match by_source.iter_mut().find(|(source, _)| *source == flat.source) {
                Some((_, of_source)) => of_source.push(flat),
                None => by_source.push((flat.source, vec![flat])),
            }
        }
        let page = |(source, flat): (i64, Vec<Flat>)| FlatPage {
            post,
            source: (*sources[&source]).clone(),
            title: title.clone(),
            article: article.clone(),
            author: Clone::clone(&author),
            time,
            comments: ordered(flat),
        };
        Ok(by_source.into_iter().map(page).collect())
    }

    fn flat(&self, post: PostId) -> Result<Vec<Flat>> {
        let mut statement = self.connection.prepare_cached(
            "select c.id, c.source_id, c.key, coalesce(c.author_name, a.name, a.key), b.text, c.created, c.precision,
                c.kind, c.parent_id, c.parent_key, c.parent_origin
             from comments c join bodies b on b.comment_id = c.id left join authors a on a.id = c.author_id
             where c.post_id = ?1 order by c.id",
        )?;
        let flat = |row: &Row<'_>| {
            let precision = row::optional_word(row, 6, Precision::from_name)?.unwrap_or(Precision::Exact);
            let told = matches!(precision, Precision::Exact | Precision::Local);
            let created: Option<i64> = row.get(5)?;
            let kind = row::optional_word(row, 7, Kind::from_name)?.unwrap_or(Kind::Comment);
            let origin = row::optional_word(row, 10, ParentOrigin::from_name)?;
            let named = row.get_ref(9)?.as_str_or_null()?.is_some();
            let settled = (named || origin.is_some()) && origin != Some(ParentOrigin::Inferred);
            Ok(Flat {
                source: row.get(1)?,
                created: created.filter(|_| precision != Precision::Estimated),
                parent: row.get(8)?,
                origin: origin.filter(|_| settled && !named),
                comment: FlatComment {
                    id: CommentId(row.get(0)?),
                    key: row.get(2)?,
                    author: row.get(3)?,
                    text: row.get(4)?,
                    time: created.filter(|_| told).map(|millis| millis.div_euclid(1000)),
                    system: kind != Kind::Comment,
                    known: None,
                    settled,
                },
            })
        };
        Ok(statement.query_map([post.0], flat)?.collect::<Result<_, _>>()?)
    }
}

/// The comments in their order, with what is known of their parents.
fn ordered(mut flat: Vec<Flat>) -> Vec<FlatComment> {
    if flat.iter().all(|flat| flat.created.is_some()) {
        flat.sort_by_key(|flat| (flat.created, flat.comment.id));
    }
    let places: HashMap<i64, usize> = flat.iter().enumerate().map(|(at, flat)| (flat.comment.id.0, at)).collect();
    let known = |flat: Flat| {
        let parent = flat.parent.and_then(|id| places.get(&id).copied()).map(Target::Comment);
        // Without a name but with an origin it answers the post.
        let known = parent.or(flat.origin.map(|_| Target::Root)).filter(|_| flat.comment.settled);
        FlatComment { known, ..flat.comment }
    };
    flat.into_iter().map(known).collect()
}
