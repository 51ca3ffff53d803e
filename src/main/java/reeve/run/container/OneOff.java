package reeve.run.container;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.base.Session;

/// A container that lives as long as somebody talks to its program.
final class OneOff implements Session {
    private static final Logger LOG = LoggerFactory.getLogger(OneOff.class);
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Podman podman;
    private final String container;
    private final Session talk;
    private final Consumer<OneOff> afterwards;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int code;

    /// @param talk       with its program; ends when that does
    /// @param afterwards once, after the container is gone
    OneOff(Podman podman, String container, Session talk, Consumer<OneOff> afterwards) {
        this.podman = podman;
        this.container = container;
        this.talk = talk;
        this.afterwards = afterwards;
    }

    /// From now on its end is seen to.
    void begin() {
        Thread.ofVirtual().name("copy " + container).start(() -> {
            try {
                code = talk.await();
                kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                afterwards.accept(this);
                ended.countDown();
            }
        });
    }

    @Override
    public OutputStream in() {
        return talk.in();
    }

    @Override
    public InputStream out() {
        return talk.out();
    }

    @Override
    public InputStream err() {
        return talk.err();
    }

    @Override
    public void resize(int rows, int columns) {
        talk.resize(rows, columns);
    }

    @Override
    public int await() throws InterruptedException {
        ended.await();
        return code;
    }

    @Override
    public void close() {
        try {
            if (ended.getCount() > 0) {
                stop();
                if (!ended.await(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                    LOG.warn("a copy does not end: container={}", container);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            talk.close();
        }
    }

    private void stop() {
        try {
            podman.stop(container, GRACE);
        } catch (PodmanException e) {
            kill(); // it has not begun, or Podman is in trouble
        }
    }

    /// Whatever it does, it is gone then; otherwise the next list of containers finds it.
    void kill() {
        try {
            podman.remove(container, true);
        } catch (PodmanException e) {
            LOG.warn("cannot remove a copy: container={} reason={}", container, e.getMessage());
        }
    }
}
