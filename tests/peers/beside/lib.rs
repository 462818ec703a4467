//! Nothing of its own: what it depends on is resolved, and not built.
