package reeve.serve.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reeve.testing.RawBackend;
import reeve.testing.RecordingBackend;
import reeve.testing.StrictRequest;

/// As [AmbiguousRequestsTest], over HTTP/2: every byte in every part of a request, and every way to say how long it is. What arrives at
/// the backend is read again by a second, strict parser, and is the one request that the frames meant, or the beginning of it.
@Tag("it")
@Timeout(120)
@DisplayName("PROMISE-4: no request of HTTP/2 reaches a backend in a form that a second parser reads differently")
class AmbiguousHttp2Test {
    private final ProxyFixture fixture = new ProxyFixture();
    private final RecordingBackend backend;
    private RawHttp2 client;
    private int stream = 1;

    AmbiguousHttp2Test() throws IOException {
        backend = new RecordingBackend(_ -> RawBackend.ok(""));
        fixture.to(backend.address());
        client = RawHttp2.to(fixture.address);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        fixture.close();
        backend.close();
    }

    private record Vector(String method, String path, String authority, List<String> more) {
        static Vector plain() {
            return new Vector("POST", "/first", "a.example", List.of());
        }

        static Vector with(String... more) {
            return new Vector("POST", "/first", "a.example", List.of(more));
        }

        String[] fields() {
            return Stream.concat(Stream.of(":method", method, ":scheme", "http", ":path", path, ":authority", authority), more.stream())
                    .toArray(String[]::new);
        }
    }

    enum Part {
        METHOD {
            @Override
            Stream<Vector> vectors() {
                return bytes().map(b -> new Vector("PO" + b + "ST", "/first", "a.example", List.of()));
            }
        },
        PATH {
            @Override
            Stream<Vector> vectors() {
                return Stream.concat(bytes().map(b -> new Vector("POST", "/fi" + b + "rst", "a.example", List.of())),
                        Stream.of("", "first", "//b.example/", "http://b.example/", "*", "/ HTTP/1.1", "/?", "/#", "b.example:80", "/..")
                                .map(path -> new Vector("POST", path, "a.example", List.of())));
            }
        },
        AUTHORITY {
            @Override
            Stream<Vector> vectors() {
                return Stream.concat(bytes().map(b -> new Vector("POST", "/first", "a" + b + "example", List.of())),
                        Stream.of("", "a.example:", "a.example:99999", "u@a.example", "[::1]", "[::1", "a..b", "a,b")
                                .map(authority -> new Vector("POST", "/first", authority, List.of())));
            }
        },
        NAME {
            @Override
            Stream<Vector> vectors() {
                return bytes().map(b -> Vector.with("x" + b + "y", "1"));
            }
        },
        VALUE {
            @Override
            Stream<Vector> vectors() {
                return bytes().flatMap(b ->
                        Stream.of(Vector.with("x", "a" + b + "b"), Vector.with("x", b), Vector.with("cookie", "a" + b)));
            }
        },
        LENGTH {
            @Override
            Stream<Vector> vectors() {
                return Stream.of("4", "04", "+4", "-4", "4 ", " 4", "0x4", "4,4", "4, 4", "3", "5", "", "4.0", "99999999999999999999",
                        "4\r\n", "4;", "four").flatMap(length -> Stream.of(Vector.with("content-length", length),
                        Vector.with("content-length", length, "content-length", length),
                        Vector.with("content-length", length, "transfer-encoding", "chunked"),
                        Vector.with("content_length", length)));
            }
        },
        CODING {
            @Override
            Stream<Vector> vectors() {
                return Stream.of("transfer-encoding", "transfer_encoding", "te", "connection", "upgrade", "keep-alive", "proxy-connection",
                        "http2-settings", "trailer", "expect", "host", ":host", "transfer-encoding ", "content-length ")
                        .flatMap(name -> Stream.of("chunked", "gzip, chunked", "close", "host", "content-length", "h2c", "100-continue",
                                "a.example", "b.example").map(value -> Vector.with(name, value)));
            }
        };

        abstract Stream<Vector> vectors();

        private static Stream<String> bytes() {
            return IntStream.range(0, 256).mapToObj(b -> String.valueOf((char) b));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatArrivesIsWhatWasMeant(Part part) throws IOException {
        var arrived = new ArrayList<Vector>();
        for (Vector vector : part.vectors().toList()) {
            backend.forget();
            RawHttp2.Answer answer = ask(vector);
            for (String bytes : backend.received()) {
                Optional<StrictRequest> read = StrictRequest.read(bytes);
                if (read.isEmpty()) {
                    assertThat(answer.status()).as("%s was cut: %s", vector, bytes).isNotEqualTo(200);
                    continue;
                }
                StrictRequest request = read.get();
                assertThat(request.length()).as("%s is one request: %s", vector, bytes).isEqualTo(bytes.length());
                assertThat(request.method()).as("%s", vector).isEqualTo(vector.method);
                assertThat(request.resource()).as("%s", vector).isEqualTo(vector.path);
                assertThat(request.authority()).as("%s", vector).isEqualTo(vector.authority.toLowerCase(Locale.ROOT));
                assertThat(request.body()).as("%s", vector).isEqualTo("body");
                arrived.add(vector);
            }
        }
        assertThat(arrived).as("some go through").isNotEmpty();
    }

    private RawHttp2.Answer ask(Vector vector) throws IOException {
        RawHttp2.Answer answer = sent(vector);
        if (!answer.over()) { // the connection has ended: the next goes over another one
            client.close();
            client = RawHttp2.to(fixture.address);
            stream = 1;
            assertThat(sent(Vector.plain()).status()).as("after %s", Arrays.toString(vector.fields())).isEqualTo(200);
            backend.forget();
        }
        return answer;
    }

    private RawHttp2.Answer sent(Vector vector) throws IOException {
        int own = stream;
        stream += 2;
        try {
            client.headers(own, false, vector.fields()).data(own, true, "body");
        } catch (java.net.SocketException e) {
            return client.of(own);
        }
        return client.answer(own);
    }
}
