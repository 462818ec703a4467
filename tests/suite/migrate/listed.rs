//! The hazards of changing a database that is in use, row by row as the specification lists them. Each has:
//!
//! | | |
//! |---|---|
//! | a fixture, with the rewrite | or the test of what no plan shows, because the runner does it |
//! | a code, with its page | or the reason why nothing is left to be told |
//!
//! What locks plans really take is seen in `locks`.

use std::path::PathBuf;

use rex_compiler::diagnostic::explain::hazards::{page, title};
use rex_schema::plan::Code;

use crate::support::sources::root;

/// A hazard, and where it is shown.
struct Listed {
    hazard: &'static str,
    /// What it is told as.
    codes: &'static [Code],
    /// Why it is not told, where it is not.
    untold: &'static str,
    /// A case of `fixtures/migrate`, the database, and what stands in its plan, in this order.
    plans: &'static [(&'static str, &'static str, &'static [&'static str])],
    /// A file of the tests, and a function in it.
    tests: &'static [(&'static str, &'static str)],
}

const NONE: Listed = Listed { hazard: "", codes: &[], untold: "", plans: &[], tests: &[] };

const POSTGRES: &[Listed] = &[
    Listed {
        hazard: "an index that is built or dropped keeps writers off, or all",
        untold: "it is built and dropped beside all traffic",
        plans: &[
            (
                "index_add",
                "postgres up",
                &["outside_transaction probe=index_valid", "CREATE INDEX CONCURRENTLY"],
            ),
            (
                "index_drop",
                "postgres up",
                &["outside_transaction probe=index_gone", "DROP INDEX CONCURRENTLY"],
            ),
        ],
        ..NONE
    },
    Listed {
        hazard: "a build that failed leaves an index that is not valid",
        untold: "the runner sees it, drops it, and builds anew",
        tests: &[
            ("migrating/steps.rs", "an_index_is_built_outside_of_transactions"),
            ("migrating/stops.rs", "the_server_stops_with_any_statement_under_way"),
        ],
        ..NONE
    },
    Listed {
        hazard: "a concurrent build and somebody who waits for a lock stop each other",
        untold: "the runner asks for its lock, and never waits in it",
        tests: &[("migrating/starters.rs", "one_of_eight_migrates_postgresql_and_none_fails")],
        ..NONE
    },
    Listed {
        hazard: "a unique constraint, a primary key",
        codes: &[Code::NewRule],
        plans: &[
            (
                "unique_add",
                "postgres up",
                &[
                    "note new_rule:",
                    "found by: SELECT \"name\", count(*)",
                    "HAVING count(*) > 1",
                    "CREATE UNIQUE INDEX CONCURRENTLY",
                    "UNIQUE USING INDEX",
                ],
            ),
            ("unique_add", "sqlite up", &["note new_rule:", "HAVING count(*) > 1", "_rex_new_"]),
            ("key_change", "postgres up", &["CREATE UNIQUE INDEX CONCURRENTLY", "PRIMARY KEY USING INDEX"]),
        ],
        tests: &[("migrations/decisions.rs", "rows_that_will_stop_a_migration_are_counted")],
        ..NONE
    },
    Listed {
        hazard: "a foreign key locks two tables",
        codes: &[Code::NewRule],
        plans: &[(
            "fk_add",
            "postgres up",
            &[
                "note new_rule:",
                "found by:",
                "NOT EXISTS",
                "NOT VALID",
                "-- rex: step",
                "VALIDATE CONSTRAINT",
            ],
        )],
        tests: &[("migrate/locks.rs", "no_step_locks_more_than_it_says")],
        ..NONE
    },
    Listed {
        hazard: "a check; `SET NOT NULL`",
        codes: &[Code::NewRule, Code::SetNotNull],
        plans: &[
            (
                "check_add",
                "postgres up",
                &["note new_rule:", "NOT VALID", "-- rex: step", "VALIDATE CONSTRAINT"],
            ),
            (
                "column_required",
                "postgres up",
                &[
                    "note set_not_null:",
                    "NOT VALID",
                    "VALIDATE CONSTRAINT",
                    "SET NOT NULL",
                    "DROP CONSTRAINT",
                ],
            ),
        ],
        ..NONE
    },
    Listed {
        hazard: "a required column without a default",
        codes: &[Code::NoValue],
        plans: &[
            ("column_add_required_no_value", "postgres up", &["hazard no_value:"]),
            ("column_add_required_no_value", "sqlite up", &["hazard no_value:"]),
            (
                "column_add_backfill",
                "postgres up",
                &["ADD COLUMN", "step backfill batch=", "NOT VALID", "VALIDATE CONSTRAINT", "SET NOT NULL"],
            ),
        ],
        tests: &[("migrating/backfill.rs", "what_was_written_is_not_written_again")],
        ..NONE
    },
    Listed {
        hazard: "a volatile default writes the table anew, a constant does not",
        untold: "the column comes empty, and is filled in batches",
        plans: &[
            ("column_add_default_uuid", "postgres up", &["ADD COLUMN", "step backfill batch="]),
            ("column_add_sql_default", "postgres up", &["ADD COLUMN", "step backfill batch="]),
            ("column_add_default_now", "postgres up", &["ADD COLUMN", "DEFAULT"]),
        ],
        ..NONE
    },
    Listed {
        hazard: "a computed column, and another type, write the table anew",
        codes: &[Code::Rewrite, Code::LossyType],
        plans: &[
            ("column_add_computed", "postgres up", &["hazard rewrite:"]),
            ("type_int_bigint", "postgres up", &["hazard rewrite:"]),
            ("type_text_int", "postgres up", &["hazard rewrite:", "hazard lossy_type:"]),
        ],
        tests: &[("migrate/hazards.rs", "hazards_of_columns_are_told")],
        ..NONE
    },
    Listed {
        hazard: "a new name under a program that runs",
        codes: &[Code::Rename],
        plans: &[
            ("schema_move", "postgres up", &["note rename:", "SET SCHEMA"]),
            ("column_rename", "postgres up", &["note rename:"]),
            ("table_rename", "postgres up", &["note rename:"]),
        ],
        ..NONE
    },
    Listed {
        hazard: "a table, a column, a constraint, a label, a view goes; null comes in",
        codes: &[
            Code::DropTable,
            Code::DropColumn,
            Code::DropConstraint,
            Code::DropNotNull,
            Code::DropLabel,
            Code::DropView,
        ],
        plans: &[
            ("table_drop", "postgres up", &["hazard drop_table:"]),
            ("column_drop_text", "postgres up", &["hazard drop_column:"]),
            ("check_drop", "postgres up", &["hazard drop_constraint:"]),
            ("column_nullable", "postgres up", &["hazard drop_not_null:"]),
            ("enum_remove", "postgres up", &["hazard drop_label:"]),
            ("view_drop", "postgres up", &["note drop_view:"]),
        ],
        tests: &[("migrations/decisions.rs", "rolling_back_loses_rows_only_when_told_to")],
        ..NONE
    },
    Listed {
        hazard: "a label that is used in the transaction in which it comes",
        untold: "it comes in a step before",
        plans: &[("enum_add_used", "postgres up", &["ADD VALUE", "-- rex: step", "SET DEFAULT"])],
        ..NONE
    },
    Listed {
        hazard: "whoever waits for a lock makes all others wait",
        untold: "the runner gives up soon, and tries again",
        tests: &[("migrating/locks.rs", "a_locked_table_is_tried_again")],
        ..NONE
    },
    Listed {
        hazard: "views keep a type from changing",
        untold: "they are dropped and made anew in the same step",
        plans: &[("view_over_changed_table", "postgres up", &["DROP VIEW", "ALTER TABLE", "CREATE VIEW"])],
        ..NONE
    },
    Listed {
        hazard: "names of more than 63 bytes are cut",
        untold: "the checker refuses them, and shortens those that it makes",
        plans: &[("long_names", "postgres up", &["ADD CONSTRAINT"])],
        tests: &[("migrate/listed.rs", "names_that_are_too_long_are_an_error")],
        ..NONE
    },
    Listed {
        hazard: "a migration that changes `search_path`",
        untold: "the history is named with its schema, and a step's settings end with it",
        tests: &[
            ("migrating/steps.rs", "what_a_step_sets_is_gone_after_it"),
            ("migrating/ways.rs", "each_schema_of_a_database_has_its_own_history"),
        ],
        ..NONE
    },
    Listed {
        hazard: "thousands of objects in one transaction",
        untold: "a step is ended before",
        tests: &[("migrate/listed.rs", "no_step_makes_thousands_of_objects")],
        ..NONE
    },
    Listed {
        hazard: "what only the catalogue changes, and what rebuilds indexes, is no rewrite",
        untold: "longer texts and more digits are free, and an instant in UTC is what it was without a zone",
        plans: &[
            ("type_string_wider", "postgres up", &["TYPE varchar(", ";"]),
            ("type_string_unlimited", "postgres up", &["TYPE text;"]),
            ("type_decimal_wider", "postgres up", &["TYPE numeric(12, 2);"]),
            ("type_datetime_local", "postgres up", &["SET LOCAL TIME ZONE 'UTC'", "TYPE timestamp;"]),
        ],
        tests: &[("migrate/hazards.rs", "types_are_rewritten_where_the_server_does")],
        ..NONE
    },
    Listed {
        hazard: "a table that another tool has made, and that is managed from now on",
        codes: &[Code::AdoptTable],
        plans: &[
            ("table_adopt", "postgres up", &["hazard adopt_table:", "CREATE TABLE IF NOT EXISTS"]),
            ("table_adopt", "sqlite up", &["hazard adopt_table:", "CREATE TABLE IF NOT EXISTS"]),
        ],
        tests: &[("migrations/other.rs", "a_table_of_another_tool_is_taken_over")],
        ..NONE
    },
    Listed {
        hazard: "a program that is gone, whose statement goes on",
        untold: "the server looks whether its client is there",
        tests: &[("migrating/locks.rs", "nothing_goes_on_when_the_program_is_gone")],
        ..NONE
    },
];

const SQLITE: &[Listed] = &[
    Listed {
        hazard: "a table that is made anew deletes what refers to it",
        untold: "foreign keys are off meanwhile, and looked at before it is kept",
        plans: &[("type_int_bigint", "sqlite up", &["step rebuild tables="])],
        tests: &[
            ("migrate/precautions.rs", "rows_that_refer_triggers_and_numbers_survive"),
            ("migrating/steps.rs", "a_table_that_is_made_anew_loses_nothing"),
            ("migrating/steps.rs", "rows_that_would_refer_to_nothing_stop_it"),
        ],
        ..NONE
    },
    Listed {
        hazard: "it loses indexes and triggers; a view is in its way",
        untold: "they are saved and made anew",
        plans: &[("view_over_changed_table", "sqlite up", &["DROP VIEW", "_rex_new_", "CREATE VIEW"])],
        tests: &[
            ("migrating/steps.rs", "a_table_that_is_made_anew_loses_nothing"),
            ("migrating/steps.rs", "a_trigger_that_does_not_fit_any_more_stops_it"),
        ],
        ..NONE
    },
    Listed {
        hazard: "its old name leads what refers to it astray; its numbers begin anew",
        untold: "the new one takes the name last, and the numbers with it",
        plans: &[(
            "type_int_bigint",
            "sqlite up",
            &[
                "CREATE TABLE \"_rex_new_",
                "INSERT INTO \"_rex_new_",
                "sqlite_sequence",
                "DROP TABLE",
                "RENAME TO",
            ],
        )],
        tests: &[("migrate/precautions.rs", "rows_that_refer_triggers_and_numbers_survive")],
        ..NONE
    },
    Listed {
        hazard: "what is read back lacks what Rex has no word for",
        untold: "the table is made of the schema, and `status` tells what it lacks",
        tests: &[("migrate/drift.rs", "what_sqlite_has_and_rex_does_not_is_seen")],
        ..NONE
    },
    Listed {
        hazard: "'007' becomes 7",
        codes: &[Code::LossyType],
        plans: &[("type_text_int", "sqlite up", &["hazard lossy_type:"])],
        tests: &[("migrate/precautions.rs", "values_that_would_change_stop_it_unless_that_is_allowed")],
        ..NONE
    },
    Listed {
        hazard: "`ADD COLUMN` cannot do everything, and newer versions can do more",
        untold: "the smallest statement of the version is taken",
        plans: &[
            ("column_add_small", "sqlite up", &["ALTER TABLE", "ADD COLUMN"]),
            ("column_add_unique", "sqlite up", &["step rebuild"]),
        ],
        tests: &[("migrate/cases.rs", "every_case_goes_up_and_down_on_the_latest_sqlite")],
        ..NONE
    },
    Listed {
        hazard: "a name in quotes that is no column is taken for a text",
        untold: "the connection refuses such names",
        tests: &[("migrating/steps.rs", "a_name_that_is_no_column_is_no_text")],
        ..NONE
    },
    Listed {
        hazard: "one of several that start cannot write",
        untold: "each begins with `BEGIN IMMEDIATE`",
        tests: &[("migrating/starters.rs", "eight_migrate_sqlite_and_none_fails")],
        ..NONE
    },
];

/// The faults of a schema that a database would take: each a lint or an error, with a fixture and a page.
const DESIGN: &[(&str, &str)] = &[
    ("a foreign key without an index", "W0005"),
    ("an index that is a prefix of another", "W0004"),
    ("a nullable column in a composite unique", "W0009"),
    ("required foreign keys in a cycle", "W0008"),
    ("an `Int` key of a table that may grow", "W0006"),
    ("a default outside its type's range", "E0402"),
    ("a default that breaks its field's rule", "E0736"),
    ("an enum or a type that nothing uses", "W0003"),
];

/// The plan of a case, one way.
fn plan(case: &str, way: &str) -> String {
    let path = root().join(format!("tests/suite/snapshots/migrate/{case}.snap"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{case}: {error}"));
    let head = format!("# {way}\n");
    let (_, plan) = text.split_once(&head).unwrap_or_else(|| panic!("{case} has no {way}"));
    plan.split("\n# ").next().unwrap_or_default().to_owned()
}

/// What of some words is not in a text behind the one before it.
fn missing<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    let mut rest = text;
    for word in words {
        let Some((_, behind)) = rest.split_once(word) else { return Some(word) };
        rest = behind;
    }
    None
}

#[test]
fn each_hazard_is_gone_around_or_told() {
    let mut faults = Vec::new();
    for Listed { hazard, codes, untold, plans, tests } in POSTGRES.iter().chain(SQLITE) {
        assert!(!plans.is_empty() || !tests.is_empty(), "{hazard} is shown nowhere");
        assert!(codes.is_empty() != untold.is_empty(), "{hazard} is told, or it is said why not");
        assert!(codes.is_empty() || !plans.is_empty(), "{hazard} has no fixture");
        let rewrites = plans.iter().all(|(_, _, words)| !words.is_empty());
        assert!(rewrites, "{hazard}: what is written instead is not said");
        for (case, way, words) in *plans {
            if let Some(word) = missing(&plan(case, way), words) {
                faults.push(format!("{hazard}: `{word}` is not in {case}, {way}"));
            }
        }
        for code in *codes {
            let told = format!("{}:", code.name());
            if !plans.iter().any(|(case, way, _)| plan(case, way).contains(&told)) {
                faults.push(format!("{hazard}: {told} is not told in its plans"));
            }
        }
        for (file, test) in *tests {
            let text = std::fs::read_to_string(root().join("tests/suite").join(file)).unwrap_or_default();
            if !text.contains(&format!("fn {test}(")) {
                faults.push(format!("{hazard}: there is no test {test} in {file}"));
            }
        }
    }
    for code in Code::ALL {
        if !POSTGRES.iter().chain(SQLITE).any(|listed| listed.codes.contains(&code)) {
            faults.push(format!("{} is not listed", code.name()));
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Each row of the specification's tables is here.
#[test]
fn no_hazard_is_left_out() {
    assert!(POSTGRES.len() >= 17 && SQLITE.len() >= 8, "{} and {}", POSTGRES.len(), SQLITE.len());
    for (fault, code) in DESIGN {
        let found = rex_compiler::diagnostic::Code::find(code);
        let code = found.unwrap_or_else(|| panic!("{fault}: there is no {code}")).as_str();
        let folder = if code.starts_with('W') { "lints" } else { "invalid" };
        let mut files = std::fs::read_dir(root().join("fixtures").join(folder)).expect("it is there");
        let is_shown = files.any(|file| {
            file.expect("it can be read").file_name().to_string_lossy().starts_with(&format!("{code}_"))
        });
        assert!(is_shown, "{fault}: {code} has no fixture");
    }
}

/// The SQL of pages is that of plans, and their schemas are right.
#[test]
fn each_hazard_has_a_page() {
    let plans: Vec<String> = std::fs::read_dir(root().join("tests/suite/snapshots/migrate"))
        .expect("the folder is there")
        .map(|entry| std::fs::read_to_string(entry.expect("it can be read").path()).expect("it is text"))
        .collect();
    let mut faults = Vec::new();
    for code in Code::ALL {
        let (name, page) = (code.name(), page(code));
        if !title(code).starts_with(&format!("{name}: ")) {
            faults.push(format!("{name}: the title is {}", title(code)));
        }
        if page.why.len() < 100 || page.why.lines().any(|line| line.len() > 120) {
            faults.push(format!("{name}: the reason is not a few sentences in lines of up to 120 bytes"));
        }
        if code.needs_consent() != page.why.contains(&format!("--allow {name}")) {
            faults.push(format!("{name}: whether it is to be accepted is not said"));
        }
        for example in [&page.wrong, &page.right] {
            match example.language.as_str() {
                "sql" if *example == page.right => {
                    let lines: Vec<&str> = example.text.lines().collect();
                    if !plans.iter().any(|plan| missing(plan, &lines).is_none()) {
                        faults.push(format!("{name}: no plan says\n{}", example.text));
                    }
                }
                "sql" if !example.text.is_empty() => {}
                "rex" => drop(super::round_trip::read(&example.text)),
                other => faults.push(format!("{name}: an example in `{other}`")),
            }
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// A server has room for so many locks in a transaction, and each object is one or more of them.
#[test]
fn no_step_makes_thousands_of_objects() {
    use rex_schema::Dialect;
    use std::fmt::Write as _;
    let mut text = String::new();
    for place in 0..1_500 {
        writeln!(text, "model M{place} {{ id: BigInt @id  n: Int @index  of: M{}? }}", place / 2)
            .expect("a text can be written to");
    }
    let (before, after) = (super::round_trip::read(""), super::round_trip::read(&text));
    let way = rex_build::migrations::Way::between(Some(&before), &after, Dialect::Postgres, &[]);
    for plan in [&way.up, &way.down] {
        let longest = plan.steps.iter().map(|step| step.statements.len()).max();
        assert!(plan.steps.len() > 3 && longest < Some(600), "{longest:?} of {}", plan.steps.len());
    }
}

#[test]
fn names_that_are_too_long_are_an_error() {
    let codes: Vec<PathBuf> = ["invalid", "lints"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root().join("fixtures").join(folder)).expect("it is there"))
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("E0209")))
        .collect();
    assert!(!codes.is_empty());
}
