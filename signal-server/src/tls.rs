//! TLS from PEM files.

use std::{path::PathBuf, sync::Arc};

use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use crate::config::Tls;

/// Why the certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("cannot read {0}: {1}")]
    Pem(PathBuf, rustls::pki_types::pem::Error),
    #[error("the certificate cannot be used: {0}")]
    Unfit(#[from] rustls::Error),
}

/// `None` when no certificate is configured.
pub fn acceptor(config: &Tls) -> Result<Option<TlsAcceptor>, TlsError> {
    let (certificate, key) = (&config.certificate, &config.key);
    if certificate.as_os_str().is_empty() {
        return Ok(None);
    }
    let unread = |path: &PathBuf| {
        let path = path.clone();
        move |error| TlsError::Pem(path, error)
    };
    let chain = CertificateDer::pem_file_iter(certificate).map_err(unread(certificate))?;
    let chain = chain.collect::<Result<Vec<_>, _>>().map_err(unread(certificate))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(unread(key))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(TlsAcceptor::from(Arc::new(server))))
}
