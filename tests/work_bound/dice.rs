//! Choices of a generator, kept so that some of them can be changed.

/// Numbers that look random (xorshift).
pub(crate) struct Seed(u64);

impl Seed {
    pub(crate) const fn new(number: u64) -> Self {
        Self(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// What a generator chooses, one after the other; when all is used up it begins again.
#[derive(Clone)]
pub(crate) struct Genome(Vec<u32>);

impl Genome {
    pub(crate) fn random(seed: &mut Seed) -> Self {
        Self((0..96).map(|_| (seed.next() >> 32) as u32).collect())
    }

    /// The same with some choices made anew.
    pub(crate) fn changed(&self, seed: &mut Seed) -> Self {
        let mut changed = self.clone();
        for _ in 0..=seed.next() % 4 {
            let at = (seed.next() % changed.0.len() as u64) as usize;
            changed.0[at] = (seed.next() >> 32) as u32;
        }
        changed
    }

    pub(crate) fn dice(&self) -> Dice<'_> {
        Dice {
            genome: &self.0,
            at: 0,
        }
    }
}

pub(crate) struct Dice<'g> {
    genome: &'g [u32],
    at: usize,
}

impl Dice<'_> {
    /// A number below `sides`.
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        let number = self.genome[self.at % self.genome.len()];
        self.at += 1;
        number as usize % sides.max(1)
    }

    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// A size: mostly small, sometimes as large as may be.
    pub(crate) fn size(&mut self, most: usize) -> usize {
        match self.below(4) {
            0 => 1,
            1 => 1 + self.below(4.min(most)),
            2 => 1 + self.below(most),
            _ => most,
        }
    }
}
