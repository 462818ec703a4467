//! The registry of diagnostic codes: one row each, and one page each in `explain/`.

use super::Severity;

macro_rules! codes {
    ($($code:ident $(($lint:literal))? $summary:literal,)*) => {
        /// A diagnostic's stable code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)]
        pub enum Code { $($code),* }

        /// Every code, in order.
        pub const REGISTRY: &[Code] = &[$(Code::$code),*];

        impl Code {
            /// The code as printed (`E0301`).
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$code => stringify!($code)),* }
            }

            /// What it is about, in a few words.
            pub fn summary(self) -> &'static str {
                match self { $(Code::$code => $summary),* }
            }

            /// Why it is wrong, with a wrong and a right example: Markdown, as `explain` reads it.
            pub fn page(self) -> &'static str {
                match self {
                    $(Code::$code => include_str!(concat!("explain/", stringify!($code), ".md"))),*
                }
            }

            /// The name that silences it, for a lint.
            pub fn lint(self) -> Option<&'static str> {
                match self { $(Code::$code => codes!(@lint $($lint)?)),* }
            }
        }
    };
    (@lint) => { None };
    (@lint $lint:literal) => { Some($lint) };
}

impl Code {
    /// Codes that begin with `W` are lints.
    pub fn severity(self) -> Severity {
        if self.as_str().starts_with('W') { Severity::Warning } else { Severity::Error }
    }

    /// The code that is written so, in any case, or that is a lint of this name.
    pub fn find(text: &str) -> Option<Code> {
        let is = |code: &Code| code.as_str().eq_ignore_ascii_case(text) || code.lint() == Some(text);
        REGISTRY.iter().copied().find(is)
    }
}

