//! What a file says, layout left out: read by other means than those of the formatter.

/// The words, the strings, the comments, the documentation and every other character that is not
/// white space, in order. Left out are commas, `|` and `{`: a layout may add and drop the first two, and a
/// comment may come to stand on the other side of all three.
pub(super) fn contents(text: &str) -> Vec<String> {
    let mut rest = text.trim_start_matches('\u{feff}');
    let mut contents = Vec::new();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block(rest),
            '"' => string(rest),
            'r' if raw_string(rest).is_some() => raw_string(rest).unwrap_or_default(),
            _ => word(rest).max(first.len_utf8()),
        };
        let (thing, after) = rest.split_at(length);
        rest = after;
        if thing.starts_with("//") || thing.starts_with("/*") {
            contents.push(thing.lines().map(str::trim).collect::<Vec<_>>().join("\n"));
        } else if !thing.trim().is_empty() && ![",", "|", "{"].contains(&thing) {
            contents.push(thing.to_owned());
        }
    }
    contents
}

fn word(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

fn block(text: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    loop {
        match text.as_bytes().get(at..at + 2).expect("comments end, where there are no errors") {
            b"/*" => (at, depth) = (at + 2, depth + 1),
            b"*/" => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
}

fn string(text: &str) -> usize {
    let mut escaped = true;
    let end = text.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.expect("strings end, where there are no errors") + 1
}

fn raw_string(text: &str) -> Option<usize> {
    let hashes = text[1..].len() - text[1..].trim_start_matches('#').len();
    let inner = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(2 + hashes + inner.find(&end)? + end.len())
}
