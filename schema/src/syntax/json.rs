//! JSON in the one spelling that all texts of a value share.

/// How deep values may be.
const DEPTH: usize = 200;

/// The text of a value without space, keys in order, and of several of one key the last; none
/// where it is no JSON.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let mut reader = Reader { rest: text };
    let value = reader.value(0)?;
    reader.space();
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(symbol) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: usize) -> Option<String> {
        self.space();
        match self.rest.chars().next().filter(|_| depth < DEPTH)? {
            '{' => self.object(depth),
            '[' => self.array(depth),
            '"' => self.string(),
            _ => {
                let end = self.rest.find([',', ']', '}', ' ', '\n', '\t', '\r']).unwrap_or(self.rest.len());
                let (word, rest) = self.rest.split_at(end);
                self.rest = rest;
                match word {
                    "null" | "true" | "false" => Some(word.to_owned()),
                    _ => super::literal::number(word),
                }
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<String> {
        self.symbol("{");
        let mut pairs = std::collections::BTreeMap::new();
        while !self.symbol("}") {
            if !pairs.is_empty() && !self.symbol(",") {
                return None;
            }
            self.space();
            let key = self.string()?;
            if !self.symbol(":") {
                return None;
            }
            pairs.insert(key, self.value(depth + 1)?);
        }
        let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}:{value}")).collect();
        Some(format!("{{{}}}", pairs.join(",")))
    }

    fn array(&mut self, depth: usize) -> Option<String> {
        self.symbol("[");
        let mut values = Vec::new();
        while !self.symbol("]") {
            if !values.is_empty() && !self.symbol(",") {
                return None;
            }
            values.push(self.value(depth + 1)?);
        }
        Some(format!("[{}]", values.join(",")))
    }

    /// A string, with what it says written by `Debug`.
    fn string(&mut self) -> Option<String> {
        let mut chars = self.rest.strip_prefix('"')?.char_indices();
        let mut units = Vec::new();
        let mut value = String::new();
        while let Some((at, c)) = chars.next() {
            let escaped = if c == '\\' { Some(chars.next()?.1) } else { None };
            if escaped == Some('u') {
                let digits: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                units.push(u16::from_str_radix(&digits, 16).ok()?);
                continue;
            }
            value += &String::from_utf16(&std::mem::take(&mut units)).ok()?;
            match (c, escaped) {
                ('"', None) => {
                    self.rest = &self.rest[at + 2..];
                    return Some(format!("{value:?}"));
                }
                (c, None) => value.push(c),
                (_, Some('n')) => value.push('\n'),
                (_, Some('t')) => value.push('\t'),
                (_, Some('r')) => value.push('\r'),
                (_, Some('b')) => value.push('\u{8}'),
                (_, Some('f')) => value.push('\u{c}'),
                (_, Some(c)) => value.push(c),
            }
        }
        None
    }
}
