//! Relations.

use super::codes::Code::*;
use super::{Diagnostic, article, listed};
use crate::source::Place;

pub(crate) struct Side<'a> {
    pub(crate) model: &'a str,
    pub(crate) field: &'a str,
    pub(crate) place: Place,
}

/// The names of the missing fields come with the place where they may be written, unless taken.
pub(crate) fn no_way_back(
    here: &Side<'_>,
    target: &str,
    (one, one_at): (&str, Option<Place>),
    (many, many_at): (&str, Option<Place>),
) -> Diagnostic {
    let Side { model, field, place } = here;
    let mut diagnostic =
        Diagnostic::new(E0601, *place, format!("nothing in `{target}` points back to `{model}`"))
            .label(format!("`{field}` is the other side of a relation"));
    if let Some(at) = one_at {
        let title = format!("for one-to-many, add `{one}: {model}` to `{target}`");
        diagnostic = diagnostic.fix(title, at, format!("\n    {one}: {model}"));
    }
    if let Some(at) = many_at {
        let title = format!("for many-to-many, add `{many}: [{model}]` to `{target}`");
        diagnostic = diagnostic.fix(title, at, format!("\n    {many}: [{model}]"));
    }
    diagnostic
}

/// `inside` is where `parent` may be written, `end` the field's, `names` those of a join table.
pub(crate) fn no_way_back_to_itself(
    here: &Side<'_>,
    inside: Option<Place>,
    end: Place,
    names: &[String; 3],
) -> Diagnostic {
    let Side { model, field, place } = here;
    let [table, this, that] = names;
    let mut diagnostic =
        Diagnostic::new(E0601, *place, format!("nothing in `{model}` points back to `{model}`"))
            .label(format!("`{field}` is the other side of a relation"))
            .note("a list is not its own other side");
    if let Some(inside) = inside {
        let title = format!("for one-to-many, add `parent: {model}?` to `{model}`");
        diagnostic = diagnostic.fix(title, inside, format!("\n    parent: {model}?"));
    }
    let attribute = format!("@join_table(\"{table}\", \"{this}_id\", \"{that}_id\")");
    diagnostic.fix(format!("for many-to-many, add `{attribute}`"), end, format!(" {attribute}"))
}

