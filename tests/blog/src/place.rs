//! Where the blog's database is.

use std::path::PathBuf;

/// A database, and what to say of it; a temporary file is removed in the end.
pub(crate) struct Place {
    /// Its URL.
    pub(crate) url: String,
    /// What the user is told: a URL may hold a password.
    pub(crate) shown: String,
    temporary: Option<PathBuf>,
}

impl Place {
    /// `DATABASE_URL`, or a new file in the system's folder for temporary ones.
    pub(crate) fn choose() -> Place {
        match std::env::var("DATABASE_URL") {
            Ok(url) => Place { url, shown: "DATABASE_URL".to_owned(), temporary: None },
            Err(_) => {
                let file = std::env::temp_dir().join(format!("rex-blog-{}.db", std::process::id()));
                let url = format!("sqlite://{}", file.display());
                Place {
                    url,
                    shown: format!("a new SQLite database, {}", file.display()),
                    temporary: Some(file),
                }
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for suffix in self.temporary.iter().flat_map(|_| ["", "-wal", "-shm"]) {
            let mut file = self.temporary.clone().unwrap_or_default().into_os_string();
            file.push(suffix);
            // What is left in the temporary folder the system cleans up.
            drop(std::fs::remove_file(file));
        }
    }
}
