package reeve.front.api;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import reeve.base.DurationText;
import reeve.model.Access;
import reeve.model.AddressRange;

/// Who may use a route, for people: in the order in which a request is asked. Passwords are never shown.
final class AccessWords {
    private AccessWords() {}

    static List<String> of(Access access) {
        var words = new ArrayList<String>();
        ranges("clients are let in from", access.addresses().allow(), words);
        ranges("clients are refused (403) from", access.addresses().deny(), words);
        if (access.callers().agentNeeded()) {
            words.add("requests without a user agent are refused (403)");
        }
        texts("user agents are refused (403) that match", access.callers().blockedAgents(), words);
        texts("referers are refused (403) that match", access.callers().blockedReferers(), words);
        access.clientRate().ifPresent(rate -> words.add("each client may make " + rate(rate)));
        access.routeRate().ifPresent(rate -> words.add("all clients together may make " + rate(rate)));
        access.maxBody().ifPresent(most -> words.add("bodies of more than " + most + " bytes are refused (413)"));
        access.cors().ifPresent(cors -> words.add("pages of other sites may use it (CORS): " + String.join(", ", cors.origins())));
        access.basic().ifPresent(basic -> words.add("a name and a password are asked for (401): realm " + basic.realm()
                + basic.file().map(file -> ", users in " + file).orElse("")));
        access.forward().ifPresent(forward -> words.add("each request is asked about at "
                + forward.to().map(to -> "http://" + to).orElse("the route " + forward.host()) + forward.target()));
        switch (access.forwardedFor()) {
            case ADD -> { }
            case DROP -> words.add("the backend does not learn the client's address");
            case PASS -> words.add("the backend learns of the client's address only what the client says");
        }
        return words;
    }

    private static void ranges(String how, List<AddressRange> ranges, List<String> words) {
        if (!ranges.isEmpty()) {
            words.add(how + " " + ranges.stream().map(AddressRange::toString).collect(Collectors.joining(", ")));
        }
    }

    private static void texts(String how, List<String> texts, List<String> words) {
        if (!texts.isEmpty()) {
            words.add(how + " " + String.join(", ", texts));
        }
    }

    private static String rate(Access.Rate rate) {
        return rate.requests() + " requests in " + DurationText.text(rate.per()) + " and " + rate.burst() + " more at once (429)";
    }
}
