//! Hands what an agent answers by e-mail to the SMTP server of the inbox that it is in.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hark_chat::mail::{Answer, Body, Mail};
use hark_chat::uploads::Upload;
use hark_chat::{email_inboxes, uploads};
use hark_egress::Client;
use hark_files::Files;
use hark_mailbox::Failure;
use hark_mailbox::smtp::{self, File, Letter};
use hark_store::{Error, Store, View};
use hark_wire::{Wire, mail_servers};

/// What many servers take of one mail, before its files are written in letters.
const LARGEST_FILE: u64 = 18 << 20;

#[derive(Clone)]
pub(super) struct Answers {
    pub(super) store: Store,
    pub(super) wire: Arc<Wire>,
    pub(super) egress: Client,
    pub(super) files: Arc<Files>,
}

impl Answers {
    pub(super) async fn send(
        &self,
        mail: &Mail,
        answer: &Answer,
        body: Body,
    ) -> Result<(), Failure> {
        let (id, upload) = (answer.inbox.clone(), answer.upload.clone());
        let look = move |view: &mut View<'_>| -> Result<_, Error> {
            let upload = match &upload {
                Some(id) => uploads::find(view, id)?,
                None => None,
            };
            Ok((email_inboxes::find(view, &id)?, upload))
        };
        let found = self.store.read(look).await;
        let (inbox, upload) = found.map_err(|error| not_now(error.to_string()))?;
        let inbox = inbox.ok_or_else(|| not_now("its e-mail inbox was removed".to_owned()))?;
        if !inbox.active {
            return Err(not_now("its e-mail inbox is switched off".to_owned()));
        }
        let server = mail_servers::smtp(&inbox, self.wire.policies.keys());
        let server = server.ok_or_else(|| {
            not_now("the password of its e-mail inbox cannot be opened".to_owned())
        })?;
        let file = match &upload {
            Some(upload) => Some(self.file(upload).await?),
            None => None,
        };
        let now = self.store.clock().now().millis().max(0).unsigned_abs();
        let letter = Letter {
            name: inbox.sender_info.clone(),
            address: inbox.email.clone(),
            recipient: mail.recipient.clone(),
            subject: mail.subject.clone(),
            plain: body.plain,
            html: body.html,
            id: answer.message_id.clone(),
            in_reply_to: answer.in_reply_to.clone(),
            references: answer.references.clone(),
            at: SystemTime::UNIX_EPOCH + Duration::from_millis(now),
            is_automatic: false,
            file,
        };
        smtp::send(&self.egress, &server, &letter).await
    }

    async fn file(&self, upload: &Upload) -> Result<File, Failure> {
        let size = u64::try_from(upload.size).unwrap_or(u64::MAX);
        if size > LARGEST_FILE {
            let most = uploads::readable(LARGEST_FILE);
            return Err(Failure::Letter(format!(
                "a file goes by mail up to {most}, and {} has more",
                upload.name
            )));
        }
        let now = self.store.clock().now();
        let opened = self.files.open(&upload.id, 0, size, now).await;
        let stream = opened.map_err(|error| not_now(error.to_string()))?;
        let stream = stream.ok_or_else(|| Failure::Letter("its file is gone".to_owned()))?;
        let bytes = stream.all(size as usize).await;
        Ok(File {
            name: upload.name.clone(),
            media_type: upload.media_type.clone(),
            bytes: bytes.map_err(|error| not_now(error.to_string()))?,
        })
    }
}

/// It is worth another try.
const fn not_now(why: String) -> Failure {
    Failure::Refused(why, None)
}
