use super::{GOOD, check_cases};
use crate::catalog::{Catalog, ExpiryFormat, Grants, LimitClaims};

const ENV: &str = "env = \"ACME_KEY\"\n";
const CLAIMS: &str = "plan = \"tier\"\n";

#[test]
#[rustfmt::skip]
fn c20_the_license_table() {
    check_cases(&[
        (ENV, "envv = 'A'\n", (30, 1), "`[license]`: unknown key `envv`", Some("env")),
        (ENV, "env = ''\n", (30, 7), "`env`: `` is not the name of an environment variable", None),
        (ENV, "env = '1A'\n", (30, 7), "is not the name of an environment variable", None),
        (ENV, "env = 'A-B'\n", (30, 7), "is not the name of an environment variable", None),
        (ENV, "issuer = ''\n", (30, 10), "`issuer` cannot be empty", None),
        (ENV, "audience = ['a']\n", (30, 12), "`audience` must be a string, not an array", None),
        (ENV, "required = ['iat', 'iat']\n", (30, 20), "`required` lists `iat` twice", None),
        (ENV, "grace_days = 3651\n", (30, 14), "`grace_days` must be a whole number of days, 0 to 3650, not `3651`", None),
        (ENV, "grace_days = -1\n", (30, 14), "not `-1`", None),
        (ENV, "binding_grace_days = 3651\n", (30, 22), "`binding_grace_days` must be", None),
        (ENV, "leeway_seconds = -1\n", (30, 18), "`leeway_seconds` must be a whole number of seconds", None),
        (ENV, "grants = 'list'\n", (30, 10), "`grants` must be `plan_and_listed` or `listed`", Some("listed")),
    ]);
}

#[test]
#[rustfmt::skip]
fn c21_claims() {
    check_cases(&[
        (CLAIMS, "tier = 'plan'\n", (32, 1), "`[license.claims]`: unknown key `tier`", None),
        (CLAIMS, "plan = ''\n", (32, 8), "`plan` ``: a name cannot be empty", None),
        (CLAIMS, "plan = \"a\\u202e\"\n", (32, 8), "control or invisible characters", None),
        (CLAIMS, "id_prefix = 'a b'\n", (32, 13), "`id_prefix`: `a b` is not at most 92 of ascii letters", None),
        (CLAIMS, "customer = { claim = 'eml', hash = 'md5' }\n", (32, 36), "`customer`: `hash` must be `sha256`, not `md5`", None),
        (CLAIMS, "customer = { hash = 'sha256' }\n", (32, 12), "`customer`: `claim` is missing", None),
        (CLAIMS, "customer = 5\n", (32, 12), "the name of a claim, or a table of `claim` and `hash`, not `5`", None),
        (CLAIMS, "expires = { claim = 'e', format = 'rfc339' }\n", (32, 35), "`format` must be `rfc3339`", Some("rfc3339")),
        (CLAIMS, "expires = { claim = 'e', hash = 'sha256' }\n", (32, 26), "`expires`: unknown key `hash`", None),
        (CLAIMS, "plan_values = { ee = 'prro' }\n", (32, 22), "unknown plan `prro`", Some("pro")),
        (CLAIMS, "plan_values = { basic = 'pro' }\n", (32, 17), "`basic` is a plan itself and cannot mean `pro`", None),
        (CLAIMS, "plan_values = ['pro']\n", (32, 15), "`plan_values` must be a table, not an array", None),
        (CLAIMS, "limits = { user = 'usr' }\n", (32, 12), "`limits`: unknown limit `user`", Some("users")),
        (CLAIMS, "limits = 5\n", (32, 10), "the name of a claim, or a table of limits and claims", None),
        (CLAIMS, "rates = { apis = 'limits.api' }\n", (32, 11), "`rates`: unknown rate `apis`", Some("api")),
        (CLAIMS, "rates = { api = 'limits..api' }\n", (32, 17), "is not a path such as `limits.api_rate`", None),
        (CLAIMS, "unlimited = -1\n", (32, 13), "`unlimited` must be an array, not `-1`", None),
        (CLAIMS, "unlimited = ['x']\n", (32, 14), "`unlimited` must be a list of integers", None),
        (CLAIMS, "unlimited = [0, 0]\n", (32, 17), "`unlimited` lists `0` twice", None),
    ]);
}

#[test]
#[rustfmt::skip]
fn c22_each_claim_says_one_thing() {
    check_cases(&[
        (CLAIMS, "plan = 'iat'\n", (32, 8), "`plan` cannot be read from `iat`", None),
        (CLAIMS, "limits = { users = 'aud' }\n", (32, 10), "limit `users` cannot be read from `aud`", None),
        (CLAIMS, "rates = { api = 'nbf.x' }\n", (32, 9), "rate `api` cannot be read from `nbf.x`", None),
        (CLAIMS, "plan = 'trial'\n", (32, 8), "`trial` and `plan` cannot both be read from `trial`", None),
        (CLAIMS, "trial = 'x'\ninstance = 'x'\n", (32, 9), "cannot both be read from `x`", None),
        (CLAIMS, "limits = { users = 'n', nodes = 'n' }\n", (32, 10), "limit `nodes` and limit `users` cannot both", None),
        (CLAIMS, "expires = 'sub'\n", (32, 11), "`customer` and `expires` cannot both be read from `sub`", None),
    ]);
    let swapped = GOOD.replace(CLAIMS, "plan = 'sub'\ncustomer = 'tier'\n");
    Catalog::from_toml(&swapped).unwrap();
}

#[test]
#[rustfmt::skip]
fn c20_c21_other_shapes_of_keys_are_read() {
    let text = GOOD
        .replace(ENV, "grants = 'listed'\nrequired = ['iat', 'eml']\ngrace_days = 0\nleeway_seconds = 0\n")
        .replace(
            CLAIMS,
            "customer = { claim = 'eml', hash = 'sha256' }\nplan_values = { ee = 'pro', pro = 'pro' }\n\
             limits = { nodes = 'nod', users = 'usr' }\nrates = { api = 'limits.api_rate' }\n\
             expires = { claim = 'expires', format = 'rfc3339' }\nid_prefix = 'ACME-'\nunlimited = [-1, 0]\n",
        );
    let catalog = Catalog::from_toml(&text).unwrap();
    let (license, claims) = (catalog.license(), catalog.license().claims());
    assert_eq!((license.grants(), license.grace_days(), license.leeway_seconds()), (Grants::Listed, 0, 0));
    assert_eq!(license.required(), ["iat", "eml"]);
    assert_eq!(license.env(), "ENTITLEMENTS_LICENSE_KEY");
    assert!(claims.customer.hashed && claims.customer.claim == "eml");
    assert_eq!(claims.plan_values["ee"], "pro");
    let LimitClaims::Flat(flat) = &claims.limits else { panic!("{:?}", claims.limits) };
    assert_eq!((flat["nodes"].as_str(), flat["users"].as_str()), ("nod", "usr"));
    assert_eq!(claims.rates["api"], "limits.api_rate");
    assert_eq!((claims.expires.claim.as_str(), claims.expires.format), ("expires", ExpiryFormat::Rfc3339));
    assert_eq!((claims.id_prefix.as_str(), &claims.unlimited), ("ACME-", &vec![-1, 0]));
}
