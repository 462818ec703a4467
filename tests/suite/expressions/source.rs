//! Random expressions, as a user writes them: well typed, over a model that has a column of every
//! type, nullable and not. Nothing here knows what an expression gives.

use super::random::Random;

/// The model. Columns that end in `n` may be null.
pub(super) const MODEL: &str = "
enum Level { low, mid, high }

model Sample {
    id: BigInt @id
    b:  Bool            bn: Bool?
    s:  SmallInt        sn: SmallInt?
    i:  Int             io: Int?
    l:  BigInt          ln: BigInt?
    f:  Float           fn: Float?
    d:  Double          dn: Double?
    m:  Decimal(5, 2)   mn: Decimal(4, 1)?
    t:  String(40)      tn: String?
    y:  Bytes           yn: Bytes?
    u:  Uuid            un: Uuid?
    a:  Date            an: Date?
    c:  Time            cn: Time?
    z:  DateTime        zn: DateTime?
    v:  LocalDateTime   vn: LocalDateTime?
    e:  Level           en: Level?
    jn: Json?
    ts: [String]
    ks: [Int]
";

/// What an expression gives, as far as it matters for what can be beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Bool,
    Integer,
    Double,
    Decimal,
    Text,
    Bytes,
    Uuid,
    Date,
    Time,
    DateTime,
    Local,
    Enum,
}

const KINDS: [Kind; 12] = [
    Kind::Bool,
    Kind::Integer,
    Kind::Double,
    Kind::Decimal,
    Kind::Text,
    Kind::Bytes,
    Kind::Uuid,
    Kind::Date,
    Kind::Time,
    Kind::DateTime,
    Kind::Local,
    Kind::Enum,
];

/// An expression with an operator or a function at its top.
pub(super) fn expression(random: &mut Random) -> String {
    let kind =
        [Kind::Bool, Kind::Bool, Kind::Integer, Kind::Integer, Kind::Double, Kind::Decimal, Kind::Text];
    let deep = 1 + random.below(3);
    match random.one(&kind) {
        _ if random.below(8) == 0 => {
            let kind = *random.one(&KINDS);
            coalesce(random, kind, deep)
        }
        Kind::Bool => condition(random, deep),
        Kind::Integer => integer(random, deep),
        Kind::Double => double(random, deep),
        Kind::Decimal => decimal(random, deep),
        _ => text(random, deep),
    }
}

/// Something of a kind: a column, mostly, where `deep` is 0.
fn value(random: &mut Random, kind: Kind, deep: usize) -> String {
    if deep == 0 || random.below(4) == 0 {
        return column(random, kind);
    }
    match kind {
        Kind::Bool => condition(random, deep),
        Kind::Integer => integer(random, deep),
        Kind::Double => double(random, deep),
        Kind::Decimal => decimal(random, deep),
        Kind::Text => text(random, deep),
        _ if random.below(3) == 0 => coalesce(random, kind, deep),
        _ => column(random, kind),
    }
}

fn column(random: &mut Random, kind: Kind) -> String {
    let names: &[&str] = match kind {
        Kind::Bool => &["b", "bn"],
        Kind::Integer => &["s", "sn", "i", "io", "l", "ln"],
        Kind::Double => &["d", "dn", "f", "fn"],
        Kind::Decimal => &["m", "mn"],
        Kind::Text => &["t", "tn"],
        Kind::Bytes => &["y", "yn"],
        Kind::Uuid => &["u", "un"],
        Kind::Date => &["a", "an"],
        Kind::Time => &["c", "cn"],
        Kind::DateTime => &["z", "zn"],
        Kind::Local => &["v", "vn"],
        Kind::Enum => &["e", "en"],
    };
    (*random.one(names)).to_owned()
}

