//! Server-Sent Events as they come in, a piece at a time.

/// A part of the stream without an end is no stream of events.
const LONGEST: usize = 16 << 20;

#[derive(Default)]
pub(super) struct Feed {
    left: Vec<u8>,
    id: Option<i64>,
    data: String,
}

/// What has come.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Received {
    Event {
        id: Option<i64>,
        data: String,
    },
    /// No event, but the log was read so far.
    Reached(i64),
}

impl Feed {
    /// Takes in a piece, and gives what it completes. Nothing: this is no stream of events.
    pub(super) fn take(&mut self, piece: &[u8]) -> Option<Vec<Received>> {
        self.left.extend_from_slice(piece);
        let mut came = Vec::new();
        let mut begin = 0;
        while let Some(length) = self.left[begin..].iter().position(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(&self.left[begin..begin + length]).into_owned();
            begin += length + 1;
            came.extend(self.line(line.trim_end_matches('\r')));
        }
        self.left.drain(..begin);
        (self.left.len() + self.data.len() <= LONGEST).then_some(came)
    }

    fn line(&mut self, line: &str) -> Option<Received> {
        if line.is_empty() {
            let (id, data) = (self.id.take(), std::mem::take(&mut self.data));
            return match (id, data.is_empty()) {
                (id, false) => Some(Received::Event { id, data }),
                (Some(id), true) => Some(Received::Reached(id)),
                (None, true) => None,
            };
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "id" => self.id = value.parse().ok(),
            "data" => {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(value);
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_put_together_however_they_are_cut() {
        let whole = ": here\nid: 4\n\nid: 7\ndata: {\"a\":\ndata: 1}\r\n\r\nretry: 5\n\n";
        let wanted = [
            Received::Reached(4),
            Received::Event {
                id: Some(7),
                data: "{\"a\":\n1}".to_owned(),
            },
        ];
        for size in 1..whole.len() {
            let mut feed = Feed::default();
            let pieces = whole.as_bytes().chunks(size);
            let came: Vec<Received> = pieces.flat_map(|piece| feed.take(piece).unwrap()).collect();
            assert_eq!(came, wanted, "in pieces of {size}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_not_kept() {
        let mut feed = Feed::default();
        let piece = vec![b'x'; 1 << 20];
        let taken = (0..20).take_while(|_| feed.take(&piece).is_some());
        assert_eq!(taken.count(), 16);
    }
}
