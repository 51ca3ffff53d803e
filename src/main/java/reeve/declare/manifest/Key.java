package reeve.declare.manifest;

/// Everything there is to know about one key of a manifest; what is read and what is documented are made from it.
/// @param standard what holds where it is not given, for people; empty where nothing does
/// @param about    what it is, for people
/// @param instead  what to write where it does not fit; empty where it fits everywhere
record Key(String name, Fit fit, String standard, String about, String instead) {

    /// Which services may have it.
    enum Fit {
        BOTH("both"), PROCESS("process"), CONTAINER("container");

        private final String word;

        Fit(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    boolean fits(boolean container) {
        return switch (fit) {
            case BOTH -> true;
            case PROCESS -> !container;
            case CONTAINER -> container;
        };
    }

    /// Why a service of the other kind cannot have it.
    String unfit() {
        String whose = fit == Fit.CONTAINER ? "is for containers, and this service has no image"
                : "is for processes, and this service has an image";
        return whose + (instead.isEmpty() ? "" : ": " + instead);
    }
}
