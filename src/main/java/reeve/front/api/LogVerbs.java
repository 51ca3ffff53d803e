package reeve.front.api;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import reeve.base.http.HttpAnswer;
import reeve.model.InstanceStatus;
import reeve.model.Selector;
import reeve.run.reconcile.Apps;

/// What instances wrote, line by line, each with its instance's name before it.
final class LogVerbs {
    private static final int MOST_LINES = 100_000;
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final ApiParts parts;

    LogVerbs(ApiParts parts) {
        this.parts = parts;
    }

    HttpAnswer logs(ApiCall call) {
        call.allowOnly(Set.of("service", "instance", "tail", "follow"));
        Selector selector = call.selected();
        Selected.require(selector, parts.apps().snapshot());
        int tail = call.number("tail", 100, MOST_LINES);
        boolean follow = call.flag("follow");
        return HttpAnswer.streamed("text/plain; charset=utf-8", out -> write(out, selector, tail, follow));
    }

    private void write(HttpAnswer.Sink out, Selector selector, int tail, boolean follow) throws IOException {
        var open = new LinkedHashMap<String, LogTail>();
        try {
            for (var log : files(selector).entrySet()) {
                var lines = new LogTail(log.getKey(), log.getValue());
                open.put(log.getKey(), lines);
                lines.last(tail, out);
            }
            while (follow && !out.goneWithin(PAUSE)) {
                for (var log : files(selector).entrySet()) { // instances come and go
                    open.computeIfAbsent(log.getKey(), id -> new LogTail(id, log.getValue())).fresh(out);
                }
            }
        } finally {
            for (LogTail lines : open.values()) {
                lines.close();
            }
        }
    }

    /// In the order of instances.
    private Map<String, Path> files(Selector selector) {
        Apps.Snapshot snapshot = parts.apps().snapshot();
        Map<String, Path> logs = snapshot.app(selector.app()).map(Apps.AppStatus::logs).orElse(Map.of());
        var files = new LinkedHashMap<String, Path>();
        snapshot.instances().stream()
                .map(InstanceStatus::id)
                .filter(id -> selector.covers(id) && logs.containsKey(id.toString()))
                .forEach(id -> files.put(id.toString(), logs.get(id.toString())));
        return files;
    }
}
