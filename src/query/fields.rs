//! The one table of fields: name, type, meaning and example. Help, completion, suggestions and the parser all read it;
//! adding a field is one line here and one arm in the matcher.

use super::scorer::ScorerName;

/// What may stand after a field's colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A text, compared without case and accents: a word, a quoted text, `begin*`, a regex, `list(file)`, or `*`.
    Text,
    /// The same, but case and accents count: ids and keys.
    Exact,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A number, a comparison or a range.
    Number,
    /// A date, a comparison or a range.
    Date,
    /// A date that the field's name compares with: `after:`, `before:`.
    Moment,
    /// A length of time, such as `7d`, with a comparison.
    Duration,
    /// A query in braces.
    Relation(Relation),
    /// Words to find through disguises.
    Fold,
    /// The name of a saved query.
    Saved,
}

/// How another comment stands to the one that is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// The comment it answers.
    Parent,
    /// Any comment above it.
    Ancestor,
    /// A comment that answers it.
    Child,
    /// Any comment below it.
    Descendant,
    /// Another comment under the same parent, or another first comment of the same post.
    Sibling,
    /// Any comment of its post, itself included.
    Thread,
}

impl Relation {
    /// The field's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Relation::Parent => "parent",
            Relation::Ancestor => "ancestor",
            Relation::Child => "child",
            Relation::Descendant => "descendant",
            Relation::Sibling => "sibling",
            Relation::Thread => "thread",
        }
    }
}

/// Declares the fields and their table.
macro_rules! fields {
    ($($variant:ident $name:literal $kind:expr, $example:literal, $meaning:literal;)+) => {
        /// A field of the query language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Field {
            $(#[doc = $meaning] $variant,)+
            /// What an outside scorer said of it.
            Scorer(ScorerName),
        }

        impl Field {
            /// Every field in the order of the help, but for those of outside scorers.
            pub const ALL: &'static [Field] = &[$(Field::$variant),+];

            /// The name before the colon.
            pub fn name(&self) -> &str {
                match self { $(Field::$variant => $name,)+ Field::Scorer(scorer) => scorer.field_name() }
            }

            /// What may stand after the colon.
            pub const fn kind(self) -> Type {
                match self { $(Field::$variant => $kind,)+ Field::Scorer(_) => Type::Number }
            }

            /// What it asks, in one line.
            pub const fn meaning(self) -> &'static str {
                match self { $(Field::$variant => $meaning,)+ Field::Scorer(_) => SCORER.1 }
            }

            /// A query that uses it.
            pub const fn example(self) -> &'static str {
                match self { $(Field::$variant => $example,)+ Field::Scorer(_) => SCORER.0 }
            }

            /// The field with this name, case aside.
            pub fn from_name(name: &str) -> Option<Field> {
                let known = Field::ALL.iter().copied().find(|field| field.name().eq_ignore_ascii_case(name));
                known.or_else(|| ScorerName::of_field(name).map(Field::Scorer))
            }
        }
    };
}

