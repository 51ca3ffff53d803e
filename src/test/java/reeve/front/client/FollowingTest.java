package reeve.front.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.base.http.Head;
import reeve.base.http.HttpCall;
import reeve.base.http.HttpClient;
import reeve.base.http.HttpStream;
import reeve.base.http.HttpTarget;
import reeve.model.Selector;
import reeve.testing.FakeServer;
import reeve.testing.Specs;

/// What goes on until somebody ends it: the journal and logs, through the real API.
@Tag("it")
final class FollowingTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private FakeServer server;
    private ReeveClient client;

    @BeforeEach
    void start() throws IOException {
        server = new FakeServer(folder);
        client = new ReeveClient(server.socket, Duration.ofSeconds(5), server.time);
        server.node.apply(Specs.source("wiki"), Specs.app("wiki", Specs.service("web").replicas(2)));
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void theJournalIsFollowedFromTheOldEntriesOnWithoutGap() {
        var seen = new CopyOnWriteArrayList<Long>();
        try (Lines lines = client.followJournal(Optional.of("wiki/web/2"), 5)) {
            collect(lines, line -> seen.add(client.entry(line).number()));
            await().atMost(SOON).untilAsserted(() -> assertThat(seen).containsExactly(2L));
            server.node.append("wiki/web/1", "exited", "not followed", Map.of());
            server.node.append("wiki/web/2", "exited", "followed", Map.of("code", "1"));
            await().atMost(SOON).untilAsserted(() -> assertThat(seen).containsExactly(2L, 4L));
        }
    }

    @Test
    void browsersGetServerSentEvents() throws IOException {
        var accept = List.of(new Head.Header("Accept", "text/event-stream"));
        var call = new HttpCall("GET", "/v1/journal?follow=true&limit=1", accept, new byte[0]);
        try (HttpStream stream = new HttpClient(server.time).open(new HttpTarget.Unix(server.socket), call, SOON)) {
            assertThat(stream.headers()).contains(new Head.Header("Content-Type", "text/event-stream"));
            assertThat(stream.line()).contains("id: 2");
            assertThat(stream.line()).hasValueSatisfying(line -> assertThat(line).startsWith("data: {\"number\":2,"));
            assertThat(stream.line()).contains("");
        }
    }

    @Test
    void logsAreFollowedAcrossInstances() throws IOException {
        Files.writeString(folder.resolve("wiki.web.1.log"), "old\n");
        var seen = new CopyOnWriteArrayList<String>();
        try (Lines lines = client.logs(Selector.parse("wiki"), 10, true)) {
            collect(lines, seen::add);
            await().atMost(SOON).untilAsserted(() -> assertThat(seen).containsExactly("web/1 | old"));
            Files.writeString(folder.resolve("wiki.web.2.log"), "later\n", StandardOpenOption.CREATE);
            await().atMost(SOON).untilAsserted(() -> assertThat(seen).containsExactly("web/1 | old", "web/2 | later"));
        }
    }

    @Test
    void whoeverFollowsIsToldWhenTheNodeEnds() {
        try (Lines lines = client.followJournal(Optional.empty(), 0)) {
            server.close();
            assertThat(lines.next()).isEmpty();
        }
    }

    private static void collect(Lines lines, Consumer<String> into) {
        Thread.ofVirtual().start(() -> {
            for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
                into.accept(line.get());
            }
        });
    }
}
