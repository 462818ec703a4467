//! Whether migrations do what their snapshots say: replayed on databases that are made for it.

use rex_build::migrations::History;

use super::Common;
use super::files::Draft;
use crate::{Console, Stop};

/// Where a migration was tried.
#[derive(Default)]
pub(super) struct Proof {
    servers: Vec<String>,
}

impl Proof {
    /// `sqlite 3.54`.
    pub(super) fn names(&self) -> &[String] {
        &self.servers
    }

    /// In words.
    pub(super) fn told(&self) -> String {
        match self.servers.as_slice() {
            [] => "not tried on any database".to_owned(),
            servers => format!("tried up and down on {}", servers.join(" and ")),
        }
    }
}

/// Tries a migration that is not written yet, behind those that are there.
pub(super) fn draft(
    _draft: &Draft,
    _history: &History,
    _common: &Common,
    _console: &mut Console<'_>,
) -> Result<Proof, Stop> {
    Ok(Proof::default())
}
