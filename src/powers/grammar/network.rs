use std::fmt;
use std::fmt::Write;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;
use thiserror::Error;

/// Why a text is not a network or an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// Not an address in its one canonical spelling: IPv4 dotted without leading zeros, IPv6 as in
    /// RFC 5952.
    #[error("not an IP address in canonical spelling")]
    NotAnAddress,
    /// An IPv4 address mapped into IPv6 (RFC 4291 section 2.5.5.2): it is the IPv4 address, and is
    /// spelled so.
    #[error("an IPv4-mapped address is spelled as IPv4")]
    Mapped,
    /// Not `address/bits`, or more bits than the address has.
    #[error("a network is an address, `/` and the number of its leading bits")]
    Prefix,
    /// A bit after the prefix is set.
    #[error("the bits after the prefix are zero")]
    HostBits,
}

/// A network in CIDR form, v4 or v6, host bits zero: `10.0.0.0/8`, `2001:db8::/32`.
///
/// It admits addresses in canonical spelling. The two families never meet: a v6 network over
/// `::ffff:0:0/96` doesn't reach any v4 address, because a v4-mapped address is spelled as v4 and
/// refused otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

impl Network {
    /// The network of the addresses that share the first `bits` bits with `first`.
    ///
    /// # Errors
    /// [`NetworkError`]: too many bits, a bit set after the prefix, or a v4-mapped network.
    pub fn new(first: IpAddr, bits: u8) -> Result<Self, NetworkError> {
        if is_mapped(&first) {
            return Err(NetworkError::Mapped);
        }
        if bits > width(&first) {
            return Err(NetworkError::Prefix);
        }
        let network = Self { first, bits };
        if as_number(&first) & network.host_mask() != 0 {
            return Err(NetworkError::HostBits);
        }
        Ok(network)
    }

    /// The first address.
    #[must_use]
    pub const fn first(self) -> IpAddr {
        self.first
    }

    /// The number of leading bits that all addresses share.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.bits
    }

    /// The address that a text spells canonically.
    pub(crate) fn address(text: &str) -> Result<IpAddr, NetworkError> {
        let address: IpAddr = text.parse().map_err(|_| NetworkError::NotAnAddress)?;
        if is_mapped(&address) {
            return Err(NetworkError::Mapped);
        }
        // The standard library prints IPv6 as RFC 5952 says, so what differs is another spelling.
        let mut same = SameText { rest: text };
        let is_same = write!(same, "{address}").is_ok() && same.rest.is_empty();
        if is_same {
            Ok(address)
        } else {
            Err(NetworkError::NotAnAddress)
        }
    }

    /// Whether the address lies within.
    pub(crate) fn holds(self, address: IpAddr) -> bool {
        let host_mask = self.host_mask();
        width(&self.first) == width(&address)
            && as_number(&address) & !host_mask == as_number(&self.first) & !host_mask
            && !is_mapped(&address)
    }

    /// Networks nest or are apart, so one that holds both ends holds all between.
    pub(crate) fn covers(self, child: Self) -> bool {
        self.holds(child.first) && self.holds(child.last())
    }

    /// The last address it holds, which is not a mapped one.
    pub(crate) fn last(self) -> IpAddr {
        let last = as_number(&self.first) | self.host_mask();
        let is_mapped = width(&self.first) == 128 && (FIRST_MAPPED..=LAST_MAPPED).contains(&last);
        let number = if is_mapped {
            FIRST_MAPPED.saturating_sub(1)
        } else {
            last
        };
        match (self.first, u32::try_from(number)) {
            (IpAddr::V4(_), Ok(number)) => IpAddr::V4(number.into()),
            _ => IpAddr::V6(number.into()),
        }
    }

    /// The number of addresses, where a machine can count them.
    pub(crate) fn size(self) -> Option<usize> {
        let (first, last) = (as_number(&self.first), as_number(&self.last()));
        usize::try_from(last.checked_sub(first)?)
            .ok()?
            .checked_add(1)
    }

    /// Every address, if there are at most `most`.
    pub(crate) fn addresses(self, most: usize) -> Option<Vec<IpAddr>> {
        if self.size()? > most {
            return None;
        }
        let (first, last) = (as_number(&self.first), as_number(&self.last()));
        let address = |number: u128| match (self.first, u32::try_from(number)) {
            (IpAddr::V4(_), Ok(number)) => IpAddr::V4(number.into()),
            _ => IpAddr::V6(number.into()),
        };
        Some((first..=last).map(address).collect())
    }

    fn host_mask(self) -> u128 {
        let host_bits = width(&self.first).saturating_sub(self.bits);
        1_u128
            .checked_shl(u32::from(host_bits))
            .map_or(u128::MAX, |size| size.wrapping_sub(1))
    }
}

/// A text that is compared with what is written to it, which is then never put together.
struct SameText<'t> {
    rest: &'t str,
}

impl Write for SameText<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.rest = self.rest.strip_prefix(part).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// `::ffff:0:0/96`, the IPv4-mapped addresses.
const FIRST_MAPPED: u128 = 0xffff_0000_0000;
const LAST_MAPPED: u128 = 0xffff_ffff_ffff;

fn is_mapped(address: &IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some())
}

const fn width(address: &IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn as_number(address: &IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(u32::from(*v4)),
        IpAddr::V6(v6) => Ipv6Addr::into(*v6),
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

impl FromStr for Network {
    type Err = NetworkError;
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, bits) = text.split_once('/').ok_or(NetworkError::Prefix)?;
        let (digits, bits) = (bits, bits.parse().map_err(|_| NetworkError::Prefix)?);
        let network = Self::new(Self::address(address)?, bits)?;
        // No sign, and no zero before other digits.
        let is_canonical =
            !digits.starts_with('+') && (bits == 0 && digits == "0" || !digits.starts_with('0'));
        if is_canonical {
            Ok(network)
        } else {
            Err(NetworkError::Prefix)
        }
    }
}
