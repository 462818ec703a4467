//! Schemas made by hand.

use super::draft::{Draft, ascending, autoincrement, column, defaulted, scalar};
use crate::model::{Action, Column, Default, IndexPart, ModelId, Nulls, Scalar, Schema, Type, Value};
use crate::{Servers, Version};

/// All of these schemas, by name.
pub(crate) fn all() -> Vec<(&'static str, Schema)> {
    vec![
        ("blog", blog()),
        ("samples", samples()),
        ("chain", chain()),
        ("cycle2", cycle(&["A", "B"])),
        ("cycle3", cycle(&["A", "B", "C"])),
        ("neighbours", cycle_with_neighbours()),
        ("tree", tree()),
        ("joins", joins()),
        ("numbered", numbered_beside_its_key()),
        ("nulls", null_orders()),
        ("long", long_names()),
    ]
}

/// The example of the language, as far as it is tables.
pub(crate) fn blog() -> Schema {
    let mut draft = Draft::default();
    let role = draft.enumeration("Role", "What a person may do.", &["reader", "author", "admin"]);
    let text = |max| Scalar::String { max };
    let user = draft.model(
        "User",
        vec![
            autoincrement("id", Scalar::BigInt),
            Column {
                docs: "Where to write to.\nIt's checked.".to_owned(),
                ..scalar("email", text(Some(255)))
            },
            Column { default: Some(Default::Value(Value::Variant(0))), ..column("role", role) },
            Column { nullable: true, ..scalar("age", Scalar::Int) },
            defaulted("created_at", Scalar::DateTime, Default::Now),
        ],
    );
    draft.get(user).docs = "Someone who can sign in.".to_owned();
    draft.unique(user, &[1]);
    draft.index(user, vec![ascending(2), IndexPart { descending: true, ..ascending(4) }]);
    let profile = draft.model("Profile", vec![autoincrement("id", Scalar::BigInt)]);
    draft.refer(profile, "user", user, false).on_delete = Action::Cascade;
    draft.get(profile).indexes.clear();
    draft.unique(profile, &[1]);
    let post = draft.model("Post", vec![defaulted("id", Scalar::Uuid, Default::Uuid7)]);
    draft.refer(post, "author", user, false).on_delete = Action::Cascade;
    draft.refer(post, "reviewer", user, true).on_delete = Action::SetNull;
    draft.get(post).columns.extend([
        scalar("title", text(Some(200))),
        Column { list: true, ..defaulted("labels", text(None), Default::List(vec![])) },
        Column { nullable: true, ..scalar("published_at", Scalar::DateTime) },
    ]);
    draft.refer(post, "parent", post, true);
    draft.unique(post, &[1, 3]);
    let tag = draft.model("Tag", vec![autoincrement("id", Scalar::BigInt), scalar("name", text(Some(40)))]);
    draft.unique(tag, &[1]);
    draft.join("posts_tags", [(post, &["post_id"]), (tag, &["tag_id"])]);
    draft.finish()
}

/// Every type: plain, nullable, as a list, with a default, as a list with a default.
pub(crate) fn samples() -> Schema {
    let mut draft = Draft::default();
    let mood = draft.enumeration("Mood", "", &["so-so", "it's \"ok\"", "PG-13"]);
    let mut columns = vec![autoincrement("id", Scalar::Int)];
    for (name, ty, values) in sample_values(mood) {
        let plain = column(name, ty);
        let named = |suffix: &str| column(&format!("{name}_{suffix}"), ty);
        columns.push(plain);
        columns.push(Column { nullable: true, ..named("null") });
        columns.push(Column { list: true, ..named("list") });
        for (n, value) in values.iter().enumerate() {
            let default = Some(Default::Value(value.clone()));
            columns.push(Column { default, ..named(&format!("default_{n}")) });
        }
        columns.push(Column { list: true, default: Some(Default::List(values)), ..named("list_default") });
    }
    for (name, ty, default) in [
        ("now_instant", Scalar::DateTime, Default::Now),
        ("now_local", Scalar::LocalDateTime, Default::Now),
        ("now_time", Scalar::Time, Default::Now),
        ("today", Scalar::Date, Default::Today),
        ("uuid4", Scalar::Uuid, Default::Uuid4),
        ("uuid7", Scalar::Uuid, Default::Uuid7),
    ] {
        columns.push(defaulted(name, ty, default));
    }
    draft.model("Sample", columns);
    draft.finish()
}