/// A literal, to stand beside something of the kind.
fn literal(random: &mut Random, kind: Kind) -> String {
    let texts: &[&str] = match kind {
        Kind::Bool => &["true", "false"],
        Kind::Integer => &[
            "0",
            "1",
            "-1",
            "2",
            "-3",
            "10",
            "100",
            "32767",
            "-32768",
            "40000",
            "2147483647",
            "-2147483648",
            "3000000000",
            "9223372036854775807",
            "-9223372036854775808",
        ],
        Kind::Double => &["0", "0.5", "-1.5", "3", "1000000", "0.1", "-0.0000001"],
        Kind::Decimal => &["0", "1", "-1", "0.5", "2.25", "-99.9", "100", "0.001"],
        Kind::Text => &[
            r#""""#,
            r#"" ""#,
            r#""a""#,
            r#""A""#,
            r#""ä""#,
            r#""🦀""#,
            r#"" a ""#,
            r#""it's \\""#,
            r#""zz""#,
        ],
        Kind::Bytes => &[r#""0x""#, r#""0x00""#, r#""0xff00""#, r#""0x61""#],
        Kind::Uuid => &[
            r#""00000000-0000-0000-0000-000000000000""#,
            r#""ffffffff-ffff-ffff-ffff-ffffffffffff""#,
            r#""7fffffff-0000-4000-8000-000000000001""#,
        ],
        Kind::Date => &[r#""0001-01-01""#, r#""1970-01-01""#, r#""2024-02-29""#, r#""9999-12-31""#],
        Kind::Time => &[r#""00:00""#, r#""12:34:56""#, r#""23:59:59.999999""#],
        Kind::DateTime => &[
            r#""0001-01-01T00:00:00Z""#,
            r#""1969-12-31T23:59:59.999999Z""#,
            r#""2024-02-29T12:00:00+02:00""#,
            r#""9999-12-31T23:59:59.999999Z""#,
        ],
        Kind::Local => {
            &[r#""0001-01-01T00:00:00""#, r#""1970-01-01T00:00:00""#, r#""9999-12-31T23:59:59.999999""#]
        }
        Kind::Enum => &["low", "mid", "high", "Level.mid"],
    };
    (*random.one(texts)).to_owned()
}

/// Another of the kind, or a literal.
fn other(random: &mut Random, kind: Kind, deep: usize) -> String {
    if random.below(2) == 0 { literal(random, kind) } else { value(random, kind, deep) }
}

/// What an integer stands beside: integers widen.
fn beside(random: &mut Random, kind: Kind) -> Kind {
    match kind {
        Kind::Double if random.below(4) == 0 => Kind::Integer,
        kind => kind,
    }
}

fn condition(random: &mut Random, deep: usize) -> String {
    let less = deep.saturating_sub(1);
    match random.below(12) {
        0 => format!("(!{})", value(random, Kind::Bool, less)),
        1 | 2 => {
            let count = 2 + random.below(2);
            let sign = if random.below(2) == 0 { " && " } else { " || " };
            let terms: Vec<String> = (0..count).map(|_| value(random, Kind::Bool, less)).collect();
            format!("({})", terms.join(sign))
        }
        3 => {
            let kind = *random.one(&KINDS);
            let tested = match random.below(6) {
                0 => (*random.one(&["jn", "ts"])).to_owned(),
                _ => value(random, kind, less),
            };
            let sign = if random.below(2) == 0 { "==" } else { "!=" };
            format!("({tested} {sign} null)")
        }
        4 | 5 => {
            let kind = *random.one(&KINDS);
            let list: Vec<String> = (0..1 + random.below(3)).map(|_| other(random, kind, less / 2)).collect();
            format!("({} in [{}])", value(random, kind, less), list.join(", "))
        }
        6 => {
            let function = if random.below(2) == 0 { "starts_with" } else { "contains" };
            format!("{function}({}, {})", value(random, Kind::Text, less), other(random, Kind::Text, less))
        }
        _ => {
            let kind = *random.one(&KINDS);
            let sign = *random.one(&["==", "!=", "<", "<=", ">", ">="]);
            let right = beside(random, kind);
            let (left, right) = (value(random, kind, less), other(random, right, less));
            if random.below(4) == 0 {
                format!("({right} {sign} {left})")
            } else {
                format!("({left} {sign} {right})")
            }
        }
    }
}

fn arithmetic(random: &mut Random, kind: Kind, signs: &[&str], deep: usize) -> String {
    let less = deep.saturating_sub(1);
    let sign = *random.one(signs);
    let right = beside(random, kind);
    let (left, right) = (value(random, kind, less), other(random, right, less));
    if random.below(4) == 0 { format!("({right} {sign} {left})") } else { format!("({left} {sign} {right})") }
}

fn integer(random: &mut Random, deep: usize) -> String {
    let less = deep.saturating_sub(1);
    match random.below(9) {
        0 => format!("(-{})", value(random, Kind::Integer, less)),
        1 => format!("abs({})", value(random, Kind::Integer, less)),
        2 => {
            let measured = match random.below(3) {
                0 => column(random, Kind::Bytes),
                1 => (*random.one(&["ts", "ks"])).to_owned(),
                _ => value(random, Kind::Text, less),
            };
            format!("length({measured})")
        }
        3 => coalesce(random, Kind::Integer, deep),
        _ => arithmetic(random, Kind::Integer, &["+", "-", "*", "/", "%"], deep),
    }
}

fn double(random: &mut Random, deep: usize) -> String {
    let less = deep.saturating_sub(1);
    match random.below(8) {
        0 => format!("(-{})", value(random, Kind::Double, less)),
        1 => format!("abs({})", value(random, Kind::Double, less)),
        2 => coalesce(random, Kind::Double, deep),
        _ => arithmetic(random, Kind::Double, &["+", "-", "*", "/"], deep),
    }
}

fn decimal(random: &mut Random, deep: usize) -> String {
    let less = deep.saturating_sub(1);
    match random.below(8) {
        0 => format!("(-{})", value(random, Kind::Decimal, less)),
        1 => format!("abs({})", value(random, Kind::Decimal, less)),
        2 => coalesce(random, Kind::Decimal, deep),
        3 => {
            let sign = *random.one(&["+", "-", "*", "%"]);
            format!("({} {sign} {})", value(random, Kind::Decimal, less), random.one(&["s", "sn", "i"]))
        }
        _ => arithmetic(random, Kind::Decimal, &["+", "-", "*", "%"], deep),
    }
}

fn text(random: &mut Random, deep: usize) -> String {
    let less = deep.saturating_sub(1);
    match random.below(6) {
        0 => coalesce(random, Kind::Text, deep),
        1 | 2 => {
            let count = 2 + random.below(2);
            let mut all: Vec<String> = (0..count).map(|_| other(random, Kind::Text, less)).collect();
            all[0] = value(random, Kind::Text, less);
            format!("concat({})", all.join(", "))
        }
        _ => {
            let function = *random.one(&["lower", "upper", "trim"]);
            format!("{function}({})", value(random, Kind::Text, less))
        }
    }
}

fn coalesce(random: &mut Random, kind: Kind, deep: usize) -> String {
    let less = deep.saturating_sub(1);
    let mut all: Vec<String> = (0..1 + random.below(2)).map(|_| value(random, kind, less)).collect();
    all.push(other(random, kind, less));
    format!("coalesce({})", all.join(", "))
}
