//! Random sequences of flagging, deciding, branches, undoing and importing against a plain model in memory. After each
//! sequence the statuses are the model's, and everything that follows from the log is what a replay of it gives.

use proptest::prelude::*;

use quell::model::{Act, Action, Actor, CommentId, Deed, FlagState, Origin, Status, Subject};
use quell::store::{NewOperation, Store, Undo};

use crate::support::verbs::{import, jsonl};

const COMMENTS: usize = 8;

#[derive(Debug, Clone)]
enum Step {
    Decide { who: usize, action: Action, comments: Vec<usize>, subtree: bool },
    Flag { who: usize, comments: Vec<usize> },
    Tag { who: usize, comments: Vec<usize>, on: bool },
    Undo { who: usize, operation: usize },
    Import { comment: usize, status: Option<Status>, text: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let comments = || prop::collection::vec(1..=COMMENTS, 1..4);
    let action = prop::sample::select(vec![Action::Approve, Action::Remove, Action::Spam, Action::Escalate]);
    let status = prop::sample::select(vec![None, Some(Status::Approved), Some(Status::Deleted), Some(Status::Pending)]);
    prop_oneof![
        4 => (0..3usize, action, comments(), any::<bool>())
            .prop_map(|(who, action, comments, subtree)| Step::Decide { who, action, comments, subtree }),
        1 => (0..3usize, comments()).prop_map(|(who, comments)| Step::Flag { who, comments }),
        1 => (0..3usize, comments(), any::<bool>()).prop_map(|(who, comments, on)| Step::Tag { who, comments, on }),
        3 => (0..3usize, 1..12usize).prop_map(|(who, operation)| Step::Undo { who, operation }),
        1 => (1..=COMMENTS, status, 0..2usize)
            .prop_map(|(comment, status, text)| Step::Import { comment, status, text }),
    ]
}

/// One decision of the model; `undoes` is a place in the same list.
#[derive(Debug, Clone)]
struct Word {
    operation: usize,
    comment: usize,
    action: Action,
    on_text: usize,
    undoes: Option<usize>,
}

/// What the database should hold, the slow and plain way.
struct Model {
    words: Vec<Word>,
    operations: usize,
    /// What the source says of each comment, and which text it has.
    sources: Vec<(Option<Status>, usize)>,
}

impl Model {
    fn holds(&self, at: usize) -> bool {
        !(0..self.words.len()).any(|later| self.words[later].undoes == Some(at) && self.holds(later))
    }

    /// The thing that a word changes: the status, the label, or nothing shared.
    fn track(&self, at: usize) -> u8 {
        match (self.words[at].action, self.words[at].undoes) {
            (_, Some(target)) => self.track(target),
            (Action::Tag | Action::Untag, _) => 1,
            (Action::Flag, _) => 2,
            _ => 0,
        }
    }

    fn last_status(&self, comment: usize) -> Option<&Word> {
        let of = |at: &usize| self.words[*at].comment == comment && self.words[*at].action.status().is_some();
        (0..self.words.len()).rev().filter(of).find(|at| self.holds(*at)).map(|at| &self.words[at])
    }

    fn tagged(&self, comment: usize) -> bool {
        let of = |at: &usize| self.words[*at].comment == comment && self.track(*at) == 1;
        let last =
            (0..self.words.len()).rev().filter(of).find(|at| self.words[*at].undoes.is_none() && self.holds(*at));
        last.is_some_and(|at| self.words[at].action == Action::Tag)
    }

    fn status(&self, comment: usize) -> Status {
        let source = self.sources[comment].0;
        let decided = self.last_status(comment).and_then(|word| word.action.status());
        match (decided, source) {
            (Some(Status::Approved | Status::Escalated), Some(Status::Deleted)) => Status::Deleted,
            (Some(status), _) => status,
            (None, source) => source.unwrap_or(Status::Pending),
        }
    }

    fn say(&mut self, comment: usize, action: Action, undoes: Option<usize>) {
        let (operation, on_text) = (self.operations + 1, self.sources[comment].1);
        self.words.push(Word { operation, comment, action, on_text, undoes });
    }

