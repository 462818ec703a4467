//! What files of migrations are read as.

use std::borrow::Cow;

use super::*;
use crate::Dialect;

fn texts(text: &str, dialect: Dialect) -> Vec<String> {
    let statements = split(text, dialect).unwrap_or_else(|error| panic!("{error}\n{text}"));
    statements.into_iter().map(|statement| statement.text).collect()
}

#[track_caller]
fn one(dialect: Dialect, statement: &str) {
    assert_eq!(texts(&format!("{statement};\nSELECT 2;"), dialect), [statement, "SELECT 2"]);
}

#[test]
fn line_ends_and_the_byte_order_mark_change_no_sum() {
    let sum = Checksum::of("a\nb\n");
    assert_eq!(Checksum::of("\u{feff}a\r\nb\r\n"), sum);
    assert_ne!(Checksum::of("a\n\nb\n"), sum);
    assert_eq!(sum.to_string().parse(), Ok(sum));
    assert_eq!(Checksum::embedded(&sum.to_string()), sum);
    assert_eq!("ABC".parse::<Checksum>(), Err(checksum::NoChecksum));
    assert_eq!("é".repeat(16).parse::<Checksum>(), Err(checksum::NoChecksum));
}

#[test]
fn semicolons_in_texts_names_and_comments_end_nothing() {
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        one(dialect, "SELECT 'a;''b;', \"c;\"\"d;\" -- e;\n, 1 /* f; */");
        one(dialect, "SELECT 'a\\', ';'");
        one(dialect, "SELECT 1e5, e, \"e\"';'");
    }
    one(Dialect::Postgres, "SELECT 1 /* a; /* b; */ c; */");
    assert_eq!(
        texts("SELECT 1 /* a; /* b; */; SELECT 2", Dialect::Sqlite),
        ["SELECT 1 /* a; /* b; */", "SELECT 2"]
    );
    one(Dialect::Postgres, "SELECT E'a\\';', e'\\\\', E'b'';'");
    one(Dialect::Postgres, "SELECT $$a;$$, $b$c;$$d;$b$, x$y, $1");
    one(Dialect::Postgres, "SELECT $é$;$é$");
    one(Dialect::Sqlite, "SELECT `a;``b`, [c;d], 'e'");
    one(Dialect::Postgres, "SELECT arr[1], arr[2]");
}

#[test]
fn bodies_end_where_they_end() {
    one(
        Dialect::Postgres,
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
    );
    one(
        Dialect::Postgres,
        "CREATE PROCEDURE p() LANGUAGE SQL BEGIN /* x */ ATOMIC INSERT INTO a VALUES (1); END",
    );
    one(Dialect::Postgres, "CREATE RULE r AS ON INSERT TO a DO ALSO (INSERT INTO b VALUES (1); SELECT 1)");
    one(Dialect::Postgres, "CREATE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()");
    one(Dialect::Postgres, "DO $do$ BEGIN PERFORM 1; END; $do$");
    one(
        Dialect::Sqlite,
        "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN 1 THEN 2 END; SELECT 1; END",
    );
    one(Dialect::Sqlite, "create trigger \"t;\" after insert on a begin select 1; -- c;\nend");
    assert_eq!(
        texts("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END", Dialect::Sqlite),
        ["CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END"]
    );
    // A table whose column is called `begin`.
    one(Dialect::Postgres, "CREATE TABLE a (begin int, atomic int)");
    one(Dialect::Sqlite, "CREATE TABLE trigger_log (a)");
}

