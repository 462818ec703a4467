//! Random schemas: tokens that make sense to the grammar, and any layout between them.
//!
//! They need not make sense to the checker.

use super::Random;

/// A file whose layout is as free as the language allows.
pub(super) fn schema(random: &mut Random) -> String {
    let mut tokens = Tokens { random, tokens: Vec::new() };
    for _ in 0..=tokens.random.below(3) {
        tokens.item();
    }
    let Tokens { random, tokens } = tokens;
    weave(&tokens, random)
}

/// Puts white space and comments between tokens.
fn weave(tokens: &[String], random: &mut Random) -> String {
    let mut text = String::new();
    // Of ten gaps, how many hold a comment, and how many an odd piece of white space.
    let (comments, odd) = (random.below(4), random.below(11));
    let mut number = 0;
    for token in tokens {
        let mut gap = String::new();
        while random.below(10) < comments {
            number += 1;
            gap.push_str(space(random, odd));
            gap.push_str(&comment(random, number));
        }
        gap.push_str(space(random, odd));
        if text.ends_with('/') && gap.starts_with('/') || gap.is_empty() && merge(&text, token) {
            gap.insert(0, ' ');
        }
        text.push_str(&gap);
        text.push_str(token);
    }
    text
}

fn space(random: &mut Random, odd: usize) -> &'static str {
    match random.below(10) < odd {
        true => random.pick(&["", "", "\n", "\n", "\n\n", "\n\n\n\n", "  ", "\t", "\r\n", " \n  ", "\r"]),
        false => random.pick(&[" ", ""]),
    }
}

fn comment(random: &mut Random, number: usize) -> String {
    match random.below(12) {
        0 => format!("/*{number}*/"),
        1..=3 => format!("/* {number} */"),
        4 => format!("/* {number} /* within \" */ */"),
        5 => format!("/* {number}\n      * more \n */"),
        6 => format!("/* {number}\r\n\tmore */\n"),
        7 => format!("//// {number}\n"),
        8 => "//\n".to_owned(),
        9 => format!("\n// {number} \" é\r\n"),
        _ => format!("// {number}\n"),
    }
}

/// Whether two tokens would be read as something else with nothing between them.
fn merge(text: &str, token: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let word = text.ends_with(is_word) && token.starts_with(|c| is_word(c) || c == '"');
    let dots = text.ends_with('.') && token.starts_with(['.', '=']);
    let mark = text.ends_with(['!', '<', '>', '=']) && token.starts_with('=');
    word || dots || mark || text.ends_with('/') && token.starts_with('/')
}

const NAMES: [&str; 16] = [
    "a",
    "b",
    "r",
    "id",
    "in",
    "with",
    "type",
    "index",
    "where",
    "using",
    "title",
    "created_at",
    "message",
    "published_after_the_beginning",
    "_x1",
    "a_name_that_is_longer_than_any_column_is_wide",
];

const TYPES: [&str; 8] =
    ["A", "Post", "String", "BigInt", "DateTime", "Json", "model", "AVeryLongNameOfATypeThatIsUsedOften"];

const STRINGS: [&str; 12] = [
    "\"\"",
    "\"a\"",
    "\"// none\"",
    "\"/* none\"",
    "\"\\\"{\\\\\"",
    "\"é \\\n    goes on\"",
    "r\"\\\"",
    "r#\"a \"b\" /* \"#",
    "r\"two\r\n   lines \"",
    "\"a text that is long enough to make a line too long when two of them meet\"",
    "r##\"#\"##",
    "\"b\"",
];

const OPERATORS: [&str; 14] = ["==", "!=", "<", "<=", ">", ">=", "&&", "||", "+", "-", "*", "/", "%", "in"];

struct Tokens<'r> {
    random: &'r mut Random,
    tokens: Vec<String>,
}

