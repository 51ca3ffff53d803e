package reeve.serve.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reeve.model.CertificateFiles;
import reeve.testing.VirtualTime;

class CertificatesTest {
    private static final Duration YEAR = Duration.ofDays(365);

    @TempDir
    private Path folder;
    private final VirtualTime time = new VirtualTime();
    private final TestAuthority authority = new TestAuthority(time.wall());
    private final List<String> records = new ArrayList<>();

    CertificatesTest() throws GeneralSecurityException {}

    private Certificates looking(CertificateFiles... files) {
        var certificates = new Certificates(List.of(files), (what, why, _) -> records.add(what + ": " + why), time);
        certificates.look();
        return certificates;
    }

    @Test
    void aChangedPairIsTakenOver() {
        CertificateFiles files = authority.pair(folder, "a", YEAR, "a.example");
        Certificates certificates = looking(files);
        ServerCertificate before = certificates.named("a.example").getFirst();

        authority.pair(folder, "a", YEAR, "a.example", "b.example");
        certificates.look();

        assertThat(certificates.named("b.example")).singleElement().isNotEqualTo(before);
        assertThat(certificates.named("a.example")).isEqualTo(certificates.named("b.example"));
        assertThat(records).hasSize(2).allMatch(record -> record.startsWith("certificate_taken: "));
        assertThat(certificates.notes()).isEmpty();
    }

    @Test
    void aBrokenPairKeepsTheOneBeforeAndSaysSo() throws Exception {
        CertificateFiles files = authority.pair(folder, "a", YEAR, "a.example");
        Certificates certificates = looking(files);
        List<ServerCertificate> before = certificates.named("a.example");
        records.clear();

        Files.writeString(files.certificate(), "half of a");
        certificates.look();
        assertThat(records).as("it may be half written").isEmpty();
        certificates.look();
        certificates.look();

        assertThat(certificates.named("a.example")).isEqualTo(before);
        assertThat(records).singleElement().asString()
                .startsWith("certificate_refused: cannot use the certificate " + files.certificate()).endsWith("the one before stays");
        assertThat(certificates.notes()).singleElement().asString().endsWith("the one before is still used");
    }

    @Test
    void aPairWrittenInTwoStepsIsNoReasonToComplain() throws Exception {
        CertificateFiles files = authority.pair(folder, "a", YEAR, "a.example");
        CertificateFiles next = authority.pair(folder, "next", YEAR, "b.example");
        Certificates certificates = looking(files);

        Files.move(next.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
        certificates.look();
        assertThat(certificates.named("b.example")).isEmpty();
        Files.move(next.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
        certificates.look();

        assertThat(certificates.named("b.example")).hasSize(1);
        assertThat(records).noneMatch(record -> record.startsWith("certificate_refused"));
    }

    @Test
    void aBrokenPairHindersNoOther() {
        CertificateFiles files = authority.pair(folder, "a", YEAR, "a.example");
        Certificates certificates = looking(new CertificateFiles(folder.resolve("none"), folder.resolve("none")), files);

        assertThat(certificates.named("a.example")).hasSize(1);
        assertThat(certificates.unnamed()).hasSize(1);
        assertThat(certificates.notes()).singleElement().asString().contains("none: there is no such file");
    }

    @Test
    void anEndIsToldTwoWeeksBeforeAndWhenItHasCome() {
        Certificates certificates = looking(authority.pair(folder, "a", Duration.ofDays(20), "a.example"));
        records.clear();

        time.advance(Duration.ofDays(5));
        certificates.look();
        assertThat(records).isEmpty();
        time.advance(Duration.ofDays(2));
        certificates.look();
        certificates.look();
        assertThat(records).singleElement().asString().startsWith("certificate_ends: ").contains(" ends at 2026-01-25T");
        time.advance(Duration.ofDays(14));
        certificates.look();

        assertThat(records).hasSize(2).last().asString().contains(" ended at 2026-01-25T");
        assertThat(certificates.notes()).singleElement().asString().contains(" ended at ");
    }

    @Test
    void anotherListOfFilesIsTakenOverAndThoseThatStayAreNotReadAgain() {
        CertificateFiles stays = authority.pair(folder, "stays", YEAR, "stays.example");
        Certificates certificates = looking(authority.pair(folder, "goes", YEAR, "goes.example"), stays);
        ServerCertificate known = certificates.named("stays.example").getFirst();
        records.clear();

        certificates.follow(List.of(stays, authority.pair(folder, "comes", YEAR, "comes.example"), stays));
        assertThat(certificates.named("goes.example")).as("until the next look").hasSize(1);
        certificates.look();

        assertThat(certificates.named("goes.example")).isEmpty();
        assertThat(certificates.named("comes.example")).hasSize(1);
        assertThat(certificates.named("stays.example")).singleElement().isSameAs(known);
        assertThat(certificates.unnamed()).as("the first of the list").containsExactly(known);
        assertThat(records).hasSize(2).anyMatch(record -> record.startsWith("certificate_dropped: " + folder.resolve("goes.pem")))
                .anyMatch(record -> record.startsWith("certificate_taken: " + folder.resolve("comes.pem")));
    }

    @Test
    void eachPairSaysHowItStands() throws Exception {
        CertificateFiles good = authority.pair(folder, "good", YEAR, "b.example", "a.example");
        CertificateFiles soon = authority.pair(folder, "soon", Duration.ofDays(3), "soon.example");
        CertificateFiles stale = authority.pair(folder, "stale", YEAR, "stale.example");
        var lost = new CertificateFiles(folder.resolve("lost.pem"), folder.resolve("lost.key"));
        Certificates certificates = looking(good, soon, stale, lost);
        Files.writeString(stale.key(), "no key");
        certificates.look();
        certificates.look();

        assertThat(certificates.statuses()).extracting(CertificateStatus::state).containsExactly(CertificateStatus.State.USED,
                CertificateStatus.State.ENDS_SOON, CertificateStatus.State.STALE, CertificateStatus.State.REFUSED);
        CertificateStatus first = certificates.statuses().getFirst();
        assertThat(first.names()).containsExactly("a.example", "b.example");
        assertThat(first.issuer()).isEqualTo("CN=Test authority");
        assertThat(first.ends()).contains(time.wall().plus(YEAR));
        assertThat(first.note()).isEmpty();
        assertThat(certificates.statuses().getLast().note()).contains("there is no such file");
    }

    @Test
    void aKeyThatEverybodyMayReadIsWarnedOf() throws Exception {
        CertificateFiles files = authority.pair(folder, "a", YEAR, "a.example");
        Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r--r--"));
        Certificates certificates = looking(files);

        assertThat(records).anyMatch(record -> record.startsWith("certificate_exposed: the key " + files.key()));
        assertThat(certificates.notes()).singleElement().asString().contains("chmod o-r");

        Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-r-----"));
        certificates.look();
        assertThat(certificates.notes()).isEmpty();
    }
}
