package reeve.run.container;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import reeve.base.SystemTime;
import reeve.base.os.Processes;
import reeve.model.Exit;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.DriverContract;
import reeve.testing.NeedsProgram;
import reeve.testing.NeedsRoot;
import reeve.testing.Podman;

import static org.assertj.core.api.Assertions.assertThat;

/// The contract with real containers. Each subclass reaches Podman in another way.
@Tag("it")
@NeedsRoot
@NeedsProgram({"podman", "runc", "catatonit", "busybox", "iptables"})
abstract class ContainerDriverContractTest extends DriverContract {
    private final SystemTime time = new SystemTime();
    protected static Podman podman;

    protected abstract ContainerSettings settings();

    @BeforeAll
    static void podman() {
        podman = new Podman();
    }

    @AfterAll
    static void nothingIsLeft() {
        assertThat(podman.podman("ps", "--all", "--quiet")).isEmpty();
        assertThat(podman.podman("secret", "ls", "--quiet")).isEmpty();
        podman.close();
    }

    @AfterEach
    void closeTime() {
        time.close();
    }

    @Override
    protected Driver newDriver(Driver.Listener listener) {
        return new ContainerRuntime(folder, settings(), Map.of(), time,
                new ContainerRuntime.Timing(Duration.ofMillis(500), Duration.ofSeconds(5))).driver(listener);
    }

    @Override
    protected void crash(Driver crashed) {
        crashed.close();
    }

    @Override
    protected Launch launch(List<String> command) {
        return Containers.of(command).init(!command.equals(missing())).log(folder.resolve("log")).launch();
    }

    @Override
    protected List<String> runs() {
        return List.of("sleep", "600");
    }

    @Override
    protected List<String> exits(int code) {
        return List.of("sh", "-c", "exit " + code);
    }

    @Override
    protected Exit exitOf(int code) {
        return new Exit.Signalled(code - 128);
    }

    @Override
    protected List<String> ignoresTerm() {
        return List.of("sh", "-c", "trap '' TERM; while :; do sleep 600; done");
    }

    @Override
    protected List<String> missing() {
        return List.of("no-such-program");
    }

    @Override
    protected void strike(Driver.Run run, StopSignal signal) {
        Processes.facts(run.pid()).ifPresent(facts -> Processes.signal(run.pid(), facts.startTicks(), signal.number()));
    }

    @Override
    protected boolean alive(Driver.Run run) {
        return Processes.facts(run.pid()).filter(facts -> !facts.gone()).isPresent();
    }
}
