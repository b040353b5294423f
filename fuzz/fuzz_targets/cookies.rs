#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|both: (&[u8], &str)| hark_wire::fuzzing::cookies(both.0, both.1));
