package reeve.serve.certificate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.base.PrivateFiles;
import reeve.base.Time;
import reeve.model.Failure;

/// Signs certificates itself, for names that no public authority vouches for: `localhost`, and what the node's configuration lists, with
/// everything below them. Made once for each node; its key lies in the state folder, and its own certificate says for which names it may
/// sign (RFC 5280 §4.2.1.10), so that whoever trusts it trusts it for nothing else. Any thread; signing takes about a millisecond.
public final class LocalAuthority implements CertificateChoice {
    /// The file in the state folder: certificate and key.
    static final String FILE = "local-ca.pem";
    private static final Duration ROOT_LASTS = Duration.ofDays(3650);
    private static final Duration LASTS = Duration.ofDays(30);
    private static final Duration RENEWED_BEFORE = Duration.ofDays(10);
    private static final Duration CLOCKS_DIFFER = Duration.ofHours(1);
    private static final int MOST = 1000; // names at a time; those asked for long ago are forgotten, and signed for anew
    private static final int LONGEST_COMMON_NAME = 64;
    private static final String HOST = "[a-z0-9_]([a-z0-9_-]{0,62})(\\.[a-z0-9_][a-z0-9_-]{0,62})*";
    private static final List<String> OWN_ADDRESSES = List.of("127.0.0.1", "::1");

    private final List<String> names;
    private final KeyPair keys;
    private final X509Certificate root;
    private final Time time;
    private final Map<String, ServerCertificate> issued = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ServerCertificate> eldest) {
            return size() > MOST;
        }
    };

    private LocalAuthority(List<String> names, KeyPair keys, X509Certificate root, Time time) {
        this.names = List.copyOf(names);
        this.keys = keys;
        this.root = root;
        this.time = time;
    }

    /// The authority of this node: as it was, or a new one where there is none, it has ended, or it is for other names. Blocks for IO;
    /// durable when it returns.
    /// @param state folder of the node's state
    /// @param names in lower case; it may sign for these and everything below them
    /// @param node  name of the node, for people
    /// @throws Failure INVALID where the file is there and cannot be used: a new authority would have to be trusted anew, which nobody
    ///                 should have to do because of a typing error
    public static LocalAuthority open(Path state, List<String> names, String node, CertificateRecords records, Time time) {
        Path file = state.resolve(FILE);
        try {
            Optional<LocalAuthority> known = Files.exists(file) ? Optional.of(read(file, names, time)) : Optional.empty();
            if (known.isPresent() && known.get().serves(names)) {
                return known.get();
            }
            LocalAuthority made = make(names, node, time);
            made.write(file);
            records.record("authority_made", "certificates for " + String.join(", ", names)
                    + " are signed by a new authority of this node; whoever trusted one before has to trust this one (reeve ca)",
                    Map.of("until", made.end().toString()));
            return made;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new Failure(Failure.Kind.INVALID, "cannot use the authority " + file + ": " + e.getMessage(), e);
        }
    }

    private static LocalAuthority read(Path file, List<String> names, Time time) throws IOException {
        PrivateFiles.check(file);
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        X509Certificate root = Pem.certificates(text).getFirst();
        PrivateKey key = Pem.key(text);
        return new LocalAuthority(names, new KeyPair(root.getPublicKey(), key), root, time);
    }

    private static LocalAuthority make(List<String> names, String node, Time time) throws GeneralSecurityException {
        KeyPair keys = CertificateMaker.keys();
        Instant now = time.wall();
        String name = ("Reeve on " + node + ", " + now.toString().substring(0, 10)).strip();
        String shortened = name.substring(0, Math.min(LONGEST_COMMON_NAME, name.length()));
        var wish = new CertificateMaker.Wish(shortened, names, now.minus(CLOCKS_DIFFER), now.plus(ROOT_LASTS),
                CertificateMaker.Purpose.AUTHORITY);
        return new LocalAuthority(names, keys, CertificateMaker.make(wish, keys.getPublic(), keys, shortened), time);
    }

    private boolean serves(List<String> wanted) throws GeneralSecurityException {
        byte[] said = root.getExtensionValue(CertificateMaker.NAME_CONSTRAINTS);
        byte[] wish = CertificateMaker.constraints(wanted);
        boolean same = said != null && Arrays.equals(said, Der.octets(wish));
        return same && time.wall().plus(LASTS).isBefore(end());
    }

    /// The whole file at once: a key without its certificate would be no use.
    private void write(Path file) throws IOException, GeneralSecurityException {
        Path next = file.resolveSibling(FILE + ".next");
        Files.deleteIfExists(next);
        PrivateFiles.file(next);
        Files.writeString(next, root() + Pem.text("PRIVATE KEY", keys.getPrivate().getEncoded()), StandardOpenOption.SYNC);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        PrivateFiles.sync(file.toAbsolutePath().getParent());
    }

    /// Its own certificate, as PEM: what clients have to trust.
    public String root() {
        try {
            return Pem.text("CERTIFICATE", root.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot encode a certificate that was read before", e);
        }
    }

    /// When it ends.
    public Instant end() {
        return root.getNotAfter().toInstant();
    }

    /// It signs for these, and for everything below them.
    public List<String> names() {
        return names;
    }

    @Override
    public boolean has(String name) {
        return name.length() <= 253 && names.stream().anyMatch(own -> name.equals(own) || name.endsWith("." + own)) && name.matches(HOST);
    }

    /// Signed for now, where none was before, or the last one ends soon.
    @Override
    public List<ServerCertificate> named(String name) {
        return has(name) ? List.of(issued(name, List.of(name))) : List.of();
    }

    /// For this machine's own address, which a client of the same machine may have asked for.
    @Override
    public List<ServerCertificate> unnamed() {
        var all = new ArrayList<>(OWN_ADDRESSES);
        all.addFirst(names.getFirst());
        return List.of(issued("", all));
    }

    private synchronized ServerCertificate issued(String key, List<String> forNames) {
        Instant now = time.wall();
        ServerCertificate known = issued.get(key);
        if (known == null || now.plus(RENEWED_BEFORE).isAfter(known.end())) {
            known = issue(forNames, now);
            issued.put(key, known);
        }
        return known;
    }

    private ServerCertificate issue(List<String> forNames, Instant now) {
        try {
            KeyPair own = CertificateMaker.keys();
            String name = forNames.getFirst();
            Instant until = now.plus(LASTS).isBefore(end()) ? now.plus(LASTS) : end();
            var wish = new CertificateMaker.Wish(name.substring(0, Math.min(LONGEST_COMMON_NAME, name.length())), forNames,
                    now.minus(CLOCKS_DIFFER), until, CertificateMaker.Purpose.SERVER);
            X509Certificate certificate = CertificateMaker.make(wish, own.getPublic(), keys, CertificateMaker.commonName(root));
            return ServerCertificate.of("this node's own authority", List.of(certificate), own.getPrivate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot sign certificates", e);
        }
    }

    /// What it has signed and still knows of.
    public synchronized List<CertificateStatus> statuses() {
        return issued.values().stream().map(certificate -> CertificateStatus.of(certificate, CertificateStatus.State.USED, "")).toList();
    }
}
