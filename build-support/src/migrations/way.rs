//! What leads from one schema to the next in a database, and back.

use rex_schema::database::Database;
use rex_schema::diff::Intent;
use rex_schema::plan::{Options, Plan, Reverse, plan, plan_back, script_of};
use rex_schema::{Dialect, Schema, lower, unmanaged};
use rex_sql::migration::Script;

/// The way from one schema to the next in a database, and back.
#[derive(Clone, Debug)]
pub struct Way {
    /// What it begins with.
    pub before: Database,
    /// What it ends with.
    pub after: Database,
    /// The way.
    pub up: Plan,
    /// The way back.
    pub down: Plan,
    /// What the schema says of the way.
    pub intent: Intent,
}

impl Way {
    /// The way between two schemas, the first of which is none for an empty database. `allowed` are
    /// the names of hazards that are accepted.
    pub fn between(before: Option<&Schema>, after: &Schema, dialect: Dialect, allowed: &[String]) -> Way {
        let intent = match before {
            Some(before) => Intent::between(before, after, dialect),
            None => Intent::of(after, dialect),
        };
        let options = Options { server: after.servers().of(dialect), allowed };
        let (from, to) = (beginning(before, after, &intent, dialect), lower(after, dialect));
        let up = plan(&from, &to, &intent, options);
        let down = plan_back(&from, &to, &intent, options);
        Way { before: from, after: to, up, down, intent }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.up.steps.is_empty()
    }

    /// What it does, in a few words each.
    pub fn changes(&self) -> impl Iterator<Item = String> {
        self.up.steps.iter().flat_map(|step| step.changes.iter().cloned())
    }

    /// The file of the way.
    pub fn up_script(&self) -> Script {
        script_of(&self.up)
    }

    /// The file of the way back. Where rows are in the way of it, it says why there is none.
    pub fn down_script(&self) -> Script {
        let reasons = self.up.steps.iter().filter_map(|step| match &step.reverse {
            Reverse::Never { reasons } => Some(reasons.join(", ")),
            Reverse::Whole | Reverse::Structure { .. } => None,
        });
        let reasons: Vec<String> = reasons.collect();
        let irreversible = (!reasons.is_empty()).then(|| reasons.join(", "));
        Script { irreversible, ..script_of(&self.down) }
    }
}

/// What a way between two schemas begins with: what Rex manages before and after it, as it is before. A table
/// that is left to another tool from now on stays where it is; so does one that was left to it until now.
pub fn beginning(before: Option<&Schema>, after: &Schema, intent: &Intent, dialect: Dialect) -> Database {
    let mut from = before.map_or_else(|| empty(dialect), |before| lower(before, dialect));
    let others = unmanaged(after, dialect);
    let is_others = |schema: &String| others.iter().any(|(of, _)| of.as_ref() == Some(schema));
    let is_ours = |schema: &String| lower(after, dialect).schemas.contains(schema);
    from.tables.retain(|table| !others.contains(&(table.schema.clone(), table.name.clone())));
    from.schemas.retain(|schema| !is_others(schema) || is_ours(schema));
    from.schemas.extend(intent.adopted.iter().filter_map(|table| table.schema.clone()));
    from.schemas.sort();
    from.schemas.dedup();
    from.tables.extend(intent.adopted.iter().cloned());
    from
}

/// A database with nothing in it.
pub fn empty(dialect: Dialect) -> Database {
    Database { dialect, schemas: Vec::new(), enums: Vec::new(), tables: Vec::new(), views: Vec::new() }
}
