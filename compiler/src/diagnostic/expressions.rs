//! Expressions: names, types, operators, functions.

use super::codes::Code::*;
use super::{Diagnostic, article, listed};
use crate::source::Place;

/// `qualified` are variants of the name: `Role.admin`.
pub(crate) fn unknown_name(
    place: Place,
    model: &str,
    name: &str,
    known: &[&str],
    qualified: &[String],
) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0701, place, format!("`{model}` has no field `{name}`"));
    if let Some(variant) = qualified.first() {
        return diagnostic.note("a variant stands alone only beside an operand of its enum").fix(
            format!("write `{variant}`"),
            place,
            variant.as_str(),
        );
    }
    match super::nearest(name, known.iter().copied()) {
        Some(near) => diagnostic.fix(format!("did you mean `{near}`?"), place, near),
        None if known.is_empty() || known.len() > 12 => diagnostic,
        None => diagnostic.help(format!("it has {}", listed(known.iter().copied(), "and"))),
    }
}

/// `arguments` is the place of the parentheses, and `text` what stands there.
pub(crate) fn unknown_function(
    place: Place,
    name: &str,
    known: Vec<&str>,
    arguments: Place,
    text: &str,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0702, place, format!("no function is called `{name}`"));
    let write = |diagnostic: Diagnostic, rex: &str| diagnostic.fix(format!("write `{rex}`"), place, rex);
    match name.to_lowercase().as_str() {
        "len" | "char_length" | "octet_length" | "cardinality" | "size" | "count" => {
            write(diagnostic, "length")
        }
        "btrim" | "strip" => write(diagnostic, "trim"),
        "ifnull" | "nvl" | "isnull" => write(diagnostic, "coalesce"),
        "current_timestamp" => write(diagnostic, "now"),
        "current_date" => write(diagnostic, "today"),
        "strpos" | "instr" | "includes" => write(diagnostic, "contains"),
        "not" => diagnostic.fix(
            format!("write `!{text}`"),
            Place { span: place.span.to(arguments.span), ..place },
            format!("!{text}"),
        ),
        "date" | "cast" | "to_char" | "extract" | "date_trunc" | "round" | "substr" | "substring"
        | "regexp_like" | "json_extract" => diagnostic.help("what only a database can say is `sql(…)`"),
        _ => match super::nearest(name, known.iter().copied()) {
            Some(near) => diagnostic.fix(format!("did you mean `{near}`?"), place, near),
            None if known.is_empty() => diagnostic,
            None => diagnostic.help(format!("functions are {}", listed(known, "and"))),
        },
    }
}

pub(crate) fn argument_count(place: Place, name: &str, takes: &str, given: usize) -> Diagnostic {
    Diagnostic::new(E0703, place, format!("`{name}` takes {takes}, and {given} stand here"))
}

pub(crate) fn argument_words(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(E0703, place, format!("`{name}` takes values, without labels and words behind them"))
}

pub(crate) fn argument_type(place: Place, name: &str, takes: &str, is: &str) -> Diagnostic {
    Diagnostic::new(E0704, place, format!("`{name}` takes {takes}"))
        .label(format!("this is {} `{is}`", article(is)))
}

pub(crate) fn mismatch((one, at): (&str, Place), (two, place): (&str, Place)) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0705, place, format!("`{one}` and `{two}` do not go together"))
        .label(format!("this is {} `{two}`", article(two)))
        .see(at, format!("this is {} `{one}`", article(one)));
    let is = |name: &str| one.starts_with(name) || two.starts_with(name);
    if is("Decimal") && (is("Double") || is("Float")) {
        return diagnostic.note("an exact number and a binary fraction do not mix: one of both would change");
    }
    diagnostic
}

pub(crate) fn no_arithmetic(place: Place, operator: &str, ty: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0706, place, format!("{} `{ty}` has no `{operator}`", article(ty)));
    match ty {
        "Date" | "Time" | "DateTime" | "LocalDateTime" => {
            diagnostic.note("dates and times are compared, and not computed with")
        }
        "Double" => diagnostic.note("the remainder of a binary fraction is not what it looks like"),
        _ => diagnostic,
    }
}

