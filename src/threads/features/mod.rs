//! What speaks for and against each candidate parent, as numbers. The names are those of the profile files, so a
//! weight keeps its meaning when features are added. Not here: what any of it weighs.

mod author;
mod lexical;
mod mention;
mod position;
mod quote;
pub(crate) mod structure;
mod tone;

use std::sync::LazyLock;

use super::scan::{Candidate, Scene};

/// Declares features: a number each for the row, and a name for the profile files.
macro_rules! features {
    ($(#[$doc:meta])* $kind:ident { $($variant:ident $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $kind { $($variant),+ }

        impl $kind {
            /// The names, in order.
            pub const NAMES: &'static [&'static str] = &[$($name),+];
            /// How many there are.
            pub const COUNT: usize = Self::NAMES.len();
        }
    };
}
pub(crate) use features;

features!(
    /// The features that need no tree.
    Feature {
        Root "root", Previous "previous", SecondBefore "second-before", LnDistance "ln-distance",
        SquareDistance "square-distance", Far "far", LnIndexRoot "ln-index.root", SecondRoot "second.root",

        OriginalShare "quote.original-share", RunShare "quote.run-share", LnOriginal "quote.ln-original",
        LnRun "quote.ln-run", LnLongest "quote.ln-longest", MostOriginal "quote.most-original",
        MostRunEarliest "quote.most-run-earliest", MostRunLatest "quote.most-run-latest", QuoteFirst "quote.first-words",
        ShareOfOriginal "quote.share-of-original", LnMarkedOriginal "quote.ln-marked-original",
        LnMarked "quote.ln-marked", MostMarked "quote.most-marked", MarkedCovered "quote.marked-covered",
        LnWorth "quote.ln-worth", Strong "quote.strong", StrongOriginal "quote.strong-original",
        OnlyStrong "quote.only-strong", DistanceStrong "quote.ln-distance-strong", RootStrong "quote.root-strong",
        NoStrongPrevious "quote.none.previous", NoStrongRoot "quote.none.root", OtherStrong "quote.other-strong",
        LnDeeper "quote.ln-one-deeper", MostDeeper "quote.most-one-deeper", DeeperShare "quote.one-deeper-share",
        LnLevel "quote.ln-same-level", LatestStrong "quote.latest-strong", LastQuoted "quote.last-quoted",
        TheirShare "quote.their-share", TheirStart "quote.their-start", SplitNoQuotePrevious "quote.lines-without-source.previous",
        QuotedWholly "quote.nothing-else",
        Sure "quote.sure", OtherSure "quote.other-sure", SureRoot "quote.sure.root",

        Numbered "mention.number", At "mention.at", AtStart "mention.at-start", AtStartLatest "mention.at-start.latest", Addressed "mention.addressed", Anywhere "mention.anywhere",
        Attributed "mention.attributed", AtLatest "mention.at.latest", AddressedLatest "mention.addressed.latest",
        AnywhereLatest "mention.anywhere.latest", AttributedLatest "mention.attributed.latest",
        OtherAddressed "mention.other-addressed", MentionDistance "mention.ln-distance", NamesMe "mention.names-me",
        NamesMePrevious "mention.names-me.previous", NamesMeLatest "mention.names-me.latest",
        NamesMeDistance "mention.names-me.ln-distance", NamesOther "mention.names-other",
        SameAddressee "mention.same-addressee", AddressesRoot "mention.addresses.root",
        AddressesPrevious "mention.addresses.previous", AddressedMutual "mention.mutual", AttributedOther "mention.attributed-other",
        AddressedNoAnswer "mention.none-addressed.other-named",

        Cosine "like.cosine", CosineRelative "like.relative", CosineMost "like.most", CosineDistance "like.ln-distance",
        CosineOverRoot "like.over-root", CosinePrevious "like.previous", PreviousCosine "like.of-previous",
        LnRare "like.ln-rare", MostRare "like.most-rare", LnUnique "like.ln-unique", UniqueRelative "like.unique-relative",
        MostUnique "like.most-unique", UniqueDistance "like.unique-ln-distance", BestUnique "like.best-unique",
        VeryUnique "like.very-unique", NoUniqueRoot "like.no-unique.root", NothingSharedPrevious "like.nothing.previous",
        NothingSharedRoot "like.nothing.root",

        SameAuthor "author.same", SameAuthorPrevious "author.same.previous", AfterMine "author.after-mine",
        AfterMineDistance "author.after-mine.ln-distance", Latest "author.latest", LnAuthorCount "author.ln-count",
        MyFirstRoot "author.my-first.root", MyFirstPrevious "author.my-first.previous", MyShareRoot "author.my-share.root",
        MySharePrevious "author.my-share.previous", MyShareFirst "author.my-share.first", FirstOfAuthor "author.first",
        UnknownRoot "author.unknown.root", UnknownPrevious "author.unknown.previous", SameLatest "author.same.latest",
        IsPoster "author.is-poster", PosterMe "author.poster.first", PosterMeRoot "author.poster.root",
        PosterMePrevious "author.poster.previous", NewAuthorPoster "author.new-to-poster", RegularMe "author.regular.new",
        RegularPair "author.regular.regular", NamelessRoot "author.nameless-page.root", NamelessPrevious "author.nameless-page.previous",
        NewerOfAuthor "author.ln-newer", PageShareRoot "author.my-page-share.root",
        PageSharePrevious "author.my-page-share.previous", PageShareFirst "author.my-page-share.first",
        OnlyRoot "author.my-only.root", OnlyPrevious "author.my-only.previous", TheirPageShare "author.their-page-share",
        TheirOnly "author.their-only",

        ShortPrevious "tone.short.previous", ShortRoot "tone.short.root", AgreesPrevious "tone.agrees.previous",
        AgreesRoot "tone.agrees.root", AgreesNear "tone.agrees.near", YouRoot "tone.you.root", YouPrevious "tone.you.previous",
        ThanksRoot "tone.thanks.root", ThanksAsks "tone.thanks.asks", Asks "tone.asks", AsksPrevious "tone.asks.previous",
        AsksBoth "tone.asks.both", IAskRoot "tone.i-ask.root", MyWordsRoot "tone.ln-words.root",
        TheirWords "tone.ln-their-words", ArticleRoot "tone.article.root", GreetsRoot "tone.greets.root",
        GreetsPrevious "tone.greets.previous", SmallPrevious "tone.small.previous", SmallRoot "tone.small.root",
        LinkAsks "tone.link.asks", ThanksTheirLink "tone.thanks.their-link", TheyThank "tone.they-thank",
        TheyAreShort "tone.they-are-short", MyWordsPrevious "tone.ln-words.previous", IAnswerAsker "tone.no-question.asks",

        LnHours "time.ln-hours", LnHoursPrevious "time.ln-hours.previous", LnHoursRoot "time.ln-hours.root",
        GapRoot "time.gap.root", SameMinute "time.same-minute", GapSameAuthor "time.ln-hours.same-author",

        PageQuotesRoot "page.quotes.root", PageQuotesPrevious "page.quotes.previous",
        PageMentionsRoot "page.mentions.root", PageMentionsPrevious "page.mentions.previous",
        PageRegularsRoot "page.regulars.root", PageRegularsPrevious "page.regulars.previous",
        PageLengthRoot "page.length.root", PageLengthPrevious "page.length.previous",
        PageQuotesOther "page.quotes.other-strong", PageQuotesNoneRoot "page.quotes.none.root",
        PageQuotesNonePrevious "page.quotes.none.previous", PageMarksRoot "page.marked-lines.root",
        PageMarksPrevious "page.marked-lines.previous",
    }
);

