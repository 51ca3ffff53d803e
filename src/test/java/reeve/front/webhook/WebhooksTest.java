package reeve.front.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reeve.front.webhook.Delivery.Outcome;
import reeve.model.NodeName;
import reeve.model.Webhook;
import reeve.model.wire.WebhookBody;
import reeve.model.wire.WireJson;
import reeve.testing.Counts;
import reeve.testing.MemoryJournal;
import reeve.testing.VirtualTime;

class WebhooksTest {
    private final VirtualTime time = new VirtualTime();
    private final MemoryJournal journal = new MemoryJournal(time);
    private final Counts counts = new Counts();
    private final List<WebhookBody> sent = new CopyOnWriteArrayList<>();
    private final Queue<Outcome> outcomes = new ArrayDeque<>();
    private Webhooks webhooks = webhooks(Set.of(Webhook.Occasion.values()));

    private Webhooks webhooks(Set<Webhook.Occasion> on) {
        var to = new Webhook(URI.create("https://hooks.example.org/s3cret"), on, Optional.empty(), Optional.empty(), Duration.ofSeconds(1));
        return new Webhooks(List.of(to), new NodeName("gateway-1"), this::deliver, journal, counts, time, () -> 0);
    }

    private synchronized Outcome deliver(Webhook to, String event, byte[] body) {
        WebhookBody read = WireJson.strict().read(WebhookBody.class, body);
        assertThat(read.event()).isEqualTo(event);
        sent.add(read);
        return Optional.ofNullable(outcomes.poll()).orElse(new Outcome.Delivered());
    }

    @AfterEach
    void close() {
        webhooks.close();
        journal.close();
    }

    private double count(String outcome) {
        return counts.of(Webhooks.DELIVERIES, "hooks.example.org", outcome);
    }

    @Test
    void whatTheJournalSaysIsTold() {
        webhooks.start();
        journal.append("wiki/web/1", "failed", "gave up after 5 attempts", Map.of("restarts", "5"));
        journal.append("wiki/web/1", "running", "healthy after 2s", Map.of());
        await().until(() -> sent.size() == 1);
        assertThat(sent.getFirst()).isEqualTo(new WebhookBody("failed", "gateway-1", 1, time.wall(), "wiki/web/1", "failed",
                "gave up after 5 attempts", Map.of("restarts", "5")));
        await().until(() -> {
            time.advance(Occasions.LASTS); // once the timer is set
            return sent.size() == 2;
        });
        assertThat(sent.getLast().event()).isEqualTo("recovered");
        assertThat(sent.getLast().number()).isEqualTo(2);
    }

    @Test
    void onlyWhatIsAskedForIsTold() {
        webhooks = webhooks(Set.of(Webhook.Occasion.DEPLOYED));
        webhooks.start();
        journal.append("wiki/web/1", "failed", "why", Map.of());
        journal.append("wiki", "deployed", "revision 4", Map.of());
        await().until(() -> !sent.isEmpty());
        assertThat(sent).extracting(WebhookBody::event).containsExactly("deployed");
    }

    @Test
    void whatFailsIsTriedAgainLaterAndInOrder() {
        outcomes.add(new Outcome.Failed("it answers 503"));
        outcomes.add(new Outcome.Failed("it answers 503"));
        webhooks.start();
        journal.append("wiki", "deployed", "first", Map.of());
        journal.append("wiki", "deployed", "second", Map.of());
        await().until(() -> count("failed") == 1);
        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            return count("delivered") == 2;
        });
        assertThat(sent).extracting(WebhookBody::why).containsExactly("first", "first", "first", "second");
    }

    @Test
    void afterSoManyAttemptsItGivesUpAndTheJournalSaysSo() {
        for (int i = 0; i < Sender.MOST_ATTEMPTS; i++) {
            outcomes.add(new Outcome.Failed("it answers 503"));
        }
        webhooks.start();
        journal.append("wiki", "deployed", "first", Map.of());
        await().until(() -> {
            time.advance(Duration.ofMinutes(5));
            return count("given_up") == 1;
        });
        assertThat(sent).hasSize(Sender.MOST_ATTEMPTS);
        await().untilAsserted(() -> assertThat(journal.lines())
                .endsWith("gateway-1 webhook_failed: cannot tell hooks.example.org that wiki deployed: it answers 503"));
        assertThat(journal.lines()).noneMatch(line -> line.contains("s3cret"));
    }

    @Test
    void whatIsRefusedIsNotTriedAgain() {
        outcomes.add(new Outcome.Refused("it answers 404"));
        webhooks.start();
        journal.append("wiki", "deployed", "first", Map.of());
        journal.append("wiki", "deployed", "second", Map.of());
        await().until(() -> count("delivered") == 1);
        assertThat(sent).extracting(WebhookBody::why).containsExactly("first", "second");
        assertThat(count("given_up")).isEqualTo(1);
    }

    @Test
    void whoeverIsTooSlowLosesNoticesAndNobodyWaitsForHim() {
        var until = new CountDownLatch(1);
        var to = new Webhook(URI.create("http://hooks.example.org/"), Set.of(Webhook.Occasion.values()), Optional.empty(), Optional.empty(),
                Duration.ofSeconds(1));
        webhooks = new Webhooks(List.of(to), new NodeName("gateway-1"), (_, _, _) -> {
            try {
                until.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Outcome.Delivered();
        }, journal, counts, time, () -> 0);
        webhooks.start();
        for (int i = 0; i < 3 * Sender.MOST_WAITING; i++) {
            journal.append("wiki", "deployed", "revision " + i, Map.of());
        }
        await().until(() -> count("dropped") >= Sender.MOST_WAITING);
        until.countDown();
        await().until(() -> count("delivered") + count("dropped") == 3 * Sender.MOST_WAITING);
        assertThat(count("delivered")).isGreaterThanOrEqualTo(Sender.MOST_WAITING);
    }

    @Test
    void theDocumentShowsABodyAsItIsSent() throws IOException {
        String page = Files.readString(Path.of("docs/webhooks.md"));
        String example = Pattern.compile("(?s)```json\n(.*?)```").matcher(page).results().findFirst().orElseThrow().group(1);
        WebhookBody body = WireJson.strict().read(WebhookBody.class, example.getBytes(StandardCharsets.UTF_8));
        assertThat(body.event()).isEqualTo("failed");
        assertThat(page).contains(Occasions.FALLS + " times within 10 minutes", "up to " + Sender.MOST_ATTEMPTS + " times",
                "than " + Sender.MOST_WAITING);
    }
}
