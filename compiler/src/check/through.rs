//! `@through(Model)`, `@through(Model, here, there)`: relations that another model joins.

use heck::ToSnakeCase;
use rex_grammar::ast;

use super::draft::{Declared, Link, Shape};
use super::inverses::{may_lack_fields, target_of};
use super::{Cx, FieldIx, ModelIx};
use crate::diagnostic::{keys, relations, types};
use crate::source::{FileId, Place};

/// Links a list that goes through a model.
pub(super) fn resolve(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, target: ModelIx) {
    let draft = cx.field(model, field);
    let Some((names, _)) = &draft.attributes.through else { return };
    let (names, file) = (names.clone(), draft.file);
    let place = Place { file, span: names[0].span };
    let Some(joining) = joining_model(cx, names[0], place) else { return };
    let ends = match names.as_slice() {
        [_, here, there] if here.text == there.text => {
            let place = |name: &ast::Name| Place { file, span: name.span };
            cx.report(keys::field_twice(place(there), &there.text, place(here)));
            None
        }
        [_, here, there] => {
            let here = named_end(cx, joining, here, file, model);
            let there = named_end(cx, joining, there, file, target);
            here.zip(there)
        }
        _ => found_ends(cx, joining, place, model, target),
    };
    if let Some((here, there)) = ends {
        cx.models[model].fields[field].link = Some(Link::Through(joining, here, there));
    }
}

fn joining_model(cx: &mut Cx<'_>, name: &ast::Name, place: Place) -> Option<ModelIx> {
    match cx.declared.get(name.text.as_str()) {
        Some(Declared::Model(joining)) => return Some(*joining),
        Some(Declared::Enum(_) | Declared::Mixin(_) | Declared::Type(_) | Declared::Union(_)) => {
            cx.report(relations::no_model(place, &name.text));
        }
        None => {
            let known = cx.model_names();
            cx.report(types::unknown_model(&name.text, place, known));
        }
    }
    None
}

fn named_end(
    cx: &mut Cx<'_>,
    joining: ModelIx,
    name: &ast::Name,
    file: FileId,
    to: ModelIx,
) -> Option<FieldIx> {
    let place = Place { file, span: name.span };
    let Some(field) = cx.models[joining].find(&name.text) else {
        cx.unknown_field(place, joining, &name.text);
        return None;
    };
    if is_key_to(cx, joining, field, to) {
        return Some(field);
    }
    let draft = cx.field(joining, field);
    if draft.shape != Shape::Broken {
        let why = format!("`{}` is no to-one of it that leads to `{}`", name.text, cx.models[to].name());
        let usage = "name its two relations, this side's first: `@through(Model, here, there)`";
        let fields = 0..cx.models[joining].fields.len();
        let meant: Vec<&str> = fields
            .filter(|&field| is_key_to(cx, joining, field, to))
            .map(|f| cx.field(joining, f).name())
            .collect();
        let mut diagnostic = relations::no_join(place, cx.models[joining].name(), &why, usage)
            .see(draft.place(), "declared here");
        if let [meant] = meant.as_slice() {
            diagnostic = diagnostic.fix(format!("did you mean `{meant}`?"), place, *meant);
        }
        cx.report(diagnostic);
    }
    None
}

fn is_key_to(cx: &Cx<'_>, model: ModelIx, field: FieldIx, to: ModelIx) -> bool {
    let draft = cx.field(model, field);
    draft.holds_key() && target_of(draft.shape) == Some(to)
}

fn found_ends(
    cx: &mut Cx<'_>,
    joining: ModelIx,
    place: Place,
    model: ModelIx,
    target: ModelIx,
) -> Option<(FieldIx, FieldIx)> {
    let fields = 0..cx.models[joining].fields.len();
    let here: Vec<FieldIx> = fields.clone().filter(|&field| is_key_to(cx, joining, field, model)).collect();
    let there: Vec<FieldIx> = fields.filter(|&field| is_key_to(cx, joining, field, target)).collect();
    let (name, this, that) = (cx.models[joining].name(), cx.models[model].name(), cx.models[target].name());
    let lacks = |to: &str| {
        let field = to.to_snake_case();
        let inside = cx.models[joining].find(&field).is_none().then(|| cx.models[joining].inside());
        relations::lacks_relation(place, name, &field, to, inside)
    };
    let diagnostic = match (here.as_slice(), there.as_slice()) {
        (&[here], &[there]) if here != there => return Some((here, there)),
        _ if may_lack_fields(cx, joining) => return None,
        ([], _) => lacks(this),
        (_, []) => lacks(that),
        (&[one], &[_]) => relations::no_join(
            place,
            name,
            &format!("`{}` is its only to-one that leads to `{this}`", cx.field(joining, one).name()),
            &format!("add the second relation to `{name}`"),
        ),
        _ => {
            let pairs: Vec<(&str, &str)> = here
                .iter()
                .flat_map(|&here| there.iter().map(move |&there| (here, there)))
                .filter(|(here, there)| here != there)
                .map(|(here, there)| (cx.field(joining, here).name(), cx.field(joining, there).name()))
                .take(4)
                .collect();
            relations::several_joins(place, name, &pairs)
        }
    };
    cx.report(diagnostic);
    None
}
