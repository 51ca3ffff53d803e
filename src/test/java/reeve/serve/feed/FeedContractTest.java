package reeve.serve.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reeve.model.wire.FeedLine;
import reeve.model.wire.FeedReply;
import reeve.model.wire.FeedReport;
import reeve.model.wire.FeedService;
import reeve.model.wire.WireJson;
import reeve.sleep.Traffic;
import reeve.sleep.WakeGate;
import reeve.testing.FakeTraffic;
import reeve.testing.TrafficContract;

/// The feed keeps the contract of traffic in the node's process: with two proxies, the second of which has the requests.
class FeedContractTest extends TrafficContract {
    private final FakeTraffic remote = new FakeTraffic(time);
    private final Map<String, String> published = new HashMap<>();
    private final List<WakeGate.Waiter> asked = new ArrayList<>();
    private final Feed feed = new Feed("run", new FakeTraffic(time), (_, waiter) -> asked.add(waiter), FeedContractTest::rows,
            Duration.ZERO, _ -> {}, Leases.DEFAULT, time);
    private final FedProxy first = new FedProxy("first", "1", new FakeTraffic(time), Map::of, _ -> {}, 10, Leases.DEFAULT, time);
    private final FedProxy second = new FedProxy("second", "1", remote, Map::of, published::putAll, 2, Leases.DEFAULT, time);

    private static Map<String, String> rows() {
        return Map.of("service/" + WEB, WireJson.strict().write(new FeedService(true, "serving", "", "", List.of())));
    }

    @Override
    protected Traffic traffic() {
        return feed;
    }

    @Override
    protected boolean enter() {
        return remote.enter(WEB);
    }

    @Override
    protected void leave() {
        remote.leave(WEB);
    }

    @Override
    protected void settle() {
        feed.activity(WEB); // the node's own proxy knows the service
        for (FedProxy proxy : List.of(first, second)) {
            feed.join(proxy.name(), proxy.incarnation());
            feed.since(proxy.feed(), proxy.applied()).forEach(proxy::apply);
            FeedReport report = proxy.report(false);
            proxy.answered(report.number(), feed.report(report));
        }
    }

    private static final class Client implements WakeGate.Waiter {
        final List<WakeGate.Outcome> told = new ArrayList<>();

        @Override
        public void done(WakeGate.Outcome outcome) {
            told.add(outcome);
        }

        @Override
        public boolean gone() {
            return false;
        }
    }

    @Test
    void whoWaitsIsAskedForOnceAndToldWhatTheNodeSays() {
        settle();
        feed.holdAlways(WEB);
        settle();
        var one = new Client();
        var other = new Client();
        var third = new Client();
        second.await(WEB, one);
        second.await(WEB, other);
        second.await(WEB, third);
        assertThat(third.told).containsExactly(new WakeGate.Outcome.Refused(Duration.ofSeconds(1)));
        settle();
        settle();
        assertThat(asked).hasSize(2);
        asked.getFirst().done(new WakeGate.Outcome.TimedOut(Duration.ofSeconds(3)));
        settle();
        settle();
        assertThat(one.told).containsExactly(new WakeGate.Outcome.TimedOut(Duration.ofSeconds(3)));
        assertThat(other.told).isEmpty();
        feed.release(WEB);
        asked.getLast().done(new WakeGate.Outcome.Awake());
        settle();
        settle();
        assertThat(other.told).containsExactly(new WakeGate.Outcome.Awake());
    }

    @Test
    void aProxyThatIsSilentIsCountedNoMoreOnceItsLeaseHasEndedAndItsCountsStay() {
        settle();
        enter();
        settle();
        time.advance(Leases.DEFAULT.node().minusSeconds(1));
        assertThat(feed.hold(WEB)).isFalse();
        time.advance(Duration.ofSeconds(1));
        assertThat(feed.names()).isEmpty();
        assertThat(feed.activity(WEB)).isEqualTo(new Traffic.Activity(1, 1, Duration.ZERO));
        assertThat(feed.hold(WEB)).isTrue();
        second.look();
        assertThat(enter()).as("its own lease has told it before").isFalse();
    }

    @Test
    void linesThatAreLostLateOrDoubledChangeNothing() {
        settle();
        String feedName = second.feed();
        long applied = second.applied();
        feed.holdAlways(WEB);
        List<FeedLine> hold = feed.since(feedName, applied);
        feed.release(WEB);
        List<FeedLine> release = feed.since(feedName, hold.getLast().version());
        assertThat(second.apply(release.getLast())).as("a line is missing").isFalse();
        assertThat(second.applied()).isEqualTo(applied);
        hold.forEach(second::apply);
        assertThat(enter()).isFalse();
        release.forEach(second::apply);
        assertThat(enter()).isTrue();
        hold.forEach(second::apply);
        assertThat(enter()).isTrue();
    }

    @Test
    void aReportThatComesLateOrTwiceChangesNothing() {
        settle();
        enter();
        FeedReport early = second.report(false);
        leave();
        FeedReport late = second.report(false);
        FeedReply reply = feed.report(late);
        feed.report(early);
        feed.report(early);
        assertThat(reply.known()).isTrue();
        assertThat(feed.activity(WEB).open()).isZero();
        assertThat(feed.activity(WEB).opened()).isEqualTo(1);
    }

    @Test
    void manyRowsComeInLinesOfBoundedLengthAndAreAppliedAtOnce() {
        var rows = new FeedRows("big");
        var many = new HashMap<String, String>();
        for (int i = 0; i < 5_000; i++) {
            many.put("app/a" + i, "x".repeat(100));
        }
        rows.replace(List.of("app/"), many);
        List<FeedLine> lines = rows.since("", 0);
        assertThat(lines).hasSizeGreaterThan(5).allSatisfy(line -> assertThat(WireJson.strict().write(line).length()).isLessThan(80_000));
        for (FeedLine line : lines.subList(0, lines.size() - 1)) {
            second.apply(line);
            assertThat(published).isEmpty();
        }
        second.apply(lines.getLast());
        assertThat(published).hasSize(5_000);
    }
}
