package reeve.base.secret;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import reeve.base.PrivateFiles;
import reeve.model.Failure;

/// A text that must not be seen. It prints as `***`.
public final class Secret {
    private static final int MOST_BYTES = 64 * 1024;
    private static final int TOKEN_BYTES = 32;
    private static final int FOR_EVERYBODY = 0007;

    private final String text;

    private Secret(String text) {
        this.text = text;
    }

    /// Reads a secret that an operator keeps in a file: UTF-8, without the newline it ends in. Links are followed, since secrets
    /// are often mounted so.
    /// @throws Failure `INVALID` when it is missing, empty, larger than 64 KiB, or open to everybody
    public static Secret read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw refused(file, "there is no such plain file");
            }
            if (((int) Files.getAttribute(file, "unix:mode") & FOR_EVERYBODY) != 0) {
                throw refused(file, "everybody may read or write it (chmod o-rwx " + file + ")");
            }
            return parse(file);
        } catch (IOException e) {
            throw refused(file, e.getClass().getSimpleName());
        }
    }

    /// Reads the token in a file of Reeve's own, and makes both at the first call: 256 random bits in hexadecimal, in a file of
    /// mode 0600 that is there whole or not at all. What others may have planted in its place is refused.
    /// @throws Failure `UNAVAILABLE` when it cannot be made, `INVALID` when it cannot be trusted
    public static Secret token(Path file) {
        try {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                make(file);
            }
            PrivateFiles.check(file);
            return parse(file, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot use the token file: " + e.getMessage(), e);
        }
    }

    private static void make(Path file) throws IOException {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        Path whole = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(whole); // left by a crash
        PrivateFiles.file(whole);
        try (var channel = Files.newByteChannel(whole, StandardOpenOption.WRITE, StandardOpenOption.DSYNC, LinkOption.NOFOLLOW_LINKS)) {
            channel.write(StandardCharsets.US_ASCII.encode(HexFormat.of().formatHex(random) + "\n"));
        }
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        PrivateFiles.sync(file.toAbsolutePath().getParent());
    }

    private static Secret parse(Path file, OpenOption... how) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file, how)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw refused(file, "it is larger than " + MOST_BYTES + " bytes");
        }
        String text = new String(bytes, StandardCharsets.UTF_8).replaceFirst("\r?\n\\z", "");
        if (text.isEmpty()) {
            throw refused(file, "it is empty");
        }
        return new Secret(text);
    }

    private static Failure refused(Path file, String reason) {
        return new Failure(Failure.Kind.INVALID, "cannot read the secret in " + file + ": " + reason);
    }

    /// Whether a text that somebody offers is the secret. Takes the same time wherever they differ, and whatever their lengths.
    public boolean matches(String offered) {
        return MessageDigest.isEqual(hash(text), hash(offered));
    }

    /// The text itself, for the one place that must send it or hand it to a program.
    public String reveal() {
        return text;
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
