//! Which column of a generic dump is which field of quell: as `--map` says, or guessed from the usual names.
//!
//! Not here: what the values mean.

/// A field of quell that a column can be mapped to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The comment's own id.
    Id,
    /// The id of the comment that it answers.
    Parent,
    /// The ids of all comments above it and its own, outermost first, in one text.
    ParentPath,
    /// The id of the post.
    Post,
    /// The title of the post.
    PostTitle,
    /// The address of the post.
    Url,
    /// The author's name.
    Author,
    /// The author's key.
    AuthorId,
    /// The text.
    Body,
    /// When it was written.
    Date,
    /// When it was last edited.
    Edited,
    /// The state.
    Status,
    /// Points.
    Score,
    /// What sort of entry.
    Kind,
}

/// How many fields there are.
pub const FIELDS: usize = TABLE.len();

/// The names that `--map` takes, in the order of [`Field`], and the column names that are taken for each, likeliest
/// first. Column names are compared in lower case with `_` between words.
const TABLE: [(Field, &str, &str); 14] = [
    (Field::Id, "id", "comment_id commentid id _id cid uuid"),
    (
        Field::Parent,
        "parent",
        "parent_comment_id parent_id parentid parent parent_comment in_reply_to_id in_reply_to reply_to_id reply_to \
         replyto",
    ),
    (Field::ParentPath, "parent_path", ""),
    (
        Field::Post,
        "post",
        "post_id postid post article_id articleid article thread_id threadid thread link_id story_id submission_id \
         topic_id topic video_id page_id discussion_id conversation_id",
    ),
    (Field::PostTitle, "post_title", "post_title article_title thread_title topic_title video_title headline"),
    (Field::Url, "url", "post_url article_url page_url thread_url story_url"),
    (
        Field::Author,
        "author",
        "author author_name username user_name user name screen_name display_name nickname nick login commenter poster \
         speaker author.name author.username author.display_name user.name user.username user.login user.display_name",
    ),
    (Field::AuthorId, "author_id", "author_id authorid user_id userid author_key author.id user.id"),
    (Field::Body, "body", "body comment_text comment_body comment_content text content message comment body_text"),
    (
        Field::Date,
        "date",
        "date created_at created created_utc created_time created_on date_created timestamp time datetime published_at \
         published posted_at comment_date",
    ),
    (Field::Edited, "edited", "edited_at edited updated_at updated modified_at modified"),
    (Field::Status, "status", "status state moderation_status approved"),
    (Field::Score, "score", "score points likes like_count votes upvotes ups"),
    (Field::Kind, "kind", "kind comment_type type"),
];

/// The column of each field that has one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    columns: [Option<String>; FIELDS],
}

impl Map {
    /// What `--map` says; nothing if it says nothing. An error names the fields that there are.
    pub fn given(map: &[(String, String)]) -> Result<Option<Map>, String> {
        if map.is_empty() {
            return Ok(None);
        }
        let mut given = Map::default();
        for (field, column) in map {
            let name = field.replace('-', "_");
            let Some((field, ..)) = TABLE.iter().find(|(_, known, _)| *known == name) else {
                let names: Vec<_> = TABLE.iter().map(|(_, name, _)| *name).collect();
                return Err(format!("--map knows no field `{field}`, only {}", names.join(", ")));
            };
            given.columns[*field as usize] = Some(column.clone());
        }
        if given.column(Field::Body).is_none() {
            return Err("--map has to say which column is the body".to_owned());
        }
        Ok(Some(given))
    }

