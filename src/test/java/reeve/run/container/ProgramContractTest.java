package reeve.run.container;

import java.util.Optional;

/// No socket answers: there is only Podman's program.
class ProgramContractTest extends ContainerDriverContractTest {
    @Override
    protected ContainerSettings settings() {
        return new ContainerSettings(Optional.empty(), podman.program().toString(), Optional.empty());
    }
}
