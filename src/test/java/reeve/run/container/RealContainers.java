package reeve.run.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.SystemTime;
import reeve.base.os.Processes;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Driver.Found;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;
import reeve.testing.NeedsProgram;
import reeve.testing.NeedsRoot;
import reeve.testing.Podman;

/// A Podman for the class, a state folder for each test, drivers over it, and what they told.
@Tag("it")
@NeedsRoot
@NeedsProgram({"podman", "runc", "catatonit", "busybox", "iptables"})
abstract class RealContainers {
    static final InstanceId WEB = InstanceId.parse("wiki/web/1");
    static final InstanceId DB = InstanceId.parse("wiki/db/1");

    static Podman podman;

    @TempDir
    Path state;

    final SystemTime time = new SystemTime();
    final List<String> heard = new CopyOnWriteArrayList<>();
    final List<String> words = new CopyOnWriteArrayList<>();
    private final List<Driver> drivers = new ArrayList<>();

    @BeforeAll
    static void makePodman() {
        podman = new Podman();
    }

    @AfterAll
    static void removePodman() {
        podman.close();
    }

    @AfterEach
    void endEverything() {
        drivers.forEach(Driver::close);
        podman.podman("rm", "--all", "--force", "--volumes", "--time=0");
        time.close();
    }

    /// With Podman's program, and short pauses.
    ContainerRuntime runtime() {
        return runtime(new ContainerSettings(Optional.empty(), podman.program().toString(), Optional.empty()));
    }

    ContainerRuntime runtime(ContainerSettings settings) {
        return new ContainerRuntime(state, settings, Map.of(), time,
                new ContainerRuntime.Timing(Duration.ofMillis(300), Duration.ofSeconds(3)));
    }

    Driver driver() {
        return driver(runtime());
    }

    Driver driver(ContainerRuntime runtime) {
        var driver = runtime.driver(new Driver.Listener() {
            @Override
            public void ended(InstanceId id, Run run, Exit exit) {
                heard.add(id + " ended: " + exit.words());
            }

            @Override
            public void silent(InstanceId id, String reason) {
                heard.add(id + " silent");
            }

            @Override
            public void answers(InstanceId id, Optional<Found> found) {
                heard.add(id + " answers: " + found.map(one -> one.getClass().getSimpleName()).orElse("nothing"));
            }
        });
        drivers.add(driver);
        return driver;
    }

    Run start(Driver driver, InstanceId id, Containers container) {
        Started started = driver.start(id, container.log(log(id)).launch(), words::add);
        assertThat(started).isInstanceOf(Started.Ok.class);
        return ((Started.Ok) started).run();
    }

    String refused(Driver driver, InstanceId id, Containers container) {
        Started started = driver.start(id, container.log(log(id)).launch(), words::add);
        assertThat(started).isInstanceOf(Started.Failed.class);
        return ((Started.Failed) started).reason();
    }

    Path log(InstanceId id) {
        return state.resolve(id.service().service() + ".log");
    }

    /// What an instance wrote, without the runtime's stamps.
    String output(InstanceId id) {
        try {
            return Files.readString(log(id)).replaceAll("(?m)^\\S+ std(out|err) [FP] ", "");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Containers sleeps() {
        return Containers.of(List.of("sleep", "600"));
    }

    static boolean alive(Run run) {
        return Processes.facts(run.pid()).filter(facts -> !facts.gone()).isPresent();
    }

    static void eventually(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(15)).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
    }

    static String inspect(String container, String format) {
        return podman.podman("inspect", "--format", format, container);
    }
}
