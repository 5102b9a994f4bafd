//! Labelled threads made worse on purpose: names taken away, quote marks taken away. To learn from, so that weights do
//! not lean on what a dump may have lost, and to measure what its loss costs.

use super::labelled::Labelled;

/// What to take away. Shares are of comments, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    /// Share of the authors' names that go.
    pub names: f64,
    /// Whether `>` and quote marks go.
    pub quote_marks: bool,
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
        if loss.quote_marks {
            comment.text = without_quote_marks(&comment.text);
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
        let bare = line.trim_start_matches([' ', '\t', '>', '|']);
        let quoted = line[..line.len() - bare.len()].contains(['>', '|']);
        let line = if quoted { bare } else { line };
        out.extend(line.chars().filter(|c| !matches!(c, '"' | '“' | '”' | '«' | '»' | '„' | '{' | '}')));
    }
    out
}
