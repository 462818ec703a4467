//! Every method of queries and writes is in a test that compares its answer with SQL's: the methods are read
//! from the runtime's sources, so that one that is new and compared nowhere fails here.
//!
//! A name that several types have is told apart by the question that asks it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::support::crates::root;

/// Where answers are compared with SQL's.
const COMPARED: [&str; 4] = ["sakila", "clinic", "queries", "filters/locks.rs"];

/// What macros name: `joins!` and `functions!`.
const NAMED_BY_MACROS: [&str; 18] = [
    "join",
    "left_join",
    "right_join",
    "full_join",
    "join_on",
    "left_join_on",
    "right_join_on",
    "full_join_on",
    "join_rows",
    "left_join_rows",
    "right_join_rows",
    "full_join_rows",
    "cross_join",
    "row_number",
    "rank",
    "dense_rank",
    "percent_rank",
    "cume_dist",
];

/// What answers nothing that SQL could be asked, or is called by generated code only; and why.
const NOT_COMPARED: &[(&str, &str)] = &[
    ("Column::new", "of generated code"),
    ("CompositeColumn::new", "of generated code"),
    ("Draft::new", "of generated code"),
    ("Draft::put", "behind each setter of `create()`"),
    ("Draft::put_all", "behind setters of embedded types"),
    ("Links::new", "of generated code"),
    ("Repo::by", "behind `by_…`"),
    ("Repo::db", "hands out the handle"),
    ("Repo::delete_version", "behind `delete` of a model with a version"),
    ("Repo::draft", "behind `create()`"),
    ("Repo::new", "of generated code"),
    ("Repo::refresh", "of materialized views, which `language::views` has"),
    ("Repo::update_version", "behind `update` of a model with a version"),
    ("Update::put", "behind each setter of `update()`"),
    ("Update::put_all", "behind setters of embedded types"),
    ("columns", "of generated code"),
    ("seal_cursors", "acts on the whole program: `filters::pages` has it, in a process of its own"),
];

/// For a method whose name others have too: the test, or the question, that asks it.
const ASKED_BY: &[(&str, &str)] = &[
    ("Common::find", "running sums, neighbours and ranks"),
    ("CompositeColumn::eq", "a type as a whole"),
    ("CompositeColumn::is_none", "a type that is absent"),
    ("CompositeColumn::is_some", "a type of several columns"),
    ("CompositeColumn::ne", "a type that is another"),
    ("Cond::all", "nothing_and_everything"),
    ("Cond::none", "nothing_and_everything"),
    ("Draft::save", "create"),
    ("Ex::filter", "of some rows"),
    ("Ex::order", "a list"),
    ("Find::count", "ends"),
    ("Find::delete", "delete many"),
    ("Find::delete_forever", "removed for ever, deleted or not"),
    ("Find::distinct_on", "the first of each"),
    ("Find::exists", "ends"),
    ("Find::explain", "ends"),
    ("Find::filter", "update many"),
    ("Find::filter_if", "nothing_and_everything"),
    ("Find::first", "ends"),
    ("Find::group_by", "by a column"),
    ("Find::limit", "limit"),
    ("Find::offset", "offset"),
    ("Find::one", "ends"),
    ("Find::only_deleted", "lists and JSON beside what was deleted"),
    ("Find::order", "ascending, nulls last"),
    ("Find::restore", "rows that were deleted"),
    ("Find::select", "a column"),
    ("Find::stream", "ends"),
    ("Find::update", "update many"),
    ("Find::with", "each_parent_has_its_own"),
    ("Find::with_count", "any_shape"),
    ("Find::with_deleted", "groups of a full join along a relation"),
    ("Groups::limit", "ordered by an aggregate, limited"),
    ("Groups::offset", "ordered by an aggregate, limited"),
    ("Groups::order", "by a column"),
    ("Groups::select", "by a column"),
    ("Links::add", "add"),
    ("Links::set", "set"),
    ("Load::all", "all"),
    ("Load::count", "how many"),
    ("Load::exists", "there are"),
    ("Load::filter", "each_parent_has_its_own"),
    ("Load::get", "a value of it"),
    ("Load::limit", "each_parent_has_its_own"),
    ("Load::none", "none"),
    ("Load::offset", "each_parent_has_its_own"),
    ("Load::only_deleted", "deleted_rows_along_relations"),
    ("Load::order", "each_parent_has_its_own"),
    ("Load::with", "any_shape"),
    ("Load::with_count", "any_shape"),
    ("Load::with_deleted", "of_unions"),
    ("Over::order", "numbers"),
    ("Over::value", "computed with, and ordered by"),
    ("Query::count", "ends_of_joins"),
    ("Query::distinct_on", "the first of each pair"),
    ("Query::exists", "ends_of_joins"),
    ("Query::explain", "ends_of_joins"),
    ("Query::filter", "to many"),
    ("Query::filter_if", "joined, and those that meet none"),
    ("Query::first", "ends_of_joins"),
    ("Query::group_by", "having"),
    ("Query::limit", "some of the joined"),
    ("Query::offset", "some of the joined"),
    ("Query::one", "ends_of_joins"),
    ("Query::order", "inner"),
    ("Query::select", "inner"),
    ("Query::stream", "ends_of_joins"),
    ("Repo::delete", "delete"),
    ("Repo::delete_forever", "of a patient who is gone for ever"),
    ("Repo::find", "nothing_and_everything"),
    ("Repo::get", "answered"),
    ("Repo::restore", "deleted_and_counted"),
    ("Repo::update", "update"),
    ("Selected::count", "united"),
    ("Selected::exists", "ends_of_selections"),
    ("Selected::explain", "ends_of_selections"),
    ("Selected::first", "ends_of_selections"),
    ("Selected::limit", "some of the selected"),
    ("Selected::offset", "some of the selected"),
    ("Selected::one", "ends_of_selections"),
    ("Selected::stream", "ends_of_selections"),
    ("Update::save", "update"),
    ("count", "how many"),
    ("exists", "there is a row"),
    ("value", "trees"),
    ("values::add", "add"),
    ("values::count", "how many there are"),
    ("values::eq", "eq"),
    ("values::get", "a number at a path"),
    ("values::is_none", "is null"),
    ("values::is_some", "is not null"),
    ("values::ne", "ne, of which null is not"),
];

