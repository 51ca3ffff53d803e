package reeve.front.cli;

import java.io.InputStream;

/// What the caller types on: a terminal, or a pipe or file. A port of this room, joined in Main.
public interface Keyboard {

    InputStream in();

    /// Whether it is a terminal, and output goes to one too.
    boolean isTerminal();

    /// Of the terminal.
    int rows();

    /// Of the terminal.
    int columns();

    /// Hands on every key as it is pressed, Ctrl-C too, and shows none.
    /// @return sets it back; doing so twice does no harm
    Runnable raw();
}
