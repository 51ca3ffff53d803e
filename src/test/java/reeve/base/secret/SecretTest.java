package reeve.base.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.Failure;

class SecretTest {
    @TempDir
    Path folder;

    private Path file(String content, String mode) throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void aFileIsReadWithoutTheNewlineItEndsIn() throws IOException {
        assertThat(Secret.read(file("pass word\n", "r--------")).reveal()).isEqualTo("pass word");
        Files.delete(folder.resolve("secret"));
        assertThat(Secret.read(file(" two\nlines\n\n", "rw-r-----")).reveal()).isEqualTo(" two\nlines\n");
    }

    @Test
    void aFileThatIsMissingEmptyTooLargeOrOpenToEverybodyIsRefused() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("secret"));
        refused(folder.resolve("secret"), "no such plain file");
        refused(link, "no such plain file");
        refused(folder, "no such plain file");
        refused(file("\n", "rw-------"), "it is empty");
        refused(file("x".repeat(64 * 1024 + 1), "rw-------"), "it is larger");
        refused(file("hunter2", "rw----r--"), "everybody may read");
        file("hunter2", "rw-------");
        assertThat(Secret.read(link).reveal()).isEqualTo("hunter2");
    }

    private static void refused(Path file, String reason) {
        assertThatThrownBy(() -> Secret.read(file)).isInstanceOf(Failure.class)
                .hasMessageContaining(reason).hasMessageNotContaining("hunter2");
    }

    @Test
    void theTokenIsMadeOnceForTheOwnerAlone() throws IOException {
        Path file = folder.resolve("token");
        Secret first = Secret.token(file);
        assertThat(first.reveal()).matches("[0-9a-f]{64}");
        assertThat(Secret.token(file).reveal()).isEqualTo(first.reveal());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(Secret.token(folder.resolve("other")).reveal()).isNotEqualTo(first.reveal());
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void aTokenHalfMadeByACrashIsMadeAnew() throws IOException {
        Files.writeString(folder.resolve("token.new"), "abc");
        assertThat(Secret.token(folder.resolve("token")).reveal()).hasSize(64);
    }

    @Test
    @DisplayName("attack class 12: a planted token file is refused")
    void aPlantedTokenFileIsRefused() throws IOException {
        Path token = Files.createSymbolicLink(folder.resolve("token"), file("known", "rw-------"));
        assertThatThrownBy(() -> Secret.token(token)).isInstanceOf(Failure.class).hasMessageContaining("it is a symbolic link");
    }

    @Test
    void onlyTheWholeTextMatches() throws IOException {
        Secret secret = Secret.read(file("hunter2", "rw-------"));
        assertThat(secret.matches("hunter2")).isTrue();
        for (String wrong : new String[] {"", "hunter", "hunter22", "Hunter2", "hunter2\n", "***"}) {
            assertThat(secret.matches(wrong)).as(wrong).isFalse();
        }
    }

    @Test
    @DisplayName("attack class 17: secrets are compared by MessageDigest.isEqual and never print themselves")
    void aSecretComparesInConstantTimeAndNeverPrints() throws IOException {
        Secret secret = Secret.read(file("hunter2", "rw-------"));
        assertThat(secret).hasToString("***");
        assertThat("" + secret + String.format("%s", secret)).doesNotContain("hunter2");
        String source = Files.readString(Path.of("src/main/java/reeve/base/secret/Secret.java"));
        assertThat(source).contains("MessageDigest.isEqual(").doesNotContain("text.equals(", "Arrays.equals(");
    }
}