codes! {
    // Syntax.
    E0101 "something stands where something else should",
    E0102 "a word that declares nothing",
    E0103 "a bracket that is never closed",
    E0104 "a bracket that closes another kind",
    E0105 "a closing bracket without an opening one",
    E0106 "a field without a colon",
    E0107 "a field without a type",
    E0108 "a list written as `T[]`",
    E0109 "a required type written as `T!`",
    E0110 "a statement written as `@@…`",
    E0111 "an attribute with a dot in its name",
    E0112 "a regular expression between slashes",
    E0113 "`?` twice",
    E0114 "an attribute before the type",
    E0115 "a comma or semicolon between fields",
    E0116 "two variants without a comma",
    E0117 "a string that does not end",
    E0118 "a comment that does not end",
    E0119 "an escape that does not exist",
    E0120 "a number that is none",
    E0121 "nesting too deep",
    E0122 "a file, or a part of it, too large",
    E0123 "a NUL byte",
    E0124 "a file that is not UTF-8",
    E0125 "an optional list",
    E0126 "a line of another language",
    E0127 "a type with angle brackets",
    E0128 "an invisible character that turns the direction of text",
    E0129 "a variant with a value",
    E0130 "a text or a name in other quotes",
    E0131 "a default behind an attribute",
    E0132 "a name with characters that names do not have",
    E0133 "a type with a dot",
    E0134 "a type in another spelling",
    // Names.
    E0201 "two declarations of one name",
    E0202 "two fields of one name",
    E0203 "two variants of one name",
    E0204 "the name of a scalar type",
    E0205 "two models with one table",
    E0206 "two fields with one column",
    E0207 "a column that a field makes clashes with another",
    E0208 "a name that generated code needs",
    E0209 "a name that a database cannot hold",
    E0210 "two constraints or indexes of one name",
    E0211 "an enum with the name of a table or of a PostgreSQL type",
    E0212 "a join table with a name that is taken",
    E0213 "a name that Rust cannot write",
    E0214 "two names that are one in Rust",
    E0215 "two variants with one label",
    // Types and attributes.
    E0301 "an unknown type",
    E0302 "a wrong number of type arguments",
    E0303 "a type argument out of range",
    E0304 "an unknown attribute",
    E0305 "an attribute twice",
    E0306 "an attribute on the wrong kind of field",
    E0307 "wrong arguments of an attribute",
    E0308 "a statement that does not belong here",
    E0309 "a statement twice",
    E0310 "a list of what cannot be in a list",
    E0311 "wrong arguments of a statement",
    E0312 "a type that a configured database cannot hold",
    E0313 "attributes that contradict each other",
    E0314 "an unknown lint",
    E0320 "SQL that does not say which database it is for",
    E0321 "a configured database without its SQL",
    E0322 "an empty text of SQL",
    E0323 "wrong arguments of `sql(…)`",
    E0324 "`sql(…)` inside an expression",
    E0325 "an attribute that a model has once",
    E0326 "a former name that cannot be",
    E0327 "a database that `@db` does not name, or that is not configured",
    E0328 "an empty type",
    E0329 "a type that SQLite stores otherwise",
    E0330 "a Rust type that is no path",
    E0331 "one Rust type for two types of the schema",
    E0332 "a list of texts as another array",
    // Defaults.
    E0401 "a default of the wrong type",
    E0402 "an integer that is out of range",
    E0403 "a default that does not fit",
    E0404 "an unknown variant",
    E0405 "a text that is no value of the type",
    E0406 "an unknown function",
    E0407 "a function that gives another type",
    E0408 "wrong arguments of a function",
    E0409 "a list where there is none, or none where there is a list",
    E0410 "a default on a relation",
    E0411 "`autoincrement()` on what is not an integer key",
    E0412 "`null` for a required field",
    E0413 "a value that `@on_update` cannot write",
    E0414 "a default of a column that deletions write",
    // Keys and indexes.
    E0501 "a model without a primary key",
    E0502 "two primary keys",
    E0503 "a part that a key cannot have",
    E0504 "an unknown field",
    E0505 "a field twice",
    E0506 "an empty list of fields",
    E0507 "a type that cannot be unique or indexed",
    E0508 "keys that contain each other",
    E0509 "a part that is no field",
    E0510 "a key or index of too many columns",
    E0511 "an unknown index method",
    E0512 "an index method that does not take the type",
    E0513 "an index method that cannot do this",
    E0514 "a clause on a statement that does not take it",
    E0515 "`nulls_not_distinct` where a database has none",
    E0516 "two words about one thing in a part of an index",
    E0517 "a collation of what is no text",
    // Relations.
    E0601 "a list that nothing points back to",
    E0602 "several ways back",
    E0603 "`@inverse` names no field",
    E0604 "`@inverse` names what does not point back",
    E0605 "`@inverse` names what another relation has",
    E0606 "a to-one that may have forgotten `@inverse`",
    E0607 "a one-to-one whose key is not unique",
    E0608 "an inverse side that is required",
    E0609 "a model that does not join the two",
    E0610 "`@fields` does not match the key",
    E0611 "`@fields` of other types than the key",
    E0612 "`@references` is not unique",
    E0613 "a relation as optional as its fields are not",
    E0614 "`set_null` on a required relation",
    E0615 "`set_default` without a default",
    E0616 "an unknown action",
    E0617 "an attribute of the key on the other side",
    // Rules and expressions.
    E0701 "an unknown name in an expression",
    E0702 "an unknown function in an expression",
    E0703 "a wrong number of arguments",
    E0704 "an argument of the wrong type",
    E0705 "two types that do not go together",
    E0706 "an operator that a type does not have",
    E0707 "`null` where it is no test",
    E0708 "a value where a condition is needed",
    E0709 "a relation as a value",
    E0710 "a literal that is no value of the type it meets",
    E0711 "the clock where it cannot be asked",
    E0712 "texts joined by `+`",
    E0713 "an operator of SQL",
    E0714 "a name that is a field and a variant",
    E0715 "comparisons in a chain",
    E0716 "a decimal of too many digits",
    E0717 "an expression too large",
    E0718 "a list or a range out of place",
    E0719 "a value of another type than its column",
    E0720 "a constant that has no value",
    E0721 "a computed value that may be null",
    E0722 "a computed column over another",
    E0730 "a rule on the wrong type",
    E0731 "a range in which nothing lies",
    E0732 "a value in a rule that is none of the type",
    E0733 "a pattern that does not compile",
    E0734 "a rule that no value can satisfy",
    E0735 "rules that exclude each other",
    E0736 "a default that breaks the field's own rule",
    E0737 "a value twice in `@one_of`",
    E0738 "a path that is none",
    // Declarations.
    E0801 "an enum without variants",
    E0802 "a model without fields",
    E0803 "a mixin without members",
    E0804 "an embedded type without fields",
    E0805 "mixins that take in each other",
    E0806 "embedded types that contain each other",
    E0807 "what stands behind `with` is no mixin",
    E0808 "a field of a mixin whose name is taken",
    E0809 "a statement that a mixin or an embedded type cannot have",
    E0810 "a declaration that takes in no mixins",
    E0811 "a mixin that is taken in twice",
    E0812 "too many columns",
    E0813 "a part of an embedded type that is no value",
    E0814 "an attribute that no part of an embedded type has",
    E0815 "an optional embedded type without a required part",
    E0816 "a default of an embedded type",
    E0820 "a mixin in a type's place",
    E0821 "a union of fewer than two models",
    E0822 "a member of a union that is no model",
    E0823 "a member of a union twice",
    E0824 "a member of a union without a key of its own",
    E0840 "a view without a query",
    E0841 "what has no meaning in a view",
    E0842 "a key to a view",
    E0843 "a relation to a model without a key",
    E0844 "statements that contradict each other",
    // Configuration.
    E0901 "no databases are configured",
    E0902 "an unknown configuration key",
    E0903 "an unknown configuration value",
    E0904 "no schema folder",
    E0905 "no `.rex` file",
    E0906 "a file that cannot be read",
    E0907 "a server too old",
    // Migrations.
    E0910 "two migrations after one",
    E0911 "a snapshot that was edited",
    E0912 "a file of a migration that is missing",
    E0913 "a migration whose parent is missing",
    E0914 "what is no migration",
    E0915 "SQL of a migration that cannot be read",
    // Lints.
    W0001("naming_case") "a name in another case than its kind has",
    W0002("dangling_doc") "documentation of nothing",
    W0003("unused_type") "a declaration that nothing uses",
    W0004("redundant_index") "an index that another one covers",
    W0005("missing_fk_index") "a foreign key without an index",
    W0006("int_key") "a key that may run out of numbers",
    W0007("float_money") "money as a binary fraction",
    W0008("required_cycle") "required keys in a circle",
    W0009("nullable_unique") "a nullable part of a composite unique",
    W0010("constant_check") "a check that no row can change",
    W0011("exclusive_length") "a `@length` that ends just before the type does",
    W0012("postgres_only_index") "an index that SQLite does without",
    W0013("cascade_cycle") "deletions that go in a circle",
    W0014("local_date_time") "an instant without a zone",
    W0015("view_without_key") "a view without a key",
    W0016("unmigrated") "changes that no migration has",
}
