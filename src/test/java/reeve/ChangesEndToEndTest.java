package reeve;

import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import reeve.testing.RunsAs;

/// [ChangesContract] of processes.
class ChangesEndToEndTest extends ChangesContract {
    @BeforeAll
    static void begin() throws IOException {
        begin(new RunsAs.Processes());
    }

    @Override
    String alone() {
        return "exec 9> lock; flock -n 9 || exit 1;";
    }
}
