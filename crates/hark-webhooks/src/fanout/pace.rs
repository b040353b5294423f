//! Who keeps up: whose deliveries are made at once.

use std::collections::{HashMap, HashSet};

use hark_store::Position;

use super::{Behind, Known};
use crate::deliveries::NewDeliveries;
use crate::lane::{Intake, Intakes};

/// Deliveries that are made for an endpoint and not loaded by its lane yet: the next that people see in the
/// list of what waits for it. What is more waits in the log.
const MOST_UNLOADED: usize = 256;

#[derive(Default)]
pub(super) struct Pace {
    /// By the number of the endpoint.
    made: HashMap<i64, Made>,
}

/// What was made for an endpoint lately.
#[derive(Default)]
struct Made {
    last: Position,
    /// So many were made behind this one, which was the last when the lane had loaded all.
    behind: Position,
    count: usize,
}

impl Pace {
    /// Endpoints that keep up no more, besides those that are behind already.
    pub(super) fn slow(&mut self, known: &Known, behind: &Behind, lanes: &Intakes) -> HashSet<i64> {
        self.made.retain(|number, _| lanes.contains_key(number));
        let endpoints = known.endpoints.iter();
        let others = endpoints.filter(|endpoint| !behind.contains_key(&endpoint.number));
        let numbers = others.map(|endpoint| endpoint.number);
        numbers
            .filter(|number| self.is_slow(*number, lanes.get(number).map(AsRef::as_ref)))
            .collect()
    }

    fn is_slow(&mut self, endpoint: i64, intake: Option<&Intake>) -> bool {
        let Some(made) = self.made.get_mut(&endpoint) else {
            return false;
        };
        if intake.is_some_and(|intake| intake.loaded_to() >= made.behind) {
            made.behind = made.last;
            made.count = 0;
        }
        made.count >= MOST_UNLOADED
    }

    /// These were made.
    pub(super) fn note(&mut self, deliveries: &[NewDeliveries]) {
        for one in deliveries {
            for endpoint in &one.endpoints {
                let made = self.made.entry(*endpoint).or_insert_with(|| Made {
                    behind: one.position,
                    ..Made::default()
                });
                made.last = one.position;
                made.count += 1;
            }
        }
    }
}
