//! How PostgreSQL is told of views.

use rex_sql::ident;

use super::render::comment;
use crate::database::{View, ViewColumn};
use crate::render;

/// The statements that make a view: it, and the indexes of the rows that it keeps.
///
/// Its query is put into one that names its columns: what it lacks is found when it is created,
/// and each value has the type that the schema says, which is what the program decodes it as.
pub(super) fn create(view: &View) -> Vec<String> {
    let keyword = keyword(view);
    let columns: Vec<String> = view.columns.iter().map(column).collect();
    let create = format!(
        "CREATE {keyword} {} AS\nSELECT\n    {}\nFROM (\n{}\n) AS {}",
        name(view),
        columns.join(",\n    "),
        view.query.0,
        ident(&view.name),
    );
    let indexes = render::indexes(view.schema.as_deref(), &view.name, &view.indexes);
    std::iter::once(create).chain(indexes).collect()
}

fn column(column: &ViewColumn) -> String {
    let name = ident(&column.name);
    match &column.cast {
        Some(ty) => format!("{name}::{} AS {name}", render::ty(ty)),
        None => name,
    }
}

pub(super) fn comments(views: &[View]) -> impl Iterator<Item = String> {
    views.iter().flat_map(|view| {
        let name = name(view);
        let columns: Vec<String> = (view.columns.iter())
            .filter_map(|column| {
                comment("COLUMN", &format!("{name}.{}", ident(&column.name)), &column.comment)
            })
            .collect();
        comment(keyword(view), &name, &view.comment).into_iter().chain(columns)
    })
}

fn name(view: &View) -> String {
    render::qualified(view.schema.as_deref(), &view.name)
}

fn keyword(view: &View) -> &'static str {
    if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" }
}
