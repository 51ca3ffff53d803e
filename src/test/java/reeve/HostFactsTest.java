package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.declare.settings.Machine;
import reeve.declare.settings.Settings;
import reeve.declare.settings.SettingsReader;
import reeve.model.NodeFacts;

class HostFactsTest {
    @TempDir
    Path folder;

    private NodeFacts facts(String configuration) {
        var machine = new Machine(false, folder, folder, "n", Map.of());
        var text = new SettingsReader.Text(folder.resolve("node.yaml"), configuration);
        Settings settings = ((SettingsReader.Result.Read) SettingsReader.read(machine, Optional.of(text), Map.of())).settings();
        return settings.facts(new Values());
    }

    @Test
    void everyNodeKnowsItsNameAndItsDiskAndMaybeItsAddress() {
        var values = facts("").values();

        assertThat(values.get("HOST_MDNS")).isInstanceOfSatisfying(NodeFacts.Known.class,
                known -> assertThat(known.value()).matches("[^.]+\\.local"));
        assertThat(values.get("DISK_GB")).isInstanceOfSatisfying(NodeFacts.Known.class,
                known -> assertThat(Long.parseLong(known.value())).isNotNegative());
        assertThat(values.get("HOST_IP")).satisfiesAnyOf(
                found -> assertThat(((NodeFacts.Known) found).value()).matches("[0-9.]+").doesNotStartWith("127."),
                found -> assertThat(found).isInstanceOf(NodeFacts.Missing.class));
        assertThat(values).as("only the configuration can say").doesNotContainKey("BITCOIN_HOST");
    }

    @Test
    void whatIsConfiguredWins() {
        var values = facts("values: { HOST_IP: 10.0.0.7, BITCOIN_HOST: coin.example.org }").values();

        assertThat(values.get("HOST_IP")).isEqualTo(new NodeFacts.Known("10.0.0.7"));
        assertThat(values.get("BITCOIN_HOST")).isEqualTo(new NodeFacts.Known("coin.example.org"));
    }

    @Test
    void anEmptyOneIsMissingAndNeverRendered() {
        var values = facts("values: { HOST_IP: \"\", other: \"\" }").values();

        assertThat(values.get("HOST_IP")).isEqualTo(new NodeFacts.Missing("it is empty"));
        assertThat(values.get("other")).isEqualTo(new NodeFacts.Known(""));
    }
}
