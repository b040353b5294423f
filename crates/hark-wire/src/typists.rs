//! Who writes just now, as far as it was said here: for those whom no socket tells. It is in no log and no table, and
//! gone after some seconds.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Rooms in which somebody writes at once, and people in one. More of them are not told.
pub const MOST_ROOMS: usize = 10_000;
pub const MOST_IN_ROOM: usize = 20;
/// Those who go on writing say so again before.
const LASTS: Duration = Duration::from_secs(15);

/// By room, the user names and since when they have said it last.
#[derive(Default)]
pub(crate) struct Typists {
    rooms: Mutex<HashMap<String, Vec<(String, Instant)>>>,
}

fn lasts((_, since): &(String, Instant)) -> bool {
    since.elapsed() < LASTS
}

impl Typists {
    pub(crate) fn note(&self, room: &str, username: &str, writes: bool) {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if writes && rooms.len() >= MOST_ROOMS && !rooms.contains_key(room) {
            rooms.retain(|_, people| people.iter().any(lasts));
            if rooms.len() >= MOST_ROOMS {
                return;
            }
        }
        if !writes && !rooms.contains_key(room) {
            return;
        }
        let people = rooms.entry(room.to_owned()).or_default();
        people.retain(|person| lasts(person) && person.0 != username);
        if writes && people.len() < MOST_IN_ROOM {
            people.push((username.to_owned(), Instant::now()));
        }
        if people.is_empty() {
            rooms.remove(room);
        }
    }

    /// Those who write in a room, but for the one who asks.
    pub(crate) fn of(&self, room: &str, but: &str) -> Vec<String> {
        let rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let people = rooms.get(room).into_iter().flatten();
        let others = people.filter(|person| lasts(person) && person.0 != but);
        others.map(|(username, _)| username.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_IN_ROOM, MOST_ROOMS, Typists};

    #[test]
    fn those_who_write_are_known_until_they_stop_and_are_bounded() {
        let typists = Typists::default();
        typists.note("r", "ann", true);
        typists.note("r", "amy", true);
        typists.note("r", "amy", true);
        assert_eq!(typists.of("r", "ann"), ["amy"]);
        typists.note("r", "amy", false);
        assert_eq!(typists.of("r", "ann"), [] as [&str; 0]);
        for number in 0..MOST_IN_ROOM + 5 {
            typists.note("r", &number.to_string(), true);
        }
        assert_eq!(typists.of("r", "").len(), MOST_IN_ROOM);
        for number in 0..MOST_ROOMS + 5 {
            typists.note(&number.to_string(), "ann", true);
        }
        assert_eq!(typists.rooms.lock().unwrap().len(), MOST_ROOMS);
    }
}
