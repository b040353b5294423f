#![no_main]

mod folder;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    folder::with_files(async |files| {
        let mut arriving = files.receive(0).await.expect("a place");
        arriving.write(bytes).await.expect("room");
        let file = arriving.end().await.expect("room");
        let kind = hark_chat::uploads::media::sniff(file.head(), "image/png");
        files.picture(&file, &kind).await;
    });
});
