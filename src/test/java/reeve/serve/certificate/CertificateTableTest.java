package reeve.serve.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.testing.VirtualTime;

class CertificateTableTest {
    @TempDir
    private Path folder;
    private ServerCertificate exact;
    private ServerCertificate wildcard;
    private CertificateTable table;

    @BeforeEach
    void make() throws Exception {
        var authority = new TestAuthority(new VirtualTime().wall());
        wildcard = CertificatePair.read(authority.pair(folder, "wildcard", Duration.ofDays(9), "*.example.org", "example.org"));
        exact = CertificatePair.read(authority.pair(folder, "exact", Duration.ofDays(9), "WWW.example.org"));
        table = new CertificateTable(List.of(wildcard, exact));
    }

    @Test
    void anExactNameWinsOverAWildcard() {
        assertThat(table.named("www.example.org")).containsExactly(exact);
        assertThat(table.named("api.example.org")).containsExactly(wildcard);
        assertThat(table.named("example.org")).containsExactly(wildcard);
    }

    @Test
    void aWildcardStandsForOneLabel() {
        assertThat(table.named("a.b.example.org")).isEmpty();
        assertThat(table.named(".example.org")).isEmpty();
        assertThat(table.named("org")).isEmpty();
        assertThat(wildcard.covers("a.b.example.org")).isFalse();
        assertThat(wildcard.covers("api.example.org")).isTrue();
    }

    @Test
    void theFirstAnswersWhoeverNamesNobody() {
        assertThat(table.unnamed()).containsExactly(wildcard);
        assertThat(CertificateTable.EMPTY.unnamed()).isEmpty();
        assertThat(CertificateTable.EMPTY.named("www.example.org")).isEmpty();
    }

    @Test
    void aPrivateKeyIsNeverPrinted() {
        assertThat(exact.toString()).contains("www.example.org", "exact.pem").doesNotContain("PrivateKey", exact.key().toString());
    }
}
