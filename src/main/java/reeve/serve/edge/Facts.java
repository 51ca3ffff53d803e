package reeve.serve.edge;

import java.util.Arrays;
import reeve.model.HeaderText.Fact;

/// What is known of one request. One thread.
public final class Facts {
    private static final byte[] NOTHING = {};
    private final byte[][] known = new byte[Fact.values().length][];

    public Facts() {
        Arrays.fill(known, NOTHING);
    }

    public void set(Fact fact, byte[] value) {
        known[fact.ordinal()] = value;
    }

    /// Empty where it is not known.
    public byte[] of(Fact fact) {
        return known[fact.ordinal()];
    }
}
