use super::{GOOD, check_cases};
use crate::catalog::{Catalog, Place};

const BASIC: &str = "limits = { users = 3, calls = 10, nodes = 1 }\n";
const PRO: &str = "extends = \"basic\"\n";

#[test]
#[rustfmt::skip]
fn c2_c3_schema_keys_and_types() {
    check_cases(&[
        ("schema = 1\n", "schema = 2\n", (1, 10), "`schema` must be the integer 1, not `2`", None),
        ("schema = 1\n", "schema = '1'\n", (1, 10), "`schema` must be the integer 1, not the string `1`", None),
        ("schema = 1\n", "schema = 1.0\n", (1, 10), "not a number with a fraction", None),
        ("schema = 1\n", "\n", (1, 1), "`schema` is missing", None),
        ("schema = 1\n", "schema = 1\nplan = {}\n", (2, 1), "unknown key `plan`", Some("plans")),
        ("schema = 1\n", "schema = 1\nunheard_of = 1\n", (2, 1), "unknown key `unheard_of`", None),
        ("name = \"Acme\"\n", "naem = \"Acme\"\nname = 'A'\n", (3, 1), "`[product]`: unknown key `naem`", Some("name")),
        ("name = \"Acme\"\n", "name = 5\n", (3, 8), "`[product]`: `name` must be a string, not `5`", None),
        ("name = \"Acme\"\n", "name = ' '\n", (3, 8), "`name` cannot be empty", None),
        ("name = \"Acme\"\n", "name = \"A\\u0007\"\n", (3, 8), "`name` cannot hold control characters", None),
        ("name = \"Acme\"\n", "", (2, 2), "`[product]`: `name` is missing", None),
        ("name = \"SSO\"\n", "title = 'SSO'\n", (7, 1), "feature `sso`: unknown key `title`", None),
        ("name = \"Requests\"\n", "name = true\n", (17, 8), "rate `api`: `name` must be a string, not `true`", None),
        ("name = \"Users\"\n", "descripton = ''\n", (9, 1), "limit `users`: unknown key `descripton`", Some("description")),
    ]);
}

#[test]
#[rustfmt::skip]
fn c4_names() {
    check_cases(&[
        ("name = \"SSO\"\n", "[features.'']\n", (7, 11), "`features`, ``: a name cannot be empty", None),
        ("name = \"SSO\"\n", "[features.\"a\\u200b\"]\n", (7, 11), "`features`, `a\\u{200b}`: a name cannot hold control", None),
        ("name = \"SSO\"\n", "[features.' a']\n", (7, 11), "cannot begin or end with white space", None),
        (PRO, "extends = \"basic\"\nlimits = { \"\" = 1 }\n", (22, 12), "plan `pro`: `limits`, ``: a name cannot be empty", None),
        ("features = [\"sso\"]\n", "features = ['sso', '']\n", (22, 20), "plan `pro`: `features` ``: a name cannot be empty", None),
    ]);
    let long = format!("schema = 1\n[features.{}]", "x".repeat(129));
    let error = Catalog::from_toml(&long).unwrap_err().to_string();
    assert!(error.contains(&format!("`{}…`: a name has at most 128 bytes", "x".repeat(60))), "{error}");
}

#[test]
#[rustfmt::skip]
fn c5_durations() {
    let lease = "lease = \"90s\"\n";
    check_cases(&[
        (lease, "lease = 90\n", (15, 9), "limit `nodes`: `lease` must be a string, not `90`", None),
        (lease, "lease = '90'\n", (15, 9), "`90` is not a duration such as", None),
        (lease, "lease = ''\n", (15, 9), "`` is not a duration", None),
        (lease, "lease = 's'\n", (15, 9), "`s` is not a duration", None),
        (lease, "lease = '90 s'\n", (15, 9), "`90 s` is not a duration", None),
        (lease, "lease = '1w'\n", (15, 9), "`1w` is not a duration", None),
        (lease, "lease = '-1s'\n", (15, 9), "`-1s` is not a duration", None),
        (lease, "lease = '+1s'\n", (15, 9), "`+1s` is not a duration", None),
        (lease, "lease = '1.5h'\n", (15, 9), "`1.5h` is not a duration", None),
        (lease, "lease = '1é'\n", (15, 9), "`1é` is not a duration", None),
        (lease, "lease = '0s'\n", (15, 9), "`0s` is no time at all", None),
        (lease, "lease = '36501d'\n", (15, 9), "`36501d` is too long", None),
        (lease, "lease = '99999999999999999999d'\n", (15, 9), "is too long", None),
    ]);
}