fields! {
    Author "author" Type::Text, r#"author:"Doug M.""#, "who wrote it: the name, or the source's key of the account";
    AuthorKind "author.kind" Type::Word(AUTHOR_KINDS), "author.kind:anonymous", "what sort of author";
    AuthorComments "author.comments" Type::Number, "author.comments:<3", "how many comments the author had written before this one";
    AuthorRemoved "author.removed" Type::Number, "author.removed:>=2", "how many of the author's comments had been removed by then, spam included";
    AuthorAge "author.age" Type::Duration, "author.age:<7d", "how long before this comment the author was first seen";
    Post "post" Type::Exact, "post:p12", "the post it hangs on: quell's number or the source's own id";
    Title "title" Type::Text, "title:/open thread/i", "the title of the post it hangs on";
    Source "source" Type::Text, "source:wxr", "the dump it came from: the kind of system, or the site or file";
    Id "id" Type::Exact, "id:t1_abc", "the source's own id, or quell's: id:c33, or just c33";
    Under "under" Type::Exact, "under:c1041", "that comment and all below it";
    Status "status" Type::Word(STATUSES), "status:pending|escalated", "where it stands now";
    Kind "kind" Type::Word(KINDS), "kind:pingback", "what sort of entry";
    Is "is" Type::Word(IS), "is:reply", "a state: see the list below";
    Has "has" Type::Word(HAS), "has:link", "something in or on it: see the list below";
    Date "date" Type::Date, "date:2016-04..2016-05", "when it was written";
    After "after" Type::Moment, "after:7d", "written at the beginning of this date or later";
    Before "before" Type::Moment, "before:yesterday", "written before the beginning of this date";
    Edited "edited" Type::Date, "edited:>=2016", "when it was last edited";
    Score "score" Type::Number, "score:<-10", "points in the source";
    Depth "depth" Type::Number, "depth:>4", "levels below the post: 1 for a first comment";
    Replies "replies" Type::Number, "replies:>20", "how many comments answer it directly";
    Edits "edits" Type::Number, "edits:>=1", "how often its text has changed";
    Words "words" Type::Number, "words:<5", "how many words it has";
    Length "length" Type::Number, "length:>2000", "how many characters it has";
    Links "links" Type::Number, "links:2..", "how many web addresses it has";
    Domain "domain" Type::Text, "domain:example.com", "a host it links to; its subdomains count";
    Fold "fold" Type::Fold, r#"fold:"free money""#, "words found through leet, spacing, look-alikes and invisible characters";
    Parent "parent" Type::Relation(Relation::Parent), "parent:{author:/^anon/i}", "the comment it answers matches";
    ParentConfidence "parent.confidence" Type::Number, "parent.confidence:<0.7", "how sure the parent that was worked out is, 0 to 1; where it was left open, the best candidate";
    Ancestor "ancestor" Type::Relation(Relation::Ancestor), "ancestor:{status:removed}", "a comment above it matches";
    Child "child" Type::Relation(Relation::Child), r#"child:{"off topic"}"#, "a comment that answers it matches";
    Descendant "descendant" Type::Relation(Relation::Descendant), "descendant:{has:link}", "a comment below it matches";
    Sibling "sibling" Type::Relation(Relation::Sibling), "sibling:{score:>100}", "another comment under the same parent matches";
    Thread "thread" Type::Relation(Relation::Thread), "thread:{author:alice}", "a comment of the same post matches";
    Saved "query" Type::Saved, "query:trolls", "a saved query";
    Flag "flag" Type::Text, "flag:off-topic", "the reason of a flag on it; flag:* for any";
    Flags "flags" Type::Number, "flags:>=2", "how many flags are on it";
    Rule "rule" Type::Text, "rule:shouting", "the rule that flagged it";
    By "by" Type::Text, "by:alice", "the moderator who decided it";
    Reason "reason" Type::Text, "reason:spam*", "the reason of the decision that counts";
    Tag "tag" Type::Text, "tag:keep", "a tag on it";
    Lang "lang" Type::Text, "lang:en", "the language it is written in";
    Abuse "abuse" Type::Number, "abuse:>0.8", "how likely most readers would call it abusive, 0 to 1";
    Identity "identity" Type::Number, "identity:>0.5", "how likely it attacks a group of people or its members, 0 to 1";
    Spam "spam" Type::Number, "spam:>0.9", "how likely it is advertising, 0 to 1";
    Threat "threat" Type::Number, "threat:>0", "how many phrases threaten somebody with violence or wish it upon them";
    Sexual "sexual" Type::Number, "sexual:>0", "how many sexual words it has, plain or in disguise";
    Profanity "profanity" Type::Number, "profanity:>=3", "how many swear words it has, whoever they are said of";
    Insult "insult" Type::Number, "insult:>0", "how many insulting words and slurs it has";
    OffTopic "offtopic" Type::Number, "offtopic:>=0.6", "how little it has to do with its post and thread, 0 to 1; 1 where it says so itself";
    Declared "offtopic.declared" Type::Number, "offtopic.declared:1", "1 where it says itself that it is off topic, else 0";
    Unrelated "offtopic.unrelated" Type::Number, "offtopic.unrelated:>0.8", "how little it shares with post and thread, 0 to 1; unknown below eight words";
    Empty "offtopic.empty" Type::Number, "offtopic.empty:1", "1 where there is nothing in it to compare: no words, or links alone";
    Copies "copies" Type::Number, "copies:>3", "how many comments say nearly the same, itself included";
    Personal "personal" Type::Number, "personal:>=1", "how many e-mail addresses, phone, card and account numbers it shows";
    Quoting "quoting" Type::Number, "quoting:>0.5", "the share of it that is quoted, 0 to 1";
    Evasion "evasion" Type::Number, "evasion:>0.2", "the share of its words that are in disguise, 0 to 1";
    Caps "caps" Type::Number, "caps:>0.7", "the share of its letters that are capitals, 0 to 1; unknown below ten letters";
}

