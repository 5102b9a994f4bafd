//! The closed sets of words: statuses, kinds, markups, and what an author, a time or a link rests on. Each word is the
//! same in code, in the database and on the screen.

use std::fmt;

/// Declares an enum whose variants have one stored and printed name each.
macro_rules! named_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every variant, in order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The name that is stored, printed and typed.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The variant with this name, if there is one.
            pub fn from_name(text: &str) -> Option<Self> {
                match text { $($text => Some($name::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = std::borrow::Cow::<str>::deserialize(deserializer)?;
                $name::from_name(&word).ok_or_else(|| serde::de::Error::custom(format!("unknown word `{word}`")))
            }
        }
    };
}

named_enum!(
    /// Where a comment stands now. In quell it follows from decisions; in a dump it is what the source said, and the
    /// two are stored apart. `Removed` is a moderator's act, `Deleted` the author's: they are never mixed.
    Status {
        /// Nobody has decided yet.
        Pending = "pending",
        /// Fine.
        Approved = "approved",
        /// Waits for somebody who may decide more.
        Escalated = "escalated",
        /// Taken out by a moderator.
        Removed = "removed",
        /// Taken out as spam.
        Spam = "spam",
        /// Taken back by its author.
        Deleted = "deleted",
    }
);

named_enum!(
    /// What sort of entry a record is; only `Comment` is shown to reviewers unless they ask for more.
    Kind {
        /// Somebody's words.
        Comment = "comment",
        /// A WordPress pingback.
        Pingback = "pingback",
        /// A trackback.
        Trackback = "trackback",
        /// A line the platform wrote: joins, renames, moderator actions.
        System = "system",
    }
);

named_enum!(
    /// How a body is marked up in the dump.
    BodyFormat {
        /// Plain text.
        Text = "text",
        /// HTML.
        Html = "html",
        /// Markdown.
        Markdown = "markdown",
        /// WordPress text: HTML tags, and line breaks that count.
        WpAutop = "wp-autop",
        /// Forum codes in square brackets.
        Bbcode = "bbcode",
    }
);

named_enum!(
    /// How far a time can be trusted.
    Precision {
        /// To the second or better, with a known zone.
        Exact = "exact",
        /// A wall-clock time whose zone the source does not give; it is stored as if it were UTC.
        Local = "local",
        /// To the day only.
        Day = "day",
        /// Worked out from words such as "2 years ago".
        Estimated = "estimated",
    }
);

named_enum!(
    /// Who wrote a record, as far as the source says.
    AuthorKind {
        /// A name or an account.
        User = "user",
        /// "Anonymous" and its like: nobody in particular, never one person.
        Anonymous = "anonymous",
        /// The account is gone.
        Deleted = "deleted",
        /// A program.
        Bot = "bot",
        /// A moderator or the site itself.
        Staff = "staff",
        /// The source gives no author.
        Unknown = "unknown",
    }
);

named_enum!(
    /// What an author's name rests on.
    AuthorEvidence {
        /// A field of the source.
        Source = "source",
        /// A line such as "Erik says" above the text.
        HeadLine = "head-line",
        /// The last line of the text.
        Signature = "signature",
        /// Worked out by quell.
        Inferred = "inferred",
        /// There is none.
        Nothing = "none",
    }
);

named_enum!(
    /// What the link from a comment to its parent rests on.
    ParentOrigin {
        /// An id in the source.
        Source = "source",
        /// Indentation in a page copy.
        Indent = "indent",
        /// Worked out from the words; stored with a confidence.
        Inferred = "inferred",
        /// A person said so.
        Human = "human",
    }
);

named_enum!(
    /// What an edge between two comments rests on, strongest first.
    EdgeClass {
        /// The dump says so, or the text does in so many words.
        Explicit = "explicit",
        /// The comment repeats the parent's words.
        Quote = "quote",
        /// One of the two names the other's author, or the comment gives the parent's number.
        Mention = "mention",
        /// They share rare words.
        Wording = "wording",
        /// Only place, time, tone and habit.
        Position = "position",
    }
);

named_enum!(
    /// What a decision does. All but the four that set a status leave the status alone.
    Action {
        /// It is fine.
        Approve = "approve",
        /// Taken out.
        Remove = "remove",
        /// Taken out as spam.
        Spam = "spam",
        /// For somebody who may decide more.
        Escalate = "escalate",
        /// A post takes no more replies.
        Lock = "lock",
        /// A post takes replies again.
        Unlock = "unlock",
        /// A moderator's remark.
        Note = "note",
        /// A label is put on.
        Tag = "tag",
        /// A label is taken off.
        Untag = "untag",
        /// A mark with a reason.
        Flag = "flag",
        /// What a comment answers, worked out from the words or set by a person.
        Edge = "edge",
        /// An earlier decision no longer holds.
        Undo = "undo",
    }
);

impl Action {
    /// The status that a comment has by this decision, if it sets one.
    pub const fn status(self) -> Option<Status> {
        match self {
            Action::Approve => Some(Status::Approved),
            Action::Remove => Some(Status::Removed),
            Action::Spam => Some(Status::Spam),
            Action::Escalate => Some(Status::Escalated),
            _ => None,
        }
    }
}

named_enum!(
    /// Who acts in an operation. What a person decides wins over rules.
    Origin {
        /// A moderator.
        Person = "person",
        /// A rule.
        Rule = "rule",
        /// A detector.
        Signal = "signal",
    }
);

named_enum!(
    /// What became of a flag.
    FlagState {
        /// Nobody has answered it.
        Open = "open",
        /// The comment was removed after it.
        Upheld = "upheld",
        /// The comment was approved after it.
        Dismissed = "dismissed",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }
);