/// Candidates come with the place where they must name this side in turn, if they must.
pub(crate) fn ambiguous(
    here: &Side<'_>,
    candidates: &[(Side<'_>, Option<Place>)],
    insert: Place,
) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(
        E0602,
        here.place,
        format!("`{}` could be the other side of several relations", here.field),
    );
    for (candidate, _) in candidates {
        diagnostic =
            diagnostic.see(candidate.place, format!("`{}.{}` points back", candidate.model, candidate.field));
    }
    for (candidate, answer) in candidates {
        let mut edits = vec![(insert, format!(" @inverse({})", candidate.field))];
        edits.extend(answer.map(|place| (place, format!(" @inverse({})", here.field))));
        diagnostic = diagnostic.fix_all(format!("choose: `@inverse({})`", candidate.field), edits);
    }
    diagnostic
}

/// Two lists of a model that face each other, with their ends.
pub(crate) fn self_many([(a, a_end), (b, b_end)]: &[(Side<'_>, Place); 2]) -> Diagnostic {
    Diagnostic::new(E0602, a.place, format!("`{}` and `{}` relate `{}` to itself", a.field, b.field, a.model))
        .see(b.place, "perhaps the other side")
        .note("a list of a model's own rows is never paired by itself: the two sides name each other")
        .fix_all(
            format!("if they are one relation, add `@inverse({})` and `@inverse({})`", b.field, a.field),
            vec![(*a_end, format!(" @inverse({})", b.field)), (*b_end, format!(" @inverse({})", a.field))],
        )
}

/// `fields` are those that point back, unless it takes too long to look at them.
pub(crate) fn inverse_unknown(
    place: Place,
    target: &str,
    name: &str,
    fields: Option<Vec<&str>>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0603, place, format!("`{target}` has no field `{name}`"));
    let Some(fields) = fields else { return diagnostic };
    let diagnostic = diagnostic.suggest(place, name, fields.iter().copied());
    // Of many, none is more likely than another.
    match fields.as_slice() {
        [] if diagnostic.fixes.is_empty() => {
            diagnostic.help(format!("nothing in `{target}` points back: add the field, or remove `@inverse`"))
        }
        [_] | [_, _] | [_, _, _] if diagnostic.fixes.is_empty() => {
            let choices = fields.iter().copied();
            choices.fold(diagnostic, |diagnostic, field| {
                diagnostic.fix(format!("name one that points back: `@inverse({field})`"), place, field)
            })
        }
        _ => diagnostic,
    }
}

/// Why a side cannot be the other one of a relation: what is wrong with naming it, a word at its
/// place, and edits that mend it.
pub(crate) struct Elsewhere {
    pub(crate) message: String,
    pub(crate) is: String,
    pub(crate) fixes: Vec<(String, Place, String)>,
}

pub(crate) fn inverse_elsewhere(place: Place, declared: Place, elsewhere: Elsewhere) -> Diagnostic {
    let Elsewhere { message, is, fixes } = elsewhere;
    let diagnostic = Diagnostic::new(E0604, place, message).see(declared, is);
    fixes.into_iter().fold(diagnostic, |diagnostic, (title, place, text)| diagnostic.fix(title, place, text))
}

pub(crate) fn inverse_claimed(place: Place, owner: &str, name: &str, other: &Side<'_>) -> Diagnostic {
    let Side { model, field, place: first } = other;
    Diagnostic::new(E0605, place, format!("`{owner}.{name}` is the other side of `{model}.{field}` already"))
        .see(*first, "claimed here")
        .help("remove one of the two, or name another relation")
}

pub(crate) fn forgotten_inverse(
    here: &Side<'_>,
    back: &Side<'_>,
    edits: Vec<(Place, String)>,
    end: Place,
) -> Diagnostic {
    let Side { field, place, .. } = here;
    Diagnostic::new(E0606, *place, format!("`{field}` holds a key of its own, or forgot `@inverse`"))
        .see(back.place, format!("`{}.{}` holds a unique key to this model", back.model, back.field))
        .fix_all(format!("if both are one relation, write `@inverse({})`", back.field), edits)
        .fix("if they are two, say what this key does: `@on_delete(restrict)`", end, " @on_delete(restrict)")
}

/// `inverses` are the view's to-ones that lead here, each with the edits that name it.
pub(crate) fn key_to_view(
    here: &Side<'_>,
    ty: Place,
    view: &str,
    inverses: &[(String, Vec<(Place, String)>)],
) -> Diagnostic {
    let mut diagnostic =
        Diagnostic::new(E0842, ty, format!("`{}` would hold a key to the view `{view}`", here.field))
            .note("a database keeps no keys to the rows of a query");
    for (name, edits) in inverses {
        diagnostic = diagnostic.fix_all(
            format!("if it is the other side of `{view}.{name}`, write `@inverse({name})`"),
            edits.clone(),
        );
    }
    match inverses {
        [] => {
            diagnostic.help(format!("let `{view}` lead here instead, and be its other side: `@inverse(…)`"))
        }
        _ => diagnostic,
    }
}

/// `view` is the one of the two that is a view.
pub(crate) fn join_with_view(place: Place, view: &str) -> Diagnostic {
    Diagnostic::new(E0842, place, format!("the join table would hold keys to the view `{view}`"))
        .note("a database keeps no keys to the rows of a query")
        .help("name a model or a view that joins the two: `@through(…)`")
}

pub(crate) fn not_unique(key: &Side<'_>, inverse: Place, insert: Place) -> Diagnostic {
    Diagnostic::new(E0607, key.place, format!("`{}` is one side of a one-to-one, and not unique", key.field))
        .see(inverse, "at most one row is expected here")
        .fix("add `@unique`", insert, " @unique")
}

pub(crate) fn required_inverse(place: Place, field: &str, key: Place, ty: Place) -> Diagnostic {
    Diagnostic::new(E0608, place, format!("`{field}` may have no row, so it is optional"))
        .see(key, "the key is held here")
        .fix("add `?`", Place { span: ty.span.after(), ..ty }, "?")
        .safe()
}

/// The model that joins lacks a to-one, which may be written at `inside`.
pub(crate) fn lacks_relation(
    place: Place,
    model: &str,
    name: &str,
    to: &str,
    inside: Option<Place>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        E0609,
        place,
        format!("`{model}` does not join the two: it has no to-one that leads to `{to}`"),
    );
    match inside {
        Some(inside) => {
            diagnostic.fix(format!("add `{name}: {to}` to `{model}`"), inside, format!("\n    {name}: {to}"))
        }
        None => diagnostic.help(format!("add a relation to `{to}` to `{model}`")),
    }
}

pub(crate) fn no_join(place: Place, model: &str, why: &str, usage: &str) -> Diagnostic {
    Diagnostic::new(E0609, place, format!("`{model}` does not join the two: {why}")).help(usage.to_owned())
}

pub(crate) fn fields_number(place: Place, target: &str, key: &[&str], found: usize) -> Diagnostic {
    let wanted = key.len();
    let parts = if wanted == 1 { "1 part".to_owned() } else { format!("{wanted} parts") };
    let are = if found == 1 { "is" } else { "are" };
    Diagnostic::new(E0610, place, format!("the key of `{target}` has {parts}, and {found} {are} named"))
        .note(format!("its key is {}", listed(key.iter().copied(), "and")))
        .help("name one field for each, in that order")
}

pub(crate) fn fields_not_scalar(place: Place, name: &str, declared: Place) -> Diagnostic {
    Diagnostic::new(E0610, place, format!("`{name}` is no scalar field"))
        .see(declared, "declared here")
        .help("name a field that holds a value of the key")
}

pub(crate) fn fields_type(
    place: Place,
    name: &str,
    is: &str,
    key: Place,
    wanted: &str,
    ty: Place,
) -> Diagnostic {
    Diagnostic::new(E0611, place, format!("`{name}` is `{is}`, and the key it refers to is `{wanted}`"))
        .see(key, "the key it refers to")
        .fix(format!("make it {} `{wanted}`", article(wanted)), ty, wanted)
}

/// The types in the database differ: `@db` says so of one of them.
pub(crate) fn fields_native(place: Place, name: &str, field: Place, key: Place) -> Diagnostic {
    Diagnostic::new(E0611, place, format!("`{name}` and the key it refers to are of different types"))
        .see(field, "declared here")
        .see(key, "the key it refers to")
        .note("`@db` gives a column a type of the database's own, and both ends of a key have one")
        .help("write the same `@db(…)` on both")
}

/// `insert` is the end of a single field, `inside` the beginning of the target.
pub(crate) fn references_not_unique(
    place: Place,
    target: &str,
    names: &[&str],
    insert: Option<Place>,
    inside: Place,
) -> Diagnostic {
    let list = listed(names.iter().copied(), "and");
    let is = if names.len() == 1 { "is" } else { "are" };
    let diagnostic = Diagnostic::new(E0612, place, format!("{list} of `{target}` {is} not unique"))
        .note("a foreign key refers to a primary key or a unique constraint");
    match insert {
        Some(insert) => diagnostic.fix("add `@unique` to it", insert, " @unique"),
        None => {
            let statement = format!("unique ({})", names.join(", "));
            diagnostic.fix(format!("add `{statement}` to `{target}`"), inside, format!("\n    {statement}"))
        }
    }
}

/// The relation and the field come with the places where their `?` is, or would be.
pub(crate) fn optional_mismatch(
    place: Place,
    [(relation, relation_mark), (name, mark)]: [(&str, Place); 2],
    is_optional: bool,
    declared: Place,
) -> Diagnostic {
    let (is, other) = if is_optional { ("optional", "required") } else { ("required", "optional") };
    let (of_relation, of_field) = if is_optional { ("", "?") } else { ("?", "") };
    Diagnostic::new(E0613, place, format!("`{relation}` is {is}, and `{name}` is {other}"))
        .see(declared, format!("`{name}` is {other}"))
        .fix(format!("make `{name}` {is}"), mark, of_field)
        .fix(format!("or make `{relation}` {other}"), relation_mark, of_relation)
}

pub(crate) fn set_null_required(place: Place, relation: &str, ty: Place) -> Diagnostic {
    Diagnostic::new(E0614, place, format!("`{relation}` is required, and cannot become null")).fix(
        "make it optional",
        Place { span: ty.span.after(), ..ty },
        "?",
    )
}

pub(crate) fn set_default_without(place: Place, relation: &str) -> Diagnostic {
    Diagnostic::new(E0615, place, format!("the key of `{relation}` has no default to be set to"))
        .help("give the field that `@fields(…)` names a default, or choose another action")
}

pub(crate) fn unknown_action(place: Place, name: &str) -> Diagnostic {
    let actions = ["cascade", "restrict", "set_null", "set_default", "no_action"];
    let diagnostic = Diagnostic::new(E0616, place, format!("no action is called `{name}`"))
        .note(format!("actions are {}", listed(actions, "and")));
    if actions.contains(&name) {
        return Diagnostic::new(E0616, place, "an action is a word without quotes")
            .fix(format!("write `{name}`"), place, name)
            .safe();
    }
    let folded = name.to_lowercase().replace(['_', ' '], "");
    let folded = match folded.as_str() {
        "delete" => "cascade".to_owned(),
        "nullify" | "null" => "setnull".to_owned(),
        "none" => "noaction".to_owned(),
        _ => folded,
    };
    match actions.iter().find(|action| action.replace('_', "") == folded) {
        Some(action) if name.to_lowercase().replace('_', "") == action.replace('_', "") => {
            diagnostic.fix(format!("did you mean `{action}`?"), place, *action).safe()
        }
        Some(action) => diagnostic.fix(format!("did you mean `{action}`?"), place, *action),
        None => diagnostic.suggest(place, name, actions),
    }
}

/// `key` is the field that holds the key, and its end; `text` is the attribute as written.
/// `has` is whether the key's side has it already.
pub(crate) fn on_other_side(
    place: Place,
    attribute: &str,
    text: &str,
    key: Option<(Place, Place)>,
    has: bool,
) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(E0617, place, format!("`@{attribute}` belongs on the side that holds the key"));
    let Some((key, end)) = key else {
        let note = "this side holds none: a join table's keys cascade by themselves";
        return diagnostic.note(note).fix("remove it", place, "");
    };
    let diagnostic = diagnostic.see(key, "this side holds it");
    match attribute {
        _ if has => diagnostic.note("it stands there already").fix("remove this one", place, ""),
        "fields" | "references" => {
            diagnostic.help(format!("write `@{attribute}` there, with the names of its model"))
        }
        _ => diagnostic
            .fix_all(
                format!("move `@{attribute}` there"),
                vec![(place, String::new()), (end, format!(" {text}"))],
            )
            .safe(),
    }
}

pub(crate) fn two_join_tables(place: Place, first: Place) -> Diagnostic {
    Diagnostic::new(E0313, place, "the two sides of a relation name different join tables")
        .see(first, "the other side says this")
        .fix("remove this one", place, "")
}

pub(crate) fn no_model(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(E0609, place, format!("`{name}` is no model")).help("name the model that joins the two")
}

/// `pairs` are relations of the model that lead to the two.
pub(crate) fn several_joins(place: Place, model: &str, pairs: &[(&str, &str)]) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(E0609, place, format!("`{model}` joins the two in several ways"))
        .note("the relation that leads to this side is named first");
    for (here, there) in pairs {
        let text = format!("{model}, {here}, {there}");
        diagnostic = diagnostic.fix(format!("choose: `@through({text})`"), place, text);
    }
    diagnostic
}
