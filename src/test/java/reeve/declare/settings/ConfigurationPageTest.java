package reeve.declare.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The page in the tree is the one that the definitions make; `-Dreeve.rewrite=true` writes it.
class ConfigurationPageTest {
    private static final Machine MACHINE = new Machine(true, Path.of("/root"), Path.of("/"), "node", Map.of());

    private static final Path PAGE = Path.of("docs/configuration.md");

    @Test
    void thePageInTheTreeIsUpToDate() throws IOException {
        if (Boolean.getBoolean("reeve.rewrite")) {
            Files.writeString(PAGE, SettingsText.page());
        }
        assertThat(Files.readString(PAGE)).isEqualTo(SettingsText.page());
    }

    @Test
    void everySettingIsExplainedOnce() {
        assertThat(Definitions.ALL).extracting(Setting::key).doesNotHaveDuplicates();
        assertThat(Definitions.ALL).allSatisfy(setting -> {
            assertThat(setting.about()).endsWith(".");
            assertThat(SettingsText.page()).containsOnlyOnce("\n| `" + setting.key() + "` |");
            setting.flag().ifPresent(flag -> assertThat(SettingsText.flags()).containsPattern("(?m)^  " + Pattern.quote(flag) + " "));
        });
    }

    @Test
    void theExampleOnThePageIsAllowed() throws IOException {
        String example = SettingsText.page().split("```yaml\n|```", 3)[1];

        assertThat(read(example)).isInstanceOf(SettingsReader.Result.Read.class);
    }

    @Test
    void thePrintedConfigurationIsShortAndNamesEverySetting() {
        String printed = SettingsText.configuration(MACHINE);

        assertThat(printed.lines()).hasSizeLessThanOrEqualTo(15).allMatch(line -> line.startsWith("#"));
        assertThat(Definitions.ALL).allSatisfy(setting -> assertThat(printed)
                .containsPattern("[# ]" + setting.key().replaceFirst("[.].*", "") + "[:,;]"));
    }

    @Test
    void thePrintedConfigurationIsReadAndChangesNothing() {
        Settings standard = ((SettingsReader.Result.Read) SettingsReader.read(MACHINE, Optional.empty(), Map.of())).settings();

        assertThat(read(SettingsText.configuration(MACHINE))).isInstanceOfSatisfying(SettingsReader.Result.Read.class,
                read -> assertThat(read.settings()).usingRecursiveComparison().ignoringFields("file").isEqualTo(standard));
    }

    @Test
    void everyLineOfThePrintedConfigurationMayBePutToUse() {
        var elsewhere = new Machine(false, Path.of("/home/some one's"), Path.of("/"), "node", Map.of());
        String inUse = SettingsText.configuration(elsewhere).lines().skip(2).filter(line -> !line.startsWith("# "))
                .map(line -> line.substring(1))
                .collect(Collectors.joining("\n"));

        assertThat(read(inUse)).isInstanceOfSatisfying(SettingsReader.Result.Read.class, read -> {
            assertThat(read.settings().state()).isEqualTo(Path.of("/home/some one's/.local/state/reeve"));
            assertThat(read.settings().features()).isNotEmpty();
        });
    }

    private static SettingsReader.Result read(String text) {
        return SettingsReader.read(MACHINE, Optional.of(new SettingsReader.Text(Path.of("/etc/reeve/node.yaml"), text)), Map.of());
    }
}
