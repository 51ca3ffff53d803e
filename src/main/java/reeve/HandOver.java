package reeve;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reeve.base.os.Courier;
import reeve.base.os.OpenListener;
import reeve.model.Address;
import reeve.model.Failure;

/// What a node and its successor say to each other, over a connection on which sockets can be handed over:
///
/// | who         | says                        | meaning                                                              |
/// |-------------|-----------------------------|----------------------------------------------------------------------|
/// | successor   | `hello`                     | its configuration is read                                            |
/// | predecessor | `sockets`, with all of them | both listen from now on; the predecessor goes on taking connections  |
/// | successor   | `prepared`                  | it has taken them, and needs only the state folder now               |
/// | predecessor | `yours`                     | its control plane has ended, the state folder is free                |
/// | successor   | `up`                        | it has adopted everything, answers its API and takes connections     |
///
/// Where the successor ends, or says `failed`, the predecessor goes on, with all it had. Where the predecessor ends, everything is
/// the successor's at once. One thread on either side.
final class HandOver implements AutoCloseable {
    private static final String HELLO = "hello";
    private static final String SOCKETS = "sockets";
    private static final String PREPARED = "prepared";
    private static final String YOURS = "yours";
    private static final String UP = "up";
    private static final String FAILED = "failed ";
    private static final int MOST_REASON = 1000;

    private final Courier courier;

    HandOver(Courier courier) {
        this.courier = courier;
    }

    /// The process at the other end.
    long peer() throws IOException {
        return courier.peer();
    }

    // what the predecessor says and hears

    /// @throws Failure where the successor does not come so far within the time
    void awaitHello(Duration within) throws IOException {
        expect(HELLO, within);
    }

    void offer(Map<String, TakenSockets.Taken> sockets) throws IOException {
        var text = new StringBuilder(SOCKETS);
        sockets.forEach((use, socket) -> text.append('\n').append(use).append(' ').append(socket.address()));
        courier.send(new Courier.Message(text.toString(), sockets.values().stream().map(TakenSockets.Taken::descriptor).toList()));
    }

    void awaitPrepared(Duration within) throws IOException {
        expect(PREPARED, within);
    }

    void letGo() throws IOException {
        say(YOURS);
    }

    void awaitUp(Duration within) throws IOException {
        expect(UP, within);
    }

    // what the successor says and hears

    /// @return the sockets of the predecessor
    TakenSockets ask(Duration within) throws IOException {
        say(HELLO);
        return switch (courier.receive(within)) {
            case Courier.Received.Got(var message) when message.text().startsWith(SOCKETS) -> sockets(message);
            case Courier.Received.Got(var message) ->
                    throw new IOException("cannot take over: the predecessor said '" + message.text() + "'");
            case Courier.Received.Ended() -> throw new IOException("cannot take over: the predecessor has ended");
            case Courier.Received.TooLate() -> throw new IOException("cannot take over: the predecessor does not answer");
        };
    }

    private static TakenSockets sockets(Courier.Message message) {
        List<String> lines = message.text().lines().skip(1).toList();
        List<Integer> files = new ArrayList<>(message.files());
        var byUse = new LinkedHashMap<String, TakenSockets.Taken>();
        for (int i = 0; i < Math.min(lines.size(), files.size()); i++) {
            String[] words = lines.get(i).split(" ");
            byUse.put(words[0], new TakenSockets.Taken(Address.parse(words[1]), files.get(i)));
        }
        files.subList(byUse.size(), files.size()).forEach(OpenListener::close);
        return new TakenSockets(byUse);
    }

    /// Returns when the state folder is free: the predecessor says so, or has ended.
    void prepared(Duration within) throws IOException {
        say(PREPARED);
        if (courier.receive(within) instanceof Courier.Received.TooLate) {
            throw new IOException("cannot take over: the predecessor does not let go of the node");
        }
    }

    /// @return false where there is nobody any more to hear it
    boolean up() {
        try {
            say(UP);
            return true;
        } catch (IOException e) {
            return false; // then all is the successor's anyway
        }
    }

    void failed(String why) {
        try {
            say(FAILED + why.substring(0, Math.min(why.length(), MOST_REASON)));
        } catch (IOException e) {
            // it hears the end of the connection instead, or has ended itself
        }
    }

    private void say(String text) throws IOException {
        courier.send(new Courier.Message(text, List.of()));
    }

    private void expect(String wanted, Duration within) throws IOException {
        switch (courier.receive(within)) {
            case Courier.Received.Got(var message) when message.text().equals(wanted) -> { }
            case Courier.Received.Got(var message) -> throw new Failure(Failure.Kind.UNAVAILABLE, message.text().startsWith(FAILED)
                    ? message.text().substring(FAILED.length()) : "the new Reeve said '" + message.text() + "' in place of " + wanted);
            case Courier.Received.Ended() -> throw new Failure(Failure.Kind.UNAVAILABLE, "the new Reeve ended before it was " + wanted);
            case Courier.Received.TooLate() -> throw new Failure(Failure.Kind.TIMEOUT, "the new Reeve was not " + wanted + " within "
                    + within.toSeconds() + " s");
        }
    }

    @Override
    public void close() {
        courier.close();
    }
}
