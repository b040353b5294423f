use hark_store::Event;

use crate::moment::{Moment, Needs};

pub(crate) fn topic(event: &Event) -> Option<&str> {
    Some(&event.kind)
}

pub(crate) fn needs(_event: &Event) -> Needs {
    Needs::Nothing
}

pub(crate) fn render(moment: &Moment) -> Option<Vec<u8>> {
    Some(moment.event.body.to_string().into_bytes())
}
