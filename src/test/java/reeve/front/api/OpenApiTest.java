package reeve.front.api;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import reeve.model.Failure;
import reeve.model.InstanceState;
import reeve.model.wire.ActRequest;
import reeve.model.wire.AppRow;
import reeve.model.wire.ApplyRequest;
import reeve.model.wire.CatalogueAnswer;
import reeve.model.wire.CatalogueRow;
import reeve.model.wire.CertificateRow;
import reeve.model.wire.DeployAnswer;
import reeve.model.wire.DeployRequest;
import reeve.model.wire.DownAnswer;
import reeve.model.wire.DownRequest;
import reeve.model.wire.ErrorAnswer;
import reeve.model.wire.EventRow;
import reeve.model.wire.ExecRequest;
import reeve.model.wire.ExplainAnswer;
import reeve.model.wire.FeedLine;
import reeve.model.wire.FeedReply;
import reeve.model.wire.FeedReport;
import reeve.model.wire.InstallRequest;
import reeve.model.wire.InstanceRow;
import reeve.model.wire.JournalRow;
import reeve.model.wire.MaintenanceRequest;
import reeve.model.wire.NodeAnswer;
import reeve.model.wire.PlanAnswer;
import reeve.model.wire.RequestExplainAnswer;
import reeve.model.wire.RevisionRow;
import reeve.model.wire.RollbackRequest;
import reeve.model.wire.RouteRow;
import reeve.model.wire.RunRequest;
import reeve.model.wire.ScaleRequest;
import reeve.model.wire.UninstallRequest;
import reeve.model.wire.UsageRow;
import reeve.model.wire.WireJson;
import reeve.testing.FakeNode;
import reeve.testing.VirtualTime;

import static org.assertj.core.api.Assertions.assertThat;

/// The hand-written description against the code.
final class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");

    @Test
    void theDescriptionListsExactlyTheVerbsOfTheTable() throws IOException {
        var described = new TreeSet<String>();
        map(map(document()).get("paths")).forEach((path, item) -> map(item).keySet().stream()
                .filter(METHODS::contains)
                .forEach(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        var verbs = ApiTable.verbs(new FakeNode(Path.of("/nowhere")).parts(new VirtualTime()), WireJson.strict());
        assertThat(described)
                .isEqualTo(verbs.stream().map(verb -> verb.method() + " " + verb.path()).collect(Collectors.toCollection(TreeSet::new)));
        assertThat(verbs.stream().map(verb -> verb.method() + " " + verb.path())).doesNotHaveDuplicates();
    }

    @Test
    void onlyWhatTheTableLeavesOpenIsDescribedAsOpen() throws IOException {
        for (ApiVerb verb : ApiTable.verbs(new FakeNode(Path.of("/nowhere")).parts(new VirtualTime()), WireJson.strict())) {
            Object security = map(map(map(map(document()).get("paths")).get(verb.path())).get(verb.method().toLowerCase(Locale.ROOT)))
                    .get("security");
            switch (verb.access()) {
                case OPEN -> assertThat(security).isEqualTo(List.of());
                case PAGE -> assertThat((Collection<?>) security).hasSize(3);
                case METRICS -> assertThat((Collection<?>) security).hasSize(3);
                case OWNER -> assertThat(security).isNull();
            }
        }
    }

    @Test
    void everyRecordIsDescribedWithExactlyItsFields() throws IOException {
        Map<String, Object> schemas = map(map(map(document()).get("components")).get("schemas"));
        var records = Stream.of(InstanceRow.class, RouteRow.class, RouteRow.TargetRow.class, AppRow.class, ApplyRequest.class,
                ActRequest.class, CatalogueAnswer.class, CatalogueRow.class, CertificateRow.class,
                InstallRequest.class, DownRequest.class, DownAnswer.class,
                UninstallRequest.class,
                MaintenanceRequest.class,
                ScaleRequest.class, ExecRequest.class, ExecRequest.TerminalRow.class, UsageRow.class, EventRow.class, RunRequest.class,
                DeployRequest.class, RollbackRequest.class, DeployAnswer.class, RevisionRow.class,
                PlanAnswer.class, PlanAnswer.ChangeRow.class, FeedLine.class, FeedLine.FeedRow.class, FeedReport.class,
                FeedReport.FeedCount.class, FeedReport.FeedOpen.class, FeedReport.FeedAsks.class, FeedReply.class,
                FeedReply.FeedOutcome.class, JournalRow.class, ExplainAnswer.class, ExplainAnswer.HeldByRow.class,
                RequestExplainAnswer.class, NodeAnswer.class, ErrorAnswer.class)
                        .toList();
        assertThat(schemas.keySet()).containsExactlyInAnyOrderElementsOf(records.stream().map(Class::getSimpleName).toList());
        for (Class<?> type : records) {
            var fields = Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName)
                    .map(name -> name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT)).toList();
            assertThat(map(map(schemas.get(type.getSimpleName())).get("properties")).keySet()).as(type.getSimpleName())
                    .containsExactlyElementsOf(fields);
        }
    }

    @Test
    void statesAndKindsAreAllNamed() throws IOException {
        Map<String, Object> schemas = map(map(map(document()).get("components")).get("schemas"));
        assertThat(map(map(map(schemas.get("InstanceRow")).get("properties")).get("state")).get("enum"))
                .isEqualTo(Arrays.stream(InstanceState.values()).map(InstanceState::word).toList());
        assertThat(map(map(map(schemas.get("ErrorAnswer")).get("properties")).get("kind")).get("enum")).asInstanceOf(
                        InstanceOfAssertFactories.LIST)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Failure.Kind.values()).map(Failure.Kind::word).toList());
    }

    @Test
    void theGuardsAreThoseOfTheCode() throws IOException {
        Map<String, Object> schemas = map(map(map(document()).get("components")).get("schemas"));
        assertThat(map(map(map(schemas.get("HeldByRow")).get("properties")).get("guard")).get("enum"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .containsExactlyElementsOf(Arrays.stream(HeldBy.Guard.values()).map(HeldBy.Guard::word).toList());
    }

    @Test
    void everyReferenceLeadsSomewhere() throws IOException {
        String text = Files.readString(Path.of("docs/api/openapi.yaml"));
        var components = map(map(document()).get("components"));
        Pattern.compile("\\$ref: \"#/components/([a-zA-Z]+)/([a-zA-Z]+)\"").matcher(text).results()
                .forEach(match -> assertThat(map(components.get(match.group(1)))).containsKey(match.group(2)));
    }

    private static Object document() throws IOException {
        return new Load(LoadSettings.builder().build()).loadFromString(Files.readString(Path.of("docs/api/openapi.yaml")));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object node) {
        return (Map<String, Object>) node;
    }
}
