package reeve.model;

import java.nio.file.Path;

/// Where a certificate and its private key lie, as PEM.
/// @param certificate the server's own certificate first, then those between it and the root
/// @param key         may be the same file
public record CertificateFiles(Path certificate, Path key) {}
