package reeve.serve.certificate;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Certificates and private keys as PEM text (RFC 7468). What is wrong is an [IllegalArgumentException] whose message says what was
/// expected and never repeats the text.
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]*+)-----END \\1-----");
    private static final String RSA = "1.2.840.113549.1.1.1";
    private static final String EC = "1.2.840.10045.2.1";
    private static final List<String> KINDS_OF_KEYS = List.of("RSA", "EC", "EdDSA");

    private record Block(String label, byte[] content) {}

    private Pem() {}

    /// @param label `CERTIFICATE`
    static String text(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + label + "-----\n";
    }

    private static List<Block> blocks(String text) {
        var blocks = new ArrayList<Block>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            try {
                blocks.add(new Block(block.group(1), Base64.getMimeDecoder().decode(block.group(2))));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("its block " + block.group(1) + " is not base64", e);
            }
        }
        return blocks;
    }

    /// All certificates, in their order.
    static List<X509Certificate> certificates(String text) {
        var certificates = new ArrayList<X509Certificate>();
        for (Block block : blocks(text)) {
            if (block.label.equals("CERTIFICATE")) {
                try {
                    certificates.add((X509Certificate) CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(block.content)));
                } catch (GeneralSecurityException e) {
                    throw new IllegalArgumentException("its certificate number " + (certificates.size() + 1) + " cannot be read", e);
                }
            }
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("it holds no certificate; expected PEM, with '-----BEGIN CERTIFICATE-----'");
        }
        return certificates;
    }

    /// The first private key.
    static PrivateKey key(String text) {
        for (Block block : blocks(text)) {
            switch (block.label) {
                case "PRIVATE KEY" -> {
                    return pkcs8(block.content);
                }
                case "RSA PRIVATE KEY" -> {
                    return pkcs8(wrapped(Der.sequence(Der.name(RSA), Der.none()), block.content));
                }
                case "EC PRIVATE KEY" -> {
                    return pkcs8(wrapped(Der.sequence(Der.name(EC), curve(block.content)), block.content));
                }
                case "ENCRYPTED PRIVATE KEY" -> throw encrypted();
                default -> { } // certificates and parameters may stand in the same file
            }
        }
        if (text.contains("Proc-Type: 4,ENCRYPTED")) { // its headers make it no block of ours (RFC 1421)
            throw encrypted();
        }
        throw new IllegalArgumentException("it holds no private key; expected PEM, with '-----BEGIN PRIVATE KEY-----' (PKCS #8), "
                + "'-----BEGIN RSA PRIVATE KEY-----' or '-----BEGIN EC PRIVATE KEY-----'");
    }

    private static IllegalArgumentException encrypted() {
        return new IllegalArgumentException("its private key is encrypted; expected one without a password (openssl pkey -in … -out …)");
    }

    /// Any PKCS #8 key is the algorithm, then the key in its own form (RFC 5958 §2).
    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return Der.sequence(Der.integer(BigInteger.ZERO), algorithm, Der.octets(key));
    }

    /// The name of the curve within a key of RFC 5915 §3.
    private static byte[] curve(byte[] key) {
        List<Der.Element> outer = Der.read(key);
        Optional<Der.Element> parameters = outer.isEmpty() ? Optional.empty()
                : Der.read(outer.getFirst().content()).stream().filter(element -> element.tag() == 0xA0).findFirst();
        return parameters.map(Der.Element::content)
                .orElseThrow(() -> new IllegalArgumentException("its EC private key does not name its curve"));
    }

    private static PrivateKey pkcs8(byte[] encoded) {
        for (String kind : KINDS_OF_KEYS) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (InvalidKeySpecException e) {
                // another kind, perhaps
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java knows no keys of the kind " + kind, e);
            }
        }
        throw new IllegalArgumentException("its private key cannot be read; expected RSA, EC (P-256, P-384, P-521) or EdDSA");
    }
}