#[test]
fn what_does_not_end_is_told_with_its_line() {
    let error = |text: &str, dialect| split(text, dialect).expect_err(text).to_string();
    let postgres = |text: &str| error(text, Dialect::Postgres);
    assert_eq!(postgres("SELECT 1;\nSELECT 'a"), "line 2: the text that begins here does not end: add `'`");
    assert_eq!(postgres("SELECT $a$ $b$"), "line 1: the text that begins here does not end: add `$a$`");
    assert_eq!(postgres("/* /* */"), "line 1: the comment that begins here does not end: add `*/`");
    assert_eq!(
        postgres("SELECT (1;\nSELECT 2;"),
        "line 1: a parenthesis of the statement that begins here does not end: add `)`"
    );
    assert_eq!(
        error("\nCREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1;", Dialect::Sqlite),
        "line 2: the trigger that begins here does not end: add `END;`"
    );
}

#[test]
fn any_text_is_split_or_refused() {
    let parts = [
        "'", "\"", "$", "$a$", "--", "/*", "*/", "\n", ";", "(", ")", "é", "BEGIN", " ATOMIC", " END", "\\",
        "E'",
    ];
    let mut seed = 1_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text += parts[(seed >> 33) as usize % parts.len()];
        }
        for dialect in [Dialect::Postgres, Dialect::Sqlite] {
            if let Ok(statements) = split(&text, dialect) {
                // What it gives is found in the text, in order.
                let mut rest = text.as_str();
                for statement in statements {
                    let at = rest.find(&statement.text).unwrap_or_else(|| panic!("{text:?}"));
                    rest = &rest[at + statement.text.len()..];
                }
            }
            _ = Script::parse(&text, dialect);
        }
    }
}

fn modes() -> Vec<Mode> {
    let odd = Object::new(Some("a.b"), "c\"d\\e\nf");
    vec![
        Mode::Transaction,
        Mode::Alone(Probe::IndexIsValid(odd.clone())),
        Mode::Alone(Probe::IndexIsGone(Object::new(None, "i"))),
        Mode::Alone(Probe::ConstraintIsValid(odd.clone(), "x, y".to_owned())),
        Mode::Alone(Probe::LabelIsThere(odd.clone(), "l".to_owned())),
        Mode::Alone(Probe::Repeatable),
        Mode::Backfill(Backfill { batch: 10, by: None }),
        Mode::Backfill(Backfill {
            batch: 10,
            by: Some(By { table: odd, key: vec!["a".into(), "b,".into()] }),
        }),
    ]
}

#[test]
fn scripts_are_read_as_they_are_printed() {
    let step = |mode: Mode| {
        let is_by_key = matches!(&mode, Mode::Backfill(backfill) if backfill.by.is_some());
        let statement = if is_by_key {
            format!("UPDATE a SET b = 1 WHERE c {BATCH}")
        } else {
            "SELECT 1 -- x".to_owned()
        };
        Step { mode, notes: vec!["what it does".to_owned()], statements: vec![statement.into()] }
    };
    let why = Some("the rows are gone".to_owned());
    let postgres = Script { irreversible: why, steps: modes().into_iter().map(step).collect() };
    let rebuild = Mode::Rebuild { tables: vec!["Weird 'table'".to_owned(), "a\"b".to_owned()] };
    let sqlite =
        Script { irreversible: None, steps: vec![step(rebuild), step(Mode::Rebuild { tables: vec![] })] };
    for (script, dialect) in [(postgres, Dialect::Postgres), (sqlite, Dialect::Sqlite)] {
        let text = script.print();
        let read =
            |text: &str| Script::parse(text, dialect).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(without_lines(read(&text)), script, "{text}");
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        let sums = |script: &Script| script.steps.iter().map(Step::checksum).collect::<Vec<_>>();
        assert_eq!(sums(&read(&windows)), sums(&script), "{text}");
        assert_eq!(without_lines(read(&windows)), script, "{text}");
    }
}

fn without_lines(mut script: Script) -> Script {
    script.steps.iter_mut().flat_map(|step| &mut step.statements).for_each(|statement| statement.line = 0);
    script
}

