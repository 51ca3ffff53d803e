package reeve.front.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import reeve.front.client.Talk;
import reeve.model.Failure;
import reeve.model.wire.ExecRequest;

/// Hands what the caller types to a command of the node, and what that writes to the caller; a part of the verbs that do so.
final class Talking {
    private static final Duration LOOK_AT_SIZE = Duration.ofMillis(500);
    private static final int BLOCK = 8 * 1024;

    @Option(names = {"-t", "--tty"}, description = "With a terminal. Default: where input and output here are one.")
    boolean terminal;

    @Option(names = {"-T", "--no-tty"}, description = "Without a terminal.")
    boolean pipes;

    @Option(names = {"-e", "--env"}, paramLabel = "NAME=VALUE", description = "A variable besides the service's; any number of times.")
    Map<String, String> variables = Map.of();

    /// @param begin sends the request
    /// @return the command's exit code
    int hold(Surroundings around, Function<Wish, Talk> begin) {
        if (terminal && pipes) {
            throw new IllegalArgumentException("cannot have a terminal and none: leave out --tty or --no-tty");
        }
        Keyboard keyboard = around.keyboard();
        boolean typed = keyboard.isTerminal();
        boolean onTerminal = !pipes && (terminal || typed);
        var environment = new HashMap<>(variables);
        if (onTerminal) {
            around.variable("TERM").ifPresent(kind -> environment.putIfAbsent("TERM", kind));
        }
        var size = onTerminal ? new ExecRequest.TerminalRow(typed ? keyboard.rows() : 24, typed ? keyboard.columns() : 80) : null;
        try (Talk talk = begin.apply(new Wish(environment, size))) {
            if (!onTerminal || !typed) {
                return exchange(around, talk);
            }
            Runnable back = keyboard.raw();
            try (var _ = around.interrupts().on(back); var _ = watchSize(around, talk)) {
                return exchange(around, talk);
            } finally {
                back.run();
            }
        }
    }

    /// What of a request these options say.
    record Wish(Map<String, String> environment, ExecRequest.@Nullable TerminalRow terminal) {}

    private static int exchange(Surroundings around, Talk talk) {
        Thread.ofPlatform().daemon().name("keyboard").start(() -> type(around.keyboard().in(), talk));
        while (true) {
            switch (talk.listen()) {
                case Talk.Heard.Output(byte[] bytes) -> print(around.out(), bytes);
                case Talk.Heard.Error(byte[] bytes) -> print(around.err(), bytes);
                case Talk.Heard.Ended(int exitCode) -> {
                    return exitCode;
                }
            }
        }
    }

    private static void type(InputStream in, Talk talk) {
        byte[] block = new byte[BLOCK];
        try {
            int count = in.read(block);
            while (count >= 0 && talk.say(block, count)) {
                count = in.read(block);
            }
            talk.endInput();
        } catch (IOException e) {
            talk.endInput(); // the terminal is gone: nothing more will be typed
        }
    }

    /// As it comes: it is for the caller's terminal, or for whatever the caller's pipe leads to.
    private static void print(PrintStream out, byte[] bytes) {
        out.write(bytes, 0, bytes.length);
        if (out.checkError()) { // flushes
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot go on: nobody takes the output");
        }
    }

    /// A terminal tells of its new size by a signal, which Java does not hand on: so it is looked at.
    private static Surroundings.Interrupts.Watch watchSize(Surroundings around, Talk talk) {
        var ended = new AtomicBoolean();
        lookAtSize(around, talk, ended, around.keyboard().rows(), around.keyboard().columns());
        return () -> ended.set(true);
    }

    private static void lookAtSize(Surroundings around, Talk talk, AtomicBoolean ended, int rows, int columns) {
        around.time().after(LOOK_AT_SIZE, () -> {
            if (!ended.get()) {
                int rowsNow = around.keyboard().rows();
                int columnsNow = around.keyboard().columns();
                if (rowsNow != rows || columnsNow != columns) {
                    talk.resize(rowsNow, columnsNow);
                }
                lookAtSize(around, talk, ended, rowsNow, columnsNow);
            }
        });
    }
}
