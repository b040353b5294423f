//! Where browsers take messages while no page of ours is open (RFC 8030). Each belongs to a log-in, and ends with it.

mod rows;

pub(crate) use self::rows::{ALL, WRITES};
use hark_model::keys::{Keyring, hash};
use hark_model::{Context, Refusal};
use hark_store::{Result, Tx, View, record};
use serde::{Deserialize, Serialize};

/// Of one account: telephones and computers. The oldest goes for one more.
pub const MOST: usize = 10;
/// Accounts that can hear of one chat that waits.
pub const MOST_HEARERS: usize = 200;
const LONGEST_ADDRESS: usize = 2_000;
const PUBLIC_KEY: usize = 65;
const SECRET: usize = 16;

record! {
    #[derive(Debug, Clone)]
    pub struct Subscription from "push_subscription" {
        pub id: String,
        pub account: String = "push_subscription.account_id",
        sealed: Vec<u8>,
    }
}

/// What a browser says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Browser {
    /// Where its push service takes messages for it.
    pub address: String,
    /// A point of P-256, and a secret: with both a message is encrypted that only it can read.
    pub public_key: Vec<u8>,
    pub secret: Vec<u8>,
}

impl Browser {
    /// By which name browsers know what cannot be right.
    pub fn misfit(&self) -> Option<&'static str> {
        let schemes = ["https://", "http://"];
        let is_address = schemes
            .iter()
            .any(|scheme| self.address.starts_with(scheme));
        if !is_address || self.address.len() > LONGEST_ADDRESS {
            return Some("endpoint");
        }
        // What a point that is not compressed begins with.
        if self.public_key.len() != PUBLIC_KEY || self.public_key.first() != Some(&4) {
            return Some("keys/p256dh");
        }
        (self.secret.len() != SECRET).then_some("keys/auth")
    }
}

impl Subscription {
    /// Nothing: it was sealed with another key.
    pub fn browser(&self, keys: &Keyring) -> Option<Browser> {
        let plain = keys.unseal(&context(&self.id), &self.sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

fn context(id: &str) -> String {
    format!("push subscription {id}")
}

/// From now on this browser takes messages for the one who asks, and for nobody else. Answers its id.
pub fn subscribe(
    cx: &mut Context<'_, '_>,
    keys: &Keyring,
    session: &str,
    browser: &Browser,
) -> Result<String, Refusal> {
    let account = cx.account()?.id.clone();
    let id = cx.tx.ids().id24();
    #[expect(clippy::expect_used, reason = "texts and bytes can be written")]
    let plain = serde_json::to_vec(browser).expect("a browser can be written");
    let sealed = keys.seal(&context(&id), &plain)?;
    let address = hash(&browser.address);
    rows::remove_address(cx.tx, &address)?;
    rows::insert(cx.tx, cx.now, &id, &account, session, &address, &sealed)?;
    rows::outgrow(cx.tx, &account, MOST as i64)?;
    Ok(id)
}

/// False: there is none of this id that is one's own.
pub fn unsubscribe(cx: &mut Context<'_, '_>, id: &str) -> Result<bool, Refusal> {
    let account = cx.account()?.id.clone();
    Ok(rows::remove_own(cx.tx, id, &account)? > 0)
}

/// Nobody takes messages there any more.
pub fn drop_dead(tx: &mut Tx<'_>, id: &str) -> Result<()> {
    rows::remove(tx, id)
}

/// Whether anybody hears of anything: where nobody does, nothing has to be looked at.
pub fn any(view: &mut View<'_>) -> Result<bool> {
    rows::any(view)
}

/// Those of an account that has no window open anywhere.
pub fn away(view: &mut View<'_>, account: &str) -> Result<Vec<Subscription>> {
    let found = rows::of_account(view, account, MOST as i64)?;
    if found.is_empty() || rows::windows(view, account)? > 0 {
        return Ok(Vec::new());
    }
    Ok(found)
}

/// Agents to whom new chats come, and who have a browser that takes messages.
pub fn hearers(view: &mut View<'_>) -> Result<Vec<String>> {
    rows::hearers(view, MOST_HEARERS as i64)
}
