#![no_main]

mod folder;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;

// The first byte says how large the pieces are in which it comes.
fuzz_target!(|bytes: &[u8]| {
    let Some((size, form)) = bytes.split_first() else {
        return;
    };
    let pieces = form.chunks(1 + usize::from(*size));
    let pieces: Vec<Bytes> = pieces.map(Bytes::copy_from_slice).collect();
    folder::with_files(async |files| hark_wire::fuzzing::form(files, pieces).await);
});
