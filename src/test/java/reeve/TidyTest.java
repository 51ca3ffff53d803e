package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Reads every text file of the repository and holds it to the checks of [Tidy].
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TidyTest {
    private static final Path ROOT = Path.of("");
    private static final Pattern TEXT = Pattern.compile(
            ".*\\.(java|md|xml|yaml|yml|sh|jte|css|js|html|properties|txt|sql|lua|conf)|[^.]+|\\.gitignore|\\.ci/run");
    /// They hold what they forbid.
    private static final List<String> RULES = Stream.of("Rules", "ArchitectureTest", "Tidy", "TidyTest")
            .map(name -> "src/test/java/reeve/" + name + ".java").toList();
    private static final List<String> NOT_OURS = List.of(".git", "target", ".idea", ".vscode", "node_modules");

    private final Map<String, String> files = new LinkedHashMap<>();

    @BeforeAll
    void read() throws IOException {
        try (Stream<Path> paths = Files.walk(ROOT)) {
            List<Path> texts = paths.filter(path -> !NOT_OURS.contains(path.getName(0).toString()))
                    .filter(Files::isRegularFile)
                    .filter(path -> TEXT.matcher(path.toString()).matches())
                    .sorted().toList();
            for (Path path : texts) {
                files.put(path.toString(), Files.readString(path));
            }
        }
        files.keySet().removeAll(RULES);
        assertThat(files).containsKeys("pom.xml", "reeve", "dev", ".ci/run", "src/main/java/reeve/Main.java");
    }

    @Test
    void nothingBannedIsWritten() {
        assertThat(all(Tidy::bans)).isEmpty();
    }

    @Test
    void linesAreShortEnoughToRead() {
        assertThat(all(Tidy::longLines)).isEmpty();
    }

    @Test
    void noExceptionIsIgnoredWithoutAReason() {
        assertThat(all(Tidy::silentCatches)).isEmpty();
    }

    @Test
    void publicTypesAreDocumented() {
        assertThat(all(Tidy::undocumented)).isEmpty();
    }

    @Test
    void filesNamedInCommentsAndDocumentsExist() {
        assertThat(all((path, text) -> Tidy.lostFiles(path, text, this::exists))).isEmpty();
    }

    @Test
    void linksOfDocumentsLeadSomewhere() {
        assertThat(all((path, text) -> Tidy.brokenLinks(ROOT, path, text))).isEmpty();
    }

    @Test
    void decisionsAreNumberedOnce() {
        Map<String, List<String>> numbered = files.keySet().stream()
                .filter(path -> path.startsWith("docs/decisions/"))
                .map(path -> Path.of(path).getFileName().toString())
                .collect(Collectors.groupingBy(name -> name.replaceFirst("^(\\d{4})-.*", "$1"), TreeMap::new, Collectors.toList()));

        assertThat(numbered).allSatisfy((number, names) -> {
            assertThat(number).matches("\\d{4}");
            assertThat(names).as("decision " + number).hasSize(1);
        });
    }

    @Test
    void programsThatTestsNeedAreKnownToDev() {
        Pattern programs = Pattern.compile("@NeedsProgram\\((\\{[^}]*\\}|\"[^\"]*\")\\)");
        List<String> unknown = files.entrySet().stream()
                .filter(file -> file.getKey().startsWith("src/test/") && !file.getKey().endsWith("NeedsConditionTest.java"))
                .flatMap(file -> programs.matcher(file.getValue()).results())
                .flatMap(needs -> Pattern.compile("\"([^\"]+)\"").matcher(needs.group(1)).results())
                .map(program -> program.group(1))
                .distinct()
                .filter(program -> !files.get("dev").contains("'" + program + " "))
                .toList();

        assertThat(unknown).as("programs whose Debian package the lists at the top of ./dev do not name").isEmpty();
    }

    private List<String> all(BiFunction<String, String, List<String>> check) {
        return files.entrySet().stream().flatMap(file -> check.apply(file.getKey(), file.getValue()).stream()).toList();
    }

    /// A path from the root, or a file's bare name anywhere.
    private boolean exists(String name) {
        return Files.exists(ROOT.resolve(name))
                || name.matches("docs/decisions/\\d{4}") && files.keySet().stream().anyMatch(path -> path.startsWith(name + "-"))
                || !name.contains("/") && files.keySet().stream().anyMatch(path -> path.endsWith("/" + name));
    }

    /// Each check fed with text that breaks it.
    @Nested
    class EachCheckCanFail {
        private static final String MACHINE = String.join("work", "/", "/"); // so that this file names no such path itself

        @Test
        void bans() {
            assertBanned("src/test/java/x/ATest.java", "        Thread.sleep(5);");
            assertBanned("src/main/java/x/A.java", "import java.util.*;");
            assertBanned("README.md", "TODO: more");
            assertBanned("src/main/java/x/A.java", "final class ThingManager {");
            assertBanned("src/main/java/x/A.java", "    public void wait(long timeoutMs) {");
            assertBanned("src/main/java/x/A.java", "@SuppressWarnings(\"all\")");
            assertBanned("bench/x.sh", "cd " + MACHINE + "here");
            assertThat(Tidy.bans("src/main/java/x/A.java", "    public Duration timeout(Instant now) {")).isEmpty();
            assertThat(Tidy.bans("dev", "runs=$home" + MACHINE + "x")).isEmpty();
        }

        @Test
        void longLines() {
            assertThat(Tidy.longLines("A.java", "x".repeat(141))).hasSize(1);
            assertThat(Tidy.longLines("A.java", "x".repeat(140))).isEmpty();
            String block = "String a = \"\"\"\n" + "x".repeat(141) + "\n\"\"\";\n";
            assertThat(Tidy.longLines("A.java", block)).isEmpty();
            assertThat(Tidy.longLines("A.java", block + "y".repeat(141))).singleElement().asString().startsWith("A.java:4:");
        }

        @Test
        void silentCatches() {
            assertThat(Tidy.silentCatches("A.java", "catch (IOException e) {\n    }")).hasSize(1);
            assertThat(Tidy.silentCatches("A.java", "catch (IOException e) {\n        return null;\n    }")).hasSize(1);
            assertThat(Tidy.silentCatches("A.java", "catch (IOException e) {\n        return null; // nobody listens\n    }")).isEmpty();
            assertThat(Tidy.silentCatches("A.java", "catch (IOException e) {\n        // gone already\n    }")).isEmpty();
            assertThat(Tidy.silentCatches("A.java", "catch (IOException e) {\n        throw new X(e);\n    }")).isEmpty();
        }

        @Test
        void undocumented() {
            assertThat(Tidy.undocumented("A.java", "package x;\n\npublic final class A {")).hasSize(1);
            assertThat(Tidy.undocumented("A.java", "package x;\n\n/// An A.\npublic final class A {")).isEmpty();
            assertThat(Tidy.undocumented("A.java", "package x;\n\nfinal class A {")).isEmpty();
        }

        @Test
        void lostFiles() {
            assertThat(Tidy.lostFiles("A.java", "/// see DESIGN.md", name -> false)).hasSize(1);
            assertThat(Tidy.lostFiles("A.java", "String x = \"DESIGN.md\";", name -> false)).isEmpty();
            assertThat(Tidy.lostFiles("A.md", "see docs/gone.md", name -> false)).singleElement().asString().contains("docs/gone.md");
            assertThat(Tidy.lostFiles("A.md", "see docs/here.md", name -> true)).isEmpty();
        }

        @Test
        void brokenLinks() {
            assertThat(Tidy.brokenLinks(ROOT, "README.md", "[a](no-such.md)")).hasSize(1);
            assertThat(Tidy.brokenLinks(ROOT, "README.md", "[a](pom.xml) [b](https://example.org)")).isEmpty();
        }

        private void assertBanned(String path, String line) {
            assertThat(Tidy.bans(path, line)).as(line).hasSize(1);
        }
    }
}
