package reeve.run.container;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;

/// Podman answers on a socket that an operator set up.
class SocketContractTest extends ContainerDriverContractTest {
    private static Path socket;

    @BeforeAll
    static void service() {
        socket = podman.socket();
    }

    @Override
    protected ContainerSettings settings() {
        return new ContainerSettings(Optional.of(socket), "no-such-podman", Optional.empty());
    }
}
