use http::Method;

use crate::client::{ADMIN, Client};

#[tokio::test]
async fn unknown_paths_are_404_before_credentials() {
    let client = Client::unlicensed();
    for path in [
        "/",
        "/nothing",
        "/license/",
        "//license",
        "/license//x",
        "/license/%zz",
        "/license/%ff",
        "/Entitlements",
    ] {
        for headers in [
            &[][..],
            &[("authorization", ADMIN)],
            &[("authorization", "Bearer wrong")],
        ] {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                let answer = client.send(method, path, headers, "").await;
                answer.assert_problem(404, "NOT_FOUND");
                assert_eq!(answer.header("www-authenticate"), None);
            }
        }
    }
}

#[tokio::test]
async fn wrong_methods_are_405_before_credentials() {
    let client = Client::unlicensed();
    for (method, path, allow) in [
        (Method::PUT, "/license", "GET, HEAD, POST, DELETE"),
        (Method::OPTIONS, "/license", "GET, HEAD, POST, DELETE"),
        (Method::GET, "/license/lic-1", "DELETE"),
        (Method::POST, "/license/status", "GET, HEAD, DELETE"),
        (Method::PUT, "/license/status", "GET, HEAD, DELETE"),
        (Method::PATCH, "/entitlements", "GET, HEAD"),
    ] {
        let answer = client.send(method, path, &[], "").await;
        answer.assert_problem(405, "METHOD_NOT_ALLOWED");
        assert_eq!(answer.header("allow"), Some(allow));
        assert_eq!(answer.header("www-authenticate"), None);
    }
}

#[tokio::test]
async fn queries_do_not_matter() {
    let client = Client::unlicensed();
    client.get("/license?x=1&/y").await.assert_json();
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let client = Client::unlicensed();
    for (path, headers) in [
        ("/license", &[("authorization", ADMIN)][..]),
        ("/license/status", &[("authorization", ADMIN)]),
        ("/entitlements", &[]),
        ("/license", &[]),
        ("/nothing", &[]),
    ] {
        let get = client.send(Method::GET, path, headers, "").await;
        let head = client.send(Method::HEAD, path, headers, "").await;
        assert_eq!(
            (head.status, &head.headers),
            (get.status, &get.headers),
            "{path}"
        );
        assert_eq!(head.text, "");
        assert_eq!(
            get.header("content-length"),
            Some(get.text.len().to_string().as_str())
        );
    }
    let head = client.send(Method::HEAD, "/license/lic-1", &[], "").await;
    assert_eq!((head.status.as_u16(), head.text.as_str()), (405, ""));
    assert_eq!(head.header("allow"), Some("DELETE"));
}
