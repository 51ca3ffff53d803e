package reeve.base.secret;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import reeve.base.PrivateFiles;
import reeve.model.Failure;
import reeve.model.Secrets;

/// The secrets of services: read from where an operator keeps them, or made here and kept in a private folder of this node.
/// Any thread; blocks for IO. Nothing is remembered: each start reads anew.
public final class Vault {
    private static final int MOST_BYTES = 1024 * 1024;
    private static final int SHOWN_BYTES = 8;
    private static final String ALLOWED_KEYS = "[A-Za-z0-9][A-Za-z0-9_.-]{0,199}";

    private final Path folder;
    private final SecretKeySpec key;

    /// @param state folder of the node's state, there already
    /// @throws Failure `UNAVAILABLE` when its folder or key cannot be made
    public Vault(Path state) {
        this.folder = state.resolve("secrets");
        try {
            PrivateFiles.folder(folder);
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot use " + folder + ": " + e.getMessage(), e);
        }
        byte[] bytes = Secret.token(folder.resolve(".fingerprints")).reveal().getBytes(StandardCharsets.US_ASCII);
        this.key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    /// The text of a secret, without one final line feed.
    /// @throws Failure `INVALID` when there is none or it is larger than 1 MiB, `UNAVAILABLE` when it cannot be made
    public String reveal(Secrets.Source source) {
        return switch (source) {
            case Secrets.Source.OfFile(Path path) -> read(path);
            case Secrets.Source.Generated(String name, int bytes) -> made(name, bytes);
        };
    }

    private static String read(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw cannot(path, "it is larger than 1 MiB");
            }
            return new String(bytes, StandardCharsets.UTF_8).replaceFirst("\r?\n\\z", "");
        } catch (NoSuchFileException e) {
            throw cannot(path, "there is no such file");
        } catch (IOException e) {
            throw cannot(path, String.valueOf(e.getMessage()));
        }
    }

    private static Failure cannot(Path path, String why) {
        return new Failure(Failure.Kind.INVALID, "cannot read the secret in " + path + ": " + why);
    }

    private String made(String name, int bytes) {
        if (!name.matches(ALLOWED_KEYS)) {
            throw new Failure(Failure.Kind.INVALID, "cannot keep a secret under '" + name
                    + "': allowed are letters, digits, '_', '.', '-'");
        }
        String whole = Secret.token(folder.resolve(name)).reveal();
        return whole.substring(0, Math.min(2 * bytes, whole.length()));
    }

    /// A keyed hash: it differs when the content does, and tells nothing to who lacks this node's key.
    public String fingerprint(byte[] content) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(content), 0, SHOWN_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", e);
        }
    }
}
