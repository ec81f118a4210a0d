//! The texts of the format: names, tasks, tools, text patterns, paths, hosts, URLs, addresses and
//! networks. Also keys and signatures, which are bytes.
//!
//! Each of these has exactly one form. Lengths are in bytes of UTF-8. Nothing is normalised: texts
//! are compared byte for byte.
//!
//! # Names
//!
//! By the data of Unicode 17.0, a `name` has 1 to 256 bytes, and:
//!
//! 1. It does not begin with a combining mark (general categories Mn, Mc, Me).
//! 2. It neither begins nor ends with U+0020, and does not have two of them in a row.
//! 3. It has no *invisible* character. These characters are invisible:
//!    - those with `Default_Ignorable_Code_Point`;
//!    - those of the general categories Cc, Cf, Co, Cn, Zl and Zp;
//!    - those of the general category Zs, except U+0020;
//!    - U+2800, U+FFFC, U+13441, U+13442, U+16FE4, U+1D159.
//!
//! U+200C and U+200D are accepted where they shape letters, which is in the three places below.
//! These terms are of one script:
//!
//! - a *letter* is a character of the script in category Lu, Ll, Lt, Lm or Lo;
//! - the *virama* is that of the script (`Indic_Syllabic_Category`);
//! - the *base* before a joiner is the last character before it that is not a mark of the script or
//!   of the script Inherited.
//!
//! The places are:
//!
//! - U+200C after a base of `Joining_Type` L or D, before a letter of `Joining_Type` R or D;
//! - U+200C or U+200D after a virama whose base is a letter, before a letter;
//! - U+200D after a letter, before a virama that a letter follows.
//!
//! # Tasks
//!
//! A `task` has 1 to 256 bytes in 1 to 32 segments `[A-Za-z0-9_.-]+`, joined by `/`. No segment is
//! `.` or `..`. The task of a child is its parent's task, `/`, and the child's own steps. It has
//! the same bounds.
//!
//! # Tools
//!
//! A tool's name has 1 to 128 characters of `[A-Za-z0-9_.:/-]`. A tool pattern is a name, or a
//! prefix of 1 to 127 of these characters followed by `*`. A prefix means every name that begins
//! with it and is longer: `crm.*` does not mean `crm.`. `*` alone is not a tool pattern. Case
//! matters.
//!
//! One tool pattern covers another if it means every name that the other means:
//!
//! - a name covers only itself, and never a prefix;
//! - a prefix covers the names that begin with it and are longer, and every prefix that begins with
//!   it, including itself.
//!
//! Two tool patterns *meet* if one covers the other. If neither covers the other, no name is meant
//! by both.
//!
//! # Text patterns
//!
//! A text pattern has at most 1,024 bytes and no `**`. `*` stands for any bytes, or none. Every
//! other character stands for itself. There is no escape.
//!
//! # Paths
//!
//! A path is `/` alone, or segments that each follow a `/`. No segment is empty, `.` or `..`. No
//! segment has a backslash or a control character (U+0000 to U+001F, U+007F to U+009F). A path in a
//! constraint has at most 1,024 bytes. An argument may be as long as arguments may be.
//!
//! A path lies under another if it is that path, or begins with that path and a `/`. Every path
//! lies under `/`.
//!
//! # Hosts
//!
//! A host has at most 253 bytes in labels joined by `.`. A label has 1 to 63 characters of
//! `[a-z0-9_-]`, and neither begins nor ends with `-`. The last label is not all digits. It is also
//! not `0x` followed by hexadecimal digits of either case, or by nothing.
//!
//! A host lies under another if it is that host, or ends with a `.` and that host.
//!
//! # URLs
//!
//! A URL is `scheme://authority path [?query]`. It is split at the first `://`, the first `/` after
//! that, the first `:` of the authority, and the first `?` of the rest:
//!
//! - **Scheme**: `[a-z][a-z0-9+.-]*`, at most 32 bytes.
//! - **Authority**: a host, and optionally `:` and a port. It has no `@` and no `[`. A port is 1 to
//!   65535 without leading zeros. It is not the scheme's own port, which is 80 for `http` and `ws`,
//!   443 for `https` and `wss`, 21 for `ftp`, and 22 for `ssh` and `sftp`. Other schemes have no
//!   own port.
//! - **Path**: required. One `/` at its end is removed first, unless the path is a single byte. The
//!   rest is a path as above, and:
//!   - It has only the characters `pchar` of RFC 3986 section 3.3, and `/`.
//!   - A percent-encoding is `%` and two of `[0-9A-F]`. No byte is encoded that is unreserved there
//!     (`[A-Za-z0-9-._~]`), `/` or `\`. Every other byte may be encoded, also one that needs no
//!     encoding, such as `%40`.
//!   - The decoded path is UTF-8 without control characters.
//!   - No segment is a dot segment without its parameters: the part before its first `;` or `%3B`
//!     is neither `.` nor `..`.
//! - **Query**: optional. It has the characters and encodings of a path, and `?` too. It is decoded
//!   as UTF-8, with U+FFFD for each maximal part of an invalid sequence. The result has no control
//!   character.
//! - A URL has no fragment.
//!
//! A URL rule of a constraint names schemes, a host, a port and a path:
//!
//! - Its path is a path of a URL without a `/` at its end, and has at most 1,024 bytes.
//! - Its port is 1 to 65535, and is not the own port of all its schemes.
//!
//! A rule admits a URL if the rule names the scheme, the host lies under the rule's host, the path,
//! with its last `/`, lies under the rule's path, and the port:
//!
//! - is not written in the URL, if the rule has no port;
//! - is the rule's port, written or the scheme's own, if the rule has a port;
//! - is any port, if the rule has null.
//!
//! # Addresses and networks
//!
//! An IPv4 address has four decimal numbers without leading zeros. An IPv6 address has the form of
//! RFC 5952, without a zone, and in hexadecimal to the end. An IPv4 address mapped into IPv6
//! (`::ffff:0:0/96`) is not an address, and not the first address of a network. A larger IPv6
//! network does not hold the mapped addresses.
//!
//! A network is an address, `/` and the number of leading bits without leading zeros. The bits
//! after the leading ones are zero. IPv4 and IPv6 never meet.
//!
//! # Keys and signatures
//!
//! A public key is the 32 bytes of RFC 8032 section 5.1.2. Its number *y* is read in little-endian
//! order, without the highest bit. A key is an invalid value unless:
//!
//! - *y* is below 2²⁵⁵ − 19;
//! - *y* is none of the five *y* of points of small order: 0, 1, −1, *a* and −*a*, where *a* is
//!   `26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05`.
//!
//! Whether a key is a point of the curve is checked where it first verifies something. For a
//! holder's key this is after the signature of its link. For every other key it is where the key
//! would verify a signature, which then does not verify. The keys of an anchor are points of the
//! curve, or there is no verifier.
//!
//! A signature verifies if all of these hold (RFC 8032 section 5.1.7 without the cofactor):
//!
//! - *S* is below the order of the group;
//! - the *y* of *R*, read as above, is none of those five;
//! - the encoding of *S·B − k·A* equals *R* byte for byte.
