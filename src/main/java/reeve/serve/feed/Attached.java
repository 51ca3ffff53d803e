package reeve.serve.feed;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import reeve.base.Elapsed;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.wire.FeedReply;
import reeve.model.wire.FeedReport;

/// One run of a proxy, as the node knows it from its reports. Guarded by its owner.
final class Attached {
    static final FeedReport.FeedCount NOTHING = new FeedReport.FeedCount("", 0, 0, 0);

    final Map<ServiceId, FeedReport.FeedCount> counts = new HashMap<>();
    Map<InstanceId, Integer> open = Map.of();
    /// Asks that were passed on, up to this number.
    final Map<ServiceId, Long> asked = new HashMap<>();
    /// Of asks that the last report still named.
    final Map<ServiceId, TreeMap<Long, FeedReply.FeedOutcome>> outcomes = new HashMap<>();
    final String incarnation;
    Elapsed heard;
    long number;
    long applied;

    Attached(String incarnation, Elapsed heard) {
        this.incarnation = incarnation;
        this.heard = heard;
    }

    FeedReport.FeedCount count(ServiceId service) {
        return counts.getOrDefault(service, NOTHING);
    }

    long open(ServiceId service) {
        FeedReport.FeedCount count = count(service);
        return count.opened() - count.closed();
    }

    List<FeedReply.FeedOutcome> outcomes() {
        return outcomes.values().stream().flatMap(each -> each.values().stream()).toList();
    }
}
