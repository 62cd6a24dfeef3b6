//! The console: the files that the sources in `console/` give, packed into the binary, and how browsers get them.
//!
//! It decides headers, encodings and which address is which file. It knows nothing of the API, which the files speak to
//! from the browser; `/console/session` and the like are routes of `control` and win over what is here.

mod encoding;
mod headers;
mod pack;
mod serve;

pub use pack::PackError;
pub use serve::Console;

/// Where the console is.
pub const PATH: &str = "/console/";

/// What `cargo xtask console` made.
static PACK: &[u8] = include_bytes!("../console.pack");

/// The console that this program carries.
///
/// # Errors
/// When the pack is damaged, which a test rules out.
pub fn embedded() -> Result<Console, PackError> {
    Console::new(PACK)
}

/// The digest of the sources that the pack was made from, in hexadecimal digits.
///
/// # Errors
/// As for [`embedded`].
pub fn sources_digest() -> Result<&'static str, PackError> {
    Ok(pack::read(PACK)?.sources)
}
