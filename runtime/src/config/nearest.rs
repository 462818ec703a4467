//! The name that was probably meant.

/// What other libraries call settings, and what they are called here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("cache", "shared_memory"),
    ("connection_limit", "pool_size"),
    ("currentschema", "search_path"),
    ("db", "database"),
    ("hostname", "host"),
    ("immutable", "read_only"),
    ("lock_timeout", "statement_timeout"),
    ("max_connections", "pool_size"),
    ("max_size", "pool_size"),
    ("mode", "read_only"),
    ("options", "search_path"),
    ("passfile", "password"),
    ("pool_timeout", "acquire_timeout"),
    ("prepare_threshold", "pgbouncer"),
    ("preparethreshold", "pgbouncer"),
    ("schema", "search_path"),
    ("ssl", "sslmode"),
    ("sslaccept", "sslmode"),
    ("statement_cache_size", "pgbouncer"),
    ("timeout", "connect_timeout"),
    ("tls", "sslmode"),
    ("username", "user"),
];

/// The one of `known` that was probably meant by `name`; none if it is like none of them.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let name = name.to_ascii_lowercase().replace('-', "_");
    if let Some((_, meant)) = ELSEWHERE.iter().find(|(other, _)| *other == name) {
        return known.clone().find(|known| known == meant);
    }
    let distances = known.map(|known| (distance(&name, &known.replace('-', "_")), known));
    let (distance, known) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= known.len() / 3).then_some(known)
}

/// How many letters have to be put in, taken out or replaced.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (place, same) in other.iter().map(|it| *it == letter).enumerate() {
            let replaced = diagonal + usize::from(!same);
            diagonal = row[place + 1];
            row[place + 1] = replaced.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_is_found() {
        let known = ["pool_size", "sslmode", "search_path", "host", "port"];
        let meant = |name| nearest(name, known.into_iter());
        assert_eq!(meant("poolsize"), Some("pool_size"));
        assert_eq!(meant("POOL-SIZE"), Some("pool_size"));
        assert_eq!(meant("ssl"), Some("sslmode"));
        assert_eq!(meant("currentSchema"), Some("search_path"));
        assert_eq!(meant("prt"), Some("port"));
        assert_eq!(meant("colour"), None);
        assert_eq!(meant("cache"), None);
    }

    #[test]
    fn distances() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
