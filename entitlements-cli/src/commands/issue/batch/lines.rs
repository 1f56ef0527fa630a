/// Counts lines as editors do, whichever way they end.
pub(super) struct Lines {
    line: usize,
    seen: usize,
}

impl Default for Lines {
    fn default() -> Self {
        Self { line: 1, seen: 0 }
    }
}

impl Lines {
    /// The line of what begins at `start`, or behind the line breaks there.
    pub(super) fn advance(&mut self, text: &[u8], start: usize) -> usize {
        let rest = text.get(start..).unwrap_or_default();
        let breaks = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let end = start.saturating_add(breaks.count());
        let passed = text.get(self.seen..end).unwrap_or_default();
        let mut before = 0;
        for byte in passed {
            // The second byte of CRLF ends no further line.
            self.line += usize::from(*byte == b'\r' || (*byte == b'\n' && before != b'\r'));
            before = *byte;
        }
        self.seen = end;
        self.line
    }
}
