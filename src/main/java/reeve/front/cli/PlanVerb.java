package reeve.front.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import reeve.front.client.ReeveClient;
import reeve.model.wire.PlanAnswer;

/// `plan`: what `apply` would do.
@Command(name = "plan", description = "Show what apply would change; changes nothing.")
final class PlanVerb implements Callable<Integer> {
    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    @Mixin
    Manifests manifests = new Manifests();

    PlanVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        List<PlanAnswer> plans = manifests.readAtLeastOne(around).stream().map(Plans::request).map(client::plan).toList();
        if (output.json()) {
            around.out().println(client.json(plans));
        } else {
            plans.forEach(plan -> Plans.print(around, plan, false));
        }
        return 0;
    }
}
