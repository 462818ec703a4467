//! The pages of hazards: what may go wrong when a database that is in use is changed, and what is written
//! instead. Of the form of other pages; their examples are SQL too.

use rex_schema::plan::Code as Hazard;

use super::{Colour, Page, shown};

/// The hazard of a name; also of one with what it is about, `drop_column:posts.body`.
pub fn find(text: &str) -> Option<Hazard> {
    let name = text.split(':').next().unwrap_or_default();
    Hazard::ALL.into_iter().find(|hazard| hazard.name() == name)
}

/// The page of a hazard.
pub fn page(hazard: Hazard) -> Page {
    Page::read(text(hazard))
}

/// The page of a hazard as text for a terminal.
pub fn explain(hazard: Hazard, colour: Colour) -> String {
    shown(title(hazard), page(hazard), colour)
}

/// All hazards, a line each, with what they are.
pub fn table() -> String {
    Hazard::ALL.iter().map(|&hazard| format!("{}\n", title(hazard))).collect()
}

/// `drop_table: a table goes with its rows`
pub fn title(hazard: Hazard) -> &'static str {
    text(hazard).lines().next().unwrap_or_default().trim_start_matches("# ")
}

fn text(hazard: Hazard) -> &'static str {
    match hazard {
        Hazard::DropTable => include_str!("hazards/drop_table.md"),
        Hazard::DropColumn => include_str!("hazards/drop_column.md"),
        Hazard::DropConstraint => include_str!("hazards/drop_constraint.md"),
        Hazard::DropNotNull => include_str!("hazards/drop_not_null.md"),
        Hazard::DropLabel => include_str!("hazards/drop_label.md"),
        Hazard::DropView => include_str!("hazards/drop_view.md"),
        Hazard::NoValue => include_str!("hazards/no_value.md"),
        Hazard::SetNotNull => include_str!("hazards/set_not_null.md"),
        Hazard::LossyType => include_str!("hazards/lossy_type.md"),
        Hazard::Rewrite => include_str!("hazards/rewrite.md"),
        Hazard::Rename => include_str!("hazards/rename.md"),
        Hazard::NewRule => include_str!("hazards/new_rule.md"),
        Hazard::AdoptTable => include_str!("hazards/adopt_table.md"),
    }
}
