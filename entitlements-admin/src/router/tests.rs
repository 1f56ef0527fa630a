use super::*;
use crate::percent::encode;

fn found(method: &Method, path: &str) -> Result<(&'static str, Vec<String>), Refusal> {
    find(method, path).map(|matched| {
        let values = matched.parameters.into_iter().map(|(_, value)| value);
        (matched.route.path, values.collect())
    })
}

#[test]
fn every_route_is_found_once() {
    for route in routes::all() {
        let path = route.path.replace('{', "a").replace('}', "b");
        assert_eq!(found(&route.method, &path).unwrap().0, route.path);
        let same = |other: &&Route| other.method == route.method && other.path == route.path;
        assert_eq!(
            routes::all().filter(same).count(),
            1,
            "{} {}",
            route.method,
            route.path
        );
    }
}

#[test]
fn a_path_has_one_spelling() {
    for path in [
        "",
        "/",
        "//",
        "*",
        "license",
        "/License",
        "/license/",
        "//license",
        "/license//",
        "/license//status",
        "/license/status/",
        "/%6Cicense",
        "/license/a/b",
        "/license/%",
        "/license/%4",
        "/license/%zz",
        "/license/%+4",
        "/license/%ff",
        "/license/%c3%28",
        "/license/a%",
        "/entitlements/",
        "/entitlements/x",
        "/api/license",
    ] {
        assert_eq!(found(&Method::GET, path), Err(Refusal::NoRoute), "{path}");
        assert_eq!(
            found(&Method::DELETE, path),
            Err(Refusal::NoRoute),
            "{path}"
        );
    }
}

#[test]
fn ids_are_decoded() {
    for (segment, id) in [
        ("a", "a"),
        ("a%2Fb", "a/b"),
        ("%c3%A9", "é"),
        ("%00", "\0"),
        ("%25", "%"),
        ("a+b", "a+b"),
        ("..", ".."),
        ("%73tatus", "status"),
        ("{id}", "{id}"),
        ("é", "é"),
    ] {
        let path = format!("/license/{segment}");
        let expected = ("/license/{id}", vec![id.to_owned()]);
        assert_eq!(found(&Method::DELETE, &path), Ok(expected), "{segment}");
    }
}

#[test]
fn what_is_encoded_is_decoded_to_the_same() {
    for (id, path) in [
        ("acme", "acme"),
        ("a/b", "a%2Fb"),
        ("%", "%25"),
        ("a:b@c", "a%3Ab%40c"),
    ] {
        assert_eq!(encode(id), path);
        let expected = ("/accounts/{id}", vec![id.to_owned()]);
        assert_eq!(
            found(&Method::GET, &format!("/accounts/{path}")),
            Ok(expected)
        );
    }
}

#[test]
fn the_methods_of_a_path_are_told() {
    let allowed = |method: &Method, path| match found(method, path) {
        Err(Refusal::MethodNotAllowed(allowed)) => allowed,
        other => panic!("{method} {path}: {other:?}"),
    };
    assert_eq!(allowed(&Method::PUT, "/license"), "GET, HEAD, POST, DELETE");
    assert_eq!(
        allowed(&Method::OPTIONS, "/license"),
        "GET, HEAD, POST, DELETE"
    );
    assert_eq!(allowed(&Method::HEAD, "/license/x"), "DELETE");
    assert_eq!(
        allowed(&Method::PUT, "/license/status"),
        "GET, HEAD, DELETE"
    );
    assert_eq!(allowed(&Method::POST, "/entitlements"), "GET, HEAD");
    assert_eq!(
        allowed(&Method::from_bytes(b"get").unwrap(), "/entitlements"),
        "GET, HEAD"
    );
}
