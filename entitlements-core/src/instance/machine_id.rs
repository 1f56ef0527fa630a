use std::fmt;

/// The longest id that counts; systemd's has 32 characters, a UUID 36.
const MOST_BYTES: usize = 128;

/// The id that the operating system gave its machine when it was installed.
#[derive(Clone, PartialEq, Eq)]
pub struct MachineId(String);

impl MachineId {
    /// Reads what the system says, without the white space around it, or `None` where that is no id: nothing,
    /// `uninitialized` (systemd's word before the first boot), all zeros or all Fs (firmware that was never given one),
    /// or what is not a word of at most 128 printable ASCII characters.
    ///
    /// ```
    /// use entitlements_core::instance::MachineId;
    ///
    /// assert!(MachineId::parse("6b3e4cd01f0f4b1c9a3f5a1be0c2d4e8\n").is_some());
    /// assert!(MachineId::parse("uninitialized\n").is_none());
    /// assert!(MachineId::parse("00000000-0000-0000-0000-000000000000").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let id = text.trim_ascii();
        let is_word = id.len() <= MOST_BYTES && id.bytes().all(|byte| byte.is_ascii_graphic());
        let all = |same: char| {
            id.chars()
                .all(|c| c.eq_ignore_ascii_case(&same) || c == '-')
        };
        let is_placeholder = all('0') || all('f') || id.eq_ignore_ascii_case("uninitialized");
        // `all` is true of nothing, too.
        (is_word && !is_placeholder).then(|| Self(id.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id is not shown: it is told to nobody, and a hash of it stands for it.
impl fmt::Debug for MachineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MachineId").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::MachineId;

    #[test]
    fn what_is_no_id_counts_as_none() {
        for none in [
            "",
            " \t\r\n",
            "uninitialized",
            "Uninitialized\n",
            "0",
            "00000000000000000000000000000000\n",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff",
            "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "----",
            "two words",
            "two\nlines",
            "6b3e4cd0\u{0}",
            "schlüssel",
            &"a".repeat(129),
        ] {
            assert_eq!(MachineId::parse(none), None, "{none:?}");
        }
    }

    #[test]
    fn what_is_one_is_kept_as_it_is() {
        for (said, id) in [
            (
                "6b3e4cd01f0f4b1c9a3f5a1be0c2d4e8\n",
                "6b3e4cd01f0f4b1c9a3f5a1be0c2d4e8",
            ),
            (
                " 9F0C6D2E-37D5-4F0B-B5B8-7C1F1F3E9A10\r\n",
                "9F0C6D2E-37D5-4F0B-B5B8-7C1F1F3E9A10",
            ),
            ("7f0101", "7f0101"),
            (
                "00000000000000000000000000000001",
                "00000000000000000000000000000001",
            ),
        ] {
            assert_eq!(MachineId::parse(said).unwrap().as_str(), id);
        }
        assert!(MachineId::parse(&"a".repeat(128)).is_some());
    }

    #[test]
    fn i9_debug_does_not_show_it() {
        let id = MachineId::parse("6b3e4cd01f0f4b1c9a3f5a1be0c2d4e8");
        assert!(!format!("{id:?}").contains("6b3e"));
    }
}
