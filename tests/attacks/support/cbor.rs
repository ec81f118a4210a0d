//! A CBOR writer that does as it is told, right or wrong. It knows nothing of the library's.

use ciborium::Value;

/// The head of an item: major type and argument, in the shortest form.
pub(crate) fn head(major: u8, argument: u64) -> Vec<u8> {
    let bytes = argument.to_be_bytes();
    let (short, from) = match argument {
        0..24 => return vec![major << 5 | bytes[7]],
        24..0x100 => (24, 7),
        0x100..0x1_0000 => (25, 6),
        0x1_0000..0x1_0000_0000 => (26, 4),
        _ => (27, 0),
    };
    [&[major << 5 | short][..], &bytes[from..]].concat()
}

pub(crate) fn int(number: i64) -> Vec<u8> {
    match u64::try_from(number) {
        Ok(number) => head(0, number),
        Err(_) => head(1, number.unsigned_abs() - 1),
    }
}

pub(crate) fn bytes(content: impl AsRef<[u8]>) -> Vec<u8> {
    counted(2, content.as_ref().len(), content)
}

pub(crate) fn text(content: &str) -> Vec<u8> {
    counted(3, content.len(), content)
}

/// A text string of bytes that may be no text.
pub(crate) fn raw_text(content: &[u8]) -> Vec<u8> {
    counted(3, content.len(), content)
}

pub(crate) fn array<I: AsRef<[u8]>>(items: impl AsRef<[I]>) -> Vec<u8> {
    let items = items.as_ref();
    counted(
        4,
        items.len(),
        items
            .iter()
            .flat_map(|item| item.as_ref().to_vec())
            .collect::<Vec<u8>>(),
    )
}

pub(crate) fn tag(number: u64, item: impl AsRef<[u8]>) -> Vec<u8> {
    [&head(6, number)[..], item.as_ref()].concat()
}

pub(crate) fn null() -> Vec<u8> {
    vec![0xf6]
}

pub(crate) fn bool(bool: bool) -> Vec<u8> {
    vec![if bool { 0xf5 } else { 0xf4 }]
}

fn counted(major: u8, count: usize, content: impl AsRef<[u8]>) -> Vec<u8> {
    [
        &head(major, u64::try_from(count).unwrap())[..],
        content.as_ref(),
    ]
    .concat()
}

/// The entries of a map, encoded, in the order in which they will be written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Map(pub(crate) Vec<(Vec<u8>, Vec<u8>)>);

impl Map {
    pub(crate) fn of<const N: usize>(entries: [(i64, Vec<u8>); N]) -> Self {
        Self(entries.map(|(key, value)| (int(key), value)).into())
    }

    pub(crate) fn of_texts<const N: usize>(entries: [(&str, Vec<u8>); N]) -> Self {
        Self(entries.map(|(key, value)| (text(key), value)).into())
    }

    /// Puts the entry where it belongs, in place of one with this key.
    pub(crate) fn set(mut self, key: i64, value: Vec<u8>) -> Self {
        self = self.without(key);
        let key = int(key);
        let place = self
            .0
            .iter()
            .position(|(other, _)| *other > key)
            .unwrap_or(self.0.len());
        self.0.insert(place, (key, value));
        self
    }

    pub(crate) fn without(mut self, key: i64) -> Self {
        self.0.retain(|(other, _)| *other != int(key));
        self
    }

    /// Puts an entry at the end, whatever is there already.
    pub(crate) fn push(mut self, key: Vec<u8>, value: Vec<u8>) -> Self {
        self.0.push((key, value));
        self
    }

    pub(crate) fn get(&self, key: i64) -> Vec<u8> {
        self.0
            .iter()
            .find(|(other, _)| *other == int(key))
            .unwrap()
            .1
            .clone()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let content: Vec<u8> = self
            .0
            .iter()
            .flat_map(|(key, value)| [key.as_slice(), value].concat())
            .collect();
        counted(5, self.0.len(), content)
    }
}

/// The encoding of a value of the generic library, whose maps keep the order they have.
pub(crate) fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

pub(crate) fn decode(bytes: &[u8]) -> Value {
    ciborium::from_reader(bytes).unwrap()
}
