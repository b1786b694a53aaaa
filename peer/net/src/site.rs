//! Where a server is, and streams to it: TCP, with TLS for `https`.

use std::{io, path::Path, sync::Arc, time::Duration};

use hyper::{Uri, http::uri::Scheme};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

/// Time for the stream to be there, TLS included.
const CONNECT: Duration = Duration::from_secs(10);

/// A server's address and the certificate authorities that may vouch for it.
#[derive(Clone, Debug)]
pub struct Site {
    tls: Option<Arc<ClientConfig>>,
    host: String,
    port: u16,
    prefix: String,
}

/// Why a text is no server's address.
#[derive(Debug, thiserror::Error)]
pub enum BadSite {
    #[error("the server's address is not like https://host or http://host:port")]
    Address,
    #[error("the file of certificate authorities cannot be read: {0}")]
    Authorities(String),
}

/// Why there is no stream.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoStream {
    #[error("the server cannot be reached: {0}")]
    Down(#[from] io::Error),
    #[error("the server's certificate is not trusted: {0}")]
    NotTrusted(rustls::Error),
}

pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Site {
    /// `address`: `https://host[:port][/path]`, or `http` for a private network or a proxy on this
    /// machine; without a scheme `https` is meant. `authorities`: a PEM file of certificate authorities
    /// to trust beside the public ones.
    pub fn new(address: &str, authorities: Option<&Path>) -> Result<Self, BadSite> {
        let address = address.trim();
        let full = if address.contains("://") { address.to_owned() } else { format!("https://{address}") };
        let uri: Uri = full.parse().map_err(|_| BadSite::Address)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(BadSite::Address)?;
        if uri.query().is_some() || uri.authority().is_some_and(|all| all.as_str().contains('@')) {
            return Err(BadSite::Address);
        }
        let secure = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(BadSite::Address),
        };
        Ok(Self {
            tls: if secure { Some(Arc::new(tls(authorities)?)) } else { None },
            host: host.trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            prefix: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// For the `Host` header: with the port unless it is the usual one.
    pub(crate) fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        match (self.tls.is_some(), self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// The path of `/api/v1/…` on this server.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    pub(crate) async fn connect(&self) -> Result<Box<dyn Stream>, NoStream> {
        tokio::time::timeout(CONNECT, self.try_connect())
            .await
            .unwrap_or_else(|_| Err(NoStream::Down(io::ErrorKind::TimedOut.into())))
    }

    async fn try_connect(&self) -> Result<Box<dyn Stream>, NoStream> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        let Some(tls) = &self.tls else { return Ok(Box::new(stream)) };
        let name = ServerName::try_from(self.host.clone())
            .map_err(|_| NoStream::Down(io::ErrorKind::InvalidInput.into()))?;
        match tokio_rustls::TlsConnector::from(tls.clone()).connect(name, stream).await {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(refusal(error)),
        }
    }
}

/// Tells a certificate that is not trusted from all else that ends a handshake.
fn refusal(error: io::Error) -> NoStream {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(inner @ rustls::Error::InvalidCertificate(_)) => NoStream::NotTrusted(inner.clone()),
        _ => NoStream::Down(error),
    }
}

fn tls(authorities: Option<&Path>) -> Result<ClientConfig, BadSite> {
    let bad = |error: &dyn std::fmt::Display| BadSite::Authorities(error.to_string());
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = authorities {
        let certificates = CertificateDer::pem_file_iter(path).map_err(|error| bad(&error))?;
        let mut any = false;
        for certificate in certificates {
            roots.add(certificate.map_err(|error| bad(&error))?).map_err(|error| bad(&error))?;
            any = true;
        }
        if !any {
            return Err(bad(&"it holds no certificate"));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| bad(&error))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses() {
        for (text, authority, path) in [
            ("help.example.org", "help.example.org", "/api"),
            ("https://help.example.org/", "help.example.org", "/api"),
            (" https://help.example.org:8443/desk/ ", "help.example.org:8443", "/desk/api"),
            ("http://127.0.0.1:3030", "127.0.0.1:3030", "/api"),
            ("http://[::1]:80", "[::1]", "/api"),
        ] {
            let site = Site::new(text, None).expect(text);
            assert_eq!((site.authority().as_str(), site.path("/api").as_str()), (authority, path));
        }
    }

    #[test]
    fn refuses_what_is_no_address() {
        for text in
            ["", "https://", "ftp://host", "https://me:secret@host", "http://host/?x", "a b", "http://:80"]
        {
            assert!(Site::new(text, None).is_err(), "{text}");
        }
        assert!(Site::new("https://host", Some(Path::new("/nowhere.pem"))).is_err());
    }
}
