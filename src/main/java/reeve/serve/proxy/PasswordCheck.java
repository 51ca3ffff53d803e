package reeve.serve.proxy;

import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.serve.access.BasicAuth;

/// A request that waits until its password has been hashed.
final class PasswordCheck implements Wait {
    private static final Logger LOG = LoggerFactory.getLogger(PasswordCheck.class);

    private final Loop loop;
    private final Exchange exchange;
    private final BasicAuth users;
    private final String authorization;
    private boolean passes;

    PasswordCheck(Loop loop, Exchange exchange, BasicAuth users, String authorization) {
        this.loop = loop;
        this.exchange = exchange;
        this.users = users;
        this.authorization = authorization;
    }

    /// Whose password it is, as far as it is over.
    BasicAuth users() {
        return users;
    }

    boolean passes() {
        return passes;
    }

    @Override
    public void begin() {
        if (!loop.passwordChecks().begin(this::check)) {
            exchange.resume(this, Answer.tooManyPasswords(), 0);
        }
    }

    private void check() {
        boolean found = false;
        try {
            found = users.verify(authorization, loop.now());
        } catch (RuntimeException e) {
            LOG.error("proxy: a password could not be checked", e);
        }
        boolean result = found;
        try {
            loop.executor().execute(() -> {
                passes = result;
                exchange.resume(this, null, 0);
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("proxy: closed while a password was checked", e);
        }
    }

    @Override
    public void leave() {
        // what has begun is soon over, and then finds nobody
    }

    @Override
    public @Nullable Answer tick(long now) {
        return null; // there are never many before it
    }
}
