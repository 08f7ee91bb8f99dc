//! How often each word occurs in a text: UTF-8 lines `count word`, the most frequent first, equals by the alphabet.
use std::collections::BTreeMap;

/// Room for the input. It becomes the input's owner again in `execute`.
#[no_mangle]
pub extern "C" fn alloc(length: usize) -> *mut u8 {
    Box::into_raw(vec![0u8; length].into_boxed_slice()).cast()
}

/// # Safety
/// `input` must be what `alloc(length)` returned.
#[no_mangle]
pub unsafe extern "C" fn execute(input: *mut u8, length: usize) -> u64 {
    let bytes = Vec::from_raw_parts(input, length, length);
    let output = count(&String::from_utf8_lossy(&bytes)).into_bytes().leak();
    (output.as_ptr() as u64) << 32 | output.len() as u64
}

fn count(text: &str) -> String {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    let mut ranked: Vec<_> = counts.into_iter().collect();
    ranked.sort_by_key(|&(_, times)| std::cmp::Reverse(times));
    ranked.iter().map(|(word, times)| format!("{times} {word}\n")).collect()
}
