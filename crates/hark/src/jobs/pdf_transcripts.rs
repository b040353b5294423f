//! Writes the transcripts that are wanted as documents, one at a time on each node, off the async threads.

use std::sync::Arc;
use std::time::Duration;

use hark_chat::pdf_transcripts::{self, Wanted};
use hark_chat::transcripts::{self, Conversation};
use hark_chat::uploads::{self, NewUpload, Upload};
use hark_files::Files;
use hark_jobs::{Ending, Job, JobError, Rest, Turn, Work};
use hark_model::{Refusal, Who, settings};
use hark_pdf::{Document, Line};
use hark_store::{Error, Store, Timestamp, View};
use hark_wire::Wire;
use tokio::sync::watch;

/// However much happens, it is looked four times a second at most.
const SHORTEST_REST: Duration = Duration::from_millis(250);
const LONGEST_REST: Duration = Duration::from_secs(60);
const MEDIA_TYPE: &str = "application/pdf";

pub(super) fn job(store: &Store, wire: &Arc<Wire>, files: &Arc<Files>, site_url: &str) -> Job {
    let writer = Writer {
        moved: store.moved(),
        store: store.clone(),
        wire: Arc::clone(wire),
        files: Arc::clone(files),
        site: site_url.to_owned(),
    };
    Job::new("transcripts", writer).ends(Ending::Finished)
}

#[derive(Clone)]
struct Writer {
    store: Store,
    wire: Arc<Wire>,
    files: Arc<Files>,
    moved: watch::Receiver<i64>,
    site: String,
}

impl Work for Writer {
    async fn turn(&mut self, turn: &Turn) -> Result<Rest, JobError> {
        // Registered before looking: what is written between the two wakes us.
        self.moved.borrow_and_update();
        while !turn.is_stopping() {
            let due = self.store.read(pdf_transcripts::next_due).await?;
            let Some(due) = due else { break };
            let now = self.store.clock().now();
            let wait = due.millis_since(now);
            if wait > 0 {
                let wait = Duration::from_millis(wait.unsigned_abs());
                return Ok(Rest::For(wait.min(LONGEST_REST)));
            }
            let claimed = self
                .store
                .write(move |tx| pdf_transcripts::claim(tx, now))
                .await?;
            let Some(wanted) = claimed else { break };
            self.write(wanted).await?;
        }
        Ok(Rest::For(LONGEST_REST))
    }

    async fn woken(&mut self) {
        tokio::time::sleep(SHORTEST_REST).await;
        if self.moved.changed().await.is_err() {
            // The store is closed.
            std::future::pending::<()>().await;
        }
    }
}

impl Writer {
    async fn write(&self, wanted: Wanted) -> Result<(), JobError> {
        let room = wanted.room.clone();
        let outcome = match self.document(&wanted).await {
            Ok(Some(upload)) => {
                let site = self.site.clone();
                let done = self.command(move |cx| {
                    pdf_transcripts::written(cx, &wanted, &upload, &site).map(drop)
                });
                return done.await.map_err(super::refused);
            }
            Ok(None) => return Ok(()),
            Err(why) => why,
        };
        let next = self.command(move |cx| pdf_transcripts::failed(cx, &wanted));
        match next.await.map_err(super::refused)? {
            Some(next) => {
                tracing::warn!(
                    room,
                    error = outcome,
                    next = next.iso(),
                    "a transcript could not be written"
                );
            }
            None => {
                tracing::error!(
                    room,
                    error = outcome,
                    "a transcript could not be written and is given up"
                );
            }
        }
        Ok(())
    }

    async fn command<T: Send + 'static>(
        &self,
        command: impl Fn(&mut hark_model::Context<'_, '_>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.wire.command(Who::System, command).await
    }

    /// Written and kept; nothing when its chat is gone.
    async fn document(&self, wanted: &Wanted) -> Result<Option<Upload>, String> {
        let (wire, asked) = (Arc::clone(&self.wire), wanted.clone());
        let read = self.store.read(move |view: &mut View<'_>| {
            let policy = wire.policies.at(view)?;
            let found = transcripts::conversation(view, &policy, &asked.room, asked.up_to_seq)?;
            let site = policy.text(settings::Site_Name).to_owned();
            let reserve = policy.number(settings::FileUpload_Disk_Reserve);
            Ok::<_, Error>(found.map(|found| (found, site, reserve)))
        });
        let Some((found, site, reserve)) = read.await.map_err(|error| error.to_string())? else {
            return Ok(None);
        };
        let document = document(&found, &site);
        let name = format!(
            "transcript-{}.pdf",
            found
                .room
                .created_at
                .iso()
                .split('T')
                .next()
                .unwrap_or_default()
        );
        let rendering = tokio::task::spawn_blocking(move || hark_pdf::render(&document));
        let bytes = rendering
            .await
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())?;
        let receiving = self.files.receive(reserve.unsigned_abs()).await;
        let mut file = receiving.map_err(|error| error.to_string())?;
        file.write(&bytes)
            .await
            .map_err(|error| error.to_string())?;
        let file = file.end().await.map_err(|error| error.to_string())?;
        let new = NewUpload {
            room_id: wanted.room.clone(),
            account_id: Some(wanted.account.clone()),
            network: None,
            name,
            media_type: MEDIA_TYPE.to_owned(),
            size: file.size(),
            sha256: file.sha256().to_owned(),
            picture: None,
        };
        let expected = self.command(move |cx| uploads::expect(cx, &new)).await;
        let upload = expected.map_err(|error| error.to_string())?;
        let kept = self.files.keep(&upload.id, file, self.store.clock().now());
        match kept.await {
            Ok(()) => Ok(Some(upload)),
            // Its row is swept away later.
            Err(error) => Err(error.to_string()),
        }
    }
}

/// `10:04`, in UTC, as transcripts by mail have it.
fn time(at: Timestamp) -> String {
    at.iso().get(11..16).unwrap_or_default().to_owned()
}

fn day(at: Timestamp) -> String {
    at.iso().get(..10).unwrap_or_default().to_owned()
}

fn document(found: &Conversation, site: &str) -> Document {
    let room = &found.room;
    let mut facts = Vec::new();
    let mut fact = |name: &str, fact: Option<String>| {
        if let Some(fact) = fact.filter(|fact| !fact.is_empty()) {
            facts.push((name.to_owned(), fact));
        }
    };
    let moment = |at: Timestamp| format!("{} {} UTC", day(at), time(at));
    fact("Visitor", Some(room.name.clone()));
    fact("Answered by", found.agent.clone());
    fact("Department", found.department.clone());
    fact("Begun", Some(moment(room.created_at)));
    fact(
        "Ended",
        room.closing.as_ref().map(|closing| moment(closing.at)),
    );
    fact("Topic", room.topic.clone());
    fact("Tags", Some(room.tags.join(", ")));
    let mut lines = Vec::new();
    let mut before = String::new();
    for said in &found.said {
        let today = day(said.at);
        if today != before {
            lines.push(Line::Day(today.clone()));
            before = today;
        }
        lines.push(if said.note {
            Line::Note {
                at: time(said.at),
                text: format!("{} {}", said.by, said.text),
            }
        } else {
            Line::Said {
                by: said.by.clone(),
                at: time(said.at),
                text: said.text.clone(),
                files: said.files.clone(),
                by_visitor: said.from_visitor,
            }
        });
    }
    Document {
        title: format!("Conversation with {}", room.name),
        facts,
        lines,
        is_cut: found.is_cut,
        foot: site.to_owned(),
    }
}
