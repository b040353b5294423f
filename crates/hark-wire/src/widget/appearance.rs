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
        let color = policy.text(settings::Livechat_title_color);
        let offline = settings::Livechat_offline_title_color;
        let offline_color = policy.text(offline);
        let is_chosen = offline_color != offline.preset;
        Self {
            title: policy.text(settings::Livechat_title),
            color,
            offline_title: policy.text(settings::Livechat_offline_title),
            // A brand stays one as long as nobody says otherwise.
            offline_color: if is_chosen { offline_color } else { color },
            position: policy.text(settings::Livechat_widget_position),
            background: policy.text(settings::Livechat_background),
        }
    }
}

/// Whether agents see what a visitor has not sent yet: where the settings ask for it, and visitors for their consent.
pub(crate) fn shows_unfinished_words(policy: &Policy) -> bool {
    policy.flag(settings::Livechat_show_unfinished_words)
        && policy.flag(settings::Livechat_force_accept_data_processing_consent)
}
