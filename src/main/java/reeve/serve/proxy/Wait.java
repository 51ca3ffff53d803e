package reeve.serve.proxy;

import org.jspecify.annotations.Nullable;

/// Something that has to come before a request can go on: a wake, room at an instance, somebody's word. It ends by
/// [Exchange#resume], on the exchange's loop, at most once; what its request learnt by it is found again in [Waits].
/// One exchange, one loop.
interface Wait {

    /// Begins; it may be over before this returns.
    void begin();

    /// Nobody waits any more: the client has gone, or got another answer. Never called after the wait has ended by itself.
    void leave();

    /// @return the answer where it has lasted too long; null while it may go on
    @Nullable Answer tick(long now);
}
