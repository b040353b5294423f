//! Files that people send. Here is what a file is and who may send which; its bytes are elsewhere.
//!
//! A row comes before its bytes and garbage outlives them, so that no byte is ever kept of which
//! the database does not know. Until a message carries it, a file counts as not sent.

pub mod links;
pub mod media;
pub mod names;
pub mod quota;
mod rows;

pub(crate) use self::rows::{ALL, WRITES};
pub use self::rows::{find, garbage};
use hark_store::{Result, Timestamp, Tx, View, json_columns, record};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use hark_model::{Context, Policy, Refusal, settings};

/// How long a file waits for its message.
const WAITS_DAYS: i64 = 1;

record! {
    #[derive(Debug, Clone, PartialEq)]
    pub struct Upload from "upload" {
        pub id: String,
        /// Empty: it is in none, and shows the account.
        pub room_id: String,
        /// `None`: the visitor's.
        pub account_id: Option<String>,
        pub name: String,
        pub media_type: String,
        pub size: i64,
        pub sha256: String,
        pub picture: Option<Picture>,
        pub attached: bool,
        pub created_at: Timestamp,
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    /// A tiny JPEG, in base64.
    pub preview: Option<String>,
}

json_columns!(Picture);

/// A file that has come and is about to be kept.
#[derive(Debug, Clone)]
pub struct NewUpload {
    pub room_id: String,
    pub account_id: Option<String>,
    /// Where a visitor's comes from, if addresses are rationed.
    pub network: Option<String>,
    /// As its sender named it.
    pub name: String,
    pub media_type: String,
    pub size: u64,
    pub sha256: String,
    pub picture: Option<Picture>,
}

/// Whether visitors may send files.
pub fn is_open_to_visitors(policy: &Policy) -> bool {
    policy.flag(settings::FileUpload_Enabled) && policy.flag(settings::Livechat_fileupload_enabled)
}

pub fn is_open_to_agents(policy: &Policy) -> bool {
    policy.flag(settings::FileUpload_Enabled)
}

/// In bytes; `None` where there is no limit.
pub fn largest(policy: &Policy) -> Option<u64> {
    u64::try_from(policy.number(settings::FileUpload_MaxFileSize)).ok()
}

/// Both what a file is called and what it is must not be on the black list; what it is must be
/// on the white list, if there is one.
pub fn admit(policy: &Policy, claimed: &str, sniffed: &str) -> Result<(), Refusal> {
    let black = policy.text(settings::FileUpload_MediaTypeBlackList);
    let white = policy.text(settings::FileUpload_MediaTypeWhiteList);
    let claimed = media::essence(claimed);
    let barred = media::is_listed(black, &claimed) || media::is_listed(black, sniffed);
    let wanted = white.trim().is_empty() || media::is_listed(white, sniffed);
    if wanted && !barred {
        Ok(())
    } else {
        Err(Refusal::FileType)
    }
}

/// Makes the row of a file whose bytes are put away next.
pub fn expect(cx: &mut Context<'_, '_>, new: &NewUpload) -> Result<Upload, Refusal> {
    if new.account_id.is_none() {
        quota::take(cx, new)?;
    }
    let upload = Upload {
        id: cx.tx.ids().id17_at(cx.now),
        room_id: new.room_id.clone(),
        account_id: new.account_id.clone(),
        name: names::safe(&new.name),
        media_type: new.media_type.clone(),
        size: i64::try_from(new.size).unwrap_or(i64::MAX),
        sha256: new.sha256.clone(),
        picture: new.picture.clone(),
        attached: false,
        created_at: cx.now,
    };
    rows::add(cx.tx, &upload)?;
    Ok(upload)
}

/// A message carries it now, or it shows an account; it can do so once. In the command that says so.
pub fn attach(cx: &mut Context<'_, '_>, upload: &Upload) -> Result<(), Refusal> {
    match rows::attach(cx.tx, &upload.id)? {
        0 => Err(Refusal::NoSuchFile),
        _ => Ok(()),
    }
}

/// A file that is not wanted any more. Its bytes go a little later.
pub fn discard(cx: &mut Context<'_, '_>, id: &str) -> Result<()> {
    rows::discard(cx.tx, cx.now, id)
}

/// Whether there is anything that [`sweep`] or the one who clears garbage has to do.
pub fn is_untidy(view: &mut View<'_>, now: Timestamp) -> Result<bool> {
    let garbage = !garbage(view, "", 1)?.is_empty();
    Ok(garbage || !rows::forgotten(view, now.plus_days(-WAITS_DAYS), 1)?.is_empty())
}

/// Gives up files for which no message came. Answers how many.
pub fn sweep(tx: &mut Tx<'_>, now: Timestamp, limit: usize) -> Result<u64> {
    let forgotten = rows::forgotten(tx, now.plus_days(-WAITS_DAYS), limit)?;
    for id in &forgotten {
        rows::discard(tx, now, id)?;
    }
    Ok(forgotten.len() as u64)
}

/// The bytes of these are gone.
pub fn cleared(tx: &mut Tx<'_>, ids: &[String]) -> Result<()> {
    ids.iter().try_for_each(|id| rows::cleared(tx, id))
}

impl Upload {
    /// What a message that carries this file has beside its text: `file`, `files`, `attachments`.
    pub fn in_message(&self, description: Option<&str>) -> Value {
        let by_agent = self.account_id.is_some();
        let mut file = json!({"_id": self.id, "name": self.name, "type": self.media_type});
        if by_agent {
            file["size"] = json!(self.size);
            file["format"] = json!(match &self.picture {
                Some(_) => self.media_type.trim_start_matches("image/"),
                None => "",
            });
        }
        json!({"file": file, "files": [file], "attachments": [self.attachment(description)]})
    }

