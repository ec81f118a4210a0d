//! The texts of the format that have one spelling: names, tasks, tools, text patterns, paths,
//! hosts, URLs, addresses. And keys, which are bytes with one spelling.
//!
//! Lengths are bytes of UTF-8. Nothing is normalised: a text is compared byte for byte.
//!
//! # Names
//!
//! By the data of Unicode 17.0, a `name` has 1 to 256 bytes and:
//!
//! 1. begins with no combining mark (general categories Mn, Mc, Me);
//! 2. neither begins nor ends with U+0020, and has no two of them in a row;
//! 3. has no *unseen* character: none with `Default_Ignorable_Code_Point`, none of the general
//!    categories Cc, Cf, Co, Cn, Zl, Zp, none of Zs but U+0020, and none of U+2800, U+FFFC,
//!    U+13441, U+13442, U+16FE4, U+1D159.
//!
//! U+200C and U+200D are let through where they shape letters. With *letters* of one script
//! (categories Lu, Ll, Lt, Lm, Lo), the *virama* of that script (`Indic_Syllabic_Category`), and
//! the *base* before the joiner, which is the last character before it that is no mark of that
//! script or of the script Inherited:
//!
//! - U+200C after a base of `Joining_Type` L or D, before a letter of `Joining_Type` R or D;
//! - either after a virama whose base is a letter, before a letter;
//! - U+200D after a letter, before a virama that a letter follows.
//!
//! # Tasks
//!
//! A `task` has 1 to 256 bytes in 1 to 32 segments `[A-Za-z0-9_.-]+`, joined by `/`; none is `.` or
//! `..`. The task of a child is its parent's, `/`, and its own steps; it is within the same bounds.
//!
//! # Tools
//!
//! A tool's name is 1 to 128 of `[A-Za-z0-9_.:/-]`. A tool pattern is a name, or a prefix of 1 to
//! 127 of the same and `*`, which means every name that begins with the prefix and is longer:
//! `crm.*` not `crm.`. `*` alone is none. Case matters.
//!
//! One covers another when it means all that the other does: a name only itself, and never a
//! prefix; a prefix the names that go on from it, and every prefix that begins with it, itself too.
//! Of two one covers the other, or no name is meant by both; so two *meet* when one covers the
//! other.
//!
//! # Text patterns
//!
//! At most 1,024 bytes without `**`. `*` stands for any bytes, also none; all else for itself.
//! There is no escape.
//!
//! # Paths
//!
//! `/` alone, or segments that each follow a `/`. No segment is empty, `.` or `..`; none has a
//! backslash or a control character (U+0000 to U+001F, U+007F to U+009F). In a constraint a path
//! has at most 1,024 bytes; an argument is as long as arguments may be. A path lies under another
//! when it is that one, or begins with it and a `/`; all lie under `/`.
//!
//! # Hosts
//!
//! At most 253 bytes in labels joined by `.`. A label is 1 to 63 of `[a-z0-9_-]`, and neither
//! begins nor ends with `-`. The last label is neither all digits nor `0x` and hexadecimal digits
//! of either case, also none. A host lies under another when it is that one, or ends with a `.` and
//! that one.
//!
//! # URLs
//!
//! `scheme://authority path [?query]`, taken apart at the first `://`, the first `/` after it, the
//! first `:` of the authority, and the first `?` of the rest:
//!
//! - **Scheme**: `[a-z][a-z0-9+.-]*`, at most 32 bytes.
//! - **Authority**: a host, and perhaps `:` and a port. No `@`, no `[`. A port is 1 to 65535
//!   without leading zeros, and not the scheme's own: 80 for `http` and `ws`, 443 for `https` and
//!   `wss`, 21 for `ftp`, 22 for `ssh` and `sftp`; other schemes have none.
//! - **Path**: always there. One `/` at its end is taken off first, unless the path is then a
//!   single byte. What is left is a path as above and, besides, only of the characters `pchar` and
//!   `/` of RFC 3986 section 3.3. A percent-encoding is `%` and two of `[0-9A-F]`. No byte is
//!   encoded that is unreserved there (`[A-Za-z0-9-._~]`), `/` or `\`; every other one may be, also
//!   those that need no encoding, such as `%40`. What the path stands for is UTF-8 without control
//!   characters. No segment is a dot segment once its parameters are cut off: what comes before its
//!   first `;` or `%3B` is neither `.` nor `..`.
//! - **Query**: the characters and encodings of a path, and `?` too. Decoded as UTF-8 with U+FFFD
//!   for what is none (each maximal part of a sequence is one), it has no control character.
//! - No fragment.
//!
//! A rule of a constraint names schemes, a host, a port and a path. Its path is one of a URL
//! without a `/` at its end, and at most 1,024 bytes. Its port is 1 to 65535, and is not the own
//! port of all its schemes. It admits a URL whose scheme is named, whose host lies under the
//! rule's, whose path, its last `/` included, lies under the rule's, and whose port:
//!
//! - is not spelled, where the rule has none;
//! - is that port, spelled or the scheme's own, where the rule has one;
//! - is any, where the rule says null.
//!
//! # Addresses and networks
//!
//! IPv4 as four decimal numbers without leading zeros; IPv6 as RFC 5952 says, without a zone and in
//! hexadecimal to the end. An IPv4 address mapped into IPv6 (`::ffff:0:0/96`) is no address, and no
//! network's first; a larger IPv6 network does not hold them. A network is an address, `/` and the
//! number of leading bits without leading zeros; the bits after them are zero. IPv4 and IPv6 never
//! meet.
//!
//! # Keys and signatures
//!
//! A public key is the 32 bytes of RFC 8032 section 5.1.2. Read as a little-endian number without
//! its highest bit, *y* is below 2²⁵⁵ − 19, and is none of the five of points of small order: 0, 1,
//! −1, and ±*a*, where *a* is `26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05`.
//! Otherwise it is an invalid value. Whether it is a point of the curve is asked where it first
//! verifies something: of a holder's key after the signature of its link, and of every other key
//! where it makes a signature that does not verify. A key of an anchor is one, or there is no
//! verifier.
//!
//! A signature verifies when *S* is below the group's order, *R* read as above is of none of those
//! points, and *S·B − k·A* is encoded as *R* byte for byte (RFC 8032 section 5.1.7 without the
//! cofactor).
