//! Texts and octets.

use rex_sql::{Call, TextTest};

use super::term::{Term, text_test};
use super::{Column, Ex, Operand, Place, Side, expressions};
use crate::fits::Exact;
use crate::meta::Type;
use crate::query::Cond;
use crate::value::Value;

macro_rules! texts {
    ($($holds:ty => $length:ty;)*) => {$(expressions! { [] $holds {
        /// It contains the text, upper and lower case told apart.
        pub fn contains<How: Exact>(self, text: impl Operand<P::Scope, String, How>) -> Cond<P::Scope> {
            Cond::new(text_test(self.term(), TextTest::Contains, text.side()))
        }

        /// It starts with the text, upper and lower case told apart.
        pub fn starts_with<How: Exact>(self, text: impl Operand<P::Scope, String, How>) -> Cond<P::Scope> {
            Cond::new(text_test(self.term(), TextTest::StartsWith, text.side()))
        }

        /// It ends with the text, upper and lower case told apart.
        pub fn ends_with<How: Exact>(self, text: impl Operand<P::Scope, String, How>) -> Cond<P::Scope> {
            Cond::new(text_test(self.term(), TextTest::EndsWith, text.side()))
        }

        /// It matches a pattern of SQL, upper and lower case told apart: `%` stands for any
        /// text, `_` for one character, and `\` before one of these for the character itself.
        pub fn like(self, pattern: impl Into<String>) -> Cond<P::Scope> {
            let pattern = Side::Value(Value::Text(pattern.into()));
            Cond::new(text_test(self.term(), TextTest::Like, pattern))
        }

        /// The same, but that the upper and lower case of ASCII letters are not told apart.
        pub fn ilike(self, pattern: impl Into<String>) -> Cond<P::Scope> {
            let pattern = Side::Value(Value::Text(pattern.into().to_ascii_lowercase()));
            Cond::new(text_test(self.term().call(Call::Lower, [], Type::Text), TextTest::Like, pattern))
        }

        /// With ASCII letters in lower case.
        pub fn lower(self) -> Ex<P, $holds> {
            Ex::new(self.term().call(Call::Lower, [], Type::Text))
        }

        /// With ASCII letters in upper case.
        pub fn upper(self) -> Ex<P, $holds> {
            Ex::new(self.term().call(Call::Upper, [], Type::Text))
        }

        /// Without the spaces at both ends.
        pub fn trim(self) -> Ex<P, $holds> {
            Ex::new(self.term().call(Call::Trim, [], Type::Text))
        }

        /// How many Unicode scalar values it has.
        pub fn length(self) -> Ex<P, $length> {
            Ex::new(self.term().call(Call::Length, [], Type::I64))
        }

        /// The other text behind it.
        pub fn concat<How: Exact, O: Operand<P::Scope, $holds, How>>(self, other: O) -> Ex<P, O::Joined> {
            let term = self.term();
            let other = text(&term, other.side());
            Ex::new(term.call(Call::Concat, [other], Type::Text))
        }
    } })*};
}

texts! {
    String => i64;
    Option<String> => Option<i64>;
}

macro_rules! octets {
    ($($holds:ty => $length:ty;)*) => {$(expressions! { [] $holds {
        /// How many octets it has.
        pub fn length(self) -> Ex<P, $length> {
            Ex::new(self.term().call(Call::Octets, [], Type::I64))
        }
    } })*};
}

octets! {
    Vec<u8> => i64;
    Option<Vec<u8>> => Option<i64>;
}

fn text(beside: &Term, side: Side) -> Term {
    Term { ty: Some(Type::Text), ..beside.beside(side) }
}
