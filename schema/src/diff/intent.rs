//! What a schema says of the way to it, beside what it leads to.

use std::collections::HashMap;

use rex_sql::Dialect;

use super::renames::{Id, Renames};
use super::{conversions, moves};
use crate::database::{Sql, Table};
use crate::dialect::{Target, target};
use crate::lower::{adopted, formula, place};
use crate::model::{self, Schema, Type};

/// Former names, and the values of rows that are there already.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intent {
    /// Former and present names of tables.
    pub tables: Vec<(Id, Id)>,
    /// Former and present names of columns, by the present table.
    pub columns: Vec<(Id, String, String)>,
    /// Former and present names of enum types.
    pub enums: Vec<(Id, Id)>,
    /// Former and present labels, by the present enum type.
    pub labels: Vec<(Id, String, String)>,
    /// The values of a new column, or of one that is null no more, by table and column.
    pub backfills: HashMap<(Id, String), Sql>,
    /// Former and present labels of columns, where they are no types, by table and column.
    pub texts: HashMap<(Id, String), Vec<(String, String)>>,
    /// What old values of a column become, where they are stored in another form of the same type;
    /// by table and column.
    pub conversions: HashMap<(Id, String), Conversion>,
    /// The same on the way back.
    pub conversions_back: HashMap<(Id, String), Conversion>,
    /// Tables that were left to another tool, as the schema before says that they are. The way begins with
    /// them.
    pub adopted: Vec<Table>,
}

/// What a stored value becomes.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversion {
    /// The new value, made of the column's old one.
    pub value: Sql,
    /// The old value, made of the column's new one; none where nothing can be lost.
    pub undo: Option<Sql>,
}

impl Intent {
    /// What a schema says.
    pub fn of(schema: &Schema, dialect: Dialect) -> Intent {
        let mut intent = Intent::default();
        let target = target(dialect);
        for (_, model) in schema.models().filter(|(_, model)| model.kind == model::ModelKind::Table) {
            let id = place(target, model.schema.as_deref(), &model.table);
            if let Some(former) = &model.renamed_from {
                intent.tables.push((place(target, model.schema.as_deref(), former), id.clone()));
            }
            for column in &model.columns {
                if let Some(former) = &column.renamed_from {
                    intent.columns.push((id.clone(), former.clone(), column.name.clone()));
                }
                let backfill = column.backfill.as_ref().and_then(|f| formula(schema, target, model, f));
                if let Some(backfill) = backfill.or_else(|| made_in_rust(target, schema, column)) {
                    intent.backfills.insert((id.clone(), column.name.clone()), backfill);
                }
                if let Some(labels) = labels(schema, column).filter(|_| !target.enums) {
                    intent.texts.insert((id.clone(), column.name.clone()), labels);
                }
            }
        }
        for (_, item) in schema.enums().filter(|_| target.enums) {
            let id = (item.schema.clone(), item.type_name.clone());
            if let Some(former) = &item.renamed_from {
                intent.enums.push(((item.schema.clone(), former.clone()), id.clone()));
            }
            for variant in &item.variants {
                if let Some(former) = &variant.renamed_from {
                    intent.labels.push((id.clone(), former.clone(), variant.label.clone()));
                }
            }
        }
        intent
    }

    /// What a schema says, and what values become that are stored in another form than before.
    pub fn between(before: &Schema, after: &Schema, dialect: Dialect) -> Intent {
        let mut intent = Intent::of(after, dialect);
        moves::between(before, after, dialect, &mut intent);
        conversions::between(before, after, dialect, &mut intent);
        intent.adopted = adopted(before, after, dialect);
        intent
    }

    /// The way back over these renames.
    pub(super) fn back(renames: &Renames, intent: &Intent) -> Intent {
        let mut back = Intent::default();
        let flip = |(before, after): &(Id, Id)| (after.clone(), before.clone());
        back.tables = renames.tables.iter().map(flip).collect();
        back.enums = renames.enums.iter().map(flip).collect();
        let old = |pairs: &[(Id, Id)], id: &Id| {
            pairs
                .iter()
                .find(|(_, after)| after == id)
                .map_or_else(|| id.clone(), |(before, _)| before.clone())
        };
        let swap = |pairs: &[(Id, Id)], (id, before, after): &(Id, String, String)| {
            (old(pairs, id), after.clone(), before.clone())
        };
        back.columns = renames.columns.iter().map(|one| swap(&renames.tables, one)).collect();
        back.labels = renames.labels.iter().map(|one| swap(&renames.enums, one)).collect();
        let turned =
            |labels: &Vec<(String, String)>| labels.iter().map(|(a, b)| (b.clone(), a.clone())).collect();
        let former = |id: &Id, column: &String| {
            let renamed = renames.columns.iter().find(|(table, _, after)| table == id && after == column);
            renamed.map_or_else(|| column.clone(), |(_, before, _)| before.clone())
        };
        back.texts = intent
            .texts
            .iter()
            .map(|((id, column), labels)| ((old(&renames.tables, id), former(id, column)), turned(labels)))
            .collect();
        back.conversions = intent
            .conversions_back
            .iter()
            .map(|((id, column), sql)| ((old(&renames.tables, id), former(id, column)), sql.clone()))
            .collect();
        back
    }
}

/// The value that Rust makes for new rows, for those that are there.
fn made_in_rust(target: &Target, schema: &Schema, column: &model::Column) -> Option<Sql> {
    let is_uuid = matches!(column.default, Some(model::Default::Uuid4 | model::Default::Uuid7));
    let is_left_out = is_uuid && !column.nullable && (target.default)(schema, column).is_none();
    is_left_out.then(|| Sql::written(target.random_uuid))
}

/// Former and present labels of an enum's column, where some have been renamed.
fn labels(schema: &Schema, column: &model::Column) -> Option<Vec<(String, String)>> {
    let Type::Enum(id) = column.ty else { return None };
    let renamed = schema[id].variants.iter().filter_map(|v| Some((v.renamed_from.clone()?, v.label.clone())));
    Some(renamed.collect()).filter(|labels: &Vec<_>| !labels.is_empty())
}
