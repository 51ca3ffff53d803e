package reeve.run.process;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import reeve.base.SystemTime;
import reeve.base.os.Cgroups;
import reeve.base.os.Processes;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver;
import reeve.run.supervise.DriverContract;

/// The contract with real processes. Each subclass takes another shim or another way of suspending.
@Tag("it")
abstract class ProcessDriverContractTest extends DriverContract {
    private final SystemTime time = new SystemTime();
    private final Shim.Interpreter interpreter;
    private final Cgroups cgroups;

    ProcessDriverContractTest(Shim.Interpreter interpreter, Cgroups cgroups) {
        this.interpreter = interpreter;
        this.cgroups = cgroups;
    }

    @AfterEach
    void closeTime() {
        time.close();
    }

    @Override
    protected Driver newDriver(Driver.Listener listener) {
        return new ProcessDriver(folder, Map.of("PATH", "/usr/bin:/bin"), time, listener, cgroups, interpreter);
    }

    @Override
    protected void crash(Driver crashed) {
        crashed.close();
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
    protected List<String> ignoresTerm() {
        return List.of("sh", "-c", "trap '' TERM; while :; do sleep 600; done");
    }

    @Override
    protected void awaitIgnoring(Driver.Run run) {
        awaitIgnoringTerm(run.pid());
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
