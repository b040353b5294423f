#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| hark_webhooks::fuzzing::user_agent(text));
