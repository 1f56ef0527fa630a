//! What a response can say of days of grace, where the application wants it to (S16).

use super::EntitlementSet;
use crate::license::LicenseStatus;

impl EntitlementSet {
    /// The value of the header `Entitlements-Warning` in days of grace, and none at other times: a token of RFC 9651 with the moment at
    /// which they end, such as `grace;ends="2027-02-14T12:00:00Z"`.
    ///
    /// Layers send it only where the application puts them there, for its users are not who can renew a license.
    ///
    /// ```
    /// use entitlements_core::testing;
    ///
    /// let engine = testing::on_plan(testing::catalog(), "business");
    /// assert_eq!(engine.current().grace_warning(), None);
    /// engine.clock().advance_days(366);
    /// let warning = engine.current().grace_warning();
    /// assert_eq!(warning.as_deref(), Some(r#"grace;ends="2027-01-15T12:00:00Z""#));
    /// ```
    #[must_use]
    pub fn grace_warning(&self) -> Option<String> {
        let is_in_grace = match self.status() {
            LicenseStatus::Grace => true,
            LicenseStatus::WrongDeployment => !self.is_out_of_force(),
            _ => false,
        };
        let ends = self.grace_ends_at().filter(|_| is_in_grace)?;
        Some(format!("grace;ends=\"{ends}\""))
    }
}