impl Tokens<'_> {
    fn push(&mut self, token: &str) {
        self.tokens.push(token.to_owned());
    }

    fn pick(&mut self, tokens: &[&'static str]) {
        let token = self.random.pick(tokens);
        self.push(token);
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.random.below(count) == 0
    }

    fn many(&mut self, most: usize, mut part: impl FnMut(&mut Self)) {
        for _ in 0..self.random.below(most + 1) {
            part(self);
        }
    }

    fn docs(&mut self, one_in: usize) {
        while self.one_in(one_in) {
            self.pick(&["///\n", "/// A.\n", "///  Two  words. \n", "///! odd\r\n"]);
        }
    }

    fn item(&mut self) {
        while self.one_in(6) {
            self.pick(&["//! About.\n", "//!\n"]);
        }
        self.docs(4);
        match self.random.below(8) {
            0 | 1 => self.enumeration(),
            2 => self.union(),
            _ => self.block(),
        }
        if self.one_in(12) {
            self.push("/// Of nothing.\n");
            self.push("//! More.\n");
        }
    }

    fn union(&mut self) {
        self.push("union");
        self.pick(&TYPES);
        self.push("=");
        if self.one_in(3) {
            self.push("|");
        }
        self.pick(&TYPES);
        self.many(5, |it| {
            it.push("|");
            it.pick(&TYPES);
        });
    }

    fn enumeration(&mut self) {
        self.push("enum");
        self.pick(&TYPES);
        self.push("{");
        let (count, plain) = (self.random.below(5), self.one_in(2));
        for number in 0..count {
            if !plain {
                self.docs(4);
            }
            let is_last = number + 1 == count;
            self.pick(&NAMES);
            self.attributes(if plain { 0 } else { 2 });
            if !plain && self.one_in(8) {
                self.push("/// Late.\n");
                self.push(",");
                continue;
            }
            if self.one_in(8) && !plain {
                self.enum_statement();
            }
            if !is_last || self.one_in(2) {
                self.push(",");
            }
        }
        if !plain {
            self.many(1, Self::enum_statement);
            self.docs(9);
        }
        self.push("}");
    }

    fn enum_statement(&mut self) {
        self.pick(&["type", "schema", "renamed_from"]);
        self.push("\"a_name\"");
    }

    fn block(&mut self) {
        self.pick(&["model", "model", "mixin", "type", "view"]);
        self.pick(&TYPES);
        if self.one_in(4) {
            self.push("with");
            self.pick(&TYPES);
            self.many(4, |it| {
                it.push(",");
                it.pick(&TYPES);
            });
            if self.one_in(3) {
                self.push(",");
            }
        }
        self.push("{");
        self.many(9, |it| {
            it.docs(6);
            match it.random.below(4) {
                0 => it.statement(),
                _ => it.field(),
            }
        });
        self.docs(12);
        self.push("}");
    }

    fn field(&mut self) {
        self.pick(&NAMES);
        self.push(":");
        self.type_ref(2);
        if self.one_in(3) {
            self.push("=");
            self.expr(3);
        }
        self.attributes(3);
    }

    fn type_ref(&mut self, depth: usize) {
        if depth > 0 && self.one_in(4) {
            self.push("[");
            self.type_ref(depth - 1);
            self.push("]");
        } else {
            self.pick(&TYPES);
            if self.one_in(3) {
                self.group(1);
            }
        }
        if self.one_in(4) {
            self.push("?");
        }
    }

    fn attributes(&mut self, most: usize) {
        self.many(most, |it| {
            it.pick(&["@id", "@unique", "@length", "@on_delete", "@validate"]);
            if it.one_in(2) {
                it.group(2);
            }
        });
    }

    fn statement(&mut self) {
        match self.random.below(8) {
            0 => self.pick(&["unmanaged", "materialized"]),
            1 => {
                self.pick(&["table", "schema", "renamed_from", "type"]);
                self.pick(&STRINGS);
            }
            2 => {
                self.pick(&["sql", "allow", "id"]);
                self.group(2);
            }
            _ => {
                self.pick(&["index", "unique", "check"]);
                if self.one_in(2) {
                    self.pick(&STRINGS);
                }
                self.group(4);
                self.many(3, Self::clause);
            }
        }
    }

    fn clause(&mut self) {
        match self.random.below(4) {
            0 => {
                self.push("where");
                self.expr(3);
            }
            1 => {
                self.push("using");
                self.pick(&["gin", "hash"]);
            }
            2 => {
                self.push("include");
                self.group(1);
            }
            _ => self.push("nulls_not_distinct"),
        }
    }

    fn group(&mut self, depth: usize) {
        self.push("(");
        let count = self.random.below(4);
        for number in 0..count {
            if self.one_in(4) {
                self.pick(&NAMES);
                self.push(":");
            }
            self.expr(depth);
            if self.one_in(4) {
                self.pick(&["asc", "desc", "nulls_first", "ops"]);
                if depth > 0 && self.one_in(3) {
                    self.group(depth - 1);
                }
            }
            if number + 1 < count {
                self.push(",");
            }
        }
        if self.one_in(4) {
            self.push(",");
        }
        self.push(")");
    }

    fn expr(&mut self, depth: usize) {
        self.operand(depth);
        self.many(if depth > 1 { 3 } else { 0 }, |it| {
            it.pick(&OPERATORS);
            it.operand(depth - 1);
        });
    }

    fn operand(&mut self, depth: usize) {
        if depth > 0 && self.one_in(9) {
            return self.range();
        }
        while self.one_in(6) {
            self.pick(&["!", "-"]);
        }
        match self.random.below(if depth > 0 { 8 } else { 5 }) {
            0 | 1 => self.pick(&["1", "1_000", "1.5", "0"]),
            2 => self.pick(&STRINGS),
            3 | 4 => self.pick(&["a", "null", "true", "created_at", "published_after_the_beginning"]),
            5 => {
                self.push("[");
                let count = self.random.below(4);
                for number in 0..count {
                    self.expr(depth - 1);
                    if number + 1 < count || self.one_in(3) {
                        self.push(",");
                    }
                }
                self.push("]");
            }
            6 => {
                self.push("(");
                self.expr(depth - 1);
                self.push(")");
            }
            _ => {
                self.pick(&["now", "lower", "Role"]);
                if self.one_in(2) {
                    self.push(".");
                    self.push("admin");
                }
                if self.one_in(2) {
                    self.group(depth - 1);
                }
            }
        }
    }

    fn range(&mut self) {
        let (low, high) = (self.one_in(2), self.one_in(2));
        if low {
            self.pick(&["1", "\"2000-01-01\"", "0.5", "-1"]);
        }
        self.pick(&["..", "..="]);
        if high || !low {
            self.pick(&["9", "-5", "\"z\"", "-1.5"]);
        }
    }
}
