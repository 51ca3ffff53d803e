package reeve.front.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;
import reeve.model.Selector;
import reeve.model.wire.ExplainAnswer;
import reeve.model.wire.RequestExplainAnswer;

/// `explain`: why something is in its present state, or where a request would go.
@Command(name = "explain", description = "Say why an app or a service is in its present state, or where a request for a URL would go.")
final class ExplainVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    @Parameters(paramLabel = "APP[/SERVICE]|URL", description = "What to explain: web/api, http://web.localhost/api.")
    String what = "";

    ExplainVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        String name = what.split("/", 2)[0];
        if (name.contains(".") || name.contains(":")) { // no app is named so
            return request(client, what.contains("://") ? what : "http://" + what);
        }
        ExplainAnswer answer = client.explain(Selector.parse(what));
        if (output.json()) {
            around.out().println(client.json(answer));
            return 0;
        }
        answer.because().forEach(line -> around.out().println(Printable.line(line)));
        answer.heldBy().stream().filter(held -> !held.guard().equals("declaration")).forEach(held -> around.out().println(
                Printable.line(held.subject() + " is held by: " + held.guard() + ", " + held.words())));
        if (!answer.entries().isEmpty()) {
            around.out().println();
            around.out().println("What led here:");
            answer.entries().forEach(new EntryPrinter(around)::print);
        }
        return 0;
    }

    private int request(ReeveClient client, String url) {
        RequestExplainAnswer answer = client.explain(url);
        if (output.json()) {
            around.out().println(client.json(answer));
        } else {
            answer.because().forEach(line -> around.out().println(Printable.line(line)));
        }
        return 0;
    }
}