    fn attachment(&self, description: Option<&str>) -> Map<String, Value> {
        let link = links::path(self);
        let family = ["image", "audio", "video"].into_iter().find(|family| {
            let rest = self.media_type.strip_prefix(family);
            rest.is_some_and(|rest| rest.starts_with('/'))
        });
        let plain_of_agent = family.is_none() && self.account_id.is_some();
        let mut document = Map::new();
        document.insert("title".into(), json!(self.name));
        document.insert("type".into(), json!("file"));
        if plain_of_agent {
            document.insert("format".into(), json!(names::ending(&self.name)));
        }
        if let Some(description) = description {
            document.insert("description".into(), json!(description));
        }
        document.insert("title_link".into(), json!(link));
        document.insert("title_link_download".into(), json!(true));
        if let Some(family) = family {
            document.insert(format!("{family}_url"), json!(link));
            document.insert(format!("{family}_type"), json!(self.media_type));
            document.insert(format!("{family}_size"), json!(self.size));
        }
        if let Some(picture) = &self.picture {
            let sides = json!({"width": picture.width, "height": picture.height});
            document.insert("image_dimensions".into(), sides);
            if let Some(preview) = &picture.preview {
                document.insert("image_preview".into(), json!(preview));
            }
        }
        if plain_of_agent {
            document.insert("size".into(), json!(self.size));
        }
        document
    }
}

/// A number of bytes for people, as clients show it: `100 MB`.
pub fn readable(bytes: u64) -> String {
    let mut number = bytes as f64;
    let mut unit = "B";
    for next in ["KB", "MB", "GB", "TB"] {
        if number < 1024.0 {
            break;
        }
        number /= 1024.0;
        unit = next;
    }
    let rounded = format!("{number:.2}");
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    format!("{short} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(media_type: &str, account_id: Option<&str>, picture: Option<Picture>) -> Upload {
        Upload {
            id: "f1".into(),
            room_id: "r1".into(),
            account_id: account_id.map(str::to_owned),
            name: "q.PDF".into(),
            media_type: media_type.into(),
            size: 1200,
            sha256: String::new(),
            picture,
            attached: false,
            created_at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn a_message_tells_of_a_file_as_the_original_does() {
        let document = upload("application/pdf", Some("a9"), None).in_message(None);
        let text = document["attachments"][0].to_string();
        assert_eq!(
            text,
            r#"{"title":"q.PDF","type":"file","format":"pdf","title_link":"/file-upload/f1/q.PDF","title_link_download":true,"size":1200}"#
        );
        assert_eq!(
            document["file"].to_string(),
            r#"{"_id":"f1","name":"q.PDF","type":"application/pdf","size":1200,"format":""}"#
        );
        let document = upload("application/pdf", None, None).in_message(Some("see"));
        assert_eq!(
            document["attachments"][0].to_string(),
            r#"{"title":"q.PDF","type":"file","description":"see","title_link":"/file-upload/f1/q.PDF","title_link_download":true}"#
        );
        assert_eq!(
            document["files"].to_string(),
            r#"[{"_id":"f1","name":"q.PDF","type":"application/pdf"}]"#
        );
        let picture = Picture {
            width: 3,
            height: 2,
            preview: Some("/9j".into()),
        };
        let document = upload("image/png", None, Some(picture)).in_message(None);
        let shown = &document["attachments"][0];
        assert_eq!(shown["image_url"], "/file-upload/f1/q.PDF");
        assert_eq!(shown["image_type"], "image/png");
        assert_eq!(shown["image_size"], 1200);
        assert_eq!(shown["image_dimensions"], json!({"width": 3, "height": 2}));
        assert_eq!(shown["image_preview"], "/9j");
        let document = upload("audio/ogg", None, None).in_message(None);
        assert_eq!(document["attachments"][0]["audio_type"], "audio/ogg");
        assert_eq!(document["attachments"][0].get("image_dimensions"), None);
    }

    #[test]
    fn sizes_are_readable() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1 KB"),
            (1_500_000, "1.43 MB"),
            (104_857_600, "100 MB"),
            (2_147_483_648, "2 GB"),
        ] {
            assert_eq!(readable(bytes), text);
        }
    }
}
