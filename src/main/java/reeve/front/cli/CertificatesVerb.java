package reeve.front.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import reeve.front.client.ReeveClient;
import reeve.model.wire.CertificateRow;

/// `certificates`: what answers on https.
@Command(name = "certificates", description = "Show the certificates of this node: for which names, from where, until when.")
final class CertificatesVerb implements Callable<Integer> {
    private static final int NAMES_SHOWN = 3;

    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    CertificatesVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        List<CertificateRow> certificates = client.certificates();
        if (output.json()) {
            around.out().println(client.json(certificates));
        } else if (certificates.isEmpty()) {
            around.out().println("No certificates. Name some in the configuration: certificates: [ { certificate: PATH, key: PATH } ]");
        } else {
            var table = new Table("NAMES", "STATE", "ENDS", "ISSUER", "SOURCE");
            certificates.forEach(certificate -> table.row(
                    Table.Cell.of(names(certificate)),
                    new Table.Cell(certificate.state(), colour(certificate.state())),
                    Table.Cell.of(certificate.ends() == null ? "-" : certificate.ends().toString()),
                    Table.Cell.of(certificate.issuer().isEmpty() ? "-" : certificate.issuer()),
                    Table.Cell.of(certificate.source())));
            table.print(around);
            certificates.stream().filter(certificate -> !certificate.note().isEmpty())
                    .forEach(certificate -> around.out().println(certificate.note()));
        }
        return 0;
    }

    private static String names(CertificateRow certificate) {
        List<String> names = certificate.names();
        if (names.isEmpty()) {
            return "-";
        }
        String more = names.size() > NAMES_SHOWN ? " and " + (names.size() - NAMES_SHOWN) + " more" : "";
        return String.join(", ", names.subList(0, Math.min(NAMES_SHOWN, names.size()))) + more;
    }

    private static Paint colour(String state) {
        return switch (state) {
            case "used" -> Paint.GOOD;
            case "ends_soon", "stale", "ordered" -> Paint.WAIT;
            default -> Paint.BAD;
        };
    }
}
