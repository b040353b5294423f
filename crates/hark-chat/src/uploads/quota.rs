//! How many bytes of files visitors may send in a day: each of them, in each chat, from each address,
//! and all together.
//! The bytes are on the disk on which most often the database is, too.

use hark_model::{Context, Policy, Refusal, rooms, settings};
use hark_store::{Result, Statement, Timestamp, Tx, View, params, statements};

use super::{NewUpload, readable};

statements! {
    /// Primary key.
    SO_FAR = "SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT) FROM received WHERE day = $1 AND subject = $2";
    /// Primary key.
    ADD = "INSERT INTO received (day, subject, bytes) VALUES ($1, $2, $3)
        ON CONFLICT (day, subject) DO UPDATE SET bytes = received.bytes + excluded.bytes";
    /// Primary key, a range.
    OLD = "SELECT day, subject FROM received WHERE day < $1 ORDER BY day, subject LIMIT $2";
    /// Primary key.
    FORGET = "DELETE FROM received WHERE day = $1 AND subject = $2";
}

pub(crate) const STATEMENTS: &[&Statement] = ALL;

const DAY_MILLIS: i64 = 86_400_000;

const fn day(at: Timestamp) -> i64 {
    at.millis().div_euclid(DAY_MILLIS)
}

/// One of the bounds, and whom it concerns.
struct Quota {
    subject: String,
    most: Option<u64>,
    whose: &'static str,
}

impl Quota {
    fn refusal(&self) -> Refusal {
        Refusal::Quota(format!(
            "{} may have {} in a day, and that is used up",
            self.whose,
            readable(self.most.unwrap_or(u64::MAX))
        ))
    }

    fn left(&self, view: &mut View<'_>, now: Timestamp) -> Result<Option<u64>> {
        let Some(most) = self.most else {
            return Ok(None);
        };
        let so_far = view.number(&SO_FAR, params![day(now), &self.subject])?;
        Ok(Some(most.saturating_sub(so_far.unsigned_abs())))
    }
}

/// In one order for all, because their rows are locked. `network`: where it comes from, if that is rationed.
fn quotas(
    view: &mut View<'_>,
    policy: &Policy,
    room_id: &str,
    network: Option<&str>,
) -> Result<Vec<Quota>> {
    let most = |setting| u64::try_from(policy.number(setting)).ok();
    let visitor = rooms::find_live(view, room_id)?.and_then(|room| room.visitor);
    let visitor = visitor.map_or(String::new(), |visitor| visitor.id);
    let address = network.map(|network| Quota {
        subject: format!("address:{network}"),
        most: most(settings::FileUpload_MaxBytes_Address_Day),
        whose: "The files of all visitors at one address together",
    });
    let all = Quota {
        subject: "all".to_owned(),
        most: most(settings::FileUpload_MaxBytes_Day),
        whose: "The files of all visitors together",
    };
    let own = [
        Quota {
            subject: format!("visitor:{visitor}"),
            most: most(settings::FileUpload_MaxBytes_Visitor_Day),
            whose: "The files of one visitor",
        },
        Quota {
            subject: format!("chat:{room_id}"),
            most: most(settings::FileUpload_MaxBytes_Chat_Day),
            whose: "The files in one chat",
        },
    ];
    Ok([all].into_iter().chain(address).chain(own).collect())
}

/// How many bytes a file of a visitor may have at the moment; nothing where there is no bound.
pub fn left(
    view: &mut View<'_>,
    policy: &Policy,
    room_id: &str,
    network: Option<&str>,
    now: Timestamp,
) -> Result<Option<u64>, Refusal> {
    let mut least = None;
    for quota in quotas(view, policy, room_id, network)? {
        match quota.left(view, now)? {
            Some(0) => return Err(quota.refusal()),
            Some(left) => least = Some(least.map_or(left, |least: u64| least.min(left))),
            None => {}
        }
    }
    Ok(least)
}

/// Counts a file of a visitor, if there is room for it.
pub(super) fn take(cx: &mut Context<'_, '_>, new: &NewUpload) -> Result<(), Refusal> {
    let (policy, now) = (cx.policy, cx.now);
    for quota in quotas(cx.tx, policy, &new.room_id, new.network.as_deref())? {
        let bytes = i64::try_from(new.size).unwrap_or(i64::MAX);
        cx.tx
            .execute(&ADD, params![day(now), &quota.subject, bytes])?;
        // With what was added: a command that declines changes nothing.
        if let Some(most) = quota.most
            && cx
                .tx
                .number(&SO_FAR, params![day(now), &quota.subject])?
                .unsigned_abs()
                > most
        {
            return Err(quota.refusal());
        }
    }
    Ok(())
}

/// Forgets days that are over. Answers how many rows.
pub fn tidy(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<u64> {
    let old = tx.query(&OLD, params![day(now) - 1, limit], |row| {
        Ok((row.get::<i64>(0)?, row.get::<String>(1)?))
    })?;
    for (day, subject) in &old {
        tx.execute(&FORGET, params![*day, subject])?;
    }
    Ok(old.len() as u64)
}
