use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Without the letters that people mistake for one another.
const UNAMBIGUOUS: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";

/// Gives out identifiers in the two shapes that Rocket.Chat's clients know.
#[derive(Debug)]
pub struct Ids(StdRng);

impl Ids {
    /// Unguessable: seeded by the operating system.
    pub fn from_system() -> Self {
        Self(rand::make_rng())
    }

    /// The same ids in each run, for tests.
    pub fn from_seed(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// 17 characters: rooms, users, uploads, messages.
    pub fn id17(&mut self) -> String {
        self.pick(UNAMBIGUOUS, 17)
    }

    /// 24 hexadecimal digits: visitors, inquiries, departments and most other records.
    pub fn id24(&mut self) -> String {
        self.pick(HEX, 24)
    }

    fn pick(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(alphabet[self.0.random_range(0..alphabet.len())]))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_two_shapes_and_follow_the_seed() {
        let mut ids = Ids::from_seed(7);
        let (short, long) = (ids.id17(), ids.id24());
        assert_eq!(short.len(), 17);
        assert!(short.bytes().all(|byte| UNAMBIGUOUS.contains(&byte)));
        assert_eq!(long.len(), 24);
        assert!(long.bytes().all(|byte| HEX.contains(&byte)));
        assert_eq!(Ids::from_seed(7).id17(), short);
        assert_ne!(Ids::from_system().id17(), Ids::from_system().id17());
    }
}
