//! The pages as a browser gets them.

mod kit;

use kit::{PASSWORD, config, get, request, start};

const HTML: (&str, &str) = ("Accept", "text/html,*/*;q=0.1");

#[tokio::test]
async fn the_pages_speak_the_browsers_language() {
    let mut config = config();
    config.organisation = "Atelier <Lumière>".into();
    let (server, at) = start(config).await;
    for (accept, lang, title) in [
        ("", "en", "Get help on your computer"),
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr", "Se faire aider sur son ordinateur"),
        ("de,en;q=0.5", "en", "Get help on your computer"),
    ] {
        let page = get(at, "/", &[HTML, ("Accept-Language", accept)]).await;
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
        assert_eq!(page.header("vary"), Some("accept-language"));
        assert!(page.body.contains(&format!("<html lang=\"{lang}\">")) && page.body.contains(title));
        assert!(page.body.contains("Atelier &#60;Lumière&#62;"), "escaped");
    }
    let page = get(at, "/?lang=fr", &[HTML, ("Accept-Language", "en")]).await;
    assert!(page.body.contains("<html lang=\"fr\">"));
    server.shutdown().await.unwrap();
}

/// Everything a page loads is there, is ours, and may be loaded under the page's own policy.
#[tokio::test]
async fn pages_load_only_what_is_here() {
    let (server, at) = start(config()).await;
    for path in ["/", "/join/123456789", "/setup", "/nothing/here"] {
        let page = get(at, path, &[HTML]).await;
        assert!(
            !page.body.contains("style=\"")
                && !page.body.contains("<style")
                && !page.body.contains("onclick")
        );
        let mut loaded = 0;
        for attribute in ["src=\"", "href=\""] {
            for address in page.body.split(attribute).skip(1).filter_map(|a| a.split('"').next()) {
                let own = address.starts_with('/') && !address.starts_with("//");
                assert!(own || address.starts_with('?') || address.starts_with('#'), "{path}: {address}");
                if address.starts_with("/assets/") {
                    let asset = get(at, address, &[]).await;
                    assert_eq!(asset.status, 200, "{address}");
                    assert!(asset.header("cache-control").unwrap().contains("immutable"));
                    loaded += 1;
                }
            }
        }
        assert!(loaded >= 4, "{path}");
    }
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_typed_number_leads_to_its_page() {
    let (server, at) = start(config()).await;
    for (typed, there) in [
        ("/join?number=123456789", "/join/123456789"),
        ("/join?number=123+456+789", "/join/123456789"),
        ("/join?lang=fr&number=123-456-789", "/join/123456789?lang=fr"),
    ] {
        let answer = get(at, typed, &[HTML]).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some(there)));
    }
    for wrong in ["/join", "/join?number=", "/join?number=12", "/join?number=%22%3E%3Cscript%3Ealert(1)"] {
        let page = get(at, wrong, &[HTML]).await;
        assert_eq!(page.status, 400, "{wrong}");
        assert!(page.body.contains("role=\"alert\"") && !page.body.contains("<script>alert"));
    }
    assert_eq!(get(at, "/join/12", &[HTML]).await.status, 404);
    // The page of a session says nothing about whether there is one.
    let page = get(at, "/join/123456789", &[HTML]).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<span>123</span><span>456</span><span>789</span>"));
    assert_eq!(get(at, "/nothing", &[HTML]).await.status, 404);
    assert!(get(at, "/nothing", &[HTML]).await.body.contains("<html"));
    assert!(get(at, "/api/v1/nothing", &[HTML]).await.body.contains("\"error\""));
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_first_admin_is_made_on_a_page() {
    let (server, at) = start(config()).await;
    let own = format!("http://{at}");
    let token = server.setup_token().unwrap().to_owned();
    let send = |body: String| {
        let own = own.clone();
        async move {
            let headers =
                [HTML, ("Origin", own.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
            request(at, "POST", "/setup", &headers, body.as_bytes()).await
        }
    };
    // Forms from here must say where they are from.
    assert_eq!(get(at, "/setup", &[HTML]).await.header("referrer-policy"), Some("same-origin"));
    let password = PASSWORD.replace(' ', "+");
    let page = send(format!("token=wrong&name=Alice&password={password}")).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("value=\"Alice\"") && !page.body.contains(PASSWORD));
    let page = send(format!("token={token}&name=Alice&password=short")).await;
    assert_eq!(page.status, 422);
    let page = send(format!("token={token}&name=Alice+%26+Co&password={password}")).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Alice &#38; Co"));
    assert_eq!(send(format!("token={token}&name=Eve&password={password}")).await.status, 404);
    assert_eq!(get(at, "/setup", &[HTML]).await.status, 404);
    server.shutdown().await.unwrap();
}
