package reeve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.testing.NeedsProgram;
import reeve.testing.NeedsRoot;
import reeve.testing.Podman;
import reeve.testing.ReeveProcess;

/// A Compose file of a web server, a database and a cache as people write them, on a real node with a real Podman.
@Tag("it")
@NeedsRoot
@NeedsProgram({"podman", "runc", "catatonit", "busybox", "iptables"})
class ContainersEndToEndTest {
    private static Podman podman;

    @TempDir
    Path folder;

    private ReeveProcess reeve;

    @BeforeAll
    static void makePodman() {
        podman = new Podman();
    }

    @AfterAll
    static void removePodman() {
        podman.close();
    }

    @BeforeEach
    void begin() throws IOException {
        Files.writeString(folder.resolve("node.yaml"), "podman: { program: " + podman.program() + " }\n");
        Files.writeString(folder.resolve("compose.yaml"), """
                name: wiki
                services:
                  web:
                    image: %1$s
                    init: true
                    command: ["sh", "-c", "mkdir -p /tmp/www; wget -q -O /tmp/www/db http://db:5432/; wget -q -O /tmp/www/cache http://cache:6379/; exec httpd -f -p 80 -h /tmp/www"]
                    ports: ["80"]
                    depends_on: { db: { condition: service_healthy }, cache: { condition: service_started } }
                    healthcheck: { test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:80/db"], interval: 1s, timeout: 5s, retries: 30 }
                    stop_grace_period: 2s
                    x-reeve:
                      route: { host: wiki.localhost }
                      sleep: { after: 1h, how: freeze }
                  db:
                    image: %1$s
                    init: true
                    command: ["sh", "-c", "echo the database begins; echo $$GREETING > /var/lib/db/index.html; exec httpd -f -p 5432 -h /var/lib/db"]
                    environment: { GREETING: from the database }
                    volumes: [ "data:/var/lib/db" ]
                    healthcheck: { test: ["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:5432/"], interval: 1s, timeout: 5s, retries: 30 }
                    stop_grace_period: 2s
                  cache:
                    image: %1$s
                    init: true
                    command: ["sh", "-c", "echo from the cache > /tmp/index.html; exec httpd -f -p 6379 -h /tmp"]
                    stop_grace_period: 2s
                volumes:
                  data: {}
                """.formatted(Podman.BOX));
        reeve = new ReeveProcess(folder);
    }

    @AfterEach
    void end() {
        reeve.close();
        assertThat(podman.podman("ps", "--all", "--quiet")).as("what down leaves").isEmpty();
    }

    private void up() {
        reeve.up("--config", folder.resolve("node.yaml").toString(), "-f", folder.resolve("compose.yaml").toString());
        List.of("wiki/db/1", "wiki/cache/1", "wiki/web/1").forEach(id -> reeve.awaitState(id, "running"));
    }

    private static List<String> containers() {
        return podman.podman("ps", "--no-trunc", "--format", "{{.ID}} {{.Names}}").lines().sorted().toList();
    }

    private void answers(String path, String expected) {
        await().atMost(ReeveProcess.PATIENCE).pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(reeve.get("wiki.localhost", path).body()).isEqualTo(expected));
    }

    @Test
    @DisplayName("PROMISE-13 a Compose file's containers find each other, are served, sleep, and outlive a kill -9 of Reeve")
    void aComposeFileRunsAsItIs() {
        up();
        answers("/db", "from the database\n");
        answers("/cache", "from the cache\n");
        List<String> before = containers();
        assertThat(before).hasSize(3);

        reeve.killHard();
        assertThat(containers()).isEqualTo(before);
        up();
        assertThat(containers()).as("the same containers").isEqualTo(before);
        answers("/db", "from the database\n");

        assertThat(reeve.run("sleep", "wiki/web").exitCode()).isZero();
        reeve.awaitState("wiki/web/1", "asleep");
        assertThat(podman.podman("inspect", "--format", "{{.State.Status}}", "wiki-web-1")).isEqualTo("paused");
        answers("/cache", "from the cache\n");
        assertThat(containers()).as("awake as they were").isEqualTo(before);

        ReeveProcess.Ran copy = reeve.run("run", "wiki/db", "sh", "-c", "cat /var/lib/db/index.html; echo $GREETING; exit 7");
        assertThat(copy).isEqualTo(new ReeveProcess.Ran(7, "from the database\nfrom the database\n", ""));
        assertThat(containers()).as("nothing is left of a copy").isEqualTo(before);

        podman.podman("kill", "--signal", "KILL", "wiki-cache-1");
        await().atMost(ReeveProcess.PATIENCE).untilAsserted(() -> assertThat(containers()).hasSize(3).isNotEqualTo(before));
        reeve.awaitState("wiki/cache/1", "running");
        assertThat(reeve.run("logs", "wiki/db").out()).as("without the stamps of its monitor").startsWith("db/1 | the database begins\n");

        ReeveProcess.Ran down = reeve.run("down", "--volumes", "wiki");
        assertThat(down.exitCode()).as(down.err()).isZero();
        assertThat(down.out()).endsWith("Removed the volumes of wiki\n");
        assertThat(podman.podman("volume", "ls", "--quiet")).as("when down has returned").isEmpty();
    }
}
