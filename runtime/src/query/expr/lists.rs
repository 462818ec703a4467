//! Lists.

use rex_sql::{Call, Comparison, Expr};

use super::term::{Term, compare, in_terms_of};
use super::{Column, Ex, Place, Side, expressions};
use crate::fits::{Exact, Fits};
use crate::meta::Type;
use crate::query::Cond;
use crate::scalar::Element;
use crate::value::Value;

macro_rules! lists {
    ($($holds:ty => $length:ty;)*) => {$(expressions! { [T: Element] $holds {
        /// It has the element.
        pub fn has<How: Exact>(self, element: impl Fits<T, How>) -> Cond<P::Scope> {
            Cond::new(overlap(self.term(), Call::HasAll, vec![element.fit().encode()]))
        }

        /// It has all of the elements; true when there are none.
        pub fn has_all<V: Fits<T, How>, How: Exact>(self, elements: impl IntoIterator<Item = V>) -> Cond<P::Scope> {
            let elements = elements.into_iter().map(|element| element.fit().encode()).collect();
            Cond::new(overlap(self.term(), Call::HasAll, elements))
        }

        /// It has one of the elements; false when there are none.
        pub fn has_any<V: Fits<T, How>, How: Exact>(self, elements: impl IntoIterator<Item = V>) -> Cond<P::Scope> {
            let elements = elements.into_iter().map(|element| element.fit().encode()).collect();
            Cond::new(overlap(self.term(), Call::HasAny, elements))
        }

        /// The elements behind its own: `update(id).set(|u, p| u.tags(p.tags.append(["new"])))`.
        pub fn append<V: Fits<T, How>, How: Exact>(self, elements: impl IntoIterator<Item = V>) -> Ex<P, $holds> {
            let elements = elements.into_iter().map(|element| element.fit().encode()).collect();
            let term = self.term();
            Ex::new(Term { expr: overlap(term.clone(), Call::Append, elements), ..term })
        }

        /// How many elements it has.
        pub fn len(self) -> Ex<P, $length> {
            Ex::new(self.term().call(Call::Elements, [], Type::I64))
        }

        /// It has no element.
        pub fn is_empty(self) -> Cond<P::Scope> {
            let length = self.term().call(Call::Elements, [], Type::I64);
            Cond::new(compare(length, Comparison::Equal, Side::Value(Value::I64(0))))
        }
    } })*};
}

lists! {
    Vec<T> => i64;
    Option<Vec<T>> => Option<i64>;
}

fn overlap(list: Term, call: Call, elements: Vec<Value>) -> Expr<Value> {
    let elements = match list.ty {
        Some(ty) => in_terms_of(ty, Value::List(elements)),
        None => Value::List(elements),
    };
    Expr::Call(call, vec![list.expr, Expr::Value(elements)])
}
