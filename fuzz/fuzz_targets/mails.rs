#![no_main]

use libfuzzer_sys::fuzz_target;

// A mail, as any stranger may write one.
fuzz_target!(|bytes: &[u8]| {
    if let Some(read) = hark_mailbox::mail::read(bytes) {
        assert!(!read.subject.contains(char::is_control));
        assert!(!read.text.contains('\0'));
    }
});
