package reeve.serve.access;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.model.Access;

class BasicAuthTest {
    private static final String SHA_SECRET = "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=";

    private static BasicAuth of(String... users) {
        return new BasicAuth(new Access.Basic("r", List.of(users), Optional.empty(), false));
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA512", "SHA256", "APR1", SHA_SECRET, "2a", "2b", "2y"})
    void passwordsAreComparedWithEachFormOfHtpasswd(String form) {
        String hash = switch (form) {
            case "2a", "2b", "2y" -> bcrypt(form);
            case "SHA512" -> "$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGf"
                    + "Qv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG.";
            case "SHA256" -> "$5$abcdefgh$gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM.";
            case "APR1" -> "$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/";
            default -> form;
        };
        assertThat(Access.Basic.allowsHash(hash)).as(hash).isTrue();
        assertThat(of("jo:" + hash).verify(basic("jo:secret"), 0)).isTrue();
        assertThat(of("jo:" + hash).verify(basic("jo:Secret"), 0)).isFalse();
        assertThat(of("jo:" + hash).verify(basic("jo:"), 0)).isFalse();
        assertThat(of("jo:" + hash).verify(basic("jim:secret"), 0)).isFalse();
    }

    private static String bcrypt(String version) {
        String made = BCrypt.withDefaults().hashToString(4, "secret".toCharArray());
        return "$" + version + made.substring(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "$1$abc$def", "{PLAIN}secret", "$2y$31$short", "rqXexS6ZhobKA"})
    void otherFormsAreNone(String hash) {
        assertThat(Access.Basic.allowsHash(hash)).isFalse();
    }

    @Test
    void aPasswordMayHaveColonsAndAnyLetter() {
        String hash = BCrypt.withDefaults().hashToString(4, "a:b:ü".toCharArray());
        assertThat(of("jo:" + hash).verify(basic("jo:a:b:ü"), 0)).isTrue();
    }

    @Test
    void whatWasFoundOutIsKnownForAMomentWhicheverItWas() {
        BasicAuth users = of("jo:" + SHA_SECRET);
        long now = Duration.ofDays(-1).toNanos();
        assertThat(users.look(List.of(basic("jo:secret")), now)).isEqualTo(BasicAuth.Verdict.UNKNOWN);
        users.verify(basic("jo:secret"), now);
        users.verify(basic("jo:wrong"), now);
        assertThat(users.look(List.of(basic("jo:secret")), now)).isEqualTo(BasicAuth.Verdict.PASSES);
        assertThat(users.look(List.of(basic("jo:wrong")), now)).isEqualTo(BasicAuth.Verdict.FAILS);
        assertThat(users.look(List.of(basic("jo:secret")), now + Duration.ofSeconds(6).toNanos())).isEqualTo(BasicAuth.Verdict.UNKNOWN);
    }

    @Test
    void whatIsNoneIsRefusedAtOnce() {
        BasicAuth users = of("jo:" + SHA_SECRET);
        for (List<String> given : List.of(List.<String>of(), List.of(""), List.of("Bearer x"), List.of("Basic"), List.of("Basic !!"),
                List.of("Basic " + Base64.getEncoder().encodeToString("jo".getBytes(StandardCharsets.UTF_8))),
                List.of(basic("jo:secret"), basic("jo:secret")))) {
            assertThat(users.look(given, 0)).as("%s", given).isEqualTo(BasicAuth.Verdict.FAILS);
        }
    }

    @Test
    void usersOfAFileComeAndGoWithIt(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("users");
        Files.writeString(file, "# of us\njo:" + SHA_SECRET + "\nbroken\n");
        var users = new BasicAuth(new Access.Basic("r", List.of("own:" + SHA_SECRET), Optional.of(file), false));
        assertThat(users.verify(basic("jo:secret"), 0)).isTrue();
        assertThat(users.verify(basic("own:secret"), 0)).isTrue();
        Files.writeString(file, "jim:" + SHA_SECRET + "\n");
        assertThat(users.verify(basic("jo:secret"), 0)).as("although it was known").isFalse();
        assertThat(users.verify(basic("jim:secret"), 0)).isTrue();
        Files.delete(file);
        assertThat(users.verify(basic("jim:secret"), 0)).isFalse();
        assertThat(users.verify(basic("own:secret"), 0)).isTrue();
    }
}
