//! Mistakes that people make who come from other languages: each is told once, with Rex's spelling.

use rex_compiler::{Options, Sources};

/// What stands in a model, the code that is told of it, and what the help shows.
const LINES: [(&str, &str, &str); 60] = [
    ("x: Int | null", "E0134", "Int?"),
    ("x: ?Int", "E0134", "Int?"),
    ("x: []Int", "E0134", "[Int]"),
    ("x: [String](5)", "E0134", "[String(5)]"),
    ("x: Optional[Int]", "E0134", "Int?"),
    (r#"x: Literal["a", "b"]"#, "E0134", "enum"),
    ("x?: Int", "E0134", "behind the type"),
    ("n = 5", "E0107", "n: Int"),
    ("n: Int := 5", "E0713", "="),
    ("n: Int @default 5", "E0131", "= 5"),
    ("n: String @length 5", "E0307", "@length(5)"),
    (r#"allow("int_key")"#, "E0311", "int_key"),
    (r#"n: Int @allow("int_key")"#, "E0307", "@allow(int_key)"),
    ("n: Int?\n    unique (n) where n in (1, 2)", "E0713", "n in [1, 2]"),
    ("x: String[]", "E0108", "[String]"),
    ("x: Option<String>", "E0127", "String?"),
    ("x: Array<Int>", "E0127", "[Int]"),
    ("x: Nullable<Int>", "E0127", "Int?"),
    ("x -> Int", "E0126", "x: Int"),
    ("readonly x: Int", "E0126", "remove it"),
    ("pub x: Int", "E0126", "remove it"),
    ("@OneToMany(() => User, user => user.post)", "E0126", "attributes stand behind"),
    (r#"x: "a" | "b""#, "E0101", "enum Name { a, b }"),
    ("x: { a: Int }", "E0101", "type Name { … }"),
    ("x: DateTime = new Date()", "E0101", "now()"),
    ("x = models.CharField(max_length=30)", "E0126", "x: String(30)"),
    ("x = Column(String(30), nullable=False)", "E0126", "x: String(30)"),
    (r#"__tablename__ = "posts""#, "E0126", r#"table "posts""#),
    ("class Meta:\n        ordering = [\"title\"]", "E0126", "table"),
    ("x: String(max_length=30)", "E0302", "String(30)"),
    ("x: Bool = True", "E0401", "true"),
    ("x: Int? = None", "E0401", "null"),
    ("x: DateTime @auto_now_add", "E0304", "now()"),
    ("required property name -> str;", "E0126", "name: String"),
    ("multi link friends -> User;", "E0126", "friends: [User]"),
    ("required name: str;", "E0126", "name: String"),
    ("index on (.title)", "E0126", "index (title)"),
    ("n := .id * 2", "E0126", "@computed"),
    ("unique index (title)", "E0101", "(title)"),
    ("index by_title (title)", "E0101", r#""by_title" (title)"#),
    ("index by_title on posts (title)", "E0101", r#""by_title" (title)"#),
    ("x: Int NOT NULL", "E0126", "x: Int"),
    ("x: Int DEFAULT 5", "E0126", "x: Int = 5"),
    ("PRIMARY KEY (title)", "E0126", "id (title)"),
    (r#"check (title <> "")"#, "E0713", "!="),
    (r#"check (title === "a")"#, "E0713", "=="),
    ("check (id > 5 AND id < 9)", "E0713", "&&"),
    ("x: State = State::draft", "E0713", "."),
    (r#"x: State = "draft""#, "E0401", "draft"),
    ("x: UUID", "E0301", "Uuid"),
    ("x: TIMESTAMPTZ", "E0301", "DateTime"),
    ("x: autoincrement()", "E0301", "= autoincrement()"),
    (r#"x: Unsupported("circle")"#, "E0301", "@db"),
    ("@@index([title])", "E0110", "index (title)"),
    (r#"x: String @map("y")"#, "E0304", r#"@column("y")"#),
    ("x: DateTime @updatedAt", "E0304", "@on_update(now())"),
    ("x: Int @unique()", "E0307", "@unique"),
    (r#"u: User @on_delete("cascade")"#, "E0616", "cascade"),
    ("u: User ON DELETE CASCADE", "E0126", "name: Type"),
    ("x: Float!", "E0109", "remove it"),
];

/// The same of what stands outside of blocks.
const ITEMS: [(&str, &str, &str); 27] = [
    ("type Alias = Int", "E0101", "@rust"),
    ("union A = User |", "E0101", "union Owner"),
    ("class A(models.Model):\n    name = models.CharField(max_length=30)", "E0126", "model A"),
    ("class A(Base):\n    __tablename__ = \"a\"", "E0126", "model A"),
    ("from django.db import models", "E0126", "remove it"),
    (r#"import { User } from "./user""#, "E0126", "remove it"),
    ("export class A {\n    x: Int\n}", "E0126", "model"),
    ("@Entity()\nexport class A {\n    x: Int\n}", "E0126", "model"),
    ("mod post {\n}", "E0126", "remove it"),
    ("abstract model Base {\n    x: Int\n}", "E0101", "mixin"),
    ("abstract type Named {\n  required name: str;\n}", "E0126", "mixin Named"),
    ("type Person extending Named {\n  x: Int\n}", "E0126", "with Named"),
    ("scalar type Color extending enum<Red, Green>;", "E0126", "enum Color { red, green }"),
    ("model A extends Base { id: Int @id }", "E0101", "with"),
    ("model A : Base { id: Int @id }", "E0101", "with"),
    (r#"include "user.rex""#, "E0101", "one schema"),
    (r#""""A post.""""#, "E0101", "///"),
    ("# a comment", "E0101", "//"),
    ("-- a comment", "E0101", "//"),
    ("datasource db {\n}", "E0126", "Cargo.toml"),
    ("CREATE TABLE posts (id INT);", "E0126", "model Post"),
    ("entity Thing {\n    id: BigInt @id\n}", "E0102", "model"),
    ("input A {\n  x: Int\n}", "E0126", "remove it"),
    ("scalar Date", "E0126", "remove it"),
    ("joinable!(posts -> users (user_id));", "E0126", "remove it"),
    ("use rex::prelude::*;", "E0126", "remove it"),
    ("const MAX = 5", "E0126", "constants"),
];

fn holds(text: &str, mistake: &str, code: &str, rex: &str) {
    let mut sources = Sources::default();
    sources.add("a.rex", text);
    let told = rex_compiler::check(&sources, &Options::default()).diagnostics;
    let codes: Vec<_> = told.iter().map(|it| (it.code.as_str(), it.message.as_str())).collect();
    assert!(matches!(codes.as_slice(), [(only, _)] if *only == code), "{mistake}: {codes:?}");
    let mut words = told[0].help.iter().chain(&told[0].notes);
    assert!(words.any(|word| word.contains(rex)), "{mistake}: {:?} {:?}", told[0].help, told[0].notes);
}

#[test]
fn lines_are_told_once() {
    for (line, code, rex) in LINES {
        let text = format!(
            "model Post {{\n    id: BigInt = autoincrement() @id\n    title: String\n    state: State\n    {line}\n}}\n\
             enum State {{ draft, live }}\nmodel User {{ id: BigInt = autoincrement() @id }}\n"
        );
        holds(&text, line, code, rex);
    }
}

#[test]
fn items_are_told_once() {
    for (item, code, rex) in ITEMS {
        let text = format!("{item}\nmodel User {{ id: BigInt = autoincrement() @id }}\n");
        holds(&text, item, code, rex);
    }
}
