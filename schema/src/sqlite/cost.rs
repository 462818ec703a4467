//! How large the text of an expression becomes, before it is written: guards repeat what they
//! guard, and SQLite's parser keeps no more than a hundred symbols open.

use rex_sql::Function;

use crate::model::{Expr, Node, Scalar, Type};

/// The symbols that may be open, with some left for what stands around the expression.
const MAX_OPEN: u64 = 90;
/// The longest text.
const MAX_TEXT: u64 = 50_000;

/// Whether SQLite, of any version that is served, can read the expression's text.
pub fn can_read(expr: &Expr) -> bool {
    let cost = closed(of(expr));
    cost.open <= MAX_OPEN && cost.text <= MAX_TEXT
}

/// Upper bounds.
#[derive(Clone, Copy, Default)]
struct Cost {
    /// Bytes without guards.
    text: u64,
    /// Bytes of guards, to stand around it.
    guards: u64,
    /// Symbols that are open at once.
    open: u64,
}

/// With its guards.
fn closed(cost: Cost) -> Cost {
    match cost.guards {
        0 => cost,
        guards => Cost { text: cost.text.saturating_add(guards + 60), guards: 0, open: cost.open + 4 },
    }
}

/// Side by side, `deeper` within a text of `more` bytes.
fn joined(parts: impl IntoIterator<Item = Cost>, more: u64, deeper: u64) -> Cost {
    let sum = |sum: Cost, part: Cost| Cost {
        text: sum.text.saturating_add(part.text + 4),
        guards: sum.guards.saturating_add(part.guards),
        open: sum.open.max(part.open),
    };
    let all = parts.into_iter().fold(Cost::default(), sum);
    Cost { text: all.text.saturating_add(more), open: all.open + deeper, ..all }
}

fn of(expr: &Expr) -> Cost {
    match &expr.node {
        Node::Null | Node::Value(_) | Node::Column(_) => Cost { text: 24, guards: 0, open: 1 },
        Node::Widen(inner) => joined([of(inner)], 20, 4),
        Node::Not(inner) | Node::IsNull(inner) | Node::IsNotNull(inner) => joined([of(inner)], 12, 3),
        Node::All(list) | Node::Any(list) => chain(list),
        Node::Compare(_, left, right) => joined([of(left), of(right)], rank(left) + 8, 5),
        Node::In(one, list) => joined(std::iter::once(one.as_ref()).chain(list).map(of), 8, 6),
        Node::Negate(inner) => guarded(expr, joined([of(inner)], 4, 3)),
        Node::Arithmetic(_, left, right) => guarded(expr, joined([of(left), of(right)], 8, 4)),
        Node::Call(Function::Coalesce, list) => {
            let part = |(at, one): (usize, &Expr)| if at == 0 { of(one) } else { closed(of(one)) };
            joined(list.iter().enumerate().map(part), 12, 5)
        }
        Node::Call(Function::Abs, list) => guarded(expr, joined(list.iter().map(of), 8, 4)),
        Node::Call(_, list) => joined(list.iter().map(of), 20, 5),
    }
}

/// The comparison of an enum's variants writes them all.
fn rank(expr: &Expr) -> u64 {
    if matches!(expr.ty.ty, Type::Enum(_)) { 200 } else { 0 }
}

/// An operation whose result is looked at once more.
fn guarded(expr: &Expr, cost: Cost) -> Cost {
    let times = match expr.ty.ty {
        Type::Scalar(Scalar::Double) => 3,
        Type::Scalar(Scalar::Decimal { .. }) => 0,
        Type::Scalar(_) | Type::Enum(_) => 1,
    };
    let own = cost.text.saturating_add(60).saturating_mul(times);
    Cost { guards: cost.guards.saturating_add(own), ..cost }
}

/// Where an operand can fail, those before it stand twice: as tests, and as operands.
fn chain(list: &[Expr]) -> Cost {
    let part = |(at, one): (usize, &Expr)| if at == 0 { of(one) } else { closed(of(one)) };
    let parts: Vec<Cost> = list.iter().enumerate().map(part).collect();
    let Some(last) = list.iter().skip(1).rposition(super::expr::can_fail) else {
        return joined(parts, 2, 3);
    };
    let twice = match parts.as_slice() {
        [left, right] => left.text.min(right.text),
        parts => parts[..=last].iter().fold(0, |sum: u64, part| sum.saturating_add(part.text)),
    };
    let tests = 24 * (last as u64 + 3);
    joined(parts, twice.saturating_add(tests), 6)
}
