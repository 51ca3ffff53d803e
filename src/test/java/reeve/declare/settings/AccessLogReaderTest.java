package reeve.declare.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reeve.declare.yaml.Problem;
import reeve.declare.yaml.Problems;
import reeve.declare.yaml.Texts;
import reeve.declare.yaml.Value;
import reeve.declare.yaml.YamlText;
import reeve.model.AccessFormat;
import reeve.model.LogRotation;

class AccessLogReaderTest {
    private final Problems problems = new Problems();

    private Optional<AccessLog> read(String text) {
        return YamlText.parse(text, problems).flatMap(root -> AccessLogReader.read(Value.root(root, problems, Texts.AS_WRITTEN),
                Path.of("/etc/reeve")));
    }

    @Test
    void aFileAloneIsInJson() {
        assertThat(read("log")).contains(new AccessLog.ToFile(Path.of("/etc/reeve/log")));
        assertThat(read("off")).contains(new AccessLog.Off());
        assertThat(read("{ file: /log }")).contains(new AccessLog.ToFile(Path.of("/log")));
    }

    @Test
    void formatsHaveNamesOrAreWrittenDown() {
        assertThat(read("{ file: /log, format: combined, size: 1k, files: 2, age: 1h }")).contains(new AccessLog.ToFile(Path.of("/log"),
                AccessFormat.COMBINED, new LogRotation(1024, 2, Duration.ofHours(1))));
        assertThat(read("{ file: /log, format: '$host $status' }")).contains(new AccessLog.ToFile(Path.of("/log"),
                new AccessFormat.Text("$host $status"), AccessLog.ToFile.ROTATION));
        assertThat(read("{ file: /log, headers: User-Agent }")).contains(new AccessLog.ToFile(Path.of("/log"),
                new AccessFormat.Json(List.of("user-agent")), AccessLog.ToFile.ROTATION));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"{ format: json };needs 'file'", "{ file: a, format: clf };allowed are json, common",
        "{ file: a, format: $stauts };cannot fill in '$stauts'", "{ file: a, format: common, headers: [b] };write $http_NAME",
        "{ file: a, headers: [a b] };cannot log these headers",
        "{ file: a, files: 0 };a number from 1 to 100", "{ file: a, to: b };unknown key"})
    void whatDoesNotFitIsRefused(String text, String why) {
        read(text);
        assertThat(problems.errors()).extracting(Problem::message).singleElement().asString().contains(why);
    }
}
