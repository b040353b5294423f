//! A department as someone wants it, checked and laid over what there was.

use serde_json::{Map, Value, json};

use super::Department;
use hark_model::Refusal;
use hark_model::text::check_size;

const MOST_TAGS: usize = 1_000;
const MOST_EXTRA_MEMBERS: usize = 50;
const LARGEST_EXTRA: usize = 16 * 1024;

/// A department as someone wants it; what is absent stays as it was.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub name: String,
    pub email: String,
    pub enabled: bool,
    pub show_on_registration: bool,
    pub show_on_offline_form: bool,
    pub description: Option<String>,
    pub tag_before_closing: Option<bool>,
    pub closing_tags: Option<Vec<String>>,
    pub offline_channel: Option<String>,
    pub fallback: Option<String>,
    pub forward_to: Option<Vec<String>>,
    pub receive_forward_offline: Option<bool>,
    /// Nothing inside: as many as they like.
    pub most_chats: Option<Option<i64>>,
    pub waiting_message: Option<String>,
    /// Nothing inside: as long as everywhere.
    pub patience: Option<Option<i64>>,
    pub abandoned_comment: Option<String>,
    pub extra: Map<String, Value>,
}

impl Draft {
    pub(super) fn check(&self) -> Result<(), Refusal> {
        let no_tags = self.closing_tags.as_ref().is_none_or(Vec::is_empty);
        if self.tag_before_closing == Some(true) && no_tags {
            return Err(Refusal::ClosingTagsMissing);
        }
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        check_size("Name", &self.name, 256)?;
        check_size("Email", &self.email, 254)?;
        check_size("Description", &text(&self.description), 10_000)?;
        check_size("Message", &text(&self.waiting_message), 10_000)?;
        check_size("Message", &text(&self.abandoned_comment), 10_000)?;
        check_size("Channel", &text(&self.offline_channel), 256)?;
        for (field, list) in [
            ("Tags", &self.closing_tags),
            ("Departments", &self.forward_to),
        ] {
            let list = list.as_deref().unwrap_or_default();
            if list.len() > MOST_TAGS {
                return Err(too_long(field, MOST_TAGS));
            }
            list.iter()
                .try_for_each(|tag| check_size(field, tag, 256))?;
        }
        Ok(())
    }

    pub(super) fn lay_over(&self, department: &mut Department) -> Result<(), Refusal> {
        fn set<T: Clone>(field: &mut T, value: Option<&T>) {
            if let Some(value) = value {
                field.clone_from(value);
            }
        }
        fn set_or_clear(field: &mut Option<String>, value: Option<&String>) {
            if let Some(value) = value {
                *field = (!value.is_empty()).then(|| value.clone());
            }
        }
        department.name.clone_from(&self.name);
        department.email.clone_from(&self.email);
        department.enabled = self.enabled;
        department.show_on_registration = self.show_on_registration;
        department.show_on_offline_form = self.show_on_offline_form;
        set(&mut department.description, self.description.as_ref());
        set(
            &mut department.tag_before_closing,
            self.tag_before_closing.as_ref(),
        );
        set(&mut department.closing_tags, self.closing_tags.as_ref());
        set(&mut department.forward_to, self.forward_to.as_ref());
        set(
            &mut department.receive_forward_offline,
            self.receive_forward_offline.as_ref(),
        );
        set(&mut department.most_chats, self.most_chats.as_ref());
        set(&mut department.patience, self.patience.as_ref());
        set_or_clear(
            &mut department.offline_channel,
            self.offline_channel.as_ref(),
        );
        set_or_clear(
            &mut department.abandoned_comment,
            self.abandoned_comment.as_ref(),
        );
        set_or_clear(
            &mut department.waiting_message,
            self.waiting_message.as_ref(),
        );
        set_or_clear(&mut department.fallback, self.fallback.as_ref());
        department.extra.extend(self.extra.clone());
        if department.extra.len() > MOST_EXTRA_MEMBERS {
            return Err(too_long("Department", MOST_EXTRA_MEMBERS));
        }
        if json!(department.extra).to_string().len() > LARGEST_EXTRA {
            return Err(too_long("Department", LARGEST_EXTRA));
        }
        Ok(())
    }
}

const fn too_long(field: &'static str, most: usize) -> Refusal {
    Refusal::TooLong { field, most }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_draft_does_not_name_stays() {
        let mut known = Department::unnamed("sales".into());
        known.enabled = true;
        known.description = "who sells".into();
        known.fallback = Some("help".into());
        known.extra.insert("colour".into(), json!("red"));
        let mut draft = Draft {
            name: "Shop".into(),
            extra: Map::from_iter([("size".to_owned(), json!(3))]),
            ..Draft::default()
        };
        draft.lay_over(&mut known).unwrap();
        assert_eq!((known.name.as_str(), known.enabled), ("Shop", false));
        assert_eq!(known.description, "who sells");
        assert_eq!(known.fallback.as_deref(), Some("help"));
        assert_eq!(json!(known.extra), json!({"colour": "red", "size": 3}));
        draft.fallback = Some(String::new());
        draft.extra = (0..60).map(|n| (n.to_string(), json!(n))).collect();
        assert!(matches!(
            draft.lay_over(&mut known),
            Err(Refusal::TooLong { .. })
        ));
        assert_eq!(known.fallback, None);
    }

    #[test]
    fn tags_that_are_asked_for_have_to_be_there() {
        let mut draft = Draft {
            tag_before_closing: Some(true),
            ..Draft::default()
        };
        assert!(matches!(draft.check(), Err(Refusal::ClosingTagsMissing)));
        draft.closing_tags = Some(vec!["sold".into()]);
        assert!(draft.check().is_ok());
    }
}
