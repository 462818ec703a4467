//! What a condition comes to where columns are known: enough to see that no row can break it.
//!
//! Each part is one of what it may be, of true, false and null. What cannot be told may be all of them.

use super::expression::{self, Tree};
use super::literal;

/// A value that is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Constant(Tree);

impl Constant {
    pub(crate) fn null() -> Constant {
        Constant(Tree::Name(NULL.to_owned()))
    }

    /// Something, of which no more is known.
    pub(crate) fn not_null() -> Constant {
        Constant(expression::node(SOMETHING, []))
    }

    /// What a text says, if it says a constant.
    pub(crate) fn read(text: &str) -> Option<Constant> {
        constant(expression::parse(text)?)
    }

    pub(crate) fn is_null(&self) -> bool {
        is_null(&self.0)
    }
}

/// Whether a condition is true or null, and nothing fails, where `known` tells what columns hold.
pub(crate) fn holds(text: &str, known: &dyn Fn(&str) -> Option<Constant>) -> bool {
    let known = Known { of: known };
    expression::parse(text).is_some_and(|tree| known.truth(&tree) & FALSE == 0 && known.is_total(&tree))
}

/// Whether a condition is never true, and nothing fails.
pub(crate) fn is_never_true(text: &str, known: &dyn Fn(&str) -> Option<Constant>) -> bool {
    let known = Known { of: known };
    expression::parse(text).is_some_and(|tree| known.truth(&tree) & TRUE == 0 && known.is_total(&tree))
}

/// Whether a condition is false.
pub(crate) fn is_false(text: &str, known: &dyn Fn(&str) -> Option<Constant>) -> bool {
    let known = Known { of: known };
    expression::parse(text).is_some_and(|tree| known.truth(&tree) == FALSE)
}

/// What an expression comes to.
pub(crate) fn value(text: &str, known: &dyn Fn(&str) -> Option<Constant>) -> Option<Constant> {
    Known { of: known }.value(&expression::parse(text)?).map(Constant)
}

/// The constants that a condition lets a column be, beside null, if it is such a list.
pub(crate) fn members(text: &str, column: &str) -> Option<Vec<Constant>> {
    let Tree::Node(head, of) = expression::parse(text)? else { return None };
    let [Tree::Name(name), list] = of.as_slice() else { return None };
    if name != column {
        return None;
    }
    match (head.as_str(), list) {
        ("=", one) => Some(vec![constant(one.clone())?]),
        ("= any", Tree::Node(array, list)) if array == "array" => {
            list.iter().cloned().map(constant).collect()
        }
        _ => None,
    }
}

/// Whether what obeys one condition obeys another: each part of that is one of its own, or lets in more.
pub(crate) fn implies(old: &str, new: &str) -> bool {
    let (Some(old), Some(new)) = (expression::parse(old), expression::parse(new)) else { return false };
    parts(&new).iter().all(|new| parts(&old).iter().any(|old| lets_in(old, new)))
}

fn parts(tree: &Tree) -> &[Tree] {
    match tree {
        Tree::Node(head, of) if head == "and" => of,
        tree => std::slice::from_ref(tree),
    }
}

/// Whether `new` lets in what `old` does: between the same value and another limit.
fn lets_in(old: &Tree, new: &Tree) -> bool {
    if old == new {
        return true;
    }
    let (Tree::Node(was, old), Tree::Node(is, new)) = (old, new) else { return false };
    let ([left, from], [other, to]) = (old.as_slice(), new.as_slice()) else { return false };
    if left != other {
        return false;
    }
    match (was.as_str(), is.as_str(), order(from, to)) {
        (">" | ">=", ">" | ">=", Some(order)) => order.is_gt() || order.is_eq() && is == ">=",
        ("<" | "<=", "<" | "<=", Some(order)) => order.is_lt() || order.is_eq() && is == "<=",
        ("= any", "= any", _) => match (from, to) {
            (Tree::Node(_, from), Tree::Node(_, to)) => from.iter().all(|one| to.contains(one)),
            _ => false,
        },
        _ => false,
    }
}

