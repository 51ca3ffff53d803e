package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Units, image recipes and pages call `reeve` only with verbs and flags that it has, as `docs/cli.md` shows them, which another test
/// makes from the verbs themselves.
class PackagingTest {
    /// `reeve`, however it is reached, then a verb, then its words up to the end of the command.
    private static final Pattern CALL = Pattern.compile(
            "(?:^|[\\s`(=])(?:\\./|/opt/reeve/)?reeve (?<verb>[a-z]+)(?<words>(?: [^`#&|>\\n]*)?)");
    private static final Pattern FLAG = Pattern.compile("(?<=\\s)(--[a-z-]+|-[a-zA-Z])(?=[\\s=]|$)");

    @Test
    void everyCallIsOneThatReeveUnderstands() throws IOException {
        Map<String, String> verbs = verbs();
        var wrong = new ArrayList<String>();
        for (Path file : pages()) {
            for (String call : code(file)) {
                CALL.matcher(call).results().forEach(match -> {
                    String help = verbs.get(match.group("verb"));
                    if (help == null) {
                        wrong.add(file + ": there is no verb in '" + match.group().strip() + "'");
                        return;
                    }
                    FLAG.matcher(match.group("words")).results().map(flag -> flag.group(1))
                            .filter(flag -> !Pattern.compile("(?m)^ +(-\\w, +)?" + flag + "\\b").matcher(help).find())
                            .forEach(flag -> wrong.add(file + ": " + match.group("verb") + " has no " + flag));
                });
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void theUnitStartsANodeAndLeavesItsServicesAlone() throws IOException {
        assertThat(Files.readAllLines(Path.of("packaging/reeve.service")))
                .contains("Type=notify", "ExecStart=/opt/reeve/reeve up --config /etc/reeve/node.yaml", "KillMode=process")
                .contains("Restart=always", "RestartPreventExitStatus=0", "SuccessExitStatus=143");
    }

    @Test
    void theUnitOfAUserDoesTheSame() throws IOException {
        assertThat(settings("packaging/reeve-user.service")).isSubsetOf(settings("packaging/reeve.service"));
    }

    /// What both units say of how Reeve is run.
    private static List<String> settings(String unit) throws IOException {
        return Files.readAllLines(Path.of(unit)).stream().filter(line -> line.matches("[A-Z]\\w+=.*"))
                .filter(line -> !line.matches("(ExecStart|WantedBy)=.*")).toList();
    }

    @Test
    void theImageIsMadeOfFilesThatExist() throws IOException {
        List<String> copied = Files.readAllLines(Path.of("packaging/Containerfile")).stream()
                .filter(line -> line.startsWith("COPY ") && !line.contains("--from="))
                .flatMap(line -> Stream.of(line.split(" ")).skip(1).limit(line.split(" ").length - 2L)).toList();

        assertThat(copied).contains("pom.xml", "src/main").allSatisfy(path -> assertThat(Path.of(path)).exists());
    }

    private static List<Path> pages() throws IOException {
        var pages = new ArrayList<>(List.of(Path.of("README.md"), Path.of("HACKING.md"), Path.of("ARCHITECTURE.md")));
        for (Path folder : List.of(Path.of("packaging"), Path.of("docs"), Path.of("examples"))) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.filter(Files::isRegularFile).filter(file -> !file.startsWith("docs/api")).filter(PackagingTest::isText)
                        .filter(file -> !file.endsWith("cli.md")).sorted().forEach(pages::add);
            }
        }
        return pages;
    }

    private static boolean isText(Path file) {
        return file.toString().matches(".*(\\.md|\\.service|Containerfile|\\.yaml)");
    }

    /// Of a document, what stands as code; of any other file, its lines.
    private static List<String> code(Path file) throws IOException {
        String text = Files.readString(file);
        return file.toString().endsWith(".md")
                ? Pattern.compile("(?s)```.*?```|`[^`]+`").matcher(text).results().map(match -> match.group()).toList()
                : text.lines().toList();
    }

    private static Map<String, String> verbs() throws IOException {
        var verbs = new LinkedHashMap<String, String>();
        for (String section : Files.readString(Path.of("docs/cli.md")).split("(?m)^## reeve ?")) {
            verbs.put(section.lines().findFirst().orElse("").strip(), section);
        }
        assertThat(verbs).containsKeys("up", "ps", "down");
        return verbs;
    }
}
