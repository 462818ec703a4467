//! Forms of text, each told by a crate that is kept for it. What needs a cargo feature is here
//! without it too: what does not compile where a schema uses it is [`features`](crate::features).

use super::Test;

/// `@email`: an address of one mailbox, `local@domain`, as RFC 5321, 5322 and 6531 have it. Neither
/// a name beside it (`Ada <ada@example.com>`) nor a domain in brackets (`ada@[127.0.0.1]`); a
/// domain of one label (`ada@localhost`) is one.
#[cfg(feature = "email")]
pub const fn email() -> Test {
    Test::Form(|text| {
        let options = email_address::Options::default().without_display_text().without_domain_literal();
        email_address::EmailAddress::parse_with_options(text, options).is_ok()
    })
}

/// `@email`, without the feature.
#[cfg(not(feature = "email"))]
pub const fn email() -> Test {
    Test::Form(|_| true)
}

/// `@url`: a URL as browsers read it (the URL standard of WHATWG), absolute and with a host:
/// `https://example.com/a`, and neither `/a` nor `mailto:ada@example.com`.
#[cfg(feature = "url")]
pub const fn url() -> Test {
    Test::Form(|text| url::Url::parse(text).is_ok_and(|url| url.has_host()))
}

/// `@url`, without the feature.
#[cfg(not(feature = "url"))]
pub const fn url() -> Test {
    Test::Form(|_| true)
}

/// `@ip`: an address of IPv4 or IPv6 as text, without port, prefix and zone.
pub const fn ip() -> Test {
    Test::Form(|text| text.parse::<std::net::IpAddr>().is_ok())
}

/// A regular expression of `@pattern`, compiled when it is first used.
#[derive(Debug)]
pub struct Pattern {
    #[cfg(feature = "pattern")]
    text: &'static str,
    #[cfg(feature = "pattern")]
    compiled: std::sync::OnceLock<regex::Regex>,
}

/// More than any pattern takes that the compiler lets pass.
#[cfg(feature = "pattern")]
const MOST_BYTES: usize = 1 << 30;

#[cfg(feature = "pattern")]
impl Pattern {
    /// A pattern that the compiler has checked.
    pub const fn new(text: &'static str) -> Pattern {
        Pattern { text, compiled: std::sync::OnceLock::new() }
    }

    /// Whether it is found anywhere in a text.
    pub fn is_in(&self, text: &str) -> bool {
        let compile = || {
            let built = regex::RegexBuilder::new(self.text).size_limit(MOST_BYTES).build();
            built.expect("the compiler checks patterns")
        };
        self.compiled.get_or_init(compile).is_match(text)
    }
}

#[cfg(not(feature = "pattern"))]
impl Pattern {
    /// `@pattern`, without the feature.
    pub const fn new(_: &'static str) -> Pattern {
        Pattern {}
    }

    /// `@pattern`, without the feature.
    pub fn is_in(&self, _: &str) -> bool {
        true
    }
}