const NULL: &str = "null";
const SOMETHING: &str = "something";

/// What a part may be, as bits.
type Truth = u8;
const TRUE: Truth = 1;
const FALSE: Truth = 2;
const UNKNOWN: Truth = 4;
const ANY: Truth = TRUE | FALSE | UNKNOWN;

struct Known<'a> {
    of: &'a dyn Fn(&str) -> Option<Constant>,
}

impl Known<'_> {
    fn truth(&self, tree: &Tree) -> Truth {
        let Tree::Node(head, of) = tree else { return self.value(tree).map_or(ANY, |value| is_true(&value)) };
        match (head.as_str(), of.as_slice()) {
            ("and", of) => of.iter().fold(TRUE, |all, one| each(all, self.truth(one), both)),
            ("or", of) => of.iter().fold(FALSE, |any, one| each(any, self.truth(one), either)),
            ("not", [of]) => not(self.truth(of)),
            ("is null" | "is not null", [of]) => match self.value(of) {
                Some(value) if is_null(&value) == (head == "is null") => TRUE,
                Some(_) => FALSE,
                None => TRUE | FALSE,
            },
            ("is true", [of]) => is(TRUE, self.truth(of)),
            ("is false", [of]) => is(FALSE, self.truth(of)),
            ("is not true", [of]) => not(is(TRUE, self.truth(of))),
            ("is not false", [of]) => not(is(FALSE, self.truth(of))),
            ("= any", [of, Tree::Node(array, list)]) if array == "array" => {
                let equal = |one| self.compared("=", of, one);
                list.iter().fold(FALSE, |any, one| each(any, equal(one), either))
            }
            ("<> all", [of, Tree::Node(array, list)]) if array == "array" => {
                let unequal = |one| self.compared("<>", of, one);
                list.iter().fold(TRUE, |all, one| each(all, unequal(one), both))
            }
            ("=" | "<>" | "<" | "<=" | ">" | ">=", [left, right]) => self.compared(head, left, right),
            ("case", of) => self.case(of),
            _ => self.value(tree).map_or(ANY, |value| is_true(&value)),
        }
    }

    fn compared(&self, operator: &str, left: &Tree, right: &Tree) -> Truth {
        let (left, right) = (self.value(left), self.value(right));
        if [&left, &right].into_iter().flatten().any(is_null) {
            return UNKNOWN;
        }
        let (Some(left), Some(right)) = (left, right) else { return ANY };
        let truth = |is: bool| if is { TRUE } else { FALSE };
        match (order(&left, &right), operator) {
            (Some(order), "=") => truth(order.is_eq()),
            (Some(order), "<>") => truth(order.is_ne()),
            (Some(order), "<") => truth(order.is_lt()),
            (Some(order), "<=") => truth(order.is_le()),
            (Some(order), ">") => truth(order.is_gt()),
            (Some(order), ">=") => truth(order.is_ge()),
            (None, "=") if are_other_texts(&left, &right) => FALSE,
            (None, "<>") if are_other_texts(&left, &right) => TRUE,
            _ => TRUE | FALSE,
        }
    }

    /// Its branches that may be gone, each with its condition.
    fn branches<'t>(&self, of: &'t [Tree]) -> Vec<(Truth, Option<&'t Tree>)> {
        let (mut branches, mut subject, mut last) = (Vec::new(), None, None);
        for part in of {
            match part {
                Tree::Node(head, of) if head == "of" => subject = of.first(),
                Tree::Node(head, of) if head == "when" => {
                    let [when, then] = of.as_slice() else { continue };
                    let truth = match subject {
                        Some(subject) => self.compared("=", subject, when),
                        None => self.truth(when),
                    };
                    branches.push((truth, Some(then)));
                }
                other => last = Some(other),
            }
        }
        branches.push((TRUE, last));
        // None behind one that is surely gone.
        let end = branches.iter().position(|(truth, _)| *truth == TRUE).map_or(branches.len(), |at| at + 1);
        branches.truncate(end);
        branches.retain(|(truth, _)| truth & TRUE != 0);
        branches
    }

    fn case(&self, of: &[Tree]) -> Truth {
        let truth = |then: Option<&Tree>| then.map_or(UNKNOWN, |then| self.truth(then));
        self.branches(of).into_iter().fold(0, |any, (_, then)| any | truth(then))
    }

    /// What it is, if it is one thing.
    fn value(&self, tree: &Tree) -> Option<Tree> {
        let (head, of) = match tree {
            Tree::Name(name) if name == NULL => return Some(tree.clone()),
            Tree::Name(name) => return (self.of)(name).map(|constant| constant.0),
            Tree::Text(_) | Tree::Number(_) => return Some(tree.clone()),
            Tree::Node(head, of) => (head.as_str(), of.as_slice()),
        };
        match head {
            "collate" => self.value(of.first()?),
            "typeof" => self.value(of.first()?).filter(is_null).map(|_| Tree::Text(NULL.to_owned())),
            "case" => match self.branches(of).as_slice() {
                [(_, Some(then))] => self.value(then),
                [(_, None)] => Some(Constant::null().0),
                _ => None,
            },
            "coalesce" => {
                let mut values = of.iter().map(|one| self.value(one));
                values.find(|value| !value.as_ref().is_some_and(is_null)).unwrap_or(Some(Constant::null().0))
            }
            _ if is_strict(head) => {
                let values: Vec<Option<Tree>> = of.iter().map(|one| self.value(one)).collect();
                match values.iter().flatten().find(|value| is_null(value)) {
                    Some(null) => Some(null.clone()),
                    None => computed(head, &values),
                }
            }
            _ => None,
        }
    }

    /// Whether nothing in it can fail, whatever is in the columns that are not known.
    fn is_total(&self, tree: &Tree) -> bool {
        let Tree::Node(head, of) = tree else { return true };
        if head == "case" {
            return self.is_total_case(of);
        }
        let is_null = |one: &Tree| self.value(one).is_some_and(|value| is_null(&value));
        let cannot_fail = match head.as_str() {
            "and" | "or" | "not" | "coalesce" | "array" | "collate" | "typeof" => true,
            "=" | "<>" | "<" | "<=" | ">" | ">=" | "= any" | "<> all" => true,
            "length" | "octet_length" | "cardinality" | "lower" | "upper" | "btrim" | "trim" => true,
            head if head.starts_with("is ") => true,
            head => is_strict(head) && of.iter().any(is_null),
        };
        cannot_fail && of.iter().all(|one| self.is_total(one))
    }

    /// What is not reached does not fail.
    fn is_total_case(&self, of: &[Tree]) -> bool {
        let live = self.branches(of);
        let conditions = of.iter().filter_map(|part| match part {
            Tree::Node(head, of) if head == "when" || head == "of" => of.first(),
            _ => None,
        });
        live.iter().filter_map(|(_, then)| *then).chain(conditions).all(|one| self.is_total(one))
    }
}