pub(crate) fn decimal_quotient(place: Place) -> Diagnostic {
    Diagnostic::new(E0706, place, "decimals are not divided")
        .note("a quotient has no exact number of digits, and each database would round in its own way")
        .help("multiply by the reciprocal, or compare products: `a > b * 3` for `a / b > 3`")
}

pub(crate) fn not_comparable(place: Place, other: Place, ty: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0706, place, format!("{} `{ty}` is not compared", article(ty)))
        .help("test it for `null`, or a list's `length(…)`");
    if other == place { diagnostic } else { diagnostic.see(other, "with this") }
}

pub(crate) fn no_order(place: Place, ty: &str) -> Diagnostic {
    Diagnostic::new(E0706, place, format!("{} `{ty}` has no order", article(ty)))
}

/// A comparison with null other than `==` and `!=`. `other` is the text of the other side.
pub(crate) fn null_order(place: Place, whole: Place, other: &str) -> Diagnostic {
    Diagnostic::new(E0707, place, "nothing is smaller or larger than `null`")
        .note("such a comparison is never true and never false")
        .fix(format!("write `{other} != null`"), whole, format!("{other} != null"))
}

pub(crate) fn null_operand(place: Place, what: &str) -> Diagnostic {
    Diagnostic::new(E0707, place, format!("`null` is not {what}"))
        .note("it stands behind `==` and `!=` only, as the test for it")
}

pub(crate) fn not_a_condition(place: Place, ty: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(E0708, place, format!("a condition is needed, and this is {} `{ty}`", article(ty)));
    match ty {
        "String" | "BigInt" | "Int" | "SmallInt" => diagnostic.help("compare it: `a == b`, `a != null`"),
        _ => diagnostic,
    }
}

/// `is_relation`, or several columns that belong together.
pub(crate) fn relation(
    place: Place,
    name: &str,
    declared: Place,
    columns: &[&str],
    is_relation: bool,
) -> Diagnostic {
    let what = if is_relation { "a relation" } else { "several columns" };
    let diagnostic = Diagnostic::new(E0709, place, format!("`{name}` is {what}, and no value"))
        .see(declared, "declared here");
    match columns {
        [] => diagnostic.note("an expression sees the columns of its own row"),
        [one] => diagnostic.fix(format!("name its column: `{one}`"), place, *one),
        all => diagnostic.help(format!("its columns are {}", listed(all.iter().copied(), "and"))),
    }
}

/// A text or number that is no value of the type that it meets.
pub(crate) fn no_value(place: Place, what: String, form: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0710, place, what);
    match form {
        Some(form) => diagnostic.help(format!("write it as {form}")),
        None => diagnostic,
    }
}

pub(crate) fn number_range(place: Place, text: &str, ty: &str, low: i64, high: i64) -> Diagnostic {
    Diagnostic::new(E0710, place, format!("{text} is no `{ty}`"))
        .note(format!("{} `{ty}` is {low} to {high}", article(ty)))
}

pub(crate) fn clock(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(E0711, place, format!("`{name}()` cannot be asked here"))
        .note("what is true of a row must not become false as time goes by")
        .help("defaults, `@on_update` and `@backfill` may ask the clock")
}

pub(crate) fn join(place: Place, left: &str, right: &str) -> Diagnostic {
    let concat = match left.strip_prefix("concat(").and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => format!("concat({inner}, {right})"),
        None => format!("concat({left}, {right})"),
    };
    Diagnostic::new(E0712, place, "`+` does not join texts").fix(format!("write `{concat}`"), place, concat)
}

