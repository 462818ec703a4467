//! What an expression is: bottom up, with literals left open until they meet a type.

use rex_grammar::ast::{self, BinaryOp, ExprKind, UnaryOp};
use rex_schema::model::{Expr, Node, Scalar, Type, Value, ValueType};

use super::names::Found;
use super::{Clock, Scope, any_length, told};
use crate::check::Cx;
use crate::check::draft::Shape;
use crate::source::Place;

/// The deepest tree, and the most nodes: what databases and rustc take in their stride.
const MAX_DEPTH: usize = 48;
const MAX_NODES: usize = 500;

pub(super) struct Typer<'c, 'a> {
    pub(super) cx: &'c mut Cx<'a>,
    pub(super) scope: Scope,
}

/// A part of an expression with its place.
#[derive(Clone)]
pub(super) struct Part<'e> {
    pub(super) operand: Operand<'e>,
    pub(super) place: Place,
}

/// What has a type, and what still waits for one.
#[derive(Clone)]
pub(super) enum Operand<'e> {
    Typed(Expr),
    /// Digits, with a sign.
    Number(String),
    Text(&'e str),
    Null,
    /// A word that is no column: a variant, if an enum comes.
    Name(&'e ast::Name),
    /// `now()`
    Now,
}

impl Operand<'_> {
    pub(super) fn ty(&self) -> Option<ValueType> {
        match self {
            Operand::Typed(expr) => Some(expr.ty),
            _ => None,
        }
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, Operand::Text(_)) || self.ty().is_some_and(is_text)
    }
}

pub(super) fn is_text(ty: ValueType) -> bool {
    matches!(ty, ValueType { ty: Type::Scalar(Scalar::String { .. }), list: false })
}

pub(super) fn is_bool(ty: ValueType) -> bool {
    ty == ValueType::of(Scalar::Bool)
}

/// Whether an expression is small enough to be looked at. Keeps its own stack.
pub(super) fn is_bounded(expr: &ast::Expr) -> bool {
    let (mut left, mut stack) = (MAX_NODES, vec![(expr, 0)]);
    while let Some((expr, depth)) = stack.pop() {
        if left == 0 || depth > MAX_DEPTH {
            return false;
        }
        left -= 1;
        match &expr.kind {
            ExprKind::Unary(_, inner) => stack.push((inner, depth + 1)),
            ExprKind::Binary(a, op, b) => {
                // A chain of `&&` becomes one list.
                let step = |side: &ast::Expr| match &side.kind {
                    ExprKind::Binary(_, inner, _) if inner == op && is_logic(*op) => depth,
                    _ => depth + 1,
                };
                stack.extend([(&**a, step(a)), (&**b, step(b))]);
            }
            ExprKind::List(list) => stack.extend(list.iter().map(|one| (one, depth + 1))),
            ExprKind::Call { args, .. } => {
                stack.extend(args.args.iter().map(|arg| (&arg.value, depth + 1)));
            }
            ExprKind::Bool(_)
            | ExprKind::Null
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Path(_)
            | ExprKind::Range { .. } => {}
        }
    }
    true
}

fn is_logic(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::And | BinaryOp::Or)
}

impl Typer<'_, '_> {
    pub(super) fn place(&self, expr: &ast::Expr) -> Place {
        self.at(expr.span)
    }

    pub(super) fn at(&self, span: ast::Span) -> Place {
        Place { file: self.scope.file, span }
    }

