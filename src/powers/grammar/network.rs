use std::fmt;
use std::fmt::Write;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;
use thiserror::Error;

/// Reason why a text is not a canonical network or address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// The text is not an address in its one canonical spelling: IPv4 dotted without leading zeros,
    /// IPv6 as in RFC 5952.
    #[error("not an IP address in canonical spelling")]
    NotAnAddress,
    /// The text is an IPv4 address mapped into IPv6 (RFC 4291 section 2.5.5.2), which is spelled as
    /// the IPv4 address.
    #[error("an IPv4-mapped address is spelled as IPv4")]
    Mapped,
    /// The text is not `address/bits`, or has more bits than the address.
    #[error("a network is an address, `/` and the number of its leading bits")]
    Prefix,
    /// A bit after the prefix is set.
    #[error("a bit after the prefix is set, and a network has only zeros there")]
    HostBits,
}

/// A network in CIDR form, v4 or v6, host bits zero: `10.0.0.0/8`, `2001:db8::/32`.
///
/// It admits addresses in canonical spelling. The two families never meet: a v6 network that
/// contains `::ffff:0:0/96` admits no v4 address, because a v4-mapped address is spelled as v4 and
/// refused otherwise.
///
/// ```
/// use mandatum::powers::{Network, NetworkError};
/// let office: Network = "10.0.0.0/8".parse()?;
/// assert_eq!((office.first().to_string().as_str(), office.bits()), ("10.0.0.0", 8));
/// assert_eq!("10.0.0.1/8".parse::<Network>(), Err(NetworkError::HostBits));
/// assert_eq!("10.0.0.0/08".parse::<Network>(), Err(NetworkError::Prefix));
/// # Ok::<(), NetworkError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

impl Network {
    /// Makes the network of the addresses that share the first `bits` bits with `first`.
    ///
    /// # Errors
    /// [`NetworkError::Prefix`] for more bits than the address has, [`NetworkError::HostBits`] for
    /// a bit set after the prefix, and [`NetworkError::Mapped`] for a v4-mapped address.
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

    /// Returns the first address.
    #[must_use]
    pub const fn first(self) -> IpAddr {
        self.first
    }

    /// Returns the number of leading bits that all addresses share.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.bits
    }

    /// Reads an address in canonical spelling.
    pub(in crate::powers) fn address(text: &str) -> Result<IpAddr, NetworkError> {
        let address: IpAddr = text.parse().map_err(|_| NetworkError::NotAnAddress)?;
        if is_mapped(&address) {
            return Err(NetworkError::Mapped);
        }
        // The standard library prints IPv6 as RFC 5952 requires, so a difference is another
        // spelling.
        let mut same = SameText { rest: text };
        let is_same = write!(same, "{address}").is_ok() && same.rest.is_empty();
        if is_same {
            Ok(address)
        } else {
            Err(NetworkError::NotAnAddress)
        }
    }

    /// Returns whether the network contains the address.
    pub(crate) fn holds(self, address: IpAddr) -> bool {
        let host_mask = self.host_mask();
        width(&self.first) == width(&address)
            && as_number(&address) & !host_mask == as_number(&self.first) & !host_mask
            && !is_mapped(&address)
    }

    /// Returns whether every address of `child` is in this. Networks nest or are apart, so one that
    /// contains both ends contains all addresses between them.
    pub(crate) fn covers(self, child: Self) -> bool {
        self.holds(child.first) && self.holds(child.last())
    }

    /// Returns the last address that it admits, which is never a v4-mapped one.
    pub(crate) fn last(self) -> IpAddr {
        let last = as_number(&self.first) | self.host_mask();
        let is_mapped = width(&self.first) == 128 && (FIRST_MAPPED..=LAST_MAPPED).contains(&last);
        let number = if is_mapped {
            // Only a network that ends with the mapped block gets here; it begins before the block,
            // because a network inside of it can't be made.
            FIRST_MAPPED.saturating_sub(1)
        } else {
            last
        };
        match (self.first, u32::try_from(number)) {
            (IpAddr::V4(_), Ok(number)) => IpAddr::V4(number.into()),
            _ => IpAddr::V6(number.into()),
        }
    }

    /// Returns the number of addresses from the first to the last, if it fits a `usize`.
    pub(crate) fn size(self) -> Option<usize> {
        let (first, last) = (as_number(&self.first), as_number(&self.last()));
        usize::try_from(last.checked_sub(first)?)
            .ok()?
            .checked_add(1)
    }

    /// Returns every address, if there are at most `most`.
    pub(in crate::powers) fn addresses(self, most: usize) -> Option<Vec<IpAddr>> {
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

    /// Returns the mask of the bits after the prefix.
    fn host_mask(self) -> u128 {
        let host_bits = width(&self.first).saturating_sub(self.bits);
        // A shift by all 128 bits is out of range: then every bit is after the prefix.
        1_u128
            .checked_shl(u32::from(host_bits))
            .map_or(u128::MAX, |size| size.wrapping_sub(1))
    }
}

/// A text that is compared with the parts written to it, so that no second text is allocated.
struct SameText<'t> {
    rest: &'t str,
}

impl Write for SameText<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.rest = self.rest.strip_prefix(part).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// The IPv4-mapped addresses, `::ffff:0:0/96` (RFC 4291 section 2.5.5.2).
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
        // `parse` accepts a sign and leading zeros, which are further spellings.
        let is_canonical =
            !digits.starts_with('+') && (bits == 0 && digits == "0" || !digits.starts_with('0'));
        if is_canonical {
            Ok(network)
        } else {
            Err(NetworkError::Prefix)
        }
    }
}