#[test]
fn a_file_without_directives_is_a_transaction() {
    let text = "-- what I did by hand\n\nCREATE TABLE a (b int);\n-- and then\nINSERT INTO a VALUES (1)\n";
    let script = Script::parse(text, Dialect::Postgres).expect("it is SQL");
    let [step] = script.steps.as_slice() else { panic!("{script:#?}") };
    assert_eq!(step.mode, Mode::Transaction);
    let statements: Vec<_> = step.statements.iter().map(|one| (one.text.as_str(), one.line)).collect();
    assert_eq!(statements, [("CREATE TABLE a (b int)", 3), ("INSERT INTO a VALUES (1)", 5)]);
    assert_eq!(Script::parse("\n-- nothing\n", Dialect::Sqlite), Ok(Script::default()));
    let other = Script::parse(&text.replace("and then", "or not"), Dialect::Postgres).expect("it is SQL");
    assert_eq!(other.steps[0].checksum(), step.checksum(), "a comment changes nothing");
    let other = Script::parse(&text.replace("(1)", "(2)"), Dialect::Postgres).expect("it is SQL");
    assert_ne!(other.steps[0].checksum(), step.checksum());
}

#[track_caller]
fn refused(text: &str, dialect: Dialect, expected: &str) {
    assert_eq!(Script::parse(text, dialect).expect_err(text).to_string(), expected);
}

#[test]
fn mistakes_are_told_with_their_line_and_what_to_do() {
    let postgres = |text: &str, expected: &str| refused(text, Dialect::Postgres, expected);
    postgres(
        "\n-- rex: stp transaction",
        "line 2: there is no directive `stp`: a directive is `step …`, or `irreversible: why`",
    );
    postgres(
        "--rex: step alone",
        "line 1: there is no step `alone`: a step is `transaction`, `rebuild tables=\"…\"`, `outside_transaction \
         probe=…` or `backfill batch=…`",
    );
    postgres(
        "-- rex: step outside_transaction probe=index(\"a\")",
        "line 1: there is no probe `index`: a probe is `index_valid(\"…\")`, `index_gone(\"…\")`, \
         `constraint_valid(\"table\",\"…\")`, `label_exists(\"enum\",\"…\")` or `repeatable`, of what does no harm a \
         second time",
    );
    postgres(
        "-- rex: step outside_transaction probe=index_valid(a)",
        "line 1: a name in quotes is missing: names are written as in SQL: `\"posts\"`",
    );
    postgres(
        "-- rex: step backfill batch=0",
        "line 1: a batch has no size: it is a number of rows: `batch=1000`",
    );
    postgres(
        "-- rex: step backfill batch=10\nSELECT 1; SELECT 2;",
        "line 1: a step of this kind has one statement, and this one has 2: give each statement a step of its own",
    );
    postgres(
        "-- rex: step backfill batch=10 table=\"a\" key=\"b\"\nUPDATE a SET c = 1;",
        "line 1: a backfill has a table and a key, and a place for them in its statement: write `/* rex: batch */` \
         behind a condition of its `WHERE`, or leave `table` and `key` out",
    );
    postgres(
        "-- rex: step rebuild tables=\"a\"",
        "line 1: only SQLite's tables are rebuilt: write `transaction`",
    );
    postgres(
        "SELECT 1\n-- rex: step transaction\n",
        "line 2: the statement that begins on line 1 has no end before the directive: end it with a semicolon",
    );
    postgres(
        "BEGIN;\nSELECT 1;",
        "line 1: `BEGIN` is not for a migration: its steps are transactions: leave it out, and begin a step with `-- \
         rex: step transaction`",
    );
    postgres(
        "SELECT 1;\nROLLBACK;",
        "line 2: `ROLLBACK` is not for a migration: a step that fails is undone: leave it out",
    );
    postgres("\\i other.sql", "line 1: a command of psql is no statement: write it in SQL");
    postgres(
        "COPY a (b) FROM STDIN;",
        "line 1: `COPY … FROM STDIN` has nothing to read from: write the rows as `INSERT`",
    );
    refused(
        "PRAGMA foreign_keys = OFF;",
        Dialect::Sqlite,
        "line 1: `PRAGMA foreign_keys` does nothing in a transaction: leave it out, and begin the step with `-- rex: \
         step rebuild tables=\"…\"`",
    );
    Script::parse("SAVEPOINT a; ROLLBACK TO a;", Dialect::Postgres).expect("a savepoint is within");
}

