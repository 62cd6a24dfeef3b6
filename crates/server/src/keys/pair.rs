//! New key pairs.

use aws_lc_rs::rand;
use signing::keys::{Credentials, SecretKey};

use crate::error::Failure;

/// Characters of an access key id after `WF`: no letters that look like digits.
const ID_ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const ID_CHARACTERS: usize = 18;

/// Characters of a secret: safe in shells, URLs and configuration files; 40 of them hold 240 bits.
const SECRET_ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const SECRET_CHARACTERS: usize = 40;

/// A pair that nobody has.
pub fn generate() -> Result<Credentials, Failure> {
    let id = format!("WF{}", random_text(ID_ALPHABET, ID_CHARACTERS)?);
    Ok(Credentials::new(id, SecretKey::new(random_text(SECRET_ALPHABET, SECRET_CHARACTERS)?)))
}

/// Text of independent characters. The alphabet's length divides 256, so that all are equally likely.
fn random_text<const N: usize>(alphabet: &[u8; N], characters: usize) -> Result<String, Failure> {
    let mut bytes = vec![0; characters];
    rand::fill(&mut bytes).map_err(|_| Failure::Randomness)?;
    let pick = |byte: &u8| alphabet.get(usize::from(*byte) % N).copied().map(char::from);
    Ok(bytes.iter().filter_map(pick).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_has_twenty_and_forty_characters_and_is_never_made_twice() {
        let (one, two) = (generate().unwrap(), generate().unwrap());
        assert_eq!((one.access_key_id.len(), one.secret_key.expose().len()), (20, 40));
        assert_ne!(one.access_key_id, two.access_key_id);
        assert_ne!(one.secret_key.expose(), two.secret_key.expose());
    }
}