    pub(super) fn part<'e>(&mut self, expr: &'e ast::Expr) -> Option<Part<'e>> {
        let place = self.place(expr);
        Some(Part { operand: self.infer(expr)?, place })
    }

    /// Both are looked at, so that each tells its own faults.
    pub(super) fn parts<'e>(
        &mut self,
        left: &'e ast::Expr,
        right: &'e ast::Expr,
    ) -> Option<(Part<'e>, Part<'e>)> {
        let (left, right) = (self.part(left), self.part(right));
        Some((left?, right?))
    }

    pub(super) fn infer<'e>(&mut self, expr: &'e ast::Expr) -> Option<Operand<'e>> {
        let place = self.place(expr);
        Some(match &expr.kind {
            ExprKind::Bool(value) => Operand::Typed(Expr::condition(Node::Value(Value::Bool(*value)))),
            ExprKind::Null => Operand::Null,
            ExprKind::Number(digits) => Operand::Number(digits.clone()),
            ExprKind::String(text) => Operand::Text(text),
            ExprKind::Path(path) => return self.path(path, place),
            ExprKind::Call { path, args } => return self.call(path, args, place),
            ExprKind::Unary(UnaryOp::Not, inner) => {
                let inner = self.condition(inner)?;
                Operand::Typed(self.folded(Expr::condition(Node::Not(Box::new(inner))), place)?)
            }
            ExprKind::Unary(UnaryOp::Neg, inner) => return self.negate(inner),
            ExprKind::Binary(left, op, right) => return self.binary(left, *op, right, place),
            ExprKind::List(_) => {
                self.cx.report(told::list(place));
                return None;
            }
            ExprKind::Range { .. } => {
                self.cx.report(told::range(place));
                return None;
            }
        })
    }

    fn path<'e>(&mut self, path: &'e [ast::Name], place: Place) -> Option<Operand<'e>> {
        match self.find(path) {
            Found::Column(column) => {
                let draft = &self.cx.models[self.scope.model].columns[column];
                let ty = any_length(ValueType { ty: draft.ty, list: draft.list });
                Some(Operand::Typed(Expr::new(Node::Column(column), ty)))
            }
            Found::Variant(id, variant) => {
                let ty = ValueType { ty: Type::Enum(id), list: false };
                Some(Operand::Typed(Expr::new(Node::Value(Value::Variant(variant)), ty)))
            }
            Found::Whole(field) => {
                let relation = self.cx.field(self.scope.model, field);
                let columns = &self.cx.models[self.scope.model].columns;
                let columns: Vec<&str> =
                    relation.columns.iter().map(|&column| columns[column].field.as_str()).collect();
                let is_relation = matches!(relation.shape, Shape::ToOne { .. } | Shape::ToMany { .. });
                let diagnostic =
                    told::relation(place, relation.name(), relation.place(), &columns, is_relation);
                self.cx.report(diagnostic);
                None
            }
            Found::Told => None,
            Found::Nothing => match path {
                [name] => Some(Operand::Name(name)),
                _ => {
                    self.unknown(path, place);
                    None
                }
            },
        }
    }

    /// An expression that is true, false or unknown.
    pub(super) fn condition(&mut self, expr: &ast::Expr) -> Option<Expr> {
        let part = self.part(expr)?;
        let place = part.place;
        if matches!(part.operand, Operand::Null) {
            self.cx.report(told::null_operand(place, "a condition"));
            return None;
        }
        let found = self.settle(part, None)?;
        if is_bool(found.ty) {
            return Some(found);
        }
        let ty = self.name_of(found.ty);
        self.cx.report(told::not_a_condition(place, &ty));
        None
    }

    /// Whether values have an order that an index can keep.
    pub(super) fn has_order(&mut self, expr: &Expr, place: Place) -> bool {
        let has = !expr.ty.list && expr.ty.ty != Type::Scalar(Scalar::Json);
        if !has {
            let ty = self.name_of(expr.ty);
            self.cx.report(told::no_order(place, &ty));
        }
        has
    }

    pub(super) fn clock(&mut self, name: &str, place: Place) -> bool {
        let may = self.scope.clock == Clock::Allowed;
        if !may {
            self.cx.report(told::clock(place, name));
        }
        may
    }

    /// The name of a type as the user writes it.
    pub(super) fn name_of(&self, ty: ValueType) -> String {
        let name = self.cx.type_name(ty.ty);
        if ty.list { format!("[{name}]") } else { name }
    }
}
