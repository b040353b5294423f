use hark_model::{Policy, settings};

/// What a manager adds to the widget's page: style sheets and scripts of other servers, by their
/// addresses. The page's policy lets them in by its nonce.
pub(super) struct Added<'p> {
    styles: Vec<&'p str>,
    scripts: Vec<&'p str>,
}

impl<'p> Added<'p> {
    pub(super) fn of(policy: &'p Policy) -> Self {
        Self {
            styles: addresses(policy.text(settings::Livechat_WidgetLayoutClasses)),
            scripts: addresses(policy.text(settings::Livechat_AdditionalWidgetScripts)),
        }
    }

    /// For the head.
    pub(super) fn styles(&self) -> String {
        let each = self.styles.iter().map(|address| {
            let address = attribute(address);
            format!("<link rel=\"stylesheet\" href=\"{address}\" nonce=\"{{{{nonce}}}}\">")
        });
        each.collect()
    }

    /// For the end of the body, behind the widget's own.
    pub(super) fn scripts(&self) -> String {
        let each = self.scripts.iter().map(|address| {
            let address = attribute(address);
            format!("<script src=\"{address}\" nonce=\"{{{{nonce}}}}\"></script>")
        });
        each.collect()
    }
}

fn addresses(list: &str) -> Vec<&str> {
    let each = list.split(',').map(str::trim);
    each.filter(|address| !address.is_empty()).collect()
}

/// As it stands between quotes. The mark of the nonce is none of theirs.
pub(crate) fn attribute(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace("{{", "&#123;&#123;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stays_inside_of_its_quotes() {
        let added = Added {
            styles: addresses(" https://a.example/x.css ,, https://b.example/?a&b={{nonce}}"),
            scripts: addresses("https://a.example/\"><script>"),
        };
        assert_eq!(
            added.styles(),
            "<link rel=\"stylesheet\" href=\"https://a.example/x.css\" nonce=\"{{nonce}}\">\
            <link rel=\"stylesheet\" href=\"https://b.example/?a&amp;b=&#123;&#123;nonce}}\" nonce=\"{{nonce}}\">"
        );
        assert_eq!(
            added.scripts(),
            "<script src=\"https://a.example/&quot;&gt;&lt;script&gt;\" nonce=\"{{nonce}}\"></script>"
        );
    }
}
