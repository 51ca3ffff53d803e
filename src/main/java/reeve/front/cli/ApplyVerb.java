package reeve.front.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import reeve.front.client.ReeveClient;
import reeve.model.ManifestSource;

/// `apply`: declares apps, or replaces their declarations.
@Command(name = "apply", description = "Add or replace the apps of these manifests; other apps are untouched.")
final class ApplyVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Manifests manifests = new Manifests();

    ApplyVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        List<ManifestSource> sources = manifests.readAtLeastOne(around);
        ReeveClient client = connection.client(around);
        sources.forEach(source -> Plans.print(around, client.apply(Plans.request(source)), true));
        return 0;
    }
}
