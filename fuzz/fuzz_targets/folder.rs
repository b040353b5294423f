//! A folder for files, made once and kept by the thread that fuzzes.

use std::cell::OnceCell;

use hark_files::Files;
use tempfile::TempDir;
use tokio::runtime::Runtime;

thread_local! {
    static FILES: OnceCell<(Runtime, TempDir, Files)> = const { OnceCell::new() };
}

pub fn with_files(work: impl AsyncFnOnce(&Files)) {
    FILES.with(|files| {
        let (runtime, _, files) = files.get_or_init(set_up);
        runtime.block_on(work(files));
    });
}

fn set_up() -> (Runtime, TempDir, Files) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let files = Files::in_folder(folder.path());
    (runtime, folder, files)
}
