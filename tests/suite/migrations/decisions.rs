//! What somebody has to decide, and how it is asked.

use rexc::Exit;

use super::{Crate, POSTS, USERS, targets};

#[test]
fn what_goes_and_comes_may_be_one_thing() {
    let krate = Crate::new("\"sqlite\", \"postgres\"");
    krate.schema(POSTS);
    krate.run("migrate new create_blog").is(Exit::Clean);

    // A field, a relation, a table.
    krate.schema(&POSTS.replace("nick:  String?", "alias: String?"));
    krate.run("migrate new rename").is(Exit::NeedsDecision);
    krate.schema(&POSTS.replace("author: User   ", "writer: User   "));
    krate.run("migrate new rename").is(Exit::NeedsDecision);
    krate.schema(&POSTS.replace("Post", "Article"));
    krate.run("migrate new rename").is(Exit::NeedsDecision);
    assert_eq!(krate.migrations().len(), 1);

    // Said in the schema, it is a rename; accepted, it goes.
    krate.schema(&POSTS.replace("nick:  String?", "alias: String?  @renamed_from(\"nick\")"));
    krate.run("migrate new rename --dry-run").is(Exit::Clean);
    krate.schema(&POSTS.replace("nick:  String?", "alias: String?"));
    krate.run("migrate new replace --dry-run --allow drop_column:users.nick").is(Exit::Clean);
    krate.run("migrate new replace --allow drop_column").is(Exit::Clean);
    krate.told("one_thing");
}

/// What SQLite stores alike need not be one thing: what the schema says of both decides.
#[test]
fn what_cannot_be_one_thing_is_not_taken_for_one() {
    let krate = Crate::new("\"sqlite\"");
    let schema = |field: &str| krate.schema(&USERS.replace("nick: String?", field));
    let cases = [
        ("born: Date?", "nick: String?", false),
        ("at: DateTime?", "when: Time?", false),
        ("prefs: Json?", "nick: String?", false),
        ("words: [String] = []", "nick: String?", false),
        ("flag: Bool?", "count: BigInt?", false),
        ("price: Decimal(8, 2)?", "count: BigInt?", false),
        ("boss: User?\n  all: [User]", "count: BigInt?", false),
        ("sum: BigInt = 1\n  double: BigInt @computed(sum * 2)", "sum: BigInt = 1\n  half: BigInt?", false),
        ("nick: String(80)?", "alias: String(40)", true),
        ("count: Int?", "number: BigInt?", true),
        ("price: Decimal(8, 2)?", "cost: Decimal(10, 2)?", true),
        ("born: Date?", "birthday: Date?", true),
        ("boss: User?\n  all: [User]", "chief: User?\n  all: [User]", true),
    ];
    for (place, (before, after, may_be)) in cases.into_iter().enumerate() {
        schema(before);
        krate.run(&format!("migrate new before_{place} --allow drop_column,no_value")).is(Exit::Clean);
        schema(after);
        let ran = krate.run(&format!("migrate new after_{place} --allow no_value")).is(Exit::NeedsDecision);
        assert_eq!(ran.err.contains("renamed_from"), may_be, "{before} -> {after}: {}", ran.err);
    }
}

#[test]
fn labels_of_enums_may_be_renamed() {
    let krate = Crate::new("\"postgres\"");
    let schema = "enum Role { reader, author }\n\n".to_owned()
        + &USERS.replace("nick: String?", "role: Role = reader");
    krate.schema(&schema);
    krate.run("migrate new create").is(Exit::Clean);
    krate.schema(&schema.replace("author", "writer"));
    krate.run("migrate new roles").is(Exit::NeedsDecision);
    krate.told("labels");
}

#[test]
fn a_required_column_needs_a_value() {
    let krate = Crate::new("\"sqlite\", \"postgres\"");
    krate.schema(USERS);
    krate.run("migrate new create").is(Exit::Clean);
    krate.schema(&USERS.replace("nick: String?", "nick: String?\n    age: Int"));
    krate.run("migrate new age").is(Exit::NeedsDecision);
    krate.schema(&USERS.replace("nick: String?", "nick: String?\n    age: Int  @backfill(0)"));
    krate.run("migrate new age").is(Exit::Clean);
    krate.told("no_value");
}

#[test]
fn at_a_terminal_it_is_asked() {
    let with = |answers| {
        let mut krate = Crate::new("\"sqlite\"");
        krate.schema(USERS);
        krate.run("migrate new create").is(Exit::Clean);
        krate.answers = Some(answers);
        krate.schema(&USERS.replace("nick: String?", "alias: String?"));
        krate
    };
    let krate = with("y\n");
    krate.run("migrate new alias").is(Exit::Clean);
    krate.told("asked_yes");
    for answers in ["n\n", "", "7\n"] {
        let krate = with(answers);
        krate.run("migrate new alias").is(Exit::NeedsDecision);
        assert_eq!(krate.migrations().len(), 1, "{answers:?}");
    }
    let krate = with("1\n");
    krate.run("migrate new alias").is(Exit::Clean);
    let text = krate.read("schema/blog.rex");
    assert!(text.contains("    alias: String? @renamed_from(\"nick\")\n"), "{text}");
    krate.told("asked_rename");

    // What was laid out stays so.
    let krate = with("1\n");
    krate.schema(&USERS.replace("nick: String?", "pen:  String?"));
    krate.run("migrate new pen").is(Exit::Clean);
    krate.run("fmt --check").is(Exit::Clean);
    assert!(krate.read("schema/blog.rex").contains("@renamed_from"));
}

