//! The columns of a table in words, which the runtime reads when the constant is computed: what each has as
//! an expression, rustc pays for whenever it checks the program.

use rex_schema::model::{Column, Default, Model, Scalar, Type, Value};
use syn::Expr;

use super::{Cx, constant, meta, types};

/// A model's columns.
pub(super) fn columns(cx: &Cx<'_>, model: &Model) -> Expr {
    let mut given = Given { cx, types: Vec::new(), defaults: Vec::new() };
    let words: Vec<Expr> = model.columns.iter().map(|column| given.column(column)).collect();
    let [types, defaults] = [given.types, given.defaults].map(constant::list);
    constant::reference(constant::call("__::read_columns", [constant::array(words), types, defaults]))
}

/// What words do not say.
struct Given<'a> {
    cx: &'a Cx<'a>,
    types: Vec<Expr>,
    defaults: Vec<Expr>,
}

impl Given<'_> {
    fn column(&mut self, column: &Column) -> Expr {
        let mut ty = self.ty(column).to_owned();
        ty.push_str(if column.nullable { "?" } else { "" });
        ty.push_str(if types::as_text(column) { "~" } else { "" });
        ty.push_str(if column.sensitive { "!" } else { "" });
        if let Some(name) = types::named(self.cx, column) {
            ty.push(':');
            ty.push_str(&name);
        }
        let default = match (&column.default, &column.computed) {
            (_, Some(_)) => "database".to_owned(),
            (Some(default), None) => self.default(column.ty, default),
            (None, None) => String::new(),
        };
        constant::tuple([&column.name, &ty, &default].map(|text| constant::text(text)))
    }

    fn ty(&mut self, column: &Column) -> &'static str {
        let word = match column.ty {
            Type::Scalar(scalar) if !column.list => scalar_word(scalar),
            Type::Scalar(_) | Type::Enum(_) => None,
        };
        word.unwrap_or_else(|| {
            self.types.push(meta::column_type(self.cx, column));
            "$"
        })
    }

    fn default(&mut self, ty: Type, default: &Default) -> String {
        let word = match default {
            Default::Autoincrement => "autoincrement",
            Default::Sql(_) => "database",
            Default::Now => "now",
            Default::Today => "today",
            Default::Uuid4 => "uuid4",
            Default::Uuid7 => "uuid7",
            Default::Value(Value::Bool(true)) => "true",
            Default::Value(Value::Bool(false)) => "false",
            Default::Value(Value::Int(number)) if *number >= 0 => {
                return number.to_string();
            }
            Default::Value(Value::Variant(at)) => {
                return format!("'{}", self.label(ty, *at));
            }
            Default::Value(_) | Default::List(_) => {
                self.defaults.push(meta::default_value(self.cx, ty, default));
                "$"
            }
        };
        word.to_owned()
    }

    fn label(&self, ty: Type, at: usize) -> &str {
        match ty {
            Type::Enum(id) => &self.cx.schema[id].variants[at].label,
            Type::Scalar(_) => unreachable!("only an enum's default is a variant"),
        }
    }
}

/// None where there is more to say than a word.
fn scalar_word(scalar: Scalar) -> Option<&'static str> {
    let word = match scalar {
        Scalar::Decimal { .. } => return None,
        Scalar::Bool => "bool",
        Scalar::SmallInt => "i16",
        Scalar::Int => "i32",
        Scalar::BigInt => "i64",
        Scalar::Float => "f32",
        Scalar::Double => "f64",
        Scalar::String { .. } => "text",
        Scalar::Bytes => "bytes",
        Scalar::Uuid => "uuid",
        Scalar::Date => "date",
        Scalar::Time => "time",
        Scalar::DateTime => "datetime",
        Scalar::LocalDateTime => "localdatetime",
        Scalar::Json => "json",
    };
    Some(word)
}
