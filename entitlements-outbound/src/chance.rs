/// Any number; always the same one where the system has no randomness, which only spoils the spread.
pub(crate) fn chance() -> u64 {
    let mut bytes = [0; 8];
    let _ = getrandom::fill(&mut bytes);
    u64::from_le_bytes(bytes)
}