    /// The likeliest map for these columns. No column serves two fields.
    pub fn guess<'a>(columns: impl IntoIterator<Item = &'a str>) -> Map {
        let columns: Vec<(String, &str)> = columns.into_iter().map(|column| (words(column), column)).collect();
        let mut map = Map::default();
        for (field, _, usual) in TABLE {
            let found = usual.split_whitespace().find_map(|usual| columns.iter().find(|(words, _)| words == usual));
            map.columns[field as usize] = found.map(|(_, column)| (*column).to_owned());
        }
        map
    }

    /// Whether the columns can be comments for all one can see: a body, and an author, an id or a time.
    pub fn is_likely(&self) -> bool {
        let beside = [Field::Id, Field::Author, Field::AuthorId, Field::Date, Field::Parent];
        self.column(Field::Body).is_some() && beside.iter().any(|field| self.column(*field).is_some())
    }

    /// The column of a field.
    pub fn column(&self, field: Field) -> Option<&str> {
        self.columns[field as usize].as_deref()
    }

    /// The fields that have a column, with it.
    pub fn columns(&self) -> impl Iterator<Item = (Field, &str)> {
        TABLE.iter().filter_map(|(field, ..)| self.column(*field).map(|column| (*field, column)))
    }

    /// The map as one would type it.
    pub fn arguments(&self) -> String {
        let argument = |(field, name, _): &(Field, &str, _)| {
            let column = self.column(*field)?;
            let plain = column.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
            let quoted = format!("'{}'", column.replace('\'', r"'\''"));
            Some(format!("--map {name}={}", if plain { column } else { &quoted }))
        };
        TABLE.iter().filter_map(argument).collect::<Vec<_>>().join(" ")
    }
}

/// A column name in lower case with `_` between its words: `parentId`, `Parent ID` and `parent-id` are `parent_id`.
fn words(column: &str) -> String {
    let mut words = String::with_capacity(column.len() + 2);
    let mut after_small = false;
    for c in column.trim().chars() {
        if c.is_uppercase() && after_small {
            words.push('_');
        }
        after_small = c.is_lowercase() || c.is_ascii_digit();
        if matches!(c, ' ' | '-') {
            words.push('_');
        } else {
            words.extend(c.to_lowercase());
        }
    }
    words
}

/// Whether the name of a column says that it holds e-mail or IP addresses.
pub fn is_private(column: &str) -> bool {
    let words = words(column);
    let mut last: Vec<&str> = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if matches!(last.last(), Some(&("address" | "addr" | "adress" | "adresse"))) {
        last.pop();
    }
    let joined = ["useremail", "authoremail", "ipaddress", "userip", "authorip", "clientip", "remoteaddr", "remoteip"];
    match last.last() {
        Some(&"mail") => last.len() == 1 || matches!(last[last.len() - 2], "e" | "author" | "user"),
        Some(word) => {
            matches!(*word, "email" | "emails" | "ip" | "ips" | "ipv4" | "ipv6" | "remote") || joined.contains(word)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_fields() {
        for (index, (field, ..)) in TABLE.iter().enumerate() {
            assert_eq!(*field as usize, index);
        }
    }

    #[test]
    fn usual_names_are_guessed_and_can_be_typed() {
        let map =
            Map::guess(["Comment ID", "parentId", "article_id", "user name", "comment text", "created-at", "likes"]);
        assert!(map.is_likely());
        assert_eq!(
            map.arguments(),
            "--map id='Comment ID' --map parent=parentId --map post=article_id --map author='user name' \
             --map body='comment text' --map date=created-at --map score=likes"
        );
        assert!(!Map::guess(["text"]).is_likely());
    }

    #[test]
    fn a_map_that_makes_no_sense_is_refused() {
        let map = |pairs: &[(&str, &str)]| {
            Map::given(&pairs.iter().map(|(field, column)| ((*field).into(), (*column).into())).collect::<Vec<_>>())
        };
        assert_eq!(map(&[]), Ok(None));
        assert!(map(&[("auther", "x")]).unwrap_err().starts_with("--map knows no field `auther`, only id, parent,"));
        assert_eq!(map(&[("id", "x")]).unwrap_err(), "--map has to say which column is the body");
        let given = map(&[("post-title", "t"), ("body", "b")]).unwrap().unwrap();
        assert_eq!(given.column(Field::PostTitle), Some("t"));
    }

    #[test]
    fn private_columns_are_known_by_their_names() {
        for private in ["email", "E-Mail", "author_email", "userEmail", "IP", "ip_address", "comment_author_IP", "mail"]
        {
            assert!(is_private(private), "{private}");
        }
        for open in ["ship", "mail_count", "address", "script", "ip_count", "zip", "email_verified", "chain_mail"] {
            assert!(!is_private(open), "{open}");
        }
    }
}
