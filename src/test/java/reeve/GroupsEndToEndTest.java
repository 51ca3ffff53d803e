package reeve;

import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import reeve.testing.RunsAs;

/// [GroupsContract] of processes.
class GroupsEndToEndTest extends GroupsContract {
    @BeforeAll
    static void begin() throws IOException {
        begin(new RunsAs.Processes());
    }
}
