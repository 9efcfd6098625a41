//! Random numbers that are the same on every machine: SplitMix64 (Steele, Lea, Flood 2014).

/// A source of random numbers.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The source of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0xa076_1d64_78bd_642f) ^ 0x9e37_79b9_7f4a_7c15);
        random.bits();
        random
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below 1.
    pub(crate) fn part(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From `low` to below `high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.part()
    }

    /// From `low` to `high`, both included.
    pub(crate) fn whole(&mut self, low: i64, high: i64) -> i64 {
        low + (self.part() * (high - low + 1) as f64) as i64
    }

    /// A place in a list of this length.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        (self.part() * length as f64) as usize
    }

    /// Whether something of this probability happens.
    pub(crate) fn happens(&mut self, odds: f64) -> bool {
        self.part() < odds
    }

    /// One of them, by their shares.
    pub(crate) fn drawn(&mut self, shares: impl IntoIterator<Item = f64>) -> usize {
        let (mut left, mut last) = (self.part(), 0);
        for (at, share) in shares.into_iter().enumerate() {
            if left < share {
                return at;
            }
            left -= share;
            last = at;
        }
        last
    }
}
