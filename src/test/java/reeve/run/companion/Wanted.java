package reeve.run.companion;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.Confinement;
import reeve.model.InstanceId;
import reeve.model.LogRotation;
import reeve.model.Notification;
import reeve.model.Resources;
import reeve.model.RestartPolicy;
import reeve.model.StopSignal;
import reeve.model.Workload;
import reeve.run.supervise.Driver;

/// Companions as tests want them.
final class Wanted {
    private Wanted() {}

    static Companion running(String id, List<String> command, Map<String, String> environment, Map<String, String> secrets) {
        var declared = Workload.Container.of("localhost/bb:1");
        var app = AppSpec.of(new AppName(InstanceId.parse(id).service().app().value()), List.of(), List.of());
        var work = new Driver.Work.Container(declared, Optional.empty(), command, 0, app, Map.of(), StopSignal.SIGTERM);
        var launch = new Driver.Launch(work, environment, secrets, Confinement.NONE, Resources.UNLIMITED, Notification.NONE,
                new Driver.Output(Path.of("/dev/null"), LogRotation.DEFAULT), "");
        return new Companion(InstanceId.parse(id), new Companion.Wish.Run(launch, work, new RestartPolicy.Always(), Duration.ofSeconds(5)));
    }

    static Companion running(String id) {
        return running(id, List.of("sleep", "1000"), Map.of(), Map.of());
    }
}
