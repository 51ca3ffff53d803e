package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `docs/requirements.md` says which test shows what. It is held to the tests, and they to it.
class RequirementsTest {
    private static final Path TESTS = Path.of("src", "test", "java", "reeve");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ((?:SUP|REC)-\\d+) \\|.*$");
    private static final Pattern TEST = Pattern.compile("`([\\w.]+)#(\\w+)`");

    private static String page;

    @BeforeAll
    static void read() throws IOException {
        page = Files.readString(Path.of("docs", "requirements.md"));
    }

    /// A test that the page names.
    private record Named(String inClass, String method) {
        /// Its annotations and its name, empty where there is no such test.
        String head() throws IOException {
            Path file = TESTS.resolve(inClass.replace('.', '/') + ".java");
            String text = Files.exists(file) ? Files.readString(file) : "";
            Matcher declaration = Pattern.compile("    (?:public )?void " + method + "\\(").matcher(text);
            if (!declaration.find()) {
                return "";
            }
            String head = text.substring(text.lastIndexOf("\n\n", declaration.start()), declaration.end()); // to the blank line before
            return head.contains("Test\n") ? head : "";
        }

        boolean names(String number) throws IOException {
            return Pattern.compile(number.replace("-", "[-_]") + "(?!\\d)").matcher(head()).find();
        }
    }

    private static List<Named> tests(String text) {
        return TEST.matcher(text).results().map(one -> new Named(one.group(1), one.group(2))).toList();
    }

    @Test
    void everyNumberHasItsRow() {
        List<String> all = Stream.concat(IntStream.rangeClosed(1, 21).mapToObj(number -> "SUP-" + number),
                IntStream.rangeClosed(1, 15).mapToObj(number -> "REC-" + number)).toList();
        assertThat(ROW.matcher(page).results().map(row -> row.group(1))).containsExactlyElementsOf(all);
    }

    @Test
    void everyTestOnThePageExists() throws IOException {
        var missing = new ArrayList<Named>();
        for (Named test : tests(page)) {
            if (test.head().isEmpty()) {
                missing.add(test);
            }
        }
        assertThat(tests(page)).hasSizeGreaterThan(36);
        assertThat(missing).isEmpty();
    }

    @Test
    void everyNumberStandsInTheNameOfEachOfItsTests() throws IOException {
        var unnamed = new ArrayList<String>();
        for (MatchResult row : ROW.matcher(page).results().toList()) {
            for (Named test : tests(row.group())) {
                if (!test.names(row.group(1))) {
                    unnamed.add(row.group(1) + " in " + test);
                }
            }
        }
        assertThat(unnamed).isEmpty();
    }

    @Test
    void everyContractIsRunOnProcessesAndOnContainers() throws IOException {
        List<String> contracts = tests(page).stream().map(Named::inClass).filter(name -> name.endsWith("Contract")).distinct().toList();
        assertThat(contracts).contains("GroupsContract", "ChangesContract");
        for (String contract : contracts) {
            for (String kind : List.of("EndToEndTest", "OnPodmanEndToEndTest")) {
                String name = contract.replace("Contract", kind);
                assertThat(TESTS.resolve(name + ".java")).content().contains("class " + name + " extends " + contract);
            }
        }
    }
}
