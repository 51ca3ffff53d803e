package reeve.declare.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reeve.declare.manifest.ManifestReader.ManifestError;
import reeve.declare.manifest.ManifestReader.Result;
import reeve.model.ManifestSource;

/// Texts made to cost more than they look like (reliability class 16). Each ends within milliseconds; the time limit is so long
/// because only work without bound has to exceed it, not a busy machine.
@Timeout(60)
class HostileManifestsTest {

    private static List<String> errors(String text) {
        return switch (new ManifestReader().read(new ManifestSource(Path.of("/demo/m.yaml"), text, Map.of()))) {
            case Result.Read(var spec, var _) -> throw new AssertionError("was read: " + spec.name());
            case Result.Refused(List<ManifestError> errors) -> errors.stream().map(ManifestError::toString).toList();
        };
    }

    private static String lines(int count, IntFunction<String> line) {
        return IntStream.range(0, count).mapToObj(line).collect(Collectors.joining("\n", "", "\n"));
    }

    @Test
    void aliasesOfAliasesEndSoon() {
        String bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
                + lines(9, i -> "a%d: &a%d [%s]".formatted(i + 1, i + 1, String.join(", ", Collections.nCopies(10, "*a" + i))));

        assertThat(errors(bomb)).containsExactly("/demo/m.yaml:5:45: cannot read more than 100000 values, aliases expanded");
    }

    @Test
    void mergesOfMergesEndSoon() {
        String bomb = "x-0: &a0 { k: v }\n"
                + lines(30, i -> "x-%d: &a%d { <<: [*a%d, *a%d] }".formatted(i + 1, i + 1, i, i));

        assertThat(errors(bomb)).singleElement().asString().contains("aliases expanded");
    }

    @Test
    void aWideMergeInManyServicesEndsSoon() {
        String bomb = "x-base: &b { " + IntStream.range(0, 5000).mapToObj(i -> "k" + i + ": v").collect(Collectors.joining(", "))
                + " }\nservices:\n"
                + lines(5000, i -> "  s" + i + ": { <<: *b }");

        assertThat(errors(bomb)).singleElement().asString().contains("aliases expanded");
    }

    @Test
    void aLargeFileIsRefusedUnread() {
        assertThat(errors("#".repeat(1024 * 1024 + 1)))
                .containsExactly("/demo/m.yaml: cannot read a manifest of 1048577 bytes: allowed are 1048576");
        assertThat(errors("é".repeat(600_000)))
                .containsExactly("/demo/m.yaml: cannot read a manifest of 1200000 bytes: allowed are 1048576");
    }

    @Test
    void deepNestingIsRefused() {
        assertThat(errors("a: " + "[".repeat(500_000))).containsExactly("/demo/m.yaml:1:54: cannot read values nested deeper than 50");
        assertThat(errors("a: " + "{b: ".repeat(200_000))).singleElement().asString().contains("nested deeper than 50");
        assertThat(errors(lines(1000, i -> " ".repeat(i) + "a:"))).singleElement().asString().contains("nested deeper than 50");
    }

    @Test
    void manyErrorsAreCutOff() {
        List<String> errors = errors("services:\n" + lines(900, i -> "  s" + i + ": { restart: x }"));

        assertThat(errors).hasSize(50).last().isEqualTo("/demo/m.yaml: more errors follow; these are the first 49");
    }

    @Test
    void manyUnknownNamesAreRefusedWithoutLookingForTheNearestOfEach() {
        String services = lines(900, i -> "  service-number-%d: { command: [a] }".formatted(i));
        String unknown = IntStream.range(0, 40_000).mapToObj(i -> "serwice-number-" + i).collect(Collectors.joining(", "));

        assertThat(errors("services:\n  web: { command: [a], depends_on: [" + unknown + "] }\n" + services)).hasSize(50).first().asString()
                .endsWith("did you mean 'service-number-0'? declared: web, " + IntStream.range(0, 19).mapToObj(i -> "service-number-" + i)
                        .collect(Collectors.joining(", ")) + ", …");
        assertThat(errors(lines(25_000, i -> "servicesservicesservices" + i + ": 1"))).hasSize(50);
    }

    @Test
    void manyServicesAreRefused() {
        assertThat(errors("services:\n" + lines(1001, i -> "  s" + i + ": { command: [a] }")))
                .containsExactly("/demo/m.yaml:2:3: services: cannot run 1001 services in one app: allowed are 1000");
    }

    @Test
    void aLongChainOfDependenciesIsRead() {
        String chain = "services:\n  s0: { command: [a] }\n"
                + lines(999, i -> "  s%d: { command: [a], depends_on: [s%d] }".formatted(i + 1, i));
        String reversed = "services:\n" + lines(999, i -> "  s%d: { command: [a], depends_on: [s%d] }".formatted(i, i + 1))
                + "  s999: { command: [a] }\n";

        for (String text : List.of(chain, reversed)) {
            assertThat(new ManifestReader().read(new ManifestSource(Path.of("/demo/m.yaml"), text, Map.of())))
                    .isInstanceOf(Result.Read.class);
        }
    }

    @Test
    void longTextsAreCheckedQuickly() {
        String host = "a.".repeat(200_000);
        long dots = errors("services:\n  web:\n    command: [\"${port}\"]\n    route: { host: " + host + "b }\n").size();
        long dollars = errors("services:\n  web:\n    command: [\"" + "${A:-".repeat(100_000) + "\"]\n").size();
        long duration = errors("services:\n  web:\n    command: [a]\n    stop_grace_period: " + "1s".repeat(400_000) + "\n").size();
        long address = errors("routes:\n  - { host: a.test, to: \"http://" + host + "\" }\n").size();

        assertThat(List.of(dots, dollars, duration, address)).containsOnly(1L);
    }
}
