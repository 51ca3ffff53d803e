package reeve.run.companion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.model.Failure;
import reeve.model.InstanceId;

class UnitTest {
    private static final Path STATE = Path.of("/var/lib/reeve");
    private static final Path FOLDER = Path.of("/var/lib/reeve/companions/reeve-wiki.web");

    private static Unit unit(Companion companion, Unit.Form form) {
        return Unit.of(companion.id(), (Companion.Wish.Run) companion.wish(), form, STATE, FOLDER, Path.of("/usr/bin/podman"));
    }

    @Test
    void aQuadletUnitUsesOnlyKeysThatEveryVersionKnows() {
        assertThat(unit(Wanted.running("wiki/web/1"), Unit.Form.QUADLET).text()).isEqualTo("""
                # Written by Reeve, state in /var/lib/reeve: what is changed here is overwritten.
                [Unit]
                Description=Companion wiki/web of Reeve
                Wants=network-online.target
                After=network-online.target
                StartLimitIntervalSec=0
                [Container]
                ContainerName=reeve-wiki.web
                Image=localhost/bb:1
                EnvironmentFile=/var/lib/reeve/companions/reeve-wiki.web/environment
                PodmanArgs=--label=reeve.companion=wiki/web
                PodmanArgs=--pull=missing
                PodmanArgs=--stop-signal=SIGTERM
                PodmanArgs=--stop-timeout=5
                PodmanArgs=--network=none
                Exec=sleep 1000
                [Service]
                Restart=always
                RestartSec=1
                TimeoutStartSec=900
                TimeoutStopSec=15
                """);
    }

    @Test
    void forAnOlderPodmanItIsWhatQuadletWouldMakeOfIt() {
        assertThat(unit(Wanted.running("wiki/web/1"), Unit.Form.SERVICE).text())
                .contains("Type=notify\nNotifyAccess=all\nKillMode=mixed\nDelegate=yes\n")
                .contains("\nExecStart=/usr/bin/podman run --name=reeve-wiki.web --replace --rm --cgroups=split --sdnotify=conmon --detach "
                        + "--env-file=/var/lib/reeve/companions/reeve-wiki.web/environment --label=reeve.companion=wiki/web --pull=missing "
                        + "--stop-signal=SIGTERM --stop-timeout=5 --network=none localhost/bb:1 sleep 1000\n")
                .contains("\nExecStop=/usr/bin/podman rm --volumes --force --ignore reeve-wiki.web\n")
                .doesNotContain("[Container]");
    }

    @Test
    void wordsAreQuotedSoThatSystemdReadsThemBackAsTheyWere() {
        assertThat(Quoting.words(List.of("a b", "50%", "$HOME", "say \"hi\"", "back\\slash", "", "it's", "plain=1")))
                .isEqualTo("\"a b\" 50%% \"$$HOME\" \"say \\\"hi\\\"\" \"back\\\\slash\" \"\" \"it's\" plain=1");
        assertThatThrownBy(() -> Quoting.word("two\nlines")).isInstanceOf(Failure.class).hasMessageContaining("no line breaks");
        assertThatThrownBy(() -> Quoting.plain("a\0b")).isInstanceOf(Failure.class);
    }

    @Test
    @DisplayName("SUP-19: secrets and variables stand in files of their own, never in the unit or on a command line")
    void secretsDoNotStandInTheUnit() {
        Companion companion = Wanted.running("wiki/web/1", List.of("run"), Map.of("PASSWORD", "canary one"), Map.of("key", "canary two"));
        for (Unit.Form form : Unit.Form.values()) {
            Unit unit = unit(companion, form);
            assertThat(unit.text()).doesNotContain("canary").contains("--volume=" + FOLDER.resolve("secret.key") + ":/run/secrets/key:ro");
            assertThat(unit.files()).isEqualTo(Map.of("environment", "PASSWORD=canary one\n", "secret.key", "canary two"));
        }
    }

    @Test
    void aVariableThatPodmansFileCannotHoldIsRefusedByName() {
        Companion companion = Wanted.running("wiki/web/1", List.of("run"), Map.of("KEY", "two\nlines"), Map.of());
        assertThatThrownBy(() -> unit(companion, Unit.Form.QUADLET)).hasMessageContaining("the variable KEY")
                .hasMessageNotContaining("two");
    }

    @Test
    void namesOfUnitsAreUnlike() {
        assertThat(Unit.name(InstanceId.parse("a-b/c/1"))).isNotEqualTo(Unit.name(InstanceId.parse("a/b-c/1")));
    }
}
