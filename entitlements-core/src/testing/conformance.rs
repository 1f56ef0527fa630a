//! What the conformance macros are made of.

/// A test for each rule: a fresh place, which the rule opens as often as it likes, on several threads.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    ($of:ident, $make:expr, $place:ident, $open:expr, $($rule:ident($($more:expr)?))*) => {$(
        #[test]
        fn $rule() {
            let mut threads = ::tokio::runtime::Builder::new_multi_thread();
            let threads = threads.worker_threads(4).enable_all().build();
            threads.expect("tokio starts").block_on(async {
                let $place = $make;
                let open = async || $open;
                $crate::testing::$of::$rule(open $(, $more)?).await;
            });
        }
    )*};
}
