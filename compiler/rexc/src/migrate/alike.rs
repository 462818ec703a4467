//! Whether a field that comes may be one that goes, by what the two schemas say of them.

use rex_schema::model::{Column, Model, Schema, Type};

/// Whether the values of a column that goes may be those of one that comes: `before` is the former schema
/// and the former column's name, `after` the schema, the table's model, and the column's name. None if one
/// of them is not known.
pub(super) fn are_alike(before: (&Schema, &str), after: (&Schema, &Model, &str)) -> Option<bool> {
    let ((old_schema, gone), (schema, model, come)) = (before, after);
    let is_former = |one: &&Model| is_former(one, model);
    let old_model = old_schema.models().map(|(_, one)| one).find(is_former)?;
    let old = old_model.columns.iter().find(|column| column.name == gone)?;
    let new = model.columns.iter().find(|column| column.name == come)?;
    Some(
        old.list == new.list
            && old.native == new.native
            && old.computed.is_none()
            && new.computed.is_none()
            && types_are_alike((old_schema, old.ty), (schema, new.ty))
            && keys_are_alike((old_schema, old), (schema, new)),
    )
}

/// Whether a model of the former schema is one of the present.
fn is_former(former: &Model, model: &Model) -> bool {
    let table = model.renamed_from.as_ref().unwrap_or(&model.table);
    let is_moved = former.name == model.name && former.table == model.table;
    is_moved || former.schema == model.schema && (former.table == *table || former.table == model.table)
}

/// How long a text may be, and how many digits a number has, may change with its name.
fn types_are_alike(old: (&Schema, Type), new: (&Schema, Type)) -> bool {
    match (old.1, new.1) {
        (Type::Scalar(one), Type::Scalar(other)) => {
            one.name() == other.name() || one.is_integer() && other.is_integer()
        }
        (Type::Enum(one), Type::Enum(other)) => {
            let (one, other) = (&old.0[one], &new.0[other]);
            one.type_name == other.type_name || other.renamed_from.as_ref() == Some(&one.type_name)
        }
        (Type::Scalar(_), Type::Enum(_)) | (Type::Enum(_), Type::Scalar(_)) => false,
    }
}

/// The key of one table is not that of another, nor a number that means itself.
fn keys_are_alike(old: (&Schema, &Column), new: (&Schema, &Column)) -> bool {
    match (old.1.id_of, new.1.id_of) {
        (None, None) => true,
        (Some(one), Some(other)) => is_former(&old.0[one], &new.0[other]),
        (Some(_), None) | (None, Some(_)) => false,
    }
}
