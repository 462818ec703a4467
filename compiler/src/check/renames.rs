//! Last of all: a name in the wrong case is mended wherever it stands, or not by a machine.
//!
//! The lint is told where a name is declared, by a pass that does not know yet who uses it. Here
//! its edit gets the other places, and what keeps the name in the database as it is. An edit is
//! safe only where every word of this spelling is accounted for.

mod uses;

use std::collections::{BTreeSet, HashMap, HashSet};

use heck::ToSnakeCase;
use rex_grammar::ast;
use rex_schema::names as made;

use super::draft::{FieldDraft, Link, ModelDraft};
use super::{Cx, FieldIx, ModelIx};
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::{FileId, Place};
use uses::{Target, Use};

/// Completes the edits of `naming_case`.
pub(super) fn complete(cx: &mut Cx<'_>, files: &[ast::File]) {
    let is_syntax = |diagnostic: &Diagnostic| diagnostic.code.as_str().starts_with("E01");
    let told: Vec<usize> =
        (0..cx.diagnostics.len()).filter(|&at| cx.diagnostics[at].code == Code::W0001).collect();
    // What could not be read may name anything.
    if told.is_empty() || cx.diagnostics.iter().any(is_syntax) {
        return;
    }
    let uses = uses::collect(files);
    let mut of: HashMap<Target<'_>, Vec<Use<'_>>> = HashMap::new();
    uses.iter().for_each(|it| of.entry(it.target).or_default().push(*it));
    let declared: HashMap<Place, Target<'_>> = uses.iter().map(|it| (it.place, it.target)).collect();
    let known: HashSet<(FileId, u32)> = uses.iter().map(|it| (it.place.file, it.place.span.start)).collect();
    let doubtful = doubtful(cx, &known);
    for at in told {
        let place = cx.diagnostics[at].primary.as_ref().map(|label| label.place);
        let Some((place, target)) = place.and_then(|place| Some((place, *declared.get(&place)?))) else {
            continue;
        };
        let old = cx.text(place);
        let Some(wanted) = cx.diagnostics[at].fixes.first().map(|fix| fix.edits[0].1.clone()) else {
            continue;
        };
        let is_free = !of.contains_key(&renamed(target, &wanted));
        let kept = kept(cx, place, target, &wanted);
        let is_safe = is_free && kept.is_some() && !is_doubtful(&doubtful, old);
        let kept = kept.unwrap_or_default();
        if of[&target].len() > MAX_USES {
            continue;
        }
        extend(&mut cx.diagnostics[at], &of[&target], &wanted, kept, is_safe);
    }
}

/// Nobody applies more edits at once, and a hostile file has many such names.
const MAX_USES: usize = 200;

/// Words that stand where nothing is known to be named, by their spelling.
fn doubtful<'a>(cx: &Cx<'a>, known: &HashSet<(FileId, u32)>) -> BTreeSet<&'a str> {
    let words = |file: FileId| rex_grammar::words(cx.sources.text(file)).map(move |it| (file, it));
    let all = cx.sources.ids().flat_map(words);
    let unknown = all.filter(|(file, (_, span))| !known.contains(&(*file, span.start)));
    unknown.map(|(_, (word, _))| word).collect()
}

/// Whether a word may name it, or a column that it makes.
fn is_doubtful(doubtful: &BTreeSet<&str>, name: &str) -> bool {
    let part = format!("{name}_");
    doubtful.contains(name)
        || doubtful.range(part.as_str()..).next().is_some_and(|word| word.starts_with(&part))
}

fn renamed<'a>(target: Target<'a>, wanted: &'a str) -> Target<'a> {
    match target {
        Target::Declared(_) => Target::Declared(wanted),
        Target::Field(owner, _) => Target::Field(owner, wanted),
        Target::Variant(owner, _) => Target::Variant(owner, wanted),
    }
}