#[test]
fn every_method_is_compared_with_sql() {
    let methods = methods();
    assert!(methods.len() > 150, "too few: {methods:?}");
    let exempt: BTreeSet<&str> = NOT_COMPARED.iter().map(|(method, _)| *method).collect();
    let asked_by: BTreeMap<&str, &str> = ASKED_BY.iter().copied().collect();
    let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
    for method in methods.iter().filter(|method| !exempt.contains(method.as_str())) {
        *owners.entry(name(method)).or_default() += 1;
    }
    let sources = compared();
    let mut faults = Vec::new();
    for method in &methods {
        match asked_by.get(method.as_str()) {
            _ if exempt.contains(method.as_str()) => {}
            Some(case) => match asked(&sources, case) {
                None => faults.push(format!("{method}: no test and no question is called {case:?}")),
                Some(text) if !calls(&text, name(method)) => {
                    faults.push(format!("{method}: {case:?} does not call it"));
                }
                Some(_) => {}
            },
            None if owners[name(method)] > 1 => {
                faults.push(format!("{method}: others have the name: say in ASKED_BY what asks it"));
            }
            None if !sources.iter().any(|text| calls(text, name(method))) => {
                faults.push(format!("{method}: nothing compares it with SQL"));
            }
            None => {}
        }
    }
    let known = |listed: &str| methods.iter().any(|method| method == listed);
    let listed = asked_by.keys().chain(&exempt);
    faults.extend(
        listed.filter(|listed| !known(listed)).map(|listed| format!("{listed}: there is no such method")),
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The last part: `count` of `Find::count`.
fn name(method: &str) -> &str {
    method.rsplit("::").next().unwrap_or(method)
}

/// Whether a text has a call of it.
fn calls(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = &text[at + name.len()..];
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            && (behind.starts_with('(') || behind.starts_with("::<"))
    })
}

/// The texts in which answers are compared.
fn compared() -> Vec<String> {
    let mut texts = Vec::new();
    for place in COMPARED {
        let path = root().join("tests/suite").join(place);
        if path.is_file() {
            texts.push(fs::read_to_string(path).expect("a file of tests"));
            continue;
        }
        for entry in fs::read_dir(path).expect("a folder of tests").flatten() {
            // This file names all of them.
            if entry.file_name() != "methods.rs" {
                texts.push(fs::read_to_string(entry.path()).expect("a file of tests"));
            }
        }
    }
    texts
}

