//! The constraints of a model as enums, for `error.conflict::<Unique>()`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use rex_schema::model::{Model, ModelId, RelationKind};
use rex_schema::{names as made, rules};

use super::{Cx, layout, names, repository};

/// One constraint: what it is called in Rust and in the database, and what is said of it.
struct Constraint {
    variant: String,
    name: String,
    docs: String,
}

/// `Unique`, and `ForeignKey` and `Check` where there are any.
pub(super) fn items(cx: &Cx<'_>, id: ModelId) -> Vec<TokenStream> {
    let model = &cx.schema[id];
    let kinds = [
        ("Unique", "uniques", uniques(model)),
        ("ForeignKey", "foreign keys", foreign_keys(cx, model)),
        ("Check", "checks", checks(model)),
    ];
    let some = kinds.into_iter().filter(|(_, _, constraints)| !constraints.is_empty());
    some.flat_map(|(kind, what, constraints)| enum_of(model, kind, what, &constraints)).collect()
}

fn uniques(model: &Model) -> Vec<Constraint> {
    let primary = made::primary_key(&model.stem());
    let key = (primary.clone(), format!("The primary key, `{primary}`."));
    let others = model.uniques.iter().map(|unique| (unique.name.clone(), format!("`{}`", unique.name)));
    let all = repository::unique_names(model).into_iter().zip(std::iter::once(key).chain(others));
    all.map(|(variant, (name, docs))| Constraint { variant, name, docs }).collect()
}

/// Each is called as the relation that it is made for.
fn foreign_keys(cx: &Cx<'_>, model: &Model) -> Vec<Constraint> {
    let relations = model.relations.iter().map(|&id| &cx.schema[id]);
    let keys = relations.filter_map(|relation| match relation.kind {
        RelationKind::ToOne { foreign_key, .. } => Some((&relation.name, &model.foreign_keys[foreign_key])),
        _ => None,
    });
    let constraint = |(relation, key): (&String, &rex_schema::model::ForeignKey)| {
        let target = names::shown(&cx.schema[key.target].name);
        let docs = format!("`{}`, to a `{target}`.", key.name);
        Constraint { variant: relation.clone(), name: key.name.clone(), docs }
    };
    keys.map(constraint).collect()
}

/// Those that the schema asks for: what a type asks for by itself, no value of the Rust type breaks.
fn checks(model: &Model) -> Vec<Constraint> {
    let declared = model.checks.iter().filter(|check| !check.made).map(|check| check.name.clone());
    let mut taken = Vec::new();
    let constraint = |name: String| {
        let variant = free(short(&model.stem(), &name), &mut taken);
        Constraint { variant, docs: format!("`{name}`"), name }
    };
    declared.chain(rules::names(model)).map(constraint).collect()
}

/// `users_name_length_check` is `name_length` among the checks of `users`.
fn short(stem: &str, name: &str) -> String {
    let rest = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('_')).unwrap_or(name);
    let rest = rest.strip_suffix("_check").unwrap_or(rest);
    if rest.is_empty() { name.to_owned() } else { rest.to_owned() }
}

/// The name as a variant, with a number where another has it.
fn free(plain: String, taken: &mut Vec<Ident>) -> String {
    let numbered = (2..).map(|number| format!("{plain}_{number}"));
    let mut all = std::iter::once(plain.clone()).chain(numbered);
    let name = all.find(|name| !taken.contains(&names::camel(&[name]))).expect("numbers do not end");
    taken.push(names::camel(&[&name]));
    name
}

fn enum_of(model: &Model, kind: &str, what: &str, constraints: &[Constraint]) -> [TokenStream; 2] {
    let (name, kind) = (names::beside(kind, &model.name), quote::format_ident!("{kind}"));
    let variants: Vec<Ident> = constraints.iter().map(|it| names::camel(&[&it.variant])).collect();
    let constraint_names = constraints.iter().map(|it| &it.name);
    let variant_docs = constraints.iter().map(|it| layout::docs(&[&it.docs]));
    let docs = layout::docs(&[&format!(
        "The {what} of [`{}`], for `error.conflict::<{name}>()`.",
        names::shown(&model.name)
    )]);
    let enum_ = quote! {
        #docs
        #[derive(
            __::Clone, __::Copy, __::Debug, __::PartialEq
        )]
        pub enum #name {
            #(#variant_docs #variants,)*
        }
    };
    let impl_ = quote! {
        impl __::ConstraintOf for #name {
            fn all() -> (__::Kind, &'static [(&'static str, Self)]) {
                (__::Kind::#kind, &[#((#constraint_names, Self::#variants)),*])
            }
        }
    };
    [enum_, impl_]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_checks_are_short() {
        assert_eq!(short("users", "users_name_length_check"), "name_length");
        assert_eq!(short("users", "stay"), "stay");
        assert_eq!(short("users", "users_check"), "check");
        assert_eq!(short("users", "users"), "users");
        let mut taken = Vec::new();
        let names = ["a_b", "a__b", "a_b_2"].map(|name| free(name.to_owned(), &mut taken));
        assert_eq!(names, ["a_b", "a__b_2", "a_b_2_2"]);
    }
}
