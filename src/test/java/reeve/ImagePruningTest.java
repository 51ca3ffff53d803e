package reeve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reeve.model.Failure;
import reeve.model.PassReport;
import reeve.model.ServiceId;
import reeve.testing.VirtualTime;

class ImagePruningTest {
    private static final Set<ServiceId> DECLARED = Set.of(ServiceId.parse("wiki/web"));

    private final VirtualTime time = new VirtualTime();
    private final List<Set<ServiceId>> pruned = new ArrayList<>();

    @Test
    void imagesOfWhatIsNotDeclaredGoOnceAnHourAtMost() {
        var pruning = new ImagePruning(() -> DECLARED, declared -> {
            pruned.add(declared);
            return pruned.size() == 1 ? 2 : 0;
        }, time);
        assertThat(pruning.pass().actions()).containsExactly(new PassReport.Action("images", "remove"));
        time.advance(ImagePruning.BETWEEN.minusSeconds(1));
        assertThat(pruning.pass()).isEqualTo(PassReport.NOTHING);
        assertThat(pruned).hasSize(1);
        time.advance(ImagePruning.BETWEEN);
        assertThat(pruning.pass()).isEqualTo(PassReport.NOTHING);
        assertThat(pruned).containsExactly(DECLARED, DECLARED);
    }

    @Test
    void nothingIsRemovedWhileNobodyKnowsWhatIsDeclared() {
        var pruning = new ImagePruning(() -> {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot read the manifests of [wiki]");
        }, declared -> {
            pruned.add(declared);
            return 0;
        }, time);
        assertThat(pruning.pass().failures()).containsExactly(new PassReport.Failed("images", "cannot read the manifests of [wiki]"));
        assertThat(pruning.pass()).as("tried again in an hour").isEqualTo(PassReport.NOTHING);
        assertThat(pruned).isEmpty();
    }
}