/// Every type with some of its values, the ends of its range among them.
fn sample_values(mood: Type) -> Vec<(&'static str, Type, Vec<Value>)> {
    const YEAR_1: i64 = -62_135_596_800_000_000;
    const YEAR_9999: i64 = 253_402_300_799_999_999;
    let uuid = "01890a5d-ac96-774b-bcce-b302099a8057";
    let decimal = |precision, scale| Scalar::Decimal { precision, scale };
    let text = |s: &str| Value::String(s.to_owned());
    let digits = |s: &str| Value::Decimal(s.to_owned());
    let scalars = vec![
        ("bool", Scalar::Bool, vec![Value::Bool(true), Value::Bool(false)]),
        ("small", Scalar::SmallInt, vec![Value::Int(-32_768), Value::Int(32_767)]),
        ("int", Scalar::Int, vec![Value::Int(i32::MIN.into()), Value::Int(i32::MAX.into())]),
        ("big", Scalar::BigInt, vec![Value::Int(i64::MIN), Value::Int(i64::MAX)]),
        ("float", Scalar::Float, vec![Value::Float(-0.5), Value::Float(1e30)]),
        ("double", Scalar::Double, vec![Value::Float(0.1), Value::Float(1e-300)]),
        ("money", decimal(10, 2), vec![digits("-1.5"), digits("99999999.99")]),
        ("whole", decimal(18, 0), vec![digits("999999999999999999")]),
        ("ratio", decimal(4, 4), vec![digits("0.05")]),
        ("text", Scalar::String { max: None }, vec![text("it's \"a\" \\ {b,c}\n"), text("")]),
        ("short", Scalar::String { max: Some(3) }, vec![text("äöü"), text("\\\"x")]),
        ("bytes", Scalar::Bytes, vec![Value::Bytes(vec![0, 39, 92, 255]), Value::Bytes(vec![])]),
        ("uuid", Scalar::Uuid, vec![Value::Uuid(uuid.to_owned())]),
        ("date", Scalar::Date, vec![Value::Date(-719_162), Value::Date(2_932_896)]),
        ("time", Scalar::Time, vec![Value::Time(0), Value::Time(86_399_999_999)]),
        ("instant", Scalar::DateTime, vec![Value::DateTime(YEAR_1), Value::DateTime(YEAR_9999)]),
        ("local", Scalar::LocalDateTime, vec![Value::LocalDateTime(-1), Value::LocalDateTime(0)]),
        ("json", Scalar::Json, vec![Value::Json(r#"{"a": "it's \"b\""}"#.to_owned())]),
    ];
    let mut all: Vec<_> =
        scalars.into_iter().map(|(name, scalar, values)| (name, Type::Scalar(scalar), values)).collect();
    all.push(("mood", mood, vec![Value::Variant(1), Value::Variant(2)]));
    all
}

/// A refers to B, B to C; D is free.
pub(crate) fn chain() -> Schema {
    let mut draft = Draft::default();
    let [a, b, c] = ["A", "B", "C"].map(|name| draft.numbered(name));
    draft.numbered("D");
    draft.refer(a, "b", b, false);
    draft.refer(b, "c", c, false);
    draft.finish()
}

/// Each refers to the next, the last to the first.
pub(crate) fn cycle(models: &[&str]) -> Schema {
    let mut draft = Draft::default();
    let ids: Vec<ModelId> = models.iter().map(|name| draft.numbered(name)).collect();
    close(&mut draft, models, &ids);
    draft.finish()
}

fn close(draft: &mut Draft, names: &[&str], ids: &[ModelId]) {
    for (place, &id) in ids.iter().enumerate() {
        let next = (place + 1) % ids.len();
        draft.refer(id, &names[next].to_lowercase(), ids[next], true);
    }
}

/// `Before` refers to A, A and B to each other, B to `After`.
pub(crate) fn cycle_with_neighbours() -> Schema {
    let mut draft = Draft::default();
    let [before, a, b, after] = ["Before", "A", "B", "After"].map(|name| draft.numbered(name));
    draft.refer(before, "a", a, false);
    close(&mut draft, &["A", "B"], &[a, b]);
    draft.refer(b, "after", after, false);
    draft.finish()
}

/// A model that refers to itself, checked at commit.
pub(crate) fn tree() -> Schema {
    let mut draft = Draft::default();
    let node = draft.numbered("Node");
    let key = draft.refer(node, "parent", node, true);
    key.on_delete = Action::SetNull;
    key.deferrable = true;
    draft.finish()
}

/// Many-to-manys with a composite key on one side, and of a model with itself.
pub(crate) fn joins() -> Schema {
    let mut draft = Draft::default();
    let order = draft.model("Order", vec![scalar("year", Scalar::SmallInt), scalar("number", Scalar::Int)]);
    draft.get(order).primary_key = vec![0, 1];
    let person = draft.model("Person", vec![defaulted("id", Scalar::Uuid, Default::Uuid7)]);
    let line = draft.numbered("Line");
    draft.refer(line, "order", order, true).on_key_change = Action::Cascade;
    draft.join("orders_people", [(order, &["order_year", "order_number"]), (person, &["person_id"])]);
    draft.join("follows", [(person, &["follower_id"]), (person, &["followed_id"])]);
    draft.finish()
}

/// A number of its own beside a key that has none.
pub(crate) fn numbered_beside_its_key() -> Schema {
    let mut draft = Draft::default();
    let columns = vec![scalar("code", Scalar::Uuid), autoincrement("number", Scalar::BigInt)];
    draft.model("Ticket", columns);
    draft.finish()
}

/// An index over every order of nulls.
pub(crate) fn null_orders() -> Schema {
    let mut draft = Draft::default();
    let mut columns = vec![autoincrement("id", Scalar::BigInt)];
    let names = ["a", "b", "c", "d", "e"];
    columns.extend(names.map(|name| Column { nullable: true, ..scalar(name, Scalar::Int) }));
    let model = draft.model("Row", columns);
    let orders = [
        (false, Some(Nulls::First)),
        (false, Some(Nulls::Last)),
        (true, Some(Nulls::First)),
        (true, Some(Nulls::Last)),
        (true, None),
    ];
    let parts = orders.iter().enumerate();
    let parts = parts.map(|(place, &(descending, nulls))| IndexPart {
        descending,
        nulls,
        ..IndexPart::new(place + 1)
    });
    draft.index(model, parts.collect());
    draft.finish()
}

/// Tables and columns whose constraints would have names of more than 63 bytes.
pub(crate) fn long_names() -> Schema {
    let mut draft = Draft::default();
    let long = |n: usize, suffix: &str| format!("{}{suffix}", "l".repeat(n));
    let a = draft.model("A", vec![autoincrement("id", Scalar::Int)]);
    draft.get(a).table = long(60, "_a");
    let columns = vec![scalar(&long(55, "_x"), Scalar::Uuid), scalar(&long(55, "_y"), Scalar::Bool)];
    let b = draft.model("B", columns);
    draft.get(b).table = long(60, "_b");
    draft.refer(a, "one", b, false);
    draft.refer(a, "two", b, true);
    draft.unique(b, &[1]);
    draft.join(&long(58, "_join"), [(a, &[&long(55, "_here")]), (b, &[&long(55, "_there")])]);
    draft.finish()
}

/// `length` models, each of which refers to the next.
pub(crate) fn long_chain(length: usize) -> Schema {
    let mut draft = Draft::default();
    let ids: Vec<ModelId> = (0..length)
        .map(|n| {
            let id = draft.model("M", vec![scalar("id", Scalar::BigInt)]);
            draft.get(id).table = format!("m{n}");
            id
        })
        .collect();
    for pair in ids.windows(2) {
        draft.refer(pair[0], "next", pair[1], true);
    }
    draft.finish()
}

/// A model whose key is a UUID that sorts by its time, for servers from a version on.
pub(super) fn numbered_by_time(oldest: Version) -> Schema {
    let mut draft = Draft::for_servers(Servers { postgres: oldest, ..Servers::OLDEST });
    draft.model("Event", vec![defaulted("id", Scalar::Uuid, Default::Uuid7)]);
    draft.finish()
}