/// What a question asks, up to its SQL, or what a function says: all that are called so.
fn asked(texts: &[String], case: &str) -> Option<String> {
    let mut found = String::new();
    for text in texts {
        for (at, _) in text.match_indices(&format!("{case:?}:")) {
            let rest = &text[at..];
            found.push_str(rest.split("=>").next().unwrap_or(rest));
        }
        for (at, _) in text.match_indices(&format!("fn {case}(")) {
            let rest = &text[at..];
            found.push_str(rest.split("\n}\n").next().unwrap_or(rest));
        }
    }
    (!found.is_empty()).then_some(found)
}

/// `Find::filter`, `values::eq` (of columns and expressions), `scalar` (of none).
fn methods() -> BTreeSet<String> {
    let lib = fs::read_to_string(root().join("runtime/src/lib.rs")).expect("the runtime");
    let exported =
        lib.split_once("pub use query::{").and_then(|(_, rest)| rest.split_once('}')).expect("its exports").0;
    let mut types: BTreeSet<&str> = exported.split(',').map(str::trim).collect();
    types.extend(["Repo", "Draft", "Update", "Linked", "Links", "values", ""]);
    let mut found: BTreeSet<String> = NAMED_BY_MACROS.iter().map(|name| (*name).to_owned()).collect();
    let mut folders = vec![root().join("runtime/src/query"), root().join("runtime/src/write")];
    let mut files = vec![root().join("runtime/src/repo.rs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of the runtime").flatten() {
            let is_folder = entry.path().is_dir();
            if is_folder { &mut folders } else { &mut files }.push(entry.path());
        }
    }
    for file in files {
        let tokens: TokenStream = fs::read_to_string(&file).expect("a source").parse().expect("Rust");
        let mut of_file = Vec::new();
        declared(tokens, "", &mut of_file);
        for (of, method) in of_file.into_iter().filter(|(of, _)| types.contains(of.as_str())) {
            found.insert(if of.is_empty() { method } else { format!("{of}::{method}") });
        }
    }
    found
}

/// The public functions of some tokens, each with the type that has it. What a macro is handed is of columns
/// and expressions.
fn declared(tokens: TokenStream, of: &str, found: &mut Vec<(String, String)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let ident = |at: usize, text: &str| matches!(tokens.get(at), Some(TokenTree::Ident(it)) if it == text);
    let (mut is_hidden, mut block) = (false, None);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word)
                if word == "impl" && !ident(at.wrapping_sub(1), "fn") && is_item(&tokens, at) =>
            {
                block = Some(implemented(&tokens[at + 1..]));
            }
            TokenTree::Ident(word) if word == "pub" => {
                let skipped =
                    (at + 1..tokens.len()).find(|at| !["const", "async"].iter().any(|word| ident(*at, word)));
                if let Some(at) = skipped.filter(|at| ident(*at, "fn"))
                    && let Some(TokenTree::Ident(name)) = tokens.get(at + 1)
                    && !is_hidden
                {
                    found.push((of.to_owned(), name.to_string()));
                }
                is_hidden = false;
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                is_hidden |= group.stream().to_string().replace(' ', "") == "doc(hidden)";
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let of = match block.take() {
                    Some(of) => of,
                    None if of.is_empty() => "values".to_owned(),
                    None => of.to_owned(),
                };
                declared(group.stream(), &of, found);
                is_hidden = false;
            }
            // What a macro repeats.
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                declared(group.stream(), of, found);
            }
            _ => {}
        }
    }
}

/// Whether an `impl` begins an item, and is no part of a type.
fn is_item(tokens: &[TokenTree], at: usize) -> bool {
    match at.checked_sub(1).map(|before| &tokens[before]) {
        None => true,
        Some(TokenTree::Group(group)) => group.delimiter() != Delimiter::Parenthesis,
        Some(TokenTree::Punct(punct)) => matches!(punct.as_char(), ';' | '}'),
        Some(_) => false,
    }
}

/// The type that an `impl` is of, by what stands behind that word.
fn implemented(tokens: &[TokenTree]) -> String {
    let (mut depth, mut of) = (0usize, String::new());
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => break,
            TokenTree::Punct(punct) if punct.as_char() == '<' => depth += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' => {
                let is_arrow =
                    at > 0 && matches!(&tokens[at - 1], TokenTree::Punct(dash) if dash.as_char() == '-');
                depth -= usize::from(!is_arrow && depth > 0);
            }
            TokenTree::Ident(word) if depth == 0 && word == "where" => break,
            TokenTree::Ident(word) if depth == 0 && word != "for" => of = word.to_string(),
            _ => {}
        }
    }
    of
}
