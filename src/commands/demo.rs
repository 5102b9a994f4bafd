//! `quell demo`: a bundled thread, imported and shown, and what to type next. The thread is the good fixture of the
//! plain-text format, so that the demonstration is a real import.

use anyhow::Result;

use super::{Context, show};
use crate::cli::{self, ShowFormat};
use crate::error::Exit;
use crate::import::{self, Catalog, Request};
use crate::model::PostId;
use crate::sources::Options;
use crate::sources::open::Limits;
use crate::store::{Mode, Store};
use crate::ui::{Bar, count};

const THREAD: &str = include_str!("../../fixtures/demo.json");