#[test]
#[rustfmt::skip]
fn c6_features() {
    let list = "features = [\"sso\"]\n";
    check_cases(&[
        (list, "features = ['ssso']\n", (22, 13), "plan `pro`: unknown feature `ssso`", Some("sso")),
        (list, "features = ['sso', 'audit', 'sso']\n", (22, 29), "plan `pro`: `features` lists `sso` twice", None),
        (list, "features = 'sso'\n", (22, 12), "plan `pro`: `features` must be an array, not the string `sso`", None),
        (list, "features = ['sso', 1]\n", (22, 20), "plan `pro`: `features` must be a string, not `1`", None),
        ("requires = [\"pro\"]\n", "features = ['sos']\n", (27, 13), "add-on `extra`: unknown feature `sos`", Some("sso")),
    ]);
    let declared_by_listing = GOOD.replace(list, "features = ['sso', 'audit']\n");
    assert!(Catalog::from_toml(&declared_by_listing).unwrap().feature_id("audit").is_some());
}

#[test]
#[rustfmt::skip]
fn c7_c8_c9_limits() {
    let users = "name = \"Users\"\n";
    let period = "period = \"month\"\n";
    let kind = "kind = \"concurrent\"\n";
    check_cases(&[
        (users, "kind = 'meterd'\nperiod = 'day'\n", (9, 8), "limit `users`: `kind` must be `count`, `metered` or `concurrent`", Some("metered")),
        (users, "period = 'month'\n", (9, 1), "`period` belongs to limits with `kind = \"metered\"` only", None),
        (users, "warn_at = [50]\n", (9, 1), "`warn_at` belongs to limits", None),
        (users, "overage = 'allow'\n", (9, 1), "`overage` belongs to limits", None),
        (users, "lease = '1m'\n", (9, 1), "`lease` belongs to limits with `kind = \"concurrent\"` only", None),
        (kind, "kind = 'concurrent'\nperiod = 'day'\n", (15, 1), "limit `nodes`: `period` belongs", None),
        ("lease = \"90s\"\n", "", (13, 9), "limit `nodes`: `lease` is missing", None),
        (period, "", (10, 9), "limit `calls`: `period` is missing", None),
        (period, "period = 'mounth'\n", (12, 10), "`period` must be `hour`, `day`, `month`, `year` or `billing`", Some("month")),
        (period, "period = 'month'\nwarn_at = [0]\n", (13, 12), "`warn_at` must be a percentage, 1 to 100, not `0`", None),
        (period, "period = 'month'\nwarn_at = [80, 101]\n", (13, 16), "not `101`", None),
        (period, "period = 'month'\nwarn_at = [90, 80]\n", (13, 16), "`warn_at` must rise, but `80` does not", None),
        (period, "period = 'month'\nwarn_at = [90, 90]\n", (13, 16), "`warn_at` must rise", None),
        (period, "period = 'month'\nwarn_at = 90\n", (13, 11), "`warn_at` must be an array, not `90`", None),
        (period, "period = 'month'\noverage = 'alow'\n", (13, 11), "`overage` must be `block` or `allow`, not `alow`", Some("allow")),
        (period, "period = 'month'\noverage = 25\n", (13, 11), "`block` or `allow` or `{ percent = 25 }`, not `25`", None),
        (period, "period = 'month'\noverage = { percent = 0 }\n", (13, 23), "`overage`: `percent` must be", None),
        (period, "period = 'month'\noverage = { pct = 5, percent = 5 }\n", (13, 13), "unknown key `pct`", None),
        (period, "period = 'month'\noverage = {}\n", (13, 11), "`percent` is missing", None),
    ]);
}

