//! Attributes that say how a column is stored, shown and written.

use rex_grammar::ast::{self, ExprKind};
use rex_schema::Dialect;
use rex_schema::model::{Scalar, SqlText, Type};

use super::Attributes;
use super::read::{database_name, one_string};
use crate::check::Cx;
use crate::check::draft::Shape;
use crate::diagnostic::{article, columns};
use crate::source::{FileId, Place};

/// What they say of one field.
#[derive(Clone, Default)]
pub(in crate::check) struct ColumnAttributes<'a> {
    pub(in crate::check) immutable: Option<Place>,
    pub(in crate::check) sensitive: Option<Place>,
    pub(in crate::check) version: Option<Place>,
    pub(in crate::check) soft_delete: Option<Place>,
    pub(in crate::check) on_update: Option<(&'a ast::Expr, Place)>,
    pub(in crate::check) backfill: Option<(&'a ast::Expr, Place)>,
    pub(in crate::check) computed: Option<(&'a ast::Expr, Place)>,
    pub(in crate::check) deprecated: Option<String>,
    pub(in crate::check) renamed_from: Option<(String, Place)>,
    pub(in crate::check) native: Option<Native>,
    pub(in crate::check) rust: Option<(String, Place)>,
}

/// `@db(…)`
#[derive(Clone, Debug)]
pub(in crate::check) struct Native {
    pub(in crate::check) text: SqlText,
    /// The text for SQLite.
    pub(in crate::check) sqlite: Option<Place>,
    /// The text for PostgreSQL.
    pub(in crate::check) postgres: Option<Place>,
}

/// Whether `@version` or `@soft_delete` may stand on such a field; if not, it is told.
pub(super) fn fits(
    cx: &mut Cx<'_>,
    file: FileId,
    attribute: &ast::Attribute,
    field: &ast::Field,
    shape: Shape,
) -> bool {
    let (at, whole) = (Place { file, span: attribute.name.span }, Place { file, span: attribute.span });
    let ty = field.ty.as_ref();
    let type_place = Place { file, span: ty.map_or(field.name.span, |ty| ty.span) };
    let mark = ty.and_then(|ty| ty.optional).map(|span| Place { file, span });
    let is_version = attribute.name.text == "version";
    let (scalar, nullable) = match shape {
        Shape::Scalar { ty: Type::Scalar(scalar), list: false, nullable } => (Some(scalar), nullable),
        _ => (None, false),
    };
    let of_type = match scalar {
        Some(Scalar::Int | Scalar::BigInt) => is_version,
        Some(Scalar::DateTime) => !is_version,
        _ => false,
    };
    let is = match shape {
        Shape::Scalar { ty, list: false, .. } => {
            format!("{} `{}`", article(&cx.type_name(ty)), cx.type_name(ty))
        }
        shape => super::kind(shape).to_owned(),
    };
    let diagnostic = match (is_version, of_type, nullable, mark) {
        (true, true, true, Some(mark)) => columns::version_optional(at, mark),
        (false, true, false, _) => {
            let end = Place { span: type_place.span.after(), ..type_place };
            columns::soft_delete_required(at, end)
        }
        (_, true, _, _) => return true,
        (true, false, _, _) => columns::version_target(at, whole, type_place, &is),
        (false, false, _, _) => columns::soft_delete_target(at, whole, type_place, &is),
    };
    cx.report(diagnostic);
    false
}

/// An attribute, its place, another that it contradicts, that one's place, and why.
pub(super) type Contradiction = (&'static str, Option<Place>, &'static str, Option<Place>, &'static str);

/// Pairs of which one must go. `fields` is the place of `@fields` on the side that holds the key.
pub(super) fn contradictions(attributes: &Attributes<'_>, fields: Option<Place>) -> Vec<Contradiction> {
    const WRITES: &str = "the one writes it, the other says that nothing does";
    const BOTH: &str = "each says what an update writes";
    const NAMED: &str = "`@fields` uses columns that stand elsewhere: say it there";
    const MADE: &str = "the database makes the column of the others, and nothing else writes it";
    const OWN: &str = "a primary key has a Rust type of its own";
    let of = &attributes.of_column;
    let on_update = of.on_update.map(|(_, place)| place);
    let backfill = of.backfill.map(|(_, place)| place);
    let renamed = of.renamed_from.as_ref().map(|(_, place)| *place);
    let rust = of.rust.as_ref().map(|(_, place)| *place);
    let computed = of.computed.map(|(_, place)| place);
    let id = attributes.id;
    vec![
        ("immutable", of.immutable, "version", of.version, WRITES),
        ("immutable", of.immutable, "soft_delete", of.soft_delete, WRITES),
        ("on_update", on_update, "immutable", of.immutable, WRITES),
        ("on_update", on_update, "version", of.version, BOTH),
        ("on_update", on_update, "soft_delete", of.soft_delete, "every update would delete the row"),
        ("on_update", on_update, "id", id, "every update would make it another row"),
        ("version", of.version, "id", id, "a key stays as it is"),
        ("sensitive", of.sensitive, "id", id, "a key stands in rows that refer to it, in links and in logs"),
        ("rust", rust, "id", id, OWN),
        ("rust", rust, "version", of.version, "Rex counts in it"),
        ("rust", rust, "soft_delete", of.soft_delete, "Rex writes the time into it"),
        ("computed", computed, "id", id, "a key is what the row is found by, and not made of the rest"),
        ("on_update", on_update, "computed", computed, MADE),
        ("version", of.version, "computed", computed, MADE),
        ("soft_delete", of.soft_delete, "computed", computed, MADE),
        ("immutable", of.immutable, "computed", computed, MADE),
        ("backfill", backfill, "computed", computed, MADE),
        ("immutable", of.immutable, "fields", fields, NAMED),
        ("backfill", backfill, "fields", fields, NAMED),
        ("renamed_from", renamed, "fields", fields, NAMED),
    ]
}

/// Takes in what one of them says. None if its arguments are not as they should be.
pub(super) fn apply<'a>(
    cx: &mut Cx<'a>,
    said: &mut ColumnAttributes<'a>,
    file: FileId,
    attribute: &'a ast::Attribute,
) -> Option<()> {
    let place = Place { file, span: attribute.span };
    let flag = attribute.args.is_none().then_some(place);
    match attribute.name.text.as_str() {
        "immutable" => said.immutable = Some(flag?),
        "sensitive" => said.sensitive = Some(flag?),
        "version" => said.version = Some(flag?),
        "soft_delete" => said.soft_delete = Some(flag?),
        "on_update" => said.on_update = Some((one_value(attribute)?, place)),
        "backfill" => said.backfill = Some((one_value(attribute)?, place)),
        "computed" => said.computed = Some((one_value(attribute)?, place)),
        "deprecated" => {
            said.deprecated = Some(one_string(attribute).filter(|why| !why.text.trim().is_empty())?.text);
        }
        "renamed_from" => {
            said.renamed_from = Some((database_name(cx, attribute, file, "the column")?, place));
        }
        "db" => said.native = native(cx, file, attribute)?,
        "rust" => {
            let path = one_string(attribute)?;
            let at = Place { file, span: path.span };
            said.rust = path_is_sound(cx, at, &path.text).then_some((path.text, place));
        }
        _ => return None,
    }
    Some(())
}

/// The single value in parentheses.
fn one_value(attribute: &ast::Attribute) -> Option<&ast::Expr> {
    match attribute.args.as_ref()?.args.as_slice() {
        [arg] if arg.label.is_none() && arg.modifiers.is_empty() => Some(&arg.value),
        _ => None,
    }
}

/// `@db("citext")`, `@db(postgres: "citext", sqlite: "TEXT")`. The outer none is for arguments
/// that are written otherwise; what is wrong within them is told here.
#[allow(clippy::option_option)]
fn native(cx: &mut Cx<'_>, file: FileId, attribute: &ast::Attribute) -> Option<Option<Native>> {
    let mut native = Native { text: SqlText::default(), sqlite: None, postgres: None };
    let mut first: Vec<(Dialect, Place)> = Vec::new();
    let mut sound = true;
    let args = &attribute.args.as_ref()?.args;
    if args.is_empty() {
        return None;
    }
    for arg in args {
        let at = Place { file, span: arg.value.span };
        let (ExprKind::String(text), true) = (&arg.value.kind, arg.modifiers.is_empty()) else { return None };
        if text.trim().is_empty() {
            cx.report(columns::empty_native(at));
            sound = false;
            continue;
        }
        let Some(dialect) = dialect_of(cx, file, arg, args.len(), at) else {
            sound = false;
            continue;
        };
        let label = arg.label.as_ref().map_or(at, |label| Place { file, span: label.span });
        if let Some((_, other)) = first.iter().find(|(other, _)| *other == dialect) {
            cx.report(columns::argument_twice(dialect.name(), label, *other));
            sound = false;
            continue;
        }
        first.push((dialect, label));
        match dialect {
            Dialect::Postgres => {
                native.text.postgres = Some(text.clone());
                native.postgres = Some(at);
            }
            Dialect::Sqlite => {
                native.text.sqlite = Some(text.clone());
                native.sqlite = Some(at);
            }
        }
    }
    Some(sound.then_some(native))
}

/// The database that an argument of `@db` is for. What is not configured is told.
fn dialect_of(
    cx: &mut Cx<'_>,
    file: FileId,
    arg: &ast::Arg,
    arguments: usize,
    value: Place,
) -> Option<Dialect> {
    let configured = cx.options.databases.clone();
    let Some(label) = &arg.label else {
        return match configured.as_slice() {
            [only] if arguments == 1 => Some(*only),
            _ => {
                let names: Vec<&str> = configured.iter().map(|dialect| dialect.name()).collect();
                cx.report(columns::native_of_no_database(value, cx.text(value), &names));
                None
            }
        };
    };
    let at = Place { file, span: label.span };
    let Some(dialect) = [Dialect::Postgres, Dialect::Sqlite].into_iter().find(|d| d.name() == label.text)
    else {
        let names = configured.iter().map(|dialect| dialect.name());
        cx.report(columns::unknown_argument(&label.text, at, names));
        return None;
    };
    if !configured.contains(&dialect) {
        cx.report(columns::database_not_configured(at, dialect.name()));
        return None;
    }
    Some(dialect)
}

/// Tells what is no path of a type of the user's crate.
fn path_is_sound(cx: &mut Cx<'_>, place: Place, text: &str) -> bool {
    /// Longer ones are not meant, and nesting stays bounded.
    const LONGEST: usize = 255;
    let parsed = (text.len() <= LONGEST).then(|| syn::parse_str::<syn::Path>(text).ok()).flatten();
    let Some(path) = parsed else {
        cx.report(columns::not_a_path(place, text));
        return false;
    };
    let is_type =
        |segment: &syn::PathSegment| !matches!(segment.arguments, syn::PathArguments::Parenthesized(_));
    if !path.segments.iter().all(is_type) {
        cx.report(columns::not_a_path(place, text));
        return false;
    }
    let own = path.leading_colon.is_none() && path.segments.first().is_some_and(|s| s.ident == "crate");
    if own && path.segments.len() > 1 {
        return true;
    }
    let single =
        path.leading_colon.is_none() && path.segments.len() == 1 && path.segments[0].ident != "crate";
    let meant = single.then(|| format!("crate::{text}"));
    cx.report(columns::path_elsewhere(place, text, meant));
    false
}
