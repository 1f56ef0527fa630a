use entitlements_core::Denial;
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Code, Status};

/// A denial as a handler of tonic says it: the very status that a gate gives, with `entitlements-code` in its metadata, and when to come again
/// where a rate denies.
///
/// ```
/// use entitlements_core::{Denial, Requirement, testing};
/// use entitlements_tower::{current, denial_status};
///
/// fn export(request: &tonic::Request<()>) -> Result<(), tonic::Status> {
///     let current = current(request.extensions()).map_err(denial_status)?;
///     current.require(&Requirement::feature("audit")).map_err(denial_status)
/// }
///
/// let status = export(&tonic::Request::new(())).unwrap_err(); // no layer was there
/// assert_eq!(status.code(), tonic::Code::Internal);
/// assert_eq!(status.metadata().get("entitlements-code").unwrap(), "ENTITLEMENTS_LAYER_MISSING");
/// ```
#[must_use]
#[expect(
    clippy::needless_pass_by_value,
    reason = "by value it fits where errors are mapped"
)]
pub fn denial_status(denial: Denial) -> Status {
    let status = denial.grpc_status();
    let mut metadata = MetadataMap::new();
    for (name, value) in status.headers() {
        // The status itself writes these.
        if matches!(name, "content-type" | "grpc-status" | "grpc-message") {
            continue;
        }
        // INVARIANT: values are numbers, words and structured fields.
        if let Ok(value) = value.parse::<MetadataValue<_>>() {
            metadata.append(name, value);
        }
    }
    Status::with_metadata(
        Code::from_i32(i32::from(status.code())),
        status.message(),
        metadata,
    )
}
