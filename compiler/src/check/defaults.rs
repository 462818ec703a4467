//! Sixth pass: defaults.

use rex_grammar::ast::{Expr, ExprKind, UnaryOp};
use rex_schema::model::{Default, EnumId, Scalar, Type, Value};

use super::draft::Shape;
use super::expr::{sql_called, sql_text};
use super::literals::{self, Fault};
use super::{Cx, FieldIx, ModelIx};
use crate::diagnostic::{declarations, defaults};
use crate::source::Place;

/// Checks the defaults of all fields, and files them with their columns.
pub(super) fn check(cx: &mut Cx<'_>) {
    for model in 0..cx.models.len() {
        for field in 0..cx.models[model].fields.len() {
            let draft = cx.field(model, field);
            let (ast, shape, columns) = (draft.ast, draft.shape, draft.columns.clone());
            let Some(expr) = &ast.default else { continue };
            let found = match shape {
                Shape::Scalar { ty, list, nullable } => {
                    Reader { cx, model, field, ty, nullable }.default(expr, list)
                }
                Shape::Broken => None,
                Shape::Embedded { .. } => {
                    let place = Place { file: draft.file, span: expr.span };
                    let whole = Place { span: draft.type_place().span.after().to(expr.span), ..place };
                    let diagnostic = declarations::default_of_type(place, draft.name(), whole);
                    cx.report(diagnostic);
                    None
                }
                Shape::Union { .. } => {
                    let place = Place { file: draft.file, span: expr.span };
                    let diagnostic = defaults::on_union(place, draft.name());
                    cx.report(diagnostic);
                    None
                }
                Shape::ToOne { .. } | Shape::ToMany { .. } => {
                    let place = Place { file: draft.file, span: expr.span };
                    let diagnostic = defaults::on_relation(place, draft.name());
                    cx.report(diagnostic);
                    None
                }
            };
            if let [column] = columns.as_slice() {
                cx.models[model].columns[*column].default = found;
            }
        }
    }
}

/// Reads what a field may be written with, as its default is read.
pub(super) fn value(cx: &mut Cx<'_>, model: ModelIx, field: FieldIx, expr: &Expr) -> Option<Default> {
    match cx.field(model, field).shape {
        Shape::Scalar { ty, list, nullable } => Reader { cx, model, field, ty, nullable }.default(expr, list),
        Shape::ToOne { .. }
        | Shape::ToMany { .. }
        | Shape::Embedded { .. }
        | Shape::Union { .. }
        | Shape::Broken => None,
    }
}

struct Reader<'c, 'a> {
    cx: &'c mut Cx<'a>,
    model: ModelIx,
    field: FieldIx,
    ty: Type,
    nullable: bool,
}

impl Reader<'_, '_> {
    fn place(&self, expr: &Expr) -> Place {
        Place { file: self.cx.field(self.model, self.field).file, span: expr.span }
    }

    fn type_place(&self) -> Place {
        self.cx.field(self.model, self.field).type_place()
    }

    fn default(&mut self, expr: &Expr, list: bool) -> Option<Default> {
        let place = self.place(expr);
        if let Some(args) = sql_called(expr) {
            return sql_text(self.cx, place.file, args).map(Default::Sql);
        }
        match (&expr.kind, list) {
            (ExprKind::List(elements), true) => {
                let values: Vec<Option<Value>> = elements.iter().map(|element| self.value(element)).collect();
                values.into_iter().collect::<Option<Vec<Value>>>().map(Default::List)
            }
            (ExprKind::List(_), false) => {
                let ty = self.cx.type_name(self.ty);
                let field = self.type_place();
                self.cx.report(defaults::list_for_scalar(place, &ty, field));
                None
            }
            (ExprKind::Null, _) if self.nullable => None,
            (ExprKind::Null, _) => {
                let ty = self.type_place();
                self.cx.report(defaults::null_for_required(place, ty, list));
                None
            }
            (kind, true) => {
                let is_value =
                    !matches!(kind, ExprKind::Call { .. } | ExprKind::Binary(..) | ExprKind::Range { .. });
                let (text, field) = (self.cx.text(place), self.type_place());
                self.cx.report(defaults::scalar_for_list(place, is_value.then_some(text), field));
                None
            }
            (ExprKind::Call { path, args }, false) if path.len() == 1 => {
                let at = Place { span: args.span, ..place };
                self.function(&path[0].text, Place { span: path[0].span, ..place }, args.args.is_empty(), at)
            }
            _ => self.value(expr).map(Default::Value),
        }
    }