#[test]
#[rustfmt::skip]
fn c10_default_plans_and_order() {
    let default = "default_plan = \"basic\"\n";
    let order = "plan_order = [\"basic\", \"pro\"]\n";
    check_cases(&[
        (default, "", (2, 2), "`[product]`: `default_plan` is missing", None),
        (default, "default_plan = 'bsic'\n", (4, 16), "`[product]`: unknown plan `bsic`", Some("basic")),
        (order, "plan_order = ['basic', 'por']\n", (5, 24), "`plan_order`: unknown plan `por`", Some("pro")),
        (order, "plan_order = ['basic', 'pro', 'basic']\n", (5, 31), "`plan_order` lists `basic` twice", None),
        (BASIC, "limits = { users = 3, calls = 10 }\n", (18, 8), "plan `basic`: the default plan must name every limit, but not `nodes`", None),
        (BASIC, "limits = { users = { licensed = true }, calls = 10, nodes = 1 }\n", (19, 20), "plan `basic`: limit `users` needs a `default`", None),
        (BASIC, "limits = { users = { quantity = true }, calls = 10, nodes = 1 }\n", (19, 20), "plan `basic`: limit `users` needs a `default`", None),
        ("[addons.extra]\n", "[plans.self_hosted]\nlimits = { users = { licensed = true } }\n[addons.extra]\n", (27, 20), "plan `self_hosted`: limit `users` needs a `default`", None),
    ]);
    let with_default = "limits = { users = { licensed = true, default = 0 }, calls = 10, nodes = 1 }\n";
    Catalog::from_toml(&GOOD.replace(BASIC, with_default)).unwrap();
    Catalog::from_toml(&GOOD.replace("[addons.extra]\n", "[plans.self_hosted]\n[addons.extra]\n")).unwrap();
}

#[test]
#[rustfmt::skip]
fn c11_extends() {
    check_cases(&[
        (PRO, "extends = 'pro'\n", (21, 11), "plan `pro`: a plan cannot extend itself", None),
        (PRO, "extends = 'bsic'\n", (21, 11), "plan `pro`: unknown plan `bsic`", Some("basic")),
        (PRO, "extends = ['basic']\n", (21, 11), "plan `pro`: `extends` must be a string, not an array", None),
        (BASIC, "extends = 'pro'\nlimits = { users = 3, calls = 10, nodes = 1 }\n", (19, 11), "in a circle: `basic` -> `pro` -> `basic`", None),
    ]);
}

#[test]
#[rustfmt::skip]
fn c13_limit_terms() {
    let extended = |line| format!("extends = \"basic\"\nlimits = {{ {line} }}\n");
    let texts = [
        ("user = 1", (22, 12), "plan `pro`: unknown limit `user`", Some("users")),
        ("users = -1", (22, 20), "`users` must be 0 or more, not `-1`; any number is `\"unlimited\"`", None),
        ("users = 1.5", (22, 20), "not a number with a fraction", None),
        ("users = true", (22, 20), "not `true`", None),
        ("users = 18446744073709551616", (22, 20), "a number that fits in 64 bits", None),
        ("users = 'unlimted'", (22, 20), "not the string `unlimted`", Some("unlimited")),
        ("users = {}", (22, 20), "must have `licensed = true` or `quantity = true`", None),
        ("users = { licensed = false }", (22, 33), "`licensed` must be `true` or left out, not `false`", None),
        ("users = { quantity = false }", (22, 33), "`quantity` must be `true` or left out, not `false`", None),
        ("users = { licensed = true, quantity = true }", (22, 20), "cannot both be there", None),
        ("users = { quantity = true, plus = 1 }", (22, 20), "`plus` belongs to `licensed = true` only", None),
        ("users = { licensed = true, plus = -1 }", (22, 46), "`plus` must be an integer, 0 or more, not `-1`", None),
        ("users = { licensed = true, default = -1 }", (22, 49), "`default` must be 0 or more", None),
        ("users = { licenced = true, licensed = true }", (22, 22), "unknown key `licenced`", Some("licensed")),
        ("users = { add = 1, licensed = true }", (22, 22), "unknown key `add`", None),
    ];
    for (line, place, fragment, suggestion) in texts {
        check_cases(&[(PRO, &extended(line), place, fragment, suggestion)]);
    }
}

