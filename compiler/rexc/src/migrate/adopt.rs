//! Tables of other tools that are managed from now on: whether they are what the schema says of them, where
//! a database is at hand that has them.

use rex_build::migrations::Way;
use rex_schema::Dialect;
use rex_schema::database::{Database, Table};
use rex_schema::inspect::Inspected;
use rex_schema::plan::Code;

use super::decide::Question;
use super::live::{self, Live};
use crate::Stop;

/// A table that was looked at.
pub(super) struct Seen {
    /// The name of the hazard: `adopt_table:sales`.
    name: String,
    /// What it is not, that it should be.
    differences: Vec<String>,
}

/// Looks at the tables that are adopted.
pub(super) fn seen(ways: &[(Dialect, Way)], live: Option<&Live>) -> Result<Vec<Seen>, Stop> {
    let Some(live) = live else { return Ok(Vec::new()) };
    let mut seen = Vec::new();
    for (_, way) in
        ways.iter().filter(|(dialect, way)| *dialect == live.dialect() && !way.intent.adopted.is_empty())
    {
        let found = live.inspect()?;
        let there = way.intent.adopted.iter().filter(|table| is_there(&found, table));
        seen.extend(there.map(|table| Seen {
            name: name(table),
            differences: live::differences(&found, &alone(table, &way.before), None),
        }));
    }
    Ok(seen)
}

/// The names of those that are what they should be.
pub(super) fn alike(seen: &[Seen]) -> impl Iterator<Item = String> {
    seen.iter().filter(|one| one.differences.is_empty()).map(|one| one.name.clone())
}

/// Says of the others what they are not.
pub(super) fn told(mut question: Question, seen: &[Seen]) -> Question {
    if let Some(one) = seen.iter().find(|one| one.name == question.name) {
        question.message = format!(
            "the table is not what the schema said of it; to be so, it lacks: {}",
            one.differences.join("; ")
        );
        question.help =
            Some("make the model what the table is first, as long as it is `unmanaged`".to_owned());
    }
    question
}

fn name(table: &Table) -> String {
    let schema = table.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
    format!("{}:{schema}{}", Code::AdoptTable.name(), table.name)
}

fn is_there(found: &Inspected, table: &Table) -> bool {
    found.database.tables.iter().any(|one| one.schema == table.schema && one.name == table.name)
}

/// A database of this one table.
fn alone(table: &Table, of: &Database) -> Database {
    let schemas = table.schema.iter().cloned().collect();
    Database { schemas, tables: vec![table.clone()], views: Vec::new(), ..of.clone() }
}
