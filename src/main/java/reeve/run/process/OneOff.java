package reeve.run.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.PrivateFiles;
import reeve.base.Session;
import reeve.base.command.Conversation.Afterwards;
import reeve.base.os.Controllers;
import reeve.base.os.OsException;
import reeve.base.os.Processes;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.Interaction;
import reeve.model.Notification;
import reeve.run.process.Groundwork.Plan;
import reeve.run.process.Preflight.Refused;
import reeve.run.process.Records.Intent;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Work;

/// Commands that are nobody's instance, with what an instance of their service gets and within what holds it. Each has its
/// intent in `once/RUN` for the time of its life: by that a later Reeve ends what is left of those that were cut off.
record OneOff(Path folder, Groundwork groundwork, Traces traces, Shim shim) {
    private static final Logger LOG = LoggerFactory.getLogger(OneOff.class);
    private static final int KILLED = 128 + Processes.SIGKILL;

    /// @throws Failure `UNAVAILABLE` where it cannot be run
    Session open(InstanceId id, Launch launch, Interaction what) {
        try {
            return open(groundwork.plan(id, instead(launch, what)), what);
        } catch (IOException | OsException | Refused e) {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot run a command for " + id + ": " + e.getMessage(), e);
        }
    }

    private static Launch instead(Launch launch, Interaction what) {
        if (!(launch.work() instanceof Work.Program(var _, Path workingDirectory))) {
            throw new IllegalArgumentException("cannot run " + launch + " as a process");
        }
        var environment = new HashMap<>(launch.environment());
        environment.putAll(what.environment());
        return new Launch(new Work.Program(what.command(), workingDirectory), environment, launch.secrets(), launch.confinement(),
                launch.resources(), Notification.NONE, launch.output(), launch.spec());
    }

    private Session open(Plan plan, Interaction what) throws IOException, Refused {
        Intent intent = plan.intent();
        PrivateFiles.folder(folder);
        PrivateFiles.file(record(intent));
        Files.writeString(record(intent), intent.text(), StandardOpenOption.DSYNC);
        try {
            groundwork.lay(plan);
            Request request = plan.complete(Request.command().joining(intent.cgroup().filter(Files::isDirectory).stream().toList()));
            return shim.talk(intent.run(), request, what.terminal(), new Ending(this, intent));
        } catch (IOException | OsException | Refused e) {
            sweep(intent);
            throw e;
        }
    }

    private record Ending(OneOff oneOff, Intent intent) implements Afterwards {
        /// The exit code alone may also be that of somebody's KILL.
        @Override
        public String words(int code) {
            boolean ranOut = code == KILLED && Groundwork.memory(intent).filter(Controllers::ranOutOfMemory).isPresent();
            return ranOut ? "reeve: it was killed: out of memory\n" : "";
        }

        @Override
        public void run() {
            oneOff.sweep(intent);
        }
    }

    private Path record(Intent intent) {
        return folder.resolve(intent.run());
    }

    /// Ends what earlier Reeves left of their commands.
    void sweepAll() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> records = Files.newDirectoryStream(folder)) {
            for (Path each : records) {
                Intent.parse(Files.readString(each)).ifPresent(this::sweep);
                Files.deleteIfExists(each); // one that was cut off while it was written
            }
        } catch (IOException e) {
            LOG.error("cannot look for commands that were cut off: folder={} reason={}", folder, e.getMessage());
        }
    }

    private void sweep(Intent intent) {
        try {
            traces.sweep(intent);
            Files.deleteIfExists(record(intent));
        } catch (IOException | OsException e) {
            LOG.error("cannot clean up after a command: run={} reason={}", intent.run(), e.getMessage());
        }
    }
}
