//! Moments as the real-time API writes them: `{"$date": ms}` in place of a text.

use hark_store::Timestamp;
use serde_json::{Value, json};

use crate::params::Parameter;
use crate::shape::Shape;

/// The members of documents that are moments, wherever they stand.
const MOMENTS: &[&str] = &[
    "_updatedAt",
    "closedAt",
    "createdAt",
    "editedAt",
    "fd",
    "firstResponseTs",
    "lastMessageTs",
    "lm",
    "lq",
    "lr",
    "ls",
    "pinnedAt",
    "queuedAt",
    "requestedAt",
    "takenAt",
    "ts",
];
/// What people gave names to themselves, and stays as they gave it.
const THEIRS: &[&str] = &["customFields", "livechatData"];

/// A document, or several, with their moments in the words of the real-time API.
pub(super) fn written(mut document: Value) -> Value {
    rewrite(&mut document);
    document
}

fn rewrite(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(rewrite),
        Value::Object(members) => {
            for (name, value) in members {
                if THEIRS.contains(&name.as_str()) {
                    continue;
                }
                let text = value.as_str().filter(|_| MOMENTS.contains(&name.as_str()));
                match text.and_then(Timestamp::parse) {
                    Some(at) => *value = json!({"$date": at.millis()}),
                    None => rewrite(value),
                }
            }
        }
        _ => {}
    }
}

/// A moment that a client sent: as the real-time API writes it, or as text.
pub(super) fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => Timestamp::parse(text),
        Value::Object(members) => millis(members.get("$date")?),
        number => millis(number),
    }
}

pub(super) struct Moment(pub(super) Timestamp);

impl Parameter for Moment {
    const SHAPE: Shape = Shape::Anything;

    fn read(value: &Value) -> Option<Self> {
        moment(value).map(Self)
    }
}

/// From the year 1 to the year 9999, which is as far as a moment can be written.
fn millis(value: &Value) -> Option<Timestamp> {
    const FIRST: f64 = -62_135_596_800_000.0;
    const LAST: f64 = 253_402_300_799_999.0;
    let millis = value.as_f64().filter(|at| (FIRST..=LAST).contains(at))?;
    Some(Timestamp::from_millis(millis as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_rewritten_and_nothing_else_is() {
        let at = "2024-11-20T23:18:05.123Z";
        let date = json!({"$date": 1_732_144_685_123_i64});
        let document = json!({
            "ts": at,
            "msg": at,
            "metrics": {"v": {"lq": at}},
            "livechatData": {"ts": at},
            "list": [{"_updatedAt": at}, at],
            "ls": "yesterday",
        });
        let expected = json!({
            "ts": date,
            "msg": at,
            "metrics": {"v": {"lq": date}},
            "livechatData": {"ts": at},
            "list": [{"_updatedAt": date}, at],
            "ls": "yesterday",
        });
        assert_eq!(written(document), expected);
    }

    #[test]
    fn a_moment_comes_in_several_ways() {
        let at = Timestamp::from_millis(1_732_144_685_123);
        assert_eq!(moment(&json!({"$date": at.millis()})), Some(at));
        assert_eq!(moment(&json!("2024-11-20T23:18:05.123Z")), Some(at));
        for other in [json!(null), json!("x"), json!({}), json!(1e300), json!([])] {
            assert_eq!(moment(&other), None, "{other}");
        }
    }
}
