//! Numbers by chance, the same ones in each run, unless `REX_RANDOM_SEED` begins with another one.

/// A row of numbers (xorshift64).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn of_run() -> Chance {
        Chance(number("REX_RANDOM_SEED", 0x9e37_79b9_7f4a_7c15).max(1))
    }

    /// From 0 on, and below this.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// A number of the environment.
pub(crate) fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}
