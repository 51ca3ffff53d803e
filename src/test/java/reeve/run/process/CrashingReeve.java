package reeve.run.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import reeve.base.SystemTime;
import reeve.model.InstanceId;
import reeve.run.supervise.Driver.Launch;

/// A program for tests: a JVM with a driver that starts one instance and waits to be killed. Prints a line at each step.
final class CrashingReeve {
    private CrashingReeve() {}

    public static void main(String[] args) throws InterruptedException {
        Path state = Path.of(args[0]);
        var driver = new ProcessDriver(state, Map.of("PATH", "/usr/bin:/bin"), new SystemTime(), (id, run, exit) -> {});
        System.out.println("ready");
        driver.adopt();
        driver.start(
                InstanceId.parse("wiki/web/1"), Launch.process(List.of("sleep", "600"), Map.of(), state, state.resolve("log"), "spec-1"),
                        _ -> {});
        System.out.println("started");
        Thread.currentThread().join();
    }
}
