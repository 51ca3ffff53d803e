package reeve.testing;

import java.util.HexFormat;
import reeve.model.Secrets;
import reeve.run.reconcile.SecretTexts;

/// Secrets that say where they are from.
public record FakeSecrets() implements SecretTexts {
    public static final FakeSecrets NONE = new FakeSecrets();

    @Override
    public String reveal(Secrets.Source source) {
        return "secret of " + source;
    }

    @Override
    public String fingerprint(byte[] content) {
        return HexFormat.of().formatHex(content);
    }
}
