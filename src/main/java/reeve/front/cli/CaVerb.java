package reeve.front.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reeve.front.client.ReeveClient;
import reeve.model.wire.AuthorityAnswer;

/// `ca`: what clients have to trust where the node signs certificates itself.
@Command(name = "ca", description = "Print the certificate of the authority by which this node signs certificates itself (tls.local_ca), "
        + "for clients to trust: reeve ca > reeve-ca.pem")
final class CaVerb implements Callable<Integer> {
    private static final String HOW = """
            This machine's programs (as root):
              Debian, Ubuntu   reeve ca > /usr/local/share/ca-certificates/reeve.crt && update-ca-certificates
              Fedora, RHEL     reeve ca > /etc/pki/ca-trust/source/anchors/reeve.pem && update-ca-trust
              macOS            security add-trusted-cert -d -k /Library/Keychains/System.keychain reeve-ca.pem
              Windows          certutil -addstore Root reeve-ca.pem
            Chromium on Linux  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n reeve -i reeve-ca.pem
            Firefox            Settings, Privacy & Security, Certificates, View Certificates, Authorities, Import
            One command        curl --cacert reeve-ca.pem https://…, NODE_EXTRA_CA_CERTS=reeve-ca.pem, SSL_CERT_FILE=reeve-ca.pem
            """;

    private final Surroundings around;

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    @Option(names = "--how", description = "Say how to have browsers and programs trust it. Nothing is changed.")
    boolean how;

    CaVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        ReeveClient client = connection.client(around);
        AuthorityAnswer authority = client.authority();
        if (output.json()) {
            around.out().println(client.json(authority));
        } else if (how) {
            around.out().println("It signs only for " + String.join(", ", authority.names()) + " and names below, until "
                    + authority.ends() + ". First: reeve ca > reeve-ca.pem");
            around.out().print(HOW);
        } else {
            around.out().print(authority.certificate());
        }
        around.out().flush();
        return 0;
    }
}
