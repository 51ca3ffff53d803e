package reeve.declare.manifest;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.BackendTls;
import reeve.model.CertificateFiles;

/// Reads `backend_tls`: how a backend is spoken to over TLS.
final class BackendTlsReader {
    static final KeyTable BACKEND_TLS = KeyTable.of("backend_tls")
            .key("ca", "those of this machine", "file, or a list of files, with the certificates of who may sign the backend's, as PEM")
            .key("server_name", "its host; `localhost` for a service", "what the backend is asked for, and has to prove to be")
            .key("certificate", "none", "file that proves to the backend who we are, with `key`")
            .key("key", "none", "its private key")
            .key("insecure_skip_verify", "`false`", "`true`: anybody at all may be the backend, and read and change what is sent to it");

    private BackendTlsReader() {}

    /// `true`, or a mapping.
    /// @return empty for none
    static Optional<BackendTls> read(Optional<Value> given, Scope scope) {
        return given.flatMap(value -> read(value, scope));
    }

    private static Optional<BackendTls> read(Value value, Scope scope) {
        if (!value.isMapping()) {
            return value.truth().filter(wanted -> wanted).map(_ -> BackendTls.DEFAULT);
        }
        Fields fields = value.fields(BACKEND_TLS.keys());
        List<Path> authorities = fields.get("ca").map(Value::oneOrMore).orElse(List.of()).stream()
                .flatMap(file -> scope.path(file).stream()).toList();
        Optional<Path> certificate = fields.get("certificate").flatMap(scope::path);
        Optional<Path> key = fields.get("key").flatMap(scope::path);
        if (fields.has("certificate") != fields.has("key")) {
            value.wrong("needs both 'certificate' and 'key', or neither");
        }
        boolean unverified = fields.get("insecure_skip_verify").flatMap(Value::truth).orElse(false);
        if (unverified && fields.has("ca")) {
            fields.get("ca").ifPresent(ca -> ca.wrong("cannot be together with 'insecure_skip_verify': nothing would be checked by it"));
        }
        return Optional.of(new BackendTls(authorities, fields.get("server_name").flatMap(name -> name.text(BackendTlsReader::name)),
                certificate.flatMap(own -> key.map(secret -> new CertificateFiles(own, secret))), unverified));
    }

    private static String name(String text) {
        if (!BackendTls.allowsName(text)) {
            throw new IllegalArgumentException("cannot ask for the server '" + Value.cut(text)
                    + "': allowed is a host name, or an address");
        }
        return text;
    }
}
