//! What an answer rests on, and so when it has to be asked for again: what changes nothing of that changes no answer.

use super::compile::{Is, Node, Query, Slot};
use super::fields::Field;

/// What the answer of a query for one comment rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rests {
    /// The comment's own text, its own row as sources give it, and its stored signals.
    Own,
    /// These, of all comments of its post; how they hang together; the post's key and title.
    Thread,
    /// Also what may change without any of them: decisions, flags, tags, points, the author's history, what now is.
    Anything,
}

impl Query {
    /// What the answers rest on.
    pub fn rests_on(&self) -> Rests {
        let slots = self.slots.iter().map(|slot| match slot {
            Slot::Relation(_, inner) => of(inner).max(Rests::Thread),
            Slot::Under(_) => Rests::Thread,
        });
        slots.fold(of(&self.root), Rests::max)
    }
}

/// What a condition rests on, its relations aside.
fn of(node: &Node) -> Rests {
    match node {
        Node::Not(inner) => of(inner),
        Node::And(parts) | Node::Or(parts) => parts.iter().map(of).max().unwrap_or(Rests::Own),
        Node::All | Node::Nothing | Node::Phrase(..) | Node::Phrases(..) | Node::Regex(_) | Node::Fold(..) => {
            Rests::Own
        }
        Node::Author(_) | Node::AuthorKind(_) | Node::Source(_) | Node::Key(_) | Node::Domain(_) => Rests::Own,
        Node::Ids(_) | Node::Post(_) | Node::Kind(_) | Node::Has(_) | Node::Is(Is::Edited) => Rests::Own,
        Node::Number(field, _) | Node::Known(field) | Node::Label(field, _) => of_field(*field),
        Node::Title(_) | Node::PostKey(_) | Node::Slot(_) => Rests::Thread,
        Node::Is(Is::Reply | Is::Root | Is::Orphan | Is::Inferred) => Rests::Thread,
        // A date may be one that moves with now, and an answer may stand under another post.
        Node::Created(_) | Node::Edited(_) | Node::Status(_) | Node::HasNote | Node::Is(_) => Rests::Anything,
    }
}

fn of_field(field: Field) -> Rests {
    match field {
        Field::Words | Field::Length | Field::Links | Field::Caps | Field::Edits | Field::Lang => Rests::Own,
        Field::Depth => Rests::Thread,
        field if Field::STORED.contains(&field) => Rests::Own,
        _ => Rests::Anything,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{NoLookup, Setting, compile, parse};

    #[test]
    fn what_answers_rest_on() {
        let rests =
            |query: &str| compile(&parse(query).unwrap(), &Setting { now: 0, lookup: &NoLookup }).unwrap().rests_on();
        for (query, wanted) in [
            ("soup -bread", Rests::Own),
            ("abuse:>0.9 lang:en author:ann", Rests::Own),
            ("soup is:reply", Rests::Thread),
            ("parent:{soup}", Rests::Thread),
            ("-ancestor:{offtopic:>0.9}", Rests::Thread),
            ("thread:{flag:*}", Rests::Anything),
            ("after:7d", Rests::Anything),
            ("links:>1 author.comments:0", Rests::Anything),
            ("scorer.x:>0.5", Rests::Anything),
            ("replies:0 OR soup", Rests::Anything),
        ] {
            assert_eq!(rests(query), wanted, "{query}");
        }
    }
}
