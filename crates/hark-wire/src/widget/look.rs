use hark_chat::Policy;

/// How the widget looks, as the settings say.
pub(crate) struct Look {
    pub title: String,
    pub color: String,
    pub offline_title: String,
    pub offline_color: String,
    /// `left` or `right`.
    pub position: String,
    pub background: String,
}

impl Look {
    pub fn of(policy: &Policy) -> Self {
        Self {
            title: policy.text("Livechat_title"),
            color: policy.text("Livechat_title_color"),
            offline_title: policy.text("Livechat_offline_title"),
            offline_color: policy.text("Livechat_offline_title_color"),
            position: policy.text("Livechat_widget_position"),
            background: policy.text("Livechat_background"),
        }
    }
}
