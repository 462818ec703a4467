//! A former name that somebody has told at the terminal, written into the schema.

use rex_grammar::ast::{Item, Member, Span};
use rex_grammar::{format, parse};

use super::decide::{Rename, Target};
use super::place::Place;
use crate::{Console, Stop, replace};

/// Writes a former name to where it belongs; answers with the file, and none where that is not to be found:
/// in a mixin, or in an embedded type.
pub(super) fn write(rename: &Rename, place: &Place, console: &Console<'_>) -> Result<Option<String>, Stop> {
    let sources = &place.loaded()?.sources;
    for file in sources.ids() {
        let text = sources.text(file);
        let Some((at, words)) = edit(text, rename) else { continue };
        let edited = format!("{}{words}{}", &text[..at], &text[at..]);
        let name = sources.name(file);
        // Laid out as it is by `rexc fmt`, if it was before.
        let edited = match format(text).text == text {
            true => format(&edited).text,
            false => edited,
        };
        replace::file(&console.folder.join(name), &edited)
            .map_err(|error| Stop::Failed(format!("`{name}` cannot be written: {error}")))?;
        return Ok(Some(name.to_owned()));
    }
    Ok(None)
}

/// Where something is to be put in, and what.
fn edit(text: &str, rename: &Rename) -> Option<(usize, String)> {
    let (file, errors) = parse(text);
    if !errors.is_empty() {
        return None;
    }
    let attribute = &rename.attribute;
    match &rename.target {
        Target::Declaration(name) => {
            let item = file.items.iter().find(|item| item.name().text == *name)?;
            let behind = item.name().span.end as usize;
            let open = behind + text[behind..].find('{')? + 1;
            Some((open, format!("\n    {attribute}")))
        }
        Target::Member(declaration, name) => {
            let item = file.items.iter().find(|item| item.name().text == *declaration)?;
            Some((member(item, name)?.end as usize, format!(" {attribute}")))
        }
    }
}

fn member(item: &Item, name: &str) -> Option<Span> {
    match item {
        Item::Block(block) => block.members.iter().find_map(|member| match member {
            Member::Field(field) if field.name.text == name => Some(field.span),
            Member::Field(_) | Member::Statement(_) => None,
        }),
        Item::Enum(item) => {
            let variant = item.variants.iter().find(|variant| variant.name.text == name)?;
            let last = variant.attributes.last().map(|attribute| attribute.span);
            Some(last.unwrap_or(variant.name.span))
        }
        Item::Union(_) => None,
    }
}
