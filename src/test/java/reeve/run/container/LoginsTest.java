package reeve.run.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginsTest {
    @TempDir
    Path folder;

    private Logins logins() throws IOException {
        Path file = folder.resolve("auth.json");
        Files.writeString(file, """
                {"auths": {"registry.example.org": {"auth": "%s"}, "registry.example.org/team": {"auth": "%s"}, "docker.io": {"auth": "%s"}}}
                """.formatted(pair("all"), pair("team"), pair("hub")));
        return new Logins(Optional.of(file));
    }

    private static String pair(String user) {
        return Base64.getEncoder().encodeToString((user + ":canary:word").getBytes(StandardCharsets.UTF_8));
    }

    private String user(String image) throws Exception {
        return logins().header(image).stream().findFirst()
                .map(header -> new String(Base64.getUrlDecoder().decode(header.value()), StandardCharsets.UTF_8))
                .map(json -> Json.parse(json).get("username").text() + " " + Json.parse(json).get("password").text())
                .orElse("none");
    }

    @Test
    void theLoginOfTheClosestPlaceCounts() throws Exception {
        assertThat(user("registry.example.org/wiki:1")).isEqualTo("all canary:word");
        assertThat(user("registry.example.org/team/wiki:1")).isEqualTo("team canary:word");
        assertThat(user("registry.example.org/teams/wiki:1")).isEqualTo("all canary:word");
        assertThat(user("postgres:16")).isEqualTo("hub canary:word");
        assertThat(user("library/postgres")).isEqualTo("hub canary:word");
        assertThat(user("other.example.org/wiki")).isEqualTo("none");
        assertThat(new Logins(Optional.empty()).header("postgres")).isEmpty();
    }

    @Test
    void aFileThatCannotBeReadIsNamedAndNothingOfItIsSaid() throws IOException {
        Path file = Files.writeString(folder.resolve("auth.json"), "{canary");
        assertThatThrownBy(() -> new Logins(Optional.of(file)).header("postgres")).isInstanceOf(PodmanException.class)
                .hasMessageContaining(file.toString()).hasMessageNotContaining("canary");
    }
}
