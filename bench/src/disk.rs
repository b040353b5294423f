use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// The baseline of everything durable: one thread that appends 4 KB and waits until the disk has
/// them, again and again.
pub struct Disk {
    file: File,
}

impl Disk {
    pub fn new(folder: &Path) -> Self {
        Self {
            file: tempfile::tempfile_in(folder).unwrap(),
        }
    }

    pub fn syncs_per_second(&mut self, span: Duration) -> f64 {
        let page = [0x5a; 4096];
        let started = Instant::now();
        let mut syncs = 0;
        while started.elapsed() < span {
            self.file.write_all(&page).unwrap();
            self.file.sync_data().unwrap();
            syncs += 1;
        }
        let per_second = f64::from(syncs) / started.elapsed().as_secs_f64();
        self.file.set_len(0).unwrap();
        self.file.rewind().unwrap();
        per_second
    }
}
