package reeve.run.container;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import reeve.base.Time;
import reeve.base.http.HttpStream;
import reeve.base.os.Processes;
import reeve.model.Exit;
import reeve.run.supervise.Driver.Executed;

/// Commands inside a container. Any thread; the caller waits.
record Commands(Podman podman, Time time) {
    private static final int FRAME_HEAD = 8;
    private static final int BLOCK = 64 * 1024;
    private static final int MOST_OF_AN_ERROR = 1024;

    /// Exit codes of Podman itself when there is no such program, or it is none, with words in place of the program's output.
    private static final int NOT_RUNNABLE = 126;
    private static final int NOT_FOUND = 127;
    private static final String RUNTIME_SAYS = "OCI runtime";

    Executed run(String container, List<String> command, Duration timeout, int output) throws PodmanException, IOException {
        String id = podman.post("/containers/" + container + "/exec",
                Json.object(Map.of("AttachStdout", true, "AttachStderr", true, "Cmd", command)), Podman.LOOK).get("Id").text();
        var late = new AtomicBoolean();
        var kept = new Tail(output);
        try (HttpStream stream = podman.open("/exec/" + id + "/start", Json.object(Map.of("Detach", false, "Tty", false)), timeout)) {
            Runnable cancel = time.after(timeout, () -> {
                late.set(true);
                Thread.ofVirtual().name("kill " + id).start(() -> kill(id, stream));
            });
            try {
                read(stream, kept);
            } catch (IOException e) {
                if (!late.get()) {
                    throw e;
                }
            } finally {
                cancel.run();
            }
        }
        if (late.get()) {
            return new Executed(Optional.empty(), kept.text());
        }
        Exit exit = exit(id);
        if (exit instanceof Exit.Code(int code) && (code == NOT_RUNNABLE || code == NOT_FOUND) && kept.first.contains(RUNTIME_SAYS)) {
            throw new PodmanException(PodmanException.Kind.REFUSED, kept.first.strip());
        }
        return new Executed(Optional.of(exit), kept.text());
    }

    /// Frames of `application/vnd.docker.raw-stream`: one byte for which stream, three unused, four for the length.
    private static void read(HttpStream stream, Tail kept) throws IOException {
        byte[] head = stream.rest(FRAME_HEAD);
        while (head.length == FRAME_HEAD) {
            int left = ByteBuffer.wrap(head, 4, 4).getInt();
            while (left > 0) {
                byte[] block = stream.rest(Math.min(left, BLOCK));
                if (block.length == 0) {
                    return;
                }
                kept.add(block);
                left -= block.length;
            }
            head = stream.rest(FRAME_HEAD);
        }
    }

    private void kill(String id, HttpStream stream) {
        try {
            long pid = podman.get("/exec/" + id + "/json", Podman.LOOK).get("Pid").number();
            if (pid > 1) {
                Processes.facts(pid).ifPresent(facts -> Processes.signal(pid, facts.startTicks(), Processes.SIGKILL));
            }
        } catch (PodmanException e) {
            // it is ended with its container at the latest
        } finally {
            Podman.close(stream);
        }
    }

    private Exit exit(String id) throws PodmanException {
        int code = (int) podman.get("/exec/" + id + "/json", Podman.LOOK).get("ExitCode").number();
        return code > 128 && code < 160 ? new Exit.Signalled(code - 128) : new Exit.Code(code);
    }

    /// The last bytes of what is added.
    private static final class Tail {
        private final int most;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        /// What came first, if it is short.
        private String first = "";

        Tail(int most) {
            this.most = most;
        }

        void add(byte[] block) {
            if (bytes.size() == 0 && block.length < MOST_OF_AN_ERROR) {
                first = new String(block, StandardCharsets.UTF_8);
            }
            bytes.writeBytes(block);
            if (bytes.size() > 2 * most + BLOCK) {
                byte[] last = last();
                bytes.reset();
                bytes.writeBytes(last);
            }
        }

        private byte[] last() {
            byte[] all = bytes.toByteArray();
            return Arrays.copyOfRange(all, Math.max(0, all.length - most), all.length);
        }

        String text() {
            return new String(last(), StandardCharsets.UTF_8);
        }
    }
}
