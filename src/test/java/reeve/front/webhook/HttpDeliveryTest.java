package reeve.front.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reeve.base.SystemTime;
import reeve.front.webhook.Delivery.Outcome;
import reeve.model.Address;
import reeve.model.Webhook;

class HttpDeliveryTest {
    private static final byte[] BODY = "{\"event\":\"failed\"}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final SystemTime time = new SystemTime();
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private volatile String answer = "HTTP/1.1 204 No Content\r\n\r\n";

    @BeforeEach
    void serve() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    Thread.ofVirtual().start(() -> answer(client));
                } catch (IOException e) {
                    return; // the test is over
                }
            }
        });
    }

    private void answer(Socket client) {
        try (client) {
            var in = new byte[64 * 1024];
            int length = 0;
            String text = "";
            while (!text.endsWith("}")) {
                int more = client.getInputStream().read(in, length, in.length - length);
                if (more < 0) {
                    break;
                }
                length += more;
                text = new String(in, 0, length, StandardCharsets.UTF_8);
            }
            received.add(text);
            if (answer.isEmpty()) {
                client.getInputStream().read(); // says nothing until the other side leaves
            }
            client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            received.add("broken");
        }
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        time.close();
    }

    private Webhook to(String url) {
        return new Webhook(URI.create(url), Set.of(Webhook.Occasion.FAILED), Optional.empty(), Optional.empty(), Duration.ofSeconds(5));
    }

    private Webhook here(Optional<Path> token, Optional<Path> headers, Duration timeout) {
        return new Webhook(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/in?k=v"), Set.of(Webhook.Occasion.FAILED), token,
                headers, timeout);
    }

    private Outcome deliver(Webhook to, Optional<Address> admin) {
        return new HttpDelivery(time, () -> admin).deliver(to, "failed", BODY);
    }

    private Path secret(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aNoticeIsPostedWithItsHeaders() throws Exception {
        Path token = secret("token", "s3cret\n");
        Path headers = secret("headers", "X-Key: abc\n\nX-Other:def\n");
        assertThat(deliver(here(Optional.of(token), Optional.of(headers), Duration.ofSeconds(5)), Optional.empty()))
                .isEqualTo(new Outcome.Delivered());
        assertThat(received.poll(5, TimeUnit.SECONDS))
                .startsWith("POST /in?k=v HTTP/1.1\r\nHost: 127.0.0.1:" + server.getLocalPort() + "\r\n")
                .contains("\r\nAuthorization: Bearer s3cret\r\n", "\r\nX-Key: abc\r\nX-Other: def\r\n",
                        "\r\nX-Reeve-Event: failed\r\n", "\r\nContent-Type: application/json\r\nContent-Length: 18\r\n")
                .endsWith("\r\n\r\n{\"event\":\"failed\"}");
    }

    @ParameterizedTest
    @CsvSource({"200, Delivered", "202, Delivered", "301, Refused", "307, Refused", "400, Refused", "404, Refused",
        "408, Failed", "429, Failed", "500, Failed", "503, Failed"})
    void theStatusDecidesWhetherItIsTriedAgain(int status, String outcome) {
        answer = "HTTP/1.1 " + status + " Whatever\r\nLocation: http://127.0.0.1:" + server.getLocalPort() + "/other\r\n\r\n";
        assertThat(deliver(here(Optional.empty(), Optional.empty(), Duration.ofSeconds(5)), Optional.empty()).getClass().getSimpleName())
                .isEqualTo(outcome);
        assertThat(received).as("redirects are not followed").hasSize(1);
    }

    @Test
    void silenceAndNonsenseAreTriedAgain() {
        answer = "";
        assertThat(deliver(here(Optional.empty(), Optional.empty(), Duration.ofMillis(200)), Optional.empty()))
                .isEqualTo(new Outcome.Failed("no answer within 0.2s"));
        answer = "SSH-2.0-OpenSSH\r\n";
        assertThat(deliver(here(Optional.empty(), Optional.empty(), Duration.ofSeconds(5)), Optional.empty()))
                .isEqualTo(new Outcome.Failed("no connection, or it broke: it does not answer in HTTP"));
    }

    @Test
    void whatDoesNotSpeakTlsIsNotTrusted() {
        assertThat(deliver(to("https://127.0.0.1:" + server.getLocalPort() + "/"), Optional.empty()))
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.reason()).startsWith("no"));
    }

    @ParameterizedTest
    @DisplayName("class 15: nothing is sent to link-local addresses, in whatever form they are written")
    @ValueSource(strings = {"http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/", "http://[fd00:ec2::254]/", "http://2852039166/", "http://0.0.0.0/", "http://[::]/",
        "http://224.0.0.1/"})
    void nothingIsSentToWhereMachinesKeepCredentials(String url) {
        assertThat(new HttpDelivery(time, Optional::empty).deliver(to(url), "failed", BODY)).isNotInstanceOf(Outcome.Delivered.class)
                .satisfiesAnyOf(outcome -> assertThat(outcome).isInstanceOf(Outcome.Refused.class),
                        outcome -> assertThat(outcome).isEqualTo(new Outcome.Failed("no address is known for 2852039166")));
    }

    @ParameterizedTest
    @DisplayName("class 15: nothing is sent to this node's own API")
    @ValueSource(strings = {"127.0.0.1", "localhost", "[::1]", "127.0.0.2"})
    void nothingIsSentToTheOwnApi(String host) {
        int port = server.getLocalPort();
        assertThat(deliver(to("http://" + host + ":" + port + "/v1/shutdown"), Optional.of(Address.loopback(port))))
                .isInstanceOf(Outcome.Refused.class);
        assertThat(received).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: evil", "content-length: 0", "no colon s3cret", "X: a\u0001s3cret"})
    void aWrongHeaderIsNotSentAndNotShown(String line) throws IOException {
        Outcome outcome = deliver(here(Optional.empty(), Optional.of(secret("headers", line)), Duration.ofSeconds(5)), Optional.empty());
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        assertThat(outcome.toString()).contains("headers").doesNotContain("s3cret");
        assertThat(received).isEmpty();
    }
}
