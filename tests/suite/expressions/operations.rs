//! Every operation of the language with every type that it takes, from the compiler's own lists:
//! an operator or a function that comes is in here, or the test does not compile.

use rex_sql::{Arithmetic, Comparison, Function};

/// An operation of one type.
pub(super) struct Operation {
    /// As `tree::name` gives it.
    pub(super) name: String,
    /// It, at the top.
    pub(super) expressions: Vec<String>,
    /// Whether it is null for some rows.
    pub(super) can_be_null: bool,
    /// Whether it is an error for some rows.
    pub(super) can_fail: bool,
}

/// A type, its column in the model, that which may be null, and a literal.
const TYPES: [[&str; 4]; 15] = [
    ["Bool", "b", "bn", "true"],
    ["SmallInt", "s", "sn", "-3"],
    ["Int", "i", "io", "40000"],
    ["BigInt", "l", "ln", "3000000000"],
    ["Float", "f", "fn", "0.5"],
    ["Double", "d", "dn", "0.1"],
    ["Decimal", "m", "mn", "2.25"],
    ["String", "t", "tn", r#""ä""#],
    ["Bytes", "y", "yn", r#""0xff00""#],
    ["Uuid", "u", "un", r#""7fffffff-0000-4000-8000-000000000001""#],
    ["Date", "a", "an", r#""1970-01-01""#],
    ["Time", "c", "cn", r#""12:34:56""#],
    ["DateTime", "z", "zn", r#""1969-12-31T23:59:59.999999Z""#],
    ["LocalDateTime", "v", "vn", r#""1970-01-01T00:00:00""#],
    ["enum", "e", "en", "mid"],
];

/// The numbers among them.
const NUMBERS: std::ops::Range<usize> = 1..7;

pub(super) fn all() -> Vec<Operation> {
    let mut all = Vec::new();
    for [ty, column, nullable, literal] in TYPES {
        for comparison in Comparison::ALL {
            let sign = match comparison {
                Comparison::Equal => "==",
                Comparison::NotEqual => "!=",
                Comparison::Less => "<",
                Comparison::LessOrEqual => "<=",
                Comparison::Greater => ">",
                Comparison::GreaterOrEqual => ">=",
            };
            let pairs = [[column, nullable], [nullable, column], [nullable, literal]];
            let expressions = pairs.map(|[left, right]| format!("({left} {sign} {right})"));
            all.push(operation(format!("{comparison:?} {ty}"), expressions));
        }
        all.push(operation(format!("in {ty}"), [format!("({nullable} in [{column}, {literal}])")]));
        for sign in ["== null", "!= null"] {
            all.push(Operation {
                can_be_null: false,
                ..operation(format!("{sign} {ty}"), [format!("({nullable} {sign})")])
            });
        }
    }
    all.push(operation("! Bool".to_owned(), ["(!bn)".to_owned()]));
    all.push(operation("&& Bool".to_owned(), ["(bn && b)".to_owned(), "(b && bn)".to_owned()]));
    all.push(operation("|| Bool".to_owned(), ["(bn || b)".to_owned(), "(b || bn)".to_owned()]));
    all.extend(TYPES[NUMBERS].iter().flat_map(arithmetic));
    all.extend(Function::ALL.into_iter().flat_map(function));
    all
}

fn operation<const N: usize>(name: String, expressions: [String; N]) -> Operation {
    Operation { name, expressions: expressions.to_vec(), can_be_null: true, can_fail: false }
}

/// `Float` is computed as `Double`, which has room for it; a `Decimal` whose digits would not fit
/// is refused.
fn can_fail(ty: &str) -> bool {
    !["Float", "Decimal"].contains(&ty)
}

fn arithmetic(&[ty, column, nullable, _]: &[&'static str; 4]) -> Vec<Operation> {
    let negated = [format!("(-{nullable})"), format!("(-{column})")];
    let fails = can_fail(ty) && ty != "Double";
    let mut all = vec![Operation { can_fail: fails, ..operation(format!("- {ty}"), negated) }];
    for operator in Arithmetic::ALL {
        let (sign, can_fail) = match operator {
            Arithmetic::Add => ("+", can_fail(ty)),
            Arithmetic::Subtract => ("-", can_fail(ty)),
            Arithmetic::Multiply => ("*", can_fail(ty)),
            Arithmetic::Divide if ty == "Decimal" => continue,
            Arithmetic::Divide => ("/", can_fail(ty)),
            Arithmetic::Remainder if ["Float", "Double"].contains(&ty) => continue,
            Arithmetic::Remainder => ("%", false),
        };
        let pairs =
            [[column, nullable], [nullable, column], [column, column], [column, "-1"], [nullable, "2"]];
        let expressions = pairs.map(|[left, right]| format!("({left} {sign} {right})"));
        all.push(Operation { can_fail, ..operation(format!("{operator:?} {ty}"), expressions) });
    }
    all
}

fn function(function: Function) -> Vec<Operation> {
    let name = function.name();
    let of = |ty: &str, arguments: &str| operation(format!("{name} {ty}"), [format!("{name}({arguments})")]);
    match function {
        Function::Length => {
            let lists = [("[String]", "ts"), ("[Int]", "ks")];
            let lists = lists.map(|(ty, column)| Operation { can_be_null: false, ..of(ty, column) });
            [of("String", "tn"), of("Bytes", "yn")].into_iter().chain(lists).collect()
        }
        Function::Lower | Function::Upper | Function::Trim => vec![of("String", "tn")],
        Function::Concat => vec![of("String", "t, \"-\", tn")],
        Function::StartsWith | Function::Contains => vec![of("String", "t, tn")],
        Function::Abs => {
            let number = |[ty, _, nullable, _]: &[&str; 4]| Operation {
                can_fail: can_fail(ty) && *ty != "Double",
                ..of(ty, nullable)
            };
            TYPES[NUMBERS].iter().map(number).collect()
        }
        Function::Coalesce => {
            let each = |[ty, column, nullable, literal]: [&str; 4]| {
                let lists =
                    [format!("{name}({nullable}, {column})"), format!("{name}({nullable}, {literal})")];
                Operation { can_be_null: false, ..operation(format!("{name} {ty}"), lists) }
            };
            TYPES.map(each).into()
        }
        // What a row holds does not depend on the clock: they stand in no expression over rows.
        Function::Now | Function::Today => vec![],
    }
}
