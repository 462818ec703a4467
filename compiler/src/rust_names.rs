//! What a declaration is called in Rust: for the checker, which sees that no two meet, and for the
//! generator.

use heck::{ToSnakeCase, ToUpperCamelCase};

/// The module of a declaration.
pub(crate) fn module(name: &str) -> String {
    name.to_snake_case()
}

/// The type of a declaration: its own name, but where that is the module's: `model user` is `User`.
pub(crate) fn type_of(name: &str) -> String {
    if name != module(name) {
        return name.to_owned();
    }
    let camel = name.to_upper_camel_case();
    // Without a letter to raise.
    if camel == name { format!("{name}_") } else { camel }
}

#[cfg(test)]
mod tests {
    use super::type_of;

    #[test]
    fn types_are_not_called_as_their_modules() {
        let names = ["User", "user", "user_account", "impl", "self", "HTTPLog", "x", "_x"];
        let types = names.map(type_of);
        assert_eq!(types, ["User", "User", "UserAccount", "Impl", "Self", "HTTPLog", "X", "_x"]);
    }
}