#[test]
fn heads_are_read_as_they_are_printed() {
    let id = Cow::<'static, str>::Borrowed;
    for parent in [None, Some(Checksum::of("a"))] {
        for (compatible, replaces) in
            [(false, Vec::new()), (true, vec![id("20261122T093000_a"), id("20261123T093000_b")])]
        {
            let head = Head { replaces: replaces.into(), ..Head::new(parent, compatible) };
            let text = format!("\u{feff}{}\r\n\r\nmodel A {{}}", head.print());
            assert_eq!(Head::parse(&text), Ok(head), "{text}");
        }
    }
    let error = |text: &str| Head::parse(text).expect_err(text).to_string();
    assert_eq!(
        error("model A {}"),
        "line 1: the snapshot does not begin with the line that names the migration before it: it is `// rex: \
         migration parent=…`, with a hash, or `none` for the first"
    );
    assert_eq!(
        error("// rex: migration parent=abc"),
        "line 1: `abc` is no hash of a migration: a hash has 32 digits of 0-9a-f"
    );
    assert_eq!(
        error("// rex: migration parent=none compatibel"),
        "line 1: the head of a snapshot has no `compatibel`: it has `parent=…`, and perhaps `compatible` \
         and `replaces=…`"
    );
    assert_eq!(
        error("// rex: migration compatible"),
        "line 1: the head names no parent: add `parent=none`, or the hash"
    );
}

fn chain(links: &[(&'static str, &str)]) -> Migrations {
    let list = links.iter().map(|(id, parent)| Migration {
        id: Cow::Borrowed(*id),
        identity: Checksum::of(id),
        head: Head::new((!parent.is_empty()).then(|| Checksum::of(parent)), false),
        scripts: Cow::Borrowed(&[]),
    });
    Migrations { list: list.collect() }
}

#[test]
fn migrations_follow_their_parents() {
    let ids = |migrations: &Migrations| {
        let order = migrations.in_order()?;
        Ok::<_, ChainError>(order.iter().map(|migration| migration.id.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(ids(&chain(&[])).expect("nothing is in order"), Vec::<String>::new());
    assert_eq!(ids(&chain(&[("b", "c"), ("a", "b"), ("c", "")])).expect("a chain"), ["c", "b", "a"]);
    let error = |links: &[(&'static str, &str)]| ids(&chain(links)).expect_err("no chain").to_string();
    assert_eq!(
        error(&[("a", ""), ("c", "a"), ("b", "a")]),
        "the migrations `b` and `c` are two branches, both follow `a`: write the later one anew with `rexc migrate rebase`"
    );
    assert_eq!(
        error(&[("a", ""), ("b", "")]),
        "the migrations `a` and `b` are two branches, both are the first: write the later one anew with `rexc migrate rebase`"
    );
    assert_eq!(
        error(&[("a", ""), ("c", "b")]),
        "the migration before `c` is not there, or its schema.rex was changed: restore it, or write `c` anew with \
         `rexc migrate rebase`"
    );
    assert_eq!(error(&[("a", ""), ("a", "a")]), "two migrations are called `a`: rename one of them");
    assert_eq!(
        error(&[("a", "b"), ("b", "a")]),
        "the migration before `a` is not there, or its schema.rex was changed: restore it, or write `a` anew with \
         `rexc migrate rebase`"
    );
}

#[test]
fn names_of_migrations_are_a_time_and_words() {
    assert!(is_id("20261122T093000_create_blog"));
    assert!(!is_id("20261122T093000_") && !is_id("20261122_create") && !is_id("2026-1122T09300_a"));
    assert!(!is_id("20261122T093000_Create") && !is_id("20261122T093000"));
}