    fn function(&mut self, name: &str, at: Place, no_arguments: bool, args: Place) -> Option<Default> {
        let (default, gives, fits) = match name {
            "autoincrement" => return self.autoincrement(at),
            "now" => (
                Default::Now,
                "the present time",
                self.is(&[Scalar::DateTime, Scalar::LocalDateTime, Scalar::Time]),
            ),
            "today" => (Default::Today, "the present day", self.is(&[Scalar::Date])),
            "uuid4" => (Default::Uuid4, "a `Uuid`", self.is(&[Scalar::Uuid])),
            "uuid7" => (Default::Uuid7, "a `Uuid`", self.is(&[Scalar::Uuid])),
            _ => {
                self.cx.report(defaults::unknown_function(at, name));
                return None;
            }
        };
        if !no_arguments {
            self.cx.report(defaults::function_arguments(args, name));
        }
        if !fits {
            let (ty, field) = (self.cx.type_name(self.ty), self.type_place());
            self.cx.report(defaults::function_type(at, name, gives, &ty, field));
        }
        fits.then_some(default)
    }

    fn is(&self, scalars: &[Scalar]) -> bool {
        matches!(self.ty, Type::Scalar(scalar) if scalars.contains(&scalar))
    }

    fn autoincrement(&mut self, at: Place) -> Option<Default> {
        let integer = matches!(self.ty, Type::Scalar(scalar) if scalar.is_integer());
        let model = &self.cx.models[self.model];
        let why = match &model.key {
            _ if !integer => "this is no integer",
            // Told with the key.
            None => return Some(Default::Autoincrement),
            Some(_) if self.nullable => "this is optional",
            Some(key) if !key.fields.contains(&self.field) => "this is not the primary key",
            Some(key) if key.fields.len() > 1 => "the primary key has several parts",
            Some(_) => return Some(Default::Autoincrement),
        };
        self.cx.report(defaults::autoincrement(at, why));
        None
    }

    /// A constant; faults are told.
    fn value(&mut self, expr: &Expr) -> Option<Value> {
        let place = self.place(expr);
        let read = match (&expr.kind, self.ty) {
            (ExprKind::Path(path), Type::Enum(id)) => return self.variant(path, id.index(), place),
            (ExprKind::Bool(value), Type::Scalar(Scalar::Bool)) => Ok(Value::Bool(*value)),
            (ExprKind::Number(digits), Type::Scalar(scalar)) => literals::number(digits, scalar),
            (ExprKind::Unary(UnaryOp::Neg, inner), Type::Scalar(scalar)) => match &inner.kind {
                ExprKind::Number(digits) => literals::number(&format!("-{digits}"), scalar),
                _ => Err(Fault::Type),
            },
            (ExprKind::String(text), Type::Scalar(scalar)) => literals::text(text, scalar),
            _ => Err(Fault::Type),
        };
        match read {
            Ok(value) => Some(value),
            Err(fault) => {
                self.fault(expr, fault, place);
                None
            }
        }
    }

    fn variant(&mut self, path: &[rex_grammar::ast::Name], index: usize, place: Place) -> Option<Value> {
        let draft = &self.cx.enums[index];
        let owner = draft.ast.name.text.as_str();
        let name = match path {
            [name] => name,
            [qualifier, name] if qualifier.text == owner => name,
            _ => {
                let field = self.type_place();
                let text = self.cx.text(place);
                let last = path.last().map(|name| name.text.as_str());
                let known = last.filter(|last| draft.find(last).is_some());
                let meant = known.map(|known| format!("{owner}.{known}"));
                self.cx.report(defaults::wrong_type(place, &format!("`{text}`"), owner, field, meant));
                return None;
            }
        };
        match draft.find(&name.text) {
            Some(at) => Some(Value::Variant(at)),
            None => {
                self.cx.unknown_variant(EnumId(index as u32), Place { span: name.span, ..place }, &name.text);
                None
            }
        }
    }

