#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| entitlements_fuzz::addresses(data));
