#![no_main]

use libfuzzer_sys::fuzz_target;

use hark_chat::uploads::{media, names};

fuzz_target!(|both: (&str, &[u8])| {
    let (text, head) = both;
    let safe = names::safe(text);
    assert!(
        !safe.contains(['/', '\\', '\0', '\n', '\r', '"']),
        "{safe:?}"
    );
    let escaped = names::escaped(&safe);
    assert!(escaped.is_ascii(), "{escaped:?}");
    names::ending(&safe);
    let sniffed = media::sniff(head, text);
    assert!(
        sniffed.len() <= 200 && !sniffed.contains(['\n', '\r']),
        "{sniffed:?}"
    );
});
