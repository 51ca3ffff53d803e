package reeve.serve.certificate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Function;
import reeve.model.CertificateFiles;
import reeve.model.Failure;

/// Reads a pair of files. Blocks for IO.
final class CertificatePair {
    private static final int LARGEST = 1 << 20;

    private CertificatePair() {}

    /// @throws Failure INVALID saying which file is wrong, and what was expected
    static ServerCertificate read(CertificateFiles files) {
        List<X509Certificate> chain = read("certificate", files.certificate(), Pem::certificates);
        PrivateKey key = read("key", files.key(), Pem::key);
        try {
            if (!belong(key, chain.getFirst().getPublicKey())) {
                throw new Failure(Failure.Kind.INVALID, "cannot use the key " + files.key() + ": it is not that of the certificate "
                        + files.certificate());
            }
            return ServerCertificate.of(files.certificate().toString(), chain, key);
        } catch (GeneralSecurityException e) {
            throw new Failure(Failure.Kind.INVALID, "cannot use the certificate " + files.certificate() + ": " + e.getMessage(), e);
        }
    }

    /// @throws Failure INVALID saying which file is wrong, and what was expected
    static <T> T read(String what, Path file, Function<String, T> read) {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IllegalArgumentException("it is larger than 1 MiB");
            }
            return read.apply(new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException e) {
            throw unusable(what, file, "there is no such file", e);
        } catch (AccessDeniedException e) {
            throw unusable(what, file, "this process may not read it", e);
        } catch (IOException | IllegalArgumentException e) {
            throw unusable(what, file, String.valueOf(e.getMessage()), e);
        }
    }

    private static Failure unusable(String what, Path file, String why, Exception cause) {
        return new Failure(Failure.Kind.INVALID, "cannot use the " + what + " " + file + ": " + why, cause);
    }

    private static boolean belong(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
            return false;
        }
        String scheme = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        byte[] anything = certified.getEncoded();
        var signing = Signature.getInstance(scheme);
        signing.initSign(key);
        signing.update(anything);
        byte[] signed = signing.sign();
        var verifying = Signature.getInstance(scheme);
        verifying.initVerify(certified);
        verifying.update(anything);
        return verifying.verify(signed);
    }

    /// Whether everybody on this machine may read the key.
    static boolean readableByAll(Path key) throws IOException {
        return Files.getPosixFilePermissions(key).contains(PosixFilePermission.OTHERS_READ);
    }
}
