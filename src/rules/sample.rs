//! Samples of a rule's hits for people to look at: spread over authors and time, so that one busy author or one bad day
//! does not stand for all. The same hits give the same sample.

use std::collections::{HashMap, HashSet};

use crate::model::CommentId;

/// A hit that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The comment.
    pub id: CommentId,
    /// Its author, by any name that tells authors apart.
    pub author: Option<String>,
    /// When it was written, in milliseconds.
    pub created: Option<i64>,
}

/// At most `wanted` of the candidates: one from each stretch of time that holds as many as the others, of the author
/// there who has been shown least. In order of time; those without a time come last.
pub fn stratified(candidates: &[Candidate], wanted: usize) -> Vec<CommentId> {
    let mut order: Vec<&Candidate> = candidates.iter().collect();
    order.sort_by_key(|candidate| (candidate.created.is_none(), candidate.created, candidate.id));
    let strata = wanted.min(order.len());
    let mut shown: HashMap<Option<&str>, u32> = HashMap::new();
    let mut taken = HashSet::new();
    for stratum in 0..strata {
        let range = stratum * order.len() / strata..(stratum + 1) * order.len() / strata;
        let least = order[range].iter().min_by_key(|candidate| {
            (shown.get(&candidate.author.as_deref()).copied().unwrap_or(0), scatter(candidate.id))
        });
        if let Some(candidate) = least {
            *shown.entry(candidate.author.as_deref()).or_default() += 1;
            taken.insert(candidate.id);
        }
    }
    order.into_iter().map(|candidate| candidate.id).filter(|id| taken.contains(id)).collect()
}

/// An order within a stratum that follows nothing in particular (the finalizer of SplitMix64).
fn scatter(id: CommentId) -> u64 {
    let mut x = (id.0 as u64).wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_busy_author_does_not_stand_for_all() {
        let candidate = |id: i64| Candidate {
            id: CommentId(id),
            author: Some(if id % 10 == 0 { format!("a{id}") } else { "busy".to_owned() }),
            created: Some(id * 1000),
        };
        let candidates: Vec<_> = (1..=1000).map(candidate).collect();
        let sample = stratified(&candidates, 20);
        assert_eq!(sample.len(), 20);
        assert!(sample.is_sorted(), "{sample:?}");
        assert!(sample.iter().filter(|id| id.0 % 10 != 0).count() <= 1);
        // One from each twentieth of the time.
        assert!(sample.iter().enumerate().all(|(at, id)| (id.0 - 1) / 50 == at as i64));
        assert_eq!(stratified(&candidates[..3], 20).len(), 3);
        assert!(stratified(&[], 20).is_empty());
    }
}
