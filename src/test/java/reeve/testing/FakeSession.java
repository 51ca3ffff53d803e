package reeve.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import reeve.base.Session;
import reeve.model.Interaction;

/// A command made of a few lines: `echo` writes its words, `fail N` writes an error and ends with N, `cat` gives back what it reads
/// until that ends, anything else runs until it is closed.
public final class FakeSession implements Session {
    public final List<String> sizes = new CopyOnWriteArrayList<>();
    public final CountDownLatch closed = new CountDownLatch(1);
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final PipedInputStream output = new PipedInputStream(1024);
    private final PipedOutputStream input;
    private final InputStream errors;

    public FakeSession(Interaction what) {
        List<String> words = what.command();
        String program = words.getFirst();
        what.terminal().ifPresent(size -> sizes.add(size.rows() + "x" + size.columns()));
        boolean fails = program.equals("fail");
        errors = new ByteArrayInputStream((fails ? "it failed\n" : "").getBytes(StandardCharsets.UTF_8));
        try {
            input = new PipedOutputStream(output) {
                @Override
                public void close() throws IOException {
                    super.close();
                    if (program.equals("cat")) {
                        exit.complete(0);
                    }
                }
            };
            if (program.equals("echo")) {
                String line = String.join(" ", words.subList(1, words.size())) + " " + what.environment() + "\n";
                input.write(line.getBytes(StandardCharsets.UTF_8));
            }
            if (fails || program.equals("echo")) {
                input.close();
                exit.complete(fails ? Integer.parseInt(words.get(1)) : 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What it has ended with; empty while it runs.
    Optional<Integer> code() {
        return exit.isDone() ? Optional.of(exit.join()) : Optional.empty();
    }

    @Override
    public OutputStream in() {
        return input;
    }

    @Override
    public InputStream out() {
        return output;
    }

    @Override
    public InputStream err() {
        return errors;
    }

    @Override
    public void resize(int rows, int columns) {
        sizes.add(rows + "x" + columns);
    }

    @Override
    public int await() throws InterruptedException {
        try {
            return exit.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        exit.complete(143);
        closed.countDown();
    }
}
