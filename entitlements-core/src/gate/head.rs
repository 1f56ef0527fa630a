/// What a gate asks a request; adapters answer from their own types, and only what is asked for.
pub trait RequestHead {
    /// The method.
    fn method(&self) -> &str;

    /// The path, for the log.
    fn path(&self) -> &str;

    /// Whether both `Origin` and `Access-Control-Request-Method` are there.
    fn has_cors_headers(&self) -> bool;
}
