//! What would change in a file, as a unified diff.

use std::io::{self, Write};
use std::time::Duration;

use similar::TextDiff;

/// How long to look for the shortest diff of a file; a longer one is right too.
const PATIENCE: Duration = Duration::from_secs(1);

/// Prints what would change in a file of this name; nothing if nothing would.
pub(crate) fn print(name: &str, before: &str, after: &str, out: &mut dyn Write) -> io::Result<()> {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(before, after);
    write!(out, "{}", diff.unified_diff().header(&side("a", name), &side("b", name)))
}

/// `a/schema/blog.rex`; a path that begins at the root stays as it is.
fn side(side: &str, name: &str) -> String {
    if name.starts_with('/') { name.to_owned() } else { format!("{side}/{name}") }
}