#[test]
#[rustfmt::skip]
fn c15_c16_rates_and_retention() {
    let rates = "rates = { api = { requests = 60, per = \"1m\" } }\n";
    let kept = "retention = { audit_days = 30 }\n";
    check_cases(&[
        (rates, "rates = { apis = 'unlimited' }\n", (23, 11), "plan `pro`: unknown rate `apis`", Some("api")),
        (rates, "rates = { api = 60 }\n", (23, 17), "not `60`", None),
        (rates, "rates = { api = 'unlimitd' }\n", (23, 17), "`api` must be `unlimited`, not `unlimitd`", Some("unlimited")),
        (rates, "rates = { api = { per = '1m' } }\n", (23, 17), "`requests` is missing", None),
        (rates, "rates = { api = { requests = 60 } }\n", (23, 17), "`per` is missing", None),
        (rates, "rates = { api = { requests = 0, per = '1m' } }\n", (23, 30), "`requests` must be an integer, 1 or more, not `0`", None),
        (rates, "rates = { api = { requests = 1, per = '1m', burst = 0 } }\n", (23, 53), "`burst` must be an integer, 1 or more", None),
        (rates, "rates = { api = { requests = 1, per = '0m' } }\n", (23, 39), "is no time at all", None),
        (rates, "rates = { api = { request = 1, requests = 1, per = '1m' } }\n", (23, 19), "unknown key `request`", Some("requests")),
        (kept, "retention = { audit_days = -1 }\n", (24, 28), "plan `pro`: `retention`, `audit_days` must be a whole number of days, `\"unlimited\"` or a boolean", None),
        (kept, "retention = { audit_days = '30d' }\n", (24, 28), "not the string `30d`", None),
        (kept, "retention = 30\n", (24, 13), "`retention` must be a table, not `30`", None),
    ]);
}

#[test]
#[rustfmt::skip]
fn c17_c18_prices() {
    let line = "stripe_prices = [\"price_pro\"]\n";
    let price = |line| format!("stripe_prices = []\nprice = {{ {line} }}\n");
    for (text, column, fragment, suggestion) in [
        ("monthly_cents = 1", 9, "plan `pro`: `price`: `currency` is missing", None),
        ("currency = 'eur', monthly_cents = 1", 22, "`currency` must be three capital letters such as `EUR`", None),
        ("currency = 'EURO', monthly_cents = 1", 22, "three capital letters", None),
        ("currency = 'EUR'", 9, "`monthly_cents` or `annual_cents` is missing", None),
        ("currency = 'EUR', monthly_cents = -1", 45, "`monthly_cents` must be an integer, 0 or more", None),
        ("currency = 'EUR', monthly_cents = 4.9", 45, "not a number with a fraction", None),
        ("currency = 'EUR', monthly_cents = 1, per = 'moth'", 54, "`per` must be `month` or `year`", Some("month")),
        ("currency = 'EUR', monthly_cents = 1, per_seat_of = 'user'", 62, "`per_seat_of`: unknown limit `user`", Some("users")),
        ("currency = 'EUR', monthly_cents = 1, free_seats = 1", 48, "`free_seats` needs `per_seat_of`", None),
        ("currency = 'EUR', monthly = 1, annual_cents = 1", 29, "unknown key `monthly`", None),
    ] {
        check_cases(&[(line, &price(text), (26, column), fragment, suggestion)]);
    }
    check_cases(&[
        (line, "stripe_prices = ['']\n", (25, 18), "a name cannot be empty", None),
        (line, "stripe_prices = ['a', 'a']\n", (25, 23), "`stripe_prices` lists `a` twice", None),
        ("requires = [\"pro\"]\n", "stripe_prices = ['price_pro']\n", (27, 18), "add-on `extra`: the stripe price `price_pro` stands for plan `pro` too", None),
        (line, "trial_days = -1\n", (25, 14), "`trial_days` must be a whole number of days, 0 to 36500, not `-1`", None),
        (line, "past_due_grace_days = 'x'\n", (25, 23), "not the string `x`", None),
    ]);
}

