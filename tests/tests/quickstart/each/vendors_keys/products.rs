//! The vendors: what their products say that a key is.

use serde_json::{Value, json};

/// One of these vendors, with a key of its own.
pub(crate) struct Product {
    pub(crate) name: &'static str,
    /// The name of its test key, `tests/vectors/keys/`.
    pub(crate) signs: &'static str,
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) variable: &'static str,
    /// What `entitlements issue` is told for a key like that.
    pub(crate) issue: &'static str,
    /// What `GET /entitlements` says of it, by path.
    pub(crate) gives: Value,
}

pub(crate) fn products() -> [Product; 3] {
    [job_server(), analytics(), panel()]
}

pub(crate) fn job_server() -> Product {
    Product {
        name: "job_server",
        signs: "vendor",
        header: json!({"alg": "EdDSA", "typ": "JWT"}),
        claims: json!({
            "customer": "acme-corp",
            "tier": "enterprise",
            "features": ["auth", "rbac", "audit", "tenancy", "encryption"],
            "max_nodes": 7,
            "expires": "2127-02-12T00:00:00Z",
        }),
        variable: "JOBBIE_LICENSE_KEY",
        issue: "--plan enterprise --feature auth --feature audit --limit nodes=7 --expires 2127-02-12T00:00:00Z",
        gives: json!({
            "/plan/code": "enterprise",
            "/status": "active",
            "/limits/nodes/limit": 7,
            "/features/tenancy/enabled": true,
            "/features/encryption/enabled": true,
            "/expires_at": "2127-02-12T00:00:00Z",
            "/grace_ends_at": "2127-02-19T00:00:00Z",
        }),
    }
}

pub(crate) fn analytics() -> Product {
    Product {
        name: "dev_analytics",
        signs: "vendor",
        header: json!({"alg": "EdDSA", "typ": "JWT"}),
        claims: json!({
            "iss": "fullchaos.studio",
            "sub": "org_abc123",
            "iat": 1_706_745_600,
            "exp": 4_956_508_800_u64,
            "tier": "team",
            "features": {"sso": true, "audit": true, "api_access": true, "investment_view": false},
            "limits": {"users": 50, "repos": -1, "api_rate": 1000},
            "deployment_ids": ["self-hosted"],
            "grace_days": 14,
        }),
        variable: "DEV_HEALTH_LICENSE",
        issue: "--plan team --feature sso --feature audit --feature api_access --without-feature investment_view \
                --limit users=50 --limit repos=unlimited --rate api=1000 \
                --deployment self-hosted --grace-days 14 --days 365",
        gives: json!({
            "/plan/code": "team",
            "/status": "active",
            "/limits/users/limit": 50,
            "/limits/repos/limit": null,
            "/features/api_access/enabled": true,
            "/features/investment_view/enabled": false,
            "/expires_at": "2127-01-25T00:00:00Z",
            "/grace_ends_at": "2127-02-08T00:00:00Z",
            // The burst of the plan, which is twice its requests, in proportion.
            "/rates/api/requests": 1000,
            "/rates/api/burst": 2000,
        }),
    }
}

pub(crate) fn panel() -> Product {
    Product {
        name: "container_panel",
        signs: "rsa",
        header: json!({"alg": "RS512", "typ": "JWT"}),
        claims: json!({
            "lid": "USN-4f1c-9a77",
            // Of `ops@acme.example`.
            "eml": "368ba38420654f1136663c32a718d71228b97ed6ca6446f712c58fbba2ab1dfb",
            "edition": "biz",
            "nod": 3,
            "usr": 15,
            "features": ["custom_roles", "oauth", "ldap", "audit"],
            "exp": 4_956_508_800_u64,
            "iat": 1_704_067_200,
        }),
        variable: "ENTITLEMENTS_LICENSE_KEY",
        issue: "--plan business --feature oauth --feature audit --limit nodes=3 --limit users=15 --days 365",
        gives: json!({
            "/plan/code": "business",
            "/status": "active",
            // Those that were bought, and the one that the panel runs on.
            "/limits/nodes/limit": 4,
            "/limits/users/limit": 15,
            "/features/ldap/enabled": true,
            "/expires_at": "2127-01-25T00:00:00Z",
        }),
    }
}
