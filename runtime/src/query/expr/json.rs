//! JSON: what stands at a path, and what it is.

/// A step of a path into JSON: a key of an object, or a place in an array, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A key.
    Key(String),
    /// A place.
    Place(i32),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Step::Key(key.to_owned())
    }
}

impl From<String> for Step {
    fn from(key: String) -> Self {
        Step::Key(key)
    }
}

impl From<i32> for Step {
    fn from(place: i32) -> Self {
        Step::Place(place)
    }
}

#[cfg(feature = "json")]
mod typed {
    use rex_sql::{Call, Expr, Kind};
    use serde_json::Value as Json;

    use super::super::{Column, Ex, Place, Term, expressions};
    use super::Step;
    use crate::meta::Type;
    use crate::query::Cond;
    use crate::value::Value;

    macro_rules! json {
        ($($holds:ty)*) => {$(expressions! { [] $holds {
            /// What an object has at a key, or an array at a place, from 0; null if it has nothing there,
            /// or is neither. What is there may be JSON's own null.
            pub fn get(self, step: impl Into<Step>) -> Ex<P, Option<Json>> {
                Ex::new(at(self.term(), step.into()))
            }

            /// The text that it is; null if it is something else.
            pub fn as_text(self) -> Ex<P, Option<String>> {
                Ex::new(self.term().call(Call::JsonText, [], Type::Text).or_null())
            }

            /// The integer that it is, of at most 18 digits; null if it is something else.
            pub fn as_integer(self) -> Ex<P, Option<i64>> {
                Ex::new(self.term().call(Call::JsonInteger, [], Type::I64).or_null())
            }

            /// The number that it is; null if it is something else.
            pub fn as_number(self) -> Ex<P, Option<f64>> {
                Ex::new(self.term().call(Call::JsonNumber, [], Type::F64).or_null())
            }

            /// The truth value that it is; null if it is something else.
            pub fn as_bool(self) -> Ex<P, Option<bool>> {
                Ex::new(self.term().call(Call::JsonBool, [], Type::Bool).or_null())
            }

            /// It has all that the value has: an object each of its keys, with what that has; an array
            /// each of its elements, in any order; anything else is equal.
            pub fn has_json(self, value: impl Into<Json>) -> Cond<P::Scope> {
                Cond::new(has(self.term(), &value.into()))
            }
        } })*};
    }

    json! { Json Option<Json> }

    fn at(json: Term, step: Step) -> Term {
        let (call, step) = match step {
            Step::Key(key) => (Call::Member, Expr::Typed(Value::Text(key), Kind::Member)),
            Step::Place(place) => (Call::Element, Expr::Typed(Value::I32(place), Kind::I32)),
        };
        Term { expr: Expr::Call(call, vec![json.expr, step]), ty: Some(Type::Json), nullable: true }
    }

    /// PostgreSQL's containment; what SQLite has to ask instead is [`Call::HasJson`]'s to say.
    fn has(json: Term, value: &Json) -> Expr<Value> {
        Expr::Call(Call::HasJson, vec![json.expr, Expr::Typed(Value::Json(value.to_string()), Kind::Json)])
    }
}
