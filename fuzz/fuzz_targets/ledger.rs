#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mandatum_fuzz::ledger(data));
