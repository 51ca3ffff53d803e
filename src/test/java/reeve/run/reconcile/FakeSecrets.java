package reeve.run.reconcile;

import java.util.HexFormat;
import reeve.model.Secrets;

/// Secrets that say where they are from.
record FakeSecrets() implements SecretTexts {
    static final FakeSecrets NONE = new FakeSecrets();

    @Override
    public String reveal(Secrets.Source source) {
        return "secret of " + source;
    }

    @Override
    public String fingerprint(byte[] content) {
        return HexFormat.of().formatHex(content);
    }
}
