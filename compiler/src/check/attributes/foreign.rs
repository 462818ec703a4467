//! Attributes of other languages, in Rex's spelling.

use rex_grammar::ast::{self, ExprKind};

use super::Cx;
use crate::diagnostic::types::Translation;
use crate::source::{FileId, Place};

/// The words of other languages that are long enough to be misspelt.
pub(super) const WORDS: [&str; 7] =
    ["default", "relation", "autoincrement", "primary_key", "required", "optional", "nullable"];

/// The edits that say the same in Rex; none where Rex has no such thing, or says it elsewhere.
pub(super) fn translate(
    cx: &Cx<'_>,
    file: FileId,
    field: &ast::Field,
    attribute: &ast::Attribute,
) -> Option<Translation> {
    let whole = Place { file, span: attribute.span };
    let ty = field.ty.as_ref()?;
    let behind_type = Place { file, span: ty.span.after() };
    let said = |title, edits| Some(Translation { title, edits, whole: true });
    let instead = |text: String| said(format!("write `{text}`"), vec![(whole, text)]);
    let argument = || match attribute.args.as_ref()?.args.as_slice() {
        [only] => Some(cx.text(Place { file, span: only.span })),
        _ => None,
    };
    match attribute.name.text.as_str() {
        "default" if field.default.is_none() => {
            let value = argument()?;
            let edits = vec![(behind_type, format!(" = {value}")), (whole, String::new())];
            said(format!("a default stands behind `=`: `{} = {value}`", type_text(cx, file, ty)), edits)
        }
        "autoincrement" | "auto_increment" | "identity" if field.default.is_none() => {
            let edits = vec![(behind_type, " = autoincrement()".to_owned()), (whole, String::new())];
            said(format!("write `{} = autoincrement()`", type_text(cx, file, ty)), edits)
        }
        "map" => instead(format!("@column({})", argument()?)),
        "primary_key" | "primary" | "pk" => instead("@id".to_owned()),
        "relation" => relation(attribute).map_or_else(
            || {
                Some(Translation {
                    title: "a relation needs no attribute: remove it".to_owned(),
                    edits: vec![(whole, String::new())],
                    whole: attribute.args.is_none(),
                })
            },
            instead,
        ),
        "min" | "max" | "minlength" | "maxlength" | "min_length" | "max_length" | "minLength"
        | "maxLength" => limits(cx, file, field, attribute),
        "size" | "len" => instead(format!("@length({})", argument()?)),
        "regex" | "matches" | "format" => instead(format!("@pattern({})", argument()?)),
        "readonly" | "read_only" | "readOnly" | "final" => instead("@immutable".to_owned()),
        "hidden" | "secret" | "private" | "writeOnly" => instead("@sensitive".to_owned()),
        "cascade" => instead("@on_delete(cascade)".to_owned()),
        "positive" => instead("@range(1..)".to_owned()),
        "nonnegative" | "non_negative" => instead("@range(0..)".to_owned()),
        "createdAt" | "created_at" | "auto_now_add" if field.default.is_none() => {
            let edits = vec![(behind_type, " = now()".to_owned()), (whole, String::new())];
            said(format!("write `{} = now()`", type_text(cx, file, ty)), edits)
        }
        "updatedAt" | "updated_at" | "auto_now" if field.default.is_none() => {
            let edits = vec![(behind_type, " = now()".to_owned()), (whole, "@on_update(now())".to_owned())];
            said(format!("write `{} = now() @on_update(now())`", type_text(cx, file, ty)), edits)
        }
        "required" | "not_null" | "notnull" => {
            let title = "a field is required without a mark: remove it".to_owned();
            said(title, vec![(whole, String::new())])
        }
        "optional" | "nullable" | "null" if ty.optional.is_none() => {
            let edits = vec![(behind_type, "?".to_owned()), (whole, String::new())];
            said(format!("write `{}?`", type_text(cx, file, ty)), edits)
        }
        _ => None,
    }
}

/// `@min(5) @max(10)` are one rule, of the length of what has one.
fn limits(cx: &Cx<'_>, file: FileId, field: &ast::Field, attribute: &ast::Attribute) -> Option<Translation> {
    let find = |begin: &str| {
        field.attributes.iter().find(|it| it.name.text.starts_with(begin) && it.name.text.len() <= 10)
    };
    let number = |it: &ast::Attribute| match it.args.as_ref()?.args.as_slice() {
        [only] => Some(cx.text(Place { file, span: only.span })),
        _ => None,
    };
    let (low, high) = (find("min"), find("max"));
    let range = match (low, high) {
        (Some(low), Some(high)) => format!("{}..={}", number(low)?, number(high)?),
        (Some(low), None) => format!("{}..", number(low)?),
        (None, high) => format!("..={}", number(high?)?),
    };
    let ty = type_text(cx, file, field.ty.as_ref()?);
    let has_length = ["String", "Bytes", "["].iter().any(|begin| ty.starts_with(begin));
    let text = format!("@{}({range})", if has_length { "length" } else { "range" });
    let place = |it: &ast::Attribute| Place { file, span: it.span };
    let others = [low, high].into_iter().flatten().filter(|it| it.span != attribute.span);
    let mut edits = vec![(place(attribute), text.clone())];
    edits.extend(others.map(|it| (place(it), String::new())));
    edits.sort_by_key(|(place, _)| *place);
    Some(Translation { title: format!("write `{text}`"), edits, whole: true })
}

fn type_text<'a>(cx: &Cx<'a>, file: FileId, ty: &ast::TypeRef) -> &'a str {
    cx.text(Place { file, span: ty.span })
}

/// `@relation(fields: [author_id], references: [id], onDelete: Cascade)` as Prisma has it. None
/// if nothing of it is left to say.
fn relation(attribute: &ast::Attribute) -> Option<String> {
    let mut parts = Vec::new();
    for arg in &attribute.args.as_ref()?.args {
        let label = arg.label.as_ref().map_or("", |label| label.text.as_str());
        match (label, &arg.value.kind) {
            ("fields", ExprKind::List(names)) => parts.push(format!("@fields({})", words(names)?)),
            ("references", ExprKind::List(names)) => {
                let names = words(names)?;
                if names != "id" {
                    parts.push(format!("@references({names})"));
                }
            }
            ("onDelete", ExprKind::Path(path)) => {
                parts.push(format!("@on_delete({})", action(&path.first()?.text)))
            }
            ("onUpdate", ExprKind::Path(path)) => {
                parts.push(format!("@on_key_change({})", action(&path.first()?.text)))
            }
            ("map", ExprKind::String(name)) => {
                parts.push(format!("@constraint({})", rex_grammar::quote(name)))
            }
            _ => {}
        }
    }
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn words(names: &[ast::Expr]) -> Option<String> {
    let names: Option<Vec<&str>> = names
        .iter()
        .map(|name| match &name.kind {
            ExprKind::Path(path) if path.len() == 1 => Some(path[0].text.as_str()),
            _ => None,
        })
        .collect();
    Some(names?.join(", "))
}

/// `SetNull` is `set_null`.
fn action(name: &str) -> String {
    heck::ToSnakeCase::to_snake_case(name)
}
