//! Functions: how many arguments they take, of which types, and what they give.

use rex_grammar::ast;
use rex_schema::model::{Expr, Function, Node, Scalar, Type, ValueType};

use super::infer::{Operand, Part, Typer, is_text};
use super::told;
use crate::source::Place;

/// How many arguments a function takes.
#[derive(Clone, Copy)]
struct Takes {
    least: usize,
    most: Option<usize>,
}

impl Takes {
    const fn exactly(number: usize) -> Takes {
        Takes { least: number, most: Some(number) }
    }

    const fn at_least(number: usize) -> Takes {
        Takes { least: number, most: None }
    }

    fn of(function: Function) -> Takes {
        match function {
            Function::Now | Function::Today => Takes::exactly(0),
            Function::Length | Function::Lower | Function::Upper | Function::Trim | Function::Abs => {
                Takes::exactly(1)
            }
            Function::StartsWith | Function::Contains => Takes::exactly(2),
            Function::Concat | Function::Coalesce => Takes::at_least(2),
        }
    }

    fn allows(self, number: usize) -> bool {
        number >= self.least && self.most.is_none_or(|most| number <= most)
    }

    fn words(self) -> String {
        let plural = |number: usize| if number == 1 { "argument" } else { "arguments" };
        match self.most {
            Some(0) => "no arguments".to_owned(),
            Some(most) => format!("{most} {}", plural(most)),
            None => format!("at least {} {}", self.least, plural(self.least)),
        }
    }
}

impl Typer<'_, '_> {
    pub(super) fn call<'e>(
        &mut self,
        path: &'e [ast::Name],
        args: &'e ast::Group,
        place: Place,
    ) -> Option<Operand<'e>> {
        let name = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
        let at = self.at(path.first()?.span.to(path.last()?.span));
        if name == "sql" {
            self.cx.report(told::sql_within(place));
            return None;
        }
        let Some(function) = Function::ALL.into_iter().find(|known| known.name() == name) else {
            let known: Vec<&str> = match self.cx.may_suggest(Function::ALL.len()) {
                true => Function::ALL.map(Function::name).to_vec(),
                false => Vec::new(),
            };
            let arguments = self.at(args.span);
            let diagnostic = told::unknown_function(at, &name, known, arguments, self.cx.text(arguments));
            self.cx.report(diagnostic);
            return None;
        };
        if let Some(arg) = args.args.iter().find(|arg| arg.label.is_some() || !arg.modifiers.is_empty()) {
            self.cx.report(told::argument_words(self.at(arg.span), &name));
            return None;
        }
        let takes = Takes::of(function);
        if !takes.allows(args.args.len()) {
            let place = self.at(args.span);
            self.cx.report(told::argument_count(place, &name, &takes.words(), args.args.len()));
            return None;
        }
        let parts: Vec<Option<Part<'e>>> = args.args.iter().map(|arg| self.part(&arg.value)).collect();
        let parts: Vec<Part<'e>> = parts.into_iter().collect::<Option<_>>()?;
        self.of_function(function, &name, at, parts)
    }

    fn of_function<'e>(
        &mut self,
        function: Function,
        name: &str,
        at: Place,
        parts: Vec<Part<'e>>,
    ) -> Option<Operand<'e>> {
        let text = ValueType::of(Scalar::String { max: None });
        let (arguments, ty) = match function {
            Function::Now => return self.clock(name, at).then_some(Operand::Now),
            Function::Today => {
                self.clock(name, at).then_some(())?;
                (Vec::new(), ValueType::of(Scalar::Date))
            }
            Function::Length => (vec![self.measured(parts)?], ValueType::of(Scalar::BigInt)),
            Function::Lower | Function::Upper | Function::Trim | Function::Concat => {
                (self.texts(name, parts)?, text)
            }
            Function::StartsWith | Function::Contains => {
                (self.texts(name, parts)?, ValueType::of(Scalar::Bool))
            }
            Function::Abs => {
                let part = parts.into_iter().next()?;
                let place = part.place;
                let number = self.settle(part, None)?;
                let number = self.as_number(number, "abs", place)?;
                let ty = number.ty;
                (vec![number], ty)
            }
            Function::Coalesce => {
                let all = self.one_type(parts)?;
                let ty = all.first()?.ty;
                (all, ty)
            }
        };
        let found = Expr::new(Node::Call(function, arguments), ty);
        self.folded(found, at).map(Operand::Typed)
    }

    /// The argument of `length`.
    fn measured(&mut self, parts: Vec<Part<'_>>) -> Option<Expr> {
        let part = parts.into_iter().next()?;
        let place = part.place;
        let found = self.settle(part, None)?;
        let has_length = found.ty.list || is_text(found.ty) || found.ty.ty == Type::Scalar(Scalar::Bytes);
        if !has_length {
            let ty = self.name_of(found.ty);
            self.cx.report(told::argument_type(place, "length", "a `String`, `Bytes` or a list", &ty));
            return None;
        }
        Some(found)
    }

    fn texts(&mut self, name: &str, parts: Vec<Part<'_>>) -> Option<Vec<Expr>> {
        let mut texts = Vec::with_capacity(parts.len());
        for part in parts {
            let place = part.place;
            let Some(found) = self.settle(part, Some(ValueType::of(Scalar::String { max: None }))) else {
                texts.push(None);
                continue;
            };
            if is_text(found.ty) {
                texts.push(Some(found));
                continue;
            }
            let ty = self.name_of(found.ty);
            self.cx.report(told::argument_type(place, name, "a `String`", &ty));
            texts.push(None);
        }
        texts.into_iter().collect()
    }
}
