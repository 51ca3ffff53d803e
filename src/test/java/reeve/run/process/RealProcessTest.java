package reeve.run.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.SystemTime;
import reeve.base.os.Cgroups;
import reeve.base.os.ProcessFacts;
import reeve.base.os.Processes;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Driver.Found;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// A state folder, drivers over it, and an end for every process that was started from it.
@Tag("it")
abstract class RealProcessTest {
    static final InstanceId WEB = InstanceId.parse("wiki/web/1");

    @TempDir
    Path state;

    final SystemTime time = new SystemTime();
    final List<Exit> exits = new CopyOnWriteArrayList<>();
    private final List<ProcessDriver> drivers = new ArrayList<>();

    ProcessDriver driver() {
        return driver(Cgroups.find(), Shim.Interpreter.best());
    }

    ProcessDriver driver(Cgroups cgroups, Shim.Interpreter interpreter) {
        return driver((id, run, exit) -> exits.add(exit), cgroups, interpreter);
    }

    ProcessDriver driver(Driver.Listener listener, Cgroups cgroups, Shim.Interpreter interpreter) {
        var driver = new ProcessDriver(state, Map.of("PATH", "/usr/bin:/bin"), time, listener, cgroups, interpreter);
        drivers.add(driver);
        return driver;
    }

    @AfterEach
    void endEverything() {
        drivers.forEach(ProcessDriver::close);
        try (var last = new ProcessDriver(state, Map.of(), time, (id, run, exit) -> {}, Cgroups.find(), Shim.Interpreter.best())) {
            for (Found found : last.adopt()) {
                if (found instanceof Found.Alive(InstanceId id, Run run, String _, boolean _)) {
                    last.signal(id, run, StopSignal.SIGKILL);
                }
                eventually(() -> last.forget(found.id()));
            }
        }
        time.close();
    }

    Launch launch(Map<String, String> environment, String... command) {
        return Launch.process(List.of(command), environment, state, state.resolve("log"), "spec-1");
    }

    Run start(ProcessDriver driver, InstanceId id, String... command) {
        Started started = driver.start(id, launch(Map.of(), command), _ -> {});
        assertThat(started).isInstanceOf(Started.Ok.class);
        return ((Started.Ok) started).run();
    }

    String log() throws IOException {
        return Files.readString(state.resolve("log"));
    }

    Path folder(InstanceId id) {
        return InstanceFolder.of(state.resolve("instances"), id).path();
    }

    static ProcessFacts facts(long pid) {
        return Processes.facts(pid).orElseThrow();
    }

    static boolean runs(long pid) {
        return Processes.facts(pid).filter(facts -> !facts.gone()).isPresent();
    }

    static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
        await().atMost(ofSeconds(10)).pollInterval(ofMillis(5)).untilAsserted(assertion);
    }

    void touch(String name) {
        try {
            Files.writeString(state.resolve(name), "");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// The number a program writes to a file, once it has.
    long pidIn(String file) {
        await().atMost(ofSeconds(10)).pollInterval(ofMillis(5)).until(() -> {
            Path path = state.resolve(file);
            return Files.exists(path) && Files.readString(path).endsWith("\n");
        });
        try {
            return Long.parseLong(Files.readString(state.resolve(file)).strip());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
