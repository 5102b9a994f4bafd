//! Who is named, by the comment and by the candidate.

use super::{Feature, Row};
use crate::threads::people::Naming;
use crate::threads::scan::{Candidate, Scene};

/// Names and numbers.
pub(super) fn fill(scene: &Scene<'_>, candidate: &Candidate, row: &mut Row) {
    row.flag(Feature::Numbered, candidate.numbered);
    let (named, latest) = (candidate.named, candidate.latest);
    let pairs = [
        (Naming::AtStart, Feature::AtStart, Feature::AtStartLatest),
        (Naming::At, Feature::At, Feature::AtLatest),
        (Naming::Addressed, Feature::Addressed, Feature::AddressedLatest),
        (Naming::Attributed, Feature::Attributed, Feature::AttributedLatest),
        (Naming::Anywhere, Feature::Anywhere, Feature::AnywhereLatest),
    ];
    for (naming, plain, with_latest) in pairs {
        row.flag(plain, named == Some(naming));
        row.flag(with_latest, named == Some(naming) && latest);
    }
    let addressed = named.is_some_and(Naming::addresses);
    let pointed = addressed || named == Some(Naming::Attributed) || candidate.numbered;
    row.flag(Feature::OtherAddressed, scene.addresses && !addressed);
    row.flag(Feature::AttributedOther, scene.attributes && named != Some(Naming::Attributed));
    row.flag(Feature::AddressedNoAnswer, scene.names && named.is_none());
    if pointed {
        row.set(Feature::MentionDistance, candidate.ln_distance);
    }
    row.flag(Feature::AddressesRoot, scene.addresses && candidate.root);
    row.flag(Feature::AddressesPrevious, scene.addresses && candidate.previous);
    if candidate.names_me {
        row.set(Feature::NamesMe, 1.0);
        row.flag(Feature::NamesMePrevious, candidate.previous);
        row.flag(Feature::NamesMeLatest, candidate.node == scene.latest_naming_me);
        row.set(Feature::NamesMeDistance, candidate.ln_distance);
        row.flag(Feature::AddressedMutual, addressed);
    }
    row.flag(Feature::NamesOther, candidate.addresses && !candidate.names_me);
    row.flag(Feature::SameAddressee, candidate.same_addressee);
}