/// What keeps the name in the database; none where nothing can.
fn kept(cx: &Cx<'_>, place: Place, target: Target<'_>, wanted: &str) -> Option<Vec<(Place, String)>> {
    match target {
        Target::Declared(old) => {
            let is_same =
                old.to_snake_case() == wanted.to_snake_case() && made::table(old) == made::table(wanted);
            is_same.then(Vec::new)
        }
        Target::Variant(_, old) => {
            let mut variants =
                cx.enums.iter().flat_map(|item| item.variants.iter().map(move |it| (item.file, it.ast)));
            let (file, variant) =
                variants.find(|(file, it)| *file == place.file && it.name.span == place.span)?;
            let is_named = variant.attributes.iter().any(|attribute| attribute.name.text == "name");
            let end = Place { file, span: variant.span.after() };
            let attribute = format!(" @name({})", rex_grammar::quote(old));
            Some(if is_named { Vec::new() } else { vec![(end, attribute)] })
        }
        Target::Field(..) => {
            let mut drafts = cx.models.iter().enumerate().filter_map(|(model, draft)| {
                let field = draft.fields.iter().position(|field| field.place() == place)?;
                Some((model, field))
            });
            match (drafts.next(), drafts.next()) {
                (Some((model, field)), None) => kept_column(cx, model, field),
                // A field of a mixin is one of many models.
                _ => None,
            }
        }
    }
}

fn kept_column(cx: &Cx<'_>, model: ModelIx, at: FieldIx) -> Option<Vec<(Place, String)>> {
    let draft = &cx.models[model];
    let field = &draft.fields[at];
    let is_in_key = draft.key.as_ref().is_some_and(|key| key.fields.contains(&at));
    let is_named = field.ast.attributes.iter().any(|attribute| attribute.name.text == "column");
    let names_join_table = matches!(field.link, Some(Link::Join(..)));
    // The key's names are part of the columns that lead to it.
    if is_in_key || names_join_table || is_referred_to(cx, model, field) || is_elsewhere(draft, field) {
        return None;
    }
    let uses_other = field.ast.attributes.iter().any(|attribute| attribute.name.text == "fields");
    match field.columns.as_slice() {
        _ if is_named || uses_other => Some(Vec::new()),
        [] => Some(Vec::new()),
        [column] => {
            let name = rex_grammar::quote(&draft.columns[*column].name);
            Some(vec![(field.end(), format!(" @column({name})"))])
        }
        _ => None,
    }
}

/// Whether a key of another model leads to the field.
fn is_referred_to(cx: &Cx<'_>, model: ModelIx, field: &FieldDraft<'_>) -> bool {
    let mut keys = cx.models.iter().flat_map(|draft| &draft.foreign_keys).filter(|key| key.target == model);
    keys.any(|key| key.target_columns.iter().any(|column| field.columns.contains(column)))
}

/// Whether the field is declared in another block than its model.
fn is_elsewhere(draft: &ModelDraft<'_>, field: &FieldDraft<'_>) -> bool {
    field.file != draft.file || !draft.ast.span.contains(field.ast.span)
}

fn extend(
    diagnostic: &mut Diagnostic,
    uses: &[Use<'_>],
    wanted: &str,
    kept: Vec<(Place, String)>,
    is_safe: bool,
) {
    let Some(fix) = diagnostic.fixes.first_mut() else { return };
    let also = match uses.len() {
        1 => "",
        _ => " wherever it stands",
    };
    let keeping = match kept.first() {
        Some((_, attribute)) => format!("; `{}` keeps its name in the database", attribute.trim_start()),
        None => String::new(),
    };
    let title = format!("rename it to `{wanted}`{also}{keeping}");
    for help in diagnostic.help.iter_mut().filter(|help| **help == fix.title) {
        help.clone_from(&title);
    }
    fix.title = title;
    fix.edits = uses.iter().map(|it| (it.place, wanted.to_owned())).chain(kept).collect();
    if is_safe {
        fix.applicability = Applicability::Safe;
    }
}
