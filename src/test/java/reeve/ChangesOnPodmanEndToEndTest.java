package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reeve.model.wire.InstanceRow;
import reeve.testing.NeedsProgram;
import reeve.testing.NeedsRoot;
import reeve.testing.RunsAs;

/// [ChangesContract] of containers, at a real Podman.
@NeedsRoot
@NeedsProgram({"podman", "runc", "catatonit", "busybox", "iptables"})
class ChangesOnPodmanEndToEndTest extends ChangesContract {
    private static RunsAs.Containers containers;

    @BeforeAll
    static void begin() throws IOException {
        containers = new RunsAs.Containers();
        begin(containers);
    }

    /// A name is given once at Podman.
    @Override
    String alone() {
        return "";
    }

    @Test
    @DisplayName("SUP-10: another image, and another version in the manifest, is one restart with its reason")
    void anotherImageOrVersionIsOneRestart() {
        for (String image : List.of("localhost/coin:1", "localhost/coin:2")) {
            containers.podman().importBox(image, "CMD [\"sh\", \"-c\", \"trap 'exit 0' TERM; sleep 1000 & wait\"]");
        }
        String manifest = "app: { id: coin, name: Coin Node, version: 1.0.0, container: { image: \"localhost/coin:1\" } }\n";
        reeve.apply(manifest);
        InstanceRow coin = reeve.awaitState("coin/coin/1", "running");
        manifest = manifest.replace("coin:1", "coin:2");
        coin = changes(coin, manifest, "image changed");
        changes(coin, manifest.replace("1.0.0", "1.1.0"), "version changed");
        assertThat(reeve.starts("coin", "coin")).isEqualTo(3);
        assertThat(reeve.stops("coin", "coin")).isEqualTo(2);
    }
}