    /// Ends an operation; without a word there was none.
    fn close(&mut self) {
        let open = self.operations + 1;
        self.operations += usize::from(self.words.iter().any(|word| word.operation == open));
    }

    fn decide(&mut self, comment: usize, action: Action, spare: bool) {
        let deleted = self.sources[comment].0 == Some(Status::Deleted);
        let last = self.last_status(comment);
        let same = last.is_some_and(|word| word.action == action && word.on_text == self.sources[comment].1);
        if !(deleted || same || spare && last.is_some()) {
            self.say(comment, action, None);
        }
    }

    fn undo(&mut self, operation: usize) {
        let meant = |at: &usize| self.words[*at].operation == operation;
        let meant: Vec<usize> = (0..self.words.len()).rev().filter(meant).collect();
        for at in meant {
            let later = |other: usize| {
                self.words[other].comment == self.words[at].comment
                    && self.words[other].undoes.is_none()
                    && self.track(other) == self.track(at)
                    && self.holds(other)
            };
            let blocked = self.track(at) != 2 && (at + 1..self.words.len()).any(later);
            if self.holds(at) && !blocked {
                self.say(self.words[at].comment, Action::Undo, Some(at));
            }
        }
    }
}

/// The parent of each comment: a chain 1-2-3, and the rest below 1.
fn parent(comment: usize) -> Option<usize> {
    match comment {
        1 | 7 => None,
        2 | 3 => Some(comment - 1),
        8 => Some(7),
        _ => Some(1),
    }
}

fn below(roots: &[usize]) -> Vec<usize> {
    let is_below = |comment: usize| {
        let mut at = parent(comment);
        while let Some(up) = at {
            if roots.contains(&up) {
                return true;
            }
            at = parent(up);
        }
        false
    };
    // Reading order is that of the numbers here, but for a chain that comes before its parent's other replies, which
    // has no say in what changes.
    (1..=COMMENTS).filter(|comment| !roots.contains(comment) && is_below(*comment)).collect()
}

fn dump(model: &Model) -> Vec<u8> {
    let texts = ["It rained.", "It rained all day."];
    let line = |comment: usize| {
        let (status, text) = model.sources[comment];
        (comment, parent(comment), status.map(|status| status.as_str()), texts[text])
    };
    jsonl(&(1..=COMMENTS).map(line).collect::<Vec<_>>())
}

fn decide(store: &mut Store, who: usize, verb: &str, deeds: Vec<Deed<'_>>) {
    let actor = actor(who);
    let new = NewOperation { actor: &actor, verb, query: None, at: 1_700_000_000_000, dry_run: false };
    let mut dry = new;
    dry.dry_run = true;
    let foreseen = store.decide(&dry, deeds.iter().copied()).expect("a dry run works");
    let outcome = store.decide(&new, deeds).expect("deciding works");
    assert_eq!((foreseen.changed, foreseen.skipped), (outcome.changed, outcome.skipped));
}

fn actor(who: usize) -> Actor {
    Actor { name: format!("moderator {who}"), origin: Origin::Person, version: "test".to_owned() }
}

fn on(comment: usize) -> Subject {
    Subject::Comment(CommentId(comment as i64))
}

fn run(store: &mut Store, model: &mut Model, step: &Step) {
    match step {
        Step::Decide { who, action, comments, subtree } => {
            let mut roots = comments.clone();
            let mut seen = std::collections::HashSet::new();
            roots.retain(|comment| seen.insert(*comment));
            let branch = if *subtree { below(&roots) } else { Vec::new() };
            let ids: Vec<CommentId> = roots.iter().map(|root| CommentId(*root as i64)).collect();
            let act = Act::bare(*action);
            let mut deeds: Vec<Deed<'_>> =
                roots.iter().map(|root| Deed { on: on(*root), act: &act, spare_decided: false }).collect();
            if *subtree {
                let found = store.below(&ids).expect("branches are read").ids;
                let mut sorted: Vec<i64> = found.iter().map(|id| id.0).collect();
                sorted.sort_unstable();
                assert_eq!(sorted, branch.iter().map(|comment| *comment as i64).collect::<Vec<_>>());
                deeds.extend(found.iter().map(|id| Deed { on: Subject::Comment(*id), act: &act, spare_decided: true }));
            }
            decide(store, *who, action.as_str(), deeds);
            roots.iter().for_each(|comment| model.decide(*comment, *action, false));
            branch.iter().for_each(|comment| model.decide(*comment, *action, true));
            model.close();
        }
        Step::Flag { who, comments } => {
            // Each flag differs, so that none is there already.
            let act = Act { reasons: vec![format!("off-topic.n{}", model.words.len())], ..Act::bare(Action::Flag) };
            let mut once = comments.clone();
            once.sort_unstable();
            once.dedup();
            decide(
                store,
                *who,
                "flag",
                once.iter().map(|c| Deed { on: on(*c), act: &act, spare_decided: false }).collect(),
            );
            for comment in once {
                if model.sources[comment].0 != Some(Status::Deleted) {
                    model.say(comment, Action::Flag, None);
                }
            }
            model.close();
        }
        Step::Tag { who, comments, on: put } => {
            let action = if *put { Action::Tag } else { Action::Untag };
            let act = Act { tag: Some("watch".to_owned()), ..Act::bare(action) };
            decide(
                store,
                *who,
                "tag",
                comments.iter().map(|c| Deed { on: on(*c), act: &act, spare_decided: false }).collect(),
            );
            for comment in comments {
                if model.tagged(*comment) != *put {
                    model.say(*comment, action, None);
                }
            }
            model.close();
        }
        Step::Undo { who, operation } => {
            let actor = actor(*who);
            let new = NewOperation { actor: &actor, verb: "undo", query: None, at: 0, dry_run: false };
            let undone = store.undo(&new, &Undo::Operation(*operation as i64));
            assert_eq!(undone.is_ok(), *operation <= model.operations);
            if undone.is_ok() {
                model.undo(*operation);
                model.close();
            }
        }
        Step::Import { comment, status, text } => {
            // A record without a status leaves the one that is held.
            let held = model.sources[*comment];
            model.sources[*comment] = (status.or(held.0), *text);
            import(store, dump(model));
            // A text that is known to have been replaced comes from an older dump, which changes nothing.
            if *text < held.1 {
                model.sources[*comment] = held;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn any_sequence_leaves_what_the_model_says(steps in prop::collection::vec(step(), 1..14)) {
        let mut store = Store::in_memory().expect("a database in memory");
        let mut model = Model { words: Vec::new(), operations: 0, sources: vec![(None, 0); COMMENTS + 1] };
        import(&mut store, dump(&model));
        for step in &steps {
            run(&mut store, &mut model, step);
            for comment in 1..=COMMENTS {
                let id = CommentId(comment as i64);
                let found = store.comment(id).expect("a read").expect("a comment");
                prop_assert_eq!(found.status, model.status(comment), "c{} after {:?}", comment, step);
                prop_assert_eq!(store.tags(id).expect("tags").len(), usize::from(model.tagged(comment)));
                let open = store.flags(id).expect("flags").iter().filter(|f| f.state != FlagState::Withdrawn).count();
                let flags = (0..model.words.len())
                    .filter(|at| model.words[*at].comment == comment && model.words[*at].action == Action::Flag)
                    .filter(|at| model.holds(*at));
                prop_assert_eq!(open, flags.count());
            }
        }
        prop_assert_eq!(store.check().expect("a check"), vec![]);
        let edited: Vec<i64> = store.edited_since_decision().expect("a read").iter().map(|id| id.0).collect();
        let expected: Vec<i64> = (1..=COMMENTS)
            .filter(|c| model.last_status(*c).is_some_and(|word| word.on_text != model.sources[*c].1))
            .map(|c| c as i64)
            .collect();
        prop_assert_eq!(edited, expected);
        // A second database that only hears of the log ends in the same place.
        let mut other = Store::in_memory().expect("a database in memory");
        import(&mut other, dump(&model));
        other.merge(&store, false).expect("a merge");
        for comment in 1..=COMMENTS {
            let found = other.comment(CommentId(comment as i64)).expect("a read").expect("a comment");
            prop_assert_eq!(found.status, model.status(comment));
        }
        prop_assert_eq!(other.check().expect("a check"), vec![]);
    }
}