/// The row of one candidate, and which of its features are set: a fifth of them is usual.
pub(crate) struct Row {
    values: [f32; Feature::COUNT],
    set: [u64; Feature::COUNT.div_ceil(64)],
}

impl Row {
    /// Sets a feature.
    pub fn set(&mut self, feature: Feature, value: f32) {
        let at = feature as usize;
        self.values[at] = value;
        self.set[at / 64] |= 1 << (at % 64);
    }

    /// Sets a feature to 1 if it holds.
    pub fn flag(&mut self, feature: Feature, holds: bool) {
        if holds {
            self.set(feature, 1.0);
        }
    }

    /// The values, in the order of `Feature::NAMES`.
    pub fn values(&self) -> &[f32; Feature::COUNT] {
        &self.values
    }

    /// The features that are set, in their order.
    pub fn cells(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        self.set.iter().enumerate().flat_map(move |(word, bits)| {
            let rest = |bits: &u64| Some(bits & (bits - 1)).filter(|bits| *bits != 0);
            let left = std::iter::successors(Some(*bits).filter(|bits| *bits != 0), rest);
            left.map(move |bits| word * 64 + bits.trailing_zeros() as usize).map(|at| (at, self.values[at]))
        })
    }

    /// The weighted sum, added up in the order of the features, so that it is the same to the bit however few are set.
    pub fn weigh(&self, weights: &[f32]) -> f32 {
        self.cells().map(|(at, value)| value * weights[at]).sum()
    }
}

/// All features of a candidate.
pub(crate) fn row(scene: &Scene<'_>, candidate: &Candidate) -> Row {
    let mut row = Row { values: [0.0; Feature::COUNT], set: [0; Feature::COUNT.div_ceil(64)] };
    position::fill(scene, candidate, &mut row);
    quote::fill(scene, candidate, &mut row);
    mention::fill(scene, candidate, &mut row);
    lexical::fill(scene, candidate, &mut row);
    author::fill(scene, candidate, &mut row);
    tone::fill(scene, candidate, &mut row);
    position::fill_time(scene, candidate, &mut row);
    position::fill_page(scene, candidate, &mut row);
    row
}

/// ln(1+x), which keeps counts of words within a few units. Most values are small counts, so those are looked up.
pub(crate) fn ln1p(value: f32) -> f32 {
    let value = value.max(0.0);
    let count = value as usize;
    match OF_COUNTS.get(count) {
        Some(known) if count as f32 == value => *known,
        _ => value.ln_1p(),
    }
}

static OF_COUNTS: LazyLock<[f32; 1024]> = LazyLock::new(|| std::array::from_fn(|count| (count as f32).ln_1p()));
