package reeve.testing;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import reeve.model.Address;

/// A backend that notes every byte of each connection, reads them with [StrictRequest], and answers each whole request.
public final class RecordingBackend implements AutoCloseable {
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final RawBackend backend;

    /// On one connection.
    private static final class Received {
        final StringBuffer bytes = new StringBuffer();
        volatile int from;
    }

    /// What is sent back, as it is; the connection ends where that is empty.
    @FunctionalInterface
    public interface Responder {
        String respond(StrictRequest request);
    }

    public RecordingBackend(Responder responder) throws IOException {
        backend = RawBackend.serving((connection, _) -> {
            var connected = new Received();
            received.add(connected);
            StringBuffer bytes = connected.bytes;
            byte[] some = new byte[16 * 1024];
            int read = 0;
            for (int n = connection.readSome(some); n >= 0; n = connection.readSome(some)) {
                bytes.append(StrictRequest.latin(some), 0, n);
                Optional<StrictRequest> next = next(bytes, read);
                while (next.isPresent()) {
                    read += next.get().length();
                    String answer = responder.respond(next.get());
                    if (answer.isEmpty()) {
                        return;
                    }
                    connection.send(answer);
                    next = next(bytes, read);
                }
            }
        });
    }

    private static Optional<StrictRequest> next(StringBuffer bytes, int from) {
        return from == bytes.length() ? Optional.empty() : StrictRequest.read(bytes.substring(from));
    }

    /// Answers 200 with the request's body.
    public static RecordingBackend echo() throws IOException {
        return new RecordingBackend(request -> RawBackend.ok(request.method().equals("HEAD") ? "" : request.body()));
    }

    public Address address() {
        return backend.address();
    }

    /// What came so far, connection by connection, of those on which something did.
    public List<String> received() {
        return received.stream().map(r -> r.bytes.substring(r.from)).filter(bytes -> !bytes.isEmpty()).toList();
    }

    /// All that came so far on the only connection there was.
    public String only() {
        List<String> all = received();
        if (all.size() != 1) {
            throw new AssertionError("connections: " + all);
        }
        return all.getFirst();
    }

    /// As if nothing had come so far.
    public void forget() {
        received.forEach(r -> r.from = r.bytes.length());
    }

    @Override
    public void close() throws IOException {
        backend.close();
    }
}
