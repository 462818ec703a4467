//! Names that meet in generated Rust.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use heck::ToUpperCamelCase;
use rex_grammar::ast::BlockKind;

use crate::check::draft::{ColumnDraft, ModelDraft, Shape};
use crate::check::{Cx, unions};
use crate::diagnostic::{Code, names};
use crate::rust_names;
use crate::source::Place;

/// Types of the generated code that belong to no declaration.
const OWN: [(&str, &str); 1] = [("Db", "the database handle")];

/// What generated code calls its own items, and the modules of models and enums.
pub(super) fn items(cx: &mut Cx<'_>) {
    let mut made: HashMap<String, (Place, String)> = HashMap::new();
    let mut modules: HashMap<String, (Place, String)> = HashMap::new();
    for model in cx.models.iter().filter(|model| model.has_rows()) {
        for name in [
            format!("New{}", rust_names::type_of(model.name())),
            format!("{}Id", rust_names::type_of(model.name())),
        ] {
            made.insert(name, (model.place(), format!("`{}`", model.name())));
        }
    }
    // Two models of one table: one fault is enough.
    let tables = cx.diagnostics.iter().filter(|diagnostic| diagnostic.code == Code::E0205);
    let told: HashSet<Place> =
        tables.filter_map(|diagnostic| Some(diagnostic.primary.as_ref()?.place)).collect();
    let models = cx.models.iter().filter(|block| block.ast.kind != BlockKind::Mixin);
    let models = models.map(|model| (model.name(), model.place()));
    let enums = cx
        .enums
        .iter()
        .map(|item| (item.ast.name.text.as_str(), Place { file: item.file, span: item.ast.name.span }));
    let unions = cx
        .unions
        .iter()
        .map(|item| (item.ast.name.text.as_str(), Place { file: item.file, span: item.ast.name.span }));
    let mut declared: Vec<(&str, Place)> = models.chain(enums).chain(unions).collect();
    declared.sort_by_key(|(_, place)| *place);
    for (name, place) in declared {
        let (module, item) = (rust_names::module(name), rust_names::type_of(name));
        if let Some((_, owner)) = OWN.iter().find(|(own, _)| *own == item) {
            cx.report(names::generated_name(name, place, owner, None));
        } else if let Some((first, owner)) = made.get(&item) {
            let diagnostic = names::generated_name(name, place, owner, Some(*first));
            cx.report(diagnostic);
        } else if let Some((first, other)) = modules.get(&module)
            && !told.contains(&place)
        {
            let owner = format!("the module of `{other}`");
            let diagnostic = names::generated_name(&module, place, &owner, Some(*first));
            cx.report(diagnostic);
        }
        modules.entry(module).or_insert((place, name.to_owned()));
    }
}

/// Fields whose names are one once they are types (`Unique::UserName`) or escaped (`self_`).
pub(super) fn fields(cx: &mut Cx<'_>) {
    let mut found = Vec::new();
    // Two fields of one column: one fault is enough.
    let clashes = cx.diagnostics.iter().filter(|diagnostic| diagnostic.code == Code::E0206);
    let told: HashSet<Place> =
        clashes.filter_map(|diagnostic| Some(diagnostic.primary.as_ref()?.place)).collect();
    for model in cx.models.iter().filter(|model| model.has_rows()) {
        let relations = relations_of_unions(cx, model);
        let mut seen: HashMap<String, (&str, Place)> = HashMap::new();
        let fields = model.fields.iter().map(|field| (field.name(), field.place()));
        // A relation that could not be read may use a field instead.
        let is_sure = |column: &&ColumnDraft| !model.fields[column.owner].attributes.unsure;
        let made = model.columns.iter().filter(|column| column.made).filter(is_sure);
        let columns = made.map(|c| (c.field.as_str(), c.place));
        for (name, place) in &relations {
            if let Some(field) = model.find(name) {
                let (first, owner) = (model.fields[field].place(), cx.text(*place));
                found.push(names::made_relation_clash(owner, name, first, *place));
            }
        }
        let relations = relations.iter().map(|(name, place)| (name.as_str(), *place));
        let all = fields.chain(columns).chain(relations);
        if all.clone().all(|(name, _)| stays_apart(name)) {
            continue;
        }
        for (name, place) in all {
            match seen.entry(name.to_upper_camel_case()) {
                Entry::Occupied(_) if told.contains(&place) => {}
                Entry::Occupied(taken) => {
                    let &(other, first) = taken.get();
                    if other != name {
                        found.push(names::same_in_rust("field", name, place, other, first));
                    }
                }
                Entry::Vacant(free) => {
                    free.insert((name, place));
                }
            }
        }
    }
    cx.diagnostics.extend(found);
}

/// Whether a name is written as it is meant to be, in which case the type's name tells it from every
/// other such name: each word of it begins with a letter, which becomes a capital.
fn stays_apart(name: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    name.split('_').all(is_word)
}

/// What the relations of a model's unions are called.
fn relations_of_unions(cx: &Cx<'_>, model: &ModelDraft<'_>) -> Vec<(String, Place)> {
    let mut found = Vec::new();
    for field in &model.fields {
        let Shape::Union { union, .. } = field.shape else { continue };
        for &(member, _) in &cx.unions[union].members {
            found.push((unions::relation_name(cx, field.name(), member), field.place()));
        }
    }
    found
}
