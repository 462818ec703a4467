//! The statements that a connection has prepared.

use std::sync::{Arc, Mutex, PoisonError};

use tokio_postgres::{Client, Error};

use super::kept::Kept;
use super::line::Line;
use crate::adapter::texts::Texts;
use crate::operation::{Id, Prepared};

/// What a fixed statement was prepared from, and as.
type Fixed = (&'static str, Arc<Kept>);

/// What a connection has prepared.
#[derive(Default)]
pub(super) struct Statements {
    /// Fixed statements by their id, with the text that they were prepared from: a connection
    /// serves one schema, but nothing breaks if it serves two.
    fixed: Mutex<Vec<Option<Fixed>>>,
    /// Those made at run time, by their text.
    made: Mutex<Texts<Arc<Kept>>>,
    /// The last one that is too long to be kept with the others: programs write batches of one size.
    long: Mutex<Option<(String, Arc<Kept>)>>,
}

impl Statements {
    /// Prepares the statement for a text, and keeps it.
    pub(super) async fn prepare(
        &self,
        client: &Client,
        line: &Line,
        prepared: &Prepared<'_>,
    ) -> Result<Arc<Kept>, Error> {
        let statement = Arc::new(line.prepare(client, &prepared.sql).await?);
        self.keep(prepared, &statement);
        Ok(statement)
    }

    /// The statement for a text, if it is prepared.
    pub(super) fn find(&self, prepared: &Prepared<'_>) -> Option<Arc<Kept>> {
        match fixed(prepared) {
            Some((id, sql)) => {
                let list = self.fixed.lock().unwrap_or_else(PoisonError::into_inner);
                let (text, statement) = list.get(id)?.as_ref()?;
                std::ptr::eq(*text, sql).then(|| statement.clone())
            }
            None if !prepared.is_kept() => {
                let long = self.long.lock().unwrap_or_else(PoisonError::into_inner);
                let (text, statement) = long.as_ref()?;
                (*text == *prepared.sql).then(|| statement.clone())
            }
            None => {
                let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
                let place = made.find(&prepared.sql, prepared.number())?;
                made.at(place).cloned()
            }
        }
    }

    pub(super) fn keep(&self, prepared: &Prepared<'_>, statement: &Arc<Kept>) {
        match fixed(prepared) {
            Some((id, sql)) => {
                let mut list = self.fixed.lock().unwrap_or_else(PoisonError::into_inner);
                if list.len() <= id {
                    list.resize_with(id + 1, || None);
                }
                list[id] = Some((sql, statement.clone()));
            }
            None if !prepared.is_kept() => {
                let text = prepared.sql.clone().into_owned();
                *self.long.lock().unwrap_or_else(PoisonError::into_inner) = Some((text, statement.clone()));
            }
            None => {
                let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
                made.keep(&prepared.sql, statement.clone());
            }
        }
    }

    /// Forgets a statement whose plan the server no longer takes.
    pub(super) fn forget(&self, prepared: &Prepared<'_>) {
        match fixed(prepared) {
            Some((id, _)) => {
                let mut list = self.fixed.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(entry) = list.get_mut(id) {
                    *entry = None;
                }
            }
            None if !prepared.is_kept() => {
                *self.long.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
            None => {
                self.made.lock().unwrap_or_else(PoisonError::into_inner).forget(&prepared.sql);
            }
        }
    }
}

fn fixed(prepared: &Prepared<'_>) -> Option<(usize, &'static str)> {
    match (prepared.id, &prepared.sql) {
        (Some(Id::Fixed(id)), std::borrow::Cow::Borrowed(sql)) => Some((id as usize, sql)),
        _ => None,
    }
}
