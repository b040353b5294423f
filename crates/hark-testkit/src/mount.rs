use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A small file system of its own, to be filled up or made read-only. Needs root.
pub struct Mount {
    folder: TempDir,
}

impl Mount {
    pub fn of_megabytes(size: u32) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("hark-test-")
            .tempdir()
            .unwrap();
        let options = format!("size={size}m,mode=0755");
        mount(&["-t", "tmpfs", "-o", &options, "tmpfs"], folder.path());
        Self { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Fills it to the last byte. Dropping the file makes room again.
    pub fn fill(&self) -> Ballast {
        let path = self.path().join("ballast");
        let mut file = File::create(&path).unwrap();
        loop {
            match file.write(&[0; 4096]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => return Ballast { path },
                Err(error) => panic!("{error}"),
            }
        }
    }

    pub fn make_read_only(&self) {
        mount(&["-o", "remount,ro"], self.path());
    }
}

pub struct Ballast {
    path: PathBuf,
}

impl Drop for Ballast {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.path));
    }
}

fn mount(arguments: &[&str], folder: &Path) {
    let output = Command::new("mount").args(arguments).arg(folder).output();
    let output = output.unwrap();
    assert!(
        output.status.success(),
        "this test needs to mount a file system, which takes root (or CAP_SYS_ADMIN): {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily: a process that a failed test left behind must not keep it.
        drop(
            Command::new("umount")
                .arg("--lazy")
                .arg(self.folder.path())
                .output(),
        );
    }
}
