//! Labelled threads made worse on purpose: names taken away, quote marks taken away. To learn from, so that weights do
//! not lean on what a dump may have lost, and to measure what its loss costs.

use super::labelled::Labelled;

/// What to take away. Shares are of comments, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    /// Share of the authors' names that go.
    pub names: f64,
    /// What becomes of `>` and quote marks.
    pub quotes: Quotes,
}

/// What becomes of the marks of quotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// They stay.
    Kept,
    /// They go.
    Unmarked,
    /// Quoted lines lose their `>` and stand between quote marks instead.
    Inline,
}

/// A copy of a thread with less in it; which names go depends on the seed and the thread's id alone.
pub fn degrade(thread: &Labelled, loss: Loss, seed: u64) -> Labelled {
    let mut copy = thread.clone();
    let mut state = thread.id.bytes().fold(seed, |state, byte| mix(state ^ u64::from(byte)));
    for comment in copy.post.iter_mut().chain(&mut copy.comments) {
        state = mix(state);
        if ((state >> 11) as f64) < loss.names * (1_u64 << 53) as f64 {
            comment.author.clear();
        }
        match loss.quotes {
            Quotes::Kept => {}
            Quotes::Unmarked => comment.text = without_quote_marks(&comment.text),
            Quotes::Inline => comment.text = inline_quotes(&comment.text),
        }
    }
    copy
}

/// SplitMix64.
fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

fn without_quote_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let line = unquoted(line).unwrap_or(line);
        out.extend(line.chars().filter(|c| !matches!(c, '"' | '“' | '”' | '«' | '»' | '„' | '{' | '}')));
    }
    out
}

/// Each paragraph of quoted lines between quote marks.
fn inline_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut open = false;
    for line in text.split_inclusive('\n') {
        let quoted = unquoted(line).filter(|bare| !bare.trim().is_empty());
        if open && quoted.is_none() {
            let end = out.trim_end().len();
            out.insert(end, '”');
        } else if !open && quoted.is_some() {
            out.push('“');
        }
        open = quoted.is_some();
        out.push_str(unquoted(line).unwrap_or(line));
    }
    if open {
        out.push('”');
    }
    out
}

/// A quoted line without its marks.
fn unquoted(line: &str) -> Option<&str> {
    let bare = line.trim_start_matches([' ', '\t', '>', '|']);
    line[..line.len() - bare.len()].contains(['>', '|']).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::LabelledComment;

    fn degraded(text: &str, loss: Loss) -> LabelledComment {
        let comment = LabelledComment { author: "Tam".to_owned(), text: text.to_owned(), ..LabelledComment::default() };
        let thread = Labelled { id: "t".to_owned(), comments: vec![comment], ..Labelled::default() };
        degrade(&thread, loss, 1).comments.remove(0)
    }

    #[test]
    fn quoted_lines_lose_their_marks_or_get_others() {
        let text = "> one\n> two\n\nmy “own” words";
        assert_eq!(degraded(text, Loss { names: 0.0, quotes: Quotes::Unmarked }).text, "one\ntwo\n\nmy own words");
        assert_eq!(degraded(text, Loss { names: 0.0, quotes: Quotes::Inline }).text, "“one\ntwo”\n\nmy “own” words");
    }

    #[test]
    fn names_go_by_their_share() {
        assert_eq!(degraded("x", Loss { names: 1.0, quotes: Quotes::Kept }).author, "");
        assert_eq!(degraded("x", Loss { names: 0.0, quotes: Quotes::Kept }).author, "Tam");
    }
}