/// Going back loses what has come meanwhile: that is accepted by name, and only where there is any.
#[test]
fn rolling_back_loses_rows_only_when_told_to() {
    for target in targets("loses") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let on = |arguments: &str| krate.on(&target.url, arguments);
        krate.schema(POSTS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        on("migrate redo").is(Exit::Clean);
        super::execute(&target.url, "INSERT INTO users (name) VALUES ('Ada'), ('Grace')");
        on("migrate rollback").is(Exit::NeedsDecision);
        on("migrate rollback --allow drop_table:posts").is(Exit::NeedsDecision);
        on("migrate status").is(Exit::Clean);
        on("migrate rollback --allow drop_table:users").is(Exit::Clean);
        krate.told(&format!("loses_{}", target.name));
    }
}

/// What a required column held is gone, and no way back makes it up.
#[test]
fn a_way_that_cannot_be_gone_back_says_so() {
    for target in targets("never") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let on = |arguments: &str| krate.on(&target.url, arguments);
        krate.schema(USERS);
        krate.run("migrate new create_blog").is(Exit::Clean);
        krate.schema(&USERS.replace("    name: String(80)\n", ""));
        krate.run("migrate new nameless --allow drop_column:users.name").is(Exit::Clean);
        on("migrate apply --to create_blog").is(Exit::Clean);
        super::execute(&target.url, "INSERT INTO users (name) VALUES ('Ada'), ('Grace')");
        on("migrate --dry-run").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        on("migrate rollback").is(Exit::Errors);
        on("migrate verify").is(Exit::Clean);
        krate.told(&format!("never_{}", target.name));
    }
}

/// What is to be said to accept something is taken as it is told, whatever is in the name.
#[test]
fn a_name_with_a_comma_is_accepted_as_it_is_told() {
    for target in targets("comma") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        krate.schema(&USERS.replace("nick: String?", "nick: String? @column(\"a,b\")\n    age: Int?"));
        krate.run("migrate new create_blog").is(Exit::Clean);
        krate.schema(&USERS.replace("    nick: String?\n", ""));
        let told = krate.run("migrate new tidy").is(Exit::NeedsDecision).err;
        assert!(told.contains("say `--allow 'drop_column:users.a,b'`"), "{told}");
        krate.run("migrate new tidy --allow drop_column:users.a,b,drop_column:users.age").is(Exit::Clean);
        krate.on(&target.url, "migrate --allow drop_column:users.a,b").is(Exit::Clean);
        super::execute(&target.url, "INSERT INTO users (name) VALUES ('Ada')");
        let told = krate.on(&target.url, "migrate rollback --to none").is(Exit::NeedsDecision).err;
        assert!(told.contains("say `--allow drop_table:users`"), "{told}");
    }
}

/// Rows that are equal, refer to nothing or are null are found before they stop what is under way.
#[test]
fn rows_that_will_stop_a_migration_are_counted() {
    for target in targets("stopped") {
        let krate = Crate::new("\"sqlite\", \"postgres\"");
        let on = |arguments: &str| krate.on(&target.url, arguments);
        krate.schema(USERS);
        krate.run("migrate new create_users").is(Exit::Clean);
        on("migrate").is(Exit::Clean);
        super::execute(&target.url, "INSERT INTO users (name) VALUES ('Ada'), ('Ada'), ('Ada'), ('Grace')");
        let stricter = USERS.replace("nick: String?", "nick: String");
        krate.schema(&stricter.replace("name: String(80)", "name: String(80)  @unique"));
        on("migrate new stricter").is(Exit::Clean);
        on("migrate --dry-run --format json").is(Exit::Clean);
        on("migrate").is(Exit::Errors);
        super::execute(&target.url, "UPDATE users SET name = 'Ada ' || id, nick = 'A'");
        on("migrate").is(Exit::Clean);
        krate.told(&format!("stopped_{}", target.name));
    }
}

/// What is but in another schema keeps its rows; what else has changed with it may be something else.
#[test]
fn a_model_in_another_schema_is_the_same() {
    let krate = Crate::new("\"sqlite\", \"postgres\"");
    let moved = USERS.replace("model User {", "model User {\n    schema \"people\"\n");
    krate.schema(USERS);
    krate.run("migrate new create").is(Exit::Clean);
    krate.schema(&moved.replace("nick: String?", "age: Int?"));
    krate.run("migrate new move").is(Exit::NeedsDecision);
    krate.schema(&moved);
    krate.run("migrate new move").is(Exit::Clean);
    krate.told("moved");
}
