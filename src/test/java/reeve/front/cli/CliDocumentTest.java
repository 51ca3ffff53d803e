package reeve.front.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import reeve.testing.VirtualTime;

/// `docs/cli.md` is what the verbs say of themselves. Run with `-Dreeve.write=true` to write it anew.
final class CliDocumentTest {
    private static final Path DOCUMENT = Path.of("docs/cli.md");

    @Test
    void theDocumentIsTheHelpOfEveryVerb(@TempDir Path folder) throws IOException {
        CommandLine whole = Cli.whole(new Terminal(folder, new VirtualTime()).surroundings());
        var text = new StringBuilder("""
                # The command line

                Written by `CliDocumentTest` from the verbs themselves; change them, then run it with `-Dreeve.write=true`.

                `--socket PATH`, or `REEVE_SOCKET`, says which node is meant: by default `/run/reeve/reeve.sock` for root, for a user
                `$XDG_RUNTIME_DIR/reeve/reeve.sock` (without that variable `reeve.sock` in the state folder). The state folder is
                `/var/lib/reeve` for root, for a user `$XDG_STATE_HOME/reeve`, usually `~/.local/state/reeve`. Colours are used on a
                terminal unless `NO_COLOR` is set. `REEVE_DEBUG` shows where a fault in Reeve arose.

                | exit code | meaning |
                |---|---|
                | 0 | done |
                | 1 | `check`: something is wrong; `metrics check`: a number is more than its limit |
                | 2 | what was given is not allowed; nothing was changed |
                | 3 | the node, or a part it needs, does not answer |
                | 4 | no such app, service or instance |
                | 5 | it contradicts the present state |
                | 6 | the caller may not |
                | 7 | a bound is reached; try again later |
                | 8 | it took longer than allowed |
                | 70 | a fault in Reeve |
                | 130, 143 | ended by Ctrl-C or TERM |

                """);
        text.append("## reeve\n\n```text\n").append(whole.getUsageMessage()).append("```\n");
        whole.getSubcommands().forEach((name, verb) ->
                text.append("\n## reeve ").append(name).append("\n\n```text\n").append(verb.getUsageMessage()).append("```\n"));
        String wanted = text.toString().replaceAll("[ \t]+\n", "\n");
        if (Boolean.getBoolean("reeve.write")) {
            Files.writeString(DOCUMENT, wanted);
        }
        assertThat(DOCUMENT).hasContent(wanted);
    }
}
