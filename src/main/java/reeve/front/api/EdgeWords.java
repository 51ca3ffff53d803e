package reeve.front.api;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import reeve.model.Compression;
import reeve.model.HeaderChanges;
import reeve.model.RouteEdge;

/// What becomes of a route's requests and answers on their way, for people.
final class EdgeWords {
    private EdgeWords() {}

    static List<String> of(RouteEdge edge) {
        var words = new ArrayList<String>();
        changes("its head is forwarded with", edge.request(), words);
        changes("the answer's head is sent with", edge.response(), words);
        if (edge.timing()) {
            words.add("the answer tells what took how long (Server-Timing)");
        }
        edge.compression().ifPresent(compression -> words.add("the answer is compressed where it is text and the client likes it: "
                + compression.codings().stream().map(Compression.Coding::word).collect(Collectors.joining(", "))));
        edge.pages().ifPresent(pages -> words.add("errors are answered with the pages in " + pages.folder()
                + (pages.backends().isEmpty() ? "" : "; so are the backend's " + String.join(", ", pages.backends()))));
        edge.fallbackFile().ifPresent(file -> words.add("where the backend answers 404, " + file + " is sent with 200"));
        return words;
    }

    private static void changes(String how, HeaderChanges changes, List<String> words) {
        var parts = new ArrayList<String>();
        changes.remove().forEach(name -> parts.add("no " + name));
        changes.set().forEach(line -> parts.add(line.name() + ": " + line.value()));
        changes.add().forEach(line -> parts.add("another " + line.name() + ": " + line.value()));
        if (!parts.isEmpty()) {
            words.add(how + " " + String.join(", ", parts));
        }
    }
}
