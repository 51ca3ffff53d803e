package reeve.declare.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The page in the tree is the one that the definitions make; `-Dreeve.rewrite=true` writes it.
class ConfigurationPageTest {
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
        var machine = new Machine(true, Path.of("/root"), Path.of("/"), "node", Map.of());

        assertThat(SettingsReader.read(machine, Optional.of(new SettingsReader.Text(Path.of("/etc/reeve/node.yaml"), example)),
                Map.of())).isInstanceOf(SettingsReader.Result.Read.class);
    }
}
