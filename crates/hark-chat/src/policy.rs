//! The policy of the house: settings, permissions and roles, as one copy in memory.
//!
//! Every change raises a number in the database. Whoever answers a request reads that number in
//! the same look with which it finds the caller, and reads the policy again when the number is
//! another: so a change holds for the next request, on every node, without any notice being sent.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hark_store::{Error, Timestamp, Tx, View, params, statements};
use serde_json::Value;

use crate::keys::Keyring;
use crate::messages::Leads;
use crate::permissions::{self, Permission};
use crate::roles::{self, Role};
use crate::settings::{self, catalogue};

statements! {
    /// Primary key of a table with one row.
    REVISION = "SELECT number FROM revision WHERE name = 'policy'";
    RAISE = "UPDATE revision SET number = number + 1 WHERE name = 'policy'";
}

/// Everyone who keeps a copy reads again.
pub(crate) fn raise(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.execute(&RAISE, params![]).map(drop)
}

/// One copy, never changed: a request holds it from its beginning to its end.
pub struct Policy {
    pub revision: i64,
    pub founded_at: Timestamp,
    pub roles: Vec<Role>,
    pub permissions: BTreeMap<String, Permission>,
    stored: HashMap<String, settings::Stored>,
    forced: Arc<HashMap<&'static str, Value>>,
    leads: OnceLock<Leads>,
}

impl Policy {
    fn load(
        view: &mut View<'_>,
        keys: &Keyring,
        forced: &Arc<HashMap<&'static str, Value>>,
    ) -> Result<Self, Error> {
        let revision = view.number(&REVISION, params![])?;
        let mut stored = HashMap::new();
        for mut row in settings::rows::all(view)? {
            if row.sealed {
                // A value that cannot be opened counts as not set; `hark doctor` says so.
                let Some(value) = open(keys, &row) else {
                    tracing::error!(setting = row.id, "a sealed setting cannot be opened");
                    continue;
                };
                row.value = value;
            }
            stored.insert(row.id.clone(), row);
        }
        Ok(Self {
            revision,
            founded_at: crate::founding::founded_at(view)?,
            roles: roles::rows::all(view)?,
            permissions: permissions::rows::all(view)?,
            stored,
            forced: Arc::clone(forced),
            leads: OnceLock::new(),
        })
    }

    /// The settings as they came but for these, and nobody who may do anything: for what is only
    /// an example.
    pub fn of_presets(but_for: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        Self {
            revision: 0,
            founded_at: Timestamp::default(),
            roles: Vec::new(),
            permissions: BTreeMap::new(),
            stored: HashMap::new(),
            forced: Arc::new(but_for.into_iter().collect()),
            leads: OnceLock::new(),
        }
    }

    /// Whether one of these roles grants a permission.
    pub fn grants(&self, roles: &[String], permission: &str) -> bool {
        self.permissions
            .get(permission)
            .is_some_and(|permission| permission.roles.iter().any(|role| roles.contains(role)))
    }

    /// What a setting is now: forced by the operator, set by someone, or as it came.
    pub fn value(&self, id: &str) -> Value {
        self.forced
            .get(id)
            .or_else(|| self.stored.get(id).map(|row| &row.value))
            .cloned()
            .or_else(|| catalogue::find(id).map(|setting| setting.preset.to_json()))
            .unwrap_or(Value::Null)
    }

    pub fn flag(&self, id: &str) -> bool {
        self.value(id).as_bool().unwrap_or(false)
    }

    /// A number; 0 where a setting is `null`.
    pub fn int(&self, id: &str) -> i64 {
        self.value(id).as_i64().unwrap_or(0)
    }

    pub fn text(&self, id: &str) -> String {
        match self.value(id) {
            Value::String(text) => text,
            _ => String::new(),
        }
    }

    /// What counts as an address and as a number in a visitor's words.
    pub(crate) fn leads(&self) -> &Leads {
        self.leads.get_or_init(|| {
            Leads::new(
                &self.text("Livechat_lead_email_regex"),
                &self.text("Livechat_lead_phone_regex"),
            )
        })
    }

    pub fn stored(&self, id: &str) -> Option<&settings::Stored> {
        self.stored.get(id)
    }

    pub fn is_forced(&self, id: &str) -> bool {
        self.forced.contains_key(id)
    }
}

fn open(keys: &Keyring, row: &settings::Stored) -> Option<Value> {
    let sealed = STANDARD.decode(row.value.as_str()?).ok()?;
    let plain = keys.unseal(&settings::place(&row.id), &sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}

/// The newest copy that this process has seen, and what it takes to read a newer one.
pub struct Policies {
    keys: Arc<Keyring>,
    forced: Arc<HashMap<&'static str, Value>>,
    newest: RwLock<Option<Arc<Policy>>>,
}

impl Policies {
    /// `forced` are the settings that the operator has fixed from outside.
    pub fn new(keys: Arc<Keyring>, forced: HashMap<&'static str, Value>) -> Self {
        Self {
            keys,
            forced: Arc::new(forced),
            newest: RwLock::new(None),
        }
    }

    /// The policy as it is in this view.
    pub fn at(&self, view: &mut View<'_>) -> Result<Arc<Policy>, Error> {
        let revision = view.number(&REVISION, params![])?;
        let known = self
            .newest
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(policy) = known
            && policy.revision == revision
        {
            return Ok(policy);
        }
        let policy = Arc::new(Policy::load(view, &self.keys, &self.forced)?);
        let mut newest = self.newest.write().unwrap_or_else(PoisonError::into_inner);
        // A view may be older than what another request has just read.
        if newest
            .as_ref()
            .is_none_or(|known| known.revision < policy.revision)
        {
            *newest = Some(Arc::clone(&policy));
        }
        Ok(policy)
    }

    pub fn keys(&self) -> &Arc<Keyring> {
        &self.keys
    }
}
