package reeve.serve.certificate;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import reeve.model.AddressRange;

/// Makes X.509 certificates (RFC 5280): what the JDK lacks. Pure but for the randomness of keys and signatures.
final class CertificateMaker {
    static final String NAME_CONSTRAINTS = "2.5.29.30";
    private static final int SERIAL_OCTETS = 16;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Instant GENERALIZED = Instant.parse("2050-01-01T00:00:00Z"); // RFC 5280 §4.1.2.5

    /// What a certificate is for.
    enum Purpose { AUTHORITY, SERVER, CLIENT }

    /// What a certificate is to say.
    /// @param name     for people
    /// @param names    that a server's certificate is for, or below which an authority's may be: DNS names, or addresses
    /// @param purpose  what it may be used for
    record Wish(String name, List<String> names, Instant from, Instant until, Purpose purpose) {
        Wish {
            names = List.copyOf(names);
        }
    }

    private CertificateMaker() {}

    /// P-256: short, fast, and known by every client.
    static KeyPair keys() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    /// @param signer      keys of whoever signs; its own for a root
    /// @param signerName  as the signer's certificate says it
    static X509Certificate make(Wish wish, PublicKey key, KeyPair signer, String signerName) throws GeneralSecurityException {
        boolean rsa = signer.getPrivate().getAlgorithm().equals("RSA");
        byte[] scheme = rsa ? Der.sequence(Der.name("1.2.840.113549.1.1.11"), Der.none()) : Der.sequence(Der.name("1.2.840.10045.4.3.2"));
        byte[] said = Der.sequence(
                Der.tagged(0, Der.integer(BigInteger.TWO)),
                Der.integer(serial(wish, key)),
                scheme,
                distinguished(signerName),
                Der.sequence(time(wish.from()), time(wish.until())),
                distinguished(wish.name()),
                key.getEncoded(),
                Der.tagged(3, Der.sequence(extensions(wish, key, signer.getPublic()))));
        var signature = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
        signature.initSign(signer.getPrivate());
        signature.update(said);
        byte[] certificate = Der.sequence(said, scheme, bits(0, signature.sign()));
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
    }

    /// Unlike any other, as keys and times are (RFC 5280 §4.1.2.2).
    private static BigInteger serial(Wish wish, PublicKey key) throws GeneralSecurityException {
        byte[] digest = sha("SHA-256", key.getEncoded(), wish.toString().getBytes(StandardCharsets.UTF_8));
        return new BigInteger(1, Arrays.copyOf(digest, SERIAL_OCTETS)).add(BigInteger.ONE);
    }

    private static byte[] distinguished(String commonName) {
        return Der.sequence(set(Der.sequence(Der.name("2.5.4.3"), text(commonName))));
    }

    /// What an authority says about the names that it may sign for: these, everything below them, and this machine's own addresses
    /// (RFC 5280 §4.2.1.10).
    static byte[] constraints(List<String> names) {
        var permitted = new ArrayList<byte[]>();
        names.forEach(name -> permitted.add(Der.sequence(alternative(name))));
        permitted.add(Der.sequence(Der.element(0x87, new byte[] {127, 0, 0, 0, (byte) 0xFF, 0, 0, 0}))); // 127.0.0.0/8
        byte[] loopback = new byte[32]; // ::1/128
        loopback[15] = 1;
        Arrays.fill(loopback, 16, 32, (byte) 0xFF);
        permitted.add(Der.sequence(Der.element(0x87, loopback)));
        return Der.sequence(Der.tagged(0, permitted.toArray(byte[][]::new)));
    }

    /// The name by which an authority that was made here goes.
    static String commonName(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName(X500Principal.RFC2253, Map.of()).replaceFirst("^CN=", "")
                .replaceAll("\\\\(.)", "$1");
    }

    private static byte[][] extensions(Wish wish, PublicKey key, PublicKey signer) throws GeneralSecurityException {
        var extensions = new ArrayList<byte[]>();
        extensions.add(extension("2.5.29.14", false, Der.octets(sha("SHA-1", key.getEncoded()))));
        extensions.add(extension("2.5.29.35", false, Der.sequence(Der.element(0x80, sha("SHA-1", signer.getEncoded())))));
        if (wish.purpose() == Purpose.AUTHORITY) {
            extensions.add(extension("2.5.29.19", true, Der.sequence(truth(), Der.integer(BigInteger.ZERO)))); // signs no other authority
            extensions.add(extension("2.5.29.15", true, bits(1, (byte) 0x06))); // signs certificates and revocations
            if (!wish.names().isEmpty()) {
                extensions.add(extension(NAME_CONSTRAINTS, true, constraints(wish.names())));
            }
        } else {
            extensions.add(extension("2.5.29.19", true, Der.sequence()));
            extensions.add(extension("2.5.29.15", true, bits(7, (byte) 0x80))); // signs handshakes
            String use = wish.purpose() == Purpose.SERVER ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2"; // as whom (RFC 5280 §4.2.1.12)
            extensions.add(extension("2.5.29.37", false, Der.sequence(Der.name(use))));
            if (!wish.names().isEmpty()) {
                byte[][] names = wish.names().stream().map(CertificateMaker::alternative).toArray(byte[][]::new);
                extensions.add(extension("2.5.29.17", false, Der.sequence(names)));
            }
        }
        return extensions.toArray(byte[][]::new);
    }

    /// A DNS name, or an address (RFC 5280 §4.2.1.6).
    private static byte[] alternative(String name) {
        return AddressRange.address(name).map(address -> Der.element(0x87, address.getAddress()))
                .orElseGet(() -> Der.element(0x82, name.getBytes(StandardCharsets.US_ASCII)));
    }

    private static byte[] extension(String name, boolean critical, byte[] value) {
        return critical ? Der.sequence(Der.name(name), truth(), Der.octets(value)) : Der.sequence(Der.name(name), Der.octets(value));
    }

    private static byte[] sha(String kind, byte[]... parts) throws GeneralSecurityException {
        var digest = MessageDigest.getInstance(kind);
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    private static byte[] set(byte[]... parts) {
        return Der.element(0x31, parts);
    }

    private static byte[] truth() {
        return Der.element(0x01, new byte[] {(byte) 0xFF});
    }

    /// @param unused bits at the end
    private static byte[] bits(int unused, byte... content) {
        return Der.element(0x03, new byte[] {(byte) unused}, content);
    }

    private static byte[] text(String text) {
        return Der.element(0x0C, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] time(Instant at) {
        String digits = TIME.format(at);
        return at.isBefore(GENERALIZED) ? Der.element(0x17, digits.substring(2).getBytes(StandardCharsets.US_ASCII))
                : Der.element(0x18, digits.getBytes(StandardCharsets.US_ASCII));
    }
}
