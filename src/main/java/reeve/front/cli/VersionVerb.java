package reeve.front.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import reeve.front.client.ReeveClient;
import reeve.model.Failure;
import reeve.model.wire.NodeAnswer;

/// `version`: of this program, and of the node where one answers.
@Command(name = "version", description = "Show the version of this program and of the node.")
final class VersionVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    VersionVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        var versions = new LinkedHashMap<String, String>(Map.of("version", around.version()));
        try {
            NodeAnswer node = client.node();
            versions.put("node", node.node());
            versions.put("node_version", node.version());
        } catch (Failure e) {
            // no node answers: then there is only this program's version to tell
        }
        if (output.json()) {
            around.out().println(client.json(versions));
        } else {
            around.out().println("reeve " + around.version());
            if (versions.containsKey("node")) {
                around.out().println("node " + versions.get("node") + " runs " + versions.get("node_version"));
            }
        }
        return 0;
    }
}
