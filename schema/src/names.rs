//! The names that Rex makes: tables, constraints, indexes, join tables.
//!
//! They follow PostgreSQL's own habit (`posts_author_id_fkey`), and the same name is used on
//! every database. PostgreSQL cuts names at 63 bytes, silently; a longer one gets a hash here.

use heck::ToSnakeCase;

pub use crate::plural::{plural, singular};

/// The longest name that PostgreSQL keeps, in bytes.
pub const MAX: usize = 63;

/// The table of a model that names none: the plural, in snake case.
pub fn table(model: &str) -> String {
    plural(&model.to_snake_case())
}

/// The PostgreSQL type of an enum that names none.
pub fn enum_type(name: &str) -> String {
    name.to_snake_case()
}

/// What the names of a table's constraints and indexes begin with: `auth_users` for the table
/// `users` of the schema `auth`. It is also the table's own name where there are no schemas, so
/// that one name does for every database, and for an index of each.
pub fn stem(schema: Option<&str>, table: &str) -> String {
    schema.map_or_else(|| table.to_owned(), |schema| format!("{schema}_{table}"))
}

/// The primary key's constraint.
pub fn primary_key(table: &str) -> String {
    fit(format!("{table}_pkey"))
}

/// A unique constraint.
pub fn unique(table: &str, columns: &[&str]) -> String {
    fit(format!("{table}_{}_key", columns.join("_")))
}

/// An index.
pub fn index(table: &str, columns: &[&str]) -> String {
    fit(format!("{table}_{}_idx", columns.join("_")))
}

/// A foreign key's constraint.
pub fn foreign_key(table: &str, columns: &[&str]) -> String {
    fit(format!("{table}_{}_fkey", columns.join("_")))
}

/// A check over one column that the type of a field asks for.
pub fn check(table: &str, column: &str) -> String {
    fit(format!("{table}_{column}_check"))
}

/// The check of a rule of a column, told from others by its code: the first name that `take` takes,
/// with a number where the plain one is gone.
pub fn rule(table: &str, column: &str, code: &str, mut take: impl FnMut(&str) -> bool) -> String {
    let made = |number: &str| fit(format!("{table}_{column}_{code}_check{number}"));
    let numbered = (1..).map(|number: u32| made(&number.to_string()));
    let mut all = std::iter::once(made("")).chain(numbered);
    all.find(|name| take(name)).expect("numbers do not end")
}

/// The join table of two tables, in alphabetical order.
pub fn join_table(a: &str, b: &str) -> String {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    fit(format!("{first}_{second}"))
}

/// What is called so is there only while a database is changed.
pub(crate) fn passing(name: &str) -> String {
    fit(format!("_rex_{name}"))
}

/// Cuts a name that is too long, and ends it with a hash of the whole.
fn fit(name: String) -> String {
    if name.len() <= MAX {
        return name;
    }
    let suffix = format!("_{:08x}", fnv1a(name.as_bytes()));
    let mut end = MAX - suffix.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{suffix}", &name[..end])
}

/// FNV-1a, 32 bits: short, and the same on every machine and in every version.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_plural() {
        for (model, expected) in [
            ("User", "users"),
            ("Category", "categories"),
            ("Person", "people"),
            ("BlogPost", "blog_posts"),
            ("PostTag", "post_tags"),
            ("Address", "addresses"),
        ] {
            assert_eq!(table(model), expected, "{model}");
        }
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let a = unique(&"t".repeat(70), &["a"]);
        let b = unique(&"t".repeat(70), &["b"]);
        assert_eq!(a.len(), MAX);
        assert_ne!(a, b);
    }
}