/// Whether it is null where any of its operands is. `||` of lists is not.
fn is_strict(head: &str) -> bool {
    let operators = ["+", "-", "*", "/", "%", "~", "!~", "~*", "!~*", "~~", "!~~", "~~*", "!~~*", "[]"];
    let functions = [
        "length",
        "octet_length",
        "cardinality",
        "lower",
        "upper",
        "btrim",
        "ltrim",
        "rtrim",
        "trim",
        "abs",
        "round",
        "substring",
        "starts_with",
        "strpos",
        "instr",
        "jsonb_array_length",
        "json_array_length",
        "json_type",
        "timezone",
        "date_part",
        "hex",
    ];
    let comparisons = ["=", "<>", "<", "<=", ">", ">="];
    operators.contains(&head) || functions.contains(&head) || comparisons.contains(&head)
}

/// What some functions make of texts. Bytes look like texts.
fn computed(head: &str, of: &[Option<Tree>]) -> Option<Tree> {
    let [Some(Tree::Text(text))] = of else { return None };
    if text.starts_with("\\x") {
        return None;
    }
    match head {
        "length" => literal::number(&text.chars().count().to_string()).map(Tree::Number),
        "lower" if text.is_ascii() => Some(Tree::Text(text.to_ascii_lowercase())),
        "upper" if text.is_ascii() => Some(Tree::Text(text.to_ascii_uppercase())),
        "btrim" | "trim" => Some(Tree::Text(text.trim_matches(' ').to_owned())),
        _ => None,
    }
}

