package reeve.declare.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reeve.declare.manifest.ManifestReader.ManifestError;
import reeve.declare.manifest.ManifestReader.Result;
import reeve.model.ManifestSource;

/// Real files, broken at random: each is read or refused, and none ends in an exception or takes long.
@Timeout(60)
class MutatedManifestsTest {
    private static final Path FILES = Path.of("src/test/resources/reeve/declare/manifest");
    private static final int ROUNDS = 3000;
    private static final List<String> TEXTS = List.of("", "~", "[]", "{}", "[[]]", "{ a: b }", "[a, a]", "-1", "0", "99999999999999999999",
            "1.5", "true", "\"\"", "' '", "${", "${port}", "${values.x}", "$$", "{{HOST_IP}}", "{{", "a:b:c:d:e", "/", "./x", "~/x", ":",
            "::", "[::1]:80:80", "80-90", "*", "host",
            "none", "no", "1ms", "\"\\0\"", "é", "<<", "&a b", "*a", "!x y", "5m", "http", "tcp");

    private static List<String> originals = List.of();

    @BeforeAll
    static void read() throws IOException {
        try (Stream<Path> files = Files.walk(FILES)) {
            originals = files.filter(file -> file.toString().matches(".*\\.ya?ml")).sorted().map(MutatedManifestsTest::text).toList();
        }
        assertThat(originals).hasSizeGreaterThanOrEqualTo(6);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String mutated(String text, Random random) {
        var lines = new ArrayList<>(text.lines().toList());
        for (int i = 0; i <= random.nextInt(4); i++) {
            int at = random.nextInt(lines.size());
            String line = lines.get(at);
            int colon = line.indexOf(": ");
            switch (random.nextInt(5)) {
                case 0 -> lines.remove(at);
                case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
                case 2 -> lines.set(at, (colon < 0 ? line.replaceFirst("- .*", "-") : line.substring(0, colon + 1)) + " "
                        + TEXTS.get(random.nextInt(TEXTS.size())));
                case 3 -> lines.set(at, "  " + line);
                default -> lines.set(at, line.replaceFirst("[a-z0-9]+", TEXTS.get(random.nextInt(TEXTS.size())).replace("$", "\\$")
                        .replace("\\0", "")));
            }
        }
        return String.join("\n", lines) + "\n";
    }

    @Test
    void eachIsReadOrRefused() {
        long read = IntStream.range(0, ROUNDS).filter(seed -> {
            var random = new Random(seed);
            String text = mutated(originals.get(seed % originals.size()), random);
            ManifestVariables.named(text);
            return switch (result(seed, text)) {
                case Result.Read(var spec, var _) -> !spec.services().isEmpty();
                case Result.Refused(List<ManifestError> errors) -> {
                    assertThat(errors).as(text).hasSizeBetween(1, 50);
                    yield false;
                }
            };
        }).count();

        assertThat(read).as("not all are broken, not all are whole").isBetween(ROUNDS / 20L, ROUNDS * 19L / 20);
    }

    private static Result result(int seed, String text) {
        try {
            return new ManifestReader().read(new ManifestSource(Path.of("/demo/m.yaml"), text,
                    Map.of("DB_PASSWORD", "x", "COMPOSE_PROFILES", "*", "HOME", "/home/ann")));
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ":\n" + text, e);
        }
    }
}
