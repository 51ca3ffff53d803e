package reeve.base;

import java.io.InputStream;
import java.io.OutputStream;

/// A program that somebody talks to while it runs. Its streams block; one thread each.
public interface Session extends AutoCloseable {

    /// What the program reads; closing it ends the input.
    OutputStream in();

    /// What it writes; with a terminal all of it.
    InputStream out();

    /// What it writes to standard error; ended from the beginning where it has a terminal.
    InputStream err();

    /// Its terminal has another size now. Does nothing where it has none.
    void resize(int rows, int columns);

    /// Waits for its end.
    /// @return its exit code; 128 and the signal's number where a signal ended it
    int await() throws InterruptedException;

    /// Ends it: TERM, and KILL where that is not enough. Does nothing when it has ended.
    @Override
    void close();
}
