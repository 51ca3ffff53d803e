package reeve.run.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import reeve.base.Patience;
import reeve.base.os.OsException;
import reeve.base.os.ProcessFacts;
import reeve.base.os.Processes;
import reeve.model.Exit;
import reeve.run.supervise.Driver.Executed;

/// A command that nobody talks to, within bounds of time and of what is kept of its output.
/// @param mark the value of [#MARK] in its environment, by which it and all that it started are found
record Errand(Process process, String mark) {
    static final String MARK = "REEVE_EXEC";

    /// An exit status of this and a signal's number means the signal, as for a shell.
    private static final int SIGNALS = 128;
    private static final int LAST_SIGNAL = 31;

    /// Waits until it has ended; kills it when it takes too long.
    /// @param most of its output, in bytes, that are kept: the last ones
    Executed end(Duration timeout, int most) throws IOException {
        process.getOutputStream().close();
        var output = new Tail(most);
        Thread reader = Thread.ofVirtual().name("output of a command").start(() -> output.readAll(process.getInputStream()));
        boolean ended = false;
        try {
            ended = process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (ended) {
                reader.join(Patience.SHORT); // what it left running may hold the output open
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!ended) {
                Patience.shortly(this::killed);
                process.destroyForcibly();
            }
        }
        return new Executed(ended ? Optional.of(exit(process.exitValue())) : Optional.empty(), output.text());
    }

    private static Exit exit(int status) {
        return status > SIGNALS && status <= SIGNALS + LAST_SIGNAL ? new Exit.Signalled(status - SIGNALS) : new Exit.Code(status);
    }

    /// Kills the command and all that it started, until none is left.
    private boolean killed() {
        List<ProcessFacts> left = Processes.all(facts -> Processes.startedWith(facts.pid(), MARK + "=" + mark));
        for (ProcessFacts each : left) {
            try {
                Processes.signal(each.pid(), each.startTicks(), Processes.SIGKILL);
            } catch (OsException e) {
                return true; // it changed its user and the kernel refuses: nothing else can be done about it
            }
        }
        return left.isEmpty();
    }

    /// The last bytes of a stream.
    private static final class Tail {
        private final byte[] last;
        private long total;

        Tail(int most) {
            last = new byte[Math.max(1, most)];
        }

        void readAll(InputStream in) {
            byte[] block = new byte[8192];
            try {
                for (int count = in.read(block); count >= 0; count = in.read(block)) {
                    add(block, count);
                }
            } catch (IOException e) {
                return; // it was closed: what came before counts
            }
        }

        private synchronized void add(byte[] block, int count) {
            for (int i = 0; i < count; i++) {
                last[(int) (total++ % last.length)] = block[i];
            }
        }

        synchronized String text() {
            int start = total > last.length ? (int) (total % last.length) : 0;
            byte[] ordered = new byte[(int) Math.min(total, last.length)];
            for (int i = 0; i < ordered.length; i++) {
                ordered[i] = last[(start + i) % last.length];
            }
            return new String(ordered, StandardCharsets.UTF_8);
        }
    }
}
