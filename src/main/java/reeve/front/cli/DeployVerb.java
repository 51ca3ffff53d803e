package reeve.front.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reeve.front.client.ReeveClient;
import reeve.model.ManifestSource;
import reeve.model.wire.DeployRequest;

/// `deploy`: `apply` that waits, and goes back by itself.
@Command(
        name = "deploy",
        description = {
            "Apply these manifests, one after the other, and wait until what changed is up.",
            "Where it does not come up, the revision before comes back by itself and the exit code is 1. A service with a route is "
                    + "replaced without a failed request."})
final class DeployVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Manifests manifests = new Manifests();

    @Option(names = "--timeout", paramLabel = "DURATION", description = "How long it may take to come up. Default: 2m.")
    @Nullable
    Duration timeout;

    DeployVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        List<ManifestSource> sources = manifests.readAtLeastOne(around);
        ReeveClient client = connection.client(around);
        for (ManifestSource source : sources) {
            var request = Plans.request(source);
            var plan = client.plan(request);
            Plans.print(around, plan, false);
            var rollout = new Rollouts(around, client, plan.app());
            if (!rollout.follow(() -> client.deploy(new DeployRequest(request, timeout)))) {
                return 1;
            }
        }
        return 0;
    }
}
