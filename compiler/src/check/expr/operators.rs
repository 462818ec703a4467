//! Operators: comparisons, logic, arithmetic.

use rex_grammar::ast::{self, BinaryOp, ExprKind};
use rex_schema::model::{Arithmetic, Comparison, Expr, Node, Scalar, Type, ValueType};

use super::fold;
use super::infer::{Operand, Part, Typer};
use super::told;
use super::unify::{decimal_digits, widen};
use crate::source::Place;

impl Typer<'_, '_> {
    pub(super) fn binary<'e>(
        &mut self,
        left: &'e ast::Expr,
        op: BinaryOp,
        right: &'e ast::Expr,
        place: Place,
    ) -> Option<Operand<'e>> {
        let found = match op {
            BinaryOp::And | BinaryOp::Or => self.logic(left, op, right),
            BinaryOp::Eq => self.compare(left, Comparison::Equal, right, place),
            BinaryOp::Ne => self.compare(left, Comparison::NotEqual, right, place),
            BinaryOp::Lt => self.compare(left, Comparison::Less, right, place),
            BinaryOp::Le => self.compare(left, Comparison::LessOrEqual, right, place),
            BinaryOp::Gt => self.compare(left, Comparison::Greater, right, place),
            BinaryOp::Ge => self.compare(left, Comparison::GreaterOrEqual, right, place),
            BinaryOp::In => self.member(left, right),
            BinaryOp::Add => self.arithmetic(left, Arithmetic::Add, right, place),
            BinaryOp::Sub => self.arithmetic(left, Arithmetic::Subtract, right, place),
            BinaryOp::Mul => self.arithmetic(left, Arithmetic::Multiply, right, place),
            BinaryOp::Div => self.arithmetic(left, Arithmetic::Divide, right, place),
            BinaryOp::Rem => self.arithmetic(left, Arithmetic::Remainder, right, place),
        };
        found.map(Operand::Typed)
    }

    /// A chain of one operator is one list.
    fn logic(&mut self, left: &ast::Expr, op: BinaryOp, right: &ast::Expr) -> Option<Expr> {
        let (left, right) = (self.condition(left), self.condition(right));
        let mut terms = Vec::new();
        for side in [left?, right?] {
            match (side.node, op) {
                (Node::All(inner), BinaryOp::And) | (Node::Any(inner), BinaryOp::Or) => terms.extend(inner),
                (node, _) => terms.push(Expr::condition(node)),
            }
        }
        Some(fold::logic(terms, op == BinaryOp::And))
    }

    fn compare(
        &mut self,
        left: &ast::Expr,
        comparison: Comparison,
        right: &ast::Expr,
        place: Place,
    ) -> Option<Expr> {
        if let Some(middle) = self.chained(left, right) {
            self.cx.report(middle);
            return None;
        }
        let names = (single_name(left), single_name(right));
        let (left, right) = self.parts(left, right)?;
        match (&left.operand, &right.operand) {
            (Operand::Null, Operand::Null) => {
                self.cx.report(told::null_operand(left.place, "an operand"));
                return None;
            }
            (Operand::Null, _) => return self.null_test(right, comparison, left.place, place),
            (_, Operand::Null) => return self.null_test(left, comparison, right.place, place),
            _ => {}
        }
        self.is_plain(&left, names.0, &right)?;
        self.is_plain(&right, names.1, &left)?;
        let at = (left.place, right.place);
        let [left, right]: [Expr; 2] = self.one_type(vec![left, right])?.try_into().ok()?;
        if left.ty.list || left.ty.ty == Type::Scalar(Scalar::Json) {
            let ty = self.name_of(left.ty);
            self.cx.report(told::not_comparable(at.0, at.1, &ty));
            return None;
        }
        self.folded(Expr::condition(Node::Compare(comparison, Box::new(left), Box::new(right))), place)
    }

    /// `a < b < c`, without parentheses that would make it something else.
    fn chained(&self, left: &ast::Expr, right: &ast::Expr) -> Option<crate::diagnostic::Diagnostic> {
        let ExprKind::Binary(_, op, middle) = &left.kind else { return None };
        let is_comparison = op.precedence() == BinaryOp::Eq.precedence() && *op != BinaryOp::In;
        let between = self.at(ast::Span { start: left.span.end, end: right.span.start });
        let operator = self.cx.text(between);
        if !is_comparison || operator.contains(')') {
            return None;
        }
        let place = self.at(left.span.to(right.span));
        let middle = self.cx.text(self.place(middle));
        Some(told::chained(place, between, operator.trim(), middle))
    }

    /// A name that is a column here, and would be a variant of the other side's enum.
    fn is_plain(&mut self, part: &Part<'_>, name: Option<&str>, other: &Part<'_>) -> Option<()> {
        let (Some(name), Some(ValueType { ty: Type::Enum(id), list: false })) = (name, other.operand.ty())
        else {
            return Some(());
        };
        let draft = &self.cx.enums[id.index()];
        if draft.find(name).is_none() {
            return Some(());
        }
        let model = &self.cx.models[self.scope.model];
        let Some(field) = model.find(name) else { return Some(()) };
        let diagnostic = told::ambiguous(part.place, name, model.fields[field].place(), &draft.ast.name.text);
        self.cx.report(diagnostic);
        None
    }

    fn null_test(
        &mut self,
        part: Part<'_>,
        comparison: Comparison,
        null: Place,
        whole: Place,
    ) -> Option<Expr> {
        let text = self.cx.text(part.place);
        let inner = self.settle(part, None)?;
        match comparison {
            Comparison::Equal => self.folded(Expr::condition(Node::IsNull(Box::new(inner))), whole),
            Comparison::NotEqual => self.folded(Expr::condition(Node::IsNotNull(Box::new(inner))), whole),
            Comparison::Less | Comparison::LessOrEqual | Comparison::Greater | Comparison::GreaterOrEqual => {
                self.cx.report(told::null_order(null, whole, text));
                None
            }
        }
    }

    fn member(&mut self, left: &ast::Expr, right: &ast::Expr) -> Option<Expr> {
        let ExprKind::List(elements) = &right.kind else {
            let place = self.place(right);
            self.cx.report(told::no_list(place));
            return None;
        };
        if elements.is_empty() {
            let place = self.place(right);
            self.cx.report(told::empty_list(place));
            return None;
        }
        let first = self.part(left);
        let others: Vec<Option<Part<'_>>> = elements.iter().map(|element| self.part(element)).collect();
        let mut parts = vec![first?];
        parts.extend(others.into_iter().collect::<Option<Vec<_>>>()?);
        let at = parts[0].place;
        let mut all = self.one_type(parts)?;
        let looked_for = all.remove(0);
        if looked_for.ty.list || looked_for.ty.ty == Type::Scalar(Scalar::Json) {
            let ty = self.name_of(looked_for.ty);
            self.cx.report(told::not_comparable(at, at, &ty));
            return None;
        }
        self.folded(Expr::condition(Node::In(Box::new(looked_for), all)), at)
    }

    pub(super) fn negate<'e>(&mut self, inner: &'e ast::Expr) -> Option<Operand<'e>> {
        let part = self.part(inner)?;
        if let Operand::Number(digits) = &part.operand {
            let opposite = digits.strip_prefix('-').map_or_else(|| format!("-{digits}"), str::to_owned);
            return Some(Operand::Number(opposite));
        }
        let place = part.place;
        let inner = self.settle(part, None)?;
        let inner = self.as_number(inner, "-", place)?;
        let ty = inner.ty;
        Some(Operand::Typed(Expr::new(Node::Negate(Box::new(inner)), ty)))
    }

    /// A number that can be computed with: `Float` as `Double`.
    pub(super) fn as_number(&mut self, expr: Expr, operator: &str, place: Place) -> Option<Expr> {
        match expr.ty {
            ValueType { ty: Type::Scalar(Scalar::Float), list: false } => {
                Some(widen(expr, ValueType::of(Scalar::Double)))
            }
            ValueType { ty: Type::Scalar(scalar), list: false }
                if scalar == Scalar::Double || decimal_digits(scalar).is_some() =>
            {
                Some(expr)
            }
            ty => {
                let name = self.name_of(ty);
                self.cx.report(told::no_arithmetic(place, operator, &name));
                None
            }
        }
    }

    fn arithmetic(
        &mut self,
        left: &ast::Expr,
        operation: Arithmetic,
        right: &ast::Expr,
        place: Place,
    ) -> Option<Expr> {
        let (left, right) = self.parts(left, right)?;
        if operation == Arithmetic::Add && (left.operand.is_text() || right.operand.is_text()) {
            let diagnostic = told::join(place, self.cx.text(left.place), self.cx.text(right.place));
            self.cx.report(diagnostic);
            return None;
        }
        let (at_left, at_right) = (left.place, right.place);
        let sign = sign(operation);
        let [left, right] = match operation {
            Arithmetic::Multiply => self.factors(left, right)?,
            _ => self.one_type(vec![left, right])?.try_into().ok()?,
        };
        // Both have one type by now: what the first cannot, the second need not be told of.
        let left = self.as_number(left, sign, at_left)?;
        let right = self.as_number(right, sign, at_right)?;
        let ty = self.result(operation, (left.ty, right.ty), place)?;
        if matches!(operation, Arithmetic::Divide | Arithmetic::Remainder) && fold::is_zero(&right) {
            self.cx.report(told::by_zero(at_right));
            return None;
        }
        self.digits(ty, place)?;
        let found = Expr::new(Node::Arithmetic(operation, Box::new(left), Box::new(right)), ty);
        self.folded(found, place)
    }

    /// A product needs no common number of digits behind the point.
    fn factors(&mut self, left: Part<'_>, right: Part<'_>) -> Option<[Expr; 2]> {
        let hint = left.operand.ty().or(right.operand.ty());
        let both = [left.clone(), right.clone()].map(|part| match part.operand {
            Operand::Typed(expr) => Some(expr.ty),
            _ => None,
        });
        let is_decimal = |ty: &ValueType| !ty.list && matches!(ty.ty, Type::Scalar(Scalar::Decimal { .. }));
        if !both.iter().flatten().any(is_decimal) {
            return self.one_type(vec![left, right])?.try_into().ok();
        }
        let places = (left.place, right.place);
        let (left, right) = (self.settle(left, hint), self.settle(right, hint));
        let sides = [(left?, places.0), (right?, places.1)];
        // Anything that has no digits is told as it would be beside any number.
        if !sides.iter().all(|(side, _)| as_decimal(side.ty).is_some()) {
            let parts = sides.map(|(side, place)| Part { operand: Operand::Typed(side), place });
            return self.one_type(parts.into()).and_then(|all| all.try_into().ok());
        }
        Some(sides.map(|(side, _)| {
            let ty = as_decimal(side.ty).unwrap_or(side.ty);
            widen(side, ty)
        }))
    }

    /// The type of a result; tells an operator that the type does not have.
    fn result(
        &mut self,
        operation: Arithmetic,
        (left, right): (ValueType, ValueType),
        place: Place,
    ) -> Option<ValueType> {
        let (Type::Scalar(a), Type::Scalar(b)) = (left.ty, right.ty) else { return Some(left) };
        match (operation, a, b) {
            (Arithmetic::Divide, Scalar::Decimal { .. }, _) => {
                self.cx.report(told::decimal_quotient(place));
                None
            }
            (Arithmetic::Remainder, Scalar::Double, _) => {
                self.cx.report(told::no_arithmetic(place, "%", "Double"));
                None
            }
            (_, Scalar::Decimal { precision: p, scale: s }, Scalar::Decimal { precision: q, scale: t }) => {
                let scale = s.max(t);
                let scalar = match operation {
                    Arithmetic::Multiply => Scalar::Decimal { precision: p.saturating_add(q), scale: s + t },
                    Arithmetic::Remainder => Scalar::Decimal { precision: p.max(q), scale },
                    _ => Scalar::Decimal { precision: (p - s).max(q - t) + scale + 1, scale },
                };
                Some(ValueType::of(scalar))
            }
            _ => Some(left),
        }
    }

    /// Constants are computed here; what leaves its type is told.
    pub(super) fn folded(&mut self, expr: Expr, place: Place) -> Option<Expr> {
        match fold::fold(expr) {
            Ok(expr) => Some(expr),
            Err(ty) => {
                let ty = self.name_of(ty);
                self.cx.report(told::overflow(place, &ty));
                None
            }
        }
    }
}

fn as_decimal(ty: ValueType) -> Option<ValueType> {
    match ty {
        ValueType { ty: Type::Scalar(scalar), list: false } => {
            let (precision, scale) = decimal_digits(scalar)?;
            Some(ValueType::of(Scalar::Decimal { precision, scale }))
        }
        _ => None,
    }
}

fn single_name(expr: &ast::Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Path(path) if path.len() == 1 => Some(&path[0].text),
        _ => None,
    }
}

fn sign(operation: Arithmetic) -> &'static str {
    match operation {
        Arithmetic::Add => "+",
        Arithmetic::Subtract => "-",
        Arithmetic::Multiply => "*",
        Arithmetic::Divide => "/",
        Arithmetic::Remainder => "%",
    }
}
