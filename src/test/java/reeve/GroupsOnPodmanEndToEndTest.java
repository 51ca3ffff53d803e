package reeve;

import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import reeve.testing.NeedsProgram;
import reeve.testing.NeedsRoot;
import reeve.testing.RunsAs;

/// [GroupsContract] of containers, at a real Podman.
@NeedsRoot
@NeedsProgram({"podman", "runc", "catatonit", "busybox", "iptables"})
class GroupsOnPodmanEndToEndTest extends GroupsContract {
    @BeforeAll
    static void begin() throws IOException {
        begin(new RunsAs.Containers());
    }
}
