//! quell's own dumps with one record a line, as `quell export -f jsonl` writes them. A post line, or a comment line
//! without its post, can also stand alone: the header is not needed.

use super::parts::json::{Fields, Json};
use super::parts::ndjson::{Refused, each_object};
use super::parts::quell::{Reporter, Within, check_version};
use super::{Format, Guess, Head, Input, Options, ReadError, Sink, Wants};
use crate::model::{Place, SourceKey};

/// quell's dumps, one record a line.
pub const FORMAT: Format =
    Format { name: "quell-jsonl", kind: "quell", title: "quell export as JSON lines", wants: Wants::Utf8, sniff, read };

fn sniff(head: &Head) -> Option<Guess> {
    let line = head.text().trim_start_matches('\u{FEFF}').trim_start().lines().next()?;
    let mut fields = Fields::parse(line).ok()?;
    if fields.string("format").is_some_and(|format| format == "quell") && fields.peek("posts").is_none() {
        return Guess::new(100, "a header line of quell");
    }
    let known = fields.string("type").is_some_and(|word| word == "post" || word == "comment");
    let source = fields.peek("source").is_some_and(Json::is_object);
    (known && source).then(|| Guess { score: 95, evidence: "`type`, and `source` as an object".to_owned() })
}

fn read(input: &mut Input, options: &Options, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut lines = Lines::default();
    let read = each_object(input, options, sink, |fields, place, sink| lines.line(fields, place, sink));
    lines.refused.map_or(read, |reason| Err(ReadError::Unreadable(reason)))
}

#[derive(Default)]
struct Lines {
    reporter: Reporter,
    /// The source of the last post, for comments that name none.
    source: Option<SourceKey>,
    /// Why the whole input is not for this version, once that is known.
    refused: Option<String>,
}

impl Lines {
    fn line(&mut self, mut fields: Fields, place: Place, sink: &mut dyn Sink) -> Result<(), Refused> {
        match fields.peek("type").and_then(Json::string).as_deref() {
            Some("post") => {
                let (_, source) = self.reporter.post(fields, place, sink)?;
                self.source = Some(source);
            }
            Some("comment") => {
                let within = Within { source: self.source.as_ref(), ..Within::default() };
                self.reporter.comment(fields, within, place, sink)?;
            }
            None if fields.string("format").is_some_and(|format| format == "quell") => {
                let version = fields.take("version").and_then(Json::integer);
                check_version(version).map_err(|reason| {
                    self.refused = Some(reason);
                    Refused::Stop
                })?;
            }
            _ => return Err(Refused::record("quell.record", "neither a post nor a comment of quell")),
        }
        Ok(())
    }
}
