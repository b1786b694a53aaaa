//! TLS with a certificate made for the test.

mod kit;

use std::sync::Arc;

use deskside_protocol::socket::FromServer;
use futures_util::{SinkExt, StreamExt};
use kit::{Answer, PATIENCE, config, hello, start};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{self, ClientConfig, RootCertStore, pki_types::CertificateDer},
};
use tokio_tungstenite::tungstenite::Message;

async fn connect(at: std::net::SocketAddr, root: &CertificateDer<'static>) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(at).await.unwrap();
    let name = "help.example.org".try_into().unwrap();
    TlsConnector::from(Arc::new(client)).connect(name, stream).await.unwrap()
}

#[tokio::test]
async fn pages_and_sockets_go_through_tls() {
    let folder = tempfile::tempdir().unwrap();
    let own = rcgen::generate_simple_self_signed(["help.example.org".to_owned()]).unwrap();
    let mut config = config();
    config.tls.certificate = folder.path().join("cert.pem");
    config.tls.key = folder.path().join("key.pem");
    std::fs::write(&config.tls.certificate, own.cert.pem()).unwrap();
    std::fs::write(&config.tls.key, own.signing_key.serialize_pem()).unwrap();
    let (server, at) = start(config).await;
    assert_eq!(server.local_url(), format!("https://{at}"));

    let mut stream = connect(at, own.cert.der()).await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut bytes = Vec::new();
    _ = stream.read_to_end(&mut bytes).await;
    assert_eq!(Answer::parse(&bytes).status, 200);
    assert!(Answer::parse(&bytes).header("strict-transport-security").is_some());

    let stream = connect(at, own.cert.der()).await;
    let request = "wss://help.example.org/api/v1/socket";
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();
    let text = serde_json::to_string(&hello("no ticket", 1)).unwrap();
    socket.send(Message::text(text)).await.unwrap();
    let answer = tokio::time::timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap();
    let answer: FromServer = serde_json::from_str(answer.to_text().unwrap()).unwrap();
    assert!(matches!(answer, FromServer::Refused { .. }));

    // Plain HTTP, garbage and silence at the TLS port: closed, and the next one is served.
    for bytes in [&b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..], &[0x16, 3, 1, 0xff, 0xff], b""] {
        let mut plain = TcpStream::connect(at).await.unwrap();
        plain.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        _ = tokio::time::timeout(PATIENCE, plain.read_to_end(&mut answer)).await.expect("closed");
        assert!(!answer.starts_with(b"HTTP"));
    }
    connect(at, own.cert.der()).await;
    server.shutdown().await.unwrap();
}

/// The set-up command with the server's own certificate, and without.
#[tokio::test]
async fn the_set_up_command_checks_the_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let mut config = config();
    config.tls.certificate = folder.path().join("cert.pem");
    config.tls.key = folder.path().join("key.pem");
    std::fs::write(&config.tls.certificate, own.cert.pem()).unwrap();
    std::fs::write(&config.tls.key, own.signing_key.serialize_pem()).unwrap();
    let certificate = config.tls.certificate.clone();
    let (server, _) = start(config).await;
    let (url, token) = (server.local_url(), server.setup_token().unwrap().to_owned());
    let run = async |ca: bool| {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_deskside-server"));
        command.args(["setup", "--server", &url, "--token", &token, "--name", "Alice"]);
        if ca {
            command.arg("--ca").arg(&certificate);
        }
        command.env("DESKSIDE_PASSWORD", kit::PASSWORD).kill_on_drop(true);
        tokio::time::timeout(PATIENCE, command.output()).await.unwrap().unwrap().status.code()
    };
    assert_eq!(run(false).await, Some(1));
    assert_eq!(run(true).await, Some(0));
    server.shutdown().await.unwrap();
}