/// The example and the meaning of the fields of outside scorers.
pub(super) const SCORER: (&str, &str) =
    ("scorer.detox:>0.5", "what an outside scorer of this name said (quell scan --scorer)");

/// The same for what was learned from decisions.
pub(super) const LEARNED: (&str, &str) =
    ("learned:>0.8", "how likely it would be taken out here (quell learn); learned.spam for one reason");

const AUTHOR_KINDS: &[&str] = &["user", "anonymous", "deleted", "bot", "staff", "unknown"];
const STATUSES: &[&str] = &["pending", "approved", "escalated", "removed", "spam", "deleted"];
const KINDS: &[&str] = &["comment", "pingback", "trackback", "system"];

/// The words after `is:`.
pub(super) const IS: &[&str] = &[
    "reply",
    "root",
    "leaf",
    "edited",
    "flagged",
    "decided",
    "edited-since-decision",
    "inferred",
    "orphan",
    "duplicate",
];

/// The words after `has:`.
pub(super) const HAS: &[&str] = &["link", "email", "phone", "quote", "mention", "image", "note", "reply"];

impl Relation {
    /// The field that asks for it.
    pub const fn field(self) -> Field {
        match self {
            Relation::Parent => Field::Parent,
            Relation::Ancestor => Field::Ancestor,
            Relation::Child => Field::Child,
            Relation::Descendant => Field::Descendant,
            Relation::Sibling => Field::Sibling,
            Relation::Thread => Field::Thread,
        }
    }
}

impl Field {
    /// The signals that a scan works out and stores. Of a comment that was not scanned they are unknown. `caps` and
    /// `links` are not among them: they are read off the text whenever they are asked for.
    pub const STORED: [Field; 15] = [
        Field::Abuse,
        Field::Identity,
        Field::Spam,
        Field::OffTopic,
        Field::Copies,
        Field::Personal,
        Field::Quoting,
        Field::Evasion,
        Field::Threat,
        Field::Sexual,
        Field::Profanity,
        Field::Insult,
        Field::Declared,
        Field::Unrelated,
        Field::Empty,
    ];

    /// Whether only a scan can tell it: a stored signal, the language, or what an outside scorer said.
    pub fn is_scanned(self) -> bool {
        Field::STORED.contains(&self) || matches!(self, Field::Lang | Field::Scorer(_))
    }

    /// The field whose name is nearest to what was typed, if any is near enough to be meant.
    pub fn nearest(typed: &str) -> Option<Field> {
        let names: Vec<&'static str> = Field::ALL.iter().map(|field| field.name()).collect();
        nearest(typed, &names).and_then(Field::from_name)
    }
}

/// The word nearest to what was typed, if any is near enough to be meant.
pub(super) fn nearest(typed: &str, words: &[&'static str]) -> Option<&'static str> {
    let typed = typed.get(..typed.len().min(64)).unwrap_or_default().to_lowercase();
    words
        .iter()
        .map(|word| (strsim::jaro_winkler(&typed, word), *word))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AuthorKind, Kind, Status};

    #[test]
    fn names_are_found_and_unique() {
        for field in Field::ALL {
            assert_eq!(Field::from_name(field.name()), Some(*field));
        }
        assert_eq!(Field::nearest("auther"), Some(Field::Author));
        assert_eq!(Field::nearest("satus"), Some(Field::Status));
        assert_eq!(Field::nearest("xyzzy"), None);
    }

    #[test]
    fn the_words_are_those_of_the_model() {
        assert!(STATUSES.iter().copied().eq(Status::ALL.iter().map(|status| status.as_str())));
        assert!(KINDS.iter().copied().eq(Kind::ALL.iter().map(|kind| kind.as_str())));
        assert!(AUTHOR_KINDS.iter().copied().eq(AuthorKind::ALL.iter().map(|kind| kind.as_str())));
    }
}
