package reeve.run.reconcile;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import reeve.model.Secrets;
import reeve.model.ServiceSpec;
import reeve.model.Workload;
import reeve.run.supervise.Driver;

/// Puts together what a driver starts: what was resolved, and the files that are read anew at each start. Blocks for IO.
final class Launches {
    private final SecretTexts secrets;

    Launches(SecretTexts secrets) {
        this.secrets = secrets;
    }

    /// @throws reeve.model.Failure when a file cannot be read
    Driver.Launch of(NodeEffect.Launch launch, Path log) {
        ServiceSpec spec = launch.spec();
        Resolution.Resolved resolved = launch.resolved();
        return new Driver.Launch(work(launch), environment(spec, resolved), files(spec.secrets()), spec.confinement(), spec.resources(),
                spec.notification(), new Driver.Output(log, spec.logs()), resolved.digest());
    }

    private static Driver.Work work(NodeEffect.Launch launch) {
        Resolution.Resolved resolved = launch.resolved();
        return switch (launch.spec().workload()) {
            case Workload.Process process -> new Driver.Work.Program(resolved.command(), process.workingDirectory());
            case Workload.Container container -> new Driver.Work.Container(container, resolved.entrypoint(), resolved.command(),
                    container.port() == 0 ? 0 : launch.port(), launch.app(), launch.spec().labels(), launch.spec().stopSignal());
        };
    }

    /// Secrets win over what stands in the manifest, and that over env files.
    private Map<String, String> environment(ServiceSpec spec, Resolution.Resolved resolved) {
        var environment = new HashMap<String, String>();
        spec.envFiles().forEach(file -> environment.putAll(EnvFiles.read(file)));
        environment.putAll(resolved.environment());
        spec.secrets().environment().forEach((name, source) -> environment.put(name, secrets.reveal(source)));
        return environment;
    }

    private Map<String, String> files(Secrets declared) {
        var files = new HashMap<String, String>();
        declared.files().forEach(file -> files.put(file.name(), secrets.reveal(file.source())));
        return files;
    }
}
