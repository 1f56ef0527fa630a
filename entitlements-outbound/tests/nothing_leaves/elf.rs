//! What a program asks of others, from its file: the undefined names of `.dynsym` (System V ABI, chapter 4; 64 bits, little-endian).

use std::collections::BTreeSet;

const DYNSYM: u64 = 11;
const SYMBOL_BYTES: usize = 24;

pub(crate) fn imports(file: &[u8]) -> BTreeSet<String> {
    assert_eq!(&file[..6], b"\x7fELF\x02\x01", "a program of 64 bits");
    let (headers, size) = (number(file, 0x28, 8), number(file, 0x3a, 2));
    let header = |index: u64| usize::try_from(headers + index * size).unwrap();
    let part = |header: usize| {
        let start = usize::try_from(number(file, header + 0x18, 8)).unwrap();
        &file[start..start + usize::try_from(number(file, header + 0x20, 8)).unwrap()]
    };
    let symbols = (0..number(file, 0x3c, 2))
        .map(header)
        .find(|header| number(file, header + 4, 4) == DYNSYM)
        .expect("it is linked with the system's library");
    let names = part(header(number(file, symbols + 0x28, 4)));
    let undefined = part(symbols)
        .chunks_exact(SYMBOL_BYTES)
        .filter(|symbol| number(symbol, 6, 2) == 0);
    undefined
        .map(|symbol| {
            let name = &names[usize::try_from(number(symbol, 0, 4)).unwrap()..];
            let end = name.iter().position(|byte| *byte == 0).unwrap();
            String::from_utf8_lossy(&name[..end]).into_owned()
        })
        .collect()
}

fn number(bytes: &[u8], at: usize, width: usize) -> u64 {
    let digits = bytes[at..at + width].iter().rev();
    digits.fold(0, |number, byte| number << 8 | u64::from(*byte))
}
