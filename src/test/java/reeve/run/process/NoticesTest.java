package reeve.run.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reeve.base.os.Cgroups;
import reeve.base.os.Notify;
import reeve.base.os.Processes;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.Notification;
import reeve.model.StopSignal;
import reeve.run.supervise.Driver.Launch;
import reeve.run.supervise.Driver.Listener;
import reeve.run.supervise.Driver.Notice;
import reeve.run.supervise.Driver.Run;
import reeve.run.supervise.Driver.Started;

import static org.assertj.core.api.Assertions.assertThat;

/// What real programs tell by sd_notify(3).
class NoticesTest extends RealProcessTest {
    private final List<Notice> heard = new CopyOnWriteArrayList<>();

    @Test
    void aProgramIsHeardAlsoByTheNextReeveAndAStrangerIsNot() {
        ProcessDriver first = listening();
        String tells = "use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0);"
                + " sub say_it { send $s, shift, 0, pack_sockaddr_un($ENV{NOTIFY_SOCKET}) }"
                + " say_it(qq(READY=1\\nSTATUS=warm)); select undef, undef, undef, 0.02 until -e 'go';"
                + " for (1 .. 100) { say_it('WATCHDOG=1'); select undef, undef, undef, 0.05 } sleep 600";
        Launch plain = launch(Map.of(), "perl", "-e", tells);
        Launch notifying = new Launch(plain.work(), plain.environment(), plain.secrets(), plain.confinement(), plain.resources(),
                new Notification(true, Optional.of(Duration.ofSeconds(3))), plain.output(), plain.spec());
        Run run = ((Started.Ok) first.start(WEB, notifying, _ -> {})).run();
        eventually(() -> assertThat(heard).containsExactly(new Notice.Ready(), new Notice.Status("warm")));
        assertThat(Processes.environment(run.pid())).containsEntry("WATCHDOG_USEC", "3000000");
        String socket = Processes.environment(run.pid()).get("NOTIFY_SOCKET");
        assertThat(new Notify(socket).send("STATUS=forged")).isTrue();
        first.close();
        ProcessDriver next = listening();
        next.adopt();
        touch("go");
        eventually(() -> assertThat(heard).contains(new Notice.Watchdog()));
        assertThat(heard).doesNotContain(new Notice.Status("forged"));
        next.signal(WEB, run, StopSignal.SIGKILL);
        eventually(() -> assertThat(exits).hasSize(1));
        assertThat(Path.of(socket).getParent()).doesNotExist();
    }

    private ProcessDriver listening() {
        return driver(new Listener() {
            @Override
            public void ended(InstanceId id, Run run, Exit exit) {
                exits.add(exit);
            }

            @Override
            public void notified(InstanceId id, Run run, Notice notice) {
                heard.add(notice);
            }
        }, Cgroups.find(), Shim.Interpreter.best());
    }
}
