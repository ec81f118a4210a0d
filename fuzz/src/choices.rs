use arbitrary::Unstructured;

/// Choices that the fuzzer's bytes make, one after the other. Where they run out, each is the
/// first.
pub(crate) struct Choices<'a> {
    bytes: Unstructured<'a>,
    ids: u64,
}

impl<'a> Choices<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self {
            bytes: Unstructured::new(data),
            ids: 0,
        }
    }

    /// A number below `bound`, which is not zero.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.bytes.int_in_range(0..=bound - 1).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn within(&mut self, low: u64, high: u64) -> u64 {
        self.bytes.int_in_range(low..=high).unwrap_or(low)
    }

    /// Whether something happens, in one of so many times.
    pub(crate) fn once_in(&mut self, times: u8) -> bool {
        self.bytes.ratio(1, times).unwrap_or(false)
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Some of these, in their order.
    pub(crate) fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        of.iter().filter(|_| self.once_in(2)).cloned().collect()
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }

    /// An id that no other choice of this input has.
    pub(crate) fn id(&mut self) -> [u8; 16] {
        self.ids += 1;
        u128::from(self.ids).to_be_bytes()
    }

    /// Whether all bytes are used up: whatever is chosen from now on is the first of each.
    pub(crate) fn is_over(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The generator of powers and calls, on the same bytes.
    pub(crate) fn bytes(&mut self) -> &mut Unstructured<'a> {
        &mut self.bytes
    }
}
