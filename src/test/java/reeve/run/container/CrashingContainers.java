package reeve.run.container;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import reeve.base.SystemTime;
import reeve.model.InstanceId;

/// A program for tests: a JVM with a driver that starts one container and waits to be killed. Prints a line at each step.
final class CrashingContainers {
    private CrashingContainers() {}

    /// @param args state folder, podman's program
    public static void main(String[] args) throws InterruptedException {
        Path state = Path.of(args[0]);
        var driver = new ContainerRuntime(state, new ContainerSettings(Optional.empty(), args[1], Optional.empty()), Map.of(),
                new SystemTime()).driver((id, run, exit) -> {});
        System.out.println("ready");
        driver.adopt();
        driver.start(InstanceId.parse("wiki/web/1"),
                Containers.of(List.of("sleep", "600")).log(state.resolve("web.log")).launch(), _ -> {});
        System.out.println("started");
        Thread.currentThread().join();
    }
}
