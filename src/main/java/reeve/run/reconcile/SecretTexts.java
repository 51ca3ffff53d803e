package reeve.run.reconcile;

import reeve.model.Secrets;

/// Reads what services keep secret. A port of this room, joined to `base.secret` in `Wiring`. Any thread; may block for IO.
public interface SecretTexts {

    /// @throws reeve.model.Failure when it cannot be read or made
    String reveal(Secrets.Source source);

    /// A short text that differs when the content does and does not reveal it to who has no access to this node's state.
    String fingerprint(byte[] content);
}