/// An operator of SQL. The edits give Rex's.
pub(crate) fn foreign(place: Place, found: &str, rex: &str, edits: Vec<(Place, String)>) -> Diagnostic {
    let diagnostic = Diagnostic::new(E0713, place, format!("`{found}` is not how Rex says it"));
    match edits.is_empty() {
        true => diagnostic.help(rex.to_owned()),
        // SQL's `NOT` takes in the comparison behind it, and `!` does not.
        false if found.eq_ignore_ascii_case("not") => diagnostic.fix_all(format!("write `{rex}`"), edits),
        false => diagnostic.fix_all(format!("write `{rex}`"), edits).safe(),
    }
}

pub(crate) fn ambiguous(place: Place, name: &str, field: Place, owner: &str) -> Diagnostic {
    Diagnostic::new(E0714, place, format!("`{name}` is a field, and a variant of `{owner}`"))
        .see(field, "the field")
        .fix(format!("for the variant, write `{owner}.{name}`"), place, format!("{owner}.{name}"))
        .help("for the field, rename one of both")
}

/// `between` is the place of the second operator, with `middle` before it.
pub(crate) fn chained(place: Place, between: Place, operator: &str, middle: &str) -> Diagnostic {
    Diagnostic::new(E0715, place, "comparisons do not chain")
        .note("the first gives true or false, which would be compared with the rest")
        .fix(
            format!("compare `{middle}` twice: `… && {middle} {operator} …`"),
            between,
            format!(" && {middle} {operator} "),
        )
}

pub(crate) fn too_many_digits(place: Place, digits: u16, most: u32) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(E0716, place, format!("this may have {digits} digits, and {most} are the limit"));
    match most {
        18 => diagnostic
            .note("SQLite keeps a decimal in an integer of 64 bits: an `Int` counts as 10 digits, a `BigInt` as 19, a product has the digits of both")
            .help("use narrower types, or leave SQLite out of `databases`"),
        _ => diagnostic.help("use narrower types"),
    }
}

pub(crate) fn too_large(place: Place) -> Diagnostic {
    Diagnostic::new(E0717, place, "this expression is too large")
        .note("48 levels and 500 names, literals and operators are the limit")
        .help("write several checks")
}

pub(crate) fn too_large_for_sqlite(place: Place) -> Diagnostic {
    Diagnostic::new(E0717, place, "this expression is too large for SQLite")
        .note("its parser keeps few brackets open, and what can leave its type is tested for it at each step")
        .help("write several checks, with less arithmetic within `&&`, `||` and `coalesce`")
}

pub(crate) fn list(place: Place) -> Diagnostic {
    Diagnostic::new(E0718, place, "a list stands only behind `in`")
}

pub(crate) fn range(place: Place) -> Diagnostic {
    Diagnostic::new(E0718, place, "a range is no value").help("compare with both ends: `a >= 1 && a <= 9`")
}

pub(crate) fn no_list(place: Place) -> Diagnostic {
    Diagnostic::new(E0718, place, "behind `in` stands a list").help("write it in brackets: `a in [1, 2]`")
}

pub(crate) fn empty_list(place: Place) -> Diagnostic {
    Diagnostic::new(E0718, place, "nothing is in an empty list")
}

pub(crate) fn wrong_value(place: Place, is: &str, wanted: &str) -> Diagnostic {
    Diagnostic::new(
        E0719,
        place,
        format!("{} `{is}` does not go into {} `{wanted}`", article(is), article(wanted)),
    )
}

pub(crate) fn overflow(place: Place, ty: &str) -> Diagnostic {
    Diagnostic::new(E0720, place, format!("the result is outside of `{ty}`"))
        .note("every database refuses it")
}

/// `sql(…)` inside an expression of Rex's.
pub(crate) fn sql_within(place: Place) -> Diagnostic {
    Diagnostic::new(E0324, place, "`sql(…)` is no part of an expression")
        .note("what stands around it could not be checked, nor computed in Rust")
        .help("write the whole as `sql(…)`")
}

pub(crate) fn by_zero(place: Place) -> Diagnostic {
    Diagnostic::new(E0720, place, "nothing is divided by zero").note("the result would always be null")
}