    /// What was probably meant by a constant of another kind.
    fn meant(&self, expr: &Expr, text: &str) -> Option<String> {
        let scalar = match self.ty {
            Type::Scalar(scalar) => scalar,
            Type::Enum(id) => {
                let ExprKind::String(name) = &expr.kind else { return None };
                return self.cx.enums[id.index()].find(name).map(|_| name.clone());
            }
        };
        let reads = |read: Result<Value, Fault>| read.is_ok();
        match (&expr.kind, scalar) {
            (ExprKind::String(word), Scalar::Bool) if word == "true" || word == "false" => Some(word.clone()),
            (ExprKind::String(digits), _) if reads(literals::number(digits, scalar)) => Some(digits.clone()),
            (ExprKind::Number(digits), Scalar::Bool) if digits == "0" => Some("false".to_owned()),
            (ExprKind::Number(digits), Scalar::Bool) if digits == "1" => Some("true".to_owned()),
            (ExprKind::Path(path), _) => self.meant_by_name(&path[0].text, text, scalar),
            (_, Scalar::String { .. }) if reads(literals::text(text, scalar)) => {
                Some(rex_grammar::quote(text))
            }
            _ => None,
        }
    }

    fn meant_by_name(&self, name: &str, text: &str, scalar: Scalar) -> Option<String> {
        let folded = name.to_lowercase();
        let is_time = matches!(scalar, Scalar::DateTime | Scalar::LocalDateTime | Scalar::Time);
        Some(match folded.as_str() {
            "now" | "current_timestamp" if is_time => "now()".to_owned(),
            "today" | "current_date" if scalar == Scalar::Date => "today()".to_owned(),
            "autoincrement" if scalar.is_integer() => "autoincrement()".to_owned(),
            "uuid4" | "uuid7" if scalar == Scalar::Uuid => format!("{folded}()"),
            "true" | "false" if scalar == Scalar::Bool => folded,
            "nil" | "none" | "undefined" | "null" if self.nullable => "null".to_owned(),
            "nil" | "none" | "undefined" | "null" => return None,
            _ if matches!(scalar, Scalar::String { .. }) => rex_grammar::quote(text),
            _ => return None,
        })
    }

    fn fault(&mut self, expr: &Expr, fault: Fault, place: Place) {
        let (ty, field) = (self.cx.type_name(self.ty), self.type_place());
        let text = self.cx.text(place);
        let diagnostic = match fault {
            Fault::Range(low, high) => {
                let fits = |scalar| literals::number(&text.replace('_', ""), scalar).is_ok();
                let wider = [("Int", Scalar::Int), ("BigInt", Scalar::BigInt)]
                    .into_iter()
                    .find(|&(_, scalar)| fits(scalar));
                let at = self.cx.field(self.model, self.field).bare_type_place();
                defaults::out_of_range(place, text, &ty, (low, high), wider.map(|(name, _)| (name, at)))
            }
            Fault::Length(what) => defaults::does_not_fit(place, what, field, &ty),
            Fault::Form(form) => {
                let text = if let ExprKind::String(text) = &expr.kind { text } else { text };
                defaults::malformed(place, text, &ty, form)
            }
            Fault::Type => {
                let is = match &expr.kind {
                    ExprKind::String(_) => "a text".to_owned(),
                    ExprKind::Number(_) => format!("the number {text}"),
                    ExprKind::Bool(_) => format!("`{text}`"),
                    ExprKind::Call { .. } => "a function's result".to_owned(),
                    ExprKind::Path(_) => format!("the name `{text}`"),
                    _ => "this expression".to_owned(),
                };
                defaults::wrong_type(place, &is, &ty, field, self.meant(expr, text))
            }
        };
        self.cx.report(diagnostic);
    }
}
