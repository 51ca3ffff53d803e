package reeve.declare.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import reeve.declare.manifest.ManifestReader.ManifestError;
import reeve.model.ManifestSource;

/// Every case of `wrong-manifests.txt`: a title, a manifest, and exactly the lines its author is shown (what is allowed is
/// one line with what is wrong; here it stands below it).
/// `-Dreeve.rewrite=true` writes what is shown now into the file; read the difference before you believe it.
class WrongManifestsTest {
    private static final Path CASES = Path.of("src/test/resources/reeve/declare/manifest/wrong-manifests.txt");
    private static final String TITLE = "=== ";
    private static final String SHOWN = ">>>";

    private record Case(String title, String manifest, String expected) {
        static Case parse(String text) {
            String[] parts = text.split("(?m)^" + SHOWN + "\n", 2);
            int end = parts[0].indexOf('\n');
            return new Case(parts[0].substring(0, end), parts[0].substring(end + 1), parts.length < 2 ? "" : parts[1]);
        }

        String shown() {
            var source = new ManifestSource(Path.of("/demo/m.yaml"), manifest, Map.of("SET", "value", "EMPTY", ""));
            return switch (new ManifestReader().read(source)) {
                case ManifestReader.Result.Read _ -> "";
                case ManifestReader.Result.Refused(List<ManifestError> errors) ->
                        String.join("", errors.stream().map(error -> error.toString().replace(" allowed: ", "\n    allowed: ") + "\n")
                                .toList());
            };
        }

        String text() {
            return TITLE + title + "\n" + manifest + SHOWN + "\n" + shown();
        }
    }

    private static List<Case> cases() throws IOException {
        var cases = new ArrayList<Case>();
        for (String text : Files.readString(CASES).split("(?m)^" + TITLE)) {
            if (!text.isBlank()) {
                cases.add(Case.parse(text));
            }
        }
        return cases;
    }

    @TestFactory
    Stream<DynamicTest> eachShowsItsLines() throws IOException {
        if (Boolean.getBoolean("reeve.rewrite")) {
            Files.writeString(CASES, String.join("", cases().stream().map(Case::text).toList()));
        }
        return cases().stream().map(wrong -> DynamicTest.dynamicTest(wrong.title, () -> {
            assertThat(wrong.expected).as("what is expected").isNotEmpty();
            assertThat(wrong.shown()).isEqualTo(wrong.expected);
        }));
    }

    @Test
    void thereAreManyAndNoneTwice() throws IOException {
        assertThat(cases()).extracting(Case::title).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(220);
        assertThat(cases()).extracting(Case::manifest).doesNotHaveDuplicates();
    }
}
