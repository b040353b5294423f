use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::Timestamp;

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

    /// As [`Self::id17`], for rows of tables that grow without end: the first half tells the
    /// moment, so that an index over them grows at its end and not everywhere.
    pub fn id17_at(&mut self, now: Timestamp) -> String {
        let mut id = digits(now, UNAMBIGUOUS, 8);
        id.push_str(&self.pick(UNAMBIGUOUS, 9));
        id
    }

    /// As [`Self::id24`], ordered by the moment.
    pub fn id24_at(&mut self, now: Timestamp) -> String {
        let mut id = digits(now, HEX, 12);
        id.push_str(&self.pick(HEX, 12));
        id
    }

    /// From 0 to 1, for waits that are to differ.
    pub fn fraction(&mut self) -> f64 {
        self.0.random()
    }

    fn pick(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(alphabet[self.0.random_range(0..alphabet.len())]))
            .collect()
    }
}

/// A moment in an alphabet whose letters ascend, the highest digit first.
fn digits(now: Timestamp, alphabet: &[u8], length: usize) -> String {
    let base = alphabet.len() as u64;
    let mut rest = now.millis().max(0).cast_unsigned();
    let mut digits: Vec<u8> = (0..length)
        .map(|_| {
            let digit = alphabet[(rest % base) as usize];
            rest /= base;
            digit
        })
        .collect();
    digits.reverse();
    digits.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_growing_tables_follow_the_time() {
        let mut ids = Ids::from_seed(7);
        let moments = [
            0,
            1,
            54,
            55,
            1_700_000_000_000,
            1_700_000_000_001,
            4_000_000_000_000,
        ];
        let moments = moments.map(Timestamp::from_millis);
        let short: Vec<String> = moments.iter().map(|now| ids.id17_at(*now)).collect();
        let long: Vec<String> = moments.iter().map(|now| ids.id24_at(*now)).collect();
        assert!(short.is_sorted() && long.is_sorted());
        assert!(short.iter().all(|id| id.len() == 17));
        assert!(long.iter().all(|id| id.len() == 24));
    }

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
