//! SQL within what a database holds: conditions, computed values, defaults, queries.

use std::fmt;

use crate::syntax;

/// An expression in the words of a dialect.
///
/// Two are equal when they say the same. PostgreSQL does not keep the text that it is given, and
/// prints one of its own: such a text is compared by its meaning with one that was written, and
/// word by word with another of the server's own.
#[derive(Clone)]
pub struct Sql {
    text: String,
    is_reprinted: bool,
}

impl Sql {
    /// A text of the user's or of Rex's.
    pub fn written(text: impl Into<String>) -> Sql {
        Sql { text: text.into(), is_reprinted: false }
    }

    /// What a server has made of one.
    pub fn reprinted(text: impl Into<String>) -> Sql {
        Sql { text: text.into(), is_reprinted: true }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a server has printed it.
    pub fn is_reprinted(&self) -> bool {
        self.is_reprinted
    }

    /// Whether `name` is among its words.
    pub fn mentions(&self, name: &str) -> bool {
        match syntax::tokens(&self.text) {
            Some(tokens) => {
                tokens.iter().any(|token| token.is_name() && token.value().eq_ignore_ascii_case(name))
            }
            None => self.text.contains(name),
        }
    }

    /// With other names: those of columns; of types, where they stand behind `::`; and constants
    /// before those, by type. Each of them gives none where the name stays.
    pub(crate) fn renamed(
        &self,
        column: impl Fn(&str) -> Option<String>,
        ty: impl Fn(&str) -> Option<String>,
        constant: impl Fn(&str, &str) -> Option<String>,
    ) -> Sql {
        let Some(tokens) = syntax::tokens(&self.text) else { return self.clone() };
        let type_after = |at: usize| {
            let is_cast = tokens.get(at).is_some_and(|token| token.is_symbol("::"));
            tokens.get(at + 1).filter(|token| is_cast && token.is_name()).map(syntax::Token::folded)
        };
        let (mut text, mut end) = (String::new(), 0);
        for (at, token) in tokens.iter().enumerate() {
            let is_type = at > 0 && tokens[at - 1].is_symbol("::");
            let new = match token.kind {
                syntax::Kind::Text => type_after(at + 1)
                    .and_then(|ty| constant(&ty, &token.value()))
                    .map(|label| rex_sql::text(&label)),
                _ if !token.is_name() => None,
                _ if is_type => ty(&token.folded()).map(|name| rex_sql::ident(&name)),
                _ => column(&token.folded()).map(|name| rex_sql::ident(&name)),
            };
            text += &self.text[end..token.start];
            text += new.as_deref().unwrap_or(token.text);
            end = token.end();
        }
        text += &self.text[end..];
        Sql { text, is_reprinted: self.is_reprinted }
    }
}

impl PartialEq for Sql {
    fn eq(&self, other: &Sql) -> bool {
        if self.text == other.text {
            return true;
        }
        let [left, right] = [self, other].map(|sql| syntax::without_parentheses(&sql.text));
        match self.is_reprinted == other.is_reprinted {
            true => syntax::is_same_text(left, right),
            false => syntax::is_same_meaning(left, right),
        }
    }
}

impl fmt::Debug for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = if self.is_reprinted { "reprinted " } else { "" };
        write!(f, "{origin}{:?}", self.text)
    }
}

impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The query of a view.
///
/// What a server has made of a query tells nothing of the text it was given, since names are
/// looked up and stars spelt out: it equals every text that was written, and of the server's own
/// only the same. Whoever wants to know lets one server print both.
#[derive(Clone, Debug)]
pub struct Query(pub Sql);

impl PartialEq for Query {
    fn eq(&self, other: &Query) -> bool {
        self.0.is_reprinted != other.0.is_reprinted || self.0 == other.0
    }
}
