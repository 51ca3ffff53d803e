package reeve.run.reconcile;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reeve.model.AppName;
import reeve.model.AppSpec;
import reeve.model.InstanceId;
import reeve.model.NodeFacts;
import reeve.model.NodeName;
import reeve.model.ServiceName;
import reeve.model.ServiceSpec;
import reeve.model.Template;
import reeve.model.Workload;

import static org.assertj.core.api.Assertions.assertThat;

class ResolutionTest {
    private static final InstanceId WEB = InstanceId.parse("a/web/1");

    private static String ownPort(int inside, String network) {
        var container = new Workload.Container(Workload.Image.of("b"), Optional.empty(),
                List.of(new Template(List.of(new Template.OwnPort()))), Optional.empty(), inside, List.of(), List.of(),
                List.of(new Workload.Attachment(network, List.of())), Optional.empty(), Map.of(), Map.of(), false);
        ServiceSpec spec = ServiceSpec.of(new ServiceName("web"), container);
        var facts = new NodeFacts(new NodeName("n"), "", Map.of(), Map.of(), Map.of());
        var state = NodeState.empty(new Surroundings(facts, "/opt/java").withPorts(Map.of(WEB, 4001)));
        var resolved = Resolution.of(AppSpec.of(new AppName("a"), List.of(spec), List.of()), spec, WEB, state);
        return ((Resolution.Resolved) resolved).command().getFirst();
    }

    @Test
    void aContainersOwnPortIsTheOneInside() {
        assertThat(ownPort(80, "default")).isEqualTo("80");
    }

    @Test
    void onTheNetworkOfTheHostItIsTheOneOfThisMachine() {
        assertThat(ownPort(0, "host")).isEqualTo("4001");
    }
}