fn constant(tree: Tree) -> Option<Constant> {
    match tree {
        Tree::Text(_) | Tree::Number(_) => Some(Constant(tree)),
        tree if is_null(&tree) => Some(Constant(tree)),
        Tree::Name(_) | Tree::Node(..) => None,
    }
}

fn is_null(tree: &Tree) -> bool {
    matches!(tree, Tree::Name(name) if name == NULL)
}

fn is_true(value: &Tree) -> Truth {
    match value {
        value if is_null(value) => UNKNOWN,
        Tree::Text(text) if text == "true" => TRUE,
        Tree::Text(text) if text == "false" => FALSE,
        Tree::Number(digits) if digits == "0" => FALSE,
        Tree::Number(_) => TRUE,
        _ => ANY,
    }
}

/// Of numbers; of texts only that they are equal, since their order depends on more.
fn order(left: &Tree, right: &Tree) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Tree::Node(..), _) | (_, Tree::Node(..)) => None,
        (left, right) if left == right => Some(std::cmp::Ordering::Equal),
        (Tree::Text(left), Tree::Text(right)) if literal::text(left) == literal::text(right) => {
            Some(std::cmp::Ordering::Equal)
        }
        (Tree::Number(left), Tree::Number(right)) => {
            let (left, right): (f64, f64) = (left.parse().ok()?, right.parse().ok()?);
            left.partial_cmp(&right).filter(|order| order.is_ne())
        }
        _ => None,
    }
}

/// Whether no collation takes them for the same.
fn are_other_texts(left: &Tree, right: &Tree) -> bool {
    let (Tree::Text(left), Tree::Text(right)) = (left, right) else { return false };
    left.trim().to_lowercase() != right.trim().to_lowercase() && left.is_ascii() && right.is_ascii()
}

/// All that two may come to together.
fn each(left: Truth, right: Truth, of: fn(Truth, Truth) -> Truth) -> Truth {
    let single = [TRUE, FALSE, UNKNOWN];
    let pairs = single.into_iter().filter(|one| left & one != 0).flat_map(|one| {
        single.into_iter().filter(move |other| right & other != 0).map(move |other| (one, other))
    });
    pairs.fold(0, |any, (left, right)| any | of(left, right))
}

fn both(left: Truth, right: Truth) -> Truth {
    match (left, right) {
        (FALSE, _) | (_, FALSE) => FALSE,
        (TRUE, other) | (other, TRUE) => other,
        _ => UNKNOWN,
    }
}

fn either(left: Truth, right: Truth) -> Truth {
    not(both(not(left), not(right)))
}

fn not(of: Truth) -> Truth {
    let is = |bit: Truth, then: Truth| if of & bit != 0 { then } else { 0 };
    is(TRUE, FALSE) | is(FALSE, TRUE) | is(UNKNOWN, UNKNOWN)
}

/// Whether it is the one of them.
fn is(one: Truth, of: Truth) -> Truth {
    let bit = |is: bool, bit: Truth| if is { bit } else { 0 };
    bit(of & one != 0, TRUE) | bit(of & !one != 0, FALSE)
}