#[test]
#[rustfmt::skip]
fn c19_addons() {
    let requires = "requires = [\"pro\"]\n";
    let limits = "limits = { users = { add = 1 } }\n";
    check_cases(&[
        (requires, "requires = ['prro']\n", (27, 13), "add-on `extra`: unknown plan `prro`", Some("pro")),
        (requires, "requires = ['pro', 'pro']\n", (27, 20), "`requires` lists `pro` twice", None),
        (requires, "extends = 'pro'\n", (27, 1), "add-on `extra`: unknown key `extends`", None),
        (limits, "limits = { users = { ad = 1, add = 1 } }\n", (28, 22), "unknown key `ad`", Some("add")),
        (limits, "limits = { users = {} }\n", (28, 20), "`add` is missing", None),
        (limits, "limits = { users = { add = -1 } }\n", (28, 28), "`add` must be an integer, 0 or more", None),
        (limits, "limits = { users = [] }\n", (28, 20), "a number, `\"unlimited\"` or `{ add = 10 }`, not an array", None),
        (limits, "limits = { seats = 1 }\n", (28, 12), "add-on `extra`: unknown limit `seats`", None),
    ]);
}

#[test]
#[rustfmt::skip]
fn the_form_of_toml() {
    check_cases(&[
        ("name = \"SSO\"\n", "name = \n", (7, 8), "not valid toml", None),
        ("name = \"SSO\"\n", "name = 'a'\nname = 'b'\n", (8, 1), "not valid toml: duplicate key", None),
        ("name = \"SSO\"\n", "[features.sso]\n", (7, 11), "not valid toml: duplicate key", None),
    ]);
    let deep = format!("a = {}1{}", "{ b = ".repeat(9), "}".repeat(9));
    let error = Catalog::from_toml(&deep).unwrap_err();
    assert!(error.to_string().contains("inline tables nested more than 8 deep"), "{error}");
    assert_eq!(error.mistakes()[0].place(), &Place::Line { line: 1, column: 53 });
}

#[test]
fn every_mistake_is_told_at_once_in_the_order_of_the_text() {
    let text = "schema = 3\n[produkt]\n[limits.users]\nkind = 'cnt'\n[plans.a]\nextends = 'b'\nfeatures = [1]\n\
                [plans.b]\nextends = 'a'\ntrial_days = true\n[addons.x]\nrequires = ['c']\n[license]\nenv = ''\n\
                [license.claims]\nid = 'iat'\n";
    let error = Catalog::from_toml(text).unwrap_err();
    let lines: Vec<_> = error
        .mistakes()
        .iter()
        .map(|mistake| match mistake.place() {
            Place::Line { line, .. } => *line,
            place => panic!("{place}"),
        })
        .collect();
    assert_eq!(lines, [1, 1, 2, 4, 6, 7, 10, 12, 14, 16], "{error}");
    assert_eq!(error.to_string().lines().count(), lines.len());
}
