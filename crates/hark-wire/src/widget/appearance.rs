use hark_model::{Policy, settings};

/// How the widget looks, as the settings say.
pub(crate) struct Appearance<'p> {
    pub title: &'p str,
    pub color: &'p str,
    pub offline_title: &'p str,
    pub offline_color: &'p str,
    /// `left` or `right`.
    pub position: &'p str,
    pub background: &'p str,
}

impl<'p> Appearance<'p> {
    pub fn of(policy: &'p Policy) -> Self {
        Self {
            title: policy.text(settings::Livechat_title),
            color: policy.text(settings::Livechat_title_color),
            offline_title: policy.text(settings::Livechat_offline_title),
            offline_color: policy.text(settings::Livechat_offline_title_color),
            position: policy.text(settings::Livechat_widget_position),
            background: policy.text(settings::Livechat_background),
        }
    }
}
