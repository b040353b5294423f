//! The policy: settings, permissions and roles, as one copy in memory.
//!
//! Every change raises a number in the database. Anyone who answers a request reads that number in
//! the same look with which it finds the caller, and reads the policy again when the number is
//! another: so a change holds for the next request, on every node, without any notice being sent.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use hark_store::{Result, Timestamp, Tx, View};
use serde_json::Value;

use crate::accounts::Account;
use crate::keys::Keyring;
use crate::leads::Leads;
use crate::permissions::{self, Permission};
use crate::roles::{self, Role};
use crate::settings;
use crate::settings::catalogue::{Choices, Flag, Number, Setting, Text};

const REVISION: &str = "policy";

/// The role of those who look after business units: it counts in the departments of their units, and
/// nowhere else.
pub const MONITOR: &str = "livechat-monitor";
/// What is of everything and cannot be cut to some units: no monitor has it by their role.
const OF_EVERYTHING: &[&str] = &[
    "can-audit-log",
    "manage-email-inbox",
    "manage-livechat-monitors",
    "manage-livechat-units",
    "view-livechat-webhooks",
];

/// Those who change the policy take turns from here on.
pub fn lock(tx: &mut Tx<'_>) -> Result<()> {
    tx.lock_revision(REVISION)
}

/// Everyone who keeps a copy reads again.
pub fn raise(tx: &mut Tx<'_>) -> Result<()> {
    tx.raise_revision(REVISION).map(drop)
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
        revision: i64,
        keys: &Keyring,
        forced: &Arc<HashMap<&'static str, Value>>,
    ) -> Result<Self> {
        let mut stored = HashMap::new();
        for mut row in settings::all(view)? {
            // A value that cannot be opened counts as not set; `hark doctor` says so.
            let Some(value) = row.open(keys) else {
                tracing::error!(setting = row.id, "a sealed setting cannot be opened");
                continue;
            };
            row.value = value;
            stored.insert(row.id.clone(), row);
        }
        Ok(Self {
            revision,
            founded_at: crate::facts::begun_at(view)?,
            roles: roles::all(view)?,
            permissions: permissions::all(view)?,
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
        self.granting(roles, permission).next().is_some()
    }

    /// Which of these roles grant a permission.
    fn granting<'r>(
        &'r self,
        roles: &'r [String],
        permission: &str,
    ) -> impl Iterator<Item = &'r String> {
        let is_of_everything = OF_EVERYTHING.contains(&permission);
        let permission = self.permissions.get(permission);
        roles.iter().filter(move |role| {
            let holds = |permission: &Permission| permission.roles.contains(role);
            permission.is_some_and(holds) && !(is_of_everything && *role == MONITOR)
        })
    }

    /// Those whose business units bound what they see by a permission: a monitor to whom no other role grants
    /// it. It is good in the departments of their units, and nowhere else.
    pub fn bound<'a>(&self, account: &'a Account, permission: &str) -> Option<&'a str> {
        let mut granting = self.granting(&account.roles, permission);
        let is_one = granting.next().is_some_and(|role| role == MONITOR);
        (is_one && granting.all(|role| role == MONITOR)).then_some(account.id.as_str())
    }

    /// The same where any of some permissions is enough.
    pub fn bound_by_any<'a>(&self, account: &'a Account, permissions: &[&str]) -> Option<&'a str> {
        let held = permissions
            .iter()
            .filter(|permission| self.grants(&account.roles, permission));
        let mut held = held.map(|permission| self.bound(account, permission));
        let first = held.next()??;
        held.all(|bound| bound.is_some()).then_some(first)
    }

    /// What a setting is now: forced by the operator, set by someone, or as it came.
    pub fn value(&self, setting: &Setting) -> Value {
        let changed = self.changed(setting.id).cloned();
        changed.unwrap_or_else(|| setting.preset.to_json())
    }

    fn changed(&self, id: &str) -> Option<&Value> {
        self.forced(id)
            .or_else(|| self.stored.get(id).map(|row| &row.value))
    }

    pub fn flag(&self, setting: Flag) -> bool {
        let changed = self.changed(setting.id);
        changed.map_or(setting.preset, |value| value.as_bool().unwrap_or(false))
    }

    /// A number; 0 where a setting is `null`.
    pub fn number(&self, setting: Number) -> i64 {
        let changed = self.changed(setting.id);
        changed.map_or(setting.preset, |value| value.as_i64().unwrap_or(0))
    }

    pub fn text(&self, setting: Text) -> &str {
        let changed = self.changed(setting.id);
        changed.map_or(setting.preset, |value| value.as_str().unwrap_or_default())
    }

    pub fn choices(&self, setting: Choices) -> Vec<&str> {
        match self.changed(setting.id) {
            Some(value) => {
                let choices = value.as_array().into_iter().flatten();
                choices.filter_map(Value::as_str).collect()
            }
            None => setting.preset.to_vec(),
        }
    }

    /// What a setting was changed to, behind the locks of this transaction; nothing where it is as
    /// it came. This policy is a copy from before them. Not for secrets.
    pub fn latest(&self, view: &mut View<'_>, id: &str) -> Result<Option<Value>> {
        if let Some(forced) = self.forced(id) {
            return Ok(Some(forced.clone()));
        }
        Ok(settings::find(view, id)?.map(|stored| stored.value))
    }

    /// What counts as an address and as a number in a visitor's words.
    pub fn leads(&self) -> &Leads {
        self.leads.get_or_init(|| {
            Leads::new(
                self.text(settings::Livechat_lead_email_regex),
                self.text(settings::Livechat_lead_phone_regex),
            )
        })
    }

    pub fn stored(&self, id: &str) -> Option<&settings::Stored> {
        self.stored.get(id)
    }

    pub fn is_forced(&self, id: &str) -> bool {
        self.forced(id).is_some()
    }

    pub(crate) fn forced(&self, id: &str) -> Option<&Value> {
        self.forced.get(id)
    }
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
    pub fn at(&self, view: &mut View<'_>) -> Result<Arc<Policy>> {
        let revision = view.revision(REVISION)?;
        let known = self
            .newest
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(policy) = known
            && policy.revision == revision.number
        {
            return Ok(policy);
        }
        let policy = Policy::load(view, revision.number, &self.keys, &self.forced)?;
        let policy = Arc::new(policy);
        if !revision.committed {
            return Ok(policy);
        }
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
