package reeve.serve.access;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.apache.commons.codec.digest.Md5Crypt;
import org.apache.commons.codec.digest.Sha2Crypt;

/// What a file of `htpasswd` keeps of a password: `$2y$` (bcrypt), `$apr1$`, `$5$`, `$6$` or `{SHA}`. Immutable.
record PasswordHash(String text) {
    private static final BCrypt.Verifyer BCRYPT = BCrypt.verifyer(BCrypt.Version.VERSION_2A,
            LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A));
    private static final String SHA = "{SHA}";

    /// Takes its time, on purpose; where the password is wrong not less than where it is right.
    boolean matches(byte[] password) {
        try {
            return text.startsWith("$2") ? BCRYPT.verify(password, text.getBytes(StandardCharsets.US_ASCII)).verified
                    : MessageDigest.isEqual(anew(password).getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return false; // such as an empty password, which bcrypt does not know
        }
    }

    private String anew(byte[] password) {
        if (text.startsWith(SHA)) {
            return SHA + Base64.getEncoder().encodeToString(sha1(password));
        }
        byte[] own = password.clone(); // the library clears what it is given
        if (text.startsWith("$apr1$")) {
            return Md5Crypt.apr1Crypt(own, text);
        }
        return text.startsWith("$5$") ? Sha2Crypt.sha256Crypt(own, text) : Sha2Crypt.sha512Crypt(own, text);
    }

    private static byte[] sha1(byte[] password) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(password);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-1", e);
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
